/* header-fields.h
 * Parameters in header fields of HTTP (RFC 9110 §5.6.6, §11.2): of media types and of credentials.
 *
 *     text/xml; charset="utf-8"               separator ';'
 *     Digest username="a\"b", realm = c       separator ',' behind the scheme
 *
 * Pure. One walk over the text, whatever it is; what is no parameter is passed over up to the next separator.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HEADER_FIELDS_H
#define HEADER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include <wsutil/wmem/wmem.h>

/* The value of the first parameter |name|, in any case, without quotes and quoted pairs, in |pool|. White
 * space may stand round '=' and |separator|. NULL if there is none; |text| may be NULL. A quoted string that
 * has no end goes to the end. */
char *header_parameter(wmem_allocator_t *pool, const char *text, char separator, const char *name);

/* The same of |n| parameters in one walk; |values| are NULL before. */
void header_parameters(wmem_allocator_t *pool, const char *text, char separator, const char *const *names,
                       size_t n, char **values);

/* The parameters behind "Digest " of credentials or of a challenge; NULL for another scheme, and for NULL. */
const char *digest_parameters(const char *credentials);

/* The user name in digest credentials (RFC 7616 §3.4), in |pool|: "username", else "username*" (RFC 8187, in
 * UTF-8 or ISO-8859-1) as UTF-8. NULL for another scheme, and if there is no name or an empty one.
 * |credentials| may be NULL. */
char *digest_user(wmem_allocator_t *pool, const char *credentials);

/* Whether |credentials| (NULL: none) answer a challenge: digest ones with a "response" that is not empty, or
 * any of another scheme. */
bool credentials_answer_challenge(wmem_allocator_t *pool, const char *credentials);

/* Whether a digest challenge (NULL: none) says that the credentials were right but for their old nonce. */
bool challenge_is_stale(wmem_allocator_t *pool, const char *challenge);

/* The name of the server that a request is for, in |pool|: of the Host field, without a port, else behind the
 * "@" of the realm in digest credentials ("3GPP-bootstrapping@bsm.example.com", TS 33.222 §5.3). NULL if
 * neither is a full name: an address may be that of several servers. Both may be NULL. */
char *header_server(wmem_allocator_t *pool, const char *host, const char *credentials);

/* The parameter "requesttype" (TS 33.246 G.2) in the query of |uri|, in |pool|, without the blank before it
 * that the specification prints; NULL if there is none, or |uri| is NULL; "" if its escapes cannot be read.
 */
const char *uri_request_type(wmem_allocator_t *pool, const char *uri);

/* Whether that parameter is |type|, in any case. */
bool uri_asks_for(wmem_allocator_t *pool, const char *uri, const char *type);

#endif
