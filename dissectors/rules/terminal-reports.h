/* terminal-reports.h
 * What became of each terminal: how often it asked and what came of it, what it got, and what is wrong with
 * it first.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TERMINAL_REPORTS_H
#define TERMINAL_REPORTS_H

#include "rules/facts.h"

/* How bad it is: the worst thing is said, of several equally bad ones that of the first frame. */
typedef enum {
    TROUBLE_NONE,
    TROUBLE_NOTE,       /* the same was asked for again and again */
    TROUBLE_SUSPICIOUS, /* a rule may be broken; something was accepted in part */
    TROUBLE_FAILURE,    /* a procedure failed; an LTKM was not verified */
    TROUBLE_BREACH,     /* a rule is broken; a MAC is wrong */
} trouble_level_t;

enum { N_TROUBLE_LEVELS = TROUBLE_BREACH + 1, REPORT_MAX_BSMS = 4 };

typedef struct {
    const terminal_t *terminal;
    uint32_t first_frame;
    uint32_t n_requests;         /* those to which authentication was asked for are in it, copies are not */
    uint32_t n_accepted;         /* as a whole or in part */
    uint32_t n_refused;          /* or not answered for an error of the server */
    uint32_t n_unanswered;       /* though the capture goes on */
    uint32_t n_unauthorised;     /* 401 after credentials, */
    uint32_t unauthorised_frame; /* first here */
    uint32_t n_by_http, n_by_udp, n_verified, n_missing; /* LTKMs, without copies */
    uint32_t n_bad_macs;
    uint32_t n_breaches, n_suspicious; /* findings */
    trouble_level_t level;             /* of what is wrong first: */
    uint32_t trouble_frame;
    bool is_unauthorised; /* it is that 401 came after credentials; */
    const char *trouble;  /* else in words; NULL: nothing is wrong */
    const char *bsms[REPORT_MAX_BSMS];
    uint32_t n_bsms;
} terminal_report_t;

typedef struct {
    wmem_allocator_t *pool;
    const capture_t *capture;
    wmem_map_t *by_terminal; /* terminal_t -> terminal_report_t */
    wmem_map_t *procedures;  /* those that were counted */
    wmem_array_t *all;       /* terminal_report_t *, as they came */
} terminal_reports_t;

/* All that is said lives in |pool|. */
terminal_reports_t *terminal_reports_new(wmem_allocator_t *pool, const capture_t *capture);

/* The following give the report that they added to; NULL: none. */

/* A procedure that ended so, once however often it is told. */
terminal_report_t *report_procedure(terminal_reports_t *reports, const procedure_t *procedure,
                                    outcome_t outcome);

/* The findings of a body in |frame|, by all that was seen. */
terminal_report_t *report_body(terminal_reports_t *reports, const tracked_body_t *body, uint32_t frame,
                               judgement_t judgement);

/* Others, of |terminal|; both may be NULL. */
terminal_report_t *report_findings(terminal_reports_t *reports, const terminal_t *terminal,
                                   const rule_finding_t *findings, uint32_t frame);

/* A message, by all that was seen; its form is not judged here. */
terminal_report_t *report_message(terminal_reports_t *reports, const tracked_message_t *message,
                                  judgement_t judgement);

/* What is wrong first, in words, in the reports' pool; "-": nothing is. */
const char *report_trouble(const terminal_reports_t *reports, const terminal_report_t *report);

/* For sorting pointers to reports: the worst first, else the earliest. */
int report_compare(const void *one, const void *other);

#endif
