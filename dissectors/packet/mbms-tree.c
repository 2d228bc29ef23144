/* mbms-tree.c
 * Bodies of the MBMS security procedures in the protocol tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/mbms-tree.h"

#include <string.h>

#include <epan/expert.h>
#include <epan/to_str.h>

#include "mikey/identifiers.h"
#include "packet/digest-tree.h"
#include "packet/key-format.h"
#include "packet/packet-bcast.h"
#include "packet/procedure-tree.h"
#include "packet/rules-tree.h"

_Static_assert(sizeof(mbms_message_name_t) == sizeof(value_string) &&
                   offsetof(mbms_message_name_t, name) == offsetof(value_string, strptr),
               "mbms_message_name_t is laid out as value_string");

/* Items of the tree that an element takes at the most, itself and what is not an element in it. */
enum { SERVICE_ITEMS = 1, MSK_ITEMS = 7, RESPONSE_ITEMS = 4 };

static int proto_mbms_sec = -1;
static int hf_mbms_sec_message = -1;
static int hf_mbms_sec_namespace = -1;
static int hf_mbms_sec_service_id = -1;
static int hf_mbms_sec_response = -1;
static int hf_mbms_sec_response_code = -1;
static int hf_mbms_sec_response_text = -1;
static int hf_mbms_sec_msk = -1;
static int hf_mbms_sec_key_domain_id = -1;
static int hf_mbms_sec_msk_id = -1;
static int hf_mbms_sec_key_group = -1;
static int hf_mbms_sec_key_number = -1;
static int ett_mbms_sec = -1;
static int ett_mbms_sec_response = -1;
static int ett_mbms_sec_msk = -1;
static int ett_mbms_sec_msk_id = -1;
static expert_field ei_mbms_sec_ill_formed = EI_INIT;
static expert_field ei_mbms_sec_doctype = EI_INIT;
static expert_field ei_mbms_sec_cut = EI_INIT;
static expert_field ei_mbms_sec_bad_value = EI_INIT;

static xml_range_t start_tag(const xml_element_t *element)
{
    return (xml_range_t){ element->range.start, element->content.start };
}

static proto_item *add_string(const body_view_t *view, proto_tree *tree, int hf, xml_range_t range,
                              const char *text)
{
    return proto_tree_add_string(tree, hf, view->tvb, xml_start(range), xml_length(range), text);
}

static proto_tree *add_subtree(const body_view_t *view, proto_tree *tree, int hf, int ett,
                               const xml_element_t *element)
{
    proto_item *item = proto_tree_add_item(tree, hf, view->tvb, xml_start(element->range),
                                           xml_length(element->range), ENC_NA);

    return proto_item_add_subtree(item, ett);
}

/* ---- the XML and its faults ------------------------------------------------------------------------- */

static void add_xml_errors(const body_view_t *view, proto_tree *tree)
{
    const xml_document_t *xml = view->body->xml;
    int end = (int)tvb_captured_length(view->tvb);

    for (uint32_t i = 0; i < MIN(xml->n_errors, XML_MAX_ERRORS); i++) {
        int at = (int)xml->errors[i].offset;

        proto_tree_add_expert_format(tree, view->pinfo, &ei_mbms_sec_ill_formed, view->tvb, at,
                                     at < end ? 1 : 0, "Not well-formed at byte %d: %s", at,
                                     xml->errors[i].message);
    }
    if (xml->n_errors > XML_MAX_ERRORS) {
        proto_tree_add_expert_format(tree, view->pinfo, &ei_mbms_sec_ill_formed, view->tvb, 0, 0,
                                     "%u more errors", xml->n_errors - XML_MAX_ERRORS);
    }
    if (!xml->root && xml->n_errors == 0 && xml->cut == XML_NOT_CUT) {
        proto_tree_add_expert_format(tree, view->pinfo, &ei_mbms_sec_ill_formed, view->tvb, 0, end,
                                     "There is no XML element");
    }
}

static void add_encoding_faults(const body_view_t *view, proto_tree *tree)
{
    proto_item *item = proto_tree_get_parent(tree);

    if (view->body->text.unknown) {
        expert_add_info_format(view->pinfo, item, &ei_mbms_sec_bad_value,
                               "Encoding \"%s\" is not known or not true: read as UTF-8",
                               compat_format_text(view->pinfo->pool, view->body->text.unknown,
                                                  strlen(view->body->text.unknown)));
    }
    if (view->body->text.incomplete && !view->truncated) {
        expert_add_info_format(view->pinfo, item, &ei_mbms_sec_ill_formed,
                               "Byte %zu of the body is not %s: decoded up to it",
                               view->body->text.bad_offset, view->body->text.name);
    }
}

/* What the capture lacks is no fault of the sender. */
static void add_faults(const body_view_t *view, proto_tree *tree)
{
    const xml_document_t *xml = view->body->xml;

    add_encoding_faults(view, tree);
    if (xml->has_doctype) {
        proto_tree_add_expert_format(tree, view->pinfo, &ei_mbms_sec_doctype, view->tvb,
                                     xml_start(xml->doctype), xml_length(xml->doctype),
                                     "DOCTYPE refused: nothing it declares is used or loaded");
    }
    if (xml->cut != XML_NOT_CUT) {
        proto_tree_add_expert_format(tree, view->pinfo, &ei_mbms_sec_cut, view->tvb, (int)xml->cut_offset, 0,
                                     "Decoded up to byte %u: %s", xml->cut_offset, xml_cut_text(xml->cut));
    }
    if (view->tracked && view->tracked->cut) {
        proto_tree_add_expert_format(
            tree, view->pinfo, &ei_mbms_sec_cut, view->tvb, 0, 0,
            "Too much for so few captured bytes: not all of it is tracked and judged");
    }
    if (!view->truncated) {
        add_xml_errors(view, tree);
    }
}

/* ---- services, MSKs, responses ---------------------------------------------------------------------- */

static void add_services(body_view_t *view, proto_tree *tree, const mbms_text_t *service)
{
    for (; service; service = service->next) {
        xml_range_t range = xml_trimmed_range(view->body->text.bytes, service->element);

        if (!xml_tree_take_room(&view->tree, SERVICE_ITEMS)) {
            continue;
        }
        xml_tree_keep(&view->tree, service->element,
                      add_string(view, tree, hf_mbms_sec_service_id, range, service->text));
    }
}

/* The item of a key id, or the reason why there is none. */
static proto_item *add_key_id(const body_view_t *view, proto_tree *tree, int hf, const mbms_key_id_t *id)
{
    xml_range_t range;
    uint32_t length, at;
    const char *text;
    proto_item *item;

    if (!id->element) {
        return NULL;
    }
    if (id->id.valid) {
        range = xml_trimmed_range(view->body->text.bytes, id->element);
        item = proto_tree_add_bytes_with_length(tree, hf, view->tvb, xml_start(range), xml_length(range),
                                                id->id.bytes, (int)id->id.length);
        xml_tree_keep(&view->tree, id->element, item);
        return item;
    }
    text = xml_text(view->body->xml, id->element, &length);
    at = xml_text_position(view->body->text.bytes, id->element, id->id.bad_offset);
    proto_tree_add_expert_format(
        tree, view->pinfo, &ei_mbms_sec_bad_value, view->tvb, xml_start(id->element->range),
        xml_length(id->element->range), "<%s> \"%s\" is not base64 at byte %u: %s", id->element->name,
        compat_format_text(view->pinfo->pool, text, MIN(length, 64)), at, id->id.problem);
    return NULL;
}

static void add_msk_id_parts(const body_view_t *view, proto_item *item, const mbms_key_id_t *id)
{
    const uint8_t *bytes = id->id.bytes;
    xml_range_t range = xml_trimmed_range(view->body->text.bytes, id->element);
    proto_tree *parts = proto_item_add_subtree(item, ett_mbms_sec_msk_id);

    proto_tree_add_uint(parts, hf_mbms_sec_key_group, view->tvb, xml_start(range), xml_length(range),
                        (uint32_t)bytes[0] << 8 | bytes[1]);
    proto_tree_add_uint(parts, hf_mbms_sec_key_number, view->tvb, xml_start(range), xml_length(range),
                        (uint32_t)bytes[2] << 8 | bytes[3]);
}

static void add_msk(body_view_t *view, proto_tree *tree, const mbms_msk_t *msk)
{
    proto_tree *subtree = add_subtree(view, tree, hf_mbms_sec_msk, ett_mbms_sec_msk, msk->element);
    proto_item *item = add_key_id(view, subtree, hf_mbms_sec_key_domain_id, &msk->key_domain_id);
    char plmn[KEY_DOMAIN_TEXT_SIZE];

    xml_tree_keep(&view->tree, msk->element, subtree);
    if (item && key_domain_plmn(msk->key_domain_id.id.bytes, msk->key_domain_id.id.length, plmn)) {
        proto_item_append_text(item, " (%s)", plmn);
    }
    item = add_key_id(view, subtree, hf_mbms_sec_msk_id, &msk->msk_id);
    if (item && msk->msk_id.id.length == 4) {
        add_msk_id_parts(view, item, &msk->msk_id);
    }
    if (msk->key_domain_id.id.length > 0 && msk->msk_id.id.length > 0) {
        const base64_t *domain = &msk->key_domain_id.id, *id = &msk->msk_id.id;

        proto_item_append_text(subtree, ": %s/%s",
                               bytes_to_str(view->pinfo->pool, domain->bytes, (int)domain->length),
                               bytes_to_str(view->pinfo->pool, id->bytes, (int)id->length));
    }
}

static void add_msks(body_view_t *view, proto_tree *tree, const mbms_msk_t *msk)
{
    for (; msk; msk = msk->next) {
        if (xml_tree_take_room(&view->tree, MSK_ITEMS)) {
            add_msk(view, tree, msk);
        }
    }
}

/* The bytes of its three digits, past comments and CDATA marks. */
static xml_range_t code_range(const body_view_t *view, const xml_element_t *element)
{
    const uint8_t *bytes = view->body->text.bytes;
    uint32_t length, at = 0;
    const char *text = xml_text(view->body->xml, element, &length);

    while (at < length && g_ascii_isspace(text[at])) {
        at++;
    }
    return (xml_range_t){ xml_text_position(bytes, element, at),
                          xml_text_position(bytes, element, at + 2) + 1 };
}

static void add_response_code(const body_view_t *view, proto_tree *tree, const mbms_response_t *response)
{
    xml_range_t range = xml_trimmed_range(view->body->text.bytes, response->code_element);

    if (response->has_code) {
        xml_range_t digits = code_range(view, response->code_element);

        proto_tree_add_uint(tree, hf_mbms_sec_response_code, view->tvb, xml_start(digits), xml_length(digits),
                            response->code);
    } else {
        proto_tree_add_expert_format(
            tree, view->pinfo, &ei_mbms_sec_bad_value, view->tvb, xml_start(response->code_element->range),
            xml_length(response->code_element->range),
            "<ResponseCode> \"%s\" does not begin with a status code", response->code_text);
    }
    add_string(view, tree, hf_mbms_sec_response_text, range, response->code_text);
}

static proto_tree *add_response(body_view_t *view, proto_tree *tree, const mbms_response_t *response)
{
    proto_tree *subtree =
        add_subtree(view, tree, hf_mbms_sec_response, ett_mbms_sec_response, response->element);

    xml_tree_keep(&view->tree, response->element, subtree);
    if (response->services) {
        proto_item_append_text(subtree, ": %s", response->services->text);
    }
    if (response->code_element) {
        proto_item_append_text(subtree, ": %s", response->code_text);
    }
    add_services(view, subtree, response->services);
    add_msks(view, subtree, response->msks);
    if (response->code_element) {
        add_response_code(view, subtree, response);
    }
    return subtree;
}

/* ---- containers in their places --------------------------------------------------------------------- */

/* Shows the containers that start before byte |end|: all come by once, in document order. */
static void show_containers(body_view_t *view, proto_tree *tree, uint32_t end)
{
    for (; view->next_container && view->next_container->element->range.start < end;
         view->next_container = view->next_container->next) {
        bcast_show_container(view, tree, view->next_container);
    }
}

static void show_responses(body_view_t *view, proto_tree *tree)
{
    for (const mbms_response_t *response = view->body->document->responses; response;
         response = response->next) {
        show_containers(view, tree, response->element->range.start);
        if (xml_tree_take_room(&view->tree, RESPONSE_ITEMS)) {
            show_containers(view, add_response(view, tree, response), response->element->range.end);
        }
    }
}

static void show_document(body_view_t *view, proto_tree *tree)
{
    const mbms_document_t *document = view->body->document;
    xml_range_t tag = start_tag(document->root);

    if (view->message != MBMS_NONE) {
        proto_tree_add_uint(tree, hf_mbms_sec_message, view->tvb, xml_start(tag), xml_length(tag),
                            view->message);
    }
    add_string(view, tree, hf_mbms_sec_namespace, tag, document->root->ns);
    add_services(view, tree, document->services);
    add_msks(view, tree, document->msks);
    show_responses(view, tree);
    show_containers(view, tree, UINT32_MAX);
    if (view->tree.left_out > 0) {
        proto_tree_add_expert_format(tree, view->pinfo, &ei_mbms_sec_cut, view->tvb, 0, 0,
                                     "%u elements are too many for the tree: judged but not shown",
                                     view->tree.left_out);
    }
    if (view->body->content->n_ltkms > BCAST_MAX_LTKMS) {
        proto_tree_add_expert_format(tree, view->pinfo, &ei_mbms_sec_cut, view->tvb, 0, 0,
                                     "%u more LTKMs are not decoded",
                                     view->body->content->n_ltkms - BCAST_MAX_LTKMS);
    }
}

/* ---- findings --------------------------------------------------------------------------------------- */

static void show_findings(const body_view_t *view, proto_tree *tree)
{
    for (const rule_finding_t *finding = view->findings; finding; finding = finding->next) {
        proto_item *item = xml_tree_item(&view->tree, finding);

        show_finding(view->pinfo, view->tvb, tree, item ? item : proto_tree_get_parent(tree), finding);
    }
}

/* ---- public ----------------------------------------------------------------------------------------- */

void mbms_show_body(body_view_t *view, tvbuff_t *tvb, proto_tree *tree)
{
    proto_item *item = proto_tree_add_item(tree, proto_mbms_sec, tvb, 0, -1, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(item, ett_mbms_sec);

    proto_item_append_text(item, ": %s", mbms_message_name(view->message));
    if (view->tracked) {
        procedure_tree_add(view->pinfo, view->tvb, subtree, view->tracked->procedure,
                           view->tracked->is_request, view->body->document);
    }
    xml_tree_begin(&view->tree, view->pinfo, proto_mbms_sec, view->findings);
    if (view->body->document) {
        show_document(view, subtree);
        show_findings(view, subtree);
    }
    add_faults(view, subtree);
}

static bool has_bad_id(const mbms_msk_t *msk)
{
    for (; msk; msk = msk->next) {
        if ((msk->key_domain_id.element && !msk->key_domain_id.id.valid) ||
            (msk->msk_id.element && !msk->msk_id.id.valid)) {
            return true;
        }
    }
    return false;
}

static bool has_bad_response(const mbms_response_t *response)
{
    for (; response; response = response->next) {
        if (has_bad_id(response->msks) || (response->code_element && !response->has_code)) {
            return true;
        }
    }
    return false;
}

/* Of a longer body something may be left out of the tree, which is said; no byte of one makes two items. */
enum { BYTES_IN_FULL = 100000 };

static bool is_ill_formed(const mbms_body_t *body)
{
    const xml_document_t *xml = body->xml;

    return !body->document || xml->n_errors > 0 || xml->has_doctype || xml->cut != XML_NOT_CUT ||
           body->text.length > BYTES_IN_FULL || body->text.unknown || body->text.incomplete;
}

/* Whether expert items may come of what mbms_show_body() shows, beside findings. */
static bool has_remarks(const body_view_t *view)
{
    const mbms_document_t *document = view->body->document;
    const tracked_body_t *tracked = view->tracked;

    return is_ill_formed(view->body) || view->body->content->n_ltkms > BCAST_MAX_LTKMS ||
           has_bad_id(document->msks) || has_bad_response(document->responses) || bcast_has_remarks(view) ||
           (tracked && (tracked->cut || procedure_has_remarks(tracked->procedure, tracked->is_request)));
}

void mbms_pass_body(body_view_t *view, tvbuff_t *tvb)
{
    if (PINFO_FD_VISITED(view->pinfo)) {
        bcast_pass(view);
    } else if (has_remarks(view)) {
        mbms_show_body(view, tvb, NULL);
    } else {
        bcast_pass(view);
        for (const rule_finding_t *finding = view->findings; finding; finding = finding->next) {
            show_finding(view->pinfo, view->tvb, NULL, NULL, finding);
        }
    }
}

int mbms_tree_register(void)
{
    static hf_register_info hf[] = {
        { &hf_mbms_sec_message,
          { "Message", "mbms_sec.message", FT_UINT8, BASE_DEC, VALS(NAMES(mbms_message_names)), 0,
            "Which document it is", HFILL } },
        { &hf_mbms_sec_namespace,
          { "Namespace", "mbms_sec.namespace", FT_STRING, BASE_NONE, NULL, 0,
            "Name space of the root element", HFILL } },
        { &hf_mbms_sec_service_id,
          { "Service ID", "mbms_sec.service_id", FT_STRING, BASE_NONE, NULL, 0, "MBMS User Service ID",
            HFILL } },
        { &hf_mbms_sec_response,
          { "Response", "mbms_sec.response", FT_NONE, BASE_NONE, NULL, 0, "Answer for one service or MSK",
            HFILL } },
        { &hf_mbms_sec_response_code,
          { "Response code", "mbms_sec.response_code", FT_UINT16, BASE_DEC, NULL, 0,
            "TS 33.246 table G.2.4-1", HFILL } },
        { &hf_mbms_sec_response_text,
          { "Response text", "mbms_sec.response_text", FT_STRING, BASE_NONE, NULL, 0,
            "Response code and phrase", HFILL } },
        { &hf_mbms_sec_msk,
          { "MSK", "mbms_sec.msk", FT_NONE, BASE_NONE, NULL, 0, "MBMS service key asked for or answered",
            HFILL } },
        { &hf_mbms_sec_key_domain_id,
          { "Key Domain ID", "mbms_sec.key_domain_id", FT_BYTES, BASE_NONE, NULL, 0, "MBMS Key Domain ID",
            HFILL } },
        { &hf_mbms_sec_msk_id,
          { "MSK ID", "mbms_sec.msk_id", FT_BYTES, BASE_NONE, NULL, 0,
            "MBMS Service Key ID; SEK/PEK ID in OMA BCAST", HFILL } },
        { &hf_mbms_sec_key_group,
          { "Key Group", "mbms_sec.key_group", FT_UINT16, BASE_CUSTOM, CF_FUNC(format_key_half), 0,
            "First half of the MSK ID", HFILL } },
        { &hf_mbms_sec_key_number,
          { "Key Number", "mbms_sec.key_number", FT_UINT16, BASE_CUSTOM, CF_FUNC(format_key_half), 0,
            "Second half of the MSK ID; 0: the current one", HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_mbms_sec_ill_formed,
          { "mbms_sec.ill_formed", PI_MALFORMED, PI_ERROR, "XML that is not well-formed", EXPFILL } },
        { &ei_mbms_sec_doctype, { "mbms_sec.doctype", PI_SECURITY, PI_WARN, "DOCTYPE refused", EXPFILL } },
        { &ei_mbms_sec_cut, { "mbms_sec.cut", PI_UNDECODED, PI_WARN, "Left out for its size", EXPFILL } },
        { &ei_mbms_sec_bad_value,
          { "mbms_sec.bad_value", PI_MALFORMED, PI_ERROR, "Value that is not of its type", EXPFILL } },
    };
    static int *ett[] = { &ett_mbms_sec, &ett_mbms_sec_response, &ett_mbms_sec_msk, &ett_mbms_sec_msk_id };
    expert_module_t *expert;

    proto_mbms_sec = proto_register_protocol("MBMS Security", "MBMS-SEC", "mbms_sec");
    proto_register_field_array(proto_mbms_sec, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto_mbms_sec);
    expert_register_field_array(expert, ei, array_length(ei));
    procedure_tree_register(proto_mbms_sec, expert);
    digest_tree_register(proto_mbms_sec);
    return proto_mbms_sec;
}
