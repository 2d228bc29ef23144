/* test-key-text.c
 * Keys as people write them: what is read, and what is said of texts that are refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/key-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

/* Text and room in blocks of just their sizes, so that a sanitizer sees a step beyond them. */
static bool read_text(const char *text, uint8_t **bytes, size_t *length, char problem[KEY_TEXT_PROBLEM_SIZE])
{
    char *copy = g_strdup(text);
    bool good;

    *bytes = malloc(MAX(strlen(text) / 2, 1));
    *length = 99;
    problem[0] = '\0';
    good = key_text_read(copy, *bytes, length, problem);
    g_free(copy);
    return good;
}

static void test_accepted(void **state)
{
    static const struct {
        const char *text;
        const char *bytes;
        size_t length;
    } table[] = {
        { "00", "\x00", 1 },
        { "fF", "\xff", 1 },
        { "0123456789abcdef", "\x01\x23\x45\x67\x89\xab\xcd\xef", 8 },
        { "ABCDEF", "\xab\xcd\xef", 3 },
        { "01:02:03", "\x01\x02\x03", 3 },
        { "01 02\t03\n04\r\f05", "\x01\x02\x03\x04\x05", 5 },
        { " : 0102::03 :", "\x01\x02\x03", 3 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char problem[KEY_TEXT_PROBLEM_SIZE];
        uint8_t *bytes;
        size_t length;

        assert_true(read_text(table[i].text, &bytes, &length, problem));
        assert_int_equal(length, table[i].length);
        assert_memory_equal(bytes, table[i].bytes, length);
        assert_string_equal(problem, "");
        free(bytes);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        const char *problem;
    } table[] = {
        { "", "it is empty" },
        { " : ", "it is empty" },
        { "1", "an odd number of hexadecimal digits (1)" },
        { "01 02 3", "an odd number of hexadecimal digits (5)" },
        { "0:1", "character 2 is in the middle of a byte" },
        { "0102 3 45", "character 7 is in the middle of a byte" },
        { "0x0102", "character 2 is no hexadecimal digit" },
        { "01,02", "character 3 is no hexadecimal digit" },
        { "01-02", "character 3 is no hexadecimal digit" },
        { "g0", "character 1 is no hexadecimal digit" },
        { "0\xc3\xa4", "character 2 is no hexadecimal digit" },
        { "01\xff", "character 3 is no hexadecimal digit" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char problem[KEY_TEXT_PROBLEM_SIZE];
        uint8_t *bytes;
        size_t length;

        assert_false(read_text(table[i].text, &bytes, &length, problem));
        assert_string_equal(problem, table[i].problem);
        free(bytes);
    }
}

/* Every single character: a digit counts, a separator is skipped, anything else is refused. */
static void test_every_character(void **state)
{
    (void)state;
    for (int character = 1; character < 256; character++) {
        char text[] = { 'a', '5', (char)character, '0', '1', '\0' }, problem[KEY_TEXT_PROBLEM_SIZE];
        bool separates = strchr(": \t\n\f\r", character) != NULL;
        uint8_t *bytes;
        size_t length;

        assert_int_equal(read_text(text, &bytes, &length, problem), separates);
        if (separates) {
            assert_int_equal(length, 2);
            assert_memory_equal(bytes, "\xa5\x01", 2);
        } else {
            assert_string_not_equal(problem, "");
        }
        free(bytes);
    }
}

/* Longer than any key: nothing is cut off, and the problem still fits. */
static void test_long(void **state)
{
    enum { N = 200000 };
    char *text = g_malloc(N + 1), problem[KEY_TEXT_PROBLEM_SIZE];
    uint8_t *bytes;
    size_t length;

    (void)state;
    memset(text, 'a', N);
    text[N] = '\0';
    assert_true(read_text(text, &bytes, &length, problem));
    assert_int_equal(length, N / 2);
    free(bytes);
    text[N - 1] = 'x';
    assert_false(read_text(text, &bytes, &length, problem));
    assert_string_equal(problem, "character 200000 is no hexadecimal digit");
    free(bytes);
    text[N - 1] = '\0';
    assert_false(read_text(text, &bytes, &length, problem));
    assert_string_equal(problem, "an odd number of hexadecimal digits (199999)");
    free(bytes);
    g_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
