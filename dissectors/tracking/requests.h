/* requests.h
 * What a request asked for, kept until its response is judged.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "mbms/mbms-body.h"

typedef struct {
    uint32_t n_services;
    const char *const *services; /* sorted by strcmp */
    uint32_t n_msks;
    const char *const *msks; /* sorted; as request_msk_name() gives them */
    bool offer_listed;       /* LTKMDelivery is present */
    uint32_t offer[8];       /* one bit a Type, 0 to 255 */
} request_t;

/* What the request |body| (with a document) asks for, in |scope|. */
request_t *request_read(wmem_allocator_t *scope, const mbms_body_t *body);

/* Gives back what request_read() took; |request| may be NULL. */
void request_free(wmem_allocator_t *scope, request_t *request);

/* A key as requests and responses name it, "b8709d/68c90001", in |pool|; NULL unless both halves are there
 * and base64. */
const char *request_msk_name(wmem_allocator_t *pool, const mbms_msk_t *msk);

/* What the current key of the same Key Group is asked for by, whatever its number: Key Number 0. In |pool|.
 */
const char *request_current_msk_name(wmem_allocator_t *pool, const char *name);

/* Whether the sorted |list| has |text|. */
bool request_has(const char *const *list, uint32_t n, const char *text);

#endif
