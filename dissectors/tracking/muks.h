/* muks.h
 * MUKs (SMK): the pair of IDi and IDr, that is a BSM and a B-TID (TS 33.246 6.1). A terminal keeps a replay
 * counter for each, and MSKs, the two newest of each Key Group (6.5.3).
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MUKS_H
#define MUKS_H

#include "tracking/ltkms.h"
#include "tracking/msks.h"
#include "tracking/record-set.h"
#include "tracking/store.h"

typedef struct {
    uint64_t id;
    const tracked_message_t *counter; /* the LTKM that moved it; NULL: none so far */
    struct held *held;
} muk_t;

typedef struct {
    store_t store;
    wmem_allocator_t *scope; /* of lists, which grow */
    record_set_t by_id;      /* muk_t */
    budget_t *budget;        /* NULL: without a bound */
} muks_t;

/* What is remembered lives in |scope|. */
void muks_init(muks_t *muks, wmem_allocator_t *scope, budget_t *budget);

/* The MUK of |message|, made when new; NULL: it has not both IDs. |terminal|: the one that IDr names, NULL:
 * none that is known; a terminal that bootstraps anew keeps its MSKs. */
muk_t *muk_of_message(muks_t *muks, const mikey_message_t *message, const terminal_t *terminal);

/* Whether T is greater than that of another message: serial numbers of 32 bits (RFC 1982). Where it is not
 * defined which of two is greater, neither is. */
static inline bool t_is_greater(const tracked_message_t *message, const tracked_message_t *other)
{
    return (int32_t)((uint32_t)message->t - (uint32_t)other->t) > 0;
}

/* The counter takes T of an LTKM, where that is greater. */
void muk_move_counter(muk_t *muk, const tracked_message_t *ltkm);

/* The terminal stores the MSK that |ltkm| brings, or loses it; |muk| NULL: not known. */
void muk_hold(muks_t *muks, muk_t *muk, const tracked_message_t *ltkm);
void muk_lose(muk_t *muk, const tracked_message_t *ltkm);

/* The frame of the latest LTKM under the MUK of these two that brought a key of |group|; 0: none. */
uint32_t muks_latest_key(const muks_t *muks, const char *idi, const char *idr, const msk_name_t *group);

#endif
