/* proofs.c
 * An Initiator's message is tried once, when it comes. Of a verification message its bytes are kept: it is
 * tried when somebody asks, under the keys of the LTKM it is paired with by then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/proofs.h"

#include <string.h>

#include <epan/wmem_scopes.h>

#include "mikey/identifiers.h"
#include "plugin/key-table.h"

/* Verification messages have about a hundred bytes; longer ones are not tried. */
enum { MAX_VERIFICATION = 4096 };

/* Keys of LTKMs that have the same Key Domain ID and MSK ID and are tried on an STKM: the youngest. */
enum { MAX_SERVICE_KEYS = 8 };

typedef struct record {
    ltkm_proof_t proof; /* first: see forget() */
    mikey_keys_t keys;  /* of an LTKM whose MAC is good, or absent */
    bool has_keys;
    mikey_initiator_t initiator; /* of an LTKM */
    const uint8_t *bytes;        /* of a verification message */
    uint32_t length;
    mikey_mac_status_t untried;     /* of a verification message that nobody has a key for */
    const tracked_message_t *tried; /* the LTKM a verification message was tried with */
    struct record *next;            /* in the order of coming, backwards */
} record_t;

/* An MSK (SEK, PEK) that an LTKM brought. */
typedef struct service_key {
    const uint8_t *bytes;
    uint32_t length;
    const uint8_t *rand; /* of the LTKM: an STKM has none of its own (TS 33.246 §6.3.3) */
    uint32_t rand_length;
    uint32_t frame;
    struct service_key *older; /* of the same name */
    struct service_key *next;  /* of all */
} service_key_t;

static wmem_map_t *records;      /* tracked_message_t -> record_t */
static wmem_map_t *service_keys; /* "b8709d/68c90001" -> the youngest service_key_t */
static record_t *all_records;
static service_key_t *all_service_keys;

/* Before the file's memory is given back. */
static void forget(void)
{
    for (record_t *record = all_records; record; record = record->next) {
        key_wipe(&record->keys, sizeof record->keys);
        key_wipe((void *)record->proof.plain, record->proof.plain_length);
    }
    for (service_key_t *key = all_service_keys; key; key = key->next) {
        key_wipe((void *)key->bytes, key->length);
    }
    all_records = NULL;
    all_service_keys = NULL;
}

void proofs_register(void)
{
    records = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
    service_keys = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
    register_cleanup_routine(forget);
}

/* What can be said of a message without a key. */
static mikey_mac_status_t untried_status(const mikey_message_t *message)
{
    mikey_v_form_t form;

    return message->kind == MIKEY_KIND_VERIFICATION ? mikey_check_verification(message, NULL, NULL, &form)
                                                    : mikey_check_mac(message, NULL);
}

static record_t *new_record(const tracked_message_t *tracked, const mikey_message_t *message)
{
    record_t *record = wmem_new0(wmem_file_scope(), record_t);

    record->proof.mac = record->untried = untried_status(message);
    record->proof.opening = MIKEY_NO_KEYS;
    record->next = all_records;
    all_records = record;
    wmem_map_insert(records, tracked, record);
    return record;
}

/* ---- service keys ----------------------------------------------------------------------------------- */

/* Key Domain ID and MSK ID in hex. */
enum { ID_BYTES = 16, NAME_SIZE = 4 * ID_BYTES + 2 };

static char *append_hex(char *at, const uint8_t *bytes, mikey_range_t range)
{
    for (uint32_t i = 0; i < MIN(range.length, ID_BYTES); i++) {
        *at++ = "0123456789abcdef"[bytes[range.offset + i] >> 4];
        *at++ = "0123456789abcdef"[bytes[range.offset + i] & 15];
    }
    return at;
}

/* False: the message does not name its key. */
static bool service_key_name(const mikey_message_t *message, const uint8_t *bytes, char name[NAME_SIZE])
{
    if (!message->key_domain_id || !message->msk_id) {
        return false;
    }
    name = append_hex(name, bytes, message->key_domain_id->value);
    *name++ = '/';
    *append_hex(name, bytes, message->msk_id->value) = '\0';
    return true;
}

static bool same_bytes(const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length)
{
    return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

/* Broadcast: thousands of LTKMs bring the same key. */
static bool is_known(const service_key_t *known, const service_key_t *key)
{
    for (int left = MAX_SERVICE_KEYS; known && left > 0; known = known->older, left--) {
        if (same_bytes(known->bytes, known->length, key->bytes, key->length) &&
            same_bytes(known->rand, known->rand_length, key->rand, key->rand_length)) {
            return true;
        }
    }
    return false;
}

static void add_service_key(const char *name, const service_key_t *key)
{
    service_key_t *youngest = wmem_map_lookup(service_keys, name);
    service_key_t *added;

    if (is_known(youngest, key)) {
        return;
    }
    added = wmem_memdup(wmem_file_scope(), key, sizeof *key);
    added->bytes = wmem_memdup(wmem_file_scope(), key->bytes, key->length);
    added->rand = wmem_memdup(wmem_file_scope(), key->rand, key->rand_length);
    added->older = youngest;
    added->next = all_service_keys;
    all_service_keys = added;
    wmem_map_insert(service_keys, youngest ? name : wmem_strdup(wmem_file_scope(), name), added);
}

static void add_service_keys(wmem_allocator_t *scratch, const record_t *record,
                             const tracked_message_t *tracked, const mikey_message_t *message,
                             const uint8_t *bytes)
{
    char name[NAME_SIZE];
    mikey_range_t all = { 0, record->proof.plain_length };
    mikey_range_t rand = message->rand ? message->rand->rand : (mikey_range_t){ 0, 0 };
    mikey_key_data_t *keys;
    uint32_t n_keys;
    mikey_fault_t fault;

    if (!record->proof.plain || !service_key_name(message, bytes, name)) {
        return;
    }
    mikey_key_data_parse(scratch, record->proof.plain, all, &keys, &n_keys, &fault);
    for (uint32_t i = 0; i < MIN(n_keys, MAX_SERVICE_KEYS); i++) {
        service_key_t key = {
            .bytes = record->proof.plain + keys[i].key.offset,
            .length = keys[i].key.length,
            .rand = bytes + rand.offset,
            .rand_length = rand.length,
            .frame = tracked->frame,
        };

        if (key.length > 0) {
            add_service_key(name, &key);
        }
    }
}

/* ---- Initiators' messages --------------------------------------------------------------------------- */

static bool is_text(const char *text, const uint8_t *bytes, size_t length)
{
    return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

static bool is_named(const char *name, const mikey_payload_t *id, const uint8_t *bytes)
{
    return name[0] == '\0' || (id && is_text(name, bytes + id->id.data.offset, id->id.data.length));
}

/* A BSM also by its host name: a NAF-ID ends with bytes that nobody can type. */
static bool is_named_bsm(const char *name, const mikey_payload_t *idi, const uint8_t *bytes)
{
    mikey_range_t data = idi ? idi->id.data : (mikey_range_t){ 0, 0 };
    naf_host_t host = naf_host_find(bytes + data.offset, data.length);

    return is_named(name, idi, bytes) ||
           (host.length > 0 && is_text(name, bytes + data.offset + host.offset, host.length));
}

/* Whether a key is the right one, as far as the message tells; AES key wrap has a check of its own. */
static bool is_right(mikey_mac_status_t mac, mikey_open_result_t opening)
{
    return mac == MIKEY_MAC_GOOD || (mac == MIKEY_MAC_NOT_PRESENT && opening != MIKEY_WRONG_KEY);
}

/* AES in counter mode opens with any key: where no MAC tells, what comes out has to be key data. */
static bool is_key_data(const uint8_t *plain, uint32_t length)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    mikey_key_data_t *keys;
    uint32_t n_keys;
    mikey_fault_t fault;
    bool fits = mikey_key_data_parse(scratch, plain, (mikey_range_t){ 0, length }, &keys, &n_keys, &fault);

    wmem_destroy_allocator(scratch);
    return fits && n_keys > 0;
}

static void try_key(record_t *record, const mikey_message_t *message, const uint8_t *bytes,
                    const uint8_t *psk, uint32_t psk_length, const uint8_t *rand, uint32_t rand_length)
{
    uint32_t length = message->kemac->kemac.encr_data.length;
    uint8_t *plain;
    size_t plain_length;

    if (!mikey_derive_keys(&record->keys, message->prf_func, psk, psk_length, message->csb_id, rand,
                           rand_length)) {
        return;
    }
    record->proof.mac = mikey_check_mac(message, &record->keys);
    if (record->proof.mac != MIKEY_MAC_GOOD && record->proof.mac != MIKEY_MAC_NOT_PRESENT) {
        return;
    }
    plain = wmem_alloc(wmem_file_scope(), MAX(length, 1));
    record->proof.opening = mikey_open_kemac(message, &record->keys, plain, &plain_length);
    if (record->proof.mac == MIKEY_MAC_NOT_PRESENT && record->proof.opening == MIKEY_OPENED &&
        !is_key_data(plain, (uint32_t)plain_length)) {
        record->proof.opening = MIKEY_WRONG_KEY;
    }
    record->has_keys = is_right(record->proof.mac, record->proof.opening);
    if (record->proof.opening == MIKEY_OPENED && record->has_keys) {
        record->proof.plain = plain;
        record->proof.plain_length = (uint32_t)plain_length;
    } else {
        wmem_free(wmem_file_scope(), plain);
    }
}

/* The table's keys, until one is right; a wrong one is named only where none is. */
static void try_table(record_t *record, const mikey_message_t *message, const uint8_t *bytes)
{
    mikey_range_t rand = message->rand->rand;
    uint32_t n_keys;
    const ltkm_key_t *keys = key_table(&n_keys);

    for (uint32_t i = 0; i < n_keys && !record->has_keys; i++) {
        if (is_named_bsm(keys[i].idi, message->idi, bytes) && is_named(keys[i].idr, message->idr, bytes)) {
            try_key(record, message, bytes, keys[i].bytes, keys[i].length, bytes + rand.offset, rand.length);
            if (record->has_keys || record->proof.row == 0) {
                record->proof.row = keys[i].row;
            }
        }
    }
}

static void try_service_keys(record_t *record, const mikey_message_t *message, const uint8_t *bytes)
{
    char name[NAME_SIZE];
    const service_key_t *key =
        service_key_name(message, bytes, name) ? wmem_map_lookup(service_keys, name) : NULL;
    mikey_range_t own = message->rand ? message->rand->rand : (mikey_range_t){ 0, 0 };

    for (int left = MAX_SERVICE_KEYS; key && left > 0 && !record->has_keys; key = key->older, left--) {
        try_key(record, message, bytes, key->bytes, key->length,
                message->rand ? bytes + own.offset : key->rand,
                message->rand ? own.length : key->rand_length);
        if (record->has_keys || record->proof.key_frame == 0) {
            record->proof.key_frame = key->frame;
        }
    }
}

static const uint8_t *keep(const uint8_t *bytes, size_t length)
{
    return wmem_memdup(wmem_file_scope(), bytes, length);
}

/* What its verification message is checked with. */
static void keep_initiator(record_t *record, const mikey_message_t *message, const uint8_t *bytes)
{
    mikey_initiator_t initiator = mikey_initiator_of(message);

    initiator.idi = keep(initiator.idi, initiator.idi_length);
    initiator.idr = keep(initiator.idr, initiator.idr_length);
    initiator.t = keep(initiator.t, initiator.t_length);
    record->initiator = initiator;
}

static void add_initiated(wmem_allocator_t *scratch, const tracked_message_t *tracked,
                          const mikey_message_t *message, const uint8_t *bytes)
{
    record_t *record;

    if (!message->kemac || tracked->is_copy) {
        return;
    }
    record = new_record(tracked, message);
    if (message->kind == MIKEY_KIND_STKM) {
        try_service_keys(record, message, bytes);
    } else if (message->rand) {
        try_table(record, message, bytes);
    }
    if (!record->has_keys) {
        key_wipe(&record->keys, sizeof record->keys);
    } else if (message->kind != MIKEY_KIND_STKM) {
        keep_initiator(record, message, bytes);
        add_service_keys(scratch, record, tracked, message, bytes);
    }
}

/* ---- verification messages -------------------------------------------------------------------------- */

static void add_verification(const tracked_message_t *tracked, const mikey_message_t *message,
                             const uint8_t *bytes, uint32_t length)
{
    record_t *record;

    if (message->v && !tracked->is_copy && length <= MAX_VERIFICATION) {
        record = new_record(tracked, message);
        record->bytes = keep(bytes, length);
        record->length = length;
    }
}

static void try_verification(record_t *record, const tracked_message_t *ltkm)
{
    const tracked_message_t *original = ltkm && ltkm->is_copy ? ltkm->link : ltkm;
    const record_t *initiated = original ? wmem_map_lookup(records, original) : NULL;
    wmem_allocator_t *scratch;

    if (record->tried == ltkm) {
        return;
    }
    record->tried = ltkm;
    record->proof.mac = record->untried;
    record->proof.form = MIKEY_V_NONE;
    record->proof.row = 0;
    if (!initiated || !initiated->has_keys) {
        return;
    }
    scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    record->proof.mac =
        mikey_check_verification(mikey_message_parse(scratch, record->bytes, record->length),
                                 &initiated->keys, &initiated->initiator, &record->proof.form);
    record->proof.row = initiated->proof.row;
    wmem_destroy_allocator(scratch);
}

/* ---- public ----------------------------------------------------------------------------------------- */

void proofs_add(wmem_allocator_t *scratch, const tracked_message_t *tracked, const mikey_message_t *message,
                const uint8_t *bytes, uint32_t length)
{
    uint32_t n_keys;

    key_table(&n_keys);
    if (n_keys == 0) {
        return;
    }
    if (message->kind == MIKEY_KIND_VERIFICATION) {
        add_verification(tracked, message, bytes, length);
    } else {
        add_initiated(scratch, tracked, message, bytes);
    }
}

const ltkm_proof_t *proof_of(const tracked_message_t *tracked)
{
    const tracked_message_t *original = tracked->is_copy ? tracked->link : tracked;
    record_t *record = wmem_map_lookup(records, original);

    if (record && record->bytes) {
        try_verification(record, original->link);
    }
    return record ? &record->proof : NULL;
}

mikey_mac_status_t proof_status(const tracked_message_t *tracked, const mikey_message_t *message)
{
    const ltkm_proof_t *proof = tracked ? proof_of(tracked) : NULL;

    return proof ? proof->mac : untried_status(message);
}
