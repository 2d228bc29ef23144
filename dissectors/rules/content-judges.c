/* content-judges.c
 * R14, R15, R22–R29 and R56: the LTKMs in a body, and what a response answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "mikey/mikey-roles.h"
#include "rules/judges.h"

static bool is_response(mbms_message_t message)
{
    return message == MBMS_REGISTRATION_RESPONSE || message == MBMS_DEREGISTRATION_RESPONSE ||
           message == MBMS_MSK_RESPONSE;
}

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

typedef void (*ltkm_judge_t)(const rule_document_t *body, const bcast_ltkm_t *ltkm,
                             rule_findings_t *findings);

static void judge_each_ltkm(const rule_document_t *body, rule_findings_t *findings, ltkm_judge_t judge)
{
    for (EACH_LTKM(ltkm, body->content)) {
        if (!rule_guessed(ltkm->element)) {
            judge(body, ltkm, findings);
        }
    }
}

/* The first LTKM that can be judged, NULL without one; adds to |*n| how many there are. */
static const bcast_ltkm_t *first_ltkm(const rule_document_t *body, uint32_t *n)
{
    const bcast_ltkm_t *first = NULL;

    for (EACH_LTKM(ltkm, body->content)) {
        if (!rule_guessed(ltkm->element)) {
            first = first ? first : ltkm;
            ++*n;
        }
    }
    return first;
}

/* What is judged of the LTKMs in a Response. */
typedef struct {
    bool (*concerns)(const mbms_response_t *response);
    void (*judge)(const mbms_response_t *response, const bcast_ltkm_t *ltkm, rule_findings_t *findings);
} answer_judge_t;

/* Judges the LTKMs of |container| that are the Response's own: not those in a Response inside it. */
static void judge_container(const mbms_response_t *response, const bcast_container_t *container,
                            const answer_judge_t *judge, rule_findings_t *findings)
{
    if (container->response != response->element) {
        return;
    }
    for (EACH_LTKM_IN(ltkm, container)) {
        if (!rule_guessed(ltkm->element)) {
            judge->judge(response, ltkm, findings);
        }
    }
}

/* Judges the containers from |container| on that begin inside |response|; gives the next one. */
static const bcast_container_t *judge_answer(const mbms_response_t *response,
                                             const bcast_container_t *container, const answer_judge_t *judge,
                                             rule_findings_t *findings)
{
    bool concerned = judge->concerns(response);

    for (; container && container->element->range.start < response->element->range.end;
         container = container->next) {
        if (concerned) {
            judge_container(response, container, judge, findings);
        }
    }
    return container;
}

/* Responses and containers are both in document order, so that one walk over each is enough. */
static void judge_each_answer(const rule_document_t *body, const answer_judge_t *judge,
                              rule_findings_t *findings)
{
    const bcast_container_t *container = body->content->containers;

    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        while (container && container->element->range.start < response->element->range.start) {
            container = container->next;
        }
        container = judge_answer(response, container, judge, findings);
    }
}

static uint32_t target_of(const bcast_ltkm_t *ltkm)
{
    return ltkm->element->range.start;
}

static void find_bad_base64(const rule_document_t *body, const bcast_ltkm_t *ltkm, rule_findings_t *findings)
{
    const base64_t *base64 = &ltkm->base64;
    uint32_t length;
    const char *text = xml_text(body->xml, ltkm->element, &length);
    bool at_end = base64->bad_offset >= length;
    char character = at_end ? '\0' : text[base64->bad_offset];
    rule_finding_t *finding;

    if (at_end) {
        finding = rule_find(findings, RULE_BREACH, target_of(ltkm),
                            "Not base64 at its end (%u characters): %s", length, base64->problem);
    } else if (g_ascii_isgraph(character)) {
        finding = rule_find(findings, RULE_BREACH, target_of(ltkm), "Not base64 at character %u ('%c'): %s",
                            base64->bad_offset + 1, character, base64->problem);
    } else {
        finding = rule_find(findings, RULE_BREACH, target_of(ltkm), "Not base64 at character %u (0x%02x): %s",
                            base64->bad_offset + 1, (uint8_t)character, base64->problem);
    }
    if (finding && !at_end) {
        finding->byte = xml_text_position(body->bytes, ltkm->element, base64->bad_offset);
    }
}

/* R14 is silent about a verification message: R56 speaks of it. */
static void judge_message(const mikey_message_t *message, uint32_t target, rule_findings_t *findings)
{
    if (!message->has_header) {
        rule_find(findings, RULE_BREACH, target, "%u bytes are too short for a MIKEY message",
                  message->length);
    } else if (mikey_has_fault(message, MIKEY_FAULT_VERSION)) {
        rule_find(findings, RULE_BREACH, target, "Not version 1 of MIKEY");
    } else if (message->data_type > MIKEY_TYPE_PSK_VERIFICATION) {
        rule_find(findings, RULE_SUSPICIOUS, target, "A MIKEY message of data type %u, not 0",
                  message->data_type);
    } else if (mikey_has_fault(message, MIKEY_FAULT_SHORT)) {
        rule_find(findings, RULE_BREACH, target, "A length in the MIKEY message reaches beyond its end");
    } else if (mikey_has_fault(message, MIKEY_FAULT_TRAILING)) {
        rule_find(findings, RULE_BREACH, target, "Bytes after the last payload of the MIKEY message");
    }
}

static void judge_encoding(const rule_document_t *body, const bcast_ltkm_t *ltkm, rule_findings_t *findings)
{
    if (!ltkm->base64.valid) {
        find_bad_base64(body, ltkm, findings);
    } else if (!ltkm->message) {
        rule_find(findings, RULE_BREACH, target_of(ltkm), "The LTKM is empty");
    } else {
        judge_message(ltkm->message, target_of(ltkm), findings);
    }
}

/* 5.1.6.7.3: LTKM is the base64 text of one MIKEY message of data type 0. */
DOCUMENT_JUDGE(14)
{
    judge_each_ltkm(body, findings, judge_encoding);
}

static void judge_profile(const rule_document_t *body, const bcast_ltkm_t *ltkm, rule_findings_t *findings)
{
    const mikey_message_t *message = ltkm->message;

    (void)body;
    if (message && message->has_header && message->data_type == MIKEY_TYPE_PSK_INIT &&
        !mikey_has_fault(message, MIKEY_FAULT_VERSION) && !mikey_has_fault(message, MIKEY_FAULT_SHORT) &&
        !mikey_has_ext(message, MIKEY_EXT_KEY_ID) && !mikey_has_bcast_data(message, MIKEY_BCAST_LTKM)) {
        rule_find(findings, RULE_NOTE, target_of(ltkm),
                  "The LTKM has neither key IDs (EXT 3) nor LTKM management data (EXT 5)");
    }
}

/* 5.1.6.7.3: LTKM is a BCAST LTKM: it has key IDs or LTKM management data. */
DOCUMENT_JUDGE(15)
{
    judge_each_ltkm(body, findings, judge_profile);
}

/* A code that lost its end tag, or that may stand in a child which did, says nothing. */
static bool is_refused(const mbms_response_t *response)
{
    if (response->code_element) {
        return response->code != 200 && !rule_guessed(response->code_element);
    }
    return !rule_may_hide(response->element);
}

static void judge_refused(const mbms_response_t *response, const bcast_ltkm_t *ltkm,
                          rule_findings_t *findings)
{
    rule_find(findings, RULE_BREACH, target_of(ltkm), "An LTKM beside the ResponseCode \"%s\"",
              response->code_element ? response->code_text : "");
}

/* 5.1.6.7.3: no LTKM beside a ResponseCode other than 200 OK. */
DOCUMENT_JUDGE(22)
{
    static const answer_judge_t judge = { is_refused, judge_refused };

    if (is_response(body->message)) {
        judge_each_answer(body, &judge, findings);
    }
}

/* 5.1.6.10.3: no LTKM in an unsuccessful HTTP response. */
DOCUMENT_JUDGE(23)
{
    bool failed = body->status && body->status / 100 != 2;
    uint32_t n = 0;
    const bcast_ltkm_t *ltkm = failed ? first_ltkm(body, &n) : NULL;

    if (ltkm) {
        rule_find(findings, RULE_BREACH, target_of(ltkm), "%u LTKM%s in a response with HTTP status %u", n,
                  n == 1 ? "" : "s", body->status);
    }
}

static void judge_key(const rule_document_t *body, const bcast_ltkm_t *ltkm, rule_findings_t *findings)
{
    (void)body;
    if (ltkm->message && ltkm->message->kind == MIKEY_KIND_LTKM_WITHOUT_KEY) {
        rule_find(findings, RULE_BREACH, target_of(ltkm),
                  "An LTKM over HTTP that carries no key (Encr data length 0)");
    }
}

/* 5.1.6.10.3: an LTKM over HTTP carries a key. */
DOCUMENT_JUDGE(24)
{
    judge_each_ltkm(body, findings, judge_key);
}

/* 5.1.6.10.3: LTKMs come only in registration, deregistration and LTKM responses. */
DOCUMENT_JUDGE(26)
{
    uint32_t n = 0;
    const bcast_ltkm_t *ltkm = is_response(body->message) ? NULL : first_ltkm(body, &n);

    if (ltkm) {
        rule_find(findings, RULE_BREACH, target_of(ltkm),
                  "%u LTKM%s in <%s>, which is none of the three responses", n, n == 1 ? "" : "s",
                  body->document->root->name);
    }
}

static void judge_kind(const rule_document_t *body, const bcast_ltkm_t *ltkm, rule_findings_t *findings)
{
    (void)body;
    if (ltkm->message && ltkm->message->kind == MIKEY_KIND_VERIFICATION) {
        rule_find(findings, RULE_BREACH, target_of(ltkm), "A verification message over HTTP");
    }
}

/* 5.1.6.10.4: no verification message comes in a document. */
DOCUMENT_JUDGE(56)
{
    judge_each_ltkm(body, findings, judge_kind);
}

/* ---- keys and services that were asked for ---------------------------------------------------------- */

static bool has_id(const mbms_key_id_t *id, uint32_t length)
{
    return id->id.valid && id->id.length == length && !rule_guessed(id->element);
}

/* The bytes of a key id of that length in the LTKM, NULL without one. */
static const uint8_t *id_of(const bcast_ltkm_t *ltkm, const mikey_tlv_t *id, uint32_t length)
{
    return id && id->value.length == length ? ltkm->message->bytes + id->value.offset : NULL;
}

static void compare_key(const mbms_response_t *response, const bcast_ltkm_t *ltkm, rule_findings_t *findings)
{
    const mbms_key_id_t *domain_id = &response->msks->key_domain_id, *msk_id = &response->msks->msk_id;
    const uint8_t *asked_domain = domain_id->id.bytes, *asked = msk_id->id.bytes;
    const uint8_t *domain = ltkm->message ? id_of(ltkm, ltkm->message->key_domain_id, 3) : NULL;
    const uint8_t *msk = ltkm->message ? id_of(ltkm, ltkm->message->msk_id, 4) : NULL;

    if (has_id(domain_id, 3) && domain && memcmp(asked_domain, domain, 3) != 0) {
        rule_find(findings, RULE_BREACH, target_of(ltkm),
                  "The LTKM is of Key Domain %02x%02x%02x, its sibling MSK of %02x%02x%02x", domain[0],
                  domain[1], domain[2], asked_domain[0], asked_domain[1], asked_domain[2]);
        return;
    }
    if (!has_id(msk_id, 4) || !msk) {
        return;
    }
    if (memcmp(asked, msk, 2) != 0) {
        rule_find(findings, RULE_BREACH, target_of(ltkm),
                  "The LTKM is of Key Group %02x%02x, its sibling MSK of %02x%02x", msk[0], msk[1], asked[0],
                  asked[1]);
    } else if ((asked[2] || asked[3]) && memcmp(asked + 2, msk + 2, 2) != 0) { /* 0: the current one */
        rule_find(findings, RULE_SUSPICIOUS, target_of(ltkm),
                  "The LTKM has Key Number %02x%02x, its sibling MSK %02x%02x", msk[2], msk[3], asked[2],
                  asked[3]);
    }
}

static bool names_key(const mbms_response_t *response)
{
    return response->msks && !rule_guessed(response->msks->element);
}

/* 5.1.6.8.1: an LTKM response carries the key that the MSK beside it names. */
DOCUMENT_JUDGE(27)
{
    static const answer_judge_t judge = { names_key, compare_key };

    if (body->message == MBMS_MSK_RESPONSE) {
        judge_each_answer(body, &judge, findings);
    }
}

static bool is_whole(const mbms_msk_t *msk)
{
    return !rule_guessed(msk->element) && !rule_guessed(msk->key_domain_id.element) &&
           !rule_guessed(msk->msk_id.element);
}

static void judge_answered_key(const request_t *asked, const mbms_msk_t *msk, wmem_allocator_t *scratch,
                               rule_findings_t *findings)
{
    const char *name = request_msk_name(scratch, msk);

    if (name && !request_has(asked->msks, asked->n_msks, name) &&
        !request_has(asked->msks, asked->n_msks, request_current_msk_name(scratch, name))) {
        rule_find(findings, RULE_SUSPICIOUS, msk->element->range.start,
                  "MSK %s is answered and was not asked for", name);
    }
}

/* 5.1.6.8.1: an MSK that is answered was asked for. */
DOCUMENT_JUDGE(28)
{
    wmem_allocator_t *scratch; /* the names are not kept: the findings are, to the end of the file */

    if (!body->asked || body->message != MBMS_MSK_RESPONSE) {
        return;
    }
    scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        for (const mbms_msk_t *msk = response->msks; msk; msk = msk->next) {
            if (is_whole(msk)) {
                judge_answered_key(body->asked, msk, scratch, findings);
            }
        }
    }
    wmem_destroy_allocator(scratch);
}

/* 5.1.6.7.3: a service that is answered was asked for. */
DOCUMENT_JUDGE(29)
{
    if (!body->asked ||
        (body->message != MBMS_REGISTRATION_RESPONSE && body->message != MBMS_DEREGISTRATION_RESPONSE)) {
        return;
    }
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        for (const mbms_text_t *service = response->services; service; service = service->next) {
            if (!rule_guessed(service->element) &&
                !request_has(body->asked->services, body->asked->n_services, service->text)) {
                rule_find(findings, RULE_SUSPICIOUS, service->element->range.start,
                          "Service \"%s\" is answered and was not asked for", service->text);
            }
        }
    }
}
