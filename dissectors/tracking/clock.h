/* clock.h
 * How far the capture goes, and what it lacks: what has not come by its end does not come.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CAPTURE_CLOCK_H
#define CAPTURE_CLOCK_H

#include "tracking/moment.h"

/* Pauses longer than a time-out: nothing is seen in them, so whatever is waited for may have come. */
enum { CLOCK_MAX_TIMEOUTS = 2 };

typedef struct {
    int64_t timeout;
    wmem_array_t *begins; /* int64_t, in order */
} clock_pauses_t;

typedef struct {
    int64_t end;      /* of the capture, as far as it was seen; see clock_tick() */
    int64_t latest;   /* time stamp of all, */
    int64_t second;   /* and the latest but for that one */
    bool lacks_bytes; /* frames lack bytes that the capture cut off: LTKMs may be in them; */
    bool
        lacks_headers; /* some have so few that not even the header of a verification message would be left */
    int64_t shortest;  /* of the time-outs whose pauses are minded */
    clock_pauses_t pauses[CLOCK_MAX_TIMEOUTS];
} capture_clock_t;

void clock_init(capture_clock_t *clock);

/* From now on minds pauses that are longer than |seconds|, of at most two values; what is remembered lives in
 * |scope|. */
void clock_mind_pauses(capture_clock_t *clock, wmem_allocator_t *scope, unsigned seconds);

/* A frame has been seen at |time|, with |captured| of its |reported| bytes. First pass only.
 * One time stamp alone is not the end, where it lies more than a minute behind all others: it may be wild.
 * Then the end is the latest of the others. */
void clock_tick(capture_clock_t *clock, int64_t time, uint32_t captured, uint32_t reported);

/* Seconds from |time| to the end of the capture, as far as it was seen, or to the first pause after it that
 * is longer than |timeout| seconds, if those are minded; |paused| (may be NULL) tells which. */
double clock_left(const capture_clock_t *clock, int64_t time, unsigned timeout, bool *paused);

#endif
