/* shared-media-types.c
 * The handles here belong to no protocol, so that nobody can switch them off with it: what is not ours goes
 * to the dissector that had the media type before, with all its data, and comes back with its result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/shared-media-types.h"

#include <epan/exceptions.h>

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
static int dissect_text_plain(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_text_html(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_octets(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
static int dissect_form(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

enum { APPLICATION_XML, TEXT_XML, PROVISIONING, MIKEY, BCAST_LTKM, TEXT_PLAIN, TEXT_HTML, OCTETS, FORM };

static media_type_t media_types[] = {
    [APPLICATION_XML] = { "application/xml", dissect_application_xml, NULL },
    [TEXT_XML] = { "text/xml", dissect_text_xml, NULL },
    [PROVISIONING] = { "application/vnd.oma.bcast.sprov+xml", dissect_provisioning, NULL },
    [MIKEY] = { "application/mikey", dissect_mikey, NULL },
    [BCAST_LTKM] = { "application/vnd.oma.bcast.ltkm", dissect_bcast_ltkm, NULL },
    /* What servers and HTTP libraries put where nobody told them a type. */
    [TEXT_PLAIN] = { "text/plain", dissect_text_plain, NULL },
    [TEXT_HTML] = { "text/html", dissect_text_html, NULL },
    [OCTETS] = { "application/octet-stream", dissect_octets, NULL },
    [FORM] = { "application/x-www-form-urlencoded", dissect_form, NULL },
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

/* A message that is a body of its own. */
typedef struct {
    tvbuff_t *tvb; /* NULL: there is none of ours */
    const mikey_message_t *message;
    bool decoded; /* it came as base64, and is a data source of its own */
} alone_t;

static alone_t find_message(tvbuff_t *tvb, packet_info *pinfo)
{
    uint32_t length = tvb_captured_length(tvb);
    uint32_t cut = is_cut(tvb, pinfo) ? MAX(tvb_reported_length(tvb) - length, 1) : 0;
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)length);
    alone_t alone = { NULL, NULL, !is_ours(bytes, length) };
    base64_t text;

    if (!alone.decoded) {
        alone.tvb = longer(tvb, cut);
        alone.message = mikey_message_parse(pinfo->pool, bytes, length);
        return alone;
    }
    text = base64_decode(pinfo->pool, (const char *)bytes, cut ? whole_groups(bytes, length) : length);
    if (is_ours(text.bytes, text.length)) {
        alone.tvb = longer(tvb_new_child_real_data(tvb, text.bytes, text.length, (int)text.length), cut);
        alone.message = mikey_message_parse(pinfo->pool, text.bytes, text.length);
    }
    return alone;
}

static int dissect_message(const alone_t *alone, bool from_terminal, tvbuff_t *tvb, packet_info *pinfo,
                           proto_tree *tree)
{
    ltkm_origin_t origin = { LTKM_TRANSPORT_HTTP, from_terminal };

    if (alone->decoded) {
        add_new_data_source(pinfo, alone->tvb, "LTKM 1");
    }
    ltkm_dissect(alone->tvb, pinfo, tree, alone->message, origin);
    say_cut(tvb);
    return (int)tvb_captured_length(tvb);
}

static int dissect_shared_message(const media_type_t *type, tvbuff_t *tvb, packet_info *pinfo,
                                  proto_tree *tree, void *data)
{
    alone_t alone = { NULL, NULL, false };

    if (ltkm_enabled()) {
        alone = find_message(tvb, pinfo);
    }
    return alone.tvb ? dissect_message(&alone, http_role(data) == HTTP_REQUEST_BODY, tvb, pinfo, tree)
                     : pass_on(type, tvb, pinfo, tree, data);
}

static int dissect_mikey(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_shared_message(&media_types[MIKEY], tvb, pinfo, tree, data);
}

static int dissect_bcast_ltkm(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_shared_message(&media_types[BCAST_LTKM], tvb, pinfo, tree, data);
}

/* ---- whatever it is called ------------------------------------------------------------------------- */

/* Nothing but its bytes speaks for it: MIKEY to the last of them. */
static bool is_convincing(const mikey_message_t *message)
{
    return message->complete && message->n_faults == 0 && message->kind != MIKEY_KIND_OTHER &&
           message->kind != MIKEY_KIND_UNKNOWN;
}

/* Others pay for a glance at the first bytes. */
typedef enum { GLANCE_NOTHING, GLANCE_DOCUMENT, GLANCE_MESSAGE } glance_t;

static glance_t glance_at(tvbuff_t *tvb)
{
    uint32_t length = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)length);

    if (mbms_begins_as_xml(bytes, length)) {
        return mbms_looks_like_ours(bytes, length, false) ? GLANCE_DOCUMENT : GLANCE_NOTHING;
    }
    return is_ours(bytes, length) || mbms_begins_as_message(bytes, length) ? GLANCE_MESSAGE : GLANCE_NOTHING;
}

/* After a glance that promises one. */
static alone_t find_convincing(tvbuff_t *tvb, packet_info *pinfo)
{
    alone_t alone = { NULL, NULL, false };

    if (ltkm_enabled()) {
        alone = find_message(tvb, pinfo);
    }
    if (alone.tvb && !is_convincing(alone.message)) {
        alone.tvb = NULL;
    }
    return alone;
}

static int dissect_any(const media_type_t *type, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                       void *data)
{
    glance_t glance = glance_at(tvb);

    if (glance == GLANCE_DOCUMENT) {
        int dissected = call_dissector_only(mbms_sec_handle, tvb, pinfo, tree, data);

        return dissected ? dissected : pass_on(type, tvb, pinfo, tree, data);
    }
    if (glance == GLANCE_MESSAGE) {
        alone_t alone = find_convincing(tvb, pinfo);

        if (alone.tvb) {
            return dissect_message(&alone, http_role(data) == HTTP_REQUEST_BODY, tvb, pinfo, tree);
        }
    }
    return pass_on(type, tvb, pinfo, tree, data);
}

static int dissect_text_plain(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_any(&media_types[TEXT_PLAIN], tvb, pinfo, tree, data);
}

static int dissect_text_html(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_any(&media_types[TEXT_HTML], tvb, pinfo, tree, data);
}

static int dissect_octets(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_any(&media_types[OCTETS], tvb, pinfo, tree, data);
}

static int dissect_form(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_any(&media_types[FORM], tvb, pinfo, tree, data);
}

/* Bodies without a type, or with one that nobody has: HTTP asks its heuristics, and tells them nothing. */
/* What pinfo says may be the type of another message in the frame. */
static int dissect_without_type(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const char *const before = pinfo->match_string;
    volatile int dissected = 0;

    pinfo->match_string = NULL;
    TRY
    {
        dissected = mbms_sec_dissect(tvb, pinfo, tree, NULL);
    }
    FINALLY
    {
        pinfo->match_string = before;
    }
    ENDTRY;
    return dissected;
}

static compat_bool_t dissect_http_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    glance_t glance = glance_at(tvb);
    alone_t alone;

    if (glance == GLANCE_DOCUMENT) {
        return dissect_without_type(tvb, pinfo, tree) > 0;
    }
    if (glance != GLANCE_MESSAGE) {
        return false;
    }
    alone = find_convincing(tvb, pinfo);
    return alone.tvb && dissect_message(&alone, http_is_request(pinfo), tvb, pinfo, tree) > 0;
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
        /* Without a protocol; 4.6 wants a name for Decode As then, and one for each. */
        dissector_add_string(
            "media_type", media_types[i].name,
            create_dissector_handle_with_name_and_description(
                media_types[i].dissect, -1, NULL,
                wmem_strdup_printf(wmem_epan_scope(), "MBMS security in %s, or what was there before",
                                   media_types[i].name)));
    }
    heur_dissector_add("http", dissect_http_heur, "MBMS security under any HTTP media type", "mbms_sec_http",
                       proto_get_id_by_filter_name("mbms_sec"), HEURISTIC_ENABLE);
}
