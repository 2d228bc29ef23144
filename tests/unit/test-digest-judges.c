/* test-digest-judges.c
 * R88: facts in, the finding out.
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

static const rule_finding_t *judge(rule_digest_t digest)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_digest(&digest, &findings);
    return findings.first;
}

static void test_silent(void **state)
{
    (void)state;
    assert_null(judge((rule_digest_t){ .right = RULE_UNKNOWN, .key = "k", .mistake = "m" }));
    assert_null(judge((rule_digest_t){ .right = RULE_YES, .key = "k" }));
}

/* What is known of a mistake goes before another B-TID, and that before what may have been changed. */
static void test_texts(void **state)
{
    static const struct {
        rule_digest_t digest;
        const char *text;
    } rows[] = {
        { { .right = RULE_NO, .key = "k" }, "response is wrong under k: it was made with another MRK" },
        { { .right = RULE_NO, .key = "k", .integrity = true },
          "response is wrong under k: it was made with another MRK, or the body was changed on its way" },
        { { .right = RULE_NO, .key = "k", .right_in = 7 },
          "response is wrong under k, with which frame 7 is right: the header was changed on its way" },
        { { .right = RULE_NO, .key = "k", .right_in = 7, .integrity = true, .is_answer = true },
          "rspauth is wrong under k, with which frame 7 is right: the body, or the header, was changed on "
          "its way" },
        { { .right = RULE_NO, .key = "k", .right_in = 7, .other_btid = "a@b" },
          "response is computed with the MRK of another B-TID of this card, a@b" },
        { { .right = RULE_NO, .key = "k", .right_in = 7, .mistake = "over an empty body", .uri = "/x" },
          "response is computed over an empty body (uri /x), under k" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const rule_finding_t *finding = judge(rows[i].digest);

        assert_non_null(finding);
        assert_int_equal(finding->number, 88);
        assert_int_equal(finding->level, RULE_BREACH);
        assert_int_equal(finding->target, RULE_TARGET_WHOLE);
        assert_string_equal(finding->text, rows[i].text);
        assert_null(finding->next);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_silent), TEST(test_texts) };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
