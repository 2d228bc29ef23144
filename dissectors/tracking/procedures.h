/* procedures.h
 * Requests of the MBMS security procedures and their HTTP responses, with or without a body.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROCEDURES_H
#define PROCEDURES_H

#include "mbms/mbms-document.h"
#include "tracking/http-exchange.h"
#include "tracking/terminals.h"

typedef struct {
    mbms_message_t request;  /* MBMS_NONE: the request is not in the capture */
    uint32_t request_frame;  /* 0 likewise */
    uint32_t response_frame; /* 0: none seen so far */
    uint32_t status;         /* of the response, 0: unknown */
    nstime_t request_time;
    nstime_t response_time;
    const terminal_t *terminal;
} procedure_t;

/* Once, at registration; |proto| is the protocol whose conversation data is used. */
void procedures_register(int proto);

/* A request has been seen. First pass only. */
procedure_t *procedure_start(packet_info *pinfo, mbms_message_t request, const char *btid);

/* A response has been seen: returns its procedure, a new one where the request is missing. |exchange| NULL:
 * not in HTTP/1. First pass only. */
procedure_t *procedure_answer(packet_info *pinfo, const http_exchange_t *exchange);

/* A response that has no body of ours may answer a request of ours: returns its procedure if it does, else
 * NULL. Interim responses (1xx) answer nothing. First pass only. */
procedure_t *procedure_answer_without_body(packet_info *pinfo);

#endif
