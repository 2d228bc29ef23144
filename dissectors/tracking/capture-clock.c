/* capture-clock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/capture-clock.h"

static int64_t end;

static void reset(void)
{
    end = INT64_MIN;
}

void capture_clock_register(void)
{
    register_init_routine(reset);
}

void capture_clock_tick(const packet_info *pinfo)
{
    int64_t now = (int64_t)pinfo->abs_ts.secs * 1000000000 + pinfo->abs_ts.nsecs;

    end = MAX(end, now);
}

int64_t capture_clock_end(void)
{
    return end;
}
