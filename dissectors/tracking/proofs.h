/* proofs.h
 * What the keys of the user prove: that the MAC of a message is right, what its KEMAC holds, and that a
 * verification message is genuine. Without keys nothing is kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROOFS_H
#define PROOFS_H

#include "mikey/mikey-crypto.h"
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

/* Once, at registration. */
void proofs_register(void);

/* Tries the keys on a message that has just been remembered in |tracked|. Nothing in |scratch| is kept.
 * First pass only. */
void proofs_add(wmem_allocator_t *scratch, const tracked_message_t *tracked, const mikey_message_t *message,
                const uint8_t *bytes, uint32_t length);

/* What is known of a message, in file scope; NULL: there were no keys to try. Of a verification message that
 * depends on its LTKM, which may have come later. */
const ltkm_proof_t *proof_of(const tracked_message_t *tracked);

/* The same as a status: of a message without proof "unverified", or "not present". */
mikey_mac_status_t proof_status(const tracked_message_t *tracked, const mikey_message_t *message);

#endif
