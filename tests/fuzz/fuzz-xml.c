/* fuzz-xml.c
 * libFuzzer target of what reads an XML body: any input is a document, and on top of it one of the MBMS
 * security procedures with containers of BCAST, which is judged. Aborts where a range is inverted, reaches
 * beyond the input or out of its parent, where the links of the tree disagree or a bound of the contract is
 * broken.
 *
 *   fuzz-xml CORPUS_DIRECTORY seeds/xml
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bcast/bcast-content.h"
#include "mbms/mbms-body.h"
#include "mbms/mbms-sniff.h"
#include "mbms/mbms-text.h"
#include "rules/rules.h"
#include "tracking/requests.h"

#include <string.h>

#include <glib.h>

#include "check.h"

/* Positions are asked for at so many text offsets of an element, for the sake of speed. */
#define MAX_POSITIONS 64

typedef struct {
    wmem_allocator_t *pool;
    const uint8_t *bytes;
    uint32_t length;
    const xml_document_t *xml;
    bool valid; /* it is UTF-8 */
} input_t;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool is_within(xml_range_t inner, xml_range_t outer)
{
    return outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end;
}

static xml_range_t whole(const input_t *input)
{
    return (xml_range_t){ 0, input->length };
}

/* ---- xml -------------------------------------------------------------------------------------------- */

static void check_attributes(const input_t *input, const xml_element_t *element)
{
    xml_range_t start_tag = { element->range.start, element->content.start };
    uint32_t n = 0;

    for (const xml_attribute_t *attribute = element->attributes; attribute; attribute = attribute->next) {
        check(is_within(attribute->range, start_tag));
        check(attribute->name[0] != '\0' && strlen(attribute->value) < 5 * XML_MAX_START_TAG);
        check(attribute->ns[0] != '\0' || xml_attribute(element, attribute->name) != NULL);
        check(g_utf8_validate(attribute->name, -1, NULL) && g_utf8_validate(attribute->value, -1, NULL));
        n++;
    }
    check(n <= XML_MAX_ATTRIBUTES);
    check(is_within(start_tag, whole(input)));
}

static void check_ranges(const input_t *input, const xml_element_t *element)
{
    check(is_within(element->range, whole(input)));
    check(is_within(element->content, element->range));
    check(element->guessed == (element->recovered || (element->parent && element->parent->guessed)));
    check(input->bytes[element->range.start] == '<');
    check(element->content.start > element->range.start);
    if (!element->recovered) {
        check(input->bytes[element->range.end - 1] == '>' || input->xml->n_errors > 0);
        check(element->content.end == element->range.end || input->bytes[element->content.end] == '<');
    }
    if (element->parent) {
        check(is_within(element->range, element->parent->content));
    }
}

static void check_links(const xml_element_t *element)
{
    const xml_element_t *last = NULL;
    uint32_t end = element->content.start;

    check(g_utf8_validate(element->name, -1, NULL) && g_utf8_validate(element->ns, -1, NULL));
    for (const xml_element_t *child = element->first_child; child; child = child->next) {
        check(child->parent == element);
        check(child->range.start >= end);
        end = child->range.end;
        last = child;
    }
    check(last == element->last_child);
}

static void check_text(const input_t *input, const xml_element_t *element)
{
    uint32_t length;
    const char *text = xml_text(input->xml, element, &length);
    const char *trimmed = xml_trimmed_text(input->pool, input->xml, element);
    xml_range_t range = xml_trimmed_range(input->bytes, element);
    uint32_t step = length / MAX_POSITIONS + 1;
    uint32_t before = element->content.start;

    /* For a byte that is none of UTF-8 libxml2 gives three from 2.14 on: U+FFFD. */
    check(length <= (input->valid ? 1 : 3) * (element->content.end - element->content.start));
    check(length == 0 || memchr(text, '\0', length) == NULL);
    check(strlen(trimmed) <= 3 * (size_t)length && g_utf8_validate(trimmed, -1, NULL));
    check(is_within(range, element->content));
    for (uint32_t i = 0; i <= length; i += step) {
        uint32_t position = xml_text_position(input->bytes, element, i);

        check(before <= position && position <= element->content.end);
        before = position;
    }
    check(xml_text_position(input->bytes, element, UINT32_MAX) == element->content.end);
}

static uint32_t depth_of(const xml_element_t *element)
{
    uint32_t depth = 0;

    for (; element; element = element->parent) {
        depth++;
    }
    return depth;
}

static void check_tree(const input_t *input)
{
    uint32_t n = 0;
    uint32_t before = 0;

    for (const xml_element_t *element = input->xml->root; element; element = xml_next_element(element)) {
        check(n == 0 ? !element->parent && !element->next : element->range.start > before);
        before = element->range.start;
        check_ranges(input, element);
        check_attributes(input, element);
        check_links(element);
        check_text(input, element);
        check(depth_of(element) <= input->xml->max_depth);
        n++;
    }
    check(n == input->xml->n_elements && n <= XML_MAX_ELEMENTS);
    check(input->xml->max_depth <= XML_MAX_DEPTH);
}

static void check_document(const input_t *input)
{
    const xml_document_t *xml = input->xml;
    uint32_t kept = xml->n_errors < XML_MAX_ERRORS ? xml->n_errors : XML_MAX_ERRORS;

    check(xml->cut_offset <= input->length && (xml->cut == XML_NOT_CUT || !xml->reached_end));
    check(!xml->has_doctype || is_within(xml->doctype, whole(input)));
    for (uint32_t i = 0; i < kept; i++) {
        check(xml->errors[i].offset <= input->length && g_utf8_validate(xml->errors[i].message, -1, NULL));
    }
    /* What ends early does not do so silently; but libxml2 takes a NUL behind the root for the end. */
    if (xml->root && !xml->has_doctype && xml->cut == XML_NOT_CUT && !xml->reached_end) {
        check(xml->n_errors > 0 || memchr(input->bytes, '\0', input->length) != NULL);
    }
}

/* ---- what stands in it ------------------------------------------------------------------------------ */

static void check_base64(const xml_document_t *xml, const xml_element_t *element, const base64_t *base64)
{
    uint32_t length;

    xml_text(xml, element, &length);
    check(base64->valid ? !base64->problem : base64->problem && (base64->lenient || !base64->bytes));
    check(base64->valid || base64->bad_offset <= length);
    check((base64->bytes == NULL) == (base64->length == 0) && base64->length <= length * 3ull / 4);
}

static void check_msks(const input_t *input, const mbms_msk_t *msk)
{
    for (; msk; msk = msk->next) {
        if (msk->key_domain_id.element) {
            check_base64(input->xml, msk->key_domain_id.element, &msk->key_domain_id.id);
        }
        if (msk->msk_id.element) {
            check_base64(input->xml, msk->msk_id.element, &msk->msk_id.id);
        }
    }
}

static void check_mbms(const input_t *input)
{
    const mbms_document_t *document = mbms_document_read(input->pool, input->xml, MBMS_NONE);

    check(document->root == input->xml->root);
    check(document->root_known == (document->message != MBMS_NONE));
    check(mbms_message_name(document->message) != NULL);
    check(!mbms_is_request(mbms_response_to(input->xml, MBMS_NONE)));
    check_msks(input, document->msks);
    for (const mbms_response_t *response = document->responses; response; response = response->next) {
        check(response->element->parent == input->xml->root);
        check(response->has_code ? response->code <= 999 : response->code == 0);
        check((response->code_element == NULL) == (response->code_text == NULL));
        check_msks(input, response->msks);
    }
}

static void check_container(const input_t *input, const bcast_container_t *container, uint32_t *index)
{
    uint32_t n = 0;

    check(container->kind != BCAST_UNKNOWN_CONTAINER || container->element->first_child);
    check(!container->next || container->element->range.start <= container->next->element->range.start);
    check(container->version.text && (container->version.valid || container->version_attribute));

    for (EACH_LTKM_IN(ltkm, container)) {
        check_base64(input->xml, ltkm->element, &ltkm->base64);
        check(ltkm->index > 0);
        n++;
    }
    check(n == container->n_ltkms);
    *index += n;
    for (EACH_DELIVERY(delivery, container)) {
        for (EACH_TYPE(item, delivery)) {
            check(item->element && item->type.text && bcast_delivery_type_name(item->type.value));
        }
    }
}

static void check_bcast(const input_t *input)
{
    const bcast_content_t *content = bcast_content_find(input->pool, input->xml);
    uint32_t n_ltkms = 0;

    for (EACH_CONTAINER(container, content)) {
        check_container(input, container, &n_ltkms);
    }
    check(n_ltkms == content->n_ltkms);
    for (int kind = BCAST_REGISTRATION_REQUEST_EXTENSION; kind <= BCAST_NO_CONTAINER; kind++) {
        check(strlen(bcast_delivery_text(input->pool, content, (bcast_kind_t)kind)) < 80);
    }
}

/* The same once more, as one noun, and the line that says it. */
static void check_body(const input_t *input)
{
    const mbms_body_t *body = mbms_body_read(input->pool, input->bytes, input->length, NULL, NULL);
    const char *info = mbms_info_text(input->pool, body, body->message, input->length & 1);

    check(!body->document == !body->xml->root && !body->content == !body->xml->root);
    check(!mbms_body_is_complete(body) || body->xml->reached_end);
    check(g_utf8_validate(info, -1, NULL));
}

/* Judged as what the root says, after a request with the same body. */
static void check_rules(const input_t *input)
{
    const mbms_body_t *body = mbms_body_read(input->pool, input->bytes, input->length, NULL, NULL);
    rule_findings_t findings = { .pool = input->pool };
    rule_document_t facts = {
        .bytes = body->text.bytes,
        .xml = body->xml,
        .document = body->document,
        .content = body->content,
        .message = body->message,
        .status = 200,
    };

    if (!body->document) {
        return;
    }
    facts.asked = request_read(input->pool, body);
    rules_judge_document(&facts, &findings);
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        check(strchr(rule_by_number(finding->number)->levels, "?NSB"[finding->level]));
        check(finding->target == RULE_TARGET_WHOLE || body->text.bytes[finding->target] == '<');
        check(g_utf8_validate(finding->text, -1, NULL) && strlen(finding->text) < RULE_MAX_TEXT);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wmem_init();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    input_t input = { pool, bytes, (uint32_t)size, xml_document_parse(pool, bytes, size),
                      size == 0 || g_utf8_validate((const char *)bytes, (gssize)size, NULL) };

    check_document(&input);
    check_tree(&input);
    mbms_looks_like_ours(bytes, size, true);
    mbms_looks_like_ours(bytes, size, false);
    mbms_begins_as_xml(bytes, size);
    mbms_begins_as_message(bytes, size);
    check_body(&input);
    check_rules(&input);
    if (input.xml->root) {
        check_mbms(&input);
        check_bcast(&input);
    }
    wmem_destroy_allocator(pool);
    return 0;
}
