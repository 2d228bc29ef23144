/* key-format.h
 * The halves of an MSK ID: hexadecimal for people, as everybody writes them, but numbers for programs. A
 * field with BASE_HEX is a text in -T ek, where its mapping says that it is an integer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_FORMAT_H
#define KEY_FORMAT_H

#include "packet/compat.h"

/* For BASE_CUSTOM fields; |text| has ITEM_LABEL_LENGTH bytes. */
void format_key_half(char *text, uint32_t half);

#endif
