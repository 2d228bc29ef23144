/* key-table.h
 * The keys that the user entered: tables of the profile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_TABLE_H
#define KEY_TABLE_H

#include "packet/compat.h"
#include "tracking/key-ring.h"

/* Adds a table to the preferences of a protocol. What is entered goes to entered_keys(). */
void key_table_register(module_t *preferences, key_table_t table);

#endif
