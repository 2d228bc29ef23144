/* packet-ltkm.h
 * LTKMs and verification messages that come by themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_LTKM_H
#define PACKET_LTKM_H

#include "packet/compat.h"
#include "tracking/capture.h"

void ltkm_register(void);
void ltkm_handoff(void);

/* The UDP port of ours that another dissector has, by a preference of its own ("mikey.udp.port") or Decode
 * As: what comes there is not seen. 0: none. */
uint16_t ltkm_foreign_port(void);

/* Dissects the message that is all of |tvb|. */
void ltkm_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                  ltkm_origin_t origin);

#endif
