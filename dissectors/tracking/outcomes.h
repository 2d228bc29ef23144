/* outcomes.h
 * How a procedure ended: what a response says to its request.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OUTCOMES_H
#define OUTCOMES_H

#include "mbms/mbms-document.h"

/* The numbers are those of the filter field mbms_sec.outcome. */
typedef enum {
    OUTCOME_ACCEPTED = 0,
    OUTCOME_PARTLY_ACCEPTED = 1,
    OUTCOME_REFUSED = 2,             /* every entry */
    OUTCOME_REFUSED_BY_STATUS = 3,   /* in the status line */
    OUTCOME_CREDENTIALS_WANTED = 4,  /* there were none, or their nonce is stale */
    OUTCOME_CREDENTIALS_REFUSED = 5, /* 401 though credentials were sent */
    OUTCOME_SERVER_ERROR = 6,
    OUTCOME_NO_RESPONSE = 7,
    OUTCOME_UNKNOWN = 8,
} outcome_t;

enum { N_OUTCOMES = OUTCOME_UNKNOWN + 1 };

/* Their names, in Wireshark's layout of a value_string, up to {0, NULL}. */
extern const mbms_message_name_t outcome_names[];

/* Entries of a document; what is neither bears no code that can be read. */
typedef struct {
    uint32_t n_entries;
    uint32_t n_accepted; /* 200 */
    uint32_t n_refused;
} entry_counts_t;

entry_counts_t count_entries(const mbms_document_t *document);

/* What is known of a response. */
typedef struct {
    uint32_t status;  /* of HTTP; 0: not known */
    bool in_capture;  /* its request is, and */
    bool credentials; /* bore an answer to a challenge, */
    bool stale;       /* but of one that was too old, as the response says */
    bool decoded;     /* its document is whole and has these: */
    bool has_document;
    entry_counts_t entries;
} response_facts_t;

outcome_t outcome_of(const response_facts_t *response);

/* "Registration", "MSK request" and so on, of the procedure that begins with |request|. */
const char *procedure_name(mbms_message_t request);

/* "Registration refused", "MSK request: authentication asked for" and so on, in |pool|: what a response
 * without a document says. */
char *outcome_text(wmem_allocator_t *pool, mbms_message_t request, outcome_t outcome);

#endif
