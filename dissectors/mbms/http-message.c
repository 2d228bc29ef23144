/* http-message.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/http-message.h"

#include <string.h>

#include <glib.h>

#include "mbms/header-fields.h"

/* "HTTP/1.1" */
enum { VERSION_SIZE = 8 };

static bool is_version(const uint8_t *bytes, size_t length, size_t at)
{
    return length - at >= VERSION_SIZE && memcmp(bytes + at, "HTTP/1.", VERSION_SIZE - 1) == 0 &&
           g_ascii_isdigit(bytes[at + VERSION_SIZE - 1]);
}

/* ---- requests --------------------------------------------------------------------------------------- */

static const char *const methods[] = { "POST", "GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH" };

/* The method that ends before |at|: whatever stands before it in a frame may be letters, too. */
static const char *method_before(const uint8_t *bytes, size_t at)
{
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        size_t n = strlen(methods[i]);

        if (n <= at && memcmp(bytes + at - n, methods[i], n) == 0) {
            return methods[i];
        }
    }
    return NULL;
}

/* Reads backwards from the version that ends a request line. Blanks in the target are wrong, and seen. */
static bool read_request_line(wmem_allocator_t *pool, const uint8_t *bytes, size_t version,
                              http_found_head_t *head)
{
    size_t at = version - 1;

    while (at > 0 && bytes[at - 1] >= ' ') {
        const char *method = bytes[at - 1] == ' ' ? method_before(bytes, at - 1) : NULL;

        if (method) {
            head->method = method;
            head->start = at - 1 - strlen(method);
            head->target = wmem_strndup(pool, (const char *)bytes + at, version - 1 - at);
            return true;
        }
        at--;
    }
    return false;
}

bool http_find_request(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, http_found_head_t *head)
{
    *head = (http_found_head_t){ .bytes = bytes };
    for (size_t at = length; at > 1; at--) {
        if (bytes[at - 2] == ' ' && at - 1 + VERSION_SIZE < length && is_version(bytes, length, at - 1) &&
            strchr("\r\n", bytes[at - 1 + VERSION_SIZE]) && read_request_line(pool, bytes, at - 1, head)) {
            head->end = head_end(bytes, length, head->start);
            return true;
        }
    }
    return false;
}

/* ---- responses -------------------------------------------------------------------------------------- */

static bool is_status_line(const uint8_t *bytes, size_t length, size_t at)
{
    return is_version(bytes, length, at) && length - at >= VERSION_SIZE + 2 &&
           bytes[at + VERSION_SIZE] == ' ' && g_ascii_isdigit(bytes[at + VERSION_SIZE + 1]);
}

bool http_find_response(const uint8_t *bytes, size_t length, http_found_head_t *head)
{
    *head = (http_found_head_t){ .bytes = bytes };
    for (size_t at = length; at > 0; at--) {
        if (is_status_line(bytes, length, at - 1)) {
            head->start = at - 1;
            head->end = head_end(bytes, length, head->start);
            return true;
        }
    }
    return false;
}

char *http_field(wmem_allocator_t *pool, const http_found_head_t *head, const char *name)
{
    return head_field(pool, head->bytes + head->start, head->end - head->start, name);
}

/* ---- bodies ----------------------------------------------------------------------------------------- */

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

/* A request that says nothing has no body; one of the connection's last response ends with it. */
http_body_state_t http_body_as_sent(wmem_allocator_t *pool, const http_found_head_t *head, size_t length,
                                    const uint8_t **body, size_t *body_length)
{
    const char *length_field = http_field(pool, head, "Content-Length");
    uint64_t announced = length_field ? g_ascii_strtoull(length_field, NULL, 10) : 0;

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
