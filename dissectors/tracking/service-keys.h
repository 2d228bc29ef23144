/* service-keys.h
 * MSKs (SEK, PEK) by the name that STKMs call them: those that LTKMs brought, and those that were entered.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SERVICE_KEYS_H
#define SERVICE_KEYS_H

#include "tracking/key-ring.h"

/* Keys of one name that are tried on an STKM: the youngest. */
enum { MAX_SERVICE_KEYS = 8 };

typedef struct service_key {
    const uint8_t *bytes;
    uint32_t length;
    const uint8_t *rand; /* of the LTKM: an STKM has none of its own (TS 33.246 §6.3.3) */
    uint32_t rand_length;
    uint32_t frame;            /* whose LTKM brought it; 0: it was entered */
    uint32_t row;              /* that it was entered in; 0: an LTKM brought it */
    struct service_key *older; /* of the same name */
    struct service_key *next;  /* of all */
} service_key_t;

typedef struct {
    wmem_allocator_t *scope;
    wmem_map_t *by_name; /* key_name_plain() -> the youngest */
    service_key_t *all;
} service_keys_t;

/* What is remembered lives in |scope|: at first, what was entered. */
void service_keys_init(service_keys_t *keys, wmem_allocator_t *scope, const key_rows_t *entered);

/* Overwrites all of them. */
void service_keys_wipe(service_keys_t *keys);

/* The keys in what |frame|'s LTKM |message| holds, |plain|. */
void service_keys_add(service_keys_t *keys, uint32_t frame, const mikey_message_t *message,
                      const uint8_t *plain, uint32_t plain_length);

/* The youngest key that |message| names; NULL: none, or it names none. */
const service_key_t *service_keys_find(const service_keys_t *keys, const mikey_message_t *message);

#endif
