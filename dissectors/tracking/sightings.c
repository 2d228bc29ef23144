/* sightings.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/sightings.h"

void sightings_init(sightings_t *sightings, wmem_allocator_t *scope)
{
    sightings->scope = scope;
    sightings->by_address = wmem_map_new(scope, g_direct_hash, g_direct_equal);
    sightings->watches_all = false;
}

static sighting_t *find(const sightings_t *sightings, uint32_t address_hash)
{
    return wmem_map_lookup(sightings->by_address, GUINT_TO_POINTER(address_hash));
}

void sightings_watch(sightings_t *sightings, uint32_t address_hash, bool all)
{
    sightings->watches_all = sightings->watches_all || all;
    if (address_hash && !find(sightings, address_hash)) {
        wmem_map_insert(sightings->by_address, GUINT_TO_POINTER(address_hash),
                        wmem_new0(sightings->scope, sighting_t));
    }
}

bool sightings_wanted(const sightings_t *sightings, bool udp)
{
    return (udp || sightings->watches_all) && wmem_map_size(sightings->by_address) > 0;
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

    return sighting ? *sighting : (sighting_t){ 0, 0, 0 };
}
