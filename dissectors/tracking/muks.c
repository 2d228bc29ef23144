/* muks.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/muks.h"

#include <string.h>

#include "tracking/sip-hash.h"

/* MSKs of one terminal; what it has beyond is taken for there, always. */
enum { MAX_HELD = 64 };

/* A new MSK takes the place of the older of two in its Key Group (TS 33.246 6.5.3). */
enum { HELD_OF_GROUP = 2 };

/* Of a record beside its bytes, in its set. */
enum { PLACE_BYTES = 43 };

/* The MSKs of a terminal, under all its MUKs: the LTKMs that brought them. */
typedef struct held {
    const tracked_message_t **ltkms;
    uint16_t n;
    uint16_t size;
} held_t;

void muks_init(muks_t *muks, wmem_allocator_t *scope, budget_t *budget)
{
    muks->store = store_in(scope);
    muks->scope = scope;
    muks->by_id = record_set(scope, wmem_int64_hash, g_int64_equal);
    muks->budget = budget;
}

static void charge(const muks_t *muks, size_t bytes)
{
    if (muks->budget) {
        budget_charge(muks->budget, bytes);
    }
}

/* ---- which ----------------------------------------------------------------------------------------- */

static uint64_t muk_id(const uint8_t *idi, size_t idi_length, const uint8_t *idr, size_t idr_length)
{
    return sip_hash(sip_hash(0, idi, idi_length), idr, idr_length);
}

static uint64_t muk_id_with(const mikey_message_t *message, const char *idr, size_t idr_length)
{
    mikey_range_t idi = message->idi->id.data;

    return muk_id(message->bytes + idi.offset, idi.length, (const uint8_t *)idr, idr_length);
}

/* A terminal that bootstraps anew keeps its MSKs. */
static held_t *held_before(const muks_t *muks, const mikey_message_t *message, const terminal_t *terminal)
{
    const terminal_t *before = terminal ? terminal->before : NULL;
    uint64_t id = before ? muk_id_with(message, before->name, strlen(before->name)) : 0;
    const muk_t *muk = before ? record_set_find(&muks->by_id, &id) : NULL;

    return muk ? muk->held : NULL;
}

muk_t *muk_of_message(muks_t *muks, const mikey_message_t *message, const terminal_t *terminal)
{
    mikey_range_t idr = message->idr ? message->idr->id.data : (mikey_range_t){ 0, 0 };
    uint64_t id;
    muk_t *muk;

    if (!message->idi || idr.length == 0) {
        return NULL;
    }
    id = muk_id_with(message, (const char *)message->bytes + idr.offset, idr.length);
    muk = record_set_find(&muks->by_id, &id);
    if (!muk) {
        muk = store_new0(&muks->store, muk_t);
        muk->id = id;
        muk->held = held_before(muks, message, terminal);
        if (!muk->held) {
            muk->held = store_new0(&muks->store, held_t);
        }
        record_set_add(&muks->by_id, muk);
        charge(muks, sizeof *muk + sizeof *muk->held + PLACE_BYTES);
    }
    return muk;
}

/* ---- its counter ------------------------------------------------------------------------------------- */

void muk_move_counter(muk_t *muk, const tracked_message_t *message)
{
    if (message->t_type == MIKEY_TS_COUNTER && (!muk->counter || t_is_greater(message, muk->counter))) {
        muk->counter = message;
    }
}

/* ---- its MSKs ---------------------------------------------------------------------------------------- */

static void drop_held(held_t *held, unsigned place, const tracked_message_t *cause)
{
    msk_t *msk = held->ltkms[place]->msk;

    held->ltkms[place] = held->ltkms[--held->n];
    if (--msk->n_holders == 0) {
        msk->lost_to = cause;
    }
}

/* The older is the one under an older MUK, else that with the lower T. */
static bool is_older(const tracked_message_t *ltkm, const tracked_message_t *other)
{
    return ltkm->idr_hash == other->idr_hash ? !t_is_greater(ltkm, other) : ltkm->frame < other->frame;
}

/* Of three MSKs of a Key Group the oldest goes. */
static void make_room(held_t *held, const tracked_message_t *ltkm)
{
    unsigned n_alike = 0, oldest = 0;

    for (unsigned i = 0; i < held->n; i++) {
        if (ltkm->msk->group && held->ltkms[i]->msk->group == ltkm->msk->group) {
            oldest = n_alike == 0 || is_older(held->ltkms[i], held->ltkms[oldest]) ? i : oldest;
            n_alike++;
        }
    }
    if (n_alike == HELD_OF_GROUP) {
        drop_held(held, oldest, ltkm);
    }
}

static unsigned find_held(const held_t *held, const msk_t *msk)
{
    unsigned i = 0;

    while (i < held->n && held->ltkms[i]->msk != msk) {
        i++;
    }
    return i;
}

static void append_held(const muks_t *muks, held_t *held, const tracked_message_t *ltkm)
{
    if (held->n == held->size) {
        held->size = held->size ? 2 * held->size : 2;
        held->ltkms = wmem_realloc(muks->scope, held->ltkms, held->size * sizeof held->ltkms[0]);
        charge(muks, (size_t)(held->size - held->n) * sizeof held->ltkms[0]);
    }
    held->ltkms[held->n++] = ltkm;
}

void muk_hold(muks_t *muks, muk_t *muk, const tracked_message_t *ltkm)
{
    held_t *held = muk ? muk->held : NULL;
    unsigned place = held ? find_held(held, ltkm->msk) : 0;

    ltkm->msk->brought_in = ltkm->frame;
    if (held && place < held->n) {
        held->ltkms[place] = ltkm;
        return;
    }
    if (held) {
        make_room(held, ltkm);
    }
    ltkm->msk->n_holders++;
    if (held && held->n < MAX_HELD) { /* else it is never lost */
        append_held(muks, held, ltkm);
    }
}

void muk_lose(muk_t *muk, const tracked_message_t *ltkm)
{
    held_t *held = muk ? muk->held : NULL;
    unsigned place = held ? find_held(held, ltkm->msk) : 0;

    if (held && place < held->n) {
        drop_held(held, place, ltkm);
    }
}

uint32_t muks_latest_key(const muks_t *muks, const char *idi, const char *idr, const msk_name_t *group)
{
    uint64_t id = muk_id((const uint8_t *)idi, strlen(idi), (const uint8_t *)idr, strlen(idr));
    const muk_t *muk = record_set_find(&muks->by_id, &id);
    uint32_t frame = 0;

    for (unsigned i = 0; muk && i < muk->held->n; i++) {
        const tracked_message_t *ltkm = muk->held->ltkms[i];

        frame = ltkm->msk->group == group ? MAX(frame, ltkm->frame) : frame;
    }
    return frame;
}
