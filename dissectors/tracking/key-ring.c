/* key-ring.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/key-ring.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "mikey/identifiers.h"
#include "mikey/mikey-crypto.h"

static int specificity(const ltkm_key_t *key)
{
    return (key->idi[0] != '\0') + (key->idr[0] != '\0');
}

static int compare_keys(const void *a, const void *b)
{
    const ltkm_key_t *one = a, *other = b;
    int difference = specificity(other) - specificity(one);

    return difference ? difference : (one->row > other->row) - (one->row < other->row);
}

static void clear(key_ring_t *ring)
{
    for (uint32_t i = 0; i < ring->n_keys; i++) {
        mikey_wipe((void *)ring->keys[i].bytes, ring->keys[i].length);
        g_free((void *)ring->keys[i].bytes);
        g_free((void *)ring->keys[i].idi);
        g_free((void *)ring->keys[i].idr);
    }
    g_free(ring->keys);
    *ring = (key_ring_t){ NULL, 0 };
}

void key_ring_set(key_ring_t *ring, const ltkm_key_t *keys, uint32_t n)
{
    clear(ring);
    if (n == 0) {
        return;
    }
    ring->keys = g_new(ltkm_key_t, n);
    ring->n_keys = n;
    for (uint32_t i = 0; i < n; i++) {
        ring->keys[i] = (ltkm_key_t){ g_strdup(keys[i].idi), g_strdup(keys[i].idr),
                                      g_memdup2(keys[i].bytes, keys[i].length), keys[i].length, keys[i].row };
    }
    qsort(ring->keys, n, sizeof ring->keys[0], compare_keys);
}

static bool is_text(const char *text, const uint8_t *bytes, size_t length)
{
    return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

static bool is_identity(const char *name, const mikey_message_t *message, const mikey_payload_t *id)
{
    return name[0] == '\0' || (id && is_text(name, message->bytes + id->id.data.offset, id->id.data.length));
}

/* A BSM also by its host name: a NAF-ID ends with bytes that nobody can type. */
static bool is_host(const char *name, const mikey_message_t *message)
{
    mikey_range_t data = message->idi ? message->idi->id.data : (mikey_range_t){ 0, 0 };
    naf_host_t host = naf_host_find(message->bytes + data.offset, data.length);

    return host.length > 0 && is_text(name, message->bytes + data.offset + host.offset, host.length);
}

bool key_names(const ltkm_key_t *key, const mikey_message_t *message)
{
    return is_identity(key->idr, message, message->idr) &&
           (is_identity(key->idi, message, message->idi) || is_host(key->idi, message));
}
