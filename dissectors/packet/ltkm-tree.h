/* ltkm-tree.h
 * A message in the protocol tree, whatever carried it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LTKM_TREE_H
#define LTKM_TREE_H

#include "packet/compat.h"
#include "rules/marks.h"
#include "tracking/ltkms.h"

/* Registers the protocol and its fields; returns its number. */
int ltkm_tree_register(void);
void ltkm_tree_handoff(void);

/* Whether the protocol is enabled. */
bool ltkm_enabled(void);

/* What is found of the message, by what is in the capture so far, in pinfo->pool; NULL: nothing, or nobody
 * looks at |tree|, column or expert items. For the following two, once a dissection. */
const rule_finding_t *ltkm_findings(packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm);

/* Whether expert items come of it: in the first pass Wireshark is told how bad things are, whoever looks. */
bool ltkm_has_remarks(const ltkm_t *ltkm, const rule_finding_t *findings);

/* Shows the message, whose bytes are |tvb|, in |tree|; NULL: only expert items and data sources come of it.
 * Columns are left alone. A message of a data type that is not ours is shown by Wireshark's own dissector. */
void ltkm_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm,
               const rule_finding_t *findings);

/* What is wrong with the message, for the Info column. |cut_by_capture|: its end is not there, and that is no
 * fault of the sender. */
void ltkm_mark(const ltkm_t *ltkm, const rule_finding_t *findings, bool cut_by_capture, marks_t *marks);

#endif
