/* packet-ltkm.h
 * LTKMs and verification messages in the packet: from UDP by themselves, from HTTP bodies through
 * ltkm_dissect().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_LTKM_H
#define PACKET_LTKM_H

#include "tracking/ltkms.h"

void ltkm_register(void);
void ltkm_handoff(void);

/* Where a message comes from. */
typedef struct {
    ltkm_transport_t transport;
    uint32_t index;               /* position in its body, from 1; 0 over UDP */
    const terminal_t *terminal;   /* NULL: not known */
    const address *terminal_side; /* the terminal's address in this frame */
    tracked_message_t **record;   /* what the first pass learned; written then, read later */
} ltkm_origin_t;

/* Decodes the message |tvb|, remembers it on the first pass and shows it in |tree| (may be NULL). Columns are
 * left alone. A message of a data type that is not ours is shown by Wireshark's own dissector. Returns a line
 * that tells what it is, in pinfo->pool. */
const char *ltkm_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_origin_t *origin);

/* The same without any item: for the many messages of a body that are not shown in full. */
const char *ltkm_track(const uint8_t *bytes, uint32_t length, packet_info *pinfo,
                       const ltkm_origin_t *origin);

/* Whether the protocol is enabled. */
bool ltkm_enabled(void);

#endif
