/* repeats.h
 * What terminals ask for again and again, and requests that the capture has twice.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef REPEATS_H
#define REPEATS_H

#include "tracking/requests.h"
#include "tracking/store.h"
#include "tracking/terminals.h"

/* The same services or MSKs, asked for by the same procedure. */
typedef struct repeat {
    uint64_t digest;
    uint32_t n_answered; /* requests with a 2xx response */
    uint32_t frame;      /* of the first of them; 0: none so far */
    mbms_message_t request;
    struct repeat *next;
} repeat_t;

/* How often |terminal| has asked for this; 32 different things are remembered of a terminal: NULL beyond. */
repeat_t *repeat_of(store_t *store, terminal_t *terminal, mbms_message_t request, const request_t *asked);

/* The request in |frame| was answered 2xx. After a deregistration all may be registered again. */
void repeat_count(terminal_t *terminal, repeat_t *repeat, uint32_t frame);

/* A number for a text, equal for equal ones, and hardly for others; never 0. */
uint64_t text_digest(const char *text);

#endif
