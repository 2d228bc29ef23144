/* http-message.h
 * An HTTP/1 message among the bytes of a frame or a stream: where its head is, and its body as it was sent,
 * with its content coding and without transfer coding (RFC 9112).
 *
 * Pure. Bytes before the message do no harm.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct {
    const uint8_t *bytes;
    size_t start;       /* of the first line */
    size_t end;         /* of the head, with the empty line */
    const char *method; /* of a request; static */
    const char *target; /* of a request: as in its first line */
} http_found_head_t;

/* Finds the last head in |length| bytes, in |pool|. */
bool http_find_request(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, http_found_head_t *head);
bool http_find_response(const uint8_t *bytes, size_t length, http_found_head_t *head);

/* The value of a header field; NULL: it has none. */
char *http_field(wmem_allocator_t *pool, const http_found_head_t *head, const char *name);

typedef enum {
    HTTP_BODY_WHOLE,
    HTTP_BODY_CUT,     /* its end is not there */
    HTTP_BODY_UNKNOWN, /* it does not say how long it is */
} http_body_state_t;

/* The body of |head|, whose bytes are |length| in all; it is in |pool| or among them. */
http_body_state_t http_body_as_sent(wmem_allocator_t *pool, const http_found_head_t *head, size_t length,
                                    const uint8_t **body, size_t *body_length);

#endif
