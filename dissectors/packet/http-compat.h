/* http-compat.h
 * What compat.h is for, of Wireshark's HTTP dissector alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_COMPAT_H
#define HTTP_COMPAT_H

#include "packet/compat.h"

#include <epan/dissectors/packet-http.h>

/* What HTTP tells the dissector of a body. 4.2 moved it to a header of its own and named it anew; 5.0 is to
 * install dissectors' headers only where functions are exported in them, so that it is written down here, and
 * compared wherever the original is there. */
typedef enum { COMPAT_HTTP_REQUEST, COMPAT_HTTP_RESPONSE } compat_http_type_t;
typedef struct {
    int type;              /* may be more than the two of compat_http_type_t */
    const char *media_str; /* parameters of the media type; may be NULL */
    const char *content_id;
    void *data; /* of HTTP/1: header field, in lower case -> value */
} compat_http_content_t;

#if !WIRESHARK_AT_LEAST(4, 2)
typedef http_message_info_t compat_http_original_t;
G_STATIC_ASSERT((int)COMPAT_HTTP_REQUEST == HTTP_REQUEST && (int)COMPAT_HTTP_RESPONSE == HTTP_RESPONSE);
#define COMPAT_HTTP_HAS_ORIGINAL
#elif __has_include(<epan/dissectors/packet-media-type.h>)
#include <epan/dissectors/packet-media-type.h>
typedef media_content_info_t compat_http_original_t;
G_STATIC_ASSERT((int)COMPAT_HTTP_REQUEST == MEDIA_CONTAINER_HTTP_REQUEST);
G_STATIC_ASSERT((int)COMPAT_HTTP_RESPONSE == MEDIA_CONTAINER_HTTP_RESPONSE);
#define COMPAT_HTTP_HAS_ORIGINAL
#endif
#ifdef COMPAT_HTTP_HAS_ORIGINAL
#define COMPAT_HTTP_SAME(member)                                                                             \
    G_STATIC_ASSERT(offsetof(compat_http_content_t, member) == offsetof(compat_http_original_t, member))
G_STATIC_ASSERT(sizeof(compat_http_content_t) == sizeof(compat_http_original_t));
COMPAT_HTTP_SAME(type);
COMPAT_HTTP_SAME(media_str);
COMPAT_HTTP_SAME(content_id);
COMPAT_HTTP_SAME(data);
#endif

/* 4.4 dropped the chain of the exchanges of a connection; |chain|, from each to the one before, stands in. */
#define COMPAT_HTTP_KEEPS_CHAIN !WIRESHARK_AT_LEAST(4, 4)
static inline const http_req_res_t *compat_http_previous(wmem_map_t *chain, const http_req_res_t *exchange)
{
#if COMPAT_HTTP_KEEPS_CHAIN
    (void)chain;
    return exchange->prev;
#else
    return wmem_map_lookup(chain, exchange);
#endif
}

/* 4.2 moved the status code from the connection (the latest message's) to the exchange. |connection| is NULL
 * where that of another message may stand there. */
static inline unsigned compat_http_status(const http_req_res_t *exchange, const http_conv_t *connection)
{
#if WIRESHARK_AT_LEAST(4, 2)
    (void)connection;
    return exchange->response_code;
#else
    (void)exchange;
    return connection ? connection->response_code : 0;
#endif
}

/* And the request's URI; in 4.0 that of the latest request. */
static inline const char *compat_http_request_uri(const http_req_res_t *exchange,
                                                  const http_conv_t *connection)
{
#if WIRESHARK_AT_LEAST(4, 2)
    (void)connection;
    return exchange->request_uri;
#else
    (void)exchange;
    return connection ? connection->request_uri : NULL;
#endif
}

/* And its method, likewise. */
static inline const char *compat_http_request_method(const http_req_res_t *exchange,
                                                     const http_conv_t *connection)
{
#if WIRESHARK_AT_LEAST(4, 2)
    (void)connection;
    return exchange->request_method;
#else
    (void)exchange;
    return connection ? connection->request_method : NULL;
#endif
}

#endif
