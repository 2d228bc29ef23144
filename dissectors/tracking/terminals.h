/* terminals.h
 * Who the messages belong to: a terminal is known by its B-TID (user name of the HTTP digest credentials)
 * where that is visible, else by its address. Behind a NAT several B-TIDs share one address.
 *
 * A bootstrapping gives a terminal another B-TID. A new one is taken for that of a terminal seen before if it
 * comes by the same connection or from the same address, has a service in common with it, and the old one is
 * not used any more. Should that be used again after all, they are two terminals.
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
#include "tracking/record-set.h"
#include "tracking/store.h"

typedef struct terminal {
    const char *name; /* B-TID or address, as it is shown */
    bool has_btid;
    bool has_asked;                     /* it has sent a request; else only messages name it */
    bool at_too_many;                   /* BSMs to remember all of them */
    bool has_others;                    /* registered services for whose names there was no room */
    bool asked_to_register;             /* in a request of this capture */
    uint32_t asking_frame;              /* its registration request that has no answer so far; 0: none */
    uint32_t unanswered_frame;          /* the latest before that which has none; likewise */
    uint32_t first_frame;               /* with a request of it */
    uint32_t latest_frame;              /* with a request or a verification message of it */
    struct terminal *before;            /* the same terminal under its B-TID of an earlier bootstrapping, */
    struct terminal *after;             /* and of the next one; NULL: none is known */
    struct terminal *suspect;           /* that it may have been before */
    struct terminal_address *address;   /* where its latest HTTP request came from; before any, where it is
                                           sent messages; NULL: not known */
    struct registration *registrations; /* one for each BSM; see registrations.h */
    struct repeat *repeats;             /* what it has asked for; see repeats.h */
} terminal_t;

/* Who was seen at an address. */
typedef struct terminal_address {
    net_address_t address;
    terminal_t *anonymous;        /* the one known by this address alone */
    terminal_t *latest;           /* of those with a B-TID */
    uint32_t n_terminals;         /* with a B-TID whose latest request came from here */
    const terminal_t *registered; /* the latest that registered from here */
    bool several_registered;
} terminal_address_t;

typedef struct {
    store_t store;
    wmem_allocator_t *scope;   /* of lists, which grow */
    record_set_t by_btid;      /* terminal_t that have one */
    record_set_t by_address;   /* terminal_address_t */
    wmem_map_t *service_names; /* one copy of each */
    bool any_asked;            /* a terminal has sent a request of ours */
    bool any_registered;       /* a registration has been answered */
    budget_t *budget;          /* for the names of services and terminals; NULL: without a bound */
} terminals_t;

/* What is remembered lives in |scope|. */
void terminals_init(terminals_t *terminals, wmem_allocator_t *scope);

/* The terminal that sends an HTTP request from |address|; |btid| NULL: not visible. Made when new. */
terminal_t *terminal_of_request(terminals_t *terminals, const char *btid, const net_address_t *address);

/* It sends a request in |frame|, or a verification message: if another was taken for its next B-TID, it was
 * not. */
void terminal_is_used(terminal_t *terminal, uint32_t frame);

/* |terminal| asks for services: with one in common with that of |suspect| it is taken for the same, and has
 * from now on what is registered there. */
void terminal_link(terminals_t *terminals, terminal_t *terminal, const char *const *services, uint32_t n);

/* The terminal behind |address| for a message that bears the identity IDr (|idr_length| bytes, 0: none): the
 * one whose B-TID is IDr, else the only one that was seen there; NULL if neither. */
terminal_t *terminal_of_address(const terminals_t *terminals, const net_address_t *address,
                                const uint8_t *idr, uint32_t idr_length);

/* The same; one that has not been seen is made, under IDr if that looks like a B-TID, else under the address.
 * NULL for a group's address, where several were seen at it, and where there is no room. */
terminal_t *terminal_of_message(terminals_t *terminals, const net_address_t *address, const uint8_t *idr,
                                uint32_t idr_length);

/* The terminal under the latest B-TID that is known of it; 16 bootstrappings are followed. */
const terminal_t *terminal_newest(const terminal_t *terminal);

/* The terminal whose B-TID is IDr, among those that have sent a request; NULL: none. |likely|: the one that
 * it may well be, looked at first; NULL: nobody knows. */
const terminal_t *terminal_of_idr(const terminals_t *terminals, const terminal_t *likely, const uint8_t *idr,
                                  uint32_t idr_length);

/* It asks for a registration in |frame|; that of |frame| was answered. */
void terminal_asks(terminal_t *terminal, uint32_t frame);
void terminal_is_answered(terminal_t *terminal, uint32_t frame);

/* Whether a registration that the terminal, by its latest B-TID, asked for between two frames has no answer.
 */
bool terminal_lacks_answer(const terminal_t *terminal, uint32_t after, uint32_t before);

/* Whether any terminal has sent a request of ours. */
bool terminals_any(const terminals_t *terminals);

#endif
