/* taps.h
 * What statistics and exports are told about a frame. Everything but the rows themselves lives as long as the
 * file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TAPS_H
#define TAPS_H

#include "tracking/ltkms.h"
#include "tracking/procedures.h"

/* Tap "ltkm": the messages of a body, or the one of a datagram. Tap "ltkm_eo" gets the same. */
typedef struct ltkm_tap_row {
    const tracked_message_t *tracked;
    uint32_t index;       /* in the body; 0 over UDP */
    char key_domain[24];  /* "b8709d", "" if there is none */
    char msk_id[24];      /* "68c9:0001" likewise */
    const uint8_t *bytes; /* only while the frame is dissected */
    uint32_t length;
    struct ltkm_tap_row *next;
} ltkm_tap_row_t;

/* Tap "bcast", once a document or datagram. */
typedef struct {
    uint32_t frame;
    const procedure_t *procedure;   /* NULL: no document; |findings| count only if procedure_counts() */
    const rule_finding_t *findings; /* of the document */
    const ltkm_tap_row_t *messages; /* to be judged by packet_rules_judge() when all is known */
} bcast_tap_t;

/* Tap "mbms_sec": a const procedure_t, when its response has come. */

#endif
