/* service-keys.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/service-keys.h"

#include <string.h>

#include "mikey/key-names.h"
#include "mikey/mikey-crypto.h"

static bool same_bytes(const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length)
{
    return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

/* Broadcast: thousands of LTKMs bring the same key. */
static bool is_known(const service_key_t *known, const service_key_t *key)
{
    for (int left = MAX_SERVICE_KEYS; known && left > 0; known = known->older, left--) {
        if (same_bytes(known->bytes, known->length, key->bytes, key->length) &&
            same_bytes(known->rand, known->rand_length, key->rand, key->rand_length)) {
            return true;
        }
    }
    return false;
}

static void add_key(service_keys_t *keys, const char *name, const service_key_t *key)
{
    service_key_t *youngest = wmem_map_lookup(keys->by_name, name);
    service_key_t *added;

    if (is_known(youngest, key)) {
        return;
    }
    added = wmem_memdup(keys->scope, key, sizeof *key);
    added->bytes = wmem_memdup(keys->scope, key->bytes, key->length);
    added->rand = wmem_memdup(keys->scope, key->rand, key->rand_length);
    added->older = youngest;
    added->next = keys->all;
    keys->all = added;
    wmem_map_insert(keys->by_name, youngest ? name : wmem_strdup(keys->scope, name), added);
}

/* The first of those that were entered is the youngest. */
static void add_entered(service_keys_t *keys, const key_row_t *row)
{
    char *name = key_name_read(NULL, row->name);
    service_key_t key = {
        .bytes = row->secret.bytes,
        .length = row->secret.length,
        .rand = row->other_secret.bytes,
        .rand_length = row->other_secret.length,
        .row = row->row,
    };

    if (name) {
        add_key(keys, name, &key);
        wmem_free(NULL, name);
    }
}

void service_keys_init(service_keys_t *keys, wmem_allocator_t *scope, const key_rows_t *entered)
{
    *keys = (service_keys_t){ .scope = scope, .by_name = wmem_map_new(scope, wmem_str_hash, g_str_equal) };
    for (uint32_t i = entered->n; i > 0; i--) {
        add_entered(keys, &entered->rows[i - 1]);
    }
}

void service_keys_wipe(service_keys_t *keys)
{
    for (service_key_t *key = keys->all; key; key = key->next) {
        mikey_wipe((void *)key->bytes, key->length);
    }
    keys->all = NULL;
}

/* Key Domain ID and MSK ID. NULL: the message does not name its key. */
static char *name_of(wmem_allocator_t *scratch, const mikey_message_t *message)
{
    return message->key_domain_id && message->msk_id
               ? key_name_plain(scratch, mikey_key_domain(message), mikey_msk_id(message))
               : NULL;
}

void service_keys_add(service_keys_t *keys, uint32_t frame, const mikey_message_t *message,
                      const uint8_t *plain, uint32_t plain_length)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    const char *name = name_of(scratch, message);
    mikey_range_t rand = message->rand ? message->rand->rand : (mikey_range_t){ 0, 0 };
    mikey_key_data_t *data;
    uint32_t n = 0;
    mikey_fault_t fault;

    if (name) {
        mikey_key_data_parse(scratch, plain, (mikey_range_t){ 0, plain_length }, &data, &n, &fault);
    }
    for (uint32_t i = 0; i < MIN(n, MAX_SERVICE_KEYS); i++) {
        service_key_t key = {
            .bytes = plain + data[i].key.offset,
            .length = data[i].key.length,
            .rand = message->bytes + rand.offset,
            .rand_length = rand.length,
            .frame = frame,
        };

        if (key.length > 0) {
            add_key(keys, name, &key);
        }
    }
    wmem_destroy_allocator(scratch);
}

const service_key_t *service_keys_find(const service_keys_t *keys, const mikey_message_t *message)
{
    char *name = name_of(NULL, message);
    const service_key_t *key = name ? wmem_map_lookup(keys->by_name, name) : NULL;

    wmem_free(NULL, name);
    return key;
}
