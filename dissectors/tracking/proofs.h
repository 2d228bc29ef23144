/* proofs.h
 * What the keys of the user prove: that the MAC of a message is right, what its KEMAC holds, and that a
 * verification message is genuine. Without keys nothing is kept.
 *
 * Pure.
 *
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROOFS_H
#define PROOFS_H

#include "mikey/mikey-crypto.h"
#include "tracking/key-ring.h"
#include "tracking/ltkms.h"

typedef struct {
    mikey_mac_status_t mac;
    uint32_t row;        /* of the table: the key that was tried; 0: none of it */
    uint32_t key_frame;  /* of an STKM: the frame whose LTKM brought the key; else 0 */
    mikey_v_form_t form; /* of a verification message: what its MAC covers */
    mikey_open_result_t opening;
    const uint8_t *plain; /* decrypted KEMAC data; NULL: there is none to show */
    uint32_t plain_length;
} ltkm_proof_t;

typedef struct {
    wmem_allocator_t *scope;
    const key_ring_t *keys;
    wmem_map_t *records;      /* tracked_message_t -> proof_record */
    wmem_map_t *service_keys; /* a key's name -> the youngest service_key */
    struct proof_record *all_records;
    struct service_key *all_service_keys;
} proofs_t;

/* What is remembered lives in |scope|; |keys| are looked at when a message comes. */
void proofs_init(proofs_t *proofs, wmem_allocator_t *scope, const key_ring_t *keys);

/* Overwrites all secrets: before |scope| is given back. */
void proofs_wipe(proofs_t *proofs);

/* Tries the keys on a message that has just been remembered in |tracked|. */
void proofs_add(proofs_t *proofs, const tracked_message_t *tracked, const mikey_message_t *message);

/* What is known of a message; NULL: there were no keys to try. Of a verification message that depends on its
 * LTKM, which may have come later. */
const ltkm_proof_t *proof_of(const proofs_t *proofs, const tracked_message_t *tracked);

/* The same as a status: of a message without proof "unverified", or "not present". |tracked| may be NULL. */
mikey_mac_status_t proof_status(const proofs_t *proofs, const tracked_message_t *tracked,
                                const mikey_message_t *message);

#endif
