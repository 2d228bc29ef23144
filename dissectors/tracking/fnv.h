/* fnv.h
 * FNV-1a of 64 bits: with 32 two of a hundred thousand terminals would be one.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FNV_H
#define FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_BASIS 0xcbf29ce484222325u

static inline uint64_t fnv_add(uint64_t hash, const void *bytes, size_t length)
{
    for (const uint8_t *at = bytes; length > 0; length--) {
        hash = (hash ^ *at++) * 0x100000001b3u;
    }
    return hash;
}

#endif
