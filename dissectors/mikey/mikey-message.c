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
 *   Key data  see mikey-key-data.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-message.h"

#include <wsutil/to_str.h>

#include "mikey/mikey-reader.h"
#include "mikey/mikey-roles.h"

/* ---- lengths by algorithm --------------------------------------------------------------------------- */

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

/* ---- a parse under way ------------------------------------------------------------------------------ */

typedef struct {
    wmem_allocator_t *pool;
    mikey_message_t *message;
    mikey_reader_t reader;
} parser_t;

static void add_fault(mikey_message_t *message, uint8_t payload, mikey_fault_t fault)
{
    if (message->n_faults == MIKEY_MAX_FAULTS) {
        return;
    }
    fault.payload = payload;
    message->faults[message->n_faults++] = fault;
}

static mikey_tlv_t read_tlv(mikey_reader_t *reader)
{
    mikey_tlv_t tlv = { .range.offset = reader->position };

    tlv.type = mikey_read_u8(reader);
    tlv.value = mikey_read_counted_u8(reader);
    tlv.range.length = reader->position - tlv.range.offset;
    return tlv;
}

/* The {type, length, value} entries of |range|, inside a payload of type |payload|. One that does not fit
 * ends the list, not the walk: the payload's own end is known. */
static mikey_tlv_t *parse_tlvs(parser_t *parser, mikey_range_t range, uint8_t payload, uint32_t *n_tlvs)
{
    mikey_tlv_t tlvs[MIKEY_MAX_PAYLOADS];
    mikey_reader_t reader = mikey_reader_of(parser->reader.bytes, range);
    uint32_t n = 0;

    while (mikey_bytes_left(&reader) > 0 && mikey_has_room(&reader, n)) {
        tlvs[n] = read_tlv(&reader);
        if (reader.failed) {
            break;
        }
        n++;
    }
    if (reader.failed) {
        add_fault(parser->message, payload, reader.fault);
    }
    *n_tlvs = n;
    return mikey_keep_rows(parser->pool, tlvs, n, sizeof tlvs[0]);
}

/* ---- payloads --------------------------------------------------------------------------------------- */

/* One function each. It reads from the parser's reader and leaves the verdict there. */

/* RFC 3830 §6.2 */
static void parse_kemac(parser_t *parser, mikey_payload_t *payload)
{
    mikey_reader_t *reader = &parser->reader;
    mikey_kemac_t *kemac = &payload->kemac;
    mikey_fault_t fault;

    payload->next = mikey_read_u8(reader);
    kemac->encr_alg = mikey_read_u8(reader);
    kemac->encr_data = mikey_read_counted_u16(reader);
    kemac->mac_alg = mikey_read_u8(reader);
    kemac->mac = mikey_read_by_algorithm(reader, kemac->mac_alg, mikey_mac_length(kemac->mac_alg));
    if (reader->failed || kemac->encr_alg != MIKEY_ENCR_NULL || kemac->encr_data.length == 0) {
        return;
    }
    if (!mikey_key_data_parse(parser->pool, reader->bytes, kemac->encr_data, &kemac->keys, &kemac->n_keys,
                              &fault)) {
        add_fault(parser->message, fault.payload, fault);
    }
}

/* RFC 3830 §6.5; the only payload without a next byte, and always the last */
static void parse_sign(parser_t *parser, mikey_payload_t *payload)
{
    mikey_reader_t *reader = &parser->reader;
    mikey_range_t field = { reader->position, 2 };
    uint32_t type_and_length = mikey_read_u16(reader);

    payload->next = MIKEY_PAYLOAD_LAST;
    payload->sign.alg = (uint8_t)(type_and_length >> 12);
    payload->sign.data = mikey_read_announced(reader, type_and_length & 0x0fff, field);
}

/* RFC 3830 §6.6 */
static void parse_timestamp(parser_t *parser, mikey_payload_t *payload)
{
    mikey_reader_t *reader = &parser->reader;
    mikey_timestamp_t *t = &payload->t;

    payload->next = mikey_read_u8(reader);
    t->ts_type = mikey_read_u8(reader);
    t->value = mikey_read_by_algorithm(reader, t->ts_type, timestamp_length(t->ts_type));
    t->number = mikey_number(reader->bytes, t->value);
}

/* RFC 3830 §6.7 */
static void parse_id(parser_t *parser, mikey_payload_t *payload)
{
    payload->next = mikey_read_u8(&parser->reader);
    payload->id.id_type = mikey_read_u8(&parser->reader);
    payload->id.data = mikey_read_counted_u16(&parser->reader);
}

/* RFC 3830 §6.8 */
static void parse_chash(parser_t *parser, mikey_payload_t *payload)
{
    mikey_digest_t *chash = &payload->chash;

    payload->next = mikey_read_u8(&parser->reader);
    chash->alg = mikey_read_u8(&parser->reader);
    chash->data = mikey_read_by_algorithm(&parser->reader, chash->alg, hash_length(chash->alg));
}

/* RFC 3830 §6.9 */
static void parse_v(parser_t *parser, mikey_payload_t *payload)
{
    mikey_digest_t *v = &payload->v;

    payload->next = mikey_read_u8(&parser->reader);
    v->alg = mikey_read_u8(&parser->reader);
    v->data = mikey_read_by_algorithm(&parser->reader, v->alg, mikey_mac_length(v->alg));
}

/* RFC 3830 §6.10 */
static void parse_sp(parser_t *parser, mikey_payload_t *payload)
{
    mikey_reader_t *reader = &parser->reader;
    mikey_sp_t *sp = &payload->sp;

    payload->next = mikey_read_u8(reader);
    sp->policy_no = mikey_read_u8(reader);
    sp->prot_type = mikey_read_u8(reader);
    sp->params_range = mikey_read_counted_u16(reader);
    if (!reader->failed) {
        sp->params = parse_tlvs(parser, sp->params_range, MIKEY_PAYLOAD_SP, &sp->n_params);
    }
}

/* RFC 3830 §6.11 */
static void parse_rand(parser_t *parser, mikey_payload_t *payload)
{
    payload->next = mikey_read_u8(&parser->reader);
    payload->rand = mikey_read_counted_u8(&parser->reader);
}

/* RFC 3830 §6.12 */
static void parse_err(parser_t *parser, mikey_payload_t *payload)
{
    payload->next = mikey_read_u8(&parser->reader);
    payload->err.no = mikey_read_u8(&parser->reader);
    payload->err.reserved = mikey_read_fixed(&parser->reader, 2);
}

/* RFC 5410 §3 */
static void parse_ext_bcast(parser_t *parser, mikey_ext_t *ext)
{
    mikey_reader_t reader = mikey_reader_of(parser->reader.bytes, ext->data);

    ext->bcast_subtype = mikey_read_u8(&reader);
    ext->bcast_data = mikey_rest(&reader);
    if (reader.failed) {
        add_fault(parser->message, MIKEY_PAYLOAD_EXT, reader.fault);
    }
}

/* RFC 3830 §6.15; type 3 RFC 4563 §4 */
static void parse_ext(parser_t *parser, mikey_payload_t *payload)
{
    mikey_reader_t *reader = &parser->reader;
    mikey_ext_t *ext = &payload->ext;

    payload->next = mikey_read_u8(reader);
    ext->ext_type = mikey_read_u8(reader);
    ext->data = mikey_read_counted_u16(reader);
    if (reader->failed) {
        return;
    }
    if (ext->ext_type == MIKEY_EXT_KEY_ID) {
        ext->key_ids = parse_tlvs(parser, ext->data, MIKEY_PAYLOAD_EXT, &ext->n_key_ids);
    } else if (ext->ext_type == MIKEY_EXT_BCAST) {
        parse_ext_bcast(parser, ext);
    }
}

/* For a type that is not in the table: its layout, and with it the place of the next payload, is unknown. */
static void parse_unknown(parser_t *parser, mikey_payload_t *payload)
{
    mikey_reader_t *reader = &parser->reader;

    mikey_fail(reader, MIKEY_FAULT_PAYLOAD_TYPE, payload->type, mikey_rest(reader));
}

typedef void parse_payload_t(parser_t *parser, mikey_payload_t *payload);

static parse_payload_t *payload_parser(uint8_t type)
{
    static parse_payload_t *const parsers[] = {
        [MIKEY_PAYLOAD_KEMAC] = parse_kemac, [MIKEY_PAYLOAD_SIGN] = parse_sign,
        [MIKEY_PAYLOAD_T] = parse_timestamp, [MIKEY_PAYLOAD_ID] = parse_id,
        [MIKEY_PAYLOAD_CHASH] = parse_chash, [MIKEY_PAYLOAD_V] = parse_v,
        [MIKEY_PAYLOAD_SP] = parse_sp,       [MIKEY_PAYLOAD_RAND] = parse_rand,
        [MIKEY_PAYLOAD_ERR] = parse_err,     [MIKEY_PAYLOAD_EXT] = parse_ext,
    };

    return type < G_N_ELEMENTS(parsers) && parsers[type] ? parsers[type] : parse_unknown;
}

/* ---- CS ID map -------------------------------------------------------------------------------------- */

/* One function per map type, which reads one crypto session. */

/* RFC 3830 §6.1.1 */
static void read_cs_srtp_id(mikey_reader_t *reader, mikey_cs_t *cs)
{
    cs->policy_no = mikey_read_u8(reader);
    cs->ssrc = mikey_read_u32(reader);
    cs->roc = mikey_read_u32(reader);
}

/* RFC 6043 §6.1.1. The length alone says how much session data there is: senders exist whose S flag says
 * less. */
static void read_cs_generic_id(mikey_reader_t *reader, mikey_cs_t *cs)
{
    mikey_range_t field;
    uint8_t flag_and_count;

    cs->cs_id = mikey_read_u8(reader);
    cs->prot_type = mikey_read_u8(reader);
    field = (mikey_range_t){ reader->position, 1 };
    flag_and_count = mikey_read_u8(reader);
    cs->s_flag = (flag_and_count & 0x80) != 0;
    cs->policies = mikey_read_announced(reader, flag_and_count & 0x7f, field);
    cs->session_data = mikey_read_counted_u16(reader);
    cs->spi = mikey_read_counted_u8(reader);
}

static void read_cs_map(parser_t *parser, void (*read_cs)(mikey_reader_t *, mikey_cs_t *))
{
    mikey_message_t *message = parser->message;
    mikey_reader_t *reader = &parser->reader;
    mikey_cs_t read[UINT8_MAX];
    uint32_t n = 0;

    while (n < message->cs_count) {
        read[n] = (mikey_cs_t){ .range.offset = reader->position };
        read_cs(reader, &read[n]);
        if (reader->failed) {
            break;
        }
        read[n].range.length = reader->position - read[n].range.offset;
        message->header.length = reader->position;
        n++;
    }
    message->cs = mikey_keep_rows(parser->pool, read, n, sizeof read[0]);
    message->n_cs = n;
}

static void parse_cs_map(parser_t *parser)
{
    const mikey_message_t *message = parser->message;
    mikey_reader_t *reader = &parser->reader;

    switch (message->map_type) {
    case MIKEY_MAP_SRTP_ID:
        read_cs_map(parser, read_cs_srtp_id);
        return;
    case MIKEY_MAP_EMPTY: /* no bytes whatever #CS says */
        return;
    case MIKEY_MAP_GENERIC_ID:
        read_cs_map(parser, read_cs_generic_id);
        return;
    }
    if (message->cs_count > 0) {
        mikey_fail(reader, MIKEY_FAULT_MAP_TYPE, message->map_type, mikey_rest(reader));
    }
}

/* ---- the message ------------------------------------------------------------------------------------ */

/* RFC 3830 §6.1. False where the walk cannot go on to the first payload. */
static bool parse_header(parser_t *parser)
{
    mikey_message_t *message = parser->message;
    mikey_reader_t *reader = &parser->reader;
    uint8_t flag_and_prf;

    message->version = mikey_read_u8(reader);
    if (!reader->failed && message->version != MIKEY_VERSION) {
        add_fault(message, MIKEY_PAYLOAD_LAST,
                  (mikey_fault_t){ MIKEY_FAULT_VERSION, 0, message->version, { 0, 1 } });
    }
    message->data_type = mikey_read_u8(reader);
    message->next = mikey_read_u8(reader);
    flag_and_prf = mikey_read_u8(reader);
    message->v_flag = (flag_and_prf & 0x80) != 0;
    message->prf_func = flag_and_prf & 0x7f;
    message->csb_id = mikey_read_u32(reader);
    message->cs_count = mikey_read_u8(reader);
    message->map_type = mikey_read_u8(reader);
    message->has_header = !reader->failed;
    message->header.length = reader->position;
    if (message->has_header) {
        parse_cs_map(parser);
    }
    if (reader->failed) {
        add_fault(message, MIKEY_PAYLOAD_LAST, reader->fault);
    }
    return !reader->failed;
}

/* Reads one payload. False where it cannot be read whole. */
static bool read_payload(parser_t *parser, mikey_payload_t *payload)
{
    mikey_reader_t *reader = &parser->reader;

    payload_parser(payload->type)(parser, payload);
    payload->range.length = reader->position - payload->range.offset;
    if (reader->failed && reader->fault.code == MIKEY_FAULT_ALGORITHM) {
        reader->fault.range = mikey_range_from(reader, payload->range.offset);
    }
    return !reader->failed;
}

/* The chain, up to its end or to a payload that cannot be read whole, which is left out. */
static void parse_payloads(parser_t *parser)
{
    mikey_message_t *message = parser->message;
    mikey_reader_t *reader = &parser->reader;
    mikey_payload_t payloads[MIKEY_MAX_PAYLOADS];
    uint8_t type = message->next;
    uint32_t n = 0;

    while (type != MIKEY_PAYLOAD_LAST && mikey_has_room(reader, n)) {
        payloads[n] = (mikey_payload_t){ .type = type, .range.offset = reader->position };
        if (!read_payload(parser, &payloads[n])) {
            break;
        }
        type = payloads[n++].next;
    }
    message->payloads = mikey_keep_rows(parser->pool, payloads, n, sizeof payloads[0]);
    message->n_payloads = n;
    message->complete = !reader->failed;
    if (reader->failed) {
        add_fault(message, type, reader->fault);
    } else if (mikey_bytes_left(reader) > 0) {
        add_fault(message, MIKEY_PAYLOAD_LAST,
                  (mikey_fault_t){ MIKEY_FAULT_TRAILING, 0, mikey_bytes_left(reader), mikey_rest(reader) });
    }
}

mikey_message_t *mikey_message_parse(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    mikey_message_t *message = wmem_new0(pool, mikey_message_t);
    mikey_range_t all = { 0, length < UINT32_MAX ? (uint32_t)length : UINT32_MAX };
    parser_t parser = { .pool = pool, .message = message, .reader = mikey_reader_of(bytes, all) };
    bool walk;

    message->bytes = bytes;
    message->length = all.length;
    walk = parse_header(&parser);
    if (message->has_header && mikey_is_ours(message->data_type)) {
        if (walk) {
            parse_payloads(&parser);
        }
        mikey_assign_roles(message);
    }
    return message;
}

void mikey_correlation_id(const mikey_message_t *message, char text[MIKEY_CORRELATION_ID_SIZE])
{
    char *at = dword_to_hex(text, message->csb_id);

    *at++ = '-';
    if (message->t) {
        at = bytes_to_hexstr(at, message->bytes + message->t->t.value.offset, message->t->t.value.length);
    }
    *at = '\0';
}

uint64_t mikey_number(const uint8_t *bytes, mikey_range_t range)
{
    uint64_t number = 0;

    for (uint32_t i = 0; i < range.length; i++) {
        number = number << 8 | bytes[range.offset + i];
    }
    return number;
}
