/* mikey-maker.h
 * LTKMs and their verification messages, made of a few small values, so that many of them may be alike.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_MIKEY_MAKER_H
#define TESTS_MIKEY_MAKER_H

#include <string.h>

#include "mikey/mikey-message.h"

enum { MADE_LTKM, MADE_VERIFICATION, MADE_STKM };

typedef struct {
    uint8_t kind; /* MADE_… */
    bool unasked; /* no V flag */
    bool no_t;
    bool no_key;
    uint32_t csb_id;
    uint32_t t;
    const char *host; /* in IDi; NULL: no IDi and no IDr */
    const char *idr;  /* NULL: none */
    uint8_t bytes;    /* what else tells it from others */
    uint32_t msk_id;  /* 0: MADE_MSK_ID */
    bool zero_msk_id; /* it is 0 */
    bool no_key_ids;  /* no EXT 3 but EXT 5 */
    uint16_t mtk_id;  /* of an STKM */
    bool update;      /* of validity: key data without a key */
    uint8_t key_type; /* 0: TEK */
    bool no_interval;
    uint16_t low, high; /* both 0: 0 and 0xfffe */
} made_t;

#define MADE_MSK_ID 0x68c90001u

typedef struct {
    uint8_t bytes[512];
    uint32_t length;
} made_bytes_t;

static void make_byte(made_bytes_t *out, unsigned byte)
{
    out->bytes[out->length++] = (uint8_t)byte;
}

static void make_bytes(made_bytes_t *out, const void *bytes, size_t length)
{
    memcpy(out->bytes + out->length, bytes, length);
    out->length += (uint32_t)length;
}

static void make_number(made_bytes_t *out, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        make_byte(out, number >> shift & 0xff);
    }
}

static void make_filler(made_bytes_t *out, unsigned byte, unsigned n)
{
    while (n-- > 0) {
        make_byte(out, byte);
    }
}

static void make_header(made_bytes_t *out, const made_t *made, unsigned next)
{
    bool asks = made->kind == MADE_LTKM && !made->unasked;

    make_byte(out, MIKEY_VERSION);
    make_byte(out, made->kind == MADE_VERIFICATION ? MIKEY_TYPE_PSK_VERIFICATION : MIKEY_TYPE_PSK_INIT);
    make_byte(out, next);
    make_byte(out, asks ? 0x80 : 0);
    make_number(out, made->csb_id);
    make_byte(out, 0);
    make_byte(out, MIKEY_MAP_EMPTY);
}

static void make_t(made_bytes_t *out, const made_t *made, unsigned next)
{
    if (!made->no_t) {
        make_byte(out, next);
        make_byte(out, MIKEY_TS_COUNTER);
        make_number(out, made->t);
    }
}

static void make_id(made_bytes_t *out, const char *id, unsigned next)
{
    if (id) {
        make_byte(out, next);
        make_byte(out, 0);
        make_byte(out, 0);
        make_byte(out, (unsigned)strlen(id));
        make_bytes(out, id, strlen(id));
    }
}

static void make_rand(made_bytes_t *out, const made_t *made, unsigned next)
{
    make_byte(out, next);
    make_byte(out, 16);
    make_filler(out, made->bytes, 16);
}

static void make_short(made_bytes_t *out, uint16_t number)
{
    make_byte(out, number >> 8);
    make_byte(out, number & 0xff);
}

static void make_key_data(made_bytes_t *out, const made_t *made)
{
    unsigned type = made->key_type ? made->key_type : 2;

    make_byte(out, 0);
    make_byte(out, type << 4 | (made->no_interval ? 0 : MIKEY_KV_INTERVAL));
    make_short(out, made->update ? 0 : 4);
    make_bytes(out, "key!", made->update ? 0 : 4);
    if (!made->no_interval) {
        make_byte(out, 2);
        make_short(out, made->low);
        make_byte(out, 2);
        make_short(out, made->low || made->high ? made->high : 0xfffe);
    }
}

/* Neither encrypted nor authenticated. */
static void make_kemac(made_bytes_t *out, const made_t *made)
{
    unsigned key = 4 + (made->update ? 0 : 4) + (made->no_interval ? 0 : 6);

    make_bytes(out, "\0\0\0", 3);
    make_byte(out, made->no_key ? 0 : key);
    if (!made->no_key) {
        make_key_data(out, made);
    }
    make_byte(out, 0);
}

static void make_key_ids(made_bytes_t *out, const made_t *made, unsigned next)
{
    uint32_t msk_id = made->msk_id || made->zero_msk_id ? made->msk_id : MADE_MSK_ID;

    make_byte(out, next);
    if (made->no_key_ids) {
        make_bytes(out, "\5\0\1\1", 4);
        return;
    }
    make_byte(out, MIKEY_EXT_KEY_ID);
    make_byte(out, 0);
    make_byte(out, 11 + (made->kind == MADE_STKM ? 4 : 0));
    make_bytes(out, "\0\3\xb8\x70\x9d\1\4", 7);
    make_number(out, msk_id);
    if (made->kind == MADE_STKM) {
        make_bytes(out, "\2\2", 2);
        make_short(out, made->mtk_id);
    }
}

static void make_initiated(made_bytes_t *out, const made_t *made)
{
    unsigned behind_rand = made->host ? MIKEY_PAYLOAD_ID : MIKEY_PAYLOAD_KEMAC;

    make_header(out, made, MIKEY_PAYLOAD_EXT);
    make_key_ids(out, made, made->no_t ? MIKEY_PAYLOAD_RAND : MIKEY_PAYLOAD_T);
    make_t(out, made, MIKEY_PAYLOAD_RAND);
    make_rand(out, made, behind_rand);
    make_id(out, made->host, made->idr ? MIKEY_PAYLOAD_ID : MIKEY_PAYLOAD_KEMAC);
    make_id(out, made->host ? made->idr : NULL, MIKEY_PAYLOAD_KEMAC);
    make_kemac(out, made);
}

static void make_verification(made_bytes_t *out, const made_t *made)
{
    unsigned behind_t = made->idr ? MIKEY_PAYLOAD_ID : MIKEY_PAYLOAD_V;

    make_header(out, made, made->no_t ? behind_t : MIKEY_PAYLOAD_T);
    make_t(out, made, behind_t);
    make_id(out, made->idr, MIKEY_PAYLOAD_V);
    make_byte(out, 0);
    make_byte(out, 1);
    make_filler(out, made->bytes, 20);
}

static void make_message(made_bytes_t *out, const made_t *made)
{
    out->length = 0;
    if (made->kind == MADE_VERIFICATION) {
        make_verification(out, made);
    } else {
        make_initiated(out, made);
    }
}

/* A copy of its bytes, parsed, in |scope|. */
static inline const mikey_message_t *made_message(wmem_allocator_t *scope, const made_t *made)
{
    made_bytes_t bytes;

    make_message(&bytes, made);
    return mikey_message_parse(scope, wmem_memdup(scope, bytes.bytes, bytes.length), bytes.length);
}

#endif
