/* test-digest.c
 * Digests of requests and answers: known answers, and mistakes that are told apart. Those of RFC 2617 §3.5
 * and RFC 7616 §3.9.1 have passwords that are no base64: known as an MRK whose bytes were taken for the
 * password. The ones with mistakes were computed with Python's hashlib.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <gcrypt.h>
#include <glib.h>

#include "../digest-samples.h"
#include "../hex.h"

#include "pool.h"

#define RIGHT "right"
#define WRONG "wrong"

/* A message with these credentials; |value| and |qop| of the credentials, as in a request. */
static digest_message_t message_of(const char *credentials, const char *body)
{
    digest_t *asked = wmem_new0(pool, digest_t);

    assert_true(digest_read(pool, credentials, asked));
    return (digest_message_t){
        .asked = asked,
        .value = asked->response,
        .qop = asked->qop,
        .method = "POST",
        .target = "/t",
        .host = GBA_FQDN,
        .body = { (const uint8_t *)body, body ? strlen(body) : 0 },
        .decoded = { (const uint8_t *)"x", 1 },
    };
}

/* "right", "wrong", the mistake, or what keeps it from being checked. */
static const char *verdict(const digest_message_t *message, const char *mrk)
{
    hex_bytes_t key = hex_bytes(pool, mrk);
    digest_check_t check;
    digest_problem_t problem = digest_prepare(pool, message, &check);
    digest_form_t form;

    if (problem != DIGEST_COMPUTABLE) {
        return digest_problem_text(problem);
    }
    if (!digest_fits(&check, key.bytes, key.length, false, &form)) {
        return check.lacks_body ? "lacks the body" : WRONG;
    }
    return form.mistake ? form.mistake : RIGHT;
}

static void assert_verdict(const digest_message_t *message, const char *mrk, const char *expected)
{
    assert_string_equal(verdict(message, mrk), expected);
}

/* ---- what is right ---------------------------------------------------------------------------------- */

static void test_requests(void **state)
{
    static const struct {
        const char *credentials;
        const char *mrk, *other;
    } rows[] = {
        { DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE), GBA_KS_NAF_MRK_HEX, GBA_KS_NAF_HEX },
        { DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE_A), GBA_KS_NAF_HEX, GBA_KS_NAF_MRK_HEX },
        { DIGEST_CREDENTIALS("auth", DIGEST_RESPONSE_AUTH), GBA_KS_NAF_MRK_HEX, GBA_KS_NAF_HEX },
        { DIGEST_CREDENTIALS("\"auth-int\"", "5C096123A11FC8552B29598636040DFD") ", algorithm=md5",
          GBA_KS_NAF_MRK_HEX, GBA_KS_NAF_HEX },
        { DIGEST_CREDENTIALS("auth-int", "cbc0847022e7c422d855933a1a3da364") ", algorithm=MD5-sess",
          GBA_KS_NAF_MRK_HEX, GBA_KS_NAF_HEX },
        { DIGEST_CREDENTIALS(
              "auth-int",
              "13e1896799b7200e8e0aa5966339c6786e2030ef0b70e93fca67e6b7c5733ee6") ", algorithm=SHA-256",
          GBA_KS_NAF_MRK_HEX, GBA_KS_NAF_HEX },
        { DIGEST_CREDENTIALS(
              "auth-int",
              "a7f92e3b78fe7c6ef4666a35ab14e3bad6984e6dfaed05012da3acfdc5037ebd") ", algorithm=SHA-256-sess",
          GBA_KS_NAF_MRK_HEX, GBA_KS_NAF_HEX },
        { DIGEST_WHO ", response=59e550077fc45c1562b4287cb5dc94cd", GBA_KS_NAF_MRK_HEX, GBA_KS_NAF_HEX },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        digest_message_t message = message_of(rows[i].credentials, DIGEST_BODY);

        assert_verdict(&message, rows[i].mrk, RIGHT);
        assert_verdict(&message, rows[i].other, WRONG);
    }
}

static digest_message_t answer_of(const char *qop, const char *rspauth)
{
    digest_message_t message =
        message_of(DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE), DIGEST_ANSWER_BODY);

    message.value = rspauth;
    message.qop = qop;
    message.asked_method = message.method;
    message.method = NULL;
    return message;
}

static void test_answers(void **state)
{
    digest_message_t message = answer_of("auth-int", DIGEST_RSPAUTH);

    (void)state;
    assert_verdict(&message, GBA_KS_NAF_MRK_HEX, RIGHT);
    assert_verdict(&message, GBA_KS_NAF_HEX, WRONG);
    message.value = DIGEST_RSPAUTH_A;
    assert_verdict(&message, GBA_KS_NAF_HEX, RIGHT);
    message = answer_of("auth", DIGEST_RSPAUTH_AUTH);
    assert_verdict(&message, GBA_KS_NAF_MRK_HEX, RIGHT);
}

#define MUFASA                                                                                               \
    "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "                                             \
    "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "                                                         \
    "uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "                                  \
    "response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
#define MUFASA_7616(algorithm, response)                                                                     \
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "                 \
    "algorithm=" algorithm ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "         \
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"" response "\""

static void test_rfcs(void **state)
{
    static const struct {
        const char *credentials, *password;
    } rows[] = {
        { MUFASA, "Circle Of Life" },
        { MUFASA_7616("MD5", "8ca523f5e9506fed4657c9700eebdbec"), "Circle of Life" },
        { MUFASA_7616("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
          "Circle of Life" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        digest_message_t message = message_of(rows[i].credentials, NULL);
        wmem_strbuf_t *hex = wmem_strbuf_new(pool, "");

        for (const char *at = rows[i].password; *at; at++) {
            wmem_strbuf_append_printf(hex, "%02x", *at);
        }
        message.method = "GET";
        assert_verdict(&message, wmem_strbuf_get_str(hex), "with the bytes of the MRK itself");
    }
}

/* ---- mistakes --------------------------------------------------------------------------------------- */

static void test_mistakes(void **state)
{
    static const struct {
        const char *qop, *response, *mistake;
    } rows[] = {
        { "auth-int", "a26f10211456990be4bc28a0a129f78f", "without the body, as for qop auth" },
        { "auth-int", "2c827e2fb151b17ffdd4a95c9fe2877e", "over an empty body" },
        { "auth-int", "b61202477f3288f264a387c92996726e", "over the body without its content coding" },
        { "auth-int", "09ec02469653ae2c2bbaf7f24421b91b", "with the URI of the request line" },
        { "auth-int", "cc97ffcc69990c843d8c04ae48e55c1f", "with the URI without its query" },
        { "auth-int", "02908b2027264a33be80248a81545c36", "with the absolute URI" },
        { "auth-int", "715195599e615491435332fc71da8216", "with the host in the URI" },
        { "auth-int", "956ab29f9c233443201a48988c6c03ce", "with the MRK in base64 without its padding" },
        { "auth-int", "6dae9695fd9233d7145edd414e1b2bc6", "with the MRK in hexadecimal" },
        { "auth", "732e56a7a6a3d9aaad8c12dbd16aef56", "with the body, as for qop auth-int" },
        { "auth", "5a4d67beb070a48b63c75b3315ab6e32", "with the URI of the request line" },
        { "auth-int", DIGEST_RESPONSE_AUTH, WRONG }, /* of another qop */
        { "auth-int", "", WRONG },
        { "auth-int", "5c096123a11fc8552b29598636040dfd00", WRONG },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        digest_message_t message =
            message_of(wmem_strdup_printf(pool, DIGEST_WHO DIGEST_COUNT ", qop=%s, response=%s", rows[i].qop,
                                          rows[i].response[0] ? rows[i].response : "\"\""),
                       DIGEST_BODY);

        assert_verdict(&message, GBA_KS_NAF_MRK_HEX, rows[i].mistake);
    }
}

/* rspauth begins with the colon. */
static void test_answer_like_a_request(void **state)
{
    digest_message_t message = answer_of("auth-int", DIGEST_RESPONSE);

    (void)state;
    message.body = (digest_body_t){ (const uint8_t *)DIGEST_BODY, strlen(DIGEST_BODY) };
    assert_verdict(&message, GBA_KS_NAF_MRK_HEX, "with the method, as in a request");
    message.asked_method = NULL;
    assert_verdict(&message, GBA_KS_NAF_MRK_HEX, WRONG);
}

static void test_uri_of_the_form(void **state)
{
    digest_message_t message =
        message_of(DIGEST_CREDENTIALS("auth-int", "715195599e615491435332fc71da8216"), DIGEST_BODY);
    hex_bytes_t key = hex_bytes(pool, GBA_KS_NAF_MRK_HEX);
    digest_check_t check;
    digest_form_t form;

    (void)state;
    assert_int_equal(digest_prepare(pool, &message, &check), DIGEST_COMPUTABLE);
    assert_true(digest_fits(&check, key.bytes, key.length, false, &form));
    assert_string_equal(form.uri, "/bsm1.example.org/t");
}

static void test_body_not_at_hand(void **state)
{
    digest_message_t message = message_of(DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE), NULL);

    (void)state;
    assert_verdict(&message, GBA_KS_NAF_MRK_HEX, "lacks the body");
    message.value = "a26f10211456990be4bc28a0a129f78f";
    assert_verdict(&message, GBA_KS_NAF_MRK_HEX, "without the body, as for qop auth");
    message = message_of(DIGEST_CREDENTIALS("auth", DIGEST_RESPONSE_AUTH), NULL);
    assert_verdict(&message, GBA_KS_NAF_MRK_HEX, RIGHT);
}

/* ---- what cannot be checked ------------------------------------------------------------------------- */

static void test_problems(void **state)
{
    static const struct {
        const char *credentials;
        digest_problem_t problem;
    } rows[] = {
        { DIGEST_CREDENTIALS("auth-int", "0") ", userhash=true", DIGEST_HASHED_USER },
        { DIGEST_CREDENTIALS("auth-int", "0") ", userhash=false", DIGEST_COMPUTABLE },
        { DIGEST_CREDENTIALS("auth-int", "0") ", algorithm=SHA-512-256", DIGEST_UNKNOWN_ALGORITHM },
        { DIGEST_CREDENTIALS("auth-conf", "0"), DIGEST_UNKNOWN_QOP },
        { DIGEST_WHO ", qop=auth-int, nc=00000001, response=0", DIGEST_INCOMPLETE },
        { DIGEST_WHO ", qop=auth-int, cnonce=a, response=0", DIGEST_INCOMPLETE },
        { DIGEST_WHO ", algorithm=MD5-sess, response=0", DIGEST_INCOMPLETE },
        { DIGEST_WHO, DIGEST_INCOMPLETE },
        { "Digest realm=a, nonce=b, uri=c, response=d", DIGEST_INCOMPLETE },
        { "Digest username=a, nonce=b, uri=c, response=d", DIGEST_INCOMPLETE },
        { "Digest username=a, realm=b, uri=c, response=d", DIGEST_INCOMPLETE },
        { "Digest username=a, realm=b, nonce=c, response=d", DIGEST_INCOMPLETE },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        digest_message_t message = message_of(rows[i].credentials, DIGEST_BODY);
        digest_check_t check;

        assert_int_equal(digest_prepare(pool, &message, &check), rows[i].problem);
    }
}

static void test_reading(void **state)
{
    digest_t digest;

    (void)state;
    assert_false(digest_read(pool, NULL, &digest));
    assert_false(digest_read(pool, "Basic QWxhZGRpbg==", &digest));
    assert_true(digest_read(pool, DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE), &digest));
    assert_string_equal(digest.user, GBA_BTID);
    assert_string_equal(digest.uri, DIGEST_URI);
    assert_string_equal(digest_host(&digest), GBA_FQDN);
    assert_true(digest_read(pool, "Digest realm=\"a@\"", &digest));
    assert_null(digest_host(&digest));
    assert_true(digest_read(pool, "Digest realm=a", &digest));
    assert_null(digest_host(&digest));
    assert_true(digest_read(pool, "Digest nonce=a", &digest));
    assert_null(digest_host(&digest));
}

/* No key of a size that nobody has. */
static void test_mrk_sizes(void **state)
{
    digest_message_t message = message_of(DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE), DIGEST_BODY);
    uint8_t *mrk = wmem_alloc0(pool, 1000);
    digest_check_t check;
    digest_form_t form;

    (void)state;
    assert_int_equal(digest_prepare(pool, &message, &check), DIGEST_COMPUTABLE);
    for (size_t length = 0; length < 1000; length++) {
        assert_false(digest_fits(&check, mrk, length, false, &form));
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_requests),         TEST(test_answers),         TEST(test_rfcs),
        TEST(test_mistakes),         TEST(test_uri_of_the_form), TEST(test_answer_like_a_request),
        TEST(test_body_not_at_hand), TEST(test_problems),        TEST(test_reading),
        TEST(test_mrk_sizes),
    };

    gcry_check_version(NULL);
    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
