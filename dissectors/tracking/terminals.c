/* terminals.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/terminals.h"

#include <string.h>

typedef struct terminal_address {
    net_address_t address;
    terminal_t *anonymous;        /* the one known by this address alone */
    terminal_t *latest;           /* of those with a B-TID */
    uint32_t n_terminals;         /* with a B-TID whose latest request came from here */
    const terminal_t *registered; /* the latest that registered from here */
    bool several_registered;
} terminal_address_t;

/* What is in force between a terminal and a BSM. */
enum { MAX_BSMS = 16 };

typedef struct terminal_delivery {
    const delivery_state_t *state;
    struct terminal_delivery *next;
} terminal_delivery_t;

/* Services that are registered for a terminal, in no order. Hostile lists end at MAX_SERVICES. */
enum { MAX_SERVICES = 256 };

typedef struct terminal_services {
    uint32_t count;
    uint32_t size;
    const char *names[];
} terminal_services_t;

void terminals_init(terminals_t *terminals, wmem_allocator_t *scope)
{
    *terminals = (terminals_t){
        .scope = scope,
        .by_btid = wmem_map_new(scope, wmem_str_hash, g_str_equal),
        .by_address = wmem_map_new(scope, net_address_key_hash, net_address_key_equal),
        .service_names = wmem_map_new(scope, wmem_str_hash, g_str_equal),
    };
}

static terminal_t *find_or_create_btid(terminals_t *terminals, const char *btid)
{
    terminal_t *terminal = wmem_map_lookup(terminals->by_btid, btid);

    if (!terminal) {
        terminal = wmem_new0(terminals->scope, terminal_t);
        terminal->name = wmem_strdup(terminals->scope, btid);
        terminal->has_btid = true;
        wmem_map_insert(terminals->by_btid, terminal->name, terminal);
    }
    return terminal;
}

/* Never under a name: a B-TID may look like an address. */
static terminal_t *find_or_create_anonymous(terminals_t *terminals, terminal_address_t *place)
{
    if (!place->anonymous) {
        place->anonymous = wmem_new0(terminals->scope, terminal_t);
        place->anonymous->name = net_address_text(terminals->scope, &place->address);
        place->anonymous->address = place;
    }
    return place->anonymous;
}

static terminal_address_t *find_or_create_address(terminals_t *terminals, const net_address_t *address)
{
    terminal_address_t *place = wmem_map_lookup(terminals->by_address, address);

    if (!place) {
        place = wmem_new0(terminals->scope, terminal_address_t);
        place->address = *address;
        wmem_map_insert(terminals->by_address, &place->address, place);
    }
    return place;
}

static void move_terminal(terminal_t *terminal, terminal_address_t *place)
{
    if (terminal->address != place) {
        if (terminal->address) {
            terminal->address->n_terminals--;
        }
        place->n_terminals++;
        terminal->address = place;
    }
    place->latest = terminal;
}

terminal_t *terminal_of_request(terminals_t *terminals, const char *btid, const net_address_t *address)
{
    terminal_address_t *place = find_or_create_address(terminals, address);
    terminal_t *terminal;

    if (!btid) {
        return find_or_create_anonymous(terminals, place);
    }
    terminal = find_or_create_btid(terminals, btid);
    move_terminal(terminal, place);
    return terminal;
}

/* A zero byte in an identity is one of its bytes: no B-TID has one. */
static terminal_t *terminal_of_identity(const terminals_t *terminals, const uint8_t *idr, uint32_t idr_length)
{
    char *btid = g_strndup((const char *)idr, idr_length);
    terminal_t *terminal = strlen(btid) == idr_length ? wmem_map_lookup(terminals->by_btid, btid) : NULL;

    g_free(btid);
    return terminal;
}

terminal_t *terminal_of_address(const terminals_t *terminals, const net_address_t *address,
                                const uint8_t *idr, uint32_t idr_length)
{
    const terminal_address_t *place = wmem_map_lookup(terminals->by_address, address);
    terminal_t *terminal = NULL;

    if (!place) {
        return NULL;
    }
    if (place->n_terminals == 0) {
        return place->anonymous;
    }
    if (place->n_terminals == 1 && place->latest->address == place) {
        return place->latest;
    }
    if (idr_length > 0) {
        terminal = terminal_of_identity(terminals, idr, idr_length);
    }
    return terminal && terminal->address == place ? terminal : NULL;
}

const terminal_t *terminal_of_idr(const terminals_t *terminals, const uint8_t *idr, uint32_t idr_length)
{
    return idr_length > 0 ? terminal_of_identity(terminals, idr, idr_length) : NULL;
}

bool terminals_any(const terminals_t *terminals)
{
    return wmem_map_size(terminals->by_address) > 0;
}

/* ---- registration ----------------------------------------------------------------------------------- */

static void put_in_force(terminals_t *terminals, terminal_t *terminal, const delivery_state_t *state)
{
    terminal_delivery_t **place = &terminal->deliveries;
    uint32_t n = 0;

    for (; *place && (*place)->state->bsm != state->bsm; place = &(*place)->next) {
        n++;
    }
    if (n == MAX_BSMS) {
        terminal->at_too_many = true;
        return;
    }
    if (!*place) {
        *place = wmem_new0(terminals->scope, terminal_delivery_t);
    }
    (*place)->state = state;
}

void terminal_register(terminals_t *terminals, terminal_t *terminal, const delivery_state_t *state)
{
    terminal_address_t *place = terminal->address;

    terminals->any_registered = true;
    put_in_force(terminals, terminal, state);
    if (place) {
        place->several_registered =
            place->several_registered || (place->registered && place->registered != terminal);
        place->registered = terminal;
    }
}

static const delivery_state_t *find_state(const terminal_t *terminal, const struct host_name *bsm)
{
    const terminal_delivery_t *first = terminal->deliveries, *delivery = first;

    if (terminal->at_too_many) {
        return NULL;
    }
    while (delivery && delivery->state->bsm != bsm) {
        delivery = delivery->next;
    }
    if (bsm && delivery) {
        return delivery->state;
    }
    return !first->next && (!bsm || !first->state->bsm) ? first->state : NULL;
}

const delivery_state_t *terminal_delivery(const terminal_t *terminal, const struct host_name *bsm)
{
    const terminal_address_t *place = terminal->address;

    if (!terminal->deliveries && place && place->registered && !place->several_registered) {
        terminal = place->registered;
    }
    return terminal->deliveries ? find_state(terminal, bsm) : NULL;
}

bool terminal_is_unregistered(const terminal_t *terminal, const delivery_state_t *state)
{
    const terminal_address_t *place = terminal->address;

    if (state) {
        return state->refused && !state->had_services;
    }
    return terminal->asked_to_register && !terminal->deliveries && !(place && place->registered);
}

/* ---- services --------------------------------------------------------------------------------------- */

/* NULL: there is no room for it. */
static const char *service_name(terminals_t *terminals, const char *service)
{
    const char *name = wmem_map_lookup(terminals->service_names, service);

    if (!name && (!terminals->budget || budget_take(terminals->budget, 64 + strlen(service)))) {
        name = wmem_strdup(terminals->scope, service);
        wmem_map_insert(terminals->service_names, name, (void *)name);
    }
    return name;
}

static uint32_t find_service(const terminal_services_t *services, const char *name)
{
    uint32_t i = 0;

    while (services && i < services->count && services->names[i] != name) {
        i++;
    }
    return i;
}

void terminal_add_service(terminals_t *terminals, terminal_t *terminal, const char *service)
{
    terminal_services_t *services = terminal->services;
    uint32_t count = services ? services->count : 0;
    const char *name;

    if (count >= MAX_SERVICES) {
        return;
    }
    name = service_name(terminals, service);
    if (!name) {
        terminal->has_others = true;
        return;
    }
    if (services && find_service(services, name) < count) {
        return;
    }
    if (!services || count == services->size) {
        uint32_t size = count ? 2 * count : 2;

        services =
            wmem_realloc(terminals->scope, services, sizeof *services + size * sizeof services->names[0]);
        services->count = count;
        services->size = size;
        terminal->services = services;
    }
    services->names[services->count++] = name;
}

void terminal_remove_service(const terminals_t *terminals, terminal_t *terminal, const char *service)
{
    terminal_services_t *services = terminal->services;
    uint32_t i = find_service(services, wmem_map_lookup(terminals->service_names, service));

    if (services && i < services->count) {
        services->names[i] = services->names[--services->count];
    }
}

bool terminal_has_services(const terminal_t *terminal)
{
    return (terminal->services && terminal->services->count > 0) || terminal->has_others;
}
