/* capture-clock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/capture-clock.h"

#define LATEST (INT64_MAX / 2)

static int64_t end;

static void reset(void)
{
    end = -LATEST;
}

void capture_clock_register(void)
{
    register_init_routine(reset);
}

int64_t capture_clock_tick(const packet_info *pinfo)
{
    int64_t seconds = CLAMP(pinfo->abs_ts.secs, -LATEST / CAPTURE_SECOND + 1, LATEST / CAPTURE_SECOND - 1);
    int64_t now = seconds * CAPTURE_SECOND + CLAMP(pinfo->abs_ts.nsecs, 0, CAPTURE_SECOND - 1);

    end = MAX(end, now);
    return now;
}

double capture_clock_left(int64_t time)
{
    return (double)(end - time) / CAPTURE_SECOND;
}
