/* ltkms.h
 * LTKMs and verification messages seen so far, and which belong together.
 *
 * They are paired by what they say, never by addresses and ports: the BSM that gets the verification may be
 * another host than the one that sent the LTKM, and NAT changes addresses. In this order:
 *   1. CSB ID and T are equal (RFC 3830 §5: the responder copies T);
 *   2. CSB ID is equal and so is IDr (responders with a T of their own);
 *   3. CSB ID is equal and one LTKM that asks for a verification message is left without one.
 * A verification message may stand before its LTKM in the file. An exact match (1) takes the place of
 * another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LTKMS_H
#define LTKMS_H

#include "mikey/mikey-message.h"
#include "tracking/terminals.h"

/* The numbers of the delivery mechanisms and of the filter field ltkm.transport. */
typedef enum {
    LTKM_TRANSPORT_UDP = 0,
    LTKM_TRANSPORT_SMS = 1,
    LTKM_TRANSPORT_HTTP = 2,
} ltkm_transport_t;

#define LTKM_DIGEST_SIZE 16

/* One message of ours, in file scope. Only LTKMs and verification messages have an original or a peer. */
typedef struct tracked_message {
    uint32_t frame;
    uint32_t csb_id;
    nstime_t time;
    uint64_t t;
    uint32_t idr_hash;      /* 0: no IDr */
    uint32_t terminal_hash; /* of the terminal's address: a tie-breaker */
    uint8_t t_type;         /* NO_T: none */
    uint8_t kind;           /* mikey_kind_t */
    uint8_t transport;      /* ltkm_transport_t */
    bool v_flag;
    bool exact; /* paired by CSB ID and T */
    uint8_t digest[LTKM_DIGEST_SIZE];
    const terminal_t *terminal;            /* NULL: not known */
    struct tracked_message *original;      /* the same bytes, seen before; NULL: this is the first */
    struct tracked_message *peer;          /* of an original: its other half; NULL: none so far */
    struct tracked_message *next_same_t;   /* older ones of the same kind, CSB ID and T */
    struct tracked_message *next_same_csb; /* older ones of the same kind and CSB ID */
} tracked_message_t;

/* Once, at registration. */
void ltkms_register(void);

/* Remembers an LTKM (kind 1 or 2) or verification message (kind 3) and pairs it. |bytes| are the whole
 * message, |terminal_side| the terminal's address in its frame. First pass only; O(1). */
tracked_message_t *ltkms_add(packet_info *pinfo, const mikey_message_t *message, const uint8_t *bytes,
                             uint32_t length, ltkm_transport_t transport, const terminal_t *terminal,
                             const address *terminal_side);

/* The other half of a pair: the verification message of an LTKM, the LTKM of a verification message; NULL if
 * none so far. */
const tracked_message_t *ltkm_peer(const tracked_message_t *message);

/* Whether an LTKM with the CSB ID and T of |message| has been seen. */
bool ltkms_knows(const mikey_message_t *message);

/* Whether any LTKM has been seen. */
bool ltkms_any(void);

#endif
