/* test-mbms-document.c
 * The documents of the MBMS security procedures: which message a root or a media type tells, and what is read
 * of it. TS 33.246 §6.3.2, TS 26.346 §11.4–11.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

#define URN "urn:3GPP:metadata:2005:MBMS:"

static const xml_document_t *xml;

static void parse(const char *text)
{
    xml = xml_document_parse(pool, (const uint8_t *)text, strlen(text));
    assert_non_null(xml->root);
}

static mbms_document_t *read_document(const char *text, mbms_message_t media_type)
{
    parse(text);
    return mbms_document_read(pool, xml, media_type);
}

static mbms_document_t *read_sample(const char *name)
{
    char *path = g_build_filename(SAMPLES_DIR, name, NULL);
    char *text = NULL;
    gsize size = 0;

    assert_true(g_file_get_contents(path, &text, &size, NULL));
    xml = xml_document_parse(pool, (const uint8_t *)text, size);
    g_free(text);
    g_free(path);
    assert_non_null(xml->root);
    return mbms_document_read(pool, xml, MBMS_NONE);
}

static void assert_id(const mbms_key_id_t *id, const void *expected, uint32_t length)
{
    assert_non_null(id->element);
    assert_true(id->id.valid);
    assert_int_equal(id->id.length, length);
    if (length > 0) {
        assert_memory_equal(id->id.bytes, expected, length);
    }
}

/* ---- which message ---------------------------------------------------------------------------------- */

static void test_media_types(void **state)
{
    (void)state;
    assert_int_equal(mbms_message_of_media_type("application/mbms-register+xml"), MBMS_REGISTRATION_REQUEST);
    assert_int_equal(mbms_message_of_media_type("application/mbms-register-response+xml"),
                     MBMS_REGISTRATION_RESPONSE);
    assert_int_equal(mbms_message_of_media_type("application/mbms-deregister+xml"),
                     MBMS_DEREGISTRATION_REQUEST);
    assert_int_equal(mbms_message_of_media_type("application/mbms-msk+xml"), MBMS_MSK_REQUEST);
    assert_int_equal(mbms_message_of_media_type("application/mbms-msk-response+xml"), MBMS_MSK_RESPONSE);
}

static void test_other_media_types(void **state)
{
    static const char *const types[] = {
        "",
        "application/xml",
        "application/mbms-deregister-response+xml",
        "application/mbms-msk-response+xml ",
        "application/mbms-msk",
        "mbms-msk+xml",
        "application/mbms-protection-description+xml",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        assert_int_equal(mbms_message_of_media_type(types[i]), MBMS_NONE);
    }
    assert_int_equal(mbms_message_of_media_type(NULL), MBMS_NONE);
}

static const struct {
    const char *root;
    mbms_message_t message;
} known_roots[] = {
    { "mbmsSecurityRegister", MBMS_REGISTRATION_REQUEST },
    { "mbmsSecurityRegisterResponse", MBMS_REGISTRATION_RESPONSE },
    { "mbmsSecurityDeregister", MBMS_DEREGISTRATION_REQUEST },
    { "mbmsSecurityDeregistration", MBMS_DEREGISTRATION_REQUEST },
    { "mbmsMSKRequest", MBMS_MSK_REQUEST },
    { "mbmsMSK", MBMS_MSK_REQUEST },
    { "mbmsMSKResponse", MBMS_MSK_RESPONSE },
};

static void test_roots_in_any_3gpp_name_space(void **state)
{
    static const char *const namespaces[] = {
        "",
        URN "securityRegistration",
        URN "securityRegistrationRequest",
        URN "securityRegistrationResponse",
        URN "mskRequest",
        URN "mskResponse",
        "urn:3GPP: metadata:2005:MBMS:securityRegistrationResponse", /* as the change request spells it */
        "urn:3gpp:metadata:2005:mbms:x",
        "URN:3GPP:x",
        "urn:3GPP:",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(known_roots); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(namespaces); k++) {
            assert_int_equal(mbms_message_of_root(known_roots[i].root, namespaces[k]),
                             known_roots[i].message);
        }
    }
}

static void test_roots_in_other_name_spaces(void **state)
{
    static const char *const namespaces[] = {
        URN "bootstrappingTransactionIdentifier", /* TS 26.237 Annex I */
        URN "nafKeyInfo",
        "urn:oma:xml:bcast:pr:orderqueries:1.0",
        "urn:3GP:x",
        "urn:3GPPx",
        "http://www.3gpp.org/",
        " urn:3GPP:x",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(known_roots); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(namespaces); k++) {
            assert_int_equal(mbms_message_of_root(known_roots[i].root, namespaces[k]), MBMS_NONE);
        }
    }
}

static void test_other_roots(void **state)
{
    static const char *const names[] = { "",
                                         "MBMSMSK",
                                         "mbmsmsk",
                                         "mbmsMSKRequests",
                                         "mbmsAuthorizedSecurityRegister",
                                         "mbmsSecurityDeregisterResponse",
                                         "x" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_int_equal(mbms_message_of_root(names[i], URN "mskRequest"), MBMS_NONE);
    }
}

static void test_root_before_media_type(void **state)
{
    mbms_document_t *document = read_document("<mbmsMSKResponse/>", MBMS_REGISTRATION_REQUEST);

    (void)state;
    assert_int_equal(document->message, MBMS_MSK_RESPONSE);
    assert_true(document->root_known);
    document = read_document("<x/>", MBMS_REGISTRATION_REQUEST);
    assert_int_equal(document->message, MBMS_REGISTRATION_REQUEST);
    assert_false(document->root_known);
    document = read_document("<mbmsMSKResponse xmlns='" URN "nafKeyInfo'/>", MBMS_NONE);
    assert_int_equal(document->message, MBMS_NONE);
    assert_false(document->root_known);
    document = read_document("<p:mbmsMSK xmlns:p='" URN "x'/>", MBMS_NONE);
    assert_int_equal(document->message, MBMS_MSK_REQUEST);
    assert_ptr_equal(document->root, xml->root);
}

static void test_requests_and_names(void **state)
{
    static const char *const names[] = {
        "Unknown message",         "Registration request", "Registration response", "Deregistration request",
        "Deregistration response", "MSK request",          "MSK response",
    };

    (void)state;
    for (int message = MBMS_NONE; message <= MBMS_MSK_RESPONSE; message++) {
        assert_string_equal(mbms_message_name((mbms_message_t)message), names[message]);
        assert_int_equal(mbms_is_request((mbms_message_t)message),
                         message == 1 || message == 3 || message == 5);
    }
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(mbms_message_names[i].value, i + 1);
        assert_string_equal(mbms_message_names[i].name, names[i + 1]);
    }
    assert_int_equal(mbms_message_names[6].value, 0);
    assert_null(mbms_message_names[6].name);
}

static void test_what_a_response_answers(void **state)
{
    static const char with[] =
        "<mbmsSecurityRegisterResponse><Response><b:DeregistrationResponseResponseExtension "
        "xmlns:b='u'/></Response></mbmsSecurityRegisterResponse>";

    (void)state;
    parse(with);
    assert_int_equal(mbms_response_to(xml, MBMS_NONE), MBMS_DEREGISTRATION_RESPONSE);
    assert_int_equal(mbms_response_to(xml, MBMS_DEREGISTRATION_REQUEST), MBMS_DEREGISTRATION_RESPONSE);
    assert_int_equal(mbms_response_to(xml, MBMS_REGISTRATION_REQUEST), MBMS_REGISTRATION_RESPONSE);
    parse("<mbmsSecurityRegisterResponse><Response><RegistrationResponseResponseExtension/></Response>"
          "</mbmsSecurityRegisterResponse>");
    assert_int_equal(mbms_response_to(xml, MBMS_NONE), MBMS_REGISTRATION_RESPONSE);
    assert_int_equal(mbms_response_to(xml, MBMS_DEREGISTRATION_REQUEST), MBMS_DEREGISTRATION_RESPONSE);
    assert_int_equal(mbms_response_to(xml, MBMS_REGISTRATION_REQUEST), MBMS_REGISTRATION_RESPONSE);
}

/* ---- reading ---------------------------------------------------------------------------------------- */

static void test_services_of_a_request(void **state)
{
    mbms_document_t *document =
        read_document("<mbmsSecurityRegister xmlns='" URN "securityRegistration'>"
                      "<serviceID>\r\n urn:a \n</serviceID><x><serviceID>no</serviceID></x>"
                      "<serviceID>urn:<!-- -->b</serviceID><serviceID/></mbmsSecurityRegister>",
                      MBMS_NONE);

    (void)state;
    assert_string_equal(document->services->text, "urn:a");
    assert_ptr_equal(document->services->element, xml->root->first_child);
    assert_string_equal(document->services->next->text, "urn:b");
    assert_string_equal(document->services->next->next->text, "");
    assert_null(document->services->next->next->next);
    assert_null(document->msks);
    assert_null(document->responses);
}

static void test_msks_of_a_request(void **state)
{
    mbms_document_t *document = read_document(
        "<mbmsMSKRequest><MSK><keyDomainID>uHCd</keyDomainID><MSKID> aMkA\n AAA==</MSKID></MSK>"
        "<p:MSK "
        "xmlns:p='u'><p:MSKID>JMtEAA==</p:MSKID><p:keyDomainID>uHCd</p:keyDomainID></p:MSK></mbmsMSKRequest>",
        MBMS_NONE);

    (void)state;
    assert_false(document->msks->msk_id.id.valid); /* a letter too many */
    assert_id(&document->msks->key_domain_id, "\xb8\x70\x9d", 3);
    assert_id(&document->msks->next->msk_id, "\x24\xcb\x44\x00", 4);
    assert_id(&document->msks->next->key_domain_id, "\xb8\x70\x9d", 3);
    assert_null(document->msks->next->next);
    document = read_document("<mbmsMSKRequest><MSK><MSKID>\n aMkA\r\n AA== </MSKID></MSK></mbmsMSKRequest>",
                             MBMS_NONE);
    assert_id(&document->msks->msk_id, "\x68\xc9\x00\x00", 4);
}

static void test_halves_of_msks(void **state)
{
    mbms_document_t *document = read_document(
        "<mbmsMSKRequest><MSK><keyDomainID>uHCd</keyDomainID></MSK><MSK><MSKID>AA==</MSKID></MSK>"
        "<MSK/><MSK>uHCd</MSK><MSK><MSKID/><keyDomainID>?!</keyDomainID></MSK></mbmsMSKRequest>",
        MBMS_NONE);
    mbms_msk_t *msk = document->msks;

    (void)state;
    assert_id(&msk->key_domain_id, "\xb8\x70\x9d", 3);
    assert_null(msk->msk_id.element);
    msk = msk->next;
    assert_null(msk->key_domain_id.element);
    assert_id(&msk->msk_id, "", 1);
    msk = msk->next;
    assert_null(msk->key_domain_id.element);
    assert_null(msk->msk_id.element);
    msk = msk->next;
    assert_null(msk->key_domain_id.element);
    msk = msk->next;
    assert_id(&msk->msk_id, NULL, 0); /* empty */
    assert_non_null(msk->key_domain_id.element);
    assert_false(msk->key_domain_id.id.valid);
    assert_int_equal(msk->key_domain_id.id.bad_offset, 0);
    assert_null(msk->next);
}

static void test_first_of_two_halves_counts(void **state)
{
    mbms_document_t *document = read_document(
        "<mbmsMSK><MSK><MSKID>AA==</MSKID><MSKID>uHCd</MSKID><keyDomainID>uHCd</keyDomainID></MSK></mbmsMSK>",
        MBMS_NONE);

    (void)state;
    assert_id(&document->msks->msk_id, "", 1);
    assert_id(&document->msks->key_domain_id, "\xb8\x70\x9d", 3);
}

static void test_responses(void **state)
{
    mbms_document_t *document = read_document(
        "<mbmsSecurityRegisterResponse><Response><serviceID>a</serviceID><ResponseCode>200 "
        "OK</ResponseCode></Response>"
        "<x><Response/></x><Response><MSK><MSKID>AA==</MSKID></MSK><MSK/><serviceID>b</serviceID><serviceID>c"
        "</serviceID></Response><serviceID>d</serviceID></mbmsSecurityRegisterResponse>",
        MBMS_NONE);
    mbms_response_t *response = document->responses;

    (void)state;
    assert_string_equal(response->services->text, "a");
    assert_null(response->services->next);
    assert_null(response->msks);
    assert_int_equal(response->code, 200);
    assert_string_equal(response->code_text, "200 OK");
    assert_string_equal(response->code_element->name, "ResponseCode");
    response = response->next;
    assert_null(response->code_element);
    assert_false(response->has_code);
    assert_null(response->code_text);
    assert_id(&response->msks->msk_id, "", 1);
    assert_non_null(response->msks->next);
    assert_string_equal(response->services->text, "b");
    assert_string_equal(response->services->next->text, "c");
    assert_null(response->next);
    assert_string_equal(document->services->text, "d");
}

static void test_response_codes(void **state)
{
    static const struct {
        const char *text;
        const char *trimmed;
        int code; /* -1: none */
    } cases[] = {
        { "200 OK", "200 OK", 200 },
        { "403", "403", 403 },
        { "\n 403 Forbidden \n", "403 Forbidden", 403 },
        { "200\tOK", "200\tOK", 200 },
        { "999", "999", 999 },
        { "000", "000", 0 },
        { "<![CDATA[200]]> OK", "200 OK", 200 },
        { "2&#48;0 OK", "200 OK", 200 },
        { "20", "20", -1 },
        { "2000", "2000", -1 },
        { "2000 OK", "2000 OK", -1 },
        { "abc", "abc", -1 },
        { "OK 200", "OK 200", -1 },
        { "-200", "-200", -1 },
        { "+200", "+200", -1 },
        { "", "", -1 },
        { " ", "", -1 },
        { "\xd9\xa2\xd9\xa0\xd9\xa0", "\xd9\xa2\xd9\xa0\xd9\xa0", -1 }, /* digits, but not ASCII's */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        mbms_document_t *document = read_document(
            wmem_strdup_printf(
                pool,
                "<mbmsMSKResponse><Response><ResponseCode>%s</ResponseCode></Response></mbmsMSKResponse>",
                cases[i].text),
            MBMS_NONE);
        mbms_response_t *response = document->responses;

        assert_int_equal(response->has_code, cases[i].code >= 0);
        assert_int_equal(response->code, cases[i].code >= 0 ? cases[i].code : 0);
        assert_string_equal(response->code_text, cases[i].trimmed);
        assert_non_null(response->code_element);
    }
}

static void test_first_response_code_counts(void **state)
{
    mbms_document_t *document = read_document("<mbmsMSKResponse><Response><ResponseCode>x</ResponseCode>"
                                              "<ResponseCode>200</ResponseCode></Response></mbmsMSKResponse>",
                                              MBMS_NONE);

    (void)state;
    assert_false(document->responses->has_code);
    assert_string_equal(document->responses->code_text, "x");
}

static void test_documents_without_content(void **state)
{
    mbms_document_t *document = read_document("<mbmsMSKResponse/>", MBMS_NONE);

    (void)state;
    assert_null(document->responses);
    assert_null(document->services);
    assert_null(document->msks);
    document = read_document("<mbmsMSKResponse", MBMS_NONE);
    assert_int_equal(document->message, MBMS_MSK_RESPONSE);
    document = read_document("<mbmsMSKResponse><Response><Respon", MBMS_NONE);
    assert_non_null(document->responses);
    assert_null(document->responses->services);
}

/* ---- the change request's examples ------------------------------------------------------------------ */

static void test_example_1(void **state)
{
    mbms_document_t *document = read_sample("msk-response.xml");
    mbms_response_t *response = document->responses;

    (void)state;
    assert_int_equal(document->message, MBMS_MSK_RESPONSE);
    assert_id(&response->msks->key_domain_id, "\xb8\x70\x9d", 3);
    assert_id(&response->msks->msk_id, "\x68\xc9\x00\x00", 4);
    assert_int_equal(response->code, 200);
    response = response->next;
    assert_id(&response->msks->msk_id, "\x24\xcb\x44\x00", 4);
    assert_int_equal(response->code, 200);
    assert_null(response->next);
}

static void test_examples_2_and_4(void **state)
{
    static const char *const names[] = { "registration-response.xml",
                                         "registration-response-informative.xml" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        mbms_document_t *document = read_sample(names[i]);
        mbms_response_t *response = document->responses;

        assert_int_equal(document->message, MBMS_REGISTRATION_RESPONSE);
        assert_string_equal(response->services->text,
                            "urn:3gpp:mbms:example:service:identification:123456789abcdef");
        assert_int_equal(response->code, 200);
        response = response->next;
        assert_string_equal(response->services->text,
                            "urn:3gpp:mbms:example:service:identification:fedcba987654321");
        assert_int_equal(response->code, i == 0 ? 403 : 200);
        assert_null(response->next);
    }
}

static void test_example_3(void **state)
{
    mbms_document_t *document = read_sample("registration-request.xml");

    (void)state;
    assert_int_equal(document->message, MBMS_REGISTRATION_REQUEST);
    assert_string_equal(document->services->text,
                        "urn:3gpp:mbms:example:service:identification:123456789abcdef");
    assert_string_equal(document->services->next->text,
                        "urn:3gpp:mbms:example:service:identification:fedcba987654321");
    assert_null(document->services->next->next);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_media_types),
        TEST(test_other_media_types),
        TEST(test_roots_in_any_3gpp_name_space),
        TEST(test_roots_in_other_name_spaces),
        TEST(test_other_roots),
        TEST(test_root_before_media_type),
        TEST(test_requests_and_names),
        TEST(test_what_a_response_answers),
        TEST(test_services_of_a_request),
        TEST(test_msks_of_a_request),
        TEST(test_halves_of_msks),
        TEST(test_first_of_two_halves_counts),
        TEST(test_responses),
        TEST(test_response_codes),
        TEST(test_first_response_code_counts),
        TEST(test_documents_without_content),
        TEST(test_example_1),
        TEST(test_examples_2_and_4),
        TEST(test_example_3),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
