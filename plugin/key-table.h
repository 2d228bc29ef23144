/* key-table.h
 * The pre-shared keys (MUK, SMK) that the user entered: table "ltkm_keys" of the profile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_TABLE_H
#define KEY_TABLE_H

#include "packet/compat.h"

/* Adds the table to the preferences of a protocol. What is entered goes to entered_keys(). */
void key_table_register(module_t *preferences);

#endif
