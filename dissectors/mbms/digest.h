/* digest.h
 * Digest authentication under an MRK (TS 33.246 §6.2.1.3, RFC 2617 §3.2, RFC 7616 §3.4): whether the response
 * of a request, or the rspauth of its answer, is right, and if not, with which mistake it would be.
 *
 *   HA1   H(user : realm : base64(MRK)); of MD5-sess H(that : nonce : cnonce)
 *   HA2   H(method : uri), or H(method : uri : H(body)) of qop auth-int; of an answer the method is empty
 *   response, rspauth   H(HA1 : nonce : nc : cnonce : qop : HA2)
 *
 * Pure. libgcrypt must have been initialised.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

/* The credentials of a request. NULL: it is not there. */
typedef struct {
    const char *user;
    const char *realm;
    const char *nonce;
    const char *uri;
    const char *algorithm;
    const char *qop;
    const char *nc;
    const char *cnonce;
    const char *response;
    bool user_is_hashed; /* RFC 7616 §3.4.4 */
} digest_t;

/* Reads an Authorization field, NULL too, into |pool|. False: these are no digest credentials. */
bool digest_read(wmem_allocator_t *pool, const char *credentials, digest_t *digest);

/* The name of the server behind the "@" of the realm; NULL if there is none. */
const char *digest_host(const digest_t *digest);

typedef struct {
    const uint8_t *bytes; /* NULL: not at hand */
    size_t length;
} digest_body_t;

/* What is to be checked. */
typedef struct {
    const digest_t *asked;    /* the credentials of the request; also where an answer is checked */
    const char *value;        /* response, or rspauth */
    const char *qop;          /* of this message; NULL: none */
    const char *method;       /* NULL: it is an answer */
    const char *asked_method; /* of an answer: that of its request; NULL: not known */
    const char *target;       /* URI of the request line; NULL: not known */
    const char *host;         /* of the request; NULL: not known */
    digest_body_t body;       /* without transfer coding, with its content coding */
    digest_body_t decoded;    /* without its content coding; the same, or not at hand, where it has none */
} digest_message_t;

/* How something can be computed: as it should, or with one mistake. */
typedef struct {
    const char *mistake; /* static; NULL: none */
    const char *uri;     /* that it is over */
    char ha2[65];
} digest_form_t;

enum { DIGEST_MAX_FORMS = 12, DIGEST_MAX_PARTS = 6 };

/* All that does not depend on the key, as far as it was needed. */
typedef struct {
    wmem_allocator_t *pool;
    const digest_message_t *message;
    int hash; /* of libgcrypt */
    bool session;
    bool integrity;  /* qop auth-int */
    bool lacks_body; /* the form without a mistake is not among these */
    bool has_right, has_all;
    digest_form_t forms[DIGEST_MAX_FORMS]; /* the one without a mistake first */
    size_t n_forms;
} digest_check_t;

/* What keeps a digest from being checked. */
typedef enum {
    DIGEST_COMPUTABLE,
    DIGEST_INCOMPLETE, /* a directive is missing */
    DIGEST_HASHED_USER,
    DIGEST_UNKNOWN_ALGORITHM,
    DIGEST_UNKNOWN_QOP,
} digest_problem_t;

/* Prepares |check|, which lives as long as |message| and |pool|. */
digest_problem_t digest_prepare(wmem_allocator_t *pool, const digest_message_t *message,
                                digest_check_t *check);

/* "the algorithm is not known" */
const char *digest_problem_text(digest_problem_t problem);

/* Whether the digest is one under |mrk|: |form| says with which mistake, if any. |exact|: only without one,
 * which takes a tenth of the time. */
bool digest_fits(digest_check_t *check, const uint8_t *mrk, size_t length, bool exact, digest_form_t *form);

#endif
