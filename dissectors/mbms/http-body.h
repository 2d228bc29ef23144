/* http-body.h
 * The body of an HTTP/1 message as it was sent, with its content coding and without transfer coding
 * (RFC 9112 §6, §7).
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#include "mbms/http-head.h"

typedef enum {
    HTTP_BODY_WHOLE,
    HTTP_BODY_CUT,     /* its end is not there */
    HTTP_BODY_UNKNOWN, /* it does not say how long it is */
} http_body_state_t;

/* The body of |head|, whose bytes are |length| in all; it is in |pool| or among them. */
http_body_state_t http_body_as_sent(wmem_allocator_t *pool, const http_found_head_t *head, size_t length,
                                    const uint8_t **body, size_t *body_length);

#endif
