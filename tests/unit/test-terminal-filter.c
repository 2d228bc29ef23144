/* test-terminal-filter.c
 * Display filters for everything of a terminal: quoted so that no name can be anything but a name, and with
 * all names that the terminal had.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/terminal-filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_filter(const terminal_t *terminal, const char *expected)
{
    GString *filter = g_string_new(NULL);

    terminal_filter_add(filter, terminal);
    assert_string_equal(filter->str, expected);
    g_string_free(filter, TRUE);
}

static void test_quoting(void **state)
{
    static const char *const rows[][2] = {
        { "a@bsf.example.org", "a@bsf.example.org" },
        { "", "" },
        { "\" || frame || \"", "\\\" || frame || \\\"" },
        { "a\\", "a\\\\" },
        { "\\x41", "\\\\x41" },
        { "line\nzone\r\t\x7f", "line\\x0azone\\x0d\\x09\\x7f" },
        { "caf\xc3\xa9", "caf\xc3\xa9" },
        { "\xe9t\xe9", "\\xe9t\\xe9" },                   /* no UTF-8 */
        { "\xe2\x82", "\\xe2\\x82" },                     /* cut short */
        { "\xe2\x80\xaez", "\\xe2\\x80\\xaez" },          /* would turn the line around */
        { "${ip.src} $1 {}", "\\x24{ip.src} \\x241 {}" }, /* a macro */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const terminal_t terminal = { .name = rows[i][0] };
        char *expected = g_strdup_printf("mbms_sec.terminal == \"%s\"", rows[i][1]);

        assert_filter(&terminal, expected);
        g_free(expected);
    }
}

static void test_all_names(void **state)
{
    static const char all[] = "mbms_sec.terminal == \"c\" || mbms_sec.terminal == \"b\" || "
                              "mbms_sec.terminal == \"a\"";
    terminal_t a = { .name = "a" }, b = { .name = "b", .before = &a }, c = { .name = "c", .before = &b };

    (void)state;
    a.after = &b;
    b.after = &c;
    assert_filter(&a, all);
    assert_filter(&b, all);
    assert_filter(&c, all);
}

/* A chain that nobody bootstraps: the filter stays short, and has the one that was asked for. */
static void test_long_chain(void **state)
{
    enum { N = 1000 };
    static terminal_t chain[N];
    static char names[N][8];

    (void)state;
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        chain[i].name = names[i];
        chain[i].before = i > 0 ? &chain[i - 1] : NULL;
        chain[i].after = i + 1 < N ? &chain[i + 1] : NULL;
    }
    for (int i = 0; i < N; i += 111) {
        GString *filter = g_string_new(NULL);
        char *own = g_strdup_printf("\"%s\"", names[i]);

        terminal_filter_add(filter, &chain[i]);
        assert_non_null(strstr(filter->str, own));
        assert_true(filter->len < 2000);
        g_string_free(filter, TRUE);
        g_free(own);
    }
}

static void test_several(void **state)
{
    GString *filter = g_string_new(NULL);
    const terminal_t terminal = { .name = "b" };

    (void)state;
    terminal_filter_add_name(filter, "a");
    terminal_filter_add(filter, &terminal);
    assert_string_equal(filter->str, "mbms_sec.terminal == \"a\" || mbms_sec.terminal == \"b\"");
    g_string_free(filter, TRUE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_all_names),
        cmocka_unit_test(test_long_chain),
        cmocka_unit_test(test_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
