/* hosts.h
 * Host names and the addresses that DNS answers in the capture gave for them (RFC 1035; A, AAAA, CNAME).
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HOSTS_H
#define HOSTS_H

#include "tracking/moment.h"

typedef struct host_name {
    const char *name; /* lower case, without a dot at the end */
    struct host_address *addresses;
    struct host_alias *aliases; /* CNAME: all that were said */
    uint32_t n_addresses;
    uint32_t n_aliases;
    uint32_t answered_in;    /* the latest frame with a verification message for an LTKM of this BSM */
    uint32_t complete_until; /* the frame from which on it may have others; UINT32_MAX: none */
} host_name_t;

typedef struct {
    wmem_allocator_t *scope;
    wmem_map_t *by_name; /* host_name_t::name -> host_name_t */
    wmem_map_t *told;    /* told_t: which addresses were answered about which host */
} hosts_t;

typedef enum {
    HOST_UNKNOWN, /* the answers do not tell all addresses of this family that the host may have */
    HOST_OTHER,   /* the host has addresses of this family, but not this one */
    HOST_MATCHES,
} host_match_t;

/* What is remembered lives in |scope|. */
void hosts_init(hosts_t *hosts, wmem_allocator_t *scope);

/* The record of a host name (any case), made when new. */
host_name_t *host_name_get(hosts_t *hosts, const char *name, size_t length);

/* A verification message for an LTKM of |host| was seen in |frame|. */
void host_set_answered(hosts_t *hosts, const host_name_t *host, uint32_t frame);

/* Whether |host| has the address of that net_address_hash() by all the answers in frames before |frame|, of
 * any age. Bounded by 32 hosts along the chains of aliases. */
host_match_t host_name_has(const host_name_t *host, uint32_t address_hash, uint32_t frame);

/* Reads a DNS message: remembers the answers of a response in |frame| to the one with that
 * net_address_hash(). Bounded by |length| and 128 records; 100 000 hosts of a file are remembered, of each 64
 * addresses and 16 aliases, and 100 000 times that one was told of a host. */
void hosts_read(hosts_t *hosts, const uint8_t *bytes, uint32_t length, uint32_t frame,
                uint32_t receiver_hash);

/* Whether an answer about |host| before |frame| went to the one with that net_address_hash(). What a host has
 * is often not the same for all that ask. */
bool hosts_told(const hosts_t *hosts, const host_name_t *host, uint32_t receiver_hash, uint32_t frame);

#endif
