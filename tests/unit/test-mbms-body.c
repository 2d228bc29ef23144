/* test-mbms-body.c
 * A body as one noun: what it is, whether it is ours, and whether nothing of it is missing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

#define MSK_TYPE "application/mbms-msk+xml"

static void test_bodies(void **state)
{
    static const struct {
        const char *text;
        const char *media_type;
        mbms_message_t message;
        bool ours;
        bool complete;
    } cases[] = {
        { "<mbmsMSK/>", MSK_TYPE, MBMS_MSK_REQUEST, true, true },
        { "<mbmsMSK/>", NULL, MBMS_MSK_REQUEST, true, true },
        { "<mbmsMSK/>", "text/xml", MBMS_MSK_REQUEST, true, true },
        { "<mbmsMSKResponse/>", MSK_TYPE, MBMS_MSK_RESPONSE, true, true }, /* the root decides */
        { "<a/>", MSK_TYPE, MBMS_MSK_REQUEST, true, true },
        { "<a/>", NULL, MBMS_NONE, false, true },
        { "<a><LTKM/></a>", NULL, MBMS_NONE, true, true },
        { "<a><LTKM xmlns='u'/></a>", NULL, MBMS_NONE, false, true },
        { "<mbmsMSK>", NULL, MBMS_MSK_REQUEST, true, false },
        { "<mbmsMSK><a></mbmsMSK>", NULL, MBMS_MSK_REQUEST, true, true },
        { "", MSK_TYPE, MBMS_MSK_REQUEST, true, false },
        { "", NULL, MBMS_NONE, false, false },
        { "Forbidden", MSK_TYPE, MBMS_MSK_REQUEST, true, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const mbms_body_t *body = mbms_body_read(pool, (const uint8_t *)cases[i].text, strlen(cases[i].text),
                                                 NULL, cases[i].media_type);

        assert_int_equal(body->message, cases[i].message);
        assert_int_equal(mbms_body_is_ours(body), cases[i].ours);
        assert_int_equal(mbms_body_is_complete(body), cases[i].complete);
        assert_true(!body->document == !body->xml->root && !body->content == !body->xml->root);
    }
}

static void test_ranges_are_in_the_text(void **state)
{
    static const char utf16[] = "\xff\xfe<\0m\0b\0m\0s\0M\0S\0K\0/\0>";
    const mbms_body_t *body = mbms_body_read(pool, (const uint8_t *)utf16, sizeof utf16, NULL, NULL);

    (void)state;
    assert_true(body->text.converted);
    assert_int_equal(body->message, MBMS_MSK_REQUEST);
    assert_int_equal(body->document->root->range.end, 10);
    assert_int_equal(body->text.length, 10);
}

static void test_charset(void **state)
{
    static const char latin1[] = "<mbmsMSK><serviceID>\xe4</serviceID></mbmsMSK>";
    const mbms_body_t *body =
        mbms_body_read(pool, (const uint8_t *)latin1, sizeof latin1 - 1, "ISO-8859-1", NULL);

    (void)state;
    assert_true(mbms_body_is_complete(body));
    assert_string_equal(body->document->services->text, "\xc3\xa4");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bodies),
        TEST(test_ranges_are_in_the_text),
        TEST(test_charset),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
