/* base64.h
 * base64Binary of XML Schema (RFC 4648 §4): strict in alphabet and padding, tolerant of white space. What is
 * wrong and can be read all the same (letters of base64url, no padding, bits under it) is said and read.
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
    bool lenient;        /* not valid, but read all the same */
    uint8_t *bytes;      /* decoded, in the pool; NULL unless (valid or lenient) and not empty */
    uint32_t length;
} base64_t;

/* Decodes |length| characters at |text|. Blanks, tabs and line ends may stand anywhere. */
base64_t base64_decode(wmem_allocator_t *pool, const char *text, size_t length);

#endif
