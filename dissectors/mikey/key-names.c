/* key-names.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/key-names.h"

static key_id_t id_of(const mikey_message_t *message, const mikey_tlv_t *id)
{
    return id ? (key_id_t){ message->bytes + id->value.offset, id->value.length } : (key_id_t){ NULL, 0 };
}

key_id_t mikey_key_domain(const mikey_message_t *message)
{
    return id_of(message, message->key_domain_id);
}

key_id_t mikey_msk_id(const mikey_message_t *message)
{
    return id_of(message, message->msk_id);
}

size_t key_id_text(char *text, size_t size, key_id_t id, bool halves)
{
    char *at = text;

    for (uint32_t i = 0; i < id.length && (size_t)(at - text) + 3 < size; i++) {
        if (halves && id.length == 4 && i == 2) {
            *at++ = ':';
        }
        *at++ = "0123456789abcdef"[id.bytes[i] >> 4];
        *at++ = "0123456789abcdef"[id.bytes[i] & 15];
    }
    *at = '\0';
    return (size_t)(at - text);
}

char *key_name(wmem_allocator_t *pool, key_id_t domain, key_id_t msk)
{
    char text[2 * KEY_ID_TEXT_SIZE];
    size_t length = key_id_text(text, KEY_ID_TEXT_SIZE, domain, false);

    text[length++] = '/';
    key_id_text(text + length, KEY_ID_TEXT_SIZE, msk, true);
    return wmem_strdup(pool, text);
}

char *key_name_plain(wmem_allocator_t *pool, key_id_t domain, key_id_t msk)
{
    size_t size = 2 * ((size_t)domain.length + msk.length) + 4;
    char *name = wmem_alloc(pool, size);
    size_t length = key_id_text(name, size, domain, false);

    name[length++] = '/';
    key_id_text(name + length, size - length, msk, false);
    return name;
}
