/* frame-record.h
 * What the first pass learned about a thing in a frame (a body, a UDP message), found again on every later
 * pass.
 *
 * A thing's place is its ordinal among its like in the frame: that order is the same in every pass, with and
 * without a tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FRAME_RECORD_H
#define FRAME_RECORD_H

#include "packet/compat.h"

/* Keys of what is kept of a frame beside its things, whose ordinals stay below: with the records, or only as
 * long as the frame is dissected. All in one place, so that no two are alike. */
enum {
    FRAME_QUOTES = 0x40000000, /* and the ordinal of the message that an ICMP error quotes */
    FRAME_BARE_RESPONSE = 0x7ffffff0,
    FRAME_BARE_FINDINGS,
    FRAME_OWN_DEPENDENCIES,
    FRAME_SHOWN_TERMINAL,
};

/* Ordinals count from 1 per protocol |proto| and start anew with each dissection of a frame. */
uint32_t frame_record_ordinal(packet_info *pinfo, int proto);

/* Stores |record| (file scope) for the thing |ordinal|; only on the first pass. */
void frame_record_set(packet_info *pinfo, int proto, uint32_t ordinal, const void *record);

/* The record of the thing |ordinal|, NULL if none was stored. */
void *frame_record_get(packet_info *pinfo, int proto, uint32_t ordinal);

/* Whether the capture kept only the beginning of the frame. */
bool frame_record_is_cut(const packet_info *pinfo);

#endif
