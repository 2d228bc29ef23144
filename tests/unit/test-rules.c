/* test-rules.c
 * The table of rules, where findings are kept, and what judges share: the numbers of the filter names, the
 * levels that are registered for each, the bound on findings, the names of keys.
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

/* ---- the table -------------------------------------------------------------------------------------- */

/* What each rule can find, and how it is judged: D a document, L an LTKM, V a verification message. */
static const struct {
    unsigned number;
    const char *levels;
    const char *judged;
} expected[] = {
    { 1, "BS", "D" },  { 2, "BS", "D" },  { 3, "BS", "D" },  { 4, "BS", "D" },  { 5, "BS", "D" },
    { 6, "BS", "D" },  { 7, "B", "D" },   { 8, "S", "D" },   { 9, "BN", "D" },  { 10, "B", "D" },
    { 11, "B", "D" },  { 12, "SN", "D" }, { 13, "N", "D" },  { 14, "BS", "D" }, { 15, "N", "D" },
    { 16, "N", "D" },  { 17, "N", "D" },  { 18, "S", "D" },  { 19, "S", "D" },  { 20, "N", "D" },
    { 21, "BS", "D" }, { 22, "B", "D" },  { 23, "B", "D" },  { 24, "B", "D" },  { 26, "B", "DL" },
    { 27, "BS", "D" }, { 28, "S", "D" },  { 29, "S", "D" },  { 33, "B", "D" },  { 34, "B", "L" },
    { 35, "BS", "D" }, { 36, "B", "D" },  { 37, "BS", "D" }, { 38, "B", "D" },  { 39, "B", "L" },
    { 40, "B", "L" },  { 43, "S", "D" },  { 44, "S", "L" },  { 53, "SN", "L" }, { 54, "B", "V" },
    { 55, "S", "V" },  { 56, "B", "DV" }, { 57, "B", "V" },  { 59, "BS", "V" }, { 61, "B", "V" },
    { 62, "S", "V" },  { 63, "N", "V" },  { 64, "S", "V" },  { 88, "B", "H" },
};

static void test_numbers(void **state)
{
    (void)state;
    assert_int_equal(n_rules, G_N_ELEMENTS(expected));
    for (size_t i = 0; i < n_rules; i++) {
        assert_int_equal(rules[i].number, expected[i].number);
    }
}

static void test_numbers_ascend(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        assert_in_range(rules[i].number, 1, RULE_MAX_NUMBER);
        assert_true(i == 0 || rules[i - 1].number < rules[i].number);
    }
}

static void test_levels(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        assert_string_equal(rules[i].levels, expected[i].levels);
    }
}

static void test_level_letters(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        const char *levels = rules[i].levels;

        assert_true(levels[0] != '\0');
        assert_int_equal(strspn(levels, "BSN"), strlen(levels));
        for (const char *letter = levels; *letter; letter++) {
            assert_null(strchr(letter + 1, *letter));
        }
    }
}

static void test_judges(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        char judged[5] = "";

        strcat(judged, rules[i].document ? "D" : "");
        strcat(judged, rules[i].delivered ? "L" : "");
        strcat(judged, rules[i].verification ? "V" : "");
        strcat(judged, rules[i].digest ? "H" : "");
        assert_string_equal(judged, expected[i].judged);
    }
}

static void test_judges_are_named_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        for (size_t k = i + 1; k < n_rules; k++) {
            assert_false(rules[i].document && rules[i].document == rules[k].document);
            assert_false(rules[i].delivered && rules[i].delivered == rules[k].delivered);
            assert_false(rules[i].verification && rules[i].verification == rules[k].verification);
            assert_false(rules[i].digest && rules[i].digest == rules[k].digest);
        }
    }
}

static void test_sequence(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        assert_int_equal(rules[i].sequence, rules[i].number == 53 || rules[i].number == 59);
    }
}

/* They become the summaries of expert fields. */
static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        assert_true(strlen(rules[i].text) > 10 && strlen(rules[i].text) < 120);
        assert_false(g_str_has_suffix(rules[i].text, "."));
        assert_null(strchr(rules[i].text, '%'));
        assert_true(g_str_has_prefix(rules[i].clause, "5.1.6.") ||
                    g_str_has_prefix(rules[i].clause, "RFC 3830 ") ||
                    g_str_has_prefix(rules[i].clause, "TS 33.246 "));
    }
}

static void test_texts_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_rules; i++) {
        for (size_t k = i + 1; k < n_rules; k++) {
            assert_string_not_equal(rules[i].text, rules[k].text);
        }
    }
}

static void test_rule_by_number(void **state)
{
    size_t n_found = 0;

    (void)state;
    for (unsigned number = 0; number <= 1000; number++) {
        const rule_t *rule = rule_by_number(number);

        if (rule) {
            assert_int_equal(rule->number, number);
            n_found++;
        }
    }
    assert_int_equal(n_found, n_rules);
    assert_null(rule_by_number(25));
    assert_null(rule_by_number(256 + 1));
}

static void test_level_names(void **state)
{
    (void)state;
    assert_int_equal(RULE_NOTE, 1);
    assert_int_equal(RULE_SUSPICIOUS, 2);
    assert_int_equal(RULE_BREACH, 3);
    assert_string_equal(rule_level_name(RULE_NOTE), "note");
    assert_string_equal(rule_level_name(RULE_SUSPICIOUS), "suspicious");
    assert_string_equal(rule_level_name(RULE_BREACH), "breach");
    assert_string_equal(rule_level_name((rule_level_t)0), "");
    assert_string_equal(rule_level_name((rule_level_t)4), "");
}

/* ---- findings --------------------------------------------------------------------------------------- */

static uint32_t length_of(const rule_findings_t *findings)
{
    const rule_finding_t *last = NULL;
    uint32_t n = 0;

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        last = finding;
        n++;
    }
    assert_ptr_equal(findings->last, last);
    return n;
}

static void test_find(void **state)
{
    rule_findings_t findings = { .pool = pool, .number = 7 };
    const rule_finding_t *finding;

    (void)state;
    finding = rule_find(&findings, RULE_SUSPICIOUS, 42, "%s of %u", "one", 2u);
    assert_ptr_equal(finding, findings.first);
    assert_int_equal(length_of(&findings), 1);
    assert_int_equal(findings.first->omitted, 0);
    assert_int_equal(findings.first->number, 7);
    assert_int_equal(findings.first->level, RULE_SUSPICIOUS);
    assert_int_equal(findings.first->target, 42);
    assert_true(findings.first->byte == RULE_TARGET_WHOLE);
    assert_string_equal(findings.first->text, "one of 2");
}

static void test_find_appends(void **state)
{
    rule_findings_t findings = { .pool = pool };
    uint8_t n = 0;

    (void)state;
    for (uint8_t number = 1; number <= 5; number++) {
        findings.number = number;
        rule_find(&findings, RULE_BREACH, RULE_TARGET_WHOLE, "no %u", number);
    }
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        assert_int_equal(finding->number, ++n);
        assert_true(finding->target == RULE_TARGET_WHOLE);
    }
    assert_int_equal(n, 5);
}

static void find_many(rule_findings_t *findings, rule_level_t level, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const rule_finding_t *finding = rule_find(findings, level, i, "finding %u", i);

        assert_int_equal(!finding, i >= RULE_MAX_PER_LEVEL);
    }
}

static void test_find_up_to_the_bound(void **state)
{
    static const struct {
        uint32_t n;
        uint32_t kept;
    } rows[] = {
        { 0, 0 },
        { RULE_MAX_PER_LEVEL - 1, RULE_MAX_PER_LEVEL - 1 },
        { RULE_MAX_PER_LEVEL, RULE_MAX_PER_LEVEL },
        { RULE_MAX_PER_LEVEL + 1, RULE_MAX_PER_LEVEL },
        { RULE_MAX_PER_LEVEL * 100, RULE_MAX_PER_LEVEL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        rule_findings_t findings = { .pool = pool, .number = 1 };

        find_many(&findings, RULE_NOTE, rows[i].n);
        assert_int_equal(length_of(&findings), rows[i].kept);
        for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
            assert_int_equal(finding->omitted, finding->next ? 0 : rows[i].n - rows[i].kept);
        }
    }
}

static void test_first_findings_are_kept(void **state)
{
    rule_findings_t findings = { .pool = pool, .number = 1 };

    (void)state;
    find_many(&findings, RULE_NOTE, 2 * RULE_MAX_PER_LEVEL);
    assert_int_equal(findings.first->target, 0);
    assert_int_equal(findings.last->target, RULE_MAX_PER_LEVEL - 1);
    assert_string_equal(findings.last->text, "finding 99");
}

/* What is omitted is counted where its level ends, whatever was found in between. */
static void test_levels_do_not_displace_each_other(void **state)
{
    rule_findings_t findings = { .pool = pool, .number = 1 };
    uint32_t omitted[RULE_BREACH + 1] = { 0 };

    (void)state;
    find_many(&findings, RULE_NOTE, RULE_MAX_PER_LEVEL + 5);
    find_many(&findings, RULE_BREACH, RULE_MAX_PER_LEVEL + 7);
    assert_null(rule_find(&findings, RULE_NOTE, 1, "one more"));
    assert_int_equal(length_of(&findings), 2 * RULE_MAX_PER_LEVEL);
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        omitted[finding->level] += finding->omitted;
    }
    assert_int_equal(omitted[RULE_NOTE], 6);
    assert_int_equal(omitted[RULE_BREACH], 7);
    assert_int_equal(findings.last->omitted, 7);
}

/* Findings of many bodies that say the same share what they say. */
static void test_texts_are_shared(void **state)
{
    wmem_map_t *texts = wmem_map_new(pool, wmem_str_hash, g_str_equal);
    rule_findings_t one = { .pool = pool, .texts = texts, .number = 1 };
    rule_findings_t other = { .pool = pool, .texts = texts, .number = 2 };
    rule_findings_t alone = { .pool = pool };
    const char *text = rule_find(&one, RULE_NOTE, 1, "number %u", 7u)->text;

    (void)state;
    assert_string_equal(text, "number 7");
    assert_ptr_equal(rule_find(&one, RULE_BREACH, 2, "number %s", "7")->text, text);
    assert_ptr_equal(rule_find(&other, RULE_NOTE, 3, "number 7")->text, text);
    assert_ptr_not_equal(rule_find(&other, RULE_NOTE, 3, "number 8")->text, text);
    assert_string_equal(text, "number 7");
    assert_int_equal(wmem_map_size(texts), 2);
    assert_ptr_not_equal(rule_find(&alone, RULE_NOTE, 1, "number 7")->text, text);
    assert_string_equal(alone.first->text, text);
}

/* ---- for judges ------------------------------------------------------------------------------------- */

static void test_has_text(void **state)
{
    static const char *const list[] = { "", "A", "a", "aa", "b", "\xc3\xa4" };
    static const char *const others[] = { " ", "AA", "aaa", "ab", "B", "c", "\xc3", "\xc3\xa4\xc3\xa4" };

    (void)state;
    for (uint32_t n = 0; n <= G_N_ELEMENTS(list); n++) {
        for (uint32_t i = 0; i < G_N_ELEMENTS(list); i++) {
            assert_int_equal(request_has(list, n, list[i]), i < n);
        }
        for (uint32_t i = 0; i < G_N_ELEMENTS(others); i++) {
            assert_false(request_has(list, n, others[i]));
        }
    }
}

static void test_has_text_without_a_list(void **state)
{
    (void)state;
    assert_false(request_has(NULL, 0, ""));
    assert_false(request_has(NULL, 0, "a"));
}

static mbms_key_id_t key_id(const xml_element_t *element, const char *text)
{
    return (mbms_key_id_t){ element, base64_decode(pool, text, strlen(text)) };
}

static void test_msk_name(void **state)
{
    static const struct {
        const char *domain; /* NULL: no such element */
        const char *id;
        const char *name;
    } rows[] = {
        { "uHCd", "aMkAAQ==", "b8709d/68c90001" },
        { "uHCd", "aMkAAA==", "b8709d/68c90000" },
        { " uH\nCd ", "aMk AAQ==", "b8709d/68c90001" },
        { "uHA=", "aMkAAQE=", "b870/68c9000101" },
        { "uHCd", "", "b8709d/" },
        { "", "aMkAAQ==", "/68c90001" },
        { "", "", "/" },
        { "/wD/", "AAAAAA==", "ff00ff/00000000" },
        { NULL, "aMkAAQ==", NULL },
        { "uHCd", NULL, NULL },
        { NULL, NULL, NULL },
        { "uHC", "aMkAAQ==", NULL },
        { "uHCd", "aMkAAQ=", NULL },
        { "uHCd", "...", NULL },
    };
    static const xml_element_t element;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        mbms_msk_t msk = { .element = &element };
        const char *name;

        if (rows[i].domain) {
            msk.key_domain_id = key_id(&element, rows[i].domain);
        }
        if (rows[i].id) {
            msk.msk_id = key_id(&element, rows[i].id);
        }
        name = request_msk_name(pool, &msk);
        if (rows[i].name) {
            assert_non_null(name);
            assert_string_equal(name, rows[i].name);
        } else {
            assert_null(name);
        }
    }
}

static void test_guessed(void **state)
{
    xml_element_t element = { .name = "e" };

    (void)state;
    assert_false(rule_guessed(NULL));
    assert_false(rule_guessed(&element));
    element.guessed = true;
    assert_true(rule_guessed(&element));
}

static void test_may_hide(void **state)
{
    xml_element_t second = { .name = "b" };
    xml_element_t first = { .name = "a", .next = &second };
    xml_element_t root = { .name = "r", .recovered = true };

    (void)state;
    assert_false(rule_may_hide(&root));
    root.first_child = &first;
    assert_false(rule_may_hide(&root));
    second.recovered = true;
    assert_true(rule_may_hide(&root));
    assert_false(rule_may_hide(&second));
}

static void test_first_delivery(void **state)
{
    xml_element_t elements[2] = { { .name = "LTKMDelivery" }, { .name = "LTKMDelivery" } };
    bcast_delivery_t second = { .element = &elements[1] };
    bcast_delivery_t first = { .element = &elements[0], .next = &second };
    bcast_container_t container = { .deliveries = NULL };

    (void)state;
    assert_null(rule_first_delivery(&container));
    container.deliveries = &first;
    assert_ptr_equal(rule_first_delivery(&container), &first);
    elements[0].guessed = true;
    assert_ptr_equal(rule_first_delivery(&container), &second);
    elements[1].guessed = true;
    assert_null(rule_first_delivery(&container));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_numbers),
        TEST(test_numbers_ascend),
        TEST(test_levels),
        TEST(test_level_letters),
        TEST(test_judges),
        TEST(test_judges_are_named_once),
        TEST(test_sequence),
        TEST(test_texts),
        TEST(test_texts_differ),
        TEST(test_rule_by_number),
        TEST(test_level_names),
        TEST(test_find),
        TEST(test_find_appends),
        TEST(test_find_up_to_the_bound),
        TEST(test_first_findings_are_kept),
        TEST(test_levels_do_not_displace_each_other),
        TEST(test_texts_are_shared),
        TEST(test_has_text),
        TEST(test_has_text_without_a_list),
        TEST(test_msk_name),
        TEST(test_guessed),
        TEST(test_may_hide),
        TEST(test_first_delivery),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
