/* http-exchange.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/http-exchange.h"

#include <string.h>

#include <epan/conversation.h>
#include <epan/proto_data.h>
#include <epan/wmem_scopes.h>

static int proto_http;

void http_exchange_handoff(void)
{
    proto_http = proto_get_id_by_filter_name("http");
}

bool http_exchange_of(packet_info *pinfo, http_exchange_t *exchange)
{
    const http_req_res_t *known = p_get_proto_data(wmem_file_scope(), pinfo, proto_http, 0);
    conversation_t *conversation;

    if (!known) {
        return false;
    }
    conversation = find_conversation_pinfo(pinfo, 0);
    exchange->is_request = known->res_framenum != pinfo->num;
    exchange->request_frame = known->req_framenum;
    exchange->status =
        exchange->is_request
            ? 0
            : compat_http_status(known,
                                 conversation ? conversation_get_proto_data(conversation, proto_http) : NULL);
    return true;
}

/* A quoted string (RFC 9110 §5.6.4) that starts behind the quote at |at|, without its escapes. */
static const char *unquote(packet_info *pinfo, const char *at)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, "");

    while (*at && *at != '"') {
        if (*at == '\\' && at[1]) {
            at++;
        }
        wmem_strbuf_append_c(text, *at++);
    }
    return wmem_strbuf_get_str(text);
}

/* Behind the parameter that starts at |at| and the comma after it. */
static const char *skip_parameter(const char *at)
{
    bool quoted = false;

    for (; *at && (quoted || *at != ','); at++) {
        if (*at == '\\' && quoted && at[1]) {
            at++;
        } else if (*at == '"') {
            quoted = !quoted;
        }
    }
    return *at ? at + 1 : at;
}

static const char *digest_user(packet_info *pinfo, const char *credentials)
{
    const char *at = credentials + strspn(credentials, " \t");

    if (g_ascii_strncasecmp(at, "Digest ", 7) != 0) {
        return NULL;
    }
    for (at += 7; *at; at = skip_parameter(at)) {
        at += strspn(at, " \t,");
        if (g_ascii_strncasecmp(at, "username=\"", 10) == 0) {
            return unquote(pinfo, at + 10);
        }
        if (g_ascii_strncasecmp(at, "username=", 9) == 0) {
            return wmem_strndup(pinfo->pool, at + 9, strcspn(at + 9, ", \t"));
        }
    }
    return NULL;
}

const char *http_digest_user(packet_info *pinfo, const media_content_info_t *content)
{
    const char *credentials;

    /* Only HTTP/1 itself hands over a map of its header fields; other callers put other things there. */
    if (!content || content->type != MEDIA_CONTAINER_HTTP_REQUEST || !content->data ||
        !proto_is_frame_protocol(pinfo->layers, "http")) {
        return NULL;
    }
    credentials = wmem_map_lookup(content->data, "authorization");
    return credentials ? digest_user(pinfo, credentials) : NULL;
}
