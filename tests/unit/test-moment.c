/* test-moment.c
 * Times that never overflow, addresses as text and as hashes, and how far a capture goes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

enum { YEAR = 31557600 };

static void test_times(void **state)
{
    static const struct {
        int64_t seconds, nanoseconds, expected;
    } rows[] = {
        { 0, 0, 0 },
        { 1, 5, 1000000005 },
        { -1, 5, -999999995 },
        { 1700000000, 999999999, 1700000000999999999 },
        { 1, 1000000000, 1999999999 }, /* no file has more, or less than 0 */
        { 1, -1, 1000000000 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_true(moment_time(rows[i].seconds, rows[i].nanoseconds) == rows[i].expected);
    }
}

static void test_seconds(void **state)
{
    static const struct {
        double seconds;
        const char *expected;
    } rows[] = {
        { 0, "0.000" },
        { 0.034, "0.034" },
        { 0.0004, "0.000" },
        { 0.0005, "0.001" },
        { 0.0006, "0.001" },
        { 1.9996, "2.000" },
        { 12.5, "12.500" },
        { -0.0001, "0.000" },
        { -1.25, "-1.250" },
        { 9214646400.0, "9214646400.000" }, /* 292 years: no two time stamps are farther apart */
    };
    char text[SECONDS_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_string_equal(seconds_text(text, rows[i].seconds), rows[i].expected);
    }
}

static void test_wild_times(void **state)
{
    int64_t latest = moment_time(INT64_MAX, INT64_MAX), earliest = moment_time(INT64_MIN, INT64_MIN);

    (void)state;
    assert_true(latest > moment_time(145ll * YEAR, 0) && latest < moment_time(0, 0) + INT64_MAX / 2);
    assert_true(earliest < moment_time(-145ll * YEAR, 0) && earliest > -(INT64_MAX / 2));
    assert_true(latest - earliest > latest); /* no overflow */
    assert_true(latest == moment_time(147ll * YEAR, 999999999));
}

static void test_address_text(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *text;
    } rows[] = {
        { "\xc0\0\2\1", 4, "192.0.2.1" },
        { "\xff\xff\xff\xff", 4, "255.255.255.255" },
        { "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16, "2001:db8::1" },
        { "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "::" },
        { "\2\0\x5e\1\2\3", 6, "02:00:5e:01:02:03" },
        { "\7", 1, "07" },
        { "", 0, "" },
        { "0123456789abcdef????", 20, "3031:3233:3435:3637:3839:6162:6364:6566" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        net_address_t address = net_address_of(rows[i].bytes, rows[i].length);

        assert_string_equal(net_address_text(pool, &address), rows[i].text);
    }
}

static void test_address_hash(void **state)
{
    static const uint8_t bytes[16] = { 192, 0, 2, 1 };
    net_address_t none = net_address_of(NULL, 0);

    (void)state;
    assert_int_equal(net_address_hash(&none), 0);
    for (size_t length = 1; length <= 16; length++) {
        net_address_t address = net_address_of(bytes, length);

        assert_int_not_equal(net_address_hash(&address), 0);
        assert_int_equal(net_address_hash(&address) & 1, length == 16);
    }
}

static void test_address_keys(void **state)
{
    net_address_t four = net_address_of("abcd", 4), same = net_address_of("abcd", 4);
    net_address_t other = net_address_of("abce", 4), longer = net_address_of("abcd\0\0", 6);

    (void)state;
    assert_true(net_address_key_equal(&four, &same));
    assert_int_equal(net_address_key_hash(&four), net_address_key_hash(&same));
    assert_false(net_address_key_equal(&four, &other));
    assert_false(net_address_key_equal(&four, &longer));
}

/* ---- the clock -------------------------------------------------------------------------------------- */

static void test_end(void **state)
{
    capture_clock_t clock;

    (void)state;
    clock_init(&clock);
    clock_tick(&clock, 5 * (int64_t)MOMENT_SECOND, 100, 100);
    clock_tick(&clock, 20 * (int64_t)MOMENT_SECOND, 100, 100);
    clock_tick(&clock, 10 * (int64_t)MOMENT_SECOND, 100, 100); /* time goes back */
    assert_true(clock_left(&clock, 5 * (int64_t)MOMENT_SECOND, 10, NULL) == 15);
    assert_true(clock_left(&clock, 20 * (int64_t)MOMENT_SECOND, 10, NULL) == 0);
    assert_true(clock_left(&clock, 30 * (int64_t)MOMENT_SECOND, 10, NULL) == -10);
}

static void test_before_1970(void **state)
{
    capture_clock_t clock;

    (void)state;
    clock_init(&clock);
    clock_tick(&clock, moment_time(-1000, 0), 100, 100);
    assert_true(clock_left(&clock, moment_time(-1010, 500000000), 10, NULL) == 9.5);
}

static void test_what_it_lacks(void **state)
{
    static const struct {
        uint32_t captured, reported;
        bool bytes, headers;
    } rows[] = {
        { 100, 100, false, false }, { 0, 0, false, false },   { 1500, 1501, true, false },
        { 160, 161, true, false },  { 159, 160, true, true }, { 0, 1, true, true },
        { 200, 100, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        capture_clock_t clock;

        clock_init(&clock);
        clock_tick(&clock, 1, rows[i].captured, rows[i].reported);
        clock_tick(&clock, 2, 1000, 1000); /* it stays so */
        assert_int_equal(clock.lacks_bytes, rows[i].bytes);
        assert_int_equal(clock.lacks_headers, rows[i].headers);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_times),        TEST(test_wild_times),  TEST(test_address_text),
        TEST(test_address_hash), TEST(test_seconds),     TEST(test_address_keys),
        TEST(test_end),          TEST(test_before_1970), TEST(test_what_it_lacks),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
