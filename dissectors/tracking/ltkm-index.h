/* ltkm-index.h
 * Messages by what they have in common, youngest first.
 *
 * A chain by CSB ID is looked through as a whole as long as it has LTKM_CHAIN_LIMIT messages: nearly all have
 * one or two. Where a CSB ID is in use more often, its messages stand in further chains, by CSB ID and what
 * else is equal, and LTKM_CHAIN_LIMIT of each are looked at: hostile traffic costs no more than real one.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LTKM_INDEX_H
#define LTKM_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "tracking/record-set.h"
#include "tracking/store.h"

struct tracked_message;

enum { LTKM_CHAIN_LIMIT = 64 };

/* What is equal, besides the CSB ID, in the messages of a chain: bits. */
enum { LTKM_SAME_IDR = 1, LTKM_SAME_T = 2, LTKM_SAME_PLACE = 4, LTKM_CHAINS = 8 };

typedef struct {
    store_t store;
    record_set_t heads[LTKM_CHAINS]; /* of tracked_message_t: of those that are alike the youngest */
} ltkm_index_t;

/* Those that may belong to a message, likely ones first. One may be there more than once. */
typedef struct {
    struct tracked_message *messages[LTKM_CHAINS * LTKM_CHAIN_LIMIT];
    int n;
    bool all; /* there are no others with this CSB ID */
} ltkm_candidates_t;

/* What is remembered lives in |scope|. */
void ltkm_index_init(ltkm_index_t *index, wmem_allocator_t *scope);

void ltkm_index_add(ltkm_index_t *index, struct tracked_message *message);

/* Finds those with the CSB ID of |key|. */
void ltkm_index_find(const ltkm_index_t *index, const struct tracked_message *key,
                     ltkm_candidates_t *candidates);

/* The next older of the messages that are alike in |alike|, 0: in their CSB ID alone. */
struct tracked_message *ltkm_older(const struct tracked_message *message, int alike);

/* Whether nothing was ever added. */
bool ltkm_index_is_empty(const ltkm_index_t *index);

#endif
