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

uint32_t http_status(packet_info *pinfo)
{
    const conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    return compat_http_status(exchange_of(pinfo),
                              conversation ? conversation_get_proto_data(conversation, proto_http) : NULL);
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

const char *http_digest_user(packet_info *pinfo, const void *data)
{
    const media_content_info_t *content = data;
    const char *credentials;

    /* Only HTTP/1 itself hands over a map of its header fields; other callers put other things there. */
    if (!content || content->type != MEDIA_CONTAINER_HTTP_REQUEST || !content->data ||
        !proto_is_frame_protocol(pinfo->layers, "http")) {
        return NULL;
    }
    credentials = wmem_map_lookup(content->data, "authorization");
    return credentials ? digest_user(pinfo->pool, credentials) : NULL;
}
