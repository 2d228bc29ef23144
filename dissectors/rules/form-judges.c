/* form-judges.c
 * R76 and R78–R80: what a MIKEY message of MBMS is made of, whatever else is in the capture.
 *
 * Of each rule the first fault of a message is named. Only messages that are whole come here: see
 * rules_judge_message().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-roles.h"
#include "rules/judges.h"

/* TS 33.246 §6.3.2.1, §6.3.3.1 */
enum { KEY_DOMAIN_ID_SIZE = 3, MTK_ID_SIZE = 2 };

enum { MAC_NULL = 0, ID_TYPE_NAI = 0, SP_PARAMETER_ROC_RATE = 13 };

/* Adds a finding about the whole message; true. */
#define FIND(level, ...) rule_found(rule_find(findings, level, RULE_TARGET_WHOLE, __VA_ARGS__))

/* ---- parts of a message ----------------------------------------------------------------------------- */

static bool lacks(const void *part, const char *name, rule_findings_t *findings)
{
    return !part && FIND(RULE_SUSPICIOUS, "There is no %s", name);
}

static bool lacks_key_id(const mikey_tlv_t *id, const char *name, uint32_t length, rule_findings_t *findings)
{
    return lacks(id, name, findings) ||
           (id->value.length != length && FIND(RULE_SUSPICIOUS, "The %s has %u byte%s, not %u", name,
                                               id->value.length, id->value.length == 1 ? "" : "s", length));
}

static bool lacks_counter(const mikey_message_t *message, rule_findings_t *findings)
{
    return lacks(message->t, "T", findings) ||
           (message->t->t.ts_type != MIKEY_TS_COUNTER &&
            FIND(RULE_SUSPICIOUS, "T is of type %u, not COUNTER (2)", message->t->t.ts_type));
}

/* Whatever the type says, it is read as text: TS 33.246 §6.4.5.1. */
static bool has_other_type(const mikey_payload_t *id, const char *name, rule_findings_t *findings)
{
    return id->id.id_type != ID_TYPE_NAI &&
           FIND(RULE_NOTE, "%s has ID type %u, not 0 (NAI)", name, id->id.id_type);
}

static uint32_t count(const mikey_message_t *message, uint8_t type)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < message->n_payloads; i++) {
        n += message->payloads[i].type == type;
    }
    return n;
}

/* ---- LTKM ------------------------------------------------------------------------------------------- */

static bool lacks_key_ids(const mikey_message_t *message, rule_findings_t *findings)
{
    return lacks_key_id(message->key_domain_id, "Key Domain ID (EXT 3)", KEY_DOMAIN_ID_SIZE, findings) ||
           lacks_key_id(message->msk_id, "MSK ID (EXT 3)", MSK_ID_SIZE, findings);
}

static bool lacks_protection(const mikey_kemac_t *kemac, rule_findings_t *findings)
{
    return (kemac->encr_alg == MIKEY_ENCR_NULL && kemac->encr_data.length > 0 &&
            FIND(RULE_SUSPICIOUS, "The key is not encrypted (Encr alg NULL)")) ||
           (kemac->mac_alg == MAC_NULL && FIND(RULE_SUSPICIOUS, "There is no MAC (MAC alg NULL)"));
}

/* TS 33.246 §6.4.5.1, §6.4.3: what an MSK message has. */
MESSAGE_JUDGE(76)
{
    (void)(mikey_is_ltkm(message) &&
           (lacks_key_ids(message, findings) || lacks_counter(message, findings) ||
            lacks(message->rand, "RAND", findings) || lacks(message->idi, "IDi", findings) ||
            lacks(message->idr, "IDr", findings) || lacks(message->kemac, "KEMAC", findings) ||
            lacks_protection(&message->kemac->kemac, findings) ||
            has_other_type(message->idi, "IDi", findings) || has_other_type(message->idr, "IDr", findings)));
}

/* ---- crypto sessions -------------------------------------------------------------------------------- */

/* Whether an SP says how often the roll-over counter is sent. */
static bool has_roc_rate(const mikey_message_t *message)
{
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        const mikey_payload_t *payload = &message->payloads[i];

        for (uint32_t k = 0; payload->type == MIKEY_PAYLOAD_SP && k < payload->sp.n_params; k++) {
            if (payload->sp.params[k].type == SP_PARAMETER_ROC_RATE) {
                return true;
            }
        }
    }
    return false;
}

/* A message of a download service has no crypto session, and so has what answers an LTKM or brings an MTK. */
static bool is_without_sessions(const mikey_message_t *message)
{
    return message->cs_count == 0 && message->map_type == MIKEY_MAP_EMPTY;
}

/* An LTKM of a streaming service has one. */
static bool is_streaming(const mikey_message_t *message)
{
    return mikey_is_ltkm(message) && message->cs_count == 1 && message->map_type == MIKEY_MAP_SRTP_ID;
}

static void judge_sessions(const mikey_message_t *message, rule_findings_t *findings)
{
    bool streaming = is_streaming(message), has_sp = count(message, MIKEY_PAYLOAD_SP) > 0;

    if (!streaming && !is_without_sessions(message)) {
        FIND(RULE_SUSPICIOUS, "#CS %u under a CS ID map of type %u", message->cs_count, message->map_type);
    } else if (!streaming && has_sp) {
        FIND(RULE_SUSPICIOUS, "There is an SP payload under an Empty map");
    } else if (has_sp && !has_roc_rate(message)) {
        FIND(RULE_NOTE, "The policy (SP) does not signal the ROC transmission rate (type 13)");
    }
}

/* TS 33.246 §6.4.5.1–6.4.5.3: which crypto sessions a message speaks of. */
MESSAGE_JUDGE(78)
{
    if (mikey_is_ltkm(message) || message->kind == MIKEY_KIND_VERIFICATION ||
        message->kind == MIKEY_KIND_STKM) {
        judge_sessions(message, findings);
    }
}

/* ---- verification message --------------------------------------------------------------------------- */

/* The first payload that has no place in a verification message, or is there once more; NULL without one. */
static const mikey_payload_t *find_other(const mikey_message_t *message)
{
    const mikey_payload_t *payload = message->payloads;
    const mikey_payload_t *end = payload + message->n_payloads;

    while (payload < end && (payload == message->t || payload == message->idr || payload == message->v ||
                             payload->type == MIKEY_PAYLOAD_EXT)) {
        payload++;
    }
    return payload < end ? payload : NULL;
}

static bool has_other(const mikey_message_t *message, rule_findings_t *findings)
{
    const mikey_payload_t *other = find_other(message);
    const char *name = other ? mikey_name(mikey_payloads, other->type) : NULL;

    return other && FIND(RULE_NOTE, "There is a payload more than T, IDr and V: %s", name ? name : "?");
}

/* TS 33.246 §6.4.5.2: what a verification message is made of. */
MESSAGE_JUDGE(79)
{
    (void)(message->kind == MIKEY_KIND_VERIFICATION &&
           (lacks(message->t, "T", findings) || lacks(message->idr, "IDr", findings) ||
            lacks(message->v, "V", findings) ||
            (message->v->v.alg == MAC_NULL &&
             FIND(RULE_SUSPICIOUS, "There is no MAC (auth alg of V NULL)")) ||
            has_other(message, findings) || has_other_type(message->idr, "IDr", findings)));
}

/* ---- STKM ------------------------------------------------------------------------------------------- */

static bool are_out_of_order(const mikey_message_t *message, rule_findings_t *findings)
{
    uint32_t domain = message->key_domain_id->range.offset, msk = message->msk_id->range.offset;
    uint32_t mtk = message->mtk_id->range.offset;

    return (domain > msk || msk > mtk) &&
           FIND(RULE_SUSPICIOUS, "The key IDs are not in the order Key Domain ID, MSK ID, MTK ID");
}

static bool has(const mikey_message_t *message, uint8_t type, const char *name, rule_findings_t *findings)
{
    return count(message, type) > 0 && FIND(RULE_SUSPICIOUS, "There is %s", name);
}

/* TS 33.246 §6.4.5.3, §6.3.3.2: what an MTK message is made of. */
MESSAGE_JUDGE(80)
{
    (void)(message->kind == MIKEY_KIND_STKM &&
           ((message->v_flag && FIND(RULE_SUSPICIOUS, "The V flag is set")) ||
            lacks_key_ids(message, findings) ||
            lacks_key_id(message->mtk_id, "MTK ID (EXT 3)", MTK_ID_SIZE, findings) ||
            are_out_of_order(message, findings) || lacks_counter(message, findings) ||
            lacks(message->kemac, "KEMAC", findings) ||
            has(message, MIKEY_PAYLOAD_RAND, "a RAND", findings) ||
            has(message, MIKEY_PAYLOAD_SP, "an SP payload", findings)));
}
