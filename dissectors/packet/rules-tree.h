/* rules-tree.h
 * Findings in the protocol tree, and the facts about tracked messages that judges want.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RULES_TREE_H
#define RULES_TREE_H

#include "rules/rules.h"
#include "packet/taps.h"

struct expert_module;

/* Registers the fields of findings under the protocol |proto_bcast|, whose expert module is |expert|. */
void packet_rules_register(int proto_bcast, struct expert_module *expert);

/* Hangs a finding on |item| and adds its subtree to |tree|, which is not NULL. |tvb| is the body its bytes
 * are in. */
void packet_rules_show(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, proto_item *item,
                       const rule_finding_t *finding);

/* Judges a tracked message. |final|: what has not come by now does not come. |destination| of the message as
 * text, NULL if not at hand. */
void packet_rules_judge(const tracked_message_t *message, bool final, const char *destination,
                        rule_findings_t *findings);

/* Tells those who list findings (tap "bcast") of a document's |findings| and of the |messages| that came with
 * it, which they judge themselves; |procedure| is NULL where there is no document. */
void packet_rules_tap(packet_info *pinfo, const procedure_t *procedure, const rule_finding_t *findings,
                      const ltkm_tap_row_t *messages);

/* Whether there are any. */
bool packet_rules_tap_wanted(void);

/* Seconds without a verification message before R53: a preference. */
extern unsigned verification_timeout;

#endif
