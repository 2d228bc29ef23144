/* test-http-head.c
 * Heads of HTTP/1 messages: where they are, the version, the user agent, digest credentials and challenges.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/http-head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "pool.h"

/* The bytes are not NUL-terminated, so that a sanitizer sees a read behind them. */
static http_head_t read_head(const char *text)
{
    size_t length = strlen(text);

    return http_head_read(pool, wmem_memdup(pool, text, length), length);
}

static const char *or_none(const char *text)
{
    return text ? text : "-";
}

/* "HTTP/1.1 user agent|realm algorithm qop", "-" for what is not there; "" if nothing is known. */
static const char *outline(const char *text)
{
    http_head_t head = read_head(text);
    const http_digest_t *digest = &head.digest;

    if (!head.fields_known) {
        assert_false(head.user_agent || head.version || digest->is_there);
        return "";
    }
    assert_true(digest->is_there || !(digest->realm || digest->algorithm || digest->qop));
    return wmem_strdup_printf(pool, "%s %s|%s %s %s%s", or_none(head.version), or_none(head.user_agent),
                              digest->is_there ? or_none(digest->realm) : "no digest",
                              or_none(digest->algorithm), or_none(digest->qop), digest->is_answer ? "!" : "");
}

typedef struct {
    const char *head;
    const char *expected;
} row_t;

static void compare(const row_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(outline(rows[i].head), rows[i].expected);
    }
}

#define COMPARE(rows)                                                                                        \
    do {                                                                                                     \
        (void)state;                                                                                         \
        compare(rows, G_N_ELEMENTS(rows));                                                                   \
    } while (0)

static void test_requests(void **state)
{
    static const row_t rows[] = {
        { "POST /k HTTP/1.1\rx\r\n\r\n", "- -|no digest - -" }, /* what is more than a version is none */
        { "POST /kHTTP/1.1\r\n\r\n", "- -|no digest - -" },
        { "POST /k HTTP/1.1\r\nHost: a\r\nUser-Agent: UE 3gpp-gba\r\n\r\n",
          "HTTP/1.1 UE 3gpp-gba|no digest - -" },
        { "POST /k HTTP/1.0\nuser-agent:x\n\n", "HTTP/1.0 x|no digest - -" },
        { "POST /k HTTP/1.1\r\n\r\n", "HTTP/1.1 -|no digest - -" },
        { "POST http://bsm:80/k?a=b HTTP/1.1\r\nUser-Agent: \t x \r\n\r\n", "HTTP/1.1 x|no digest - -" },
        { "POST /k HTTP/1.1\r\nUser-Agent: a\r\nUser-Agent: b\r\n\r\n", "HTTP/1.1 a|no digest - -" },
        { "POST /k HTTP/1.1\r\nUser-Agent:\r\n\r\n", "HTTP/1.1 |no digest - -" },
        { "POST /k HTTP/1.1\r\nUpgrade: HTTP/2.0\r\nX-User-Agent: a\r\n\r\n", "HTTP/1.1 -|no digest - -" },
        { "POST /k HTTP/1.1\r\nUser-Agent: a\r\n b\r\n\tc\r\nHost: d\r\n\r\n",
          "HTTP/1.1 a   b  \tc|no digest - -" },
    };

    COMPARE(rows);
}

static void test_digests(void **state)
{
    static const row_t rows[] = {
        { "POST / HTTP/1.1\r\nAuthorization: Digest username=\"u\", realm=\"r@h\", algorithm=MD5, "
          "qop=auth-int, response=\"0\"\r\n\r\n",
          "HTTP/1.1 -|r@h MD5 auth-int!" },
        { "POST / HTTP/1.1\r\nAuthorization: digest realm=r, response=\"\"\r\n\r\n", "HTTP/1.1 -|r - -" },
        { "POST / HTTP/1.1\r\nAuthorization: Digest username=\"u\"\r\n\r\n", "HTTP/1.1 -|- - -" },
        { "POST / HTTP/1.1\r\nAuthorization: Digest realm=\"r\",\r\n qop=auth\r\n\r\n",
          "HTTP/1.1 -|r - auth" },
        { "POST / HTTP/1.1\r\nAuthorization: Basic cmVhbG09cg==\r\n\r\n", "HTTP/1.1 -|no digest - -" },
        { "POST / HTTP/1.1\r\nAuthorization: Digest realm=a\r\nAuthorization: Digest realm=b\r\n\r\n",
          "HTTP/1.1 -|a - -" },
        { "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", qop=\"auth,auth-int\"\r\n\r\n",
          "- -|r - auth,auth-int" },
        { "HTTP/1.0 401 \r\nWWW-Authenticate: Basic realm=a\r\nWWW-Authenticate: Digest realm=b\r\n\r\n",
          "- -|b - -" },
        { "HTTP/1.1 401 X\r\nWWW-Authenticate: Digest realm=b\r\nWWW-Authenticate: Basic realm=a\r\n\r\n",
          "- -|b - -" },
    };

    COMPARE(rows);
}

/* The body before may end in the line that the head begins in. */
static void test_what_stands_before(void **state)
{
    static const row_t rows[] = {
        { "POST /a HTTP/1.0\r\nUser-Agent: a\r\n\r\n<a/>POST /b HTTP/1.1\r\n\r\n",
          "HTTP/1.1 -|no digest - -" },
        { "POST /a HTTP/1.0\r\nUser-Agent: a\r\n\r\nGET /b HTTP/1.1\r\n\r\n", "HTTP/1.1 -|no digest - -" },
        { "<a>\n\nUser-Agent: x\n</a>HTTP/1.1 200 OK\r\nHost: a\r\n\r\n", "- -|no digest - -" },
        { "User-Agent: x\r\n\r\nPOST / HTTP/1.1\r\nUser-Agent: y\r\n\r\n", "HTTP/1.1 y|no digest - -" },
    };

    COMPARE(rows);
}

static void test_no_heads(void **state)
{
    static const row_t rows[] = {
        { "", "" },
        { "\n", "" },
        { "\r\n\r\n", "" },
        { "POST / HTTP/1.1", "" },
        { "POST / HTTP/1.1\r\n", "" },
        { "POST / HTTP/1.1\r\nUser-Agent: a\r\n", "" },
        { "POST / HTTP/1.1\r\n\r\n4f\r\n", "" }, /* before the first chunk */
        { "User-Agent: a\r\n\r\n", "" },
        { "--boundary\r\nContent-Type: a/b\r\nUser-Agent: a\r\n\r\n", "" },
        { " \r\nUser-Agent: a\r\n\r\n", "" },
        { ": HTTP\r\n\r\n", "" },
        { "POST / HTP/1.1\r\n\r\n", "" },
        { "POST / HTTP/1.x\r\n\r\n", "" },
    };

    COMPARE(rows);
}

/* The first line of a message in a packet. */
static void test_packet_before(void **state)
{
    static const char packet[] = "\0\2E\0\nHTTP/\0HTTP/1.1 401 X\r\nWWW-Authenticate: Digest realm=r\r\n\r\n";
    http_head_t head = http_head_read(pool, (const uint8_t *)packet, sizeof packet - 1);

    (void)state;
    assert_true(head.fields_known);
    assert_string_equal(head.digest.realm, "r");
}

static void test_nothing_at_all(void **state)
{
    (void)state;
    assert_false(http_head_read(pool, NULL, 0).fields_known);
    assert_false(http_digest_read(pool, NULL).is_there);
}

/* Many messages in one segment: what stands before a head is not looked through again for each. */
static void test_many_before(void **state)
{
    static const char message[] = "POST / HTTP/1.1\r\nHost: a\r\n\r\n<a>\n\n</a>";
    enum { N = 100000 };
    size_t length = sizeof message - 1;
    char *bytes = wmem_alloc(pool, N * length);
    clock_t start;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        memcpy(bytes + i * length, message, length);
    }
    start = clock();
    for (size_t i = 1; i < N; i++) {
        assert_true(http_head_read(pool, (uint8_t *)bytes, i * length - strlen("<a>\n\n</a>")).fields_known);
    }
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
}

/* In a block of just its size. */
static const uint8_t *block(const char *text, size_t length)
{
    return wmem_memdup(pool, text, length);
}

#define HEAD "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-encoding:  br \r\nServer: y\r\n\r\n"

static void assert_value(const char *value, const char *expected)
{
    if (expected) {
        assert_non_null(value);
        assert_string_equal(value, expected);
    } else {
        assert_null(value);
    }
}

static char *field(const char *text, size_t length, const char *name)
{
    return http_field_before(pool, wmem_memdup(pool, text, length), length, name);
}

static void test_head_fields(void **state)
{
    static const char before[] = "\x00\x01\nServer: binary\r\n\r\nServer: body\r\n" HEAD;

    (void)state;
    assert_value(field(HEAD, strlen(HEAD), "Content-Encoding"), "br");
    assert_value(field(HEAD, strlen(HEAD), "server"), "x");
    assert_value(field(HEAD, strlen(HEAD), "Serve"), NULL);
    assert_value(field(HEAD, strlen(HEAD), "HTTP/1.1 200 OK"), NULL);
    assert_value(field(before, sizeof before - 1, "server"), "x");
    assert_value(field("A HTTP/1.1\nb:\n\n", 15, "B"), "");
    assert_value(field("A HTTP/1.1\nb:c\n d\n\n", 19, "B"), "c  d");
    assert_value(field("A HTTP/1.1\nb:c\n", 15, "b"), NULL); /* its end is missing */
    assert_value(field("b:c\n\n", 5, "b"), NULL);
    assert_value(field("", 0, "b"), NULL);
}

static void test_find_requests(void **state)
{
    static const struct {
        const char *bytes, *method, *target, *host; /* NULL: no request */
    } rows[] = {
        { "POST /k?a=b HTTP/1.1\r\nHost: x\r\n\r\nbody", "POST", "/k?a=b", "x" },
        { "POST /k?a=b HTTP/1.0\nHost: x\n\nbody", "POST", "/k?a=b", "x" },
        { "\x01\x02XYZPOST /k HTTP/1.1\r\nHost: x\r\n\r\n", "POST", "/k", "x" },
        { "POST /k?requesttype= register HTTP/1.1\r\nHost: x\r\n\r\n", "POST", "/k?requesttype= register",
          "x" },
        { "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: y\r\n\r\n", "POST", "/2", "y" },
        { "POST /k HTTP/1.1\r\nHost: x", "POST", "/k", "x" },
        { "POST /k HTTP/1.1\r\n\r\n", "POST", "/k", NULL },
        { "POST  HTTP/1.1\r\n\r\n", "POST", "", NULL },
        { "POST /k HTTP/1.1 \r\n", NULL, NULL, NULL },
        { "FETCH /k HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
        { "/k HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
        { "POST \n/k HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
        { "HTTP/1.1 200 OK\r\n\r\n", NULL, NULL, NULL },
        { " HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
        { "POST /k HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\nas in a body", "POST", "/k", "x" },
        { "POST /k HTTP/1.1\r\nHost: x\r\nConten", "POST", "/k", "x" },
        { "POST /k HTTP/1.1\r\nnot a field\r\n\r\n", NULL, NULL, NULL },
        { "POST /k HTTP/1.1", NULL, NULL, NULL },
        { "", NULL, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t length = strlen(rows[i].bytes);
        http_found_head_t head;
        const char *host;

        assert_int_equal(http_find_request(pool, block(rows[i].bytes, length), length, &head),
                         rows[i].method != NULL);
        if (!rows[i].method) {
            continue;
        }
        assert_string_equal(head.method, rows[i].method);
        assert_string_equal(head.target, rows[i].target);
        host = http_field(pool, &head, "Host");
        assert_string_equal(host ? host : "none", rows[i].host ? rows[i].host : "none");
    }
}

static void test_find_responses(void **state)
{
    static const char two[] = "junkHTTP/1.1 100 Continue\r\nA: 1\r\n\r\nHTTP/1.1 200 OK\r\nA: 2\r\n\r\nbody";
    http_found_head_t head;

    (void)state;
    assert_true(http_find_response(block(two, sizeof two - 1), sizeof two - 1, &head));
    assert_string_equal(http_field(pool, &head, "a"), "2");
    assert_int_equal(head.end, sizeof two - 1 - strlen("body"));
    assert_true(http_find_response(head.bytes, head.start, &head));
    assert_string_equal(http_field(pool, &head, "A"), "1");
    assert_false(http_find_response(head.bytes, head.start, &head));
}

/* A page may have in it what a status line is like. */
static void test_find_responses_with_text(void **state)
{
    static const struct {
        const char *bytes, *server; /* NULL: no response */
    } rows[] = {
        { "HTTP/1.1 401 X\r\nServer: a\r\n\r\n<h1>HTTP/1.1 401 Unauthorized</h1>", "a" },
        { "HTTP/1.1 401 X\r\nServer: a\r\n\r\nHTTP/1.1 401 X\r\n<p>Server: b\r\n\r\n", "a" },
        { "\001HTTP/1.1 401 X\r\nServer: a\r\n b\r\n\r\n", "a   b" },
        { "HTTP/1.1 401 X\r\nServer: a\r\nWWW-Authe", "a" },
        { "HTTP/1.1 401 X\r\nServer: a", "a" },
        { "HTTP/1.1 x\r\nServer: a\r\n\r\n", NULL },
        { "HTTP/1.1 4", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t length = strlen(rows[i].bytes);
        http_found_head_t head;

        assert_int_equal(http_find_response(block(rows[i].bytes, length), length, &head),
                         rows[i].server != NULL);
        if (rows[i].server) {
            assert_string_equal(http_field(pool, &head, "Server"), rows[i].server);
        }
    }
}

/* Neither empty lines nor what begins like a response make it slow. */
static void test_find_in_long_bytes(void **state)
{
    static const char *const parts[] = { "\n", "HTTP/1.1 2", "a:b\n", "HTTP/1.1 2\n", "a:b\n\n" };
    enum { N = 2000000 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        size_t length = strlen(parts[i]), n = N / length;
        char *bytes = wmem_alloc(pool, n * length);
        http_found_head_t head;
        clock_t start = clock();

        for (size_t k = 0; k < n; k++) {
            memcpy(bytes + k * length, parts[i], length);
        }
        http_find_response((uint8_t *)bytes, n * length, &head);
        http_find_request(pool, (uint8_t *)bytes, n * length, &head);
        assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1);
    }
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_requests),
        TEST(test_digests),
        TEST(test_what_stands_before),
        TEST(test_packet_before),
        TEST(test_no_heads),
        TEST(test_nothing_at_all),
        TEST(test_many_before),
        TEST(test_head_fields),
        TEST(test_find_requests),
        TEST(test_find_responses),
        TEST(test_find_responses_with_text),
        TEST(test_find_in_long_bytes),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
