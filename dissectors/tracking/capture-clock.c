/* capture-clock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/capture-clock.h"

#include "tracking/frame-record.h"

static int64_t end;
static bool lost_bytes;

static void reset(void)
{
    end = INT64_MIN;
    lost_bytes = false;
}

void capture_clock_register(void)
{
    register_init_routine(reset);
}

void capture_clock_tick(const packet_info *pinfo)
{
    int64_t now = (int64_t)pinfo->abs_ts.secs * 1000000000 + pinfo->abs_ts.nsecs;

    end = MAX(end, now);
    lost_bytes = lost_bytes || frame_record_is_cut(pinfo);
}

bool capture_clock_lost_bytes(void)
{
    return lost_bytes;
}

int64_t capture_clock_end(void)
{
    return end;
}
