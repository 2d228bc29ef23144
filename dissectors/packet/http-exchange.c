/* http-exchange.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/http-exchange.h"

#include <epan/conversation.h>
#include <epan/proto_data.h>
#include <epan/wmem_scopes.h>

#include "mbms/header-fields.h"
#include "packet/http-compat.h"

static int proto_http;

void http_exchange_handoff(void)
{
    proto_http = proto_get_id_by_filter_name("http");
}

static const http_req_res_t *exchange_of(packet_info *pinfo)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, proto_http, 0);
}

bool http_is_response(packet_info *pinfo, uint32_t *request_frame)
{
    const http_req_res_t *exchange = exchange_of(pinfo);

    if (!exchange || exchange->res_framenum != pinfo->num) {
        return false;
    }
    *request_frame = exchange->req_framenum;
    return true;
}

bool http_is_request(packet_info *pinfo)
{
    const http_req_res_t *exchange = exchange_of(pinfo);

    return exchange && exchange->req_framenum == pinfo->num && exchange->res_framenum != pinfo->num;
}

/* What HTTP keeps of the connection; NULL without one. */
static const http_conv_t *connection_data(packet_info *pinfo)
{
    const conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    return conversation ? conversation_get_proto_data(conversation, proto_http) : NULL;
}

uint32_t http_status(packet_info *pinfo)
{
    return compat_http_status(exchange_of(pinfo), connection_data(pinfo));
}

bool http_asked_for_deregistration(packet_info *pinfo)
{
    return uri_asks_for(pinfo->pool, compat_http_request_uri(exchange_of(pinfo), connection_data(pinfo)),
                        "deregister");
}

bool http_is_part(const packet_info *pinfo)
{
    return proto_is_frame_protocol(pinfo->layers, "mime_multipart");
}

http_role_t http_role(const void *data)
{
    const media_content_info_t *content = data;

    if (!content) {
        return HTTP_ROLE_UNKNOWN;
    }
    return content->type == MEDIA_CONTAINER_HTTP_REQUEST    ? HTTP_REQUEST_BODY
           : content->type == MEDIA_CONTAINER_HTTP_RESPONSE ? HTTP_RESPONSE_BODY
                                                            : HTTP_ROLE_UNKNOWN;
}

const char *http_charset(packet_info *pinfo, const void *data)
{
    const media_content_info_t *content = data;

    return content && content->media_str ? header_parameter(pinfo->pool, content->media_str, ';', "charset")
                                         : NULL;
}

/* Heuristics are told nothing: then the head is where it is, before the body, unless that is in chunks. */
static const char *credentials_before(packet_info *pinfo, tvbuff_t *tvb)
{
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    int start = tvb_raw_offset(tvb);

    return start > 0 && start <= (int)tvb_captured_length(source)
               ? head_field(pinfo->pool, tvb_get_ptr(source, 0, start), (size_t)start, "Authorization")
               : NULL;
}

const char *http_digest_user(packet_info *pinfo, tvbuff_t *tvb, const void *data)
{
    const media_content_info_t *content = data;
    const char *credentials = NULL;

    /* Only HTTP/1 itself hands over a map of its header fields; other callers put other things there. */
    if (!proto_is_frame_protocol(pinfo->layers, "http")) {
        return NULL;
    }
    if (!content) {
        credentials = credentials_before(pinfo, tvb);
    } else if (content->type == MEDIA_CONTAINER_HTTP_REQUEST && content->data) {
        credentials = wmem_map_lookup(content->data, "authorization");
    }
    return credentials ? digest_user(pinfo->pool, credentials) : NULL;
}

/* ---- bodies that nobody could read ------------------------------------------------------------------ */

static bool has_body(packet_info *pinfo, const uint8_t *head, size_t head_length, size_t length)
{
    const char *content_length = head_field(pinfo->pool, head, head_length, "Content-Length");

    return content_length ? g_ascii_strtoull(content_length, NULL, 10) > 0 : head_length < length;
}

/* |n_more|: data sources that stand behind the one with the head. Each coding that is taken off makes one. */
static const char *coding_left_on(packet_info *pinfo, const uint8_t *bytes, size_t head_length, size_t length,
                                  unsigned n_more)
{
    const char *coding = head_field(pinfo->pool, bytes, head_length, "Content-Encoding");
    bool in_chunks = head_field(pinfo->pool, bytes, head_length, "Transfer-Encoding");

    if (!coding || !coding[0] || g_ascii_strcasecmp(coding, "identity") == 0 || n_more > in_chunks) {
        return NULL;
    }
    return has_body(pinfo, bytes, head_length, length) ? coding : NULL;
}

const char *http_unread_coding(packet_info *pinfo)
{
    const char *coding = NULL;

    for (const GSList *source = pinfo->data_src; source; source = source->next) {
        tvbuff_t *tvb = get_data_source_tvb(source->data);
        size_t length = tvb_captured_length(tvb);
        const uint8_t *bytes = length ? tvb_get_ptr(tvb, 0, (int)length) : NULL;
        size_t head_length = bytes ? head_find_response(bytes, length) : 0;

        if (head_length > 0) {
            coding = coding_left_on(pinfo, bytes, head_length, length, g_slist_length(source->next));
        }
    }
    return coding;
}
