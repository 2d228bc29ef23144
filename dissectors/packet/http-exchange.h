/* http-exchange.h
 * What Wireshark's HTTP dissector knows about the message whose body is being dissected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "packet/compat.h"

typedef struct {
    bool is_request;
    uint32_t request_frame; /* 0: not in the capture, or HTTP lost track */
    uint32_t status;        /* of a response, else 0 */
} http_exchange_t;

/* At hand-off. */
void http_exchange_handoff(void);

/* Whether the frame holds an HTTP/1 message. If so, tells about the latest one in it. The status is right on
 * the first pass only (Wireshark 4.0 keeps it for the connection, not for the message). */
bool http_exchange_of(packet_info *pinfo, http_exchange_t *exchange);

/* The user name of HTTP digest credentials (RFC 7616 §3.4) among the header fields that came with a body, in
 * pinfo->pool; NULL if there is none or it can't be seen. |content| is the data HTTP hands to the dissector
 * of a body, or NULL. */
const char *http_digest_user(packet_info *pinfo, const media_content_info_t *content);

#endif
