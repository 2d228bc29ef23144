/* mikey-message.c
 * Reads a MIKEY message into typed payloads: RFC 3830 §6, RFC 4563 §4 and §5 (EXT 3, empty map), RFC 5410 §3
 * (EXT 5), RFC 6043 §6 (GENERIC-ID map, SHA-256 lengths, NTP-UTC-32).
 *
 * A message is HDR, its CS ID map and a chain of payloads without padding. Each payload but SIGN begins with
 * the number of the one that follows; 0 ends the chain. Integers are big-endian, sizes in bytes:
 *
 *   HDR       version 1 | data type 1 | next 1 | V bit, PRF func 7 bits | CSB ID 4 | #CS 1 | map type 1 | map
 *   KEMAC     next 1 | Encr alg 1 | length 2 | Encr data | MAC alg 1 | MAC
 *   SIGN      S type 4 bits, length 12 bits | signature
 *   T         next 1 | TS type 1 | value
 *   ID        next 1 | ID type 1 | length 2 | ID
 *   CHASH     next 1 | hash func 1 | hash
 *   V         next 1 | auth alg 1 | verification data
 *   SP        next 1 | policy no 1 | prot type 1 | length 2 | {type 1 | length 1 | value}
 *   RAND      next 1 | length 1 | RAND
 *   ERR       next 1 | error no 1 | reserved 2
 *   EXT       next 1 | type 1 | length 2 | data
 *             data of type 3: {key ID type 1 | length 1 | key ID}, of type 5: subtype 1 | data
 *   Key data  next 1 | type 4 bits, KV 4 bits | length 2 | key | [length 2 | salt] | KV data
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-message.h"

#include <inttypes.h>
#include <stdio.h>

/* Reader: the only code that compares a length with what is left. The first fault sticks; reads after it give
 * zeros and stay where they are, so that a caller may read a whole payload and look once. */

typedef struct {
    const uint8_t *bytes;
    uint32_t position;
    uint32_t end;
    bool failed;
    mikey_fault_t fault; /* why, if failed; its payload is set by whoever reports it */
} reader_t;

static reader_t reader_of(const uint8_t *bytes, mikey_range_t range)
{
    return (reader_t){ .bytes = bytes, .position = range.offset, .end = range.offset + range.length };
}

static uint32_t reader_left(const reader_t *reader)
{
    return reader->end - reader->position;
}

static mikey_range_t reader_rest(const reader_t *reader, uint32_t from)
{
    return (mikey_range_t){ from, reader->end - from };
}

static void reader_fail(reader_t *reader, mikey_fault_code_t code, uint32_t value, mikey_range_t range)
{
    if (reader->failed) {
        return;
    }
    reader->failed = true;
    reader->fault = (mikey_fault_t){ .code = code, .value = value, .range = range };
}

/* |size| bytes whose number was announced by the field |announced|. */
static mikey_range_t reader_announced(reader_t *reader, uint32_t size, mikey_range_t announced)
{
    mikey_range_t range = { reader->position, size };

    if (size > reader_left(reader)) {
        reader_fail(reader, MIKEY_FAULT_SHORT, size, announced);
    }
    if (reader->failed) {
        return (mikey_range_t){ reader->position, 0 };
    }
    reader->position += size;
    return range;
}

/* |size| bytes, a number fixed by the format. */
static mikey_range_t reader_fixed(reader_t *reader, uint32_t size)
{
    return reader_announced(reader, size, reader_rest(reader, reader->position));
}

static uint32_t reader_uint(reader_t *reader, uint32_t size)
{
    mikey_range_t range = reader_fixed(reader, size);

    return (uint32_t)mikey_number(reader->bytes, range);
}

static uint8_t reader_u8(reader_t *reader)
{
    return (uint8_t)reader_uint(reader, 1);
}

/* A length field of |size| bytes and the bytes it announces. */
static mikey_range_t reader_counted(reader_t *reader, uint32_t size)
{
    mikey_range_t field = { reader->position, size };
    uint32_t length = reader_uint(reader, size);

    return reader_announced(reader, length, field);
}

/* Bytes whose number hangs on the algorithm |alg|; negative: it is not known. */
static mikey_range_t reader_by_algorithm(reader_t *reader, uint8_t alg, int size)
{
    if (size < 0) {
        reader_fail(reader, MIKEY_FAULT_ALGORITHM, alg, reader_rest(reader, reader->position));
        size = 0;
    }
    return reader_fixed(reader, (uint32_t)size);
}

/* Lengths by algorithm. */

int mikey_mac_length(uint8_t mac_alg)
{
    switch (mac_alg) {
    case 0: /* NULL */
        return 0;
    case 1: /* HMAC-SHA-1-160 */
        return 20;
    case 2: /* HMAC-SHA-256-256, RFC 6043 table 6.6 */
        return 32;
    }
    return -1;
}

/* RFC 3830 table 6.8.a; SHA-256 from RFC 6043 */
static int hash_length(uint8_t hash_func)
{
    switch (hash_func) {
    case 0: /* SHA-1 */
        return 20;
    case 1: /* MD5 */
        return 16;
    case 2: /* SHA-256 */
        return 32;
    }
    return -1;
}

static int timestamp_length(uint8_t ts_type)
{
    switch (ts_type) {
    case MIKEY_TS_NTP_UTC:
    case MIKEY_TS_NTP:
        return 8;
    case MIKEY_TS_COUNTER:
    case MIKEY_TS_NTP_UTC_32:
        return 4;
    }
    return -1;
}

/* A parse under way. */

typedef struct {
    wmem_allocator_t *pool;
    mikey_message_t *message;
    reader_t reader;
    wmem_array_t *payloads;
} parser_t;

static void fault_add(mikey_message_t *message, uint8_t payload, mikey_fault_t fault)
{
    if (message->n_faults == MIKEY_MAX_FAULTS) {
        return;
    }
    fault.payload = payload;
    message->faults[message->n_faults++] = fault;
}

/* The {type, length, value} entries of |range|, inside a payload of type |payload|. One that does not fit
 * ends the list, not the walk: the payload's own end is known. */
static mikey_tlv_t *tlvs_parse(parser_t *parser, mikey_range_t range, uint8_t payload, uint32_t *n_tlvs)
{
    wmem_array_t *tlvs = wmem_array_new(parser->pool, sizeof(mikey_tlv_t));
    reader_t reader = reader_of(parser->reader.bytes, range);

    while (!reader.failed && reader_left(&reader) > 0) {
        mikey_tlv_t tlv = { .range.offset = reader.position };

        if (wmem_array_get_count(tlvs) == MIKEY_MAX_PAYLOADS) {
            reader_fail(&reader, MIKEY_FAULT_TOO_MANY, MIKEY_MAX_PAYLOADS,
                        reader_rest(&reader, reader.position));
            break;
        }
        tlv.type = reader_u8(&reader);
        tlv.value = reader_counted(&reader, 1);
        tlv.range.length = reader.position - tlv.range.offset;
        if (!reader.failed) {
            wmem_array_append_one(tlvs, tlv);
        }
    }
    if (reader.failed) {
        fault_add(parser->message, payload, reader.fault);
    }
    *n_tlvs = wmem_array_get_count(tlvs);
    return (mikey_tlv_t *)wmem_array_get_raw(tlvs);
}

/* Key data, RFC 3830 §6.13 and §6.14. */

static void key_validity_parse(reader_t *reader, mikey_key_data_t *key)
{
    switch (key->kv) {
    case MIKEY_KV_NULL:
        return;
    case MIKEY_KV_SPI:
        key->spi = reader_counted(reader, 1);
        return;
    case MIKEY_KV_INTERVAL:
        key->kv_from = reader_counted(reader, 1);
        key->kv_to = reader_counted(reader, 1);
        return;
    }
    reader_fail(reader, MIKEY_FAULT_ALGORITHM, key->kv, reader_rest(reader, key->range.offset));
}

static mikey_key_data_t key_data_parse(reader_t *reader)
{
    mikey_key_data_t key = { .range.offset = reader->position };
    uint8_t type_and_kv;

    key.next = reader_u8(reader);
    type_and_kv = reader_u8(reader);
    key.type = type_and_kv >> 4;
    key.kv = type_and_kv & 0x0f;
    key.key = reader_counted(reader, 2);
    /* TGK+SALT, TEK+SALT and GTGK+SALT; in the other types the field is absent, not empty */
    key.has_salt = key.type == 1 || key.type == 3 || key.type == 5;
    if (key.has_salt) {
        key.salt = reader_counted(reader, 2);
    }
    key_validity_parse(reader, &key);
    key.range.length = reader->position - key.range.offset;
    return key;
}

bool mikey_key_data_parse(wmem_allocator_t *pool, const uint8_t *bytes, mikey_range_t range,
                          mikey_key_data_t **keys, uint32_t *n_keys, mikey_fault_t *fault)
{
    wmem_array_t *array = wmem_array_new(pool, sizeof(mikey_key_data_t));
    reader_t reader = reader_of(bytes, range);
    uint8_t next = range.length == 0 ? MIKEY_PAYLOAD_LAST : MIKEY_PAYLOAD_KEY_DATA;

    while (next != MIKEY_PAYLOAD_LAST && !reader.failed) {
        mikey_range_t rest = reader_rest(&reader, reader.position);

        if (next != MIKEY_PAYLOAD_KEY_DATA) {
            reader_fail(&reader, MIKEY_FAULT_PAYLOAD_TYPE, next, rest);
        } else if (wmem_array_get_count(array) == MIKEY_MAX_PAYLOADS) {
            reader_fail(&reader, MIKEY_FAULT_TOO_MANY, MIKEY_MAX_PAYLOADS, rest);
        } else {
            mikey_key_data_t key = key_data_parse(&reader);

            next = key.next;
            if (!reader.failed) {
                wmem_array_append_one(array, key);
            }
        }
    }
    *keys = (mikey_key_data_t *)wmem_array_get_raw(array);
    *n_keys = wmem_array_get_count(array);
    if (reader.failed) {
        *fault = reader.fault;
        fault->payload = MIKEY_PAYLOAD_KEY_DATA;
    }
    return !reader.failed;
}

/* Payloads: one function each. It reads from the parser's reader and leaves the verdict there. */

/* RFC 3830 §6.2 */
static void kemac_parse(parser_t *parser, mikey_payload_t *payload)
{
    reader_t *reader = &parser->reader;
    mikey_kemac_t *kemac = &payload->kemac;
    mikey_fault_t fault;

    payload->next = reader_u8(reader);
    kemac->encr_alg = reader_u8(reader);
    kemac->encr_data = reader_counted(reader, 2);
    kemac->mac_alg = reader_u8(reader);
    kemac->mac = reader_by_algorithm(reader, kemac->mac_alg, mikey_mac_length(kemac->mac_alg));
    if (reader->failed || kemac->encr_alg != MIKEY_ENCR_NULL || kemac->encr_data.length == 0) {
        return;
    }
    if (!mikey_key_data_parse(parser->pool, reader->bytes, kemac->encr_data, &kemac->keys, &kemac->n_keys,
                              &fault)) {
        fault_add(parser->message, fault.payload, fault);
    }
}

/* RFC 3830 §6.5; the only payload without a next byte, and always the last */
static void sign_parse(parser_t *parser, mikey_payload_t *payload)
{
    reader_t *reader = &parser->reader;
    mikey_range_t field = { reader->position, 2 };
    uint32_t type_and_length = reader_uint(reader, field.length);

    payload->next = MIKEY_PAYLOAD_LAST;
    payload->sign.alg = (uint8_t)(type_and_length >> 12);
    payload->sign.data = reader_announced(reader, type_and_length & 0x0fff, field);
}

/* RFC 3830 §6.6 */
static void timestamp_parse(parser_t *parser, mikey_payload_t *payload)
{
    reader_t *reader = &parser->reader;
    mikey_timestamp_t *t = &payload->t;

    payload->next = reader_u8(reader);
    t->ts_type = reader_u8(reader);
    t->value = reader_by_algorithm(reader, t->ts_type, timestamp_length(t->ts_type));
    t->number = mikey_number(reader->bytes, t->value);
}

/* RFC 3830 §6.7 */
static void id_parse(parser_t *parser, mikey_payload_t *payload)
{
    payload->next = reader_u8(&parser->reader);
    payload->id.id_type = reader_u8(&parser->reader);
    payload->id.data = reader_counted(&parser->reader, 2);
}

/* RFC 3830 §6.8 */
static void chash_parse(parser_t *parser, mikey_payload_t *payload)
{
    mikey_digest_t *chash = &payload->chash;

    payload->next = reader_u8(&parser->reader);
    chash->alg = reader_u8(&parser->reader);
    chash->data = reader_by_algorithm(&parser->reader, chash->alg, hash_length(chash->alg));
}

/* RFC 3830 §6.9 */
static void v_parse(parser_t *parser, mikey_payload_t *payload)
{
    mikey_digest_t *v = &payload->v;

    payload->next = reader_u8(&parser->reader);
    v->alg = reader_u8(&parser->reader);
    v->data = reader_by_algorithm(&parser->reader, v->alg, mikey_mac_length(v->alg));
}

/* RFC 3830 §6.10 */
static void sp_parse(parser_t *parser, mikey_payload_t *payload)
{
    reader_t *reader = &parser->reader;
    mikey_sp_t *sp = &payload->sp;

    payload->next = reader_u8(reader);
    sp->policy_no = reader_u8(reader);
    sp->prot_type = reader_u8(reader);
    sp->params_range = reader_counted(reader, 2);
    if (!reader->failed) {
        sp->params = tlvs_parse(parser, sp->params_range, MIKEY_PAYLOAD_SP, &sp->n_params);
    }
}

/* RFC 3830 §6.11 */
static void rand_parse(parser_t *parser, mikey_payload_t *payload)
{
    payload->next = reader_u8(&parser->reader);
    payload->rand = reader_counted(&parser->reader, 1);
}

/* RFC 3830 §6.12 */
static void err_parse(parser_t *parser, mikey_payload_t *payload)
{
    payload->next = reader_u8(&parser->reader);
    payload->err.no = reader_u8(&parser->reader);
    payload->err.reserved = reader_fixed(&parser->reader, 2);
}

/* RFC 5410 §3 */
static void ext_bcast_parse(parser_t *parser, mikey_ext_t *ext)
{
    reader_t reader = reader_of(parser->reader.bytes, ext->data);

    ext->bcast_subtype = reader_u8(&reader);
    ext->bcast_data = reader_rest(&reader, reader.position);
    if (reader.failed) {
        fault_add(parser->message, MIKEY_PAYLOAD_EXT, reader.fault);
    }
}

/* RFC 3830 §6.15; type 3 RFC 4563 §4 */
static void ext_parse(parser_t *parser, mikey_payload_t *payload)
{
    reader_t *reader = &parser->reader;
    mikey_ext_t *ext = &payload->ext;

    payload->next = reader_u8(reader);
    ext->ext_type = reader_u8(reader);
    ext->data = reader_counted(reader, 2);
    if (reader->failed) {
        return;
    }
    if (ext->ext_type == MIKEY_EXT_KEY_ID) {
        ext->key_ids = tlvs_parse(parser, ext->data, MIKEY_PAYLOAD_EXT, &ext->n_key_ids);
    } else if (ext->ext_type == MIKEY_EXT_BCAST) {
        ext_bcast_parse(parser, ext);
    }
}

/* For a type that is not in the table: its layout, and with it the place of the next payload, is unknown. */
static void unknown_parse(parser_t *parser, mikey_payload_t *payload)
{
    reader_t *reader = &parser->reader;

    reader_fail(reader, MIKEY_FAULT_PAYLOAD_TYPE, payload->type, reader_rest(reader, reader->position));
}

typedef void payload_parse_t(parser_t *parser, mikey_payload_t *payload);

static payload_parse_t *payload_parser(uint8_t type)
{
    static const struct {
        mikey_payload_type_t type;
        payload_parse_t *parse;
    } table[] = {
        { MIKEY_PAYLOAD_KEMAC, kemac_parse }, { MIKEY_PAYLOAD_SIGN, sign_parse },
        { MIKEY_PAYLOAD_T, timestamp_parse }, { MIKEY_PAYLOAD_ID, id_parse },
        { MIKEY_PAYLOAD_CHASH, chash_parse }, { MIKEY_PAYLOAD_V, v_parse },
        { MIKEY_PAYLOAD_SP, sp_parse },       { MIKEY_PAYLOAD_RAND, rand_parse },
        { MIKEY_PAYLOAD_ERR, err_parse },     { MIKEY_PAYLOAD_EXT, ext_parse },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        if (table[i].type == type) {
            return table[i].parse;
        }
    }
    return unknown_parse;
}

/* CS ID map: one function per map type, which reads one crypto session. */

/* RFC 3830 §6.1.1 */
static void cs_srtp_id_parse(reader_t *reader, mikey_cs_t *cs)
{
    cs->policy_no = reader_u8(reader);
    cs->ssrc = reader_uint(reader, 4);
    cs->roc = reader_uint(reader, 4);
}

/* RFC 6043 §6.1.1. The length alone says how much session data there is: senders exist whose S flag says
 * less. */
static void cs_generic_id_parse(reader_t *reader, mikey_cs_t *cs)
{
    mikey_range_t field;
    uint8_t flag_and_count;

    cs->cs_id = reader_u8(reader);
    cs->prot_type = reader_u8(reader);
    field = (mikey_range_t){ reader->position, 1 };
    flag_and_count = reader_u8(reader);
    cs->s_flag = (flag_and_count & 0x80) != 0;
    cs->policies = reader_announced(reader, flag_and_count & 0x7f, field);
    cs->session_data = reader_counted(reader, 2);
    cs->spi = reader_counted(reader, 1);
}

static void cs_map_read(parser_t *parser, void (*cs_parse)(reader_t *, mikey_cs_t *))
{
    mikey_message_t *message = parser->message;
    reader_t *reader = &parser->reader;
    wmem_array_t *array = wmem_array_new(parser->pool, sizeof(mikey_cs_t));

    for (uint32_t i = 0; i < message->cs_count && !reader->failed; i++) {
        mikey_cs_t cs = { .range.offset = reader->position };

        cs_parse(reader, &cs);
        if (reader->failed) {
            break;
        }
        cs.range.length = reader->position - cs.range.offset;
        message->header.length = reader->position;
        wmem_array_append_one(array, cs);
    }
    message->cs = (mikey_cs_t *)wmem_array_get_raw(array);
    message->n_cs = wmem_array_get_count(array);
}

static void cs_map_parse(parser_t *parser)
{
    const mikey_message_t *message = parser->message;
    reader_t *reader = &parser->reader;

    switch (message->map_type) {
    case MIKEY_MAP_SRTP_ID:
        cs_map_read(parser, cs_srtp_id_parse);
        return;
    case MIKEY_MAP_EMPTY: /* no bytes whatever #CS says */
        return;
    case MIKEY_MAP_GENERIC_ID:
        cs_map_read(parser, cs_generic_id_parse);
        return;
    }
    if (message->cs_count > 0) {
        reader_fail(reader, MIKEY_FAULT_MAP_TYPE, message->map_type, reader_rest(reader, reader->position));
    }
}

/* Message. */

/* RFC 3830 §6.1. False where the walk cannot go on to the first payload. */
static bool header_parse(parser_t *parser)
{
    mikey_message_t *message = parser->message;
    reader_t *reader = &parser->reader;
    uint8_t flag_and_prf;

    message->version = reader_u8(reader);
    if (!reader->failed && message->version != MIKEY_VERSION) {
        fault_add(message, MIKEY_PAYLOAD_LAST,
                  (mikey_fault_t){ MIKEY_FAULT_VERSION, 0, message->version, { 0, 1 } });
    }
    message->data_type = reader_u8(reader);
    message->next = reader_u8(reader);
    flag_and_prf = reader_u8(reader);
    message->v_flag = (flag_and_prf & 0x80) != 0;
    message->prf_func = flag_and_prf & 0x7f;
    message->csb_id = reader_uint(reader, 4);
    message->cs_count = reader_u8(reader);
    message->map_type = reader_u8(reader);
    message->has_header = !reader->failed;
    message->header.length = reader->position;
    if (message->has_header) {
        cs_map_parse(parser);
    }
    if (reader->failed) {
        fault_add(message, MIKEY_PAYLOAD_LAST, reader->fault);
    }
    return !reader->failed;
}

/* One payload of type |type|; returns the type of the next one. A payload that cannot be read whole is left
 * out. */
static uint8_t payload_parse(parser_t *parser, uint8_t type)
{
    reader_t *reader = &parser->reader;
    mikey_payload_t payload = { .type = type, .range.offset = reader->position };

    if (wmem_array_get_count(parser->payloads) == MIKEY_MAX_PAYLOADS) {
        reader_fail(reader, MIKEY_FAULT_TOO_MANY, MIKEY_MAX_PAYLOADS, reader_rest(reader, reader->position));
    } else {
        payload_parser(type)(parser, &payload);
    }
    if (reader->failed) {
        if (reader->fault.code == MIKEY_FAULT_ALGORITHM) {
            reader->fault.range = reader_rest(reader, payload.range.offset);
        }
        fault_add(parser->message, type, reader->fault);
        return MIKEY_PAYLOAD_LAST;
    }
    payload.range.length = reader->position - payload.range.offset;
    wmem_array_append_one(parser->payloads, payload);
    return payload.next;
}

static void payloads_parse(parser_t *parser)
{
    mikey_message_t *message = parser->message;
    reader_t *reader = &parser->reader;
    uint8_t type = message->next;

    parser->payloads = wmem_array_new(parser->pool, sizeof(mikey_payload_t));
    while (type != MIKEY_PAYLOAD_LAST) {
        type = payload_parse(parser, type);
    }
    message->payloads = (mikey_payload_t *)wmem_array_get_raw(parser->payloads);
    message->n_payloads = wmem_array_get_count(parser->payloads);
    message->complete = !reader->failed;
    if (message->complete && reader_left(reader) > 0) {
        fault_add(message, MIKEY_PAYLOAD_LAST,
                  (mikey_fault_t){ MIKEY_FAULT_TRAILING, 0, reader_left(reader),
                                   reader_rest(reader, reader->position) });
    }
}

/* What the payloads are for. */

static void key_ids_assign(mikey_message_t *message, const mikey_ext_t *ext)
{
    for (uint32_t i = 0; i < ext->n_key_ids; i++) {
        const mikey_tlv_t *id = &ext->key_ids[i];

        if (id->type == MIKEY_KEY_ID_DOMAIN && message->key_domain_id == NULL) {
            message->key_domain_id = id;
        } else if (id->type == MIKEY_KEY_ID_MSK && message->msk_id == NULL) {
            message->msk_id = id;
        } else if (id->type == MIKEY_KEY_ID_MTK && message->mtk_id == NULL) {
            message->mtk_id = id;
        }
    }
}

/* ID payloads have no role field, RFC 3830 §3.1: position tells. */
static void ids_assign(mikey_message_t *message)
{
    const mikey_payload_t *ids[2] = { NULL, NULL };
    uint32_t n_ids = 0;

    for (uint32_t i = 0; i < message->n_payloads && n_ids < 2; i++) {
        if (message->payloads[i].type == MIKEY_PAYLOAD_ID) {
            ids[n_ids++] = &message->payloads[i];
        }
    }
    if (message->data_type == MIKEY_TYPE_PSK_VERIFICATION && n_ids == 1) {
        message->idr = ids[0];
        return;
    }
    message->idi = ids[0];
    message->idr = ids[1];
}

static const mikey_payload_t *payload_first(const mikey_message_t *message, mikey_payload_type_t type)
{
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        if (message->payloads[i].type == type) {
            return &message->payloads[i];
        }
    }
    return NULL;
}

static void roles_assign(mikey_message_t *message)
{
    message->t = payload_first(message, MIKEY_PAYLOAD_T);
    message->rand = payload_first(message, MIKEY_PAYLOAD_RAND);
    message->kemac = payload_first(message, MIKEY_PAYLOAD_KEMAC);
    message->v = payload_first(message, MIKEY_PAYLOAD_V);
    ids_assign(message);
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        if (message->payloads[i].type == MIKEY_PAYLOAD_EXT) {
            key_ids_assign(message, &message->payloads[i].ext);
        }
    }
}

bool mikey_has_fault(const mikey_message_t *message, mikey_fault_code_t code)
{
    for (uint32_t i = 0; i < message->n_faults; i++) {
        if (message->faults[i].code == code) {
            return true;
        }
    }
    return false;
}

bool mikey_has_ext(const mikey_message_t *message, uint8_t ext_type)
{
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        if (payload->type == MIKEY_PAYLOAD_EXT && payload->ext.ext_type == ext_type) {
            return true;
        }
    }
    return false;
}

bool mikey_has_bcast_data(const mikey_message_t *message, uint8_t subtype)
{
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        if (payload->type == MIKEY_PAYLOAD_EXT && payload->ext.ext_type == MIKEY_EXT_BCAST &&
            payload->ext.bcast_subtype == subtype) {
            return true;
        }
    }
    return false;
}

bool mikey_is_ltkm(const mikey_message_t *message)
{
    return message->kind == MIKEY_KIND_LTKM || message->kind == MIKEY_KIND_LTKM_WITHOUT_KEY;
}

/* RFC 3830 §3.1: an Initiator's message ends with KEMAC, so only a whole chain without one says that no key
 * is carried; a message cut before it may have had one. */
static mikey_kind_t psk_init_kind(const mikey_message_t *message)
{
    if (message->mtk_id != NULL || mikey_has_bcast_data(message, MIKEY_BCAST_STKM)) {
        return MIKEY_KIND_STKM;
    }
    if (!mikey_has_ext(message, MIKEY_EXT_BCAST) && !mikey_has_ext(message, MIKEY_EXT_KEY_ID)) {
        return MIKEY_KIND_OTHER;
    }
    if (message->kemac != NULL ? message->kemac->kemac.encr_data.length == 0 : message->complete) {
        return MIKEY_KIND_LTKM_WITHOUT_KEY;
    }
    return MIKEY_KIND_LTKM;
}

mikey_message_t *mikey_message_parse(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    mikey_message_t *message = wmem_new0(pool, mikey_message_t);
    mikey_range_t all = { 0, length < UINT32_MAX ? (uint32_t)length : UINT32_MAX };
    parser_t parser = { .pool = pool, .message = message, .reader = reader_of(bytes, all) };
    bool walk;

    message->bytes = bytes;
    message->length = all.length;
    walk = header_parse(&parser);
    if (!message->has_header) {
        return message;
    }
    switch (message->data_type) {
    case MIKEY_TYPE_PSK_INIT:
    case MIKEY_TYPE_PSK_VERIFICATION:
    case MIKEY_TYPE_ERROR:
        break;
    default: /* MIKEY_KIND_UNKNOWN */
        return message;
    }
    if (walk) {
        payloads_parse(&parser);
    }
    roles_assign(message);
    if (message->data_type == MIKEY_TYPE_PSK_VERIFICATION) {
        message->kind = MIKEY_KIND_VERIFICATION;
    } else if (message->data_type == MIKEY_TYPE_ERROR) {
        message->kind = MIKEY_KIND_ERROR;
    } else {
        message->kind = psk_init_kind(message);
    }
    return message;
}

void mikey_correlation_id(const mikey_message_t *message, char text[MIKEY_CORRELATION_ID_SIZE])
{
    const mikey_payload_t *t = message->t;

    if (t == NULL) {
        snprintf(text, MIKEY_CORRELATION_ID_SIZE, "%08" PRIx32 "-", message->csb_id);
    } else {
        snprintf(text, MIKEY_CORRELATION_ID_SIZE, "%08" PRIx32 "-%0*" PRIx64, message->csb_id,
                 (int)t->t.value.length * 2, t->t.number);
    }
}

uint64_t mikey_number(const uint8_t *bytes, mikey_range_t range)
{
    uint64_t number = 0;

    for (uint32_t i = 0; i < range.length; i++) {
        number = number << 8 | bytes[range.offset + i];
    }
    return number;
}
