/* facts.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/facts.h"

#include <string.h>

static void charge(budget_t *budget, const rule_finding_t *finding)
{
    for (; finding; finding = finding->next) {
        budget_charge(budget, sizeof *finding + strlen(finding->text));
    }
}

/* The containers without the LTKMs in them. */
static const bcast_content_t *containers_of(wmem_allocator_t *pool, const bcast_content_t *content)
{
    bcast_content_t *copy = wmem_new0(pool, bcast_content_t);
    bcast_container_t **link = &copy->containers;

    for (EACH_CONTAINER(container, content)) {
        if (container->kind != BCAST_NO_CONTAINER) {
            *link = wmem_memdup(pool, container, sizeof *container);
            (*link)->ltkms = NULL;
            (*link)->n_ltkms = 0;
            (*link)->next = NULL;
            link = &(*link)->next;
        }
    }
    return copy;
}

void judge_body(capture_t *capture, const mbms_body_t *body, tracked_body_t *tracked)
{
    const procedure_t *procedure = tracked->procedure;
    rule_findings_t findings = { .pool = capture->scope, .texts = capture->texts };
    rule_document_t facts = {
        .bytes = body->text.bytes,
        .xml = body->xml,
        .document = body->document,
        .content = body->content,
        .message = tracked->message,
        .media_type = body->media_type,
        .in_multipart = tracked->in_multipart,
        .status = tracked->is_request ? 0 : procedure->status,
        .request = tracked->is_request ? MBMS_NONE : procedure->request,
        .asked = tracked->is_request ? NULL : procedure->asked,
    };

    if (!body->document) {
        return;
    }
    if (!budget_take(&capture->budget, 0)) {
        tracked->cut = true;
        return;
    }
    if (tracked->without_ltkms) {
        wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);

        facts.content = containers_of(scratch, body->content);
        rules_judge_document(&facts, &findings);
        wmem_destroy_allocator(scratch);
    } else {
        rules_judge_document(&facts, &findings);
    }
    charge(&capture->budget, findings.first);
    tracked->findings = findings.first;
}

/* ---- HTTP messages ---------------------------------------------------------------------------------- */

static rule_findings_t judge_http(capture_t *capture, const procedure_t *procedure, const rule_http_t *http)
{
    rule_findings_t findings = { .pool = capture->scope, .texts = capture->texts };
    rule_http_t facts = *http;

    facts.host = procedure->bsm ? procedure->bsm->name : NULL;
    if (budget_take(&capture->budget, 0)) {
        rules_judge_http(&facts, &findings);
        charge(&capture->budget, findings.first);
    }
    return findings;
}

void judge_body_head(capture_t *capture, const mbms_body_t *body, tracked_body_t *tracked,
                     const http_head_t *head)
{
    const procedure_t *procedure = tracked->procedure;
    rule_http_t facts = {
        .is_request = tracked->is_request,
        .message = tracked->message,
        .status = tracked->is_request ? 0 : procedure->status,
        .head = head,
    };
    rule_findings_t findings = { .first = NULL };

    if (body->document) {
        findings = judge_http(capture, procedure, &facts);
    }
    if (findings.first) {
        findings.last->next = (rule_finding_t *)tracked->findings;
        tracked->findings = findings.first;
    }
}

const rule_finding_t *judge_bare_response(capture_t *capture, const procedure_t *procedure,
                                          const http_head_t *head)
{
    rule_http_t facts = { .status = procedure->status, .head = head };

    return judge_http(capture, procedure, &facts).first;
}

/* ---- MIKEY messages --------------------------------------------------------------------------------- */

void judge_digest(capture_t *capture, digest_proof_t *proof, bool is_answer)
{
    rule_findings_t findings = { .pool = capture->scope, .texts = capture->texts };
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    rule_digest_t facts = {
        .is_answer = is_answer,
        .integrity = proof->integrity,
        .right = proof->status == MIKEY_MAC_BAD ? RULE_NO : RULE_UNKNOWN,
        .mistake = proof->mistake,
        .uri = proof->uri,
        .other_btid = proof->card.other_btid,
        .right_in = proof->right_in,
    };

    if (facts.right == RULE_NO && budget_take(&capture->budget, 0)) {
        facts.key = digest_key_text(scratch, proof);
        rules_judge_digest(&facts, &findings);
        charge(&capture->budget, findings.first);
    }
    proof->findings = findings.first;
    wmem_destroy_allocator(scratch);
}

static void judge_delivered(const capture_t *capture, const tracked_message_t *ltkm, judgement_t judgement,
                            rule_findings_t *findings)
{
    const tracked_message_t *verification = ltkm_peer(ltkm);
    rule_delivered_t facts = {
        .transport = ltkm->transport,
        .v_flag = ltkm->v_flag && !ltkm->is_copy,
        .carries_key = ltkm->kind == MIKEY_KIND_LTKM,
        .in_registration_response = ltkm->delivery && ltkm->delivery->frame == ltkm->frame,
        .whole_body = ltkm->whole_body,
        .registration_seen = ltkm->registration_seen,
        .delivery = ltkm->delivery,
        .final = judgement.final,
        .verified = verification != NULL,
        .verification_delay = verification ? ltkm_delay(ltkm, verification) : 0,
        .answer_may_be_cut = capture->clock.lacks_headers,
        .answer_visible = !capture->foreign_port && capture_shows_answers(capture, ltkm),
        .foreign_port = capture->foreign_port,
        .time_left = clock_left(&capture->clock, ltkm->time),
        .timeout = judgement.timeout,
    };

    rules_judge_delivered(&facts, findings);
}

static rule_answer_t right_mac(const capture_t *capture, const tracked_message_t *verification)
{
    const ltkm_proof_t *proof = proof_of(&capture->proofs, verification);

    if (!proof || (proof->mac != MIKEY_MAC_GOOD && proof->mac != MIKEY_MAC_BAD)) {
        return RULE_UNKNOWN;
    }
    return proof->mac == MIKEY_MAC_GOOD ? RULE_YES : RULE_NO;
}

static rule_answer_t right_destination(const tracked_message_t *verification, const tracked_message_t *ltkm)
{
    host_match_t match = ltkm && ltkm->host
                             ? host_name_has(ltkm->host, verification->other_hash, verification->frame)
                             : HOST_UNKNOWN;

    return match == HOST_UNKNOWN ? RULE_UNKNOWN : match == HOST_MATCHES ? RULE_YES : RULE_NO;
}

/* Under the address that it answers from, or the one that the LTKM went to: it may have several. */
static bool was_told(const capture_t *capture, const tracked_message_t *verification,
                     const tracked_message_t *ltkm)
{
    return ltkm && ltkm->host &&
           (hosts_told(&capture->hosts, ltkm->host, verification->terminal_hash, verification->frame) ||
            hosts_told(&capture->hosts, ltkm->host, ltkm->terminal_hash, verification->frame));
}

static void judge_verification(const capture_t *capture, const tracked_message_t *verification,
                               judgement_t judgement, rule_findings_t *findings)
{
    const tracked_message_t *ltkm = ltkm_peer(verification);
    ltkm_order_t order = ltkm_order(verification);
    rule_verification_t facts = {
        .over_http = verification->transport == LTKM_TRANSPORT_HTTP,
        .v_flag = verification->v_flag,
        .registration_seen = verification->registration_seen,
        .final = judgement.final,
        .has_ltkm = ltkm != NULL,
        .ltkm_may_be_cut = capture->clock.lacks_bytes || capture->lacks_ltkms || capture->foreign_port,
        .exact = ltkm_same_t(verification) || verification->lacks_t || (ltkm && ltkm->lacks_t),
        .other_idr =
            ltkm && ltkm->idr_hash && verification->idr_hash && ltkm->idr_hash != verification->idr_hash,
        .ltkm_v_flag = ltkm && ltkm->v_flag,
        .second = ltkm_is_second(verification),
        .ltkm_frame = ltkm ? ltkm->frame : 0,
        .too_early = order != LTKM_IN_ORDER,
        .perhaps_in_order = order == LTKM_PERHAPS_TOO_EARLY,
        .right_destination = right_destination(verification, ltkm),
        .was_told = was_told(capture, verification, ltkm),
        .host = ltkm && ltkm->host ? ltkm->host->name : "",
        .destination = judgement.destination,
        .right_mac = right_mac(capture, verification),
    };

    rules_judge_verification(&facts, findings);
}

void judge_message(const capture_t *capture, const tracked_message_t *message, judgement_t judgement,
                   rule_findings_t *findings)
{
    const tracked_message_t *peer = ltkm_peer(message);
    bool alone = message->transport == LTKM_TRANSPORT_UDP || message->whole_body;

    if (ltkm_is_ltkm(message)) {
        judge_delivered(capture, message, judgement, findings);
    } else if (message->kind == MIKEY_KIND_VERIFICATION && alone && (!peer || ltkm_is_ltkm(peer))) {
        /* R56 is said of those that are not alone */
        judge_verification(capture, message, judgement, findings);
    }
}
