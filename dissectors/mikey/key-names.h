/* key-names.h
 * The one way to write which key is meant: its IDs in lower-case hex, the largest first.
 *
 *   Key Domain ID / MSK ID [/ MTK ID]      b8709d/68c90001, b8709d/68c9:0001, b8709d/68c9:0001/0007
 *
 * An ID that is not there leaves its place empty. A colon parts Key Group and Key Number of an MSK ID, where
 * it has the four bytes that MBMS gives it (TS 33.246 §6.3.2.1).
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

/* The IDs that a message has in EXT 3; they stand in its bytes. */
key_id_t mikey_key_domain(const mikey_message_t *message);
key_id_t mikey_msk_id(const mikey_message_t *message);
key_id_t mikey_mtk_id(const mikey_message_t *message);

/* Room for eight bytes; those of MBMS have three, four and two. */
#define KEY_ID_TEXT_SIZE 18

/* Writes one ID, with |halves| an MSK ID's colon, into |text| of |size| bytes, at least one; bytes without
 * room are cut off. Returns the length written. */
size_t key_id_text(char *text, size_t size, key_id_t id, bool halves);

/* "b8709d/68c9:0001", for people: each ID cut at eight bytes. */
char *key_name(wmem_allocator_t *pool, key_id_t domain, key_id_t msk);

/* "b8709d/68c90001", to tell keys apart: uncut, the same name for the same bytes only. */
char *key_name_plain(wmem_allocator_t *pool, key_id_t domain, key_id_t msk);

/* A name that somebody wrote, with colon or without, as key_name_plain() has it. NULL: it is none of an MSK.
 */
char *key_name_read(wmem_allocator_t *pool, const char *name);

/* The key that a message brings or is protected with: as key_name(), and with the MTK ID of an STKM. NULL
 * where it names none. */
char *mikey_key_name(wmem_allocator_t *pool, const mikey_message_t *message);

#endif
