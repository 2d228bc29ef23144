/* budget.h
 * What is remembered is bounded by the bytes that were captured, not by what decompression makes of them: a
 * megabyte, and BUDGET_FACTOR bytes for each captured one.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An LTKM and its verification message are remembered in 600 bytes, and need no fewer on the wire. */
enum { BUDGET_START = 1024 * 1024, BUDGET_FACTOR = 32 };

/* Zeroed in the beginning. */
typedef struct {
    uint64_t captured;
    uint64_t remembered;
} budget_t;

/* Bytes were captured. */
static inline void budget_earn(budget_t *budget, uint32_t captured)
{
    budget->captured += captured;
}

/* Whether there is room for |bytes| more; they are taken. */
static inline bool budget_take(budget_t *budget, size_t bytes)
{
    uint64_t all = BUDGET_START + BUDGET_FACTOR * budget->captured;

    if (budget->remembered > all || bytes > all - budget->remembered) {
        return false;
    }
    budget->remembered += bytes;
    return true;
}

/* The same where there is no asking any more: others have to wait then. */
static inline void budget_charge(budget_t *budget, size_t bytes)
{
    budget->remembered += bytes;
}

#endif
