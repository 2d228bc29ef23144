/* sightings.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/sightings.h"

void sightings_init(sightings_t *sightings, wmem_allocator_t *scope)
{
    sightings->store = store_in(scope);
    sightings->by_address = record_set(scope, record_number_hash, record_number_equal);
    sightings->watches_all = false;
}

static sighting_t *find(const sightings_t *sightings, uint32_t address_hash)
{
    return record_set_find(&sightings->by_address, &address_hash);
}

void sightings_watch(sightings_t *sightings, uint32_t address_hash, bool all)
{
    sighting_t *sighting;

    sightings->watches_all = sightings->watches_all || all;
    if (address_hash && !find(sightings, address_hash)) {
        sighting = store_new0(&sightings->store, sighting_t);
        sighting->address_hash = address_hash;
        record_set_add(&sightings->by_address, sighting);
    }
}

bool sightings_wanted(const sightings_t *sightings, bool udp)
{
    return (udp || sightings->watches_all) && sightings->by_address.n > 0;
}

void sightings_add(sightings_t *sightings, const moment_t *moment, bool udp)
{
    sighting_t *source = find(sightings, net_address_hash(&moment->source));
    sighting_t *destination = udp ? find(sightings, net_address_hash(&moment->destination)) : NULL;

    if (source) {
        source->any_from = moment->frame;
        source->datagram_from = udp ? moment->frame : source->datagram_from;
    }
    if (destination) {
        destination->datagram_to = moment->frame;
    }
}

sighting_t sightings_of(const sightings_t *sightings, uint32_t address_hash)
{
    const sighting_t *sighting = find(sightings, address_hash);

    return sighting ? *sighting : (sighting_t){ 0 };
}
