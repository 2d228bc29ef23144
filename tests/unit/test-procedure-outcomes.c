/* test-procedure-outcomes.c
 * Whose requests are, which of them are copies or ask again, and which of them lack a response.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define MSK_REQUEST "<mbmsMSKRequest/>"
#define DEREGISTER  "<mbmsSecurityDeregister><serviceID>s1</serviceID></mbmsSecurityDeregister>"
#define REFUSED                                                                                              \
    "<mbmsSecurityRegisterResponse><Response><serviceID>s1</serviceID><ResponseCode>403</ResponseCode>"      \
    "</Response></mbmsSecurityRegisterResponse>"

/* A request with these credentials, seen in both directions; |btid| NULL: without. */
static procedure_t *ask_as(world_t *world, const char *btid, const char *credentials, const char *text)
{
    body_context_t context = {
        .role = HTTP_REQUEST_BODY,
        .btid = btid,
        .credentials = credentials,
        .answers_challenge = credentials != NULL,
        .visible = RESPONSE_VISIBLE,
        .connection = &world->connection,
    };

    next_frame(world, TERMINAL, BSM);
    return pass_body(world, text, &context)->procedure;
}

static procedure_t *answer_bare(world_t *world, uint32_t status, bool stale)
{
    next_frame(world, BSM, TERMINAL);
    return procedure_answer_bare(&world->capture->procedures, &world->moment,
                                 (http_exchange_t){ .status = status, .in_order = true, .stale = stale },
                                 &world->connection);
}

static void answer_in_order(world_t *world, const char *text)
{
    body_context_t context = {
        .role = HTTP_RESPONSE_BODY,
        .exchange = { .status = 200, .in_order = true },
        .connection = &world->connection,
    };

    answer_with(world, text, &context);
}

static void wait_seconds(world_t *world, int64_t seconds)
{
    world->moment.time += (seconds - 1) * MOMENT_SECOND;
    next_frame(world, TERMINAL, BSM);
}

/* ---- outcomes --------------------------------------------------------------------------------------- */

static void test_answered(void **state)
{
    world_t *world = world_new();
    procedure_t *procedure = ask_as(world, NULL, NULL, REGISTER);

    (void)state;
    assert_ptr_equal(answer_bare(world, 401, false), procedure);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_CREDENTIALS_WANTED);
    procedure = ask_as(world, "a", "1", REGISTER);
    answer_bare(world, 401, true);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_CREDENTIALS_WANTED);
    procedure = ask_as(world, "a", "2", REGISTER);
    answer_bare(world, 401, false);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_CREDENTIALS_REFUSED);
    procedure = ask_as(world, "a", "3", REGISTER);
    answer_in_order(world, REGISTERED);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_ACCEPTED);
    procedure = ask_as(world, "a", "4", REGISTER);
    answer_in_order(world, REFUSED);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_REFUSED);
    procedure = ask_as(world, "a", "5", REGISTER);
    answer_bare(world, 200, false);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_UNKNOWN);
}

/* 10 s have to go by before it is said. */
static void test_not_answered(void **state)
{
    world_t *world = world_new();
    procedure_t *procedure = ask_as(world, "a", "1", REGISTER);

    (void)state;
    wait_seconds(world, 9);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_UNKNOWN);
    wait_seconds(world, 1);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_NO_RESPONSE);
    answer_in_order(world, REGISTERED);
    assert_int_equal(capture_outcome(world->capture, procedure), OUTCOME_ACCEPTED);
}

/* What the capture would not show is not missed. */
static void test_not_visible(void **state)
{
    static const struct {
        response_visibility_t visible;
        bool answered, cut, orphan, lost, copy;
        outcome_t expected;
    } rows[] = {
        { .visible = RESPONSE_VISIBLE, .expected = OUTCOME_NO_RESPONSE },
        { .visible = RESPONSE_NOT_VISIBLE, .expected = OUTCOME_UNKNOWN },
        { .visible = RESPONSE_NOT_VISIBLE, .answered = true, .expected = OUTCOME_UNKNOWN },
        { .visible = RESPONSE_PERHAPS_VISIBLE, .expected = OUTCOME_UNKNOWN },
        { .visible = RESPONSE_PERHAPS_VISIBLE, .answered = true, .expected = OUTCOME_NO_RESPONSE },
        { .visible = RESPONSE_VISIBLE, .cut = true, .expected = OUTCOME_UNKNOWN },
        { .visible = RESPONSE_VISIBLE, .orphan = true, .expected = OUTCOME_UNKNOWN },
        { .visible = RESPONSE_VISIBLE, .lost = true, .expected = OUTCOME_UNKNOWN },
        { .visible = RESPONSE_VISIBLE, .copy = true, .expected = OUTCOME_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_new();
        procedure_t *procedure;

        if (rows[i].answered || rows[i].copy) {
            ask_as(world, "b", "1", MSK_REQUEST);
            answer_bare(world, 403, false);
        }
        procedure = ask_as(world, "a", rows[i].copy ? "1" : "2", REGISTER);
        procedure->visible = (uint8_t)rows[i].visible;
        world->capture->clock.lacks_headers = rows[i].cut;
        world->connection.orphan_frame = rows[i].orphan ? world->moment.frame + 1 : 0;
        world->connection.pipeline.lost = rows[i].lost;
        wait_seconds(world, 20);
        if (capture_outcome(world->capture, procedure) != rows[i].expected) {
            fail_msg("row %zu: %d", i, capture_outcome(world->capture, procedure));
        }
    }
}

/* Over HTTP/2 the response may be one of those that cannot be told apart. */
static void test_orphan(void **state)
{
    world_t *world = world_new();
    const procedure_t *one = ask_as(world, "a", "1", REGISTER), *other = ask_as(world, "a", "2", REGISTER);

    (void)state;
    answer(world, REGISTERED);
    wait_seconds(world, 20);
    assert_int_equal(capture_outcome(world->capture, one), OUTCOME_UNKNOWN);
    assert_int_equal(capture_outcome(world->capture, other), OUTCOME_UNKNOWN);
}

/* A request whose response lies in a gap waits for nothing any more. */
static void test_dropped(void **state)
{
    world_t *world = world_new();
    const procedure_t *first, *second;

    (void)state;
    world->moment.place = (stream_place_t){ .known = true, .begin = 1, .end = 10, .acked = 1 };
    first = ask_as(world, "a", "1", REGISTER);
    world->moment.place = (stream_place_t){ .known = true, .begin = 10, .end = 20, .acked = 50 };
    second = ask_as(world, "a", "2", REGISTER);
    world->moment.place = (stream_place_t){ .known = true, .begin = 50, .end = 60, .acked = 20 };
    answer_in_order(world, REGISTERED);
    wait_seconds(world, 20);
    assert_int_equal(capture_outcome(world->capture, first), OUTCOME_UNKNOWN);
    assert_int_equal(capture_outcome(world->capture, second), OUTCOME_ACCEPTED);
}

/* ---- whose, and how often --------------------------------------------------------------------------- */

/* A request before the challenge is that of the B-TID which its connection shows next. */
static void test_named_later(void **state)
{
    world_t *world = world_new();
    const procedure_t *first = ask_as(world, NULL, NULL, REGISTER), *second, *third, *last;

    (void)state;
    assert_string_equal(first->terminal->name, "192.0.2.1");
    answer_bare(world, 401, false);
    second = ask_as(world, NULL, NULL, REGISTER);
    answer_bare(world, 401, false);
    third = ask_as(world, "a", "1", REGISTER);
    assert_string_equal(first->terminal->name, "a");
    assert_string_equal(second->terminal->name, "a");
    assert_false(first->named);
    assert_true(third->named);
    assert_int_equal(third->terminal->first_frame, 1);
    last = ask_as(world, NULL, NULL, REGISTER);
    assert_string_equal(last->terminal->name, "192.0.2.1");
    memset(&world->connection, 0, sizeof world->connection); /* another one */
    ask_as(world, "b", "2", REGISTER);
    assert_string_equal(last->terminal->name, "192.0.2.1");
    assert_string_equal(first->terminal->name, "a");
}

/* A new B-TID on the same connection, from wherever. */
static void test_same_connection(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *before = ask_from(world, 1, "a", REGISTER), *after;

    (void)state;
    answer(world, REGISTERED);
    after = ask_from(world, 2, "b", REGISTER);
    assert_ptr_equal(after->procedure->terminal->before, before->procedure->terminal);
    assert_ptr_equal(terminal_delivery(after->procedure->terminal, NULL),
                     terminal_delivery(before->procedure->terminal, NULL));
    assert_int_equal(pass(world, LTKM_OF(1, "a"))->delivery->frame, 2);
    answer(world, REGISTERED);
    assert_int_equal(pass(world, LTKM_OF(2, "a"))->delivery->frame, 5); /* of the newest B-TID */
    pass(world, ANSWER_TO(2, "a"));
    assert_null(after->procedure->terminal->before);
}

static void test_copies(void **state)
{
    world_t *world = world_new();

    (void)state;
    assert_false(ask_as(world, "a", "1", REGISTER)->is_copy);
    assert_false(ask_as(world, "a", "2", REGISTER)->is_copy);
    assert_true(ask_as(world, "a", "1", REGISTER)->is_copy);
    assert_false(ask_as(world, NULL, NULL, REGISTER)->is_copy);
    assert_false(ask_as(world, NULL, NULL, REGISTER)->is_copy); /* nothing tells */
}

/* How often the same was answered 2xx before. */
static void test_again(void **state)
{
    world_t *world = world_new();

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        procedure_t *procedure = ask_as(world, "a", wmem_strdup_printf(pool, "%u", i), REGISTER);

        assert_int_equal(procedure->n_before, i);
        assert_int_equal(procedure->frame_before, i > 0);
        answer_in_order(world, REGISTERED);
    }
    assert_int_equal(ask_as(world, "a", "1", REGISTER)->n_before, 0); /* a copy */
    answer_in_order(world, REGISTERED);
    assert_int_equal(ask_as(world, "b", "b", REGISTER)->n_before, 0);
    answer_bare(world, 403, false);
    assert_int_equal(ask_as(world, "b", "c", REGISTER)->n_before, 0); /* was refused */
    answer_in_order(world, REGISTERED);
    assert_int_equal(ask_as(world, "a", "d", MSK_REQUEST)->n_before, 0);
    answer_bare(world, 200, false);
    assert_int_equal(ask_as(world, "a", "e", DEREGISTER)->n_before, 0);
    answer_in_order(world, REGISTERED);
    assert_int_equal(ask_as(world, "a", "f", REGISTER)->n_before, 0); /* begins anew */
    answer_bare(world, 403, false);
    assert_int_equal(ask_as(world, "a", "g", MSK_REQUEST)->n_before, 1);
}

static void test_many_different(void **state)
{
    world_t *world = world_new();

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        char text[128];

        snprintf(text, sizeof text, "<mbmsSecurityRegister><serviceID>%u</serviceID></mbmsSecurityRegister>",
                 i);
        assert_int_equal(ask_as(world, "a", wmem_strdup_printf(pool, "%u", i), text)->repeat != NULL, i < 32);
        answer_bare(world, 200, false);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_answered), TEST(test_not_answered),   TEST(test_not_visible),     TEST(test_orphan),
        TEST(test_dropped),  TEST(test_named_later),    TEST(test_same_connection), TEST(test_copies),
        TEST(test_again),    TEST(test_many_different),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
