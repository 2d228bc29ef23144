/* moment.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/moment.h"

#include <string.h>

#include <wsutil/inet_addr.h>
#include <wsutil/to_str.h>

#define LATEST (INT64_MAX / 2)

int64_t moment_time(int64_t seconds, int64_t nanoseconds)
{
    seconds = CLAMP(seconds, -LATEST / MOMENT_SECOND + 1, LATEST / MOMENT_SECOND - 1);
    return seconds * MOMENT_SECOND + CLAMP(nanoseconds, 0, MOMENT_SECOND - 1);
}

const char *seconds_text(char text[SECONDS_TEXT_SIZE], double seconds)
{
    uint64_t thousandths = (uint64_t)(ABS(seconds) * 1000 + 0.5);
    char *at = text + SECONDS_TEXT_SIZE - 1;

    *at = '\0';
    at = uint_to_str_back_len(at, (uint32_t)(thousandths % 1000), 3);
    *--at = '.';
    at = uint64_to_str_back(at, thousandths / 1000);
    if (seconds < 0 && thousandths > 0) {
        *--at = '-';
    }
    return at;
}

net_address_t net_address_of(const void *bytes, size_t length)
{
    net_address_t address = { .length = (uint8_t)MIN(length, sizeof address.bytes) };

    if (address.length > 0) {
        memcpy(address.bytes, bytes, address.length);
    }
    return address;
}

uint32_t net_address_hash(const net_address_t *address)
{
    uint32_t hash = address->length ? wmem_strong_hash(address->bytes, address->length) : 0;

    hash = hash << 1 | (address->length == 16);
    return address->length && hash == 0 ? 2 : hash;
}

/* Neither IPv4 nor IPv6: "02:00:5e:…" */
static char *hex_text(wmem_allocator_t *pool, const net_address_t *address)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pool, "");

    for (uint32_t i = 0; i < address->length; i++) {
        wmem_strbuf_append_printf(text, "%s%02x", i ? ":" : "", address->bytes[i]);
    }
    return wmem_strbuf_finalize(text);
}

char *net_address_text(wmem_allocator_t *pool, const net_address_t *address)
{
    char text[WS_INET6_ADDRSTRLEN];

    switch (address->length) {
    case 4:
        return wmem_strdup(pool, ws_inet_ntop4(address->bytes, text, sizeof text));
    case 16:
        return wmem_strdup(pool, ws_inet_ntop6(address->bytes, text, sizeof text));
    default:
        return hex_text(pool, address);
    }
}

bool net_address_is_multicast(const net_address_t *address)
{
    return (address->length == 4 && address->bytes[0] >> 4 == 0xe) ||
           (address->length == 16 && address->bytes[0] == 0xff);
}

unsigned net_address_key_hash(const void *address)
{
    return net_address_hash(address);
}

int net_address_key_equal(const void *one, const void *other)
{
    const net_address_t *a = one, *b = other;

    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}
