/* procedure-tree.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/procedure-tree.h"

#include <string.h>

#include <epan/proto_data.h>
#include <epan/to_str.h>

#include "packet/digest-tree.h"
#include "packet/file-scope.h"
#include "packet/frame-record.h"
#include "packet/http-exchange.h"
#include "packet/rules-tree.h"

static int proto_mbms_sec = -1;
static int hf_mbms_sec_btid = -1;
static int hf_mbms_sec_status_code = -1;
static int hf_mbms_sec_terminal = -1;
static int hf_mbms_sec_terminal_before = -1;
static int hf_mbms_sec_outcome = -1;
static int hf_mbms_sec_request_in = -1;
static int hf_mbms_sec_response_in = -1;
static int hf_mbms_sec_response_time = -1;
static int ett_bare_response = -1;
static expert_field ei_mbms_sec_refused = EI_INIT;
static expert_field ei_mbms_sec_server_error = EI_INIT;
static expert_field ei_mbms_sec_no_response = EI_INIT;
static expert_field ei_mbms_sec_unauthorised = EI_INIT;
static expert_field ei_mbms_sec_asked_again = EI_INIT;

static proto_item *add_generated(proto_item *item)
{
    proto_item_set_generated(item);
    return item;
}

/* ---- the terminal ----------------------------------------------------------------------------------- */

static const char *address_name(packet_info *pinfo, const address *end)
{
    net_address_t net = net_address_of(end->data, (size_t)MAX(end->len, 0));

    return net_address_is_multicast(&net) ? NULL : address_to_str(pinfo->pool, end);
}

const shown_terminal_t *terminals_shown(packet_info *pinfo)
{
    return p_get_proto_data(pinfo->pool, pinfo, proto_mbms_sec, FRAME_SHOWN_TERMINAL);
}

/* Remembers that the frame shows it; false where it does already. */
static bool show_first(packet_info *pinfo, const char *name, const terminal_t *terminal)
{
    shown_terminal_t *shown;

    for (const shown_terminal_t *other = terminals_shown(pinfo); other; other = other->next) {
        if (strcmp(other->name, name) == 0) {
            return false;
        }
    }
    shown = wmem_new(pinfo->pool, shown_terminal_t);
    *shown = (shown_terminal_t){ name, terminal, terminals_shown(pinfo) };
    p_set_proto_data(pinfo->pool, pinfo, proto_mbms_sec, FRAME_SHOWN_TERMINAL, shown);
    return true;
}

void terminal_tree_add(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const terminal_t *terminal,
                       const address *end)
{
    const char *name = terminal ? terminal->name : tree ? address_name(pinfo, end) : NULL;

    if (!tree || !name || !proto_is_protocol_enabled(find_protocol_by_id(proto_mbms_sec)) ||
        !show_first(pinfo, name, terminal)) {
        return;
    }
    add_generated(proto_tree_add_string(tree, hf_mbms_sec_terminal, tvb, 0, 0, name));
    if (terminal && terminal->before) {
        add_generated(
            proto_tree_add_string(tree, hf_mbms_sec_terminal_before, tvb, 0, 0, terminal->before->name));
    }
}

/* ---- how it ended ----------------------------------------------------------------------------------- */

/* What went wrong, where no rule is broken. */
static void add_failure(packet_info *pinfo, proto_item *item, const procedure_t *procedure, outcome_t outcome,
                        const mbms_document_t *document)
{
    entry_counts_t entries = document ? count_entries(document) : (entry_counts_t){ 0, 0, 0 };

    switch (outcome) {
    case OUTCOME_PARTLY_ACCEPTED:
    case OUTCOME_REFUSED:
        expert_add_info_format(pinfo, item, &ei_mbms_sec_refused, "Refused: %u of %u entries",
                               entries.n_refused, entries.n_entries);
        break;
    case OUTCOME_REFUSED_BY_STATUS:
        expert_add_info_format(pinfo, item, &ei_mbms_sec_refused, "Refused in the status line: %u",
                               procedure->status);
        break;
    case OUTCOME_CREDENTIALS_REFUSED:
        expert_add_info_format(pinfo, item, &ei_mbms_sec_unauthorised, "%u though credentials were sent",
                               procedure->status);
        break;
    case OUTCOME_SERVER_ERROR:
        expert_add_info_format(pinfo, item, &ei_mbms_sec_server_error, "The server answered %u",
                               procedure->status);
        break;
    default:
        break;
    }
}

static void add_no_response(packet_info *pinfo, proto_item *item, const procedure_t *procedure)
{
    char seconds[SECONDS_TEXT_SIZE];

    expert_add_info_format(pinfo, item, &ei_mbms_sec_no_response,
                           "No response in the %s s up to the end of the capture",
                           seconds_text(seconds, clock_left(&file_capture()->clock, procedure->request_time,
                                                            CAPTURE_PATIENCE, NULL)));
}

/* ---- request and response --------------------------------------------------------------------------- */

enum { AGAIN = 2 }; /* times that the same was asked for, and answered, are nothing to note */

static void add_request(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure)
{
    if (procedure->named) {
        add_generated(proto_tree_add_string(tree, hf_mbms_sec_btid, tvb, 0, 0, procedure->terminal->name));
    }
    if (procedure->response_frame) {
        add_generated(
            proto_tree_add_uint(tree, hf_mbms_sec_response_in, tvb, 0, 0, procedure->response_frame));
    }
    if (PINFO_FD_VISITED(pinfo)) {
        outcome_t outcome = http_outcome(procedure);
        proto_item *item = add_generated(proto_tree_add_uint(tree, hf_mbms_sec_outcome, tvb, 0, 0, outcome));

        if (outcome == OUTCOME_NO_RESPONSE) {
            add_no_response(pinfo, item, procedure);
        }
    }
    if (procedure->n_before >= AGAIN && procedure_counts(procedure)) {
        expert_add_info_format(pinfo, proto_tree_get_parent(tree), &ei_mbms_sec_asked_again,
                               "The same was asked for and answered 2xx %u times before, first in frame %u",
                               procedure->n_before, procedure->frame_before);
    }
}

static void add_response(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure,
                         const mbms_document_t *document)
{
    int64_t nanoseconds = procedure->response_time - procedure->request_time;
    nstime_t time = { (time_t)(nanoseconds / MOMENT_SECOND), (int)(nanoseconds % MOMENT_SECOND) };
    proto_item *item;

    if (procedure->status) {
        add_generated(proto_tree_add_uint(tree, hf_mbms_sec_status_code, tvb, 0, 0, procedure->status));
    }
    if (procedure->request_frame) {
        add_generated(proto_tree_add_uint(tree, hf_mbms_sec_request_in, tvb, 0, 0, procedure->request_frame));
        if (procedure_took_time(procedure)) {
            add_generated(proto_tree_add_time(tree, hf_mbms_sec_response_time, tvb, 0, 0, &time));
        }
    }
    item = add_generated(proto_tree_add_uint(tree, hf_mbms_sec_outcome, tvb, 0, 0, procedure->outcome));
    add_failure(pinfo, item, procedure, procedure->outcome, document);
}

bool procedure_has_remarks(const procedure_t *procedure, bool is_request)
{
    return digest_findings(procedure->digest, is_request) ||
           (is_request ? procedure->n_before >= AGAIN
                       : procedure->outcome != OUTCOME_ACCEPTED && procedure->outcome != OUTCOME_UNKNOWN);
}

void procedure_tree_add(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure,
                        bool is_request, const mbms_document_t *document)
{
    terminal_tree_add(pinfo, tvb, tree, procedure->terminal, NULL);
    if (is_request) {
        add_request(pinfo, tvb, tree, procedure);
    } else {
        add_response(pinfo, tvb, tree, procedure, document);
    }
    digest_show(tvb, pinfo, tree, digest_proof(procedure->digest, is_request));
}

/* ---- responses without a body of ours --------------------------------------------------------------- */

const char *bare_response_summary(packet_info *pinfo, const procedure_t *procedure, const char *coding)
{
    if (coding && procedure->outcome == OUTCOME_UNKNOWN) {
        return wmem_strdup_printf(pinfo->pool, "%s answered, the body not decoded (Content-Encoding: %s)",
                                  procedure_name(procedure->request),
                                  compat_format_text(pinfo->pool, coding, MIN(strlen(coding), 64)));
    }
    return outcome_text(pinfo->pool, procedure->request, procedure->outcome);
}

void bare_response_show(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure,
                        const char *summary, const rule_finding_t *findings)
{
    proto_item *item = proto_tree_add_item(tree, proto_mbms_sec, tvb, 0, 0, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(item, ett_bare_response);

    proto_item_append_text(item, ": %s", summary);
    proto_item_set_generated(item);
    procedure_tree_add(pinfo, tvb, subtree, procedure, false, NULL);
    for (; findings; findings = findings->next) {
        show_finding(pinfo, tvb, subtree, item, findings);
    }
}

/* ---- registration ----------------------------------------------------------------------------------- */

void procedure_tree_register(int proto, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_mbms_sec_btid,
          { "B-TID", "mbms_sec.btid", FT_STRING, BASE_NONE, NULL, 0,
            "User name of the HTTP digest credentials", HFILL } },
        { &hf_mbms_sec_status_code,
          { "HTTP status", "mbms_sec.status_code", FT_UINT16, BASE_DEC, NULL, 0,
            "Status code of the HTTP response", HFILL } },
        { &hf_mbms_sec_terminal,
          { "Terminal", "mbms_sec.terminal", FT_STRING, BASE_NONE, NULL, 0,
            "B-TID where visible, else address", HFILL } },
        { &hf_mbms_sec_terminal_before,
          { "Terminal before", "mbms_sec.terminal_before", FT_STRING, BASE_NONE, NULL, 0,
            "B-TID of this terminal before it bootstrapped anew", HFILL } },
        { &hf_mbms_sec_outcome,
          { "Outcome", "mbms_sec.outcome", FT_UINT8, BASE_DEC, VALS(NAMES(outcome_names)), 0,
            "How the procedure ended", HFILL } },
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
        { &ei_mbms_sec_refused,
          { "mbms_sec.refused", PI_RESPONSE_CODE, PI_WARN, "Refused, whole or in part", EXPFILL } },
        { &ei_mbms_sec_server_error,
          { "mbms_sec.server_error", PI_RESPONSE_CODE, PI_WARN, "The server could not answer", EXPFILL } },
        { &ei_mbms_sec_no_response,
          { "mbms_sec.no_response", PI_SEQUENCE, PI_WARN, "No response though the capture goes on",
            EXPFILL } },
        { &ei_mbms_sec_unauthorised,
          { "mbms_sec.unauthorised", PI_SECURITY, PI_WARN, "401 though credentials were sent", EXPFILL } },
        { &ei_mbms_sec_asked_again,
          { "mbms_sec.asked_again", PI_SEQUENCE, PI_NOTE, "The same asked for again and again", EXPFILL } },
    };
    static int *ett[] = { &ett_bare_response };

    proto_mbms_sec = proto;
    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert, ei, array_length(ei));
}
