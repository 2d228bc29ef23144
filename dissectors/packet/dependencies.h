/* dependencies.h
 * Which other frames a frame is not whole without: "Export displayed packets" takes them along, so that what
 * is exported decodes and links as before.
 *
 * Wireshark asks whenever it filters; tshark asks on the first of two passes, and then nothing is known of
 * later frames. Nobody asks what the frames taken along depend on: so the segments of their message are named
 * with them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DEPENDENCIES_H
#define DEPENDENCIES_H

#include "packet/compat.h"
#include "tracking/capture.h"

/* At hand-off. */
void dependencies_handoff(void);

/* The other half of a pair, and the LTKM that brought the key of an STKM; |message| may be NULL. */
void depend_on_pair(packet_info *pinfo, const tracked_message_t *message);

/* The other half of a procedure. */
void depend_on_procedure(packet_info *pinfo, const procedure_t *procedure);

/* Both, of a body; |body| may be NULL. */
void depend_on_body(packet_info *pinfo, const tracked_body_t *body);

/* Remembers what Wireshark says that an HTTP message of ours was put together from. First pass only, when the
 * frame has been dissected. */
void remember_segments(packet_info *pinfo);

#endif
