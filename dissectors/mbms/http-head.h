/* http-head.h
 * Heads of HTTP/1 messages (RFC 9112 §2.1) among the bytes of a frame or a stream: where they are, their
 * fields, and what TS 33.246 has something to say about.
 *
 * Pure. What stands before a head does no harm.
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

/* Reads the head that |bytes| end with, up to its empty line; what stands before it takes no time. Finds the
 * version of a request, User-Agent and digest; all in |pool|. Nothing is known if it is no head. */
http_head_t http_head_read(wmem_allocator_t *pool, const uint8_t *bytes, size_t length);

/* The parameters of a field Authorization or WWW-Authenticate, in |pool|; |field| may be NULL. */
http_digest_t http_digest_read(wmem_allocator_t *pool, const char *field);

/* A head among others. */
typedef struct {
    const uint8_t *bytes;
    size_t start;       /* of the first line */
    size_t fields_end;  /* behind the last whole line */
    size_t end;         /* with the empty line */
    bool cut;           /* there is no empty line: fields may be missing */
    const char *method; /* of a request; static */
    const char *target; /* of a request: as in its first line, in |pool| */
} http_found_head_t;

/* Finds the last head in |length| bytes: a start line with nothing but fields up to an empty line. Where
 * there is none, one that |bytes| end in. */
bool http_find_request(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, http_found_head_t *head);
bool http_find_response(const uint8_t *bytes, size_t length, http_found_head_t *head);

/* The value of the header field |name|, in any case, in |pool|; of several the first, NULL if there is none.
 * Of a head that was found, or of the one that |bytes| end with. */
char *http_field(wmem_allocator_t *pool, const http_found_head_t *head, const char *name);
char *http_field_before(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, const char *name);

#endif
