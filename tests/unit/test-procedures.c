/* test-procedures.c
 * Which response answers which request, and what the two together settle.
 *
 * Each row is a capture of a few requests and responses; every one has a frame of its own unless it says
 * otherwise, numbered from 1. The outline of the answers has "3:1" where 3 answers 1, "3:?" where its request
 * is not known, "3:-" where a response without a body answers none of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/procedures.h"
#include "tracking/registrations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

enum { MAX_STEPS = 12, N_CONNECTIONS = 3 };

typedef enum { END, REQUEST, RESPONSE, BARE_RESPONSE } what_t;

typedef struct {
    what_t what;
    unsigned connection; /* 0: of a response, not known */
    uint32_t of;         /* frame of the request, as HTTP says; 0: it does not know */
    bool same_frame;
} step_t;

#define ASK(on, ...)                                                                                         \
    {                                                                                                        \
        .what = REQUEST, .connection = on, __VA_ARGS__                                                       \
    }
#define ANSWER(on, to, ...)                                                                                  \
    {                                                                                                        \
        .what = RESPONSE, .connection = on, .of = to, __VA_ARGS__                                            \
    }
#define BARE(on, to)                                                                                         \
    {                                                                                                        \
        .what = BARE_RESPONSE, .connection = on, .of = to                                                    \
    }
#define SAME_FRAME .same_frame = true

typedef struct {
    const char *name;
    step_t steps[MAX_STEPS];
    const char *expected;
} row_t;

typedef struct {
    terminals_t terminals;
    procedures_t procedures;
    procedure_connection_t connections[N_CONNECTIONS];
    moment_t moment;
} world_t;

static world_t *world_new(void)
{
    world_t *capture = wmem_new0(pool, world_t);

    terminals_init(&capture->terminals, pool);
    procedures_init(&capture->procedures, pool, &capture->terminals);
    return capture;
}

/* ---- answers ---------------------------------------------------------------------------------------- */

static void append_answer(wmem_strbuf_t *out, uint32_t frame, const procedure_t *procedure)
{
    wmem_strbuf_append_printf(out, "%s%u:", wmem_strbuf_get_len(out) ? " " : "", frame);
    if (!procedure) {
        wmem_strbuf_append_c(out, '-');
    } else if (procedure->request == MBMS_NONE) {
        assert_int_equal(procedure->request_frame, 0);
        wmem_strbuf_append_c(out, '?');
    } else {
        assert_int_equal(procedure->response_frame, frame);
        wmem_strbuf_append_printf(out, "%u", procedure->request_frame);
    }
}

static void pass(world_t *capture, const step_t *step, wmem_strbuf_t *out)
{
    procedure_connection_t *connection =
        step->connection ? &capture->connections[step->connection - 1] : NULL;
    http_exchange_t exchange = { .request_frame = step->of, .status = 200 };

    capture->moment.frame += !step->same_frame;
    if (step->what == REQUEST) {
        procedure_start(&capture->procedures, &capture->moment, MBMS_MSK_REQUEST, &(http_request_t){ 0 },
                        connection);
    } else if (step->what == RESPONSE) {
        append_answer(out, capture->moment.frame,
                      procedure_answer(&capture->procedures, &capture->moment, exchange, connection));
    } else {
        append_answer(out, capture->moment.frame,
                      procedure_answer_bare(&capture->procedures, &capture->moment, exchange, connection));
    }
}

/* And then how many are open on each connection that has any: "open 1:2". */
static const char *answers_outline(const step_t *steps)
{
    world_t *capture = world_new();
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (int i = 0; i < MAX_STEPS && steps[i].what != END; i++) {
        pass(capture, &steps[i], out);
    }
    for (unsigned i = 0; i < N_CONNECTIONS; i++) {
        if (capture->connections[i].pipeline.n_open) {
            wmem_strbuf_append_printf(out, " open %u:%u", i + 1, capture->connections[i].pipeline.n_open);
        }
    }
    return wmem_strbuf_get_str(out);
}

static unsigned compare(const char *name, const char *found, const char *expected)
{
    if (strcmp(found, expected) == 0) {
        return 0;
    }
    print_error("%s: found \"%s\", expected \"%s\"\n", name, found, expected);
    return 1;
}

static void check_answers(const row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        n_failed += compare(rows[i].name, answers_outline(rows[i].steps), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

static void test_by_frame(void **state)
{
    static const row_t rows[] = {
        { "one", { ASK(1), ANSWER(0, 1) }, "2:1" },
        { "two connections", { ASK(1), ASK(2), ANSWER(0, 1), ANSWER(0, 2) }, "3:1 4:2" },
        { "crossed", { ASK(1), ASK(2), ANSWER(0, 2), ANSWER(0, 1) }, "3:2 4:1" },
        { "pipelined", { ASK(1), ASK(1), ANSWER(1, 1), ANSWER(1, 2) }, "3:1 4:2" },
        { "the connection does not matter", { ASK(1), ASK(2), ANSWER(2, 1) }, "3:1 open 2:1" },
        { "a frame without request", { ASK(1), ANSWER(1, 7) }, "2:? open 1:1" },
        { "answered already", { ASK(1), ANSWER(0, 1), ANSWER(0, 1) }, "2:1 3:?" },
        { "two requests in a frame", { ASK(1), ASK(2, SAME_FRAME), ANSWER(0, 1) }, "2:? open 1:1 open 2:1" },
        { "two responses in a frame", { ASK(1), ASK(2), ANSWER(0, 1), ANSWER(0, 2, SAME_FRAME) }, "3:1 3:2" },
        { "the next one in the frame of one answered there",
          { ASK(1), ANSWER(0, 1, SAME_FRAME), ASK(1, SAME_FRAME), ANSWER(0, 1) },
          "1:1 2:1" },
    };

    (void)state;
    check_answers(rows, G_N_ELEMENTS(rows));
}

static void test_by_connection(void **state)
{
    static const row_t rows[] = {
        { "one", { ASK(1), ANSWER(1, 0) }, "2:1" },
        { "one after the other", { ASK(1), ANSWER(1, 0), ASK(1), ANSWER(1, 0) }, "2:1 4:3" },
        { "two connections", { ASK(1), ASK(2), ANSWER(1, 0), ANSWER(2, 0) }, "3:1 4:2" },
        { "another connection", { ASK(1), ANSWER(2, 0) }, "2:? open 1:1" },
        { "no connection", { ASK(1), ANSWER(0, 0) }, "2:? open 1:1" },
        { "two open: no guess", { ASK(1), ASK(1), ANSWER(1, 0) }, "3:? open 1:2" },
        { "two open, one answered by frame", { ASK(1), ASK(1), ANSWER(1, 1), ANSWER(1, 0) }, "3:1 4:2" },
        { "two open, the latest answered by frame: the other is left",
          { ASK(1), ASK(1), ANSWER(1, 2), ANSWER(1, 0) },
          "3:2 4:1" },
        { "one never answered: no guess from then on",
          { ASK(1), ASK(1), ANSWER(1, 2), ASK(1), ANSWER(1, 0) },
          "3:2 5:? open 1:2" },
        { "nothing open any more", { ASK(1), ANSWER(1, 0), ANSWER(1, 0) }, "2:1 3:?" },
        { "two in a frame on two connections",
          { ASK(1), ASK(2, SAME_FRAME), ANSWER(1, 0), ANSWER(2, 0) },
          "2:1 3:1" },
    };

    (void)state;
    check_answers(rows, G_N_ELEMENTS(rows));
}

static void test_bare(void **state)
{
    static const row_t rows[] = {
        { "by frame", { ASK(1), BARE(0, 1) }, "2:1" },
        { "by connection", { ASK(1), BARE(1, 0) }, "2:1" },
        { "not ours", { BARE(1, 0), BARE(0, 7) }, "1:- 2:-" },
        { "answered already", { ASK(1), BARE(0, 1), BARE(0, 1), BARE(1, 0) }, "2:1 3:- 4:-" },
        { "two open", { ASK(1), ASK(1), BARE(1, 0) }, "3:- open 1:2" },
        { "then asked again", { ASK(1), BARE(1, 0), ASK(1), ANSWER(1, 0) }, "2:1 4:3" },
    };

    (void)state;
    check_answers(rows, G_N_ELEMENTS(rows));
}

/* ---- what is settled -------------------------------------------------------------------------------- */

#define REGISTER(content)   "<mbmsSecurityRegister>" content "</mbmsSecurityRegister>"
#define DEREGISTER          "<mbmsSecurityDeregister><serviceID>s1</serviceID></mbmsSecurityDeregister>"
#define REGISTERED(content) "<mbmsSecurityRegisterResponse>" content "</mbmsSecurityRegisterResponse>"
#define OFFER(types)        "<RegistrationRequestExtension>" types "</RegistrationRequestExtension>"
#define GRANT(types)        "<RegistrationResponseExtension>" types "</RegistrationResponseExtension>"
#define TYPES(types)        "<LTKMDelivery>" types "</LTKMDelivery>"
#define UDP                 "<Type>0</Type>"
#define SMS                 "<Type>1</Type>"
#define HTTP                "<Type>2</Type>"
#define SERVICE(name)       "<serviceID>" name "</serviceID>"
#define SAYS(name, code)    "<Response>" SERVICE(name) "<ResponseCode>" code "</ResponseCode></Response>"

typedef struct {
    const char *request;
    const char *response; /* NULL: none of ours */
    uint32_t status;
    bool cut; /* its end is not in the capture */
} exchange_t;

typedef struct {
    const char *name;
    exchange_t exchanges[3];
    const char *expected;
} settled_row_t;

static mbms_body_t *body_of(const char *text)
{
    return mbms_body_read(pool, (const uint8_t *)text, strlen(text), NULL, NULL);
}

static procedure_t *ask(world_t *capture, const char *text)
{
    mbms_body_t *body = body_of(text);
    procedure_t *procedure;

    capture->moment.frame++;
    procedure = procedure_start(&capture->procedures, &capture->moment, body->message,
                                &(http_request_t){ .btid = "a" }, &capture->connections[0]);
    procedure->asked = request_read(pool, body);
    return procedure;
}

static procedure_t *exchange(world_t *capture, const exchange_t *exchange)
{
    procedure_t *procedure = ask(capture, exchange->request);
    http_exchange_t http = { .request_frame = capture->moment.frame++, .status = exchange->status };
    mbms_body_t *body = exchange->response ? body_of(exchange->response) : NULL;

    if (!body) {
        assert_ptr_equal(procedure_answer_bare(&capture->procedures, &capture->moment, http, NULL),
                         procedure);
        return procedure;
    }
    assert_ptr_equal(procedure_answer(&capture->procedures, &capture->moment, http, NULL), procedure);
    if (body->message == MBMS_REGISTRATION_RESPONSE) {
        body->message = mbms_response_to(body->xml, procedure->request);
    }
    procedure_settle(&capture->procedures, procedure, body->message, body,
                     !exchange->cut && mbms_body_is_complete(body));
    procedure_close(&capture->procedures, procedure);
    assert_null(procedure->asked);
    return procedure;
}

static void append_list(wmem_strbuf_t *out, const char *name, delivery_list_t list)
{
    wmem_strbuf_append_printf(out, " %s ", name);
    if (!list.listed) {
        wmem_strbuf_append_c(out, '-');
    }
    for (unsigned i = 0; i < 3; i++) {
        if (list.listed && delivery_has(list, i)) {
            wmem_strbuf_append_c(out, "USH"[i]);
        }
    }
}

/* "2 offer UH grant U refused had +": the state of frame 2, and whether services are registered. */
static const char *state_outline(const terminal_t *terminal)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");
    const delivery_state_t *state = terminal_delivery(terminal, NULL);

    if (state) {
        wmem_strbuf_append_printf(out, "%u", state->frame);
        append_list(out, "offer", state->offer);
        append_list(out, "grant", state->grant);
        wmem_strbuf_append_printf(out, "%s%s", state->refused ? " refused" : "",
                                  state->had_services ? " had" : "");
    }
    wmem_strbuf_append(out, terminal_has_services(terminal, NULL) ? " +" : "");
    return wmem_strbuf_get_str(out);
}

static const char *settled(const exchange_t *exchanges)
{
    world_t *capture = world_new();
    procedure_t *last = NULL;

    for (int i = 0; i < 3 && exchanges[i].request; i++) {
        last = exchange(capture, &exchanges[i]);
    }
    assert_true(capture->terminals.any_registered == (terminal_delivery(last->terminal, NULL) != NULL));
    return state_outline(last->terminal);
}

static void check_settled(const settled_row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        n_failed += compare(rows[i].name, settled(rows[i].exchanges), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

#define ASK_UDP_HTTP REGISTER(SERVICE("s1") OFFER(TYPES(UDP HTTP)))
#define GRANT_UDP    REGISTERED(GRANT(TYPES(UDP)) SAYS("s1", "200 OK"))

static void test_registration(void **state)
{
    static const settled_row_t rows[] = {
        { "granted", { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 } }, "2 offer UH grant U +" },
        { "any 2xx", { { ASK_UDP_HTTP, GRANT_UDP, .status = 204 } }, "2 offer UH grant U +" },
        { "no lists",
          { { REGISTER(""), REGISTERED(SAYS("s1", "200 OK")), .status = 200 } },
          "2 offer - grant - +" },
        { "empty lists",
          { { REGISTER(OFFER(TYPES(""))), REGISTERED(GRANT(TYPES(""))), .status = 200 } },
          "2 offer  grant " },
        { "others are left out",
          { { REGISTER(OFFER(TYPES(SMS "<Type>3</Type><Type>200</Type><Type>x</Type>"))),
              REGISTERED(GRANT(TYPES(SMS "<Type>7</Type>"))), .status = 200 } },
          "2 offer S grant S" },
        { "a list in two parts",
          { { REGISTER(OFFER(TYPES(UDP) TYPES(HTTP))), REGISTERED(GRANT(TYPES(UDP) TYPES(SMS))),
              .status = 200 } },
          "2 offer UH grant US" },
        { "refused in the status line",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 403 } },
          "2 offer UH grant - refused" },
        { "refused, without a body",
          { { ASK_UDP_HTTP, NULL, .status = 403 } },
          "2 offer UH grant - refused" },
        { "refused for one service only",
          { { ASK_UDP_HTTP, REGISTERED(GRANT(TYPES(UDP)) SAYS("s1", "403 Forbidden")), .status = 200 } },
          "2 offer UH grant U" },
        { "401", { { ASK_UDP_HTTP, NULL, .status = 401 } }, "" },
        { "401 with a body", { { ASK_UDP_HTTP, GRANT_UDP, .status = 401 } }, "" },
        { "500", { { ASK_UDP_HTTP, GRANT_UDP, .status = 500 } }, "" },
        { "no status", { { ASK_UDP_HTTP, GRANT_UDP, .status = 0 } }, "" },
        { "success without a body judges nothing",
          { { ASK_UDP_HTTP, NULL, .status = 200 } },
          "2 offer UH grant - refused had" },
        { "success with half a body judges nothing",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200, .cut = true } },
          "2 offer UH grant - refused had +" },
        { "success with a broken body judges nothing",
          { { ASK_UDP_HTTP, "<mbmsSecurityRegisterResponse>", .status = 200 } },
          "2 offer UH grant - refused had" },
        { "success with other text judges nothing",
          { { ASK_UDP_HTTP, "Forbidden", .status = 200 } },
          "2 offer UH grant - refused had" },
    };

    (void)state;
    check_settled(rows, G_N_ELEMENTS(rows));
}

static void test_one_after_another(void **state)
{
    static const settled_row_t rows[] = {
        { "the later one counts",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 },
            { REGISTER(OFFER(TYPES(HTTP))), REGISTERED(GRANT(TYPES(HTTP))), .status = 200 } },
          "4 offer H grant H had +" },
        { "refused, with services from before",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 }, { ASK_UDP_HTTP, NULL, .status = 403 } },
          "4 offer UH grant - refused had +" },
        { "401, then again",
          { { ASK_UDP_HTTP, NULL, .status = 401 }, { ASK_UDP_HTTP, GRANT_UDP, .status = 200 } },
          "4 offer UH grant U +" },
        { "401 changes nothing",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 }, { REGISTER(""), NULL, .status = 401 } },
          "2 offer UH grant U +" },
        { "deregistered",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 },
            { DEREGISTER, REGISTERED(SAYS("s1", "200 OK")), .status = 200 } },
          "2 offer UH grant U" },
        { "deregistration of another",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 },
            { DEREGISTER, REGISTERED(SAYS("s2", "200 OK")), .status = 200 } },
          "2 offer UH grant U +" },
        { "deregistration refused for the service",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 },
            { DEREGISTER, REGISTERED(SAYS("s1", "404 Not Found")), .status = 200 } },
          "2 offer UH grant U +" },
        { "deregistration refused",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 },
            { DEREGISTER, REGISTERED(SAYS("s1", "200 OK")), .status = 403 } },
          "2 offer UH grant U +" },
        { "deregistered without a body",
          { { ASK_UDP_HTTP, GRANT_UDP, .status = 200 }, { DEREGISTER, NULL, .status = 200 } },
          "2 offer UH grant U +" },
        { "an MSK response registers nothing",
          { { "<mbmsMSK/>", "<mbmsMSKResponse>" SAYS("s1", "200 OK") "</mbmsMSKResponse>", .status = 200 } },
          "" },
    };

    (void)state;
    check_settled(rows, G_N_ELEMENTS(rows));
}

static void test_unread_request_settles_nothing(void **state)
{
    world_t *capture = world_new();
    procedure_t *procedure = ask(capture, ASK_UDP_HTTP);
    http_exchange_t http = { .request_frame = capture->moment.frame++, .status = 200 };

    (void)state;
    procedure_close(&capture->procedures, procedure);
    procedure_answer(&capture->procedures, &capture->moment, http, NULL);
    procedure_settle(&capture->procedures, procedure, MBMS_REGISTRATION_RESPONSE, body_of(GRANT_UDP), true);
    assert_string_equal(state_outline(procedure->terminal), " +");
}

static void test_orphan_response(void **state)
{
    world_t *capture = world_new();
    procedure_t *procedure;

    (void)state;
    capture->moment.destination = net_address_of("\xc0\0\2\7", 4);
    procedure =
        procedure_answer(&capture->procedures, &capture->moment, (http_exchange_t){ .status = 200 }, NULL);
    procedure_settle(&capture->procedures, procedure, MBMS_REGISTRATION_RESPONSE, body_of(GRANT_UDP), true);
    assert_string_equal(procedure->terminal->name, "192.0.2.7");
    assert_string_equal(state_outline(procedure->terminal),
                        "0 offer - grant - refused had +"); /* not known */
    assert_ptr_equal(
        procedure_answer(&capture->procedures, &capture->moment, (http_exchange_t){ .status = 200 }, NULL)
            ->terminal,
        procedure->terminal);
}

static void test_who_counts(void **state)
{
    static const struct {
        uint32_t status;
        bool counts;
    } rows[] = { { 0, true },    { 200, true }, { 403, true }, { 401, false },
                 { 407, false }, { 402, true }, { 500, true } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(procedure_counts(&(procedure_t){ .status = rows[i].status }), rows[i].counts);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_by_frame),        TEST(test_by_connection),     TEST(test_bare),
        TEST(test_registration),    TEST(test_one_after_another), TEST(test_unread_request_settles_nothing),
        TEST(test_orphan_response), TEST(test_who_counts),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
