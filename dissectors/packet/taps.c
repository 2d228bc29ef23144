/* taps.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/taps.h"

#include <epan/tap.h>

static int mbms_sec_tap;
static int ltkm_tap;
static int ltkm_export_tap;
static int bcast_tap;

void taps_register(void)
{
    mbms_sec_tap = register_tap("mbms_sec");
    ltkm_tap = register_tap("ltkm");
    bcast_tap = register_tap("bcast");
}

void taps_handoff(void)
{
    ltkm_export_tap = find_tap_id("ltkm_eo");
}

static bool somebody_counts_messages(void)
{
    return have_tap_listener(ltkm_tap) || have_tap_listener(ltkm_export_tap) || have_tap_listener(bcast_tap);
}

static void queue(packet_info *pinfo, const tracked_body_t *body, const ltkm_t *messages)
{
    if (messages) {
        tap_queue_packet(ltkm_tap, pinfo, messages);
        tap_queue_packet(ltkm_export_tap, pinfo, messages);
    }
    if ((messages || (body && (body->findings || body->awaited))) && have_tap_listener(bcast_tap)) {
        bcast_tap_t *tapped = wmem_new(pinfo->pool, bcast_tap_t);

        *tapped = (bcast_tap_t){ body, messages };
        tap_queue_packet(bcast_tap, pinfo, tapped);
    }
}

/* All LTKMs of a body that are remembered. */
static const ltkm_t *messages_of(packet_info *pinfo, const mbms_body_t *body, const tracked_body_t *tracked)
{
    ltkm_t *first = NULL, **end = &first;

    for (const bcast_ltkm_t *ltkm = tracked->n_ltkms ? body->content->ltkms : NULL; ltkm; ltkm = ltkm->next) {
        if (ltkm->index <= tracked->n_ltkms && tracked->ltkms[ltkm->index - 1].frame) {
            *end = wmem_new(pinfo->pool, ltkm_t);
            **end = ltkm_of_body(tracked, ltkm);
            end = &(*end)->next;
        }
    }
    return first;
}

void tap_body(packet_info *pinfo, const mbms_body_t *body, const tracked_body_t *tracked)
{
    if (!tracked->is_request) {
        tap_response(pinfo, tracked->procedure);
    }
    if (somebody_counts_messages()) {
        queue(pinfo, tracked, messages_of(pinfo, body, tracked));
    }
}

void tap_message(packet_info *pinfo, const ltkm_t *message)
{
    if (somebody_counts_messages()) {
        queue(pinfo, NULL, wmem_memdup(pinfo->pool, message, sizeof *message));
    }
}

void tap_response(packet_info *pinfo, const procedure_t *procedure)
{
    tap_queue_packet(mbms_sec_tap, pinfo, procedure);
}
