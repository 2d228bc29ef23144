/* test-http-message.c
 * Heads and bodies of HTTP/1 messages among other bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/http-message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pool.h"

/* In a block of just its size. */
static const uint8_t *block(const char *text, size_t length)
{
    return wmem_memdup(pool, text, length);
}

static void test_requests(void **state)
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
        { "POST /k HTTP/1.1", NULL, NULL, NULL },
        { "POST /k HTTP/1.1 \r\n", NULL, NULL, NULL },
        { "FETCH /k HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
        { "/k HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
        { "POST \n/k HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
        { "HTTP/1.1 200 OK\r\n\r\n", NULL, NULL, NULL },
        { " HTTP/1.1\r\n\r\n", NULL, NULL, NULL },
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

static void test_responses(void **state)
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

#define LENGTH(n) "POST / HTTP/1.1\r\nContent-Length: " n "\r\n\r\n"
#define CHUNKED   "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
#define ANSWER    "HTTP/1.1 200 OK\r\n"

static void test_bodies(void **state)
{
    static const struct {
        const char *bytes;
        http_body_state_t state;
        const char *body;
    } rows[] = {
        { LENGTH("4") "body", HTTP_BODY_WHOLE, "body" },
        { LENGTH("4") "body and more", HTTP_BODY_WHOLE, "body" },
        { LENGTH("0") "", HTTP_BODY_WHOLE, "" },
        { LENGTH("5") "body", HTTP_BODY_CUT, NULL },
        { LENGTH("18446744073709551615") "body", HTTP_BODY_CUT, NULL },
        { "POST / HTTP/1.1\r\n\r\nbody", HTTP_BODY_WHOLE, "" },
        { ANSWER "\r\nbody", HTTP_BODY_UNKNOWN, NULL },
        { ANSWER "Content-Length: 4\r\n\r\nbody", HTTP_BODY_WHOLE, "body" },
        { ANSWER "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", HTTP_BODY_UNKNOWN, NULL },
        { CHUNKED "4\r\nbody\r\n0\r\n\r\n", HTTP_BODY_WHOLE, "body" },
        { CHUNKED "2;a=b\r\nbo\r\n02 \r\ndy\r\n0\r\nTrailer: 1\r\n\r\n", HTTP_BODY_WHOLE, "body" },
        { CHUNKED "2\nbo\nA\n0123456789\n0\n", HTTP_BODY_WHOLE, "bo0123456789" },
        { CHUNKED "0\r\n\r\n", HTTP_BODY_WHOLE, "" },
        { CHUNKED "4\r\nbody\r\n", HTTP_BODY_CUT, NULL },
        { CHUNKED "4\r\nbody\r\n0", HTTP_BODY_CUT, NULL },
        { CHUNKED "5\r\nbody", HTTP_BODY_CUT, NULL },
        { CHUNKED "x\r\nbody\r\n0\r\n\r\n", HTTP_BODY_CUT, NULL },
        { CHUNKED "ffffffffffffffffff\r\nbody\r\n0\r\n\r\n", HTTP_BODY_CUT, NULL },
        { CHUNKED "", HTTP_BODY_CUT, NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t length = strlen(rows[i].bytes), body_length = 0;
        const uint8_t *bytes = block(rows[i].bytes, length), *body = NULL;
        http_found_head_t head;

        assert_true(http_find_request(pool, bytes, length, &head) ||
                    http_find_response(bytes, length, &head));
        assert_int_equal(http_body_as_sent(pool, &head, length, &body, &body_length), rows[i].state);
        if (rows[i].body) {
            assert_int_equal(body_length, strlen(rows[i].body));
            assert_memory_equal(body, rows[i].body, body_length);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(test_requests), TEST(test_responses), TEST(test_bodies) };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
