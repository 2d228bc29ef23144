/* capture.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/capture.h"

#include <string.h>

#include "mikey/identifiers.h"
#include "tracking/promises.h"
#include "tracking/quotes.h"

capture_t *capture_new(wmem_allocator_t *scope, const key_ring_t *keys)
{
    capture_t *capture = wmem_new0(scope, capture_t);

    capture->scope = scope;
    capture->store = store_in(scope);
    clock_init(&capture->clock);
    hosts_init(&capture->hosts, scope);
    terminals_init(&capture->terminals, scope);
    capture->terminals.budget = &capture->budget;
    procedures_init(&capture->procedures, scope, &capture->terminals);
    ltkms_init(&capture->ltkms, scope);
    card_keys_init(&capture->cards, scope, &keys->of[KEYS_OF_CARDS], &capture->budget);
    proofs_init(&capture->proofs, scope, keys, &capture->cards);
    digests_init(&capture->digests, scope, &keys->of[KEYS_OF_DIGESTS], &capture->cards, &capture->budget);
    fates_init(&capture->fates, scope, &capture->budget);
    awaiting_init(&capture->awaiting, scope, &capture->budget);
    sightings_init(&capture->sightings, scope);
    capture->pulls = wmem_map_new(scope, g_direct_hash, g_direct_equal);
    capture->unreachable = wmem_map_new(scope, g_direct_hash, g_direct_equal);
    capture->texts = wmem_map_new(scope, wmem_str_hash, g_str_equal);
    capture->segments = wmem_map_new(scope, g_direct_hash, g_direct_equal);
    return capture;
}

void capture_wipe(capture_t *capture)
{
    card_keys_wipe(&capture->cards);
    proofs_wipe(&capture->proofs);
    digests_wipe(&capture->digests);
}

bool capture_has_begun(const capture_t *capture)
{
    return ltkms_any(&capture->ltkms) || terminals_any(&capture->terminals);
}

/* ---- outcomes --------------------------------------------------------------------------------------- */

outcome_t capture_outcome(const capture_t *capture, const procedure_t *procedure)
{
    if (procedure->response_frame) {
        return procedure->outcome;
    }
    return procedure_lacks_response(&capture->procedures, procedure) && !capture->clock.lacks_headers &&
                   clock_left(&capture->clock, procedure->request_time, CAPTURE_PATIENCE, NULL) >=
                       CAPTURE_PATIENCE
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
    uint16_t terminal_port, other_port;
    const host_name_t *bsm; /* NULL: not known but by what a message says */
} ends_t;

static ends_t ends_of(const moment_t *moment, bool from_terminal)
{
    return from_terminal ? (ends_t){ NULL,
                                     &moment->source,
                                     &moment->destination,
                                     moment->source_port,
                                     moment->destination_port,
                                     NULL }
                         : (ends_t){ NULL,
                                     &moment->destination,
                                     &moment->source,
                                     moment->destination_port,
                                     moment->source_port,
                                     NULL };
}

/* What would show an answer: datagrams of the terminal, and verification messages of any at the BSM. */
static void watch(capture_t *capture, const tracked_message_t *tracked)
{
    const tracked_message_t *peer = ltkm_peer(tracked);

    if (tracked->kind == MIKEY_KIND_VERIFICATION) {
        if (peer && peer->host) {
            host_set_answered(&capture->hosts, peer->host, tracked->frame);
        }
    } else if (tracked->v_flag) {
        sightings_watch(&capture->sightings, tracked->terminal_hash, false);
    }
}

/* Whom IDr names: mostly the one it came to or from. */
static const terminal_t *terminal_named(const capture_t *capture, const mikey_message_t *message,
                                        const terminal_t *end)
{
    mikey_range_t idr = message->idr ? message->idr->id.data : (mikey_range_t){ 0, 0 };

    return terminal_of_idr(&capture->terminals, end, message->bytes + idr.offset, idr.length);
}

static uint16_t mix_ports(uint16_t terminal_port, uint16_t other_port)
{
    return (uint16_t)(31 * terminal_port + other_port);
}

static void decide_fate(capture_t *capture, const moment_t *moment, const mikey_message_t *message,
                        const terminal_t *idr, tracked_message_t *tracked)
{
    bool initiated = tracked->kind != MIKEY_KIND_VERIFICATION;
    const ltkm_proof_t *proof = initiated ? proof_of(&capture->proofs, tracked) : NULL;
    fate_facts_t facts = {
        .mac = proof ? proof->mac : MIKEY_MAC_UNVERIFIED,
        .plain = proof ? proof->plain : NULL,
        .plain_length = proof ? proof->plain_length : 0,
        .cut = moment->cut,
        .idr = idr,
    };

    fates_add(&capture->fates, tracked, message, &facts);
}

/* |tracked| says already how the message came. */
static void add_message(capture_t *capture, const moment_t *moment, const mikey_message_t *message,
                        const ends_t *ends, tracked_message_t *tracked)
{
    const terminal_t *idr;

    ltkm_identify(tracked, message);
    tracked->frame = moment->frame;
    tracked->time = moment->time;
    tracked->terminal_hash = net_address_hash(ends->terminal_side);
    tracked->other_hash = net_address_hash(ends->other_side);
    tracked->ports = mix_ports(ends->terminal_port, ends->other_port);
    tracked->registration_seen = capture->terminals.any_registered;
    tracked->lacks_t = moment->cut && !message->t;
    tracked->terminal = ends->terminal;
    if (message->kind != MIKEY_KIND_VERIFICATION && ltkm_is_paired(tracked)) {
        tracked->host = host_of(&capture->hosts, message);
    }
    if (ends->terminal) {
        const terminal_t *newest = terminal_newest(ends->terminal);

        tracked->delivery = terminal_delivery(newest, ends->bsm ? ends->bsm : tracked->host);
        tracked->unregistered = terminal_is_unregistered(newest, tracked->delivery);
        tracked->while_asking = newest->asking_frame != 0;
    }
    idr = terminal_named(capture, message, ends->terminal);
    tracked->idr_is_known = tracked->kind == MIKEY_KIND_VERIFICATION && idr;
    ltkms_add(&capture->ltkms, tracked);
    if (tracked->kind == MIKEY_KIND_VERIFICATION && tracked->link && !tracked->is_copy) {
        fates_verified(&capture->fates, tracked->link);
    }
    watch(capture, tracked);
    proofs_add(&capture->proofs, tracked, message);
    decide_fate(capture, moment, message, idr, tracked);
    await_by_message(capture, moment, idr, tracked);
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
    tracked = store_new0(&capture->store, tracked_message_t);
    tracked->transport = (uint8_t)origin.transport;
    tracked->whole_body = whole_body;
    tracked->index = whole_body;
    add_message(capture, moment, message, &ends, tracked);
    return tracked;
}

const tracked_message_t *capture_add_quote(capture_t *capture, const moment_t *moment,
                                           const mikey_message_t *message)
{
    tracked_message_t quote = { 0 };
    const tracked_message_t *sent;
    ends_t ends;

    if (!is_trackable(message)) {
        return NULL;
    }
    ltkm_identify(&quote, message);
    ends = ends_of(moment, quote.kind == MIKEY_KIND_VERIFICATION);
    quote.terminal_hash = net_address_hash(ends.terminal_side);
    quote.other_hash = net_address_hash(ends.other_side);
    quote.ports = mix_ports(ends.terminal_port, ends.other_port);
    sent = quotes_find(&capture->ltkms, &quote);
    if (sent && !wmem_map_contains(capture->unreachable, sent)) {
        wmem_map_insert(capture->unreachable, sent, GUINT_TO_POINTER(moment->frame));
    }
    return sent;
}

uint32_t capture_unreachable_in(const capture_t *capture, const tracked_message_t *message)
{
    return GPOINTER_TO_UINT(wmem_map_lookup(capture->unreachable, message));
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
            message->index = (uint16_t)ltkm->index; /* of BCAST_MAX_LTKMS */
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
        store_alloc0(&capture->store, sizeof *tracked + n_ltkms * sizeof tracked->ltkms[0]);

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
        await_by_request(capture, moment, tracked);
    } else {
        answer_request(capture, moment, body, context, complete, tracked);
        if (complete && !cut && !context->without_ltkms) {
            await_by_response(capture, moment, body, tracked);
        }
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
