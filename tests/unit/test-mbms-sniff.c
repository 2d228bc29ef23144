/* test-mbms-sniff.c
 * Which bodies of shared media types look like one of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-sniff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "mbms/mbms-document.h"
#include "pool.h"

/* A copy of just its size, so that a sanitizer sees a read behind it. */
static bool looks_like_ours(const char *text, size_t length, bool any_ltkm)
{
    uint8_t *copy = wmem_alloc(pool, length > 0 ? length : 1);

    memcpy(copy, text, length);
    return mbms_looks_like_ours(copy, length, any_ltkm);
}

static void test_bodies_that_look_like_ours(void **state)
{
    static const char *const inputs[] = {
        "<mbmsMSK/>",
        "<mbmsMSK>",
        "<mbmsMSK",
        "<mbmsMSK\n xmlns=",
        "<p:mbmsMSK/>",
        "<a-b.c_1:mbmsMSK>",
        "<?xml version='1.0'?>\n<mbmsMSK>",
        "\xef\xbb\xbf<mbmsMSK>",
        "<!-- mbmsMSK: --><mbmsMSK>",
        "<!DOCTYPE mbmsMSK><mbmsMSK>",
        "<mbmsMSKRequestX><mbmsMSKRequest>",
        "  <mbmsMSK/>",
        "<\xc3\xa9:mbmsMSK>", /* a prefix may have other letters */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        assert_true(looks_like_ours(inputs[i], strlen(inputs[i]), false));
        assert_true(looks_like_ours(inputs[i], strlen(inputs[i]), true));
    }
    for (const mbms_known_name_t *root = mbms_roots; root->name; root++) {
        char *text = wmem_strdup_printf(pool, "<%s xmlns='u'>", root->name);

        assert_true(looks_like_ours(text, strlen(text), false));
    }
}

static void test_bodies_that_do_not(void **state)
{
    static const char *const inputs[] = {
        "",
        "<",
        "<a/>",
        "mbmsMSK",
        "<mbmsMSKs>",
        "<xmbmsMSK>",
        "</mbmsMSK>",
        "< mbmsMSK>",
        "<mbmsMSK:a>",
        "<mbmsMSK-x>",
        "<mbmsMSK.x>",
        "<mbmsMSK_x>",
        "<mbmsmsk>",
        "<a b='mbmsMSK'>",
        "<:x mbmsMSK>",
        "<LTKMs>",
        "<mbmsMS",
        "{\"mbmsMSK\": 1}",
        "<html><body>mbmsMSKResponse</body></html>",
        "LTKM",
        "</LTKM>",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        assert_false(looks_like_ours(inputs[i], strlen(inputs[i]), true));
    }
    assert_false(mbms_looks_like_ours(NULL, 0, true));
}

static void test_ltkms_count_where_asked_for(void **state)
{
    static const char *const inputs[] = { "<LTKM>", "<a><bcast:LTKM>", "<a><LTKM/></a>", "<a>\n<LTKM\n>" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        assert_true(looks_like_ours(inputs[i], strlen(inputs[i]), true));
        assert_false(looks_like_ours(inputs[i], strlen(inputs[i]), false));
    }
    assert_false(looks_like_ours("<LTKMDelivery>", 14, true));
}

static void test_utf16_that_looks_like_ours(void **state)
{
    static const char text[] = "<?xml version='1.0' encoding='utf-16'?>\r\n<p:mbmsMSKResponse xmlns:p='";
    char wide[2 + 2 * sizeof(text)];

    (void)state;
    for (int big = 0; big < 2; big++) {
        memcpy(wide, big ? "\xfe\xff" : "\xff\xfe", 2);
        for (size_t i = 0; i < sizeof(text); i++) {
            wide[2 + 2 * i + (size_t)!big] = 0;
            wide[2 + 2 * i + (size_t)big] = text[i];
        }
        assert_true(looks_like_ours(wide, sizeof(wide), false));
        assert_true(looks_like_ours(wide + 2, sizeof(wide) - 2, false));
    }
}

/* As UTF-16 with |mark| before it; a '\x01' becomes the Cyrillic letter whose high byte is 4 and low byte is
 * '<'. */
static bool wide_looks_like_ours(const char *text, size_t length, bool big, bool mark, bool any_ltkm)
{
    GString *wide = g_string_new(NULL);
    bool result;

    if (mark) {
        g_string_append_len(wide, big ? "\xfe\xff" : "\xff\xfe", 2);
    }
    for (size_t i = 0; i < length; i++) {
        char high = text[i] == '\x01' ? '\x04' : '\0';
        char low = text[i] == '\x01' ? '<' : text[i];

        g_string_append_c(wide, big ? high : low);
        g_string_append_c(wide, big ? low : high);
    }
    result = looks_like_ours(wide->str, wide->len, any_ltkm);
    g_string_free(wide, TRUE);
    return result;
}

static const struct {
    bool big;
    bool mark;
} wide_forms[] = { { false, false }, { false, true }, { true, false }, { true, true } };

static void test_letters_of_utf16(void **state)
{
    static const char prefix[] = "<\x01\x01:mbmsMSK xmlns:\x01\x01='u'>";
    static const char no_tag[] = "<a>\x01mbmsMSK></a>";

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wide_forms); i++) {
        bool big = wide_forms[i].big, mark = wide_forms[i].mark;

        assert_true(wide_looks_like_ours(prefix, sizeof prefix - 1, big, mark, false));
        assert_false(wide_looks_like_ours(no_tag, sizeof no_tag - 1, big, mark, true));
    }
}

/* 512 characters, not bytes: a declaration and a comment before the root. */
static void test_long_prologue_in_utf16(void **state)
{
    GString *text = g_string_new("<?xml version='1.0' encoding='UTF-16' standalone='yes'?>\r\n<!-- ");

    (void)state;
    while (text->len < 400) {
        g_string_append(text, "<a> ");
    }
    g_string_append(text, "-->\r\n<p:mbmsMSKRequest>");
    for (size_t i = 0; i < G_N_ELEMENTS(wide_forms); i++) {
        assert_true(wide_looks_like_ours(text->str, text->len, wide_forms[i].big, wide_forms[i].mark, false));
    }
    assert_true(looks_like_ours(text->str, text->len, false));
    g_string_free(text, TRUE);
}

/* An LTKM may stand anywhere; wherever that is, no edge of what is looked at in one go hides it. */
static void test_ltkms_far_behind(void **state)
{
    (void)state;
    for (size_t before = 380; before < 1100; before++) {
        GString *text = g_string_new("<a>");

        while (text->len < before) {
            g_string_append_c(text, 'x');
        }
        g_string_append(text, "<bcast-ltkm_1:LTKM>AAAA</bcast-ltkm_1:LTKM></a>");
        assert_true(looks_like_ours(text->str, text->len, true));
        assert_false(looks_like_ours(text->str, text->len, false));
        assert_true(wide_looks_like_ours(text->str, text->len, before % 2, before % 3, true));
        g_string_free(text, TRUE);
    }
}

/* What no text has in it. */
static void test_zero_bytes(void **state)
{
    (void)state;
    assert_true(looks_like_ours("<a>\0\0<mbmsMSK>", 14, false));
    assert_false(looks_like_ours("<mbms\0MSK>", 10, true));
    assert_false(looks_like_ours("\0\0\0\0", 4, true));
    assert_true(looks_like_ours("\xff\xfe<\0m\0b\0m\0s\0M\0S\0K\0>", 19, false)); /* ends inside '>' */
}

static void test_only_the_first_bytes_count(void **state)
{
    GString *text = g_string_new("<!--");

    (void)state;
    while (text->len < 512 - strlen("--><mbmsMSK>")) {
        g_string_append_c(text, 'x');
    }
    g_string_append(text, "--><mbmsMSK>");
    assert_true(looks_like_ours(text->str, text->len, false));
    g_string_insert_len(text, 4, "                                    ", 36);
    assert_false(looks_like_ours(text->str, text->len, false));
    g_string_free(text, TRUE);
}

/* However often the name or a part of it is there, each byte is looked at a few times at the most. */
static void test_long_bodies(void **state)
{
    static const char *const parts[] = { "L", "LTK", ":LTKM", "a:LTKM", "a:LTKM ", "LTKM-", "x", "<a:" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        GString *text = g_string_new("<a>");

        while (text->len < 1000000) {
            g_string_append(text, parts[i]);
        }
        assert_false(looks_like_ours(text->str, text->len, true));
        g_string_append(text, " <b:LTKM/>");
        assert_true(looks_like_ours(text->str, text->len, true));
        g_string_free(text, TRUE);
    }
}

static bool glances(bool (*glance)(const uint8_t *, size_t), const char *text, size_t length)
{
    return glance((const uint8_t *)text, length);
}

static void test_a_glance_at_xml(void **state)
{
    static const char wide[] = "\xff\xfe \0<\0";

    (void)state;
    assert_true(glances(mbms_begins_as_xml, "<a", 2));
    assert_true(glances(mbms_begins_as_xml, " \r\n\t<", 5));
    assert_true(glances(mbms_begins_as_xml, "\xef\xbb\xbf\xef\xbb\xbf<", 7));
    assert_true(glances(mbms_begins_as_xml, wide, sizeof wide - 1));
    assert_false(glances(mbms_begins_as_xml, "{\"a\": \"<\"}", 10));
    assert_false(glances(mbms_begins_as_xml, " ", 1));
    assert_false(glances(mbms_begins_as_xml, NULL, 0));
}

static void test_a_glance_at_messages(void **state)
{
    (void)state;
    assert_true(glances(mbms_begins_as_message, "AQAV", 4));
    assert_true(glances(mbms_begins_as_message, "\r\nAQEF", 6));
    assert_true(glances(mbms_begins_as_message, "AQZa", 4));
    assert_false(glances(mbms_begins_as_message, "AQIA", 4)); /* a public-key message */
    assert_false(glances(mbms_begins_as_message, "AQ", 2));
    assert_false(glances(mbms_begins_as_message, "A QAV", 5));
    assert_false(glances(mbms_begins_as_message, NULL, 0));
}

static void test_order_queries(void **state)
{
    static const char response[] = "<ServiceResponse xmlns=\"urn:oma:xml:bcast:pr:orderqueries:1.0\"><LTKM>";
    static const char near_miss[] = "<ServiceResponse xmlns=\"urn:oma:xml:bcast:pr:orderqueries:1\"><LTKM>";

    (void)state;
    assert_true(looks_like_ours(response, sizeof response - 1, false));
    assert_false(looks_like_ours(response, sizeof response - 3, false));
    assert_false(looks_like_ours(near_miss, sizeof near_miss - 1, false));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bodies_that_look_like_ours),
        TEST(test_bodies_that_do_not),
        TEST(test_ltkms_count_where_asked_for),
        TEST(test_utf16_that_looks_like_ours),
        TEST(test_a_glance_at_xml),
        TEST(test_a_glance_at_messages),
        TEST(test_order_queries),
        TEST(test_letters_of_utf16),
        TEST(test_long_prologue_in_utf16),
        TEST(test_ltkms_far_behind),
        TEST(test_zero_bytes),
        TEST(test_only_the_first_bytes_count),
        TEST(test_long_bodies),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
