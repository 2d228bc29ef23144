/* test-mbms-text.c
 * The line of the Info column.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

#define BCAST " xmlns:b='urn:oma:xml:bcast:pr:orderqueries:1.0'"

static void assert_info(const char *text, mbms_message_t message, const char *expected)
{
    const mbms_body_t *body = mbms_body_read(pool, (const uint8_t *)text, strlen(text), NULL, NULL);

    assert_string_equal(mbms_info_text(pool, body, message, false), expected);
}

static void test_requests(void **state)
{
    static const struct {
        mbms_message_t message;
        const char *text;
        const char *info;
    } cases[] = {
        { MBMS_REGISTRATION_REQUEST, "<a/>", "Registration request" },
        { MBMS_REGISTRATION_REQUEST, "<a><serviceID>x</serviceID></a>", "Registration request: 1 service" },
        { MBMS_DEREGISTRATION_REQUEST, "<a><serviceID/><serviceID/></a>",
          "Deregistration request: 2 services" },
        { MBMS_MSK_REQUEST, "<a><MSK/></a>", "MSK request: 1 MSK" },
        { MBMS_MSK_REQUEST, "<a><MSK/><MSK/><MSK/></a>", "MSK request: 3 MSKs" },
        { MBMS_NONE, "<root><serviceID/><MSK/></root>", "root: 1 service: 1 MSK" },
        { MBMS_NONE, "<p:root xmlns:p='u'/>", "root" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_info(cases[i].text, cases[i].message, cases[i].info);
    }
}

static void test_codes(void **state)
{
    static const struct {
        const char *codes; /* one for each Response; '-': none */
        const char *info;
    } cases[] = {
        { "200 OK", ": 1\u00d7200 OK" },
        { "200 OK,200 OK", ": 2\u00d7200 OK" },
        { "200 OK,403,200", ": 2\u00d7200 OK, 1\u00d7403" },
        { "403 Forbidden,200", ": 1\u00d7403, 1\u00d7200 OK" },
        { "-", ": 1\u00d7other" },
        { "x,200,-", ": 1\u00d7200 OK, 2\u00d7other" },
        { "1,2000", ": 2\u00d7other" },
        { "400,401,402,403,404,405,406,407,400",
          ": 2\u00d7400, 1\u00d7401, 1\u00d7402, 1\u00d7403, 1\u00d7404, 1\u00d7405, 2\u00d7other" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *text = g_string_new("<a>");
        char **codes = g_strsplit(cases[i].codes, ",", -1);
        char *info = wmem_strdup_printf(pool, "MSK response%s", cases[i].info);

        for (char **code = codes; *code; code++) {
            g_string_append_printf(text,
                                   strcmp(*code, "-") ? "<Response><ResponseCode>%s</ResponseCode></Response>"
                                                      : "<Response/>",
                                   *code);
        }
        g_string_append(text, "</a>");
        assert_info(text->str, MBMS_MSK_RESPONSE, info);
        g_strfreev(codes);
        g_string_free(text, TRUE);
    }
}

static void test_ltkms_and_delivery(void **state)
{
    static const struct {
        const char *text; /* what stands in the root */
        const char *info;
    } cases[] = {
        { "<LTKM/>", ", 1 LTKM" },
        { "<LTKM/><b:LTKM/>", ", 2 LTKMs" },
        { "<serviceID/><b:RegistrationRequestExtension><LTKMDelivery><Type>0</Type><Type>2</Type></"
          "LTKMDelivery>"
          "</b:RegistrationRequestExtension>",
          ": 1 service, delivery UDP+HTTP" },
        { "<b:RegistrationResponseExtension><LTKMDelivery><Type>1</Type></LTKMDelivery>"
          "</b:RegistrationResponseExtension>",
          ", delivery SMS" },
        { "<b:RegistrationRequestExtension><LTKMDelivery/></b:RegistrationRequestExtension>", "" },
        { "<Response><ResponseCode>200 "
          "OK</ResponseCode><b:RegistrationResponseResponseExtension><LTKM/><LTKM/>"
          "</b:RegistrationResponseResponseExtension></"
          "Response><b:RegistrationResponseExtension><LTKMDelivery>"
          "<Type>5</Type><Type>200</Type></LTKMDelivery></b:RegistrationResponseExtension>",
          ": 1\u00d7200 OK, 2 LTKMs, delivery reserved+proprietary" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = wmem_strdup_printf(pool, "<a" BCAST ">%s</a>", cases[i].text);
        char *info = wmem_strdup_printf(pool, "Registration request%s", cases[i].info);

        assert_info(text, MBMS_REGISTRATION_REQUEST, info);
    }
}

static void test_ill_formed(void **state)
{
    (void)state;
    assert_info("", MBMS_MSK_REQUEST, "MSK request, ill-formed XML");
    assert_info("", MBMS_NONE, "Unknown message, ill-formed XML");
    assert_info("Forbidden", MBMS_REGISTRATION_RESPONSE, "Registration response, ill-formed XML");
    assert_info("<a><MSK/>", MBMS_MSK_REQUEST, "MSK request: 1 MSK, ill-formed XML");
}

/* What is not there is not judged, and not counted either. */
static void test_cut_by_capture(void **state)
{
    const char *text = "<a><Response><ResponseCode>200 OK</ResponseCode></Response><Response><Respon";
    const mbms_body_t *body = mbms_body_read(pool, (const uint8_t *)text, strlen(text), NULL, NULL);

    (void)state;
    assert_string_equal(mbms_info_text(pool, body, MBMS_REGISTRATION_RESPONSE, true),
                        "Registration response: 1\u00d7200 OK, incomplete");
    assert_string_equal(mbms_info_text(pool, body, MBMS_REGISTRATION_RESPONSE, false),
                        "Registration response: 1\u00d7200 OK, 1\u00d7other, ill-formed XML");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_requests),   TEST(test_codes),          TEST(test_ltkms_and_delivery),
        TEST(test_ill_formed), TEST(test_cut_by_capture),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
