/* terminals.h
 * Who the messages belong to: a terminal is known by its B-TID (user name of the HTTP digest credentials)
 * where that is visible, else by its address. Behind a NAT several B-TIDs share one address.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TERMINALS_H
#define TERMINALS_H

#include "tracking/budget.h"
#include "tracking/delivery.h"
#include "tracking/moment.h"

typedef struct terminal {
    const char *name; /* B-TID or address, as it is shown */
    bool has_btid;
    bool asked_to_register;               /* in a request of this capture */
    uint32_t first_frame;                 /* with a request of it */
    struct terminal *before;              /* the same terminal under its B-TID of an earlier bootstrapping, */
    struct terminal *after;               /* and of the next one; NULL: none is known */
    struct terminal_address *address;     /* where its latest HTTP request came from */
    struct terminal_delivery *deliveries; /* by its latest registration at each BSM; NULL: none seen */
    bool at_too_many;                     /* there are others */
    struct terminal_services *services;   /* registered */
    bool has_others;                      /* there was no room for the names of some */
} terminal_t;

typedef struct {
    wmem_allocator_t *scope;
    wmem_map_t *by_btid;       /* terminal_t::name -> terminal_t */
    wmem_map_t *by_address;    /* net_address_t -> terminal_address */
    wmem_map_t *service_names; /* one copy of each */
    bool any_registered;       /* a registration has been answered */
    budget_t *budget;          /* for the names of services; NULL: without a bound */
} terminals_t;

/* What is remembered lives in |scope|. */
void terminals_init(terminals_t *terminals, wmem_allocator_t *scope);

/* The terminal that sends an HTTP request from |address|; |btid| NULL: not visible. Made when new. */
terminal_t *terminal_of_request(terminals_t *terminals, const char *btid, const net_address_t *address);

/* The terminal behind |address| for a message that bears the identity IDr (|idr_length| bytes, 0: none): the
 * only one that was seen there, else the one whose B-TID is IDr; NULL if neither. */
terminal_t *terminal_of_address(const terminals_t *terminals, const net_address_t *address,
                                const uint8_t *idr, uint32_t idr_length);

/* The terminal whose B-TID is IDr, among those that have sent a request; NULL: none. */
const terminal_t *terminal_of_idr(const terminals_t *terminals, const uint8_t *idr, uint32_t idr_length);

/* A registration was answered: |state|, which lives as long, is in force from now on. */
void terminal_register(terminals_t *terminals, terminal_t *terminal, const delivery_state_t *state);

/* The delivery state in force between a terminal and |bsm| (NULL: not known); NULL: none is known. Where one
 * of the two BSMs is not known, that of the only registration; among several any would be a guess. A terminal
 * whose user name changed is known by its address: it has the state of the only one that registered from
 * there. */
const delivery_state_t *terminal_delivery(const terminal_t *terminal, const struct host_name *bsm);

/* Whether the terminal asked to register, and nothing came of it. */
bool terminal_is_unregistered(const terminal_t *terminal, const delivery_state_t *state);

/* A service was registered or deregistered successfully. */
void terminal_add_service(terminals_t *terminals, terminal_t *terminal, const char *service);
void terminal_remove_service(const terminals_t *terminals, terminal_t *terminal, const char *service);

/* Whether any service is registered for the terminal. */
bool terminal_has_services(const terminal_t *terminal);

/* Whether any terminal has sent a request of ours. */
bool terminals_any(const terminals_t *terminals);

#endif
