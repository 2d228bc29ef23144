/* terminals.h
 * Who the messages belong to: a terminal is known by its B-TID (user name of the HTTP digest credentials)
 * where that is visible, else by its address. Behind a NAT several B-TIDs share one address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TERMINALS_H
#define TERMINALS_H

#include "packet/compat.h"
#include "tracking/delivery.h"

typedef struct terminal {
    const char *name; /* B-TID or address, as it is shown */
    bool has_btid;
    struct terminal_address *address;   /* where its latest HTTP request came from */
    const delivery_state_t *delivery;   /* by its latest registration; NULL: none seen */
    struct terminal_services *services; /* registered */
} terminal_t;

/* Once, at registration. */
void terminals_register(void);

/* The terminal that sends an HTTP request from |address|; |btid| NULL: not visible. Made when new. First pass
 * only. */
terminal_t *terminal_of_request(const char *btid, const address *address);

/* The terminal behind |address| for a message that bears the identity IDr (|idr_length| bytes, 0: none): the
 * only one that was seen there, else the one whose B-TID is IDr; NULL if neither. */
terminal_t *terminal_of_address(const address *address, const uint8_t *idr, uint32_t idr_length);

/* A registration was answered: |state| (file scope) is in force from now on. First pass only. */
void terminal_register(terminal_t *terminal, const delivery_state_t *state);

/* The delivery state in force for a terminal; NULL: none is known. One whose user name changed is known by
 * its address: it has the state of the only one that registered from there. */
const delivery_state_t *terminal_delivery(const terminal_t *terminal);

/* A service was registered or deregistered successfully. First pass only. */
void terminal_add_service(terminal_t *terminal, const char *service);
void terminal_remove_service(terminal_t *terminal, const char *service);

/* Whether any service is registered for the terminal. */
bool terminal_has_services(const terminal_t *terminal);

/* Whether any registration has been answered. */
bool terminals_registered(void);

/* Whether any terminal has sent a request of ours. */
bool terminals_any(void);

#endif
