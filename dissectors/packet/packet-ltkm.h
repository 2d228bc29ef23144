/* packet-ltkm.h
 * LTKMs and verification messages in the packet: from UDP by themselves, from HTTP bodies through
 * ltkm_show().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_LTKM_H
#define PACKET_LTKM_H

#include "rules/rules.h"
#include "tracking/ltkms.h"
#include "packet/taps.h"

void ltkm_register(void);
void ltkm_handoff(void);

/* Whether messages of a MIKEY data type are decoded here: pre-shared key, its verification, error. */
bool ltkm_is_ours(uint8_t data_type);

/* A message that is to be shown. */
typedef struct {
    ltkm_transport_t transport;
    uint32_t index;                   /* position in its body, from 1; 0 over UDP */
    const terminal_t *terminal;       /* NULL: not known */
    const tracked_message_t *tracked; /* what the first pass learned; NULL: nothing */
} ltkm_view_t;

/* Shows the message |tvb| in |tree| (not NULL). Columns are left alone. A message of a data type that is not
 * ours is shown by Wireshark's own dissector. */
void ltkm_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_view_t *view);

/* A line that tells what the message |bytes| is, in pinfo->pool. */
const char *ltkm_summary(packet_info *pinfo, const uint8_t *bytes, uint32_t length,
                         const tracked_message_t *tracked);

/* Remembers the message in |tracked| (file scope, zeroed), if it is of a data type that is ours, and tells
 * judges about it in |facts| (NULL: nobody asks). First pass only. */
void ltkm_track(packet_info *pinfo, const uint8_t *bytes, uint32_t length, const ltkm_origin_t *origin,
                tracked_message_t *tracked, rule_ltkm_t *facts);

/* Whether anybody listens to the taps of messages. */
bool ltkm_tap_wanted(void);

/* A message as listeners get it; in pinfo->pool. */
ltkm_tap_row_t *ltkm_tap_row(packet_info *pinfo, const uint8_t *bytes, uint32_t length, uint32_t index,
                             const tracked_message_t *tracked);

/* Tells the listeners of all messages that came together. */
void ltkm_tap_queue(packet_info *pinfo, const ltkm_tap_row_t *rows);

/* The same for a message that came in no document, and those who judge it. */
void ltkm_tap_alone(packet_info *pinfo, const uint8_t *bytes, uint32_t length, uint32_t index,
                    const tracked_message_t *tracked);

/* Whether the protocol is enabled. */
bool ltkm_enabled(void);

#endif
