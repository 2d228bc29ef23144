/* registrations.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/registrations.h"

#include <string.h>

/* BSMs and services that are remembered of a terminal: hostile lists end there. */
enum { MAX_BSMS = 16, MAX_SERVICES = 256 };

/* Services, in no order. */
typedef struct {
    uint32_t count;
    uint32_t size;
    const char *names[];
} services_t;

/* What there is between a terminal and a BSM. */
typedef struct registration {
    const struct host_name *bsm;   /* NULL: not known */
    const delivery_state_t *state; /* NULL: no registration was answered */
    services_t *services;          /* registered; NULL: none */
    bool taken_over;               /* from the B-TID before, and nothing was registered since */
    struct registration *next;
} registration_t;

/* That at |bsm|; NULL: there is none. */
static registration_t *find_at(const terminal_t *terminal, const struct host_name *bsm)
{
    registration_t *registration = terminal->registrations;

    while (registration && registration->bsm != bsm) {
        registration = registration->next;
    }
    return registration;
}

/* The same, made when new; NULL where there are too many. */
static registration_t *find_or_create(terminals_t *terminals, terminal_t *terminal,
                                      const struct host_name *bsm)
{
    registration_t **place = &terminal->registrations;
    uint32_t n = 0;

    for (; *place && (*place)->bsm != bsm; place = &(*place)->next) {
        n++;
    }
    if (!*place && n == MAX_BSMS) {
        terminal->at_too_many = true;
        return NULL;
    }
    if (!*place) {
        *place = store_new0(&terminals->store, registration_t);
        (*place)->bsm = bsm;
    }
    return *place;
}

/* ---- delivery --------------------------------------------------------------------------------------- */

void terminal_register(terminals_t *terminals, terminal_t *terminal, const delivery_state_t *state)
{
    registration_t *registration = find_or_create(terminals, terminal, state->bsm);
    terminal_address_t *place = terminal->address;

    terminals->any_registered = true;
    if (registration) {
        registration->state = state;
        registration->taken_over = false;
    }
    if (place) {
        place->several_registered =
            place->several_registered || (place->registered && place->registered != terminal);
        place->registered = terminal;
    }
}

void terminal_forget_deliveries(terminal_t *terminal, const delivery_state_t *state)
{
    for (registration_t *one = terminal->registrations; one; one = one->next) {
        one->state = one->state ? state : NULL;
    }
}

static bool is_registered(const terminal_t *terminal)
{
    const registration_t *registration = terminal->registrations;

    while (registration && !registration->state) {
        registration = registration->next;
    }
    return registration != NULL;
}

/* The only state that there is; NULL among several. */
static const delivery_state_t *only_state(const terminal_t *terminal)
{
    const delivery_state_t *only = NULL;

    for (const registration_t *one = terminal->registrations; one; one = one->next) {
        if (one->state && only) {
            return NULL;
        }
        only = one->state ? one->state : only;
    }
    return only;
}

static const delivery_state_t *find_state(const terminal_t *terminal, const struct host_name *bsm)
{
    const registration_t *registration = bsm ? find_at(terminal, bsm) : NULL;
    const delivery_state_t *only;

    if (terminal->at_too_many) {
        return NULL;
    }
    if (registration && registration->state) {
        return registration->state;
    }
    only = only_state(terminal);
    return only && (!bsm || !only->bsm) ? only : NULL;
}

const delivery_state_t *terminal_delivery(const terminal_t *terminal, const struct host_name *bsm)
{
    const terminal_address_t *place = terminal->has_asked ? terminal->address : NULL;

    if (!is_registered(terminal) && place && place->registered && !place->several_registered) {
        terminal = place->registered;
    }
    return find_state(terminal, bsm);
}

const delivery_state_t *terminal_latest_delivery(const terminal_t *terminal)
{
    const delivery_state_t *latest = NULL;

    for (const registration_t *one = terminal->registrations; one; one = one->next) {
        if (one->state && (!latest || one->state->frame > latest->frame)) {
            latest = one->state;
        }
    }
    return latest;
}

bool terminal_is_unregistered(const terminal_t *terminal, const delivery_state_t *state)
{
    const terminal_address_t *place = terminal->address;

    if (state) {
        return state->refused && !state->had_services;
    }
    return terminal->asked_to_register && !is_registered(terminal) && !(place && place->registered);
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

static uint32_t find_service(const services_t *services, const char *name)
{
    uint32_t i = 0;

    while (services && i < services->count && services->names[i] != name) {
        i++;
    }
    return i;
}

static bool has_service(const registration_t *registration, const char *name)
{
    const services_t *services = registration->services;

    return services && find_service(services, name) < services->count;
}

static size_t size_of(uint32_t n)
{
    return sizeof(services_t) + n * sizeof(const char *);
}

static void add_name(terminals_t *terminals, registration_t *registration, const char *name)
{
    services_t *services = registration->services;
    uint32_t count = services ? services->count : 0;

    if (!services || count == services->size) {
        uint32_t size = count ? 2 * count : 2;

        services = wmem_realloc(terminals->scope, services, size_of(size));
        services->count = count;
        services->size = size;
        registration->services = services;
    }
    services->names[services->count++] = name;
}

void terminal_add_service(terminals_t *terminals, terminal_t *terminal, const struct host_name *bsm,
                          const char *service)
{
    registration_t *registration = find_or_create(terminals, terminal, bsm);
    const char *name;

    if (!registration || (registration->services && registration->services->count >= MAX_SERVICES)) {
        return;
    }
    name = service_name(terminals, service);
    if (!name) {
        terminal->has_others = true;
    } else if (!has_service(registration, name)) {
        add_name(terminals, registration, name);
    }
}

void terminal_remove_service(const terminals_t *terminals, terminal_t *terminal, const struct host_name *bsm,
                             const char *service)
{
    registration_t *registration = find_at(terminal, bsm);
    services_t *services = registration ? registration->services : NULL;
    uint32_t i = find_service(services, wmem_map_lookup(terminals->service_names, service));

    if (services && i < services->count) {
        services->names[i] = services->names[--services->count];
    }
}

bool terminal_has_services(const terminal_t *terminal, const struct host_name *bsm)
{
    for (const registration_t *one = terminal->registrations; one; one = one->next) {
        if ((!bsm || !one->bsm || one->bsm == bsm) && one->services && one->services->count > 0) {
            return true;
        }
    }
    return terminal->has_others || terminal->at_too_many;
}

bool terminal_has_service(const terminals_t *terminals, const terminal_t *terminal, const char *service)
{
    const char *name = wmem_map_lookup(terminals->service_names, service);
    const registration_t *registration = name ? terminal->registrations : NULL;

    while (registration && !has_service(registration, name)) {
        registration = registration->next;
    }
    return registration != NULL;
}

/* ---- a new B-TID ------------------------------------------------------------------------------------ */

/* |services| NULL: there are none. */
static void copy_services(terminals_t *terminals, terminal_t *to, registration_t *copy,
                          const services_t *services)
{
    size_t size = services ? size_of(services->size) : 0;

    if (services && (!terminals->budget || budget_take(terminals->budget, size))) {
        copy->services = wmem_memdup(terminals->scope, services, size);
    } else if (services) {
        to->has_others = true;
    }
}

void terminal_take_over(terminals_t *terminals, terminal_t *to, const terminal_t *from)
{
    to->at_too_many = to->at_too_many || from->at_too_many;
    to->has_others = to->has_others || from->has_others;
    for (const registration_t *one = from->registrations; one; one = one->next) {
        registration_t *copy = find_at(to, one->bsm) ? NULL : find_or_create(terminals, to, one->bsm);

        if (copy) {
            copy->state = one->state;
            copy->taken_over = true;
            copy_services(terminals, to, copy, one->services);
        }
    }
}

void terminal_give_back(terminal_t *to)
{
    registration_t **place = &to->registrations;

    while (*place) {
        if ((*place)->taken_over) {
            *place = (*place)->next;
        } else {
            place = &(*place)->next;
        }
    }
}
