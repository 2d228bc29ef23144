/* hosts.c
 * Whoever speaks of a wrong address must know all right ones. A host is incomplete from the first answer on
 * that could not be taken in whole; then an address that is not among the known ones says nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/hosts.h"

#include <string.h>

#include "tracking/dns-answers.h"

enum { MAX_HOSTS = 100000, MAX_TOLD = 100000, MAX_ADDRESSES = 64, MAX_ALIASES = 16, MAX_CHAIN = 32 };

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

/* An answer that is being read. */
typedef struct {
    hosts_t *hosts;
    uint32_t frame;
    uint32_t receiver_hash;
    const host_name_t *latest; /* that the receiver was told of */
} answer_t;

typedef struct {
    const host_name_t *host;
    uint32_t receiver_hash;
    uint32_t frame; /* the first time; no part of the key */
} told_t;

static unsigned told_hash(const void *told)
{
    const told_t *key = told;

    return g_direct_hash(key->host) * 31 + key->receiver_hash;
}

static int told_equal(const void *one, const void *other)
{
    const told_t *a = one, *b = other;

    return a->host == b->host && a->receiver_hash == b->receiver_hash;
}

void hosts_init(hosts_t *hosts, wmem_allocator_t *scope)
{
    hosts->scope = scope;
    hosts->by_name = wmem_map_new(scope, wmem_str_hash, g_str_equal);
    hosts->told = wmem_map_new(scope, told_hash, told_equal);
}

/* ---- hosts ------------------------------------------------------------------------------------------ */

static bool is_full(const hosts_t *hosts)
{
    return wmem_map_size(hosts->by_name) >= MAX_HOSTS;
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

static host_name_t *new_host(hosts_t *hosts, const char *key)
{
    host_name_t *host = wmem_new0(hosts->scope, host_name_t);

    host->name = wmem_strdup(hosts->scope, key);
    host->complete_until = is_full(hosts) ? 0 : UINT32_MAX; /* answers for it may have been dropped */
    wmem_map_insert(hosts->by_name, host->name, host);
    return host;
}

host_name_t *host_name_get(hosts_t *hosts, const char *name, size_t length)
{
    char key[DNS_NAME_SIZE + 1];
    host_name_t *host;

    fold_case(name, MIN(length, DNS_NAME_SIZE), key);
    host = wmem_map_lookup(hosts->by_name, key);
    return host ? host : new_host(hosts, key);
}

void host_set_answered(hosts_t *hosts, const host_name_t *host, uint32_t frame)
{
    host_name_t *own = wmem_map_lookup(hosts->by_name, host->name);

    if (own) {
        own->answered_in = frame;
    }
}

/* The host of a name in an answer; NULL where it is new and there are too many already. */
static host_name_t *answered_host(hosts_t *hosts, const dns_name_t *name)
{
    char key[DNS_NAME_SIZE + 1];
    host_name_t *host;

    fold_case(name->text, name->length, key);
    host = wmem_map_lookup(hosts->by_name, key);
    return host || is_full(hosts) ? host : new_host(hosts, key);
}

static bool same_family(uint32_t hash, uint32_t other_hash)
{
    return ((hash ^ other_hash) & 1) == 0;
}

/* ---- what the answers say ---------------------------------------------------------------------------- */

static void add_address(hosts_t *hosts, host_name_t *host, uint32_t hash, uint32_t frame)
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
    known = wmem_new(hosts->scope, host_address_t);
    *known = (host_address_t){ hash, frame, host->addresses };
    host->addresses = known;
    host->n_addresses++;
}

static void add_alias(hosts_t *hosts, host_name_t *host, host_name_t *target, uint32_t frame)
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
    known = wmem_new(hosts->scope, host_alias_t);
    *known = (host_alias_t){ target, frame, host->aliases };
    host->aliases = known;
    host->n_aliases++;
}

static void tell(answer_t *answer, const host_name_t *host)
{
    wmem_map_t *told = answer->hosts->told;
    told_t key = { host, answer->receiver_hash, answer->frame };

    if (host != answer->latest && wmem_map_size(told) < MAX_TOLD && !wmem_map_contains(told, &key)) {
        void *copy = wmem_memdup(answer->hosts->scope, &key, sizeof key);

        wmem_map_insert(told, copy, copy);
    }
    answer->latest = host;
}

bool hosts_told(const hosts_t *hosts, const host_name_t *host, uint32_t receiver_hash, uint32_t frame)
{
    const told_t *told = wmem_map_lookup(hosts->told, &(told_t){ host, receiver_hash, 0 });

    return told && told->frame < frame;
}

static void remember(const dns_item_t *item, void *user)
{
    answer_t *answer = user;
    host_name_t *host = item->kind == DNS_QUESTION ? NULL : answered_host(answer->hosts, item->name);

    if (host) {
        tell(answer, host);
    }

    if (host && item->kind == DNS_ADDRESS) {
        net_address_t address = net_address_of(item->address, item->address_size);

        add_address(answer->hosts, host, net_address_hash(&address), answer->frame);
    } else if (host) {
        add_alias(answer->hosts, host, answered_host(answer->hosts, item->target), answer->frame);
    }
}

static void remember_incomplete(const dns_item_t *item, void *user)
{
    const answer_t *answer = user;
    host_name_t *host = answered_host(answer->hosts, item->name);
    host_name_t *target = item->kind == DNS_ALIAS ? answered_host(answer->hosts, item->target) : NULL;

    if (host) {
        set_incomplete(host, answer->frame);
    }
    if (target) {
        set_incomplete(target, answer->frame);
    }
}

void hosts_read(hosts_t *hosts, const uint8_t *bytes, uint32_t length, uint32_t frame, uint32_t receiver_hash)
{
    answer_t answer = { hosts, frame, receiver_hash, NULL };

    if (!dns_answers_read(bytes, length, remember, &answer)) {
        dns_answers_read(bytes, length, remember_incomplete, &answer);
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
