/* key-format.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/key-format.h"

void format_key_half(char *text, uint32_t half)
{
    snprintf(text, ITEM_LABEL_LENGTH, "0x%04x", half);
}

const value_string checked_vals[] = {
    { PROTO_CHECKSUM_E_BAD, "Bad" },
    { PROTO_CHECKSUM_E_GOOD, "Good" },
    { PROTO_CHECKSUM_E_UNVERIFIED, "Unverified" },
    { PROTO_CHECKSUM_E_NOT_PRESENT, "Not present" },
    { 0, NULL },
};
