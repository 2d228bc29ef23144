/* key-names.h
 * How a key is called: Key Domain ID and MSK ID in hex.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_NAMES_H
#define KEY_NAMES_H

#include "mikey/mikey-message.h"

typedef struct {
    const uint8_t *bytes;
    uint32_t length; /* 0: there is none */
} key_id_t;

/* Room for an ID of eight bytes; more are cut. */
#define KEY_ID_TEXT_SIZE 18

/* The IDs that a message has in EXT 3. */
key_id_t mikey_key_domain(const mikey_message_t *message);
key_id_t mikey_msk_id(const mikey_message_t *message);

/* "68c90001", or "68c9:0001" with |halves|, into |text|, as far as |size| has room; returns its length. */
size_t key_id_text(char *text, size_t size, key_id_t id, bool halves);

/* "b8709d/68c9:0001", in |pool|; each ID cut at eight bytes. */
char *key_name(wmem_allocator_t *pool, key_id_t domain, key_id_t msk);

/* "b8709d/68c90001", in |pool|, uncut: the same for the same bytes only. */
char *key_name_plain(wmem_allocator_t *pool, key_id_t domain, key_id_t msk);

#endif
