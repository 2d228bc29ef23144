/* host-names.h
 * Host names and the addresses that DNS answers in the capture gave for them (RFC 1035; A, AAAA, CNAME over
 * UDP port 53; DNS over TCP is not read).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HOST_NAMES_H
#define HOST_NAMES_H

#include "plugin/compat.h"

typedef struct host_name {
    const char *name;           /* lower case, without a dot at the end */
    struct host_name *alias_of; /* CNAME */
    uint32_t alias_frame;       /* the answer that said so */
    struct host_address *addresses;
    uint32_t n_addresses;
} host_name_t;

typedef enum {
    HOST_UNKNOWN, /* no answer says anything of the host */
    HOST_OTHER,   /* the host has addresses, but not this one */
    HOST_MATCHES,
} host_match_t;

/* Once, at registration. */
void host_names_register(void);

/* At hand-off: puts a reader of answers before the DNS dissector on UDP port 53. */
void host_names_handoff(void);

/* The record of a host name (any case), made when new. */
host_name_t *host_name_get(const char *name, size_t length);

/* A hash of bytes, 0 only where there are none. */
uint32_t host_bytes_hash(const uint8_t *bytes, uint32_t length);

/* A hash of an address, never 0 for one that has bytes. */
uint32_t host_address_hash(const address *address);

/* Whether |host| has the address of that hash by the answers in frames before |frame|. */
host_match_t host_name_has(const host_name_t *host, uint32_t address_hash, uint32_t frame);

/* Reads a DNS message: remembers the answers of a response in |frame|. Bounded by |length| and 128 records.
 */
void host_names_read(const uint8_t *bytes, uint32_t length, uint32_t frame);

#endif
