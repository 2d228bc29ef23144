/* test-key-ring.c
 * The keys that were entered: their order, and whose messages each may open.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/key-ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../mikey-maker.h"

#include "pool.h"

#define KEY(idi, idr, row)                                                                                   \
    {                                                                                                        \
        idi, idr, (const uint8_t *)"secret", 6, row                                                          \
    }

static const char *rows_of(const key_ring_t *ring)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (uint32_t i = 0; i < ring->n_keys; i++) {
        wmem_strbuf_append_printf(out, "%s%u", i ? " " : "", ring->keys[i].row);
    }
    return wmem_strbuf_get_str(out);
}

static void test_specific_keys_first(void **state)
{
    static const ltkm_key_t keys[] = {
        KEY("", "", 1),   KEY("bsm", "", 2), KEY("bsm", "a", 3), KEY("", "a", 4),
        KEY("x", "y", 5), KEY("", "", 6),    KEY("", "b", 7),
    };
    key_ring_t ring = { NULL, 0 };

    (void)state;
    key_ring_set(&ring, keys, G_N_ELEMENTS(keys));
    assert_string_equal(rows_of(&ring), "3 5 2 4 7 1 6");
    key_ring_set(&ring, keys + 5, 1);
    assert_string_equal(rows_of(&ring), "6");
    key_ring_set(&ring, NULL, 0);
    assert_string_equal(rows_of(&ring), "");
}

static void test_keys_are_copied(void **state)
{
    char idi[] = "bsm", idr[] = "a";
    uint8_t bytes[] = { 1, 2, 3 };
    ltkm_key_t key = { idi, idr, bytes, sizeof bytes, 7 };
    key_ring_t ring = { NULL, 0 };

    (void)state;
    key_ring_set(&ring, &key, 1);
    memset(bytes, 0, sizeof bytes);
    idi[0] = idr[0] = 'x';
    assert_string_equal(ring.keys[0].idi, "bsm");
    assert_string_equal(ring.keys[0].idr, "a");
    assert_int_equal(ring.keys[0].length, 3);
    assert_memory_equal(ring.keys[0].bytes, "\1\2\3", 3);
    key_ring_set(&ring, NULL, 0);
}

/* |named| is IDi, or NULL where the message names nobody. */
static void test_whose(void **state)
{
    static const struct {
        const char *idi, *idr;
        const char *named, *responder;
        bool fits;
    } rows[] = {
        { "", "", "bsm.example.org", "a", true },
        { "", "", NULL, NULL, true },
        { "bsm.example.org", "", "bsm.example.org", "a", true },
        { "bsm.example.org", "", "bsm.example.org", NULL, true },
        { "bsm.example.org", "", "bsm2.example.org", "a", false },
        { "bsm.example", "", "bsm.example.org", "a", false },
        { "bsm.example.org", "", NULL, NULL, false },
        { "bsm.example.org", "", "bsm.example.org\1\1\2\3\4", "a", true }, /* a NAF-ID */
        { "bsm.example.org\1\1\2\3\4", "", "bsm.example.org\1\1\2\3\4", "a", true },
        { "bsm.example.org\1\1\2\3\4", "", "bsm.example.org", "a", false },
        { "bsm.example.org", "", "sip:x@bsm.example.org", "a", true },
        { "", "a", "bsm.example.org", "a", true },
        { "", "a", "bsm.example.org", "ab", false },
        { "", "ab", "bsm.example.org", "a", false },
        { "", "a", "bsm.example.org", NULL, false },
        { "bsm.example.org", "a", "bsm.example.org", "a", true },
        { "bsm.example.org", "a", "bsm.example.org", "b", false },
        { "bsm.example.org", "a", "bsm2.example.org", "a", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        made_t made = { .host = rows[i].named, .idr = rows[i].responder };
        ltkm_key_t key = KEY(rows[i].idi, rows[i].idr, 1);

        if (key_names(&key, made_message(pool, &made)) != rows[i].fits) {
            fail_msg("row %zu", i);
        }
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_specific_keys_first),
        TEST(test_keys_are_copied),
        TEST(test_whose),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
