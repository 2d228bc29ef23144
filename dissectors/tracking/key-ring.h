/* key-ring.h
 * The pre-shared keys (MUK, SMK) that were entered, and whose messages they may open.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_RING_H
#define KEY_RING_H

#include "mikey/mikey-message.h"

typedef struct {
    const char *idi; /* "": any */
    const char *idr;
    const uint8_t *bytes;
    uint32_t length;
    uint32_t row; /* that it was entered in, from 1 */
} ltkm_key_t;

/* The most specific keys first: both identities given, then one, then none; rows in their order. */
typedef struct {
    ltkm_key_t *keys;
    uint32_t n_keys;
} key_ring_t;

/* Puts |n| keys in the place of those that were there; all is copied. */
void key_ring_set(key_ring_t *ring, const ltkm_key_t *keys, uint32_t n);

/* Whether the key is for the Initiator (by IDi or by the host name in it) and the Responder of |message|. */
bool key_names(const ltkm_key_t *key, const mikey_message_t *message);

#endif
