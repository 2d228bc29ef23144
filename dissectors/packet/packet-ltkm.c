/* packet-ltkm.c
 * Long-Term Key Messages of OMA BCAST (MSK messages of 3GPP MBMS, TS 33.246 §6.3.2) and their verification
 * messages that come by themselves: over UDP, or as an HTTP body of their own.
 *
 * Only data types 0, 1 and 6 (pre-shared key, its verification, error) are decoded here; all others go to
 * Wireshark's "mikey".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/packet-ltkm.h"

#include "mikey/mikey-roles.h"
#include "packet/columns.h"
#include "packet/dependencies.h"
#include "packet/file-scope.h"
#include "packet/frame-record.h"
#include "packet/ltkm-tree.h"
#include "packet/mikey-fields.h"
#include "packet/taps.h"
#include "tracking/ltkm-text.h"

#define LTKM_UDP_PORTS "2269,4359" /* IANA: mikey, omabcastltkm */

static int proto_ltkm = -1;
static int proto_ltkm_udp =
    -1; /* owns the heuristic: Wireshark 4.0 lists heuristics by their protocol's name */
static dissector_handle_t ltkm_handle;
static dissector_handle_t mikey_handle;

/* The message that an ICMP error quotes, as far as it is known: it is not remembered once more. */
static const tracked_message_t *find_quoted(packet_info *pinfo, const mikey_message_t *message,
                                            uint32_t ordinal)
{
    const tracked_message_t *quoted = frame_record_get(pinfo, proto_ltkm, FRAME_QUOTES + ordinal);

    if (!quoted && !PINFO_FD_VISITED(pinfo) && pinfo->flags.in_error_pkt) {
        moment_t moment = moment_of(pinfo);

        quoted = capture_add_quote(file_capture(), &moment, message);
        if (quoted) {
            frame_record_set(pinfo, proto_ltkm, FRAME_QUOTES + ordinal, quoted);
        }
    }
    return quoted;
}

/* What the first pass learned. What ICMP quotes was seen before. */
static const tracked_message_t *find_tracked(packet_info *pinfo, const mikey_message_t *message,
                                             ltkm_origin_t origin, uint32_t ordinal)
{
    tracked_message_t *tracked = frame_record_get(pinfo, proto_ltkm, ordinal);

    if (!tracked && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt) {
        moment_t moment = moment_of(pinfo);

        tracked = capture_add_message(file_capture(), &moment, message, origin);
        if (tracked) {
            frame_record_set(pinfo, proto_ltkm, ordinal, tracked);
        }
    }
    return tracked;
}

static void tell(packet_info *pinfo, const ltkm_t *ltkm, const rule_finding_t *findings, bool cut_by_capture)
{
    if (pinfo->cinfo) {
        marks_t marks = { .malformed = false };

        ltkm_mark(ltkm, findings, cut_by_capture, &marks);
        append_info(pinfo, marks_append(pinfo->pool, ltkm_summary(pinfo->pool, ltkm->message, ltkm->tracked),
                                        &marks));
    }
}

void ltkm_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                  ltkm_origin_t origin)
{
    bool over_udp = origin.transport == LTKM_TRANSPORT_UDP;
    bool whole = tvb_captured_length(tvb) == tvb_reported_length(tvb);
    uint32_t ordinal = frame_record_ordinal(pinfo, proto_ltkm);
    ltkm_t ltkm = { .message = message, .transport = origin.transport, .index = !over_udp };
    const rule_finding_t *findings;

    /* A body that is cut has no digest to know copies by, and lacks what a judge would miss. */
    if (whole || over_udp) {
        ltkm.tracked = find_tracked(pinfo, message, origin, ordinal);
    }
    ltkm.quoted = over_udp ? find_quoted(pinfo, message, ordinal) : NULL;
    ltkm.terminal = ltkm.tracked ? ltkm.tracked->terminal : NULL;
    col_set_str(pinfo->cinfo, COL_PROTOCOL, over_udp ? "LTKM" : "MBMS-SEC");
    if (over_udp && ordinal == 1) {
        col_clear(pinfo->cinfo, COL_INFO);
    }
    findings = ltkm_findings(pinfo, tree, &ltkm);
    tell(pinfo, &ltkm, findings, !whole);
    if (ltkm.tracked) {
        depend_on_pair(pinfo, ltkm.tracked);
        tap_message(pinfo, &ltkm); /* first: adding to the tree may end in an exception */
    }
    ltkm_show(tvb, pinfo, tree, &ltkm, findings);
}

/* ---- UDP -------------------------------------------------------------------------------------------- */

static const mikey_message_t *parse(tvbuff_t *tvb, packet_info *pinfo)
{
    uint32_t length = tvb_captured_length(tvb);
    mikey_message_t *message = mikey_message_parse(pinfo->pool, tvb_get_ptr(tvb, 0, (int)length), length);
    net_address_t destination = net_address_of(pinfo->dst.data, (size_t)MAX(pinfo->dst.len, 0));

    if (net_address_is_multicast(&destination)) {
        mikey_take_fec_id(message);
    }
    return message;
}

/* Of a datagram that is not put together the first fragment comes here: there is more, nobody knows how much.
 */
static tvbuff_t *with_what_is_missing(tvbuff_t *tvb, const packet_info *pinfo)
{
    int length = (int)tvb_captured_length(tvb);

    return pinfo->fragmented ? tvb_new_subset_length_caplen(tvb, 0, length, length + 1) : tvb;
}

static int dissect_ltkm_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    const mikey_message_t *message = parse(tvb, pinfo);
    ltkm_origin_t origin = { LTKM_TRANSPORT_UDP, message->kind == MIKEY_KIND_VERIFICATION };

    if (!mikey_is_likely(message)) {
        return 0;
    }
    if (!mikey_is_ours(message->bytes[1])) {
        return mikey_handle ? call_dissector_only(mikey_handle, tvb, pinfo, tree, NULL) : 0;
    }
    tvb = with_what_is_missing(tvb, pinfo);
    ltkm_dissect(tvb, pinfo, tree, message, origin);
    say_cut(tvb);
    return (int)message->length;
}

/* Of any other port: after the first LTKM or procedure, only what is MIKEY to its last byte or answers a
 * known LTKM. */
static bool is_convincing(const mikey_message_t *message)
{
    if (message->kind == MIKEY_KIND_OTHER || message->kind == MIKEY_KIND_UNKNOWN) {
        return false;
    }
    return (message->complete && message->n_faults == 0) || ltkms_know(&file_capture()->ltkms, message);
}

static compat_bool_t dissect_ltkm_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    static const bool accepted = true; /* its address is the mark */
    uint32_t ordinal;

    if (tvb_captured_length(tvb) < MIKEY_HEADER_SIZE || tvb_get_uint8(tvb, 0) != MIKEY_VERSION ||
        !mikey_is_ours(tvb_get_uint8(tvb, 1))) {
        return FALSE;
    }
    ordinal = frame_record_ordinal(pinfo, proto_ltkm_udp);
    if (!PINFO_FD_VISITED(pinfo) && capture_has_begun(file_capture()) && is_convincing(parse(tvb, pinfo))) {
        frame_record_set(pinfo, proto_ltkm_udp, ordinal, &accepted);
    }
    return frame_record_get(pinfo, proto_ltkm_udp, ordinal) &&
           call_dissector_only(ltkm_handle, tvb, pinfo, tree, data) > 0;
}

/* ---- registration ----------------------------------------------------------------------------------- */

void ltkm_register(void)
{
    proto_ltkm = ltkm_tree_register();
    proto_ltkm_udp = proto_register_protocol("LTKM on any UDP port", "LTKM-UDP", "ltkm_udp");
    ltkm_handle = register_dissector("ltkm", dissect_ltkm_udp, proto_ltkm);
}

void ltkm_handoff(void)
{
    mikey_handle = find_dissector("mikey");
    ltkm_tree_handoff();
    mikey_fields_handoff(proto_ltkm);
    dissector_add_uint_range_with_preference("udp.port", LTKM_UDP_PORTS, ltkm_handle);
    heur_dissector_add("udp", dissect_ltkm_heur, "LTKM or verification message on any UDP port", "ltkm_udp",
                       proto_ltkm_udp, HEURISTIC_ENABLE);
}

uint16_t ltkm_foreign_port(void)
{
    static const uint16_t ports[] = { 2269, 4359 };
    dissector_table_t table = find_dissector_table("udp.port");

    for (size_t i = 0; i < array_length(ports); i++) {
        if (dissector_get_uint_handle(table, ports[i]) != ltkm_handle) {
            return ports[i];
        }
    }
    return 0;
}
