/* clock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/clock.h"

/* GTP-U over IPv6, IPv6, UDP, and HDR, CS ID map and T of a verification message. */
enum { WITH_HEADERS = 160 };

static const int64_t ALONE = 60 * (int64_t)MOMENT_SECOND;

static const int64_t NEVER = INT64_MIN;

/* Whether the latest time stamp is far behind all others. */
static bool is_alone(const capture_clock_t *clock)
{
    return clock->second != NEVER && clock->latest - clock->second > ALONE;
}

void clock_init(capture_clock_t *clock)
{
    *clock = (capture_clock_t){ .end = moment_time(INT64_MIN, 0), .latest = NEVER, .second = NEVER };
}

void clock_tick(capture_clock_t *clock, int64_t time, uint32_t captured, uint32_t reported)
{
    clock->second = MAX(clock->second, MIN(clock->latest, time));
    clock->latest = MAX(clock->latest, time);
    clock->end = is_alone(clock) ? clock->second : clock->latest;
    if (captured < reported) {
        clock->lacks_bytes = true;
        clock->lacks_headers = clock->lacks_headers || captured < WITH_HEADERS;
    }
}

double clock_left(const capture_clock_t *clock, int64_t time)
{
    return (double)(clock->end - time) / MOMENT_SECOND;
}
