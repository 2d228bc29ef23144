/* card-keys.h
 * The keys of bootstrappings, out of the cards that were entered.
 *
 * A B-TID does not say whose card it is of. So all are tried on the first messages of a B-TID and a BSM,
 * those that fitted another one lately before the others; the one that fits is remembered with its keys. How
 * many trials there are is bounded by the bytes captured. What may have been computed with a mistake is tried
 * with all cards as it should be, and only then, where there is room for that, with the mistakes.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CARD_KEYS_H
#define CARD_KEYS_H

#include "mikey/gba-keys.h"
#include "tracking/budget.h"
#include "tracking/key-ring.h"

/* Trials of cards: these, or so many of each card, and one more for each CARD_BYTES_PER_TRIAL captured bytes.
 */
enum { CARD_TRIALS = 32 * 1024, CARD_TRIALS_EACH = 4, CARD_BYTES_PER_TRIAL = 4096 };

/* Of a trial with mistakes. */
enum { CARD_TRIALS_LENIENT = 8 };

/* Cards that fitted lately. */
enum { CARD_LATELY = 16 };

typedef struct {
    wmem_allocator_t *scope;
    const key_rows_t *cards;
    const budget_t *budget;
    uint64_t trials;
    wmem_map_t *by_name; /* host and B-TID -> card_session */
    wmem_map_t *by_impi; /* of the cards that were found -> the latest card_session */
    struct card_session *all;
    struct card_session *latest;  /* that was asked for; NULL: none */
    uint32_t lately[CARD_LATELY]; /* numbers of rows, the latest first; hints only, for rows may change */
    uint32_t n_lately;
} card_keys_t;

typedef enum {
    CARDS_NONE,         /* there are no cards, or the message does not say whose it is */
    CARDS_NO_RAND,      /* the B-TID is not base64(RAND)@… */
    CARDS_DO_NOT_FIT,   /* no card does */
    CARDS_TOO_MANY,     /* not tried: there are too many cards and B-TIDs */
    CARDS_FIT,          /* this one does */
    CARDS_FITTED_BEFORE /* this one does not, but did with an earlier message of this B-TID and BSM */
} card_verdict_t;

typedef struct {
    card_verdict_t verdict;
    const char *impi;       /* of the card that fits, or fitted before */
    gba_key_t key;          /* that fits */
    uint32_t frame;         /* that it fitted first */
    const char *other_btid; /* fitted before: of the same card, whose key is right instead; NULL: none */
} card_answer_t;

/* Whose keys are asked for. */
typedef struct {
    const char *btid;
    size_t btid_length;
    const char *fqdn; /* of the BSM */
    size_t fqdn_length;
    uint32_t frame;
    bool mrk;        /* it is the MRK; else the MUK */
    bool lenient;    /* the test can be passed with a mistake, too */
    bool known_only; /* not proof enough to find out which card it is */
} card_question_t;

/* Whether a key is the right one; |exact|: if all was done as it should be. */
typedef bool (*card_test_t)(void *user, const uint8_t key[GBA_KEY_SIZE], bool exact);

/* Which key fits, or whose fitted before; and why none does, NULL where there are no cards or one does. */
char *card_text(wmem_allocator_t *pool, const card_answer_t *answer);
const char *card_problem_text(card_verdict_t verdict);

/* What is remembered lives in |scope|. */
void card_keys_init(card_keys_t *keys, wmem_allocator_t *scope, const key_rows_t *cards,
                    const budget_t *budget);

/* Overwrites all secrets. */
void card_keys_wipe(card_keys_t *keys);

/* Looks for the key that passes the test. */
card_answer_t card_keys_try(card_keys_t *keys, const card_question_t *question, card_test_t test, void *user);

#endif
