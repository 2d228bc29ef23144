/* fate-judges.c
 * R69, R74, R75, R77, R81, R82 and R91: messages against those that came before, and what has to come after
 * them (TS 33.246).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>

#include "rules/judges.h"
#include "tracking/moment.h"

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

/* 6.4.3: T grows with each LTKM under one MUK, those sent again included. A message with a wrong MAC is no
 * proof against anybody. */
DELIVERED_JUDGE(74)
{
    if (ltkm->sound && ltkm->replay && ltkm->right_mac != RULE_NO) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "Other bytes, but %s", ltkm->replay);
    }
}

/* 6.3.2.2.4: a solicited pull has no V flag. */
DELIVERED_JUDGE(75)
{
    if (ltkm->sound && ltkm->v_flag && !ltkm->carries_key && ltkm->has_key_numbers && !ltkm->key_number) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE, "A solicited pull with the V flag");
    }
}

/* 6.3.2.1: a Key Group is not 0, nor the Key Number of a key. An MSK ID of zeros without a key starts a
 * registration. */
DELIVERED_JUDGE(77)
{
    bool has_key = ltkm->carries_key && !ltkm->updates_validity;

    if (!ltkm->sound || !ltkm->has_key_numbers) {
        return;
    }
    if (ltkm->key_group == 0 && (has_key || ltkm->key_number)) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "The Key Group is 0");
    }
    if (ltkm->key_number == 0 && has_key) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "A key with the Key Number 0");
    }
}

/* 6.4.5.1: an LTKM carries one key of type TEK with an interval, whose end is not the largest value. What has
 * a wrong MAC is nobody's. */
DELIVERED_JUDGE(82)
{
    static const char *const texts[] = {
        [KEY_DATA_SOUND] = NULL,
        [KEY_DATA_NONE] = "No key data in what was decrypted",
        [KEY_DATA_SEVERAL] = "More than one key",
        [KEY_DATA_NOT_TEK] = "The key is not of type TEK",
        [KEY_DATA_NO_INTERVAL] = "The key has no validity interval",
    };

    if (!ltkm->sound || ltkm->right_mac == RULE_NO) {
        return;
    }
    if (texts[ltkm->key_fault]) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "%s", texts[ltkm->key_fault]);
    }
    if (ltkm->limit_is_all_ones) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "The upper limit SEQu is all ones");
    }
}

/* ---- STKMs ------------------------------------------------------------------------------------------ */

enum { LARGEST_MTK_ID = 0xffff };

/* 6.3.3.1, 6.4.5.1, 6.5.4: MTK IDs are neither 0 nor the largest, lie in the interval of their MSK, and grow
 * with T. */
STKM_JUDGE(81)
{
    bool never = stkm->mtk_id == 0 || stkm->mtk_id == LARGEST_MTK_ID;

    if (stkm->mtk_id_is_bad) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "MTK ID 0x%04x is %s", stkm->mtk_id,
                  never ? "none that may be used" : "not in the interval of its MSK");
    }
    if (stkm->out_of_order) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "MTK ID 0x%04x with T %u, but 0x%04x with T %u in frame %u", stkm->mtk_id, stkm->t,
                  stkm->other_mtk_id, stkm->other_t, stkm->other_frame);
    }
}

/* ---- what has to come ------------------------------------------------------------------------------- */

/* |what|: "request of the terminal". */
static void judge_awaited(const rule_awaited_t *awaited, const char *what, rule_findings_t *findings)
{
    char seconds[SECONDS_TEXT_SIZE];

    if (!awaited->final) {
        return;
    }
    if (awaited->came && awaited->delay > awaited->timeout) {
        rule_find(findings, RULE_SUSPICIOUS, awaited->target, "The %s came after %s s (time-out %u s)", what,
                  seconds_text(seconds, awaited->delay), (unsigned)awaited->timeout);
    } else if (!awaited->came && awaited->visible && !awaited->may_be_cut &&
               awaited->time_left >= awaited->timeout) {
        rule_find(findings, RULE_SUSPICIOUS, awaited->target, "No %s in the %s s up to %s", what,
                  seconds_text(seconds, awaited->time_left), rule_end_name(awaited->paused));
    }
}

/* 6.3.2.2.4: a solicited pull is followed by an MSK request, or a registration. */
AWAITED_JUDGE(69)
{
    if (!awaited->key) {
        judge_awaited(awaited, "request of the terminal after this pull", findings);
    }
}

/* 6.3.2.2.1, 6.3.2.3: an MSK that is answered with 200 is delivered. */
AWAITED_JUDGE(91)
{
    char what[64];

    if (awaited->key) {
        snprintf(what, sizeof what, "LTKM with a key of %s", awaited->key);
        judge_awaited(awaited, what, findings);
    }
}
