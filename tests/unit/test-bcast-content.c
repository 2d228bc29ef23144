/* test-bcast-content.c
 * The extension containers of OMA BCAST in documents of the MBMS security procedures, wherever they stand,
 * with their versions, delivery mechanisms and LTKMs (OMA BCAST Services 5.1.6.7.1–5.1.6.9.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bcast/bcast-content.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "pool.h"

#define MBMS      "urn:3GPP:metadata:2005:MBMS:mskResponse"
#define ROOT      "<r xmlns='" MBMS "' xmlns:b='" BCAST_NAMESPACE "' xmlns:o='urn:other'>"
#define EXTENSION "LTKMResponseResponseExtension"

static const xml_document_t *xml;
static bcast_content_t *content;

static void find(const char *text, size_t length)
{
    xml = xml_document_parse(pool, (const uint8_t *)text, length);
    assert_non_null(xml->root);
    content = bcast_content_find(pool, xml);
}

/* The content of |body|, which stands in a root that declares b: and o:. */
static void find_in(const char *body)
{
    char *text = wmem_strdup_printf(pool, "%s%s</r>", ROOT, body);

    find(text, strlen(text));
}

static void find_in_sample(const char *name)
{
    char *path = g_build_filename(SAMPLES_DIR, name, NULL);
    char *text = NULL;
    gsize size = 0;

    assert_true(g_file_get_contents(path, &text, &size, NULL));
    find(text, size);
    g_free(text);
    g_free(path);
}

static const bcast_container_t *container(uint32_t n)
{
    const bcast_container_t *at = content->containers;

    while (at && n-- > 0) {
        at = at->next;
    }
    assert_non_null(at);
    return at;
}

static uint32_t count_containers(void)
{
    uint32_t n = 0;

    for (const bcast_container_t *at = content->containers; at; at = at->next) {
        n++;
    }
    return n;
}

/* The indices of a container's LTKMs, as "1 2 3". */
static void assert_ltkms(const bcast_container_t *in, const char *expected)
{
    GString *text = g_string_new(NULL);
    char *copy;

    for (const bcast_ltkm_t *ltkm = in->ltkms; ltkm; ltkm = ltkm->next_in_container) {
        g_string_append_printf(text, "%s%u", text->len ? " " : "", ltkm->index);
    }
    copy = wmem_strdup(pool, text->str);
    g_string_free(text, TRUE);
    assert_string_equal(copy, expected);
}

static void assert_message(const bcast_ltkm_t *ltkm, const void *expected, uint32_t length)
{
    assert_true(ltkm->base64.valid);
    assert_int_equal(ltkm->base64.length, length);
    assert_memory_equal(ltkm->base64.bytes, expected, length);
}

/* ---- containers ------------------------------------------------------------------------------------- */

static const char *const kinds[] = {
    [BCAST_REGISTRATION_REQUEST_EXTENSION] = "RegistrationRequestExtension",
    [BCAST_REGISTRATION_RESPONSE_EXTENSION] = "RegistrationResponseExtension",
    [BCAST_REGISTRATION_RESPONSE_RESPONSE_EXTENSION] = "RegistrationResponseResponseExtension",
    [BCAST_DEREGISTRATION_RESPONSE_RESPONSE_EXTENSION] = "DeregistrationResponseResponseExtension",
    [BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION] = "LTKMResponseResponseExtension",
};

static void test_kinds(void **state)
{
    static const char *const prefixes[] = { "b:", "", "o:" };

    (void)state;
    for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
            find_in(wmem_strdup_printf(pool, "<%s%s/>", prefixes[i], kinds[kind]));
            assert_int_equal(count_containers(), 1);
            assert_int_equal(container(0)->kind, kind);
            assert_ptr_equal(container(0)->element, xml->root->first_child);
            assert_null(container(0)->response);
            assert_null(container(0)->ltkms);
            assert_null(container(0)->deliveries);
        }
    }
}

static void test_names_that_are_no_containers(void **state)
{
    (void)state;
    find_in("<registrationRequestExtension/><RegistrationRequestExtensions/><LTKMResponseExtension/>"
            "<DeregistrationResponseExtension/><LTKMDelivery><Type>1</Type></LTKMDelivery><Type>1</Type>");
    assert_int_equal(count_containers(), 0);
    assert_int_equal(content->n_ltkms, 0);
}

static void test_enclosing_response(void **state)
{
    (void)state;
    find_in("<Response><b:" EXTENSION "/></Response><b:" EXTENSION "/><Response><x><b:" EXTENSION
            "/></x></Response>");
    assert_int_equal(count_containers(), 3);
    assert_string_equal(container(0)->response->name, "Response");
    assert_ptr_equal(container(0)->response, xml->root->first_child);
    assert_null(container(1)->response);
    assert_ptr_equal(container(2)->response, xml->root->last_child);
}

static void test_root_as_container(void **state)
{
    static const char text[] = "<" EXTENSION "><LTKM>AQ==</LTKM></" EXTENSION ">";

    (void)state;
    find(text, strlen(text));
    assert_int_equal(count_containers(), 1);
    assert_null(container(0)->response);
    assert_ltkms(container(0), "1");
}

static void test_documents_without_any(void **state)
{
    (void)state;
    find_in("<Response/>");
    assert_null(content->containers);
    assert_int_equal(content->n_ltkms, 0);
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION), "");
}

static void assert_kind(uint32_t n, bcast_kind_t kind, const char *name)
{
    assert_int_equal(container(n)->kind, kind);
    assert_string_equal(container(n)->element->name, name);
}

static void test_unknown_containers(void **state)
{
    (void)state;
    find_in("<Response><o:Extra version='1'><o:LTKM>AQ==</o:LTKM><b:LTKM>AQ==</b:LTKM></o:Extra></Response>"
            "<SmartcardProfileSpecificPart><LTKM>AQ==</LTKM></SmartcardProfileSpecificPart>"
            "<o:None><o:y><b:LTKMDelivery/></o:y></o:None>");
    assert_int_equal(count_containers(), 2);
    assert_kind(0, BCAST_UNKNOWN_CONTAINER, "Extra");
    assert_ltkms(container(0), "1 2");
    assert_int_equal(container(0)->version.value, 1);
    assert_string_equal(container(0)->response->name, "Response");
    assert_kind(1, BCAST_UNKNOWN_CONTAINER, "SmartcardProfileSpecificPart");
    assert_ltkms(container(1), "3");
    assert_false(bcast_is_known(container(0)));
}

/* They are containers to the LTKMs in them alone, and stand in document order with those inside them. */
static void test_around_unknown_containers(void **state)
{
    (void)state;
    find_in("<o:Extra><b:" EXTENSION "><LTKM>AQ==</LTKM></b:" EXTENSION "><o:LTKM>AQ==</o:LTKM></o:Extra>"
            "<b:" EXTENSION "><x><LTKM>AQ==</LTKM></x></b:" EXTENSION ">");
    assert_int_equal(count_containers(), 3);
    assert_kind(0, BCAST_UNKNOWN_CONTAINER, "Extra");
    assert_ltkms(container(0), "2");
    assert_kind(1, BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION, EXTENSION);
    assert_ltkms(container(1), "1");
    assert_ltkms(container(2), "3");
}

static void test_foreign_ltkms_outside_containers(void **state)
{
    (void)state;
    find_in("<o:LTKM>AQ==</o:LTKM><Response><o:LTKM>AQ==</o:LTKM></Response>"
            "<o:Response><o:LTKM>AQ==</o:LTKM></o:Response><Extra><o:LTKM>AQ==</o:LTKM></Extra>");
    assert_int_equal(count_containers(), 0);
    assert_int_equal(content->n_ltkms, 0);
}

static void test_known_container_in_a_wrong_name_space(void **state)
{
    (void)state;
    find_in("<o:RegistrationResponseExtension><o:LTKMDelivery><o:Type>2</o:Type></o:LTKMDelivery>"
            "</o:RegistrationResponseExtension><o:" EXTENSION "><o:LTKM>AQ==</o:LTKM></o:" EXTENSION ">");
    assert_int_equal(count_containers(), 2);
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_RESPONSE_EXTENSION), "HTTP");
    assert_ltkms(container(1), "1");
}

/* What a network in the field sends: the dates of an LTKM, not the message. */
static void test_descriptions_of_ltkms(void **state)
{
    (void)state;
    find_in("<Response><b:SubscriptionUpdateExtension><LTKM>\n<validFrom>1</validFrom></LTKM>"
            "</b:SubscriptionUpdateExtension></Response>");
    assert_int_equal(content->n_ltkms, 0);
    assert_kind(0, BCAST_UNKNOWN_CONTAINER, "SubscriptionUpdateExtension");
    find_in("<b:" EXTENSION "><LTKM/><LTKM>AQ==<x/></LTKM></b:" EXTENSION ">");
    assert_int_equal(content->n_ltkms, 2);
}

static void test_lenient_base64(void **state)
{
    (void)state;
    find_in("<b:" EXTENSION "><LTKM>AQ</LTKM></b:" EXTENSION ">");
    assert_false(content->ltkms->base64.valid);
    assert_non_null(content->ltkms->message);
    assert_int_equal(content->ltkms->message->length, 1);
}

/* ---- version ---------------------------------------------------------------------------------------- */

static void test_absent_version(void **state)
{
    (void)state;
    find_in("<b:" EXTENSION "/>");
    assert_null(container(0)->version_attribute);
    assert_true(container(0)->version.valid);
    assert_int_equal(container(0)->version.value, 0);
    assert_string_equal(container(0)->version.text, "0");
}

static void test_versions(void **state)
{
    static const struct {
        const char *text;
        const char *trimmed;
        int value; /* -1: not valid */
    } cases[] = {
        { "0", "0", 0 },
        { "1", "1", 1 },
        { "255", "255", 255 },
        { "007", "007", 7 },
        { " 7 ", "7", 7 },
        { "\n7\t", "7", 7 },
        { "+7", "+7", 7 },
        { "&#55;", "7", 7 },
        { "256", "256", -1 },
        { "300", "300", -1 },
        { "x", "x", -1 },
        { "", "", -1 },
        { " ", "", -1 },
        { "-1", "-1", -1 },
        { "7x", "7x", -1 },
        { "7 7", "7 7", -1 },
        { "0x7", "0x7", -1 },
        { "7.0", "7.0", -1 },
        { "+", "+", -1 },
        { "++7", "++7", -1 },
        { "4294967296", "4294967296", -1 },
        { "18446744073709551616", "18446744073709551616", -1 },
        { "99999999999999999999999", "99999999999999999999999", -1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        find_in(wmem_strdup_printf(pool, "<b:" EXTENSION " version='%s'/>", cases[i].text));
        assert_non_null(container(0)->version_attribute);
        assert_string_equal(container(0)->version_attribute->name, "version");
        assert_int_equal(container(0)->version.valid, cases[i].value >= 0);
        if (cases[i].value >= 0) {
            assert_int_equal(container(0)->version.value, cases[i].value);
        }
        assert_string_equal(container(0)->version.text, cases[i].trimmed);
    }
}

/* Only an attribute of the container's own counts, not one of another name space. */
static void test_version_of_another_name_space(void **state)
{
    (void)state;
    find_in("<b:" EXTENSION " o:version='9'/>");
    assert_null(container(0)->version_attribute);
    find_in("<b:" EXTENSION " o:version='9' version='1'/>");
    assert_int_equal(container(0)->version.value, 1);
    find_in("<b:" EXTENSION " xmlns:version='9' version='1'/>");
    assert_int_equal(container(0)->version.value, 1);
}

/* ---- delivery mechanisms ---------------------------------------------------------------------------- */

static void test_types(void **state)
{
    const bcast_type_t *type;

    (void)state;
    find_in("<b:RegistrationRequestExtension><LTKMDelivery><Type>0</Type><Type> 2 </Type><Type>255</Type>"
            "<Type>256</Type><Type>x</Type><Type/></LTKMDelivery></b:RegistrationRequestExtension>");
    assert_int_equal(count_containers(), 1);
    assert_null(container(0)->deliveries->next);
    type = container(0)->deliveries->types;
    assert_int_equal(type->type.value, 0);
    assert_true(type->type.valid);
    assert_string_equal(type->element->name, "Type");
    type = type->next;
    assert_int_equal(type->type.value, 2);
    assert_string_equal(type->type.text, "2");
    type = type->next;
    assert_int_equal(type->type.value, 255);
    for (int i = 0; i < 3; i++) {
        type = type->next;
        assert_false(type->type.valid);
    }
    assert_null(type->next);
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION),
                        "UDP+HTTP+proprietary");
}

static void test_type_names(void **state)
{
    (void)state;
    assert_string_equal(bcast_delivery_type_name(0), "UDP");
    assert_string_equal(bcast_delivery_type_name(1), "SMS");
    assert_string_equal(bcast_delivery_type_name(2), "HTTP");
    for (int type = 3; type < 256; type++) {
        assert_string_equal(bcast_delivery_type_name((uint8_t)type), type < 128 ? "reserved" : "proprietary");
    }
}

static void test_several_deliveries(void **state)
{
    (void)state;
    find_in("<b:RegistrationResponseExtension><LTKMDelivery><Type>1</Type></LTKMDelivery><Type>2</Type>"
            "<LTKMDelivery/><LTKMDelivery><x><Type>0</Type></x></LTKMDelivery></"
            "b:RegistrationResponseExtension>");
    assert_int_equal(container(0)->deliveries->types->type.value, 1);
    assert_null(container(0)->deliveries->types->next);
    assert_null(container(0)->deliveries->next->types);
    assert_int_equal(container(0)->deliveries->next->next->types->type.value, 0);
    assert_null(container(0)->deliveries->next->next->next);
}

static void test_delivery_outside_a_container(void **state)
{
    (void)state;
    find_in("<b:RegistrationRequestExtension/><LTKMDelivery><Type>2</Type></LTKMDelivery>");
    assert_int_equal(count_containers(), 1);
    assert_null(container(0)->deliveries);
    find_in("<b:RegistrationRequestExtension><LTKMdelivery><Type>2</Type></LTKMdelivery>"
            "</b:RegistrationRequestExtension>"); /* a small d is another name */
    assert_null(container(0)->deliveries);
}

/* The types of one container are no types of the next. */
static void test_types_stay_in_their_container(void **state)
{
    (void)state;
    find_in("<b:RegistrationRequestExtension><LTKMDelivery><Type>0</Type></LTKMDelivery>"
            "</b:RegistrationRequestExtension><b:RegistrationResponseExtension><Type>1</Type><LTKMDelivery>"
            "<Type>2</Type></LTKMDelivery></b:RegistrationResponseExtension>");
    assert_null(container(0)->deliveries->types->next);
    assert_int_equal(container(1)->deliveries->types->type.value, 2);
    assert_null(container(1)->deliveries->types->next);
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION), "UDP");
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_RESPONSE_EXTENSION), "HTTP");
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION), "");
}

static void test_grant(void **state)
{
    (void)state;
    find_in("<b:RegistrationRequestExtension/>");
    assert_null(bcast_grant(content));
    find_in("<b:RegistrationRequestExtension/><Response><b:RegistrationResponseExtension/></Response>"
            "<b:RegistrationResponseExtension/>");
    assert_ptr_equal(bcast_grant(content), container(1));
}

static void test_delivery_text(void **state)
{
    static const struct {
        const char *body;
        const char *text;
    } cases[] = {
        { "", "" },
        { "<LTKMDelivery/>", "" },
        { "<LTKMDelivery><Type>x</Type></LTKMDelivery>", "" },
        { "<LTKMDelivery><Type>1</Type></LTKMDelivery>", "SMS" },
        { "<LTKMDelivery><Type>x</Type><Type>2</Type><Type>300</Type><Type>0</Type></LTKMDelivery>",
          "HTTP+UDP" },
        { "<LTKMDelivery><Type>3</Type><Type>127</Type><Type>128</Type></LTKMDelivery>",
          "reserved+reserved+proprietary" },
        { "<LTKMDelivery><Type>0</Type></LTKMDelivery><LTKMDelivery><Type>2</Type></LTKMDelivery>", "UDP" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        find_in(wmem_strdup_printf(
            pool, "<b:RegistrationRequestExtension>%s</b:RegistrationRequestExtension>", cases[i].body));
        assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION),
                            cases[i].text);
    }
}

/* The first container with a list counts, not one without. */
static void test_delivery_text_of_several_containers(void **state)
{
    (void)state;
    find_in("<b:RegistrationRequestExtension/><b:RegistrationRequestExtension><LTKMDelivery><Type>2</Type>"
            "</LTKMDelivery></b:RegistrationRequestExtension>");
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION), "HTTP");
}

static void test_long_delivery_text_is_bounded(void **state)
{
    GString *text = g_string_new("<b:RegistrationRequestExtension><LTKMDelivery>");

    (void)state;
    for (int i = 0; i < 10000; i++) {
        g_string_append(text, "<Type>200</Type>");
    }
    g_string_append(text, "</LTKMDelivery></b:RegistrationRequestExtension>");
    find_in(text->str);
    g_string_free(text, TRUE);
    assert_true(strlen(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION)) < 80);
}

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

static void test_name_spaces_of_children(void **state)
{
    (void)state;
    find_in("<b:" EXTENSION
            "><LTKM>AQ==</LTKM><b:LTKM>Ag==</b:LTKM><LTKM xmlns=''>Aw==</LTKM><o:LTKM>BA==</o:LTKM>"
            "<LTKM xmlns='urn:3gpp:x'>BQ==</LTKM><LTKM "
            "xmlns='urn:oma:xml:bcast:pr:orderqueries:1.1'>Bg==</LTKM></b:" EXTENSION ">");
    assert_int_equal(content->n_ltkms, 4);
    assert_ltkms(container(0), "1 2 3 4");
    assert_message(container(0)->ltkms, "\1", 1);
    assert_message(container(0)->ltkms->next_in_container, "\2", 1);
    assert_message(container(0)->ltkms->next_in_container->next_in_container, "\3", 1);
    assert_message(container(0)->ltkms->next_in_container->next_in_container->next_in_container, "\5", 1);
    find_in("<b:RegistrationRequestExtension><o:LTKMDelivery><Type>1</Type></"
            "o:LTKMDelivery><b:LTKMDelivery><o:Type>1"
            "</o:Type><b:Type>2</b:Type></b:LTKMDelivery></b:RegistrationRequestExtension>");
    assert_null(container(0)->deliveries->next);
    assert_null(container(0)->deliveries->types->next);
    assert_int_equal(container(0)->deliveries->types->type.value, 2);
}

static void test_indices_go_across_containers(void **state)
{
    (void)state;
    find_in("<Response><b:" EXTENSION "><LTKM>AQ==</LTKM><LTKM>Ag==</LTKM></b:" EXTENSION "></Response>"
            "<Response><b:" EXTENSION "/></Response>"
            "<Response><b:" EXTENSION "><LTKM>Aw==</LTKM></b:" EXTENSION "></Response>");
    assert_int_equal(content->n_ltkms, 3);
    assert_ltkms(container(0), "1 2");
    assert_ltkms(container(1), "");
    assert_ltkms(container(2), "3");
    assert_int_equal(container(0)->n_ltkms, 2);
    assert_int_equal(container(1)->n_ltkms, 0);
    assert_int_equal(container(2)->n_ltkms, 1);
}

static void test_ltkms_outside_containers(void **state)
{
    (void)state;
    find_in("<LTKM>AQ==</LTKM><Response><LTKM version='3'>Ag==</LTKM></Response><b:" EXTENSION
            "><LTKM>Aw==</LTKM></b:" EXTENSION "><LTKM>BA==</LTKM>");
    assert_int_equal(count_containers(), 4);
    assert_int_equal(content->n_ltkms, 4);
    assert_int_equal(container(0)->kind, BCAST_NO_CONTAINER);
    assert_null(container(0)->response);
    assert_ltkms(container(0), "1");
    assert_int_equal(container(1)->kind, BCAST_NO_CONTAINER);
    assert_string_equal(container(1)->response->name, "Response");
    assert_null(container(1)->version_attribute); /* that of the LTKM is none of a container */
    assert_true(container(1)->version.valid);
    assert_ltkms(container(1), "2");
    assert_int_equal(container(2)->kind, BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION);
    assert_ltkms(container(2), "3");
    assert_int_equal(container(3)->kind, BCAST_NO_CONTAINER);
    assert_ltkms(container(3), "4");
    find_in("<o:LTKM>AQ==</o:LTKM>");
    assert_int_equal(content->n_ltkms, 0);
}

static void test_ltkms_deeper_in_a_container(void **state)
{
    (void)state;
    find_in("<b:" EXTENSION "><x><LTKM>AQ==</LTKM></x><o:y><LTKM>Ag==</LTKM></o:y></b:" EXTENSION ">");
    assert_int_equal(count_containers(), 1);
    assert_ltkms(container(0), "1 2");
}

/* What stands behind a container in a container still stands in the outer one. */
static void test_container_in_a_container(void **state)
{
    (void)state;
    find_in("<b:" EXTENSION "><LTKM>AQ==</LTKM><b:RegistrationResponseExtension><LTKM>Ag==</LTKM>"
            "</b:RegistrationResponseExtension><LTKM>Aw==</LTKM></b:" EXTENSION ">");
    assert_int_equal(content->n_ltkms, 3);
    for (const bcast_container_t *at = content->containers; at; at = at->next) {
        assert_int_not_equal(at->kind, BCAST_NO_CONTAINER);
    }
    assert_int_equal(count_containers(), 2);
    assert_ltkms(container(0), "1 3");
    assert_ltkms(container(1), "2");
}

static void test_delivery_behind_a_container_in_a_container(void **state)
{
    (void)state;
    find_in("<b:RegistrationRequestExtension><b:RegistrationRequestExtension/><LTKMDelivery><Type>2</Type>"
            "</LTKMDelivery></b:RegistrationRequestExtension>");
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION), "HTTP");
}

static void test_texts_of_ltkms(void **state)
{
    const bcast_ltkm_t *ltkm;

    (void)state;
    find_in("<b:" EXTENSION
            "><LTKM>\r\n AQ\n I= </LTKM><LTKM><!-- c -->AQ<![CDATA[I=]]></LTKM><LTKM>AQ&#73;=</LTKM>"
            "<LTKM>...</LTKM><LTKM/><LTKM> \n </LTKM><LTKM>AQI</LTKM><LTKM>AQI=<x/>AQI=</LTKM></b:" EXTENSION
            ">");
    assert_ltkms(container(0), "1 2 3 4 5 6 7 8");
    ltkm = container(0)->ltkms;
    for (int i = 0; i < 3; i++, ltkm = ltkm->next_in_container) {
        assert_message(ltkm, "\1\2", 2);
    }
    assert_false(ltkm->base64.valid); /* three dots */
    assert_int_equal(ltkm->base64.bad_offset, 0);
    for (int i = 0; i < 2; i++) { /* empty: valid base64, but no message */
        ltkm = ltkm->next_in_container;
        assert_true(ltkm->base64.valid);
        assert_int_equal(ltkm->base64.length, 0);
        assert_null(ltkm->base64.bytes);
    }
    ltkm = ltkm->next_in_container;
    assert_false(ltkm->base64.valid);
    assert_int_equal(ltkm->base64.bad_offset, 3);
    ltkm = ltkm->next_in_container;
    assert_message(ltkm, "\1\2", 2); /* up to the child */
}

static void test_recovered_ltkms_are_siblings(void **state)
{
    const bcast_ltkm_t *ltkm;

    (void)state;
    find_in("<b:" EXTENSION "><LTKM>AQ==<LTKM>Ag==</LTKM><LTKM>Aw==</LTKM></b:" EXTENSION "><b:" EXTENSION
            "><LTKM>BA==</LTKM></b:" EXTENSION ">");
    assert_int_equal(count_containers(), 2);
    assert_ltkms(container(0), "1 2 3");
    ltkm = container(0)->ltkms;
    assert_true(ltkm->element->recovered);
    assert_message(ltkm, "\1", 1);
    ltkm = ltkm->next_in_container;
    assert_false(ltkm->element->recovered);
    assert_message(ltkm, "\2", 1);
    assert_message(ltkm->next_in_container, "\3", 1);
    assert_ltkms(container(1), "4");
}

/* A container whose end tag is missing, as siblings of one name tell. */
static void test_recovered_containers_are_siblings(void **state)
{
    (void)state;
    find_in("<Response><b:" EXTENSION "><LTKM>AQ==</LTKM></Response><Response><b:" EXTENSION
            "><LTKM>Ag==</LTKM></b:" EXTENSION "></Response>");
    assert_int_equal(count_containers(), 2);
    assert_true(container(0)->element->recovered);
    assert_ltkms(container(0), "1");
    assert_ltkms(container(1), "2");
    assert_ptr_not_equal(container(0)->response, container(1)->response);
}

static void test_many_ltkms(void **state)
{
    GString *text = g_string_new("<b:" EXTENSION ">");
    uint32_t index = 0;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        g_string_append(text, "<LTKM>AQ==</LTKM>");
    }
    g_string_append(text, "</b:" EXTENSION ">");
    find_in(text->str);
    g_string_free(text, TRUE);
    assert_int_equal(content->n_ltkms, 100000); /* all are counted, the first are decoded */
    assert_int_equal(container(0)->n_ltkms, 100000);
    for (const bcast_ltkm_t *ltkm = container(0)->ltkms; ltkm; ltkm = ltkm->next_in_container) {
        assert_int_equal(ltkm->index, ++index);
    }
    assert_int_equal(index, BCAST_MAX_LTKMS);
}

/* ---- the change request's examples ------------------------------------------------------------------ */

static void test_example_1(void **state)
{
    (void)state;
    find_in_sample("msk-response.xml");
    assert_int_equal(count_containers(), 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(container(i)->kind, BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION);
        assert_non_null(container(i)->response);
        assert_false(container(i)->element->recovered);
    }
    assert_ltkms(container(0), "1");
    assert_ltkms(container(1), "2 3"); /* the second: an end tag typed as a start tag */
    assert_true(container(1)->ltkms->element->recovered);
    assert_true(container(1)->ltkms->next_in_container->element->recovered);
    assert_false(container(0)->ltkms->base64.valid);
    assert_false(container(1)->ltkms->base64.valid);
    assert_int_equal(container(1)->ltkms->next_in_container->base64.length, 0);
}

static void test_example_2(void **state)
{
    (void)state;
    find_in_sample("registration-response.xml");
    assert_int_equal(count_containers(), 2);
    assert_int_equal(container(0)->kind, BCAST_REGISTRATION_RESPONSE_RESPONSE_EXTENSION);
    assert_ltkms(container(0), "1 2 3");
    assert_int_equal(container(1)->kind, BCAST_REGISTRATION_RESPONSE_EXTENSION);
    assert_null(container(1)->response);
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_RESPONSE_EXTENSION), "HTTP");
}

static void test_example_3(void **state)
{
    (void)state;
    find_in_sample("registration-request.xml");
    assert_int_equal(count_containers(), 1);
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION), "UDP+HTTP");
    assert_int_equal(content->n_ltkms, 0);
}

static void test_example_4(void **state)
{
    (void)state;
    find_in_sample("registration-response-informative.xml");
    assert_int_equal(count_containers(), 3);
    assert_ltkms(container(0), "1");
    assert_ltkms(container(1), "2 3");
    assert_int_equal(container(2)->kind, BCAST_REGISTRATION_RESPONSE_EXTENSION);
    assert_null(container(2)->response);
    assert_string_equal(bcast_delivery_text(pool, content, BCAST_REGISTRATION_RESPONSE_EXTENSION), "HTTP");
    assert_true(container(2)->deliveries->element->recovered);
    assert_true(container(2)->deliveries->next->element->recovered);
    assert_null(container(2)->deliveries->next->types);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kinds),
        TEST(test_names_that_are_no_containers),
        TEST(test_enclosing_response),
        TEST(test_root_as_container),
        TEST(test_documents_without_any),
        TEST(test_absent_version),
        TEST(test_versions),
        TEST(test_version_of_another_name_space),
        TEST(test_types),
        TEST(test_type_names),
        TEST(test_several_deliveries),
        TEST(test_delivery_outside_a_container),
        TEST(test_types_stay_in_their_container),
        TEST(test_grant),
        TEST(test_delivery_text),
        TEST(test_delivery_text_of_several_containers),
        TEST(test_long_delivery_text_is_bounded),
        TEST(test_name_spaces_of_children),
        TEST(test_indices_go_across_containers),
        TEST(test_ltkms_outside_containers),
        TEST(test_ltkms_deeper_in_a_container),
        TEST(test_container_in_a_container),
        TEST(test_delivery_behind_a_container_in_a_container),
        TEST(test_texts_of_ltkms),
        TEST(test_recovered_ltkms_are_siblings),
        TEST(test_recovered_containers_are_siblings),
        TEST(test_many_ltkms),
        TEST(test_unknown_containers),
        TEST(test_around_unknown_containers),
        TEST(test_foreign_ltkms_outside_containers),
        TEST(test_known_container_in_a_wrong_name_space),
        TEST(test_descriptions_of_ltkms),
        TEST(test_lenient_base64),
        TEST(test_example_1),
        TEST(test_example_2),
        TEST(test_example_3),
        TEST(test_example_4),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
