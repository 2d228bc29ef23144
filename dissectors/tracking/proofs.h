/* proofs.h
 * What the keys of the user prove: that the MAC of a message is right, what its KEMAC holds, and that a
 * verification message is genuine. Without keys nothing is kept.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROOFS_H
#define PROOFS_H

#include "mikey/mikey-crypto.h"
#include "tracking/card-keys.h"
#include "tracking/ltkms.h"
#include "tracking/record-set.h"
#include "tracking/service-keys.h"
#include "tracking/store.h"

typedef struct {
    mikey_mac_status_t mac;
    uint32_t row;        /* the key that was tried: of keys of LTKMs, of an STKM of service keys; 0: none */
    uint32_t key_frame;  /* of an STKM: the frame whose LTKM brought the key; else 0 */
    card_answer_t card;  /* what cards say, where no row is right */
    mikey_v_form_t form; /* of a verification message: what its MAC covers */
    mikey_open_result_t opening;
    const uint8_t *plain; /* decrypted KEMAC data; NULL: there is none to show */
    uint32_t plain_length;
} ltkm_proof_t;

/* What there is to say of messages that no key fits, each once. */
enum { PROOFS_UNPROVEN = 4 };

typedef struct {
    wmem_allocator_t *scope;
    const key_rows_t *keys;
    card_keys_t *cards;
    service_keys_t service_keys;
    store_t store;
    record_set_t records; /* of tracked_message_t that have one */
    struct proof_initiated *all_initiated;
    ltkm_proof_t unproven[PROOFS_UNPROVEN]; /* by tracked_message_t::unproven */
} proofs_t;

/* What is remembered lives in |scope|; |keys| and |cards| are looked at when a message comes. */
void proofs_init(proofs_t *proofs, wmem_allocator_t *scope, const key_ring_t *keys, card_keys_t *cards);

/* Overwrites all secrets: before |scope| is given back. */
void proofs_wipe(proofs_t *proofs);

/* Tries the keys on a message that has just been remembered in |tracked|. */
void proofs_add(proofs_t *proofs, tracked_message_t *tracked, const mikey_message_t *message);

/* What is known of a message; NULL: there were no keys to try. Of a verification message that depends on its
 * LTKM, which may have come later. */
const ltkm_proof_t *proof_of(const proofs_t *proofs, const tracked_message_t *tracked);

/* Whether there was a key to try that was said to be for this message. */
static inline bool proof_has_key(const ltkm_proof_t *proof)
{
    return proof->row || proof->key_frame || proof->card.verdict >= CARDS_FIT;
}

/* The same as a status: of a message without proof "unverified", or "not present". |tracked| may be NULL. */
mikey_mac_status_t proof_status(const proofs_t *proofs, const tracked_message_t *tracked,
                                const mikey_message_t *message);

#endif
