/* test-base64.c
 * base64Binary of XML Schema: the vectors of RFC 4648 §10, every character, padding and white space in every
 * place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "pool.h"

#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/* The text in a block of just its size, so that a sanitizer sees a read behind it. */
static base64_t decode_bytes(const char *text, size_t length)
{
    char *copy = wmem_alloc(pool, length);

    if (length > 0) {
        memcpy(copy, text, length);
    }
    return base64_decode(pool, copy, length);
}

static base64_t decode(const char *text)
{
    return decode_bytes(text, strlen(text));
}

static void assert_bytes(const base64_t *result, const void *expected, size_t length)
{
    assert_true(result->valid);
    assert_null(result->problem);
    assert_int_equal(result->length, length);
    if (length > 0) {
        assert_memory_equal(result->bytes, expected, length);
    } else {
        assert_null(result->bytes);
    }
}

static void assert_decoded(const char *text, const char *expected)
{
    base64_t result = decode(text);

    assert_bytes(&result, expected, strlen(expected));
}

static void assert_bad(const base64_t *result, uint32_t offset)
{
    assert_false(result->valid);
    assert_non_null(result->problem);
    if (!result->lenient) {
        assert_null(result->bytes);
        assert_int_equal(result->length, 0);
    }
    assert_int_equal(result->bad_offset, offset);
}

static void test_vectors(void **state)
{
    (void)state;
    assert_decoded("", "");
    assert_decoded("Zg==", "f");
    assert_decoded("Zm8=", "fo");
    assert_decoded("Zm9v", "foo");
    assert_decoded("Zm9vYg==", "foob");
    assert_decoded("Zm9vYmE=", "fooba");
    assert_decoded("Zm9vYmFy", "foobar");
}

static void test_key_identifiers(void **state)
{
    base64_t result = decode("uHCd");

    (void)state;
    assert_bytes(&result, "\xb8\x70\x9d", 3);
    result = decode("aMkAAA==");
    assert_bytes(&result, "\x68\xc9\x00\x00", 4);
    result = decode("JMtEAA==");
    assert_bytes(&result, "\x24\xcb\x44\x00", 4);
}

static void test_whole_alphabet(void **state)
{
    base64_t result = decode(ALPHABET);
    char *again;

    (void)state;
    assert_true(result.valid);
    assert_int_equal(result.length, 48);
    again = g_base64_encode(result.bytes, result.length);
    assert_string_equal(again, ALPHABET);
    g_free(again);
}

static void test_all_lengths(void **state)
{
    guchar data[300];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (guchar)(i * 167 + 13);
    }
    for (size_t n = 0; n <= sizeof(data); n++) {
        char *text = g_base64_encode(data, n);
        base64_t result = decode(text);

        assert_bytes(&result, data, n);
        g_free(text);
    }
}

static void test_white_space_anywhere(void **state)
{
    static const char *const inputs[] = {
        " Zm9vYg==", "Zm9vYg== ", "Z m 9 v Y g = =", "\r\nZm9v\r\nYg==\r\n", "\tZm9vYg=\t=", "Zm9vYg\n=\n=\n"
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        assert_decoded(inputs[i], "foob");
    }
    assert_decoded(" ", "");
    assert_decoded("\r\n\t ", "");
}

static void test_every_byte_in_every_place(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 8; at++) {
            char text[] = "AAAABBBB";
            base64_t result;

            text[at] = (char)c;
            result = decode_bytes(text, 8);
            if (c != 0 && strchr(ALPHABET, c)) {
                assert_true(result.valid);
            } else if (strchr(" \t\r\n", c) && c != 0) {
                assert_bad(&result, 8); /* seven digits: padding is missing */
            } else if (c == '=' && at == 7) {
                assert_false(result.valid); /* BBB= has bits set: 'B' is 1 */
                assert_int_equal(result.bad_offset, 6);
            } else if (c == '=' && at % 4 >= 2) {
                assert_bad(&result, (uint32_t)at + 1); /* something behind the padding */
            } else {
                assert_bad(&result, (uint32_t)at);
            }
        }
    }
}

static void test_three_dots(void **state)
{
    base64_t result = decode("...");

    (void)state;
    assert_bad(&result, 0);
    result = decode(" \n ...");
    assert_bad(&result, 3);
}

static void test_padding(void **state)
{
    static const struct {
        const char *text;
        uint32_t offset;
    } cases[] = {
        { "=", 0 },      { "==", 0 },       { "A=", 1 },       { "A===", 1 },  { "AA=", 3 },
        { "AAA", 3 },    { "AA", 2 },       { "A", 1 },        { "AAAAA", 5 }, { "AAAA=", 4 },
        { "AAAA==", 4 }, { "AA===", 4 },    { "AAA==", 4 },    { "AA==A", 4 }, { "AA=A", 3 },
        { "AAA=A", 4 },  { "AA==AA==", 4 }, { "AAA=AAAA", 4 }, { "AA = ", 5 }, { "AAAA ====", 5 },
        { "AAA= =", 5 }, { "AA== =", 5 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        base64_t result = decode(cases[i].text);

        assert_bad(&result, cases[i].offset);
    }
}

/* The problem says which of the two it is. */
static void test_problem_texts(void **state)
{
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        { "AA", "missing" },
        { "AAA", "missing" },
        { "AA=", "missing" },
        { "A", "left over" },
        { "AAAAA", "left over" },
        { "AAAA=", "none may stand" },
        { "AAA==", "none may stand" },
        { "AA===", "none may stand" },
        { "AA==A", "after the padding" },
        { "A.", "not a base64" },
        { "AB==", "bits" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        base64_t result = decode(cases[i].text);

        assert_false(result.valid);
        assert_non_null(strstr(result.problem, cases[i].word));
    }
}

static void test_unused_bits(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 64; value++) {
        char one[] = "AA==";
        char two[] = "AAA=";
        base64_t result;

        one[1] = ALPHABET[value];
        result = decode(one);
        assert_int_equal(result.valid, (value & 0x0f) == 0);
        if (!result.valid) {
            assert_bad(&result, 1);
        }
        two[2] = ALPHABET[value];
        result = decode(two);
        assert_int_equal(result.valid, (value & 0x03) == 0);
        if (!result.valid) {
            assert_bad(&result, 2);
        }
    }
}

static void test_unused_bits_behind_white_space(void **state)
{
    base64_t result = decode(" A\nB \n= =");

    (void)state;
    assert_bad(&result, 3);
}

static void test_nul_is_no_end(void **state)
{
    base64_t result = decode_bytes("AAAA\0AAA", 8);

    (void)state;
    assert_bad(&result, 4);
}

static void test_long_text(void **state)
{
    GString *text = g_string_new(NULL);
    base64_t result;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        g_string_append(text, "////\r\n");
    }
    result = decode(text->str);
    assert_true(result.valid);
    assert_int_equal(result.length, 300000);
    assert_int_equal(result.bytes[299999], 0xff);
    g_string_append_c(text, '.');
    result = decode(text->str);
    assert_bad(&result, 600000);
    g_string_free(text, TRUE);
}

/* What is wrong in a way that leaves no doubt is read all the same. */
static void test_lenient(void **state)
{
    static const struct {
        const char *text;
        uint32_t offset;
        uint32_t length;
        uint8_t bytes[4];
    } cases[] = {
        { "Zg", 2, 1, "f" },
        { "Zm8", 3, 2, "fo" },
        { "Zm9vYg", 6, 4, { 'f', 'o', 'o', 'b' } },
        { "Zg=", 3, 1, "f" },
        { "Zh==", 1, 1, "f" },
        { "Zm9=", 2, 2, "fo" },
        { "-_-_", 0, 3, { 0xfb, 0xff, 0xbf } },
        { "+/-_", 2, 3, { 0xfb, 0xff, 0xbf } },
        { " _w", 1, 1, { 0xff } },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        base64_t result = decode(cases[i].text);

        assert_false(result.valid);
        assert_true(result.lenient);
        assert_non_null(result.problem);
        assert_int_equal(result.bad_offset, cases[i].offset);
        assert_int_equal(result.length, cases[i].length);
        assert_memory_equal(result.bytes, cases[i].bytes, cases[i].length);
    }
}

/* The first offence is the one that is told. */
static void test_not_even_lenient(void **state)
{
    static const struct {
        const char *text;
        uint32_t offset;
    } cases[] = { { "AA-A.", 2 }, { "_AAAA", 0 }, { "AA.A", 2 }, { "A", 1 }, { "AA==-", 4 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        base64_t result = decode(cases[i].text);

        assert_false(result.lenient);
        assert_bad(&result, cases[i].offset);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_vectors),
        TEST(test_key_identifiers),
        TEST(test_whole_alphabet),
        TEST(test_all_lengths),
        TEST(test_white_space_anywhere),
        TEST(test_every_byte_in_every_place),
        TEST(test_three_dots),
        TEST(test_padding),
        TEST(test_problem_texts),
        TEST(test_unused_bits),
        TEST(test_unused_bits_behind_white_space),
        TEST(test_nul_is_no_end),
        TEST(test_long_text),
        TEST(test_lenient),
        TEST(test_not_even_lenient),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
