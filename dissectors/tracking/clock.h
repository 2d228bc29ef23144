/* clock.h
 * Time stamps as numbers, and how far the capture goes: what has not come by its end does not come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CLOCK_H
#define CLOCK_H

#include "packet/compat.h"

#define CAPTURE_SECOND 1000000000 /* nanoseconds */

/* Once, at registration. */
void capture_clock_register(void);

/* A frame has been seen: returns its time in nanoseconds since 1970. Times beyond 73 years from there on
 * either side are brought back to that, so that no difference of two overflows. First pass only. */
int64_t capture_clock_tick(const packet_info *pinfo);

/* Whether frames seen so far lack bytes that the capture cut off: LTKMs may be in them; and whether some have
 * so few that not even the header of a verification message would be left. */
bool capture_lacks_bytes(void);
bool capture_lacks_headers(void);

/* Seconds from |time|, as capture_clock_tick() gave it, to the latest time stamp of all frames seen. */
double capture_clock_left(int64_t time);

#endif
