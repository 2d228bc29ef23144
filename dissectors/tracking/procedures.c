/* procedures.c
 * Pairing is HTTP's, by frame number. Where there is none (HTTP/2; after a 100 Continue, which counts as the
 * response in 4.0) a response answers the request that is open on its connection if that is the only one:
 * among several any choice would be a guess, and rules would be judged by it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/procedures.h"

#include <stdlib.h>
#include <string.h>

#include <epan/conversation.h>
#include <epan/wmem_scopes.h>

/* What stands open on a connection. A request that is never answered stays open: from then on nothing is
 * certain there. */
struct procedure_connection {
    uint32_t n_open;
    procedure_t *latest;
};

static int proto;
static wmem_map_t *by_request; /* frame number -> procedure_t, as long as it has no response */
static procedure_t several;    /* in its place where the frame has more than one request */

void procedures_register(int protocol)
{
    proto = protocol;
    by_request = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
}

static struct procedure_connection *connection_of(packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    struct procedure_connection *connection = conversation_get_proto_data(conversation, proto);

    if (!connection) {
        connection = wmem_new0(wmem_file_scope(), struct procedure_connection);
        conversation_add_proto_data(conversation, proto, connection);
    }
    return connection;
}

procedure_t *procedure_start(packet_info *pinfo, mbms_message_t request, const char *btid)
{
    procedure_t *procedure = wmem_new0(wmem_file_scope(), procedure_t);
    gpointer frame = GUINT_TO_POINTER(pinfo->num);

    procedure->request = request;
    procedure->request_frame = pinfo->num;
    procedure->request_time = pinfo->abs_ts;
    procedure->terminal = terminal_of_request(btid, &pinfo->src);
    wmem_map_insert(by_request, frame, wmem_map_lookup(by_request, frame) ? &several : procedure);
    procedure->connection = connection_of(pinfo);
    procedure->connection->latest = procedure;
    procedure->connection->n_open++;
    return procedure;
}

/* The open procedure that an HTTP response answers, NULL if none or if that is not certain. */
static procedure_t *find_open(packet_info *pinfo, const http_exchange_t *exchange)
{
    const struct procedure_connection *connection = NULL;
    conversation_t *conversation;

    if (exchange && exchange->request_frame) {
        procedure_t *procedure = wmem_map_lookup(by_request, GUINT_TO_POINTER(exchange->request_frame));

        return procedure == &several ? NULL : procedure;
    }
    conversation = find_conversation_pinfo(pinfo, 0);
    if (conversation) {
        connection = conversation_get_proto_data(conversation, proto);
    }
    return connection && connection->n_open == 1 && connection->latest->response_frame == 0
               ? connection->latest
               : NULL;
}

static void close_procedure(packet_info *pinfo, procedure_t *procedure, const http_exchange_t *exchange)
{
    procedure->response_frame = pinfo->num;
    procedure->response_time = pinfo->abs_ts;
    procedure->status = exchange ? exchange->status : 0;
    if (procedure->connection) {
        procedure->connection->n_open--;
    }
    if (wmem_map_lookup(by_request, GUINT_TO_POINTER(procedure->request_frame)) == procedure) {
        wmem_map_remove(by_request, GUINT_TO_POINTER(procedure->request_frame));
    }
}

static procedure_t *orphan(packet_info *pinfo)
{
    procedure_t *procedure = wmem_new0(wmem_file_scope(), procedure_t);
    terminal_t *terminal = terminal_of_address(&pinfo->dst, NULL, 0);

    procedure->terminal = terminal ? terminal : terminal_of_request(NULL, &pinfo->dst);
    return procedure;
}

procedure_t *procedure_answer(packet_info *pinfo, const http_exchange_t *exchange)
{
    procedure_t *procedure = find_open(pinfo, exchange);

    if (!procedure) {
        procedure = orphan(pinfo);
    }
    close_procedure(pinfo, procedure, exchange);
    return procedure;
}

procedure_t *procedure_answer_without_body(packet_info *pinfo)
{
    http_exchange_t exchange;
    procedure_t *procedure;

    if (wmem_map_size(by_request) == 0 || !proto_is_frame_protocol(pinfo->layers, "http") ||
        !http_exchange_of(pinfo, &exchange) || exchange.is_request || exchange.status < 200) {
        return NULL;
    }
    procedure = find_open(pinfo, &exchange);
    if (procedure) {
        close_procedure(pinfo, procedure, &exchange);
        procedure_settle(procedure, MBMS_NONE, NULL, NULL);
        procedure_close(procedure);
    }
    return procedure;
}

bool procedure_counts(const procedure_t *procedure)
{
    return procedure->status != 401 && procedure->status != 407;
}

/* ---- what was asked for ----------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A sorted copy in file scope: one block, of the pointers and then the texts. */
static const char *const *sorted_copy(wmem_array_t *texts)
{
    uint32_t n = wmem_array_get_count(texts);
    const char *const *in = wmem_array_get_raw(texts);
    size_t size = n * sizeof *in;
    const char **copy;
    char *at;

    for (uint32_t i = 0; i < n; i++) {
        size += strlen(in[i]) + 1;
    }
    copy = wmem_alloc(wmem_file_scope(), MAX(size, 1));
    at = (char *)(copy + n);
    for (uint32_t i = 0; i < n; i++) {
        size_t length = strlen(in[i]) + 1;

        copy[i] = memcpy(at, in[i], length);
        at += length;
    }
    qsort(copy, n, sizeof *copy, compare_texts);
    return copy;
}

static void copy_offer(rule_request_t *asked, const bcast_content_t *content)
{
    for (const bcast_container_t *container = content->containers; container; container = container->next) {
        for (const bcast_delivery_t *delivery = container->deliveries; delivery; delivery = delivery->next) {
            asked->offer_listed =
                asked->offer_listed || container->kind == BCAST_REGISTRATION_REQUEST_EXTENSION;
            for (const bcast_type_t *item = delivery->types; item; item = item->next) {
                if (item->type.valid && container->kind == BCAST_REGISTRATION_REQUEST_EXTENSION) {
                    asked->offer[item->type.value / 32] |= 1u << item->type.value % 32;
                }
            }
        }
    }
}

void procedure_ask(procedure_t *procedure, const mbms_document_t *document, const bcast_content_t *content)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    wmem_array_t *services = wmem_array_new(scratch, sizeof(const char *));
    wmem_array_t *msks = wmem_array_new(scratch, sizeof(const char *));
    rule_request_t *asked = wmem_new0(wmem_file_scope(), rule_request_t);

    for (const mbms_text_t *service = document->services; service; service = service->next) {
        wmem_array_append_one(services, service->text);
    }
    for (const mbms_msk_t *msk = document->msks; msk; msk = msk->next) {
        const char *name = rule_msk_name(scratch, msk);

        if (name) {
            wmem_array_append_one(msks, name);
        }
    }
    asked->n_services = wmem_array_get_count(services);
    asked->services = sorted_copy(services);
    asked->n_msks = wmem_array_get_count(msks);
    asked->msks = sorted_copy(msks);
    copy_offer(asked, content);
    procedure->asked = asked;
    wmem_destroy_allocator(scratch);
}

void procedure_close(procedure_t *procedure)
{
    if (procedure->asked) {
        wmem_free(wmem_file_scope(), (void *)procedure->asked->services);
        wmem_free(wmem_file_scope(), (void *)procedure->asked->msks);
        wmem_free(wmem_file_scope(), procedure->asked);
        procedure->asked = NULL;
    }
}

/* ---- what was settled ------------------------------------------------------------------------------- */

enum { MECHANISMS = 0x07 }; /* UDP, SMS and HTTP: those whose use can be told */

static delivery_list_t granted(const bcast_content_t *content)
{
    const bcast_container_t *container = bcast_grant(content);
    delivery_list_t grant = { false, 0 };

    for (const bcast_delivery_t *delivery = container ? container->deliveries : NULL; delivery;
         delivery = delivery->next) {
        grant.listed = true;
        for (const bcast_type_t *item = delivery->types; item; item = item->next) {
            if (item->type.valid && item->type.value <= BCAST_DELIVERY_HTTP) {
                grant.mechanisms |= (uint8_t)(1u << item->type.value);
            }
        }
    }
    return grant;
}

static void settle_registration(procedure_t *procedure, const bcast_content_t *content)
{
    delivery_state_t *state = wmem_new0(wmem_file_scope(), delivery_state_t);

    state->frame = procedure->response_frame;
    state->offer =
        (delivery_list_t){ procedure->asked->offer_listed, procedure->asked->offer[0] & MECHANISMS };
    state->refused = procedure->status == 403;
    state->had_services = terminal_has_services(procedure->terminal);
    if (content && !state->refused) {
        state->grant = granted(content);
    } else if (!state->refused) { /* what is granted can't be seen: nothing is judged by it */
        state->refused = state->had_services = true;
    }
    terminal_register(procedure->terminal, state);
}

static void settle_services(procedure_t *procedure, mbms_message_t message, const mbms_document_t *document)
{
    for (const mbms_response_t *response = document->responses; response; response = response->next) {
        if (!response->services || response->code != 200) {
            continue;
        }
        if (message == MBMS_REGISTRATION_RESPONSE) {
            terminal_add_service(procedure->terminal, response->services->text);
        } else if (message == MBMS_DEREGISTRATION_RESPONSE) {
            terminal_remove_service(procedure->terminal, response->services->text);
        }
    }
}

void procedure_settle(procedure_t *procedure, mbms_message_t message, const mbms_document_t *document,
                      const bcast_content_t *content)
{
    bool success = procedure->status / 100 == 2;

    if (procedure->request == MBMS_REGISTRATION_REQUEST && procedure->asked &&
        (success || procedure->status == 403)) {
        settle_registration(procedure, content);
    }
    if (success && document) {
        settle_services(procedure, message, document);
    }
}
