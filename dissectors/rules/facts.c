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

static rule_answer_t right_mac(const capture_t *capture, const tracked_message_t *verification)
{
    const ltkm_proof_t *proof = proof_of(&capture->proofs, verification);

    if (!proof || (proof->mac != MIKEY_MAC_GOOD && proof->mac != MIKEY_MAC_BAD)) {
        return RULE_UNKNOWN;
    }
    return proof->mac == MIKEY_MAC_GOOD ? RULE_YES : RULE_NO;
}

/* Why there may be no verification message, but for what the level of the finding says. */
static const char *silence_of(const capture_t *capture, const tracked_message_t *ltkm,
                              const ltkm_answer_t *answer, wmem_allocator_t *pool)
{
    static const silence_t said[] = { SILENCE_NOT_REGISTERED, SILENCE_MALFORMED, SILENCE_NOT_VISIBLE,
                                      SILENCE_LOST };
    wmem_strbuf_t *text = wmem_strbuf_new(pool, "");

    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        if (answer_has(answer, said[i])) {
            wmem_strbuf_append(text, wmem_strbuf_get_len(text) ? "; " : "");
            wmem_strbuf_append(text, silence_text(pool, capture, ltkm, answer, said[i]));
        }
    }
    return wmem_strbuf_get_len(text) ? wmem_strbuf_get_str(text) : NULL;
}

static void add_key_facts(const capture_t *capture, const tracked_message_t *ltkm, wmem_allocator_t *pool,
                          rule_delivered_t *facts)
{
    facts->sound = !ltkm->is_copy && ltkm->fate != FATE_UNKNOWN && ltkm->fate != FATE_MALFORMED;
    facts->replay = ltkm->is_replay ? fate_replay_text(pool, &capture->fates, ltkm) : NULL;
    facts->right_mac = right_mac(capture, ltkm);
    facts->updates_validity = ltkm->fate == FATE_VALIDITY;
    facts->key_fault = ltkm->key_fault;
    facts->limit_is_all_ones = ltkm->bad_limit;
    if (ltkm->msk && ltkm->msk->group) {
        facts->has_key_numbers = true;
        facts->key_group = msk_group_number(ltkm->msk);
        facts->key_number = msk_number(ltkm->msk);
    }
}

static void judge_delivered(const capture_t *capture, const tracked_message_t *ltkm, judgement_t judgement,
                            rule_findings_t *findings)
{
    const tracked_message_t *verification = ltkm_peer(ltkm);
    const delivery_state_t *delivery = judgement.final ? ltkm_delivery(ltkm) : ltkm->delivery;
    ltkm_answer_t answer = answer_of(capture, ltkm, judgement.timeout);
    rule_delivered_t facts = {
        .transport = ltkm->transport,
        .v_flag = ltkm->v_flag && !ltkm->is_copy,
        .carries_key = ltkm->kind == MIKEY_KIND_LTKM,
        .in_registration_response = delivery && delivery->frame == ltkm->frame,
        .whole_body = ltkm->whole_body,
        .registration_seen = ltkm->registration_seen,
        .delivery = delivery,
        .final = judgement.final,
        .verified = verification != NULL,
        .verification_delay = answer.delay,
        .answer_may_be_cut = capture->clock.lacks_headers,
        .answer_visible = !answer_has(&answer, SILENCE_NOT_VISIBLE),
        .excused = answer_is_excused(&answer),
        .silence =
            judgement.final && !verification ? silence_of(capture, ltkm, &answer, findings->pool) : NULL,
        .time_left = answer.left,
        .paused = answer.paused,
        .timeout = judgement.timeout,
    };

    add_key_facts(capture, ltkm, findings->pool, &facts);
    rules_judge_delivered(&facts, findings);
}

static void judge_stkm(const capture_t *capture, const tracked_message_t *stkm, rule_findings_t *findings)
{
    const tracked_message_t *other = fates_disorder(&capture->fates, stkm);
    rule_stkm_t facts = {
        .mtk_id = stkm->mtk_id,
        .mtk_id_is_bad = stkm->bad_limit,
        .out_of_order = other != NULL,
        .t = (uint32_t)stkm->t,
        .other_frame = other ? other->frame : 0,
        .other_t = other ? (uint32_t)other->t : 0,
        .other_mtk_id = other ? other->mtk_id : 0,
    };

    if (stkm->fate != FATE_UNKNOWN && stkm->fate != FATE_MALFORMED && stkm->fate != FATE_COPY) {
        rules_judge_stkm(&facts, findings);
    }
}

/* ---- what has to come ------------------------------------------------------------------------------- */

static bool shows_requests(const capture_t *capture, const awaited_t *awaited)
{
    return terminals_any(&capture->terminals) &&
           sightings_of(&capture->sightings, awaited->address_hash).any_from > awaited->frame;
}

static bool shows_keys(const capture_t *capture, const awaited_t *awaited)
{
    return awaited->by_http || sightings_of(&capture->sightings, awaited->address_hash).datagram_to > 0;
}

static void judge_awaited(const capture_t *capture, const awaited_t *awaited, judgement_t judgement,
                          rule_findings_t *findings)
{
    bool for_key = awaited->group != NULL;
    bool stray = for_key && awaiting_stray(&capture->awaiting, awaited->group) >= awaited->frame;
    rule_awaited_t facts = {
        .key = for_key ? msk_text(findings->pool, awaited->group) : NULL,
        .target = for_key ? awaited->target : RULE_TARGET_WHOLE,
        .final = judgement.final,
        .visible = for_key ? shows_keys(capture, awaited) : shows_requests(capture, awaited),
        .may_be_cut =
            capture->clock.lacks_bytes || capture->lacks_ltkms || stray || (for_key && capture->foreign_port),
        .came = awaited->came_in != 0,
        .delay = (double)(awaited->came_at - awaited->since) / MOMENT_SECOND,
        .timeout = judgement.delivery_timeout,
    };

    facts.time_left = clock_left(&capture->clock, awaited->since, judgement.delivery_timeout, &facts.paused);
    rules_judge_awaited(&facts, findings);
}

void judge_awaited_keys(const capture_t *capture, const tracked_body_t *body, judgement_t judgement,
                        rule_findings_t *findings)
{
    for (const awaited_t *awaited = body->awaited; awaited; awaited = awaited->next) {
        judge_awaited(capture, awaited, judgement, findings);
    }
}

/* ---- verification messages -------------------------------------------------------------------------- */

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
    rule_answer_t right = right_destination(verification, ltkm);
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
        .right_destination = right,
        .was_told = was_told(capture, verification, ltkm),
        .host = ltkm && ltkm->host ? ltkm->host->name : "",
        .destination = right == RULE_NO && judgement.destination
                           ? net_address_text(findings->pool, judgement.destination)
                           : NULL,
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
        const awaited_t *request = wmem_map_lookup(capture->pulls, message);

        judge_delivered(capture, message, judgement, findings);
        if (request) {
            judge_awaited(capture, request, judgement, findings);
        }
    } else if (message->kind == MIKEY_KIND_STKM) {
        judge_stkm(capture, message, findings);
    } else if (message->kind == MIKEY_KIND_VERIFICATION && alone && (!peer || ltkm_is_ltkm(peer))) {
        /* R56 is said of those that are not alone */
        judge_verification(capture, message, judgement, findings);
    }
}
