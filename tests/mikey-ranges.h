/* mikey-ranges.h
 * Visits every byte range of a parsed MIKEY message, for tests that check all of them at once.
 *
 *   message  >  header, crypto sessions, payloads, faults  >  fields  >  entries and key data  >  their
 * values
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_MIKEY_RANGES_H
#define TESTS_MIKEY_RANGES_H

#include "mikey/mikey-message.h"

/* Called with a range and the one it must lie in. Fields that a message lacks have length 0. */
typedef void mikey_range_visit_t(mikey_range_t range, mikey_range_t within, void *data);

static inline void mikey_visit_tlvs(const mikey_tlv_t *tlvs, uint32_t n_tlvs, mikey_range_t within,
                                    mikey_range_visit_t *visit, void *data)
{
    for (uint32_t i = 0; i < n_tlvs; i++) {
        visit(tlvs[i].range, within, data);
        visit(tlvs[i].value, tlvs[i].range, data);
    }
}

static inline void mikey_visit_keys(const mikey_key_data_t *keys, uint32_t n_keys, mikey_range_t within,
                                    mikey_range_visit_t *visit, void *data)
{
    for (uint32_t i = 0; i < n_keys; i++) {
        visit(keys[i].range, within, data);
        visit(keys[i].key, keys[i].range, data);
        visit(keys[i].salt, keys[i].range, data);
        visit(keys[i].spi, keys[i].range, data);
        visit(keys[i].kv_from, keys[i].range, data);
        visit(keys[i].kv_to, keys[i].range, data);
    }
}

static inline void mikey_visit_sessions(const mikey_message_t *message, mikey_range_visit_t *visit,
                                        void *data)
{
    for (uint32_t i = 0; i < message->n_cs; i++) {
        const mikey_cs_t *cs = &message->cs[i];

        visit(cs->range, message->header, data);
        visit(cs->policies, cs->range, data);
        visit(cs->session_data, cs->range, data);
        visit(cs->spi, cs->range, data);
    }
}

static inline void mikey_visit_payload(const mikey_payload_t *payload, mikey_range_visit_t *visit, void *data)
{
    mikey_range_t within = payload->range;

    switch ((mikey_payload_type_t)payload->type) {
    case MIKEY_PAYLOAD_KEMAC:
        visit(payload->kemac.encr_data, within, data);
        visit(payload->kemac.mac, within, data);
        mikey_visit_keys(payload->kemac.keys, payload->kemac.n_keys, payload->kemac.encr_data, visit, data);
        break;
    case MIKEY_PAYLOAD_SIGN:
        visit(payload->sign.data, within, data);
        break;
    case MIKEY_PAYLOAD_T:
        visit(payload->t.value, within, data);
        break;
    case MIKEY_PAYLOAD_ID:
        visit(payload->id.data, within, data);
        break;
    case MIKEY_PAYLOAD_CHASH:
        visit(payload->chash.data, within, data);
        break;
    case MIKEY_PAYLOAD_V:
        visit(payload->v.data, within, data);
        break;
    case MIKEY_PAYLOAD_SP:
        visit(payload->sp.params_range, within, data);
        mikey_visit_tlvs(payload->sp.params, payload->sp.n_params, payload->sp.params_range, visit, data);
        break;
    case MIKEY_PAYLOAD_RAND:
        visit(payload->rand, within, data);
        break;
    case MIKEY_PAYLOAD_ERR:
        visit(payload->err.reserved, within, data);
        break;
    case MIKEY_PAYLOAD_EXT:
        visit(payload->ext.data, within, data);
        visit(payload->ext.bcast_data, payload->ext.data, data);
        mikey_visit_tlvs(payload->ext.key_ids, payload->ext.n_key_ids, payload->ext.data, visit, data);
        break;
    case MIKEY_PAYLOAD_LAST:
    case MIKEY_PAYLOAD_KEY_DATA:
        break;
    }
}

static inline void mikey_visit_message(const mikey_message_t *message, uint32_t size,
                                       mikey_range_visit_t *visit, void *data)
{
    mikey_range_t all = { 0, size };

    visit(message->header, all, data);
    mikey_visit_sessions(message, visit, data);
    for (uint32_t i = 0; i < message->n_payloads; i++) {
        visit(message->payloads[i].range, all, data);
        mikey_visit_payload(&message->payloads[i], visit, data);
    }
    for (uint32_t i = 0; i < message->n_faults; i++) {
        visit(message->faults[i].range, all, data);
    }
}

static inline bool mikey_range_fits(mikey_range_t range, mikey_range_t within)
{
    uint64_t end = (uint64_t)within.offset + within.length;

    if (range.length == 0) {
        return range.offset <= end;
    }
    return range.offset >= within.offset && (uint64_t)range.offset + range.length <= end;
}

#endif
