/* test-outcomes.c
 * How a response ends a procedure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/outcomes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "mbms/mbms-body.h"
#include "pool.h"

typedef struct {
    const char *name;
    response_facts_t response;
    outcome_t expected;
} row_t;

#define DOCUMENT(all, good, bad)                                                                             \
    .has_document = true, .entries = { .n_entries = all, .n_accepted = good, .n_refused = bad }
#define WHOLE .in_capture = true, .decoded = true

static const row_t rows[] = {
    { "all", { .status = 200, WHOLE, DOCUMENT(2, 2, 0) }, OUTCOME_ACCEPTED },
    { "no entries", { .status = 200, WHOLE, DOCUMENT(0, 0, 0) }, OUTCOME_ACCEPTED },
    { "some", { .status = 200, WHOLE, DOCUMENT(3, 1, 2) }, OUTCOME_PARTLY_ACCEPTED },
    { "none", { .status = 200, WHOLE, DOCUMENT(2, 0, 2) }, OUTCOME_REFUSED },
    { "without codes", { .status = 200, WHOLE, DOCUMENT(2, 1, 0) }, OUTCOME_UNKNOWN },
    { "not whole, all so far", { .status = 200, DOCUMENT(2, 2, 0) }, OUTCOME_UNKNOWN },
    { "not whole, none so far", { .status = 200, DOCUMENT(2, 0, 2) }, OUTCOME_UNKNOWN },
    { "not whole, some", { .status = 200, DOCUMENT(2, 1, 1) }, OUTCOME_PARTLY_ACCEPTED },
    { "no document", { .status = 200, WHOLE }, OUTCOME_UNKNOWN },
    { "no status", { WHOLE, DOCUMENT(2, 0, 2) }, OUTCOME_REFUSED },
    { "no status, no document", { WHOLE }, OUTCOME_UNKNOWN },
    { "403", { .status = 403, WHOLE }, OUTCOME_REFUSED_BY_STATUS },
    { "403 with a document", { .status = 403, WHOLE, DOCUMENT(1, 1, 0) }, OUTCOME_REFUSED_BY_STATUS },
    { "404", { .status = 404, WHOLE }, OUTCOME_REFUSED_BY_STATUS },
    { "challenge", { .status = 401, WHOLE }, OUTCOME_CREDENTIALS_WANTED },
    { "of a proxy", { .status = 407, WHOLE }, OUTCOME_CREDENTIALS_WANTED },
    { "again", { .status = 401, WHOLE, .credentials = true }, OUTCOME_CREDENTIALS_REFUSED },
    { "again by a proxy", { .status = 407, WHOLE, .credentials = true }, OUTCOME_CREDENTIALS_REFUSED },
    { "newer nonce",
      { .status = 401, WHOLE, .credentials = true, .stale = true },
      OUTCOME_CREDENTIALS_WANTED },
    { "request not seen", { .status = 401, .decoded = true }, OUTCOME_UNKNOWN },
    { "503", { .status = 503, WHOLE }, OUTCOME_SERVER_ERROR },
    { "redirected", { .status = 302, WHOLE }, OUTCOME_UNKNOWN },
    { "no status there is", { .status = 99, WHOLE }, OUTCOME_UNKNOWN },
    { "nor that", { .status = 700, WHOLE }, OUTCOME_UNKNOWN },
};

static void test_outcomes(void **state)
{
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        outcome_t found = outcome_of(&rows[i].response);

        if (found != rows[i].expected) {
            print_error("%s: found %d, expected %d\n", rows[i].name, found, rows[i].expected);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

static void test_names(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < N_OUTCOMES; i++) {
        assert_int_equal(outcome_names[i].value, i);
        assert_non_null(outcome_names[i].name);
    }
    assert_null(outcome_names[N_OUTCOMES].name);
}

static void test_texts(void **state)
{
    (void)state;
    assert_string_equal(outcome_text(pool, MBMS_REGISTRATION_REQUEST, OUTCOME_REFUSED_BY_STATUS),
                        "Registration refused");
    assert_string_equal(outcome_text(pool, MBMS_MSK_REQUEST, OUTCOME_CREDENTIALS_WANTED),
                        "MSK request: authentication asked for");
    assert_string_equal(outcome_text(pool, MBMS_DEREGISTRATION_REQUEST, OUTCOME_UNKNOWN),
                        "Deregistration answered without a document");
    for (int i = 0; i < N_OUTCOMES; i++) {
        assert_true(strlen(outcome_text(pool, MBMS_MSK_REQUEST, (outcome_t)i)) > strlen("MSK request"));
    }
}

static void test_entries(void **state)
{
    static const char text[] =
        "<mbmsMSKResponse><Response><ResponseCode>200 OK</ResponseCode></Response><Response/>"
        "<Response><ResponseCode>403</ResponseCode></Response>"
        "<Response><ResponseCode>no</ResponseCode></Response></mbmsMSKResponse>";
    const mbms_body_t *body = mbms_body_read(pool, (const uint8_t *)text, strlen(text), NULL, NULL);
    entry_counts_t counts = count_entries(body->document);

    (void)state;
    assert_int_equal(counts.n_entries, 4);
    assert_int_equal(counts.n_accepted, 1);
    assert_int_equal(counts.n_refused, 1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_outcomes),
        TEST(test_names),
        TEST(test_texts),
        TEST(test_entries),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
