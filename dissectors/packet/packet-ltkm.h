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

/* Dissects the message that is all of |tvb|. */
void ltkm_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                  ltkm_origin_t origin);

#endif
