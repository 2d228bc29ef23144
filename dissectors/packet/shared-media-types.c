/* shared-media-types.c
 * The handles here belong to no protocol, so that nobody can switch them off with it: what is not ours goes
 * to the dissector that had the media type before, with all its data, and comes back with its result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/shared-media-types.h"

#include "mbms/mbms-sniff.h"
#include "packet/columns.h"
#include "packet/frame-record.h"
#include "packet/http-exchange.h"
#include "packet/ltkm-tree.h"
#include "packet/packet-ltkm.h"
#include "packet/packet-mbms-sec.h"
#include "xml/base64.h"

typedef struct {
    const char *name;
    dissector_t dissect;
    dissector_handle_t previous; /* NULL: nobody had it */
} media_type_t;

static int dissect_application_xml(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_text_xml(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_provisioning(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_mikey(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_bcast_ltkm(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

enum { APPLICATION_XML, TEXT_XML, PROVISIONING, MIKEY, BCAST_LTKM };

static media_type_t media_types[] = {
    [APPLICATION_XML] = { "application/xml", dissect_application_xml, NULL },
    [TEXT_XML] = { "text/xml", dissect_text_xml, NULL },
    [PROVISIONING] = { "application/vnd.oma.bcast.sprov+xml", dissect_provisioning, NULL },
    [MIKEY] = { "application/mikey", dissect_mikey, NULL },
    [BCAST_LTKM] = { "application/vnd.oma.bcast.ltkm", dissect_bcast_ltkm, NULL },
};

static dissector_handle_t mbms_sec_handle;
static dissector_handle_t media_handle;
static heur_dissector_list_t http_heuristics;

/* What HTTP does with a body whose media type nobody has. */
static int dissect_unowned(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    heur_dtbl_entry_t *entry;

    if (http_heuristics && proto_is_frame_protocol(pinfo->layers, "http") &&
        dissector_try_heuristic(http_heuristics, tvb, pinfo, tree, &entry, NULL)) {
        return (int)tvb_captured_length(tvb);
    }
    return call_dissector_only(media_handle, tvb, pinfo, tree, data);
}

static int pass_on(const media_type_t *type, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return type->previous ? call_dissector_only(type->previous, tvb, pinfo, tree, data)
                          : dissect_unowned(tvb, pinfo, tree, data);
}

/* ---- XML -------------------------------------------------------------------------------------------- */

static int dissect_shared_xml(const media_type_t *type, bool any_ltkm, tvbuff_t *tvb, packet_info *pinfo,
                              proto_tree *tree, void *data)
{
    uint32_t length = tvb_captured_length(tvb);

    if (mbms_looks_like_ours(tvb_get_ptr(tvb, 0, (int)length), length, any_ltkm)) {
        int dissected = call_dissector_only(mbms_sec_handle, tvb, pinfo, tree, data);

        if (dissected) {
            return dissected;
        }
    }
    return pass_on(type, tvb, pinfo, tree, data);
}

static int dissect_application_xml(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_shared_xml(&media_types[APPLICATION_XML], false, tvb, pinfo, tree, data);
}

static int dissect_text_xml(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_shared_xml(&media_types[TEXT_XML], false, tvb, pinfo, tree, data);
}

static int dissect_provisioning(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_shared_xml(&media_types[PROVISIONING], true, tvb, pinfo, tree, data);
}

/* ---- one MIKEY message ------------------------------------------------------------------------------ */

static bool is_ours(const uint8_t *bytes, uint32_t length)
{
    return length >= 2 && bytes[0] == MIKEY_VERSION && mikey_is_ours(bytes[1]);
}

/* Cut by the capture, not by the sender. What was unpacked from a cut frame (gzip) does not say so itself. */
static bool is_cut(tvbuff_t *tvb, const packet_info *pinfo)
{
    return tvb_captured_length(tvb) < tvb_reported_length(tvb) ||
           (frame_record_is_cut(pinfo) && tvb_get_ds_tvb(tvb) != get_data_source_tvb(pinfo->data_src->data));
}

/* Length of the whole base64 groups in a text that is cut behind them. */
static uint32_t whole_groups(const uint8_t *text, uint32_t length)
{
    uint32_t n = 0, end = 0;

    for (uint32_t i = 0; i < length; i++) {
        if (!g_ascii_isspace(text[i]) && ++n % 4 == 0) {
            end = i + 1;
        }
    }
    return end;
}

/* |message| as it is where |cut| is 0, else as the first part of one that is |cut| bytes longer. */
static tvbuff_t *longer(tvbuff_t *message, uint32_t cut)
{
    int length = (int)tvb_captured_length(message);

    return cut ? tvb_new_subset_length_caplen(message, 0, length, length + (int)cut) : message;
}

/* The message in the body, raw or base64; NULL if it is none of ours. */
static tvbuff_t *find_message(tvbuff_t *tvb, packet_info *pinfo)
{
    uint32_t length = tvb_captured_length(tvb);
    uint32_t cut = is_cut(tvb, pinfo) ? MAX(tvb_reported_length(tvb) - length, 1) : 0;
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)length);
    tvbuff_t *message;
    base64_t decoded;

    if (is_ours(bytes, length)) {
        return longer(tvb, cut);
    }
    decoded = base64_decode(pinfo->pool, (const char *)bytes, cut ? whole_groups(bytes, length) : length);
    if (!decoded.valid || !is_ours(decoded.bytes, decoded.length)) {
        return NULL;
    }
    message = tvb_new_child_real_data(tvb, decoded.bytes, decoded.length, (int)decoded.length);
    add_new_data_source(pinfo, message, "LTKM 1");
    return longer(message, cut);
}

static int dissect_shared_message(const media_type_t *type, tvbuff_t *tvb, packet_info *pinfo,
                                  proto_tree *tree, void *data)
{
    tvbuff_t *message = ltkm_enabled() ? find_message(tvb, pinfo) : NULL;
    ltkm_origin_t origin = { LTKM_TRANSPORT_HTTP, http_role(data) == HTTP_REQUEST_BODY };
    uint32_t length;

    if (!message) {
        return pass_on(type, tvb, pinfo, tree, data);
    }
    length = tvb_captured_length(message);
    ltkm_dissect(message, pinfo, tree,
                 mikey_message_parse(pinfo->pool, tvb_get_ptr(message, 0, (int)length), length), origin);
    say_cut(tvb);
    return (int)tvb_captured_length(tvb);
}

static int dissect_mikey(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_shared_message(&media_types[MIKEY], tvb, pinfo, tree, data);
}

static int dissect_bcast_ltkm(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_shared_message(&media_types[BCAST_LTKM], tvb, pinfo, tree, data);
}

/* ---- hand-off --------------------------------------------------------------------------------------- */

void shared_media_types_handoff(void)
{
    dissector_table_t table = find_dissector_table("media_type");

    mbms_sec_handle = find_dissector("mbms_sec");
    media_handle = find_dissector("media");
    http_heuristics = find_heur_dissector_list("http");
    for (size_t i = 0; i < array_length(media_types); i++) {
        media_types[i].previous = dissector_get_string_handle(table, media_types[i].name);
        /* Without a protocol; 4.6 wants a name for Decode As then. */
        dissector_add_string("media_type", media_types[i].name,
                             create_dissector_handle_with_name_and_description(
                                 media_types[i].dissect, -1, NULL, "MBMS security or what was there before"));
    }
}
