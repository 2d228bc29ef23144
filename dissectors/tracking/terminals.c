/* terminals.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/terminals.h"

#include <string.h>

#include <epan/to_str.h>
#include <epan/wmem_scopes.h>

typedef struct terminal_address {
    terminal_t *anonymous;        /* the one known by this address alone */
    terminal_t *latest;           /* of those with a B-TID */
    uint32_t n_terminals;         /* with a B-TID whose latest request came from here */
    const terminal_t *registered; /* the latest that registered from here */
    bool several_registered;
} terminal_address_t;

/* Services that are registered for a terminal, in no order. Hostile lists end at MAX_SERVICES. */
enum { MAX_SERVICES = 256 };

typedef struct terminal_services {
    uint32_t count;
    uint32_t size;
    const char *names[];
} terminal_services_t;

static wmem_map_t *service_names; /* one copy of each */
static wmem_map_t *by_name;       /* terminal_t::name -> terminal_t */
static bool any_registered;
static wmem_map_t *by_address; /* address as text -> terminal_address_t */

static void forget_registrations(void)
{
    any_registered = false;
}

void terminals_register(void)
{
    by_name = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
    by_address = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
    service_names = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
    register_init_routine(forget_registrations);
}

static terminal_t *find_or_create_terminal(const char *name, bool has_btid)
{
    terminal_t *terminal = wmem_map_lookup(by_name, name);

    if (!terminal) {
        terminal = wmem_new0(wmem_file_scope(), terminal_t);
        terminal->name = wmem_strdup(wmem_file_scope(), name);
        terminal->has_btid = has_btid;
        wmem_map_insert(by_name, terminal->name, terminal);
    }
    return terminal;
}

static terminal_address_t *find_or_create_address(const char *text)
{
    terminal_address_t *place = wmem_map_lookup(by_address, text);

    if (!place) {
        place = wmem_new0(wmem_file_scope(), terminal_address_t);
        wmem_map_insert(by_address, wmem_strdup(wmem_file_scope(), text), place);
    }
    return place;
}

static void move_terminal(terminal_t *terminal, terminal_address_t *place)
{
    if (!terminal->has_btid) {
        terminal->address = place;
        place->anonymous = terminal;
        return;
    }
    if (terminal->address != place) {
        if (terminal->address) {
            terminal->address->n_terminals--;
        }
        place->n_terminals++;
        terminal->address = place;
    }
    place->latest = terminal;
}

terminal_t *terminal_of_request(const char *btid, const address *address)
{
    char *text = address_to_str(NULL, address);
    terminal_t *terminal = find_or_create_terminal(btid ? btid : text, btid != NULL);

    move_terminal(terminal, find_or_create_address(text));
    wmem_free(NULL, text);
    return terminal;
}

static terminal_t *terminal_of_identity(const uint8_t *idr, uint32_t idr_length)
{
    char *name = g_strndup((const char *)idr, idr_length);
    terminal_t *terminal = wmem_map_lookup(by_name, name);

    g_free(name);
    return terminal;
}

terminal_t *terminal_of_address(const address *address, const uint8_t *idr, uint32_t idr_length)
{
    char *text = address_to_str(NULL, address);
    const terminal_address_t *place = wmem_map_lookup(by_address, text);
    terminal_t *terminal = NULL;

    wmem_free(NULL, text);
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
        terminal = terminal_of_identity(idr, idr_length);
    }
    return terminal && terminal->address == place ? terminal : NULL;
}

bool terminals_any(void)
{
    return wmem_map_size(by_name) > 0;
}

/* ---- registration ----------------------------------------------------------------------------------- */

void terminal_register(terminal_t *terminal, const delivery_state_t *state)
{
    terminal_address_t *place = terminal->address;

    any_registered = true;
    terminal->delivery = state;
    if (place) {
        place->several_registered =
            place->several_registered || (place->registered && place->registered != terminal);
        place->registered = terminal;
    }
}

const delivery_state_t *terminal_delivery(const terminal_t *terminal)
{
    const terminal_address_t *place = terminal->address;

    if (terminal->delivery || !place || !place->registered || place->several_registered) {
        return terminal->delivery;
    }
    return place->registered->delivery;
}

bool terminals_registered(void)
{
    return any_registered;
}

/* ---- services --------------------------------------------------------------------------------------- */

static const char *service_name(const char *service)
{
    const char *name = wmem_map_lookup(service_names, service);

    if (!name) {
        name = wmem_strdup(wmem_file_scope(), service);
        wmem_map_insert(service_names, name, (void *)name);
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

void terminal_add_service(terminal_t *terminal, const char *service)
{
    terminal_services_t *services = terminal->services;
    const char *name = service_name(service);
    uint32_t count = services ? services->count : 0;

    if (count >= MAX_SERVICES || (services && find_service(services, name) < count)) {
        return;
    }
    if (!services || count == services->size) {
        uint32_t size = count ? 2 * count : 2;

        services =
            wmem_realloc(wmem_file_scope(), services, sizeof *services + size * sizeof services->names[0]);
        services->count = count;
        services->size = size;
        terminal->services = services;
    }
    services->names[services->count++] = name;
}

void terminal_remove_service(terminal_t *terminal, const char *service)
{
    terminal_services_t *services = terminal->services;
    uint32_t i = find_service(services, service_name(service));

    if (services && i < services->count) {
        services->names[i] = services->names[--services->count];
    }
}

bool terminal_has_services(const terminal_t *terminal)
{
    return terminal->services && terminal->services->count > 0;
}
