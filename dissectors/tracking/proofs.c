/* proofs.c
 * An Initiator's message is tried once, when it comes. Of a verification message its bytes are kept: it is
 * tried when somebody asks, under the keys of the LTKM it is paired with by then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/proofs.h"

#include <string.h>

#include "mikey/identifiers.h"

/* Verification messages have about a hundred bytes; longer ones are not tried. */
enum { MAX_VERIFICATION = 4096 };

typedef struct proof_record {
    ltkm_proof_t proof;
    mikey_keys_t keys; /* of an LTKM whose MAC is good, or absent */
    bool has_keys;
    mikey_initiator_t initiator; /* of an LTKM */
    const uint8_t *bytes;        /* of a verification message */
    uint32_t length;
    mikey_mac_status_t untried;     /* of a verification message that nobody has a key for */
    const tracked_message_t *tried; /* the LTKM a verification message was tried with */
    struct proof_record *next;      /* in the order of coming, backwards */
} record_t;

void proofs_init(proofs_t *proofs, wmem_allocator_t *scope, const key_ring_t *keys, card_keys_t *cards)
{
    *proofs = (proofs_t){
        .scope = scope,
        .keys = &keys->of[KEYS_OF_LTKMS],
        .cards = cards,
        .records = wmem_map_new(scope, g_direct_hash, g_direct_equal),
    };
    service_keys_init(&proofs->service_keys, scope, &keys->of[KEYS_OF_SERVICES]);
}

void proofs_wipe(proofs_t *proofs)
{
    for (record_t *record = proofs->all_records; record; record = record->next) {
        mikey_wipe(&record->keys, sizeof record->keys);
        mikey_wipe((void *)record->proof.plain, record->proof.plain_length);
    }
    service_keys_wipe(&proofs->service_keys);
    proofs->all_records = NULL;
}

/* What can be said of a message without a key. */
static mikey_mac_status_t untried_status(const mikey_message_t *message)
{
    mikey_v_form_t form;

    return message->kind == MIKEY_KIND_VERIFICATION ? mikey_check_verification(message, NULL, NULL, &form)
                                                    : mikey_check_mac(message, NULL);
}

static record_t *new_record(proofs_t *proofs, const tracked_message_t *tracked,
                            const mikey_message_t *message)
{
    record_t *record = wmem_new0(proofs->scope, record_t);

    record->proof.mac = record->untried = untried_status(message);
    record->proof.opening = MIKEY_NO_KEYS;
    record->next = proofs->all_records;
    proofs->all_records = record;
    wmem_map_insert(proofs->records, tracked, record);
    return record;
}

/* ---- Initiators' messages --------------------------------------------------------------------------- */

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

static void try_key(proofs_t *proofs, record_t *record, const mikey_message_t *message, const uint8_t *psk,
                    uint32_t psk_length, const uint8_t *rand, uint32_t rand_length)
{
    uint32_t length = message->kemac->kemac.encr_data.length;
    uint8_t *plain;
    size_t plain_length;

    if (!mikey_derive_keys_of(&record->keys, message, psk, psk_length, rand, rand_length)) {
        return;
    }
    record->proof.mac = mikey_check_mac(message, &record->keys);
    if (record->proof.mac != MIKEY_MAC_GOOD && record->proof.mac != MIKEY_MAC_NOT_PRESENT) {
        return;
    }
    plain = wmem_alloc(proofs->scope, MAX(length, 1));
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
        wmem_free(proofs->scope, plain);
    }
}

/* A key of nobody in particular that does not fit is no wrong key: it is another one's. */
static bool is_for_this_one(const key_row_t *key)
{
    return key->name[0] != '\0' || key->other_name[0] != '\0';
}

/* The keys that were entered, until one is right. Where none is, the first that names this Initiator or
 * Responder is said to be wrong. */
static void try_ring(proofs_t *proofs, record_t *record, const mikey_message_t *message)
{
    ltkm_proof_t failed = record->proof;
    mikey_range_t rand = message->rand->rand;

    for (uint32_t i = key_rows_next(proofs->keys, 0, message); i < proofs->keys->n && !record->has_keys;
         i = key_rows_next(proofs->keys, i + 1, message)) {
        const key_row_t *key = &proofs->keys->rows[i];

        try_key(proofs, record, message, key->secret.bytes, key->secret.length, message->bytes + rand.offset,
                rand.length);
        record->proof.row = key->row;
        if (is_for_this_one(key) && failed.row == 0) {
            failed = record->proof;
        }
    }
    if (!record->has_keys) {
        record->proof = failed;
    }
}

/* ---- cards ------------------------------------------------------------------------------------------ */

typedef struct {
    proofs_t *proofs;
    record_t *record;
    const mikey_message_t *message;
} card_trial_t;

/* Of a key that does not fit nothing is derived but what tells that. */
static bool opens(void *user, const uint8_t key[GBA_KEY_SIZE])
{
    card_trial_t *trial = user;
    const mikey_message_t *message = trial->message;
    mikey_range_t rand = message->rand->rand;
    const uint8_t *rand_bytes = message->bytes + rand.offset;
    mikey_mac_status_t mac = mikey_check_psk(message, key, GBA_KEY_SIZE, rand_bytes, rand.length);

    trial->record->proof.mac = mac;
    if (mac == MIKEY_MAC_GOOD || mac == MIKEY_MAC_NOT_PRESENT) {
        try_key(trial->proofs, trial->record, message, key, GBA_KEY_SIZE, rand_bytes, rand.length);
    }
    return trial->record->has_keys;
}

static card_question_t question_of(const tracked_message_t *tracked, const mikey_message_t *message)
{
    mikey_range_t idi = message->idi ? message->idi->id.data : (mikey_range_t){ 0, 0 };
    mikey_range_t idr = message->idr ? message->idr->id.data : (mikey_range_t){ 0, 0 };
    naf_host_t host = naf_host_find(message->bytes + idi.offset, idi.length);

    return (card_question_t){
        .btid = (const char *)message->bytes + idr.offset,
        .btid_length = idr.length,
        .fqdn = (const char *)message->bytes + idi.offset + host.offset,
        .fqdn_length = host.length,
        .frame = tracked->frame,
        .known_only = message->kemac->kemac.mac_alg == 0,
    };
}

/* The keys of another B-TID of the card are right, but not those that IDr names, which the terminal takes. */
static void take_back(proofs_t *proofs, record_t *record)
{
    ltkm_proof_t *proof = &record->proof;

    mikey_wipe((void *)proof->plain, proof->plain_length);
    wmem_free(proofs->scope, (void *)proof->plain);
    proof->plain = NULL;
    proof->plain_length = 0;
    proof->mac = proof->mac == MIKEY_MAC_GOOD ? MIKEY_MAC_BAD : proof->mac;
    proof->opening = MIKEY_WRONG_KEY;
    record->has_keys = false;
}

/* A row that names this Initiator or Responder and is wrong is said to be, unless a card is right. */
static void try_cards(proofs_t *proofs, record_t *record, const tracked_message_t *tracked,
                      const mikey_message_t *message)
{
    ltkm_proof_t failed = record->proof;
    card_question_t question = question_of(tracked, message);
    card_trial_t trial = { proofs, record, message };

    record->proof.card = card_keys_try(proofs->cards, &question, opens, &trial);
    if (record->proof.card.other_btid) {
        take_back(proofs, record);
    }
    if (record->has_keys) {
        record->proof.row = 0;
    } else if (failed.row || record->proof.card.verdict != CARDS_FITTED_BEFORE) {
        failed.card = record->proof.card;
        record->proof = failed;
    }
}

/* ---- STKMs ------------------------------------------------------------------------------------------ */

static void try_service_keys(proofs_t *proofs, record_t *record, const mikey_message_t *message)
{
    const service_key_t *key = service_keys_find(&proofs->service_keys, message);
    mikey_range_t own = message->rand ? message->rand->rand : (mikey_range_t){ 0, 0 };

    for (int left = MAX_SERVICE_KEYS; key && left > 0 && !record->has_keys; key = key->older, left--) {
        try_key(proofs, record, message, key->bytes, key->length,
                message->rand ? message->bytes + own.offset : key->rand,
                message->rand ? own.length : key->rand_length);
        if (record->has_keys || (record->proof.key_frame == 0 && record->proof.row == 0)) {
            record->proof.key_frame = key->frame;
            record->proof.row = key->row;
        }
    }
}

static const uint8_t *keep(const proofs_t *proofs, const uint8_t *bytes, size_t length)
{
    return wmem_memdup(proofs->scope, bytes, length);
}

/* What its verification message is checked with. */
static void keep_initiator(const proofs_t *proofs, record_t *record, const mikey_message_t *message)
{
    mikey_initiator_t initiator = mikey_initiator_of(message);

    initiator.idi = keep(proofs, initiator.idi, initiator.idi_length);
    initiator.idr = keep(proofs, initiator.idr, initiator.idr_length);
    initiator.t = keep(proofs, initiator.t, initiator.t_length);
    record->initiator = initiator;
}

static void add_initiated(proofs_t *proofs, const tracked_message_t *tracked, const mikey_message_t *message)
{
    record_t *record;

    if (!message->kemac || tracked->is_copy) {
        return;
    }
    record = new_record(proofs, tracked, message);
    if (message->kind == MIKEY_KIND_STKM) {
        try_service_keys(proofs, record, message);
    } else if (message->rand) {
        try_ring(proofs, record, message);
        if (!record->has_keys && proofs->cards->cards->n > 0) {
            try_cards(proofs, record, tracked, message);
        }
    }
    if (!record->has_keys) {
        mikey_wipe(&record->keys, sizeof record->keys);
    } else if (message->kind != MIKEY_KIND_STKM) {
        keep_initiator(proofs, record, message);
        if (record->proof.plain) {
            service_keys_add(&proofs->service_keys, tracked->frame, message, record->proof.plain,
                             record->proof.plain_length);
        }
    }
}

/* ---- verification messages -------------------------------------------------------------------------- */

static void add_verification(proofs_t *proofs, const tracked_message_t *tracked,
                             const mikey_message_t *message)
{
    record_t *record;

    if (message->v && !tracked->is_copy && message->length <= MAX_VERIFICATION) {
        record = new_record(proofs, tracked, message);
        record->bytes = keep(proofs, message->bytes, message->length);
        record->length = message->length;
    }
}

static void try_verification(const proofs_t *proofs, record_t *record, const tracked_message_t *ltkm)
{
    const tracked_message_t *original = ltkm && ltkm->is_copy ? ltkm->link : ltkm;
    const record_t *initiated = original ? wmem_map_lookup(proofs->records, original) : NULL;
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
    record->proof.card = initiated->proof.card;
    wmem_destroy_allocator(scratch);
}

/* ---- public ----------------------------------------------------------------------------------------- */

static bool has_rows(const proofs_t *proofs)
{
    return proofs->keys->n > 0 || proofs->cards->cards->n > 0 || proofs->service_keys.all;
}

void proofs_add(proofs_t *proofs, const tracked_message_t *tracked, const mikey_message_t *message)
{
    if (!has_rows(proofs)) {
        return;
    }
    if (message->kind == MIKEY_KIND_VERIFICATION) {
        add_verification(proofs, tracked, message);
    } else {
        add_initiated(proofs, tracked, message);
    }
}

const ltkm_proof_t *proof_of(const proofs_t *proofs, const tracked_message_t *tracked)
{
    const tracked_message_t *original = tracked->is_copy ? tracked->link : tracked;
    record_t *record = wmem_map_lookup(proofs->records, original);

    if (record && record->bytes) {
        try_verification(proofs, record, original->link);
    }
    return record ? &record->proof : NULL;
}

mikey_mac_status_t proof_status(const proofs_t *proofs, const tracked_message_t *tracked,
                                const mikey_message_t *message)
{
    const ltkm_proof_t *proof = tracked ? proof_of(proofs, tracked) : NULL;

    return proof ? proof->mac : untried_status(message);
}
