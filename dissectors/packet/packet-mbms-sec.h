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

/* What the dissector of a body was told about it, if |data| is from HTTP; else NULL. Other callers of the
 * table media_type hand over other things. */
const media_content_info_t *mbms_sec_content(packet_info *pinfo, const void *data);

/* Dissects |tvb| as such a body; returns its length. */
int mbms_sec_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

#endif
