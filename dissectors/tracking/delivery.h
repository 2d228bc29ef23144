/* delivery.h
 * Which LTKM delivery mechanisms are in force for a terminal and a BSM (OMA BCAST Services 5.1.6.10.1).
 *
 * A state is made by a registration response and never changes: a later one replaces it. Messages keep the
 * state that was in force when they came.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

/* Mechanisms of one LTKMDelivery: bit 0 UDP, 1 SMS, 2 HTTP. */
typedef struct {
    bool listed; /* there is an LTKMDelivery at all */
    uint8_t mechanisms;
} delivery_list_t;

typedef struct {
    uint32_t frame;              /* of the registration response */
    const struct host_name *bsm; /* by the name in the request; NULL: not known */
    delivery_list_t offer;
    delivery_list_t grant;
    bool refused;      /* 403 in the status line */
    bool had_services; /* of a refused one: services are registered from before */
} delivery_state_t;

/* Whether the list has |mechanism| (0 to 2); one without LTKMDelivery has UDP. */
static inline bool delivery_has(delivery_list_t list, unsigned mechanism)
{
    return ((list.listed ? list.mechanisms : 1u) >> mechanism & 1u) != 0;
}

/* Whether a terminal has to take messages over |mechanism|: without an offer it supports UDP (0) alone. Of a
 * refused registration nothing is known. */
static inline bool delivery_allows(const delivery_state_t *state, unsigned mechanism)
{
    if (state->refused) {
        return true;
    }
    return state->offer.listed ? delivery_has(state->grant, mechanism) : mechanism == 0;
}

#endif
