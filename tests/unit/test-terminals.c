/* test-terminals.c
 * Who the messages belong to: B-TIDs and addresses, one behind the other, moving; what is registered.
 *
 * Each row is a capture of requests, "a@1" for B-TID a from address 1, "@1" for one without B-TID; then the
 * terminals of messages at an address, "1" without IDr, "1a" with the IDr a. The outline has their names.
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

static net_address_t address_of(char number)
{
    uint8_t bytes[] = { 192, 0, 2, (uint8_t)(number - '0') };

    return net_address_of(bytes, sizeof bytes);
}

static terminals_t *terminals_new(void)
{
    terminals_t *terminals = wmem_new(pool, terminals_t);

    terminals_init(terminals, pool);
    return terminals;
}

/* "a@1", "@1" */
static terminal_t *request(terminals_t *terminals, const char *text)
{
    const char *at = strrchr(text, '@');
    char *btid = wmem_strndup(pool, text, (size_t)(at - text));
    net_address_t address = address_of(at[1]);

    return terminal_of_request(terminals, btid[0] ? btid : NULL, &address);
}

/* "1", "1a" */
static const terminal_t *asked(const terminals_t *terminals, const char *text)
{
    net_address_t address = address_of(text[0]);

    return terminal_of_address(terminals, &address, (const uint8_t *)text + 1, (uint32_t)strlen(text + 1));
}

static const char *name_of(const terminal_t *terminal)
{
    return terminal ? terminal->name : "?";
}

typedef struct {
    const char *requests; /* with blanks between them */
    const char *asked;
    const char *expected;
} row_t;

static const char *outline(const row_t *row)
{
    terminals_t *terminals = terminals_new();
    char **requests = g_strsplit(row->requests, " ", -1), **messages = g_strsplit(row->asked, " ", -1);
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (int i = 0; requests[i]; i++) {
        assert_true(request(terminals, requests[i]) == request(terminals, requests[i]));
    }
    for (int i = 0; messages[i]; i++) {
        wmem_strbuf_append_printf(out, "%s%s", i ? " " : "", name_of(asked(terminals, messages[i])));
    }
    g_strfreev(requests);
    g_strfreev(messages);
    return wmem_strbuf_get_str(out);
}

static unsigned compare(const char *name, const char *found, const char *expected)
{
    if (strcmp(found, expected) == 0) {
        return 0;
    }
    print_error("%s: found \"%s\", expected \"%s\"\n", name, found, expected);
    return 1;
}

static void test_who(void **state)
{
    static const row_t rows[] = {
        { "a@1", "1 2", "a ?" },
        { "@1", "1 1a", "192.0.2.1 192.0.2.1" },
        { "a@1 b@2", "1 2", "a b" },
        { "a@1", "1b", "a" }, /* the only one there, whatever IDr is */
        { "a@1 b@1", "1 1a 1b 1c", "? a b ?" },
        { "a@1 b@1 c@2", "1c 2a 2d", "c a c" }, /* IDr says it, wherever */
        { "@1 a@1", "1 1a", "a a" },            /* its B-TID was not visible at first */
        { "@1 a@1 b@1", "1 1b", "? b" },
        { "a@1 b@1 @1", "1", "?" },
        { "a@1 a@2", "1 2", "? a" }, /* moved */
        { "a@1 b@1 b@2", "1a 2 2b", "a b b" },
        { "a@1 b@1 a@2", "1 1b 1a", "b b a" },
        { "a@1 b@1 b@2", "1", "?" }, /* the latest has moved away: who is left is not known without IDr */
        { "a@1 a@2 a@1", "1 2", "a ?" },
        { "@1 a@1 a@2", "1", "192.0.2.1" },
        { "192.0.2.1@2", "1 2", "? 192.0.2.1" },
        { "192.0.2.1@1 192.0.2.1@2 @1", "1 2", "192.0.2.1 192.0.2.1" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        n_failed += compare(rows[i].requests, outline(&rows[i]), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

static void test_name_like_an_address(void **state)
{
    terminals_t *terminals = terminals_new();
    const terminal_t *named = request(terminals, "192.0.2.1@2"), *other = request(terminals, "@1");

    (void)state;
    assert_string_equal(named->name, other->name);
    assert_ptr_not_equal(named, other);
    assert_true(named->has_btid && !other->has_btid);
    assert_ptr_equal(asked(terminals, "1"), other);
    assert_ptr_equal(asked(terminals, "2"), named);
    assert_ptr_equal(asked(terminals, "1192.0.2.1"), named); /* by IDr */
}

static void test_ipv4_is_not_ipv6(void **state)
{
    static const uint8_t bytes[16] = { 192, 0, 2, 1 };
    terminals_t *terminals = terminals_new();
    net_address_t four = net_address_of(bytes, 4), six = net_address_of(bytes, 16), none = { 0 };

    (void)state;
    assert_false(terminals_any(terminals));
    assert_ptr_not_equal(terminal_of_request(terminals, NULL, &four),
                         terminal_of_request(terminals, NULL, &six));
    assert_string_equal(terminal_of_request(terminals, NULL, &six)->name, "c000:201::");
    assert_string_equal(terminal_of_request(terminals, NULL, &none)->name, "");
    assert_true(terminals_any(terminals));
}

/* A zero byte in IDr ends no B-TID. */
static void test_idr_with_a_zero(void **state)
{
    terminals_t *terminals = terminals_new();
    net_address_t address = address_of('1');

    (void)state;
    request(terminals, "a@1");
    request(terminals, "b@1");
    assert_non_null(terminal_of_address(terminals, &address, (const uint8_t *)"a", 1));
    assert_null(terminal_of_address(terminals, &address, (const uint8_t *)"a\0b", 3));
}

/* ---- registration ----------------------------------------------------------------------------------- */

static const delivery_state_t first = { .frame = 1 }, second = { .frame = 2 };

static void test_registration(void **state)
{
    terminals_t *terminals = terminals_new();
    terminal_t *terminal = request(terminals, "a@1");

    (void)state;
    assert_null(terminal_delivery(terminal, NULL));
    assert_false(terminals->any_registered);
    terminal_register(terminals, terminal, &first);
    assert_true(terminals->any_registered);
    assert_ptr_equal(terminal_delivery(terminal, NULL), &first);
    terminal_register(terminals, terminal, &second);
    assert_ptr_equal(terminal_delivery(terminal, NULL), &second);
    assert_null(terminal_delivery(request(terminals, "b@2"), NULL));
}

static void test_new_name_at_one_address(void **state)
{
    terminals_t *terminals = terminals_new();

    (void)state;
    terminal_register(terminals, request(terminals, "a@1"), &first);
    assert_ptr_equal(terminal_delivery(request(terminals, "b@1"), NULL), &first);
    assert_ptr_equal(terminal_delivery(request(terminals, "@1"), NULL), &first);
    assert_null(terminal_delivery(request(terminals, "c@2"), NULL));
    terminal_register(terminals, request(terminals, "a@1"), &second); /* the same once more */
    assert_ptr_equal(terminal_delivery(request(terminals, "b@1"), NULL), &second);
}

static void test_new_name_among_several(void **state)
{
    terminals_t *terminals = terminals_new();

    (void)state;
    terminal_register(terminals, request(terminals, "a@1"), &first);
    terminal_register(terminals, request(terminals, "b@1"), &second);
    assert_null(terminal_delivery(request(terminals, "c@1"), NULL));
    assert_ptr_equal(terminal_delivery(request(terminals, "a@1"), NULL), &first);
    terminal_register(terminals, request(terminals, "b@1"), &first);
    assert_null(terminal_delivery(request(terminals, "c@1"), NULL));
}

static void test_moved_after_registration(void **state)
{
    terminals_t *terminals = terminals_new();

    (void)state;
    terminal_register(terminals, request(terminals, "a@1"), &first);
    assert_ptr_equal(terminal_delivery(request(terminals, "a@2"), NULL), &first);
    assert_null(terminal_delivery(request(terminals, "b@2"), NULL)); /* none registered from there */
}

/* ---- services --------------------------------------------------------------------------------------- */

static void test_services(void **state)
{
    terminals_t *terminals = terminals_new();
    terminal_t *one = request(terminals, "a@1"), *other = request(terminals, "b@1");

    (void)state;
    terminal_remove_service(terminals, one, NULL, "s1");
    assert_false(terminal_has_services(one, NULL));
    terminal_add_service(terminals, one, NULL, "s1");
    terminal_add_service(terminals, one, NULL, "s1");
    assert_true(terminal_has_services(one, NULL));
    assert_false(terminal_has_services(other, NULL));
    terminal_remove_service(terminals, one, NULL, "s2");
    terminal_remove_service(terminals, other, NULL, "s1");
    assert_true(terminal_has_services(one, NULL));
    terminal_remove_service(terminals, one, NULL, "s1");
    assert_false(terminal_has_services(one, NULL));
}

static void test_three_services(void **state)
{
    static const char *const names[] = { "s1", "s2", "s3" };
    terminals_t *terminals = terminals_new();
    terminal_t *terminal = request(terminals, "a@1");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        terminal_add_service(terminals, terminal, NULL, names[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_true(terminal_has_services(terminal, NULL));
        terminal_remove_service(terminals, terminal, NULL, names[i]);
    }
    assert_false(terminal_has_services(terminal, NULL));
}

static const char *service(unsigned number)
{
    return wmem_strdup_printf(pool, "service-%u", number);
}

/* 256 are remembered of each terminal. */
static void test_too_many_services(void **state)
{
    terminals_t *terminals = terminals_new();
    terminal_t *terminal = request(terminals, "a@1");

    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        terminal_add_service(terminals, terminal, NULL, service(i));
    }
    for (unsigned i = 0; i < 255; i++) {
        terminal_remove_service(terminals, terminal, NULL, service(i));
    }
    assert_true(terminal_has_services(terminal, NULL));
    terminal_remove_service(terminals, terminal, NULL, service(256)); /* not remembered */
    assert_true(terminal_has_services(terminal, NULL));
    terminal_remove_service(terminals, terminal, NULL, service(255));
    assert_false(terminal_has_services(terminal, NULL));
    assert_int_equal(wmem_map_size(terminals->service_names), 256);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_who),
        TEST(test_name_like_an_address),
        TEST(test_ipv4_is_not_ipv6),
        TEST(test_idr_with_a_zero),
        TEST(test_registration),
        TEST(test_new_name_at_one_address),
        TEST(test_new_name_among_several),
        TEST(test_moved_after_registration),
        TEST(test_services),
        TEST(test_three_services),
        TEST(test_too_many_services),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
