/* test-clock.c
 * One wild time stamp is not the end of a capture; two that agree, or an ordinary pause, are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tracking/clock.h"

#define SECONDS(n) ((n) * (int64_t)MOMENT_SECOND)

/* Seconds from 1000 to the end, after whole frames at these times. */
static double left_after(const int64_t *seconds, size_t n)
{
    capture_clock_t clock;

    clock_init(&clock);
    for (size_t i = 0; i < n; i++) {
        clock_tick(&clock, SECONDS(seconds[i]), 60, 60);
    }
    return clock_left(&clock, SECONDS(1000), 10, NULL);
}

#define assert_left(expected, ...)                                                                           \
    do {                                                                                                     \
        const int64_t times[] = { __VA_ARGS__ };                                                             \
        assert_int_equal((int)left_after(times, sizeof times / sizeof times[0]), expected);                  \
    } while (0)

static void ordinary(void **state)
{
    (void)state;
    assert_left(0, 1000);
    assert_left(20, 1000, 1020);
    assert_left(60, 1000, 1060);
    assert_left(20, 1020, 1000, 1010);
}

static void wild_stamp(void **state)
{
    (void)state;
    assert_left(2, 1000, 173800, 1001, 1002);
    assert_left(2, 173800, 1000, 1001, 1002);
    assert_left(2, 1000, 1001, 1002, 173800);
    assert_left(0, 1000, 1061);
    assert_left(2, 1000, -173800, 1001, 1002);
}

static void long_pause(void **state)
{
    (void)state;
    assert_left(172801, 1000, 173800, 173801);
    assert_left(172800, 1000, 173800, 173800);
}

/* Seconds from 1000 that are seen without a pause of more than |timeout|, after whole frames at these times.
 */
static double seen_after(unsigned timeout, const int64_t *seconds, size_t n, bool *paused)
{
    capture_clock_t clock;

    clock_init(&clock);
    clock_mind_pauses(&clock, NULL, 60);
    clock_mind_pauses(&clock, NULL, 10);
    for (size_t i = 0; i < n; i++) {
        clock_tick(&clock, SECONDS(seconds[i]), 60, 60);
    }
    return clock_left(&clock, SECONDS(1000), timeout, paused);
}

#define assert_seen(timeout, expected, ends, ...)                                                            \
    do {                                                                                                     \
        const int64_t times[] = { __VA_ARGS__ };                                                             \
        bool paused;                                                                                         \
        assert_int_equal((int)seen_after(timeout, times, sizeof times / sizeof times[0], &paused),           \
                         expected);                                                                          \
        assert_int_equal(paused, !(ends));                                                                   \
    } while (0)

static void pauses(void **state)
{
    (void)state;
    assert_seen(10, 20, true, 1000, 1010, 1020);
    assert_seen(10, 0, false, 1000, 1011, 1020);
    assert_seen(60, 20, true, 1000, 1011, 1020);
    assert_seen(10, 9, false, 900, 1000, 1009, 1100, 1101);
    assert_seen(60, 9, false, 900, 1000, 1009, 1100, 1101);
    assert_seen(10, 1, false, 900, 1001, 1050, 1051, 1200, 1201); /* the first of them */
    assert_seen(10, 5, true, 900, 999, 1005);                     /* one before it is none */
    assert_seen(10, 0, false, 1000, 1011);                        /* the last frame alone */
    assert_seen(10, 5, true, 1005, 1000, 1003);                   /* time goes back */
    assert_seen(10, 4, true, 1000, 173800, 1002, 1004);           /* a wild stamp */
    assert_seen(5, 500, true, 1000, 1001, 1500, 1500);            /* a time-out that nobody minds */
}

static void cut_frames(void **state)
{
    capture_clock_t clock;

    (void)state;
    clock_init(&clock);
    clock_tick(&clock, 0, 60, 60);
    assert_false(clock.lacks_bytes || clock.lacks_headers);
    clock_tick(&clock, 0, 160, 161);
    assert_true(clock.lacks_bytes && !clock.lacks_headers);
    clock_tick(&clock, 0, 159, 161);
    assert_true(clock.lacks_bytes && clock.lacks_headers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary), cmocka_unit_test(wild_stamp), cmocka_unit_test(long_pause),
        cmocka_unit_test(pauses),   cmocka_unit_test(cut_frames),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
