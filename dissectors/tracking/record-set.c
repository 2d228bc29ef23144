/* record-set.c
 * Open addressing: a record stands in the first free place from that of its hash on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/record-set.h"

#include <stdbool.h>

enum { FIRST_PLACES = 16 };

record_set_t record_set(wmem_allocator_t *scope, GHashFunc hash, GEqualFunc equal)
{
    return (record_set_t){ .scope = scope, .hash = hash, .equal = equal, .salt = g_random_int() };
}

/* Numbers that follow each other, or stand at equal distances, come to stand apart (the last steps of
 * MurmurHash3); where, nobody can tell who does not know the salt. */
static uint32_t mix(uint32_t hash)
{
    hash = (hash ^ hash >> 16) * 0x85ebca6bu;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

static uint32_t hash_of(const record_set_t *set, const void *key)
{
    return mix(set->hash(key) ^ set->salt);
}

/* Where the record equal to |key| stands, or would stand; there is a free place. Others are not even looked
 * at, but where all of the hash is the same: they are far away in memory. */
static record_place_t *place_of(const record_set_t *set, const void *key, uint32_t hash)
{
    record_place_t *places = set->places;
    uint32_t mask = set->n_places - 1, i = hash & mask;

    while (places[i].record && (places[i].hash != hash || !set->equal(places[i].record, key))) {
        i = (i + 1) & mask;
    }
    return &places[i];
}

void *record_set_find(const record_set_t *set, const void *key)
{
    return set->n > 0 ? place_of(set, key, hash_of(set, key))->record : NULL;
}

static void grow(record_set_t *set)
{
    record_place_t *old = set->places;
    uint32_t n_old = set->n_places;

    set->n_places = n_old ? 2 * n_old : FIRST_PLACES;
    set->places = wmem_alloc0_array(set->scope, record_place_t, set->n_places);
    for (uint32_t i = 0; i < n_old; i++) {
        if (old[i].record) {
            *place_of(set, old[i].record, old[i].hash) = old[i];
        }
    }
    wmem_free(set->scope, old);
}

/* A quarter of the places is free: that keeps the ways short. */
static bool is_full(const record_set_t *set)
{
    return set->n >= set->n_places / 4 * 3;
}

void record_set_add(record_set_t *set, void *record)
{
    uint32_t hash = hash_of(set, record);
    record_place_t *place;

    if (is_full(set)) {
        grow(set);
    }
    place = place_of(set, record, hash);
    set->n += place->record == NULL;
    *place = (record_place_t){ .record = record, .hash = hash };
}

unsigned record_number_hash(const void *record)
{
    return *(const uint32_t *)record;
}

int record_number_equal(const void *one, const void *other)
{
    return *(const uint32_t *)one == *(const uint32_t *)other;
}
