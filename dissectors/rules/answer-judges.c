/* answer-judges.c
 * R84 and R86: what a response answers, and by which codes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "rules/judges.h"

/* ---- all that was asked for ------------------------------------------------------------------------- */

/* A sorted list of what was asked for, and which of it was answered. */
typedef struct {
    const char *const *names;
    uint32_t n;
    bool *answered;
} asked_t;

/* Where |name| would stand: the first that is not before it. */
static uint32_t place_of(const asked_t *asked, const char *name)
{
    uint32_t low = 0, high = asked->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(asked->names[middle], name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Of names that are there more than once the first counts. */
static void mark(asked_t *asked, const char *name)
{
    uint32_t place = place_of(asked, name);

    if (place < asked->n && strcmp(asked->names[place], name) == 0) {
        asked->answered[place] = true;
    }
}

/* Of an empty name R20 speaks. */
static bool wants_answer(const asked_t *asked, uint32_t place)
{
    const char *name = asked->names[place];

    return name[0] && (place == 0 || strcmp(asked->names[place - 1], name) != 0);
}

static void find_unanswered(const asked_t *asked, const char *what, rule_findings_t *findings)
{
    for (uint32_t i = 0; i < asked->n; i++) {
        if (!asked->answered[i] && wants_answer(asked, i)) {
            rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "%s \"%s\" is asked for and not answered",
                      what, asked->names[i]);
        }
    }
}

static void mark_services(asked_t *asked, const mbms_response_t *response, wmem_allocator_t *scratch)
{
    (void)scratch;
    for (const mbms_text_t *service = response->services; service; service = service->next) {
        mark(asked, service->text);
    }
}

/* Who asks for Key Number 0 asks for the current key of the Key Group, whatever its number. */
static void mark_msks(asked_t *asked, const mbms_response_t *response, wmem_allocator_t *scratch)
{
    for (const mbms_msk_t *msk = response->msks; msk; msk = msk->next) {
        const char *name = request_msk_name(scratch, msk);

        if (name) {
            mark(asked, name);
            mark(asked, request_current_msk_name(scratch, name));
        }
    }
}

/* Nothing of the response is a guess, or missing. */
static bool is_whole(const rule_document_t *body)
{
    if (!body->xml->reached_end || rule_guessed(body->document->root) ||
        rule_may_hide(body->document->root)) {
        return false;
    }
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        if (rule_may_hide(response->element)) {
            return false;
        }
    }
    return true;
}

typedef void (*mark_t)(asked_t *asked, const mbms_response_t *response, wmem_allocator_t *scratch);

static void judge_answers(const rule_document_t *body, asked_t asked, mark_t mark_all, const char *what,
                          rule_findings_t *findings)
{
    wmem_allocator_t *scratch; /* nothing is kept of a response that answers all */

    if (asked.n == 0) {
        return;
    }
    scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    asked.answered = wmem_alloc0_array(scratch, bool, asked.n);
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        mark_all(&asked, response, scratch);
    }
    find_unanswered(&asked, what, findings);
    wmem_destroy_allocator(scratch);
}

/* TS 33.246 §6.3.2.4: a successful response answers every service or MSK of its request. */
DOCUMENT_JUDGE(84)
{
    const request_t *asked = body->asked;

    if (!asked || body->status / 100 != 2 || !is_whole(body)) {
        return;
    }
    if (body->message == MBMS_MSK_RESPONSE) {
        judge_answers(body, (asked_t){ asked->msks, asked->n_msks, NULL }, mark_msks, "MSK", findings);
    } else if (body->message == MBMS_REGISTRATION_RESPONSE || body->message == MBMS_DEREGISTRATION_RESPONSE) {
        judge_answers(body, (asked_t){ asked->services, asked->n_services, NULL }, mark_services, "Service",
                      findings);
    }
}

/* ---- codes ------------------------------------------------------------------------------------------ */

bool rule_is_unused_code(uint32_t code)
{
    return (code >= 406 && code <= 417) || code == 500 || code == 502;
}

/* TS 33.246 G.2.4: the codes that a BM-SC uses. */
DOCUMENT_JUDGE(86_codes)
{
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        if (rule_is_unused_code(response->code) && !rule_guessed(response->code_element)) {
            rule_find(findings, RULE_NOTE, response->element->range.start,
                      "A BM-SC does not use the ResponseCode \"%s\"", response->code_text);
        }
    }
}
