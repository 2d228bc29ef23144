/* answers.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/answers.h"

/* ---- why there is none ------------------------------------------------------------------------------ */

/* What is asked of. Of a copy its first appearance counts. */
typedef struct {
    const capture_t *capture;
    const tracked_message_t *ltkm;
    const tracked_message_t *original;
    const ltkm_answer_t *answer;
    double timeout;
} question_t;

static bool not_asked(const question_t *question)
{
    return !question->ltkm->v_flag;
}

static bool is_pull(const question_t *question)
{
    return question->original->kind == MIKEY_KIND_LTKM_WITHOUT_KEY;
}

static bool is_replay(const question_t *question)
{
    return question->ltkm->is_copy || question->ltkm->is_replay;
}

static bool has_older_muk(const question_t *question)
{
    return fate_has_older_muk(question->original);
}

static bool has_wrong_mac(const question_t *question)
{
    const ltkm_proof_t *proof = proof_of(&question->capture->proofs, question->original);

    return proof && proof->mac == MIKEY_MAC_BAD;
}

static bool is_not_granted(const question_t *question)
{
    const delivery_state_t *delivery = ltkm_delivery(question->ltkm);

    return delivery && !delivery_allows(delivery, question->ltkm->transport);
}

static bool is_unregistered(const question_t *question)
{
    return question->ltkm->unregistered;
}

static bool is_malformed(const question_t *question)
{
    return question->original->fate == FATE_MALFORMED;
}

static bool ends_first(const question_t *question)
{
    return question->answer->left < question->timeout;
}

/* Datagrams of the terminal behind the LTKM, or verification messages of any at the BSM: then the capture
 * would show an answer. Where it ends first those before it tell as much. */
static bool shows_answers(const question_t *question)
{
    const tracked_message_t *ltkm = question->ltkm;
    uint32_t datagram = sightings_of(&question->capture->sightings, ltkm->terminal_hash).datagram_from;

    return datagram > ltkm->frame || (datagram && ends_first(question)) ||
           (ltkm->host && ltkm->host->answered_in > ltkm->frame) ||
           capture_unreachable_in(question->capture, question->original);
}

static bool is_not_visible(const question_t *question)
{
    return question->capture->foreign_port || !shows_answers(question);
}

static bool (*const applies[])(const question_t *) = {
    [SILENCE_NOT_ASKED] = not_asked,
    [SILENCE_PULL] = is_pull,
    [SILENCE_REPLAY] = is_replay,
    [SILENCE_OLDER_MUK] = has_older_muk,
    [SILENCE_MAC_WRONG] = has_wrong_mac,
    [SILENCE_NOT_GRANTED] = is_not_granted,
    [SILENCE_NOT_REGISTERED] = is_unregistered,
    [SILENCE_MALFORMED] = is_malformed,
    [SILENCE_NOT_VISIBLE] = is_not_visible,
    [SILENCE_CAPTURE_ENDS] = ends_first,
};

/* Whether an answer could be seen does not matter where none is asked for. */
static uint32_t silences_of(const question_t *question)
{
    size_t n = not_asked(question) ? SILENCE_NOT_VISIBLE : G_N_ELEMENTS(applies);
    uint32_t silences = 0;

    for (size_t i = 0; i < n; i++) {
        silences |= (uint32_t)applies[i](question) << i;
    }
    return silences ? silences : 1u << SILENCE_LOST;
}

/* By the first reason. */
static const ltkm_answer_kind_t kinds[] = {
    [SILENCE_NOT_ASKED] = ANSWER_NOT_ASKED_FOR,
    [SILENCE_PULL] = ANSWER_NOT_EXPECTED,
    [SILENCE_REPLAY] = ANSWER_NOT_EXPECTED,
    [SILENCE_OLDER_MUK] = ANSWER_NOT_EXPECTED,
    [SILENCE_MAC_WRONG] = ANSWER_NOT_EXPECTED,
    [SILENCE_NOT_GRANTED] = ANSWER_NOT_EXPECTED,
    [SILENCE_NOT_REGISTERED] = ANSWER_NOT_EXPECTED,
    [SILENCE_MALFORMED] = ANSWER_NOT_EXPECTED,
    [SILENCE_NOT_VISIBLE] = ANSWER_NOT_VISIBLE,
    [SILENCE_CAPTURE_ENDS] = ANSWER_CAPTURE_ENDS,
    [SILENCE_LOST] = ANSWER_MISSING,
};

ltkm_answer_t answer_of(const capture_t *capture, const tracked_message_t *ltkm, unsigned timeout)
{
    const tracked_message_t *verification = ltkm_peer(ltkm);
    ltkm_answer_t answer = { .kind = ANSWER_VERIFIED };
    question_t question = { capture, ltkm, ltkm->is_copy ? ltkm->link : ltkm, &answer, timeout };
    unsigned first = 0;

    answer.left = clock_left(&capture->clock, ltkm->time, timeout, &answer.paused);
    answer.silences = silences_of(&question);
    if (verification) {
        answer.delay = ltkm_delay(ltkm, verification);
        answer.kind = answer.delay > timeout ? ANSWER_LATE : ANSWER_VERIFIED;
        return answer;
    }
    while (!answer_has(&answer, first)) {
        first++;
    }
    answer.kind = kinds[first];
    return answer;
}

/* ---- in words --------------------------------------------------------------------------------------- */

const char *answer_name(ltkm_answer_kind_t kind)
{
    static const char *const names[] = {
        [ANSWER_NOT_ASKED_FOR] = "not asked for",
        [ANSWER_VERIFIED] = "verified",
        [ANSWER_LATE] = "late",
        [ANSWER_MISSING] = "missing",
        [ANSWER_NOT_EXPECTED] = "not expected",
        [ANSWER_NOT_VISIBLE] = "not visible",
        [ANSWER_CAPTURE_ENDS] = "capture ends",
    };

    return names[kind];
}

static char *text_of_mac(wmem_allocator_t *pool, const capture_t *capture, const tracked_message_t *ltkm)
{
    const ltkm_proof_t *proof = proof_of(&capture->proofs, ltkm);

    return proof && proof->row
               ? wmem_strdup_printf(pool, "the MAC is wrong under the key in row %u of the table", proof->row)
               : wmem_strdup(pool, "the MAC is wrong under the key given");
}

static char *text_of_registration(wmem_allocator_t *pool, const tracked_message_t *ltkm)
{
    return ltkm->delivery
               ? wmem_strdup_printf(pool, "the registration of the terminal was refused in frame %u",
                                    ltkm->delivery->frame)
               : wmem_strdup(pool, "no registration of the terminal succeeded");
}

static char *text_of_blindness(wmem_allocator_t *pool, const capture_t *capture)
{
    return capture->foreign_port
               ? wmem_strdup_printf(pool,
                                    "messages on UDP port %u, which another dissector has, are not seen",
                                    capture->foreign_port)
               : wmem_strdup(pool, "the capture shows no datagram of this terminal after it");
}

static char *text_of_end(wmem_allocator_t *pool, const ltkm_answer_t *answer)
{
    char seconds[SECONDS_TEXT_SIZE];

    return wmem_strdup_printf(pool, "the capture %s %s s after it", answer->paused ? "pauses" : "ends",
                              seconds_text(seconds, answer->left));
}

static char *text_of_loss(wmem_allocator_t *pool, const capture_t *capture, const tracked_message_t *ltkm)
{
    uint32_t frame = capture_unreachable_in(capture, ltkm);

    return frame ? wmem_strdup_printf(pool, "it did not arrive: ICMP error in frame %u", frame)
                 : wmem_strdup(pool, "the terminal or the way back is at fault");
}

char *silence_text(wmem_allocator_t *pool, const capture_t *capture, const tracked_message_t *ltkm,
                   const ltkm_answer_t *answer, silence_t silence)
{
    const tracked_message_t *original = ltkm->is_copy ? ltkm->link : ltkm;

    switch (silence) {
    case SILENCE_NOT_ASKED:
        return wmem_strdup(pool, "the V flag is not set");
    case SILENCE_PULL:
        return wmem_strdup(pool, "a solicited pull asks for no verification message");
    case SILENCE_REPLAY:
        return ltkm->is_copy
                   ? wmem_strdup_printf(pool, "the same bytes as frame %u", original->frame)
                   : wmem_strdup_printf(pool, "a replay: %s", fate_replay_text(pool, &capture->fates, ltkm));
    case SILENCE_OLDER_MUK:
        return fate_newer_text(pool, original);
    case SILENCE_MAC_WRONG:
        return text_of_mac(pool, capture, original);
    case SILENCE_NOT_GRANTED:
        return wmem_strdup_printf(pool, "%s was not granted (frame %u)",
                                  bcast_delivery_type_name(ltkm->transport), ltkm->delivery->frame);
    case SILENCE_NOT_REGISTERED:
        return text_of_registration(pool, ltkm);
    case SILENCE_MALFORMED:
        return wmem_strdup(pool, "the message is malformed");
    case SILENCE_NOT_VISIBLE:
        return text_of_blindness(pool, capture);
    case SILENCE_CAPTURE_ENDS:
        return text_of_end(pool, answer);
    case SILENCE_LOST:
    case N_SILENCES:
        break;
    }
    return text_of_loss(pool, capture, original);
}
