/* packet-ltkm.c
 * Long-Term Key Messages of OMA BCAST (MSK messages of 3GPP MBMS, TS 33.246 §6.3.2) and their verification
 * messages.
 *
 * An ltkm node holds what is known about the message, and in it the MIKEY structure under Wireshark's own
 * names:
 *
 *     OMA BCAST Long-Term Key Message: LTKM b8709d/68c9:0001 counter 42, verification requested
 *         [Message: LTKM (1)] [Transport: HTTP (2)] [Correlation ID: a1b2c3d4-0000002a] [Verified in: 12] …
 *         Multimedia Internet KEYing: Pre-shared
 *             Common Header (HDR) …
 *
 * Only data types 0, 1 and 6 (pre-shared key, its verification, error) are decoded here; all others go to
 * Wireshark's "mikey".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/packet-ltkm.h"

#include <string.h>

#include <epan/expert.h>
#include <epan/export_object.h>
#include <epan/tap.h>
#include <epan/to_str.h>
#include <epan/wmem_scopes.h>

#include "mikey/identifiers.h"
#include "packet/mikey-fields.h"
#include "mikey/mikey-names.h"
#include "packet/mikey-tree.h"
#include "packet/guarded-call.h"
#include "packet/rules-tree.h"
#include "tracking/clock.h"
#include "packet/frame-record.h"
#include "plugin/key-table.h"
#include "tracking/proofs.h"

#define LTKM_UDP_PORTS "2269,4359" /* IANA: mikey, omabcastltkm */

static int proto_ltkm = -1;
static int proto_ltkm_udp =
    -1; /* owns the heuristic: Wireshark 4.0 lists heuristics by the name of their protocol alone */
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
static int hf_ltkm_mac_status = -1;
static int hf_ltkm_v_status = -1;
static int ett_ltkm = -1;
static expert_field ei_ltkm_mac_bad = EI_INIT;

static int ltkm_tap;
static int ltkm_export_tap;
static dissector_handle_t ltkm_handle;
static dissector_handle_t mikey_handle;

static const value_string message_vals[] = {
    { MIKEY_KIND_LTKM, "LTKM" },
    { MIKEY_KIND_LTKM_WITHOUT_KEY, "LTKM without key" },
    { MIKEY_KIND_VERIFICATION, "Verification message" },
    { MIKEY_KIND_STKM, "STKM" },
    { MIKEY_KIND_ERROR, "Error message" },
    { MIKEY_KIND_OTHER, "Other pre-shared-key message" },
    { 0, NULL },
};

static const value_string transport_vals[] = {
    { LTKM_TRANSPORT_UDP, "UDP" },
    { LTKM_TRANSPORT_SMS, "SMS" },
    { LTKM_TRANSPORT_HTTP, "HTTP" },
    { 0, NULL },
};

bool ltkm_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_ltkm));
}

bool ltkm_is_ours(uint8_t data_type)
{
    return data_type == MIKEY_TYPE_PSK_INIT || data_type == MIKEY_TYPE_PSK_VERIFICATION ||
           data_type == MIKEY_TYPE_ERROR;
}

/* ---- one line --------------------------------------------------------------------------------------- */

/* "b8709d/68c9:0001", as far as the message has it; with a blank before. */
static void append_key_id(wmem_strbuf_t *text, const mikey_message_t *message, const uint8_t *bytes)
{
    const mikey_tlv_t *domain = message->key_domain_id, *msk = message->msk_id;

    if (!domain && !msk) {
        return;
    }
    wmem_strbuf_append_c(text, ' ');
    for (uint32_t i = 0; domain && i < MIN(domain->value.length, 8); i++) {
        wmem_strbuf_append_printf(text, "%02x", bytes[domain->value.offset + i]);
    }
    wmem_strbuf_append_c(text, '/');
    for (uint32_t i = 0; msk && i < MIN(msk->value.length, 8); i++) {
        wmem_strbuf_append_printf(text, "%s%02x", i == 2 && msk->value.length == 4 ? ":" : "",
                                  bytes[msk->value.offset + i]);
    }
}

static void append_t(wmem_strbuf_t *text, const mikey_message_t *message)
{
    if (message->t && message->t->t.ts_type == MIKEY_TS_COUNTER) {
        wmem_strbuf_append_printf(text, " counter %u", (uint32_t)message->t->t.number);
    }
}

static void append_verified_ltkm(wmem_strbuf_t *text, const tracked_message_t *record)
{
    const tracked_message_t *ltkm = record ? ltkm_peer(record) : NULL;

    if (!ltkm) {
        return;
    }
    wmem_strbuf_append_printf(text, " of frame %u", ltkm->frame);
    if (record->time >= ltkm->time) {
        wmem_strbuf_append_printf(text, " (%.3f s)", ltkm_delay(ltkm, record));
    }
}

static const char *summary(wmem_allocator_t *pool, const mikey_message_t *message, const uint8_t *bytes,
                           const tracked_message_t *record)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pool, "");

    switch (message->kind) {
    case MIKEY_KIND_LTKM:
    case MIKEY_KIND_LTKM_WITHOUT_KEY:
        wmem_strbuf_append(text, message->kind == MIKEY_KIND_LTKM ? "LTKM" : "LTKM without key");
        append_key_id(text, message, bytes);
        append_t(text, message);
        wmem_strbuf_append(text, message->v_flag ? ", verification requested" : "");
        break;
    case MIKEY_KIND_VERIFICATION:
        wmem_strbuf_append(text, "LTKM verification");
        append_verified_ltkm(text, record);
        break;
    case MIKEY_KIND_STKM:
        wmem_strbuf_append(text, "STKM");
        append_key_id(text, message, bytes);
        append_t(text, message);
        break;
    case MIKEY_KIND_ERROR:
        wmem_strbuf_append(text, "MIKEY error message");
        break;
    case MIKEY_KIND_OTHER:
        wmem_strbuf_append(text, "MIKEY pre-shared-key message");
        append_t(text, message);
        break;
    case MIKEY_KIND_UNKNOWN:
        wmem_strbuf_append(text, "MIKEY message");
        break;
    }
    if (record && ltkm_original_frame(record)) {
        wmem_strbuf_append_printf(text, ", duplicate of frame %u", ltkm_original_frame(record));
    }
    if (!message->complete) {
        wmem_strbuf_append(text, ", incomplete");
    }
    return wmem_strbuf_get_str(text);
}

/* ---- generated items -------------------------------------------------------------------------------- */

static const char *identity(packet_info *pinfo, tvbuff_t *tvb, const mikey_payload_t *id)
{
    return (const char *)tvb_get_string_enc(pinfo->pool, tvb, (int)id->id.data.offset,
                                            (int)id->id.data.length, ENC_UTF_8);
}

static void add_naf_host(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_payload_t *idi,
                         const uint8_t *bytes)
{
    mikey_range_t data = idi->id.data;
    naf_host_t host = naf_host_find(bytes + data.offset, data.length);
    int offset = (int)(data.offset + host.offset);
    const char *name;

    if (host.length == 0) {
        return;
    }
    name = (const char *)tvb_get_string_enc(pinfo->pool, tvb, offset, (int)host.length, ENC_ASCII);
    proto_item_set_generated(
        proto_tree_add_string(tree, hf_ltkm_naf_fqdn, tvb, offset, (int)host.length, name));
    if (host.has_ua_protocol) {
        const char *ua_name = ua_protocol_name(bytes + data.offset + host.offset + host.length);
        proto_item *item = proto_tree_add_item(tree, hf_ltkm_ua_protocol, tvb, offset + (int)host.length,
                                               UA_PROTOCOL_ID_SIZE, ENC_NA);

        proto_item_append_text(item, " (%s)", ua_name ? ua_name : "Unknown");
        proto_item_set_generated(item);
    }
}

static void add_identities(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                           const mikey_message_t *message, const uint8_t *bytes)
{
    if (message->idi) {
        mikey_range_t data = message->idi->id.data;

        proto_item_set_generated(proto_tree_add_string(tree, hf_ltkm_idi, tvb, (int)data.offset,
                                                       (int)data.length, identity(pinfo, tvb, message->idi)));
        add_naf_host(tvb, pinfo, tree, message->idi, bytes);
    }
    if (message->idr) {
        mikey_range_t data = message->idr->id.data;

        proto_item_set_generated(proto_tree_add_string(tree, hf_ltkm_idr, tvb, (int)data.offset,
                                                       (int)data.length, identity(pinfo, tvb, message->idr)));
    }
}

static void add_verification_time(tvbuff_t *tvb, proto_tree *tree, const tracked_message_t *ltkm,
                                  const tracked_message_t *verification)
{
    int64_t time = verification->time - ltkm->time;
    nstime_t delay = { (time_t)(time / CAPTURE_SECOND), (int)(time % CAPTURE_SECOND) };

    if (time >= 0) {
        proto_item_set_generated(proto_tree_add_time(tree, hf_ltkm_verification_time, tvb, 0, 0, &delay));
    }
}

static void add_links(tvbuff_t *tvb, proto_tree *tree, const tracked_message_t *record)
{
    const tracked_message_t *peer = ltkm_peer(record);

    if (ltkm_original_frame(record)) {
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf_ltkm_duplicate_of, tvb, 0, 0, ltkm_original_frame(record)));
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

    if ((record->kind == MIKEY_KIND_LTKM || record->kind == MIKEY_KIND_LTKM_WITHOUT_KEY) && delivery &&
        !delivery->refused && delivery->frame != record->frame) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_grant_in, tvb, 0, 0, delivery->frame));
    }
}

static void add_generated(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                          const uint8_t *bytes, const ltkm_view_t *view)
{
    const tracked_message_t *record = view->tracked;
    char id[MIKEY_CORRELATION_ID_SIZE];

    if (message->kind != MIKEY_KIND_UNKNOWN) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_message, tvb, 0, 0, message->kind));
    }
    proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_transport, tvb, 0, 0, view->transport));
    if (view->index) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_index, tvb, 0, 0, view->index));
    }
    if (message->has_header) {
        mikey_correlation_id(message, id);
        proto_item_set_generated(proto_tree_add_string(tree, hf_ltkm_id, tvb, 0, 0, id));
    }
    if (view->terminal) {
        proto_item_set_generated(
            proto_tree_add_string(tree, hf_ltkm_terminal, tvb, 0, 0, view->terminal->name));
    }
    add_identities(tvb, pinfo, tree, message, bytes);
    if (message->kemac) {
        proto_item_set_generated(proto_tree_add_boolean(
            tree, hf_ltkm_carries_key, tvb, (int)message->kemac->range.offset,
            (int)message->kemac->range.length, message->kemac->kemac.encr_data.length > 0));
    }
    if (record) {
        add_links(tvb, tree, record);
        add_grant(tvb, tree, record);
    }
}

/* ---- keys ------------------------------------------------------------------------------------------- */

static const char *whose_key(packet_info *pinfo, const ltkm_proof_t *proof)
{
    if (proof->key_frame) {
        return wmem_strdup_printf(pinfo->pool, "the key that the LTKM of frame %u brought", proof->key_frame);
    }
    return wmem_strdup_printf(pinfo->pool, "the key in row %u of the table", proof->row);
}

static void add_mac_status(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_kemac_t *kemac,
                           mikey_mac_status_t status, const ltkm_proof_t *proof)
{
    proto_item *item = proto_tree_add_uint(tree, hf_ltkm_mac_status, tvb, (int)kemac->mac.offset,
                                           (int)kemac->mac.length, status);

    proto_item_set_generated(item);
    if (status == MIKEY_MAC_GOOD) {
        proto_item_append_text(item, ": %s", whose_key(pinfo, proof));
    } else if (status == MIKEY_MAC_BAD) {
        expert_add_info_format(pinfo, item, &ei_ltkm_mac_bad, "The MAC is wrong under %s",
                               whose_key(pinfo, proof));
    }
}

static void add_v_status(tvbuff_t *tvb, proto_tree *tree, const mikey_digest_t *v, mikey_mac_status_t status,
                         const ltkm_proof_t *proof)
{
    proto_item *item =
        proto_tree_add_uint(tree, hf_ltkm_v_status, tvb, (int)v->data.offset, (int)v->data.length, status);

    proto_item_set_generated(item);
    if (status == MIKEY_MAC_GOOD) {
        proto_item_append_text(item, ": MAC over %s", mikey_v_form_text(proof->form));
    }
}

static void add_status(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                       const tracked_message_t *tracked)
{
    const ltkm_proof_t *proof = tracked ? proof_of(tracked) : NULL;
    mikey_mac_status_t status = proof_status(tracked, message);

    if (message->kemac) {
        add_mac_status(tvb, pinfo, tree, &message->kemac->kemac, status, proof);
    } else if (message->v && message->kind == MIKEY_KIND_VERIFICATION) {
        add_v_status(tvb, tree, &message->v->v, status, proof);
    }
}

/* Why the data of KEMAC are not shown in clear, NULL where they are or nobody has a key. */
static const char *not_opened(const ltkm_proof_t *proof)
{
    if (!proof || proof->plain || (proof->row == 0 && proof->key_frame == 0)) {
        return NULL;
    }
    if (proof->mac == MIKEY_MAC_BAD) {
        return "not decrypted: the MAC is wrong";
    }
    if (proof->mac == MIKEY_MAC_UNVERIFIED) {
        return "not decrypted: the MAC cannot be checked";
    }
    switch (proof->opening) {
    case MIKEY_WRONG_KEY:
        return "not decrypted: the key is wrong";
    case MIKEY_UNKNOWN_ALGORITHM:
        return "not decrypted: the algorithm is not known";
    case MIKEY_NO_IV:
        return "not decrypted: there is no T";
    case MIKEY_BAD_LENGTH:
        return "not decrypted: its length is wrong";
    case MIKEY_CIPHER_FAILED:
        return "not decrypted: libgcrypt refuses";
    case MIKEY_OPENED:
    case MIKEY_NOTHING_TO_OPEN:
    case MIKEY_NO_KEYS:
        break;
    }
    return NULL;
}

static mikey_plain_t decrypted(tvbuff_t *tvb, packet_info *pinfo, const tracked_message_t *tracked)
{
    const ltkm_proof_t *proof = tracked ? proof_of(tracked) : NULL;
    mikey_plain_t plain = { .remark = not_opened(proof) };

    if (proof && proof->plain && proof->plain_length > 0) {
        plain.bytes = proof->plain;
        plain.length = proof->plain_length;
        plain.tvb = tvb_new_child_real_data(tvb, plain.bytes, plain.length, (int)plain.length);
        add_new_data_source(pinfo, plain.tvb, "Decrypted KEMAC");
    }
    return plain;
}

/* ---- one message ------------------------------------------------------------------------------------ */

static void copy_key_id(const mikey_tlv_t *id, const uint8_t *bytes, uint8_t copy[8], uint8_t *length)
{
    if (id && id->value.length <= 8) {
        memcpy(copy, bytes + id->value.offset, id->value.length);
        *length = (uint8_t)id->value.length;
    }
}

static void tell_judges(const mikey_message_t *message, const uint8_t *bytes, rule_ltkm_t *facts)
{
    facts->decoded = message->has_header;
    facts->data_type = message->data_type;
    facts->kind = message->kind;
    for (uint32_t i = 0; i < message->n_faults; i++) {
        facts->bad_version = facts->bad_version || message->faults[i].code == MIKEY_FAULT_VERSION;
        facts->bad_length = facts->bad_length || message->faults[i].code == MIKEY_FAULT_SHORT;
        facts->trailing_bytes = facts->trailing_bytes || message->faults[i].code == MIKEY_FAULT_TRAILING;
    }
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        if (payload->type == MIKEY_PAYLOAD_EXT) {
            facts->has_key_ids = facts->has_key_ids || payload->ext.ext_type == MIKEY_EXT_KEY_ID;
            facts->has_management = facts->has_management || (payload->ext.ext_type == MIKEY_EXT_BCAST &&
                                                              payload->ext.bcast_subtype == MIKEY_BCAST_LTKM);
        }
    }
    copy_key_id(message->key_domain_id, bytes, facts->key_domain, &facts->key_domain_length);
    copy_key_id(message->msk_id, bytes, facts->msk_id, &facts->msk_id_length);
}

/* Another version of MIKEY may mean anything; ICMP quotes what was seen before. */
static bool is_trackable(const mikey_message_t *message, const packet_info *pinfo)
{
    return message->has_header && message->version == MIKEY_VERSION && ltkm_is_ours(message->data_type) &&
           !pinfo->flags.in_error_pkt;
}

static void remember(packet_info *pinfo, tracked_message_t *tracked, const mikey_message_t *message,
                     const uint8_t *bytes, uint32_t length, const ltkm_origin_t *origin)
{
    ltkms_add(pinfo, tracked, message, bytes, length, origin);
    proofs_add(pinfo->pool, tracked, message, bytes, length);
}

void ltkm_track(packet_info *pinfo, const uint8_t *bytes, uint32_t length, const ltkm_origin_t *origin,
                tracked_message_t *tracked, rule_ltkm_t *facts)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    const mikey_message_t *message = mikey_message_parse(scratch, bytes, length);

    if (is_trackable(message, pinfo)) {
        remember(pinfo, tracked, message, bytes, length, origin);
    }
    if (facts) {
        tell_judges(message, bytes, facts);
    }
    wmem_destroy_allocator(scratch);
}

/* Findings that depend on what else is in the capture: judged anew each time, since more may have come. */
static void show_findings(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, proto_item *item,
                          const tracked_message_t *tracked)
{
    rule_findings_t findings = { .pool = pinfo->pool };

    packet_rules_judge(tracked, PINFO_FD_VISITED(pinfo), address_to_str(pinfo->pool, &pinfo->dst), &findings);
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        packet_rules_show(pinfo, tvb, tree, item, finding);
    }
}

static void show_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                         const uint8_t *bytes, const ltkm_view_t *view)
{
    proto_item *item = proto_tree_add_item(tree, proto_ltkm, tvb, 0, -1, ENC_NA);
    proto_tree *ltkm = proto_item_add_subtree(item, ett_ltkm);
    mikey_plain_t plain;

    proto_item_append_text(item, ": %s", summary(pinfo->pool, message, bytes, view->tracked));
    add_generated(tvb, pinfo, ltkm, message, bytes, view);
    if (view->tracked) {
        show_findings(tvb, pinfo, ltkm, item, view->tracked);
    }
    add_status(tvb, pinfo, ltkm, message, view->tracked);
    plain = message->kemac && message->kemac->kemac.encr_alg != MIKEY_ENCR_NULL
                ? decrypted(tvb, pinfo, view->tracked)
                : (mikey_plain_t){ 0 };
    mikey_tree_add(tvb, pinfo, ltkm, message, bytes, &plain);
}

void ltkm_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_view_t *view)
{
    uint32_t length = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)length);

    if (length >= 2 && !ltkm_is_ours(bytes[1])) {
        call_guarded(mikey_handle, tvb, pinfo, tree);
    } else {
        show_message(tvb, pinfo, tree, mikey_message_parse(pinfo->pool, bytes, length), bytes, view);
    }
}

const char *ltkm_summary(packet_info *pinfo, const uint8_t *bytes, uint32_t length,
                         const tracked_message_t *tracked)
{
    return summary(pinfo->pool, mikey_message_parse(pinfo->pool, bytes, length), bytes, tracked);
}

/* ---- taps ------------------------------------------------------------------------------------------- */

bool ltkm_tap_wanted(void)
{
    return have_tap_listener(ltkm_tap) || have_tap_listener(ltkm_export_tap) || packet_rules_tap_wanted();
}

/* "68c9:0001": a colon in the middle of four bytes. */
static void print_id(char *text, size_t size, const mikey_tlv_t *id, const uint8_t *bytes, bool halves)
{
    size_t at = 0;

    for (uint32_t i = 0; id && i < MIN(id->value.length, 8); i++) {
        const char *colon = halves && id->value.length == 4 && i == 2 ? ":" : "";

        at += (size_t)snprintf(text + at, size - at, "%s%02x", colon, bytes[id->value.offset + i]);
    }
}

ltkm_tap_row_t *ltkm_tap_row(packet_info *pinfo, const uint8_t *bytes, uint32_t length, uint32_t index,
                             const tracked_message_t *tracked)
{
    const mikey_message_t *message = mikey_message_parse(pinfo->pool, bytes, length);
    ltkm_tap_row_t *row = wmem_new0(pinfo->pool, ltkm_tap_row_t);

    row->tracked = tracked;
    row->index = index;
    row->bytes = bytes;
    row->length = length;
    print_id(row->key_domain, sizeof row->key_domain, message->key_domain_id, bytes, false);
    print_id(row->msk_id, sizeof row->msk_id, message->msk_id, bytes, true);
    return row;
}

void ltkm_tap_queue(packet_info *pinfo, const ltkm_tap_row_t *rows)
{
    if (rows) {
        tap_queue_packet(ltkm_tap, pinfo, rows);
        tap_queue_packet(ltkm_export_tap, pinfo, rows);
    }
}

void ltkm_tap_alone(packet_info *pinfo, const uint8_t *bytes, uint32_t length, uint32_t index,
                    const tracked_message_t *tracked)
{
    const ltkm_tap_row_t *row = ltkm_tap_wanted() ? ltkm_tap_row(pinfo, bytes, length, index, tracked) : NULL;

    ltkm_tap_queue(pinfo, row);
    packet_rules_tap(pinfo, NULL, NULL, row);
}

/* One object a file: frameN-ltkmM.mikey. */
static tap_packet_status export_ltkms(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data, tap_flags_t flags _U_)
{
    export_object_list_t *list = tapdata;
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;

    for (const ltkm_tap_row_t *row = data; row; row = row->next) {
        export_object_entry_t *entry;

        if (row->tracked->kind != MIKEY_KIND_LTKM && row->tracked->kind != MIKEY_KIND_LTKM_WITHOUT_KEY) {
            continue;
        }
        entry = g_new0(export_object_entry_t, 1);
        entry->pkt_num = pinfo->num;
        entry->hostname = g_strdup(row->tracked->host ? row->tracked->host->name : "");
        entry->content_type = g_strdup("application/mikey");
        entry->filename = g_strdup_printf("frame%u-ltkm%u.mikey", pinfo->num, MAX(row->index, 1));
        entry->payload_len = row->length;
        entry->payload_data = g_memdup2(row->bytes, row->length);
        list->add_entry(list->gui_data, entry);
        status = TAP_PACKET_REDRAW;
    }
    return status;
}

/* ---- UDP -------------------------------------------------------------------------------------------- */

/* The terminal is the receiver of an LTKM and the sender of a verification message. */
static const address *terminal_side(const packet_info *pinfo, const mikey_message_t *message)
{
    return message->kind == MIKEY_KIND_VERIFICATION ? &pinfo->src : &pinfo->dst;
}

static const terminal_t *find_terminal(packet_info *pinfo, const mikey_message_t *message,
                                       const uint8_t *bytes)
{
    mikey_range_t idr = message->idr ? message->idr->id.data : (mikey_range_t){ 0, 0 };

    return terminal_of_address(terminal_side(pinfo, message), bytes + idr.offset, idr.length);
}

static tracked_message_t *first_sight(packet_info *pinfo, const mikey_message_t *message,
                                      const uint8_t *bytes, uint32_t length, uint32_t ordinal)
{
    bool upwards = message->kind == MIKEY_KIND_VERIFICATION;
    ltkm_origin_t origin = {
        .transport = LTKM_TRANSPORT_UDP,
        .terminal = find_terminal(pinfo, message, bytes),
        .terminal_side = terminal_side(pinfo, message),
        .other_side = upwards ? &pinfo->dst : &pinfo->src,
    };
    tracked_message_t *tracked = wmem_new0(wmem_file_scope(), tracked_message_t);

    remember(pinfo, tracked, message, bytes, length, &origin);
    frame_record_set(pinfo, proto_ltkm, ordinal, tracked);
    return tracked;
}

static int dissect_message_over_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                    const mikey_message_t *message, const uint8_t *bytes)
{
    uint32_t length = tvb_captured_length(tvb);
    uint32_t ordinal = frame_record_ordinal(pinfo, proto_ltkm);
    const tracked_message_t *tracked = frame_record_get(pinfo, proto_ltkm, ordinal);
    ltkm_view_t view = { .transport = LTKM_TRANSPORT_UDP };

    if (!tracked && !PINFO_FD_VISITED(pinfo) && is_trackable(message, pinfo)) {
        tracked = first_sight(pinfo, message, bytes, length, ordinal);
    }
    view.tracked = tracked;
    view.terminal = tracked ? tracked->terminal : NULL;
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "LTKM");
    col_add_str(pinfo->cinfo, COL_INFO, summary(pinfo->pool, message, bytes, tracked));
    if (tree) {
        show_message(tvb, pinfo, tree, message, bytes, &view);
    }
    if (tracked) {
        ltkm_tap_alone(pinfo, bytes, length, 0, tracked);
    }
    /* Cut by the capture, not by the sender: says so in Wireshark's own way. */
    if (length < tvb_reported_length(tvb)) {
        tvb_ensure_bytes_exist(tvb, (int)length, 1);
    }
    return (int)length;
}

/* Whether what came to one of the MIKEY ports is MIKEY: by its first two bytes, or, in another version, by a
 * chain of payloads that ends with the message. */
static bool looks_like_mikey(const uint8_t *bytes, uint32_t length, const mikey_message_t *message)
{
    return length >= 2 && mikey_name(MIKEY_NAMES_DATA_TYPE, bytes[1]) &&
           (bytes[0] == MIKEY_VERSION || (message->complete && message->n_faults == 1));
}

static int dissect_ltkm_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    uint32_t length = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)length);

    const mikey_message_t *message = mikey_message_parse(pinfo->pool, bytes, length);

    if (!looks_like_mikey(bytes, length, message)) {
        return 0;
    }
    if (!ltkm_is_ours(bytes[1])) {
        return call_dissector_only(mikey_handle, tvb, pinfo, tree, NULL);
    }
    return dissect_message_over_udp(tvb, pinfo, tree, message, bytes);
}

/* Of any other port: after the first LTKM or procedure, only what is MIKEY to its last byte or answers a
 * known LTKM. */
static bool is_convincing(const mikey_message_t *message)
{
    if (message->kind == MIKEY_KIND_OTHER || message->kind == MIKEY_KIND_UNKNOWN) {
        return false;
    }
    return (message->complete && message->n_faults == 0) || ltkms_knows(message);
}

static compat_bool_t dissect_ltkm_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    static bool accepted;
    uint32_t length = tvb_captured_length(tvb);
    uint32_t ordinal;

    if (length < MIKEY_HEADER_SIZE || tvb_get_uint8(tvb, 0) != MIKEY_VERSION ||
        !ltkm_is_ours(tvb_get_uint8(tvb, 1))) {
        return FALSE;
    }
    ordinal = frame_record_ordinal(pinfo, proto_ltkm_udp);
    if (!PINFO_FD_VISITED(pinfo) && (ltkms_any() || terminals_any()) &&
        is_convincing(mikey_message_parse(pinfo->pool, tvb_get_ptr(tvb, 0, (int)length), length))) {
        frame_record_set(pinfo, proto_ltkm_udp, ordinal, &accepted);
    }
    return frame_record_get(pinfo, proto_ltkm_udp, ordinal) &&
           call_dissector_only(ltkm_handle, tvb, pinfo, tree, data) > 0;
}

/* ---- registration ----------------------------------------------------------------------------------- */

void ltkm_register(void)
{
    static hf_register_info hf[] = {
        { &hf_ltkm_message,
          { "Message", "ltkm.message", FT_UINT8, BASE_DEC, VALS(message_vals), 0,
            "What the MIKEY message is for", HFILL } },
        { &hf_ltkm_terminal,
          { "Terminal", "ltkm.terminal", FT_STRING, BASE_NONE, NULL, 0, "B-TID or address of the terminal",
            HFILL } },
        { &hf_ltkm_transport,
          { "Transport", "ltkm.transport", FT_UINT8, BASE_DEC, VALS(transport_vals), 0,
            "How it came, in the numbers of the LTKM delivery types", HFILL } },
        { &hf_ltkm_index,
          { "Index", "ltkm.index", FT_UINT32, BASE_DEC, NULL, 0,
            "Position among the LTKM elements of the body, from 1", HFILL } },
        { &hf_ltkm_id,
          { "Correlation ID", "ltkm.id", FT_STRING, BASE_NONE, NULL, 0,
            "CSB ID and T: the same in an LTKM and in its verification message", HFILL } },
        { &hf_ltkm_idi,
          { "Initiator", "ltkm.idi", FT_STRING, BASE_NONE, NULL, 0, "First ID payload (IDi): the BSM",
            HFILL } },
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
          { "Grant in", "ltkm.grant_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "Registration response whose delivery grant was in force for this LTKM", HFILL } },
        { &hf_ltkm_duplicate_of,
          { "Duplicate of", "ltkm.duplicate_of", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV), 0, "The same bytes, seen before", HFILL } },
        { &hf_ltkm_mac_status,
          { "MAC status", "ltkm.mac_status", FT_UINT8, BASE_NONE, VALS(proto_checksum_vals), 0,
            "MAC of KEMAC under the keys of the table", HFILL } },
        { &hf_ltkm_v_status,
          { "V status", "ltkm.v_status", FT_UINT8, BASE_NONE, VALS(proto_checksum_vals), 0,
            "MAC of the verification message under the key of its LTKM", HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_ltkm_mac_bad,
          { "ltkm.mac_bad", PI_CHECKSUM, PI_ERROR, "The MAC is wrong under the key given", EXPFILL } },
    };
    static int *ett[] = { &ett_ltkm };
    module_t *preferences;
    expert_module_t *expert;

    proto_ltkm = proto_register_protocol("OMA BCAST Long-Term Key Message", "LTKM", "ltkm");
    proto_ltkm_udp = proto_register_protocol("LTKM on any UDP port", "LTKM-UDP", "ltkm_udp");
    proto_register_field_array(proto_ltkm, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto_ltkm);
    expert_register_field_array(expert, ei, array_length(ei));
    mikey_tree_register(proto_ltkm, expert);
    ltkm_handle = register_dissector("ltkm", dissect_ltkm_udp, proto_ltkm);
    preferences = prefs_register_protocol(proto_ltkm, NULL);
    prefs_register_uint_preference(
        preferences, "verification_timeout", "Time-out for verification messages (seconds)",
        "Seconds without a verification message before rule R53 speaks.", 10, &verification_timeout);
    key_table_register(preferences);
    ltkm_tap = register_tap("ltkm");
    ltkm_export_tap = register_export_object(proto_ltkm, export_ltkms, NULL);
    ltkms_register();
    terminals_register();
    host_names_register();
    capture_clock_register();
    proofs_register();
}

void ltkm_handoff(void)
{
    mikey_handle = find_dissector("mikey");
    mikey_fields_handoff(proto_ltkm);
    host_names_handoff();
    dissector_add_uint_range_with_preference("udp.port", LTKM_UDP_PORTS, ltkm_handle);
    heur_dissector_add("udp", dissect_ltkm_heur, "LTKM or verification message on any UDP port", "ltkm_udp",
                       proto_ltkm_udp, HEURISTIC_ENABLE);
}
