/* proofs.c
 * An Initiator's message is tried once, when it comes. Of a verification message its bytes are kept: it is
 * tried when somebody asks, under the keys of the LTKM it is paired with by then.
 *
 * Most keys fit few messages. Those that none fits have no record: all there is to say of one is one of a few
 * things, and it says itself which.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/proofs.h"

#include <string.h>

#include "mikey/identifiers.h"

/* Verification messages have about a hundred bytes; longer ones are not tried. */
enum { MAX_VERIFICATION = 4096 };

/* Of an Initiator's message that a key fits. */
typedef struct proof_initiated {
    mikey_keys_t keys;
    mikey_initiator_t initiator; /* of an LTKM */
    const uint8_t *plain;        /* as in its proof */
    uint32_t plain_length;
    struct proof_initiated *next;
} initiated_t;

typedef struct {
    const tracked_message_t *tracked; /* what a record is found by */
    ltkm_proof_t proof;
    initiated_t *initiated;         /* NULL: no key fits, or it is a verification message: */
    const tracked_message_t *tried; /* the LTKM that it was tried with */
    mikey_mac_status_t untried;     /* if nobody has a key for it */
    uint32_t length;                /* 0: it is none */
    uint8_t bytes[];
} record_t;

/* A record begins with it, and may be asked for by it alone. Sets mix it with a salt of theirs. */
static unsigned hash_of_record(const void *record)
{
    const tracked_message_t *const *tracked = record;
    uint64_t address = (uintptr_t)*tracked;

    return (unsigned)(address >> 3) ^ (unsigned)(address >> 35);
}

static int equal_records(const void *one, const void *other)
{
    return *(const tracked_message_t *const *)one == *(const tracked_message_t *const *)other;
}

/* ---- proofs that many share ------------------------------------------------------------------------- */

/* What cards say of messages whose MAC nobody has a key for. */
static const card_verdict_t verdicts[PROOFS_UNPROVEN] = {
    [1] = CARDS_NONE,
    [2] = CARDS_DO_NOT_FIT,
    [3] = CARDS_TOO_MANY,
};

static void init_unproven(proofs_t *proofs)
{
    for (uint8_t number = 1; number < PROOFS_UNPROVEN; number++) {
        proofs->unproven[number] = (ltkm_proof_t){
            .mac = MIKEY_MAC_UNVERIFIED,
            .card = { .verdict = verdicts[number] },
            .opening = MIKEY_NO_KEYS,
        };
    }
}

/* 0: there is more to say, or something else. */
static uint8_t number_of_unproven(const ltkm_proof_t *proof)
{
    uint8_t number = PROOFS_UNPROVEN - 1;

    if (proof->row || proof->key_frame || proof->mac != MIKEY_MAC_UNVERIFIED ||
        proof->opening != MIKEY_NO_KEYS) {
        return 0;
    }
    while (number > 0 && verdicts[number] != proof->card.verdict) {
        number--;
    }
    return number;
}

/* ---- beginning and end ------------------------------------------------------------------------------ */

void proofs_init(proofs_t *proofs, wmem_allocator_t *scope, const key_ring_t *keys, card_keys_t *cards)
{
    *proofs = (proofs_t){
        .scope = scope,
        .keys = &keys->of[KEYS_OF_LTKMS],
        .cards = cards,
        .store = store_in(scope),
        .records = record_set(scope, hash_of_record, equal_records),
    };
    init_unproven(proofs);
    service_keys_init(&proofs->service_keys, scope, &keys->of[KEYS_OF_SERVICES]);
}

void proofs_wipe(proofs_t *proofs)
{
    for (initiated_t *initiated = proofs->all_initiated; initiated; initiated = initiated->next) {
        mikey_wipe(&initiated->keys, sizeof initiated->keys);
        mikey_wipe((void *)initiated->plain, initiated->plain_length);
    }
    service_keys_wipe(&proofs->service_keys);
    proofs->all_initiated = NULL;
}

/* What can be said of a message without a key. */
static mikey_mac_status_t untried_status(const mikey_message_t *message)
{
    mikey_v_form_t form;

    return message->kind == MIKEY_KIND_VERIFICATION ? mikey_check_verification(message, NULL, NULL, &form)
                                                    : mikey_check_mac(message, NULL);
}

static record_t *new_record(proofs_t *proofs, const tracked_message_t *tracked, uint32_t length)
{
    record_t *record = store_alloc0(&proofs->store, sizeof *record + length);

    record->tracked = tracked;
    record_set_add(&proofs->records, record);
    return record;
}

/* ---- Initiators' messages --------------------------------------------------------------------------- */

/* What was found out so far. */
typedef struct {
    ltkm_proof_t proof;
    mikey_keys_t keys;
    bool has_keys; /* a MAC is good under them, or there is none */
} trial_t;

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

static void try_key(proofs_t *proofs, trial_t *trial, const mikey_message_t *message, const uint8_t *psk,
                    uint32_t psk_length, const uint8_t *rand, uint32_t rand_length)
{
    uint32_t length = message->kemac->kemac.encr_data.length;
    uint8_t *plain;
    size_t plain_length;

    if (!mikey_derive_keys_of(&trial->keys, message, psk, psk_length, rand, rand_length, &trial->proof.mac)) {
        return;
    }
    if (trial->proof.mac != MIKEY_MAC_GOOD && trial->proof.mac != MIKEY_MAC_NOT_PRESENT) {
        return;
    }
    plain = wmem_alloc(proofs->scope, MAX(length, 1));
    trial->proof.opening = mikey_open_kemac(message, &trial->keys, plain, &plain_length);
    if (trial->proof.mac == MIKEY_MAC_NOT_PRESENT && trial->proof.opening == MIKEY_OPENED &&
        !is_key_data(plain, (uint32_t)plain_length)) {
        trial->proof.opening = MIKEY_WRONG_KEY;
    }
    trial->has_keys = is_right(trial->proof.mac, trial->proof.opening);
    if (trial->proof.opening == MIKEY_OPENED && trial->has_keys) {
        trial->proof.plain = plain;
        trial->proof.plain_length = (uint32_t)plain_length;
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
static void try_ring(proofs_t *proofs, trial_t *trial, const mikey_message_t *message)
{
    ltkm_proof_t failed = trial->proof;
    mikey_range_t rand = message->rand->rand;

    for (uint32_t i = key_rows_next(proofs->keys, 0, message); i < proofs->keys->n && !trial->has_keys;
         i = key_rows_next(proofs->keys, i + 1, message)) {
        const key_row_t *key = &proofs->keys->rows[i];

        try_key(proofs, trial, message, key->secret.bytes, key->secret.length, message->bytes + rand.offset,
                rand.length);
        trial->proof.row = key->row;
        if (is_for_this_one(key) && failed.row == 0) {
            failed = trial->proof;
        }
    }
    if (!trial->has_keys) {
        trial->proof = failed;
    }
}

/* ---- cards ------------------------------------------------------------------------------------------ */

typedef struct {
    proofs_t *proofs;
    trial_t *trial;
    const mikey_message_t *message;
} card_trial_t;

/* Of a key that does not fit nothing is derived but what tells that. */
static bool opens(void *user, const uint8_t key[GBA_KEY_SIZE], bool exact)
{
    card_trial_t *cards = user;
    const mikey_message_t *message = cards->message;
    mikey_range_t rand = message->rand->rand;
    const uint8_t *rand_bytes = message->bytes + rand.offset;
    mikey_mac_status_t mac = mikey_check_psk(message, key, GBA_KEY_SIZE, rand_bytes, rand.length);

    (void)exact;
    cards->trial->proof.mac = mac;
    if (mac == MIKEY_MAC_GOOD || mac == MIKEY_MAC_NOT_PRESENT) {
        try_key(cards->proofs, cards->trial, message, key, GBA_KEY_SIZE, rand_bytes, rand.length);
    }
    return cards->trial->has_keys;
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
static void take_back(proofs_t *proofs, trial_t *trial)
{
    ltkm_proof_t *proof = &trial->proof;

    mikey_wipe((void *)proof->plain, proof->plain_length);
    wmem_free(proofs->scope, (void *)proof->plain);
    proof->plain = NULL;
    proof->plain_length = 0;
    proof->mac = proof->mac == MIKEY_MAC_GOOD ? MIKEY_MAC_BAD : proof->mac;
    proof->opening = MIKEY_WRONG_KEY;
    trial->has_keys = false;
}

/* A row that names this Initiator or Responder and is wrong is said to be, unless a card is right. */
static void try_cards(proofs_t *proofs, trial_t *trial, const tracked_message_t *tracked,
                      const mikey_message_t *message)
{
    ltkm_proof_t failed = trial->proof;
    card_question_t question = question_of(tracked, message);
    card_trial_t cards = { proofs, trial, message };

    trial->proof.card = card_keys_try(proofs->cards, &question, opens, &cards);
    if (trial->proof.card.other_btid) {
        take_back(proofs, trial);
    }
    if (trial->has_keys) {
        trial->proof.row = 0;
    } else if (failed.row || trial->proof.card.verdict != CARDS_FITTED_BEFORE) {
        failed.card = trial->proof.card;
        trial->proof = failed;
    }
}

/* ---- STKMs ------------------------------------------------------------------------------------------ */

static void try_service_keys(proofs_t *proofs, trial_t *trial, const mikey_message_t *message)
{
    const service_key_t *key = service_keys_find(&proofs->service_keys, message);
    mikey_range_t own = message->rand ? message->rand->rand : (mikey_range_t){ 0, 0 };

    for (int left = MAX_SERVICE_KEYS; key && left > 0 && !trial->has_keys; key = key->older, left--) {
        try_key(proofs, trial, message, key->bytes, key->length,
                message->rand ? message->bytes + own.offset : key->rand,
                message->rand ? own.length : key->rand_length);
        if (trial->has_keys || (trial->proof.key_frame == 0 && trial->proof.row == 0)) {
            trial->proof.key_frame = key->frame;
            trial->proof.row = key->row;
        }
    }
}

static const uint8_t *keep(proofs_t *proofs, const uint8_t *bytes, size_t length)
{
    uint8_t *kept = store_alloc0(&proofs->store, MAX(length, 1));

    if (length > 0) {
        memcpy(kept, bytes, length);
    }
    return kept;
}

/* What its verification message is checked with. */
static mikey_initiator_t keep_initiator(proofs_t *proofs, const mikey_message_t *message)
{
    mikey_initiator_t initiator = mikey_initiator_of(message);

    initiator.idi = keep(proofs, initiator.idi, initiator.idi_length);
    initiator.idr = keep(proofs, initiator.idr, initiator.idr_length);
    initiator.t = keep(proofs, initiator.t, initiator.t_length);
    return initiator;
}

static initiated_t *keep_keys(proofs_t *proofs, const tracked_message_t *tracked,
                              const mikey_message_t *message, const trial_t *trial)
{
    initiated_t *initiated = store_new0(&proofs->store, initiated_t);

    initiated->keys = trial->keys;
    initiated->plain = trial->proof.plain;
    initiated->plain_length = trial->proof.plain_length;
    initiated->next = proofs->all_initiated;
    proofs->all_initiated = initiated;
    if (message->kind != MIKEY_KIND_STKM) {
        initiated->initiator = keep_initiator(proofs, message);
        if (trial->proof.plain) {
            service_keys_add(&proofs->service_keys, tracked->frame, message, trial->proof.plain,
                             trial->proof.plain_length);
        }
    }
    return initiated;
}

static void add_initiated(proofs_t *proofs, tracked_message_t *tracked, const mikey_message_t *message)
{
    trial_t trial = { .proof = { .mac = untried_status(message), .opening = MIKEY_NO_KEYS } };

    if (!message->kemac || tracked->is_copy) {
        return;
    }
    if (message->kind == MIKEY_KIND_STKM) {
        try_service_keys(proofs, &trial, message);
    } else if (message->rand) {
        try_ring(proofs, &trial, message);
        if (!trial.has_keys && proofs->cards->cards->n > 0) {
            try_cards(proofs, &trial, tracked, message);
        }
    }
    tracked->unproven = trial.has_keys ? 0 : number_of_unproven(&trial.proof);
    if (!tracked->unproven) {
        record_t *record = new_record(proofs, tracked, 0);

        record->proof = trial.proof;
        record->initiated = trial.has_keys ? keep_keys(proofs, tracked, message, &trial) : NULL;
    }
    mikey_wipe(&trial.keys, sizeof trial.keys);
}

/* ---- verification messages -------------------------------------------------------------------------- */

static void add_verification(proofs_t *proofs, const tracked_message_t *tracked,
                             const mikey_message_t *message)
{
    if (message->v && !tracked->is_copy && message->length <= MAX_VERIFICATION) {
        record_t *record = new_record(proofs, tracked, message->length);

        record->proof.mac = record->untried = untried_status(message);
        record->proof.opening = MIKEY_NO_KEYS;
        memcpy(record->bytes, message->bytes, message->length);
        record->length = message->length;
    }
}

static record_t *record_of(const proofs_t *proofs, const tracked_message_t *tracked)
{
    return record_set_find(&proofs->records, &tracked);
}

static void try_verification(const proofs_t *proofs, record_t *record, const tracked_message_t *ltkm)
{
    const tracked_message_t *original = ltkm && ltkm->is_copy ? ltkm->link : ltkm;
    const record_t *initiated;
    wmem_allocator_t *scratch;

    if (record->tried == ltkm) {
        return;
    }
    record->tried = ltkm;
    record->proof.mac = record->untried;
    record->proof.form = MIKEY_V_NONE;
    record->proof.row = 0;
    initiated = original && !original->unproven ? record_of(proofs, original) : NULL;
    if (!initiated || !initiated->initiated) {
        return;
    }
    scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    record->proof.mac = mikey_check_verification(mikey_message_parse(scratch, record->bytes, record->length),
                                                 &initiated->initiated->keys,
                                                 &initiated->initiated->initiator, &record->proof.form);
    record->proof.row = initiated->proof.row;
    record->proof.card = initiated->proof.card;
    wmem_destroy_allocator(scratch);
}

/* ---- public ----------------------------------------------------------------------------------------- */

static bool has_rows(const proofs_t *proofs)
{
    return proofs->keys->n > 0 || proofs->cards->cards->n > 0 || proofs->service_keys.all;
}

void proofs_add(proofs_t *proofs, tracked_message_t *tracked, const mikey_message_t *message)
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
    record_t *record;

    if (original->unproven) {
        return &proofs->unproven[original->unproven];
    }
    record = record_of(proofs, original);
    if (record && record->length > 0) {
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
