/* procedures.c
 * Pairing is HTTP's, by frame number; where HTTP lost track (a 100 Continue counts as the response in 4.0)
 * the latest open request of the connection is taken.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/procedures.h"

#include <epan/conversation.h>
#include <epan/wmem_scopes.h>

static int proto;
static wmem_map_t *by_request; /* frame number -> procedure_t, as long as it has no response */

void procedures_register(int protocol)
{
    proto = protocol;
    by_request = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
}

procedure_t *procedure_start(packet_info *pinfo, mbms_message_t request, const char *btid)
{
    procedure_t *procedure = wmem_new0(wmem_file_scope(), procedure_t);
    conversation_t *conversation = find_or_create_conversation(pinfo);

    procedure->request = request;
    procedure->request_frame = pinfo->num;
    procedure->request_time = pinfo->abs_ts;
    procedure->terminal = terminal_of_request(btid, &pinfo->src);
    wmem_map_insert(by_request, GUINT_TO_POINTER(pinfo->num), procedure);
    conversation_add_proto_data(conversation, proto, procedure);
    return procedure;
}

/* The open procedure that an HTTP response answers, NULL if none. */
static procedure_t *find_open(packet_info *pinfo, const http_exchange_t *exchange)
{
    conversation_t *conversation;
    procedure_t *procedure = NULL;

    if (exchange && exchange->request_frame) {
        return wmem_map_lookup(by_request, GUINT_TO_POINTER(exchange->request_frame));
    }
    conversation = find_conversation_pinfo(pinfo, 0);
    if (conversation) {
        procedure = conversation_get_proto_data(conversation, proto);
    }
    return procedure && procedure->response_frame == 0 ? procedure : NULL;
}

static void close_procedure(packet_info *pinfo, procedure_t *procedure, const http_exchange_t *exchange)
{
    procedure->response_frame = pinfo->num;
    procedure->response_time = pinfo->abs_ts;
    procedure->status = exchange ? exchange->status : 0;
    wmem_map_remove(by_request, GUINT_TO_POINTER(procedure->request_frame));
}

static procedure_t *orphan(packet_info *pinfo)
{
    procedure_t *procedure = wmem_new0(wmem_file_scope(), procedure_t);
    const terminal_t *terminal = terminal_of_address(&pinfo->dst, NULL, 0);

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
    }
    return procedure;
}
