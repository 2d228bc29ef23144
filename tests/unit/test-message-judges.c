/* test-message-judges.c
 * LTKMs against what was granted (R26, R34, R39, R40, R44, R53) and verification messages against their LTKMs
 * (R54–R64): facts in, findings out.
 *
 * Each row changes a message that breaks nothing, and expects all findings, such as "34B 53S".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

/* ---- findings --------------------------------------------------------------------------------------- */

/* Every level must be one the table announces: only those are registered. */
static char level_letter(const rule_finding_t *finding)
{
    static const char letters[] = "?NSB";
    const rule_t *rule = rule_by_number(finding->number);

    assert_non_null(rule);
    assert_true(finding->level >= RULE_NOTE && finding->level <= RULE_BREACH);
    assert_non_null(strchr(rule->levels, letters[finding->level]));
    return letters[finding->level];
}

/* "34B 53S"; they are about the whole message. */
static const char *outline(const rule_findings_t *findings)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        assert_true(finding->target == RULE_TARGET_WHOLE);
        assert_true(finding->text[0] != '\0');
        wmem_strbuf_append_printf(out, "%s%u%c", finding == findings->first ? "" : " ", finding->number,
                                  level_letter(finding));
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

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

enum { UDP = 1 << BCAST_DELIVERY_UDP, SMS = 1 << BCAST_DELIVERY_SMS, HTTP = 1 << BCAST_DELIVERY_HTTP };

#define DELIVERY(name, ...) static const delivery_state_t name = { .frame = 7, __VA_ARGS__ }

DELIVERY(no_offer, .offer = { false, 0 });
DELIVERY(no_offer_http_granted, .offer = { false, 0 }, .grant = { true, UDP | HTTP });
DELIVERY(empty_offer, .offer = { true, 0 });
DELIVERY(udp_granted, .offer = { true, UDP | HTTP }, .grant = { true, UDP });
DELIVERY(http_granted, .offer = { true, HTTP }, .grant = { true, HTTP });
DELIVERY(sms_granted, .offer = { true, UDP | SMS | HTTP }, .grant = { true, SMS });
DELIVERY(all_granted, .offer = { true, UDP | SMS | HTTP }, .grant = { true, UDP | SMS | HTTP });
DELIVERY(grant_unlisted, .offer = { true, UDP | HTTP }, .grant = { false, 0 });
DELIVERY(grant_unlisted_bits, .offer = { true, UDP | HTTP }, .grant = { false, HTTP });
DELIVERY(grant_empty, .offer = { true, UDP | HTTP }, .grant = { true, 0 });
DELIVERY(more_granted, .offer = { true, UDP }, .grant = { true, UDP | HTTP });
DELIVERY(refused, .offer = { true, HTTP }, .refused = true);
DELIVERY(refused_no_offer, .refused = true);
DELIVERY(refused_later, .offer = { true, HTTP }, .refused = true, .had_services = true);
DELIVERY(services_only, .offer = { true, UDP }, .grant = { true, UDP }, .had_services = true);

#define OVER_UDP       .transport = BCAST_DELIVERY_UDP
#define OVER_SMS       .transport = BCAST_DELIVERY_SMS
#define OVER_HTTP      .transport = BCAST_DELIVERY_HTTP
#define IN_RESPONSE    .in_registration_response = true
#define WITH_KEY       .carries_key = true
#define WHOLE_BODY     .whole_body = true
#define UNDER(state)   .delivery = &(state)
#define ASKS           .v_flag = true, .registration_seen = true, .final = true, .timeout = 10, .answer_visible = true
#define LEFT(seconds)  .time_left = (seconds)
#define EXCUSED        .excused = true
#define AFTER(seconds) .verified = true, .verification_delay = (seconds)

typedef struct {
    const char *name;
    rule_delivered_t ltkm;
    const char *expected;
} ltkm_row_t;

static void judge_ltkms(const ltkm_row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        rule_findings_t findings = { .pool = pool };

        rules_judge_delivered(&rows[i].ltkm, &findings);
        n_failed += compare(rows[i].name, outline(&findings), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

static void test_whole_body(void **state)
{
    static const ltkm_row_t rows[] = {
        { "of its own", { OVER_HTTP, WHOLE_BODY, WITH_KEY }, "26B" },
        { "of its own, without key", { OVER_HTTP, WHOLE_BODY }, "26B" },
        { "of its own, not offered", { OVER_HTTP, WHOLE_BODY, UNDER(no_offer) }, "26B 34B" },
        { "in a document", { OVER_HTTP, WITH_KEY }, "" },
    };

    (void)state;
    judge_ltkms(rows, G_N_ELEMENTS(rows));
}

static void test_without_offer(void **state)
{
    static const ltkm_row_t rows[] = {
        { "HTTP", { OVER_HTTP, UNDER(no_offer) }, "34B" },
        { "SMS", { OVER_SMS, UNDER(no_offer) }, "34B" },
        { "HTTP, key", { OVER_HTTP, WITH_KEY, UNDER(no_offer) }, "34B" },
        { "HTTP, in the response", { OVER_HTTP, IN_RESPONSE, UNDER(no_offer) }, "34B" },
        { "HTTP, granted", { OVER_HTTP, UNDER(no_offer_http_granted) }, "34B" },
        { "HTTP, granted, in the response", { OVER_HTTP, IN_RESPONSE, UNDER(no_offer_http_granted) }, "34B" },
        { "UDP", { OVER_UDP, UNDER(no_offer) }, "" },
        { "UDP, key", { OVER_UDP, WITH_KEY, UNDER(no_offer) }, "" },
        { "HTTP, nothing known", { OVER_HTTP }, "" },
        { "SMS, nothing known", { OVER_SMS, WITH_KEY, IN_RESPONSE }, "" },
        { "HTTP, refused", { OVER_HTTP, UNDER(refused_no_offer) }, "" },
    };

    (void)state;
    judge_ltkms(rows, G_N_ELEMENTS(rows));
}

static void test_grant(void **state)
{
    static const ltkm_row_t rows[] = {
        { "HTTP, UDP granted", { OVER_HTTP, UNDER(udp_granted) }, "39B" },
        { "SMS, UDP granted", { OVER_SMS, UNDER(udp_granted) }, "39B" },
        { "UDP, UDP granted", { OVER_UDP, UNDER(udp_granted) }, "" },
        { "UDP, HTTP granted", { OVER_UDP, UNDER(http_granted) }, "39B" },
        { "SMS, HTTP granted", { OVER_SMS, UNDER(http_granted) }, "39B" },
        { "HTTP, HTTP granted", { OVER_HTTP, UNDER(http_granted) }, "" },
        { "UDP, SMS granted", { OVER_UDP, UNDER(sms_granted) }, "39B" },
        { "SMS, SMS granted", { OVER_SMS, UNDER(sms_granted) }, "" },
        { "HTTP, SMS granted", { OVER_HTTP, UNDER(sms_granted) }, "39B" },
        { "UDP, all granted", { OVER_UDP, UNDER(all_granted) }, "" },
        { "SMS, all granted", { OVER_SMS, UNDER(all_granted) }, "" },
        { "HTTP, all granted", { OVER_HTTP, UNDER(all_granted) }, "" },
        { "HTTP, no list means UDP", { OVER_HTTP, UNDER(grant_unlisted) }, "39B" },
        { "UDP, no list means UDP", { OVER_UDP, UNDER(grant_unlisted) }, "" },
        { "HTTP, bits without a list", { OVER_HTTP, UNDER(grant_unlisted_bits) }, "39B" },
        { "UDP, empty list", { OVER_UDP, UNDER(grant_empty) }, "39B" },
        { "HTTP, empty offer", { OVER_HTTP, UNDER(empty_offer) }, "39B" },
        { "HTTP, granted beyond the offer", { OVER_HTTP, UNDER(more_granted) }, "" },
        { "HTTP, services from before", { OVER_HTTP, UNDER(services_only) }, "39B" },
    };

    (void)state;
    judge_ltkms(rows, G_N_ELEMENTS(rows));
}

static void test_grant_of_its_own_response(void **state)
{
    static const ltkm_row_t rows[] = {
        { "UDP granted", { OVER_HTTP, IN_RESPONSE, UNDER(udp_granted) }, "40B" },
        { "UDP granted, key", { OVER_HTTP, IN_RESPONSE, WITH_KEY, UNDER(udp_granted) }, "40B" },
        { "no list", { OVER_HTTP, IN_RESPONSE, UNDER(grant_unlisted) }, "40B" },
        { "empty list", { OVER_HTTP, IN_RESPONSE, UNDER(grant_empty) }, "40B" },
        { "HTTP granted", { OVER_HTTP, IN_RESPONSE, UNDER(http_granted) }, "" },
        { "all granted", { OVER_HTTP, IN_RESPONSE, UNDER(all_granted) }, "" },
        { "refused", { OVER_HTTP, IN_RESPONSE, UNDER(refused) }, "" },
    };

    (void)state;
    judge_ltkms(rows, G_N_ELEMENTS(rows));
}

static void test_refused(void **state)
{
    static const ltkm_row_t rows[] = {
        { "key over HTTP", { OVER_HTTP, WITH_KEY, UNDER(refused) }, "44S" },
        { "key over UDP", { OVER_UDP, WITH_KEY, UNDER(refused) }, "44S" },
        { "key over SMS", { OVER_SMS, WITH_KEY, UNDER(refused_no_offer) }, "44S" },
        { "no key", { OVER_UDP, UNDER(refused) }, "" },
        { "registered before", { OVER_UDP, WITH_KEY, UNDER(refused_later) }, "" },
        { "not refused", { OVER_UDP, WITH_KEY, UNDER(all_granted) }, "" },
        { "nothing known", { OVER_UDP, WITH_KEY }, "" },
    };

    (void)state;
    judge_ltkms(rows, G_N_ELEMENTS(rows));
}

static void test_unanswered(void **state)
{
    static const ltkm_row_t rows[] = {
        { "long ago", { OVER_UDP, ASKS, LEFT(60) }, "53S" },
        { "perhaps cut off", { OVER_UDP, ASKS, LEFT(60), .answer_may_be_cut = true }, "" },
        { "late, others cut off",
          { OVER_UDP, ASKS, LEFT(60), AFTER(12.5), .answer_may_be_cut = true },
          "53S" },
        { "just long enough ago", { OVER_UDP, ASKS, LEFT(10) }, "53S" },
        { "not long enough ago", { OVER_UDP, ASKS, LEFT(9.999999) }, "" },
        { "at the end of the capture", { OVER_UDP, ASKS, LEFT(0) }, "" },
        { "later packets are earlier", { OVER_UDP, ASKS, LEFT(-5) }, "" },
        { "without key", { OVER_UDP, ASKS, LEFT(60), UNDER(no_offer) }, "53S" },
        { "granted", { OVER_HTTP, ASKS, LEFT(60), WITH_KEY, UNDER(http_granted) }, "53S" },
        { "whole body", { OVER_HTTP, ASKS, LEFT(60), WHOLE_BODY }, "26B 53S" },
        { "refused", { OVER_UDP, ASKS, LEFT(60), WITH_KEY, UNDER(refused) }, "44S 53S" },
        { "not asked", { .registration_seen = true, .final = true, .timeout = 10, LEFT(60) }, "" },
        { "first pass", { .v_flag = true, .registration_seen = true, .timeout = 10, LEFT(60) }, "" },
        { "no registration seen", { .v_flag = true, .final = true, .timeout = 10, LEFT(60) }, "" },
        { "excused", { OVER_UDP, ASKS, LEFT(60), EXCUSED }, "" },
        { "not offered", { OVER_HTTP, ASKS, LEFT(60), EXCUSED, UNDER(no_offer) }, "34B" },
        { "not granted", { OVER_HTTP, ASKS, LEFT(60), EXCUSED, UNDER(udp_granted) }, "39B" },
        { "not granted, in the response",
          { OVER_HTTP, ASKS, LEFT(60), EXCUSED, IN_RESPONSE, UNDER(udp_granted) },
          "40B" },
    };

    (void)state;
    judge_ltkms(rows, G_N_ELEMENTS(rows));
}

static void test_answered_late(void **state)
{
    static const ltkm_row_t rows[] = {
        { "late", { OVER_UDP, ASKS, LEFT(60), AFTER(12.5) }, "53S" },
        { "just late", { OVER_UDP, ASKS, LEFT(60), AFTER(10.000001) }, "53S" },
        { "late at the end of the capture", { OVER_UDP, ASKS, LEFT(12.5), AFTER(12.5) }, "53S" },
        { "just in time", { OVER_UDP, ASKS, LEFT(60), AFTER(10) }, "" },
        { "at once", { OVER_UDP, ASKS, LEFT(60), AFTER(0) }, "" },
        { "before it", { OVER_UDP, ASKS, LEFT(60), AFTER(-1) }, "" },
        { "not asked",
          { .registration_seen = true, .final = true, .timeout = 10, LEFT(60), AFTER(12.5) },
          "" },
        { "not granted", { OVER_HTTP, ASKS, LEFT(60), EXCUSED, AFTER(12.5), UNDER(udp_granted) }, "39B" },
    };

    (void)state;
    judge_ltkms(rows, G_N_ELEMENTS(rows));
}

static void assert_ltkm_text(rule_delivered_t ltkm, const char *text)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_delivered(&ltkm, &findings);
    assert_non_null(findings.first);
    assert_string_equal(findings.first->text, text);
}

#define ASSERT_LTKM_TEXT(text, ...) assert_ltkm_text((rule_delivered_t){ __VA_ARGS__ }, text)

static void test_ltkm_texts(void **state)
{
    (void)state;
    ASSERT_LTKM_TEXT("An LTKM over HTTP to a terminal that offered no mechanism (registered in frame 7): it "
                     "supports UDP only",
                     OVER_HTTP, UNDER(no_offer));
    ASSERT_LTKM_TEXT("An LTKM over SMS, which the grant in frame 7 does not list", OVER_SMS,
                     UNDER(udp_granted));
    ASSERT_LTKM_TEXT("An LTKM over HTTP in a registration response whose own grant does not list it",
                     OVER_HTTP, IN_RESPONSE, UNDER(udp_granted));
    ASSERT_LTKM_TEXT("An LTKM with a key to a terminal whose registration was refused in frame 7", WITH_KEY,
                     UNDER(refused));
    ASSERT_LTKM_TEXT("The verification message came after 12.500 s (time-out 10 s)", ASKS, AFTER(12.5));
    ASSERT_LTKM_TEXT("No verification message in the 60.250 s up to the end of the capture", ASKS,
                     LEFT(60.25));
    ASSERT_LTKM_TEXT("No verification message in the 60.250 s up to a pause of the capture; it is cold", ASKS,
                     LEFT(60.25), .paused = true, .silence = "it is cold");
}

/* ---- verification messages -------------------------------------------------------------------------- */

#define OF_LTKM .has_ltkm = true, .exact = true, .ltkm_v_flag = true, .ltkm_frame = 7

typedef struct {
    const char *name;
    rule_verification_t verification;
    const char *expected;
} verification_row_t;

static void judge_verifications(const verification_row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        rule_findings_t findings = { .pool = pool };

        rules_judge_verification(&rows[i].verification, &findings);
        n_failed += compare(rows[i].name, outline(&findings), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

static void test_answers_its_ltkm(void **state)
{
    static const verification_row_t rows[] = {
        { "right", { OF_LTKM }, "" },
        { "right, all known",
          { OF_LTKM, .registration_seen = true, .final = true, .right_destination = RULE_YES,
            .right_mac = RULE_YES, .host = "bsm.example.org", .destination = "192.0.2.1" },
          "" },
        { "second", { OF_LTKM, .second = true }, "54B" },
        { "not asked for", { .has_ltkm = true, .exact = true }, "55S" },
        { "second, and not asked for", { .has_ltkm = true, .exact = true, .second = true }, "54B 55S" },
        { "other T", { .has_ltkm = true, .ltkm_v_flag = true }, "62S" },
        { "other IDr", { OF_LTKM, .other_idr = true }, "62S" },
        { "other T and IDr", { .has_ltkm = true, .ltkm_v_flag = true, .other_idr = true }, "62S" },
        { "other T, not asked for", { .has_ltkm = true }, "55S 62S" },
        { "V flag", { OF_LTKM, .v_flag = true }, "64S" },
        { "V flag, no LTKM", { .v_flag = true }, "64S" },
    };

    (void)state;
    judge_verifications(rows, G_N_ELEMENTS(rows));
}

static void test_orphan(void **state)
{
    static const verification_row_t rows[] = {
        { "LTKM perhaps cut off", { .final = true, .registration_seen = true, .ltkm_may_be_cut = true }, "" },
        { "no LTKM", { .final = true, .registration_seen = true }, "63N" },
        { "first pass", { .registration_seen = true }, "" },
        { "no registration seen", { .final = true }, "" },
        { "nothing known", { .v_flag = false }, "" },
        { "has one", { OF_LTKM, .final = true, .registration_seen = true }, "" },
        { "IDr of none", { .other_idr = true }, "" },
        { "over HTTP", { .over_http = true, .final = true, .registration_seen = true }, "56B 63N" },
    };

    (void)state;
    judge_verifications(rows, G_N_ELEMENTS(rows));
}

static void test_over_http(void **state)
{
    static const verification_row_t rows[] = {
        { "HTTP", { OF_LTKM, .over_http = true }, "56B" },
        { "HTTP, no LTKM", { .over_http = true }, "56B" },
        { "HTTP, other address", { OF_LTKM, .over_http = true, .right_destination = RULE_NO }, "56B" },
    };

    (void)state;
    judge_verifications(rows, G_N_ELEMENTS(rows));
}

static void test_destination(void **state)
{
    static const verification_row_t rows[] = {
        { "wrong",
          { OF_LTKM, .right_destination = RULE_NO, .was_told = true, .host = "h",
            .destination = "192.0.2.1" },
          "57B" },
        { "wrong, not at hand",
          { OF_LTKM, .right_destination = RULE_NO, .was_told = true, .host = "h" },
          "57B" },
        { "others were told", { OF_LTKM, .right_destination = RULE_NO, .host = "h" }, "57S" },
        { "right", { OF_LTKM, .right_destination = RULE_YES, .host = "h" }, "" },
        { "no DNS", { OF_LTKM, .right_destination = RULE_UNKNOWN, .host = "h" }, "" },
        { "no LTKM", { .right_destination = RULE_NO, .host = "h" }, "" },
    };

    (void)state;
    judge_verifications(rows, G_N_ELEMENTS(rows));
}

static void test_order(void **state)
{
    static const verification_row_t rows[] = {
        { "too early", { OF_LTKM, .too_early = true }, "59B" },
        { "too early, other host", { OF_LTKM, .too_early = true, .perhaps_in_order = true }, "59S" },
        { "in order", { OF_LTKM, .perhaps_in_order = true }, "" },
    };

    (void)state;
    judge_verifications(rows, G_N_ELEMENTS(rows));
}

static void test_mac(void **state)
{
    static const verification_row_t rows[] = {
        { "wrong", { OF_LTKM, .right_mac = RULE_NO }, "61B" },
        { "right", { OF_LTKM, .right_mac = RULE_YES }, "" },
        { "no key", { OF_LTKM, .right_mac = RULE_UNKNOWN }, "" },
        { "wrong over HTTP", { OF_LTKM, .over_http = true, .right_mac = RULE_NO }, "56B 61B" },
    };

    (void)state;
    judge_verifications(rows, G_N_ELEMENTS(rows));
}

static void test_all_at_once(void **state)
{
    static const verification_row_t rows[] = {
        { "UDP",
          { .v_flag = true,
            .has_ltkm = true,
            .second = true,
            .too_early = true,
            .host = "h",
            .right_destination = RULE_NO,
            .was_told = true,
            .right_mac = RULE_NO,
            .other_idr = true },
          "54B 55S 57B 59B 61B 62S 64S" },
        { "HTTP",
          { .over_http = true,
            .v_flag = true,
            .has_ltkm = true,
            .second = true,
            .too_early = true,
            .perhaps_in_order = true,
            .right_destination = RULE_NO,
            .right_mac = RULE_NO },
          "54B 55S 56B 59S 61B 62S 64S" },
    };

    (void)state;
    judge_verifications(rows, G_N_ELEMENTS(rows));
}

static void assert_verification_text(rule_verification_t verification, const char *text)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_verification(&verification, &findings);
    assert_non_null(findings.first);
    assert_string_equal(findings.first->text, text);
}

#define ASSERT_VERIFICATION_TEXT(text, ...)                                                                  \
    assert_verification_text((rule_verification_t){ __VA_ARGS__ }, text)

static void test_verification_texts(void **state)
{
    (void)state;
    ASSERT_VERIFICATION_TEXT("Another verification message, with other bytes, for the LTKM of frame 7",
                             OF_LTKM, .second = true);
    ASSERT_VERIFICATION_TEXT("The LTKM of frame 8 did not ask for a verification message", .has_ltkm = true,
                             .exact = true, .ltkm_frame = 8);
    ASSERT_VERIFICATION_TEXT(
        "Sent to 192.0.2.1, which is no address of bsm.example.org by the DNS answers before", OF_LTKM,
        .right_destination = RULE_NO, .was_told = true, .host = "bsm.example.org",
        .destination = "192.0.2.1");
    ASSERT_VERIFICATION_TEXT(
        "Sent to an address, which is no address of bsm.example.org by the DNS answers before, which went to "
        "others",
        OF_LTKM, .right_destination = RULE_NO, .host = "bsm.example.org");
    ASSERT_VERIFICATION_TEXT("Before the verification message of an earlier LTKM in the payload of frame 7",
                             OF_LTKM, .too_early = true);
    ASSERT_VERIFICATION_TEXT("The MAC is wrong under the key of the LTKM in frame 7", OF_LTKM,
                             .right_mac = RULE_NO);
    ASSERT_VERIFICATION_TEXT("T is not that of the LTKM in frame 7: paired by CSB ID", .has_ltkm = true,
                             .ltkm_v_flag = true, .ltkm_frame = 7, .other_idr = true);
    ASSERT_VERIFICATION_TEXT("IDr is not that of the LTKM in frame 7", OF_LTKM, .other_idr = true);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_whole_body),
        TEST(test_without_offer),
        TEST(test_grant),
        TEST(test_grant_of_its_own_response),
        TEST(test_refused),
        TEST(test_unanswered),
        TEST(test_answered_late),
        TEST(test_ltkm_texts),
        TEST(test_answers_its_ltkm),
        TEST(test_orphan),
        TEST(test_over_http),
        TEST(test_destination),
        TEST(test_order),
        TEST(test_mac),
        TEST(test_all_at_once),
        TEST(test_verification_texts),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
