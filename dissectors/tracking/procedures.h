/* procedures.h
 * Requests of the MBMS security procedures and their HTTP responses, with or without a body.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROCEDURES_H
#define PROCEDURES_H

#include "bcast/bcast-content.h"
#include "mbms/mbms-document.h"
#include "rules/rules.h"
#include "packet/http-exchange.h"
#include "tracking/terminals.h"

typedef struct {
    mbms_message_t request;  /* MBMS_NONE: the request is not in the capture */
    uint32_t request_frame;  /* 0 likewise */
    uint32_t response_frame; /* 0: none seen so far */
    uint32_t status;         /* of the response, 0: unknown */
    nstime_t request_time;
    nstime_t response_time;
    terminal_t *terminal;
    rule_request_t *asked;                   /* until the response has come; NULL: not known */
    struct procedure_connection *connection; /* of the request, NULL likewise */
} procedure_t;

/* Once, at registration; |proto| is the protocol whose conversation data is used. */
void procedures_register(int proto);

/* A request has been seen. First pass only. */
procedure_t *procedure_start(packet_info *pinfo, mbms_message_t request, const char *btid);

/* Remembers what the request asks for. */
void procedure_ask(procedure_t *procedure, const mbms_document_t *document, const bcast_content_t *content);

/* Puts in force what the response |document| (NULL: it has none of ours) settles: delivery mechanisms and
 * registered services. To be called before the LTKMs of the response are remembered, and after
 * procedure_answer(). */
void procedure_settle(procedure_t *procedure, mbms_message_t message, const mbms_document_t *document,
                      const bcast_content_t *content);

/* Forgets what was asked: the response has been judged. */
void procedure_close(procedure_t *procedure);

/* Whether the messages of the procedure are to be judged: not those that were answered 401 or 407. */
bool procedure_counts(const procedure_t *procedure);

/* A response has been seen: returns its procedure, a new one where the request is missing. |exchange| NULL:
 * not in HTTP/1. First pass only. */
procedure_t *procedure_answer(packet_info *pinfo, const http_exchange_t *exchange);

/* A response that has no body of ours may answer a request of ours: returns its procedure if it does, else
 * NULL. Interim responses (1xx) answer nothing. First pass only. */
procedure_t *procedure_answer_without_body(packet_info *pinfo);

#endif
