/* test-terminal-reports.c
 * What became of each terminal, and what is wrong with it first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/terminal-reports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

static terminal_t terminal = { .name = "a", .has_btid = true }, other = { .name = "b", .has_btid = true };

static terminal_reports_t *reports_new(void)
{
    return terminal_reports_new(pool, world_new()->capture);
}

/* A procedure of the terminal, in frames |frame| and the next. */
static terminal_report_t *report_ended(terminal_reports_t *reports, uint32_t frame, uint32_t status,
                                       outcome_t outcome)
{
    procedure_t *procedure = wmem_new0(pool, procedure_t);

    procedure->terminal = &terminal;
    procedure->request = MBMS_REGISTRATION_REQUEST;
    procedure->request_frame = frame;
    procedure->status = status;
    return report_procedure(reports, procedure, outcome);
}

static const char *counts(const terminal_report_t *report)
{
    return wmem_strdup_printf(pool, "%u: %u accepted, %u refused, %u unanswered, %u unauthorised",
                              report->n_requests, report->n_accepted, report->n_refused, report->n_unanswered,
                              report->n_unauthorised);
}

static void test_procedures(void **state)
{
    static const struct {
        uint32_t status;
        outcome_t outcome;
        const char *counts;
        const char *trouble;
        trouble_level_t level;
    } rows[] = {
        { 200, OUTCOME_ACCEPTED, "1: 1 accepted, 0 refused, 0 unanswered, 0 unauthorised", "-",
          TROUBLE_NONE },
        { 200, OUTCOME_PARTLY_ACCEPTED, "1: 1 accepted, 0 refused, 0 unanswered, 0 unauthorised",
          "Registration in frame 7 accepted in part", TROUBLE_SUSPICIOUS },
        { 200, OUTCOME_REFUSED, "1: 0 accepted, 1 refused, 0 unanswered, 0 unauthorised",
          "Registration in frame 7 refused, every entry", TROUBLE_FAILURE },
        { 403, OUTCOME_REFUSED_BY_STATUS, "1: 0 accepted, 1 refused, 0 unanswered, 0 unauthorised",
          "Registration in frame 7 refused (403)", TROUBLE_FAILURE },
        { 401, OUTCOME_CREDENTIALS_WANTED, "1: 0 accepted, 0 refused, 0 unanswered, 0 unauthorised", "-",
          TROUBLE_NONE },
        { 401, OUTCOME_CREDENTIALS_REFUSED, "1: 0 accepted, 0 refused, 0 unanswered, 1 unauthorised",
          "401 after credentials, 1 time, first in frame 7", TROUBLE_SUSPICIOUS },
        { 503, OUTCOME_SERVER_ERROR, "1: 0 accepted, 1 refused, 0 unanswered, 0 unauthorised",
          "Registration in frame 7 answered with an error of the server (503)", TROUBLE_FAILURE },
        { 0, OUTCOME_NO_RESPONSE, "1: 0 accepted, 0 refused, 1 unanswered, 0 unauthorised",
          "Registration in frame 7 not answered", TROUBLE_FAILURE },
        { 0, OUTCOME_UNKNOWN, "1: 0 accepted, 0 refused, 0 unanswered, 0 unauthorised", "-", TROUBLE_NONE },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        terminal_reports_t *reports = reports_new();
        const terminal_report_t *report = report_ended(reports, 7, rows[i].status, rows[i].outcome);

        assert_string_equal(counts(report), rows[i].counts);
        assert_string_equal(report_trouble(reports, report), rows[i].trouble);
        assert_int_equal(report->level, rows[i].level);
        assert_int_equal(report->first_frame, 7);
    }
}

/* The worst; of those equally bad the first, in whatever order they are told. */
static void test_first(void **state)
{
    terminal_reports_t *reports = reports_new();
    const terminal_report_t *report = report_ended(reports, 9, 200, OUTCOME_PARTLY_ACCEPTED);

    (void)state;
    assert_string_equal(report_trouble(reports, report), "Registration in frame 9 accepted in part");
    assert_ptr_equal(report_ended(reports, 20, 401, OUTCOME_CREDENTIALS_REFUSED), report);
    report_ended(reports, 18, 401, OUTCOME_CREDENTIALS_REFUSED);
    report_ended(reports, 22, 401, OUTCOME_CREDENTIALS_REFUSED);
    report_ended(reports, 30, 403, OUTCOME_REFUSED_BY_STATUS);
    assert_string_equal(report_trouble(reports, report), "401 after credentials, 3 times, first in frame 18");
    report_ended(reports, 8, 403, OUTCOME_REFUSED_BY_STATUS);
    assert_string_equal(report_trouble(reports, report), "Registration in frame 8 refused (403)");
    assert_int_equal(report->first_frame, 8);
    assert_int_equal(wmem_array_get_count(reports->all), 1);
}

static void test_told_twice(void **state)
{
    terminal_reports_t *reports = reports_new();
    procedure_t procedure = { .terminal = &terminal, .request = MBMS_MSK_REQUEST, .request_frame = 3 };
    procedure_t copy = { .terminal = &terminal, .request_frame = 4, .is_copy = true };
    procedure_t orphan = { .terminal = &other, .response_frame = 5, .status = 403 };
    const terminal_report_t *report = report_procedure(reports, &procedure, OUTCOME_ACCEPTED);

    (void)state;
    assert_null(report_procedure(reports, &procedure, OUTCOME_ACCEPTED));
    assert_ptr_equal(report_procedure(reports, &copy, OUTCOME_ACCEPTED), report);
    assert_string_equal(counts(report), "1: 1 accepted, 0 refused, 0 unanswered, 0 unauthorised");
    report = report_procedure(reports, &orphan, OUTCOME_REFUSED_BY_STATUS);
    assert_string_equal(counts(report), "0: 0 accepted, 1 refused, 0 unanswered, 0 unauthorised");
    assert_string_equal(report_trouble(reports, report), "Unknown request in frame 5 refused (403)");
}

static void test_again(void **state)
{
    terminal_reports_t *reports = reports_new();
    procedure_t procedure = { .terminal = &terminal,
                              .request = MBMS_MSK_REQUEST,
                              .request_frame = 3,
                              .n_before = 2,
                              .frame_before = 1 };

    (void)state;
    assert_string_equal(report_trouble(reports, report_procedure(reports, &procedure, OUTCOME_ACCEPTED)),
                        "MSK request in frame 3 for the same as 2 before");
}

static void test_bsms(void **state)
{
    terminal_reports_t *reports = reports_new();
    net_address_t server = net_address_of("\xc0\0\2\7", 4);
    procedure_connection_t connection = { .server = &server };
    const terminal_report_t *report;

    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        host_name_t *host = wmem_new0(pool, host_name_t);
        procedure_t *procedure = wmem_new0(pool, procedure_t);

        host->name = wmem_strdup_printf(pool, "bsm%u", i / 2);
        procedure->terminal = &terminal;
        procedure->bsm = i == 0 ? NULL : host;
        procedure->connection = &connection;
        report = report_procedure(reports, procedure, OUTCOME_ACCEPTED);
    }
    assert_int_equal(report->n_bsms, REPORT_MAX_BSMS);
    assert_string_equal(report->bsms[0], "192.0.2.7");
    assert_string_equal(report->bsms[3], "bsm2");
}

#define DELIVERY_UDP "<LTKMDelivery><Type>0</Type></LTKMDelivery>"

/* Messages of a world in which the terminal is registered, and its datagrams are seen. */
static void test_messages(void **state)
{
    world_t *world = world_new();
    judgement_t judgement = { .final = true, .timeout = 10 };
    terminal_reports_t *reports = terminal_reports_new(pool, world->capture);
    const terminal_report_t *report;
    tracked_message_t *messages[5];

    (void)state;
    ask(world, "<mbmsSecurityRegister><RegistrationRequestExtension>" DELIVERY_UDP
               "</RegistrationRequestExtension></mbmsSecurityRegister>");
    answer(world, "<mbmsSecurityRegisterResponse><RegistrationResponseExtension>" DELIVERY_UDP
                  "</RegistrationResponseExtension></mbmsSecurityRegisterResponse>");
    messages[0] = pass(world, LTKM_OF(1, "a"));
    messages[1] = pass(world, ANSWER_TO(1, "a"));
    messages[2] = pass(world, LTKM_OF(2, "a"));
    messages[3] = pass(world, LTKM_OF(2, "a")); /* a copy */
    messages[4] = pass(world, LTKM_OF(3, "a", .unasked = true));
    world->moment.time += 20 * (int64_t)MOMENT_SECOND;
    next_frame(world, TERMINAL, BSM);
    sightings_add(&world->capture->sightings, &world->moment, true);
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        report = report_message(reports, messages[i], judgement);
        assert_non_null(report);
    }
    assert_int_equal(report->n_by_udp, 3);
    assert_int_equal(report->n_by_http, 0);
    assert_int_equal(report->n_verified, 1);
    assert_int_equal(report->n_missing, 1);
    assert_true(g_str_has_prefix(report_trouble(reports, report), "LTKM in frame 5 not verified: "));
    assert_int_equal(report->n_breaches, 0);
    assert_int_equal(report->n_suspicious, 1);
    assert_int_equal(report->level, TROUBLE_FAILURE);
    assert_string_equal(report->bsms[0], "bsm.example.org");
}

/* What is found in a body counts unless its request was only challenged. */
static void test_bodies(void **state)
{
    terminal_reports_t *reports = reports_new();
    rule_finding_t note = { .number = 12, .level = RULE_NOTE, .text = "note" };
    rule_finding_t breach = { .number = 22, .level = RULE_BREACH, .omitted = 2, .text = "no", .next = &note };
    procedure_t procedure = { .terminal = &terminal, .status = 200 };
    judgement_t judgement = { .final = true, .timeout = 10 };
    tracked_body_t body = { .procedure = &procedure, .findings = &breach };
    const terminal_report_t *report = report_body(reports, &body, 5, judgement);

    (void)state;
    assert_int_equal(report->n_breaches, 3);
    assert_int_equal(report->n_suspicious, 0);
    assert_string_equal(report_trouble(reports, report), "R22 in frame 5: no");
    procedure.status = 401;
    assert_null(report_body(reports, &body, 6, judgement));
    procedure.status = 200;
    body.findings = NULL;
    assert_null(report_body(reports, &body, 7, judgement));
}

static void test_order(void **state)
{
    terminal_report_t good = { .first_frame = 1 }, late = { .first_frame = 9, .level = TROUBLE_FAILURE },
                      early = { .first_frame = 2, .level = TROUBLE_FAILURE },
                      worst = { .first_frame = 10, .level = TROUBLE_BREACH };
    terminal_report_t *all[] = { &good, &late, &worst, &early };

    (void)state;
    qsort(all, G_N_ELEMENTS(all), sizeof all[0], report_compare);
    assert_ptr_equal(all[0], &worst);
    assert_ptr_equal(all[1], &early);
    assert_ptr_equal(all[2], &late);
    assert_ptr_equal(all[3], &good);
    assert_int_equal(report_compare(&all[1], &all[1]), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_procedures), TEST(test_first),    TEST(test_told_twice), TEST(test_again),
        TEST(test_bsms),       TEST(test_messages), TEST(test_order),      TEST(test_bodies),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
