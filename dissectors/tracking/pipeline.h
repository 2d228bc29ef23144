/* pipeline.h
 * Which request of an HTTP/1 connection a response answers: responses come in the order of the requests
 * (RFC 9112 9.3.2), so the first that is open. All requests count, also those of others.
 *
 * What a capture lacks shows in the sequence numbers of TCP. Where they leave a doubt there is no answer, and
 * if it can't be told what else is still to come, there is none on that connection any more.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "tracking/moment.h"

enum { PIPELINE_MAX_OPEN = 256 };

typedef struct pipeline_request {
    struct pipeline_request *before, *behind;
    uint32_t acked; /* bytes of the other direction that the client had when it sent it; */
    bool placed;    /* that is known */
    void *owner;    /* NULL: a request of others */
} pipeline_request_t;

/* What was answered before any request was there. */
typedef struct {
    uint32_t frame; /* 0: nothing */
    uint32_t status;
    int64_t time;
} pipeline_early_t;

/* Zeroed in the beginning. */
typedef struct {
    pipeline_request_t *first, *last;
    uint32_t n_open;
    uint32_t n_unclear;              /* responses of which it is not known whether they were interim */
    uint32_t server_end, client_end; /* the bytes behind the latest message */
    bool server_placed, client_placed;
    bool lost; /* nothing is certain any more */
    pipeline_early_t early;
} pipeline_t;

/* A request has been seen. Returns its place among those that are open; NULL if it is not waiting
 * for a response: it was answered before its end was seen, which |early| then tells. */
pipeline_request_t *pipeline_ask(pipeline_t *pipeline, wmem_allocator_t *scope, const stream_place_t *place,
                                 void *owner, pipeline_early_t *early);

/* Who is waiting for the response that is seen now; NULL: not certain, or nobody. */
typedef bool (*pipeline_fits_t)(const void *owner, const void *response);
typedef struct {
    uint32_t frame;
    uint32_t status;
    int64_t time;
    pipeline_fits_t fits; /* whether it can be the answer to a request, where several are open; may be NULL */
    const void *response; /* for |fits| */
} pipeline_response_t;
void *pipeline_answer(pipeline_t *pipeline, wmem_allocator_t *scope, const stream_place_t *place,
                      const pipeline_response_t *response);

/* An interim response (1xx), which answers nothing; and one of which it is not known whether it was. */
void pipeline_pass(pipeline_t *pipeline, const stream_place_t *place);
void pipeline_answer_unclear(pipeline_t *pipeline);

/* A request is answered by other knowledge. */
void pipeline_remove(pipeline_t *pipeline, wmem_allocator_t *scope, pipeline_request_t *request);

#endif
