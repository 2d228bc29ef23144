/* key-format.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/key-format.h"

void format_key_half(char *text, uint32_t half)
{
    snprintf(text, ITEM_LABEL_LENGTH, "0x%04x", half);
}
