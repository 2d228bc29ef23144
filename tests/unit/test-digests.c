/* test-digests.c
 * What MRKs and cards prove of the digests of requests and answers, and what R88 says of it.
 *
 * The outlines have the status, and the finding or the reason why it was not checked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/digests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <gcrypt.h>

#include "rules/facts.h"

#include "../digest-samples.h"
#include "../hex.h"

#include "world.h"

#define RIGHT DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE)
#define INFO  "qop=auth-int, rspauth=\"" DIGEST_RSPAUTH "\", nc=00000001"

static key_bytes_t bytes_of(const char *hex)
{
    hex_bytes_t bytes = hex_bytes(pool, hex);

    return (key_bytes_t){ bytes.bytes, bytes.length };
}

/* Of each table one row; NULL: none. */
static world_t *world_of(const char *mrk, const char *k)
{
    key_ring_t *ring = wmem_new0(pool, key_ring_t);
    key_row_t *rows = wmem_alloc0_array(pool, key_row_t, 2);

    if (mrk) {
        rows[0] = (key_row_t){ GBA_BTID, "", bytes_of(mrk), { NULL, 0 }, 1 };
        ring->of[KEYS_OF_DIGESTS] = (key_rows_t){ rows, 1 };
    }
    if (k) {
        rows[1] = (key_row_t){ GBA_IMPI, "", bytes_of(k), bytes_of(GBA_OPC), 1 };
        ring->of[KEYS_OF_CARDS] = (key_rows_t){ rows + 1, 1 };
    }
    return world_with_keys(ring);
}

static digest_body_t body(const char *text)
{
    return (digest_body_t){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

static digest_record_t *pass_request(world_t *world, const char *field, const char *text)
{
    digest_sent_t sent = {
        .frame = ++world->moment.frame,
        .field = field,
        .method = "POST",
        .target = DIGEST_URI,
        .host = GBA_FQDN,
        .body = body(text),
    };
    digest_record_t *record = digests_add_request(&world->capture->digests, &sent);

    judge_digest(world->capture, &record->request, false);
    return record;
}

static digest_record_t *pass_answer(world_t *world, digest_record_t *record, const char *field,
                                    const char *text)
{
    digest_sent_t sent = { .frame = ++world->moment.frame, .field = field, .body = body(text) };

    record = digests_add_answer(&world->capture->digests, record, &sent);
    judge_digest(world->capture, &record->answer, true);
    return record;
}

static const char *outline(const digest_proof_t *proof)
{
    static const char *const statuses[] = { "bad", "good", "unverified", "none" };
    const char *more = proof->findings ? proof->findings->text : proof->why;

    assert_true(proof->is_there);
    assert_int_equal(proof->findings != NULL, proof->status == MIKEY_MAC_BAD);
    return more ? wmem_strdup_printf(pool, "%s: %s", statuses[proof->status], more) : statuses[proof->status];
}

/* ---- keys ------------------------------------------------------------------------------------------- */

static void test_right(void **state)
{
    static const struct {
        const char *mrk, *k, *key;
    } rows[] = {
        { GBA_KS_NAF_MRK_HEX, NULL, "the MRK in row 1 of the table" },
        { NULL, GBA_K, "KDF(Ks_NAF, \"mbms-mrk\") of " GBA_IMPI ", RAND of the B-TID" },
        { GBA_KS_NAF_HEX, GBA_K, "KDF(Ks_NAF, \"mbms-mrk\") of " GBA_IMPI ", RAND of the B-TID" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_of(rows[i].mrk, rows[i].k);
        digest_record_t *record = pass_request(world, RIGHT, DIGEST_BODY);

        assert_true(digests_have_keys(&world->capture->digests));
        assert_string_equal(outline(&record->request), "good");
        assert_string_equal(digest_key_text(pool, &record->request), rows[i].key);
        pass_answer(world, record, INFO, DIGEST_ANSWER_BODY);
        assert_string_equal(outline(&record->answer), "good");
    }
    assert_false(digests_have_keys(&world_of(NULL, NULL)->capture->digests));
}

/* The host is that of the realm, else the one that was asked. */
static void test_host(void **state)
{
    world_t *world = world_of(NULL, GBA_K);
    const char *other = "Digest username=\"" GBA_BTID
                        "\", realm=\"a@bsm2.example.org\", nonce=\"a\", uri=\"/\", response=\"0\"";
    const char *none =
        "Digest username=\"" GBA_BTID "\", realm=\"a\", nonce=\"a\", uri=\"/\", response=\"0\"";

    (void)state;
    pass_request(world, RIGHT, DIGEST_BODY);
    assert_string_equal(outline(&pass_request(world, other, "")->request), "unverified: no card fits");
    assert_string_equal(outline(&pass_request(world, none, "")->request),
                        "bad: response is wrong under the keys of " GBA_IMPI
                        ", with which frame 1 is right: the header was changed on its way");
}

/* ---- what is wrong ---------------------------------------------------------------------------------- */

static void test_wrong(void **state)
{
    static const struct {
        const char *mrk, *k, *field, *body, *outline;
    } rows[] = {
        { GBA_KS_NAF_HEX, NULL, RIGHT, DIGEST_BODY,
          "bad: response is wrong under the MRK in row 1 of the table: it was made with another MRK, or the "
          "body was "
          "changed on its way" },
        { GBA_KS_NAF_HEX, NULL, DIGEST_CREDENTIALS("auth", DIGEST_RESPONSE_AUTH), DIGEST_BODY,
          "bad: response is wrong under the MRK in row 1 of the table: it was made with another MRK" },
        { GBA_KS_NAF_MRK_HEX, NULL, DIGEST_CREDENTIALS("auth-int", "2c827e2fb151b17ffdd4a95c9fe2877e"),
          DIGEST_BODY,
          "bad: response is computed over an empty body (uri " DIGEST_URI
          "), under the MRK in row 1 of the table" },
        { NULL, GBA_K, DIGEST_CREDENTIALS("auth-int", "a26f10211456990be4bc28a0a129f78f"), DIGEST_BODY,
          "bad: response is computed without the body, as for qop auth (uri " DIGEST_URI
          "), under KDF(Ks_NAF, \"mbms-mrk\") of " GBA_IMPI ", RAND of the B-TID" },
        { NULL, GBA_K, RIGHT, "changed", "unverified: no card fits" }, /* nor is it said whose it is */
        { NULL, GBA_CK, RIGHT, DIGEST_BODY, "unverified: no card fits" },
        { NULL, GBA_K, "Digest username=\"a@b\", realm=a, nonce=a, uri=\"/\", response=0", "",
          "unverified: the B-TID is not base64(RAND)@..., so that no card tells its keys" },
        { GBA_KS_NAF_HEX, NULL, "Digest username=\"a@b\", realm=a, nonce=a, uri=\"/\", response=0", "",
          "unverified: there is no MRK for this B-TID" },
        { GBA_KS_NAF_HEX, NULL, DIGEST_CREDENTIALS("auth-int", DIGEST_RESPONSE) ", algorithm=x", DIGEST_BODY,
          "unverified: the algorithm is not known" },
        { GBA_KS_NAF_HEX, NULL, RIGHT, NULL, "unverified: the body as it was sent is not at hand" },
        { GBA_KS_NAF_HEX, NULL, DIGEST_WHO ", response=\"\"", DIGEST_BODY, "none" },
        { GBA_KS_NAF_HEX, NULL, "Basic QWxhZGRpbg==", DIGEST_BODY, "none" },
        { GBA_KS_NAF_HEX, NULL, NULL, DIGEST_BODY, "none" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_of(rows[i].mrk, rows[i].k);

        assert_string_equal(outline(&pass_request(world, rows[i].field, rows[i].body)->request),
                            rows[i].outline);
    }
}

/* Once it was right, a wrong one tells what was changed. */
#define SESSION(response) DIGEST_CREDENTIALS("auth-int", response) ", algorithm=MD5-sess"

/* HA1 of a session is made once, with nonce and cnonce of its first request: what does not fit those of this
 * one is not wrong for that. */
static void test_sessions(void **state)
{
    world_t *world = world_of(GBA_KS_NAF_MRK_HEX, NULL);
    const char *unknown =
        "unverified: the session that it belongs to may have begun with an earlier nonce or cnonce";
    digest_record_t *first = pass_request(world, SESSION("cbc0847022e7c422d855933a1a3da364"), DIGEST_BODY);
    digest_record_t *later = pass_request(world, SESSION("00000000000000000000000000000000"), DIGEST_BODY);

    (void)state;
    assert_string_equal(outline(&first->request), "good");
    assert_string_equal(outline(&later->request), unknown);
    assert_string_equal(outline(&pass_answer(world, later, INFO, DIGEST_ANSWER_BODY)->answer), unknown);
}

static void test_wrong_after_right(void **state)
{
    static const struct {
        const char *mrk, *k, *key;
    } rows[] = {
        { GBA_KS_NAF_MRK_HEX, NULL, "the MRK in row 1 of the table" },
        { NULL, GBA_K, "the keys of " GBA_IMPI },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_of(rows[i].mrk, rows[i].k);
        digest_record_t *record = pass_request(world, RIGHT, DIGEST_BODY);

        pass_answer(world, record, INFO, "changed");
        assert_string_equal(
            outline(&record->answer),
            wmem_strdup_printf(pool,
                               "bad: rspauth is wrong under %s, with which frame 1 is right: the body, "
                               "or the header, was changed on its way",
                               rows[i].key));
    }
}

/* ---- answers ---------------------------------------------------------------------------------------- */

static void test_answers(void **state)
{
    world_t *world = world_of(GBA_KS_NAF_MRK_HEX, NULL);
    digest_record_t *record = pass_request(world, RIGHT, DIGEST_BODY);

    (void)state;
    assert_null(digest_proof(record, false));
    assert_string_equal(outline(digest_proof(pass_answer(world, record, NULL, ""), false)), "none");
    /* the first answer is the one that was judged */
    assert_string_equal(outline(digest_proof(pass_answer(world, record, INFO, ""), false)), "none");
    record = pass_answer(world, NULL, INFO, DIGEST_ANSWER_BODY);
    assert_string_equal(outline(&record->answer), "unverified: its request is not in the capture");
    assert_null(digest_proof(record, true));
    assert_null(digest_proof(NULL, true));
}

/* No more is kept than was captured. */
static void test_no_room(void **state)
{
    world_t *world = world_of(GBA_KS_NAF_MRK_HEX, NULL);
    digest_sent_t sent = { .frame = 1, .field = RIGHT };

    (void)state;
    budget_charge(&world->capture->budget, 100 * BUDGET_START);
    assert_null(digests_add_request(&world->capture->digests, &sent));
    assert_null(digests_add_answer(&world->capture->digests, NULL, &sent));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_right),
        TEST(test_host),
        TEST(test_wrong),
        TEST(test_sessions),
        TEST(test_wrong_after_right),
        TEST(test_answers),
        TEST(test_no_room),
    };

    gcry_check_version(NULL);
    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
