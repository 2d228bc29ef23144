/* capture.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/capture.h"

#include <string.h>

#include "mikey/identifiers.h"

capture_t *capture_new(wmem_allocator_t *scope, const key_ring_t *keys)
{
    capture_t *capture = wmem_new0(scope, capture_t);

    capture->scope = scope;
    clock_init(&capture->clock);
    hosts_init(&capture->hosts, scope);
    terminals_init(&capture->terminals, scope);
    capture->terminals.budget = &capture->budget;
    procedures_init(&capture->procedures, scope, &capture->terminals);
    ltkms_init(&capture->ltkms, scope);
    proofs_init(&capture->proofs, scope, keys);
    capture->datagrams = wmem_map_new(scope, g_direct_hash, g_direct_equal);
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

/* ---- outcomes --------------------------------------------------------------------------------------- */

/* Seconds without a response before it is said that there is none. */
enum { PATIENCE = 10 };

outcome_t capture_outcome(const capture_t *capture, const procedure_t *procedure)
{
    if (procedure->response_frame) {
        return procedure->outcome;
    }
    return procedure_lacks_response(&capture->procedures, procedure) && !capture->clock.lacks_headers &&
                   clock_left(&capture->clock, procedure->request_time) >= PATIENCE
               ? OUTCOME_NO_RESPONSE
               : OUTCOME_UNKNOWN;
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
    const host_name_t *bsm; /* NULL: not known but by what a message says */
} ends_t;

static ends_t ends_of(const moment_t *moment, bool from_terminal)
{
    return from_terminal ? (ends_t){ NULL, &moment->source, &moment->destination, NULL }
                         : (ends_t){ NULL, &moment->destination, &moment->source, NULL };
}

/* What would show an answer: datagrams of the terminal, and verification messages of any at the BSM. */
static void watch(capture_t *capture, const tracked_message_t *tracked)
{
    const tracked_message_t *peer = ltkm_peer(tracked);

    if (tracked->kind == MIKEY_KIND_VERIFICATION) {
        if (peer && peer->host) {
            host_set_answered(&capture->hosts, peer->host, tracked->frame);
        }
    } else if (tracked->v_flag && tracked->terminal_hash &&
               !wmem_map_contains(capture->datagrams, GUINT_TO_POINTER(tracked->terminal_hash))) {
        wmem_map_insert(capture->datagrams, GUINT_TO_POINTER(tracked->terminal_hash), NULL);
    }
}

void capture_add_datagram(capture_t *capture, const net_address_t *source, uint32_t frame)
{
    gpointer terminal = GUINT_TO_POINTER(net_address_hash(source));

    if (wmem_map_contains(capture->datagrams, terminal)) {
        wmem_map_insert(capture->datagrams, terminal, GUINT_TO_POINTER(frame));
    }
}

bool capture_watches(const capture_t *capture)
{
    return wmem_map_size(capture->datagrams) > 0;
}

bool capture_shows_answers(const capture_t *capture, const tracked_message_t *ltkm)
{
    gpointer frame = wmem_map_lookup(capture->datagrams, GUINT_TO_POINTER(ltkm->terminal_hash));

    return GPOINTER_TO_UINT(frame) > ltkm->frame || (ltkm->host && ltkm->host->answered_in > ltkm->frame);
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
    tracked->lacks_t = moment->cut && !message->t;
    tracked->terminal = ends->terminal;
    if (message->kind != MIKEY_KIND_VERIFICATION && ltkm_is_paired(tracked)) {
        tracked->host = host_of(&capture->hosts, message);
    }
    if (ends->terminal) {
        tracked->delivery =
            terminal_delivery(terminal_newest(ends->terminal), ends->bsm ? ends->bsm : tracked->host);
    }
    if (tracked->kind == MIKEY_KIND_VERIFICATION && message->idr) {
        tracked->idr_is_known = terminals_know(
            &capture->terminals, message->bytes + message->idr->id.data.offset, message->idr->id.data.length);
    }
    ltkms_add(&capture->ltkms, tracked);
    watch(capture, tracked);
    proofs_add(&capture->proofs, tracked, message);
}

/* Whose message it is: IDr says it, else the address. */
static terminal_t *find_terminal(capture_t *capture, const net_address_t *address,
                                 const mikey_message_t *message)
{
    mikey_range_t idr = message->idr ? message->idr->id.data : (mikey_range_t){ 0, 0 };
    bool makes_known = message->kind == MIKEY_KIND_VERIFICATION || message->kind == MIKEY_KIND_LTKM ||
                       message->kind == MIKEY_KIND_LTKM_WITHOUT_KEY;

    return makes_known
               ? terminal_of_message(&capture->terminals, address, message->bytes + idr.offset, idr.length)
               : terminal_of_address(&capture->terminals, address, message->bytes + idr.offset, idr.length);
}

tracked_message_t *capture_add_message(capture_t *capture, const moment_t *moment,
                                       const mikey_message_t *message, ltkm_origin_t origin)
{
    bool whole_body = origin.transport == LTKM_TRANSPORT_HTTP;
    ends_t ends = ends_of(moment, origin.from_terminal);
    tracked_message_t *tracked;
    terminal_t *terminal;

    if (!is_trackable(message)) {
        return NULL;
    }
    terminal = find_terminal(capture, ends.terminal_side, message);
    if (terminal && message->kind == MIKEY_KIND_VERIFICATION) {
        terminal_is_used(terminal, moment->frame);
    }
    ends.terminal = terminal;
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

static bool is_kept(const bcast_ltkm_t *ltkm, const moment_t *moment)
{
    bool cut = ltkm->element->recovered && moment->cut; /* by the capture, not by the sender */

    return ltkm->message && is_trackable(ltkm->message) && !cut;
}

/* What is remembered of an LTKM, by keys and hosts too; about. */
static size_t cost_of(const bcast_ltkm_t *ltkm)
{
    return 2 * sizeof(tracked_message_t) + ltkm->message->length;
}

/* LTKMs up to the last that is to be remembered; of those beyond the budget none is. */
static uint32_t count_ltkms(capture_t *capture, const moment_t *moment, const mbms_body_t *body, bool *cut)
{
    uint32_t n = 0;

    for (const bcast_ltkm_t *ltkm = body->content ? body->content->ltkms : NULL; ltkm; ltkm = ltkm->next) {
        if (is_kept(ltkm, moment)) {
            size_t passed_over = (ltkm->index - 1 - n) * sizeof(tracked_message_t);

            if (!budget_take(&capture->budget, cost_of(ltkm) + passed_over)) {
                *cut = true;
                break;
            }
            n = ltkm->index;
        }
    }
    return n;
}

static void add_ltkms(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                      tracked_body_t *tracked)
{
    ends_t ends = ends_of(moment, tracked->is_request);

    ends.terminal = tracked->procedure->terminal;
    ends.bsm = tracked->procedure->bsm;
    for (const bcast_ltkm_t *ltkm = tracked->n_ltkms ? body->content->ltkms : NULL;
         ltkm && ltkm->index <= tracked->n_ltkms; ltkm = ltkm->next) {
        tracked_message_t *message = &tracked->ltkms[ltkm->index - 1];

        if (is_kept(ltkm, moment)) {
            message->transport = LTKM_TRANSPORT_HTTP;
            message->index = ltkm->index;
            add_message(capture, moment, ltkm->message, &ends, message);
        }
    }
}

static void open_request(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                         const body_context_t *context, bool complete, tracked_body_t *tracked)
{
    http_request_t http = { context->btid, context->credentials, context->answers_challenge,
                            context->visible };

    tracked->procedure =
        procedure_start(&capture->procedures, moment, tracked->message, &http, context->connection);
    if (context->server) {
        tracked->procedure->bsm = host_name_get(&capture->hosts, context->server, strlen(context->server));
    } else if (!context->connection->server) {
        context->connection->server =
            wmem_memdup(capture->scope, &moment->destination, sizeof moment->destination);
    }
    if (complete && budget_take(&capture->budget, 2 * body->text.length)) {
        procedure_ask(&capture->procedures, tracked->procedure, request_read(capture->scope, body));
    } else if (complete) {
        tracked->cut = true;
    }
}

/* The request, or what its URI says where it was not decoded. */
static mbms_message_t asked_for(const procedure_t *procedure, const body_context_t *context)
{
    return procedure->request == MBMS_NONE && context->asked_for_deregistration ? MBMS_DEREGISTRATION_REQUEST
                                                                                : procedure->request;
}

static void answer_request(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                           const body_context_t *context, bool complete, tracked_body_t *tracked)
{
    http_exchange_t exchange = context->exchange;

    exchange.message = tracked->message;
    tracked->procedure = procedure_answer(&capture->procedures, moment, exchange, context->connection);
    if (tracked->message == MBMS_REGISTRATION_RESPONSE) {
        tracked->message = mbms_response_to(body->xml, asked_for(tracked->procedure, context));
    }
    procedure_end(tracked->procedure, body, complete);
    procedure_settle(&capture->procedures, tracked->procedure, tracked->message, body,
                     complete && !context->without_bcast);
}

tracked_body_t *capture_add_body(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                                 const body_context_t *context)
{
    bool cut = false;
    uint32_t n_ltkms = context->without_ltkms ? 0 : count_ltkms(capture, moment, body, &cut);
    bool complete = mbms_body_is_complete(body) && !context->truncated;
    tracked_body_t *tracked =
        wmem_alloc0(capture->scope, sizeof *tracked + n_ltkms * sizeof tracked->ltkms[0]);

    if (cut || context->without_ltkms || (body->content && body->content->n_ltkms > BCAST_MAX_LTKMS)) {
        capture->lacks_ltkms = true;
    }
    tracked->cut = cut;
    tracked->message = body->message;
    tracked->is_request = body_is_request(context->role, body);
    tracked->in_multipart = context->in_multipart;
    tracked->without_ltkms = context->without_ltkms;
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
