/* taps.h
 * What statistics and exports are told about a frame. What is remembered lives as long as the file, all else
 * only while the frame is dissected.
 *
 * Tap "mbms_sec": a const procedure_t, when its response has come.
 * Tap "ltkm" and tap "ltkm_eo": a const ltkm_t, the first of the messages of a body, or the one of a
 * datagram. Tap "bcast": a const bcast_tap_t, once a body, datagram, or response without a body. Tap
 * "mbms_flow": a const char *, what each of them is in one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TAPS_H
#define TAPS_H

#include "packet/compat.h"
#include "rules/facts.h"

typedef struct {
    const tracked_body_t *body;     /* NULL: no body; its findings count only if procedure_counts() */
    const ltkm_t *messages;         /* to be judged by judge_message() when all is known */
    const procedure_t *answered;    /* by a response without a body; NULL: it is none */
    const rule_finding_t *findings; /* of that; NULL: none */
    const rule_finding_t *digest;   /* of the digest of either: they count in any case */
    bool final; /* all frames have been seen once; when taps are told, Wireshark has marked this one so */
} bcast_tap_t;

#define FLOW_TAP "mbms_flow"

/* Once, at registration; and at hand-off, when the export of objects is registered. */
void taps_register(void);
void taps_handoff(void);

/* Tells those who listen of a body, or of one message that came by itself. */
void tap_body(packet_info *pinfo, const mbms_body_t *body, const tracked_body_t *tracked);
void tap_message(packet_info *pinfo, const ltkm_t *message);

/* Tells of a response without a body, and what was found of it. */
void tap_bare_response(packet_info *pinfo, const procedure_t *procedure, const rule_finding_t *findings);

/* Tells what there is in one line; in pinfo->pool. */
void tap_text(packet_info *pinfo, const char *text);

#endif
