/* mikey-tree.c
 * One function per payload, all with the same signature, reached through a table by payload number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/mikey-tree.h"

#include <epan/expert.h>
#include <epan/tfs.h>

#include "mikey/identifiers.h"
#include "mikey/mikey-names.h"
#include "packet/audience.h"
#include "packet/key-format.h"
#include "packet/mikey-fields.h"

/* The tables of names serve as value strings. */
_Static_assert(sizeof(mikey_name_t) == sizeof(value_string) &&
                   offsetof(mikey_name_t, value) == offsetof(value_string, value) &&
                   offsetof(mikey_name_t, name) == offsetof(value_string, strptr),
               "mikey_name_t is laid out as value_string");

/* Wireshark's own is data of another library, of which Windows has no address at compile time. */
static const true_false_string set_or_not = { "Set", "Not set" };

static int hf_ltkm_counter = -1;
static int hf_ltkm_key_id = -1;
static int hf_ltkm_key_id_type = -1;
static int hf_ltkm_key_id_len = -1;
static int hf_ltkm_key_domain_id = -1;
static int hf_ltkm_msk_id = -1;
static int hf_ltkm_key_group = -1;
static int hf_ltkm_key_number = -1;
static int hf_ltkm_mtk_id = -1;
static int hf_ltkm_bcast_subtype = -1;
static int hf_ltkm_bcast_data = -1;
static int hf_ltkm_validity_low = -1;
static int hf_ltkm_validity_high = -1;
static int hf_ltkm_hash_func = -1;
static int hf_ltkm_hash = -1;
static int hf_ltkm_cs = -1;
static int hf_ltkm_cs_id = -1;
static int hf_ltkm_cs_prot_type = -1;
static int hf_ltkm_cs_s_flag = -1;
static int hf_ltkm_cs_policy_count = -1;
static int hf_ltkm_cs_policies = -1;
static int hf_ltkm_cs_session_data_len = -1;
static int hf_ltkm_cs_session_data = -1;
static int hf_ltkm_cs_seq = -1;
static int hf_ltkm_cs_spi_len = -1;
static int hf_ltkm_cs_spi = -1;
static int hf_ltkm_payload_data = -1;
static int hf_ltkm_trailing = -1;

static int ett_mikey = -1;
static int ett_mikey_payload = -1;
static int ett_mikey_entry = -1;
static int ett_mikey_data = -1;

static expert_field ei_ltkm_malformed = EI_INIT;
static expert_field ei_ltkm_unknown_payload = EI_INIT;
static expert_field ei_ltkm_trailing_bytes = EI_INIT;
static expert_field ei_ltkm_key_id_length = EI_INIT;

typedef struct {
    tvbuff_t *tvb;
    packet_info *pinfo;
    const mikey_message_t *message;
    const uint8_t *bytes; /* of |tvb|: the message's, or of decrypted key data */
    const mikey_plain_t *plain;
} view_t;

typedef void (*payload_view_t)(const view_t *view, proto_tree *tree, const mikey_payload_t *payload);

static mikey_range_t range_of(uint32_t offset, uint32_t length)
{
    return (mikey_range_t){ offset, length };
}

static proto_item *add_item(const view_t *view, proto_tree *tree, int hf, mikey_range_t range)
{
    return proto_tree_add_item(tree, hf, view->tvb, (int)range.offset, (int)range.length, ENC_BIG_ENDIAN);
}

/* A number of one of stock's fields with its name, which stock's own table may lack; |value| is unshifted
 * where the field has a mask. */
static proto_item *add_named(const view_t *view, proto_tree *tree, int hf, mikey_range_t range,
                             uint32_t value, const mikey_name_t *names, uint32_t code)
{
    return proto_tree_add_uint_format_value(tree, hf, view->tvb, (int)range.offset, (int)range.length, value,
                                            "%s (%u)", mikey_name_or_unknown(names, code), code);
}

static proto_item *add_code(const view_t *view, proto_tree *tree, int hf, uint32_t offset,
                            const mikey_name_t *names)
{
    return add_named(view, tree, hf, range_of(offset, 1), view->bytes[offset], names, view->bytes[offset]);
}

static void add_next_payload(const view_t *view, proto_tree *tree, uint32_t offset)
{
    add_code(view, tree, mikey_fields.next_payload, offset, mikey_payloads);
}

/* The item only where there are bytes: an empty one would say "<MISSING>". */
static void add_bytes(const view_t *view, proto_tree *tree, int hf, mikey_range_t range)
{
    if (range.length > 0) {
        add_item(view, tree, hf, range);
    }
}

/* ---- faults ------------------------------------------------------------------------------------------ */

/* What a fault was found in. */
static const char *where(const mikey_fault_t *fault)
{
    return fault->payload == MIKEY_PAYLOAD_LAST ? "Common Header (HDR)"
                                                : mikey_name_or_unknown(mikey_payloads, fault->payload);
}

/* The fault in a sentence, for its expert item. */
static const char *fault_text(wmem_allocator_t *pool, const mikey_fault_t *fault)
{
    switch (fault->code) {
    case MIKEY_FAULT_SHORT:
        return wmem_strdup_printf(pool, "%s: %u bytes wanted, which reach beyond the end", where(fault),
                                  fault->value);
    case MIKEY_FAULT_VERSION:
        return wmem_strdup_printf(pool, "Version %u where MIKEY has %u", fault->value, MIKEY_VERSION);
    case MIKEY_FAULT_MAP_TYPE:
        return wmem_strdup_printf(pool, "CS ID map type %u: its length is not known, the rest is not decoded",
                                  fault->value);
    case MIKEY_FAULT_PAYLOAD_TYPE:
        return wmem_strdup_printf(pool,
                                  "Payload %s (%u) is not decoded in this message, nor is what follows it",
                                  mikey_name_or_unknown(mikey_payloads, fault->value), fault->value);
    case MIKEY_FAULT_ALGORITHM:
        return wmem_strdup_printf(
            pool, "%s: algorithm or type %u is not known, nor the length of what depends on it", where(fault),
            fault->value);
    case MIKEY_FAULT_TOO_MANY:
        return wmem_strdup_printf(pool, "More than %d payloads or entries: the rest is not decoded",
                                  MIKEY_MAX_PAYLOADS);
    case MIKEY_FAULT_TRAILING:
        return wmem_strdup_printf(pool, "%u bytes after the last payload", fault->range.length);
    }
    return "";
}

/* What is said of a fault, and the field that shows the bytes that were not decoded; NULL: there are none, or
 * they are inside a payload that is. */
static const struct {
    expert_field *expert;
    const int *hf;
} fault_rows[] = {
    [MIKEY_FAULT_SHORT] = { &ei_ltkm_malformed, NULL },
    [MIKEY_FAULT_VERSION] = { &ei_ltkm_malformed, NULL },
    [MIKEY_FAULT_MAP_TYPE] = { &ei_ltkm_unknown_payload, &hf_ltkm_payload_data },
    [MIKEY_FAULT_PAYLOAD_TYPE] = { &ei_ltkm_unknown_payload, &hf_ltkm_payload_data },
    [MIKEY_FAULT_ALGORITHM] = { &ei_ltkm_unknown_payload, &hf_ltkm_payload_data },
    [MIKEY_FAULT_TOO_MANY] = { &ei_ltkm_malformed, NULL },
    [MIKEY_FAULT_TRAILING] = { &ei_ltkm_trailing_bytes, &hf_ltkm_trailing },
};

static void add_fault(const view_t *view, proto_tree *tree, const mikey_fault_t *fault)
{
    const int *hf = fault_rows[fault->code].hf;
    expert_field *expert = fault_rows[fault->code].expert;
    const char *text = fault_text(view->pinfo->pool, fault);

    if (hf) {
        expert_add_info_format(view->pinfo, add_item(view, tree, *hf, fault->range), expert, "%s", text);
    } else {
        proto_tree_add_expert_format(tree, view->pinfo, expert, view->tvb, (int)fault->range.offset,
                                     (int)fault->range.length, "%s", text);
    }
}

static bool is_within(mikey_range_t part, mikey_range_t whole)
{
    return part.length > 0 && part.offset >= whole.offset &&
           part.offset + part.length <= whole.offset + whole.length;
}

/* The payload that a fault is inside of: one of its type that has its bytes; NULL: it is the message's. */
static const mikey_payload_t *payload_at_fault(const mikey_message_t *message, const mikey_fault_t *fault)
{
    for (uint32_t i = 0; fault->payload != MIKEY_PAYLOAD_LAST && i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        if (payload->type == fault->payload && is_within(fault->range, payload->range)) {
            return payload;
        }
    }
    return NULL;
}

/* What the capture cut is no fault of the sender. */
static bool is_of_sender(const mikey_message_t *message, const mikey_fault_t *fault, bool cut_by_capture)
{
    return fault->code != MIKEY_FAULT_SHORT || message->complete || !cut_by_capture;
}

/* Those of |payload|, or of the message itself. */
static void add_faults(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    const mikey_message_t *message = view->message;
    bool cut_by_capture = tvb_captured_length(view->tvb) < tvb_reported_length(view->tvb);

    for (uint32_t i = 0; i < message->n_faults; i++) {
        const mikey_fault_t *fault = &message->faults[i];

        if (payload_at_fault(message, fault) == payload && is_of_sender(message, fault, cut_by_capture)) {
            add_fault(view, tree, fault);
        }
    }
}

bool mikey_tree_is_malformed(const mikey_message_t *message, bool cut_by_capture)
{
    for (uint32_t i = 0; i < message->n_faults; i++) {
        if (is_of_sender(message, &message->faults[i], cut_by_capture)) {
            return true;
        }
    }
    return false;
}

/* ---- HDR (RFC 3830 §6.1) ---------------------------------------------------------------------------- */

/* RFC 3830 §6.1.1: policy, SSRC and ROC of one crypto session. */
static void add_srtp_id(const view_t *view, proto_tree *tree, const mikey_cs_t *cs)
{
    uint32_t at = cs->range.offset;
    proto_tree *entry =
        proto_item_add_subtree(add_item(view, tree, mikey_fields.srtp_id, cs->range), ett_mikey_entry);

    proto_item_append_text(entry, ": Policy: %u, SSRC: 0x%x, ROC: 0x%x", cs->policy_no, cs->ssrc, cs->roc);
    add_item(view, entry, mikey_fields.srtp_id_policy_no, range_of(at, 1));
    add_item(view, entry, mikey_fields.srtp_id_ssrc, range_of(at + 1, 4));
    add_item(view, entry, mikey_fields.srtp_id_roc, range_of(at + 5, 4));
}

/* SSRC, and with it ROC and SEQ, where the session data of an SRTP session has just their length (RFC 6043
 * §6.1.1). */
static void add_srtp_session(const view_t *view, proto_tree *tree, mikey_range_t data)
{
    proto_item *items[3] = { NULL };

    if (data.length != 4 && data.length != 10) {
        return;
    }
    items[0] = add_item(view, tree, mikey_fields.srtp_id_ssrc, range_of(data.offset, 4));
    if (data.length == 10) {
        items[1] = add_item(view, tree, mikey_fields.srtp_id_roc, range_of(data.offset + 4, 4));
        items[2] = add_item(view, tree, hf_ltkm_cs_seq, range_of(data.offset + 8, 2));
    }
    for (size_t i = 0; i < array_length(items) && items[i]; i++) {
        proto_item_set_generated(items[i]);
    }
}

/* RFC 6043 §6.1.1: one crypto session of any protocol, its policies, data and SPI. */
static void add_generic_id(const view_t *view, proto_tree *tree, const mikey_cs_t *cs)
{
    uint32_t at = cs->range.offset;
    proto_tree *entry = proto_item_add_subtree(add_item(view, tree, hf_ltkm_cs, cs->range), ett_mikey_entry);

    proto_item_append_text(entry, ": %u, %s", cs->cs_id,
                           mikey_name_or_unknown(mikey_prot_types, cs->prot_type));
    add_item(view, entry, hf_ltkm_cs_id, range_of(at, 1));
    add_item(view, entry, hf_ltkm_cs_prot_type, range_of(at + 1, 1));
    add_item(view, entry, hf_ltkm_cs_s_flag, range_of(at + 2, 1));
    add_item(view, entry, hf_ltkm_cs_policy_count, range_of(at + 2, 1));
    add_bytes(view, entry, hf_ltkm_cs_policies, cs->policies);
    add_item(view, entry, hf_ltkm_cs_session_data_len, range_of(cs->session_data.offset - 2, 2));
    add_bytes(view, entry, hf_ltkm_cs_session_data, cs->session_data);
    if (cs->prot_type == 0) {
        add_srtp_session(view, entry, cs->session_data);
    }
    add_item(view, entry, hf_ltkm_cs_spi_len, range_of(cs->spi.offset - 1, 1));
    add_bytes(view, entry, hf_ltkm_cs_spi, cs->spi);
}

/* RFC 3830 §6.1: HDR, which every message begins with, and its CS ID map. */
static void add_header(const view_t *view, proto_tree *tree)
{
    const mikey_message_t *message = view->message;
    proto_tree *header;

    header =
        proto_item_add_subtree(add_item(view, tree, mikey_fields.hdr, message->header), ett_mikey_payload);
    proto_item_append_text(header, " Type: %s", mikey_name_or_unknown(mikey_data_types, message->data_type));
    add_item(view, header, mikey_fields.version, range_of(0, 1));
    add_code(view, header, mikey_fields.type, 1, mikey_data_types);
    add_next_payload(view, header, 2);
    proto_tree_add_boolean_format_value(header, mikey_fields.v_set, view->tvb, 3, 1, view->bytes[3], "%s",
                                        message->v_flag ? "Set: a verification message is requested"
                                                        : "Not set");
    add_named(view, header, mikey_fields.prf_func, range_of(3, 1), view->bytes[3], mikey_prfs,
              message->prf_func);
    add_item(view, header, mikey_fields.csb_id, range_of(4, 4));
    add_item(view, header, mikey_fields.cs_count, range_of(8, 1));
    add_code(view, header, mikey_fields.cs_id_map_type, 9, mikey_map_types);
    for (uint32_t i = 0; i < message->n_cs; i++) {
        if (message->map_type == MIKEY_MAP_SRTP_ID) {
            add_srtp_id(view, header, &message->cs[i]);
        } else {
            add_generic_id(view, header, &message->cs[i]);
        }
    }
}

/* ---- KEMAC (§6.2) and key data (§6.13) -------------------------------------------------------------- */

/* A limit of an interval as a number; how many bytes it has is the sender's choice (RFC 3830 §6.14). */
static void add_limit(const view_t *view, proto_tree *tree, int hf, mikey_range_t range)
{
    if (range.length > 0 && range.length <= 8) {
        proto_item_set_generated(proto_tree_add_uint64(tree, hf, view->tvb, (int)range.offset,
                                                       (int)range.length, mikey_number(view->bytes, range)));
    }
}

/* A length and its bytes; the length is the |size| bytes before them. */
static void add_sized(const view_t *view, proto_tree *tree, int hf_length, uint32_t size, int hf,
                      mikey_range_t range)
{
    add_item(view, tree, hf_length, range_of(range.offset - size, size));
    add_bytes(view, tree, hf, range);
}

/* TS 33.246 §6.3.2.1B: an interval that ends before it begins takes the key back. */
static bool invalidates(const view_t *view, const mikey_key_data_t *key)
{
    return key->kv == MIKEY_KV_INTERVAL && key->kv_from.length <= 8 && key->kv_to.length <= 8 &&
           mikey_number(view->bytes, key->kv_from) > mikey_number(view->bytes, key->kv_to);
}

/* RFC 3830 §6.13, and §6.14 for the key's validity: one key with its salt. */
static void add_key_data(const view_t *view, proto_tree *tree, const mikey_key_data_t *key)
{
    uint32_t at = key->range.offset;
    proto_tree *entry =
        proto_item_add_subtree(add_item(view, tree, mikey_fields.key, key->range), ett_mikey_payload);

    proto_item_append_text(entry, " Type: %s%s", mikey_name_or_unknown(mikey_key_data_types, key->type),
                           invalidates(view, key) ? " (invalidates the key)" : "");
    add_next_payload(view, entry, at);
    add_named(view, entry, mikey_fields.key_type, range_of(at + 1, 1), view->bytes[at + 1],
              mikey_key_data_types, key->type);
    add_named(view, entry, mikey_fields.key_kv, range_of(at + 1, 1), view->bytes[at + 1], mikey_kvs, key->kv);
    add_sized(view, entry, mikey_fields.key_data_len, 2, mikey_fields.key_data, key->key);
    if (key->has_salt) {
        add_sized(view, entry, mikey_fields.key_salt_len, 2, mikey_fields.key_salt, key->salt);
    }
    if (key->kv == MIKEY_KV_SPI) {
        add_sized(view, entry, mikey_fields.key_kv_spi_len, 1, mikey_fields.key_kv_spi, key->spi);
    }
    if (key->kv == MIKEY_KV_INTERVAL) {
        add_sized(view, entry, mikey_fields.key_kv_from_len, 1, mikey_fields.key_kv_from, key->kv_from);
        add_limit(view, entry, hf_ltkm_validity_low, key->kv_from);
        add_sized(view, entry, mikey_fields.key_kv_to_len, 1, mikey_fields.key_kv_to, key->kv_to);
        add_limit(view, entry, hf_ltkm_validity_high, key->kv_to);
    }
}

/* Under the encrypted data what is in it, where that is known. */
static void add_encrypted(const view_t *view, proto_item *item)
{
    const mikey_plain_t *plain = view->plain;
    view_t decrypted = { plain->tvb, view->pinfo, view->message, plain->bytes, plain };
    mikey_key_data_t *keys;
    uint32_t n_keys;
    mikey_fault_t fault;
    proto_tree *tree;

    if (plain->remark) {
        proto_item_append_text(item, " (%s)", plain->remark);
    }
    if (!plain->tvb) {
        return;
    }
    tree = proto_item_add_subtree(item, ett_mikey_data);
    if (!mikey_key_data_parse(view->pinfo->pool, plain->bytes, range_of(0, plain->length), &keys, &n_keys,
                              &fault)) {
        add_fault(&decrypted, tree, &fault);
    }
    for (uint32_t i = 0; i < n_keys; i++) {
        add_key_data(&decrypted, tree, &keys[i]);
    }
}

/* RFC 3830 §6.2: the keys, open or encrypted, and the MAC over the message. */
static void add_kemac(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    const mikey_kemac_t *kemac = &payload->kemac;
    uint32_t at = payload->range.offset;
    uint32_t mac_alg = kemac->encr_data.offset + kemac->encr_data.length;

    add_next_payload(view, tree, at);
    add_code(view, tree, mikey_fields.kemac_encr_alg, at + 1, mikey_encr_algs);
    add_item(view, tree, mikey_fields.kemac_key_data_len, range_of(at + 2, 2));
    for (uint32_t i = 0; i < kemac->n_keys; i++) {
        add_key_data(view, tree, &kemac->keys[i]);
    }
    if (kemac->n_keys == 0 && kemac->encr_data.length > 0) {
        add_encrypted(view, add_item(view, tree, mikey_fields.kemac_key_data, kemac->encr_data));
    }
    add_code(view, tree, mikey_fields.kemac_mac_alg, mac_alg, mikey_mac_algs);
    add_bytes(view, tree, mikey_fields.kemac_mac, kemac->mac);
    if (kemac->encr_data.length == 0) {
        proto_item_append_text(tree, ": no key");
    }
}

/* ---- T, ID, RAND, V, CHASH, SIGN, ERR (§6.5–6.9, 6.11, 6.12) ---------------------------------------- */

/* RFC 3830 §6.6, type 3 RFC 6043 table 6.8: a time, or in MBMS the counter against replays. */
static void add_t(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    const mikey_timestamp_t *t = &payload->t;
    uint32_t at = payload->range.offset;
    int offset = (int)t->value.offset;

    add_next_payload(view, tree, at);
    add_code(view, tree, mikey_fields.t_ts_type, at + 1, mikey_ts_types);
    proto_item_append_text(tree, " Type: %s", mikey_name_or_unknown(mikey_ts_types, t->ts_type));
    switch (t->ts_type) {
    case MIKEY_TS_COUNTER:
        add_item(view, tree, hf_ltkm_counter, t->value);
        proto_item_append_text(tree, ", %u", (uint32_t)t->number);
        break;
    case MIKEY_TS_NTP_UTC_32:
        proto_tree_add_item(tree, mikey_fields.t_ntp, view->tvb, offset, 4,
                            ENC_TIME_SECS_NTP | ENC_BIG_ENDIAN);
        break;
    default:
        proto_tree_add_item(tree, mikey_fields.t_ntp, view->tvb, offset, 8, ENC_TIME_NTP | ENC_BIG_ENDIAN);
        break;
    }
}

/* RFC 3830 §6.7: IDi or IDr, which position alone tells. */
static void add_id(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    uint32_t at = payload->range.offset;
    const uint8_t *text = NULL;
    const char *role = payload == view->message->idi ? "i" : payload == view->message->idr ? "r" : "";

    add_next_payload(view, tree, at);
    add_code(view, tree, mikey_fields.id_type, at + 1, mikey_id_types);
    add_item(view, tree, mikey_fields.id_len, range_of(at + 2, 2));
    proto_tree_add_item_ret_string(tree, mikey_fields.id_data, view->tvb, (int)payload->id.data.offset,
                                   (int)payload->id.data.length, ENC_UTF_8, view->pinfo->pool, &text);
    proto_item_append_text(tree, "%s %s: %s", role,
                           mikey_name_or_unknown(mikey_id_types, payload->id.id_type), (const char *)text);
}

/* RFC 3830 §6.11: what transport keys are derived with. */
static void add_rand(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    add_next_payload(view, tree, payload->range.offset);
    add_sized(view, tree, mikey_fields.rand_len, 1, mikey_fields.rand_data, payload->rand);
}

/* RFC 3830 §6.9: the MAC by which the responder proves that he has the key. */
static void add_v(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    add_next_payload(view, tree, payload->range.offset);
    add_code(view, tree, mikey_fields.v_auth_alg, payload->range.offset + 1, mikey_mac_algs);
    add_bytes(view, tree, mikey_fields.v_ver_data, payload->v.data);
}

/* RFC 3830 §6.8: the hash of a certificate. */
static void add_chash(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    add_next_payload(view, tree, payload->range.offset);
    add_item(view, tree, hf_ltkm_hash_func, range_of(payload->range.offset + 1, 1));
    add_bytes(view, tree, hf_ltkm_hash, payload->chash.data);
}

/* RFC 3830 §6.5: a signature; without a next payload byte, for it ends the message. */
static void add_sign(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    mikey_range_t head = range_of(payload->range.offset, 2);

    add_named(view, tree, mikey_fields.sign_type, head, (uint32_t)mikey_number(view->bytes, head),
              mikey_sign_types, payload->sign.alg);
    add_item(view, tree, mikey_fields.sign_len, head);
    add_bytes(view, tree, mikey_fields.sign_data, payload->sign.data);
}

/* RFC 3830 §6.12: what the sender could not do with the message before. */
static void add_err(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    add_next_payload(view, tree, payload->range.offset);
    add_code(view, tree, mikey_fields.err_no, payload->range.offset + 1, mikey_errors);
    add_bytes(view, tree, mikey_fields.err_reserved, payload->err.reserved);
    proto_item_append_text(tree, ": %s", mikey_name_or_unknown(mikey_errors, payload->err.no));
}

/* ---- SP (§6.10) ------------------------------------------------------------------------------------- */

typedef struct {
    const int *hf;
    const mikey_name_t *names; /* of its values; NULL for a number */
} srtp_param_t;

/* By parameter type, §6.10.1. */
static const srtp_param_t srtp_params[] = {
    { &mikey_fields.sp_encr_alg, mikey_srtp_encrs },
    { &mikey_fields.sp_encr_len, NULL },
    { &mikey_fields.sp_auth_alg, mikey_srtp_auths },
    { &mikey_fields.sp_auth_key_len, NULL },
    { &mikey_fields.sp_salt_len, NULL },
    { &mikey_fields.sp_prf, mikey_srtp_prfs },
    { &mikey_fields.sp_kd_rate, NULL },
    { &mikey_fields.sp_srtp_encr, mikey_on_off },
    { &mikey_fields.sp_srtcp_encr, mikey_on_off },
    { &mikey_fields.sp_fec, mikey_fec_orders },
    { &mikey_fields.sp_srtp_auth, mikey_on_off },
    { &mikey_fields.sp_auth_tag_len, NULL },
    { &mikey_fields.sp_srtp_prefix, NULL },
};

/* RFC 3830 §6.10.1: one parameter under its name, or as bytes where its meaning is not known. */
static proto_item *add_param_value(const view_t *view, proto_tree *tree, const mikey_sp_t *sp,
                                   const mikey_tlv_t *param)
{
    const srtp_param_t *known = NULL;

    if (sp->prot_type == 0 && param->type < array_length(srtp_params) && param->value.length == 1) {
        known = &srtp_params[param->type];
    }
    if (!known) {
        return add_item(view, tree, mikey_fields.sp_param, param->value);
    }
    if (!known->names) {
        return add_item(view, tree, *known->hf, param->value);
    }
    return add_code(view, tree, *known->hf, param->value.offset, known->names);
}

/* RFC 3830 §6.10: a security policy, parameter by parameter. */
static void add_sp(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    const mikey_sp_t *sp = &payload->sp;
    uint32_t at = payload->range.offset;

    add_next_payload(view, tree, at);
    add_item(view, tree, mikey_fields.sp_no, range_of(at + 1, 1));
    add_code(view, tree, mikey_fields.sp_proto_type, at + 2, mikey_prot_types);
    add_item(view, tree, mikey_fields.sp_param_len, range_of(at + 3, 2));
    proto_item_append_text(tree, " No: %u, Type: %s", sp->policy_no,
                           mikey_name_or_unknown(mikey_prot_types, sp->prot_type));
    for (uint32_t i = 0; i < sp->n_params; i++) {
        const mikey_tlv_t *param = &sp->params[i];
        proto_tree *entry = proto_item_add_subtree(add_param_value(view, tree, sp, param), ett_mikey_entry);

        if (sp->prot_type == 0) {
            add_code(view, entry, mikey_fields.sp_param_type, param->range.offset, mikey_srtp_params);
        } else {
            add_item(view, entry, mikey_fields.sp_param_type, range_of(param->range.offset, 1));
        }
        add_item(view, entry, mikey_fields.sp_param_length, range_of(param->range.offset + 1, 1));
    }
}

/* ---- EXT (§6.15): key IDs (RFC 4563 §4), OMA BCAST (RFC 5410 §3) ------------------------------------ */

/* TS 33.246 §6.3.2 fixes the lengths; other ones are shown all the same. */
static const uint8_t key_id_lengths[] = {
    [MIKEY_KEY_ID_DOMAIN] = 3, [MIKEY_KEY_ID_MSK] = 4, [MIKEY_KEY_ID_MTK] = 2
};

static bool is_of_unusual_length(const mikey_tlv_t *id)
{
    return id->type < array_length(key_id_lengths) && id->value.length != key_id_lengths[id->type];
}

static void check_key_id_length(const view_t *view, proto_item *item, const mikey_tlv_t *id)
{
    if (is_of_unusual_length(id)) {
        expert_add_info_format(view->pinfo, item, &ei_ltkm_key_id_length, "%s of %u bytes where MBMS has %u",
                               mikey_name_or_unknown(mikey_key_id_types, id->type), id->value.length,
                               key_id_lengths[id->type]);
    }
}

/* TS 33.246 §6.3.2.1: MCC and MNC of the network that gives the keys. */
static void add_key_domain_id(const view_t *view, proto_tree *tree, const mikey_tlv_t *id)
{
    proto_item *item = add_item(view, tree, hf_ltkm_key_domain_id, id->value);
    char plmn[KEY_DOMAIN_TEXT_SIZE];

    if (key_domain_plmn(view->bytes + id->value.offset, id->value.length, plmn)) {
        proto_item_append_text(item, " (%s)", plmn);
    }
    check_key_id_length(view, item, id);
}

/* TS 33.246 §6.3.2.1: Key Group and Key Number, two bytes each. */
static void add_msk_id(const view_t *view, proto_tree *tree, const mikey_tlv_t *id)
{
    proto_item *item = add_item(view, tree, hf_ltkm_msk_id, id->value);
    proto_tree *parts;

    check_key_id_length(view, item, id);
    if (id->value.length == 4) {
        parts = proto_item_add_subtree(item, ett_mikey_entry);
        add_item(view, parts, hf_ltkm_key_group, range_of(id->value.offset, 2));
        add_item(view, parts, hf_ltkm_key_number, range_of(id->value.offset + 2, 2));
    }
}

/* TS 33.246 §6.3.3.1: the number of a traffic key under its service key. */
static void add_mtk_id(const view_t *view, proto_tree *tree, const mikey_tlv_t *id)
{
    int hf = id->value.length == 2 ? hf_ltkm_mtk_id : hf_ltkm_payload_data;

    check_key_id_length(view, add_item(view, tree, hf, id->value), id);
}

/* RFC 4563 §4: one entry of the Key ID information. */
static void add_key_id(const view_t *view, proto_tree *tree, const mikey_tlv_t *id)
{
    uint32_t at = id->range.offset;
    proto_tree *entry =
        proto_item_add_subtree(add_item(view, tree, hf_ltkm_key_id, id->range), ett_mikey_entry);

    proto_item_append_text(entry, ": %s", mikey_name_or_unknown(mikey_key_id_types, id->type));
    if (id->value.length > 0) {
        proto_item_append_text(
            entry, " %s",
            tvb_bytes_to_str(view->pinfo->pool, view->tvb, (int)id->value.offset, (int)id->value.length));
    }
    add_item(view, entry, hf_ltkm_key_id_type, range_of(at, 1));
    add_item(view, entry, hf_ltkm_key_id_len, range_of(at + 1, 1));
    switch (id->type) {
    case MIKEY_KEY_ID_DOMAIN:
        add_key_domain_id(view, entry, id);
        break;
    case MIKEY_KEY_ID_MSK:
        add_msk_id(view, entry, id);
        break;
    case MIKEY_KEY_ID_MTK:
        add_mtk_id(view, entry, id);
        break;
    default:
        add_bytes(view, entry, hf_ltkm_payload_data, id->value);
        break;
    }
}

/* RFC 3830 §6.15: Key IDs (type 3), OMA BCAST (type 5), SDP ids (type 1), and any other type as bytes. */
static void add_ext(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    const mikey_ext_t *ext = &payload->ext;
    uint32_t at = payload->range.offset;
    proto_tree *data;

    add_next_payload(view, tree, at);
    add_code(view, tree, mikey_fields.ext_type, at + 1, mikey_ext_types);
    add_item(view, tree, mikey_fields.ext_len, range_of(at + 2, 2));
    proto_item_append_text(tree, " Type: %s", mikey_name_or_unknown(mikey_ext_types, ext->ext_type));
    if (ext->data.length == 0) {
        return;
    }
    if (ext->ext_type == MIKEY_EXT_SDP_IDS) {
        proto_tree_add_item(tree, mikey_fields.ext_value, view->tvb, (int)ext->data.offset,
                            (int)ext->data.length, ENC_UTF_8);
        return;
    }
    data = proto_item_add_subtree(add_item(view, tree, mikey_fields.ext_data, ext->data), ett_mikey_data);
    for (uint32_t i = 0; i < ext->n_key_ids; i++) {
        add_key_id(view, data, &ext->key_ids[i]);
    }
    if (ext->ext_type == MIKEY_EXT_BCAST) {
        add_item(view, data, hf_ltkm_bcast_subtype, range_of(ext->data.offset, 1));
        add_bytes(view, data, hf_ltkm_bcast_data, ext->bcast_data);
        proto_item_append_text(tree, ", %s", mikey_name_or_unknown(mikey_bcast_subtypes, ext->bcast_subtype));
    }
}

/* ---- the message ------------------------------------------------------------------------------------ */

typedef struct {
    uint8_t type;
    const int *hf;
    payload_view_t add;
} payload_row_t;

static const payload_row_t payload_rows[] = {
    { MIKEY_PAYLOAD_KEMAC, &mikey_fields.kemac, add_kemac },
    { MIKEY_PAYLOAD_SIGN, &mikey_fields.sign, add_sign },
    { MIKEY_PAYLOAD_T, &mikey_fields.t, add_t },
    { MIKEY_PAYLOAD_ID, &mikey_fields.id, add_id },
    { MIKEY_PAYLOAD_CHASH, &mikey_fields.chash, add_chash },
    { MIKEY_PAYLOAD_V, &mikey_fields.v, add_v },
    { MIKEY_PAYLOAD_SP, &mikey_fields.sp, add_sp },
    { MIKEY_PAYLOAD_RAND, &mikey_fields.rand, add_rand },
    { MIKEY_PAYLOAD_ERR, &mikey_fields.err, add_err },
    { MIKEY_PAYLOAD_EXT, &mikey_fields.ext, add_ext },
};

/* Under stock's field for its type. The parser lets no other types through. */
static void add_payload(const view_t *view, proto_tree *tree, const mikey_payload_t *payload)
{
    for (size_t i = 0; i < array_length(payload_rows); i++) {
        const payload_row_t *row = &payload_rows[i];

        if (row->type == payload->type) {
            proto_tree *own =
                proto_item_add_subtree(add_item(view, tree, *row->hf, payload->range), ett_mikey_payload);

            row->add(view, own, payload);
            add_faults(view, own, payload);
            return;
        }
    }
}

/* The payload that was cut short, where decoding stopped before the end without another item saying so. */
static void add_cut_payload(const view_t *view, proto_tree *tree)
{
    const mikey_message_t *message = view->message;
    uint32_t size = tvb_captured_length(view->tvb);
    uint32_t at = message->header.offset + message->header.length;
    uint8_t type = message->next;
    bool cut = false;

    for (uint32_t i = 0; i < message->n_faults; i++) {
        cut = cut || message->faults[i].code == MIKEY_FAULT_SHORT;
        if (message->faults[i].range.offset + message->faults[i].range.length == size &&
            message->faults[i].code != MIKEY_FAULT_SHORT) {
            return;
        }
    }
    if (message->n_payloads > 0) {
        const mikey_payload_t *last = &message->payloads[message->n_payloads - 1];

        at = last->range.offset + last->range.length;
        type = last->next;
    }
    if (cut && !message->complete && at < size) {
        proto_item_append_text(add_item(view, tree, hf_ltkm_payload_data, range_of(at, size - at)),
                               " (%s, cut short)", mikey_name_or_unknown(mikey_payloads, type));
    }
}

void mikey_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mikey_message_t *message,
                    const mikey_plain_t *plain)
{
    view_t view = { tvb, pinfo, message, message->bytes, plain };
    int length = (int)(tvb_captured_length(tvb) - message->fec_id.length);
    proto_item *item = proto_tree_add_item(tree, mikey_fields.proto, tvb, 0, length, ENC_NA);
    proto_tree *mikey = proto_item_add_subtree(item, ett_mikey);

    if (message->has_header) {
        proto_item_append_text(item, ": %s", mikey_name_or_unknown(mikey_data_types, message->data_type));
        add_header(&view, mikey);
    }
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        add_payload(&view, mikey, &message->payloads[i]);
    }
    add_cut_payload(&view, mikey);
    add_faults(&view, mikey, NULL);
}

static expert_field *const own_experts[] = { &ei_ltkm_malformed, &ei_ltkm_unknown_payload,
                                             &ei_ltkm_trailing_bytes, &ei_ltkm_key_id_length };

static hf_register_info own_fields[] = {
    { &hf_ltkm_counter,
      { "Counter", "ltkm.counter", FT_UINT32, BASE_DEC, NULL, 0,
        "T of type COUNTER (RFC 3830 6.6): replay counter", HFILL } },
    { &hf_ltkm_key_id,
      { "Key ID", "ltkm.key_id", FT_NONE, BASE_NONE, NULL, 0,
        "Entry of the Key ID information extension (RFC 4563 4)", HFILL } },
    { &hf_ltkm_key_id_type,
      { "Key ID type", "ltkm.key_id_type", FT_UINT8, BASE_DEC, VALS(NAMES(mikey_key_id_types)), 0,
        "Which key the ID names (RFC 4563 4)", HFILL } },
    { &hf_ltkm_key_id_len,
      { "Key ID length", "ltkm.key_id_len", FT_UINT8, BASE_DEC, NULL, 0, "Length of the ID in bytes",
        HFILL } },
    { &hf_ltkm_key_domain_id,
      { "Key Domain ID", "ltkm.key_domain_id", FT_BYTES, BASE_NONE, NULL, 0, "MBMS Key Domain ID", HFILL } },
    { &hf_ltkm_msk_id,
      { "MSK ID", "ltkm.msk_id", FT_BYTES, BASE_NONE, NULL, 0, "MBMS Service Key ID; SEK/PEK ID in OMA BCAST",
        HFILL } },
    { &hf_ltkm_key_group,
      { "Key Group", "ltkm.key_group", FT_UINT16, BASE_CUSTOM, CF_FUNC(format_key_half), 0,
        "First half of the MSK ID", HFILL } },
    { &hf_ltkm_key_number,
      { "Key Number", "ltkm.key_number", FT_UINT16, BASE_CUSTOM, CF_FUNC(format_key_half), 0,
        "Second half of the MSK ID", HFILL } },
    { &hf_ltkm_mtk_id,
      { "MTK ID", "ltkm.mtk_id", FT_UINT16, BASE_DEC, NULL, 0, "MBMS Traffic Key ID; TEK ID in OMA BCAST",
        HFILL } },
    { &hf_ltkm_bcast_subtype,
      { "OMA BCAST subtype", "ltkm.bcast_subtype", FT_UINT8, BASE_DEC, VALS(NAMES(mikey_bcast_subtypes)), 0,
        "RFC 5410 3", HFILL } },
    { &hf_ltkm_bcast_data,
      { "OMA BCAST data", "ltkm.bcast_data", FT_BYTES, BASE_NONE, NULL, 0,
        "Management, reporting or parental control data as OMA BCAST defines it", HFILL } },
    { &hf_ltkm_validity_low,
      { "Valid from", "ltkm.validity_low", FT_UINT64, BASE_DEC, NULL, 0,
        "Lower limit of the key validity interval", HFILL } },
    { &hf_ltkm_validity_high,
      { "Valid to", "ltkm.validity_high", FT_UINT64, BASE_DEC, NULL, 0,
        "Upper limit of the key validity interval", HFILL } },
    { &hf_ltkm_hash_func,
      { "Hash function", "ltkm.hash_func", FT_UINT8, BASE_DEC, VALS(NAMES(mikey_hashes)), 0,
        "Hash function of CHASH (RFC 3830 6.8)", HFILL } },
    { &hf_ltkm_hash, { "Hash", "ltkm.hash", FT_BYTES, BASE_NONE, NULL, 0, "Hash value of CHASH", HFILL } },
    { &hf_ltkm_cs,
      { "Crypto session", "ltkm.cs", FT_NONE, BASE_NONE, NULL, 0,
        "Entry of a GENERIC-ID map (RFC 6043 6.1.1)", HFILL } },
    { &hf_ltkm_cs_id, { "CS ID", "ltkm.cs_id", FT_UINT8, BASE_DEC, NULL, 0, "Crypto session ID", HFILL } },
    { &hf_ltkm_cs_prot_type,
      { "Protocol type", "ltkm.cs_prot_type", FT_UINT8, BASE_DEC, VALS(NAMES(mikey_prot_types)), 0,
        "Security protocol of the session", HFILL } },
    { &hf_ltkm_cs_s_flag,
      { "S", "ltkm.cs_s_flag", FT_BOOLEAN, 8, TFS(&set_or_not), 0x80, "ROC and SEQ are in the session data",
        HFILL } },
    { &hf_ltkm_cs_policy_count,
      { "#P", "ltkm.cs_policy_count", FT_UINT8, BASE_DEC, NULL, 0x7f, "Number of policies", HFILL } },
    { &hf_ltkm_cs_policies,
      { "Policies", "ltkm.cs_policies", FT_BYTES, BASE_NONE, NULL, 0, "Policy numbers, one byte each",
        HFILL } },
    { &hf_ltkm_cs_session_data_len,
      { "Session data length", "ltkm.cs_session_data_len", FT_UINT16, BASE_DEC, NULL, 0, "In bytes",
        HFILL } },
    { &hf_ltkm_cs_session_data,
      { "Session data", "ltkm.cs_session_data", FT_BYTES, BASE_NONE, NULL, 0, "Data of the security protocol",
        HFILL } },
    { &hf_ltkm_cs_seq,
      { "SEQ", "ltkm.cs_seq", FT_UINT16, BASE_DEC, NULL, 0, "SRTP sequence number in the session data",
        HFILL } },
    { &hf_ltkm_cs_spi_len,
      { "SPI length", "ltkm.cs_spi_len", FT_UINT8, BASE_DEC, NULL, 0, "In bytes", HFILL } },
    { &hf_ltkm_cs_spi,
      { "SPI", "ltkm.cs_spi", FT_BYTES, BASE_NONE, NULL, 0, "Security parameter index or MKI", HFILL } },
    { &hf_ltkm_payload_data,
      { "Payload data", "ltkm.payload_data", FT_BYTES, BASE_NONE, NULL, 0,
        "Content of a payload that is unknown or cut short", HFILL } },
    { &hf_ltkm_trailing,
      { "Trailing bytes", "ltkm.trailing", FT_BYTES, BASE_NONE, NULL, 0, "Bytes after the last payload",
        HFILL } },
};

static bool has_unusual_key_id(const mikey_payload_t *payload)
{
    for (uint32_t i = 0; payload->type == MIKEY_PAYLOAD_EXT && i < payload->ext.n_key_ids; i++) {
        if (is_of_unusual_length(&payload->ext.key_ids[i])) {
            return true;
        }
    }
    return false;
}

bool mikey_tree_has_remarks(const mikey_message_t *message)
{
    bool found = message->n_faults > 0;

    for (uint32_t i = 0; i < message->n_payloads && !found; i++) {
        found = has_unusual_key_id(&message->payloads[i]);
    }
    return found;
}

/* A filter that names a field of ours wants this tree only if the field is in it. */
bool mikey_tree_is_wanted(const packet_info *pinfo, proto_tree *tree)
{
    if (experts_are_heard(pinfo, tree) || mikey_fields_are_referenced(tree)) {
        return true;
    }
    for (size_t i = 0; i < array_length(own_fields); i++) {
        if (proto_field_is_referenced(tree, *own_fields[i].p_id)) {
            return true;
        }
    }
    for (size_t i = 0; i < array_length(own_experts); i++) {
        if (proto_field_is_referenced(tree, own_experts[i]->hf)) {
            return true;
        }
    }
    return false;
}

void mikey_tree_register(int proto_ltkm, expert_module_t *expert)
{
    static ei_register_info ei[] = {
        { &ei_ltkm_malformed,
          { "ltkm.malformed", PI_MALFORMED, PI_ERROR, "Malformed MIKEY message", EXPFILL } },
        { &ei_ltkm_unknown_payload,
          { "ltkm.unknown_payload", PI_UNDECODED, PI_WARN, "Payload not known here", EXPFILL } },
        { &ei_ltkm_trailing_bytes,
          { "ltkm.trailing_bytes", PI_MALFORMED, PI_WARN, "Bytes after the last payload", EXPFILL } },
        { &ei_ltkm_key_id_length,
          { "ltkm.key_id_length", PI_PROTOCOL, PI_WARN, "Key ID of unusual length", EXPFILL } },
    };
    static int *ett[] = { &ett_mikey, &ett_mikey_payload, &ett_mikey_entry, &ett_mikey_data };

    proto_register_field_array(proto_ltkm, own_fields, array_length(own_fields));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert, ei, array_length(ei));
}
