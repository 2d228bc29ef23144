/* test-header-fields.c
 * Parameters of media types and of digest credentials: white space, quotes and pairs, and what only looks
 * like one. RFC 9110 §5.6, RFC 7616 §3.4, RFC 8187.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/header-fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pool.h"

static void assert_value(const char *value, const char *expected)
{
    if (expected) {
        assert_non_null(value);
        assert_string_equal(value, expected);
    } else {
        assert_null(value);
    }
}

/* ---- parameters of media types ---------------------------------------------------------------------- */

static void test_media_type_parameters(void **state)
{
    static const struct {
        const char *parameters;
        const char *value; /* of charset */
    } cases[] = {
        { "charset=utf-8", "utf-8" },
        { "charset=\"utf-8\"", "utf-8" },
        { "CharSet=UTF-8", "UTF-8" },
        { " ; charset=utf-8", "utf-8" },
        { "a=b; charset=utf-8", "utf-8" },
        { "a=b;charset=utf-8;c=d", "utf-8" },
        { "a=b ;\tcharset=utf-8 ; c=d", "utf-8" },
        { "a=\"b\"; charset=\"utf-8\"; c=d", "utf-8" },
        { "a=\"; charset=x\"; charset=utf-8", "utf-8" },
        { "a=\"b;c\"; charset=utf-8", "utf-8" },
        { "a; charset=utf-8", "utf-8" },
        { "a=; charset=utf-8", "utf-8" },
        { "=; charset=utf-8", "utf-8" },
        { "charset=one; charset=two", "one" },
        { "charset=", "" },
        { "charset=\"\"", "" },
        { "charset=\"utf-8", "utf-8" },
        { "charset=\"a b;c=d\"", "a b;c=d" },
        { "xcharset=1; charsetx=2; charset=3", "3" },
        { "charset=utf\\-8", "utf\\-8" },   /* a token has no quoted pairs */
        { "charset=\"utf\\-8\"", "utf-8" }, /* a string has */
        { "charset=\"a\\\"b\\\\c\"", "a\"b\\c" },
        { "a=\"x\\\"; charset=evil; b=\\\"y\"; charset=utf-8", "utf-8" },
        { "charset = utf-8", "utf-8" }, /* bad white space: to be read all the same */
        { "charset\t=\t\"utf-8\" ; c=d", "utf-8" },
        { "a = \"; charset=x\" ; charset = utf-8", "utf-8" },
        { "charset=\"a\\", "a\\" }, /* a pair that lacks its second half */
        { "charset=utf-8 x", "utf-8" },
        { "a=b\"; charset=utf-8", "utf-8" }, /* a quote within a token opens nothing */
        { "charset=\"a\"b; c=d", "a" },
        { "charset*=utf-8", NULL },
        { "char set=utf-8", NULL },
        { "", NULL },
        { ";", NULL },
        { "charset", NULL },
        { "xcharset=1", NULL },
        { "charsetx=1", NULL },
        { "a=charset=1", NULL },
        { "a=\"charset=1\"", NULL },
        { "a=\"charset=1", NULL },
        { "\"charset=1", NULL },
        { "a=\"b\\\"; charset=1", NULL },
        { "===;;;\"\"\"", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *value = header_parameter(pool, cases[i].parameters, ';', "charset");

        assert_value(value, cases[i].value);
    }
    assert_null(header_parameter(pool, NULL, ';', "charset"));
}

static void test_several_parameters(void **state)
{
    static const char *const names[] = { "b", "a", "none", "B" };
    char *values[G_N_ELEMENTS(names)] = { NULL };

    (void)state;
    header_parameters(pool, "a=1, b=\"x, a=3\", a=2, B = y , none, c=none", ',', names, G_N_ELEMENTS(names),
                      values);
    assert_string_equal(values[0], "x, a=3");
    assert_string_equal(values[1], "1");
    assert_null(values[2]);
    assert_string_equal(values[3], "x, a=3");
    header_parameters(pool, NULL, ',', names + 2, 1, values + 2);
    assert_null(values[2]);
}

/* ---- digest credentials ----------------------------------------------------------------------------- */

static void test_user_names(void **state)
{
    static const struct {
        const char *credentials;
        const char *user;
    } cases[] = {
        { "Digest username=\"a@b\"", "a@b" },
        { "digest username=\"a@b\"", "a@b" },
        { "DIGEST\tUserName=\"a@b\"", "a@b" },
        { "  Digest   username=\"a@b\"", "a@b" },
        { "Digest username=a@b", "a@b" },
        { "Digest username=a@b,realm=c", "a@b" },
        { "Digest username = \"a@b\" , realm = \"c\"", "a@b" },
        { "Digest realm=\"c\",username=\"a@b\"", "a@b" },
        { "Digest realm=\"c, username=evil\", username=\"a@b\"", "a@b" },
        { "Digest realm=\"\\\", username=evil, x=\\\"\", username=\"a@b\"", "a@b" },
        { "Digest ,, ,username=\"a@b\"", "a@b" },
        { "Digest username=\"a\\\"b\\\\c\"", "a\"b\\c" },
        { "Digest username=\"a, b\"", "a, b" },
        { "Digest username=\"a@b", "a@b" },
        { "Digest username=\"a\", username=\"b\"", "a" },
        { "Digest username*=UTF-8''J%C3%A4s%C3%B8n", "J\xc3\xa4s\xc3\xb8n" },
        { "Digest username*=utf-8'en'%e2%82%ac", "\xe2\x82\xac" },
        { "Digest username*=\"UTF-8''a%40b\"", "a@b" },
        { "Digest username*=iso-8859-1''%e4%5F", "\xc3\xa4_" },
        { "Digest username*=UTF-8''a'b", "a'b" },
        { "Digest username*=UTF-8''x, username=\"a\"", "a" },
        { "Digest username=\"\", username*=UTF-8''x", "x" },
        { "", NULL },
        { "Digest", NULL },
        { "Digest ", NULL },
        { "Digestusername=\"a\"", NULL },
        { "Digest\"\" username=a", NULL },
        { "Basic username=\"a\"", NULL },
        { "Digest xusername=\"a\", usernamex=\"b\"", NULL },
        { "Digest realm=\"username=a\"", NULL },
        { "Digest username", NULL },
        { "Digest username=", NULL },
        { "Digest username=\"\"", NULL },
        { "Digest username=\"", NULL },
        { "Digest username=,realm=a", NULL },
        { "Digest username*=x", NULL },
        { "Digest username*=UTF-8'x", NULL },
        { "Digest username*=UTF-8''", NULL },
        { "Digest username*=UTF-8''a%4", NULL },
        { "Digest username*=UTF-8''a%", NULL },
        { "Digest username*=UTF-8''%4x", NULL },
        { "Digest username*=UTF-8''a%00b", NULL },
        { "Digest username*=UTF-8''%e4", NULL }, /* no UTF-8 */
        { "Digest username*=KOI8-R''a", NULL },
        { "Digest username*=''a", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_value(digest_user(pool, cases[i].credentials), cases[i].user);
    }
    assert_null(digest_user(pool, NULL));
}

/* However long a value or a list is, one walk is enough. */
static void test_long_fields(void **state)
{
    GString *text = g_string_new("Digest ");
    char *user;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        g_string_append(text, "a=\"\\\"\",");
    }
    assert_null(digest_user(pool, text->str));
    g_string_append(text, "username=\"");
    for (int i = 0; i < 200000; i++) {
        g_string_append(text, "\\x");
    }
    user = digest_user(pool, text->str);
    assert_int_equal(strlen(user), 200000);
    g_string_free(text, TRUE);
}

static void test_challenges(void **state)
{
    static const struct {
        const char *text;
        bool answers;
        bool stale;
    } cases[] = {
        { NULL, false, false },
        { "", false, false },
        { " ", false, false },
        { "Digest username=\"a\"", false, false },
        { "Digest username=\"a\", response=\"\"", false, false },
        { "Digest username=\"a\", response=\"0123\"", true, false },
        { "digest response=0", true, false },
        { "Digest realm=\"response=1\"", false, false },
        { "Basic YTpi", true, false },
        { "Digest realm=\"r\", stale=true", false, true },
        { "Digest stale = TRUE, realm=\"r\"", false, true },
        { "Digest stale=\"true\"", false, true },
        { "Digest stale=false", false, false },
        { "Digest realm=\"stale=true\"", false, false },
        { "Basic stale=true", true, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(credentials_answer_challenge(pool, cases[i].text), cases[i].answers);
        assert_int_equal(challenge_is_stale(pool, cases[i].text), cases[i].stale);
    }
}

static void test_servers(void **state)
{
    static const struct {
        const char *host;
        const char *credentials;
        const char *server;
    } cases[] = {
        { "bsm.example.org", NULL, "bsm.example.org" },
        { " bsm.example.org.:8080", NULL, "bsm.example.org" },
        { "bsm.example.org", "Digest realm=\"3GPP-bootstrapping@other.org\"", "bsm.example.org" },
        { "198.51.100.10:80", "Digest username=\"a\", realm=\"3GPP-bootstrapping@bsm.org\"", "bsm.org" },
        { "[2001:db8::1]", "Digest realm=\"3GPP-bootstrapping@b.org;3GPP-bootstrapping-uicc@b.org\"",
          "b.org" },
        { NULL, "Digest realm=\"3GPP-bootstrapping@bsm.org\"", "bsm.org" },
        { "localhost", NULL, NULL },
        { "198.51.100.10", "Basic realm=\"a@bsm.org\"", NULL },
        { "", "Digest realm=\"users\"", NULL },
        { ".", "Digest realm=\"@\"", NULL },
        { NULL, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_value(header_server(pool, cases[i].host, cases[i].credentials), cases[i].server);
    }
}

static void test_request_types(void **state)
{
    static const struct {
        const char *uri;
        bool deregister;
    } cases[] = {
        { "/keymanagement?requesttype=deregister", true },
        { "/keymanagement?requesttype=DeRegister&x=1", true },
        { "http://bsm/k?a=b&RequestType=deregister#part", true },
        { "/k?a&&requesttype=%20deregister", true },
        { "/k?requesttype=+deregister", true },
        { "/k?requesttype=register", false },
        { "/k?requesttype=deregistered", false },
        { "/k?xrequesttype=deregister", false },
        { "/k?a=requesttype=deregister", false },
        { "/requesttype=deregister", false },
        { "/k?requesttype=%2", false },
        { "/k?requesttype", false },
        { "/k?", false },
        { "", false },
        { NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(uri_asks_for(pool, cases[i].uri, "deregister"), cases[i].deregister);
    }
}

static void test_request_type_values(void **state)
{
    static const struct {
        const char *uri;
        const char *type; /* NULL: none */
    } cases[] = {
        { "/k?requesttype=MSK-Request", "MSK-Request" },
        { "/k?requesttype=%20register+", "register" },
        { "/k?requesttype=a%3Db&c", "a=b" },
        { "/k?requesttype=", "" },
        { "/k?requesttype=regist%zz", "" },
        { "/k?requesttype", NULL },
        { "/k", NULL },
        { NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *type = uri_request_type(pool, cases[i].uri);

        assert_int_equal(!type, !cases[i].type);
        assert_string_equal(type ? type : "", cases[i].type ? cases[i].type : "");
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_media_type_parameters),
        TEST(test_several_parameters),
        TEST(test_user_names),
        TEST(test_long_fields),
        TEST(test_servers),
        TEST(test_request_types),
        TEST(test_request_type_values),
        TEST(test_challenges),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
