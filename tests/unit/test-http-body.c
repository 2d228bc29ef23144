/* test-http-body.c
 * Bodies of HTTP/1 messages as they were sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/http-body.h"

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
        { "POST / HTTP/1.1\r\nHost: x\r\n", HTTP_BODY_CUT, NULL }, /* Content-Length may be missing */
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
    const struct CMUnitTest tests[] = { TEST(test_bodies) };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
