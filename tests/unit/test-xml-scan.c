/* test-xml-scan.c
 * What is read from the bytes of a document: tags, names, attributes, the DOCTYPE, and which tags are too
 * much.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/xml-scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "pool.h"

/* A copy of just its size, so that a sanitizer sees a read behind it. */
static const uint8_t *copy_bytes(const char *text)
{
    return wmem_memdup(pool, text, strlen(text));
}

static void test_names(void **state)
{
    static const struct {
        const char *text;
        uint32_t end;
    } cases[] = {
        { "", 0 },     { "abc", 3 },  { "a>", 1 },  { "a/>", 1 },   { "a b", 1 }, { "a\tb", 1 },
        { "a\nb", 1 }, { "a\rb", 1 }, { "a=b", 1 }, { "p:a<b", 3 }, { " a", 0 },  { "\xc3\xa9 ", 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const uint8_t *bytes = copy_bytes(cases[i].text);

        assert_int_equal(scan_name_end(bytes, 0, (uint32_t)strlen(cases[i].text)), cases[i].end);
    }
}

static void test_doctypes(void **state)
{
    static const struct {
        const char *text;
        uint32_t start; /* equal to the end: there is none */
        uint32_t end;
    } cases[] = {
        { "", 0, 0 },
        { "<a/>", 0, 0 },
        { "<a><!DOCTYPE a></a>", 0, 0 }, /* not in the prolog */
        { "<!doctype a>", 0, 0 },
        { "<!DOCTYPE a><a/>", 0, 12 },
        { "\xef\xbb\xbf<!DOCTYPE a><a/>", 3, 15 },
        { " <?x?><!-- <!DOCTYPE --><!DOCTYPE a>", 24, 36 },
        { "<!DOCTYPE a '>' \">\" >.", 0, 21 },
        { "<!DOCTYPE a [<!ENTITY b 'c]>'>]>.", 0, 32 },
        { "<!DOCTYPE a [<!-- ]> --><? ]> ?>]>.", 0, 34 },
        { "<!DOCTYPE a", 0, 11 },
        { "<!DOCTYPE a [ >", 0, 15 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const uint8_t *bytes = copy_bytes(cases[i].text);
        xml_range_t doctype = { 0, 0 };
        bool found = scan_doctype(bytes, (uint32_t)strlen(cases[i].text), &doctype);

        assert_int_equal(found, cases[i].end > cases[i].start);
        assert_int_equal(doctype.start, cases[i].start);
        assert_int_equal(doctype.end, cases[i].end);
    }
}

static uint32_t bounded_length(const GString *text)
{
    return scan_bounded_length(copy_bytes(text->str), (uint32_t)text->len);
}

static void append_attributes(GString *text, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_string_append_c(text, '=');
    }
}

static void test_attributes_are_bounded(void **state)
{
    static const struct {
        const char *before; /* the tag */
        unsigned n;
        const char *after;
        bool bounded;
    } cases[] = {
        { "<a ", XML_MAX_ATTRIBUTES, ">", true },        { "<a ", XML_MAX_ATTRIBUTES + 1, ">", false },
        { "<a ", XML_MAX_ATTRIBUTES + 1, "", false },    { "<", XML_MAX_ATTRIBUTES + 1, "", false },
        { "<a>", 2 * XML_MAX_ATTRIBUTES, "</a>", true }, { "<a '", 2 * XML_MAX_ATTRIBUTES, "'>", true },
        { "</a ", 2 * XML_MAX_ATTRIBUTES, ">", true },   { "<!-- ", 2 * XML_MAX_ATTRIBUTES, "-->", true },
        { "<?a ", 2 * XML_MAX_ATTRIBUTES, "?>", true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *text = g_string_new("<r>");

        g_string_append(text, cases[i].before);
        append_attributes(text, cases[i].n);
        g_string_append(text, cases[i].after);
        assert_int_equal(bounded_length(text), cases[i].bounded ? text->len : 3);
        g_string_free(text, TRUE);
    }
}

static void test_start_tags_are_bounded(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        GString *text = g_string_new("<r><a b='");

        while (text->len < 3 + XML_MAX_START_TAG - 2u + (unsigned)over) {
            g_string_append_c(text, 'x');
        }
        g_string_append(text, "'>");
        assert_int_equal(bounded_length(text), over ? 3 : text->len);
        g_string_free(text, TRUE);
    }
}

static void test_copies(void **state)
{
    (void)state;
    assert_string_equal(scan_copy(pool, "abc", 2), "ab");
    assert_string_equal(scan_copy(pool, "", 0), "");
    assert_string_equal(scan_copy(pool, "a\xff", 2), "a\xef\xbf\xbd");
    assert_string_equal(scan_copy(pool, "\xc3\xa4", 1), "\xef\xbf\xbd");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_names),
        TEST(test_doctypes),
        TEST(test_attributes_are_bounded),
        TEST(test_start_tags_are_bounded),
        TEST(test_copies),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
