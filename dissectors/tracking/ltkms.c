/* ltkms.c
 * LTKMs stand in chains by CSB ID, youngest first; so do the verification messages that may still want
 * another LTKM. A chain is looked through as a whole as long as it has CHAIN_LIMIT messages: nearly all have
 * one or two. Where a CSB ID is in use more often, its messages stand in further chains, by what else is
 * equal, and CHAIN_LIMIT of each are looked at: hostile traffic costs no more than real one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkms.h"

#include <string.h>

#include <wsutil/wsgcrypt.h>

enum { CHAIN_LIMIT = 64 };

/* How many in a row may lose their other half to one another. */
enum { MAX_TURNS = 8 };

enum { NO_T = 0xff };

/* How far a verification message with a T of its own may stand before its LTKM, in seconds of capture time:
 * as much as reordering does, less than a CSB ID's next use. */
enum { REORDER_SECONDS = 10 };

typedef ltkms_index_t index_t;

static bool has_t(int chain)
{
    return chain >= LTKMS_BY_T;
}

static bool has_idr(int chain)
{
    return chain == LTKMS_BY_IDR || chain == LTKMS_BY_T_AND_IDR;
}

static guint hash_of(const tracked_message_t *message, int chain)
{
    uint64_t mixed = (uint64_t)message->csb_id << 32;

    mixed ^= has_t(chain) ? message->t + message->t_type : 0;
    mixed ^= has_idr(chain) ? message->idr_hash : 0;
    mixed ^= chain == LTKMS_BY_T_AND_TERMINAL ? message->terminal_hash : 0;
    return wmem_strong_hash((const guint8 *)&mixed, sizeof mixed);
}

static bool same_t(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->t_type != NO_T && a->t == b->t && a->t_type == b->t_type;
}

static bool is_alike(const tracked_message_t *a, const tracked_message_t *b, int chain)
{
    return a->csb_id == b->csb_id && (!has_t(chain) || (a->t == b->t && a->t_type == b->t_type)) &&
           (!has_idr(chain) || a->idr_hash == b->idr_hash) &&
           (chain != LTKMS_BY_T_AND_TERMINAL || a->terminal_hash == b->terminal_hash);
}

#define CHAIN_KEY(name, chain)                                                                               \
    static guint hash_##name(gconstpointer key)                                                              \
    {                                                                                                        \
        return hash_of(key, chain);                                                                          \
    }                                                                                                        \
    static gboolean equal_##name(gconstpointer a, gconstpointer b)                                           \
    {                                                                                                        \
        return is_alike(a, b, chain);                                                                        \
    }

CHAIN_KEY(csb, LTKMS_BY_CSB_ID)
CHAIN_KEY(idr, LTKMS_BY_IDR)
CHAIN_KEY(t, LTKMS_BY_T)
CHAIN_KEY(t_and_idr, LTKMS_BY_T_AND_IDR)
CHAIN_KEY(t_and_terminal, LTKMS_BY_T_AND_TERMINAL)

static void init_index(index_t *index, wmem_allocator_t *scope)
{
    static const struct {
        GHashFunc hash;
        GEqualFunc equal;
    } keys[LTKMS_CHAINS] = {
        [LTKMS_BY_CSB_ID] = { hash_csb, equal_csb },
        [LTKMS_BY_IDR] = { hash_idr, equal_idr },
        [LTKMS_BY_T] = { hash_t, equal_t },
        [LTKMS_BY_T_AND_IDR] = { hash_t_and_idr, equal_t_and_idr },
        [LTKMS_BY_T_AND_TERMINAL] = { hash_t_and_terminal, equal_t_and_terminal },
    };

    for (int chain = 0; chain < LTKMS_CHAINS; chain++) {
        index->heads[chain] = wmem_map_new(scope, keys[chain].hash, keys[chain].equal);
    }
}

void ltkms_init(ltkms_t *ltkms, wmem_allocator_t *scope)
{
    ltkms->scope = scope;
    init_index(&ltkms->ltkms, scope);
    init_index(&ltkms->verifications, scope);
}

/* ---- chains ----------------------------------------------------------------------------------------- */

static void add_alike(wmem_allocator_t *scope, index_t *index, tracked_message_t *message)
{
    message->older_alike = wmem_alloc0_array(scope, tracked_message_t *, LTKMS_CHAINS);
    for (int chain = LTKMS_BY_CSB_ID + 1; chain < LTKMS_CHAINS; chain++) {
        message->older_alike[chain] = wmem_map_lookup(index->heads[chain], message);
        wmem_map_insert(index->heads[chain], message, message);
    }
}

/* The chain has become too long: its messages enter the other chains, the oldest first. */
static void add_all_alike(wmem_allocator_t *scope, index_t *index, tracked_message_t *youngest)
{
    tracked_message_t *chain[CHAIN_LIMIT + 1];
    int n = 0;

    for (; youngest; youngest = youngest->older) {
        chain[n++] = youngest;
    }
    while (n-- > 0) {
        add_alike(scope, index, chain[n]);
    }
}

static void add_to_index(wmem_allocator_t *scope, index_t *index, tracked_message_t *message)
{
    message->in_chains = true;
    message->older = wmem_map_lookup(index->heads[LTKMS_BY_CSB_ID], message);
    message->n_older = message->older ? message->older->n_older + 1 : 0;
    wmem_map_insert(index->heads[LTKMS_BY_CSB_ID], message, message);
    if (message->n_older == CHAIN_LIMIT) {
        add_all_alike(scope, index, message);
    } else if (message->n_older > CHAIN_LIMIT) {
        add_alike(scope, index, message);
    }
}

/* Those that may belong to a message. */
typedef struct {
    tracked_message_t *messages[LTKMS_CHAINS * CHAIN_LIMIT];
    int n;
    bool all; /* there are no others with this CSB ID */
} candidates_t;

static void add_chain(candidates_t *candidates, const index_t *index, const tracked_message_t *key, int chain)
{
    tracked_message_t *message = wmem_map_lookup(index->heads[chain], key);

    for (int left = CHAIN_LIMIT; message && left > 0; left--) {
        candidates->messages[candidates->n++] = message;
        message = chain ? message->older_alike[chain] : message->older;
    }
}

static void find_candidates(candidates_t *candidates, const index_t *index, const tracked_message_t *key)
{
    const tracked_message_t *youngest = wmem_map_lookup(index->heads[LTKMS_BY_CSB_ID], key);

    candidates->n = 0;
    candidates->all = !youngest || youngest->n_older < CHAIN_LIMIT;
    if (candidates->all) {
        add_chain(candidates, index, key, LTKMS_BY_CSB_ID);
        return;
    }
    add_chain(candidates, index, key, LTKMS_BY_T_AND_IDR);
    add_chain(candidates, index, key, LTKMS_BY_T_AND_TERMINAL);
    add_chain(candidates, index, key, LTKMS_BY_T);
    add_chain(candidates, index, key, LTKMS_BY_IDR);
}

/* ---- which fits ------------------------------------------------------------------------------------- */

static bool same_idr(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->idr_hash != 0 && a->idr_hash == b->idr_hash;
}

static bool other_idr(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->idr_hash && b->idr_hash && a->idr_hash != b->idr_hash;
}

/* How well two messages with equal CSB IDs fit; not at all, if the verification message is known to be
 * another terminal's. */
typedef enum { FIT_NOT, FIT_CSB, FIT_T, FIT_EXACT } fit_t;

static fit_t fit_of(const tracked_message_t *a, const tracked_message_t *b)
{
    if (other_idr(a, b)) {
        return a->idr_is_known || b->idr_is_known ? FIT_NOT : same_t(a, b) ? FIT_T : FIT_CSB;
    }
    return same_t(a, b) ? FIT_EXACT : FIT_CSB;
}

/* Whether the two are each other's, and not one a second answer. */
static bool is_paired(const tracked_message_t *message)
{
    return message->link && message->link->link == message;
}

/* How well two messages with equal CSB IDs fit, finer: by IDr, then by the addresses. That of the BSM counts
 * where the LTKM came from it, not in an HTTP response. */
static int score_of(const tracked_message_t *a, const tracked_message_t *b)
{
    bool by_udp = a->transport == LTKM_TRANSPORT_UDP && b->transport == LTKM_TRANSPORT_UDP;

    return 8 * (int)fit_of(a, b) + 4 * same_idr(a, b) + 2 * (a->terminal_hash == b->terminal_hash) +
           (by_udp && a->other_hash == b->other_hash);
}

/* Whether nothing fits better than |score|, as far as identities tell. */
static bool is_final(int score)
{
    return score >= 8 * FIT_EXACT + 2;
}

static tracked_message_t *find_copy(const candidates_t *candidates, const tracked_message_t *message)
{
    for (int i = 0; i < candidates->n; i++) {
        if (candidates->messages[i]->digest == message->digest) {
            return candidates->messages[i];
        }
    }
    return NULL;
}

/* Exactly paired verification messages stand in no chain of their own (that saves memory). */
static tracked_message_t *find_paired_copy(const candidates_t *paired, const tracked_message_t *message)
{
    for (int i = 0; i < paired->n; i++) {
        tracked_message_t *other = paired->messages[i]->link;

        if (other && other->digest == message->digest) {
            return other;
        }
    }
    return NULL;
}

/* The best of those with the same T that |message| fits better than what they have; the youngest of equals,
 * in its frame the first in document order (they are processed in that order, 5.1.6.10.4). */
static tracked_message_t *find_by_t(const candidates_t *candidates, const tracked_message_t *message)
{
    tracked_message_t *best = NULL;
    int best_score = 0;

    for (int i = 0; i < candidates->n; i++) {
        tracked_message_t *candidate = candidates->messages[i];
        int score = score_of(candidate, message);

        if (fit_of(candidate, message) >= FIT_T &&
            (score > best_score ||
             (score == best_score && candidate->frame == best->frame && candidate->index < best->index)) &&
            (!is_paired(candidate) || score_of(candidate, candidate->link) < score)) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

/* The LTKM that a verification message answers once more. */
static tracked_message_t *find_answered(const candidates_t *candidates, const tracked_message_t *verification)
{
    tracked_message_t *best = NULL;

    for (int i = 0; i < candidates->n; i++) {
        tracked_message_t *candidate = candidates->messages[i];

        if (fit_of(candidate, verification) == FIT_EXACT &&
            (!best || score_of(candidate, verification) > score_of(best, verification))) {
            best = candidate;
        }
    }
    return best;
}

/* The LTKM for a verification message with a T of its own: the one with the same IDr that came last, in its
 * frame the first in document order (they are processed in that order, 5.1.6.10.4); else the only one that is
 * left. */
static tracked_message_t *find_by_csb(const candidates_t *candidates, const tracked_message_t *verification)
{
    tracked_message_t *by_idr = NULL, *any = NULL;
    int n_left = 0;

    for (int i = 0; i < candidates->n; i++) {
        tracked_message_t *candidate = candidates->messages[i];

        if (candidate->link || !candidate->v_flag || fit_of(candidate, verification) == FIT_NOT) {
            continue;
        }
        n_left++;
        any = candidate;
        if (same_idr(candidate, verification) && (!by_idr || by_idr->frame == candidate->frame)) {
            by_idr = candidate;
        }
    }
    return by_idr ? by_idr : n_left == 1 && candidates->all ? any : NULL;
}

/* The verification message with a T of its own that stands shortly before its LTKM; it must name the same
 * IDr. */
static tracked_message_t *find_early_by_csb(const candidates_t *candidates, const tracked_message_t *ltkm)
{
    for (int i = 0; i < candidates->n; i++) {
        tracked_message_t *candidate = candidates->messages[i];

        if (!candidate->link && same_idr(candidate, ltkm) &&
            ABS(ltkm->time - candidate->time) <= (int64_t)REORDER_SECONDS * MOMENT_SECOND) {
            return candidate;
        }
    }
    return NULL;
}

/* ---- pairing ---------------------------------------------------------------------------------------- */

static tracked_message_t *find_ltkm(const candidates_t *candidates, const tracked_message_t *verification)
{
    tracked_message_t *ltkm = find_by_t(candidates, verification);

    return ltkm ? ltkm : find_by_csb(candidates, verification);
}

static tracked_message_t *find_verification(const candidates_t *candidates, const tracked_message_t *ltkm)
{
    tracked_message_t *verification = find_by_t(candidates, ltkm);

    return verification || !ltkm->v_flag ? verification : find_early_by_csb(candidates, ltkm);
}

/* Returns the other half, if it had one. */
static tracked_message_t *detach(tracked_message_t *message)
{
    tracked_message_t *other = is_paired(message) ? message->link : NULL;

    message->link = NULL;
    if (other) {
        other->link = NULL;
    }
    return other;
}

static void attach(tracked_message_t *one, tracked_message_t *other)
{
    one->link = other;
    other->link = one;
}

/* It lost its LTKM and looks for another, and so does the one whose LTKM it takes. */
static void find_another_ltkm(ltkms_t *ltkms, tracked_message_t *verification)
{
    candidates_t candidates;

    for (int left = MAX_TURNS; verification && left > 0; left--) {
        tracked_message_t *ltkm, *loser = NULL;

        find_candidates(&candidates, &ltkms->ltkms, verification);
        ltkm = find_ltkm(&candidates, verification);
        if (ltkm) {
            loser = detach(ltkm);
            attach(ltkm, verification);
        } else {
            verification->link = find_answered(&candidates, verification);
        }
        if (!verification->in_chains) {
            add_to_index(ltkms->scope, &ltkms->verifications, verification);
        }
        verification = loser;
    }
}

static void find_another_verification(const ltkms_t *ltkms, tracked_message_t *ltkm)
{
    candidates_t candidates;

    for (int left = MAX_TURNS; ltkm && left > 0; left--) {
        tracked_message_t *verification, *loser = NULL;

        find_candidates(&candidates, &ltkms->verifications, ltkm);
        verification = find_verification(&candidates, ltkm);
        if (verification) {
            loser = detach(verification);
            attach(ltkm, verification);
        }
        ltkm = loser;
    }
}

/* Pairs the two; those who had them before look for others. */
static void pair(ltkms_t *ltkms, tracked_message_t *ltkm, tracked_message_t *verification)
{
    tracked_message_t *left_verification = detach(ltkm);
    tracked_message_t *left_ltkm = detach(verification);

    attach(ltkm, verification);
    if (left_verification) {
        find_another_ltkm(ltkms, left_verification);
    }
    if (left_ltkm && !left_ltkm->link) {
        find_another_verification(ltkms, left_ltkm);
    }
}

static void add_ltkm(ltkms_t *ltkms, tracked_message_t *ltkm)
{
    candidates_t candidates;
    tracked_message_t *verification;

    find_candidates(&candidates, &ltkms->ltkms, ltkm);
    ltkm->link = find_copy(&candidates, ltkm);
    if (ltkm->link) {
        ltkm->is_copy = true;
        return;
    }
    add_to_index(ltkms->scope, &ltkms->ltkms, ltkm);
    find_candidates(&candidates, &ltkms->verifications, ltkm);
    verification = find_verification(&candidates, ltkm);
    if (verification) {
        pair(ltkms, ltkm, verification);
    }
}

static tracked_message_t *find_first_copy(const ltkms_t *ltkms, const candidates_t *candidates,
                                          const tracked_message_t *verification)
{
    candidates_t waiting;
    tracked_message_t *copy = find_paired_copy(candidates, verification);

    if (!copy) {
        find_candidates(&waiting, &ltkms->verifications, verification);
        copy = find_copy(&waiting, verification);
    }
    return copy;
}

static void add_verification(ltkms_t *ltkms, tracked_message_t *verification)
{
    candidates_t candidates;
    tracked_message_t *ltkm, *answered;

    find_candidates(&candidates, &ltkms->ltkms, verification);
    verification->link = find_first_copy(ltkms, &candidates, verification);
    if (verification->link) {
        verification->is_copy = true;
        return;
    }
    ltkm = find_by_t(&candidates, verification);
    answered = ltkm ? NULL : find_answered(&candidates, verification);
    if (!ltkm && !answered) {
        ltkm = find_by_csb(&candidates, verification);
    }
    if (!ltkm || !is_final(score_of(ltkm, verification))) { /* others may come that fit better */
        add_to_index(ltkms->scope, &ltkms->verifications, verification);
    }
    if (ltkm) {
        pair(ltkms, ltkm, verification);
    } else {
        verification->link = answered; /* it names its LTKM but does not take the first one's place */
    }
}

/* ---- public ----------------------------------------------------------------------------------------- */

static uint32_t hash_identity(const mikey_message_t *message, const mikey_payload_t *id)
{
    mikey_range_t data = id ? id->id.data : (mikey_range_t){ 0, 0 };
    uint32_t hash = data.length ? wmem_strong_hash(message->bytes + data.offset, data.length) : 0;

    return data.length && hash == 0 ? 1 : hash;
}

static uint64_t digest_of(const mikey_message_t *message)
{
    uint8_t digest[32];
    uint64_t start;

    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, message->bytes, message->length);
    memcpy(&start, digest, sizeof start);
    return start;
}

static void set_key(tracked_message_t *key, const mikey_message_t *message)
{
    key->csb_id = message->csb_id;
    key->t_type = message->t ? message->t->t.ts_type : NO_T;
    key->t = message->t ? message->t->t.number : 0;
}

void ltkm_identify(tracked_message_t *tracked, const mikey_message_t *message)
{
    set_key(tracked, message);
    tracked->kind = (uint8_t)message->kind;
    tracked->v_flag = message->v_flag;
    if (tracked->kind == MIKEY_KIND_VERIFICATION || ltkm_is_ltkm(tracked)) {
        tracked->digest = digest_of(message);
        tracked->idr_hash = hash_identity(message, message->idr);
    }
}

void ltkms_add(ltkms_t *ltkms, tracked_message_t *tracked)
{
    if (tracked->kind == MIKEY_KIND_VERIFICATION) {
        add_verification(ltkms, tracked);
    } else if (ltkm_is_ltkm(tracked)) {
        add_ltkm(ltkms, tracked);
    }
}

const tracked_message_t *ltkm_peer(const tracked_message_t *message)
{
    return message->is_copy ? message->link->link : message->link;
}

bool ltkm_same_t(const tracked_message_t *message)
{
    const tracked_message_t *peer = ltkm_peer(message);

    return peer && same_t(message, peer);
}

bool ltkm_is_second(const tracked_message_t *verification)
{
    return !verification->is_copy && verification->link && verification->link->link != verification;
}

static ltkm_order_t order_of(const tracked_message_t *earlier, const tracked_message_t *ltkm)
{
    if (!earlier->frame || earlier->is_copy || !earlier->v_flag || !earlier->link ||
        earlier->link->frame <= ltkm->link->frame) {
        return LTKM_IN_ORDER;
    }
    return earlier->host == ltkm->host && ltkm_same_t(earlier) && ltkm_same_t(ltkm) ? LTKM_TOO_EARLY
                                                                                    : LTKM_PERHAPS_TOO_EARLY;
}

ltkm_order_t ltkm_order(const tracked_message_t *verification)
{
    const tracked_message_t *ltkm = verification->is_copy ? NULL : verification->link;
    ltkm_order_t order = LTKM_IN_ORDER;

    if (!ltkm || ltkm->link != verification || !ltkm->v_flag) {
        return order;
    }
    for (uint32_t back = 1; back < ltkm->index && back <= CHAIN_LIMIT; back++) {
        order = MAX(order, order_of(ltkm - back, ltkm));
    }
    return order;
}

uint32_t ltkm_original_frame(const tracked_message_t *message)
{
    return message->is_copy ? message->link->frame : 0;
}

double ltkm_delay(const tracked_message_t *ltkm, const tracked_message_t *verification)
{
    return (double)(verification->time - ltkm->time) / MOMENT_SECOND;
}

bool ltkms_know(const ltkms_t *ltkms, const mikey_message_t *message)
{
    tracked_message_t key = { 0 };
    candidates_t candidates;

    set_key(&key, message);
    find_candidates(&candidates, &ltkms->ltkms, &key);
    for (int i = 0; i < candidates.n; i++) {
        if (same_t(candidates.messages[i], &key)) {
            return true;
        }
    }
    return false;
}

bool ltkms_any(const ltkms_t *ltkms)
{
    return wmem_map_size(ltkms->ltkms.heads[LTKMS_BY_CSB_ID]) > 0;
}
