/* fates.h
 * What a terminal does with each LTKM (MSK message) and STKM (MTK message) that comes: TS 33.246 6.4.6 and
 * 6.5.3, 6.5.4, as far as the capture and the keys tell. The fate is decided when a message comes, by what
 * came before, and kept with the message that decided it.
 *
 * Replay counters are per MUK, the pair of IDi and IDr; MTKs are per MSK, which all terminals share. A MAC
 * that nobody can check is taken for right.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FATES_H
#define FATES_H

#include "mikey/mikey-crypto.h"
#include "tracking/muks.h"

/* The numbers are those of the filter field ltkm.fate. */
typedef enum {
    FATE_USED = 0,
    FATE_ASKS = 1,       /* the terminal asks for the key: a solicited pull, or an older MUK */
    FATE_INVALID = 2,    /* the key becomes invalid */
    FATE_VALIDITY = 3,   /* of a key that is there; */
    FATE_MAY_IGNORE = 4, /* the mechanism was not granted */
    FATE_REPLAY = 5,
    FATE_MAC_WRONG = 6,
    FATE_MALFORMED = 7,
    FATE_COPY = 8,
    FATE_NO_MSK = 9,   /* of an STKM */
    FATE_BAD_MTK = 10, /* its MTK ID is not in the interval of its MSK, or not new */
    FATE_UNKNOWN = 15, /* neither LTKM nor STKM, or the capture cut it */
} ltkm_fate_t;

/* What is wrong with key data that could be read (TS 33.246 6.4.5.1). */
typedef enum {
    KEY_DATA_SOUND, /* or not readable */
    KEY_DATA_NONE,
    KEY_DATA_SEVERAL,
    KEY_DATA_NOT_TEK,
    KEY_DATA_NO_INTERVAL,
} key_fault_t;

typedef struct {
    muks_t muks;
    msks_t msks;
    wmem_map_t *compared; /* tracked_message_t -> the message that decided its fate */
    wmem_map_t *disorder; /* an STKM -> another one of its MSK: the greater T has the lower MTK ID */
} fates_t;

/* What is known of a message beyond its bytes. */
typedef struct {
    mikey_mac_status_t mac;
    const uint8_t *plain; /* of KEMAC; NULL: not opened */
    uint32_t plain_length;
    bool cut;              /* the capture kept only the beginning of the frame */
    const terminal_t *idr; /* the terminal that IDr names; NULL: none that is known */
} fate_facts_t;

/* What is remembered lives in |scope|; |budget| NULL: without a bound. */
void fates_init(fates_t *fates, wmem_allocator_t *scope, budget_t *budget);

/* Decides the fate of a message, all of whose other members are filled in. O(1). */
void fates_add(fates_t *fates, tracked_message_t *tracked, const mikey_message_t *message,
               const fate_facts_t *facts);

/* Its verification message came: the terminal has used an LTKM, also one that seemed to be under an older
 * MUK. */
void fates_verified(fates_t *fates, tracked_message_t *ltkm);

/* The fate of a message, and whether IDr of an LTKM is a B-TID that its terminal had replaced, by all that
 * has come so far: the newer one may have turned out to be another terminal's, and a grant not to be known.
 */
ltkm_fate_t fate_of(const tracked_message_t *message);
bool fate_has_older_muk(const tracked_message_t *ltkm);

/* Whether an LTKM is a solicited pull: no key, and Key Number 0 (TS 33.246 6.3.2.2.4). */
bool fate_is_solicited_pull(const tracked_message_t *ltkm);

/* The message that decided the fate of this one: that it is a copy of, whose T is not less, whose MTK ID is
 * not less, that took the MSK. NULL: none. */
const tracked_message_t *fates_compared(const fates_t *fates, const tracked_message_t *message);

/* The STKM of the same MSK with which |stkm| is out of order: of the two that with the greater T has the
 * lower MTK ID. NULL: none. */
const tracked_message_t *fates_disorder(const fates_t *fates, const tracked_message_t *stkm);

/* Why a message has its fate, in |pool|; "" where the name of the fate says it all. */
char *fate_reason(wmem_allocator_t *pool, const fates_t *fates, const tracked_message_t *message);

/* "T 41 is not greater than T 42 of frame 17", of a replay. */
char *fate_replay_text(wmem_allocator_t *pool, const fates_t *fates, const tracked_message_t *message);

/* "another since frame 17", of a message under an older MUK. */
char *fate_newer_text(wmem_allocator_t *pool, const tracked_message_t *message);

#endif
