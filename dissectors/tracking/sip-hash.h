/* sip-hash.h
 * SipHash-2-4 (Aumasson and Bernstein, 2012): 64 bits that stand for bytes of any length. With 32 two of a
 * hundred thousand terminals would be one; and who does not know the key cannot make two texts that are.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SIP_HASH_H
#define SIP_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of |bytes| under a key of two numbers. */
uint64_t sip_hash_with(uint64_t key_0, uint64_t key_1, const void *bytes, size_t length);

/* The same under a key that is another one each time that Wireshark starts. |before| is the hash of what
 * stands before these bytes; 0: nothing. */
uint64_t sip_hash(uint64_t before, const void *bytes, size_t length);

#endif
