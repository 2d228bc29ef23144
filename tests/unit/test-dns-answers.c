/* test-dns-answers.c
 * The answers of DNS messages: names plain and compressed, what is said of them, and which messages leave
 * something unsaid. RFC 1035 §4.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/dns-answers.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RESPONSE  "\x12\x34\x81\x80"
#define TRUNCATED "\x12\x34\x83\x80"
#define COUNTS(questions, answers)                                                                           \
    "\0" questions "\0" answers "\0\0"                                                                       \
    "\0\0"
#define A_Q     "\0\1\0\1"
#define A       "\0\1\0\1\0\0\0\x3c\0\4"
#define AAAA    "\0\x1c\0\1\0\0\0\x3c\0\x10"
#define CNAME   "\0\5\0\1\0\0\0\x3c"
#define NAME    "\1a\2bc\0" /* at 12: \xc0\x0c */
#define TO_NAME "\xc0\x0c"
#define ADDRESS "\xc0\0\2\1"

static char seen[8192];

static void describe(const dns_item_t *item, void *user)
{
    char *at = seen + strlen(seen);
    size_t left = sizeof seen - strlen(seen);

    assert_ptr_equal(user, seen);
    if (item->kind == DNS_QUESTION) {
        snprintf(at, left, "%.*s? ", (int)item->name->length, item->name->text);
    } else if (item->kind == DNS_ALIAS) {
        snprintf(at, left, "%.*s>%.*s ", (int)item->name->length, item->name->text, (int)item->target->length,
                 item->target->text);
    } else {
        snprintf(at, left, "%.*s=%u:%02x ", (int)item->name->length, item->name->text, item->address_size,
                 item->address[0]);
    }
}

/* In a block of its own size, so that a sanitizer sees reads beyond the end. */
static bool read_message(const char *bytes, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);
    bool whole;

    memcpy(copy, bytes, length);
    seen[0] = '\0';
    whole = dns_answers_read(copy, (uint32_t)length, describe, seen);
    free(copy);
    return whole;
}

typedef struct {
    const char *bytes;
    size_t length;
    const char *expected;
} case_t;

#define CASE(bytes, expected)                                                                                \
    {                                                                                                        \
        bytes, sizeof(bytes) - 1, expected                                                                   \
    }

static void check(const case_t *cases, size_t n, bool whole)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(read_message(cases[i].bytes, cases[i].length), whole);
        assert_string_equal(seen, cases[i].expected);
    }
}

static void test_whole_messages(void **state)
{
    static const case_t cases[] = {
        CASE(RESPONSE COUNTS("\0", "\0"), ""),
        CASE(RESPONSE COUNTS("\1", "\0") NAME A_Q, "a.bc? "),
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q TO_NAME A ADDRESS, "a.bc? a.bc=4:c0 "),
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q "\1A\2bC\0" A ADDRESS, "a.bc? A.bC=4:c0 "),
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q TO_NAME AAAA "\x20\1\xd\xb8"
                                                               "0123456789ab",
             "a.bc? a.bc=16:20 "),
        CASE(RESPONSE COUNTS("\0", "\1") "\1x\0" A ADDRESS "rubbish", "x=4:c0 "),
        /* a chain, its names compressed into one another */
        CASE(RESPONSE COUNTS("\1", "\2") NAME A_Q TO_NAME CNAME "\0\4\1z\xc0\x0e"
                                                                "\xc0\x22" A ADDRESS,
             "a.bc? a.bc>z.bc z.bc=4:c0 "),
        /* the root's own name */
        CASE(RESPONSE COUNTS("\0", "\1") "\0" A ADDRESS, "=4:c0 "),
        /* other types and classes say nothing here, but what is behind them does */
        CASE(RESPONSE COUNTS("\0", "\3") "\1x\0\0\x10\0\1\0\0\0\0\0\2\1t"
                                         "\1y\0\0\1\0\3\0\0\0\0\0\1z"
                                         "\1x\0" A ADDRESS,
             "x? y? x=4:c0 "),
        /* what would look like a dot or an end */
        CASE(RESPONSE COUNTS("\0", "\1") "\3a.b\2c\0\0" A ADDRESS, "a\\b.c\\=4:c0 "),
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), true);
}

static void test_no_responses(void **state)
{
    static const case_t cases[] = {
        CASE("", ""),
        CASE("\x12\x34\x81", ""),
        CASE("\x12\x34\x81\x80\0\1\0\1\0\0\0", ""),
        CASE("\x12\x34\x01\0" COUNTS("\1", "\0") NAME A_Q, ""),
        CASE("\x12\x34\xa8\0" COUNTS("\0", "\1") "\1x\0" A ADDRESS, ""), /* UPDATE: a condition, no answer */
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), true);
}

static void test_messages_that_leave_something_unsaid(void **state)
{
    static const case_t cases[] = {
        CASE(TRUNCATED COUNTS("\1", "\0") NAME A_Q, "a.bc? "),
        CASE(TRUNCATED COUNTS("\1", "\1") NAME A_Q TO_NAME A ADDRESS, "a.bc? a.bc=4:c0 "),
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q, "a.bc? "),
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q "\xc0", "a.bc? "),
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q TO_NAME, "a.bc? a.bc? "),
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q TO_NAME A "\xc0\0\2", "a.bc? a.bc? "),
        CASE(RESPONSE COUNTS("\1", "\2") NAME A_Q TO_NAME A ADDRESS TO_NAME "\0", "a.bc? a.bc=4:c0 a.bc? "),
        /* an A of five bytes, an AAAA of four */
        CASE(RESPONSE COUNTS("\0", "\1") "\1x\0\0\1\0\1\0\0\0\0\0\5" ADDRESS "\0", "x? "),
        CASE(RESPONSE COUNTS("\0", "\1") "\1x\0\0\x1c\0\1\0\0\0\0\0\4" ADDRESS, "x? "),
        /* a CNAME that ends before its record does, and one that ends behind it */
        CASE(RESPONSE COUNTS("\0", "\1") "\1x\0" CNAME "\0\4\1y\0\0", "x? "),
        CASE(RESPONSE COUNTS("\0", "\1") "\1x\0" CNAME "\0\2\1y\0", "x? "),
        /* labels of a kind that nobody has defined */
        CASE(RESPONSE COUNTS("\1", "\0") "\x40x\0" A_Q, ""),
        CASE(RESPONSE COUNTS("\1", "\0") "\x80x\0" A_Q, ""),
        /* a header that has more questions than anybody reads */
        CASE("\x12\x34\x81\x80\1\0\0\1\0\0\0\0" NAME A_Q, "a.bc? "),
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), false);
}

static void test_compression_that_goes_nowhere(void **state)
{
    static const case_t cases[] = {
        CASE(RESPONSE COUNTS("\1", "\0") "\xc0\x0c" A_Q, ""),         /* to itself */
        CASE(RESPONSE COUNTS("\1", "\0") "\1a\xc0\x0c" A_Q, ""),      /* growing */
        CASE(RESPONSE COUNTS("\1", "\0") "\xc0\x0e\xc0\x0c" A_Q, ""), /* to and fro */
        CASE(RESPONSE COUNTS("\1", "\0") "\xc0\xff" A_Q, ""),         /* beyond the end */
        CASE(RESPONSE COUNTS("\1", "\1") NAME A_Q TO_NAME CNAME "\0\2\xc0\x22", "a.bc? a.bc? "),
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), false);
}

/* A message that is cut anywhere says less, or says that it is cut. */
static void test_every_length(void **state)
{
    static const char message[] = RESPONSE COUNTS("\1", "\2") NAME A_Q TO_NAME CNAME "\0\4\1z\xc0\x0e"
                                                                                     "\xc0\x22" A ADDRESS;

    (void)state;
    for (size_t length = 0; length < sizeof message - 1; length++) {
        assert_int_equal(read_message(message, length), length < 12);
        assert_null(strstr(seen, "="));
    }
    assert_true(read_message(message, sizeof message - 1));
}

static GString *many(unsigned n_answers)
{
    GString *message = g_string_new_len(RESPONSE "\0\0", 6);

    g_string_append_c(message, (char)(n_answers >> 8));
    g_string_append_c(message, (char)n_answers);
    g_string_append_len(message, "\0\0\0\0", 4);
    for (unsigned i = 0; i < n_answers; i++) {
        g_string_append_len(message, "\1x\0" A ADDRESS, 3 + 10 + 4);
    }
    return message;
}

static void test_many_answers(void **state)
{
    (void)state;
    for (unsigned n = 127; n <= 130; n++) {
        GString *message = many(n);

        assert_int_equal(read_message(message->str, message->len), n <= 128);
        assert_int_equal(strlen(seen), strlen("x=4:c0 ") * MIN(n, 128));
        g_string_free(message, TRUE);
    }
}

static void test_longest_names(void **state)
{
    GString *message = g_string_new_len(RESPONSE COUNTS("\1", "\0"), 12);

    (void)state;
    for (int i = 0; i < 4; i++) {
        g_string_append_c(message, i < 3 ? 63 : 61);
        for (int j = 0; j < (i < 3 ? 63 : 61); j++) {
            g_string_append_c(message, 'x');
        }
    }
    g_string_append_len(message, "\0" A_Q, 5);
    assert_true(read_message(message->str, message->len));
    assert_int_equal(strlen(seen), 253 + 2);
    g_string_insert_len(message, 12, "\1y\1z", 4);
    assert_false(read_message(message->str, message->len));
    assert_string_equal(seen, "");
    g_string_free(message, TRUE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_messages),
        cmocka_unit_test(test_no_responses),
        cmocka_unit_test(test_messages_that_leave_something_unsaid),
        cmocka_unit_test(test_compression_that_goes_nowhere),
        cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_many_answers),
        cmocka_unit_test(test_longest_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
