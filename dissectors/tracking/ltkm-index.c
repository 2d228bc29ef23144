/* ltkm-index.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkm-index.h"

#include "tracking/ltkms.h"

/* The chains that a message enters where that by CSB ID is too long, the most telling first. */
static const int further[] = { LTKM_SAME_T | LTKM_SAME_IDR, LTKM_SAME_T | LTKM_SAME_PLACE, LTKM_SAME_T,
                               LTKM_SAME_IDR };

/* ---- keys ------------------------------------------------------------------------------------------- */

static guint hash_of(const tracked_message_t *message, int alike)
{
    uint64_t mixed = (uint64_t)message->csb_id << 32;

    mixed ^= (alike & LTKM_SAME_T) ? message->t + message->t_type : 0;
    mixed ^= (alike & LTKM_SAME_IDR) ? message->idr_hash : 0;
    mixed ^= (alike & LTKM_SAME_PLACE) ? message->terminal_hash : 0;
    return wmem_strong_hash((const guint8 *)&mixed, sizeof mixed);
}

static bool is_alike(const tracked_message_t *a, const tracked_message_t *b, int alike)
{
    return a->csb_id == b->csb_id && (!(alike & LTKM_SAME_T) || (a->t == b->t && a->t_type == b->t_type)) &&
           (!(alike & LTKM_SAME_IDR) || a->idr_hash == b->idr_hash) &&
           (!(alike & LTKM_SAME_PLACE) || a->terminal_hash == b->terminal_hash);
}

#define CHAIN_KEY(name, alike)                                                                               \
    static guint hash_##name(gconstpointer key)                                                              \
    {                                                                                                        \
        return hash_of(key, alike);                                                                          \
    }                                                                                                        \
    static gboolean equal_##name(gconstpointer a, gconstpointer b)                                           \
    {                                                                                                        \
        return is_alike(a, b, alike);                                                                        \
    }

CHAIN_KEY(csb, 0)
CHAIN_KEY(idr, LTKM_SAME_IDR)
CHAIN_KEY(t, LTKM_SAME_T)
CHAIN_KEY(t_and_idr, LTKM_SAME_T | LTKM_SAME_IDR)
CHAIN_KEY(t_and_place, LTKM_SAME_T | LTKM_SAME_PLACE)

static const struct {
    GHashFunc hash;
    GEqualFunc equal;
} keys[LTKM_CHAINS] = {
    [0] = { hash_csb, equal_csb },
    [LTKM_SAME_IDR] = { hash_idr, equal_idr },
    [LTKM_SAME_T] = { hash_t, equal_t },
    [LTKM_SAME_T | LTKM_SAME_IDR] = { hash_t_and_idr, equal_t_and_idr },
    [LTKM_SAME_T | LTKM_SAME_PLACE] = { hash_t_and_place, equal_t_and_place },
};

/* ---- chains ----------------------------------------------------------------------------------------- */

void ltkm_index_init(ltkm_index_t *index, wmem_allocator_t *scope)
{
    index->store = store_in(scope);
    for (int alike = 0; alike < LTKM_CHAINS; alike++) {
        index->heads[alike] = record_set(scope, keys[alike].hash, keys[alike].equal);
    }
}

tracked_message_t *ltkm_older(const tracked_message_t *message, int alike)
{
    return message->in_further ? message->older_alike[alike] : alike ? NULL : message->older;
}

static void add_further(ltkm_index_t *index, tracked_message_t *message)
{
    tracked_message_t **older = store_alloc0(&index->store, LTKM_CHAINS * sizeof *older);

    older[0] = message->older;
    message->older_alike = older;
    message->in_further = true;
    for (size_t i = 0; i < G_N_ELEMENTS(further); i++) {
        older[further[i]] = record_set_find(&index->heads[further[i]], message);
        record_set_add(&index->heads[further[i]], message);
    }
}

/* The chain has become too long: its messages enter the other chains, the oldest first. */
static void add_all_further(ltkm_index_t *index, tracked_message_t *youngest)
{
    tracked_message_t *chain[LTKM_CHAIN_LIMIT + 1];
    int n = 0;

    for (; youngest; youngest = ltkm_older(youngest, 0)) {
        chain[n++] = youngest;
    }
    while (n-- > 0) {
        add_further(index, chain[n]);
    }
}

void ltkm_index_add(ltkm_index_t *index, tracked_message_t *message)
{
    message->in_chains = true;
    message->older = record_set_find(&index->heads[0], message);
    message->n_older = message->older ? (uint16_t)MIN(message->older->n_older + 1, UINT16_MAX) : 0;
    record_set_add(&index->heads[0], message);
    if (message->n_older == LTKM_CHAIN_LIMIT) {
        add_all_further(index, message);
    } else if (message->n_older > LTKM_CHAIN_LIMIT) {
        add_further(index, message);
    }
}

static void add_chain(ltkm_candidates_t *candidates, const ltkm_index_t *index, const tracked_message_t *key,
                      int alike)
{
    tracked_message_t *message = record_set_find(&index->heads[alike], key);

    for (int left = LTKM_CHAIN_LIMIT; message && left > 0; left--) {
        candidates->messages[candidates->n++] = message;
        message = ltkm_older(message, alike);
    }
}

void ltkm_index_find(const ltkm_index_t *index, const tracked_message_t *key, ltkm_candidates_t *candidates)
{
    const tracked_message_t *youngest = record_set_find(&index->heads[0], key);

    candidates->n = 0;
    candidates->all = !youngest || youngest->n_older < LTKM_CHAIN_LIMIT;
    if (candidates->all) {
        add_chain(candidates, index, key, 0);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(further); i++) {
        add_chain(candidates, index, key, further[i]);
    }
}

bool ltkm_index_is_empty(const ltkm_index_t *index)
{
    return index->heads[0].n == 0;
}
