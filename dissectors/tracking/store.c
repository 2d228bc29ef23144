/* store.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/store.h"

#include <string.h>

/* Bytes of a chunk that many share; what is large has its own, for it would leave too much over. */
enum { CHUNK = 4096 };

/* Records have no members that want more. */
enum { ALIGNMENT = 8 };

/* Sanitizers watch over chunks, not over what is in them: for them nothing is small. */
#ifdef SANITIZED
enum { SHARED_UP_TO = 0 };
#else
enum { SHARED_UP_TO = CHUNK / 16 };
#endif

store_t store_in(wmem_allocator_t *scope)
{
    return (store_t){ .scope = scope };
}

void *store_alloc0(store_t *store, size_t size)
{
    void *record;

    if (size > SHARED_UP_TO) {
        return wmem_alloc0(store->scope, size);
    }
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > store->left) {
        store->room = wmem_alloc0(store->scope, CHUNK);
        store->left = CHUNK;
    }
    record = store->room;
    store->room += size;
    store->left -= size;
    return record;
}

char *store_text(store_t *store, const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(store_alloc0(store, size), text, size);
}
