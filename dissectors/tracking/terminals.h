/* terminals.h
 * Who the messages belong to: a terminal is known by its B-TID (user name of the HTTP digest credentials)
 * where that is visible, else by its address. Behind a NAT several B-TIDs share one address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TERMINALS_H
#define TERMINALS_H

#include "plugin/compat.h"

typedef struct terminal {
    const char *name; /* B-TID or address, as it is shown */
    bool has_btid;
    struct terminal_address *address; /* where its latest HTTP request came from */
} terminal_t;

/* Once, at registration. */
void terminals_register(void);

/* The terminal that sends an HTTP request from |address|; |btid| NULL: not visible. Made when new. First pass
 * only. */
terminal_t *terminal_of_request(const char *btid, const address *address);

/* The terminal behind |address| for a message that bears the identity IDr (|idr_length| bytes, 0: none): the
 * only one that was seen there, else the one whose B-TID is IDr; NULL if neither. */
terminal_t *terminal_of_address(const address *address, const uint8_t *idr, uint32_t idr_length);

/* Whether any terminal has sent a request of ours. */
bool terminals_any(void);

#endif
