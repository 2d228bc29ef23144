/* capture-clock.h
 * How far the capture goes: what has not come by its end does not come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CAPTURE_CLOCK_H
#define CAPTURE_CLOCK_H

#include "plugin/compat.h"

/* Once, at registration. */
void capture_clock_register(void);

/* A frame has been seen. First pass only. */
void capture_clock_tick(const packet_info *pinfo);

/* Whether the capture kept only the beginning of some frame so far: what seems to be missing may have been in
 * it. */
bool capture_clock_lost_bytes(void);

/* The latest time stamp of all frames seen, in nanoseconds since 1970; INT64_MIN before the first. */
int64_t capture_clock_end(void);

#endif
