/* ltkms.h
 * LTKMs and verification messages seen so far, and which belong together.
 *
 * They are paired by what they say. In this order:
 *   1. CSB ID and T are equal (RFC 3830 §5: the responder copies T), and no IDr speaks against it;
 *   2. CSB ID and T are equal;
 *   3. CSB ID is equal and so is IDr (responders with a T of their own);
 *   4. CSB ID is equal and one LTKM that asks for a verification message is left without one.
 * Among several that fit alike (two BSMs of a terminal may use one CSB ID and T, and so may two terminals)
 * addresses decide: the terminal's, and whether the verification goes to the LTKM's BSM; then the order in
 * the payload. They never decide alone, for NAT changes them, and the BSM that gets the verification may be
 * another host than the one that sent the LTKM. A verification message may stand before its LTKM in the file.
 * 1 takes the place of 2, and both that of 3 and 4; what lost its other half looks for another.
 *
 * CSB ID identifies nothing, and T is counted for each terminal: where IDr is that of another terminal which
 * is known, a verification message answers none of these LTKMs.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LTKMS_H
#define LTKMS_H

#include "mikey/mikey-message.h"
#include "tracking/hosts.h"
#include "tracking/ltkm-index.h"
#include "tracking/terminals.h"

/* The numbers of the delivery mechanisms and of the filter field ltkm.transport. */
typedef enum {
    LTKM_TRANSPORT_UDP = 0,
    LTKM_TRANSPORT_SMS = 1,
    LTKM_TRANSPORT_HTTP = 2,
} ltkm_transport_t;

enum { LTKM_NO_T = 0xf };

/* One message of ours, in file scope. Only LTKMs and verification messages are paired. */
typedef struct tracked_message {
    uint32_t frame; /* 0: nothing was tracked here (an LTKM that does not decode) */
    uint32_t csb_id;
    int64_t time; /* nanoseconds since 1970 */
    uint64_t t;
    uint64_t digest;        /* of the bytes */
    uint32_t idr_hash;      /* 0: no IDr */
    uint32_t terminal_hash; /* of the terminal's address: a tie-breaker */
    uint32_t other_hash;    /* of the address at the other end */
    uint16_t index;        /* in its body, from 1: it stands behind that of index - 1 in memory; 0 over UDP */
    uint16_t n_older;      /* messages in the chain of |older|, as far as it counts */
    uint16_t ports;        /* of its datagram, mixed */
    uint16_t mtk_id;       /* of an STKM; 0: none, or one that may not be */
    uint8_t t_type : 4;    /* LTKM_NO_T: there is no T */
    uint8_t kind : 4;      /* mikey_kind_t */
    uint8_t fate : 4;      /* ltkm_fate_t */
    uint8_t transport : 2; /* ltkm_transport_t */
    bool v_flag : 1;
    bool is_copy : 1;           /* the same bytes were seen before: |link| is the first of them */
    bool whole_body : 1;        /* an HTTP body of its own */
    bool registration_seen : 1; /* before it in the capture */
    bool idr_is_known : 1;      /* of a verification message: it is that of a terminal seen before */
    bool in_chains : 1;         /* of |older|: it may be found */
    bool in_further : 1;        /* chains, by what else is alike */
    bool lacks_t : 1;           /* the capture cut the frame before T */
    bool is_replay : 1;         /* T is not greater than that of another */
    bool older_muk : 1;         /* IDr is a B-TID that its terminal has replaced */
    bool unregistered : 1;      /* its terminal asked for a registration and has none */
    bool while_asking : 1;      /* its terminal asked for a registration that was not answered yet */
    uint8_t key_fault : 3;      /* key_fault_t: of key data that could be read */
    bool bad_limit : 1;   /* SEQu of an LTKM is all ones; the MTK ID of an STKM may not be, or not now */
    uint8_t unproven : 2; /* keys were tried, and none is right: which of a few proofs it has; 0: another */
    const terminal_t *terminal;       /* NULL: not known */
    const delivery_state_t *delivery; /* in force for the terminal; NULL: not known */
    const host_name_t *host;          /* of an LTKM: named in IDi */
    struct msk *msk;                  /* that an LTKM or STKM names; NULL: none, or of unusual IDs */
    struct tracked_message *link;     /* the other half of the pair, or the original of a copy */
    union {
        struct tracked_message *older; /* of the same kind and CSB ID */
        struct tracked_message *
            *older_alike; /* the same, and of those that are alike in more: |in_further| */
    };
} tracked_message_t;

/* An LTKM and its verification message, with all that is kept beside, have 600 bytes. */
G_STATIC_ASSERT(sizeof(tracked_message_t) <= 104);

typedef struct {
    ltkm_index_t ltkms;
    ltkm_index_t verifications; /* that may still want another LTKM */
} ltkms_t;

/* What was in force for the terminal when a message came, by all that has come since; NULL: not known, also
 * where the answer to a registration is not in the capture, which may have changed it. */
static inline const delivery_state_t *ltkm_delivery(const tracked_message_t *message)
{
    const delivery_state_t *delivery = message->delivery;
    bool lacks_answer = delivery && message->while_asking &&
                        terminal_lacks_answer(message->terminal, delivery->frame, message->frame);

    return lacks_answer ? NULL : delivery;
}

/* A message on its way: what it says, and what is remembered of it. */
typedef struct ltkm {
    const mikey_message_t *message;
    const tracked_message_t *tracked; /* NULL: nothing */
    const tracked_message_t
        *quoted;                /* sent before, and quoted here by an ICMP error; NULL: this is no quote */
    const terminal_t *terminal; /* NULL: not known */
    ltkm_transport_t transport;
    uint32_t index;    /* in its body, from 1; 0 over UDP */
    struct ltkm *next; /* that came with it */
} ltkm_t;

/* What is remembered lives in |scope|. */
void ltkms_init(ltkms_t *ltkms, wmem_allocator_t *scope);

/* Fills in by what |message| is told from others, and paired. */
void ltkm_identify(tracked_message_t *tracked, const mikey_message_t *message);

/* Pairs an LTKM or verification message, all of whose other members are filled in. O(1). */
void ltkms_add(ltkms_t *ltkms, tracked_message_t *tracked);

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
bool ltkms_know(const ltkms_t *ltkms, const mikey_message_t *message);

/* Whether any LTKM has been seen. */
bool ltkms_any(const ltkms_t *ltkms);

/* Whether a message is one that is paired: an LTKM, any other message of the pre-shared key mode that begins
 * an exchange (RFC 3830 §3.1), or a verification message. */
static inline bool ltkm_is_paired(const tracked_message_t *message)
{
    return (message->kind >= MIKEY_KIND_LTKM && message->kind <= MIKEY_KIND_VERIFICATION) ||
           message->kind == MIKEY_KIND_OTHER || message->kind == MIKEY_KIND_PARENTAL_CONTROL;
}

/* Whether a message is an LTKM, with or without key. */
static inline bool ltkm_is_ltkm(const tracked_message_t *message)
{
    return message->kind == MIKEY_KIND_LTKM || message->kind == MIKEY_KIND_LTKM_WITHOUT_KEY;
}

#endif
