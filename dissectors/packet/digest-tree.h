/* digest-tree.h
 * What is proven of an HTTP digest, in the protocol tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DIGEST_TREE_H
#define DIGEST_TREE_H

#include "packet/compat.h"
#include "tracking/digests.h"

/* Registers the fields under the protocol |proto|. */
void digest_tree_register(int proto);

/* |proof| NULL: there is nothing to show. */
void digest_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const digest_proof_t *proof);

#endif
