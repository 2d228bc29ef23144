/* mikey-roles.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-roles.h"

#include <string.h>

#include <glib.h>

#include "mikey/mikey-names.h"

/* ---- questions -------------------------------------------------------------------------------------- */

bool mikey_has_fault(const mikey_message_t *message, mikey_fault_code_t code)
{
    for (uint32_t i = 0; i < message->n_faults; i++) {
        if (message->faults[i].code == code) {
            return true;
        }
    }
    return false;
}

bool mikey_has_ext(const mikey_message_t *message, uint8_t ext_type)
{
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        if (payload->type == MIKEY_PAYLOAD_EXT && payload->ext.ext_type == ext_type) {
            return true;
        }
    }
    return false;
}

bool mikey_has_bcast_data(const mikey_message_t *message, uint8_t subtype)
{
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        if (payload->type == MIKEY_PAYLOAD_EXT && payload->ext.ext_type == MIKEY_EXT_BCAST &&
            payload->ext.bcast_subtype == subtype) {
            return true;
        }
    }
    return false;
}

bool mikey_is_ltkm(const mikey_message_t *message)
{
    return message->kind == MIKEY_KIND_LTKM || message->kind == MIKEY_KIND_LTKM_WITHOUT_KEY;
}

/* ---- roles ------------------------------------------------------------------------------------------ */

static void assign_key_ids(mikey_message_t *message, const mikey_ext_t *ext)
{
    for (uint32_t i = 0; i < ext->n_key_ids; i++) {
        const mikey_tlv_t *id = &ext->key_ids[i];

        if (id->type == MIKEY_KEY_ID_DOMAIN && !message->key_domain_id) {
            message->key_domain_id = id;
        } else if (id->type == MIKEY_KEY_ID_MSK && !message->msk_id) {
            message->msk_id = id;
        } else if (id->type == MIKEY_KEY_ID_MTK && !message->mtk_id) {
            message->mtk_id = id;
        }
    }
}

/* ID payloads have no role field, RFC 3830 §3.1: position tells. */
static void assign_ids(mikey_message_t *message)
{
    const mikey_payload_t *ids[2] = { NULL, NULL };
    uint32_t n_ids = 0;

    for (uint32_t i = 0; i < message->n_payloads && n_ids < 2; i++) {
        if (message->payloads[i].type == MIKEY_PAYLOAD_ID) {
            ids[n_ids++] = &message->payloads[i];
        }
    }
    if (message->data_type == MIKEY_TYPE_PSK_VERIFICATION && n_ids == 1) {
        message->idr = ids[0];
        return;
    }
    message->idi = ids[0];
    message->idr = ids[1];
}

static void keep_first(const mikey_payload_t **role, const mikey_payload_t *payload)
{
    if (!*role) {
        *role = payload;
    }
}

static void assign_payloads(mikey_message_t *message)
{
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        switch (payload->type) {
        case MIKEY_PAYLOAD_T:
            keep_first(&message->t, payload);
            break;
        case MIKEY_PAYLOAD_RAND:
            keep_first(&message->rand, payload);
            break;
        case MIKEY_PAYLOAD_KEMAC:
            keep_first(&message->kemac, payload);
            break;
        case MIKEY_PAYLOAD_V:
            keep_first(&message->v, payload);
            break;
        case MIKEY_PAYLOAD_EXT:
            assign_key_ids(message, &payload->ext);
            break;
        }
    }
}

/* ---- kinds ------------------------------------------------------------------------------------------ */

/* RFC 3830 §3.1: an Initiator's message ends with KEMAC, so only a whole chain without one says that no key
 * is carried; a message cut before it may have had one. */
static mikey_kind_t psk_init_kind(const mikey_message_t *message)
{
    if (message->mtk_id || mikey_has_bcast_data(message, MIKEY_BCAST_STKM)) {
        return MIKEY_KIND_STKM;
    }
    if (!mikey_has_ext(message, MIKEY_EXT_BCAST) && !mikey_has_ext(message, MIKEY_EXT_KEY_ID)) {
        return MIKEY_KIND_OTHER;
    }
    if (mikey_has_bcast_data(message, MIKEY_BCAST_PARENTAL_CONTROL) &&
        !mikey_has_bcast_data(message, MIKEY_BCAST_LTKM)) {
        return MIKEY_KIND_PARENTAL_CONTROL;
    }
    if (message->kemac ? message->kemac->kemac.encr_data.length == 0 : message->complete) {
        return MIKEY_KIND_LTKM_WITHOUT_KEY;
    }
    return MIKEY_KIND_LTKM;
}

static mikey_kind_t kind_of(const mikey_message_t *message)
{
    switch (message->data_type) {
    case MIKEY_TYPE_PSK_INIT:
        return psk_init_kind(message);
    case MIKEY_TYPE_PSK_VERIFICATION:
        return MIKEY_KIND_VERIFICATION;
    case MIKEY_TYPE_ERROR:
        return MIKEY_KIND_ERROR;
    }
    return MIKEY_KIND_UNKNOWN;
}

void mikey_assign_roles(mikey_message_t *message)
{
    assign_payloads(message);
    assign_ids(message);
    message->kind = kind_of(message);
}

/* ---- whether it is one ------------------------------------------------------------------------------ */

enum { FEC_ID_SIZE = 4 };

/* The payloads that a message decoded here may begin with (RFC 3830 §3, RFC 4563 §4), and by which one of
 * these it is known. */
static const struct {
    uint8_t data_type;
    uint8_t first[4]; /* 0: no more */
    uint8_t telling[2];
} shapes[] = {
    { MIKEY_TYPE_PSK_INIT,
      { MIKEY_PAYLOAD_EXT, MIKEY_PAYLOAD_T },
      { MIKEY_PAYLOAD_KEMAC, MIKEY_PAYLOAD_EXT } },
    { MIKEY_TYPE_PSK_VERIFICATION,
      { MIKEY_PAYLOAD_T, MIKEY_PAYLOAD_EXT },
      { MIKEY_PAYLOAD_V, MIKEY_PAYLOAD_ID } },
    { MIKEY_TYPE_ERROR, { MIKEY_PAYLOAD_T, MIKEY_PAYLOAD_ERR, MIKEY_PAYLOAD_EXT }, { MIKEY_PAYLOAD_ERR } },
};

static bool is_among(uint8_t type, const uint8_t *types, size_t n)
{
    return type != MIKEY_PAYLOAD_LAST && memchr(types, type, n);
}

static bool may_begin_with(uint8_t data_type, uint8_t payload)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        if (shapes[i].data_type == data_type) {
            return is_among(payload, shapes[i].first, sizeof shapes[i].first);
        }
    }
    return payload != MIKEY_PAYLOAD_LAST &&
           mikey_name(mikey_payloads, payload); /* a message of another mode */
}

static bool has_telling_payload(const mikey_message_t *message)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        for (uint32_t k = 0; shapes[i].data_type == message->data_type && k < message->n_payloads; k++) {
            if (is_among(message->payloads[k].type, shapes[i].telling, sizeof shapes[i].telling)) {
                return true;
            }
        }
    }
    return !mikey_is_ours(message->data_type);
}

/* The first payload is whole, or the bytes end in it. */
static bool begins_soundly(const mikey_message_t *message)
{
    const mikey_fault_t *fault = message->n_faults ? &message->faults[message->n_faults - 1] : NULL;

    return message->n_payloads > 0 || (fault && fault->code == MIKEY_FAULT_SHORT);
}

bool mikey_is_likely(const mikey_message_t *message)
{
    const uint8_t *bytes = message->bytes;
    uint32_t length = message->length;

    if (length < 2 || !mikey_name(mikey_data_types, bytes[1])) {
        return false;
    }
    if (bytes[0] != MIKEY_VERSION) { /* of another version only what is whole and else without fault */
        return message->complete && message->n_faults == 1 && has_telling_payload(message);
    }
    if (length > 2 && !may_begin_with(bytes[1], bytes[2])) {
        return false;
    }
    if (!message->has_header) {
        return true;
    }
    if (!mikey_name(mikey_map_types,
                    message->map_type)) { /* nothing behind it can be read: one damage is enough */
        return mikey_name(mikey_prfs, message->prf_func);
    }
    if (!mikey_is_ours(bytes[1])) {
        return true;
    }
    return begins_soundly(message) && (!message->complete || has_telling_payload(message));
}

void mikey_take_fec_id(mikey_message_t *message)
{
    const mikey_fault_t *fault = message->n_faults ? &message->faults[message->n_faults - 1] : NULL;

    if (fault && fault->code == MIKEY_FAULT_TRAILING && fault->range.length == FEC_ID_SIZE) {
        message->fec_id = fault->range;
        message->n_faults--;
    }
}
