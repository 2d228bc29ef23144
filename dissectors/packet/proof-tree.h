/* proof-tree.h
 * What keys prove of a message, in the protocol tree: whether its MAC is right, whose key it was or which is
 * missing, and what its KEMAC holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROOF_TREE_H
#define PROOF_TREE_H

#include <epan/expert.h>

#include "packet/compat.h"
#include "packet/mikey-tree.h"
#include "tracking/proofs.h"

/* Once, under the protocol ltkm. */
void proof_tree_register(int proto_ltkm, expert_module_t *expert);

/* Adds the status of the MAC; |proof| NULL: there were no keys. */
void proof_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm,
                    const ltkm_proof_t *proof);

/* The data of KEMAC in clear, in a data source of their own, or why they are not. */
mikey_plain_t proof_plain(tvbuff_t *tvb, packet_info *pinfo, const ltkm_t *ltkm, const ltkm_proof_t *proof);

#endif
