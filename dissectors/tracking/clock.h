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

typedef struct {
    int64_t end;      /* of the capture, as far as it was seen; see clock_tick() */
    int64_t latest;   /* time stamp of all, */
    int64_t second;   /* and the latest but for that one */
    bool lacks_bytes; /* frames lack bytes that the capture cut off: LTKMs may be in them; */
    bool
        lacks_headers; /* some have so few that not even the header of a verification message would be left */
} capture_clock_t;

void clock_init(capture_clock_t *clock);

/* A frame has been seen at |time|, with |captured| of its |reported| bytes. First pass only.
 * One time stamp alone is not the end, where it lies more than a minute behind all others: it may be wild.
 * Then the end is the latest of the others. */
void clock_tick(capture_clock_t *clock, int64_t time, uint32_t captured, uint32_t reported);

/* Seconds from |time| to the end of the capture, as far as it was seen. */
double clock_left(const capture_clock_t *clock, int64_t time);

#endif
