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
    int64_t end;      /* the latest time stamp of all frames seen */
    bool lacks_bytes; /* frames lack bytes that the capture cut off: LTKMs may be in them; */
    bool
        lacks_headers; /* some have so few that not even the header of a verification message would be left */
} capture_clock_t;

void clock_init(capture_clock_t *clock);

/* A frame has been seen at |time|, with |captured| of its |reported| bytes. First pass only. */
void clock_tick(capture_clock_t *clock, int64_t time, uint32_t captured, uint32_t reported);

/* Seconds from |time| to the end of the capture, as far as it was seen. */
double clock_left(const capture_clock_t *clock, int64_t time);

#endif
