/* test-facts.c
 * From what is remembered of a capture to findings: what has to be seen before somebody is blamed.
 *
 * The outlines have the number and the level of each finding, such as "39B 53S".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../dns-maker.h"

#include "world.h"

static const char *outline(const rule_finding_t *finding)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (; finding; finding = finding->next) {
        wmem_strbuf_append_printf(out, "%s%u%c", wmem_strbuf_get_len(out) ? " " : "", finding->number,
                                  "?NSB"[finding->level]);
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

static const rule_finding_t *judge_as(const world_t *world, const tracked_message_t *message, bool final)
{
    static const net_address_t destination = { 4, { 192, 0, 2, 9 } };
    judgement_t judgement = {
        .final = final, .timeout = 10, .delivery_timeout = 60, .destination = &destination
    };
    rule_findings_t findings = { .pool = pool };

    judge_message(world->capture, message, judgement, &findings);
    return findings.first;
}

static const char *judge(const world_t *world, const tracked_message_t *message)
{
    return outline(judge_as(world, message, true));
}

static const char *judge_early(const world_t *world, const tracked_message_t *message)
{
    return outline(judge_as(world, message, false));
}

/* Time goes by, and the capture shows that the terminal is there. */
static void wait(world_t *world, int seconds)
{
    next_frame(world, TERMINAL, BSM);
    sightings_add(&world->capture->sightings, &world->moment, true);
    world->moment.time += (int64_t)(seconds - 1) * MOMENT_SECOND;
    for (int i = 0; i < 2; i++) { /* a time that stands alone is none */
        clock_tick(&world->capture->clock, world->moment.time, 100, 100);
    }
}

#define OFFER(types)                                                                                         \
    "<RegistrationRequestExtension><LTKMDelivery>" types "</LTKMDelivery></RegistrationRequestExtension>"
#define GRANT(types)                                                                                         \
    "<RegistrationResponseExtension><LTKMDelivery>" types "</LTKMDelivery></RegistrationResponseExtension>"
#define UDP  "<Type>0</Type>"
#define HTTP "<Type>2</Type>"

/* The offer is both; |grant| is an XML text. */
static tracked_body_t *grant(world_t *world, const char *grant, const char *ltkms)
{
    ask(world, "<mbmsSecurityRegister>" OFFER(UDP HTTP) "</mbmsSecurityRegister>");
    return answer(world, wmem_strdup_printf(pool,
                                            "<mbmsSecurityRegisterResponse>%s<Response>"
                                            "<RegistrationResponseResponseExtension>%s"
                                            "</RegistrationResponseResponseExtension></Response>"
                                            "</mbmsSecurityRegisterResponse>",
                                            grant, ltkms));
}

static world_t *registered_world(void)
{
    world_t *world = world_new();

    grant(world, GRANT(UDP HTTP), "");
    return world;
}

static void refuse(world_t *world)
{
    http_exchange_t exchange = { .status = 403 };

    ask(world, REGISTER);
    next_frame(world, BSM, TERMINAL);
    procedure_answer_bare(&world->capture->procedures, &world->moment, exchange, &world->connection);
}

/* ---- R53 -------------------------------------------------------------------------------------------- */

static void test_unanswered(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm = pass(world, LTKM_OF(1, "a"));

    (void)state;
    assert_string_equal(judge(world, ltkm), "");
    wait(world, 9);
    assert_string_equal(judge(world, ltkm), "");
    wait(world, 1);
    assert_string_equal(judge_early(world, ltkm), "");
    assert_string_equal(judge(world, ltkm), "53S");
    pass(world, ANSWER_TO(1, "a"));
    assert_string_equal(judge(world, ltkm), "53S"); /* late */
}

static void test_answered(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm = pass(world, LTKM_OF(1, "a"));
    const tracked_message_t *verification;

    (void)state;
    wait(world, 9);
    verification = pass(world, ANSWER_TO(1, "a")); /* 10 s */
    wait(world, 100);
    assert_string_equal(judge(world, ltkm), "");
    assert_string_equal(judge(world, verification), "");
}

static void test_not_to_be_answered(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *before = pass(world, LTKM_OF(1, "a")), *unasked, *copy;

    (void)state;
    grant(world, GRANT(UDP HTTP), "");
    unasked = pass(world, LTKM_OF(2, "a", .unasked = true));
    copy = pass(world, LTKM_OF(1, "a"));
    wait(world, 100);
    assert_string_equal(judge(world, before), ""); /* no registration seen before it */
    assert_string_equal(judge(world, unasked), "");
    assert_true(copy->is_copy);
    assert_string_equal(judge(world, copy), "");
}

static void test_answer_may_be_cut(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm = pass(world, LTKM_OF(1, "a"));

    (void)state;
    wait(world, 100);
    clock_tick(&world->capture->clock, 0, 160, 200); /* a header is left of it */
    assert_string_equal(judge(world, ltkm), "53S");
    clock_tick(&world->capture->clock, 0, 159, 200);
    assert_string_equal(judge(world, ltkm), "");
}

/* ---- R26, R34, R39, R40, R44 ------------------------------------------------------------------------ */

static void test_granted(void **state)
{
    static const struct {
        const char *name;
        const char *grant;
        ltkm_transport_t transport;
        const char *expected;
    } rows[] = {
        { "UDP", GRANT(UDP), LTKM_TRANSPORT_UDP, "" },
        { "UDP, HTTP granted", GRANT(HTTP), LTKM_TRANSPORT_UDP, "39B" },
        { "HTTP, UDP granted", GRANT(UDP), LTKM_TRANSPORT_HTTP, "26B 39B" },
        { "HTTP", GRANT(HTTP), LTKM_TRANSPORT_HTTP, "26B" },
        { "UDP, nothing granted", "", LTKM_TRANSPORT_UDP, "" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_new();

        grant(world, rows[i].grant, "");
        n_failed +=
            compare(rows[i].name, judge(world, pass_at(world, TERMINAL, rows[i].transport, LTKM_OF(1, "a"))),
                    rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

static void test_granted_by_its_own_response(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *body = grant(world, GRANT(UDP), ltkm_element(LTKM_OF(1, "a")));

    (void)state;
    assert_string_equal(judge(world, &body->ltkms[0]), "40B");
    body = grant(world, GRANT(UDP HTTP), ltkm_element(LTKM_OF(2, "a")));
    assert_string_equal(judge(world, &body->ltkms[0]), "");
}

static void test_not_offered(void **state)
{
    world_t *world = world_new();

    (void)state;
    ask(world, "<mbmsSecurityRegister/>");
    answer(world, "<mbmsSecurityRegisterResponse/>");
    assert_string_equal(judge(world, pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, LTKM_OF(1, "a"))),
                        "26B 34B");
    assert_string_equal(judge(world, pass(world, LTKM_OF(2, "a"))), "");
    assert_string_equal(judge(world, pass_at(world, 2, LTKM_TRANSPORT_HTTP, LTKM_OF(3, "b"))), "26B");
}

static void test_refused(void **state)
{
    world_t *world = world_new();

    (void)state;
    refuse(world);
    assert_string_equal(judge(world, pass(world, LTKM_OF(1, "a"))), "44S");
    assert_string_equal(judge(world, pass(world, LTKM_OF(2, "a", .no_key = true))), "");
    assert_string_equal(judge(world, pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(3, "b"))), "");
}

static void test_refused_later(void **state)
{
    world_t *world = world_new();

    (void)state;
    ask(world, REGISTER);
    answer(world, REGISTERED); /* a service */
    refuse(world);
    assert_string_equal(judge(world, pass(world, LTKM_OF(1, "a"))), "");
}

/* What came before is judged by what was in force then. */
static void test_state_of_that_time(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *ltkm;

    (void)state;
    grant(world, GRANT(UDP), "");
    ltkm = pass(world, LTKM_OF(1, "a"));
    grant(world, GRANT(HTTP), "");
    assert_string_equal(judge(world, ltkm), "");
    assert_string_equal(judge(world, pass(world, LTKM_OF(2, "a"))), "39B");
}

/* ---- verification messages -------------------------------------------------------------------------- */

static void test_second_and_copy(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *first, *copy, *second;

    (void)state;
    pass(world, LTKM_OF(1, "a"));
    first = pass(world, ANSWER_TO(1, "a"));
    copy = pass(world, ANSWER_TO(1, "a"));
    second = pass(world, ANSWER_TO(1, "a", .bytes = 1));
    assert_string_equal(judge(world, first), "");
    assert_string_equal(judge(world, copy), "");
    assert_string_equal(judge(world, second), "54B");
}

static void test_not_asked_for(void **state)
{
    world_t *world = registered_world();

    (void)state;
    pass(world, LTKM_OF(1, "a", .unasked = true));
    assert_string_equal(judge(world, pass(world, ANSWER_TO(1, "a"))), "55S");
}

static void test_over_http(void **state)
{
    world_t *world = registered_world();
    const tracked_body_t *body = grant(world, GRANT(UDP HTTP), ltkm_element(ANSWER_TO(1, "a")));

    (void)state;
    pass(world, LTKM_OF(1, "a"));
    pass(world, LTKM_OF(2, "a"));
    assert_string_equal(judge(world, pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, ANSWER_TO(2, "a"))),
                        "56B");
    assert_int_equal(body->ltkms[0].kind, MIKEY_KIND_VERIFICATION);
    assert_string_equal(judge(world, &body->ltkms[0]), ""); /* R56 is said where its element is */
}

static void answer_dns(world_t *world, const char *text)
{
    dns_bytes_t bytes;

    next_frame(world, 53, TERMINAL);
    dns_make(&bytes, text);
    hosts_read(&world->capture->hosts, bytes.bytes, bytes.length, world->moment.frame,
               net_address_hash(&world->moment.destination));
}

static void test_destination(void **state)
{
    static const struct {
        const char *answer;
        const char *expected;
    } rows[] = {
        { "other.example.org=1", "" },      { "bsm.example.org=9", "" },
        { "bsm.example.org=8", "57B" },     { "bsm.example.org=8 bsm.example.org=9", "" },
        { "!bsm.example.org=8", "" },       { "bsm.example.org=::8", "" },
        { "bsm.example.org>b b=8", "57B" }, { "bsm.example.org>b", "" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = registered_world();

        pass(world, LTKM_OF(1, "a"));
        answer_dns(world, rows[i].answer);
        n_failed += compare(rows[i].answer, judge(world, pass(world, ANSWER_TO(1, "a"))), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

static void test_destination_by_answers_before(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *verification;

    (void)state;
    pass(world, LTKM_OF(1, "a"));
    verification = pass(world, ANSWER_TO(1, "a"));
    answer_dns(world, "bsm.example.org=8");
    assert_string_equal(judge(world, verification), "");
    pass(world, LTKM_OF(2, NULL, .unasked = true)); /* names the host, too */
    assert_string_equal(judge(world, pass(world, ANSWER_TO(2, NULL))), "55S 57B");
}

static void test_order(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *second, *first;

    (void)state;
    grant(world, GRANT(UDP HTTP),
          wmem_strdup_printf(pool, "%s%s", ltkm_element(LTKM_OF(1, "a")), ltkm_element(LTKM_OF(2, "a"))));
    second = pass(world, ANSWER_TO(2, "a"));
    assert_string_equal(judge(world, second), "");
    first = pass(world, ANSWER_TO(1, "a"));
    assert_string_equal(judge(world, second), "59B");
    assert_string_equal(judge(world, first), "");
}

static void test_other_t_or_idr(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *own_t, *exact;

    (void)state;
    pass(world, LTKM_OF(1, "a"));
    own_t = pass(world, ANSWER_TO(90, "a"));
    assert_string_equal(judge(world, own_t), "62S");
    exact = pass(world, ANSWER_TO(1, "a"));
    assert_string_equal(judge(world, exact), "");
    assert_string_equal(judge(world, own_t), "63N"); /* it lost its LTKM, and R62 with it */
    pass(world, LTKM_OF(2, "a"));
    assert_string_equal(judge(world, pass(world, ANSWER_TO(2, "b"))), "62S");
    pass(world, LTKM_OF(3, NULL));
    assert_string_equal(judge(world, pass(world, ANSWER_TO(3, "b"))), "");
}

/* The half capture lacks b's LTKM: its verification message is none for a's. */
static void test_answer_of_another_terminal(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm, *verification;

    (void)state;
    ask_from(world, 2, "b", REGISTER);
    ltkm = pass(world, LTKM_OF(1, "a"));
    verification = pass_at(world, 2, LTKM_TRANSPORT_UDP, ANSWER_TO(1, "b"));
    assert_string_equal(judge(world, verification), "63N");
    pass(world, ANSWER_TO(1, "a"));
    assert_string_equal(judge(world, ltkm), "");
    assert_string_equal(judge(world, pass(world, ANSWER_TO(1, "c"))), "63N");
}

static void test_orphan(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *before = pass(world, ANSWER_TO(1, "a")), *orphan;

    (void)state;
    grant(world, GRANT(UDP), "");
    orphan = pass(world, ANSWER_TO(2, "a"));
    assert_string_equal(judge(world, before), "");
    assert_string_equal(judge_early(world, orphan), "");
    assert_string_equal(judge(world, orphan), "63N");
    world->capture->lacks_ltkms = true;
    assert_string_equal(judge(world, orphan), "");
    world->capture->lacks_ltkms = false;
    clock_tick(&world->capture->clock, 0, 199, 200);
    assert_string_equal(judge(world, orphan), "");
}

/* What the capture lacks of a registration may have changed what is granted. */
static void test_lost_registrations(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *between;
    body_context_t orphan = { .role = HTTP_RESPONSE_BODY, .exchange = { .status = 200 } };

    (void)state;
    ask(world, REGISTER); /* HTTP alone */
    answer(world, REGISTERED);
    assert_string_equal(judge(world, pass(world, LTKM_OF(1, "a"))), "39B");
    ask(world, REGISTER); /* its response is lost */
    between = pass(world, LTKM_OF(2, "a"));
    assert_string_equal(judge_early(world, between), "39B");
    assert_string_equal(judge(world, between), "");
    world->connection = (procedure_connection_t){ 0 };
    ask(world, REGISTER);
    answer(world, REGISTERED);
    assert_string_equal(judge(world, pass(world, LTKM_OF(3, "a"))), "39B");
    assert_string_equal(judge(world, between), "");
    ask(world, REGISTER);
    between = pass(world, LTKM_OF(6, "a"));
    assert_string_equal(judge(world, between), "");
    answer(world, REGISTERED);
    assert_string_equal(judge(world, between), "39B"); /* it came before the answer */
    orphan.connection = wmem_new0(pool, procedure_connection_t);
    next_frame(world, BSM, TERMINAL); /* its request is lost */
    pass_body(world, REGISTERED, &orphan);
    assert_string_equal(judge(world, pass(world, LTKM_OF(7, "a"))), "");
    ask(world, REGISTER);
    answer(world, REGISTERED);
    assert_string_equal(judge(world, pass(world, LTKM_OF(8, "a"))), "39B");
}

static void test_orphan_whose_ltkm_comes(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *verification = pass(world, ANSWER_TO(1, "a"));

    (void)state;
    assert_string_equal(judge(world, verification), "63N");
    pass(world, LTKM_OF(1, "a"));
    assert_string_equal(judge(world, verification), "");
}

static void test_v_flag(void **state)
{
    static const uint8_t bytes[] = "\1\1\5\x80\0\0\0\1\0\1\0\2\0\0\0\1";
    world_t *world = registered_world();
    ltkm_origin_t origin = { LTKM_TRANSPORT_UDP, true };

    (void)state;
    pass(world, LTKM_OF(1, "a"));
    next_frame(world, TERMINAL, BSM);
    assert_string_equal(
        judge(world, capture_add_message(world->capture, &world->moment,
                                         mikey_message_parse(pool, bytes, sizeof bytes - 1), origin)),
        "64S");
}

/* Neither LTKM nor verification message. */
static void test_others(void **state)
{
    world_t *world = registered_world();

    (void)state;
    assert_string_equal(judge(world, pass(world, (made_t){ .kind = MADE_STKM, .csb_id = 1, .mtk_id = 1 })),
                        "");
}

static void test_texts(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm = pass(world, LTKM_OF(1, "a")), *verification;

    (void)state;
    wait(world, 20);
    assert_string_equal(judge_as(world, ltkm, true)->text,
                        "No verification message in the 20.000 s up to the end of the capture; the "
                        "terminal or the way back is at fault");
    answer_dns(world, "bsm.example.org=8");
    verification = pass(world, ANSWER_TO(1, "a"));
    assert_string_equal(judge_as(world, ltkm, true)->text,
                        "The verification message came after 22.000 s (time-out 10 s)");
    assert_string_equal(
        judge_as(world, verification, true)->text,
        "Sent to 192.0.2.9, which is no address of bsm.example.org by the DNS answers before");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_unanswered),
        TEST(test_answered),
        TEST(test_not_to_be_answered),
        TEST(test_answer_may_be_cut),
        TEST(test_granted),
        TEST(test_granted_by_its_own_response),
        TEST(test_not_offered),
        TEST(test_refused),
        TEST(test_refused_later),
        TEST(test_state_of_that_time),
        TEST(test_second_and_copy),
        TEST(test_not_asked_for),
        TEST(test_over_http),
        TEST(test_destination),
        TEST(test_destination_by_answers_before),
        TEST(test_order),
        TEST(test_other_t_or_idr),
        TEST(test_answer_of_another_terminal),
        TEST(test_orphan),
        TEST(test_orphan_whose_ltkm_comes),
        TEST(test_lost_registrations),
        TEST(test_v_flag),
        TEST(test_others),
        TEST(test_texts),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
