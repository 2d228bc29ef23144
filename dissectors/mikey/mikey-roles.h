/* mikey-roles.h
 * What the payloads of a message are for, and with them the message: T, IDi and IDr, the key's IDs; LTKM,
 * STKM, verification message or error. MBMS and BCAST read of TS 33.246 §6.3 and RFC 5410.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_ROLES_H
#define MIKEY_ROLES_H

#include "mikey/mikey-message.h"

/* Sets the kind and the pointers of a message whose payloads and |complete| are read; for
 * mikey_message_parse().
 */
void mikey_assign_roles(mikey_message_t *message);

/* Whether a fault of that kind was found. */
bool mikey_has_fault(const mikey_message_t *message, mikey_fault_code_t code);

/* Whether there is an EXT payload of that type; one of the type OMA BCAST with that subtype. */
bool mikey_has_ext(const mikey_message_t *message, uint8_t ext_type);
bool mikey_has_bcast_data(const mikey_message_t *message, uint8_t subtype);

/* Whether the message is an LTKM, with or without a key. */
bool mikey_is_ltkm(const mikey_message_t *message);

/* Whether the bytes are MIKEY, as far as they go: for ports that others use too. The beginning has to be
 * sound, up to the first payload, and a whole message has to have what makes it what it is. What is cut or
 * damaged behind a sound beginning is MIKEY. */
bool mikey_is_likely(const mikey_message_t *message);

/* A message to a group of receivers may have a Source FEC Payload ID behind its last payload (TS 26.346
 * §8.2): takes four bytes there for one, and not for a fault. */
void mikey_take_fec_id(mikey_message_t *message);

#endif
