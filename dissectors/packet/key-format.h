/* key-format.h
 * How fields of keys are shown. The halves of an MSK ID: hexadecimal for people, as everybody writes them,
 * but numbers for programs. A field with BASE_HEX is a text in -T ek, where its mapping says that it is an
 * integer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_FORMAT_H
#define KEY_FORMAT_H

#include "packet/compat.h"

/* What became of a MAC or digest: as proto_checksum_vals, of which Windows has no address at compile time,
 * for it is another library's. */
extern const value_string checked_vals[];

/* For BASE_CUSTOM fields; |text| has ITEM_LABEL_LENGTH bytes. */
void format_key_half(char *text, uint32_t half);

#endif
