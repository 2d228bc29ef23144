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
#include <time.h>

#include <cmocka.h>
#include <gcrypt.h>

#include "../gba-samples.h"
#include "../hex.h"
#include "../mikey-maker.h"

#include "pool.h"

#define KEY(idi, idr, row)                                                                                   \
    {                                                                                                        \
        idi, idr, { (const uint8_t *)"secret", 6 }, { NULL, 0 }, row                                         \
    }

static const char *rows_of(const key_ring_t *ring)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (uint32_t i = 0; i < ring->of[KEYS_OF_LTKMS].n; i++) {
        wmem_strbuf_append_printf(out, "%s%u", i ? " " : "", ring->of[KEYS_OF_LTKMS].rows[i].row);
    }
    return wmem_strbuf_get_str(out);
}

static void test_specific_keys_first(void **state)
{
    static const key_row_t keys[] = {
        KEY("", "", 1),   KEY("bsm", "", 2), KEY("bsm", "a", 3), KEY("", "a", 4),
        KEY("x", "y", 5), KEY("", "", 6),    KEY("", "b", 7),
    };
    key_ring_t ring = { 0 };

    (void)state;
    key_ring_set(&ring, KEYS_OF_LTKMS, keys, G_N_ELEMENTS(keys));
    assert_string_equal(rows_of(&ring), "3 5 4 7 2 1 6");
    key_ring_set(&ring, KEYS_OF_LTKMS, keys + 5, 1);
    assert_string_equal(rows_of(&ring), "6");
    key_ring_set(&ring, KEYS_OF_LTKMS, NULL, 0);
    assert_string_equal(rows_of(&ring), "");
}

/* "3 5": the rows that are for a message. */
static const char *rows_for(const key_ring_t *ring, const char *host, const char *idr)
{
    const mikey_message_t *message = made_message(pool, &(made_t){ .host = host, .idr = idr });
    const key_rows_t *rows = &ring->of[KEYS_OF_LTKMS];
    wmem_strbuf_t *out = wmem_strbuf_new(pool, ""), *all = wmem_strbuf_new(pool, "");

    for (uint32_t i = key_rows_next(rows, 0, message); i < rows->n; i = key_rows_next(rows, i + 1, message)) {
        wmem_strbuf_append_printf(out, "%u ", rows->rows[i].row);
    }
    for (uint32_t i = 0; i < rows->n; i++) {
        if (key_names(&rows->rows[i], message)) {
            wmem_strbuf_append_printf(all, "%u ", rows->rows[i].row);
        }
    }
    assert_string_equal(wmem_strbuf_get_str(out), wmem_strbuf_get_str(all));
    return wmem_strbuf_get_str(out);
}

static void test_rows_of_a_message(void **state)
{
    static const key_row_t keys[] = {
        KEY("", "", 1),     KEY("bsm", "", 2),   KEY("bsm", "a", 3), KEY("", "a", 4),
        KEY("x", "y", 5),   KEY("", "b", 6),     KEY("x", "a", 7),   KEY("x", "", 8),
        KEY("bsm", "b", 9), KEY("bsm", "a", 10), KEY("", "a", 11),   KEY("bsm", "ab", 12),
    };
    key_ring_t ring = { 0 };

    (void)state;
    key_ring_set(&ring, KEYS_OF_LTKMS, keys, G_N_ELEMENTS(keys));
    assert_string_equal(rows_for(&ring, "bsm", "a"), "3 10 4 11 2 1 ");
    assert_string_equal(rows_for(&ring, "bsm", "ab"), "12 2 1 ");
    assert_string_equal(rows_for(&ring, "bsm", "c"), "2 1 ");
    assert_string_equal(rows_for(&ring, "bsm", "0"), "2 1 ");
    assert_string_equal(rows_for(&ring, "x", "y"), "5 8 1 ");
    assert_string_equal(rows_for(&ring, "z", "z"), "1 ");
    assert_string_equal(rows_for(&ring, NULL, NULL), "1 ");
    key_ring_set(&ring, KEYS_OF_LTKMS, NULL, 0);
}

/* A row for each terminal of a network. */
static void test_many_rows(void **state)
{
    enum { N = 20000 };
    key_row_t *keys = wmem_alloc_array(pool, key_row_t, N);
    const mikey_message_t **messages = wmem_alloc_array(pool, const mikey_message_t *, N);
    key_ring_t ring = { 0 };
    clock_t start;

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        const char *idr = wmem_strdup_printf(pool, "%u@bsf.example.org", i);

        keys[i] = (key_row_t)KEY("bsm", idr, i + 1);
        messages[i] = made_message(pool, &(made_t){ .host = "bsm", .idr = idr });
    }
    key_ring_set(&ring, KEYS_OF_LTKMS, keys, N);
    start = clock();
    for (uint32_t i = 0; i < N; i++) {
        const key_rows_t *rows = &ring.of[KEYS_OF_LTKMS];
        uint32_t found = key_rows_next(rows, 0, messages[i]);

        assert_int_equal(rows->rows[found].row, i + 1);
        assert_int_equal(key_rows_next(rows, found + 1, messages[i]), N);
    }
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1);
    key_ring_set(&ring, KEYS_OF_LTKMS, NULL, 0);
}

static void test_keys_are_copied(void **state)
{
    char idi[] = "bsm", idr[] = "a";
    uint8_t bytes[] = { 1, 2, 3 };
    key_row_t key = { idi, idr, { bytes, sizeof bytes }, { bytes, 2 }, 7 };
    key_ring_t ring = { 0 };
    const key_row_t *kept;

    (void)state;
    key_ring_set(&ring, KEYS_OF_LTKMS, &key, 1);
    memset(bytes, 0, sizeof bytes);
    idi[0] = idr[0] = 'x';
    kept = &ring.of[KEYS_OF_LTKMS].rows[0];
    assert_string_equal(kept->name, "bsm");
    assert_string_equal(kept->other_name, "a");
    assert_int_equal(kept->secret.length, 3);
    assert_memory_equal(kept->secret.bytes, "\1\2\3", 3);
    assert_int_equal(kept->other_secret.length, 2);
    assert_memory_equal(kept->other_secret.bytes, "\1\2", 2);
    assert_int_equal(ring.of[KEYS_OF_CARDS].n, 0);
    key_ring_set(&ring, KEYS_OF_LTKMS, NULL, 0);
}

static void test_problems(void **state)
{
    static const uint8_t secret[300];
    static const struct {
        key_table_t table;
        const char *name;
        uint32_t length, other;
        bool good;
    } rows[] = {
        { KEYS_OF_LTKMS, "", 1, 0, true },
        { KEYS_OF_CARDS, "a", 16, 16, true },
        { KEYS_OF_CARDS, "", 16, 16, true },
        { KEYS_OF_CARDS, "a", 32, 0, true },
        { KEYS_OF_CARDS, "a", 16, 0, false },
        { KEYS_OF_CARDS, "a", 32, 16, false },
        { KEYS_OF_CARDS, "a", 16, 15, false },
        { KEYS_OF_CARDS, "a", 15, 16, false },
        { KEYS_OF_SERVICES, "00f110/68c9:0001", 16, 16, true },
        { KEYS_OF_SERVICES, "00F110/68C90001", 16, 0, true },
        { KEYS_OF_SERVICES, "00f110/68c9:0001", 1, 255, true },
        { KEYS_OF_SERVICES, "00f110/68c9:0001", 1, 256, false },
        { KEYS_OF_SERVICES, "68c9:0001", 16, 16, false },
        { KEYS_OF_SERVICES, "00f110/68c9:0001/0007", 16, 16, false },
        { KEYS_OF_DIGESTS, "a", 32, 0, true },
        { KEYS_OF_DIGESTS, "", 32, 0, false },
        { KEYS_OF_DIGESTS, "a", 64, 0, true },
        { KEYS_OF_DIGESTS, "a", 65, 0, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        key_row_t row = { rows[i].name, "", { secret, rows[i].length }, { secret, rows[i].other }, 1 };

        if (!key_row_problem(rows[i].table, &row) != rows[i].good) {
            fail_msg("row %zu", i);
        }
    }
}

/* CK and IK out of K and OPc, or as they were entered. */
static void test_ck_ik(void **state)
{
    hex_bytes_t k = hex_bytes(pool, GBA_K), opc = hex_bytes(pool, GBA_OPC), ks = hex_bytes(pool, GBA_KS);
    key_row_t rows[] = {
        { "a", "", { k.bytes, k.length }, { opc.bytes, opc.length }, 1 },
        { "a", "", { ks.bytes, ks.length }, { NULL, 0 }, 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t ck_ik[32] = { 0 };

        assert_true(key_row_ck_ik(&rows[i], hex_bytes(pool, GBA_RAND).bytes, ck_ik));
        assert_memory_equal(ck_ik, ks.bytes, sizeof ck_ik);
    }
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
        key_row_t key = KEY(rows[i].idi, rows[i].idr, 1);

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
        TEST(test_rows_of_a_message),
        TEST(test_many_rows),
        TEST(test_keys_are_copied),
        TEST(test_problems),
        TEST(test_ck_ik),
        TEST(test_whose),
    };

    gcry_check_version(NULL);
    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
