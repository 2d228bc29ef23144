/* number-text.h
 * Numbers in texts that are made for each packet: by printf these would take longer than all else in them.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NUMBER_TEXT_H
#define NUMBER_TEXT_H

#include <stdint.h>

#include <wsutil/to_str.h>
#include <wsutil/wmem/wmem.h>

/* Appends decimal digits. */
static inline void append_number(wmem_strbuf_t *text, uint32_t number)
{
    char digits[sizeof "4294967295"], *end = digits + sizeof digits - 1;

    *end = '\0';
    wmem_strbuf_append(text, uint_to_str_back(end, number));
}

/* "LTKM 1" of "LTKM ". */
static inline const char *text_and_number(wmem_allocator_t *pool, const char *before, uint32_t number)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pool, before);

    append_number(text, number);
    return wmem_strbuf_get_str(text);
}

#endif
