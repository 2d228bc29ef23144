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
    *clock = (capture_clock_t){
        .end = moment_time(INT64_MIN, 0), .latest = NEVER, .second = NEVER, .shortest = INT64_MAX
    };
}

void clock_mind_pauses(capture_clock_t *clock, wmem_allocator_t *scope, unsigned seconds)
{
    for (size_t i = 0; i < CLOCK_MAX_TIMEOUTS; i++) {
        clock_pauses_t *pauses = &clock->pauses[i];

        if (!pauses->begins) {
            pauses->timeout = (int64_t)seconds * MOMENT_SECOND;
            clock->shortest = MIN(clock->shortest, pauses->timeout);
            pauses->begins = wmem_array_new(scope, sizeof(int64_t));
            return;
        }
    }
}

/* Two time stamps agree that time has gone on from |begin| to |end|. */
static void note_pause(capture_clock_t *clock, int64_t begin, int64_t end)
{
    for (size_t i = 0; i < CLOCK_MAX_TIMEOUTS; i++) {
        if (clock->pauses[i].begins && end - begin > clock->pauses[i].timeout) {
            wmem_array_append_one(clock->pauses[i].begins, begin);
        }
    }
}

void clock_tick(capture_clock_t *clock, int64_t time, uint32_t captured, uint32_t reported)
{
    int64_t before = clock->second;

    clock->second = MAX(clock->second, MIN(clock->latest, time));
    clock->latest = MAX(clock->latest, time);
    clock->end = is_alone(clock) ? clock->second : clock->latest;
    if (before != NEVER && clock->second - before > clock->shortest) {
        note_pause(clock, before, clock->second);
    }
    if (captured < reported) {
        clock->lacks_bytes = true;
        clock->lacks_headers = clock->lacks_headers || captured < WITH_HEADERS;
    }
}

/* The begin of the first pause that does not begin before |time|; else |end|. */
static int64_t find_pause(const clock_pauses_t *pauses, int64_t time, int64_t end)
{
    unsigned low = 0, high = wmem_array_get_count(pauses->begins);

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (*(int64_t *)wmem_array_index(pauses->begins, middle) < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < wmem_array_get_count(pauses->begins) ? *(int64_t *)wmem_array_index(pauses->begins, low)
                                                      : end;
}

/* The last frame may stand alone behind a pause that only the next one would make certain. */
static int64_t end_of_watch(const capture_clock_t *clock, const clock_pauses_t *pauses, int64_t time)
{
    bool pauses_last =
        clock->second != NEVER && clock->second >= time && clock->latest - clock->second > pauses->timeout;

    return find_pause(pauses, time, pauses_last ? clock->second : clock->end);
}

double clock_left(const capture_clock_t *clock, int64_t time, unsigned timeout, bool *paused)
{
    int64_t end = clock->end;

    for (size_t i = 0; i < CLOCK_MAX_TIMEOUTS; i++) {
        if (clock->pauses[i].begins && clock->pauses[i].timeout == (int64_t)timeout * MOMENT_SECOND) {
            end = end_of_watch(clock, &clock->pauses[i], time);
        }
    }
    if (paused) {
        *paused = end != clock->end;
    }
    return (double)(end - time) / MOMENT_SECOND;
}
