/* http-compat.h
 * What compat.h is for, of Wireshark's HTTP dissector alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_COMPAT_H
#define HTTP_COMPAT_H

#include "packet/compat.h"

#include <epan/dissectors/packet-http.h>

/* 4.2 moved what HTTP tells the dissector of a body to a header of its own and named it anew. */
#if WIRESHARK_AT_LEAST(4, 2)
#include <epan/dissectors/packet-media-type.h>
#else
typedef http_message_info_t media_content_info_t;
#define MEDIA_CONTAINER_HTTP_REQUEST  HTTP_REQUEST
#define MEDIA_CONTAINER_HTTP_RESPONSE HTTP_RESPONSE
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

#endif
