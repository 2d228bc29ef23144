/* pool.h
 * The fixture of most unit tests: an allocator for each test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_POOL_H
#define TESTS_UNIT_POOL_H

#include <wsutil/wmem/wmem.h>

static wmem_allocator_t *pool;

static int setup(void **state)
{
    (void)state;
    pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    wmem_destroy_allocator(pool);
    return 0;
}

#endif
