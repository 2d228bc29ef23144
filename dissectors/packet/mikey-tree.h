/* mikey-tree.h
 * A parsed MIKEY message as a protocol tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_TREE_H
#define MIKEY_TREE_H

#include "mikey/mikey-message.h"
#include "packet/compat.h"

struct expert_module;

/* Registers the fields of message contents that stock's dissector has no name for, under |proto_ltkm|, whose
 * expert module is |expert|. */
void mikey_tree_register(int proto_ltkm, struct expert_module *expert);

/* KEMAC data that somebody decrypted. */
typedef struct {
    tvbuff_t *tvb; /* NULL: it is not decrypted */
    const uint8_t *bytes;
    uint32_t length;
    const char *remark; /* why not, NULL: nobody tried */
} mikey_plain_t;

/* Whether its sender made it wrong. |cut_by_capture|: that its end is missing is none of the sender's. */
bool mikey_tree_is_malformed(const mikey_message_t *message, bool cut_by_capture);

/* Whether expert items may come of mikey_tree_add(). */
bool mikey_tree_has_remarks(const mikey_message_t *message);

/* Whether anybody looks at what mikey_tree_add() adds. */
bool mikey_tree_is_wanted(const packet_info *pinfo, proto_tree *tree);

/* Adds |message|, the bytes of |tvb|, with all its payloads and faults to |tree|. */
void mikey_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                    const mikey_plain_t *plain);

#endif
