/* moment.h
 * When and between whom a frame passed by: all that tracking wants to know of a packet.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#define MOMENT_SECOND 1000000000 /* nanoseconds */

/* An address as bytes: 4 of IPv4, 16 of IPv6, of others the first 16. */
typedef struct {
    uint8_t length; /* 0: there is none */
    uint8_t bytes[16];
} net_address_t;

/* Where a message stands in the bytes that TCP carries; numbers are sequence numbers. */
typedef struct {
    bool known;
    bool received;        /* the other end had it all by a frame that stands before in the file */
    uint32_t begin;       /* of the bytes that it came with */
    uint32_t end;         /* behind them */
    uint32_t acked;       /* of the other direction: what its sender had received */
    uint32_t first_frame; /* that has bytes of it */
} stream_place_t;

typedef struct {
    uint32_t frame;
    int64_t time; /* nanoseconds since 1970, by moment_time() */
    bool cut;     /* the capture kept only the beginning of the frame */
    net_address_t source;
    net_address_t destination;
    uint16_t source_port, destination_port;
    stream_place_t place; /* of an HTTP/1 message */
} moment_t;

/* Times beyond 146 years from 1970 on either side are brought back to that, so that no difference of two
 * overflows. */
int64_t moment_time(int64_t seconds, int64_t nanoseconds);

/* Seconds with three decimals, halves up, "0.034", whatever the locale; |text| has room for it. */
#define SECONDS_TEXT_SIZE 32
const char *seconds_text(char text[SECONDS_TEXT_SIZE], double seconds);

net_address_t net_address_of(const void *bytes, size_t length);

/* A hash that is never 0 for an address that has bytes, and 0 for one that has none. The lowest bit tells
 * IPv6 from all else. */
uint32_t net_address_hash(const net_address_t *address);

/* The address as people write it, in |pool|; "" for none. */
char *net_address_text(wmem_allocator_t *pool, const net_address_t *address);

/* Whether the address is one of a group: IPv4 224.0.0.0/4, IPv6 ff00::/8. */
bool net_address_is_multicast(const net_address_t *address);

/* For maps that have a net_address_t as their key. */
unsigned net_address_key_hash(const void *address);
int net_address_key_equal(const void *one, const void *other);

#endif
