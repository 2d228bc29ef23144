/* pipeline.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/pipeline.h"

/* Of sequence numbers, which wrap around. */
static bool is_behind(uint32_t one, uint32_t other)
{
    return (int32_t)(one - other) > 0;
}

void pipeline_remove(pipeline_t *pipeline, wmem_allocator_t *scope, pipeline_request_t *request)
{
    *(request->before ? &request->before->behind : &pipeline->first) = request->behind;
    *(request->behind ? &request->behind->before : &pipeline->last) = request->before;
    pipeline->n_open--;
    wmem_free(scope, request);
}

/* ---- requests --------------------------------------------------------------------------------------- */

static bool was_answered_early(const pipeline_t *pipeline, const stream_place_t *place)
{
    return pipeline->early.frame && place->known &&
           (place->first_frame < pipeline->early.frame || place->received);
}

/* Requests are missing from the capture. That does no harm if their responses are not to come any more: one
 * was seen, or the client has got more than was seen. */
static bool lacks_open_request(const pipeline_t *pipeline, const stream_place_t *place)
{
    bool gap = place->known && pipeline->client_placed && is_behind(place->begin, pipeline->client_end);
    bool got_more = pipeline->server_placed && is_behind(place->acked, pipeline->server_end);

    return gap && !got_more && !pipeline->early.frame;
}

static void end_request(pipeline_t *pipeline, const stream_place_t *place)
{
    if (!place->known) {
        return;
    }
    if (!pipeline->client_placed || is_behind(place->end, pipeline->client_end)) {
        pipeline->client_end = place->end;
    }
    pipeline->client_placed = true;
    if (!pipeline->server_placed) {
        pipeline->server_end = place->acked;
        pipeline->server_placed = true;
    }
}

pipeline_request_t *pipeline_ask(pipeline_t *pipeline, wmem_allocator_t *scope, const stream_place_t *place,
                                 void *owner, pipeline_early_t *early)
{
    bool answered = pipeline->n_open == 0 && was_answered_early(pipeline, place);
    pipeline_request_t *request;

    *early = answered ? pipeline->early : (pipeline_early_t){ 0 };
    if (!answered && lacks_open_request(pipeline, place)) {
        pipeline->lost = true;
    }
    pipeline->early = (pipeline_early_t){ 0 };
    end_request(pipeline, place);
    if (pipeline->n_open >= PIPELINE_MAX_OPEN) {
        pipeline->lost = true;
    }
    if (answered || pipeline->lost) {
        return NULL;
    }
    request = wmem_new0(scope, pipeline_request_t);
    request->acked = place->acked;
    request->placed = place->known;
    request->owner = owner;
    request->before = pipeline->last;
    *(pipeline->last ? &pipeline->last->behind : &pipeline->first) = request;
    pipeline->last = request;
    pipeline->n_open++;
    return request;
}

/* ---- responses -------------------------------------------------------------------------------------- */

static void *take_first(pipeline_t *pipeline, wmem_allocator_t *scope)
{
    void *owner = pipeline->first->owner;

    pipeline_remove(pipeline, scope, pipeline->first);
    return owner;
}

/* Bytes between the response before and this one are missing from the capture: others may be in them. It
 * answers the latest request for sure only if the client had all that came before when it sent it; of one
 * that was open beside, the bytes that are missing were the response. */
static void *answer_after_gap(pipeline_t *pipeline, wmem_allocator_t *scope, const stream_place_t *place)
{
    const pipeline_request_t *latest = pipeline->last;

    if (pipeline->n_open > 2 || !latest->placed || is_behind(place->begin, latest->acked)) {
        if (pipeline->n_open > 1) {
            pipeline->lost = true;
        }
        take_first(pipeline, scope);
        return NULL;
    }
    if (pipeline->n_open == 2) {
        if (pipeline->first->placed && !is_behind(place->begin, pipeline->first->acked)) {
            pipeline->lost = true;
            return NULL;
        }
        take_first(pipeline, scope);
    }
    return take_first(pipeline, scope);
}

static bool has_gap(const pipeline_t *pipeline, const stream_place_t *place)
{
    return place->known && pipeline->server_placed && is_behind(place->begin, pipeline->server_end);
}

static void end_response(pipeline_t *pipeline, const stream_place_t *place)
{
    if (place->known && (!pipeline->server_placed || is_behind(place->end, pipeline->server_end))) {
        pipeline->server_end = place->end;
        pipeline->server_placed = true;
    }
}

/* Of several that are open one may still have been interim, or the server has left one out. */
static bool is_unclear(const pipeline_t *pipeline, const pipeline_response_t *response)
{
    return pipeline->n_open > 1 &&
           (pipeline->n_unclear > 0 || (response->fits && pipeline->first->owner &&
                                        !response->fits(pipeline->first->owner, response->response)));
}

static void *find_owner(pipeline_t *pipeline, wmem_allocator_t *scope, const stream_place_t *place,
                        const pipeline_response_t *response)
{
    if (pipeline->lost) {
        return NULL;
    }
    if (pipeline->n_open == 0) {
        pipeline->early = (pipeline_early_t){ response->frame, response->status, response->time };
        return NULL;
    }
    if (has_gap(pipeline, place)) {
        return answer_after_gap(pipeline, scope, place);
    }
    if (is_unclear(pipeline, response)) {
        pipeline->lost = true;
        return NULL;
    }
    return take_first(pipeline, scope);
}

void *pipeline_answer(pipeline_t *pipeline, wmem_allocator_t *scope, const stream_place_t *place,
                      const pipeline_response_t *response)
{
    void *owner = find_owner(pipeline, scope, place, response);

    pipeline->n_unclear = 0;
    end_response(pipeline, place);
    return owner;
}

void pipeline_pass(pipeline_t *pipeline, const stream_place_t *place)
{
    end_response(pipeline, place);
}

void pipeline_answer_unclear(pipeline_t *pipeline)
{
    pipeline->n_unclear++;
}
