/* body-encoding.h
 * The character encoding of an XML body (RFC 7303 §3: byte order mark, then the charset parameter of the
 * media type, then the XML declaration) and its conversion to UTF-8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BODY_ENCODING_H
#define BODY_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
    const uint8_t *bytes; /* UTF-8: the bytes handed in, or a converted copy in the pool */
    size_t length;
    bool converted;      /* the body is not UTF-8; ranges refer to |bytes|, not to what was handed in */
    const char *name;    /* of the encoding that was taken; static or in the pool */
    const char *unknown; /* the name that was given, where it is not known here: taken for UTF-8, and if it is
                          * none either, for ASCII with '?' in place of each other byte; else NULL */
    bool incomplete;     /* converted up to a byte sequence that is illegal in this encoding */
    size_t bad_offset;   /* of that sequence in the bytes handed in */
} body_text_t;

/* Finds the encoding of the body |bytes| and converts it to UTF-8 if it has to be. |charset| is the media
 * type's parameter without quotes, or NULL. */
body_text_t body_text(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, const char *charset);

#endif
