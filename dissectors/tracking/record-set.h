/* record-set.h
 * Records that are found by what stands in them.
 *
 * For each record a map of wmem takes some 60 bytes, with a pointer to the key. Here the key stands in the
 * record: a place in a table is all, 16 bytes, or up to 43 with the free ones.
 *
 * Pure. Nothing is ever taken out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RECORD_SET_H
#define RECORD_SET_H

#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
    void *record; /* NULL: free */
    uint32_t hash;
} record_place_t;

typedef struct {
    wmem_allocator_t *scope;
    GHashFunc hash;
    GEqualFunc equal;
    record_place_t *places;
    uint32_t n_places;
    uint32_t n;
    uint32_t salt; /* another one in each set: nobody knows what will stand together */
} record_set_t;

/* An empty set, which grows in |scope|. |hash| and |equal| look at the same members of records. Where these
 * are the first ones, a record may be asked for by them alone. */
record_set_t record_set(wmem_allocator_t *scope, GHashFunc hash, GEqualFunc equal);

/* The record that is equal to |key|; NULL: none. */
void *record_set_find(const record_set_t *set, const void *key);

/* Adds a record, in the place of the one that is equal to it. */
void record_set_add(record_set_t *set, void *record);

/* For records that begin with a number of 32 bits, their key. */
unsigned record_number_hash(const void *record);
int record_number_equal(const void *one, const void *other);

#endif
