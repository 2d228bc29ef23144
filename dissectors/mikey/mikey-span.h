/* mikey-span.h
 * Bytes and numbers as the crypto of MIKEY handles them; for its own files.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_SPAN_H
#define MIKEY_SPAN_H

#include <string.h>

#include "mikey/mikey-message.h"

#define T64_LENGTH 8

typedef struct {
    const uint8_t *bytes;
    size_t length;
} span_t;

static inline span_t span_of(const uint8_t *bytes, mikey_range_t range)
{
    return (span_t){ bytes + range.offset, range.length };
}

static inline void store_number(uint8_t *bytes, size_t length, uint64_t number)
{
    for (; length > 0; number >>= 8) {
        bytes[--length] = (uint8_t)number;
    }
}

static inline void xor_into(uint8_t *bytes, const uint8_t *other, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] ^= other[i];
    }
}

typedef struct {
    span_t value;
    uint8_t ts_type;
} timestamp_t;

static inline timestamp_t timestamp_of(const mikey_message_t *message)
{
    if (!message->t) {
        return (timestamp_t){ { NULL, 0 }, 0 };
    }
    return (timestamp_t){ span_of(message->bytes, message->t->t.value), message->t->t.ts_type };
}

/* T as 64 bits: a counter is a small number (RFC 3830 §6.6), NTP-UTC-32 seconds without the fraction
 * (RFC 6043 table 6.8). False where there is no T, or none of at most 64 bits. */
static inline bool timestamp_64(timestamp_t t, uint8_t t64[T64_LENGTH])
{
    size_t offset = t.ts_type == MIKEY_TS_COUNTER ? T64_LENGTH - t.value.length : 0;

    if (t.value.length == 0 || t.value.length > T64_LENGTH) {
        return false;
    }
    memset(t64, 0, T64_LENGTH);
    memcpy(t64 + offset, t.value.bytes, t.value.length);
    return true;
}

#endif
