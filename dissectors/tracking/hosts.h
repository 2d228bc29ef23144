/* hosts.h
 * Host names and the addresses that DNS answers in the capture gave for them (RFC 1035; A, AAAA, CNAME over
 * UDP port 53; DNS over TCP is not read).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HOSTS_H
#define HOSTS_H

#include "packet/compat.h"

typedef struct host_name {
    const char *name; /* lower case, without a dot at the end */
    struct host_address *addresses;
    struct host_alias *aliases; /* CNAME: all that were said */
    uint32_t n_addresses;
    uint32_t n_aliases;
    uint32_t complete_until; /* the frame from which on it may have others; UINT32_MAX: none */
} host_name_t;

typedef enum {
    HOST_UNKNOWN, /* the answers do not tell all addresses of this family that the host may have */
    HOST_OTHER,   /* the host has addresses of this family, but not this one */
    HOST_MATCHES,
} host_match_t;

/* Once, at registration. */
void host_names_register(void);

/* At hand-off: puts a reader of answers before the DNS dissector on UDP port 53. */
void host_names_handoff(void);

/* The record of a host name (any case), made when new. */
host_name_t *host_name_get(const char *name, size_t length);

/* A hash of an address and its family, never 0 for an address that has bytes. */
uint32_t host_address_hash(const address *address);

/* Whether |host| has the address of that hash by all the answers in frames before |frame|, of any age.
 * Bounded by 32 hosts along the chains of aliases. */
host_match_t host_name_has(const host_name_t *host, uint32_t address_hash, uint32_t frame);

/* Reads a DNS message: remembers the answers of a response in |frame|. Bounded by |length| and 128 records;
 * 100 000 hosts of a file are remembered, of each 64 addresses and 16 aliases. */
void host_names_read(const uint8_t *bytes, uint32_t length, uint32_t frame);

#endif
