/* ltkms.c
 * LTKMs stand in chains by CSB ID, youngest first; so do the verification messages that may still want
 * another LTKM. A chain is looked through as a whole as long as it has CHAIN_LIMIT messages: nearly all have
 * one or two. Where a CSB ID is in use more often, its messages stand in further chains, by CSB ID and IDr,
 * T, or both, and CHAIN_LIMIT of each are looked at: hostile traffic costs no more than real one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkms.h"

#include <string.h>

#include <wsutil/wsgcrypt.h>

enum { CHAIN_LIMIT = 64 };
enum { NO_T = 0xff };

/* How far a verification message with a T of its own may stand before its LTKM, in seconds of capture time:
 * as much as reordering does, less than a CSB ID's next use. */
enum { REORDER_SECONDS = 10 };

enum { SAME_IDR = LTKMS_SAME_IDR, SAME_T = LTKMS_SAME_T, N_CHAINS = LTKMS_CHAINS };

typedef ltkms_index_t index_t;

static guint hash_of(const tracked_message_t *message, int alike)
{
    uint64_t mixed = (uint64_t)message->csb_id << 32;

    mixed ^= (alike & SAME_T) ? message->t + message->t_type : 0;
    mixed ^= (alike & SAME_IDR) ? message->idr_hash : 0;
    return wmem_strong_hash((const guint8 *)&mixed, sizeof mixed);
}

static bool same_t(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->t_type != NO_T && a->t == b->t && a->t_type == b->t_type;
}

static bool is_alike(const tracked_message_t *a, const tracked_message_t *b, int alike)
{
    return a->csb_id == b->csb_id && (!(alike & SAME_T) || (a->t == b->t && a->t_type == b->t_type)) &&
           (!(alike & SAME_IDR) || a->idr_hash == b->idr_hash);
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
CHAIN_KEY(idr, SAME_IDR)
CHAIN_KEY(t, SAME_T)
CHAIN_KEY(t_and_idr, SAME_T | SAME_IDR)

static void init_index(index_t *index, wmem_allocator_t *scope)
{
    static const struct {
        GHashFunc hash;
        GEqualFunc equal;
    } keys[N_CHAINS] = {
        { hash_csb, equal_csb },
        { hash_idr, equal_idr },
        { hash_t, equal_t },
        { hash_t_and_idr, equal_t_and_idr },
    };

    for (int alike = 0; alike < N_CHAINS; alike++) {
        index->heads[alike] = wmem_map_new(scope, keys[alike].hash, keys[alike].equal);
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
    message->older_alike = wmem_alloc0_array(scope, tracked_message_t *, N_CHAINS);
    for (int alike = 1; alike < N_CHAINS; alike++) {
        message->older_alike[alike] = wmem_map_lookup(index->heads[alike], message);
        wmem_map_insert(index->heads[alike], message, message);
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
    message->older = wmem_map_lookup(index->heads[0], message);
    message->n_older = message->older ? message->older->n_older + 1 : 0;
    wmem_map_insert(index->heads[0], message, message);
    if (message->n_older == CHAIN_LIMIT) {
        add_all_alike(scope, index, message);
    } else if (message->n_older > CHAIN_LIMIT) {
        add_alike(scope, index, message);
    }
}

/* Those that may belong to a message. */
typedef struct {
    tracked_message_t *messages[N_CHAINS * CHAIN_LIMIT];
    int n;
    bool all; /* there are no others with this CSB ID */
} candidates_t;

static void add_chain(candidates_t *candidates, const index_t *index, const tracked_message_t *key, int alike)
{
    tracked_message_t *message = wmem_map_lookup(index->heads[alike], key);

    for (int left = CHAIN_LIMIT; message && left > 0; left--) {
        candidates->messages[candidates->n++] = message;
        message = alike ? message->older_alike[alike] : message->older;
    }
}

static void find_candidates(candidates_t *candidates, const index_t *index, const tracked_message_t *key)
{
    const tracked_message_t *youngest = wmem_map_lookup(index->heads[0], key);

    candidates->n = 0;
    candidates->all = !youngest || youngest->n_older < CHAIN_LIMIT;
    if (candidates->all) {
        add_chain(candidates, index, key, 0);
        return;
    }
    add_chain(candidates, index, key, SAME_T | SAME_IDR);
    add_chain(candidates, index, key, SAME_T);
    add_chain(candidates, index, key, SAME_IDR);
}

/* ---- which fits ------------------------------------------------------------------------------------- */

static bool same_idr(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->idr_hash != 0 && a->idr_hash == b->idr_hash;
}

/* How well two messages with equal CSB IDs fit. */
typedef enum { FIT_CSB = 1, FIT_T, FIT_EXACT } fit_t;

static fit_t fit_of(const tracked_message_t *a, const tracked_message_t *b)
{
    if (!same_t(a, b)) {
        return FIT_CSB;
    }
    return a->idr_hash && b->idr_hash && a->idr_hash != b->idr_hash ? FIT_T : FIT_EXACT;
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

/* The best of those with the same T that |message| fits better than what they have: by IDr, then by address;
 * the youngest of equals. */
static tracked_message_t *find_by_t(const candidates_t *candidates, const tracked_message_t *message)
{
    tracked_message_t *best = NULL;
    int best_score = 0;

    for (int i = 0; i < candidates->n; i++) {
        tracked_message_t *candidate = candidates->messages[i];
        fit_t fit = fit_of(candidate, message);
        int score = 4 * (int)fit + 2 * same_idr(candidate, message) +
                    (candidate->terminal_hash == message->terminal_hash);

        if (fit >= FIT_T && score > best_score &&
            (!candidate->link || fit_of(candidate, candidate->link) < fit)) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

/* The LTKM that a verification message answers once more. */
static tracked_message_t *find_answered(const candidates_t *candidates, const tracked_message_t *verification)
{
    for (int i = 0; i < candidates->n; i++) {
        if (fit_of(candidates->messages[i], verification) == FIT_EXACT) {
            return candidates->messages[i];
        }
    }
    return NULL;
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

        if (candidate->link || !candidate->v_flag) {
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

static tracked_message_t *detach(tracked_message_t *message)
{
    tracked_message_t *other = message->link;

    if (other) {
        other->link = message->link = NULL;
    }
    return other;
}

static void attach(tracked_message_t *one, tracked_message_t *other)
{
    if (one && other) {
        detach(one);
        detach(other);
        one->link = other;
        other->link = one;
    }
}

/* Pairs the two; those who had them before look for others, once. */
static void pair(const ltkms_t *ltkms, tracked_message_t *ltkm, tracked_message_t *verification)
{
    tracked_message_t *left_verification = detach(ltkm);
    tracked_message_t *left_ltkm = detach(verification);
    candidates_t candidates;

    attach(ltkm, verification);
    if (left_verification) {
        find_candidates(&candidates, &ltkms->ltkms, left_verification);
        attach(find_ltkm(&candidates, left_verification), left_verification);
    }
    if (left_ltkm && !left_ltkm->link) {
        find_candidates(&candidates, &ltkms->verifications, left_ltkm);
        attach(left_ltkm, find_verification(&candidates, left_ltkm));
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
    if (!ltkm || fit_of(ltkm, verification) < FIT_EXACT) { /* others may come that fit better */
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
    return wmem_map_size(ltkms->ltkms.heads[0]) > 0;
}
