/* ltkms.h
 * LTKMs and verification messages seen so far, and which belong together.
 *
 * They are paired by what they say, never by addresses and ports: the BSM that gets the verification may be
 * another host than the one that sent the LTKM, and NAT changes addresses. In this order:
 *   1. CSB ID and T are equal (RFC 3830 §5: the responder copies T), and no IDr speaks against it;
 *   2. CSB ID and T are equal;
 *   3. CSB ID is equal and so is IDr (responders with a T of their own);
 *   4. CSB ID is equal and one LTKM that asks for a verification message is left without one.
 * A verification message may stand before its LTKM in the file. 1 takes the place of 2, and both that of 3
 * and 4; what lost its other half looks for another once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LTKMS_H
#define LTKMS_H

#include "mikey/mikey-message.h"
#include "tracking/hosts.h"
#include "tracking/terminals.h"

/* The numbers of the delivery mechanisms and of the filter field ltkm.transport. */
typedef enum {
    LTKM_TRANSPORT_UDP = 0,
    LTKM_TRANSPORT_SMS = 1,
    LTKM_TRANSPORT_HTTP = 2,
} ltkm_transport_t;

/* One message of ours, in file scope. Only LTKMs and verification messages are paired. */
typedef struct tracked_message {
    uint32_t frame; /* 0: nothing was tracked here (an LTKM that does not decode) */
    uint32_t csb_id;
    int64_t time; /* nanoseconds since 1970 */
    uint64_t t;
    uint64_t digest;        /* of the bytes, its first 8 */
    uint32_t idr_hash;      /* 0: no IDr */
    uint32_t terminal_hash; /* of the terminal's address: a tie-breaker */
    uint32_t other_hash;    /* of the address at the other end */
    uint32_t index;         /* in its body, from 1; 0 over UDP */
    uint32_t n_siblings;    /* LTKMs of its body: they stand around this one in memory, by index */
    uint32_t n_older;       /* messages in the chain of |older| */
    uint8_t t_type;         /* 0xff: there is no T */
    uint8_t kind;           /* mikey_kind_t */
    uint8_t transport;      /* ltkm_transport_t */
    bool v_flag : 1;
    bool is_copy : 1;                     /* the same bytes were seen before: |link| is the first of them */
    bool whole_body : 1;                  /* an HTTP body of its own */
    bool registration_seen : 1;           /* before it in the capture */
    const terminal_t *terminal;           /* NULL: not known */
    const delivery_state_t *delivery;     /* in force for the terminal; NULL: not known */
    const host_name_t *host;              /* of an LTKM: named in IDi */
    struct tracked_message *link;         /* the other half of the pair, or the original of a copy */
    struct tracked_message *older;        /* of the same kind and CSB ID */
    struct tracked_message **older_alike; /* of those also alike in IDr, T, both; NULL: CSB ID is enough */
} tracked_message_t;

/* Once, at registration. */
void ltkms_register(void);

/* Where a message comes from. */
typedef struct {
    ltkm_transport_t transport;
    bool whole_body; /* it is an HTTP body of its own */
    uint32_t index;  /* in its body, from 1; 0 over UDP */
    uint32_t n_siblings;
    const terminal_t *terminal;   /* NULL: not known */
    const address *terminal_side; /* the terminal's address in this frame */
    const address *other_side;
} ltkm_origin_t;

/* Remembers a message in |tracked| (file scope, zeroed) and pairs LTKMs and verification messages. |bytes|
 * are the whole message. First pass only; O(1). */
void ltkms_add(packet_info *pinfo, tracked_message_t *tracked, const mikey_message_t *message,
               const uint8_t *bytes, uint32_t length, const ltkm_origin_t *origin);

/* The other half of a pair: the verification message of an LTKM, the LTKM of a verification message; NULL if
 * none so far. */
const tracked_message_t *ltkm_peer(const tracked_message_t *message);

/* Whether a message and its other half have equal T. */
bool ltkm_same_t(const tracked_message_t *message);

/* Whether a verification message names an LTKM that another one, in other bytes, has answered. */
bool ltkm_is_second(const tracked_message_t *verification);

/* Whether a verification message came before that of an LTKM which stands before its own in the same payload
 * (5.1.6.10.4), by all that is known by now; at most 64 LTKMs are looked at. */
typedef enum {
    LTKM_IN_ORDER,
    LTKM_PERHAPS_TOO_EARLY, /* the two go to different hosts, or one is not paired by T */
    LTKM_TOO_EARLY,
} ltkm_order_t;
ltkm_order_t ltkm_order(const tracked_message_t *verification);

/* The frame of the message with the same bytes that was seen first, 0 if this is it. */
uint32_t ltkm_original_frame(const tracked_message_t *message);

/* Seconds from an LTKM to its verification message. */
double ltkm_delay(const tracked_message_t *ltkm, const tracked_message_t *verification);

/* Whether an LTKM with the CSB ID and T of |message| has been seen. */
bool ltkms_knows(const mikey_message_t *message);

/* Whether any LTKM has been seen. */
bool ltkms_any(void);

#endif
