/* bare-response.c
 * No dissector of bodies ever sees these, and HTTP has no hook of its own; taps do not run in the first of
 * tshark's two passes. So a post-dissector looks, which costs one call a packet, and looks no further where
 * there is no connection of ours. It tells the clock of every frame, too, and of traffic of terminals while
 * something is waited for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/bare-response.h"

#include "packet/audience.h"
#include "packet/file-scope.h"
#include "packet/frame-record.h"
#include "packet/http-exchange.h"
#include "packet/mbms-tree.h"
#include "packet/taps.h"

/* The key of the record of such a response; bodies count from 1. */
enum { BARE_RESPONSE = 0x7fffffff };

static int proto_mbms_sec = -1;
static int proto_bare_response = -1;

/* What HTTP has seen on a connection of ours beside bodies of ours. */
static procedure_t *follow(packet_info *pinfo, procedure_connection_t *connection)
{
    procedures_t *procedures = &file_capture()->procedures;
    http_message_t last = http_catch_up(pinfo, connection);
    moment_t moment;

    if (!last.frame) {
        return NULL;
    }
    moment = http_moment_of(pinfo);
    if (!last.is_response) {
        procedure_pass_request(procedures, &moment, connection);
        return NULL;
    }
    return procedure_answer_bare(procedures, &moment,
                                 (http_exchange_t){ .status = last.status, .in_order = true }, connection);
}

/* The cheap questions first: foreign exchanges pass by here. */
static procedure_t *find_procedure(packet_info *pinfo)
{
    procedure_connection_t *connection =
        connections_of_ours() && http_is_there(pinfo) ? connection_if_ours(pinfo) : NULL;

    return connection ? follow(pinfo, connection) : NULL;
}

static const procedure_t *first_sight(packet_info *pinfo)
{
    bool udp = pinfo->ptype == PT_UDP && !pinfo->flags.in_error_pkt;
    procedure_t *procedure;

    file_scope_tick(pinfo);
    if (sightings_wanted(&file_capture()->sightings, udp)) {
        moment_t moment = moment_of(pinfo);

        sightings_add(&file_capture()->sightings, &moment, udp);
    }
    procedure = find_procedure(pinfo);
    if (procedure) {
        /* What nobody could read may hold LTKMs. */
        file_capture()->lacks_ltkms |= procedure->status / 100 == 2 && http_unread_coding(pinfo);
        frame_record_set(pinfo, proto_mbms_sec, BARE_RESPONSE, procedure);
    }
    return procedure;
}

static int dissect_bare_response(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    const procedure_t *procedure =
        PINFO_FD_VISITED(pinfo) ? frame_record_get(pinfo, proto_mbms_sec, BARE_RESPONSE) : first_sight(pinfo);

    if (!procedure) {
        return 0;
    }
    tap_response(pinfo, procedure);
    if (somebody_looks(pinfo, tree)) {
        mbms_show_bare_response(pinfo, tvb, tree, procedure, http_unread_coding(pinfo));
    }
    return (int)tvb_captured_length(tvb);
}

void bare_response_register(int proto)
{
    proto_mbms_sec = proto;
    /* A name only: Wireshark keeps no list of layers for it, which is half of what a post-dissector costs a
     * packet. */
    proto_bare_response =
        proto_register_protocol_in_name_only("MBMS Security, response without a document", "MBMS-SEC bare",
                                             "mbms_sec_bare", proto_mbms_sec, FT_PROTOCOL);
}

void bare_response_handoff(void)
{
    register_postdissector(create_dissector_handle(dissect_bare_response, proto_bare_response));
}
