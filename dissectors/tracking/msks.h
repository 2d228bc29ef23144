/* msks.h
 * MSKs (SEK, PEK) by their names, one record each, and their Key Groups.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MSKS_H
#define MSKS_H

#include "mikey/key-names.h"
#include "tracking/budget.h"

/* IDs of MBMS have three and four bytes; longer ones are not remembered. */
enum { MSK_MAX_ID = 8, MSK_ID_SIZE = 4 };

/* Key Domain ID and MSK ID; of a Key Group only the first half of the latter. Zeros fill up the rest. */
typedef struct {
    uint8_t domain_length;
    uint8_t id_length;
    uint8_t domain[MSK_MAX_ID];
    uint8_t id[MSK_MAX_ID];
} msk_name_t;

/* STKMs of an MSK that were used and are known again. */
enum { MSK_RECENT = 8 };

/* What all terminals know of an MSK. Terminals get it one by one, but MTKs under it come to all of them. */
typedef struct msk {
    msk_name_t name;
    bool has_limits;         /* SEQl and SEQu as delivered, the widest of all terminals, are known */
    uint8_t next_recent;     /* of |recent|: the place of the oldest */
    const msk_name_t *group; /* one copy of each; NULL: the MSK ID has not the four bytes of MBMS */
    uint32_t n_holders;      /* terminals that have it */
    uint32_t brought_in;     /* the latest frame with an LTKM that brought it; 0: none */
    uint64_t low, high;
    uint64_t limits_of;                    /* the MUK that the limits came under */
    const struct tracked_message *lost_to; /* the LTKM that took it from its last holder; NULL: none */
    const struct tracked_message *current; /* the STKM with the MTK in use */
    const struct tracked_message *latest;  /* the STKM with the greatest T, whether or not it is used */
    const struct tracked_message *recent[MSK_RECENT];
} msk_t;

typedef struct {
    wmem_allocator_t *scope;
    wmem_map_t *by_name; /* msk_t::name -> msk_t */
    wmem_map_t *groups;  /* one copy of each name */
    budget_t *budget;    /* NULL: without a bound */
} msks_t;

/* What is remembered lives in |scope|. */
void msks_init(msks_t *msks, wmem_allocator_t *scope, budget_t *budget);

/* The record of the MSK that |message| names, made when new; NULL: it names none, or with unusual IDs. */
msk_t *msk_of_message(msks_t *msks, const mikey_message_t *message);

/* The Key Group of a key that is named elsewhere; NULL: the IDs are unusual. */
const msk_name_t *msks_group(msks_t *msks, key_id_t domain, key_id_t id);

/* The halves of its ID; of an MSK that has a group. */
static inline uint16_t msk_group_number(const msk_t *msk)
{
    return (uint16_t)(msk->name.id[0] << 8 | msk->name.id[1]);
}

static inline uint16_t msk_number(const msk_t *msk)
{
    return (uint16_t)(msk->name.id[2] << 8 | msk->name.id[3]);
}

/* "b8709d/68c9:0001", in |pool|; of a group "b8709d/68c9". */
char *msk_text(wmem_allocator_t *pool, const msk_name_t *name);

#endif
