/* hex.h
 * Bytes written as hex, with blanks anywhere between them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <string.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
    uint8_t *bytes;
    uint32_t length;
} hex_bytes_t;

static inline hex_bytes_t hex_bytes(wmem_allocator_t *scope, const char *hex)
{
    hex_bytes_t out = { wmem_alloc(scope, strlen(hex) / 2 + 1), 0 };

    for (; *hex; hex++) {
        if (*hex != ' ') {
            out.bytes[out.length++] =
                (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
            hex++;
        }
    }
    return out;
}

#endif
