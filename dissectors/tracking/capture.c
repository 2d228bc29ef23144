/* capture.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/capture.h"

#include "mikey/identifiers.h"

capture_t *capture_new(wmem_allocator_t *scope, const key_ring_t *keys)
{
    capture_t *capture = wmem_new0(scope, capture_t);

    capture->scope = scope;
    clock_init(&capture->clock);
    hosts_init(&capture->hosts, scope);
    terminals_init(&capture->terminals, scope);
    procedures_init(&capture->procedures, scope, &capture->terminals);
    ltkms_init(&capture->ltkms, scope);
    proofs_init(&capture->proofs, scope, keys);
    capture->texts = wmem_map_new(scope, wmem_str_hash, g_str_equal);
    return capture;
}

void capture_wipe(capture_t *capture)
{
    proofs_wipe(&capture->proofs);
}

bool capture_has_begun(const capture_t *capture)
{
    return ltkms_any(&capture->ltkms) || terminals_any(&capture->terminals);
}

/* ---- messages --------------------------------------------------------------------------------------- */

/* Another version of MIKEY may mean anything. */
static bool is_trackable(const mikey_message_t *message)
{
    return message->has_header && message->version == MIKEY_VERSION && mikey_is_ours(message->data_type);
}

static const host_name_t *host_of(hosts_t *hosts, const mikey_message_t *message)
{
    mikey_range_t data = message->idi ? message->idi->id.data : (mikey_range_t){ 0, 0 };
    naf_host_t host = naf_host_find(message->bytes + data.offset, data.length);

    return host.length
               ? host_name_get(hosts, (const char *)message->bytes + data.offset + host.offset, host.length)
               : NULL;
}

/* The two ends of a message's way. */
typedef struct {
    const terminal_t *terminal;
    const net_address_t *terminal_side;
    const net_address_t *other_side;
} ends_t;

static ends_t ends_of(const moment_t *moment, bool from_terminal)
{
    return from_terminal ? (ends_t){ NULL, &moment->source, &moment->destination }
                         : (ends_t){ NULL, &moment->destination, &moment->source };
}

/* |tracked| says already how the message came. */
static void add_message(capture_t *capture, const moment_t *moment, const mikey_message_t *message,
                        const ends_t *ends, tracked_message_t *tracked)
{
    ltkm_identify(tracked, message);
    tracked->frame = moment->frame;
    tracked->time = moment->time;
    tracked->terminal_hash = net_address_hash(ends->terminal_side);
    tracked->other_hash = net_address_hash(ends->other_side);
    tracked->registration_seen = capture->terminals.any_registered;
    tracked->terminal = ends->terminal;
    tracked->delivery = ends->terminal ? terminal_delivery(ends->terminal) : NULL;
    if (ltkm_is_ltkm(tracked)) {
        tracked->host = host_of(&capture->hosts, message);
    }
    if (tracked->kind == MIKEY_KIND_VERIFICATION && message->idr) {
        tracked->idr_is_known = terminals_know(
            &capture->terminals, message->bytes + message->idr->id.data.offset, message->idr->id.data.length);
    }
    ltkms_add(&capture->ltkms, tracked);
    proofs_add(&capture->proofs, tracked, message);
}

static const terminal_t *find_terminal(const capture_t *capture, const net_address_t *address,
                                       const mikey_message_t *message, ltkm_transport_t transport)
{
    mikey_range_t idr =
        message->idr && transport == LTKM_TRANSPORT_UDP ? message->idr->id.data : (mikey_range_t){ 0, 0 };

    return terminal_of_address(&capture->terminals, address, message->bytes + idr.offset, idr.length);
}

tracked_message_t *capture_add_message(capture_t *capture, const moment_t *moment,
                                       const mikey_message_t *message, ltkm_origin_t origin)
{
    bool whole_body = origin.transport == LTKM_TRANSPORT_HTTP;
    ends_t ends = ends_of(moment, origin.from_terminal);
    tracked_message_t *tracked;

    if (!is_trackable(message)) {
        return NULL;
    }
    ends.terminal = find_terminal(capture, ends.terminal_side, message, origin.transport);
    tracked = wmem_new0(capture->scope, tracked_message_t);
    tracked->transport = (uint8_t)origin.transport;
    tracked->whole_body = whole_body;
    tracked->index = whole_body;
    add_message(capture, moment, message, &ends, tracked);
    return tracked;
}

/* ---- bodies ----------------------------------------------------------------------------------------- */

bool body_is_request(http_role_t role, const mbms_body_t *body)
{
    return role == HTTP_ROLE_UNKNOWN ? mbms_is_request(body->message) : role == HTTP_REQUEST_BODY;
}

static uint32_t count_ltkms(const mbms_body_t *body, const body_context_t *context)
{
    return body->content && !context->without_ltkms ? MIN(body->content->n_ltkms, BCAST_MAX_LTKMS) : 0;
}

static void add_ltkms(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                      tracked_body_t *tracked)
{
    ends_t ends = ends_of(moment, tracked->is_request);

    ends.terminal = tracked->procedure->terminal;
    for (const bcast_ltkm_t *ltkm = tracked->n_ltkms ? body->content->ltkms : NULL; ltkm; ltkm = ltkm->next) {
        tracked_message_t *message = &tracked->ltkms[ltkm->index - 1];
        bool cut = ltkm->element->recovered && moment->cut; /* by the capture, not by the sender */

        if (ltkm->message && is_trackable(ltkm->message) && !cut) {
            message->transport = LTKM_TRANSPORT_HTTP;
            message->index = ltkm->index;
            add_message(capture, moment, ltkm->message, &ends, message);
        }
    }
}

static void open_request(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                         const body_context_t *context, bool complete, tracked_body_t *tracked)
{
    tracked->procedure =
        procedure_start(&capture->procedures, moment, tracked->message, context->btid, context->connection);
    if (complete) {
        tracked->procedure->asked = request_read(capture->scope, body);
    }
}

static void answer_request(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                           const body_context_t *context, bool complete, tracked_body_t *tracked)
{
    tracked->procedure =
        procedure_answer(&capture->procedures, moment, context->exchange, context->connection);
    if (tracked->message == MBMS_REGISTRATION_RESPONSE) {
        tracked->message = mbms_response_to(body->xml, tracked->procedure->request);
    }
    procedure_settle(&capture->procedures, tracked->procedure, tracked->message, body, complete);
}

tracked_body_t *capture_add_body(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                                 const body_context_t *context)
{
    uint32_t n_ltkms = count_ltkms(body, context);
    bool complete = mbms_body_is_complete(body) && !context->truncated;
    tracked_body_t *tracked =
        wmem_alloc0(capture->scope, sizeof *tracked + n_ltkms * sizeof tracked->ltkms[0]);

    if (body->content && body->content->n_ltkms > BCAST_MAX_LTKMS) {
        capture->lacks_ltkms = true;
    }
    tracked->message = body->message;
    tracked->is_request = body_is_request(context->role, body);
    tracked->n_ltkms = n_ltkms;
    if (tracked->is_request) {
        open_request(capture, moment, body, context, complete, tracked);
    } else {
        answer_request(capture, moment, body, context, complete, tracked);
    }
    add_ltkms(capture, moment, body, tracked);
    return tracked;
}

ltkm_t ltkm_of_body(const tracked_body_t *body, const bcast_ltkm_t *ltkm)
{
    const tracked_message_t *tracked =
        body && ltkm->index <= body->n_ltkms ? &body->ltkms[ltkm->index - 1] : NULL;

    return (ltkm_t){
        .message = ltkm->message,
        .tracked = tracked && tracked->frame ? tracked : NULL,
        .terminal = body ? body->procedure->terminal : NULL,
        .transport = LTKM_TRANSPORT_HTTP,
        .index = ltkm->index,
    };
}
