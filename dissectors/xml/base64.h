/* base64.h
 * base64Binary of XML Schema (RFC 4648 §4): strict in alphabet and padding, tolerant of white space.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
    bool valid;
    const char *problem; /* what is wrong where it is not valid; static */
    uint32_t bad_offset; /* of the first offending character, or the text's length where it ends too early */
    uint8_t *bytes;      /* decoded, in the pool; NULL unless valid and not empty */
    uint32_t length;
} base64_t;

/* Decodes |length| characters at |text|. Blanks, tabs and line ends may stand anywhere. */
base64_t base64_decode(wmem_allocator_t *pool, const char *text, size_t length);

#endif
