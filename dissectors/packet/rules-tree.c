/* rules-tree.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/rules-tree.h"

#include <string.h>

#include <epan/expert.h>
#include <epan/tap.h>
#include <epan/wmem_scopes.h>

#include "tracking/clock.h"
#include "tracking/proofs.h"
#include "packet/taps.h"

unsigned verification_timeout = 10;

static int bcast_tap;
static int hf_bcast_rule = -1;
static int hf_bcast_rule_level = -1;
static int hf_bcast_rule_text = -1;
static int ett_bcast_rule = -1;

/* One expert field a rule and level: Wireshark ties the severity to the field. All of a rule have its name.
 */
static expert_field ei_bcast_rule[RULE_MAX_NUMBER + 1][RULE_BREACH + 1];

static const value_string level_vals[] = {
    { RULE_NOTE, "Note" },
    { RULE_SUSPICIOUS, "Suspicious" },
    { RULE_BREACH, "Breach" },
    { 0, NULL },
};

static const char *text_of(wmem_allocator_t *pool, const rule_finding_t *finding)
{
    if (!finding->omitted) {
        return finding->text;
    }
    return wmem_strdup_printf(pool, "%s, and %u more like this", finding->text, finding->omitted);
}

void packet_rules_show(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, proto_item *item,
                       const rule_finding_t *finding)
{
    bool one_byte = finding->byte != RULE_TARGET_WHOLE;
    const rule_t *rule = rule_by_number(finding->number);
    const char *text = text_of(pinfo->pool, finding);
    char id[8];
    proto_item *node;
    proto_tree *subtree;

    expert_add_info_format(pinfo, item, &ei_bcast_rule[finding->number][finding->level], "R%u (%s): %s",
                           finding->number, rule->clause, text);
    snprintf(id, sizeof id, "R%u", finding->number);
    node = proto_tree_add_string(tree, hf_bcast_rule, tvb, one_byte ? (int)finding->byte : 0,
                                 one_byte ? 1 : 0, id);
    proto_item_set_generated(node);
    proto_item_append_text(node, ", %s: %s", rule_level_name(finding->level), text);
    subtree = proto_item_add_subtree(node, ett_bcast_rule);
    proto_item_set_generated(proto_tree_add_uint(subtree, hf_bcast_rule_level, NULL, 0, 0, finding->level));
    proto_item_set_generated(proto_tree_add_string(subtree, hf_bcast_rule_text, NULL, 0, 0, text));
}

/* ---- facts ------------------------------------------------------------------------------------------ */

static void judge_delivered(const tracked_message_t *ltkm, bool final, rule_findings_t *findings)
{
    const tracked_message_t *verification = ltkm_peer(ltkm);
    rule_delivered_t facts = {
        .transport = ltkm->transport,
        .v_flag = ltkm->v_flag && !ltkm->is_copy,
        .carries_key = ltkm->kind == MIKEY_KIND_LTKM,
        .in_registration_response = ltkm->delivery && ltkm->delivery->frame == ltkm->frame,
        .whole_body = ltkm->whole_body,
        .registration_seen = ltkm->registration_seen,
        .delivery = ltkm->delivery,
        .final = final,
        .verified = verification != NULL,
        .verification_delay = verification ? ltkm_delay(ltkm, verification) : 0,
        .answer_may_be_cut = capture_lacks_headers(),
        .time_left = capture_clock_left(ltkm->time),
        .timeout = verification_timeout,
    };

    rules_judge_delivered(&facts, findings);
}

static rule_answer_t right_mac(const tracked_message_t *verification)
{
    const ltkm_proof_t *proof = proof_of(verification);

    if (!proof || (proof->mac != MIKEY_MAC_GOOD && proof->mac != MIKEY_MAC_BAD)) {
        return RULE_UNKNOWN;
    }
    return proof->mac == MIKEY_MAC_GOOD ? RULE_YES : RULE_NO;
}

static void judge_verification(const tracked_message_t *verification, bool final, const char *destination,
                               rule_findings_t *findings)
{
    const tracked_message_t *ltkm = ltkm_peer(verification);
    host_match_t match = ltkm && ltkm->host
                             ? host_name_has(ltkm->host, verification->other_hash, verification->frame)
                             : HOST_UNKNOWN;
    ltkm_order_t order = ltkm_order(verification);
    rule_verification_t facts = {
        .over_http = verification->transport == LTKM_TRANSPORT_HTTP,
        .v_flag = verification->v_flag,
        .registration_seen = verification->registration_seen,
        .final = final,
        .has_ltkm = ltkm != NULL,
        .ltkm_may_be_cut = capture_lacks_bytes(),
        .exact = ltkm_same_t(verification),
        .other_idr =
            ltkm && ltkm->idr_hash && verification->idr_hash && ltkm->idr_hash != verification->idr_hash,
        .ltkm_v_flag = ltkm && ltkm->v_flag,
        .second = ltkm_is_second(verification),
        .ltkm_frame = ltkm ? ltkm->frame : 0,
        .too_early = order != LTKM_IN_ORDER,
        .perhaps_in_order = order == LTKM_PERHAPS_TOO_EARLY,
        .right_destination = match == HOST_MATCHES ? RULE_YES
                             : match == HOST_OTHER ? RULE_NO
                                                   : RULE_UNKNOWN,
        .host = ltkm && ltkm->host ? ltkm->host->name : "",
        .destination = destination,
        .right_mac = right_mac(verification),
    };

    rules_judge_verification(&facts, findings);
}

void packet_rules_judge(const tracked_message_t *message, bool final, const char *destination,
                        rule_findings_t *findings)
{
    switch ((mikey_kind_t)message->kind) {
    case MIKEY_KIND_LTKM:
    case MIKEY_KIND_LTKM_WITHOUT_KEY:
        judge_delivered(message, final, findings);
        break;
    case MIKEY_KIND_VERIFICATION:
        if (message->transport == LTKM_TRANSPORT_UDP || message->whole_body) { /* R56 is said of the others */
            judge_verification(message, final, destination, findings);
        }
        break;
    case MIKEY_KIND_STKM:
    case MIKEY_KIND_ERROR:
    case MIKEY_KIND_OTHER:
    case MIKEY_KIND_UNKNOWN:
        break;
    }
}

void packet_rules_tap(packet_info *pinfo, const procedure_t *procedure, const rule_finding_t *findings,
                      const ltkm_tap_row_t *messages)
{
    bcast_tap_t *tapped;

    if ((findings || messages) && have_tap_listener(bcast_tap)) {
        tapped = wmem_new(pinfo->pool, bcast_tap_t);
        *tapped = (bcast_tap_t){ pinfo->num, procedure, findings, messages };
        tap_queue_packet(bcast_tap, pinfo, tapped);
    }
}

bool packet_rules_tap_wanted(void)
{
    return have_tap_listener(bcast_tap);
}

/* ---- registration ----------------------------------------------------------------------------------- */

static const struct {
    char letter;
    rule_level_t level;
    int severity;
} levels[] = {
    { 'N', RULE_NOTE, PI_NOTE },
    { 'S', RULE_SUSPICIOUS, PI_WARN },
    { 'B', RULE_BREACH, PI_ERROR },
};

static void register_rule(expert_module_t *expert, const rule_t *rule)
{
    for (size_t i = 0; i < array_length(levels); i++) {
        expert_field *field = &ei_bcast_rule[rule->number][levels[i].level];
        ei_register_info *info;

        if (!strchr(rule->levels, levels[i].letter)) {
            continue;
        }
        *field = (expert_field)EI_INIT;
        info = wmem_new(wmem_epan_scope(), ei_register_info);
        *info = (ei_register_info){
            field,
            { wmem_strdup_printf(wmem_epan_scope(), "bcast.r%u", rule->number),
              rule->sequence ? PI_SEQUENCE : PI_PROTOCOL, levels[i].severity, rule->text, EXPFILL },
        };
        expert_register_field_array(expert, info, 1);
    }
}

void packet_rules_register(int proto_bcast, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_bcast_rule,
          { "Rule", "bcast.rule", FT_STRING, BASE_NONE, NULL, 0,
            "Rule of the change request that is broken or brushed against", HFILL } },
        { &hf_bcast_rule_level,
          { "Level", "bcast.rule_level", FT_UINT8, BASE_DEC, VALS(level_vals), 0,
            "How certain and how grave it is", HFILL } },
        { &hf_bcast_rule_text,
          { "Finding", "bcast.rule_text", FT_STRING, BASE_NONE, NULL, 0, "What is wrong", HFILL } },
    };
    static int *ett[] = { &ett_bcast_rule };

    bcast_tap = register_tap("bcast");
    proto_register_field_array(proto_bcast, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    for (size_t i = 0; i < n_rules; i++) {
        register_rule(expert, &rules[i]);
    }
}
