/* sightings.h
 * Whether the capture shows the traffic of an address, as far as somebody wants to know: only then what did
 * not come can be missed.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SIGHTINGS_H
#define SIGHTINGS_H

#include "tracking/moment.h"
#include "tracking/record-set.h"
#include "tracking/store.h"

/* Of an address the latest frames; 0: none. */
typedef struct {
    uint32_t address_hash;  /* net_address_hash() */
    uint32_t datagram_from; /* of UDP */
    uint32_t datagram_to;
    uint32_t any_from;
} sighting_t;

typedef struct {
    store_t store;
    record_set_t by_address; /* sighting_t of the addresses that are watched */
    bool watches_all;        /* not only UDP */
} sightings_t;

/* What is remembered lives in |scope|. */
void sightings_init(sightings_t *sightings, wmem_allocator_t *scope);

/* From now on an address is watched; with |all| for more than UDP. */
void sightings_watch(sightings_t *sightings, uint32_t address_hash, bool all);

/* Whether frames (of UDP, or all) are to be told at all. */
bool sightings_wanted(const sightings_t *sightings, bool udp);

/* A frame has been seen. */
void sightings_add(sightings_t *sightings, const moment_t *moment, bool udp);

/* What was seen of an address since it is watched. */
sighting_t sightings_of(const sightings_t *sightings, uint32_t address_hash);

#endif
