/* sip-hash.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/sip-hash.h"

#include <string.h>

#include <glib.h>
#include <wsutil/wmem/wmem.h>

typedef struct {
    uint64_t v0, v1, v2, v3;
} state_t;

static uint64_t rotated(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void mix(state_t *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotated(s->v1, 13) ^ s->v0;
    s->v3 = rotated(s->v3, 16) ^ s->v2;
    s->v0 = rotated(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v1 = rotated(s->v1, 17) ^ s->v2;
    s->v3 = rotated(s->v3, 21) ^ s->v0;
    s->v2 = rotated(s->v2, 32);
}

static void add(state_t *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s);
    mix(s);
    s->v0 ^= word;
}

/* Up to eight bytes, the first one lowest. */
static uint64_t word_of(const uint8_t *bytes, size_t length)
{
    uint64_t word = 0;

    memcpy(&word, bytes, length);
    return GUINT64_FROM_LE(word);
}

uint64_t sip_hash_with(uint64_t key_0, uint64_t key_1, const void *bytes, size_t length)
{
    state_t s = { key_0 ^ 0x736f6d6570736575u, key_1 ^ 0x646f72616e646f6du, key_0 ^ 0x6c7967656e657261u,
                  key_1 ^ 0x7465646279746573u };
    const uint8_t *at = bytes;
    size_t left = length;

    for (; left >= sizeof(uint64_t); at += sizeof(uint64_t), left -= sizeof(uint64_t)) {
        add(&s, word_of(at, sizeof(uint64_t)));
    }
    add(&s, (left > 0 ? word_of(at, left) : 0) | (uint64_t)length << 56);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
        mix(&s);
    }
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* wmem has a secret of its own, of which these are made. */
uint64_t sip_hash(uint64_t before, const void *bytes, size_t length)
{
    static const uint8_t one[] = { 1 }, two[] = { 2 };
    uint64_t key = (uint64_t)wmem_strong_hash(one, sizeof one) << 32 | wmem_strong_hash(two, sizeof two);

    return sip_hash_with(key ^ before, key, bytes, length);
}
