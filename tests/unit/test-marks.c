/* test-marks.c
 * What the packet list says of findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

static rule_finding_t finding(uint8_t number, rule_level_t level)
{
    return (rule_finding_t){ .number = number, .level = (uint8_t)level };
}

static void test_nothing(void **state)
{
    marks_t marks = { .malformed = false };

    (void)state;
    marks_add(&marks, NULL);
    assert_string_equal(marks_append(pool, "LTKM", &marks), "LTKM");
}

/* The worst stand first, each rule once, at its highest level. */
static void test_order(void **state)
{
    rule_finding_t findings[] = { finding(63, RULE_NOTE),   finding(2, RULE_SUSPICIOUS),
                                  finding(91, RULE_BREACH), finding(22, RULE_BREACH),
                                  finding(22, RULE_BREACH), finding(27, RULE_SUSPICIOUS),
                                  finding(27, RULE_BREACH), finding(27, RULE_NOTE) };
    marks_t marks = { .malformed = false };

    (void)state;
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(findings); i++) {
        findings[i].next = &findings[i + 1];
    }
    marks_add(&marks, findings);
    assert_string_equal(marks_append(pool, "LTKM", &marks), "LTKM [R22 R27 R91 R2 R63]");
}

static void test_faults(void **state)
{
    rule_finding_t note = finding(1, RULE_NOTE);
    marks_t marks = { .bad_mac = true };

    (void)state;
    assert_string_equal(marks_append(pool, "", &marks), " [bad MAC]");
    marks.malformed = true;
    marks_add(&marks, &note);
    assert_string_equal(marks_append(pool, "x", &marks), "x [R1] [malformed] [bad MAC]");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_nothing), TEST(test_order), TEST(test_faults) };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
