/* test-fate-judges.c
 * LTKMs and STKMs against those before them, and what has to come (R69, R74, R75, R77, R81, R82, R91): facts
 * in, findings out, such as "77B 82S".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

static const char *outline(const rule_findings_t *findings)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        char level = "?NSB"[finding->level];

        assert_non_null(strchr(rule_by_number(finding->number)->levels, level));
        wmem_strbuf_append_printf(out, "%s%u%c", finding == findings->first ? "" : " ", finding->number,
                                  level);
    }
    return wmem_strbuf_get_str(out);
}

static unsigned compare(const char *name, const rule_findings_t *findings, const char *expected)
{
    const char *found = outline(findings);

    if (strcmp(found, expected) == 0) {
        return 0;
    }
    print_error("%s: found \"%s\", expected \"%s\"\n", name, found, expected);
    return 1;
}

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

#define SOUND         .sound = true
#define KEY           .carries_key = true
#define NUMBERS(g, n) .has_key_numbers = true, .key_group = (g), .key_number = (n)

static void test_ltkms(void **state)
{
    static const struct {
        const char *name;
        rule_delivered_t ltkm;
        const char *expected;
    } rows[] = {
        { "right", { SOUND, KEY, NUMBERS(1, 1), .right_mac = RULE_YES }, "" },
        { "not sound",
          { KEY, NUMBERS(0, 0), .replay = "T", .key_fault = KEY_DATA_NONE, .limit_is_all_ones = true },
          "" },
        { "T again", { SOUND, KEY, NUMBERS(1, 1), .replay = "T" }, "74B" },
        { "T again, MAC right", { SOUND, .replay = "T", .right_mac = RULE_YES }, "74B" },
        { "T again, MAC wrong", { SOUND, .replay = "T", .right_mac = RULE_NO }, "" },
        { "a pull", { SOUND, NUMBERS(1, 0) }, "" },
        { "a pull with V", { SOUND, NUMBERS(1, 0), .v_flag = true }, "75N" },
        { "no key, but a number", { SOUND, NUMBERS(1, 7), .v_flag = true }, "" },
        { "V, IDs of another length", { SOUND, .v_flag = true }, "" },
        { "a key with V", { SOUND, KEY, NUMBERS(1, 1), .v_flag = true }, "" },
        { "all zeros, no key", { SOUND, NUMBERS(0, 0) }, "" },
        { "group 0, no key", { SOUND, NUMBERS(0, 1) }, "77B" },
        { "group 0", { SOUND, KEY, NUMBERS(0, 1) }, "77B" },
        { "number 0", { SOUND, KEY, NUMBERS(1, 0) }, "77B" },
        { "both 0", { SOUND, KEY, NUMBERS(0, 0) }, "77B 77B" },
        { "validity, number 0", { SOUND, KEY, NUMBERS(1, 0), .updates_validity = true }, "" },
        { "a TGK, MAC wrong", { SOUND, KEY, .key_fault = KEY_DATA_NOT_TEK, .right_mac = RULE_NO }, "" },
        { "no key data", { SOUND, KEY, .key_fault = KEY_DATA_NONE }, "82S" },
        { "two keys", { SOUND, KEY, .key_fault = KEY_DATA_SEVERAL }, "82S" },
        { "a TGK", { SOUND, KEY, .key_fault = KEY_DATA_NOT_TEK }, "82S" },
        { "no interval", { SOUND, KEY, .key_fault = KEY_DATA_NO_INTERVAL }, "82S" },
        { "all ones", { SOUND, KEY, .limit_is_all_ones = true }, "82B" },
        { "a TGK, all ones",
          { SOUND, KEY, .key_fault = KEY_DATA_NOT_TEK, .limit_is_all_ones = true },
          "82S 82B" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        rule_findings_t findings = { .pool = pool };

        rules_judge_delivered(&rows[i].ltkm, &findings);
        n_failed += compare(rows[i].name, &findings, rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

/* ---- STKMs ------------------------------------------------------------------------------------------ */

static void test_stkms(void **state)
{
    static const struct {
        const char *name;
        rule_stkm_t stkm;
        const char *expected;
    } rows[] = {
        { "right", { .mtk_id = 1 }, "" },
        { "bad", { .mtk_id = 1, .mtk_id_is_bad = true }, "81B" },
        { "out of order", { .mtk_id = 1, .out_of_order = true }, "81S" },
        { "both", { .mtk_id = 1, .out_of_order = true, .mtk_id_is_bad = true }, "81B 81S" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        rule_findings_t findings = { .pool = pool };

        rules_judge_stkm(&rows[i].stkm, &findings);
        n_failed += compare(rows[i].name, &findings, rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

/* ---- what has to come ------------------------------------------------------------------------------- */

#define VISIBLE       .final = true, .visible = true, .timeout = 60
#define LEFT(seconds) .time_left = (seconds)
#define CAME(seconds) .came = true, .delay = (seconds)
#define FOR_KEY       .key = "00f110/68c9", .target = 40

static void test_awaited(void **state)
{
    static const struct {
        const char *name;
        rule_awaited_t awaited;
        const char *expected;
    } rows[] = {
        { "no request", { VISIBLE, LEFT(60) }, "69S" },
        { "not long ago", { VISIBLE, LEFT(59.9) }, "" },
        { "it came", { VISIBLE, LEFT(600), CAME(60) }, "" },
        { "it came late", { VISIBLE, LEFT(600), CAME(60.1) }, "69S" },
        { "not visible", { .final = true, .timeout = 60, LEFT(600) }, "" },
        { "late, though not visible", { .final = true, .timeout = 60, LEFT(600), CAME(61) }, "69S" },
        { "first pass", { .visible = true, .timeout = 60, LEFT(600) }, "" },
        { "late, first pass", { .timeout = 60, LEFT(600), CAME(61) }, "" },
        { "perhaps cut", { VISIBLE, LEFT(600), .may_be_cut = true }, "" },
        { "no key", { VISIBLE, LEFT(60), FOR_KEY }, "91S" },
        { "a key", { VISIBLE, LEFT(60), FOR_KEY, CAME(0) }, "" },
        { "a key, late", { VISIBLE, LEFT(600), FOR_KEY, CAME(61) }, "91S" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        rule_findings_t findings = { .pool = pool };

        rules_judge_awaited(&rows[i].awaited, &findings);
        n_failed += compare(rows[i].name, &findings, rows[i].expected);
        assert_true(!findings.first || findings.first->target == rows[i].awaited.target);
    }
    assert_int_equal(n_failed, 0);
}

/* ---- texts ------------------------------------------------------------------------------------------ */

static const char *only_text(const rule_findings_t *findings)
{
    assert_non_null(findings->first);
    assert_null(findings->first->next);
    return findings->first->text;
}

static const char *text_of_ltkm(rule_delivered_t ltkm)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_delivered(&ltkm, &findings);
    return only_text(&findings);
}

static const char *text_of_stkm(rule_stkm_t stkm)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_stkm(&stkm, &findings);
    return only_text(&findings);
}

static const char *text_of_awaited(rule_awaited_t awaited)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_awaited(&awaited, &findings);
    return only_text(&findings);
}

static void test_texts(void **state)
{
    (void)state;
    assert_string_equal(
        text_of_ltkm((rule_delivered_t){ SOUND, .replay = "T 1 is not greater than T 3 of frame 2" }),
        "Other bytes, but T 1 is not greater than T 3 of frame 2");
    assert_string_equal(text_of_ltkm((rule_delivered_t){ SOUND, .key_fault = KEY_DATA_NOT_TEK }),
                        "The key is not of type TEK");
    assert_string_equal(text_of_stkm((rule_stkm_t){ .mtk_id = 7, .mtk_id_is_bad = true }),
                        "MTK ID 0x0007 is not in the interval of its MSK");
    assert_string_equal(text_of_stkm((rule_stkm_t){ .mtk_id = 0, .mtk_id_is_bad = true }),
                        "MTK ID 0x0000 is none that may be used");
    assert_string_equal(text_of_stkm((rule_stkm_t){ .mtk_id = 0xffff, .mtk_id_is_bad = true }),
                        "MTK ID 0xffff is none that may be used");
    assert_string_equal(
        text_of_stkm((rule_stkm_t){
            .mtk_id = 1, .t = 4, .out_of_order = true, .other_frame = 9, .other_t = 3, .other_mtk_id = 2 }),
        "MTK ID 0x0001 with T 4, but 0x0002 with T 3 in frame 9");
    assert_string_equal(
        text_of_awaited((rule_awaited_t){ VISIBLE, LEFT(61) }),
        "No request of the terminal after this pull in the 61.000 s up to the end of the capture");
    assert_string_equal(text_of_awaited((rule_awaited_t){ VISIBLE, LEFT(61), FOR_KEY, .paused = true }),
                        "No LTKM with a key of 00f110/68c9 in the 61.000 s up to a pause of the capture");
    assert_string_equal(text_of_awaited((rule_awaited_t){ VISIBLE, LEFT(90), FOR_KEY, CAME(75) }),
                        "The LTKM with a key of 00f110/68c9 came after 75.000 s (time-out 60 s)");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_ltkms),
        TEST(test_stkms),
        TEST(test_awaited),
        TEST(test_texts),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
