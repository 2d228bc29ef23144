/* http-body.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/http-body.h"

#include <string.h>

#include <glib.h>

/* Reads the size of a chunk (RFC 9112 §7.1) at |*at|, which goes behind its line. */
static bool read_chunk_size(const uint8_t *bytes, size_t length, size_t *at, size_t *size)
{
    const uint8_t *end = *at < length ? memchr(bytes + *at, '\n', length - *at) : NULL;
    size_t digits = 0;

    *size = 0;
    for (; end && bytes + *at + digits < end && g_ascii_isxdigit(bytes[*at + digits]); digits++) {
        if (*size > SIZE_MAX >> 5) {
            return false;
        }
        *size = *size << 4 | (size_t)g_ascii_xdigit_value((char)bytes[*at + digits]);
    }
    if (digits == 0) {
        return false;
    }
    *at = (size_t)(end - bytes) + 1;
    return true;
}

static http_body_state_t join_chunks(wmem_allocator_t *pool, const uint8_t *bytes, size_t length,
                                     const uint8_t **body, size_t *body_length)
{
    uint8_t *joined = wmem_alloc(pool, length + 1);
    size_t at = 0, size, n = 0;

    while (read_chunk_size(bytes, length, &at, &size)) {
        if (size == 0) {
            *body = joined;
            *body_length = n;
            return HTTP_BODY_WHOLE;
        }
        if (size > length - at) {
            break;
        }
        memcpy(joined + n, bytes + at, size);
        n += size;
        at += size;
        at += at < length && bytes[at] == '\r';
        at += at < length && bytes[at] == '\n';
    }
    return HTTP_BODY_CUT;
}

static bool is_chunked(wmem_allocator_t *pool, const http_found_head_t *head)
{
    const char *coding = http_field(pool, head, "Transfer-Encoding");

    return coding && g_ascii_strcasecmp(coding, "chunked") == 0;
}

/* Of a head that is cut nobody knows what else it says. A request that says nothing has no body; one of the
 * connection's last response ends with it. */
http_body_state_t http_body_as_sent(wmem_allocator_t *pool, const http_found_head_t *head, size_t length,
                                    const uint8_t **body, size_t *body_length)
{
    const char *length_field = http_field(pool, head, "Content-Length");
    uint64_t announced = length_field ? g_ascii_strtoull(length_field, NULL, 10) : 0;

    if (head->cut) {
        return HTTP_BODY_CUT;
    }
    if (http_field(pool, head, "Transfer-Encoding")) {
        return is_chunked(pool, head)
                   ? join_chunks(pool, head->bytes + head->end, length - head->end, body, body_length)
                   : HTTP_BODY_UNKNOWN;
    }
    if (!length_field && !head->method) {
        return HTTP_BODY_UNKNOWN;
    }
    if (announced > length - head->end) {
        return HTTP_BODY_CUT;
    }
    *body = head->bytes + head->end;
    *body_length = (size_t)announced;
    return HTTP_BODY_WHOLE;
}
