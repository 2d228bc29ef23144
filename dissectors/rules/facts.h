/* facts.h
 * From what is remembered to what judges are told.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FACTS_H
#define FACTS_H

#include "rules/rules.h"
#include "tracking/answers.h"

/* Judges a body that has just been remembered; the findings live as long as the capture. Where there is no
 * room for them it is not judged, nor is what is not to be decoded (protocols that are switched off). */
void judge_body(capture_t *capture, const mbms_body_t *body, tracked_body_t *tracked);

/* The same of the HTTP message that such a body came in, by its head; after judge_body(). */
void judge_body_head(capture_t *capture, const mbms_body_t *body, tracked_body_t *tracked,
                     const http_head_t *head);

/* Judges a response without a body of ours, likewise; NULL: nothing is found. Whatever was answered, this
 * counts. */
const rule_finding_t *judge_bare_response(capture_t *capture, const procedure_t *procedure,
                                          const http_head_t *head);
/* Judges the digest of a request, or of its answer, that has just been checked; likewise. */
void judge_digest(capture_t *capture, digest_proof_t *proof, bool is_answer);

/* How a message is to be judged. */
typedef struct {
    bool final;                       /* what has not come by now does not come */
    unsigned timeout;                 /* seconds without a verification message before R53 */
    unsigned delivery_timeout;        /* seconds without the request (R69) or the key (R91) that is to come */
    const net_address_t *destination; /* of the message; NULL: not at hand */
} judgement_t;

/* Judges whether the keys that a body promises came, by all that has come so far. */
void judge_awaited_keys(const capture_t *capture, const tracked_body_t *body, judgement_t judgement,
                        rule_findings_t *findings);

/* Judges a remembered message by all that has come so far. By its form rules_judge_message() judges it. */
void judge_message(const capture_t *capture, const tracked_message_t *message, judgement_t judgement,
                   rule_findings_t *findings);

#endif
