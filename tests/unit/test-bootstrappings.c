/* test-bootstrappings.c
 * Terminals that come back under another B-TID, and two that only share an address.
 *
 * Each row is a capture, a frame a word: "a@1" is a request of B-TID a from address 1 for nothing, "a@1+s"
 * one for service s that is accepted, "a@1?s" one that is not, "a!" a verification message. The outline has
 * "b<a" where b is the terminal that was a before, and behind each B-TID its services.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/registrations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

enum { N_BTIDS = 5 };

typedef struct {
    terminals_t terminals;
    terminal_t *seen[N_BTIDS]; /* "a" to "e" */
    uint32_t frame;
} world_t;

static void ask(world_t *world, const char *word)
{
    uint8_t bytes[] = { 192, 0, 2, (uint8_t)(word[2] - '0') };
    net_address_t address = net_address_of(bytes, sizeof bytes);
    const char btid[] = { word[0], '\0' }, *service = word + 4;
    terminal_t *terminal = terminal_of_request(&world->terminals, btid, &address);
    delivery_state_t *delivery = wmem_new0(pool, delivery_state_t);

    terminal->first_frame = terminal->first_frame ? terminal->first_frame : world->frame;
    terminal_is_used(terminal, world->frame);
    world->seen[word[0] - 'a'] = terminal;
    if (word[3]) {
        terminal_link(&world->terminals, terminal, &service, 1);
    }
    if (word[3] == '+') {
        delivery->frame = world->frame;
        terminal_register(&world->terminals, terminal, delivery);
        terminal_add_service(&world->terminals, terminal, NULL, service);
    }
}

static void append_terminal(const world_t *world, const terminal_t *terminal, wmem_strbuf_t *out)
{
    static const char *const services[] = { "s", "t" };

    wmem_strbuf_append_printf(out, "%s%s", wmem_strbuf_get_len(out) ? " " : "", terminal->name);
    if (terminal->before) {
        assert_ptr_equal(terminal->before->after, terminal);
        wmem_strbuf_append_printf(out, "<%s", terminal->before->name);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
        if (terminal_has_service(&world->terminals, terminal, services[i])) {
            wmem_strbuf_append(out, services[i]);
        }
    }
}

static const char *outline(const char *capture)
{
    world_t world = { .frame = 0 };
    char **words = g_strsplit(capture, " ", -1);
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    terminals_init(&world.terminals, pool);
    for (int i = 0; words[i]; i++) {
        world.frame++;
        if (words[i][1] == '!') {
            terminal_is_used(world.seen[words[i][0] - 'a'], world.frame);
        } else {
            ask(&world, words[i]);
        }
    }
    for (int i = 0; i < N_BTIDS; i++) {
        if (world.seen[i]) {
            append_terminal(&world, world.seen[i], out);
        }
    }
    g_strfreev(words);
    return wmem_strbuf_get_str(out);
}

static void test_links(void **state)
{
    static const char *const rows[][2] = {
        { "a@1+s b@1+s", "as b<as" },
        { "a@1+s b@1?s", "as b<as" },
        { "a@1+s b@1+t", "as bt" },              /* nothing in common */
        { "a@1+s b@2+s", "as bs" },              /* another address */
        { "a@1+s a@1+t b@1+t", "ast b<ast" },    /* takes both along */
        { "a@1+s b@1 b@1+s", "as b<as" },        /* what it asks for is seen later */
        { "a@1+s b@1+s c@1+s", "as b<as c<bs" }, /* and once more */
        { "a@1+s b@1+s a@1", "as bs" },          /* used again: two terminals */
        { "a@1+s b@1?s a@1", "as b" },           /* what was taken over goes back */
        { "a@1+s a@1+t b@1+s a!", "ast bst" },   /* what it registered itself stays */
        { "a@1+s b@1 a@1 b@1+s", "as bs" },      /* used again before it asked */
        { "a@1+s b@1+s a@1 b@1+s", "as bs" },    /* and never taken for one again */
        { "a@1+s b@1+s b! b@1+s", "as b<as" },
        { "a@1+s b@1 c@1+s", "as b cs" }, /* b stands between */
        { "b@1+s a@2+s a@1+s", "as bs" }, /* not new */
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *found = outline(rows[i][0]);

        if (strcmp(found, rows[i][1]) != 0) {
            print_error("%s: found \"%s\", expected \"%s\"\n", rows[i][0], found, rows[i][1]);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

/* Hostile chains cost no more than real ones. */
static void test_newest(void **state)
{
    terminal_t chain[40] = { { .name = "" } };

    (void)state;
    for (int i = 0; i < 39; i++) {
        chain[i].after = &chain[i + 1];
    }
    assert_ptr_equal(terminal_newest(&chain[39]), &chain[39]);
    assert_ptr_equal(terminal_newest(&chain[36]), &chain[39]);
    assert_ptr_equal(terminal_newest(&chain[0]), &chain[16]);
}

/* Names of messages' terminals that sent no request. */
static void test_messages(void **state)
{
    static const uint8_t one[] = { 192, 0, 2, 1 }, group[] = { 239, 0, 0, 1 };
    net_address_t address = net_address_of(one, 4), multicast = net_address_of(group, 4), none = { 0 };
    terminals_t terminals;
    terminal_t *terminal;

    (void)state;
    terminals_init(&terminals, pool);
    terminal = terminal_of_message(&terminals, &address, (const uint8_t *)"x@y", 3);
    assert_string_equal(terminal->name, "x@y");
    assert_true(terminal->has_btid && !terminal->has_asked);
    assert_null(terminal_of_idr(&terminals, NULL, (const uint8_t *)"x@y", 3));
    assert_false(terminals_any(&terminals));
    assert_string_equal(terminal_of_message(&terminals, &address, NULL, 0)->name, "192.0.2.1");
    assert_string_equal(terminal_of_message(&terminals, &address, (const uint8_t *)"@y", 2)->name,
                        "192.0.2.1");
    assert_string_equal(terminal_of_message(&terminals, &address, (const uint8_t *)"x@", 2)->name,
                        "192.0.2.1");
    assert_string_equal(terminal_of_message(&terminals, &address, (const uint8_t *)"x @y", 4)->name,
                        "192.0.2.1");
    assert_null(terminal_of_message(&terminals, &multicast, (const uint8_t *)"z@y", 3));
    assert_ptr_equal(terminal_of_message(&terminals, &multicast, (const uint8_t *)"x@y", 3), terminal);
    assert_null(terminal_of_message(&terminals, &none, NULL, 0));
    assert_ptr_equal(terminal_of_request(&terminals, "x@y", &address), terminal);
    assert_true(terminal_of_idr(&terminals, NULL, (const uint8_t *)"x@y", 3));
    assert_ptr_equal(terminal_of_message(&terminals, &address, NULL, 0), terminal); /* the only one there */
}

/* Whoever was thought of first, IDr names the same one. */
static void test_identity(void **state)
{
    static const char *const names[] = { "x@y", "x@z", "xx@y", "192.0.2.1", "" };
    static const uint8_t bytes[] = { 192, 0, 2, 1 };
    net_address_t address = net_address_of(bytes, sizeof bytes);
    terminals_t terminals;
    const terminal_t *all[8] = { NULL };

    (void)state;
    terminals_init(&terminals, pool);
    for (unsigned i = 0; i < 5; i++) {
        all[i] = terminal_of_request(&terminals, names[i], &address);
    }
    all[5] = terminal_of_request(&terminals, NULL, &address); /* "192.0.2.1" is how it is shown */
    all[6] = terminal_of_message(&terminals, &address, (const uint8_t *)"w@y", 3); /* has not asked */
    for (unsigned likely = 0; likely < 8; likely++) {
        for (unsigned i = 0; i < 5; i++) {
            assert_ptr_equal(terminal_of_idr(&terminals, all[likely], (const uint8_t *)names[i],
                                             (uint32_t)strlen(names[i])),
                             names[i][0] ? all[i] : NULL);
        }
        assert_null(terminal_of_idr(&terminals, all[likely], (const uint8_t *)"w@y", 3));
        assert_null(terminal_of_idr(&terminals, all[likely], (const uint8_t *)"x@y", 2));
    }
}

/* Nobody but who sends requests has the state of those at its address. */
static void test_state_of_others(void **state)
{
    static const delivery_state_t delivery = { .frame = 1 };
    static const uint8_t one[] = { 192, 0, 2, 1 }, two[] = { 192, 0, 2, 2 };
    net_address_t address = net_address_of(one, 4), other = net_address_of(two, 4);
    terminals_t terminals;

    (void)state;
    terminals_init(&terminals, pool);
    terminal_register(&terminals, terminal_of_request(&terminals, "a", &address), &delivery);
    terminal_of_request(&terminals, "a", &other); /* moves */
    assert_null(terminal_delivery(terminal_of_message(&terminals, &address, NULL, 0), NULL));
    assert_ptr_equal(terminal_delivery(terminal_of_request(&terminals, NULL, &address), NULL), &delivery);
}

/* What is registered at one BSM says nothing of another. */
static void test_services_of_bsms(void **state)
{
    static const uint8_t one[] = { 192, 0, 2, 1 };
    const struct host_name *bsm = (const void *)"one", *other = (const void *)"other";
    net_address_t address = net_address_of(one, 4);
    terminals_t terminals;
    terminal_t *terminal;

    (void)state;
    terminals_init(&terminals, pool);
    terminal = terminal_of_request(&terminals, "a", &address);
    terminal_add_service(&terminals, terminal, bsm, "s");
    assert_true(terminal_has_services(terminal, bsm));
    assert_true(terminal_has_services(terminal, NULL));
    assert_false(terminal_has_services(terminal, other));
    terminal_remove_service(&terminals, terminal, other, "s");
    assert_true(terminal_has_services(terminal, bsm));
    terminal_remove_service(&terminals, terminal, bsm, "s");
    assert_false(terminal_has_services(terminal, NULL));
    terminal_add_service(&terminals, terminal, NULL, "s");
    assert_true(terminal_has_services(terminal, other)); /* perhaps there */
}

/* Copies of hostile lists are paid for by what was captured. */
static void test_budget(void **state)
{
    static const uint8_t one[] = { 192, 0, 2, 1 };
    static const char *const services[] = { "s" };
    net_address_t address = net_address_of(one, 4);
    budget_t budget = { 0 };
    terminals_t terminals;
    terminal_t *old, *new;

    (void)state;
    terminals_init(&terminals, pool);
    terminals.budget = &budget;
    old = terminal_of_request(&terminals, "a", &address);
    old->first_frame = 1;
    terminal_is_used(old, 1);
    terminal_add_service(&terminals, old, NULL, "s");
    new = terminal_of_request(&terminals, "b", &address);
    new->first_frame = 2;
    budget_charge(&budget, BUDGET_START);
    terminal_link(&terminals, new, services, 1);
    assert_ptr_equal(new->before, old);
    assert_false(terminal_has_service(&terminals, new, "s"));
    assert_true(terminal_has_services(new, NULL)); /* what they are is not known any more */
    assert_null(terminal_of_message(&terminals, &address, (const uint8_t *)"x@y", 3));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_links),           TEST(test_newest),           TEST(test_messages), TEST(test_identity),
        TEST(test_state_of_others), TEST(test_services_of_bsms), TEST(test_budget),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
