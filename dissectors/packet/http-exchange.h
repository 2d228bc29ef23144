/* http-exchange.h
 * What Wireshark's HTTP dissector knows about the message whose body is being dissected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <epan/conversation.h>

#include "mbms/http-head.h"
#include "packet/http-compat.h"
#include "tracking/capture.h"

/* At hand-off. */
void http_exchange_handoff(void);

/* Whether the frame holds a message of HTTP/1. */
bool http_is_there(packet_info *pinfo);

/* Where a dissection is: to find the conversation takes time. */
typedef struct {
    packet_info *pinfo;
    conversation_t *conversation;   /* NULL: there is none */
    const http_req_res_t *exchange; /* NULL: it is not in a message of HTTP/1 */
    const http_conv_t *connection;  /* what HTTP keeps of it; NULL likewise */
} http_here_t;
http_here_t http_here(packet_info *pinfo);

/* The frame as it is remembered, with the place of the HTTP/1 message that is being dissected in the bytes of
 * its connection. */
moment_t http_moment_of(const http_here_t *here);

/* For http_catch_up() on a connection that may turn out to be of interest later. To be told of every frame in
 * the first pass. */
void http_note(packet_info *pinfo);

/* An HTTP/1 message of a connection. */
typedef struct {
    uint32_t frame;
    bool is_response;
    uint32_t status; /* of a response; 0: not known */
} http_message_t;

/* The message that HTTP saw last in this frame, for the caller to tell the procedures of; frame 0: it was
 * told before. Of those before it that were not told, requests of others and bare responses, the procedures
 * are told now. First pass only: Wireshark 4.0 keeps the status for the connection, not for the message. */
http_message_t http_catch_up(const http_here_t *here, procedure_connection_t *connection);

/* Whether the frame holds a request of HTTP/1 and no response. */
bool http_is_request(packet_info *pinfo);

/* Whether the URI of its request asks for a deregistration, likewise. */
bool http_asked_for_deregistration(const http_here_t *here);

/* Whether the body is a part of a multipart body. */
bool http_is_part(const packet_info *pinfo);

/* What |data|, which HTTP (or another caller of the table media_type) hands to the dissector of a body, says:
 * whether it is that of a request, and the charset of its type (in pinfo->pool; NULL: none). |data| may be
 * NULL. */
http_role_t http_role(const void *data);
const char *http_charset(packet_info *pinfo, const void *data);

/* The HTTP digest credentials of a request with the body |tvb|, as its head has them, and the user name in
 * them, in pinfo->pool; NULL if it can't be seen. And the name of the server that it is for, by
 * header_server(). */
const char *http_credentials(packet_info *pinfo, tvbuff_t *tvb, const void *data);
const char *http_digest_user(packet_info *pinfo, tvbuff_t *tvb, const void *data);
const char *http_server(packet_info *pinfo, tvbuff_t *tvb, const void *data);

/* The head of the request that has the body |tvb|, as far as it is known; of HTTP/2 nothing is. In
 * pinfo->pool. */
http_head_t http_request_head(const http_here_t *here, tvbuff_t *tvb, const void *data);

/* The head of the latest response in the frame, likewise. */
http_head_t http_response_head(packet_info *pinfo);

/* Whether the capture would show the response to the request that is being dissected: not where it lacks all
 * that the server sends. First pass only. */
response_visibility_t http_response_visibility(const http_here_t *here, const moment_t *moment,
                                               procedure_connection_t *connection);

/* How a procedure ended, by all that was seen. Where the client has received bytes that are missing from the
 * capture, or make no response, one of them may have been the response. */
outcome_t http_outcome(const procedure_t *procedure);

/* Whether the latest response in the frame says that only the nonce of the credentials was too old. */
bool http_challenge_is_stale(packet_info *pinfo);

/* The content coding of the latest response in the frame where it has a body, and Wireshark did not take the
 * coding off (one it does not know, or that it was told to leave): nobody could read the document then. In
 * pinfo->pool; NULL otherwise. */
const char *http_unread_coding(packet_info *pinfo);

#endif
