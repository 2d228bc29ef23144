/* test-delivery.c
 * Which delivery mechanisms are in force: between a terminal and one BSM, and never by a guess.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tracking/hosts.h"
#include "tracking/registrations.h"

#include "pool.h"

static terminals_t terminals;
static terminal_t *terminal;
static host_name_t bsms[32]; /* the first has no name */

static int begin(void **state)
{
    const net_address_t address = net_address_of("\x0a\x00\x00\x01", 4);
    int result = setup(state);

    terminals_init(&terminals, pool);
    terminal = terminal_of_request(&terminals, "b-tid", &address);
    return result;
}

static const host_name_t *bsm(unsigned n)
{
    return n ? &bsms[n] : NULL;
}

static void register_at(uint32_t frame, unsigned n)
{
    delivery_state_t *state = wmem_new0(pool, delivery_state_t);

    state->frame = frame;
    state->bsm = bsm(n);
    terminal_register(&terminals, terminal, state);
}

/* The frame of what is in force; 0: it is not known. */
static uint32_t in_force(const terminal_t *whose, unsigned n)
{
    const delivery_state_t *state = terminal_delivery(whose, bsm(n));

    return state ? state->frame : 0;
}

static void each_bsm_its_own(void **state)
{
    (void)state;
    assert_int_equal(in_force(terminal, 1), 0);
    register_at(4, 1);
    register_at(6, 2);
    assert_int_equal(in_force(terminal, 1), 4);
    assert_int_equal(in_force(terminal, 2), 6);
    assert_int_equal(in_force(terminal, 3), 0);
    assert_int_equal(in_force(terminal, 0), 0);
    register_at(8, 1);
    assert_int_equal(in_force(terminal, 1), 8);
    assert_int_equal(in_force(terminal, 2), 6);
}

static void unknown_bsm(void **state)
{
    (void)state;
    register_at(4, 1);
    assert_int_equal(in_force(terminal, 0), 4);
    assert_int_equal(in_force(terminal, 2), 0);
}

static void unknown_registration(void **state)
{
    (void)state;
    register_at(4, 0);
    assert_int_equal(in_force(terminal, 0), 4);
    assert_int_equal(in_force(terminal, 2), 4);
    register_at(6, 1);
    assert_int_equal(in_force(terminal, 0), 0);
    assert_int_equal(in_force(terminal, 1), 6);
    assert_int_equal(in_force(terminal, 2), 0);
}

/* A new user name at the same address. */
static void takes_over(void **state)
{
    const net_address_t address = net_address_of("\x0a\x00\x00\x01", 4);
    terminal_t *renamed;

    (void)state;
    register_at(4, 1);
    register_at(6, 2);
    renamed = terminal_of_request(&terminals, "other", &address);
    assert_int_equal(in_force(renamed, 1), 4);
    assert_int_equal(in_force(renamed, 2), 6);
    terminal = renamed;
    register_at(8, 1);
    assert_int_equal(in_force(renamed, 1), 8);
    assert_int_equal(in_force(terminal_of_request(&terminals, "third", &address), 1), 0);
}

/* Beyond what is remembered nothing is certain. */
static void too_many(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 32; n++) {
        register_at(n, n);
    }
    for (unsigned n = 0; n < 32; n++) {
        assert_int_equal(in_force(terminal, n), 0);
    }
}

/* Where there is no room for names of services, there were some all the same. */
static void services_within_budget(void **state)
{
    budget_t budget = { 0 };
    char name[] = "service-0000000";

    (void)state;
    terminals.budget = &budget;
    budget_charge(&budget, BUDGET_START);
    terminal_add_service(&terminals, terminal, NULL, name);
    assert_true(terminal_has_services(terminal, NULL));
    assert_false(terminal_has_service(&terminals, terminal, name));
    budget_earn(&budget, 100);
    terminal_add_service(&terminals, terminal, NULL, name);
    assert_true(terminal_has_service(&terminals, terminal, name));
    assert_false(budget_take(&budget, 32 * 100));
    assert_true(budget_take(&budget, 32 * 100 - 64 - sizeof name + 1));
    assert_false(budget_take(&budget, 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_bsm_its_own), TEST(unknown_bsm), TEST(unknown_registration),
        TEST(takes_over),       TEST(too_many),    TEST(services_within_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
