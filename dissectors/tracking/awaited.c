/* awaited.c
 * Whoever waits stands in two chains: by its terminal and by its address, for a terminal may come back from
 * another address, or under another name. What has come empties the chain it was found by; in the other one
 * those are passed over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/awaited.h"

#include <string.h>

/* Of one that waits beside its bytes, in the map. */
enum { MAP_BYTES = 96 };

/* B-TIDs of one terminal that are looked at. */
enum { MAX_BTIDS = 8 };

typedef struct {
    const void *who;
    const msk_name_t *group;
} who_and_what_t;

static unsigned hash_key(const void *key)
{
    return wmem_strong_hash(key, sizeof(who_and_what_t));
}

static int equal_keys(const void *one, const void *other)
{
    return memcmp(one, other, sizeof(who_and_what_t)) == 0;
}

void awaiting_init(awaiting_t *awaiting, wmem_allocator_t *scope, budget_t *budget)
{
    *awaiting = (awaiting_t){
        .scope = scope,
        .open = wmem_map_new(scope, hash_key, equal_keys),
        .strays = wmem_map_new(scope, g_direct_hash, g_direct_equal),
        .budget = budget,
    };
}

/* Puts |youngest| in front of the chain of |who|; returns the one that stood there. */
static awaited_t *put_in_front(awaiting_t *awaiting, const void *who, awaited_t *youngest)
{
    who_and_what_t key = { who, youngest->group };
    awaited_t *older = wmem_map_lookup(awaiting->open, &key);

    wmem_map_insert(awaiting->open, older ? &key : wmem_memdup(awaiting->scope, &key, sizeof key), youngest);
    return older;
}

awaited_t *awaiting_add(awaiting_t *awaiting, const awaited_t *wanted)
{
    awaited_t *awaited;

    if (awaiting->budget && !budget_take(awaiting->budget, sizeof *awaited + MAP_BYTES)) {
        return NULL;
    }
    awaited = wmem_memdup(awaiting->scope, wanted, sizeof *wanted);
    awaited->came_in = 0;
    awaited->next = NULL;
    awaited->older_of_terminal = NULL;
    awaited->older_of_address = NULL;
    if (wanted->terminal) {
        awaited->older_of_terminal = put_in_front(awaiting, wanted->terminal, awaited);
    }
    if (wanted->address_hash) {
        awaited->older_of_address = put_in_front(awaiting, GUINT_TO_POINTER(wanted->address_hash), awaited);
    }
    return awaited;
}

static void come(awaited_t *awaited, const moment_t *moment)
{
    if (!awaited->came_in) {
        awaited->came_in = moment->frame;
        awaited->came_at = moment->time;
    }
}

static awaited_t *take(awaiting_t *awaiting, const void *who, const msk_name_t *group)
{
    who_and_what_t key = { who, group };

    return wmem_map_remove(awaiting->open, &key);
}

void awaiting_settle(awaiting_t *awaiting, const terminal_t *terminal, uint32_t address_hash,
                     const msk_name_t *group, const moment_t *moment)
{
    awaited_t *awaited;
    int left = MAX_BTIDS;

    if (!terminal && group) {
        wmem_map_insert(awaiting->strays, group, GUINT_TO_POINTER(moment->frame));
    }
    if (wmem_map_size(awaiting->open) == 0) {
        return;
    }
    for (; terminal && left > 0; terminal = terminal->before, left--) {
        for (awaited = take(awaiting, terminal, group); awaited; awaited = awaited->older_of_terminal) {
            come(awaited, moment);
        }
    }
    for (awaited = take(awaiting, GUINT_TO_POINTER(address_hash), group); awaited;
         awaited = awaited->older_of_address) {
        come(awaited, moment);
    }
}

uint32_t awaiting_stray(const awaiting_t *awaiting, const msk_name_t *group)
{
    return GPOINTER_TO_UINT(wmem_map_lookup(awaiting->strays, group));
}
