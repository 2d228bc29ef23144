/* message-judges.c
 * R34, R39, R40, R44 and R53–R64: LTKMs against what was granted, and verification messages against their
 * LTKMs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/judges.h"
#include "tracking/moment.h"

static const char *transport_name(const rule_delivered_t *ltkm)
{
    return bcast_delivery_type_name(ltkm->transport);
}

/* ---- delivery --------------------------------------------------------------------------------------- */

static bool breaks_rules(const rule_delivered_t *ltkm)
{
    return ltkm->delivery && !delivery_allows(ltkm->delivery, ltkm->transport);
}

static bool breaks_offer(const rule_delivered_t *ltkm)
{
    return breaks_rules(ltkm) && !ltkm->delivery->offer.listed;
}

static bool breaks_grant(const rule_delivered_t *ltkm)
{
    return breaks_rules(ltkm) && ltkm->delivery->offer.listed;
}

/* 5.1.6.10.3: no LTKM is an HTTP body of its own. */
DELIVERED_JUDGE(26_alone)
{
    if (ltkm->whole_body) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "An LTKM as an HTTP body of its own");
    }
}

/* 5.1.6.10.1: without an offer LTKMs come over UDP only. */
DELIVERED_JUDGE(34)
{
    if (breaks_offer(ltkm)) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "An LTKM over %s to a terminal that offered no mechanism (registered in frame %u): it "
                  "supports UDP only",
                  transport_name(ltkm), ltkm->delivery->frame);
    }
}

/* 5.1.6.10.1: LTKMs come only over mechanisms that were granted. */
DELIVERED_JUDGE(39)
{
    if (breaks_grant(ltkm) && !ltkm->in_registration_response) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "An LTKM over %s, which the grant in frame %u does not list", transport_name(ltkm),
                  ltkm->delivery->frame);
    }
}

/* 5.1.6.7.2: the grant covers the registration response itself. */
DELIVERED_JUDGE(40)
{
    if (breaks_grant(ltkm) && ltkm->in_registration_response) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "An LTKM over %s in a registration response whose own grant does not list it",
                  transport_name(ltkm));
    }
}

/* 5.1.6.10.1: a terminal that was refused is not registered: it gets no keys. */
DELIVERED_JUDGE(44)
{
    if (ltkm->delivery && ltkm->delivery->refused && !ltkm->delivery->had_services && ltkm->carries_key) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "An LTKM with a key to a terminal whose registration was refused in frame %u",
                  ltkm->delivery->frame);
    }
}

/* An LTKM with the V flag is answered in time (5.1.6.10.4), as far as the capture would show it. */
DELIVERED_JUDGE(53)
{
    char seconds[SECONDS_TEXT_SIZE];

    if (!ltkm->v_flag || !ltkm->final || !ltkm->registration_seen || ltkm->excused) {
        return;
    }
    if (ltkm->verified && ltkm->verification_delay > ltkm->timeout) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "The verification message came after %s s (time-out %u s)",
                  seconds_text(seconds, ltkm->verification_delay), (unsigned)ltkm->timeout);
    } else if (!ltkm->verified && !ltkm->answer_may_be_cut && ltkm->time_left >= ltkm->timeout) {
        rule_find(findings, ltkm->answer_visible ? RULE_SUSPICIOUS : RULE_NOTE, RULE_TARGET_WHOLE,
                  "No verification message in the %s s up to %s%s%s", seconds_text(seconds, ltkm->time_left),
                  rule_end_name(ltkm->paused), ltkm->silence ? "; " : "", ltkm->silence ? ltkm->silence : "");
    }
}

/* ---- verification ----------------------------------------------------------------------------------- */

/* 5.1.6.10.4: there is one verification message for an LTKM. */
VERIFICATION_JUDGE(54)
{
    if (verification->second) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "Another verification message, with other bytes, for the LTKM of frame %u",
                  verification->ltkm_frame);
    }
}

/* 5.1.6.10.4: there is no verification message for an LTKM without the V flag. */
VERIFICATION_JUDGE(55)
{
    if (verification->has_ltkm && !verification->ltkm_v_flag) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "The LTKM of frame %u did not ask for a verification message", verification->ltkm_frame);
    }
}

/* 5.1.6.10.4: no verification message is an HTTP body of its own. */
VERIFICATION_JUDGE(56_alone)
{
    if (verification->over_http) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "A verification message as an HTTP body of its own");
    }
}

/* 5.1.6.10.4: a verification message goes to an address of the host in IDi. */
VERIFICATION_JUDGE(57)
{
    if (verification->has_ltkm && !verification->over_http && verification->right_destination == RULE_NO) {
        rule_find(findings, verification->was_told ? RULE_BREACH : RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "Sent to %s, which is no address of %s by the DNS answers before%s",
                  verification->destination ? verification->destination : "an address", verification->host,
                  verification->was_told ? "" : ", which went to others");
    }
}

/* 5.1.6.10.4: verification messages come in the order of the LTKMs in their payload. */
VERIFICATION_JUDGE(59)
{
    if (verification->too_early) {
        rule_find(findings, verification->perhaps_in_order ? RULE_SUSPICIOUS : RULE_BREACH, RULE_TARGET_WHOLE,
                  "Before the verification message of an earlier LTKM in the payload of frame %u",
                  verification->ltkm_frame);
    }
}

/* RFC 3830 5.2: the MAC of a verification message is right. */
VERIFICATION_JUDGE(61)
{
    if (verification->right_mac == RULE_NO) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "The MAC is wrong under the key of the LTKM in frame %u", verification->ltkm_frame);
    }
}

/* RFC 3830 5: a verification message repeats T, and IDr, of its LTKM. */
VERIFICATION_JUDGE(62)
{
    if (!verification->has_ltkm) {
        return;
    }
    if (!verification->exact) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "T is not that of the LTKM in frame %u: paired by CSB ID", verification->ltkm_frame);
    } else if (verification->other_idr) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "IDr is not that of the LTKM in frame %u",
                  verification->ltkm_frame);
    }
}

/* 5.1.6.10.4: a verification message answers an LTKM. */
VERIFICATION_JUDGE(63)
{
    if (!verification->has_ltkm && !verification->ltkm_may_be_cut && verification->final &&
        verification->registration_seen) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE, "There is no LTKM for this verification message");
    }
}

/* RFC 3830 6.1: a verification message has no V flag. */
VERIFICATION_JUDGE(64)
{
    if (verification->v_flag) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "The V flag is set in a verification message");
    }
}
