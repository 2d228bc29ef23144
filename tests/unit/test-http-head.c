/* test-http-head.c
 * Heads of HTTP/1 messages: the version, the user agent, digest credentials and challenges.
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

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_requests),      TEST(test_digests),  TEST(test_what_stands_before),
        TEST(test_packet_before), TEST(test_no_heads), TEST(test_nothing_at_all),
        TEST(test_many_before),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
