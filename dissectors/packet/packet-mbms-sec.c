/* packet-mbms-sec.c
 * HTTP bodies of the MBMS security procedures: registration, deregistration and MSK request (TS 33.246
 * §6.3.2, TS 26.346 §11.4 to 11.8), with the OMA BCAST extension containers in them.
 *
 * The root element tells what a body is, whatever HTTP says of it. A response without a body of ours (a bare
 * 403) is found by a post-dissector, which costs one call a packet and looks no further while no request
 * waits for its response.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/packet-mbms-sec.h"

#include <epan/expert.h>
#include <epan/tap.h>
#include <epan/to_str.h>
#include <epan/wmem_scopes.h>

#include "packet/packet-bcast.h"
#include "mikey/identifiers.h"
#include "packet/packet-ltkm.h"
#include "packet/guarded-call.h"
#include "packet/rules-tree.h"
#include "tracking/clock.h"
#include "packet/frame-record.h"
#include "tracking/procedures.h"
#include "packet/taps.h"
#include "xml/body-encoding.h"

/* Wireshark's own XML dissector gives up with a dissector bug at tree depth 500, and is slow. */
enum { XML_TREE_MAX_DEPTH = 200, XML_TREE_MAX_ELEMENTS = 20000 };

/* Items of the tree that an element takes at the most, itself and what is not an element in it. */
enum { SERVICE_ITEMS = 1, MSK_ITEMS = 7, RESPONSE_ITEMS = 4 };

/* The key of the record of a response without a body of ours; bodies count from 1. */
enum { BARE_RESPONSE = 0x7fffffff };

static int proto_mbms_sec = -1;
static int proto_bare_response = -1;
static int proto_xml = -1;
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
static int hf_mbms_sec_btid = -1;
static int hf_mbms_sec_status_code = -1;
static int hf_mbms_sec_terminal = -1;
static int hf_mbms_sec_request_in = -1;
static int hf_mbms_sec_response_in = -1;
static int hf_mbms_sec_response_time = -1;
static int ett_mbms_sec = -1;
static int ett_mbms_sec_response = -1;
static int ett_mbms_sec_msk = -1;
static int ett_mbms_sec_msk_id = -1;
static expert_field ei_mbms_sec_ill_formed = EI_INIT;
static expert_field ei_mbms_sec_doctype = EI_INIT;
static expert_field ei_mbms_sec_cut = EI_INIT;
static expert_field ei_mbms_sec_bad_value = EI_INIT;

static compat_bool_t show_xml_tree = TRUE;
static int mbms_sec_tap;
static dissector_handle_t mbms_sec_handle;
static dissector_handle_t xml_handle;

static const value_string message_vals[] = {
    { MBMS_REGISTRATION_REQUEST, "Registration request" },
    { MBMS_REGISTRATION_RESPONSE, "Registration response" },
    { MBMS_DEREGISTRATION_REQUEST, "Deregistration request" },
    { MBMS_DEREGISTRATION_RESPONSE, "Deregistration response" },
    { MBMS_MSK_REQUEST, "MSK request" },
    { MBMS_MSK_RESPONSE, "MSK response" },
    { 0, NULL },
};

/* RFC 9110 §15; Wireshark's own table is not exported in 4.6. */
static const value_string status_vals[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 206, "Partial Content" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 303, "See Other" },
    { 304, "Not Modified" },
    { 307, "Temporary Redirect" },
    { 308, "Permanent Redirect" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 421, "Misdirected Request" },
    { 422, "Unprocessable Content" },
    { 426, "Upgrade Required" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 505, "HTTP Version Not Supported" },
    { 0, NULL },
};

/* What the first pass learned about a body, in file scope. */
typedef struct {
    mbms_message_t message;
    bool is_request;
    procedure_t *procedure;
    const rule_finding_t *findings;
    tracked_message_t ltkms[]; /* by index - 1 */
} body_record_t;

/* A body on its way to the tree. */
typedef struct {
    packet_info *pinfo;
    tvbuff_t *tvb; /* the text: the body itself or "Decoded XML" */
    body_text_t text;
    const xml_document_t *xml;
    const mbms_document_t *document;
    const bcast_content_t *content;
    mbms_message_t media_type;
    mbms_message_t message;
    body_record_t *record;
    const bcast_container_t *next_container; /* the first that is not dissected yet */
    bcast_body_t bcast;
} body_t;

static xml_range_t start_tag(const xml_element_t *element)
{
    return (xml_range_t){ element->range.start, element->content.start };
}

static proto_item *add_string(const body_t *body, proto_tree *tree, int hf, xml_range_t range,
                              const char *text)
{
    return proto_tree_add_string(tree, hf, body->tvb, xml_start(range), xml_length(range), text);
}

static proto_tree *add_subtree(const body_t *body, proto_tree *tree, int hf, int ett,
                               const xml_element_t *element)
{
    proto_item *item = proto_tree_add_item(tree, hf, body->tvb, xml_start(element->range),
                                           xml_length(element->range), ENC_NA);

    return proto_item_add_subtree(item, ett);
}

/* ---- the XML and its faults ------------------------------------------------------------------------- */

static void add_xml_errors(const body_t *body, proto_tree *tree)
{
    const xml_document_t *xml = body->xml;
    int end = (int)tvb_captured_length(body->tvb);

    for (uint32_t i = 0; i < MIN(xml->n_errors, XML_MAX_ERRORS); i++) {
        int at = (int)xml->errors[i].offset;

        proto_tree_add_expert_format(tree, body->pinfo, &ei_mbms_sec_ill_formed, body->tvb, at,
                                     at < end ? 1 : 0, "Not well-formed at byte %d: %s", at,
                                     xml->errors[i].message);
    }
    if (xml->n_errors > XML_MAX_ERRORS) {
        proto_tree_add_expert_format(tree, body->pinfo, &ei_mbms_sec_ill_formed, body->tvb, 0, 0,
                                     "%u more errors", xml->n_errors - XML_MAX_ERRORS);
    }
    if (!xml->root && xml->n_errors == 0 && xml->cut == XML_NOT_CUT) {
        proto_tree_add_expert_format(tree, body->pinfo, &ei_mbms_sec_ill_formed, body->tvb, 0, end,
                                     "There is no XML element");
    }
}

static const char *cut_text(xml_cut_t cut)
{
    switch (cut) {
    case XML_CUT_START_TAG:
        return "a start tag of more than 64 KiB or 256 attributes";
    case XML_CUT_NAMESPACES:
        return "more than 256 name space declarations in scope";
    case XML_CUT_ELEMENTS:
        return "more than 524288 elements";
    case XML_CUT_NAMES:
        return "more than 16384 different names";
    case XML_CUT_ERRORS:
        return "more than 4096 errors";
    case XML_CUT_DEPTH:
        return "elements nested more than 256 deep";
    case XML_NOT_CUT:
        break;
    }
    return "";
}

static void add_encoding_faults(const body_t *body, proto_tree *tree)
{
    proto_item *item = proto_tree_get_parent(tree);

    if (body->text.unknown) {
        expert_add_info_format(
            body->pinfo, item, &ei_mbms_sec_bad_value,
            "Encoding \"%s\" is not known or not true: read as UTF-8",
            compat_format_text(body->pinfo->pool, body->text.unknown, strlen(body->text.unknown)));
    }
    if (body->text.incomplete) {
        expert_add_info_format(body->pinfo, item, &ei_mbms_sec_ill_formed,
                               "Byte %zu of the body is not %s: decoded up to it", body->text.bad_offset,
                               body->text.name);
    }
}

/* |truncated|: the capture lacks the end of the body, whose absence is then no fault of the sender. */
static void add_faults(const body_t *body, proto_tree *tree, bool truncated)
{
    const xml_document_t *xml = body->xml;

    add_encoding_faults(body, tree);
    if (xml->has_doctype) {
        proto_tree_add_expert_format(tree, body->pinfo, &ei_mbms_sec_doctype, body->tvb,
                                     xml_start(xml->doctype), xml_length(xml->doctype),
                                     "DOCTYPE refused: nothing it declares is used or loaded");
    }
    if (xml->cut != XML_NOT_CUT) {
        proto_tree_add_expert_format(tree, body->pinfo, &ei_mbms_sec_cut, body->tvb, (int)xml->cut_offset, 0,
                                     "Decoded up to byte %u: %s", xml->cut_offset, cut_text(xml->cut));
    }
    if (!truncated) {
        add_xml_errors(body, tree);
    }
}

/* ---- services, MSKs, responses ---------------------------------------------------------------------- */

static void keep_item(const body_t *body, const xml_element_t *element, proto_item *item)
{
    xml_tree_keep(&body->bcast.tree, element, item);
}

static bool take_room(body_t *body, uint32_t items)
{
    return xml_tree_take_room(&body->bcast.tree, items);
}

static void add_services(body_t *body, proto_tree *tree, const mbms_text_t *service)
{
    for (; service; service = service->next) {
        xml_range_t range = xml_trimmed_range(body->bcast.tree.bytes, service->element);

        if (!take_room(body, SERVICE_ITEMS)) {
            continue;
        }
        keep_item(body, service->element,
                  add_string(body, tree, hf_mbms_sec_service_id, range, service->text));
    }
}

/* The item of a key id, or the reason why there is none. */
static proto_item *add_key_id(const body_t *body, proto_tree *tree, int hf, const mbms_key_id_t *id)
{
    xml_range_t range;
    uint32_t length, at;
    const char *text;

    if (!id->element) {
        return NULL;
    }
    if (id->id.valid) {
        range = xml_trimmed_range(body->bcast.tree.bytes, id->element);
        return proto_tree_add_bytes_with_length(tree, hf, body->tvb, xml_start(range), xml_length(range),
                                                id->id.bytes, (int)id->id.length);
    }
    text = xml_text(body->xml, id->element, &length);
    at = xml_text_position(body->bcast.tree.bytes, id->element, id->id.bad_offset);
    proto_tree_add_expert_format(
        tree, body->pinfo, &ei_mbms_sec_bad_value, body->tvb, xml_start(id->element->range),
        xml_length(id->element->range), "<%s> \"%s\" is not base64 at byte %u: %s", id->element->name,
        compat_format_text(body->pinfo->pool, text, MIN(length, 64)), at, id->id.problem);
    return NULL;
}

static void add_msk_id_parts(const body_t *body, proto_item *item, const mbms_key_id_t *id)
{
    const uint8_t *bytes = id->id.bytes;
    xml_range_t range = xml_trimmed_range(body->bcast.tree.bytes, id->element);
    proto_tree *parts = proto_item_add_subtree(item, ett_mbms_sec_msk_id);

    proto_tree_add_uint(parts, hf_mbms_sec_key_group, body->tvb, xml_start(range), xml_length(range),
                        (uint32_t)bytes[0] << 8 | bytes[1]);
    proto_tree_add_uint(parts, hf_mbms_sec_key_number, body->tvb, xml_start(range), xml_length(range),
                        (uint32_t)bytes[2] << 8 | bytes[3]);
}

static void add_msk(body_t *body, proto_tree *tree, const mbms_msk_t *msk)
{
    proto_tree *subtree = add_subtree(body, tree, hf_mbms_sec_msk, ett_mbms_sec_msk, msk->element);
    proto_item *item = add_key_id(body, subtree, hf_mbms_sec_key_domain_id, &msk->key_domain_id);
    char plmn[KEY_DOMAIN_TEXT_SIZE];

    keep_item(body, msk->element, subtree);
    if (item && key_domain_plmn(msk->key_domain_id.id.bytes, msk->key_domain_id.id.length, plmn)) {
        proto_item_append_text(item, " (%s)", plmn);
    }
    item = add_key_id(body, subtree, hf_mbms_sec_msk_id, &msk->msk_id);
    if (item && msk->msk_id.id.length == 4) {
        add_msk_id_parts(body, item, &msk->msk_id);
    }
    if (msk->key_domain_id.id.length > 0 && msk->msk_id.id.length > 0) {
        const base64_t *domain = &msk->key_domain_id.id, *id = &msk->msk_id.id;

        proto_item_append_text(subtree, ": %s/%s",
                               bytes_to_str(body->pinfo->pool, domain->bytes, (int)domain->length),
                               bytes_to_str(body->pinfo->pool, id->bytes, (int)id->length));
    }
}

static void add_msks(body_t *body, proto_tree *tree, const mbms_msk_t *msk)
{
    for (; msk; msk = msk->next) {
        if (take_room(body, MSK_ITEMS)) {
            add_msk(body, tree, msk);
        }
    }
}

static void add_response_code(const body_t *body, proto_tree *tree, const mbms_response_t *response)
{
    xml_range_t range = xml_trimmed_range(body->bcast.tree.bytes, response->code_element);

    if (response->has_code) {
        proto_tree_add_uint(tree, hf_mbms_sec_response_code, body->tvb, xml_start(range), 3, response->code);
    } else {
        proto_tree_add_expert_format(
            tree, body->pinfo, &ei_mbms_sec_bad_value, body->tvb, xml_start(response->code_element->range),
            xml_length(response->code_element->range),
            "<ResponseCode> \"%s\" does not begin with a status code", response->code_text);
    }
    add_string(body, tree, hf_mbms_sec_response_text, range, response->code_text);
}

static proto_tree *add_response(body_t *body, proto_tree *tree, const mbms_response_t *response)
{
    proto_tree *subtree =
        add_subtree(body, tree, hf_mbms_sec_response, ett_mbms_sec_response, response->element);

    if (response->services) {
        proto_item_append_text(subtree, ": %s", response->services->text);
    }
    if (response->code_element) {
        proto_item_append_text(subtree, ": %s", response->code_text);
    }
    add_services(body, subtree, response->services);
    add_msks(body, subtree, response->msks);
    if (response->code_element) {
        add_response_code(body, subtree, response);
    }
    return subtree;
}

/* ---- containers in their places --------------------------------------------------------------------- */

/* Shows the containers that start before byte |end|: all come by once, in document order. */
static void show_containers(body_t *body, proto_tree *tree, uint32_t end)
{
    for (; body->next_container && body->next_container->element->range.start < end;
         body->next_container = body->next_container->next) {
        bcast_show_container(&body->bcast, body->pinfo, tree, body->next_container);
    }
}

static void show_responses(body_t *body, proto_tree *tree)
{
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        show_containers(body, tree, response->element->range.start);
        if (take_room(body, RESPONSE_ITEMS)) {
            show_containers(body, add_response(body, tree, response), response->element->range.end);
        }
    }
}

static void show_document(body_t *body, proto_tree *tree)
{
    const mbms_document_t *document = body->document;
    xml_range_t tag = start_tag(document->root);

    if (body->message != MBMS_NONE) {
        proto_tree_add_uint(tree, hf_mbms_sec_message, body->tvb, xml_start(tag), xml_length(tag),
                            body->message);
    }
    add_string(body, tree, hf_mbms_sec_namespace, tag, document->root->ns);
    add_services(body, tree, document->services);
    add_msks(body, tree, document->msks);
    show_responses(body, tree);
    show_containers(body, tree, UINT32_MAX);
    if (body->bcast.tree.left_out > 0) {
        proto_tree_add_expert_format(tree, body->pinfo, &ei_mbms_sec_cut, body->tvb, 0, 0,
                                     "%u elements are too many for the tree: judged but not shown",
                                     body->bcast.tree.left_out);
    }
    if (body->content->n_ltkms > BCAST_LTKMS_SHOWN) {
        proto_tree_add_expert_format(tree, body->pinfo, &ei_mbms_sec_cut, body->tvb, 0, 0,
                                     "%u more LTKMs are tracked but not shown",
                                     body->content->n_ltkms - BCAST_LTKMS_SHOWN);
    }
}

/* A request is judged once its answer is known: those answered 401 or 407 do not count. */
static bool is_judged(const body_t *body)
{
    const body_record_t *record = body->record;

    return record && procedure_counts(record->procedure) &&
           (!record->is_request || record->procedure->response_frame || PINFO_FD_VISITED(body->pinfo));
}

static void show_findings(const body_t *body, proto_tree *tree)
{
    const rule_finding_t *findings = is_judged(body) ? body->record->findings : NULL;

    for (const rule_finding_t *finding = findings; finding; finding = finding->next) {
        proto_item *item = xml_tree_item(&body->bcast.tree, finding->target);

        packet_rules_show(body->pinfo, body->tvb, tree, item ? item : proto_tree_get_parent(tree), finding);
    }
    bcast_show_faults(&body->bcast, body->pinfo, body->content, findings);
}

/* ---- what is known beyond the body ------------------------------------------------------------------ */

static void add_request_links(tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure)
{
    if (procedure->terminal->has_btid) {
        proto_item_set_generated(
            proto_tree_add_string(tree, hf_mbms_sec_btid, tvb, 0, 0, procedure->terminal->name));
    }
    if (procedure->response_frame) {
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf_mbms_sec_response_in, tvb, 0, 0, procedure->response_frame));
    }
}

static void add_response_links(tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure)
{
    nstime_t time;

    if (procedure->status) {
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf_mbms_sec_status_code, tvb, 0, 0, procedure->status));
    }
    if (procedure->request_frame) {
        nstime_delta(&time, &procedure->response_time, &procedure->request_time);
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf_mbms_sec_request_in, tvb, 0, 0, procedure->request_frame));
        proto_item_set_generated(proto_tree_add_time(tree, hf_mbms_sec_response_time, tvb, 0, 0, &time));
    }
}

static void add_links(tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure, bool is_request)
{
    proto_item_set_generated(
        proto_tree_add_string(tree, hf_mbms_sec_terminal, tvb, 0, 0, procedure->terminal->name));
    if (is_request) {
        add_request_links(tvb, tree, procedure);
    } else {
        add_response_links(tvb, tree, procedure);
    }
}

/* ---- Info column ------------------------------------------------------------------------------------ */

enum { INFO_CODES = 6 };

/* "2×200 OK, 1×403": how often each code, in the order of first sight. */
static void append_codes(wmem_strbuf_t *info, const mbms_response_t *response)
{
    struct {
        uint16_t code;
        uint32_t count;
    } codes[INFO_CODES];
    uint32_t n = 0, others = 0;

    for (; response; response = response->next) {
        uint32_t i = 0;

        while (i < n && codes[i].code != response->code) {
            i++;
        }
        if (i < n) {
            codes[i].count++;
        } else if (!response->has_code || n == INFO_CODES) {
            others++;
        } else {
            codes[n].code = response->code;
            codes[n++].count = 1;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        wmem_strbuf_append_printf(info, "%s%u\u00d7%u%s", i ? ", " : ": ", codes[i].count, codes[i].code,
                                  codes[i].code == 200 ? " OK" : "");
    }
    if (others) {
        wmem_strbuf_append_printf(info, "%s%u\u00d7other", n ? ", " : ": ", others);
    }
}

static void append_count(wmem_strbuf_t *info, const char *separator, uint32_t count, const char *what)
{
    if (count) {
        wmem_strbuf_append_printf(info, "%s%u %s%s", separator, count, what, count == 1 ? "" : "s");
    }
}

static uint32_t count_services(const mbms_text_t *service)
{
    uint32_t n = 0;

    for (; service; service = service->next) {
        n++;
    }
    return n;
}

static uint32_t count_msks(const mbms_msk_t *msk)
{
    uint32_t n = 0;

    for (; msk; msk = msk->next) {
        n++;
    }
    return n;
}

static void append_document(const body_t *body, wmem_strbuf_t *info)
{
    wmem_allocator_t *pool = body->pinfo->pool;
    const char *delivery;

    append_count(info, ": ", count_services(body->document->services), "service");
    append_count(info, ": ", count_msks(body->document->msks), "MSK");
    append_codes(info, body->document->responses);
    append_count(info, ", ", body->content->n_ltkms, "LTKM");
    delivery = bcast_delivery_text(pool, body->content, BCAST_REGISTRATION_REQUEST_EXTENSION);
    if (!delivery[0]) {
        delivery = bcast_delivery_text(pool, body->content, BCAST_REGISTRATION_RESPONSE_EXTENSION);
    }
    if (delivery[0]) {
        wmem_strbuf_append_printf(info, ", delivery %s", delivery);
    }
}

static const char *info_text(const body_t *body)
{
    wmem_strbuf_t *info = wmem_strbuf_new(body->pinfo->pool, body->message == MBMS_NONE && body->document
                                                                 ? body->document->root->name
                                                                 : mbms_message_name(body->message));

    if (body->document) {
        append_document(body, info);
    }
    if (body->xml->n_errors > 0 || !body->xml->root) {
        wmem_strbuf_append(info, ", ill-formed XML");
    }
    return wmem_strbuf_get_str(info);
}

/* ---- first pass ------------------------------------------------------------------------------------- */

static bool is_request(const body_t *body, const media_content_info_t *content)
{
    if (content && content->type == MEDIA_CONTAINER_HTTP_REQUEST) {
        return true;
    }
    if (content && content->type == MEDIA_CONTAINER_HTTP_RESPONSE) {
        return false;
    }
    return mbms_is_request(body->message);
}

static procedure_t *find_procedure(const body_t *body, const media_content_info_t *content, bool request)
{
    http_exchange_t exchange;
    bool over_http1 = content && http_exchange_of(body->pinfo, &exchange);

    if (request) {
        return procedure_start(body->pinfo, body->message, http_digest_user(body->pinfo, content));
    }
    return procedure_answer(body->pinfo, over_http1 ? &exchange : NULL);
}

static const rule_finding_t *judge(const body_t *body, const body_record_t *record, const rule_ltkm_t *facts)
{
    const procedure_t *procedure = record->procedure;
    rule_findings_t findings = { .pool = wmem_file_scope() };
    rule_document_t document = {
        .bytes = body->bcast.tree.bytes,
        .xml = body->xml,
        .document = body->document,
        .content = body->content,
        .message = record->message,
        .media_type = body->media_type,
        .status = record->is_request ? 0 : procedure->status,
        .request = record->is_request ? MBMS_NONE : procedure->request,
        .asked = record->is_request ? NULL : procedure->asked,
        .ltkms = facts,
    };

    rules_judge_document(&document, &findings);
    return findings.first;
}

/* Whether nothing of the document is missing: what is absent from it is then really not said. */
static bool is_complete(const body_t *body)
{
    return body->xml->reached_end && !body->document->root->recovered &&
           tvb_captured_length(body->tvb) == tvb_reported_length(body->tvb);
}

/* Everything a document changes, in the order in which it does. */
static void remember_document(body_t *body, body_record_t *record)
{
    packet_info *pinfo = body->pinfo;
    procedure_t *procedure = record->procedure;
    rule_ltkm_t *facts = wmem_alloc0_array(pinfo->pool, rule_ltkm_t, body->content->n_ltkms + 1);
    const address *terminal_side = record->is_request ? &pinfo->src : &pinfo->dst;
    const address *other_side = record->is_request ? &pinfo->dst : &pinfo->src;

    if (!record->is_request) {
        procedure_settle(procedure, record->message, body->document,
                         is_complete(body) ? body->content : NULL);
    } else if (is_complete(body)) {
        procedure_ask(procedure, body->document, body->content);
    }
    body->bcast.terminal = procedure->terminal;
    body->bcast.tracked = record->ltkms;
    bcast_track(&body->bcast, pinfo, body->content, terminal_side, other_side, facts);
    record->findings = judge(body, record, facts);
    if (!record->is_request) {
        procedure_close(procedure);
    }
}

static body_record_t *first_sight(body_t *body, const media_content_info_t *content, uint32_t ordinal)
{
    uint32_t n_ltkms = body->content ? body->content->n_ltkms : 0;
    body_record_t *record =
        wmem_alloc0(wmem_file_scope(), sizeof *record + n_ltkms * sizeof record->ltkms[0]);

    record->message = body->message;
    record->is_request = is_request(body, content);
    record->procedure = find_procedure(body, content, record->is_request);
    if (body->message == MBMS_REGISTRATION_RESPONSE) {
        record->message = mbms_response_to(body->xml, record->procedure->request);
    }
    if (body->document) {
        remember_document(body, record);
    }
    frame_record_set(body->pinfo, proto_mbms_sec, ordinal, record);
    return record;
}

/* ---- body ------------------------------------------------------------------------------------------- */

const media_content_info_t *mbms_sec_content(packet_info *pinfo, const void *data)
{
    if (data &&
        (proto_is_frame_protocol(pinfo->layers, "http") || proto_is_frame_protocol(pinfo->layers, "http2"))) {
        return data;
    }
    return NULL;
}

static void read_body(body_t *body, tvbuff_t *tvb, const media_content_info_t *content)
{
    packet_info *pinfo = body->pinfo;
    uint32_t length = tvb_captured_length(tvb);
    const char *charset = content ? media_type_parameter(pinfo->pool, content->media_str, "charset") : NULL;

    body->text = body_text(pinfo->pool, tvb_get_ptr(tvb, 0, (int)length), length, charset);
    body->tvb = tvb;
    if (body->text.converted) {
        length = (uint32_t)body->text.length;
        body->tvb = tvb_new_child_real_data(tvb, body->text.bytes, length, (int)length);
        add_new_data_source(pinfo, body->tvb, "Decoded XML");
    }
    body->xml = xml_document_parse(pinfo->pool, body->text.bytes, body->text.length);
    body->media_type = mbms_message_of_media_type(pinfo->match_string);
    body->message = body->media_type;
    if (body->xml->root) {
        body->document = mbms_document_read(pinfo->pool, body->xml, body->media_type);
        body->content = bcast_content_find(pinfo->pool, body->xml);
        body->message = body->document->message;
        body->next_container = body->content->containers;
    }
}

/* Wireshark's generic XML tree, only where somebody looks for it. */
static void show_generic_xml(const body_t *body, tvbuff_t *tvb, proto_tree *tree)
{
    if (show_xml_tree && tree && xml_handle && proto_field_is_referenced(tree, proto_xml) &&
        body->xml->reached_end && body->xml->max_depth <= XML_TREE_MAX_DEPTH &&
        body->xml->n_elements <= XML_TREE_MAX_ELEMENTS) {
        call_guarded(xml_handle, tvb, body->pinfo, tree);
    }
}

static void show_body(body_t *body, tvbuff_t *tvb, proto_tree *tree)
{
    proto_item *item = proto_tree_add_item(tree, proto_mbms_sec, tvb, 0, -1, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(item, ett_mbms_sec);

    proto_item_append_text(item, ": %s", mbms_message_name(body->message));
    if (body->record) {
        add_links(body->tvb, subtree, body->record->procedure, body->record->is_request);
    }
    xml_tree_begin(&body->bcast.tree, body->pinfo, proto_mbms_sec);
    if (body->document) {
        show_document(body, subtree);
        show_findings(body, subtree);
    }
    add_faults(body, subtree, tvb_captured_length(tvb) < tvb_reported_length(tvb));
}

static void tap_body(const body_t *body)
{
    const body_record_t *record = body->record;
    const ltkm_tap_row_t *messages;

    if (!record) {
        return;
    }
    if (!record->is_request) {
        tap_queue_packet(mbms_sec_tap, body->pinfo, record->procedure);
    }
    messages = body->content ? bcast_tap_rows(&body->bcast, body->pinfo, body->content) : NULL;
    ltkm_tap_queue(body->pinfo, messages);
    packet_rules_tap(body->pinfo, record->procedure, record->findings, messages);
}

/* A body that neither its root nor its media type nor an LTKM in it claims came by Decode As, or looked like
 * ours at its start: whoever is next may have it. */
static bool is_ours(const body_t *body)
{
    return body->media_type != MBMS_NONE ||
           (body->document && (body->document->root_known || body->content->n_ltkms > 0));
}

int mbms_sec_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const media_content_info_t *content = mbms_sec_content(pinfo, data);
    uint32_t ordinal = frame_record_ordinal(pinfo, proto_mbms_sec);
    int length = (int)tvb_captured_length(tvb);
    body_t body = { .pinfo = pinfo };

    read_body(&body, tvb, content);
    if (!is_ours(&body)) {
        return 0;
    }
    body.bcast = (bcast_body_t){ .tree = { .tvb = body.tvb, .bytes = body.text.bytes, .xml = body.xml } };
    body.record = frame_record_get(pinfo, proto_mbms_sec, ordinal);
    if (!body.record && !PINFO_FD_VISITED(pinfo)) {
        body.record = first_sight(&body, content, ordinal);
    }
    if (body.record) {
        body.message = body.record->message;
        body.bcast.terminal = body.record->procedure->terminal;
        body.bcast.tracked = body.record->ltkms;
    }
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "MBMS-SEC");
    col_append_sep_str(pinfo->cinfo, COL_INFO, ", ", info_text(&body));
    tap_body(&body); /* first: adding to the tree may end in an exception */
    if (tree) {
        show_body(&body, tvb, tree);
    } else if (body.content) {
        bcast_add_data_sources(&body.bcast, pinfo, body.content);
    }
    show_generic_xml(&body, tvb, tree);
    /* Cut by the capture, not by the sender: says so in Wireshark's own way. */
    if ((uint32_t)length < tvb_reported_length(tvb)) {
        tvb_ensure_bytes_exist(tvb, length, 1);
    }
    return length;
}

/* ---- responses without a body of ours --------------------------------------------------------------- */

static int dissect_bare_response(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    procedure_t *procedure;
    proto_item *item;

    if (!PINFO_FD_VISITED(pinfo)) {
        capture_clock_tick(pinfo);
        procedure = procedure_answer_without_body(pinfo);
        if (procedure) {
            frame_record_set(pinfo, proto_mbms_sec, BARE_RESPONSE, procedure);
        }
    }
    if (!tree && !have_tap_listener(mbms_sec_tap)) {
        return 0;
    }
    procedure = frame_record_get(pinfo, proto_mbms_sec, BARE_RESPONSE);
    if (!procedure) {
        return 0;
    }
    tap_queue_packet(mbms_sec_tap, pinfo, procedure);
    item = proto_tree_add_item(tree, proto_mbms_sec, tvb, 0, 0, ENC_NA);
    proto_item_append_text(item, ": %s answered without a document", mbms_message_name(procedure->request));
    proto_item_set_generated(item);
    add_links(tvb, proto_item_add_subtree(item, ett_mbms_sec), procedure, false);
    return (int)tvb_captured_length(tvb);
}

/* ---- registration ----------------------------------------------------------------------------------- */

static void register_fields(void)
{
    static hf_register_info hf[] = {
        { &hf_mbms_sec_message,
          { "Message", "mbms_sec.message", FT_UINT8, BASE_DEC, VALS(message_vals), 0, "Which document it is",
            HFILL } },
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
          { "Key Group", "mbms_sec.key_group", FT_UINT16, BASE_HEX, NULL, 0, "First half of the MSK ID",
            HFILL } },
        { &hf_mbms_sec_key_number,
          { "Key Number", "mbms_sec.key_number", FT_UINT16, BASE_HEX, NULL, 0,
            "Second half of the MSK ID; 0: the current one", HFILL } },
        { &hf_mbms_sec_btid,
          { "B-TID", "mbms_sec.btid", FT_STRING, BASE_NONE, NULL, 0,
            "User name of the HTTP digest credentials", HFILL } },
        { &hf_mbms_sec_status_code,
          { "HTTP status", "mbms_sec.status_code", FT_UINT16, BASE_DEC, VALS(status_vals), 0,
            "Status code of the HTTP response", HFILL } },
        { &hf_mbms_sec_terminal,
          { "Terminal", "mbms_sec.terminal", FT_STRING, BASE_NONE, NULL, 0,
            "B-TID where visible, else address", HFILL } },
        { &hf_mbms_sec_request_in,
          { "Request in", "mbms_sec.request_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST),
            0, "The request this is the response to", HFILL } },
        { &hf_mbms_sec_response_in,
          { "Response in", "mbms_sec.response_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The response to this request", HFILL } },
        { &hf_mbms_sec_response_time,
          { "Response time", "mbms_sec.response_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From request to response", HFILL } },
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

    proto_register_field_array(proto_mbms_sec, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_mbms_sec), ei, array_length(ei));
}

void mbms_sec_register(void)
{
    proto_mbms_sec = proto_register_protocol("MBMS Security", "MBMS-SEC", "mbms_sec");
    /* A name only: Wireshark keeps no list of layers for it, which is half of what a post-dissector costs a
     * packet. */
    proto_bare_response =
        proto_register_protocol_in_name_only("MBMS Security, response without a document", "MBMS-SEC bare",
                                             "mbms_sec_bare", proto_mbms_sec, FT_PROTOCOL);
    register_fields();
    mbms_sec_handle = register_dissector("mbms_sec", mbms_sec_dissect, proto_mbms_sec);
    prefs_register_bool_preference(
        prefs_register_protocol(proto_mbms_sec, NULL), "xml_tree", "Show Wireshark's XML tree too",
        "Show the body once more as Wireshark's generic XML tree, after the decoded one.", &show_xml_tree);
    mbms_sec_tap = register_tap("mbms_sec");
    procedures_register(proto_mbms_sec);
}

void mbms_sec_handoff(void)
{
    static const char *const types[] = {
        "application/mbms-register+xml",     "application/mbms-register-response+xml",
        "application/mbms-deregister+xml",   "application/mbms-msk+xml",
        "application/mbms-msk-response+xml",
    };

    for (size_t i = 0; i < array_length(types); i++) {
        dissector_add_string("media_type", types[i], mbms_sec_handle);
    }
    xml_handle = find_dissector("xml");
    proto_xml = proto_get_id_by_filter_name("xml");
    http_exchange_handoff();
    register_postdissector(create_dissector_handle(dissect_bare_response, proto_bare_response));
}
