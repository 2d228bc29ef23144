/* test-body-encoding.c
 * Which encoding a body is taken for (RFC 7303 §3: byte order mark, charset parameter, XML declaration), its
 * conversion to UTF-8, and the parameters of media types (RFC 9110 §5.6.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/body-encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "pool.h"

#define E_ACUTE "\xc3\xa9"
#define EURO    "\xe2\x82\xac"
#define SMILE   "\xf0\x9f\x98\x80"

static const uint8_t *bytes; /* handed in last, in a block of just its size */

static body_text_t read_bytes(const void *input, size_t length, const char *charset)
{
    uint8_t *copy = wmem_alloc(pool, length > 0 ? length : 1);

    memcpy(copy, input, length);
    bytes = copy;
    return body_text(pool, copy, length, charset);
}

static body_text_t read_text(const char *input, const char *charset)
{
    return read_bytes(input, strlen(input), charset);
}

/* |text|, which is UTF-8, in |encoding|. */
static body_text_t read_in(const char *encoding, const char *mark, size_t mark_length, const char *text,
                           const char *charset)
{
    gsize n;
    char *encoded = g_convert(text, -1, encoding, "UTF-8", NULL, &n, NULL);
    uint8_t *all = wmem_alloc(pool, mark_length + n);

    assert_non_null(encoded);
    memcpy(all, mark, mark_length);
    memcpy(all + mark_length, encoded, n);
    g_free(encoded);
    return read_bytes(all, mark_length + n, charset);
}

static void assert_text(const body_text_t *text, const char *expected)
{
    assert_int_equal(text->length, strlen(expected));
    assert_memory_equal(text->bytes, expected, text->length);
}

static void assert_untouched(const body_text_t *text, size_t length)
{
    assert_ptr_equal(text->bytes, bytes);
    assert_int_equal(text->length, length);
    assert_false(text->converted);
    assert_false(text->incomplete);
    assert_string_equal(text->name, "UTF-8");
}

static void assert_converted(const body_text_t *text, const char *name, const char *expected)
{
    assert_true(text->converted);
    assert_false(text->incomplete);
    assert_null(text->unknown);
    assert_string_equal(text->name, name);
    assert_text(text, expected);
}

static void assert_unknown(const body_text_t *text, const char *name, size_t length)
{
    assert_untouched(text, length);
    assert_non_null(text->unknown);
    assert_string_equal(text->unknown, name);
}

/* ---- which encoding --------------------------------------------------------------------------------- */

static void test_utf8_without_any_name(void **state)
{
    static const char *const inputs[] = {
        "<a/>", "", "<", "x", "<?xml version='1.0'?><a>" E_ACUTE "</a>", "\xff", "<?xml?>"
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        body_text_t text = read_text(inputs[i], NULL);

        assert_untouched(&text, strlen(inputs[i]));
        assert_null(text.unknown);
    }
}

static void test_parts_of_utf8(void **state)
{
    static const char *const names[] = { "utf-8", "UTF-8", "Utf8", "us-ascii", "US-ASCII", "ascii" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        body_text_t text = read_text("<a>" E_ACUTE "</a>", names[i]);

        assert_untouched(&text, 9);
        assert_null(text.unknown);
    }
}

static void test_one_byte_encodings(void **state)
{
    static const struct {
        const char *alias;
        const char *name;
        const char *text; /* of bytes E9 A4 80 */
    } cases[] = {
        { "iso-8859-1", "ISO-8859-1", E_ACUTE "\xc2\xa4\xc2\x80" },
        { "ISO-8859-1", "ISO-8859-1", E_ACUTE "\xc2\xa4\xc2\x80" },
        { "iso_8859-1", "ISO-8859-1", E_ACUTE "\xc2\xa4\xc2\x80" },
        { "Latin1", "ISO-8859-1", E_ACUTE "\xc2\xa4\xc2\x80" },
        { "iso-8859-2", "ISO-8859-2", E_ACUTE "\xc2\xa4\xc2\x80" },
        { "iso-8859-15", "ISO-8859-15", E_ACUTE EURO "\xc2\x80" },
        { "windows-1252", "WINDOWS-1252", E_ACUTE "\xc2\xa4" EURO },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *declared =
            wmem_strdup_printf(pool, "<?xml version='1.0' encoding='%s'?><a>\xe9\xa4\x80", cases[i].alias);
        body_text_t text = read_text("<a>\xe9\xa4\x80", cases[i].alias);

        assert_converted(&text, cases[i].name, wmem_strdup_printf(pool, "<a>%s", cases[i].text));
        text = read_text(declared, NULL);
        assert_converted(&text, cases[i].name,
                         wmem_strdup_printf(pool, "<?xml version='1.0' encoding='%s'?><a>%s", cases[i].alias,
                                            cases[i].text));
    }
}

static void test_utf16_by_byte_order_mark(void **state)
{
    static const char *const charsets[] = { NULL, "utf-16", "utf-8", "utf-16be", "utf-16le", "latin1", "x" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
        body_text_t text = read_in("UTF-16BE", "\xfe\xff", 2, "<a>" E_ACUTE EURO SMILE "</a>", charsets[i]);

        assert_converted(&text, "UTF-16BE", "<a>" E_ACUTE EURO SMILE "</a>");
        text = read_in("UTF-16LE", "\xff\xfe", 2, "<a>" E_ACUTE EURO SMILE "</a>", charsets[i]);
        assert_converted(&text, "UTF-16LE", "<a>" E_ACUTE EURO SMILE "</a>");
    }
}

static void test_utf16_by_first_letters(void **state)
{
    static const char *const charsets[] = { NULL, "utf-16", "utf-8", "utf-16be", "utf-16le", "latin1", "x" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
        body_text_t text = read_in("UTF-16BE", "", 0, "<a>" EURO "</a>", charsets[i]);

        assert_converted(&text, "UTF-16BE", "<a>" EURO "</a>");
        text = read_in("UTF-16LE", "", 0, "<a>" EURO "</a>", charsets[i]);
        assert_converted(&text, "UTF-16LE", "<a>" EURO "</a>");
    }
}

static void test_utf16_by_name_alone(void **state)
{
    static const char *const names[] = { "utf-16", "UTF-16BE", "utf-16le" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *declared = wmem_strdup_printf(pool, "<?xml version='1.0' encoding=\"%s\"?><a/>", names[i]);
        body_text_t text = read_text("<a/>", names[i]); /* it is ASCII */

        assert_unknown(&text, names[i], 4);
        text = read_text(declared, NULL);
        assert_unknown(&text, names[i], strlen(declared));
    }
}

/* White space may lead where there is no declaration: then the name has to be believed. */
static void test_utf16_with_leading_blanks(void **state)
{
    body_text_t text = read_in("UTF-16LE", "", 0, "\r\n <a/>", "utf-16le");

    (void)state;
    assert_converted(&text, "UTF-16LE", "\r\n <a/>");
    text = read_in("UTF-16BE", "", 0, "\n<a/>", "utf-16be");
    assert_converted(&text, "UTF-16BE", "\n<a/>");
    text = read_in("UTF-16BE", "", 0, "\n<a/>", "utf-16");
    assert_converted(&text, "UTF-16BE", "\n<a/>");
}

static void test_utf8_byte_order_mark(void **state)
{
    static const char *const charsets[] = { NULL, "utf-8", "utf-16", "latin1", "x" };
    static const char input[] = "\xef\xbb\xbf<?xml version='1.0' encoding='latin1'?><a>" E_ACUTE "</a>";

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
        body_text_t text = read_text(input, charsets[i]);

        assert_untouched(&text, sizeof(input) - 1);
        assert_null(text.unknown);
    }
}

static void test_charset_before_declaration(void **state)
{
    static const char input[] = "<?xml version='1.0' encoding='iso-8859-15'?>\xa4";
    body_text_t text = read_text(input, "iso-8859-1");

    (void)state;
    assert_converted(&text, "ISO-8859-1", "<?xml version='1.0' encoding='iso-8859-15'?>\xc2\xa4");
    text = read_text(input, "utf-8");
    assert_untouched(&text, sizeof(input) - 1);
    text = read_text(input, NULL);
    assert_converted(&text, "ISO-8859-15", "<?xml version='1.0' encoding='iso-8859-15'?>" EURO);
    text = read_text(input, "klingon");
    assert_string_equal(text.unknown, "klingon");
    assert_text(&text, "<?xml version='1.0' encoding='iso-8859-15'?>?");
}

static void test_unknown_names(void **state)
{
    static const char *const names[] = { "klingon", "utf-7",       "utf-32", "../../x", "UTF-8//TRANSLIT",
                                         "utf-8 ",  "iso-8859-17", "ebcdic", "x\xff" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *declared = wmem_strdup_printf(pool, "<?xml version='1.0' encoding='%s'?><a/>", names[i]);
        body_text_t text = read_text("<a>" E_ACUTE "</a>", names[i]);

        assert_unknown(&text, names[i], 9);
        text = read_text("<a>\xe9</a>", names[i]); /* every byte stays in its place */
        assert_string_equal(text.unknown, names[i]);
        assert_false(text.converted);
        assert_text(&text, "<a>?</a>");
        text = read_text(declared, NULL);
        assert_string_equal(text.unknown, names[i]);
        assert_int_equal(text.length, strlen(declared));
    }
}

static void test_other_encodings(void **state)
{
    static const struct {
        const char *charset;
        const char *name;
        const char *text;
    } cases[] = {
        { "GBK", "GBK", "<a>\u65b0\u95fb</a>" },
        { "gb2312", "GBK", "<a>\u65b0\u95fb</a>" },
        { "GB18030", "GB18030", "<a>\u65b0" SMILE "</a>" },
        { "Big5", "BIG5", "<a>\u65b0\u805e</a>" },
        { "Shift_JIS", "SHIFT_JIS", "<a>\u30cb\u30e5\u30fc\u30b9</a>" },
        { "EUC-JP", "EUC-JP", "<a>\u30cb\u30e5\u30fc\u30b9</a>" },
        { "iso-2022-jp", "ISO-2022-JP", "<a>\u30cb</a>" },
        { "euc-kr", "EUC-KR", "<a>\ub274\uc2a4</a>" },
        { "koi8-r", "KOI8-R", "<a>\u041d\u043e\u0432\u043e\u0441\u0442\u0438</a>" },
        { "windows-1251", "WINDOWS-1251", "<a>\u041d</a>" },
        { "cp866", "IBM866", "<a>\u041d</a>" },
        { "ISO-8859-7", "ISO-8859-7", "<a>\u03b1</a>" },
        { "tis-620", "TIS-620", "<a>\u0e01</a>" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        body_text_t text = read_in(cases[i].name, "", 0, cases[i].text, cases[i].charset);

        assert_converted(&text, cases[i].name, cases[i].text);
    }
}

static void test_declaration_behind_blanks(void **state)
{
    body_text_t text = read_text("\r\n <?xml version='1.0' encoding='latin1'?><a>\xe9</a>", NULL);

    (void)state;
    assert_converted(&text, "ISO-8859-1", "\r\n <?xml version='1.0' encoding='latin1'?><a>" E_ACUTE "</a>");
}

static void test_no_bytes_at_all(void **state)
{
    body_text_t text = body_text(pool, NULL, 0, NULL);

    (void)state;
    assert_int_equal(text.length, 0);
    assert_false(text.converted);
    text = body_text(pool, NULL, 0, "latin1");
    assert_int_equal(text.length, 0);
}

/* ---- declarations ----------------------------------------------------------------------------------- */

static void test_shapes_of_declarations(void **state)
{
    static const char *const inputs[] = {
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>",
        "<?xml version='1.0' encoding='iso-8859-1' standalone='yes'?>",
        "<?xml\tversion = '1.0'\r\nencoding\n=\n\"ISO-8859-1\" ?>",
        "<?xml encoding='iso-8859-1'?>", /* of an external entity, yet clear */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        body_text_t text = read_text(wmem_strdup_printf(pool, "%s<a>\xe9", inputs[i]), NULL);

        assert_converted(&text, "ISO-8859-1", wmem_strdup_printf(pool, "%s<a>" E_ACUTE, inputs[i]));
    }
}

static void test_what_is_no_declaration(void **state)
{
    static const char *const inputs[] = {
        "<?xml version='1.0' encoding='iso-8859-1'",  /* not closed */
        "<?xml version='1.0' encoding='iso-8859-1?>", /* nor quoted */
        "<?xml version='1.0' encoding=iso-8859-1?>",
        "<?xml version='1.0'?><?p encoding='iso-8859-1'?>",
        "<?xml version='1.0'?><a encoding='iso-8859-1'/>",
        "<?XML version='1.0' encoding='iso-8859-1'?>",
        "<?xml-stylesheet encoding='iso-8859-1'?><a/>", /* another target */
        "<?xmlx encoding='iso-8859-1'?><a/>",
        "<?p encoding='iso-8859-1'?><a/>",
        "<!-- encoding='iso-8859-1' --><a/>",
        "<?xml version='1.0' encoding?>",
        "<?xml version='1.0' encoding='",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        body_text_t text = read_text(inputs[i], NULL);

        assert_untouched(&text, strlen(inputs[i]));
        assert_null(text.unknown);
    }
}

/* Cut at every byte, it is either not seen or whole. */
static void test_truncated_declaration(void **state)
{
    static const char input[] = "<?xml version='1.0' encoding='iso-8859-1'?>\xe9";

    (void)state;
    for (size_t n = 0; n < sizeof(input); n++) {
        body_text_t text = read_bytes(input, n, NULL);

        assert_int_equal(text.converted, n >= strlen("<?xml version='1.0' encoding='iso-8859-1'?>"));
        assert_null(text.unknown);
    }
}

static void test_nul_in_declaration(void **state)
{
    static const char input[] = "<?xml version='1.0'\0 encoding='iso-8859-1'?>\xe9";
    body_text_t text = read_bytes(input, sizeof(input) - 1, NULL);

    (void)state;
    assert_untouched(&text, sizeof(input) - 1);
}

/* ---- what cannot be converted ----------------------------------------------------------------------- */

typedef struct {
    const char *bytes;
    size_t length;
    const char *text;
    size_t bad_offset;
} broken_case_t;

static void test_broken_utf16(void **state)
{
    static const broken_case_t cases[] = {
        { "\xff\xfe<\0a\0>", 7, "<a", 6 }, /* half a unit at the end */
        { "\xff\xfe", 2, NULL, 0 },        /* a mark alone is complete */
        { "\xff\xfe<", 3, "", 2 },
        { "\xfe\xff\0<\0a\xd8\x3d\0b", 10, "<a", 6 }, /* a high surrogate alone */
        { "\xfe\xff\0<\0a\xde\x00\0b", 10, "<a", 6 }, /* a low one */
        { "\xfe\xff\0<\0a\xd8\x3d", 8, "<a", 6 },     /* a high one at the end */
        { "\xfe\xff\0<\0a\xd8\x3d\xde", 9, "<a", 6 }, /* three quarters of a pair */
        { "\xff\xfe<\0\x00\xdc>\0", 8, "<", 4 },
        { "<\0a\0\x3d\xd8", 6, "<a", 4 }, /* no mark: offsets count from the start */
        { "\0<\0a\0", 5, "<a", 4 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        body_text_t text = read_bytes(cases[i].bytes, cases[i].length, NULL);

        assert_true(text.converted);
        assert_int_equal(!text.incomplete, !cases[i].text);
        assert_text(&text, cases[i].text ? cases[i].text : "");
        if (cases[i].text) {
            assert_int_equal(text.bad_offset, cases[i].bad_offset);
        }
    }
}

static void test_undefined_byte(void **state)
{
    body_text_t text = read_text("<a>\x81</a>", "windows-1252");

    (void)state;
    assert_true(text.converted);
    assert_true(text.incomplete);
    assert_int_equal(text.bad_offset, 3);
    assert_text(&text, "<a>");
}

static void test_nul_in_utf16(void **state)
{
    body_text_t text = read_bytes("\xff\xfe<\0a\0\0\0>\0", 10, NULL);

    (void)state;
    assert_true(text.converted);
    assert_false(text.incomplete);
    assert_int_equal(text.length, 4);
    assert_memory_equal(text.bytes, "<a\0>", 4);
}

static void test_long_conversion(void **state)
{
    GString *text = g_string_new("<a>");
    body_text_t result;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        g_string_append(text, E_ACUTE EURO SMILE);
    }
    result = read_in("UTF-16LE", "\xff\xfe", 2, text->str, NULL);
    assert_converted(&result, "UTF-16LE", text->str);
    g_string_free(text, TRUE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_utf8_without_any_name),
        TEST(test_parts_of_utf8),
        TEST(test_one_byte_encodings),
        TEST(test_utf16_by_byte_order_mark),
        TEST(test_utf16_by_first_letters),
        TEST(test_utf16_by_name_alone),
        TEST(test_utf16_with_leading_blanks),
        TEST(test_utf8_byte_order_mark),
        TEST(test_charset_before_declaration),
        TEST(test_unknown_names),
        TEST(test_other_encodings),
        TEST(test_declaration_behind_blanks),
        TEST(test_shapes_of_declarations),
        TEST(test_what_is_no_declaration),
        TEST(test_truncated_declaration),
        TEST(test_nul_in_declaration),
        TEST(test_broken_utf16),
        TEST(test_undefined_byte),
        TEST(test_nul_in_utf16),
        TEST(test_long_conversion),
        TEST(test_no_bytes_at_all),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
