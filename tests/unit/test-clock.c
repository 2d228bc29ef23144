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
        cmocka_unit_test(ordinary),
        cmocka_unit_test(wild_stamp),
        cmocka_unit_test(long_pause),
        cmocka_unit_test(cut_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
