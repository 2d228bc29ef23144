/* test-http-facts.c
 * From a request or a response that is remembered, and its head, to findings.
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

#define PLAIN_REQUEST                                                                                        \
    "<mbmsSecurityRegister xmlns='urn:3GPP:metadata:2005:MBMS:securityRegistration'>"                        \
    "<serviceID>s1</serviceID></mbmsSecurityRegister>"
#define PLAIN_RESPONSE                                                                                       \
    "<mbmsSecurityRegisterResponse xmlns='urn:3GPP:metadata:2005:MBMS:securityRegistrationResponse'>"        \
    "<Response><serviceID>s1</serviceID><ResponseCode>200 OK</ResponseCode></Response>"                      \
    "</mbmsSecurityRegisterResponse>"

/* Of a request to bsm.example.org. */
#define HEAD(host, type)                                                                                     \
    {                                                                                                        \
        .fields_known = true, .user_agent = "3gpp-gba", .method = "POST", .version = "HTTP/1.1", .uri = "/", \
        .request_type = (type), .digest = {                                                                  \
            .is_there = true,                                                                                \
            .realm = "3GPP-bootstrapping@" host,                                                             \
            .qop = "auth-int"                                                                                \
        }                                                                                                    \
    }

static const http_head_t good = HEAD("bsm.example.org", "register");
static const http_head_t other_host = HEAD("other.example.org", "register");
static const http_head_t other_type = HEAD("bsm.example.org", "deregister");
static const http_head_t unknown;

static const char *outline(const rule_finding_t *finding)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (; finding; finding = finding->next) {
        wmem_strbuf_append_printf(out, "%s%u%c", wmem_strbuf_get_len(out) ? " " : "", finding->number,
                                  "?NSB"[finding->level]);
    }
    return wmem_strbuf_get_str(out);
}

static tracked_body_t *request(world_t *world, const char *server, const char *text, const http_head_t *head)
{
    body_context_t context = {
        .role = HTTP_REQUEST_BODY,
        .btid = "a",
        .server = server,
        .connection = &world->connection,
    };
    tracked_body_t *tracked;

    next_frame(world, TERMINAL, BSM);
    tracked = pass_body(world, text, &context);
    judge_body(world->capture, body_of(text), tracked);
    judge_body_head(world->capture, body_of(text), tracked, head);
    return tracked;
}

static const char *judge_request(const char *server, const char *text, const http_head_t *head)
{
    return outline(request(world_new(), server, text, head)->findings);
}

static void test_requests(void **state)
{
    (void)state;
    assert_string_equal(judge_request("bsm.example.org", PLAIN_REQUEST, &good), "");
    assert_string_equal(judge_request("bsm.example.org", PLAIN_REQUEST, &unknown), "");
    assert_string_equal(judge_request("bsm.example.org", PLAIN_REQUEST, &other_type), "83S");
    assert_string_equal(judge_request("bsm.example.org", PLAIN_REQUEST, &other_host), "87S");
    assert_string_equal(judge_request("BSM.example.org", PLAIN_REQUEST, &good), "");
    assert_string_equal(judge_request(NULL, PLAIN_REQUEST, &other_host), "");
    assert_string_equal(judge_request("bsm.example.org", "no document", &other_host), "");
}

/* Findings on the document are kept beside those on the head. */
static void test_document_and_head(void **state)
{
    const char *text = "<mbmsSecurityRegister><serviceID/></mbmsSecurityRegister>";

    (void)state;
    assert_string_equal(judge_request("bsm.example.org", text, &good), "17N 20N");
    assert_string_equal(judge_request("bsm.example.org", text, &other_type), "83S 17N 20N");
}

static const char *judge_answer(const char *text, uint32_t status)
{
    world_t *world = world_new();
    body_context_t context = {
        .role = HTTP_RESPONSE_BODY,
        .exchange = { .status = status },
        .connection = &world->connection,
    };
    tracked_body_t *tracked;

    request(world, "bsm.example.org", PLAIN_REQUEST, &good);
    next_frame(world, BSM, TERMINAL);
    tracked = pass_body(world, text, &context);
    judge_body(world->capture, body_of(text), tracked);
    judge_body_head(world->capture, body_of(text), tracked, &unknown);
    return outline(tracked->findings);
}

static void test_answers(void **state)
{
    (void)state;
    assert_string_equal(judge_answer(PLAIN_RESPONSE, 200), "");
    assert_string_equal(judge_answer(PLAIN_RESPONSE, 0), "");
    assert_string_equal(judge_answer(PLAIN_RESPONSE, 500), "86N");
}

static const rule_finding_t *judge_bare(world_t *world, const char *server, uint32_t status,
                                        const http_head_t *head)
{
    http_exchange_t exchange = { .status = status };
    const procedure_t *procedure;

    request(world, server, PLAIN_REQUEST, &good);
    next_frame(world, BSM, TERMINAL);
    procedure =
        procedure_answer_bare(&world->capture->procedures, &world->moment, exchange, &world->connection);
    assert_non_null(procedure);
    return judge_bare_response(world->capture, procedure, head);
}

static const char *judge_refusal(const char *server, uint32_t status, const http_head_t *head)
{
    return outline(judge_bare(world_new(), server, status, head));
}

static void test_bare_responses(void **state)
{
    (void)state;
    assert_string_equal(judge_refusal("bsm.example.org", 401, &good), "");
    assert_string_equal(judge_refusal("bsm.example.org", 401, &unknown), "");
    assert_string_equal(judge_refusal("bsm.example.org", 401, &other_host), "87S");
    assert_string_equal(judge_refusal(NULL, 401, &other_host), "");
    assert_string_equal(judge_refusal("bsm.example.org", 503, &unknown), "");
    assert_string_equal(judge_refusal("bsm.example.org", 502, &unknown), "86N");
    assert_string_equal(judge_refusal("bsm.example.org", 0, &unknown), "");
}

/* There is no room left for findings. */
static world_t *full_world(void)
{
    world_t *world = world_new();

    budget_charge(&world->capture->budget, BUDGET_START + 1);
    return world;
}

static void test_no_room(void **state)
{
    (void)state;
    assert_string_equal(
        outline(request(full_world(), "bsm.example.org", PLAIN_REQUEST, &other_type)->findings), "");
    assert_string_equal(outline(judge_bare(full_world(), "bsm.example.org", 500, &unknown)), "");
}

static void test_what_is_found_costs(void **state)
{
    world_t *world = world_new();
    const rule_finding_t *one = judge_bare(world, "bsm.example.org", 500, &unknown);
    uint64_t remembered = world->capture->budget.remembered;
    rule_http_t none = { .head = &unknown };
    rule_findings_t findings = { .pool = NULL };

    (void)state;
    assert_ptr_equal(judge_bare(world, "bsm.example.org", 500, &unknown)->text, one->text); /* kept once */
    assert_true(world->capture->budget.remembered >= remembered + sizeof *one);
    rules_judge_http(&none, &findings); /* and nothing without a finding: there is no pool */
    assert_null(findings.first);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_requests), TEST(test_document_and_head), TEST(test_answers),
        TEST(test_no_room),  TEST(test_bare_responses),    TEST(test_what_is_found_costs),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
