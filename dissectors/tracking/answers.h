/* answers.h
 * What became of an LTKM that asks for a verification message, and why there is none.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "tracking/capture.h"

/* The numbers are those of the filter field ltkm.answer. */
typedef enum {
    ANSWER_NOT_ASKED_FOR = 0,
    ANSWER_VERIFIED = 1,
    ANSWER_LATE = 2,
    ANSWER_MISSING = 3,
    ANSWER_NOT_EXPECTED = 4,
    ANSWER_NOT_VISIBLE = 5,
    ANSWER_CAPTURE_ENDS = 6,
} ltkm_answer_kind_t;

/* Why there is no verification message, in the order in which to say it. */
typedef enum {
    SILENCE_NOT_ASKED,
    SILENCE_PULL,
    SILENCE_REPLAY,
    SILENCE_OLDER_MUK,
    SILENCE_MAC_WRONG,
    SILENCE_NOT_GRANTED, /* up to here the terminal does right */
    SILENCE_NOT_REGISTERED,
    SILENCE_MALFORMED,
    SILENCE_NOT_VISIBLE,
    SILENCE_CAPTURE_ENDS,
    SILENCE_LOST, /* none of these */
    N_SILENCES,
} silence_t;

typedef struct {
    ltkm_answer_kind_t kind;
    uint32_t silences; /* a bit for each silence_t that applies, even if there is a verification message */
    double delay;      /* seconds to it */
    double left;       /* seconds that the capture goes on, as clock_left() has it */
    bool paused;
} ltkm_answer_t;

/* What became of |ltkm| by all that has come so far; |timeout| in seconds. */
ltkm_answer_t answer_of(const capture_t *capture, const tracked_message_t *ltkm, unsigned timeout);

static inline bool answer_has(const ltkm_answer_t *answer, silence_t silence)
{
    return (answer->silences >> silence & 1u) != 0;
}

/* Whether the terminal does right to be silent. */
static inline bool answer_is_excused(const ltkm_answer_t *answer)
{
    return (answer->silences & ((1u << SILENCE_NOT_REGISTERED) - 1)) != 0;
}

/* "missing" and so on. */
const char *answer_name(ltkm_answer_kind_t kind);

/* One of the reasons in words, in |pool|. */
char *silence_text(wmem_allocator_t *pool, const capture_t *capture, const tracked_message_t *ltkm,
                   const ltkm_answer_t *answer, silence_t silence);

#endif
