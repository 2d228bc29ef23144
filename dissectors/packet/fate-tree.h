/* fate-tree.h
 * What became of a message, in the protocol tree: which key it is about, what its terminal does with it, and
 * the answer to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FATE_TREE_H
#define FATE_TREE_H

#include "packet/compat.h"
#include "tracking/ltkms.h"

/* Registers the fields under the protocol |proto_ltkm|. */
void fate_tree_register(int proto_ltkm);

/* Adds generated items to the node of the message. */
void fate_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm);

#endif
