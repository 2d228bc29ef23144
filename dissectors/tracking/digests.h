/* digests.h
 * What the keys of the user prove of the HTTP digests of requests and their answers. Without keys nothing is
 * looked at.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DIGESTS_H
#define DIGESTS_H

#include "mbms/digest.h"
#include "mikey/mikey-crypto.h"
#include "tracking/card-keys.h"

struct rule_finding;

typedef struct {
    bool is_there;             /* there was a message to look at */
    bool integrity;            /* it covers the body: qop auth-int */
    mikey_mac_status_t status; /* of the digest, not of a MAC */
    uint32_t row;              /* of MRKs, that names this B-TID; 0: none */
    card_answer_t card;        /* what cards say, where no row is right */
    uint32_t right_in;   /* the frame that this MRK was right in, where the digest is wrong; 0: none so far */
    const char *mistake; /* with which it would be right; NULL: none */
    const char *uri;     /* that it is over then */
    const char *why;     /* it could not be checked */
    const struct rule_finding *findings; /* whoever judges it puts them here */
} digest_proof_t;

/* Of a request and its answer. */
typedef struct digest_record {
    digest_t asked; /* credentials of the request */
    const char *method;
    const char *target;
    const char *host;
    digest_proof_t request;
    digest_proof_t answer;
} digest_record_t;

/* A message as it was sent. The texts may be NULL. */
typedef struct {
    uint32_t frame;
    const char *field;     /* Authorization, or Authentication-Info */
    const char *method;    /* of a request */
    const char *target;    /* likewise */
    const char *host;      /* likewise, without a port */
    digest_body_t body;    /* with its content coding, without transfer coding */
    digest_body_t decoded; /* without either */
    const char *lacks;     /* why there is no body, or not even a field: static */
} digest_sent_t;

typedef struct {
    wmem_allocator_t *scope;
    budget_t *budget;
    card_keys_t *cards;
    wmem_map_t *mrks; /* B-TID -> entered_mrk */
} digests_t;

/* What is remembered lives in |scope|. */
void digests_init(digests_t *digests, wmem_allocator_t *scope, const key_rows_t *entered, card_keys_t *cards,
                  budget_t *budget);

/* Overwrites all secrets. */
void digests_wipe(digests_t *digests);

/* Whether there is any key. */
bool digests_have_keys(const digests_t *digests);

/* Checks a request, whose record it gives, and the answer to it. |record| NULL: the request is not in the
 * capture; NULL is given where there is no room. */
digest_record_t *digests_add_request(digests_t *digests, const digest_sent_t *sent);
digest_record_t *digests_add_answer(digests_t *digests, digest_record_t *record, const digest_sent_t *sent);

/* Of a request, or of its answer; |record| may be NULL. NULL: it was not looked at. */
static inline const digest_proof_t *digest_proof(const digest_record_t *record, bool is_request)
{
    const digest_proof_t *proof = !record ? NULL : is_request ? &record->request : &record->answer;

    return proof && proof->is_there ? proof : NULL;
}

/* What was found in it. */
static inline const struct rule_finding *digest_findings(const digest_record_t *record, bool is_request)
{
    const digest_proof_t *proof = digest_proof(record, is_request);

    return proof ? proof->findings : NULL;
}

/* The key that a digest was checked with. */
char *digest_key_text(wmem_allocator_t *pool, const digest_proof_t *proof);

#endif
