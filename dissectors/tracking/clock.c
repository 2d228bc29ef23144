/* clock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/clock.h"

#include "packet/frame-record.h"

#define LATEST (INT64_MAX / 2)

/* GTP-U over IPv6, IPv6, UDP, and HDR, CS ID map and T of a verification message. */
enum { WITH_HEADERS = 160 };

static int64_t end;
static bool lacks_bytes;
static bool lacks_headers;

static void reset(void)
{
    end = -LATEST;
    lacks_bytes = lacks_headers = false;
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
    if (frame_record_is_cut(pinfo)) {
        lacks_bytes = true;
        lacks_headers = lacks_headers || pinfo->fd->cap_len < WITH_HEADERS;
    }
    return now;
}

double capture_clock_left(int64_t time)
{
    return (double)(end - time) / CAPTURE_SECOND;
}

bool capture_lacks_bytes(void)
{
    return lacks_bytes;
}

bool capture_lacks_headers(void)
{
    return lacks_headers;
}
