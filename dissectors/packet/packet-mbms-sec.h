/* packet-mbms-sec.h
 * Bodies of the MBMS security procedures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_MBMS_SEC_H
#define PACKET_MBMS_SEC_H

#include "packet/compat.h"

void mbms_sec_register(void);
void mbms_sec_handoff(void);

/* Dissects |tvb| as such a body; returns its length, or 0 if it is none. |data| is what HTTP says of it. */
int mbms_sec_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

#endif
