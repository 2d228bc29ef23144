/* mikey-key-data.c
 * Key data sub-payloads (RFC 3830 §6.13, §6.14), as KEMAC carries them in clear or decrypted:
 *
 *   next 1 | type 4 bits, KV 4 bits | length 2 | key | [length 2 | salt] | KV data
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-message.h"
#include "mikey/mikey-reader.h"

static void parse_key_validity(mikey_reader_t *reader, mikey_key_data_t *key)
{
    switch (key->kv) {
    case MIKEY_KV_NULL:
        return;
    case MIKEY_KV_SPI:
        key->spi = mikey_read_counted_u8(reader);
        return;
    case MIKEY_KV_INTERVAL:
        key->kv_from = mikey_read_counted_u8(reader);
        key->kv_to = mikey_read_counted_u8(reader);
        return;
    }
    mikey_fail(reader, MIKEY_FAULT_ALGORITHM, key->kv, mikey_range_from(reader, key->range.offset));
}

static mikey_key_data_t parse_key_data(mikey_reader_t *reader)
{
    mikey_key_data_t key = { .range.offset = reader->position };
    uint8_t type_and_kv;

    key.next = mikey_read_u8(reader);
    type_and_kv = mikey_read_u8(reader);
    key.type = type_and_kv >> 4;
    key.kv = type_and_kv & 0x0f;
    key.key = mikey_read_counted_u16(reader);
    /* TGK+SALT, TEK+SALT and GTGK+SALT; in the other types the field is absent, not empty */
    key.has_salt = key.type == 1 || key.type == 3 || key.type == 5;
    if (key.has_salt) {
        key.salt = mikey_read_counted_u16(reader);
    }
    parse_key_validity(reader, &key);
    key.range.length = reader->position - key.range.offset;
    return key;
}

bool mikey_key_data_parse(wmem_allocator_t *pool, const uint8_t *bytes, mikey_range_t range,
                          mikey_key_data_t **keys, uint32_t *n_keys, mikey_fault_t *fault)
{
    mikey_key_data_t read[MIKEY_MAX_PAYLOADS];
    mikey_reader_t reader = mikey_reader_of(bytes, range);
    uint8_t next = range.length == 0 ? MIKEY_PAYLOAD_LAST : MIKEY_PAYLOAD_KEY_DATA;
    uint32_t n = 0;

    while (next == MIKEY_PAYLOAD_KEY_DATA && mikey_has_room(&reader, n)) {
        read[n] = parse_key_data(&reader);
        if (reader.failed) {
            break;
        }
        next = read[n++].next;
    }
    if (next != MIKEY_PAYLOAD_LAST && next != MIKEY_PAYLOAD_KEY_DATA) {
        mikey_fail(&reader, MIKEY_FAULT_PAYLOAD_TYPE, next, mikey_rest(&reader));
    }
    *keys = mikey_keep_rows(pool, read, n, sizeof read[0]);
    *n_keys = n;
    if (reader.failed) {
        *fault = reader.fault;
        fault->payload = MIKEY_PAYLOAD_KEY_DATA;
    }
    return !reader.failed;
}
