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
} made_t;

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

/* Neither encrypted nor authenticated. */
static void make_kemac(made_bytes_t *out, const made_t *made)
{
    static const uint8_t key[] = { 0, 0x20, 0, 4, 'k', 'e', 'y', '!' };

    make_bytes(out, "\0\0\0", 3);
    make_byte(out, made->no_key ? 0 : sizeof key);
    make_bytes(out, key, made->no_key ? 0 : sizeof key);
    make_byte(out, 0);
}

static void make_key_ids(made_bytes_t *out, const made_t *made, unsigned next)
{
    static const uint8_t ids[] = { 0, 3, 0xb8, 0x70, 0x9d, 1, 4, 0x68, 0xc9, 0, 1 };

    make_byte(out, next);
    make_byte(out, MIKEY_EXT_KEY_ID);
    make_byte(out, 0);
    make_byte(out, sizeof ids + (made->kind == MADE_STKM ? 4 : 0));
    make_bytes(out, ids, sizeof ids);
    if (made->kind == MADE_STKM) {
        make_bytes(out, "\2\2\0\1", 4);
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
