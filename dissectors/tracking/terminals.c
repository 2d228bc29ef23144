/* terminals.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/terminals.h"

#include <string.h>

#include "tracking/registrations.h"

static unsigned name_hash(const void *terminal)
{
    return wmem_str_hash(((const terminal_t *)terminal)->name);
}

static int name_equal(const void *one, const void *other)
{
    return g_str_equal(((const terminal_t *)one)->name, ((const terminal_t *)other)->name);
}

void terminals_init(terminals_t *terminals, wmem_allocator_t *scope)
{
    *terminals = (terminals_t){
        .store = store_in(scope),
        .scope = scope,
        .by_btid = record_set(scope, name_hash, name_equal),
        .by_address = record_set(scope, net_address_key_hash, net_address_key_equal),
        .service_names = wmem_map_new(scope, wmem_str_hash, g_str_equal),
    };
}

static terminal_t *find_btid(const terminals_t *terminals, const char *btid)
{
    return record_set_find(&terminals->by_btid, &(terminal_t){ .name = btid });
}

static terminal_t *find_or_create_btid(terminals_t *terminals, const char *btid)
{
    terminal_t *terminal = find_btid(terminals, btid);

    if (!terminal) {
        terminal = store_new0(&terminals->store, terminal_t);
        terminal->name = store_text(&terminals->store, btid);
        terminal->has_btid = true;
        record_set_add(&terminals->by_btid, terminal);
    }
    return terminal;
}

/* Never under a name: a B-TID may look like an address. */
static terminal_t *find_or_create_anonymous(terminals_t *terminals, terminal_address_t *place)
{
    if (!place->anonymous) {
        place->anonymous = store_new0(&terminals->store, terminal_t);
        place->anonymous->name = net_address_text(terminals->scope, &place->address);
        place->anonymous->address = place;
    }
    return place->anonymous;
}

static terminal_address_t *find_or_create_address(terminals_t *terminals, const net_address_t *address)
{
    terminal_address_t *place = record_set_find(&terminals->by_address, address);

    if (!place) {
        place = store_new0(&terminals->store, terminal_address_t);
        place->address = *address;
        record_set_add(&terminals->by_address, place);
    }
    return place;
}

static void move_terminal(terminal_t *terminal, terminal_address_t *place)
{
    if (terminal->has_asked && terminal->address != place) {
        terminal->address->n_terminals--;
    }
    if (!terminal->has_asked || terminal->address != place) {
        place->n_terminals++;
    }
    terminal->address = place;
    place->latest = terminal;
}

terminal_t *terminal_of_request(terminals_t *terminals, const char *btid, const net_address_t *address)
{
    terminal_address_t *place = find_or_create_address(terminals, address);
    terminal_t *terminal;

    terminals->any_asked = true;
    if (!btid) {
        terminal = find_or_create_anonymous(terminals, place);
    } else {
        terminal = find_or_create_btid(terminals, btid);
        if (!terminal->has_asked && place->latest != terminal) {
            terminal->suspect = place->latest;
        }
        move_terminal(terminal, place);
    }
    terminal->has_asked = true;
    return terminal;
}

/* ---- messages --------------------------------------------------------------------------------------- */

/* What an NAI has at the most (RFC 7542 2.3), and more. */
enum { MAX_IDENTITY = 255 };

/* A zero byte in an identity is one of its bytes: no B-TID has one. */
static terminal_t *terminal_of_identity(const terminals_t *terminals, const uint8_t *idr, uint32_t idr_length)
{
    char btid[MAX_IDENTITY + 1];

    if (idr_length == 0 || idr_length > MAX_IDENTITY || memchr(idr, '\0', idr_length)) {
        return NULL;
    }
    memcpy(btid, idr, idr_length);
    btid[idr_length] = '\0';
    return find_btid(terminals, btid);
}

/* The only terminal that was seen at an address. */
static terminal_t *only_terminal(const terminal_address_t *place)
{
    if (place->n_terminals == 0) {
        return place->anonymous;
    }
    return place->n_terminals == 1 && place->latest->address == place ? place->latest : NULL;
}

terminal_t *terminal_of_address(const terminals_t *terminals, const net_address_t *address,
                                const uint8_t *idr, uint32_t idr_length)
{
    terminal_t *terminal = terminal_of_identity(terminals, idr, idr_length);
    const terminal_address_t *place = terminal ? NULL : record_set_find(&terminals->by_address, address);

    return place ? only_terminal(place) : terminal;
}

/* "base64@bsf.example.org" (TS 33.220 4.5.2). */
static bool looks_like_btid(const uint8_t *idr, uint32_t idr_length)
{
    const uint8_t *at = idr_length > 0 ? memchr(idr, '@', idr_length) : NULL;

    for (uint32_t i = 0; i < idr_length; i++) {
        if (idr_length > MAX_IDENTITY || !g_ascii_isgraph(idr[i])) {
            return false;
        }
    }
    return at && at > idr && at < idr + idr_length - 1;
}

/* Whether there is room for another terminal, and its address. */
static bool has_room(terminals_t *terminals, uint32_t name_length)
{
    size_t cost = sizeof(terminal_t) + sizeof(terminal_address_t) + name_length + 128;

    return !terminals->budget || budget_take(terminals->budget, cost);
}

static terminal_t *new_terminal(terminals_t *terminals, const net_address_t *address, const char *btid)
{
    terminal_address_t *place = find_or_create_address(terminals, address);
    terminal_t *terminal;

    if (!btid) {
        return place->n_terminals == 0 ? find_or_create_anonymous(terminals, place) : NULL;
    }
    terminal = find_or_create_btid(terminals, btid);
    terminal->address = place;
    return terminal;
}

terminal_t *terminal_of_message(terminals_t *terminals, const net_address_t *address, const uint8_t *idr,
                                uint32_t idr_length)
{
    terminal_t *terminal = terminal_of_address(terminals, address, idr, idr_length);

    if (!terminal && address->length > 0 && !net_address_is_multicast(address) &&
        has_room(terminals, idr_length)) {
        char *btid = looks_like_btid(idr, idr_length) ? g_strndup((const char *)idr, idr_length) : NULL;

        terminal = new_terminal(terminals, address, btid);
        g_free(btid);
    }
    return terminal;
}

static bool is_named(const terminal_t *terminal, const uint8_t *idr, uint32_t idr_length)
{
    return terminal->has_btid && idr_length > 0 && idr_length <= MAX_IDENTITY &&
           strlen(terminal->name) == idr_length && memcmp(terminal->name, idr, idr_length) == 0;
}

const terminal_t *terminal_of_idr(const terminals_t *terminals, const terminal_t *likely, const uint8_t *idr,
                                  uint32_t idr_length)
{
    const terminal_t *terminal = likely && is_named(likely, idr, idr_length)
                                     ? likely
                                     : terminal_of_identity(terminals, idr, idr_length);

    return terminal && terminal->has_asked ? terminal : NULL;
}

bool terminals_any(const terminals_t *terminals)
{
    return terminals->any_asked;
}

/* ---- registrations that are asked for --------------------------------------------------------------- */

void terminal_asks(terminal_t *terminal, uint32_t frame)
{
    terminal->unanswered_frame = terminal->asking_frame ? terminal->asking_frame : terminal->unanswered_frame;
    terminal->asking_frame = frame;
}

void terminal_is_answered(terminal_t *terminal, uint32_t frame)
{
    if (terminal->asking_frame == frame) {
        terminal->asking_frame = 0;
    } else if (terminal->unanswered_frame == frame) {
        terminal->unanswered_frame = 0;
    }
}

static bool is_between(uint32_t frame, uint32_t after, uint32_t before)
{
    return frame > after && frame < before;
}

bool terminal_lacks_answer(const terminal_t *terminal, uint32_t after, uint32_t before)
{
    terminal = terminal_newest(terminal);
    return is_between(terminal->asking_frame, after, before) ||
           is_between(terminal->unanswered_frame, after, before);
}

/* ---- bootstrappings --------------------------------------------------------------------------------- */

enum { MAX_BOOTSTRAPPINGS = 16 };

void terminal_is_used(terminal_t *terminal, uint32_t frame)
{
    terminal->latest_frame = frame;
    if (terminal->after) {
        terminal_give_back(terminal->after);
        terminal->after->before = NULL;
        terminal->after = NULL;
    }
}

static bool has_any_of(const terminals_t *terminals, const terminal_t *terminal, const char *const *services,
                       uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (terminal_has_service(terminals, terminal, services[i])) {
            return true;
        }
    }
    return false;
}

void terminal_link(terminals_t *terminals, terminal_t *terminal, const char *const *services, uint32_t n)
{
    terminal_t *old = terminal->suspect;

    if (old && !old->after && !terminal->before && old->latest_frame < terminal->first_frame &&
        has_any_of(terminals, old, services, n)) {
        old->after = terminal;
        terminal->before = old;
        terminal_take_over(terminals, terminal, old);
    }
}

const terminal_t *terminal_newest(const terminal_t *terminal)
{
    for (int i = 0; i < MAX_BOOTSTRAPPINGS && terminal->after; i++) {
        terminal = terminal->after;
    }
    return terminal;
}
