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

#include "mikey/identifiers.h"

enum { CHAIN_LIMIT = 64 };
enum { NO_T = 0xff };
enum { NANOSECONDS = 1000000000 };

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
    return a->digest == b->digest;
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
        if (ltkm->link && same_bytes(ltkm->link, message)) {
            return ltkm->link;
        }
    }
    return NULL;
}

/* ---- pairing ---------------------------------------------------------------------------------------- */

/* The verification messages of later LTKMs in the same body that are there already came too early
 * (5.1.6.10.4). */
static void check_order(tracked_message_t *ltkm)
{
    uint32_t end = MIN(ltkm->n_siblings, ltkm->index + CHAIN_LIMIT);

    for (uint32_t index = ltkm->index + 1; ltkm->index > 0 && ltkm->v_flag && index <= end; index++) {
        tracked_message_t *later = ltkm + (index - ltkm->index);

        if (later->frame && !later->is_copy && later->v_flag && later->link &&
            later->link->frame < ltkm->link->frame) {
            later->link->too_early = true;
            later->link->too_early_other_host = later->host != ltkm->host;
        }
    }
}

static void pair(tracked_message_t *ltkm, tracked_message_t *verification, bool exact)
{
    if (ltkm->link) {
        ltkm->link->link = NULL;
        ltkm->link->exact = false;
    }
    if (verification->link) {
        verification->link->link = NULL;
        verification->link->exact = false;
    }
    ltkm->link = verification;
    verification->link = ltkm;
    ltkm->exact = verification->exact = exact;
    check_order(ltkm);
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
        if (chain->link || !chain->v_flag) {
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
        if (!chain->link && same_idr(chain, ltkm) &&
            ABS(ltkm->time - chain->time) <= (int64_t)REORDER_SECONDS * NANOSECONDS) {
            return chain;
        }
    }
    return NULL;
}

static void add_ltkm(tracked_message_t *ltkm)
{
    tracked_message_t *early;

    ltkm->link = find_same_bytes(same_t_chain(&ltkms, ltkm), ltkm);
    if (ltkm->link) {
        ltkm->is_copy = true;
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

    verification->link = find_same_bytes(same_t_chain(&verifications, verification), verification);
    if (!verification->link) {
        verification->link = find_paired_same_bytes(candidates, verification);
    }
    if (verification->link) {
        verification->is_copy = true;
        return;
    }
    ltkm = find_exact(candidates, verification);
    if (ltkm && !ltkm->exact) {
        pair(ltkm, verification, true);
        return;
    }
    if (ltkm) { /* a second answer, in other bytes: it names its LTKM but does not take the first one's place
                 */
        verification->link = ltkm;
        verification->exact = true;
        verification->is_second = true;
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

static uint64_t digest_of(const uint8_t *bytes, uint32_t length)
{
    uint8_t digest[32];
    uint64_t start;

    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, bytes, length);
    memcpy(&start, digest, sizeof start);
    return start;
}

static const host_name_t *host_of(const mikey_message_t *message, const uint8_t *bytes)
{
    const mikey_payload_t *idi = message->idi;
    naf_host_t host;

    if (!idi || message->kind == MIKEY_KIND_VERIFICATION) {
        return NULL;
    }
    host = naf_host_find(bytes + idi->id.data.offset, idi->id.data.length);
    return host.length ? host_name_get((const char *)bytes + idi->id.data.offset + host.offset, host.length)
                       : NULL;
}

static void set_key(tracked_message_t *key, const mikey_message_t *message)
{
    key->csb_id = message->csb_id;
    key->t_type = message->t ? message->t->t.ts_type : NO_T;
    key->t = message->t ? message->t->t.number : 0;
}

void ltkms_add(packet_info *pinfo, tracked_message_t *tracked, const mikey_message_t *message,
               const uint8_t *bytes, uint32_t length, const ltkm_origin_t *origin)
{
    const mikey_payload_t *idr = message->idr;

    set_key(tracked, message);
    tracked->frame = pinfo->num;
    tracked->time = (int64_t)pinfo->abs_ts.secs * NANOSECONDS + pinfo->abs_ts.nsecs;
    tracked->digest = digest_of(bytes, length);
    tracked->idr_hash = idr ? hash_bytes(bytes + idr->id.data.offset, idr->id.data.length) : 0;
    tracked->terminal_hash = host_address_hash(origin->terminal_side);
    tracked->other_hash = host_address_hash(origin->other_side);
    tracked->index = origin->index;
    tracked->n_siblings = origin->n_siblings;
    tracked->kind = (uint8_t)message->kind;
    tracked->transport = (uint8_t)origin->transport;
    tracked->v_flag = message->v_flag;
    tracked->whole_body = origin->whole_body;
    tracked->registration_seen = terminals_registered();
    tracked->terminal = origin->terminal;
    tracked->delivery = origin->terminal ? terminal_delivery(origin->terminal) : NULL;
    tracked->host = host_of(message, bytes);
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
}

const tracked_message_t *ltkm_peer(const tracked_message_t *message)
{
    return message->is_copy ? message->link->link : message->link;
}

uint32_t ltkm_original_frame(const tracked_message_t *message)
{
    return message->is_copy ? message->link->frame : 0;
}

double ltkm_delay(const tracked_message_t *ltkm, const tracked_message_t *verification)
{
    return (double)(verification->time - ltkm->time) / NANOSECONDS;
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
