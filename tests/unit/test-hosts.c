/* test-hosts.c
 * Which addresses a host has by the DNS answers seen, and whether others may be missing.
 *
 * Each row is a few DNS responses in frames 1, 2 and so on (see dns-maker.h), and then questions about the
 * host "h": "1" whether it has that address. The outline has "+" for yes, "-" for no, "?" for not known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../dns-maker.h"

#include "pool.h"

enum { MAX_ANSWERS = 5, LATER = 1000 };

static hosts_t *hosts_new(void)
{
    hosts_t *hosts = wmem_new(pool, hosts_t);

    hosts_init(hosts, pool);
    return hosts;
}

static void answer(hosts_t *hosts, const char *text, uint32_t frame)
{
    dns_bytes_t bytes;

    dns_make(&bytes, text);
    hosts_read(hosts, bytes.bytes, bytes.length, frame, 1);
}

/* "1", "::1" */
static uint32_t hash_of(const char *text)
{
    uint8_t six[16] = { 0x20, 1, 0x0d, 0xb8 }, four[4] = { 192, 0, 2 };
    bool is_six = text[0] == ':';
    net_address_t address;

    six[15] = four[3] = (uint8_t)atoi(text + strspn(text, ":"));
    address = is_six ? net_address_of(six, sizeof six) : net_address_of(four, sizeof four);
    return net_address_hash(&address);
}

static char ask_in(hosts_t *hosts, const char *text, uint32_t frame)
{
    return "?-+"[host_name_has(host_name_get(hosts, "h", 1), hash_of(text), frame)];
}

static char ask(hosts_t *hosts, const char *text)
{
    return ask_in(hosts, text, LATER);
}

typedef struct {
    const char *answers[MAX_ANSWERS];
    const char *asked; /* with blanks between them */
    const char *expected;
} row_t;

static const char *outline(const row_t *row)
{
    hosts_t *hosts = hosts_new();
    char **asked = g_strsplit(row->asked, " ", -1);
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (uint32_t i = 0; i < MAX_ANSWERS && row->answers[i]; i++) {
        answer(hosts, row->answers[i], i + 1);
    }
    for (int i = 0; asked[i]; i++) {
        wmem_strbuf_append_c(out, ask(hosts, asked[i]));
    }
    g_strfreev(asked);
    return wmem_strbuf_get_str(out);
}

static void test_addresses(void **state)
{
    static const row_t rows[] = {
        { { NULL }, "1", "?" },
        { { "h=1" }, "1 2", "+-" },
        { { "h=1 h=2" }, "1 2 3", "++-" },
        { { "h=1", "h=2" }, "1 2 3", "++-" }, /* of any age */
        { { "H=1" }, "1 2", "+-" },
        { { "i=1" }, "1", "?" },
        { { "h=1" }, "::1", "?" }, /* of the other family nothing is known */
        { { "h=::1" }, "::1 ::2 1", "+-?" },
        { { "h=1", "h=::2" }, "1 2 ::1 ::2", "+--+" },
        { { "h>i i=1" }, "1 2", "+-" },
        { { "i=1 h>i" }, "1 2", "+-" },
        { { "h>i", "i=1" }, "1 2", "+-" },
        { { "h>i i>j j>k k=1 k=2" }, "1 2 3", "++-" },
        { { "h>i" }, "1", "?" }, /* its end may have been resolved before the capture began */
        { { "h>i i>j" }, "1", "?" },
        { { "h>i", "h>j j=1" }, "1 2", "+?" },
        { { "h>i i=1", "h>j j=2" }, "1 2 3", "++-" },
        { { "h>i i=1 h=2" }, "1 2 3", "++-" },
        { { "h>h h=1" }, "1 2", "+-" },
        { { "h>i i>h" }, "1", "?" }, /* round and round: no address was met */
        { { "h>i i>h i=1" }, "1 2", "+-" },
        { { "i>h i=1" }, "1", "?" }, /* the other way round */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(outline(&rows[i]), rows[i].expected) != 0) {
            fail_msg("row %zu: \"%s\"", i, outline(&rows[i]));
        }
    }
}

static void test_incomplete(void **state)
{
    static const row_t rows[] = {
        { { "!h=1" }, "1 2", "+?" },
        { { "h=1", "!h=1" }, "2", "?" },
        { { "!h=1", "h=1 h=2" }, "3", "?" }, /* what was cut off is not there yet */
        { { "!i=1", "h=1" }, "2", "-" },
        { { "!h>i", "i=1" }, "1 2", "+?" },
        { { "h>i i=1", "!i=2" }, "1 2 3", "++?" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(outline(&rows[i]), rows[i].expected) != 0) {
            fail_msg("row %zu: \"%s\"", i, outline(&rows[i]));
        }
    }
}

/* Only the answers in frames before count. */
static void test_frames(void **state)
{
    hosts_t *hosts = hosts_new();

    (void)state;
    answer(hosts, "h=1", 10);
    answer(hosts, "h=2", 20);
    answer(hosts, "!h=3", 30);
    assert_int_equal(ask_in(hosts, "1", 10), '?');
    assert_int_equal(ask_in(hosts, "1", 11), '+');
    assert_int_equal(ask_in(hosts, "2", 20), '-');
    assert_int_equal(ask_in(hosts, "2", 21), '+');
    assert_int_equal(ask_in(hosts, "4", 30), '-');
    assert_int_equal(ask_in(hosts, "4", 31), '?');
    answer(hosts, "h=1", 40); /* again: it had it before all the same */
    assert_int_equal(ask_in(hosts, "1", 11), '+');
}

static void test_cut_message(void **state)
{
    dns_bytes_t bytes;

    (void)state;
    dns_make(&bytes, "h=1 h=2");
    for (uint32_t length = 0; length < bytes.length; length++) {
        hosts_t *hosts = hosts_new();

        hosts_read(hosts, bytes.bytes, length, 1, 1);
        assert_int_equal(ask(hosts, "3"), '?');
    }
}

static void test_no_address(void **state)
{
    hosts_t *hosts = hosts_new();

    (void)state;
    answer(hosts, "h=1", 1);
    assert_int_equal(host_name_has(host_name_get(hosts, "h", 1), 0, LATER), HOST_UNKNOWN);
}

static void test_one_record_a_name(void **state)
{
    hosts_t *hosts = hosts_new();
    char name[300];

    (void)state;
    memset(name, 'x', sizeof name);
    assert_ptr_equal(host_name_get(hosts, "Bsm.Example", 11), host_name_get(hosts, "bsm.example.org", 11));
    assert_string_equal(host_name_get(hosts, "BSM", 3)->name, "bsm");
    assert_int_equal(strlen(host_name_get(hosts, name, sizeof name)->name), 255);
}

/* What a host has is often not the same for all that ask. */
static void test_who_was_told(void **state)
{
    hosts_t *hosts = hosts_new();
    const host_name_t *host = host_name_get(hosts, "h", 1);
    dns_bytes_t bytes;

    (void)state;
    assert_false(hosts_told(hosts, host, 7, LATER));
    dns_make(&bytes, "h=1 h=2 other=3");
    hosts_read(hosts, bytes.bytes, bytes.length, 1, 7);
    assert_true(hosts_told(hosts, host, 7, LATER));
    assert_false(hosts_told(hosts, host, 7, 1));
    assert_true(hosts_told(hosts, host_name_get(hosts, "OTHER", 5), 7, LATER));
    assert_false(hosts_told(hosts, host, 8, LATER));
    assert_false(hosts_told(hosts, host_name_get(hosts, "third", 5), 7, LATER));
    dns_make(&bytes, "h>third");
    hosts_read(hosts, bytes.bytes, bytes.length, 2, 8);
    assert_true(hosts_told(hosts, host, 8, LATER));
    assert_int_equal(wmem_map_size(hosts->told), 3);
}

/* ---- bounds ----------------------------------------------------------------------------------------- */

static void test_too_many_addresses(void **state)
{
    hosts_t *hosts = hosts_new();

    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        answer(hosts, wmem_strdup_printf(pool, "h=%u", i), 1);
    }
    assert_int_equal(ask(hosts, "63"), '+');
    assert_int_equal(ask(hosts, "64"), '-');
    answer(hosts, "h=64", 2);
    assert_int_equal(ask(hosts, "64"), '?');
    assert_int_equal(ask(hosts, "63"), '+');
    assert_int_equal(host_name_get(hosts, "h", 1)->n_addresses, 64);
}

static void test_too_many_aliases(void **state)
{
    hosts_t *hosts = hosts_new();

    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        answer(hosts, wmem_strdup_printf(pool, "h>a%u a%u=%u", i, i, i), 1);
    }
    assert_int_equal(ask(hosts, "15"), '+');
    assert_int_equal(ask(hosts, "99"), '-');
    answer(hosts, "h>z z=99", 2);
    assert_int_equal(ask(hosts, "99"), '?');
}

/* |n| hosts, each an alias of the next; the last has the address. */
static char end_of_chain(unsigned n)
{
    hosts_t *hosts = hosts_new();

    answer(hosts, "h>c1", 1);
    for (unsigned i = 1; i < n - 1; i++) {
        answer(hosts, wmem_strdup_printf(pool, "c%u>c%u", i, i + 1), 1);
    }
    answer(hosts, wmem_strdup_printf(pool, "c%u=7", n - 1), 1);
    return ask(hosts, "7");
}

static void test_long_chain(void **state)
{
    (void)state;
    assert_int_equal(end_of_chain(32), '+');
    assert_int_equal(end_of_chain(33), '?');
}

static void test_too_many_hosts(void **state)
{
    hosts_t *hosts = hosts_new();
    char name[16];

    (void)state;
    answer(hosts, "h=1", 1);
    for (unsigned i = 1; i < 100000; i++) {
        host_name_get(hosts, name, (size_t)snprintf(name, sizeof name, "host%u", i));
    }
    answer(hosts, "new=1", 2);
    assert_int_equal(wmem_map_size(hosts->by_name), 100000);
    answer(hosts, "h=2", 3);
    assert_int_equal(ask(hosts, "2"), '+');
    assert_int_equal(ask(hosts, "3"), '-');
    assert_int_equal(host_name_has(host_name_get(hosts, "new", 3), hash_of("2"), LATER), HOST_UNKNOWN);
    answer(hosts, "new=2", 3); /* what was said of it before was dropped */
    assert_int_equal(host_name_has(host_name_get(hosts, "new", 3), hash_of("2"), LATER), HOST_MATCHES);
    assert_int_equal(host_name_has(host_name_get(hosts, "new", 3), hash_of("3"), LATER), HOST_UNKNOWN);
    answer(hosts, "h>other other=3", 4); /* an alias that can't be remembered */
    assert_int_equal(ask(hosts, "3"), '?');
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_addresses),    TEST(test_incomplete),         TEST(test_frames),
        TEST(test_cut_message),  TEST(test_no_address),         TEST(test_one_record_a_name),
        TEST(test_who_was_told), TEST(test_too_many_addresses), TEST(test_too_many_aliases),
        TEST(test_long_chain),   TEST(test_too_many_hosts),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
