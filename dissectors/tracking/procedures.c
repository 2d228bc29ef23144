/* procedures.c
 * On a connection of HTTP/1 responses come in the order of the requests: see pipeline.h. Where streams are
 * interleaved (HTTP/2) a response answers the request that is open on its connection if that is the only one:
 * among several any choice would be a guess, and rules would be judged by it. A request that is never
 * answered stays open there: from then on nothing is certain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/procedures.h"

#include "tracking/registrations.h"

void procedures_init(procedures_t *procedures, wmem_allocator_t *scope, terminals_t *terminals)
{
    procedures->store = store_in(scope);
    procedures->scope = scope;
    procedures->terminals = terminals;
    procedures->by_request = wmem_map_new(scope, g_direct_hash, g_direct_equal);
    procedures->credentials = wmem_map_new(scope, g_direct_hash, g_direct_equal);
}

static procedure_t *find_by_frame(const procedures_t *procedures, uint32_t frame)
{
    return wmem_map_lookup(procedures->by_request, GUINT_TO_POINTER(frame));
}

/* Of several requests in one frame none can be told by its number. */
static void index_request(procedures_t *procedures, procedure_t *procedure)
{
    procedure_t *other = find_by_frame(procedures, procedure->request_frame);

    if (other) {
        other->shares_frame = procedure->shares_frame = true;
    } else {
        wmem_map_insert(procedures->by_request, GUINT_TO_POINTER(procedure->request_frame), procedure);
    }
}

/* A digest response is good once: the same credentials again are the same request, seen at another place. */
static bool is_copy(procedures_t *procedures, const char *credentials)
{
    void *digest = (void *)(uintptr_t)text_digest(credentials);

    if (wmem_map_contains(procedures->credentials, digest)) {
        return true;
    }
    wmem_map_insert(procedures->credentials, digest, NULL);
    return false;
}

/* Requests without a B-TID are those of the terminal that the connection shows later: it was asked for it. */
static void name_terminal(procedure_t *procedure, procedure_connection_t *connection)
{
    terminal_t *terminal = procedure->terminal;

    if (!procedure->named) {
        procedure->unnamed = connection->unnamed;
        connection->unnamed = procedure;
        return;
    }
    while (connection->unnamed) {
        procedure_t *before = connection->unnamed;

        before->terminal = terminal;
        terminal->first_frame = MIN(terminal->first_frame, before->request_frame);
        connection->unnamed = before->unnamed;
    }
    if (connection->named && connection->named != terminal &&
        terminal->first_frame > connection->named->latest_frame) {
        terminal->suspect = connection->named;
    }
    connection->named = terminal;
}

static void find_terminal(procedures_t *procedures, procedure_t *procedure, const moment_t *moment,
                          const char *btid)
{
    terminal_t *terminal = terminal_of_request(procedures->terminals, btid, &moment->source);

    if (!terminal->first_frame) {
        terminal->first_frame = moment->frame;
    }
    terminal_is_used(terminal, moment->frame);
    procedure->terminal = terminal;
    procedure->named = btid != NULL;
    name_terminal(procedure, procedure->connection);
}

/* It was answered before its end was seen. */
static void end_early(procedure_t *procedure, const pipeline_early_t *early)
{
    response_facts_t facts = { .status = early->status,
                               .in_capture = true,
                               .credentials = procedure->credentials };

    procedure->response_frame = early->frame;
    procedure->response_time = early->time;
    procedure->status = early->status;
    procedure->outcome = (uint8_t)outcome_of(&facts);
}

procedure_t *procedure_start(procedures_t *procedures, const moment_t *moment, mbms_message_t request,
                             const http_request_t *http, procedure_connection_t *connection)
{
    procedure_t *procedure = store_new0(&procedures->store, procedure_t);
    pipeline_early_t early;

    procedure->request = request;
    procedure->request_frame = moment->frame;
    procedure->request_time = moment->time;
    procedure->connection = connection;
    procedure->credentials = http->credentials && http->answers_challenge;
    procedure->visible = (uint8_t)http->visible;
    procedure->outcome = OUTCOME_UNKNOWN;
    find_terminal(procedures, procedure, moment, http->btid);
    procedure->is_copy = procedure->credentials && is_copy(procedures, http->credentials);
    procedure->open =
        pipeline_ask(&connection->pipeline, procedures->scope, &moment->place, procedure, &early);
    if (early.status == 401 || early.status == 407) {
        end_early(procedure, &early);
    } else {
        index_request(procedures, procedure);
        if (request == MBMS_REGISTRATION_REQUEST && !procedure->is_copy) {
            terminal_asks(procedure->terminal, moment->frame);
        }
    }
    return procedure;
}

void procedure_ask(procedures_t *procedures, procedure_t *procedure, request_t *asked)
{
    procedure->asked = asked;
    terminal_link(procedures->terminals, procedure->terminal, asked->services, asked->n_services);
    if (procedure->is_copy) {
        return;
    }
    procedure->repeat = repeat_of(&procedures->store, procedure->terminal, procedure->request, asked);
    if (procedure->repeat) {
        procedure->n_before = procedure->repeat->n_answered;
        procedure->frame_before = procedure->repeat->frame;
    }
}

void procedure_pass_request(procedures_t *procedures, const moment_t *moment,
                            procedure_connection_t *connection)
{
    pipeline_early_t early;

    (void)pipeline_ask(&connection->pipeline, procedures->scope, &moment->place, NULL, &early);
}

void procedure_pass_response(procedure_connection_t *connection)
{
    pipeline_answer_unclear(&connection->pipeline);
}

/* A registration response has the same root as one to a deregistration. */
static bool fits(const void *owner, const void *response)
{
    const procedure_t *procedure = owner;
    mbms_message_t message = *(const mbms_message_t *)response;

    return message == MBMS_NONE || (procedure->request == MBMS_MSK_REQUEST) == (message == MBMS_MSK_RESPONSE);
}

static procedure_t *next_in_order(const procedures_t *procedures, const moment_t *moment,
                                  const http_exchange_t *exchange, procedure_connection_t *connection)
{
    procedure_t *procedure = pipeline_answer(&connection->pipeline, procedures->scope, &moment->place,
                                             &(pipeline_response_t){ .frame = moment->frame,
                                                                     .status = exchange->status,
                                                                     .time = moment->time,
                                                                     .fits = fits,
                                                                     .response = &exchange->message });

    if (procedure) {
        procedure->open = NULL;
    }
    return procedure;
}

/* The open procedure that a response answers, NULL if none or if that is not certain. */
static procedure_t *find_open(const procedures_t *procedures, const moment_t *moment,
                              const http_exchange_t *exchange, procedure_connection_t *connection)
{
    procedure_t *procedure = NULL;

    if (exchange->in_order && connection) {
        procedure = next_in_order(procedures, moment, exchange, connection);
    } else if (exchange->request_frame) {
        procedure = find_by_frame(procedures, exchange->request_frame);
    } else if (connection && connection->pipeline.n_open == 1) {
        return connection->pipeline.first->owner;
    }
    return procedure && !procedure->shares_frame ? procedure : NULL;
}

static void end_procedure(procedures_t *procedures, procedure_t *procedure, const moment_t *moment,
                          const http_exchange_t *exchange)
{
    procedure->response_frame = moment->frame;
    procedure->response_time = moment->time;
    procedure->status = exchange->status;
    procedure->stale = exchange->stale;
    procedures->any_answered = procedures->any_answered || procedure->request_frame;
    if (procedure->request_frame) {
        terminal_is_answered(procedure->terminal, procedure->request_frame);
    }
    if (procedure->open) {
        pipeline_remove(&procedure->connection->pipeline, procedures->scope, procedure->open);
        procedure->open = NULL;
    }
    if (find_by_frame(procedures, procedure->request_frame) == procedure) {
        wmem_map_remove(procedures->by_request, GUINT_TO_POINTER(procedure->request_frame));
    }
}

/* The procedure of a response whose request is not in the capture. */
static procedure_t *new_orphan(procedures_t *procedures, const moment_t *moment)
{
    procedure_t *procedure = store_new0(&procedures->store, procedure_t);
    terminal_t *terminal = terminal_of_address(procedures->terminals, &moment->destination, NULL, 0);

    procedure->terminal =
        terminal ? terminal : terminal_of_request(procedures->terminals, NULL, &moment->destination);
    procedure->outcome = OUTCOME_UNKNOWN;
    return procedure;
}

procedure_t *procedure_answer(procedures_t *procedures, const moment_t *moment, http_exchange_t exchange,
                              procedure_connection_t *connection)
{
    procedure_t *procedure = find_open(procedures, moment, &exchange, connection);

    if (!procedure) {
        procedure = new_orphan(procedures, moment);
        if (connection) {
            connection->orphan_frame = moment->frame;
        }
    }
    end_procedure(procedures, procedure, moment, &exchange);
    return procedure;
}

procedure_t *procedure_answer_bare(procedures_t *procedures, const moment_t *moment, http_exchange_t exchange,
                                   procedure_connection_t *connection)
{
    procedure_t *procedure;

    if (exchange.status / 100 == 1) {
        if (connection) {
            pipeline_pass(&connection->pipeline, &moment->place);
        }
        return NULL;
    }
    procedure = find_open(procedures, moment, &exchange, connection);
    if (procedure) {
        end_procedure(procedures, procedure, moment, &exchange);
        procedure_end(procedure, NULL, false);
        procedure_settle(procedures, procedure, MBMS_NONE, NULL, false);
        procedure_close(procedures, procedure);
    }
    return procedure;
}

void procedure_close(procedures_t *procedures, procedure_t *procedure)
{
    request_free(procedures->scope, procedure->asked);
    procedure->asked = NULL;
}

bool procedure_took_time(const procedure_t *procedure)
{
    return procedure->request_frame && procedure->response_frame &&
           procedure->response_time >= procedure->request_time;
}

bool procedure_counts(const procedure_t *procedure)
{
    return procedure->status != 401 && procedure->status != 407;
}

/* ---- outcome ---------------------------------------------------------------------------------------- */

void procedure_end(procedure_t *procedure, const mbms_body_t *body, bool complete)
{
    response_facts_t facts = {
        .status = procedure->status,
        .in_capture = procedure->request_frame != 0,
        .credentials = procedure->credentials,
        .stale = procedure->stale,
        .decoded = complete,
        .has_document = body && body->document,
    };

    if (facts.has_document) {
        facts.entries = count_entries(body->document);
    }
    procedure->outcome = (uint8_t)outcome_of(&facts);
}

/* A request may have been dropped from the pipeline where bytes are missing from the capture. */
static bool is_waiting(const procedure_t *procedure)
{
    const pipeline_t *pipeline = &procedure->connection->pipeline;
    const pipeline_request_t *request = pipeline->lost || pipeline->n_unclear > 0 ? NULL : pipeline->first;

    while (request && request->owner != procedure) {
        request = request->behind;
    }
    return request != NULL;
}

bool procedure_lacks_response(const procedures_t *procedures, const procedure_t *procedure)
{
    bool visible = procedure->visible == RESPONSE_VISIBLE ||
                   (procedure->visible == RESPONSE_PERHAPS_VISIBLE && procedures->any_answered);

    return visible && procedure->request_frame && !procedure->response_frame && !procedure->is_copy &&
           !procedure->shares_frame && procedure->connection->orphan_frame < procedure->request_frame &&
           is_waiting(procedure);
}

/* ---- what was settled ------------------------------------------------------------------------------- */

enum { MECHANISMS = 0x07 }; /* UDP, SMS and HTTP: those whose use can be told */

static delivery_list_t read_grant(const bcast_content_t *content)
{
    const bcast_container_t *container = bcast_grant(content);
    delivery_list_t grant = { false, 0 };

    if (!container) {
        return grant;
    }
    for (EACH_DELIVERY(delivery, container)) {
        grant.listed = true;
        for (EACH_TYPE(item, delivery)) {
            if (item->type.valid && item->type.value <= BCAST_DELIVERY_HTTP) {
                grant.mechanisms |= (uint8_t)(1u << item->type.value);
            }
        }
    }
    return grant;
}

/* A container with something other than a list of mechanisms in it, as networks in the field have it, may say
 * there what is granted. */
static bool grant_is_told_otherwise(const bcast_content_t *content)
{
    const bcast_container_t *container = bcast_grant(content);

    return container && !container->deliveries && container->element->first_child;
}

/* |content| NULL: what is granted can't be seen. */
static void settle_registration(procedures_t *procedures, procedure_t *procedure,
                                const bcast_content_t *content)
{
    delivery_state_t *state = store_new0(&procedures->store, delivery_state_t);

    state->frame = procedure->response_frame;
    state->bsm = procedure->bsm;
    state->offer =
        (delivery_list_t){ procedure->asked->offer_listed, procedure->asked->offer[0] & MECHANISMS };
    state->refused = procedure->status == 403;
    state->had_services = terminal_has_services(procedure->terminal, procedure->bsm);
    if (content && !state->refused && !grant_is_told_otherwise(content)) {
        state->grant = read_grant(content);
    } else if (!state->refused) { /* nothing is judged by it */
        state->refused = state->had_services = true;
    }
    terminal_register(procedures->terminals, procedure->terminal, state);
}

/* What was offered and granted before is so no more, and what is now is not known: the request is not in the
 * capture, nor is whose BSM it is. */
static void settle_orphan(procedures_t *procedures, procedure_t *procedure)
{
    delivery_state_t *state = store_new0(&procedures->store, delivery_state_t);

    state->frame = procedure->response_frame;
    state->refused = state->had_services = true; /* nothing is judged by it */
    terminal_forget_deliveries(procedure->terminal, state);
    terminal_register(procedures->terminals, procedure->terminal, state);
}

static void settle_services(procedures_t *procedures, const procedure_t *procedure, mbms_message_t message,
                            const mbms_document_t *document)
{
    for (const mbms_response_t *response = document->responses; response; response = response->next) {
        if (!response->services || response->code != 200) {
            continue;
        }
        if (message == MBMS_REGISTRATION_RESPONSE) {
            terminal_add_service(procedures->terminals, procedure->terminal, procedure->bsm,
                                 response->services->text);
        } else if (message == MBMS_DEREGISTRATION_RESPONSE) {
            terminal_remove_service(procedures->terminals, procedure->terminal, procedure->bsm,
                                    response->services->text);
        }
    }
}

void procedure_settle(procedures_t *procedures, procedure_t *procedure, mbms_message_t message,
                      const mbms_body_t *body, bool complete)
{
    bool success = procedure->status / 100 == 2;

    if (success && procedure->repeat) {
        repeat_count(procedure->terminal, procedure->repeat, procedure->request_frame);
    }
    if (procedure->request == MBMS_REGISTRATION_REQUEST && procedure->asked &&
        (success || procedure->status == 403)) {
        settle_registration(procedures, procedure, body && complete ? body->content : NULL);
    } else if (procedure->request == MBMS_NONE && message == MBMS_REGISTRATION_RESPONSE && success) {
        settle_orphan(procedures, procedure);
    }
    if (success && body && body->document) {
        settle_services(procedures, procedure, message, body->document);
    }
}
