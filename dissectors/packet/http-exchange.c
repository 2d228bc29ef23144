/* http-exchange.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/http-exchange.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/proto_data.h>
#include <epan/wmem_scopes.h>

#include "mbms/header-fields.h"
#include "packet/file-scope.h"

/* Messages that a connection catches up with at once; of those before nothing is open any more. */
enum { MAX_MESSAGES = 64 };

static int proto_http;
static int proto_tcp;
static wmem_map_t *chain; /* from an exchange to the one before, from a connection to its latest */

void http_exchange_handoff(void)
{
    chain = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
    proto_http = proto_get_id_by_filter_name("http");
    proto_tcp = proto_get_id_by_filter_name("tcp");
}

static const http_req_res_t *exchange_of(packet_info *pinfo)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, proto_http, 0);
}

bool http_is_there(packet_info *pinfo)
{
    return exchange_of(pinfo) != NULL;
}

bool http_is_request(packet_info *pinfo)
{
    const http_req_res_t *exchange = exchange_of(pinfo);

    return exchange && exchange->req_framenum == pinfo->num && exchange->res_framenum != pinfo->num;
}

http_here_t http_here(packet_info *pinfo)
{
    http_here_t here = {
        .pinfo = pinfo,
        .exchange = exchange_of(pinfo),
        .conversation = find_conversation_pinfo(pinfo, 0),
    };

    if (here.exchange && here.conversation) {
        here.connection = conversation_get_proto_data(here.conversation, proto_http);
    }
    return here;
}

static void note(const http_here_t *here)
{
    if (here->connection && !wmem_map_contains(chain, here->exchange)) {
        wmem_map_insert(chain, here->exchange, wmem_map_lookup(chain, here->connection));
        wmem_map_insert(chain, here->connection, (void *)here->exchange);
    }
}

void http_note(packet_info *pinfo)
{
    if (!COMPAT_HTTP_KEEPS_CHAIN && http_is_there(pinfo)) {
        http_here_t here = http_here(pinfo);

        note(&here);
    }
}

bool http_asked_for_deregistration(const http_here_t *here)
{
    /* of a response without a request 4.0 has the URI of a request before */
    return here->exchange && here->exchange->req_framenum &&
           uri_asks_for(here->pinfo->pool, compat_http_request_uri(here->exchange, here->connection),
                        "deregister");
}

bool http_is_part(const packet_info *pinfo)
{
    return proto_is_frame_protocol(pinfo->layers, "mime_multipart");
}

/* ---- messages of a connection ----------------------------------------------------------------------- */

/* Whether there is no more to tell of the exchange that was told last. */
static bool was_told(const procedure_connection_t *connection, const http_req_res_t *exchange)
{
    return connection->latest == exchange &&
           (!exchange->res_framenum ||
            (connection->latest_answered && connection->latest_frame == exchange->res_framenum));
}

/* The exchanges with messages that were not told, the latest first. */
static uint32_t list_exchanges(const procedure_connection_t *connection, const http_req_res_t *exchange,
                               const http_req_res_t *list[MAX_MESSAGES / 2])
{
    uint32_t n = 0;

    while (exchange && n < MAX_MESSAGES / 2 && !was_told(connection, exchange)) {
        list[n++] = exchange;
        exchange = connection->latest == exchange ? NULL : compat_http_previous(chain, exchange);
    }
    return n;
}

static uint32_t list_exchange(const procedure_connection_t *connection, const http_req_res_t *exchange,
                              http_message_t *messages)
{
    uint32_t n = 0;

    if (exchange->req_framenum && connection->latest != exchange) {
        messages[n++] = (http_message_t){ .frame = exchange->req_framenum };
    }
    if (exchange->res_framenum) {
        messages[n++] = (http_message_t){ exchange->res_framenum, true, compat_http_status(exchange, NULL) };
    }
    return n;
}

/* All that came since |connection| was told last, in their order. */
static uint32_t list_messages(const http_here_t *here, procedure_connection_t *connection,
                              http_message_t messages[MAX_MESSAGES])
{
    const http_req_res_t *exchanges[MAX_MESSAGES / 2];
    const http_req_res_t *latest = here->exchange;
    uint32_t n_exchanges = list_exchanges(connection, latest, exchanges), n = 0, i;

    while (n_exchanges > 0) {
        n += list_exchange(connection, exchanges[--n_exchanges], messages + n);
    }
    for (i = n; i > 0 && !messages[i - 1].is_response; i--) {
    }
    if (i > 0 && !messages[i - 1].status) {
        messages[i - 1].status = compat_http_status(latest, here->connection);
    }
    if (n > 0) {
        connection->latest = latest;
        connection->latest_answered = latest->res_framenum != 0;
        connection->latest_frame = here->pinfo->num;
    }
    return n;
}

/* Whether a response whose status nobody knows any more was interim is not known; in frames before this one
 * it is taken for the answer. */
static void pass_response(const packet_info *pinfo, procedure_connection_t *connection,
                          const http_message_t *message)
{
    moment_t moment = { .frame = message->frame };

    if (message->frame == pinfo->num && !message->status) {
        procedure_pass_response(connection);
    } else {
        (void)procedure_answer_bare(&file_capture()->procedures, &moment,
                                    (http_exchange_t){ .status = message->status, .in_order = true },
                                    connection);
    }
}

static http_message_t last_message(const http_here_t *here)
{
    uint32_t frame = here->pinfo->num;
    bool is_response = here->exchange->res_framenum == frame;

    return (http_message_t){ frame, is_response,
                             is_response ? compat_http_status(here->exchange, here->connection) : 0 };
}

http_message_t http_catch_up(const http_here_t *here, procedure_connection_t *connection)
{
    http_message_t messages[MAX_MESSAGES];
    uint32_t n;

    if (!connection) {
        return last_message(here);
    }
    if (!COMPAT_HTTP_KEEPS_CHAIN) {
        note(here);
    }
    n = list_messages(here, connection, messages);
    for (uint32_t i = 0; i + 1 < n; i++) {
        if (messages[i].is_response) {
            pass_response(here->pinfo, connection, &messages[i]);
        } else {
            procedure_pass_request(&file_capture()->procedures, &(moment_t){ .frame = messages[i].frame },
                                   connection);
        }
    }
    return n > 0 ? messages[n - 1] : (http_message_t){ 0 };
}

/* ---- where a message stands ------------------------------------------------------------------------- */

static const struct tcp_multisegment_pdu *find_whole(const packet_info *pinfo, const tcp_flow_t *flow,
                                                     uint32_t sequence)
{
    const struct tcp_multisegment_pdu *whole =
        flow->multisegment_pdus ? wmem_tree_lookup32_le(flow->multisegment_pdus, sequence) : NULL;

    return whole && whole->last_frame == pinfo->num && (int32_t)(sequence - whole->nxtpdu) < 0 ? whole : NULL;
}

/* If the message began in an earlier segment. TCP knows it by a number that is relative, unless the user
 * wants it otherwise. */
static void begin_earlier(const packet_info *pinfo, const tcp_flow_t *flow, stream_place_t *place)
{
    uint32_t sequence = place->begin - flow->base_seq;
    const struct tcp_multisegment_pdu *whole = find_whole(pinfo, flow, sequence);

    if (!whole) {
        sequence = place->begin;
        whole = find_whole(pinfo, flow, sequence);
    }
    if (whole) {
        place->begin -= sequence - whole->seq;
        place->first_frame = MIN(whole->first_frame, pinfo->num);
    }
}

/* As far as TCP analyses sequence numbers: by default it does. */
static stream_place_t place_of(const packet_info *pinfo, const struct tcp_analysis *tcp)
{
    const tcp_analyze_seq_flow_info_t *sender = tcp && tcp->fwd ? tcp->fwd->tcp_analyze_seq_info : NULL;
    const tcp_analyze_seq_flow_info_t *receiver = tcp && tcp->rev ? tcp->rev->tcp_analyze_seq_info : NULL;
    const tcp_unacked_t *segment = sender ? sender->segments : NULL;
    stream_place_t place;

    if (!segment || segment->frame != pinfo->num || !receiver) {
        return (stream_place_t){ 0 };
    }
    place = (stream_place_t){
        .known = true,
        .received = receiver->lastack && (int32_t)(receiver->lastack - segment->nextseq) >= 0,
        .begin = segment->seq,
        .end = sender->nextseq,
        .acked = sender->lastack,
        .first_frame = pinfo->num,
    };
    begin_earlier(pinfo, tcp->fwd, &place);
    return place;
}

static const struct tcp_analysis *tcp_of(const http_here_t *here)
{
    return here->conversation ? conversation_get_proto_data(here->conversation, proto_tcp) : NULL;
}

/* Of HTTP/1 right over TCP: under TLS a message has segments that TCP does not know to be one. */
moment_t http_moment_of(const http_here_t *here)
{
    moment_t moment = moment_of(here->pinfo);

    if (here->exchange && !proto_is_frame_protocol(here->pinfo->layers, "tls")) {
        moment.place = place_of(here->pinfo, tcp_of(here));
    }
    return moment;
}

/* ---- responses that do not come --------------------------------------------------------------------- */

response_visibility_t http_response_visibility(const http_here_t *here, const moment_t *moment,
                                               procedure_connection_t *connection)
{
    const struct tcp_analysis *tcp = moment->place.known ? tcp_of(here) : NULL;

    if (!here->exchange) {
        return RESPONSE_NOT_VISIBLE;
    }
    if (!tcp) {
        return RESPONSE_PERHAPS_VISIBLE;
    }
    connection->from_client = tcp->fwd;
    return tcp->rev->tcp_analyze_seq_info->nextseq ? RESPONSE_VISIBLE : RESPONSE_NOT_VISIBLE;
}

/* Whether the client has received more than the responses that were seen; but for a FIN. */
static bool has_unread_bytes(const procedure_connection_t *connection)
{
    const tcp_flow_t *client = connection->from_client;
    uint32_t end = connection->pipeline.server_end + 1;

    return client && connection->pipeline.server_placed &&
           (int32_t)(client->tcp_analyze_seq_info->lastack - end) > 0;
}

outcome_t http_outcome(const procedure_t *procedure)
{
    outcome_t outcome = capture_outcome(file_capture(), procedure);

    return outcome == OUTCOME_NO_RESPONSE && has_unread_bytes(procedure->connection) ? OUTCOME_UNKNOWN
                                                                                     : outcome;
}

/* ---- what HTTP says of a body ----------------------------------------------------------------------- */

http_role_t http_role(const void *data)
{
    const compat_http_content_t *content = data;

    if (!content) {
        return HTTP_ROLE_UNKNOWN;
    }
    return content->type == COMPAT_HTTP_REQUEST    ? HTTP_REQUEST_BODY
           : content->type == COMPAT_HTTP_RESPONSE ? HTTP_RESPONSE_BODY
                                                   : HTTP_ROLE_UNKNOWN;
}

const char *http_charset(packet_info *pinfo, const void *data)
{
    const compat_http_content_t *content = data;

    return content && content->media_str ? header_parameter(pinfo->pool, content->media_str, ';', "charset")
                                         : NULL;
}

/* Heuristics are told nothing: then the head is where it is, before the body, unless that is in chunks. */
static const char *field_before(packet_info *pinfo, tvbuff_t *tvb, const char *name)
{
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    int start = tvb_raw_offset(tvb);

    return start > 0 && start <= (int)tvb_captured_length(source)
               ? http_field_before(pinfo->pool, tvb_get_ptr(source, 0, start), (size_t)start, name)
               : NULL;
}

/* A header field of a request; |name| in lower case. Only HTTP/1 itself hands over a map of them; other
 * callers put other things there. */
static const char *request_field(packet_info *pinfo, tvbuff_t *tvb, const compat_http_content_t *content,
                                 const char *name)
{
    if (!proto_is_frame_protocol(pinfo->layers, "http")) {
        return NULL;
    }
    if (!content) {
        return field_before(pinfo, tvb, name);
    }
    return content->type == COMPAT_HTTP_REQUEST && content->data ? wmem_map_lookup(content->data, name)
                                                                 : NULL;
}

const char *http_credentials(packet_info *pinfo, tvbuff_t *tvb, const void *data)
{
    return request_field(pinfo, tvb, data, "authorization");
}

const char *http_digest_user(packet_info *pinfo, tvbuff_t *tvb, const void *data)
{
    return digest_user(pinfo->pool, http_credentials(pinfo, tvb, data));
}

const char *http_server(packet_info *pinfo, tvbuff_t *tvb, const void *data)
{
    return header_server(pinfo->pool, request_field(pinfo, tvb, data, "host"),
                         request_field(pinfo, tvb, data, "authorization"));
}

/* ---- heads ------------------------------------------------------------------------------------------ */

/* Of a body that is neither in chunks nor in another coding: of those the map of fields is all there is. */
static http_head_t head_before(packet_info *pinfo, tvbuff_t *tvb)
{
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    int start = tvb_raw_offset(tvb);

    return start > 0 && start <= (int)tvb_captured_length(source)
               ? http_head_read(pinfo->pool, tvb_get_ptr(source, 0, start), (size_t)start)
               : (http_head_t){ 0 };
}

static http_head_t head_of_map(packet_info *pinfo, tvbuff_t *tvb, const compat_http_content_t *content)
{
    http_head_t head = { 0 };

    if (content && content->type == COMPAT_HTTP_REQUEST && content->data) {
        head.fields_known = true;
        head.user_agent = request_field(pinfo, tvb, content, "user-agent");
        head.digest = http_digest_read(pinfo->pool, request_field(pinfo, tvb, content, "authorization"));
    }
    return head;
}

http_head_t http_request_head(const http_here_t *here, tvbuff_t *tvb, const void *data)
{
    packet_info *pinfo = here->pinfo;
    http_head_t head = { 0 };

    if (!here->exchange || !proto_is_frame_protocol(pinfo->layers, "http") || http_is_part(pinfo)) {
        return head;
    }
    head = head_before(pinfo, tvb);
    if (!head.fields_known) {
        head = head_of_map(pinfo, tvb, data);
    }
    head.method = compat_http_request_method(here->exchange, here->connection);
    head.uri = compat_http_request_uri(here->exchange, here->connection);
    head.request_type = uri_request_type(pinfo->pool, head.uri);
    return head;
}

/* A response in one of the data sources of a frame. */
typedef struct {
    bool is_there;
    http_found_head_t head;
    size_t length;   /* of the source */
    unsigned n_more; /* data sources that stand behind this one */
} response_t;

/* The latest, which is the innermost. */
static response_t find_response(packet_info *pinfo)
{
    response_t found = { 0 };

    for (const GSList *source = pinfo->data_src; source; source = source->next) {
        tvbuff_t *tvb = get_data_source_tvb(source->data);
        response_t response = { .length = tvb_captured_length(tvb), .n_more = g_slist_length(source->next) };

        if (response.length > 0 &&
            http_find_response(tvb_get_ptr(tvb, 0, (int)response.length), response.length, &response.head)) {
            found = response;
            found.is_there = true;
        }
    }
    return found;
}

http_head_t http_response_head(packet_info *pinfo)
{
    response_t response = find_response(pinfo);

    return http_head_read(pinfo->pool, response.head.bytes, response.head.end);
}

bool http_challenge_is_stale(packet_info *pinfo)
{
    response_t response = find_response(pinfo);

    return response.is_there &&
           challenge_is_stale(pinfo->pool, http_field(pinfo->pool, &response.head, "WWW-Authenticate"));
}

/* ---- bodies that nobody could read ------------------------------------------------------------------ */

static bool has_body(packet_info *pinfo, const response_t *response)
{
    const char *content_length = http_field(pinfo->pool, &response->head, "Content-Length");

    return content_length ? g_ascii_strtoull(content_length, NULL, 10) > 0
                          : response->head.end < response->length;
}

/* Each coding that is taken off makes a data source. */
static const char *coding_left_on(packet_info *pinfo, const response_t *response)
{
    const char *coding = http_field(pinfo->pool, &response->head, "Content-Encoding");
    bool in_chunks = http_field(pinfo->pool, &response->head, "Transfer-Encoding");

    if (!coding || !coding[0] || g_ascii_strcasecmp(coding, "identity") == 0 ||
        response->n_more > in_chunks) {
        return NULL;
    }
    return has_body(pinfo, response) ? coding : NULL;
}

const char *http_unread_coding(packet_info *pinfo)
{
    response_t response = find_response(pinfo);

    return response.is_there ? coding_left_on(pinfo, &response) : NULL;
}
