/* awaited.h
 * What has to come later: the request of a terminal after a solicited pull, and the key after a response that
 * promises it (TS 33.246 6.3.2.2.4, 6.3.2.2.1).
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef AWAITED_H
#define AWAITED_H

#include "tracking/moment.h"
#include "tracking/msks.h"
#include "tracking/terminals.h"

typedef struct awaited {
    int64_t since;
    uint32_t frame;             /* from which on it is awaited */
    uint32_t target;            /* of a key: where in the body its element starts */
    const msk_name_t *group;    /* of the key; NULL: a request */
    const terminal_t *terminal; /* that is to send or to get it; NULL: known by its address alone */
    uint32_t address_hash;
    bool by_http;     /* of a key: HTTP was granted for it */
    uint32_t came_in; /* 0: it did not, so far */
    int64_t came_at;
    struct awaited *next;                                 /* of the same body */
    struct awaited *older_of_terminal, *older_of_address; /* that are open */
} awaited_t;

typedef struct {
    wmem_allocator_t *scope;
    wmem_map_t *open;   /* who and what -> the youngest */
    wmem_map_t *strays; /* a Key Group -> the latest frame with a key of it for nobody that is known */
    budget_t *budget;   /* NULL: without a bound */
} awaiting_t;

/* What is remembered lives in |scope|. */
void awaiting_init(awaiting_t *awaiting, wmem_allocator_t *scope, budget_t *budget);

/* Awaits something from now on; a copy of |wanted| with nothing come so far. NULL: there is no room. */
awaited_t *awaiting_add(awaiting_t *awaiting, const awaited_t *wanted);

/* It came: a request (|group| NULL) from a terminal, or a key to it; |terminal| NULL: known by its address
 * alone. */
void awaiting_settle(awaiting_t *awaiting, const terminal_t *terminal, uint32_t address_hash,
                     const msk_name_t *group, const moment_t *moment);

/* The latest frame with a key of |group| that is no terminal's that is known; 0: none. */
uint32_t awaiting_stray(const awaiting_t *awaiting, const msk_name_t *group);

#endif
