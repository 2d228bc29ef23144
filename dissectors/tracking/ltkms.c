/* ltkms.c
 * Two maps for LTKMs and two for the verification messages that are not (exactly) paired: by CSB ID and T,
 * and by CSB ID. Each entry heads a chain, youngest first, of which no more than CHAIN_LIMIT are looked at:
 * hostile traffic costs no more than real one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkms.h"

#include <string.h>

#include <gcrypt.h>

#include <epan/wmem_scopes.h>

enum { CHAIN_LIMIT = 64 };
enum { NO_T = 0xff };

/* How far a verification message with a T of its own may stand before its LTKM, in seconds of capture time:
 * as much as reordering does, less than a CSB ID's next use. */
enum { REORDER_SECONDS = 10 };

typedef struct {
    wmem_map_t *same_t;   /* tracked_message_t (by CSB ID and T) -> head of chain */
    wmem_map_t *same_csb; /* CSB ID -> head of chain */
} index_t;

static index_t ltkms;
static index_t verifications;

static guint same_t_hash(gconstpointer key)
{
    const tracked_message_t *message = key;
    uint64_t mixed = ((uint64_t)message->csb_id << 32 ^ message->t) + message->t_type;

    return wmem_strong_hash((const guint8 *)&mixed, sizeof mixed);
}

static gboolean same_t_equal(gconstpointer a, gconstpointer b)
{
    const tracked_message_t *one = a, *other = b;

    return one->csb_id == other->csb_id && one->t == other->t && one->t_type == other->t_type;
}

static guint csb_hash(gconstpointer key)
{
    uint32_t csb_id = GPOINTER_TO_UINT(key);

    return wmem_strong_hash((const guint8 *)&csb_id, sizeof csb_id);
}

static void index_register(index_t *index)
{
    index->same_t = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), same_t_hash, same_t_equal);
    index->same_csb = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), csb_hash, g_direct_equal);
}

void ltkms_register(void)
{
    index_register(&ltkms);
    index_register(&verifications);
}

/* ---- chains ----------------------------------------------------------------------------------------- */

static tracked_message_t *same_t_chain(const index_t *index, const tracked_message_t *key)
{
    return key->t_type == NO_T ? NULL : wmem_map_lookup(index->same_t, key);
}

static tracked_message_t *same_csb_chain(const index_t *index, const tracked_message_t *key)
{
    return wmem_map_lookup(index->same_csb, GUINT_TO_POINTER(key->csb_id));
}

static void index_add(index_t *index, tracked_message_t *message)
{
    if (message->t_type != NO_T) {
        message->next_same_t = same_t_chain(index, message);
        wmem_map_insert(index->same_t, message, message);
    }
    message->next_same_csb = same_csb_chain(index, message);
    wmem_map_insert(index->same_csb, GUINT_TO_POINTER(message->csb_id), message);
}

static bool same_bytes(const tracked_message_t *a, const tracked_message_t *b)
{
    return memcmp(a->digest, b->digest, LTKM_DIGEST_SIZE) == 0;
}

static tracked_message_t *find_same_bytes(tracked_message_t *chain, const tracked_message_t *message)
{
    int left = CHAIN_LIMIT;

    for (; chain && left > 0; chain = chain->next_same_t, left--) {
        if (same_bytes(chain, message)) {
            return chain;
        }
    }
    return NULL;
}

/* Exactly paired verification messages stand in no chain of their own (that saves memory). */
static tracked_message_t *find_paired_same_bytes(tracked_message_t *ltkm, const tracked_message_t *message)
{
    int left = CHAIN_LIMIT;

    for (; ltkm && left > 0; ltkm = ltkm->next_same_t, left--) {
        if (ltkm->peer && same_bytes(ltkm->peer, message)) {
            return ltkm->peer;
        }
    }
    return NULL;
}

/* ---- pairing ---------------------------------------------------------------------------------------- */

static void pair(tracked_message_t *ltkm, tracked_message_t *verification, bool exact)
{
    if (ltkm->peer) {
        ltkm->peer->peer = NULL;
        ltkm->peer->exact = false;
    }
    if (verification->peer) {
        verification->peer->peer = NULL;
        verification->peer->exact = false;
    }
    ltkm->peer = verification;
    verification->peer = ltkm;
    ltkm->exact = verification->exact = exact;
}

static bool same_idr(const tracked_message_t *a, const tracked_message_t *b)
{
    return a->idr_hash != 0 && a->idr_hash == b->idr_hash;
}

/* How well two messages with equal CSB ID and T fit: one that is free before one that is taken, then IDr,
 * then address. */
static int exact_score(const tracked_message_t *candidate, const tracked_message_t *message)
{
    return 1 + 4 * !candidate->exact + 2 * same_idr(candidate, message) +
           (candidate->terminal_hash == message->terminal_hash);
}

/* The best fit, the youngest of equals; NULL for an empty chain. */
static tracked_message_t *find_exact(tracked_message_t *chain, const tracked_message_t *message)
{
    tracked_message_t *best = NULL;
    int best_score = 0;
    int left = CHAIN_LIMIT;

    for (; chain && left > 0; chain = chain->next_same_t, left--) {
        int score = exact_score(chain, message);

        if (score > best_score) {
            best = chain;
            best_score = score;
        }
    }
    return best;
}

/* The LTKM for a verification message with a T of its own: the one with the same IDr that came last, in its
 * frame the first in document order (they are processed in that order, 5.1.6.10.4); else the only one that is
 * left. */
static tracked_message_t *find_by_csb(tracked_message_t *chain, const tracked_message_t *verification)
{
    tracked_message_t *by_idr = NULL, *any = NULL;
    int n_left = 0;
    int left = CHAIN_LIMIT;

    for (; chain && left > 0; chain = chain->next_same_csb, left--) {
        if (chain->peer || !chain->v_flag) {
            continue;
        }
        n_left++;
        any = chain;
        if (same_idr(chain, verification) && (!by_idr || by_idr->frame == chain->frame)) {
            by_idr = chain;
        }
    }
    return by_idr ? by_idr : n_left == 1 ? any : NULL;
}

/* The verification message with a T of its own that stands shortly before its LTKM; it must name the same
 * IDr. */
static tracked_message_t *find_early_by_csb(tracked_message_t *chain, const tracked_message_t *ltkm)
{
    int left = CHAIN_LIMIT;

    for (; chain && left > 0; chain = chain->next_same_csb, left--) {
        nstime_t distance;

        nstime_delta(&distance, &ltkm->time, &chain->time);
        if (!chain->peer && same_idr(chain, ltkm) && ABS(nstime_to_sec(&distance)) <= REORDER_SECONDS) {
            return chain;
        }
    }
    return NULL;
}

static void add_ltkm(tracked_message_t *ltkm)
{
    tracked_message_t *early;

    ltkm->original = find_same_bytes(same_t_chain(&ltkms, ltkm), ltkm);
    if (ltkm->original) {
        return;
    }
    index_add(&ltkms, ltkm);
    early = find_exact(same_t_chain(&verifications, ltkm), ltkm);
    if (early && !early->exact) {
        pair(ltkm, early, true);
        return;
    }
    early = ltkm->v_flag ? find_early_by_csb(same_csb_chain(&verifications, ltkm), ltkm) : NULL;
    if (early) {
        pair(ltkm, early, false);
    }
}

static void add_verification(tracked_message_t *verification)
{
    tracked_message_t *candidates = same_t_chain(&ltkms, verification);
    tracked_message_t *ltkm;

    verification->original = find_same_bytes(same_t_chain(&verifications, verification), verification);
    if (!verification->original) {
        verification->original = find_paired_same_bytes(candidates, verification);
    }
    if (verification->original) {
        return;
    }
    ltkm = find_exact(candidates, verification);
    if (ltkm && !ltkm->exact) {
        pair(ltkm, verification, true);
        return;
    }
    if (ltkm) { /* a second answer, in other bytes: it names its LTKM but does not take the first one's place
                 */
        verification->peer = ltkm;
        verification->exact = true;
        index_add(&verifications, verification);
        return;
    }
    index_add(&verifications, verification);
    ltkm = find_by_csb(same_csb_chain(&ltkms, verification), verification);
    if (ltkm) {
        pair(ltkm, verification, false);
    }
}

/* ---- public ----------------------------------------------------------------------------------------- */

static uint32_t hash_bytes(const uint8_t *bytes, uint32_t length)
{
    uint32_t hash = length ? wmem_strong_hash(bytes, length) : 0;

    return length && hash == 0 ? 1 : hash;
}

static void set_digest(tracked_message_t *message, const uint8_t *bytes, uint32_t length)
{
    uint8_t digest[32];

    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, bytes, length);
    memcpy(message->digest, digest, LTKM_DIGEST_SIZE);
}

static void set_key(tracked_message_t *key, const mikey_message_t *message)
{
    key->csb_id = message->csb_id;
    key->t_type = message->t ? message->t->t.ts_type : NO_T;
    key->t = message->t ? message->t->t.number : 0;
}

tracked_message_t *ltkms_add(packet_info *pinfo, const mikey_message_t *message, const uint8_t *bytes,
                             uint32_t length, ltkm_transport_t transport, const terminal_t *terminal,
                             const address *terminal_side)
{
    tracked_message_t *tracked = wmem_new0(wmem_file_scope(), tracked_message_t);
    const mikey_payload_t *idr = message->idr;

    set_key(tracked, message);
    set_digest(tracked, bytes, length);
    tracked->frame = pinfo->num;
    tracked->time = pinfo->abs_ts;
    tracked->idr_hash = idr ? hash_bytes(bytes + idr->id.data.offset, idr->id.data.length) : 0;
    tracked->terminal_hash = hash_bytes(terminal_side->data, (uint32_t)terminal_side->len);
    tracked->kind = (uint8_t)message->kind;
    tracked->transport = (uint8_t)transport;
    tracked->v_flag = message->v_flag;
    tracked->terminal = terminal;
    switch (message->kind) {
    case MIKEY_KIND_VERIFICATION:
        add_verification(tracked);
        break;
    case MIKEY_KIND_LTKM:
    case MIKEY_KIND_LTKM_WITHOUT_KEY:
        add_ltkm(tracked);
        break;
    case MIKEY_KIND_STKM:
    case MIKEY_KIND_ERROR:
    case MIKEY_KIND_OTHER:
    case MIKEY_KIND_UNKNOWN:
        break;
    }
    return tracked;
}

const tracked_message_t *ltkm_peer(const tracked_message_t *message)
{
    return message->original ? message->original->peer : message->peer;
}

bool ltkms_knows(const mikey_message_t *message)
{
    tracked_message_t key = { 0 };

    set_key(&key, message);
    return same_t_chain(&ltkms, &key) != NULL;
}

bool ltkms_any(void)
{
    return wmem_map_size(ltkms.same_csb) > 0;
}
