/* packet-mbms-sec.c
 * HTTP bodies of the MBMS security procedures: registration, deregistration and MSK request (TS 33.246
 * §6.3.2, TS 26.346 §11.4 to 11.8), with the OMA BCAST extension containers in them.
 *
 * The root element tells what a body is, whatever HTTP says of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/packet-mbms-sec.h"

#include "mbms/header-fields.h"
#include "mbms/mbms-text.h"
#include "packet/audience.h"
#include "packet/bare-response.h"
#include "packet/columns.h"
#include "packet/dependencies.h"
#include "packet/file-scope.h"
#include "packet/frame-record.h"
#include "packet/guarded-call.h"
#include "packet/http-digest.h"
#include "packet/http-exchange.h"
#include "packet/judgement.h"
#include "packet/ltkm-tree.h"
#include "packet/mbms-tree.h"
#include "packet/packet-bcast.h"
#include "packet/taps.h"

/* Wireshark's own XML dissector gives up with a dissector bug at tree depth 500, and is slow. */
enum { XML_TREE_MAX_DEPTH = 200, XML_TREE_MAX_ELEMENTS = 20000 };

static int proto_mbms_sec = -1;
static int proto_xml = -1;
static dissector_handle_t mbms_sec_handle;
static dissector_handle_t xml_handle;

/* ---- first pass ------------------------------------------------------------------------------------- */

static void add_request_context(const body_view_t *view, const http_here_t *here, const moment_t *moment,
                                const void *data, body_context_t *context)
{
    packet_info *pinfo = view->pinfo;

    context->btid = http_digest_user(pinfo, view->tvb, data);
    context->credentials = http_credentials(pinfo, view->tvb, data);
    context->answers_challenge = credentials_answer_challenge(pinfo->pool, context->credentials);
    context->visible = http_response_visibility(here, moment, context->connection);
    context->server = http_server(pinfo, view->tvb, data);
}

static body_context_t context_of(const body_view_t *view, const http_here_t *here, const moment_t *moment,
                                 const void *data)
{
    packet_info *pinfo = view->pinfo;
    body_context_t context = {
        .role = http_role(data),
        .truncated = view->truncated,
        .in_multipart = http_is_part(pinfo),
        .without_bcast = !bcast_enabled(),
        .without_ltkms = !bcast_enabled() || !ltkm_enabled(),
    };

    bool is_request = body_is_request(context.role, view->body);

    context.connection = connection_of(pinfo, here->conversation, is_request);
    if ((data || proto_is_frame_protocol(pinfo->layers, "http")) && here->exchange) {
        http_message_t last = http_catch_up(here, context.connection);

        context.exchange.in_order = last.is_response;
        context.exchange.status = last.status;
        context.exchange.stale = last.status == 401 && http_challenge_is_stale(pinfo);
        context.asked_for_deregistration = last.is_response && http_asked_for_deregistration(here);
    }
    if (is_request) {
        add_request_context(view, here, moment, data, &context);
    }
    return context;
}

/* Of a response only the status: where there is a challenge there is no body of ours, see bare-response.c. */
static void judge_head(const body_view_t *view, const http_here_t *here, const void *data,
                       tracked_body_t *tracked)
{
    http_head_t head = { 0 };

    if (tracked->is_request) {
        head = http_request_head(here, view->tvb, data);
    }
    judge_body_head(file_capture(), view->body, tracked, &head);
}

static tracked_body_t *first_sight(const body_view_t *view, const void *data, uint32_t ordinal)
{
    capture_t *capture = file_capture();
    http_here_t here = http_here(view->pinfo);
    moment_t moment = http_moment_of(&here);
    body_context_t context = context_of(view, &here, &moment, data);
    tracked_body_t *tracked = capture_add_body(capture, &moment, view->body, &context);

    http_digest_check(view->pinfo, view->tvb, tracked->procedure, tracked->is_request);
    judge_body(capture, view->body, tracked);
    judge_head(view, &here, data, tracked);
    if (!tracked->is_request) {
        procedure_close(&capture->procedures, tracked->procedure);
    }
    frame_record_set(view->pinfo, proto_mbms_sec, ordinal, tracked);
    return tracked;
}

/* What ICMP quotes was seen before. */
static const tracked_body_t *find_tracked(const body_view_t *view, const void *data)
{
    packet_info *pinfo = view->pinfo;
    uint32_t ordinal = frame_record_ordinal(pinfo, proto_mbms_sec);
    const tracked_body_t *tracked = frame_record_get(pinfo, proto_mbms_sec, ordinal);

    if (!tracked && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt) {
        tracked = first_sight(view, data, ordinal);
    }
    return tracked;
}

/* ---- every pass ------------------------------------------------------------------------------------- */

static void read_body(body_view_t *view, tvbuff_t *tvb, const void *data)
{
    packet_info *pinfo = view->pinfo;
    uint32_t length = tvb_captured_length(tvb);
    mbms_body_t *body = mbms_body_read(pinfo->pool, tvb_get_ptr(tvb, 0, (int)length), length,
                                       http_charset(pinfo, data), pinfo->match_string);

    if (body->content && !bcast_enabled()) { /* what is not shown is neither remembered nor judged */
        body->content = wmem_new0(pinfo->pool, bcast_content_t);
    }
    view->body = body;
    view->tvb = tvb;
    view->truncated = length < tvb_reported_length(tvb);
    view->message = body->message;
    view->next_container = body->content ? body->content->containers : NULL;
}

static void add_decoded_text(body_view_t *view, tvbuff_t *tvb)
{
    const body_text_t *text = &view->body->text;

    if (text->converted) {
        view->tvb = tvb_new_child_real_data(tvb, text->bytes, (unsigned)text->length, (int)text->length);
        add_new_data_source(view->pinfo, view->tvb, "Decoded XML");
    }
}

/* A request is judged as soon as it is seen, so that one pass tells all; if it is answered 401 or 407, later
 * passes take that back: such requests do not count. */
static const rule_finding_t *findings_of(const body_view_t *view)
{
    const tracked_body_t *tracked = view->tracked;
    rule_findings_t late = { .pool = view->pinfo->pool };

    if (!tracked || !procedure_counts(tracked->procedure)) {
        return NULL;
    }
    judge_awaited_keys(file_capture(), tracked, judgement_now(PINFO_FD_VISITED(view->pinfo)), &late);
    if (!late.last) {
        return tracked->findings;
    }
    late.last->next = (rule_finding_t *)tracked->findings;
    return late.first;
}

static const body_ltkm_t *judge_ltkms(const body_view_t *view, proto_tree *tree)
{
    const bcast_content_t *content = ltkm_enabled() ? view->body->content : NULL;
    uint32_t n = content ? MIN(content->n_ltkms, BCAST_MAX_LTKMS) : 0;
    body_ltkm_t *ltkms = wmem_alloc0_array(view->pinfo->pool, body_ltkm_t, n);

    for (const bcast_ltkm_t *ltkm = n > 0 ? content->ltkms : NULL; ltkm; ltkm = ltkm->next) {
        if (ltkm->message) {
            body_ltkm_t *judged = &ltkms[ltkm->index - 1];

            judged->noun = ltkm_of_body(view->tracked, ltkm);
            judged->findings = ltkm_findings(view->pinfo, tree, &judged->noun);
        }
    }
    return ltkms;
}

/* Wireshark's generic XML tree, only where somebody looks for it. */
static void show_generic_xml(const body_view_t *view, tvbuff_t *tvb, proto_tree *tree)
{
    const xml_document_t *xml = view->body->xml;

    if (settings.show_xml_tree && tree && xml_handle && proto_field_is_referenced(tree, proto_xml) &&
        xml->reached_end && xml->max_depth <= XML_TREE_MAX_DEPTH &&
        xml->n_elements <= XML_TREE_MAX_ELEMENTS) {
        call_guarded(xml_handle, tvb, view->pinfo, tree);
    }
}

static marks_t marks_of(const body_view_t *view)
{
    const mbms_body_t *body = view->body;
    const bcast_ltkm_t *ltkm = ltkm_enabled() && body->content ? body->content->ltkms : NULL;
    marks_t marks = { .malformed = body->xml->n_errors > 0 && !view->truncated };

    marks_add(&marks, view->findings);
    if (view->tracked) {
        marks_add(&marks, digest_findings(view->tracked->procedure->digest, view->tracked->is_request));
    }
    for (; ltkm; ltkm = ltkm->next) {
        if (ltkm->message) {
            const body_ltkm_t *judged = &view->ltkms[ltkm->index - 1];

            ltkm_mark(&judged->noun, judged->findings, bcast_is_cut(view, ltkm), &marks);
        }
    }
    return marks;
}

/* Nothing of it is made where nobody sees the column. */
static void tell(const body_view_t *view)
{
    wmem_allocator_t *pool = view->pinfo->pool;

    if (view->pinfo->cinfo) {
        marks_t marks = marks_of(view);

        append_info(
            view->pinfo,
            marks_append(pool, mbms_info_text(pool, view->body, view->message, view->truncated), &marks));
    }
}

static void show(body_view_t *view, tvbuff_t *tvb, proto_tree *tree)
{
    packet_info *pinfo = view->pinfo;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "MBMS-SEC");
    tell(view);
    depend_on_body(pinfo, view->tracked);
    if (view->tracked) {
        tap_body(pinfo, view->body, view->tracked); /* first: adding to the tree may end in an exception */
    }
    if (somebody_looks(pinfo, tree)) {
        mbms_show_body(view, tvb, tree);
    } else {
        mbms_pass_body(view, tvb);
    }
    show_generic_xml(view, tvb, tree);
}

/* A body that nothing claims came by Decode As, or looked like ours at its start: whoever is next may have
 * it. */
int mbms_sec_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    body_view_t view = { .pinfo = pinfo };

    read_body(&view, tvb, data);
    if (!mbms_body_is_ours(view.body)) {
        return 0;
    }
    view.tracked = find_tracked(&view, data);
    add_decoded_text(&view, tvb);
    if (view.tracked) {
        view.message = view.tracked->message;
        view.findings = findings_of(&view);
    }
    view.ltkms = judge_ltkms(&view, tree);
    show(&view, tvb, tree);
    say_cut(tvb);
    return (int)tvb_captured_length(tvb);
}

/* ---- registration ----------------------------------------------------------------------------------- */

void mbms_sec_register(void)
{
    proto_mbms_sec = mbms_tree_register();
    mbms_sec_handle = register_dissector("mbms_sec", mbms_sec_dissect, proto_mbms_sec);
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
    dependencies_handoff();
    http_exchange_handoff();
    bare_response_handoff(proto_mbms_sec);
}
