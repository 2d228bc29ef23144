/* rules-tree.h
 * Findings in the protocol tree and among the expert items.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RULES_TREE_H
#define RULES_TREE_H

#include "packet/compat.h"
#include "rules/rules.h"

struct expert_module;

/* Registers the fields of findings under the protocol |proto_bcast|, whose expert module is |expert|. */
void rules_tree_register(int proto_bcast, struct expert_module *expert);

/* Hangs a finding on |item| and adds its subtree to |tree|; both may be NULL. |tvb| is the body its bytes are
 * in. */
void show_finding(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, proto_item *item,
                  const rule_finding_t *finding);

#endif
