/* test-http-judges.c
 * HTTP messages against what TS 33.246 says of them (R83, R86, R87): facts in, findings out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

/* "83S 87N"; every level must be one the table announces: only those are registered. */
static const char *outline(const rule_findings_t *findings)
{
    static const char letters[] = "?NSB";
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        assert_non_null(strchr(rule_by_number(finding->number)->levels, letters[finding->level]));
        assert_true(finding->target == RULE_TARGET_WHOLE);
        wmem_strbuf_append_printf(out, "%s%u%c", finding == findings->first ? "" : " ", finding->number,
                                  letters[finding->level]);
    }
    return wmem_strbuf_get_str(out);
}

typedef struct {
    const char *name;
    rule_http_t http;
    http_head_t head;
    const char *expected;
} row_t;

static void judge_rows(const row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        rule_findings_t findings = { .pool = rows[i].expected[0] ? pool : NULL };
        rule_http_t http = rows[i].http;

        http.head = &rows[i].head;
        rules_judge_http(&http, &findings);
        if (strcmp(outline(&findings), rows[i].expected) != 0) {
            print_error("%s: found \"%s\", expected \"%s\"\n", rows[i].name, outline(&findings),
                        rows[i].expected);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

#define JUDGE(rows)                                                                                          \
    do {                                                                                                     \
        (void)state;                                                                                         \
        judge_rows(rows, G_N_ELEMENTS(rows));                                                                \
    } while (0)

#define HOST "bsm.example.org"
#define REQUEST                                                                                              \
    {                                                                                                        \
        .is_request = true, .message = MBMS_REGISTRATION_REQUEST, .host = HOST                               \
    }
#define OTHER(m)                                                                                             \
    {                                                                                                        \
        .is_request = true, .message = (m)                                                                   \
    }
#define ANSWER(s)                                                                                            \
    {                                                                                                        \
        .status = (s), .host = HOST                                                                          \
    }
#define ASKS(type) .method = "POST", .version = "HTTP/1.1", .uri = "/k", .request_type = (type)

static void test_r83(void **state)
{
    static const row_t rows[] = {
        { "registration", REQUEST, { ASKS("register") }, "" },
        { "deregistration", OTHER(MBMS_DEREGISTRATION_REQUEST), { ASKS("deregister") }, "" },
        { "MSK request", OTHER(MBMS_MSK_REQUEST), { ASKS("MSK-request") }, "" },
        { "nothing is known", REQUEST, { 0 }, "" },
        { "PUT", REQUEST, { .method = "PUT" }, "83S" },
        { "small letters", REQUEST, { .method = "post" }, "83S" },
        { "HTTP/1.0", REQUEST, { .version = "HTTP/1.0" }, "83S" },
        { "of another", REQUEST, { ASKS("deregister") }, "83S" },
        { "of another, too", OTHER(MBMS_MSK_REQUEST), { ASKS("register") }, "83S" },
        { "of nobody", REQUEST, { ASKS("authorize") }, "" },
        { "none", REQUEST, { ASKS(NULL) }, "83N" },
        { "empty", REQUEST, { ASKS("") }, "83N" },
        { "all at once", REQUEST, { .method = "GET", .version = "HTTP/1.0", .uri = "/" }, "83S 83S 83N" },
        { "another document", OTHER(MBMS_NONE), { .method = "PUT", .uri = "/" }, "" },
        { "a response sent as a request", OTHER(MBMS_MSK_RESPONSE), { .method = "PUT", .uri = "/" }, "" },
        { "a response", ANSWER(200), { .version = "HTTP/1.0", .uri = "/" }, "" },
    };

    JUDGE(rows);
}

static void test_r86(void **state)
{
    static const row_t rows[] = {
        { "200", ANSWER(200), { 0 }, "" },     { "403", ANSWER(403), { 0 }, "" },
        { "405", ANSWER(405), { 0 }, "" },     { "406", ANSWER(406), { 0 }, "86N" },
        { "417", ANSWER(417), { 0 }, "86N" },  { "418", ANSWER(418), { 0 }, "" },
        { "500", ANSWER(500), { 0 }, "86N" },  { "501", ANSWER(501), { 0 }, "" },
        { "502", ANSWER(502), { 0 }, "86N" },  { "503", ANSWER(503), { 0 }, "" },
        { "not known", ANSWER(0), { 0 }, "" },
    };

    JUDGE(rows);
}

#define REALM(name) .is_there = true, .realm = (name), .is_answer = true
#define DIGEST(...) .fields_known = true, .user_agent = "UE/1.0 3gpp-gba", .digest = { __VA_ARGS__ }
#define GOOD_REALM  REALM("3GPP-bootstrapping@" HOST)
#define IN_REALM(name)                                                                                       \
    {                                                                                                        \
        DIGEST(REALM(name), .algorithm = "MD5", .qop = "auth-int")                                           \
    }
#define WITH(...)                                                                                            \
    {                                                                                                        \
        DIGEST(GOOD_REALM, __VA_ARGS__)                                                                      \
    }
#define FROM(agent)                                                                                          \
    {                                                                                                        \
        .fields_known = true, .user_agent = (agent), .digest = { GOOD_REALM, .qop = "auth-int" }             \
    }

static void test_r87_realm(void **state)
{
    static const row_t rows[] = {
        { "right", REQUEST, IN_REALM("3GPP-bootstrapping@" HOST), "" },
        { "other case of the host", REQUEST, IN_REALM("3GPP-bootstrapping@BSM.Example.ORG"), "" },
        { "client on the card", REQUEST, IN_REALM("3GPP-bootstrapping-uicc@" HOST), "" },
        { "GBA_Digest", REQUEST, IN_REALM("3GPP-bootstrapping-digest@" HOST), "" },
        { "a choice", ANSWER(401), IN_REALM("3GPP-bootstrapping-uicc@" HOST ";3GPP-bootstrapping@" HOST),
          "" },
        { "host not known", OTHER(MBMS_MSK_REQUEST), IN_REALM("3GPP-bootstrapping@other.example.org"), "" },
        { "other host", REQUEST, IN_REALM("3GPP-bootstrapping@other.example.org"), "87S" },
        { "longer host", REQUEST, IN_REALM("3GPP-bootstrapping@" HOST "x"), "87S" },
        { "shorter host", REQUEST, IN_REALM("3GPP-bootstrapping@bsm"), "87S" },
        { "no host", OTHER(MBMS_MSK_REQUEST), IN_REALM("3GPP-bootstrapping@"), "87S" },
        { "host alone", REQUEST, IN_REALM(HOST), "87S" },
        { "other kind", OTHER(MBMS_MSK_REQUEST), IN_REALM("3GPP-foo@" HOST), "87S" },
        { "none", REQUEST, IN_REALM(NULL), "87S" },
        { "empty", ANSWER(401), IN_REALM(""), "87S" },
        { "separators", ANSWER(401), IN_REALM(";;"), "87S" },
    };

    JUDGE(rows);
}

static void test_r87_digest(void **state)
{
    static const row_t rows[] = {
        { "no digest", REQUEST, { .fields_known = true }, "" },
        { "nothing is known", REQUEST, { 0 }, "" },
        { "MD5 by default", REQUEST, WITH(.qop = "AUTH-INT"), "" },
        { "MD5", REQUEST, WITH(.algorithm = "md5", .qop = "auth-int"), "" },
        { "MD5-sess", REQUEST, WITH(.algorithm = "MD5-sess", .qop = "auth-int"), "87N" },
        { "SHA-256", ANSWER(401), WITH(.algorithm = "SHA-256", .qop = "auth-int"), "87N" },
        { "auth beside it", ANSWER(401), WITH(.qop = "auth,auth-int"), "" },
        { "auth behind it", ANSWER(401), WITH(.qop = "auth-int, auth"), "" },
        { "auth alone", ANSWER(401), WITH(.qop = "auth"), "87N" },
        { "auth is chosen", REQUEST, WITH(.qop = "auth"), "87N" },
        { "the beginning of it", REQUEST, WITH(.qop = "auth-in"), "87N" },
        { "none", ANSWER(401), WITH(.qop = NULL), "87N" },
        { "none in an answer", REQUEST, WITH(.qop = NULL), "87N" },
        { "a name alone", REQUEST, { DIGEST(.is_there = true, .realm = "3GPP-bootstrapping@" HOST) }, "" },
        { "all at once", ANSWER(401), { DIGEST(.is_there = true, .algorithm = "x") }, "87S 87N 87N" },
    };

    JUDGE(rows);
}

static void test_r87_user_agent(void **state)
{
    static const row_t rows[] = {
        { "at the end", REQUEST, FROM("UE/1.0 3gpp-gba"), "" },
        { "alone", REQUEST, FROM("3gpp-gba"), "" },
        { "on the card", REQUEST, FROM("3gpp-gba-uicc"), "" },
        { "other case", REQUEST, FROM("UE 3GPP-GBA/7"), "" },
        { "cut", REQUEST, FROM("UE 3gpp-gb"), "87N" },
        { "of others", REQUEST, FROM("curl/7.88.1"), "87N" },
        { "empty", REQUEST, FROM(""), "87N" },
        { "none", REQUEST, FROM(NULL), "87N" },
        { "of a server", ANSWER(401), FROM(NULL), "" },
        { "not known", REQUEST, { .digest = { GOOD_REALM, .qop = "auth-int" } }, "" },
        { "without digest", REQUEST, { .fields_known = true, .user_agent = "curl" }, "" },
    };

    JUDGE(rows);
}

/* Texts of others are cut as those of all findings. */
static void test_long_values(void **state)
{
    char *text = wmem_alloc(pool, 60000);
    http_head_t head = { .fields_known = true, .user_agent = text, .digest = { REALM(text), .qop = text } };
    rule_http_t http = { .is_request = true, .message = MBMS_MSK_REQUEST, .head = &head };
    rule_findings_t findings = { .pool = pool };

    (void)state;
    memset(text, ';', 59999);
    text[59999] = '\0';
    rules_judge_http(&http, &findings);
    assert_string_equal(outline(&findings), "87S 87N 87N");
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        assert_true(strlen(finding->text) < RULE_MAX_TEXT);
    }
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_r83),
        TEST(test_r86),
        TEST(test_r87_realm),
        TEST(test_r87_digest),
        TEST(test_r87_user_agent),
        TEST(test_long_values),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
