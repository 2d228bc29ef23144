/* ltkms.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkms.h"

#include "tracking/sip-hash.h"

/* How many in a row may lose their other half to one another. */
enum { MAX_TURNS = 8 };

/* How far a verification message with a T of its own may stand before its LTKM, in seconds of capture time:
 * as much as reordering does, less than a CSB ID's next use. */
enum { REORDER_SECONDS = 10 };

typedef ltkm_candidates_t candidates_t;

void ltkms_init(ltkms_t *ltkms, wmem_allocator_t *scope)
{
    ltkm_index_init(&ltkms->ltkms, scope);
    ltkm_index_init(&ltkms->verifications, scope);
}

static bool same_t(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->t_type != LTKM_NO_T && a->t == b->t && a->t_type == b->t_type;
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

/* Whether a verification message goes to the BSM of the LTKM, by the addresses that its host name has, or by
 * where the LTKM came from. */
typedef enum { PLACE_OTHER, PLACE_UNKNOWN, PLACE_SAME } place_t;

static place_t place_of_pair(const tracked_message_t *ltkm, const tracked_message_t *verification)
{
    host_match_t match =
        ltkm->host ? host_name_has(ltkm->host, verification->other_hash, verification->frame) : HOST_UNKNOWN;

    if (match != HOST_UNKNOWN) {
        return match == HOST_MATCHES ? PLACE_SAME : PLACE_OTHER;
    }
    if (ltkm->other_hash == verification->other_hash) {
        return PLACE_SAME;
    }
    return ltkm->transport == LTKM_TRANSPORT_UDP ? PLACE_OTHER : PLACE_UNKNOWN;
}

static place_t place_of(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->kind == MIKEY_KIND_VERIFICATION ? place_of_pair(b, a) : place_of_pair(a, b);
}

/* How well two messages with equal CSB IDs fit, finer: by T, then IDr, then the terminal's address, then the
 * BSM's. A pair gives way to one that fits better. */
static int score_of(const tracked_message_t *a, const tracked_message_t *b)
{
    return 16 * (int)fit_of(a, b) + 8 * same_idr(a, b) + 4 * (a->terminal_hash == b->terminal_hash) +
           (int)place_of(a, b);
}

/* Whether nothing that comes later can fit better but by IDr: the verification message need not wait in a
 * chain, which saves memory. */
static bool fits_enough(const tracked_message_t *ltkm, const tracked_message_t *verification)
{
    return fit_of(ltkm, verification) == FIT_EXACT && ltkm->terminal_hash == verification->terminal_hash &&
           place_of(ltkm, verification) >= PLACE_UNKNOWN;
}

/* Whether the two are each other's, and not one a second answer. */
static bool is_paired(const tracked_message_t *message)
{
    return message->link && message->link->link == message;
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

/* The best of |candidates| with the same T for which |fits|; of equals the youngest, but in its frame the
 * first (they are processed in that order, 5.1.6.10.4). */
static tracked_message_t *find_best(const candidates_t *candidates, const tracked_message_t *message,
                                    bool (*fits)(const tracked_message_t *candidate,
                                                 const tracked_message_t *message))
{
    tracked_message_t *best = NULL;
    int best_score = 0;

    for (int i = 0; i < candidates->n; i++) {
        tracked_message_t *candidate = candidates->messages[i];
        int score = fit_of(candidate, message) >= FIT_T && fits(candidate, message)
                        ? score_of(candidate, message)
                        : 0;

        if (score > best_score || (score && score == best_score && candidate->frame == best->frame &&
                                   candidate->index < best->index)) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

static bool is_stronger(const tracked_message_t *candidate, const tracked_message_t *message)
{
    return !is_paired(candidate) || score_of(candidate, candidate->link) < score_of(candidate, message);
}

static bool is_exact(const tracked_message_t *candidate, const tracked_message_t *message)
{
    return fit_of(candidate, message) == FIT_EXACT;
}

/* Of those that |message| fits better than what they have. */
static tracked_message_t *find_by_t(const candidates_t *candidates, const tracked_message_t *message)
{
    return find_best(candidates, message, is_stronger);
}

/* The LTKM that a verification message answers once more. */
static tracked_message_t *find_answered(const candidates_t *candidates, const tracked_message_t *verification)
{
    return find_best(candidates, verification, is_exact);
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

        ltkm_index_find(&ltkms->ltkms, verification, &candidates);
        ltkm = find_ltkm(&candidates, verification);
        if (ltkm) {
            loser = detach(ltkm);
            attach(ltkm, verification);
        } else {
            verification->link = find_answered(&candidates, verification);
        }
        if (!verification->in_chains) {
            ltkm_index_add(&ltkms->verifications, verification);
        }
        verification = loser;
    }
    if (verification && !verification->in_chains) {
        ltkm_index_add(&ltkms->verifications, verification);
    }
}

static void find_another_verification(const ltkms_t *ltkms, tracked_message_t *ltkm)
{
    candidates_t candidates;

    for (int left = MAX_TURNS; ltkm && left > 0; left--) {
        tracked_message_t *verification, *loser = NULL;

        ltkm_index_find(&ltkms->verifications, ltkm, &candidates);
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

    ltkm_index_find(&ltkms->ltkms, ltkm, &candidates);
    ltkm->link = find_copy(&candidates, ltkm);
    if (ltkm->link) {
        ltkm->is_copy = true;
        return;
    }
    ltkm_index_add(&ltkms->ltkms, ltkm);
    ltkm_index_find(&ltkms->verifications, ltkm, &candidates);
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
        ltkm_index_find(&ltkms->verifications, verification, &waiting);
        copy = find_copy(&waiting, verification);
    }
    return copy;
}

static void add_verification(ltkms_t *ltkms, tracked_message_t *verification)
{
    candidates_t candidates;
    tracked_message_t *ltkm, *answered;

    ltkm_index_find(&ltkms->ltkms, verification, &candidates);
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
    if (!ltkm || !fits_enough(ltkm, verification)) { /* others may come that fit better */
        ltkm_index_add(&ltkms->verifications, verification);
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

static void set_key(tracked_message_t *key, const mikey_message_t *message)
{
    key->csb_id = message->csb_id;
    key->t_type = message->t ? message->t->t.ts_type & 0xf : LTKM_NO_T;
    key->t = message->t ? message->t->t.number : 0;
}

void ltkm_identify(tracked_message_t *tracked, const mikey_message_t *message)
{
    set_key(tracked, message);
    tracked->kind = message->kind & 0xf;
    tracked->v_flag = message->v_flag;
    if (ltkm_is_paired(tracked) || tracked->kind == MIKEY_KIND_STKM) {
        tracked->digest = sip_hash(0, message->bytes, message->length);
        tracked->idr_hash = hash_identity(message, message->idr);
    }
}

void ltkms_add(ltkms_t *ltkms, tracked_message_t *tracked)
{
    if (tracked->kind == MIKEY_KIND_VERIFICATION) {
        add_verification(ltkms, tracked);
    } else if (ltkm_is_paired(tracked)) {
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
    for (uint32_t back = 1; back < ltkm->index && back <= LTKM_CHAIN_LIMIT; back++) {
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
    ltkm_index_find(&ltkms->ltkms, &key, &candidates);
    for (int i = 0; i < candidates.n; i++) {
        if (same_t(candidates.messages[i], &key)) {
            return true;
        }
    }
    return false;
}

bool ltkms_any(const ltkms_t *ltkms)
{
    return !ltkm_index_is_empty(&ltkms->ltkms);
}
