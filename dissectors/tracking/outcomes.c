/* outcomes.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/outcomes.h"

const mbms_message_name_t outcome_names[] = {
    { OUTCOME_ACCEPTED, "Accepted" },
    { OUTCOME_PARTLY_ACCEPTED, "Accepted in part" },
    { OUTCOME_REFUSED, "Refused" },
    { OUTCOME_REFUSED_BY_STATUS, "Refused in the status line" },
    { OUTCOME_CREDENTIALS_WANTED, "Authentication asked for" },
    { OUTCOME_CREDENTIALS_REFUSED, "Authentication failed" },
    { OUTCOME_SERVER_ERROR, "Server error" },
    { OUTCOME_NO_RESPONSE, "No response" },
    { OUTCOME_UNKNOWN, "Not known" },
    { 0, NULL },
};

entry_counts_t count_entries(const mbms_document_t *document)
{
    entry_counts_t counts = { 0, 0, 0 };

    for (const mbms_response_t *entry = document->responses; entry; entry = entry->next) {
        counts.n_entries++;
        counts.n_accepted += entry->has_code && entry->code == 200;
        counts.n_refused += entry->has_code && entry->code != 200;
    }
    return counts;
}

/* By the codes of the entries. Of a document that is not whole others may be missing. */
static outcome_t outcome_of_entries(const response_facts_t *response)
{
    const entry_counts_t *entries = &response->entries;

    if (entries->n_accepted > 0 && entries->n_refused > 0) {
        return OUTCOME_PARTLY_ACCEPTED;
    }
    if (!response->decoded) {
        return OUTCOME_UNKNOWN;
    }
    if (entries->n_accepted == entries->n_entries) {
        return OUTCOME_ACCEPTED;
    }
    return entries->n_refused == entries->n_entries ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
}

static outcome_t outcome_of_challenge(const response_facts_t *response)
{
    if (!response->in_capture) {
        return OUTCOME_UNKNOWN;
    }
    return response->credentials && !response->stale ? OUTCOME_CREDENTIALS_REFUSED
                                                     : OUTCOME_CREDENTIALS_WANTED;
}

outcome_t outcome_of(const response_facts_t *response)
{
    switch (response->status / 100) {
    case 0: /* over HTTP/2 only the document tells */
    case 2:
        return response->has_document ? outcome_of_entries(response) : OUTCOME_UNKNOWN;
    case 4:
        return response->status == 401 || response->status == 407 ? outcome_of_challenge(response)
                                                                  : OUTCOME_REFUSED_BY_STATUS;
    case 5:
        return OUTCOME_SERVER_ERROR;
    default:
        return OUTCOME_UNKNOWN;
    }
}

const char *procedure_name(mbms_message_t request)
{
    switch (request) {
    case MBMS_REGISTRATION_REQUEST:
        return "Registration";
    case MBMS_DEREGISTRATION_REQUEST:
        return "Deregistration";
    case MBMS_MSK_REQUEST:
        return "MSK request";
    default:
        return "Unknown request";
    }
}

char *outcome_text(wmem_allocator_t *pool, mbms_message_t request, outcome_t outcome)
{
    static const char *const texts[N_OUTCOMES] = {
        [OUTCOME_ACCEPTED] = " accepted",
        [OUTCOME_PARTLY_ACCEPTED] = " accepted in part",
        [OUTCOME_REFUSED] = " refused",
        [OUTCOME_REFUSED_BY_STATUS] = " refused",
        [OUTCOME_CREDENTIALS_WANTED] = ": authentication asked for",
        [OUTCOME_CREDENTIALS_REFUSED] = ": authentication failed",
        [OUTCOME_SERVER_ERROR] = ": server error",
        [OUTCOME_NO_RESPONSE] = ": no response",
        [OUTCOME_UNKNOWN] = " answered without a document",
    };

    return wmem_strdup_printf(pool, "%s%s", procedure_name(request), texts[outcome]);
}
