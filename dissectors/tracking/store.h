/* store.h
 * Room for small records that live as long as the capture.
 *
 * wmem puts 16 bytes before each thing that it gives out and rounds up to 16. Of records that are never given
 * back by themselves many share one of its chunks.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STORE_H
#define STORE_H

#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
    wmem_allocator_t *scope;
    uint8_t *room;
    size_t left;
} store_t;

/* An empty store, which grows in |scope|. */
store_t store_in(wmem_allocator_t *scope);

/* |size| bytes of zeros, fit for any record. */
void *store_alloc0(store_t *store, size_t size);

/* A copy of a text. */
char *store_text(store_t *store, const char *text);

#define store_new0(store, type) ((type *)store_alloc0(store, sizeof(type)))

#endif
