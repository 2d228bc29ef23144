/* quotes.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/quotes.h"

static bool is_quoted(const tracked_message_t *sent, const tracked_message_t *quote)
{
    bool verification = quote->kind == MIKEY_KIND_VERIFICATION;

    return (sent->kind == MIKEY_KIND_VERIFICATION) == verification && sent->csb_id == quote->csb_id &&
           (quote->t_type == LTKM_NO_T || (sent->t_type == quote->t_type && sent->t == quote->t)) &&
           sent->terminal_hash == quote->terminal_hash && sent->other_hash == quote->other_hash &&
           sent->ports == quote->ports && sent->transport == LTKM_TRANSPORT_UDP;
}

/* A verification message may stand in no chain of its own: then its LTKM does. */
static const tracked_message_t *find_quoted(const ltkm_candidates_t *candidates,
                                            const tracked_message_t *quote)
{
    for (int i = 0; i < candidates->n; i++) {
        const tracked_message_t *sent[] = { candidates->messages[i], candidates->messages[i]->link };

        for (size_t k = 0; k < G_N_ELEMENTS(sent); k++) {
            if (sent[k] && is_quoted(sent[k], quote)) {
                return sent[k];
            }
        }
    }
    return NULL;
}

const tracked_message_t *quotes_find(const ltkms_t *ltkms, const tracked_message_t *quote)
{
    ltkm_candidates_t candidates;
    const tracked_message_t *found;

    ltkm_index_find(&ltkms->ltkms, quote, &candidates);
    found = find_quoted(&candidates, quote);
    if (!found) {
        ltkm_index_find(&ltkms->verifications, quote, &candidates);
        found = find_quoted(&candidates, quote);
    }
    return found;
}
