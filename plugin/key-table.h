/* key-table.h
 * The pre-shared keys (MUK, SMK) that the user entered: table "ltkm_keys" of the profile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_TABLE_H
#define KEY_TABLE_H

#include "packet/compat.h"

typedef struct {
    const char *idi; /* "": any */
    const char *idr;
    const uint8_t *bytes;
    uint32_t length;
    uint32_t row; /* in the table, from 1 */
} ltkm_key_t;

/* Adds the table to the preferences of a protocol. */
void key_table_register(module_t *preferences);

/* The keys, most specific first: both identities given, then one, then none; rows in their order. They live
 * until the table changes. */
const ltkm_key_t *key_table(uint32_t *n_keys);

/* Overwrites a secret before its memory is given back. */
void key_wipe(void *bytes, size_t length);

#endif
