/* fates.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/fates.h"

#include <string.h>

/* Messages whose time stamps are closer may have been reordered on the way to the capture. */
enum { REORDERING = MOMENT_SECOND / 100 };

enum { KEY_TYPE_TEK = 2, MTK_ID_SIZE = 2, MTK_ID_NEVER = 0xffff };

/* What key data say, as far as they could be read. */
typedef struct {
    bool read;
    bool has_key;
    bool has_limits;
    uint64_t low, high;
} key_content_t;

/* A message that looks for its fate. */
typedef struct {
    fates_t *fates;
    tracked_message_t *tracked;
    const mikey_message_t *message;
    const fate_facts_t *facts;
    muk_t *muk; /* NULL: the message has not both IDs */
    msk_t *msk; /* NULL: the message names none */
    key_content_t content;
    const tracked_message_t *compared; /* that decides; NULL: none */
} case_t;

void fates_init(fates_t *fates, wmem_allocator_t *scope, budget_t *budget)
{
    muks_init(&fates->muks, scope, budget);
    msks_init(&fates->msks, scope, budget);
    fates->compared = wmem_map_new(scope, g_direct_hash, g_direct_equal);
    fates->disorder = wmem_map_new(scope, g_direct_hash, g_direct_equal);
}

/* ---- counters --------------------------------------------------------------------------------------- */

/* In one payload there is an order (OMA BCAST 5.1.6.10.4), and nothing reorders it. */
static bool is_surely_later(const tracked_message_t *message, const tracked_message_t *other)
{
    bool same_payload = message->frame == other->frame && message->index > other->index;

    return same_payload || message->time - other->time >= REORDERING;
}

/* Whether T was there before; |counter|: the message that moved it. */
static bool replays(const tracked_message_t *message, const tracked_message_t *counter)
{
    return counter && message->t_type == MIKEY_TS_COUNTER && !t_is_greater(message, counter) &&
           is_surely_later(message, counter);
}

/* ---- key data --------------------------------------------------------------------------------------- */

static bool all_ones(const uint8_t *bytes, mikey_range_t range)
{
    uint32_t i = 0;

    while (i < range.length && bytes[range.offset + i] == 0xff) {
        i++;
    }
    return range.length > 0 && i == range.length;
}

static key_fault_t fault_of(const mikey_key_data_t *keys, uint32_t n_keys)
{
    if (n_keys != 1) {
        return n_keys == 0 ? KEY_DATA_NONE : KEY_DATA_SEVERAL;
    }
    if (keys->type != KEY_TYPE_TEK) {
        return KEY_DATA_NOT_TEK;
    }
    return keys->kv == MIKEY_KV_INTERVAL ? KEY_DATA_SOUND : KEY_DATA_NO_INTERVAL;
}

static void read_keys(case_t *a_case, const uint8_t *bytes, const mikey_key_data_t *keys, uint32_t n_keys)
{
    key_content_t *content = &a_case->content;

    content->read = true;
    a_case->tracked->key_fault = fault_of(keys, n_keys);
    for (uint32_t i = 0; i < n_keys; i++) {
        content->has_key = content->has_key || keys[i].key.length > 0;
    }
    if (n_keys == 1 && keys->kv == MIKEY_KV_INTERVAL) {
        a_case->tracked->bad_limit = all_ones(bytes, keys->kv_to);
        content->has_limits = keys->kv_from.length <= 8 && keys->kv_to.length <= 8;
    }
    if (content->has_limits) {
        content->low = mikey_number(bytes, keys->kv_from);
        content->high = mikey_number(bytes, keys->kv_to);
    }
}

static void read_content(case_t *a_case)
{
    const mikey_message_t *message = a_case->message;
    const mikey_kemac_t *kemac = message->kemac ? &message->kemac->kemac : NULL;
    mikey_range_t all = { 0, a_case->facts->plain_length };
    wmem_allocator_t *scratch;
    mikey_key_data_t *keys;
    uint32_t n_keys;
    mikey_fault_t fault;

    if (!kemac || kemac->encr_data.length == 0) {
        return;
    }
    if (kemac->encr_alg == MIKEY_ENCR_NULL) {
        read_keys(a_case, message->bytes, kemac->keys, kemac->n_keys);
    } else if (a_case->facts->plain) {
        scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
        mikey_key_data_parse(scratch, a_case->facts->plain, all, &keys, &n_keys, &fault);
        read_keys(a_case, a_case->facts->plain, keys, n_keys);
        wmem_destroy_allocator(scratch);
    }
}

/* ---- the MSK ---------------------------------------------------------------------------------------- */

/* Terminals may get an MSK with different limits: an MTK is good where it is good for any of them. */
static void set_limits(case_t *a_case)
{
    const key_content_t *content = &a_case->content;
    msk_t *msk = a_case->msk;
    uint64_t muk = a_case->muk ? a_case->muk->id : 0;
    bool alone = !msk->has_limits || msk->limits_of == muk;

    if (content->has_limits) {
        msk->low = alone ? content->low : MIN(msk->low, content->low);
        msk->high = alone ? content->high : MAX(msk->high, content->high);
        msk->limits_of = muk;
        msk->has_limits = true;
    } else if (alone) {
        msk->has_limits = false; /* it may have others now */
    }
}

/* ---- LTKMs: TS 33.246 6.4.6.1, 6.5.3 ---------------------------------------------------------------- */

static bool is_keyless(case_t *a_case)
{
    return a_case->tracked->kind == MIKEY_KIND_LTKM_WITHOUT_KEY;
}

static bool is_malformed(case_t *a_case)
{
    const mikey_message_t *message = a_case->message;

    for (uint32_t i = 0; i < message->n_faults; i++) {
        if (message->faults[i].code != MIKEY_FAULT_TRAILING) {
            return true;
        }
    }
    return !message->complete || !message->key_domain_id || !message->msk_id;
}

static bool is_replay(case_t *a_case)
{
    return a_case->tracked->is_replay;
}

static bool has_older_muk(case_t *a_case)
{
    return a_case->tracked->older_muk && a_case->facts->mac != MIKEY_MAC_BAD;
}

static bool has_wrong_mac(case_t *a_case)
{
    return a_case->facts->mac == MIKEY_MAC_BAD;
}

static bool is_not_granted(case_t *a_case)
{
    const delivery_state_t *delivery = a_case->tracked->delivery;

    return delivery && !delivery_allows(delivery, a_case->tracked->transport);
}

/* Without a Key Number it is a solicited pull; with one it has no other meaning left. */
static bool is_pull(case_t *a_case)
{
    return is_keyless(a_case);
}

static bool updates_validity(case_t *a_case)
{
    return a_case->content.read && !a_case->content.has_key && a_case->content.has_limits;
}

static bool invalidates(case_t *a_case)
{
    return a_case->content.has_limits && a_case->content.low > a_case->content.high;
}

static bool always(case_t *a_case)
{
    (void)a_case;
    return true;
}

typedef struct {
    bool (*applies)(case_t *a_case);
    ltkm_fate_t fate;
} fate_row_t;

/* The first that applies decides. */
static const fate_row_t ltkm_rows[] = {
    { is_malformed, FATE_MALFORMED },    { is_replay, FATE_REPLAY },          { has_older_muk, FATE_ASKS },
    { has_wrong_mac, FATE_MAC_WRONG },   { is_not_granted, FATE_MAY_IGNORE }, { is_pull, FATE_ASKS },
    { updates_validity, FATE_VALIDITY }, { invalidates, FATE_INVALID },       { always, FATE_USED },
};

static ltkm_fate_t decide(const fate_row_t *row, case_t *a_case)
{
    while (!row->applies(a_case)) {
        row++;
    }
    return row->fate;
}

/* The fate is decided; this is what the terminal remembers. */
static void keep_key(case_t *a_case)
{
    const tracked_message_t *tracked = a_case->tracked;
    ltkm_fate_t fate = tracked->fate;
    bool ignored = fate == FATE_MAY_IGNORE;

    if (!a_case->msk || is_keyless(a_case) || (ignored && invalidates(a_case))) {
        return;
    }
    if (fate == FATE_INVALID || (fate == FATE_VALIDITY && invalidates(a_case))) {
        muk_lose(a_case->muk, tracked);
    } else if (fate == FATE_USED || ignored) {
        muk_hold(&a_case->fates->muks, a_case->muk, tracked);
        set_limits(a_case);
    } else if (fate == FATE_VALIDITY) {
        set_limits(a_case);
    }
}

static void add_ltkm(case_t *a_case)
{
    tracked_message_t *tracked = a_case->tracked;

    a_case->muk = muk_of_message(&a_case->fates->muks, a_case->message, a_case->facts->idr);
    read_content(a_case);
    tracked->older_muk = a_case->facts->idr && a_case->facts->idr->after;
    if (a_case->muk && replays(tracked, a_case->muk->counter)) {
        tracked->is_replay = true;
        a_case->compared = a_case->muk->counter;
    }
    tracked->fate = decide(ltkm_rows, a_case);
    if (a_case->muk && tracked->fate != FATE_MALFORMED && tracked->fate != FATE_REPLAY &&
        tracked->fate != FATE_MAC_WRONG) {
        muk_move_counter(a_case->muk, tracked);
    }
    keep_key(a_case);
}

/* ---- STKMs: TS 33.246 6.4.6.2, 6.5.4 ---------------------------------------------------------------- */

static const tracked_message_t *find_recent(case_t *a_case)
{
    for (unsigned i = 0; a_case->msk && i < MSK_RECENT; i++) {
        const tracked_message_t *recent = a_case->msk->recent[i];

        if (recent && recent->digest == a_case->tracked->digest) {
            return recent;
        }
    }
    return NULL;
}

static bool is_repeat(case_t *a_case)
{
    a_case->compared = find_recent(a_case);
    return a_case->compared != NULL;
}

/* A key that was entered is there, too. */
static bool lacks_msk(case_t *a_case)
{
    const msk_t *msk = a_case->msk;

    if (!msk || msk->n_holders > 0 || (!msk->brought_in && a_case->facts->mac == MIKEY_MAC_GOOD)) {
        return false;
    }
    a_case->compared = msk->lost_to;
    return true;
}

static bool repeats_t(case_t *a_case)
{
    tracked_message_t *tracked = a_case->tracked;
    const tracked_message_t *current = a_case->msk ? a_case->msk->current : NULL;

    tracked->is_replay = replays(tracked, current);
    a_case->compared = tracked->is_replay ? current : NULL;
    return tracked->is_replay;
}

static bool has_old_mtk(case_t *a_case)
{
    const tracked_message_t *tracked = a_case->tracked;
    const tracked_message_t *current = a_case->msk ? a_case->msk->current : NULL;

    if (!current || !tracked->mtk_id || tracked->mtk_id > current->mtk_id ||
        !is_surely_later(tracked, current)) {
        return false;
    }
    a_case->compared = current;
    return true;
}

static bool mtk_is_never_used(case_t *a_case)
{
    return a_case->message->mtk_id && a_case->message->mtk_id->value.length == MTK_ID_SIZE &&
           (a_case->tracked->mtk_id == 0 || a_case->tracked->mtk_id == MTK_ID_NEVER);
}

static bool is_out_of_interval(case_t *a_case)
{
    return a_case->tracked->bad_limit;
}

static const fate_row_t stkm_rows[] = {
    { is_malformed, FATE_MALFORMED },  { is_repeat, FATE_COPY },      { lacks_msk, FATE_NO_MSK },
    { repeats_t, FATE_REPLAY },        { has_old_mtk, FATE_BAD_MTK }, { is_out_of_interval, FATE_BAD_MTK },
    { has_wrong_mac, FATE_MAC_WRONG }, { always, FATE_USED },
};

static uint16_t mtk_number(const mikey_message_t *message)
{
    mikey_range_t id = message->mtk_id ? message->mtk_id->value : (mikey_range_t){ 0, 0 };

    return id.length == MTK_ID_SIZE ? (uint16_t)mikey_number(message->bytes, id) : 0;
}

/* Of two with unequal T the one with the greater has no lower MTK ID, in whatever order they come. */
static bool are_in_order(const tracked_message_t *one, const tracked_message_t *other)
{
    if (one->t == other->t) {
        return true;
    }
    return t_is_greater(one, other) ? one->mtk_id >= other->mtk_id : one->mtk_id <= other->mtk_id;
}

static void check_order(case_t *a_case)
{
    tracked_message_t *tracked = a_case->tracked;
    msk_t *msk = a_case->msk;

    if (!msk || !tracked->mtk_id || mtk_is_never_used(a_case) || has_wrong_mac(a_case) ||
        tracked->t_type != MIKEY_TS_COUNTER) {
        return;
    }
    if (msk->latest && !are_in_order(tracked, msk->latest)) {
        wmem_map_insert(a_case->fates->disorder, tracked, (void *)msk->latest);
    } else if (!msk->latest || t_is_greater(tracked, msk->latest)) {
        msk->latest = tracked;
    }
}

static void add_stkm(case_t *a_case)
{
    tracked_message_t *tracked = a_case->tracked;
    msk_t *msk = a_case->msk;

    tracked->mtk_id = mtk_number(a_case->message);
    tracked->bad_limit =
        mtk_is_never_used(a_case) || (tracked->mtk_id && msk && msk->has_limits &&
                                      (tracked->mtk_id <= msk->low || tracked->mtk_id > msk->high));
    tracked->fate = decide(stkm_rows, a_case);
    if (tracked->fate != FATE_MALFORMED && tracked->fate != FATE_COPY) {
        check_order(a_case);
    }
    if (msk && tracked->fate == FATE_USED) {
        msk->recent[msk->next_recent] = tracked;
        msk->next_recent = (msk->next_recent + 1) % MSK_RECENT;
        if (tracked->t_type == MIKEY_TS_COUNTER && (!msk->current || t_is_greater(tracked, msk->current))) {
            msk->current = tracked;
        }
    }
}

/* ---- public ----------------------------------------------------------------------------------------- */

void fates_add(fates_t *fates, tracked_message_t *tracked, const mikey_message_t *message,
               const fate_facts_t *facts)
{
    case_t a_case = { .fates = fates, .tracked = tracked, .message = message, .facts = facts };
    bool stkm = tracked->kind == MIKEY_KIND_STKM;

    tracked->fate = FATE_UNKNOWN;
    if (!stkm && !ltkm_is_ltkm(tracked)) {
        return;
    }
    a_case.msk = msk_of_message(&fates->msks, message);
    tracked->msk = a_case.msk;
    if (tracked->is_copy) {
        tracked->fate = FATE_COPY;
    } else if (facts->cut && !message->complete) {
        return;
    } else if (stkm) {
        add_stkm(&a_case);
    } else {
        add_ltkm(&a_case);
    }
    if (a_case.compared) {
        wmem_map_insert(fates->compared, tracked, (void *)a_case.compared);
    }
}

/* Of an LTKM that nothing is held against, as far as its bytes tell. */
static ltkm_fate_t plain_fate(const tracked_message_t *ltkm)
{
    return ltkm->kind == MIKEY_KIND_LTKM ? FATE_USED : FATE_ASKS;
}

void fates_verified(fates_t *fates, tracked_message_t *ltkm)
{
    if (ltkm->older_muk && ltkm->fate == FATE_ASKS) {
        ltkm->older_muk = false;
        ltkm->fate = plain_fate(ltkm);
        if (ltkm->msk && ltkm->fate == FATE_USED) {
            muk_hold(&fates->muks, NULL, ltkm);
        }
    }
}

/* The message is that of the terminal of its IDr; over HTTP it may be that of the newer one, which asked. */
bool fate_has_older_muk(const tracked_message_t *ltkm)
{
    const terminal_t *terminal = ltkm->older_muk ? ltkm->terminal : NULL;
    const terminal_t *after = terminal ? terminal->after : NULL;

    return (after && after->first_frame <= ltkm->frame) ||
           (terminal && ltkm->transport == LTKM_TRANSPORT_HTTP && terminal->before);
}

ltkm_fate_t fate_of(const tracked_message_t *message)
{
    bool newer_is_other = message->fate == FATE_ASKS && message->older_muk && !fate_has_older_muk(message);
    bool grant_is_unknown = message->fate == FATE_MAY_IGNORE && !ltkm_delivery(message);

    return newer_is_other || grant_is_unknown ? plain_fate(message) : (ltkm_fate_t)message->fate;
}

const tracked_message_t *fates_compared(const fates_t *fates, const tracked_message_t *message)
{
    return message->is_copy ? message->link : wmem_map_lookup(fates->compared, message);
}

const tracked_message_t *fates_disorder(const fates_t *fates, const tracked_message_t *stkm)
{
    return wmem_map_lookup(fates->disorder, stkm);
}

bool fate_is_solicited_pull(const tracked_message_t *ltkm)
{
    return ltkm->kind == MIKEY_KIND_LTKM_WITHOUT_KEY && ltkm->msk && ltkm->msk->group &&
           msk_number(ltkm->msk) == 0;
}
