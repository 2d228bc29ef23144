/* rules-tree.c
 * Wireshark ties the severity of an expert item to its field. A rule that can be broken at more than one
 * level has a field for each: bcast.rN of the highest, bcast.rN_suspicious and bcast.rN_note of those below,
 * so that severities are true and each can be changed by itself. An item of a lower level carries bcast.rN as
 * well, hidden: the filter bcast.rN finds them all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/rules-tree.h"

#include <string.h>

#include <epan/expert.h>
#include <epan/wmem_scopes.h>

#include "packet/audience.h"

static int hf_bcast_rule = -1;
static int hf_bcast_rule_level = -1;
static int hf_bcast_rule_text = -1;
static int ett_bcast_rule = -1;

static const struct {
    char letter; /* in rule_t::levels */
    const char *suffix;
    int severity;
    const char
        *verdict; /* Expert Information groups by it: an obligation alone would read as if it were kept */
} levels[] = {
    [RULE_NOTE] = { 'N', "_note", PI_NOTE, "noted" },
    [RULE_SUSPICIOUS] = { 'S', "_suspicious", PI_WARN, "in doubt" },
    [RULE_BREACH] = { 'B', "", PI_ERROR, "not kept" },
};

static expert_field ei_bcast_rule[RULE_MAX_NUMBER + 1][RULE_BREACH + 1];

static const value_string level_vals[] = {
    { RULE_NOTE, "Note" },
    { RULE_SUSPICIOUS, "Suspicious" },
    { RULE_BREACH, "Breach" },
    { 0, NULL },
};

static rule_level_t highest_level(const rule_t *rule)
{
    rule_level_t level = RULE_BREACH;

    while (level > RULE_NOTE && !strchr(rule->levels, levels[level].letter)) {
        level--;
    }
    return level;
}

static const char *text_of(wmem_allocator_t *pool, const rule_finding_t *finding)
{
    if (!finding->omitted) {
        return finding->text;
    }
    return wmem_strdup_printf(pool, "%s, and %u more like this", finding->text, finding->omitted);
}

static void add_hidden(proto_tree *tree, tvbuff_t *tvb, const rule_t *rule, rule_level_t level)
{
    rule_level_t highest = highest_level(rule);

    if (level < highest) {
        proto_item_set_hidden(
            proto_tree_add_item(tree, ei_bcast_rule[rule->number][highest].hf, tvb, 0, 0, ENC_NA));
    }
}

void show_finding(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, proto_item *item,
                  const rule_finding_t *finding)
{
    bool one_byte = finding->byte != RULE_TARGET_WHOLE;
    const rule_t *rule = rule_by_number(finding->number);
    const char *text;
    char id[8];
    proto_item *node;
    proto_tree *subtree;

    if (!tree && !experts_are_heard(pinfo, tree)) { /* Wireshark is told how bad it is, nobody what */
        expert_add_info(pinfo, NULL, &ei_bcast_rule[finding->number][finding->level]);
        return;
    }
    text = text_of(pinfo->pool, finding);
    expert_add_info_format(pinfo, item, &ei_bcast_rule[finding->number][finding->level], "R%u (%s): %s",
                           finding->number, rule->clause, text);
    if (!tree) {
        return;
    }
    snprintf(id, sizeof id, "R%u", finding->number);
    node = proto_tree_add_string(tree, hf_bcast_rule, tvb, one_byte ? (int)finding->byte : 0,
                                 one_byte ? 1 : 0, id);
    proto_item_set_generated(node);
    proto_item_append_text(node, ", %s: %s", rule_level_name(finding->level), text);
    subtree = proto_item_add_subtree(node, ett_bcast_rule);
    proto_item_set_generated(proto_tree_add_uint(subtree, hf_bcast_rule_level, NULL, 0, 0, finding->level));
    proto_item_set_generated(proto_tree_add_string(subtree, hf_bcast_rule_text, NULL, 0, 0, text));
    add_hidden(subtree, tvb, rule, finding->level);
}

/* ---- registration ----------------------------------------------------------------------------------- */

static void register_level(expert_module_t *expert, const rule_t *rule, rule_level_t level)
{
    expert_field *field = &ei_bcast_rule[rule->number][level];
    const char *suffix = level == highest_level(rule) ? "" : levels[level].suffix;
    ei_register_info *info = wmem_new(wmem_epan_scope(), ei_register_info);

    *field = (expert_field)EI_INIT;
    *info = (ei_register_info){
        field,
        { wmem_strdup_printf(wmem_epan_scope(), "bcast.r%u%s", rule->number, suffix),
          rule->sequence ? PI_SEQUENCE : PI_PROTOCOL, levels[level].severity,
          wmem_strdup_printf(wmem_epan_scope(), "R%u %s: %s", rule->number, levels[level].verdict,
                             rule->text),
          EXPFILL },
    };
    expert_register_field_array(expert, info, 1);
}

static void register_rule(expert_module_t *expert, const rule_t *rule)
{
    for (rule_level_t level = RULE_NOTE; level <= RULE_BREACH; level++) {
        if (strchr(rule->levels, levels[level].letter)) {
            register_level(expert, rule, level);
        }
    }
}

void rules_tree_register(int proto_bcast, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_bcast_rule,
          { "Rule", "bcast.rule", FT_STRING, BASE_NONE, NULL, 0,
            "Rule of the change request that is broken, or may be", HFILL } },
        { &hf_bcast_rule_level,
          { "Level", "bcast.rule_level", FT_UINT8, BASE_DEC, VALS(level_vals), 0,
            "How certain and how grave it is", HFILL } },
        { &hf_bcast_rule_text,
          { "Finding", "bcast.rule_text", FT_STRING, BASE_NONE, NULL, 0, "What is wrong", HFILL } },
    };
    static int *ett[] = { &ett_bcast_rule };

    proto_register_field_array(proto_bcast, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    for (size_t i = 0; i < n_rules; i++) {
        register_rule(expert, &rules[i]);
    }
}
