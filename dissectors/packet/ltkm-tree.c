/* ltkm-tree.c
 * An ltkm node holds what is known about the message, and in it the MIKEY structure under Wireshark's own
 * names:
 *
 *     OMA BCAST Long-Term Key Message: LTKM b8709d/68c9:0001 counter 42, verification requested
 *         [Message: LTKM (1)] [Transport: HTTP (2)] [Correlation ID: a1b2c3d4-0000002a] [Verified in: 12] …
 *         Multimedia Internet KEYing: Pre-shared
 *             Common Header (HDR) …
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/ltkm-tree.h"

#include <epan/expert.h>

#include "bcast/bcast-content.h"
#include "mikey/identifiers.h"
#include "mikey/key-names.h"
#include "packet/audience.h"
#include "packet/fate-tree.h"
#include "packet/file-scope.h"
#include "packet/guarded-call.h"
#include "packet/key-format.h"
#include "packet/judgement.h"
#include "packet/mikey-tree.h"
#include "packet/proof-tree.h"
#include "packet/procedure-tree.h"
#include "packet/rules-tree.h"
#include "tracking/ltkm-text.h"

static int proto_ltkm = -1;
static int hf_ltkm_message = -1;
static int hf_ltkm_terminal = -1;
static int hf_ltkm_transport = -1;
static int hf_ltkm_index = -1;
static int hf_ltkm_id = -1;
static int hf_ltkm_idi = -1;
static int hf_ltkm_idr = -1;
static int hf_ltkm_naf_fqdn = -1;
static int hf_ltkm_ua_protocol = -1;
static int hf_ltkm_carries_key = -1;
static int hf_ltkm_verified_in = -1;
static int hf_ltkm_verifies = -1;
static int hf_ltkm_verification_time = -1;
static int hf_ltkm_duplicate_of = -1;
static int hf_ltkm_grant_in = -1;
static int hf_ltkm_fec_sbn = -1;
static int hf_ltkm_fec_esi = -1;
static int ett_ltkm = -1;

static dissector_handle_t mikey_handle;

static const value_string message_vals[] = {
    { MIKEY_KIND_LTKM, "LTKM" },
    { MIKEY_KIND_LTKM_WITHOUT_KEY, "LTKM without key" },
    { MIKEY_KIND_VERIFICATION, "Verification message" },
    { MIKEY_KIND_STKM, "STKM" },
    { MIKEY_KIND_ERROR, "Error message" },
    { MIKEY_KIND_OTHER, "Other pre-shared-key message" },
    { MIKEY_KIND_PARENTAL_CONTROL, "Parental control message" },
    { 0, NULL },
};

/* ---- generated items -------------------------------------------------------------------------------- */

/* Text is only made of an identity where somebody looks at this field. */
static void add_text(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, int hf, mikey_range_t range,
                     unsigned encoding)
{
    int offset = (int)range.offset, length = (int)range.length;

    if (proto_field_is_referenced(tree, hf)) {
        const uint8_t *text = tvb_get_string_enc(pinfo->pool, tvb, offset, length, encoding);

        proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, offset, length, (const char *)text));
    }
}

static void add_naf_host(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message)
{
    mikey_range_t data = message->idi->id.data;
    naf_host_t host = naf_host_find(message->bytes + data.offset, data.length);
    mikey_range_t name = { data.offset + host.offset, host.length };
    mikey_range_t protocol = { name.offset + name.length, UA_PROTOCOL_ID_SIZE };

    if (host.length == 0) {
        return;
    }
    add_text(tvb, pinfo, tree, hf_ltkm_naf_fqdn, name, ENC_ASCII);
    if (host.has_ua_protocol) {
        const char *ua_name = ua_protocol_name(message->bytes + protocol.offset);

        proto_item *item = proto_tree_add_item(tree, hf_ltkm_ua_protocol, tvb, (int)protocol.offset,
                                               (int)protocol.length, ENC_NA);

        proto_item_append_text(item, " (%s)", ua_name ? ua_name : "Unknown");
        proto_item_set_generated(item);
    }
}

static void add_identities(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                           const mikey_message_t *message)
{
    if (message->idi) {
        add_text(tvb, pinfo, tree, hf_ltkm_idi, message->idi->id.data, ENC_UTF_8);
        add_naf_host(tvb, pinfo, tree, message);
    }
    if (message->idr) {
        add_text(tvb, pinfo, tree, hf_ltkm_idr, message->idr->id.data, ENC_UTF_8);
    }
}

static void add_verification_time(tvbuff_t *tvb, proto_tree *tree, const tracked_message_t *ltkm,
                                  const tracked_message_t *verification)
{
    int64_t time = verification->time - ltkm->time;
    nstime_t delay = { (time_t)(time / MOMENT_SECOND), (int)(time % MOMENT_SECOND) };

    if (time >= 0) {
        proto_item_set_generated(proto_tree_add_time(tree, hf_ltkm_verification_time, tvb, 0, 0, &delay));
    }
}

/* STKMs are not paired, and known as copies by their fate. */
static const tracked_message_t *original_of(const tracked_message_t *record)
{
    return record->is_copy || record->fate == FATE_COPY ? fates_compared(&file_capture()->fates, record)
                                                        : NULL;
}

static void add_links(tvbuff_t *tvb, proto_tree *tree, const tracked_message_t *record)
{
    const tracked_message_t *peer = ltkm_peer(record), *original = original_of(record);

    if (original) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_duplicate_of, tvb, 0, 0, original->frame));
    }
    if (!peer) {
        return;
    }
    if (record->kind == MIKEY_KIND_VERIFICATION) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_verifies, tvb, 0, 0, peer->frame));
        add_verification_time(tvb, tree, peer, record);
    } else {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_verified_in, tvb, 0, 0, peer->frame));
        add_verification_time(tvb, tree, record, peer);
    }
}

static void add_grant(tvbuff_t *tvb, proto_tree *tree, const tracked_message_t *record)
{
    const delivery_state_t *delivery = record->delivery;

    if (ltkm_is_ltkm(record) && delivery && !delivery->refused && delivery->frame != record->frame) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_grant_in, tvb, 0, 0, delivery->frame));
    }
}

/* A body has its own. */
static void add_terminal(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm)
{
    bool from_terminal = ltkm->message->kind == MIKEY_KIND_VERIFICATION;
    bool alone = ltkm->transport == LTKM_TRANSPORT_UDP || (ltkm->tracked && ltkm->tracked->whole_body);

    if (ltkm->terminal) {
        proto_item_set_generated(
            proto_tree_add_string(tree, hf_ltkm_terminal, tvb, 0, 0, ltkm->terminal->name));
    }
    if (alone) {
        terminal_tree_add(pinfo, tvb, tree, ltkm->terminal, from_terminal ? &pinfo->src : &pinfo->dst);
    }
}

static void add_generated(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm)
{
    const mikey_message_t *message = ltkm->message;
    char id[MIKEY_CORRELATION_ID_SIZE];

    if (message->kind != MIKEY_KIND_UNKNOWN) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_message, tvb, 0, 0, message->kind));
    }
    proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_transport, tvb, 0, 0, ltkm->transport));
    if (ltkm->index) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_index, tvb, 0, 0, ltkm->index));
    }
    if (message->has_header) {
        mikey_correlation_id(message, id);
        proto_item_set_generated(proto_tree_add_string(tree, hf_ltkm_id, tvb, 0, 0, id));
    }
    add_terminal(tvb, pinfo, tree, ltkm);
    add_identities(tvb, pinfo, tree, message);
    if (message->kemac) {
        proto_item_set_generated(proto_tree_add_boolean(
            tree, hf_ltkm_carries_key, tvb, (int)message->kemac->range.offset,
            (int)message->kemac->range.length, message->kemac->kemac.encr_data.length > 0));
    }
    if (ltkm->tracked) {
        add_links(tvb, tree, ltkm->tracked);
        add_grant(tvb, tree, ltkm->tracked);
    }
}

/* ---- the message ------------------------------------------------------------------------------------ */

/* Findings depend on what else is in the capture: judged anew each time, since more may have come. What is
 * not remembered is not judged, not even by its form: statistics would not hear of it. */
const rule_finding_t *ltkm_findings(packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm)
{
    const tracked_message_t *tracked = ltkm->tracked;
    rule_findings_t findings = { .pool = pinfo->pool };
    judgement_t judgement = judgement_now(PINFO_FD_VISITED(pinfo));
    net_address_t destination = net_address_of(pinfo->dst.data, (size_t)MAX(pinfo->dst.len, 0));

    if (!tracked || (PINFO_FD_VISITED(pinfo) && !pinfo->cinfo && !somebody_looks(pinfo, tree))) {
        return NULL;
    }
    judgement.destination = &destination;
    rules_judge_message(ltkm->message, &findings);
    judge_message(file_capture(), tracked, judgement, &findings);
    return findings.first;
}

static const ltkm_proof_t *find_proof(const ltkm_t *ltkm)
{
    return ltkm->tracked ? proof_of(&file_capture()->proofs, ltkm->tracked) : NULL;
}

static void show_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm,
                         const rule_finding_t *findings)
{
    const ltkm_proof_t *proof = find_proof(ltkm);
    proto_item *item = proto_tree_add_item(tree, proto_ltkm, tvb, 0, -1, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(item, ett_ltkm);
    mikey_plain_t plain;

    if (labels_are_seen(tree)) {
        proto_item_append_text(item, ": %s", ltkm_summary(pinfo->pool, ltkm->message, ltkm->tracked));
    }
    add_generated(tvb, pinfo, subtree, ltkm);
    fate_tree_add(tvb, pinfo, subtree, ltkm);
    for (; findings; findings = findings->next) {
        show_finding(pinfo, tvb, subtree, item, findings);
    }
    proof_tree_add(tvb, pinfo, subtree, ltkm, proof);
    plain = proof_plain(tvb, pinfo, ltkm, proof);
    if (mikey_tree_is_wanted(pinfo, tree)) {
        mikey_tree_add(tvb, pinfo, subtree, ltkm->message, &plain);
    } else if (!PINFO_FD_VISITED(pinfo) && mikey_tree_has_remarks(ltkm->message)) {
        mikey_tree_add(tvb, pinfo, NULL, ltkm->message, &plain);
    }
    if (ltkm->message->fec_id.length > 0) {
        int at = (int)ltkm->message->fec_id.offset;

        proto_tree_add_item(subtree, hf_ltkm_fec_sbn, tvb, at, 2, ENC_BIG_ENDIAN);
        proto_tree_add_item(subtree, hf_ltkm_fec_esi, tvb, at + 2, 2, ENC_BIG_ENDIAN);
    }
}

bool ltkm_has_remarks(const ltkm_t *ltkm, const rule_finding_t *findings)
{
    const ltkm_proof_t *proof = find_proof(ltkm);

    return findings || mikey_tree_has_remarks(ltkm->message) || (proof && proof->mac == MIKEY_MAC_BAD);
}

void ltkm_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm,
               const rule_finding_t *findings)
{
    if (ltkm->message->length >= 2 && !mikey_is_ours(ltkm->message->bytes[1])) {
        call_guarded(mikey_handle, tvb, pinfo, tree);
    } else if (somebody_looks(pinfo, tree) ||
               (!PINFO_FD_VISITED(pinfo) && ltkm_has_remarks(ltkm, findings))) {
        show_message(tvb, pinfo, tree, ltkm, findings);
    } else {
        proof_plain(tvb, pinfo, ltkm, find_proof(ltkm));
    }
}

void ltkm_mark(const ltkm_t *ltkm, const rule_finding_t *findings, bool cut_by_capture, marks_t *marks)
{
    const ltkm_proof_t *proof = find_proof(ltkm);

    marks_add(marks, findings);
    marks->malformed = marks->malformed || mikey_tree_is_malformed(ltkm->message, cut_by_capture);
    marks->bad_mac = marks->bad_mac || (proof && proof->mac == MIKEY_MAC_BAD);
}

bool ltkm_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_ltkm));
}

/* ---- registration ----------------------------------------------------------------------------------- */

static hf_register_info fields[] = {
    { &hf_ltkm_message,
      { "Message", "ltkm.message", FT_UINT8, BASE_DEC, VALS(message_vals), 0, "What the MIKEY message is for",
        HFILL } },
    { &hf_ltkm_terminal,
      { "Terminal of the message", "ltkm.terminal", FT_STRING, BASE_NONE, NULL, 0,
        "B-TID or address of the terminal", HFILL } },
    { &hf_ltkm_transport,
      { "Transport", "ltkm.transport", FT_UINT8, BASE_DEC, VALS(NAMES(bcast_delivery_types)), 0,
        "How it came, in the numbers of the LTKM delivery types", HFILL } },
    { &hf_ltkm_index,
      { "Index", "ltkm.index", FT_UINT32, BASE_DEC, NULL, 0,
        "Position among the LTKM elements of the body, from 1", HFILL } },
    { &hf_ltkm_id,
      { "Correlation ID", "ltkm.id", FT_STRING, BASE_NONE, NULL, 0,
        "CSB ID and T: the same in an LTKM and in its verification message", HFILL } },
    { &hf_ltkm_idi,
      { "Initiator", "ltkm.idi", FT_STRING, BASE_NONE, NULL, 0, "First ID payload (IDi): the BSM", HFILL } },
    { &hf_ltkm_idr,
      { "Responder", "ltkm.idr", FT_STRING, BASE_NONE, NULL, 0, "Second ID payload (IDr): the terminal",
        HFILL } },
    { &hf_ltkm_naf_fqdn,
      { "BSM host name", "ltkm.naf_fqdn", FT_STRING, BASE_NONE, NULL, 0,
        "NAF FQDN in IDi: where the verification message goes", HFILL } },
    { &hf_ltkm_ua_protocol,
      { "Ua security protocol", "ltkm.ua_protocol", FT_BYTES, BASE_NONE, NULL, 0,
        "Ua security protocol identifier behind the NAF FQDN (TS 33.220 Annex H)", HFILL } },
    { &hf_ltkm_carries_key,
      { "Carries a key", "ltkm.carries_key", FT_BOOLEAN, BASE_NONE, NULL, 0,
        "Encr data length of KEMAC is not 0", HFILL } },
    { &hf_ltkm_verified_in,
      { "Verified in", "ltkm.verified_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0,
        "The verification message of this LTKM", HFILL } },
    { &hf_ltkm_verifies,
      { "Verifies", "ltkm.verifies", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0,
        "The LTKM this verification message answers", HFILL } },
    { &hf_ltkm_verification_time,
      { "Verification time", "ltkm.verification_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
        "From the LTKM to its verification message", HFILL } },
    { &hf_ltkm_grant_in,
      { "Delivery granted in", "ltkm.grant_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
        "Registration response whose delivery grant was in force for this LTKM", HFILL } },
    { &hf_ltkm_duplicate_of,
      { "Duplicate of", "ltkm.duplicate_of", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV),
        0, "The same bytes, seen before", HFILL } },
    { &hf_ltkm_fec_sbn,
      { "Source block number", "ltkm.fec_sbn", FT_UINT16, BASE_DEC, NULL, 0,
        "Source FEC Payload ID behind the message (TS 26.346 8.2)", HFILL } },
    { &hf_ltkm_fec_esi,
      { "Encoding symbol ID", "ltkm.fec_esi", FT_UINT16, BASE_DEC, NULL, 0,
        "Source FEC Payload ID behind the message (TS 26.346 8.2)", HFILL } },
};

int ltkm_tree_register(void)
{
    static int *ett[] = { &ett_ltkm };
    expert_module_t *expert;

    proto_ltkm = proto_register_protocol("OMA BCAST Long-Term Key Message", "LTKM", "ltkm");
    proto_register_field_array(proto_ltkm, fields, array_length(fields));
    proto_register_subtree_array(ett, array_length(ett));
    fate_tree_register(proto_ltkm);
    expert = expert_register_protocol(proto_ltkm);
    proof_tree_register(proto_ltkm, expert);
    mikey_tree_register(proto_ltkm, expert);
    return proto_ltkm;
}

void ltkm_tree_handoff(void)
{
    mikey_handle = find_dissector("mikey");
}
