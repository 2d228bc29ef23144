/* proof-tree.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/proof-tree.h"

#include "mikey/key-names.h"
#include "mikey/number-text.h"
#include "packet/audience.h"
#include "packet/file-scope.h"
#include "packet/key-format.h"

static int hf_ltkm_mac_status = -1;
static int hf_ltkm_v_status = -1;
static expert_field ei_ltkm_mac_bad = EI_INIT;

static const char *whose_key(packet_info *pinfo, const mikey_message_t *message, const ltkm_proof_t *proof)
{
    if (proof->key_frame) {
        return wmem_strdup_printf(pinfo->pool, "the key that the LTKM of frame %u brought", proof->key_frame);
    }
    if (proof->row) {
        return wmem_strdup_printf(pinfo->pool, "the key in row %u of the table%s", proof->row,
                                  message->kind == MIKEY_KIND_STKM ? " of service keys" : "");
    }
    return proof->card.verdict == CARDS_FIT
               ? card_text(pinfo->pool, &proof->card)
               : wmem_strdup_printf(pinfo->pool, "%s, with which frame %u is right%s%s",
                                    card_text(pinfo->pool, &proof->card), proof->card.frame,
                                    proof->card.other_btid ? "; it is right with those of " : "",
                                    proof->card.other_btid ? proof->card.other_btid : "");
}

static const char *identity_text(packet_info *pinfo, const mikey_message_t *message,
                                 const mikey_payload_t *id)
{
    return id ? compat_format_text(pinfo->pool, (const char *)message->bytes + id->id.data.offset,
                                   id->id.data.length)
              : "(none)";
}

/* What is missing for a message that could not be checked. */
static const char *missing_key(packet_info *pinfo, const mikey_message_t *message, const ltkm_proof_t *proof)
{
    const char *cards = proof ? card_problem_text(proof->card.verdict) : NULL;

    if (proof && (proof->row || proof->key_frame)) {
        return "the algorithm is not known";
    }
    if (message->kind == MIKEY_KIND_STKM) {
        return wmem_strdup_printf(pinfo->pool,
                                  "service key %s is not known: no LTKM with it was opened before",
                                  key_name(pinfo->pool, mikey_key_domain(message), mikey_msk_id(message)));
    }
    return wmem_strdup_printf(
        pinfo->pool, "no key for IDi %s, IDr %s%s%s", identity_text(pinfo, message, message->idi),
        identity_text(pinfo, message, message->idr), cards ? "; " : "", cards ? cards : "");
}

static void add_mac_status(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                           const mikey_message_t *message, mikey_mac_status_t status,
                           const ltkm_proof_t *proof)
{
    mikey_range_t mac = message->kemac->kemac.mac;
    proto_item *item =
        proto_tree_add_uint(tree, hf_ltkm_mac_status, tvb, (int)mac.offset, (int)mac.length, status);

    proto_item_set_generated(item);
    if (status == MIKEY_MAC_GOOD) {
        proto_item_append_text(item, ": %s", whose_key(pinfo, message, proof));
    } else if (status == MIKEY_MAC_BAD) {
        expert_add_info_format(pinfo, item, &ei_ltkm_mac_bad, "The MAC is wrong under %s",
                               whose_key(pinfo, message, proof));
    } else if (status == MIKEY_MAC_UNVERIFIED && labels_are_seen(tree)) {
        proto_item_append_text(item, ": %s", missing_key(pinfo, message, proof));
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
    } else if (status == MIKEY_MAC_UNVERIFIED) {
        proto_item_append_text(item, ": the key of its LTKM is not known");
    }
}

void proof_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm,
                    const ltkm_proof_t *proof)
{
    const mikey_message_t *message = ltkm->message;
    mikey_mac_status_t status = proof_status(&file_capture()->proofs, ltkm->tracked, message);

    if (message->kemac) {
        add_mac_status(tvb, pinfo, tree, message, status, proof);
    } else if (message->v && message->kind == MIKEY_KIND_VERIFICATION) {
        add_v_status(tvb, tree, &message->v->v, status, proof);
    }
}

static const char *const opening_texts[] = {
    [MIKEY_OPENED] = NULL,
    [MIKEY_NOTHING_TO_OPEN] = NULL,
    [MIKEY_NO_KEYS] = NULL,
    [MIKEY_UNKNOWN_ALGORITHM] = "not decrypted: the algorithm is not known",
    [MIKEY_NO_IV] = "not decrypted: there is no T",
    [MIKEY_WRONG_KEY] = "not decrypted: the key is wrong",
    [MIKEY_BAD_LENGTH] = "not decrypted: its length is wrong",
    [MIKEY_CIPHER_FAILED] = "not decrypted: libgcrypt refuses",
};

/* Why the data of KEMAC are not shown in clear, NULL where they are or nobody has a key. */
static const char *not_opened(const ltkm_proof_t *proof)
{
    if (!proof || proof->plain || !proof_has_key(proof)) {
        return NULL;
    }
    if (proof->mac == MIKEY_MAC_BAD) {
        return "not decrypted: the MAC is wrong";
    }
    if (proof->mac == MIKEY_MAC_UNVERIFIED) {
        return "not decrypted: the MAC cannot be checked";
    }
    return opening_texts[proof->opening];
}

/* Numbered as the LTKM's own source is; one that is not in a body has neither. */
static const char *source_name(wmem_allocator_t *pool, const ltkm_t *ltkm)
{
    return ltkm->index ? text_and_number(pool, "Decrypted KEMAC ", ltkm->index) : "Decrypted KEMAC";
}

mikey_plain_t proof_plain(tvbuff_t *tvb, packet_info *pinfo, const ltkm_t *ltkm, const ltkm_proof_t *proof)
{
    const mikey_payload_t *kemac = ltkm->message->kemac;
    mikey_plain_t plain = { .remark = not_opened(proof) };

    if (!kemac || kemac->kemac.encr_alg == MIKEY_ENCR_NULL) {
        return (mikey_plain_t){ 0 };
    }
    if (proof && proof->plain && proof->plain_length > 0) {
        plain.bytes = proof->plain;
        plain.length = proof->plain_length;
        plain.tvb = tvb_new_child_real_data(tvb, plain.bytes, plain.length, (int)plain.length);
        add_new_data_source(pinfo, plain.tvb, source_name(pinfo->pool, ltkm));
    }
    return plain;
}

/* ---- registration ----------------------------------------------------------------------------------- */

void proof_tree_register(int proto_ltkm, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_ltkm_mac_status,
          { "MAC status", "ltkm.mac_status", FT_UINT8, BASE_NONE, VALS(checked_vals), 0,
            "MAC of KEMAC under the keys of the table", HFILL } },
        { &hf_ltkm_v_status,
          { "V status", "ltkm.v_status", FT_UINT8, BASE_NONE, VALS(checked_vals), 0,
            "MAC of the verification message under the key of its LTKM", HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_ltkm_mac_bad,
          { "ltkm.mac_bad", PI_CHECKSUM, PI_ERROR, "The MAC is wrong under the key given", EXPFILL } },
    };

    proto_register_field_array(proto_ltkm, hf, array_length(hf));
    expert_register_field_array(expert, ei, array_length(ei));
}
