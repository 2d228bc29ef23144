/* key-names.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/key-names.h"

#include <string.h>

#include <wsutil/to_str.h>

#define MSK_ID_LENGTH 4

/* ---- the IDs of a message --------------------------------------------------------------------------- */

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

key_id_t mikey_mtk_id(const mikey_message_t *message)
{
    return id_of(message, message->mtk_id);
}

/* ---- text ------------------------------------------------------------------------------------------- */

/* bytes_to_hexstr() wants bytes even where there are none. */
static char *put_hex(char *at, const uint8_t *bytes, size_t length)
{
    return length > 0 ? bytes_to_hexstr(at, bytes, length) : at;
}

size_t key_id_text(char *text, size_t size, key_id_t id, bool halves)
{
    size_t length = MIN(id.length, (size - 1) / 2);
    size_t first = length;
    char *at;

    if (halves && id.length == MSK_ID_LENGTH && size > 2 * MSK_ID_LENGTH + 1) {
        first = MSK_ID_LENGTH / 2;
    }
    at = put_hex(text, id.bytes, first);
    if (first < length) {
        *at++ = ':';
        at = put_hex(at, id.bytes + first, length - first);
    }
    *at = '\0';
    return (size_t)(at - text);
}

/* "domain/msk" into |text|, which has room for it. */
static size_t put_name(char *text, key_id_t domain, key_id_t msk)
{
    size_t length = key_id_text(text, KEY_ID_TEXT_SIZE, domain, false);

    text[length++] = '/';
    return length + key_id_text(text + length, KEY_ID_TEXT_SIZE, msk, true);
}

char *key_name(wmem_allocator_t *pool, key_id_t domain, key_id_t msk)
{
    char text[2 * KEY_ID_TEXT_SIZE];

    put_name(text, domain, msk);
    return wmem_strdup(pool, text);
}

char *key_name_plain(wmem_allocator_t *pool, key_id_t domain, key_id_t msk)
{
    char *name = wmem_alloc(pool, 2 * ((size_t)domain.length + msk.length) + sizeof "/");
    char *at = put_hex(name, domain.bytes, domain.length);

    *at++ = '/';
    *put_hex(at, msk.bytes, msk.length) = '\0';
    return name;
}

/* Pairs of hexadecimal digits, with colons between them; the end, in which no pair stands. */
static const char *put_pairs(const char *text, char **to)
{
    while (g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1])) {
        *(*to)++ = g_ascii_tolower(text[0]);
        *(*to)++ = g_ascii_tolower(text[1]);
        text += 2;
        text += text[0] == ':' && g_ascii_isxdigit(text[1]);
    }
    return text;
}

char *key_name_read(wmem_allocator_t *pool, const char *name)
{
    char *plain = wmem_alloc(pool, strlen(name) + 1);
    char *to = plain;
    const char *end = put_pairs(name, &to);
    bool good = to > plain && *end == '/';

    if (good) {
        const char *msk = to;

        *to++ = '/';
        end = put_pairs(end + 1, &to);
        good = to > msk + 1 && *end == '\0';
    }
    *to = '\0';
    if (!good) {
        wmem_free(pool, plain);
        plain = NULL;
    }
    return plain;
}

char *mikey_key_name(wmem_allocator_t *pool, const mikey_message_t *message)
{
    char text[3 * KEY_ID_TEXT_SIZE];
    size_t length;

    if (!message->key_domain_id && !message->msk_id && !message->mtk_id) {
        return NULL;
    }
    length = put_name(text, mikey_key_domain(message), mikey_msk_id(message));
    if (message->mtk_id) {
        text[length++] = '/';
        key_id_text(text + length, KEY_ID_TEXT_SIZE, mikey_mtk_id(message), false);
    }
    return wmem_strdup(pool, text);
}
