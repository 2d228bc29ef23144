/* bare-response.c
 * No dissector of bodies ever sees these, and HTTP has no hook of its own; taps do not run in the first of
 * tshark's two passes. So a post-dissector looks, which costs one call a packet, and looks no further where
 * there is no connection of ours. It tells the clock of every frame, too, and of traffic of terminals while
 * something is waited for: that is needed whatever protocols are switched off, so it belongs to none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/bare-response.h"

#include "packet/audience.h"
#include "packet/columns.h"
#include "packet/dependencies.h"
#include "packet/file-scope.h"
#include "packet/frame-record.h"
#include "packet/http-digest.h"
#include "packet/http-exchange.h"
#include "packet/procedure-tree.h"
#include "packet/taps.h"
#include "rules/marks.h"

static int proto_mbms_sec = -1;

/* What HTTP has seen on a connection of ours beside bodies of ours. */
static procedure_t *follow(const http_here_t *here, procedure_connection_t *connection)
{
    procedures_t *procedures = &file_capture()->procedures;
    http_message_t last = http_catch_up(here, connection);
    http_exchange_t exchange;
    moment_t moment;

    if (!last.frame) {
        return NULL;
    }
    moment = http_moment_of(here);
    if (!last.is_response) {
        procedure_pass_request(procedures, &moment, connection);
        return NULL;
    }
    exchange = (http_exchange_t){ .status = last.status, .in_order = true };
    exchange.stale = last.status == 401 && http_challenge_is_stale(here->pinfo);
    return procedure_answer_bare(procedures, &moment, exchange, connection);
}

/* The cheap questions first: foreign exchanges pass by here. */
static procedure_t *find_procedure(packet_info *pinfo)
{
    procedure_connection_t *connection;
    http_here_t here;

    if (!http_is_there(pinfo)) {
        return NULL;
    }
    here = http_here(pinfo);
    connection = connection_of(pinfo, here.conversation, false);
    return connection ? follow(&here, connection) : NULL;
}

static void note_traffic(packet_info *pinfo)
{
    bool udp = pinfo->ptype == PT_UDP && !pinfo->flags.in_error_pkt;

    if (sightings_wanted(&file_capture()->sightings, udp)) {
        moment_t moment = moment_of(pinfo);

        sightings_add(&file_capture()->sightings, &moment, udp);
    }
}

/* A challenge is looked for where there has to be one. */
static void judge(packet_info *pinfo, const procedure_t *procedure)
{
    http_head_t head = procedure->status == 401 ? http_response_head(pinfo) : (http_head_t){ 0 };
    const rule_finding_t *findings = judge_bare_response(file_capture(), procedure, &head);

    if (findings) {
        frame_record_set(pinfo, proto_mbms_sec, FRAME_BARE_FINDINGS, findings);
    }
}

static const procedure_t *first_sight(packet_info *pinfo)
{
    procedure_t *procedure = find_procedure(pinfo);

    if (procedure) {
        /* What nobody could read may hold LTKMs. */
        file_capture()->lacks_ltkms |= procedure->status / 100 == 2 && http_unread_coding(pinfo);
        http_digest_check(pinfo, NULL, procedure, false);
        frame_record_set(pinfo, proto_mbms_sec, FRAME_BARE_RESPONSE, procedure);
        judge(pinfo, procedure);
    }
    return procedure;
}

static void show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const procedure_t *procedure)
{
    const rule_finding_t *findings = frame_record_get(pinfo, proto_mbms_sec, FRAME_BARE_FINDINGS);
    const char *summary = bare_response_summary(pinfo, procedure, http_unread_coding(pinfo));
    const char *before = pinfo->current_proto;
    marks_t marks = { .malformed = false };

    marks_add(&marks, findings);
    marks_add(&marks, digest_findings(procedure->digest, false));
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "MBMS-SEC");
    append_info_last(pinfo, marks_append(pinfo->pool, summary, &marks));
    depend_on_procedure(pinfo, procedure);
    tap_bare_response(pinfo, procedure, findings);
    pinfo->current_proto = "MBMS-SEC"; /* as expert items say it */
    if (somebody_looks(pinfo, tree)) {
        bare_response_show(pinfo, tvb, tree, procedure, summary, findings);
    } else if (!PINFO_FD_VISITED(pinfo)) { /* Wireshark is told how bad things are */
        bare_response_show(pinfo, tvb, NULL, procedure, summary, findings);
    }
    pinfo->current_proto = before;
}

static int dissect_bare_response(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool visited = PINFO_FD_VISITED(pinfo);
    const procedure_t *procedure = NULL;

    if (!visited) {
        file_scope_tick(pinfo);
        http_note(pinfo);
        note_traffic(pinfo);
    }
    if (connection_may_be_ours(pinfo) && proto_is_protocol_enabled(find_protocol_by_id(proto_mbms_sec))) {
        procedure =
            visited ? frame_record_get(pinfo, proto_mbms_sec, FRAME_BARE_RESPONSE) : first_sight(pinfo);
    }
    if (!visited) {
        remember_segments(pinfo);
    }
    if (procedure) {
        show(tvb, pinfo, tree, procedure);
    }
    return procedure ? (int)tvb_captured_length(tvb) : 0;
}

void bare_response_handoff(int proto)
{
    proto_mbms_sec = proto;
    register_postdissector(create_dissector_handle_with_name_and_description(
        dissect_bare_response, -1, NULL, "MBMS security, responses without a document"));
}
