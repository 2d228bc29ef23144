/* http-exchange.h
 * What Wireshark's HTTP dissector knows about the message whose body is being dissected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "packet/compat.h"
#include "tracking/capture.h"

/* At hand-off. */
void http_exchange_handoff(void);

/* Whether the frame holds a response of HTTP/1, and of which request. The latest one in it. */
bool http_is_response(packet_info *pinfo, uint32_t *request_frame);

/* Whether the frame holds a request of HTTP/1 and no response. */
bool http_is_request(packet_info *pinfo);

/* Its status. Right on the first pass only: Wireshark 4.0 keeps it for the connection, not for the message.
 */
uint32_t http_status(packet_info *pinfo);

/* Whether the URI of its request asks for a deregistration, likewise. */
bool http_asked_for_deregistration(packet_info *pinfo);

/* Whether the body is a part of a multipart body. */
bool http_is_part(const packet_info *pinfo);

/* What |data|, which HTTP (or another caller of the table media_type) hands to the dissector of a body, says:
 * whether it is that of a request, and the charset of its type (in pinfo->pool; NULL: none). |data| may be
 * NULL. */
http_role_t http_role(const void *data);
const char *http_charset(packet_info *pinfo, const void *data);

/* The user name of the HTTP digest credentials of a request with the body |tvb|, in pinfo->pool; NULL if it
 * can't be seen. */
const char *http_digest_user(packet_info *pinfo, tvbuff_t *tvb, const void *data);

/* The content coding of the latest response in the frame where it has a body, and Wireshark did not take the
 * coding off (one it does not know, or that it was told to leave): nobody could read the document then. In
 * pinfo->pool; NULL otherwise. */
const char *http_unread_coding(packet_info *pinfo);

#endif
