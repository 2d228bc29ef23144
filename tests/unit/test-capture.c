/* test-capture.c
 * All that is remembered of a capture: bodies and messages as they come, who they belong to, how they are
 * linked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"
#include "world.h"

/* ---- outlines --------------------------------------------------------------------------------------- */

/* "3 verified in 4", "4 of 3", "5 copy of 4", "6 another of 3", "7 alone", and whose it is. */
static const char *outline(const tracked_message_t *message)
{
    const char *whose = message->terminal ? message->terminal->name : "nobody";
    const char *word = message->is_copy          ? "copy of"
                       : ltkm_is_second(message) ? "another of"
                       : ltkm_is_ltkm(message)   ? "verified in"
                                                 : "of";

    return message->link
               ? wmem_strdup_printf(pool, "%u %s %u, %s", message->frame, word, message->link->frame, whose)
               : wmem_strdup_printf(pool, "%u alone, %s", message->frame, whose);
}

/* ---- messages --------------------------------------------------------------------------------------- */

static void test_message_by_itself(void **state)
{
    world_t *world = world_new();
    tracked_message_t *ltkm = pass(world, LTKM_OF(5, "a"));
    tracked_message_t *verification = pass(world, ANSWER_TO(5, "a"));

    (void)state;
    assert_string_equal(outline(ltkm), "1 verified in 2, 192.0.2.1");
    assert_string_equal(outline(verification), "2 of 1, 192.0.2.1");
    assert_string_equal(outline(pass(world, ANSWER_TO(5, "a"))), "3 copy of 2, 192.0.2.1");
    assert_string_equal(outline(pass(world, ANSWER_TO(5, "a", .bytes = 1))), "4 another of 1, 192.0.2.1");
    assert_string_equal(outline(pass(world, (made_t){ .kind = MADE_VERIFICATION, .csb_id = 2, .t = 5 })),
                        "5 alone, 192.0.2.1");
    assert_true(ltkm_delay(ltkm, verification) == 1);
    assert_string_equal(ltkm->host->name, "bsm.example.org");
    assert_null(verification->host);
    assert_true(ltkm->other_hash == verification->other_hash);
    assert_true(ltkm->terminal_hash == verification->terminal_hash);
    assert_true(ltkm->other_hash != ltkm->terminal_hash);
}

static void test_message_of_its_own_body(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *whole = pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, LTKM_OF(5, "a"));
    const tracked_message_t *udp = pass(world, LTKM_OF(6, "a"));

    (void)state;
    assert_true(whole->whole_body && whole->index == 1 && whole->transport == LTKM_TRANSPORT_HTTP);
    assert_true(!udp->whole_body && udp->index == 0 && udp->transport == LTKM_TRANSPORT_UDP);
}

static void test_not_trackable(void **state)
{
    static const struct {
        const char *bytes;
        uint32_t length;
        bool tracked;
    } rows[] = {
        { "\1\0\0\0abcd\0\1", 10, true },
        { "\1\1\0\0abcd\0\1", 10, true },
        { "\1\6\0\0abcd\0\1", 10, true },
        { "\2\0\0\0abcd\0\1", 10, false },
        { "\1\2\0\0abcd\0\1", 10, false },
        { "\1\0\0\0abcd\0", 9, false },
        { "", 0, false },
    };
    world_t *world = world_new();

    (void)state;
    next_frame(world, BSM, TERMINAL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const mikey_message_t *message =
            mikey_message_parse(pool, (const uint8_t *)rows[i].bytes, rows[i].length);
        ltkm_origin_t origin = { LTKM_TRANSPORT_UDP, false };

        assert_int_equal(capture_add_message(world->capture, &world->moment, message, origin) != NULL,
                         rows[i].tracked);
    }
}

/* ---- who it belongs to ------------------------------------------------------------------------------ */

static void test_terminal_of_message(void **state)
{
    world_t *world = world_new();

    (void)state;
    assert_string_equal(outline(pass(world, LTKM_OF(1, "a"))), "1 alone, 192.0.2.1");
    ask(world, REGISTER);
    assert_string_equal(outline(pass(world, LTKM_OF(2, "a"))), "3 alone, a");
    assert_string_equal(outline(pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(3, "a"))), "4 alone, a");
    assert_string_equal(outline(pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(4, "b@c"))), "5 alone, b@c");
    assert_string_equal(outline(pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(5, NULL))),
                        "6 alone, 192.0.2.2");
}

static void test_terminals_behind_a_nat(void **state)
{
    world_t *world = world_new();

    (void)state;
    ask_from(world, TERMINAL, "a", REGISTER);
    ask_from(world, TERMINAL, "b", REGISTER);
    assert_string_equal(outline(pass(world, LTKM_OF(1, "a"))), "3 alone, a");
    assert_string_equal(outline(pass(world, LTKM_OF(1, "b"))), "4 alone, b");
    assert_string_equal(outline(pass(world, LTKM_OF(1, "c"))), "5 alone, nobody");
    assert_string_equal(outline(pass(world, ANSWER_TO(1, "b"))), "6 of 4, b");
    assert_string_equal(outline(pass(world, ANSWER_TO(1, "a"))), "7 of 3, a");
}

static void test_body_behind_a_nat(void **state)
{
    world_t *world = world_new();

    (void)state;
    ask_from(world, TERMINAL, "a", REGISTER);
    ask_from(world, TERMINAL, "b", REGISTER);
    assert_string_equal(outline(pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, LTKM_OF(1, "a"))),
                        "3 alone, a");
    assert_string_equal(outline(pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, LTKM_OF(2, "c"))),
                        "4 alone, nobody");
}

static void test_two_terminals_alike(void **state)
{
    world_t *world = world_new();
    tracked_message_t *one = pass_at(world, 1, LTKM_TRANSPORT_UDP, LTKM_OF(5, NULL, .bytes = 1));
    tracked_message_t *other = pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(5, NULL, .bytes = 2));

    (void)state;
    pass_at(world, 2, LTKM_TRANSPORT_UDP, ANSWER_TO(5, NULL, .bytes = 2));
    pass_at(world, 1, LTKM_TRANSPORT_UDP, ANSWER_TO(5, NULL, .bytes = 1));
    assert_string_equal(outline(one), "1 verified in 4, 192.0.2.1");
    assert_string_equal(outline(other), "2 verified in 3, 192.0.2.2");
}

static void test_delivery(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *before = pass(world, LTKM_OF(1, "a")), *after;

    (void)state;
    ask(world, REGISTER);
    answer(world, REGISTERED);
    after = pass(world, LTKM_OF(2, "a"));
    assert_null(before->delivery);
    assert_false(before->registration_seen);
    assert_int_equal(after->delivery->frame, 3);
    assert_true(after->registration_seen);
    assert_int_equal(pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(3, "a"))->delivery->frame, 3);
    assert_null(pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(4, "b"))->delivery);
}

/* ---- bodies ----------------------------------------------------------------------------------------- */

static void test_request_and_response(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *request = ask(world, REGISTER), *response;

    (void)state;
    assert_true(request->is_request);
    assert_int_equal(request->message, MBMS_REGISTRATION_REQUEST);
    assert_int_equal(request->procedure->asked->n_services, 1);
    response = answer(world, REGISTERED);
    assert_false(response->is_request);
    assert_ptr_equal(response->procedure, request->procedure);
    assert_int_equal(response->message, MBMS_REGISTRATION_RESPONSE);
    assert_int_equal(response->n_ltkms, 0);
    assert_true(terminal_delivery(response->procedure->terminal, NULL)->grant.listed);
    assert_true(terminal_has_services(response->procedure->terminal, NULL));
}

static void test_ltkms_of_a_body(void **state)
{
    world_t *world = world_new();
    const char *ltkms = wmem_strdup_printf(pool, "%s<LTKM>no base64!</LTKM>%s", ltkm_element(LTKM_OF(1, "a")),
                                           ltkm_element(LTKM_OF(2, "a")));
    const tracked_body_t *body;

    (void)state;
    ask(world, REGISTER);
    body = answer(world, registered_with(ltkms));
    assert_int_equal(body->n_ltkms, 3);
    assert_int_equal(body->ltkms[1].frame, 0);
    assert_int_equal(body->ltkms[2].index, 3);
    pass(world, ANSWER_TO(2, "a"));
    pass(world, ANSWER_TO(1, "a"));
    assert_string_equal(outline(&body->ltkms[0]), "2 verified in 4, a");
    assert_string_equal(outline(&body->ltkms[2]), "2 verified in 3, a");
    assert_int_equal(ltkm_order(body->ltkms[2].link), LTKM_TOO_EARLY);
    assert_int_equal(body->ltkms[0].delivery->frame, 2);
    assert_true(body->ltkms[0].registration_seen);
}

static void test_ltkm_as_a_noun(void **state)
{
    world_t *world = world_new();
    const char *ltkms = wmem_strdup_printf(pool, "<LTKM>!</LTKM>%s", ltkm_element(LTKM_OF(1, "a")));
    const mbms_body_t *body = body_of(registered_with(ltkms));
    body_context_t context = { .role = HTTP_RESPONSE_BODY };
    const bcast_ltkm_t *first = body->content->ltkms, *second = first->next;
    const tracked_body_t *tracked;

    (void)state;
    next_frame(world, BSM, TERMINAL);
    tracked = capture_add_body(world->capture, &world->moment, body, &context);
    assert_null(ltkm_of_body(tracked, first).tracked);
    assert_ptr_equal(ltkm_of_body(tracked, second).tracked, &tracked->ltkms[1]);
    assert_ptr_equal(ltkm_of_body(tracked, second).message, second->message);
    assert_string_equal(ltkm_of_body(tracked, second).terminal->name, "192.0.2.1");
    assert_int_equal(ltkm_of_body(tracked, second).index, 2);
    assert_null(ltkm_of_body(NULL, second).tracked);
    assert_null(ltkm_of_body(NULL, second).terminal);
}

static void test_ltkms_not_decoded(void **state)
{
    world_t *world = world_new();
    body_context_t context = { .role = HTTP_RESPONSE_BODY, .without_ltkms = true };
    const char *text = registered_with(ltkm_element(LTKM_OF(1, "a")));

    (void)state;
    next_frame(world, BSM, TERMINAL);
    assert_int_equal(pass_body(world, text, &context)->n_ltkms, 0);
    assert_false(ltkms_any(&world->capture->ltkms));
}

static void test_too_many_ltkms(void **state)
{
    world_t *world = world_new();
    wmem_strbuf_t *ltkms = wmem_strbuf_new(pool, "");
    const tracked_body_t *body;

    (void)state;
    for (int i = 0; i < BCAST_MAX_LTKMS; i++) {
        wmem_strbuf_append(ltkms, "<LTKM/>");
    }
    body = answer(world, registered_with(wmem_strbuf_get_str(ltkms)));
    assert_int_equal(body->n_ltkms, 0); /* what is empty takes no memory */
    assert_false(world->capture->lacks_ltkms);
    wmem_strbuf_append(ltkms, "<LTKM/>");
    body = answer(world, registered_with(wmem_strbuf_get_str(ltkms)));
    assert_int_equal(body->n_ltkms, 0); /* what is empty takes no memory */
    assert_true(world->capture->lacks_ltkms);
}

static uint32_t frame_of_first(const tracked_body_t *body)
{
    return body->n_ltkms ? body->ltkms[0].frame : 0;
}

/* Where the capture cut the body, half an LTKM is none; where the sender did, it is one. */
static void test_cut_body(void **state)
{
    const char *whole = registered_with(ltkm_element(LTKM_OF(1, "a")));
    const char *half = wmem_strndup(pool, whole, (size_t)(strstr(whole, "</LTKM>") - whole));
    world_t *world = world_new();

    (void)state;
    assert_int_not_equal(frame_of_first(answer(world, half)), 0);
    world->moment.cut = true;
    assert_int_equal(frame_of_first(answer(world, half)), 0);
    assert_int_not_equal(frame_of_first(answer(world, whole)), 0);
}

static void test_incomplete_request_asks_nothing(void **state)
{
    world_t *world = world_new();
    body_context_t context = {
        .role = HTTP_REQUEST_BODY,
        .connection = &world->connection,
        .truncated = true,
    };

    (void)state;
    next_frame(world, TERMINAL, BSM);
    assert_null(pass_body(world, REGISTER, &context)->procedure->asked);
    assert_null(ask(world, "<mbmsSecurityRegister><serviceID>")->procedure->asked);
    assert_null(ask(world, "")->procedure->asked);
    assert_non_null(ask(world, "<mbmsSecurityRegister/>")->procedure->asked);
}

static void test_response_to_a_deregistration(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *response;

    (void)state;
    ask(world, "<mbmsSecurityDeregister><serviceID>s1</serviceID></mbmsSecurityDeregister>");
    response = answer(world, "<mbmsSecurityRegisterResponse/>");
    assert_int_equal(response->message, MBMS_DEREGISTRATION_RESPONSE);
    response = answer(world, "<mbmsSecurityRegisterResponse/>"); /* of a request that is not there */
    assert_int_equal(response->message, MBMS_REGISTRATION_RESPONSE);
}

static void test_roles(void **state)
{
    static const struct {
        http_role_t role;
        const char *text;
        bool is_request;
    } rows[] = {
        { HTTP_ROLE_UNKNOWN, "<mbmsMSK/>", true },   { HTTP_ROLE_UNKNOWN, "<mbmsMSKResponse/>", false },
        { HTTP_REQUEST_BODY, "<mbmsMSK/>", true },   { HTTP_REQUEST_BODY, "<mbmsMSKResponse/>", true },
        { HTTP_RESPONSE_BODY, "<mbmsMSK/>", false }, { HTTP_RESPONSE_BODY, "<mbmsMSKResponse/>", false },
        { HTTP_ROLE_UNKNOWN, "<a/>", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(body_is_request(rows[i].role, body_of(rows[i].text)), rows[i].is_request);
    }
}

/* ---- captures --------------------------------------------------------------------------------------- */

static void test_begun(void **state)
{
    world_t *world = world_new();

    (void)state;
    assert_false(capture_has_begun(world->capture));
    pass(world, ANSWER_TO(5, "a"));
    assert_false(capture_has_begun(world->capture));
    pass(world, LTKM_OF(5, "a"));
    assert_true(capture_has_begun(world->capture));
    world = world_new();
    ask(world, "<mbmsMSK/>");
    assert_true(capture_has_begun(world->capture));
}

static const char *play(void)
{
    world_t *world = world_new();
    const tracked_body_t *body;
    const tracked_message_t *verification, *copy;

    ask(world, REGISTER);
    body = answer(world, registered_with(ltkm_element(LTKM_OF(1, "a"))));
    verification = pass(world, ANSWER_TO(1, "a"));
    copy = pass(world, LTKM_OF(1, "a"));
    return wmem_strdup_printf(pool, "%s; %s; %s", outline(&body->ltkms[0]), outline(verification),
                              outline(copy));
}

/* The same frames once more, as when a file is opened again. */
static void test_new_capture_remembers_nothing(void **state)
{
    const char *first = play();

    (void)state;
    assert_string_equal(first, "2 verified in 3, a; 3 of 2, a; 4 copy of 2, a");
    assert_string_equal(play(), first);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_message_by_itself),
        TEST(test_message_of_its_own_body),
        TEST(test_not_trackable),
        TEST(test_terminal_of_message),
        TEST(test_terminals_behind_a_nat),
        TEST(test_body_behind_a_nat),
        TEST(test_two_terminals_alike),
        TEST(test_delivery),
        TEST(test_request_and_response),
        TEST(test_ltkms_of_a_body),
        TEST(test_ltkm_as_a_noun),
        TEST(test_ltkms_not_decoded),
        TEST(test_too_many_ltkms),
        TEST(test_cut_body),
        TEST(test_incomplete_request_asks_nothing),
        TEST(test_response_to_a_deregistration),
        TEST(test_roles),
        TEST(test_begun),
        TEST(test_new_capture_remembers_nothing),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
