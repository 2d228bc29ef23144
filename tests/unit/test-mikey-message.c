/* test-mikey-message.c
 * The MIKEY parser against whole messages with known offsets, each cut at every byte and with every value of
 * each one-byte number that steers the walk. RFC 3830 §6, RFC 4563 §4 and §5, RFC 5410 §3, RFC 6043 §6.
 *
 * The LTKM used throughout, as {offset, length}:
 *
 *   HDR {0, 10}  EXT 3 {10, 15}  T {25, 6}  RAND {31, 18}  IDi {49, 19}  IDr {68, 40}  KEMAC {108, 51}
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-message.h"

#include "../mikey-ranges.h"
#include "../mikey-samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

/* Every payload type once, and each kind of key validity. */
#define EVERY_PAYLOAD                                                                                        \
    "01001500 00000001 00 01"                                                                                \
    "15 00 0002 aabb"                                                                                        \
    "0c 05 0003 020102"                                                                                      \
    "0a 0b 0000"                                                                                             \
    "08 01 00 0005 0001ff 0700"                                                                              \
    "06 01 00112233445566778899aabbccddeeff"                                                                 \
    "09 02 0002 c0de"                                                                                        \
    "01 00"                                                                                                  \
    "04 00 0020"                                                                                             \
    "14 10 0002 1111 0001 22"                                                                                \
    "14 21 0001 33 02 4444"                                                                                  \
    "00 52 0000 0000 01 05 02 0006 00 00 00 00"                                                              \
    "00"                                                                                                     \
    "2003 010203"

static const struct {
    const char *name;
    const char *hex;
} samples[] = {
    { "LTKM", LTKM },
    { "LTKM without key", LTKM_NO_KEY },
    { "LTKM, NULL encryption", LTKM_NULL },
    { "LTKM, NULL encryption and MAC", LTKM_NULL_NULL },
    { "LTKM, two EXT", LTKM_SECOND_EXT },
    { "verification", VERIFICATION },
    { "STKM", STKM },
    { "call, Initiator", CALL_INIT },
    { "call, verification", CALL_VERIFICATION },
    { "every payload", EVERY_PAYLOAD },
    { "error", "01060c00 a1b2c3d4 0001 09 0b 0000 00 01 000102030405060708090a0b0c0d0e0f10111213" },
    { "GENERIC-ID", "01000500 06a12aea 0202 0400010000080df9bc3906a12aea00 05008202030004112233440101"
                    "0b 03 12345678 00 02 abcd" },
};

/* A message's bytes, in a block of just their size, so that a sanitizer sees a read behind them. */
typedef struct {
    uint8_t *bytes;
    uint32_t size;
} bytes_t;

static bytes_t copy_bytes(const uint8_t *bytes, uint32_t size)
{
    bytes_t copy = { (uint8_t *)wmem_alloc(pool, size), size };

    if (size > 0) {
        memcpy(copy.bytes, bytes, size);
    }
    return copy;
}

static bytes_t bytes_of(const char *hex)
{
    uint8_t *buffer = (uint8_t *)wmem_alloc(pool, strlen(hex) / 2 + 1);
    uint32_t size = 0;

    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        assert_true(g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]));
        buffer[size++] = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        hex += 2;
    }
    return copy_bytes(buffer, size);
}

static const mikey_message_t *parse(bytes_t bytes)
{
    const mikey_message_t *message = mikey_message_parse(pool, bytes.bytes, bytes.size);

    assert_non_null(message);
    return message;
}

static const mikey_message_t *parse_hex(const char *hex)
{
    return parse(bytes_of(hex));
}

static void assert_range(mikey_range_t range, uint32_t offset, uint32_t length)
{
    assert_int_equal(range.offset, offset);
    assert_int_equal(range.length, length);
}

static void assert_fault(const mikey_fault_t *fault, mikey_fault_code_t code, uint8_t payload, uint32_t value,
                         uint32_t offset, uint32_t length)
{
    assert_int_equal(fault->code, code);
    assert_int_equal(fault->payload, payload);
    assert_int_equal(fault->value, value);
    assert_range(fault->range, offset, length);
}

static void assert_whole(const mikey_message_t *message, mikey_kind_t kind)
{
    assert_true(message->has_header);
    assert_true(message->complete);
    assert_int_equal(message->n_faults, 0);
    assert_int_equal(message->kind, kind);
}

typedef struct {
    uint8_t type;
    uint8_t next;
    uint32_t offset;
    uint32_t length;
} expected_payload_t;

static void assert_payloads(const mikey_message_t *message, const expected_payload_t *expected,
                            uint32_t n_expected)
{
    assert_int_equal(message->n_payloads, n_expected);
    for (uint32_t i = 0; i < n_expected; i++) {
        assert_int_equal(message->payloads[i].type, expected[i].type);
        assert_int_equal(message->payloads[i].next, expected[i].next);
        assert_range(message->payloads[i].range, expected[i].offset, expected[i].length);
    }
}

static void assert_correlation_id(const mikey_message_t *message, const char *expected)
{
    char id[MIKEY_CORRELATION_ID_SIZE];

    mikey_correlation_id(message, id);
    assert_string_equal(id, expected);
}

static void check_range(mikey_range_t range, mikey_range_t within, void *data)
{
    (void)data;
    assert_true(mikey_range_fits(range, within));
}

/* ---- whole messages --------------------------------------------------------------------------------- */

static void test_ltkm_header(void **state)
{
    const mikey_message_t *message = parse_hex(LTKM);

    (void)state;
    assert_whole(message, MIKEY_KIND_LTKM);
    assert_int_equal(message->version, 1);
    assert_int_equal(message->data_type, MIKEY_TYPE_PSK_INIT);
    assert_int_equal(message->next, MIKEY_PAYLOAD_EXT);
    assert_true(message->v_flag);
    assert_int_equal(message->prf_func, 0);
    assert_int_equal(message->csb_id, 0xa1b2c3d4);
    assert_int_equal(message->cs_count, 0);
    assert_int_equal(message->map_type, MIKEY_MAP_EMPTY);
    assert_range(message->header, 0, 10);
    assert_int_equal(message->n_cs, 0);
}

static void test_ltkm_payloads(void **state)
{
    static const expected_payload_t expected[] = {
        { MIKEY_PAYLOAD_EXT, 5, 10, 15 },  { MIKEY_PAYLOAD_T, 11, 25, 6 },
        { MIKEY_PAYLOAD_RAND, 6, 31, 18 }, { MIKEY_PAYLOAD_ID, 6, 49, 19 },
        { MIKEY_PAYLOAD_ID, 1, 68, 40 },   { MIKEY_PAYLOAD_KEMAC, 0, 108, 51 },
    };
    const mikey_message_t *message = parse_hex(LTKM);

    (void)state;
    assert_payloads(message, expected, G_N_ELEMENTS(expected));
    assert_ptr_equal(message->t, &message->payloads[1]);
    assert_ptr_equal(message->rand, &message->payloads[2]);
    assert_ptr_equal(message->idi, &message->payloads[3]);
    assert_ptr_equal(message->idr, &message->payloads[4]);
    assert_ptr_equal(message->kemac, &message->payloads[5]);
    assert_null(message->v);
}

static void test_ltkm_fields(void **state)
{
    bytes_t bytes = bytes_of(LTKM);
    const mikey_message_t *message = parse(bytes);

    (void)state;
    assert_int_equal(message->t->t.ts_type, MIKEY_TS_COUNTER);
    assert_range(message->t->t.value, 27, 4);
    assert_int_equal(message->t->t.number, 42);
    assert_range(message->rand->rand, 33, 16);
    assert_int_equal(message->idi->id.id_type, 1);
    assert_range(message->idi->id.data, 53, 15);
    assert_memory_equal(bytes.bytes + 53, "bsm.example.org", 15);
    assert_int_equal(message->idr->id.id_type, 0);
    assert_range(message->idr->id.data, 72, 36);
    assert_int_equal(message->kemac->kemac.encr_alg, 1);
    assert_range(message->kemac->kemac.encr_data, 112, 26);
    assert_int_equal(message->kemac->kemac.mac_alg, 1);
    assert_range(message->kemac->kemac.mac, 139, 20);
    assert_int_equal(message->kemac->kemac.n_keys, 0);
}

static void test_ltkm_key_ids(void **state)
{
    bytes_t bytes = bytes_of(LTKM);
    const mikey_message_t *message = parse(bytes);
    const mikey_ext_t *ext = &message->payloads[0].ext;

    (void)state;
    assert_int_equal(ext->ext_type, MIKEY_EXT_KEY_ID);
    assert_range(ext->data, 14, 11);
    assert_int_equal(ext->n_key_ids, 2);
    assert_ptr_equal(message->key_domain_id, &ext->key_ids[0]);
    assert_int_equal(ext->key_ids[0].type, MIKEY_KEY_ID_DOMAIN);
    assert_range(ext->key_ids[0].range, 14, 5);
    assert_range(ext->key_ids[0].value, 16, 3);
    assert_int_equal(mikey_number(bytes.bytes, ext->key_ids[0].value), 0xb8709d);
    assert_ptr_equal(message->msk_id, &ext->key_ids[1]);
    assert_range(ext->key_ids[1].range, 19, 6);
    assert_range(ext->key_ids[1].value, 21, 4);
    assert_int_equal(mikey_number(bytes.bytes, ext->key_ids[1].value), 0x68c90001);
    assert_null(message->mtk_id);
}

static void test_ltkm_without_key(void **state)
{
    const mikey_message_t *message = parse_hex(LTKM_NO_KEY);

    (void)state;
    assert_whole(message, MIKEY_KIND_LTKM_WITHOUT_KEY);
    assert_range(message->kemac->range, 108, 25);
    assert_range(message->kemac->kemac.encr_data, 112, 0);
    assert_range(message->kemac->kemac.mac, 113, 20);
}

static void test_ltkm_null_encryption(void **state)
{
    static const struct {
        const char *hex;
        uint32_t mac_length;
    } cases[] = { { LTKM_NULL, 20 }, { LTKM_NULL_NULL, 0 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const mikey_message_t *message = parse_hex(cases[i].hex);
        const mikey_key_data_t *key = message->kemac->kemac.keys;

        assert_whole(message, MIKEY_KIND_LTKM);
        assert_range(message->kemac->kemac.mac, 139, cases[i].mac_length);
        assert_int_equal(message->kemac->kemac.n_keys, 1);
        assert_int_equal(key->next, 0);
        assert_int_equal(key->type, 0);
        assert_int_equal(key->kv, MIKEY_KV_INTERVAL);
        assert_range(key->range, 112, 26);
        assert_range(key->key, 116, 16);
        assert_false(key->has_salt);
        assert_range(key->kv_from, 133, 2);
        assert_range(key->kv_to, 136, 2);
    }
}

static void test_ltkm_second_ext(void **state)
{
    const mikey_message_t *message = parse_hex(LTKM_SECOND_EXT);
    const mikey_payload_t *second = &message->payloads[1];

    (void)state;
    assert_whole(message, MIKEY_KIND_LTKM);
    assert_int_equal(message->n_payloads, 7);
    assert_int_equal(message->payloads[0].next, MIKEY_PAYLOAD_EXT);
    assert_range(second->range, 25, 9);
    assert_int_equal(second->ext.ext_type, MIKEY_EXT_BCAST);
    assert_int_equal(second->ext.bcast_subtype, MIKEY_BCAST_LTKM);
    assert_range(second->ext.data, 29, 5);
    assert_range(second->ext.bcast_data, 30, 4);
    assert_range(message->kemac->range, 117, 51);
}

static void test_verification(void **state)
{
    static const expected_payload_t expected[] = {
        { MIKEY_PAYLOAD_T, 6, 10, 6 },
        { MIKEY_PAYLOAD_ID, 9, 16, 40 },
        { MIKEY_PAYLOAD_V, 0, 56, 22 },
    };
    const mikey_message_t *message = parse_hex(VERIFICATION);

    (void)state;
    assert_whole(message, MIKEY_KIND_VERIFICATION);
    assert_payloads(message, expected, G_N_ELEMENTS(expected));
    assert_false(message->v_flag);
    assert_null(message->idi);
    assert_ptr_equal(message->idr, &message->payloads[1]);
    assert_int_equal(message->v->v.alg, 1);
    assert_range(message->v->v.data, 58, 20);
}

static void test_verification_two_ids(void **state)
{
    const mikey_message_t *message = parse_hex("01010600a1b2c3d40001 06000000 09000000 0000");

    (void)state;
    assert_whole(message, MIKEY_KIND_VERIFICATION);
    assert_ptr_equal(message->idi, &message->payloads[0]);
    assert_ptr_equal(message->idr, &message->payloads[1]);
}

static void test_initiator_ids(void **state)
{
    const mikey_message_t *one = parse_hex("01000600a1b2c3d40001 00000000");
    const mikey_message_t *three = parse_hex("01000600a1b2c3d40001 06000000 06000000 00000000");

    (void)state;
    assert_ptr_equal(one->idi, &one->payloads[0]);
    assert_null(one->idr);
    assert_ptr_equal(three->idi, &three->payloads[0]);
    assert_ptr_equal(three->idr, &three->payloads[1]);
}

static void test_stkm(void **state)
{
    static const expected_payload_t expected[] = {
        { MIKEY_PAYLOAD_EXT, 5, 10, 19 },
        { MIKEY_PAYLOAD_T, 1, 29, 6 },
        { MIKEY_PAYLOAD_KEMAC, 0, 35, 61 },
    };
    bytes_t bytes = bytes_of(STKM);
    const mikey_message_t *message = parse(bytes);

    (void)state;
    assert_whole(message, MIKEY_KIND_STKM);
    assert_payloads(message, expected, G_N_ELEMENTS(expected));
    assert_int_equal(message->t->t.number, 7);
    assert_range(message->mtk_id->value, 27, 2);
    assert_int_equal(mikey_number(bytes.bytes, message->mtk_id->value), 1);
    assert_int_equal(mikey_number(bytes.bytes, message->msk_id->value), 0x68c90001);
    assert_range(message->kemac->kemac.encr_data, 39, 36);
    assert_range(message->kemac->kemac.mac, 76, 20);
    assert_null(message->rand);
    assert_null(message->idi);
}

static void test_call_initiator(void **state)
{
    static const expected_payload_t expected[] = {
        { MIKEY_PAYLOAD_T, 10, 28, 10 },
        { MIKEY_PAYLOAD_SP, 11, 38, 44 },
        { MIKEY_PAYLOAD_RAND, 1, 82, 18 },
        { MIKEY_PAYLOAD_KEMAC, 0, 100, 221 },
    };
    const mikey_message_t *message = parse_hex(CALL_INIT);

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_payloads(message, expected, G_N_ELEMENTS(expected));
    assert_range(message->header, 0, 28);
    assert_int_equal(message->n_cs, 2);
    assert_range(message->cs[0].range, 10, 9);
    assert_int_equal(message->cs[0].ssrc, 0x7be6ac2e);
    assert_range(message->cs[1].range, 19, 9);
    assert_int_equal(message->cs[1].ssrc, 0);
    assert_int_equal(message->t->t.ts_type, MIKEY_TS_NTP_UTC);
    assert_true(message->t->t.number == UINT64_C(0xc9981cab314aa10e));
    assert_range(message->kemac->kemac.encr_data, 104, 196);
}

static void test_call_policy(void **state)
{
    static const uint8_t values[13] = { 1, 16, 1, 20, 14, 0, 0, 1, 1, 0, 1, 10, 0 };
    bytes_t bytes = bytes_of(CALL_INIT);
    const mikey_message_t *message = parse(bytes);
    const mikey_sp_t *sp = &message->payloads[1].sp;

    (void)state;
    assert_int_equal(sp->policy_no, 0);
    assert_int_equal(sp->prot_type, 0);
    assert_range(sp->params_range, 43, 39);
    assert_int_equal(sp->n_params, 13);
    for (uint32_t i = 0; i < sp->n_params; i++) {
        assert_int_equal(sp->params[i].type, i);
        assert_range(sp->params[i].range, 43 + 3 * i, 3);
        assert_range(sp->params[i].value, 45 + 3 * i, 1);
        assert_int_equal(mikey_number(bytes.bytes, sp->params[i].value), values[i]);
    }
}

static void test_call_verification(void **state)
{
    const mikey_message_t *message = parse_hex(CALL_VERIFICATION);

    (void)state;
    assert_whole(message, MIKEY_KIND_VERIFICATION);
    assert_int_equal(message->cs[1].ssrc, 0x4068ed2e);
    assert_null(message->idr);
    assert_range(message->v->v.data, 40, 20);
}

/* Header and payload bytes as in the unit tests of GStreamer's MIKEY library. */
static void test_srtp_id_map(void **state)
{
    const mikey_message_t *message =
        parse_hex("01000000 12345678 0200 01 12345678 00000000 02 23456789 00000001");

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_range(message->header, 0, 28);
    assert_int_equal(message->n_cs, 2);
    assert_int_equal(message->cs[0].policy_no, 1);
    assert_int_equal(message->cs[0].ssrc, 0x12345678);
    assert_int_equal(message->cs[0].roc, 0);
    assert_int_equal(message->cs[1].policy_no, 2);
    assert_int_equal(message->cs[1].ssrc, 0x23456789);
    assert_int_equal(message->cs[1].roc, 1);
}

static void test_ntp_time(void **state)
{
    const mikey_message_t *message = parse_hex("01000500 12345678 0000 00 01 0102030405060708");

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_range(message->t->range, 10, 10);
    assert_range(message->t->t.value, 12, 8);
    assert_true(message->t->t.number == UINT64_C(0x0102030405060708));
}

static void test_null_kemac_tek(void **state)
{
    const mikey_message_t *message = parse_hex("01000100 12345678 0000 00 00 0014 00 20 0010"
                                               "102030405060708090a0b0c0d0e0f010 00");

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_int_equal(message->kemac->kemac.n_keys, 1);
    assert_int_equal(message->kemac->kemac.keys[0].type, 2);
    assert_range(message->kemac->kemac.keys[0].key, 18, 16);
    assert_range(message->kemac->kemac.mac, 35, 0);
}

/* Session data longer than the S flag (0) says, as senders of RFC 6509 messages write it: 8 and 4 bytes; such
 * a message is read no further than HDR. */
static void test_generic_id_map_of_sakke_messages(void **state)
{
    const mikey_message_t *group =
        parse_hex("011a0501 06a12aea 0102 04 00 01 00 0008 0df9bc3906a12aea 00 0000");
    const mikey_message_t *client = parse_hex("011a0501 2ddd5bf0 0102 06 00 01 00 0004 2ddd5bf0 00 0000");

    (void)state;
    assert_int_equal(group->kind, MIKEY_KIND_UNKNOWN);
    assert_int_equal(group->n_faults, 0);
    assert_int_equal(group->n_payloads, 0);
    assert_int_equal(group->prf_func, 1);
    assert_range(group->header, 0, 25);
    assert_int_equal(group->n_cs, 1);
    assert_int_equal(group->cs[0].cs_id, 4);
    assert_false(group->cs[0].s_flag);
    assert_range(group->cs[0].policies, 13, 1);
    assert_range(group->cs[0].session_data, 16, 8);
    assert_range(group->cs[0].spi, 25, 0);
    assert_range(client->header, 0, 21);
    assert_range(client->cs[0].session_data, 16, 4);
}

static void test_generic_id_map(void **state)
{
    const mikey_message_t *message = parse_hex("01000500 00000001 0202"
                                               "04 00 82 0a0b 000a 00112233445566778899 00"
                                               "05 01 00 0000 03 aabbcc"
                                               "00 02 00000001");

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_range(message->header, 0, 37);
    assert_int_equal(message->n_cs, 2);
    assert_range(message->cs[0].range, 10, 18);
    assert_true(message->cs[0].s_flag);
    assert_range(message->cs[0].policies, 13, 2);
    assert_range(message->cs[0].session_data, 17, 10);
    assert_range(message->cs[0].spi, 28, 0);
    assert_range(message->cs[1].range, 28, 9);
    assert_int_equal(message->cs[1].cs_id, 5);
    assert_int_equal(message->cs[1].prot_type, 1);
    assert_false(message->cs[1].s_flag);
    assert_range(message->cs[1].spi, 34, 3);
    assert_range(message->t->range, 37, 6);
}

static void test_every_payload(void **state)
{
    static const uint8_t types[] = { 21, 21, 12, 10, 8, 6, 9, 1, 4 };
    const mikey_message_t *message = parse_hex(EVERY_PAYLOAD);
    const mikey_kemac_t *kemac = &message->payloads[7].kemac;

    (void)state;
    assert_whole(message, MIKEY_KIND_STKM);
    assert_int_equal(message->n_payloads, G_N_ELEMENTS(types));
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        assert_int_equal(message->payloads[i].type, types[i]);
    }
    assert_range(message->payloads[0].ext.data, 14, 2);
    assert_range(message->payloads[1].ext.bcast_data, 21, 2);
    assert_int_equal(message->payloads[2].err.no, 11);
    assert_range(message->payloads[2].err.reserved, 25, 2);
    assert_int_equal(message->payloads[3].sp.policy_no, 1);
    assert_int_equal(message->payloads[3].sp.n_params, 2);
    assert_range(message->payloads[3].sp.params[1].value, 37, 0);
    assert_int_equal(message->payloads[4].chash.alg, 1);
    assert_range(message->payloads[4].chash.data, 39, 16);
    assert_int_equal(message->payloads[5].id.id_type, 2);
    assert_range(message->payloads[6].v.data, 63, 0);
    assert_int_equal(kemac->n_keys, 3);
    assert_int_equal(message->payloads[8].next, 0);
    assert_int_equal(message->payloads[8].sign.alg, 2);
    assert_range(message->payloads[8].sign.data, message->payloads[8].range.offset + 2, 3);
}

/* ---- which kind ------------------------------------------------------------------------------------- */

static void test_kinds(void **state)
{
    static const struct {
        const char *hex;
        mikey_kind_t kind;
    } cases[] = {
        { "01001500a1b2c3d40001 00 03 0000", MIKEY_KIND_LTKM_WITHOUT_KEY }, /* whole, no KEMAC */
        { "01001500a1b2c3d40001 01 03 0000", MIKEY_KIND_LTKM },             /* cut before KEMAC */
        { "01001500a1b2c3d40001 01 03 0000 0001 0000 01 ab", MIKEY_KIND_LTKM },
        { "01001500a1b2c3d40001 01 03 0000 00 00 0000 00", MIKEY_KIND_LTKM_WITHOUT_KEY },
        { "01001500a1b2c3d40001 01 05 0001 01 00 01 0001 aa 00", MIKEY_KIND_LTKM },
        { "01001500a1b2c3d40001 01 05 0001 02 00 01 0001 aa 00", MIKEY_KIND_STKM },
        { "01001500a1b2c3d40001 15 03 0002 0100 00 05 0001 02", MIKEY_KIND_STKM },
        { "01001500a1b2c3d40001 00 03 0002 0200", MIKEY_KIND_STKM },
        { "01001500a1b2c3d40001 00 05 0000", MIKEY_KIND_LTKM_WITHOUT_KEY },
        { "01001500a1b2c3d40001 00 05 0001 04", MIKEY_KIND_PARENTAL_CONTROL },
        { "01001500a1b2c3d40001 15 03 0002 0100 01 05 0001 04 00 01 0001 aa 00",
          MIKEY_KIND_PARENTAL_CONTROL },
        { "01001500a1b2c3d40001 15 05 0001 04 00 05 0001 01", MIKEY_KIND_LTKM_WITHOUT_KEY },
        { "01001500a1b2c3d40001 15 03 0002 0200 00 05 0001 04", MIKEY_KIND_STKM },
        { "01001500a1b2c3d40001 00 00 0000", MIKEY_KIND_OTHER }, /* vendor ID */
        { "01000100a1b2c3d40001 00 01 0001 aa 00", MIKEY_KIND_OTHER },
        { "01000000a1b2c3d40001", MIKEY_KIND_OTHER },
        { "01010000a1b2c3d40001", MIKEY_KIND_VERIFICATION },
        { "01011500a1b2c3d40001 00 03 0002 0200", MIKEY_KIND_VERIFICATION },
        { "01060000a1b2c3d40001", MIKEY_KIND_ERROR },
        { "01020000a1b2c3d40001", MIKEY_KIND_UNKNOWN },
        { "01000000a1b2c3d400", MIKEY_KIND_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(parse_hex(cases[i].hex)->kind, cases[i].kind);
    }
}

static void test_first_key_id_of_its_kind(void **state)
{
    const mikey_message_t *message =
        parse_hex("01001500a1b2c3d40001 15 03 0006 0100 0200 0900 00 03 0007 0000 0100 0001aa");

    (void)state;
    assert_whole(message, MIKEY_KIND_STKM);
    assert_int_equal(message->n_payloads, 2);
    assert_ptr_equal(message->msk_id, &message->payloads[0].ext.key_ids[0]);
    assert_ptr_equal(message->mtk_id, &message->payloads[0].ext.key_ids[1]);
    assert_ptr_equal(message->key_domain_id, &message->payloads[1].ext.key_ids[0]);
}

/* ---- faults ----------------------------------------------------------------------------------------- */

#define HDR_TO(next) "0100" next "00 00000001 0001"

typedef struct {
    const char *hex;
    mikey_fault_code_t code;
    uint8_t payload;
    uint32_t value;
    uint32_t offset;
    uint32_t length;
    uint32_t n_payloads;
    bool complete;
} fault_case_t;

static void assert_fault_cases(const fault_case_t *cases, size_t n_cases)
{
    for (size_t i = 0; i < n_cases; i++) {
        const fault_case_t *c = &cases[i];
        bytes_t bytes = bytes_of(c->hex);
        const mikey_message_t *message = parse(bytes);

        assert_int_equal(message->n_faults, 1);
        assert_fault(&message->faults[0], c->code, c->payload, c->value, c->offset, c->length);
        assert_int_equal(message->n_payloads, c->n_payloads);
        assert_int_equal(message->complete, c->complete);
        mikey_visit_message(message, bytes.size, check_range, NULL);
    }
}

static void test_short_header(void **state)
{
    static const fault_case_t cases[] = {
        { "", MIKEY_FAULT_SHORT, 0, 1, 0, 0, 0, false },
        { "01", MIKEY_FAULT_SHORT, 0, 1, 1, 0, 0, false },
        { "01000580a1b2", MIKEY_FAULT_SHORT, 0, 4, 4, 2, 0, false },
        { "01000580a1b2c3d400", MIKEY_FAULT_SHORT, 0, 1, 9, 0, 0, false },
        /* SRTP-ID: ROC missing */
        { "01000500000000010100 00 11223344", MIKEY_FAULT_SHORT, 0, 4, 15, 0, 0, false },
        /* GENERIC-ID: policies, session data, SPI */
        { "01000500000000010102 04 00 05 aabb", MIKEY_FAULT_SHORT, 0, 5, 12, 1, 0, false },
        { "01000500000000010102 04 00 ff aabb", MIKEY_FAULT_SHORT, 0, 127, 12, 1, 0, false },
        { "01000500000000010102 04 00 80 0008 aa", MIKEY_FAULT_SHORT, 0, 8, 13, 2, 0, false },
        { "01000500000000010102 04 00 00 0000 03 aa", MIKEY_FAULT_SHORT, 0, 3, 15, 1, 0, false },
    };

    (void)state;
    assert_fault_cases(cases, G_N_ELEMENTS(cases));
}

static void test_short_header_keeps_fields(void **state)
{
    const mikey_message_t *message = parse_hex("01000580a1b2c3d4");

    (void)state;
    assert_false(message->has_header);
    assert_range(message->header, 0, 8);
    assert_true(message->v_flag);
    assert_int_equal(message->csb_id, 0xa1b2c3d4);
    assert_int_equal(message->kind, MIKEY_KIND_UNKNOWN);
}

static void test_short_map_keeps_sessions(void **state)
{
    const mikey_message_t *message = parse_hex("01000500000000010300 01 00000002 00000003 02 0000");

    (void)state;
    assert_true(message->has_header);
    assert_range(message->header, 0, 19);
    assert_int_equal(message->n_cs, 1);
    assert_int_equal(message->cs[0].roc, 3);
    assert_fault(&message->faults[0], MIKEY_FAULT_SHORT, 0, 4, 20, 2);
}

static void test_short_payload(void **state)
{
    static const fault_case_t cases[] = {
        { HDR_TO("05"), MIKEY_FAULT_SHORT, 5, 1, 10, 0, 0, false },
        { HDR_TO("05") "0002000001", MIKEY_FAULT_SHORT, 5, 4, 12, 3, 0, false },
        { HDR_TO("05") "0001000001", MIKEY_FAULT_SHORT, 5, 8, 12, 3, 0, false },
        { HDR_TO("06") "00010005 6162", MIKEY_FAULT_SHORT, 6, 5, 12, 2, 0, false },
        { HDR_TO("06") "000100", MIKEY_FAULT_SHORT, 6, 2, 12, 1, 0, false },
        { HDR_TO("08") "0000aa", MIKEY_FAULT_SHORT, 8, 20, 12, 1, 0, false },
        { HDR_TO("09") "0002aabb", MIKEY_FAULT_SHORT, 9, 32, 12, 2, 0, false },
        { HDR_TO("0a") "000000ffff00", MIKEY_FAULT_SHORT, 10, 65535, 13, 2, 0, false },
        { HDR_TO("0b") "0010 aabb", MIKEY_FAULT_SHORT, 11, 16, 11, 1, 0, false },
        { HDR_TO("0c") "000100", MIKEY_FAULT_SHORT, 12, 2, 12, 1, 0, false },
        { HDR_TO("04") "2004 aabb", MIKEY_FAULT_SHORT, 4, 4, 10, 2, 0, false },
        { HDR_TO("01") "00010100 aa", MIKEY_FAULT_SHORT, 1, 256, 12, 2, 0, false },
        { HDR_TO("01") "00010000 01 aabb", MIKEY_FAULT_SHORT, 1, 20, 15, 2, 0, false },
        { HDR_TO("15") "00030001", MIKEY_FAULT_SHORT, 21, 1, 12, 2, 0, false },
        { HDR_TO("0b") "0500 00", MIKEY_FAULT_SHORT, 5, 1, 13, 0, 1, false },
    };

    (void)state;
    assert_fault_cases(cases, G_N_ELEMENTS(cases));
}

/* The payload's own length holds: it is there, and so is the RAND behind it. */
static void test_inner_fault_goes_on(void **state)
{
    static const fault_case_t cases[] = {
        { HDR_TO("15") "0b030003 0005aa 0000", MIKEY_FAULT_SHORT, 21, 5, 15, 1, 2, true },
        { HDR_TO("15") "0b030001 00 0000", MIKEY_FAULT_SHORT, 21, 1, 15, 0, 2, true },
        { HDR_TO("15") "0b050000 0000", MIKEY_FAULT_SHORT, 21, 1, 14, 0, 2, true },
        { HDR_TO("0a") "0b00000005 00010a 0102 0000", MIKEY_FAULT_SHORT, 10, 2, 19, 1, 2, true },
        /* key data: key length, salt length, VT length, next, KV */
        { HDR_TO("01") "0b000006 00200010aabb 00 0000", MIKEY_FAULT_SHORT, 20, 16, 16, 2, 2, true },
        { HDR_TO("01") "0b000005 0030000000 00 0000", MIKEY_FAULT_SHORT, 20, 2, 18, 1, 2, true },
        { HDR_TO("01") "0b000006 000200000005 00 0000", MIKEY_FAULT_SHORT, 20, 5, 19, 1, 2, true },
        { HDR_TO("01") "0b000006 06000000ffff 00 0000", MIKEY_FAULT_PAYLOAD_TYPE, 20, 6, 18, 2, 2, true },
        { HDR_TO("01") "0b000006 00030000ffff 00 0000", MIKEY_FAULT_ALGORITHM, 20, 3, 14, 6, 2, true },
    };

    (void)state;
    assert_fault_cases(cases, G_N_ELEMENTS(cases));
}

static void test_ext_3_overrun_keeps_entries(void **state)
{
    const mikey_message_t *message = parse_hex(HDR_TO("15") "0003000b 0003b8709d 010568c90001");
    const mikey_ext_t *ext = &message->payloads[0].ext;

    (void)state;
    assert_fault(&message->faults[0], MIKEY_FAULT_SHORT, MIKEY_PAYLOAD_EXT, 5, 20, 1);
    assert_int_equal(ext->n_key_ids, 1);
    assert_range(ext->key_ids[0].range, 14, 5);
    assert_non_null(message->key_domain_id);
    assert_null(message->msk_id);
}

static void test_trailing(void **state)
{
    static const fault_case_t cases[] = {
        { HDR_TO("00") "ab", MIKEY_FAULT_TRAILING, 0, 1, 10, 1, 0, true },
        { LTKM "abcd", MIKEY_FAULT_TRAILING, 0, 2, 159, 2, 6, true },
        { HDR_TO("04") "2001aa 0000", MIKEY_FAULT_TRAILING, 0, 2, 13, 2, 1, true },
    };

    (void)state;
    assert_fault_cases(cases, G_N_ELEMENTS(cases));
    assert_int_equal(parse_hex(LTKM "abcd")->kind, MIKEY_KIND_LTKM);
}

/* What follows the last key data sub-payload is padding of AES key wrap (RFC 3394). */
static void test_key_data_padding(void **state)
{
    const mikey_message_t *message = parse_hex(HDR_TO("01") "00000009 00200001aa 00000000 00");

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_int_equal(message->kemac->kemac.n_keys, 1);
    assert_range(message->kemac->kemac.keys[0].range, 14, 5);
}

/* ---- bounds ----------------------------------------------------------------------------------------- */

/* HDR, then |count| times |unit|, then |tail|. */
static bytes_t flood(const char *head, const char *unit, uint32_t count, const char *tail)
{
    bytes_t head_bytes = bytes_of(head);
    bytes_t unit_bytes = bytes_of(unit);
    bytes_t tail_bytes = bytes_of(tail);
    GByteArray *array = g_byte_array_new();
    bytes_t result;

    g_byte_array_append(array, head_bytes.bytes, head_bytes.size);
    for (uint32_t i = 0; i < count; i++) {
        g_byte_array_append(array, unit_bytes.bytes, unit_bytes.size);
    }
    if (tail_bytes.size > 0) {
        g_byte_array_append(array, tail_bytes.bytes, tail_bytes.size);
    }
    result = copy_bytes(array->data, array->len);
    g_byte_array_unref(array);
    return result;
}

static void test_payload_flood(void **state)
{
    const mikey_message_t *message = parse(flood(HDR_TO("0b"), "0b00", 300, ""));

    (void)state;
    assert_int_equal(message->n_payloads, MIKEY_MAX_PAYLOADS);
    assert_false(message->complete);
    assert_int_equal(message->n_faults, 1);
    assert_fault(&message->faults[0], MIKEY_FAULT_TOO_MANY, MIKEY_PAYLOAD_RAND, MIKEY_MAX_PAYLOADS,
                 10 + 2 * MIKEY_MAX_PAYLOADS, 600 - 2 * MIKEY_MAX_PAYLOADS);
}

static void test_payloads_up_to_the_bound(void **state)
{
    const mikey_message_t *message = parse(flood(HDR_TO("0b"), "0b00", MIKEY_MAX_PAYLOADS - 1, "0000"));

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_int_equal(message->n_payloads, MIKEY_MAX_PAYLOADS);
}

static void test_entry_flood_goes_on(void **state)
{
    const mikey_message_t *message = parse(flood(HDR_TO("15") "0b030258", "0900", 300, "0000"));

    (void)state;
    assert_true(message->complete);
    assert_int_equal(message->n_payloads, 2);
    assert_int_equal(message->payloads[0].ext.n_key_ids, MIKEY_MAX_PAYLOADS);
    assert_int_equal(message->n_faults, 1);
    assert_fault(&message->faults[0], MIKEY_FAULT_TOO_MANY, MIKEY_PAYLOAD_EXT, MIKEY_MAX_PAYLOADS,
                 14 + 2 * MIKEY_MAX_PAYLOADS, 600 - 2 * MIKEY_MAX_PAYLOADS);
}

static void test_key_data_flood_goes_on(void **state)
{
    const mikey_message_t *message = parse(flood(HDR_TO("01") "000004b0", "14000000", 300, "00"));

    (void)state;
    assert_true(message->complete);
    assert_int_equal(message->kemac->kemac.n_keys, MIKEY_MAX_PAYLOADS);
    assert_fault(&message->faults[0], MIKEY_FAULT_TOO_MANY, MIKEY_PAYLOAD_KEY_DATA, MIKEY_MAX_PAYLOADS,
                 14 + 4 * MIKEY_MAX_PAYLOADS, 1200 - 4 * MIKEY_MAX_PAYLOADS);
}

static void test_fault_flood(void **state)
{
    const mikey_message_t *message = parse(flood(HDR_TO("15"), "1503000100", 40, "0000 0000"));

    (void)state;
    assert_true(message->complete);
    assert_int_equal(message->n_payloads, 41);
    assert_int_equal(message->n_faults, MIKEY_MAX_FAULTS);
    assert_range(message->faults[MIKEY_MAX_FAULTS - 1].range, 10 + 5 * MIKEY_MAX_FAULTS, 0);
}

static void test_most_sessions(void **state)
{
    const mikey_message_t *message = parse(flood("01000000 00000001 ff00", "010000000200000003", 255, ""));

    (void)state;
    assert_whole(message, MIKEY_KIND_OTHER);
    assert_int_equal(message->n_cs, 255);
    assert_range(message->cs[254].range, 10 + 9 * 254, 9);
}

/* ---- every value of a byte that steers the walk ----------------------------------------------------- */

static const mikey_message_t *parse_with_byte(const char *hex, uint32_t offset, uint32_t value)
{
    bytes_t bytes = bytes_of(hex);

    bytes.bytes[offset] = (uint8_t)value;
    return parse(bytes);
}

static void test_every_version(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        const mikey_message_t *message = parse_with_byte(LTKM, 0, value);

        assert_int_equal(message->version, value);
        assert_true(message->complete);
        assert_int_equal(message->n_payloads, 6);
        assert_int_equal(message->kind, MIKEY_KIND_LTKM);
        assert_int_equal(message->n_faults, value == 1 ? 0 : 1);
        if (value != 1) {
            assert_fault(&message->faults[0], MIKEY_FAULT_VERSION, 0, value, 0, 1);
        }
    }
}

static void test_every_data_type(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        const mikey_message_t *message = parse_with_byte(LTKM, 1, value);
        bool ours = value == 0 || value == 1 || value == 6;

        assert_int_equal(message->data_type, value);
        assert_true(message->has_header);
        assert_int_equal(message->n_faults, 0);
        assert_int_equal(message->complete, ours);
        assert_int_equal(message->n_payloads, ours ? 6 : 0);
        assert_int_equal(message->kind, value == 0   ? MIKEY_KIND_LTKM
                                        : value == 1 ? MIKEY_KIND_VERIFICATION
                                        : value == 6 ? MIKEY_KIND_ERROR
                                                     : MIKEY_KIND_UNKNOWN);
    }
}

static void test_every_next_payload(void **state)
{
    static const uint8_t known[] = { 1, 4, 5, 6, 8, 9, 10, 11, 12, 21 };

    (void)state;
    for (uint32_t value = 1; value < 256; value++) {
        const mikey_message_t *message = parse_with_byte(HDR_TO("00") "000000000000000000000000000000000000"
                                                                      "00000000",
                                                         2, value);

        assert_int_equal(message->next, value);
        if (memchr(known, (int)value, sizeof(known))) {
            assert_true(message->complete);
            assert_int_equal(message->n_payloads, 1);
            assert_int_equal(message->payloads[0].type, value);
        } else {
            assert_false(message->complete);
            assert_int_equal(message->n_payloads, 0);
            assert_int_equal(message->n_faults, 1);
            assert_fault(&message->faults[0], MIKEY_FAULT_PAYLOAD_TYPE, (uint8_t)value, value, 10, 22);
        }
    }
}

static void test_unknown_payload_keeps_those_before(void **state)
{
    const mikey_message_t *message = parse_with_byte(LTKM, 68, 13);

    (void)state;
    assert_int_equal(message->n_payloads, 5);
    assert_int_equal(message->kind, MIKEY_KIND_LTKM);
    assert_fault(&message->faults[0], MIKEY_FAULT_PAYLOAD_TYPE, 13, 13, 108, 51);
}

static void test_every_map_type(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        const mikey_message_t *none = parse_with_byte(LTKM, 9, value);
        const mikey_message_t *one = parse_with_byte("01000000 00000001 0100 000000000000000000", 9, value);
        static const uint32_t header_length[3] = { 19, 10, 16 };

        assert_whole(none, MIKEY_KIND_LTKM);
        assert_int_equal(none->map_type, value);
        assert_int_equal(one->n_cs, value == 0 || value == 2 ? 1 : 0);
        assert_int_equal(one->complete, value < 3);
        assert_range(one->header, 0, value < 3 ? header_length[value] : 10);
        if (value >= 3) {
            assert_fault(&one->faults[0], MIKEY_FAULT_MAP_TYPE, 0, value, 10, 9);
        }
    }
}

static void test_every_mac_algorithm(void **state)
{
    static const int lengths[3] = { 0, 20, 32 };

    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        const mikey_message_t *kemac;
        bytes_t kemac_bytes = flood(HDR_TO("01") "00010000", "00", 33, "");
        bytes_t v_bytes = flood(HDR_TO("09") "00", "00", 33, "");
        const mikey_message_t *v;

        kemac_bytes.bytes[14] = (uint8_t)value;
        v_bytes.bytes[11] = (uint8_t)value;
        kemac = parse(kemac_bytes);
        v = parse(v_bytes);
        assert_int_equal(mikey_mac_length((uint8_t)value), value < 3 ? lengths[value] : -1);
        assert_int_equal(kemac->complete, value < 3);
        assert_int_equal(v->complete, value < 3);
        if (value < 3) {
            assert_range(kemac->kemac->kemac.mac, 15, (uint32_t)lengths[value]);
            assert_range(v->v->v.data, 12, (uint32_t)lengths[value]);
        } else {
            assert_fault(&kemac->faults[0], MIKEY_FAULT_ALGORITHM, MIKEY_PAYLOAD_KEMAC, value, 10, 37);
            assert_fault(&v->faults[0], MIKEY_FAULT_ALGORITHM, MIKEY_PAYLOAD_V, value, 10, 34);
        }
    }
}

static void test_every_hash(void **state)
{
    static const uint32_t lengths[3] = { 20, 16, 32 };

    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        bytes_t bytes = flood(HDR_TO("08") "00", "00", 33, "");
        const mikey_message_t *message;

        bytes.bytes[11] = (uint8_t)value;
        message = parse(bytes);
        assert_int_equal(message->complete, value < 3);
        if (value < 3) {
            assert_range(message->payloads[0].chash.data, 12, lengths[value]);
        } else {
            assert_fault(&message->faults[0], MIKEY_FAULT_ALGORITHM, MIKEY_PAYLOAD_CHASH, value, 10, 34);
        }
    }
}

static void test_every_ts_type(void **state)
{
    static const uint32_t lengths[4] = { 8, 8, 4, 4 };

    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        const mikey_message_t *message = parse_with_byte(HDR_TO("05") "0000 0102030405060708", 11, value);

        assert_int_equal(message->complete, value < 4);
        if (value < 4) {
            assert_range(message->t->t.value, 12, lengths[value]);
            assert_true(message->t->t.number == (value < 2 ? UINT64_C(0x0102030405060708) : 0x01020304));
            assert_int_equal(message->n_faults, value < 2 ? 0 : 1);
        } else {
            assert_null(message->t);
            assert_fault(&message->faults[0], MIKEY_FAULT_ALGORITHM, MIKEY_PAYLOAD_T, value, 10, 10);
        }
    }
}

static void test_every_encryption_algorithm(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        const mikey_message_t *message = parse_with_byte(LTKM_NULL, 109, value);

        assert_whole(message, MIKEY_KIND_LTKM);
        assert_int_equal(message->kemac->kemac.encr_alg, value);
        assert_range(message->kemac->kemac.encr_data, 112, 26);
        assert_int_equal(message->kemac->kemac.n_keys, value == 0 ? 1 : 0);
    }
}

static void test_every_key_data_type_and_kv(void **state)
{
    static const mikey_range_t all = { 0, 16 };

    (void)state;
    for (uint32_t value = 0; value < 256; value++) {
        bytes_t bytes = bytes_of("00 00 0001 aa 0002 bbcc 01 dd 00 00000000");
        bool salted = value >> 4 == 1 || value >> 4 == 3 || value >> 4 == 5;
        mikey_key_data_t *keys;
        uint32_t n_keys;
        mikey_fault_t fault;
        bool good;

        bytes.bytes[1] = (uint8_t)value;
        good = mikey_key_data_parse(pool, bytes.bytes, all, &keys, &n_keys, &fault);
        assert_int_equal(good, (value & 0x0f) < 3);
        assert_int_equal(n_keys, good ? 1 : 0);
        if (!good) {
            assert_fault(&fault, MIKEY_FAULT_ALGORITHM, MIKEY_PAYLOAD_KEY_DATA, value & 0x0f, 0, 16);
            continue;
        }
        assert_int_equal(keys[0].type, value >> 4);
        assert_int_equal(keys[0].kv, value & 0x0f);
        assert_range(keys[0].key, 4, 1);
        assert_int_equal(keys[0].has_salt, salted);
        if (salted) {
            assert_range(keys[0].salt, 7, 2);
        }
        if (salted && keys[0].kv == MIKEY_KV_SPI) {
            assert_range(keys[0].spi, 10, 1);
        }
        if (salted && keys[0].kv == MIKEY_KV_INTERVAL) {
            assert_range(keys[0].kv_to, 12, 0);
        }
    }
}

/* ---- key data --------------------------------------------------------------------------------------- */

static void test_key_data_chain(void **state)
{
    bytes_t bytes = bytes_of("ffff 14100002 1111 000122 14210001 33 024444 00520000 0000 0105 020006 ffff");
    mikey_range_t range = { 2, bytes.size - 4 };
    mikey_key_data_t *keys;
    uint32_t n_keys;
    mikey_fault_t fault;

    (void)state;
    assert_true(mikey_key_data_parse(pool, bytes.bytes, range, &keys, &n_keys, &fault));
    assert_int_equal(n_keys, 3);
    assert_range(keys[0].range, 2, 9);
    assert_range(keys[0].key, 6, 2);
    assert_range(keys[0].salt, 10, 1);
    assert_range(keys[1].range, 11, 8);
    assert_int_equal(keys[1].type, 2);
    assert_range(keys[1].spi, 17, 2);
    assert_range(keys[2].range, 19, 11);
    assert_int_equal(keys[2].type, 5);
    assert_range(keys[2].salt, 25, 0);
    assert_range(keys[2].kv_from, 26, 1);
    assert_range(keys[2].kv_to, 28, 2);
}

static void test_key_data_empty(void **state)
{
    mikey_range_t range = { 0, 0 };
    mikey_key_data_t *keys;
    uint32_t n_keys = 1;
    mikey_fault_t fault;

    (void)state;
    assert_true(mikey_key_data_parse(pool, NULL, range, &keys, &n_keys, &fault));
    assert_int_equal(n_keys, 0);
}

static void test_key_data_keeps_those_before(void **state)
{
    bytes_t bytes = bytes_of("14200001aa 00200005bb");
    mikey_range_t range = { 0, bytes.size };
    mikey_key_data_t *keys;
    uint32_t n_keys;
    mikey_fault_t fault;

    (void)state;
    assert_false(mikey_key_data_parse(pool, bytes.bytes, range, &keys, &n_keys, &fault));
    assert_int_equal(n_keys, 1);
    assert_range(keys[0].key, 4, 1);
    assert_fault(&fault, MIKEY_FAULT_SHORT, MIKEY_PAYLOAD_KEY_DATA, 5, 7, 2);
}

/* ---- every truncation of every sample --------------------------------------------------------------- */

/* Sums ranges up in order: two equal sums of a payload's ranges mean the same fields at the same places. */
static void fingerprint_add(mikey_range_t range, mikey_range_t within, void *data)
{
    uint64_t *sum = (uint64_t *)data;

    *sum = *sum * 1000003 + range.offset;
    *sum = *sum * 1000003 + range.length;
    *sum = *sum * 1000003 + within.offset;
}

static uint64_t payload_fingerprint(const mikey_payload_t *payload)
{
    uint64_t sum = (uint64_t)payload->type << 8 | payload->next;

    fingerprint_add(payload->range, payload->range, &sum);
    mikey_visit_payload(payload, fingerprint_add, &sum);
    return sum;
}

static uint32_t payloads_ended_by(const mikey_message_t *message, uint32_t size)
{
    uint32_t n = 0;

    while (n < message->n_payloads &&
           message->payloads[n].range.offset + message->payloads[n].range.length <= size) {
        n++;
    }
    return n;
}

static void assert_prefix(const mikey_message_t *whole, const mikey_message_t *cut, uint32_t size)
{
    assert_int_equal(cut->has_header, size >= 10);
    assert_int_equal(cut->version, size >= 1 ? whole->version : 0);
    assert_int_equal(cut->data_type, size >= 2 ? whole->data_type : 0);
    assert_int_equal(cut->next, size >= 3 ? whole->next : 0);
    assert_int_equal(cut->csb_id, size >= 8 ? whole->csb_id : 0);
    assert_int_equal(cut->n_payloads, payloads_ended_by(whole, size));
    for (uint32_t i = 0; i < cut->n_payloads; i++) {
        assert_true(payload_fingerprint(&cut->payloads[i]) == payload_fingerprint(&whole->payloads[i]));
    }
    for (uint32_t i = 0; i < cut->n_cs; i++) {
        assert_memory_equal(&cut->cs[i].range, &whole->cs[i].range, sizeof(mikey_range_t));
    }
    assert_false(cut->complete);
    assert_int_equal(cut->n_faults, 1);
    assert_int_equal(cut->faults[0].code, MIKEY_FAULT_SHORT);
}

static void test_every_truncation(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        bytes_t bytes = bytes_of(samples[i].hex);
        const mikey_message_t *whole = parse(bytes);

        print_message("%s\n", samples[i].name);
        assert_true(whole->complete);
        assert_int_equal(whole->n_faults, 0);
        mikey_visit_message(whole, bytes.size, check_range, NULL);
        for (uint32_t size = 0; size < bytes.size; size++) {
            const mikey_message_t *cut = parse(copy_bytes(bytes.bytes, size));

            mikey_visit_message(cut, size, check_range, NULL);
            assert_prefix(whole, cut, size);
        }
    }
}

/* A bit flipped anywhere may change everything, but no range may leave the message. */
static void test_every_bit_flip(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        bytes_t bytes = bytes_of(samples[i].hex);

        for (uint32_t bit = 0; bit < bytes.size * 8; bit++) {
            bytes.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            mikey_visit_message(parse(bytes), bytes.size, check_range, NULL);
            bytes.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

/* ---- correlation ids and numbers -------------------------------------------------------------------- */

static void test_correlation_ids(void **state)
{
    static const struct {
        const char *hex;
        const char *id;
    } cases[] = {
        { LTKM, "a1b2c3d4-0000002a" },
        { VERIFICATION, "a1b2c3d4-0000002a" },
        { STKM, "a1b2c3d4-00000007" },
        { CALL_INIT, "8aa5717a-c9981cab314aa10e" },
        { CALL_VERIFICATION, "8aa5717a-c9981cae11e6eeb7" },
        { "01000500 0000000f 0001 00 03 00000001", "0000000f-00000001" },
        { "01000500 0000000f 0001 00 00 0000000000000000", "0000000f-0000000000000000" },
        { "01000000 ffffffff 0001", "ffffffff-" },
        { "", "00000000-" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_correlation_id(parse_hex(cases[i].hex), cases[i].id);
    }
}

static void test_numbers(void **state)
{
    static const uint8_t bytes[] = { 0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08 };

    (void)state;
    assert_true(mikey_number(bytes, (mikey_range_t){ 0, 0 }) == 0);
    assert_true(mikey_number(bytes, (mikey_range_t){ 0, 1 }) == 255);
    assert_true(mikey_number(bytes, (mikey_range_t){ 1, 3 }) == 0x010203);
    assert_true(mikey_number(bytes, (mikey_range_t){ 1, 8 }) == UINT64_C(0x0102030405060708));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_ltkm_header),
        TEST(test_ltkm_payloads),
        TEST(test_ltkm_fields),
        TEST(test_ltkm_key_ids),
        TEST(test_ltkm_without_key),
        TEST(test_ltkm_null_encryption),
        TEST(test_ltkm_second_ext),
        TEST(test_verification),
        TEST(test_verification_two_ids),
        TEST(test_initiator_ids),
        TEST(test_stkm),
        TEST(test_call_initiator),
        TEST(test_call_policy),
        TEST(test_call_verification),
        TEST(test_srtp_id_map),
        TEST(test_ntp_time),
        TEST(test_null_kemac_tek),
        TEST(test_generic_id_map_of_sakke_messages),
        TEST(test_generic_id_map),
        TEST(test_every_payload),
        TEST(test_kinds),
        TEST(test_first_key_id_of_its_kind),
        TEST(test_short_header),
        TEST(test_short_header_keeps_fields),
        TEST(test_short_map_keeps_sessions),
        TEST(test_short_payload),
        TEST(test_inner_fault_goes_on),
        TEST(test_ext_3_overrun_keeps_entries),
        TEST(test_trailing),
        TEST(test_key_data_padding),
        TEST(test_payload_flood),
        TEST(test_payloads_up_to_the_bound),
        TEST(test_entry_flood_goes_on),
        TEST(test_key_data_flood_goes_on),
        TEST(test_fault_flood),
        TEST(test_most_sessions),
        TEST(test_every_version),
        TEST(test_every_data_type),
        TEST(test_every_next_payload),
        TEST(test_unknown_payload_keeps_those_before),
        TEST(test_every_map_type),
        TEST(test_every_mac_algorithm),
        TEST(test_every_hash),
        TEST(test_every_ts_type),
        TEST(test_every_encryption_algorithm),
        TEST(test_every_key_data_type_and_kv),
        TEST(test_key_data_chain),
        TEST(test_key_data_empty),
        TEST(test_key_data_keeps_those_before),
        TEST(test_every_truncation),
        TEST(test_every_bit_flip),
        TEST(test_correlation_ids),
        TEST(test_numbers),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
