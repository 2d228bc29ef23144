/* test-awaited.c
 * What has to come: the request after a solicited pull (R69), the key after an MSK response (R91), and what a
 * capture has to show before somebody is blamed for its absence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define ASK_FOR_KEY "<mbmsMSK><MSK><keyDomainID>uHCd</keyDomainID><MSKID>aMkAAA==</MSKID></MSK></mbmsMSK>"
#define RESPONSE(domain, id, code, ltkms)                                                                    \
    "<mbmsMSKResponse><Response><MSK><keyDomainID>" domain "</keyDomainID><MSKID>" id "</MSKID></MSK>"       \
    "<ResponseCode>" code "</ResponseCode><LTKMResponseResponseExtension>" ltkms                             \
    "</LTKMResponseResponseExtension></Response></mbmsMSKResponse>"
#define PROMISE RESPONSE("uHCd", "aMkAAA==", "200 OK", "")
#define PULL    LTKM_OF(1, "a", .no_key = true, .unasked = true, .msk_id = 0x68c90000)

static const char *outline(const rule_findings_t *findings)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        wmem_strbuf_append_printf(out, "%u%c", finding->number, "?NSB"[finding->level]);
    }
    return wmem_strbuf_get_str(out);
}

static judgement_t final_judgement(void)
{
    return (judgement_t){ .final = true, .timeout = 10, .delivery_timeout = 60 };
}

static const char *judge_pull(const world_t *world, const tracked_message_t *pull)
{
    rule_findings_t findings = { .pool = pool };

    judge_message(world->capture, pull, final_judgement(), &findings);
    return outline(&findings);
}

static const char *judge_promise(const world_t *world, const tracked_body_t *body)
{
    rule_findings_t findings = { .pool = pool };

    judge_awaited_keys(world->capture, body, final_judgement(), &findings);
    return outline(&findings);
}

/* A second a frame; each from the terminal, and to it. */
static void go_on(world_t *world, int seconds, bool udp)
{
    while (seconds-- > 0) {
        next_frame(world, TERMINAL, BSM);
        sightings_add(&world->capture->sightings, &world->moment, udp);
        next_frame(world, BSM, TERMINAL);
        sightings_add(&world->capture->sightings, &world->moment, udp);
        world->moment.time -= MOMENT_SECOND;
    }
}

/* ---- R69 -------------------------------------------------------------------------------------------- */

static void test_pull(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *pull;

    (void)state;
    ask(world, REGISTER);
    pull = pass(world, PULL);
    go_on(world, 58, false);
    assert_string_equal(judge_pull(world, pull), "");
    go_on(world, 2, false);
    assert_string_equal(judge_pull(world, pull), "69S");
    ask(world, ASK_FOR_KEY); /* late */
    assert_string_equal(judge_pull(world, pull), "69S");
}

static void test_pull_in_vain_is_seen_only_with_traffic(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *pull;

    (void)state;
    ask(world, REGISTER);
    pull = pass(world, PULL);
    for (int i = 0; i < 100; i++) {
        next_frame(world, 7, BSM);
        sightings_add(&world->capture->sightings, &world->moment, true);
    }
    assert_string_equal(judge_pull(world, pull), "");
}

/* Nothing shows that requests could be seen. */
static void test_pull_without_requests(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *pull = pass(world, PULL);

    (void)state;
    go_on(world, 100, false);
    assert_string_equal(judge_pull(world, pull), "");
}

static void test_pull_is_followed(void **state)
{
    static const struct {
        const char *name;
        uint8_t address;
        const char *btid;
        const char *request;
        const char *expected;
    } rows[] = {
        { "by an MSK request", TERMINAL, "a", ASK_FOR_KEY, "" },
        { "by a registration", TERMINAL, "a", REGISTER, "" },
        { "by a deregistration", TERMINAL, "a",
          "<mbmsSecurityDeregister><serviceID>s1</serviceID></mbmsSecurityDeregister>", "69S" },
        { "from another address", 3, "a", ASK_FOR_KEY, "" },
        { "under another name", TERMINAL, "b", ASK_FOR_KEY, "" },
        { "without a name", TERMINAL, NULL, ASK_FOR_KEY, "" },
        { "by another terminal", 3, "b", ASK_FOR_KEY, "69S" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_new();
        const tracked_message_t *pull;

        ask(world, REGISTER);
        pull = pass(world, PULL);
        ask_from(world, rows[i].address, rows[i].btid, rows[i].request);
        go_on(world, 100, false);
        if (strcmp(judge_pull(world, pull), rows[i].expected) != 0) {
            print_error("%s\n", rows[i].name);
            fail();
        }
    }
}

/* Which LTKMs are solicited pulls. */
static void test_others_are_no_pulls(void **state)
{
    static const made_t others[] = {
        { .csb_id = 1, .t = 9, .host = "bsm.example.org", .idr = "a", .unasked = true },
        { .csb_id = 1, .t = 9, .host = "bsm.example.org", .idr = "a", .unasked = true, .no_key = true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        world_t *world = world_new();
        const tracked_message_t *ltkm;

        ask(world, REGISTER);
        ltkm = pass(world, others[i]);
        go_on(world, 100, false);
        assert_string_equal(judge_pull(world, ltkm), "");
    }
}

static void test_copies_of_a_pull(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *pull, *copy;

    (void)state;
    ask(world, REGISTER);
    pull = pass(world, PULL);
    copy = pass(world, PULL);
    go_on(world, 100, false);
    assert_string_equal(judge_pull(world, pull), "69S");
    assert_string_equal(judge_pull(world, copy), "");
}

/* ---- R91 -------------------------------------------------------------------------------------------- */

static const tracked_body_t *promise(world_t *world, const char *response)
{
    const tracked_body_t *body;

    ask(world, ASK_FOR_KEY);
    body = answer(world, response);
    return body;
}

static void test_promise(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *body = promise(world, PROMISE);

    (void)state;
    go_on(world, 58, true);
    assert_string_equal(judge_promise(world, body), "");
    go_on(world, 2, true);
    assert_string_equal(judge_promise(world, body), "91S");
    pass(world, LTKM_OF(1, "a")); /* late */
    assert_string_equal(judge_promise(world, body), "91S");
}

static void test_promise_not_visible(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *body = promise(world, PROMISE);

    (void)state;
    go_on(world, 100, false); /* no datagram */
    assert_string_equal(judge_promise(world, body), "");
}

/* Where HTTP was granted it need not show datagrams. */
static void test_promise_over_http(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *body;

    (void)state;
    ask(world, REGISTER);
    answer(world, REGISTERED);
    body = promise(world, PROMISE);
    go_on(world, 100, false);
    assert_string_equal(judge_promise(world, body), "91S");
}

static void test_promise_is_kept(void **state)
{
    static const struct {
        const char *name;
        uint8_t address;
        made_t made;
        const char *expected;
    } rows[] = {
        { "the key", TERMINAL, { .csb_id = 1, .t = 1, .host = "h", .idr = "a" }, "" },
        { "another number of the group",
          TERMINAL,
          { .csb_id = 1, .t = 1, .host = "h", .idr = "a", .msk_id = 0x68c90007 },
          "" },
        { "another group",
          TERMINAL,
          { .csb_id = 1, .t = 1, .host = "h", .idr = "a", .msk_id = 0x68c80001 },
          "91S" },
        { "no key", TERMINAL, { .csb_id = 1, .t = 1, .host = "h", .idr = "a", .no_key = true }, "91S" },
        { "at another address", 3, { .csb_id = 1, .t = 1, .host = "h", .idr = "a" }, "" },
        { "for nobody that is known", 3, { .csb_id = 1, .t = 1, .host = "h", .idr = "x" }, "" },
        { "for another terminal", 4, { .csb_id = 1, .t = 1, .host = "h", .idr = "b" }, "91S" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_new();
        const tracked_body_t *body;

        ask_from(world, 4, "b", REGISTER);
        body = promise(world, PROMISE);
        pass_at(world, rows[i].address, LTKM_TRANSPORT_UDP, rows[i].made);
        go_on(world, 100, true);
        if (strcmp(judge_promise(world, body), rows[i].expected) != 0) {
            print_error("%s: found \"%s\"\n", rows[i].name, judge_promise(world, body));
            fail();
        }
    }
}

static void test_key_in_the_response(void **state)
{
    world_t *world = world_new();
    const char *element = ltkm_element(LTKM_OF(1, "a"));
    const tracked_body_t *body =
        promise(world, wmem_strdup_printf(pool, RESPONSE("uHCd", "aMkAAA==", "200 OK", "%s"), element));

    (void)state;
    go_on(world, 100, true);
    assert_int_equal(body->n_ltkms, 1);
    assert_string_equal(judge_promise(world, body), "");
}

/* Between the request and its response. */
static void test_key_before_the_response(void **state)
{
    world_t *world = world_new();
    body_context_t context = {
        .role = HTTP_REQUEST_BODY, .btid = "a", .server = "bsm.example.org", .connection = &world->connection
    };
    const tracked_body_t *body;

    (void)state;
    next_frame(world, TERMINAL, BSM);
    pass_body(world, ASK_FOR_KEY, &context);
    pass(world, LTKM_OF(1, "a"));
    body = answer(world, PROMISE);
    go_on(world, 100, true);
    assert_string_equal(judge_promise(world, body), "");
}

static void test_no_promise(void **state)
{
    static const char *const responses[] = {
        RESPONSE("uHCd", "aMkAAA==", "403", ""),
        RESPONSE("uHCd", "aMkA", "200 OK", ""),
        RESPONSE("!", "aMkAAA==", "200 OK", ""),
        RESPONSE("uHCd", "aMkAAA==", "200 OK", "<LTKM>AQAV</LTKM>"), /* it may be this one */
        "<mbmsSecurityRegisterResponse><Response><serviceID>s</serviceID><ResponseCode>200 OK</ResponseCode>"
        "</Response></mbmsSecurityRegisterResponse>",
        "<mbmsMSKResponse><Response><MSK><keyDomainID>uHCd</keyDomainID><MSKID>aMkAAA==</MSKID></MSK>"
        "<ResponseCode>200 OK</ResponseCode></Response>", /* its end is missing */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(responses); i++) {
        world_t *world = world_new();
        const tracked_body_t *body = promise(world, responses[i]);

        go_on(world, 100, true);
        assert_string_equal(judge_promise(world, body), "");
    }
}

static void test_what_the_capture_lacks(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *body = promise(world, PROMISE);

    (void)state;
    go_on(world, 100, true);
    world->capture->lacks_ltkms = true;
    assert_string_equal(judge_promise(world, body), "");
    world->capture->lacks_ltkms = false;
    world->capture->foreign_port = 4359;
    assert_string_equal(judge_promise(world, body), "");
    world->capture->foreign_port = 0;
    assert_string_equal(judge_promise(world, body), "91S");
    clock_tick(&world->capture->clock, world->moment.time, 199, 200);
    assert_string_equal(judge_promise(world, body), "");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_pull),
        TEST(test_pull_in_vain_is_seen_only_with_traffic),
        TEST(test_pull_without_requests),
        TEST(test_pull_is_followed),
        TEST(test_others_are_no_pulls),
        TEST(test_copies_of_a_pull),
        TEST(test_promise),
        TEST(test_promise_not_visible),
        TEST(test_promise_over_http),
        TEST(test_promise_is_kept),
        TEST(test_key_in_the_response),
        TEST(test_key_before_the_response),
        TEST(test_no_promise),
        TEST(test_what_the_capture_lacks),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
