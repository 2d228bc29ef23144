/* test-store.c
 * Records of a store are zeros in the beginning, stand where any member may, and never one in another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"
#include "tracking/store.h"

enum { MANY = 2000, LONGEST = 10000 };

/* All sizes: small ones, and now and then what has more than a chunk. */
static size_t size_of(unsigned i)
{
    return i % 100 == 99 ? LONGEST : 1 + i % 300;
}

static void assert_filled(const uint8_t *record, size_t size, uint8_t byte)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(record[i], byte);
    }
}

static void records(void **state)
{
    store_t store = store_in(pool);
    uint8_t *all[MANY];

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        all[i] = store_alloc0(&store, size_of(i));
        assert_int_equal((uintptr_t)all[i] % sizeof(uint64_t), 0);
        assert_filled(all[i], size_of(i), 0);
        memset(all[i], (int)(1 + i % 255), size_of(i));
    }
    for (unsigned i = 0; i < MANY; i++) {
        assert_filled(all[i], size_of(i), (uint8_t)(1 + i % 255));
    }
}

static void texts(void **state)
{
    store_t store = store_in(pool);
    char text[] = "1234567";
    const char *copy = store_text(&store, text), *empty = store_text(&store, "");

    (void)state;
    text[0] = 'x';
    assert_string_equal(copy, "1234567");
    assert_string_equal(empty, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records, setup, teardown),
        cmocka_unit_test_setup_teardown(texts, setup, teardown),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
