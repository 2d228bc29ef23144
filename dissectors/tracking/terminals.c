/* terminals.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/terminals.h"

#include <string.h>

#include <epan/to_str.h>
#include <epan/wmem_scopes.h>

typedef struct terminal_address {
    terminal_t *anonymous; /* the one known by this address alone */
    terminal_t *latest;    /* of those with a B-TID */
    uint32_t n_terminals;  /* with a B-TID whose latest request came from here */
} terminal_address_t;

static wmem_map_t *by_name;    /* terminal_t::name -> terminal_t */
static wmem_map_t *by_address; /* address as text -> terminal_address_t */

void terminals_register(void)
{
    by_name = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
    by_address = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
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
