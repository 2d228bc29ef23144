/* terminal-reports.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/terminal-reports.h"

#include <stdarg.h>
#include <string.h>

#include "tracking/answers.h"

terminal_reports_t *terminal_reports_new(wmem_allocator_t *pool, const capture_t *capture)
{
    terminal_reports_t *reports = wmem_new(pool, terminal_reports_t);

    *reports = (terminal_reports_t){
        .pool = pool,
        .capture = capture,
        .by_terminal = wmem_map_new(pool, g_direct_hash, g_direct_equal),
        .procedures = wmem_map_new(pool, g_direct_hash, g_direct_equal),
        .all = wmem_array_new(pool, sizeof(terminal_report_t *)),
    };
    return reports;
}

static terminal_report_t *find_report(terminal_reports_t *reports, const terminal_t *terminal, uint32_t frame)
{
    terminal_report_t *report = wmem_map_lookup(reports->by_terminal, terminal);

    if (!report) {
        report = wmem_new0(reports->pool, terminal_report_t);
        report->terminal = terminal;
        report->first_frame = frame;
        wmem_map_insert(reports->by_terminal, terminal, report);
        wmem_array_append_one(reports->all, report);
    }
    report->first_frame = MIN(report->first_frame, frame);
    return report;
}

static void add_bsm(terminal_report_t *report, const char *name)
{
    for (uint32_t i = 0; i < report->n_bsms; i++) {
        if (strcmp(report->bsms[i], name) == 0) {
            return;
        }
    }
    if (name[0] && report->n_bsms < REPORT_MAX_BSMS) {
        report->bsms[report->n_bsms++] = name;
    }
}

/* ---- what is wrong first ---------------------------------------------------------------------------- */

static bool is_first(const terminal_report_t *report, trouble_level_t level, uint32_t frame)
{
    return level > report->level || (level == report->level && frame < report->trouble_frame);
}

G_GNUC_PRINTF(5, 6)
static void add_trouble(const terminal_reports_t *reports, terminal_report_t *report, trouble_level_t level,
                        uint32_t frame, const char *format, ...)
{
    va_list arguments;

    if (!is_first(report, level, frame)) {
        return;
    }
    va_start(arguments, format);
    report->level = level;
    report->trouble_frame = frame;
    report->is_unauthorised = false;
    report->trouble = wmem_strdup_vprintf(reports->pool, format, arguments);
    va_end(arguments);
}

/* How often is known only in the end. Once may be how the BSM asks for a new bootstrapping. */
static void add_unauthorised(terminal_report_t *report, uint32_t frame)
{
    trouble_level_t level = ++report->n_unauthorised > 1 ? TROUBLE_FAILURE : TROUBLE_SUSPICIOUS;

    report->unauthorised_frame = report->n_unauthorised == 1 ? frame : MIN(report->unauthorised_frame, frame);
    if (is_first(report, level, report->unauthorised_frame)) {
        report->level = level;
        report->trouble_frame = report->unauthorised_frame;
        report->is_unauthorised = true;
    }
}

const char *report_trouble(const terminal_reports_t *reports, const terminal_report_t *report)
{
    if (report->is_unauthorised) {
        return wmem_strdup_printf(reports->pool, "401 after credentials, %u time%s, first in frame %u",
                                  report->n_unauthorised, report->n_unauthorised == 1 ? "" : "s",
                                  report->trouble_frame);
    }
    return report->trouble ? report->trouble : "-";
}

int report_compare(const void *one, const void *other)
{
    const terminal_report_t *a = *(const terminal_report_t *const *)one;
    const terminal_report_t *b = *(const terminal_report_t *const *)other;

    if (a->level != b->level) {
        return a->level > b->level ? -1 : 1;
    }
    return a->first_frame < b->first_frame ? -1 : a->first_frame > b->first_frame;
}

/* ---- procedures ------------------------------------------------------------------------------------- */

/* How an outcome counts, and what is wrong then: the name of the procedure stands before it, its frame behind
 * it. */
typedef struct {
    size_t counter;
    trouble_level_t level;
    const char *text;
} ending_t;

#define COUNTER(name) offsetof(terminal_report_t, n_##name)

static const ending_t endings[N_OUTCOMES] = {
    [OUTCOME_ACCEPTED] = { COUNTER(accepted), TROUBLE_NONE, NULL },
    [OUTCOME_PARTLY_ACCEPTED] = { COUNTER(accepted), TROUBLE_SUSPICIOUS, "accepted in part" },
    [OUTCOME_REFUSED] = { COUNTER(refused), TROUBLE_FAILURE, "refused, every entry" },
    [OUTCOME_REFUSED_BY_STATUS] = { COUNTER(refused), TROUBLE_FAILURE, "refused" },
    [OUTCOME_SERVER_ERROR] = { COUNTER(refused), TROUBLE_FAILURE, "answered with an error of the server" },
    [OUTCOME_NO_RESPONSE] = { COUNTER(unanswered), TROUBLE_FAILURE, "not answered" },
};

/* " (503)" where the status says more than the words. */
static const char *status_text(const terminal_reports_t *reports, const procedure_t *procedure)
{
    return procedure->status / 100 > 3 ? wmem_strdup_printf(reports->pool, " (%u)", procedure->status) : "";
}

static void add_ending(const terminal_reports_t *reports, terminal_report_t *report,
                       const procedure_t *procedure, outcome_t outcome)
{
    const ending_t *ending = &endings[outcome];
    uint32_t frame = procedure->request_frame ? procedure->request_frame : procedure->response_frame;

    if (outcome == OUTCOME_CREDENTIALS_REFUSED) {
        add_unauthorised(report, frame);
    }
    if (ending->counter) {
        ++*(uint32_t *)(void *)((char *)report + ending->counter);
    }
    if (ending->text) {
        add_trouble(reports, report, ending->level, frame, "%s in frame %u %s%s",
                    procedure_name(procedure->request), frame, ending->text, status_text(reports, procedure));
    }
    if (procedure->n_before > 1 && procedure_counts(procedure)) {
        add_trouble(reports, report, TROUBLE_NOTE, frame, "%s in frame %u for the same as %u before",
                    procedure_name(procedure->request), frame, procedure->n_before);
    }
}

static const char *bsm_of(const terminal_reports_t *reports, const procedure_t *procedure)
{
    if (procedure->bsm) {
        return procedure->bsm->name;
    }
    return procedure->connection && procedure->connection->server
               ? net_address_text(reports->pool, procedure->connection->server)
               : "";
}

terminal_report_t *report_procedure(terminal_reports_t *reports, const procedure_t *procedure,
                                    outcome_t outcome)
{
    uint32_t frame = procedure->request_frame ? procedure->request_frame : procedure->response_frame;
    terminal_report_t *report;

    if (wmem_map_contains(reports->procedures, procedure)) {
        return NULL;
    }
    wmem_map_insert(reports->procedures, procedure, NULL);
    report = find_report(reports, procedure->terminal, frame);
    add_bsm(report, bsm_of(reports, procedure));
    if (!procedure->is_copy) {
        report->n_requests += procedure->request_frame != 0;
        add_ending(reports, report, procedure, outcome);
    }
    return report;
}

/* ---- findings --------------------------------------------------------------------------------------- */

static void add_findings(const terminal_reports_t *reports, terminal_report_t *report,
                         const rule_finding_t *finding, uint32_t frame)
{
    for (; finding; finding = finding->next) {
        report->n_breaches += finding->level == RULE_BREACH ? 1 + finding->omitted : 0;
        report->n_suspicious += finding->level == RULE_SUSPICIOUS ? 1 + finding->omitted : 0;
        if (finding->level >= RULE_SUSPICIOUS) {
            add_trouble(reports, report, finding->level == RULE_BREACH ? TROUBLE_BREACH : TROUBLE_SUSPICIOUS,
                        frame, "R%u in frame %u: %s", finding->number, frame, finding->text);
        }
    }
}

terminal_report_t *report_findings(terminal_reports_t *reports, const terminal_t *terminal,
                                   const rule_finding_t *findings, uint32_t frame)
{
    terminal_report_t *report;

    if (!findings || !terminal) {
        return NULL;
    }
    report = find_report(reports, terminal, frame);
    add_findings(reports, report, findings, frame);
    return report;
}

terminal_report_t *report_body(terminal_reports_t *reports, const tracked_body_t *body, uint32_t frame,
                               judgement_t judgement)
{
    const terminal_t *terminal = body->procedure->terminal;
    rule_findings_t late = { .pool = reports->pool };
    terminal_report_t *report, *awaiting;

    if (!procedure_counts(body->procedure)) {
        return NULL;
    }
    report = report_findings(reports, terminal, body->findings, frame);
    judge_awaited_keys(reports->capture, body, judgement, &late);
    awaiting = report_findings(reports, terminal, late.first, frame);
    return awaiting ? awaiting : report;
}

/* ---- messages --------------------------------------------------------------------------------------- */

/* Why there is no verification message, where one was asked for and it is worth a word: the first reason that
 * applies; NULL otherwise. That the terminal does right to be silent does not make its key come. */
static const char *why_silent(const terminal_reports_t *reports, const tracked_message_t *ltkm,
                              const ltkm_answer_t *answer)
{
    silence_t silence = SILENCE_REPLAY;

    if (answer->kind != ANSWER_MISSING && answer->kind != ANSWER_NOT_EXPECTED) {
        return NULL;
    }
    if (answer_has(answer, SILENCE_NOT_ASKED) || answer_has(answer, SILENCE_PULL)) {
        return NULL;
    }
    while (silence < N_SILENCES && !answer_has(answer, silence)) {
        silence++;
    }
    return silence < N_SILENCES ? silence_text(reports->pool, reports->capture, ltkm, answer, silence) : NULL;
}

static void add_ltkm(const terminal_reports_t *reports, terminal_report_t *report,
                     const tracked_message_t *ltkm, judgement_t judgement)
{
    ltkm_answer_t answer = answer_of(reports->capture, ltkm, judgement.timeout);
    const char *reason = judgement.final ? why_silent(reports, ltkm, &answer) : NULL;

    report->n_by_http += ltkm->transport == LTKM_TRANSPORT_HTTP;
    report->n_by_udp += ltkm->transport == LTKM_TRANSPORT_UDP;
    report->n_verified += ltkm->v_flag && ltkm_peer(ltkm);
    report->n_missing += judgement.final && answer.kind == ANSWER_MISSING;
    if (reason) {
        add_trouble(reports, report, TROUBLE_FAILURE, ltkm->frame, "LTKM in frame %u not verified: %s",
                    ltkm->frame, reason);
    }
    if (ltkm->host) {
        add_bsm(report, ltkm->host->name);
    }
}

terminal_report_t *report_message(terminal_reports_t *reports, const tracked_message_t *message,
                                  judgement_t judgement)
{
    rule_findings_t findings = { .pool = NULL };
    const ltkm_proof_t *proof = proof_of(&reports->capture->proofs, message);
    terminal_report_t *report;

    if (!message->terminal || !(ltkm_is_ltkm(message) || message->kind == MIKEY_KIND_VERIFICATION)) {
        return NULL;
    }
    report = find_report(reports, message->terminal, message->frame);
    findings.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    judge_message(reports->capture, message, judgement, &findings);
    if (ltkm_is_ltkm(message) && !message->is_copy) {
        add_ltkm(reports, report, message, judgement);
    }
    if (proof && proof->mac == MIKEY_MAC_BAD) {
        report->n_bad_macs++;
        add_trouble(reports, report, TROUBLE_BREACH, message->frame, "The MAC in frame %u is wrong",
                    message->frame);
    }
    add_findings(reports, report, findings.first, message->frame);
    wmem_destroy_allocator(findings.pool);
    return report;
}
