/* hosts.c
 * Wireshark's own name tables lose CNAMEs and depend on preferences; a post-dissector that asks for DNS
 * fields would make Wireshark build a tree for every packet. So a handle without protocol stands on UDP port
 * 53, reads the answers, and calls the dissector that had it.
 *
 * Whoever speaks of a wrong address must know all right ones. A host is incomplete from the first answer on
 * that could not be taken in whole; then an address that is not among the known ones says nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/hosts.h"

#include <string.h>

#include <epan/wmem_scopes.h>

#include "tracking/dns-answers.h"

enum { DNS_PORT = 53 };
enum { MAX_HOSTS = 100000, MAX_ADDRESSES = 64, MAX_ALIASES = 16, MAX_CHAIN = 32 };

typedef struct host_address {
    uint32_t hash;
    uint32_t frame;
    struct host_address *next;
} host_address_t;

typedef struct host_alias {
    host_name_t *target;
    uint32_t frame;
    struct host_alias *next;
} host_alias_t;

static wmem_map_t *hosts; /* name -> host_name_t */
static dissector_handle_t previous_handle;

void host_names_register(void)
{
    hosts = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
}

/* ---- hosts ------------------------------------------------------------------------------------------ */

static bool is_full(void)
{
    return wmem_map_size(hosts) >= MAX_HOSTS;
}

/* From |frame| on other answers may stand than those remembered here. */
static void set_incomplete(host_name_t *host, uint32_t frame)
{
    host->complete_until = MIN(host->complete_until, frame);
}

static void fold_case(const char *name, size_t length, char key[DNS_NAME_SIZE + 1])
{
    for (size_t i = 0; i < length; i++) {
        key[i] = g_ascii_tolower(name[i]);
    }
    key[length] = '\0';
}

static host_name_t *new_host(const char *key)
{
    host_name_t *host = wmem_new0(wmem_file_scope(), host_name_t);

    host->name = wmem_strdup(wmem_file_scope(), key);
    host->complete_until = is_full() ? 0 : UINT32_MAX; /* answers for it may have been dropped */
    wmem_map_insert(hosts, host->name, host);
    return host;
}

host_name_t *host_name_get(const char *name, size_t length)
{
    char key[DNS_NAME_SIZE + 1];
    host_name_t *host;

    fold_case(name, MIN(length, DNS_NAME_SIZE), key);
    host = wmem_map_lookup(hosts, key);
    return host ? host : new_host(key);
}

/* The host of a name in an answer; NULL where it is new and there are too many already. */
static host_name_t *answered_host(const dns_name_t *name)
{
    char key[DNS_NAME_SIZE + 1];
    host_name_t *host;

    fold_case(name->text, name->length, key);
    host = wmem_map_lookup(hosts, key);
    return host || is_full() ? host : new_host(key);
}

/* The lowest bit tells IPv6 from all else. */
static uint32_t hash_address(const uint8_t *bytes, uint32_t length)
{
    uint32_t hash = length ? wmem_strong_hash(bytes, length) << 1 | (length == 16) : 0;

    return length && hash == 0 ? 2 : hash;
}

static bool same_family(uint32_t hash, uint32_t other_hash)
{
    return ((hash ^ other_hash) & 1) == 0;
}

uint32_t host_address_hash(const address *address)
{
    return hash_address(address->data, (uint32_t)address->len);
}

/* ---- what the answers say ---------------------------------------------------------------------------- */

static void add_address(host_name_t *host, uint32_t hash, uint32_t frame)
{
    host_address_t *known = host->addresses;

    while (known && known->hash != hash) {
        known = known->next;
    }
    if (known) {
        return;
    }
    if (host->n_addresses == MAX_ADDRESSES) {
        set_incomplete(host, frame);
        return;
    }
    known = wmem_new(wmem_file_scope(), host_address_t);
    *known = (host_address_t){ hash, frame, host->addresses };
    host->addresses = known;
    host->n_addresses++;
}

static void add_alias(host_name_t *host, host_name_t *target, uint32_t frame)
{
    host_alias_t *known = host->aliases;

    while (known && known->target != target) {
        known = known->next;
    }
    if (known) {
        return;
    }
    if (!target || host->n_aliases == MAX_ALIASES) {
        set_incomplete(host, frame);
        return;
    }
    known = wmem_new(wmem_file_scope(), host_alias_t);
    *known = (host_alias_t){ target, frame, host->aliases };
    host->aliases = known;
    host->n_aliases++;
}

static void remember(const dns_item_t *item, void *user)
{
    uint32_t frame = *(const uint32_t *)user;
    host_name_t *host = item->kind == DNS_QUESTION ? NULL : answered_host(item->name);

    if (host && item->kind == DNS_ADDRESS) {
        add_address(host, hash_address(item->address, item->address_size), frame);
    } else if (host) {
        add_alias(host, answered_host(item->target), frame);
    }
}

static void remember_incomplete(const dns_item_t *item, void *user)
{
    uint32_t frame = *(const uint32_t *)user;
    host_name_t *host = answered_host(item->name);
    host_name_t *target = item->kind == DNS_ALIAS ? answered_host(item->target) : NULL;

    if (host) {
        set_incomplete(host, frame);
    }
    if (target) {
        set_incomplete(target, frame);
    }
}

void host_names_read(const uint8_t *bytes, uint32_t length, uint32_t frame)
{
    if (!dns_answers_read(bytes, length, remember, &frame)) {
        dns_answers_read(bytes, length, remember_incomplete, &frame);
    }
}

/* ---- asking ----------------------------------------------------------------------------------------- */

/* A walk along all aliases that a host ever had. */
typedef struct {
    uint32_t hash;
    uint32_t frame;
    bool complete;    /* there is no other address by the answers in the capture */
    bool same_family; /* an address of that family was met */
    uint32_t n_hosts;
    const host_name_t *hosts[MAX_CHAIN];
} search_t;

static void follow(search_t *search, const host_name_t *host)
{
    for (uint32_t i = 0; i < search->n_hosts; i++) {
        if (search->hosts[i] == host) {
            return;
        }
    }
    if (search->n_hosts == MAX_CHAIN) {
        search->complete = false;
    } else {
        search->hosts[search->n_hosts++] = host;
    }
}

static bool has_address(search_t *search, const host_name_t *host)
{
    bool any = false;

    for (const host_address_t *known = host->addresses; known; known = known->next) {
        if (known->frame < search->frame && known->hash == search->hash) {
            return true;
        }
        any = any || (known->frame < search->frame && same_family(known->hash, search->hash));
    }
    search->same_family = search->same_family || any;
    for (const host_alias_t *alias = host->aliases; alias; alias = alias->next) {
        if (alias->frame < search->frame) {
            follow(search, alias->target);
            any = true;
        }
    }
    /* A chain whose end was resolved before the capture began may end anywhere. */
    search->complete = search->complete && any && host->complete_until >= search->frame;
    return false;
}

host_match_t host_name_has(const host_name_t *host, uint32_t address_hash, uint32_t frame)
{
    search_t search = { .hash = address_hash, .frame = frame, .complete = address_hash != 0 };

    follow(&search, host);
    for (uint32_t i = 0; i < search.n_hosts; i++) {
        if (has_address(&search, search.hosts[i])) {
            return HOST_MATCHES;
        }
    }
    return search.complete && search.same_family ? HOST_OTHER : HOST_UNKNOWN;
}

/* ---- in the way of DNS ------------------------------------------------------------------------------ */

static int dissect_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!PINFO_FD_VISITED(pinfo) && pinfo->srcport == DNS_PORT && !pinfo->flags.in_error_pkt) {
        uint32_t length = tvb_captured_length(tvb);

        host_names_read(tvb_get_ptr(tvb, 0, (int)length), length, pinfo->num);
    }
    return call_dissector_only(previous_handle, tvb, pinfo, tree, data);
}

void host_names_handoff(void)
{
    previous_handle = dissector_get_uint_handle(find_dissector_table("udp.port"), DNS_PORT);
    if (previous_handle) {
        dissector_add_uint("udp.port", DNS_PORT,
                           create_dissector_handle_with_name_and_description(dissect_dns, -1, NULL,
                                                                             "DNS, its answers remembered"));
    }
}
