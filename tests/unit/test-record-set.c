/* test-record-set.c
 * Records are found by what stands in them, however many there are and however their hashes fall.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pool.h"
#include "tracking/record-set.h"

enum { MANY = 10000 };

typedef struct {
    uint32_t number;
    uint32_t content;
} numbered_t;

static numbered_t records[MANY];

static void *find(const record_set_t *set, uint32_t number)
{
    return record_set_find(set, &number);
}

static void add_records(record_set_t *set, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        records[i] = (numbered_t){ .number = 3 * i };
        record_set_add(set, &records[i]);
    }
}

/* Those that were added are there, and those between them are not. */
static void assert_found(const record_set_t *set, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        assert_ptr_equal(find(set, 3 * i), &records[i]);
        assert_null(find(set, 3 * i + 1));
    }
    assert_int_equal(set->n, n);
}

static void empty(void **state)
{
    record_set_t set = record_set(pool, record_number_hash, record_number_equal);

    (void)state;
    assert_null(find(&set, 0));
    assert_int_equal(set.n, 0);
}

static void many(void **state)
{
    record_set_t set = record_set(pool, record_number_hash, record_number_equal);

    (void)state;
    add_records(&set, MANY);
    assert_found(&set, MANY);
    assert_null(find(&set, 3 * MANY));
}

/* A place is 16 bytes: no record has more than three. */
static void small(void **state)
{
    record_set_t set = record_set(pool, record_number_hash, record_number_equal);

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        records[i] = (numbered_t){ .number = i };
        record_set_add(&set, &records[i]);
        assert_true(set.n_places > set.n);
        assert_true(set.n_places <= 16 || set.n_places <= 3 * set.n);
    }
}

static unsigned one_hash(const void *record)
{
    (void)record;
    return 1;
}

/* The ways begin anywhere, another place in each set: some go over the end of the table. */
static void same_hash(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        record_set_t set = record_set(pool, one_hash, record_number_equal);

        add_records(&set, 100);
        assert_found(&set, 100);
    }
}

static void equal_ones(void **state)
{
    record_set_t set = record_set(pool, record_number_hash, record_number_equal);
    numbered_t one = { 7, 1 }, other = { 7, 2 };

    (void)state;
    record_set_add(&set, &one);
    record_set_add(&set, &other);
    assert_ptr_equal(find(&set, 7), &other);
    assert_int_equal(set.n, 1);
}

/* Places from that of its hash to where a record stands, of all together. */
static uint32_t length_of_ways(const record_set_t *set)
{
    uint32_t length = 0;

    for (uint32_t i = 0; i < set->n_places; i++) {
        length += set->places[i].record ? (i - set->places[i].hash) & (set->n_places - 1) : 0;
    }
    return length;
}

/* Addresses, ports and conversations are numbers at equal distances: they do not stand in each other's way.
 */
static void equal_distances(void **state)
{
    static const uint32_t distances[] = { 1, 4, 3000, 1 << 16, 1 << 24, (1 << 24) + 0x9e3779b1u };

    (void)state;
    for (size_t k = 0; k < 20 * G_N_ELEMENTS(distances); k++) {
        record_set_t set = record_set(pool, record_number_hash, record_number_equal);

        for (uint32_t i = 0; i < MANY; i++) {
            records[i] = (numbered_t){ .number = i * distances[k % G_N_ELEMENTS(distances)] };
            record_set_add(&set, &records[i]);
        }
        assert_true(length_of_ways(&set) < 3 * MANY);
    }
}

static unsigned n_compared;

static int counted_equal(const void *one, const void *other)
{
    n_compared++;
    return record_number_equal(one, other);
}

/* Records are far away: none is looked at but those that are asked for. */
static void only_equal_ones(void **state)
{
    record_set_t set = record_set(pool, record_number_hash, counted_equal);

    (void)state;
    add_records(&set, MANY);
    assert_int_equal(n_compared, 0);
    assert_found(&set, MANY);
    assert_true(n_compared >= MANY && n_compared <= MANY + 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(empty, setup, teardown),
        cmocka_unit_test_setup_teardown(many, setup, teardown),
        cmocka_unit_test_setup_teardown(small, setup, teardown),
        cmocka_unit_test_setup_teardown(same_hash, setup, teardown),
        cmocka_unit_test_setup_teardown(equal_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(equal_distances, setup, teardown),
        cmocka_unit_test_setup_teardown(only_equal_ones, setup, teardown),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
