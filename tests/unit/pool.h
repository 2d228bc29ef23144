/* pool.h
 * The fixture of tests that allocate: a pool of their own for each test, in blocks of just the sizes asked
 * for, so that a sanitizer sees a step beyond them. Brings cmocka and what it wants included before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_POOL_H
#define TESTS_POOL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <wsutil/wmem/wmem.h>

static wmem_allocator_t *pool;

static inline int setup(void **state)
{
    (void)state;
    pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    wmem_destroy_allocator(pool);
    pool = NULL;
    return 0;
}

/* A row of the table of tests. */
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
