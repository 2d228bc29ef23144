/* http-head.h
 * The head of an HTTP/1 message (RFC 9112 §2.1), as far as TS 33.246 has something to say about it.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

/* Digest credentials, or a challenge for them (RFC 7616 §3.3, §3.4). */
typedef struct {
    bool is_there;
    const char *realm; /* NULL: it is not in there */
    const char *algorithm;
    const char *qop;
    bool is_answer; /* there is a response in it, and not an empty one */
} http_digest_t;

typedef struct {
    bool fields_known;        /* what is absent from the two below is absent from the message */
    const char *user_agent;   /* NULL: there is none */
    http_digest_t digest;     /* of Authorization in a request, of WWW-Authenticate in a response */
    const char *version;      /* of a request, "HTTP/1.1"; NULL: not known */
    const char *method;       /* likewise */
    const char *uri;          /* likewise */
    const char *request_type; /* the parameter of the URI; NULL: it has none */
} http_head_t;

/* Reads the head that |bytes| end with, up to its empty line; what stands before it does no harm, and takes
 * no time. Finds the version of a request, User-Agent and digest; all in |pool|. Nothing is known if it is no
 * head. */
http_head_t http_head_read(wmem_allocator_t *pool, const uint8_t *bytes, size_t length);

/* The parameters of a field Authorization or WWW-Authenticate, in |pool|; |field| may be NULL. */
http_digest_t http_digest_read(wmem_allocator_t *pool, const char *field);

#endif
