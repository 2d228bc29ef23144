/* key-ring.h
 * The keys that were entered, and whose messages they may open.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_RING_H
#define KEY_RING_H

#include "mikey/mikey-message.h"

/*                     name         other name   secret             other secret
 * KEYS_OF_LTKMS       IDi, ""      IDr, ""      MUK (SMK)                             "": any
 * KEYS_OF_CARDS       IMPI                      K                  OPc
 *                     IMPI                      CK | IK            none
 * KEYS_OF_SERVICES    its name                  MSK (SEK, PEK)     RAND of its LTKM
 * KEYS_OF_DIGESTS     B-TID                     MRK (SRK)
 */
typedef enum {
    KEYS_OF_LTKMS,
    KEYS_OF_CARDS,
    KEYS_OF_SERVICES,
    KEYS_OF_DIGESTS,
    KEY_TABLES,
} key_table_t;

typedef struct {
    const uint8_t *bytes;
    uint32_t length;
} key_bytes_t;

typedef struct {
    const char *name;
    const char *other_name;
    key_bytes_t secret;
    key_bytes_t other_secret;
    uint32_t row; /* that it was entered in, from 1 */
} key_row_t;

/* The rows as they were entered, but of the keys of LTKMs the most specific first: both identities given,
 * IDr, IDi, none; and those with an IDr by that. */
typedef struct {
    key_row_t *rows;
    uint32_t n;
} key_rows_t;

typedef struct {
    key_rows_t of[KEY_TABLES];
} key_ring_t;

/* Puts |n| rows in the place of those that were in the table; all is copied. */
void key_ring_set(key_ring_t *ring, key_table_t table, const key_row_t *rows, uint32_t n);

/* What is wrong with a row whose secrets could be read, as text; NULL: nothing. */
const char *key_row_problem(key_table_t table, const key_row_t *row);

/* Whether a key of LTKMs is for the Initiator (by IDi or by the host name in it) and the Responder of
 * |message|. */
bool key_names(const key_row_t *key, const mikey_message_t *message);

/* The first key of LTKMs from |number| on that is for |message|; rows->n: there is none. Those of other
 * Responders take no time. */
uint32_t key_rows_next(const key_rows_t *rows, uint32_t number, const mikey_message_t *message);

/* CK | IK of a card for |rand|. */
bool key_row_ck_ik(const key_row_t *card, const uint8_t *rand, uint8_t *ck_ik);

#endif
