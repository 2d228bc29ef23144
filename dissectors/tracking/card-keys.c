/* card-keys.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/card-keys.h"

#include <string.h>

#include "mikey/mikey-crypto.h"

/* Messages of a B-TID and a BSM on which all cards are tried: one may be wrong. */
enum { MAX_SCANS = 2 };

/* Other bootstrappings of a card whose keys are tried where those of the right one are wrong: the latest. */
enum { MAX_OTHERS = 8 };

/* A bootstrapping with a BSM. */
typedef struct card_session {
    gba_naf_t naf; /* the IMPI is that of the card */
    bool has_rand;
    bool untried; /* with mistakes: there was no room for the trials */
    uint8_t n_scans;
    uint32_t frame;                          /* in which the card was found; 0: it was not */
    uint8_t derived[GBA_KEYS][GBA_KEY_SIZE]; /* of the card */
    struct card_session *next;
    struct card_session *older_of_card; /* whose card was found before */
} session_t;

void card_keys_init(card_keys_t *keys, wmem_allocator_t *scope, const key_rows_t *cards,
                    const budget_t *budget)
{
    *keys = (card_keys_t){
        .scope = scope,
        .cards = cards,
        .budget = budget,
        .by_name = wmem_map_new(scope, wmem_str_hash, g_str_equal),
        .by_impi = wmem_map_new(scope, wmem_str_hash, g_str_equal),
    };
}

void card_keys_wipe(card_keys_t *keys)
{
    for (session_t *session = keys->all; session; session = session->next) {
        mikey_wipe(session->derived, sizeof session->derived);
    }
    keys->all = keys->latest = NULL;
}

/* ---- sessions --------------------------------------------------------------------------------------- */

static session_t *new_session(card_keys_t *keys, const char *name, const card_question_t *question)
{
    session_t *session = wmem_new0(keys->scope, session_t);
    char *kept = wmem_strdup(keys->scope, name);

    session->naf.fqdn = kept;
    session->naf.fqdn_length = question->fqdn_length;
    session->has_rand = gba_rand_of_btid(question->btid, question->btid_length, session->naf.rand);
    session->next = keys->all;
    keys->all = session;
    wmem_map_insert(keys->by_name, kept, session);
    return session;
}

/* It stands behind the host name, which has no blank in it. */
static const char *btid_of(const session_t *session)
{
    return session->naf.fqdn + session->naf.fqdn_length + 1;
}

static bool is_of(const session_t *session, const card_question_t *question)
{
    const char *btid = btid_of(session);

    return session->naf.fqdn_length == question->fqdn_length &&
           memcmp(session->naf.fqdn, question->fqdn, question->fqdn_length) == 0 &&
           strncmp(btid, question->btid, question->btid_length) == 0 && !btid[question->btid_length];
}

static char *session_name(const card_question_t *question)
{
    char *name = wmem_alloc(NULL, question->fqdn_length + question->btid_length + sizeof " ");
    char *btid = name + question->fqdn_length + 1;

    memcpy(name, question->fqdn, question->fqdn_length);
    btid[-1] = ' ';
    memcpy(btid, question->btid, question->btid_length);
    btid[question->btid_length] = '\0';
    return name;
}

/* Mostly that of the question before: what comes in one body is of one terminal. */
static session_t *find_session(card_keys_t *keys, const card_question_t *question)
{
    char *name;

    if (!keys->latest || !is_of(keys->latest, question)) {
        name = session_name(question);
        keys->latest = wmem_map_lookup(keys->by_name, name);
        if (!keys->latest) {
            keys->latest = new_session(keys, name, question);
        }
        wmem_free(NULL, name);
    }
    return keys->latest;
}

/* ---- trials ----------------------------------------------------------------------------------------- */

/* A question on its way through the cards. */
typedef struct {
    card_keys_t *keys;
    session_t *session;
    const card_question_t *question;
    card_test_t test;
    void *user;
    bool exact;
    gba_key_t fitting;
    const session_t *other; /* of the same card, that fits instead */
} trial_t;

static gba_key_t key_of_case(const card_question_t *question, size_t number)
{
    return question->mrk ? gba_cases[number].mrk : gba_cases[number].muk;
}

static uint32_t cost_of(const trial_t *trial)
{
    return trial->exact ? 1 : CARD_TRIALS_LENIENT;
}

/* Mistakes take half of all at the most: what else is asked for has the rest. */
static bool has_trials(const trial_t *trial, uint64_t n_cards)
{
    const card_keys_t *keys = trial->keys;
    uint64_t all = MAX(CARD_TRIALS, CARD_TRIALS_EACH * (uint64_t)keys->cards->n) +
                   keys->budget->captured / CARD_BYTES_PER_TRIAL;

    return keys->trials + n_cards * cost_of(trial) <= (trial->exact ? all : all / 2);
}

static bool ks_fits(trial_t *trial, const uint8_t *ks)
{
    uint8_t key[GBA_KEY_SIZE];
    bool fits = false;

    for (size_t i = 0; i < GBA_CASES && !fits; i++) {
        trial->fitting = key_of_case(trial->question, i);
        fits = gba_derive(trial->fitting, ks, &trial->session->naf, key) &&
               trial->test(trial->user, key, trial->exact);
    }
    mikey_wipe(key, sizeof key);
    return fits;
}

static void remember_lately(card_keys_t *keys, uint32_t number)
{
    uint32_t at = 0;

    while (at < keys->n_lately && keys->lately[at] != number) {
        at++;
    }
    if (at == keys->n_lately) {
        at = MIN(at, CARD_LATELY - 1);
        keys->n_lately = at + 1;
    }
    memmove(keys->lately + 1, keys->lately, at * sizeof keys->lately[0]);
    keys->lately[0] = number;
}

/* Rows may change before the session ends: what is needed is kept. */
static void remember_card(trial_t *trial, uint32_t number, const uint8_t *ks)
{
    session_t *session = trial->session;

    session->naf.impi = wmem_strdup(trial->keys->scope, session->naf.impi);
    session->frame = trial->question->frame;
    session->older_of_card = wmem_map_lookup(trial->keys->by_impi, session->naf.impi);
    wmem_map_insert(trial->keys->by_impi, session->naf.impi, session);
    for (gba_key_t key = 0; key < GBA_KEYS; key++) {
        gba_derive(key, ks, &session->naf, session->derived[key]);
    }
    remember_lately(trial->keys, number);
}

static bool try_card(trial_t *trial, uint32_t number)
{
    const key_row_t *card = &trial->keys->cards->rows[number];
    uint8_t ks[GBA_KEY_SIZE];
    bool fits;

    trial->session->naf.impi = card->name;
    trial->keys->trials += cost_of(trial);
    fits = key_row_ck_ik(card, trial->session->naf.rand, ks) && ks_fits(trial, ks);
    if (fits) {
        remember_card(trial, number, ks);
    } else {
        trial->session->naf.impi = NULL;
    }
    mikey_wipe(ks, sizeof ks);
    return fits;
}

static bool try_lately(trial_t *trial)
{
    const card_keys_t *keys = trial->keys;

    for (uint32_t i = 0; i < keys->n_lately; i++) {
        if (keys->lately[i] < keys->cards->n && try_card(trial, keys->lately[i])) {
            return true;
        }
    }
    return false;
}

static bool try_all(trial_t *trial)
{
    for (uint32_t i = 0; i < trial->keys->cards->n; i++) {
        if (try_card(trial, i)) {
            return true;
        }
    }
    return false;
}

/* What is to be said where no card fits. */
static card_verdict_t misfit(const trial_t *trial)
{
    return trial->question->lenient && trial->session->untried ? CARDS_TOO_MANY : CARDS_DO_NOT_FIT;
}

/* With the protocol identifiers that may stand in NAF_Id, the likeliest first. */
static card_verdict_t scan_as(trial_t *trial, bool exact)
{
    card_keys_t *keys = trial->keys;
    gba_naf_t *naf = &trial->session->naf;

    trial->exact = exact;
    for (naf->ua_protocol = 0; naf->ua_protocol < GBA_UA_PROTOCOLS; naf->ua_protocol++) {
        if (!has_trials(trial, keys->n_lately)) {
            return CARDS_TOO_MANY;
        }
        if (try_lately(trial)) {
            return CARDS_FIT;
        }
        if (!has_trials(trial, keys->cards->n)) {
            return CARDS_TOO_MANY;
        }
        if (try_all(trial)) {
            return CARDS_FIT;
        }
    }
    return CARDS_DO_NOT_FIT;
}

/* Mistakes are thought of once in a session. */
static card_verdict_t scan(trial_t *trial)
{
    session_t *session = trial->session;
    card_verdict_t verdict = scan_as(trial, true);

    if (verdict == CARDS_DO_NOT_FIT && session->n_scans++ == 0 && trial->question->lenient) {
        verdict = scan_as(trial, false);
        session->untried = verdict == CARDS_TOO_MANY;
    }
    return verdict == CARDS_DO_NOT_FIT ? misfit(trial) : verdict;
}

static bool session_fits(trial_t *trial, const session_t *session)
{
    for (size_t i = 0; i < GBA_CASES; i++) {
        trial->fitting = key_of_case(trial->question, i);
        if (trial->test(trial->user, session->derived[trial->fitting], false)) {
            return true;
        }
    }
    return false;
}

/* A terminal that goes on with the keys of before. */
static const session_t *find_other(trial_t *trial)
{
    const session_t *other = wmem_map_lookup(trial->keys->by_impi, trial->session->naf.impi);

    for (int left = MAX_OTHERS; other && left > 0; other = other->older_of_card) {
        if (other != trial->session) {
            if (session_fits(trial, other)) {
                return other;
            }
            left--;
        }
    }
    return NULL;
}

static card_verdict_t try_known(trial_t *trial)
{
    if (session_fits(trial, trial->session)) {
        return CARDS_FIT;
    }
    trial->other = find_other(trial);
    return CARDS_FITTED_BEFORE;
}

static card_verdict_t decide(trial_t *trial)
{
    const session_t *session = trial->session;

    if (session->frame) {
        return try_known(trial);
    }
    if (!session->has_rand) {
        return CARDS_NO_RAND;
    }
    if (trial->question->known_only || session->n_scans >= MAX_SCANS) {
        return misfit(trial);
    }
    return scan(trial);
}

static bool says_who(const card_question_t *question)
{
    return question->btid_length > 0 && question->fqdn_length > 0 &&
           !memchr(question->btid, '\0', question->btid_length) &&
           !memchr(question->fqdn, '\0', question->fqdn_length);
}

card_answer_t card_keys_try(card_keys_t *keys, const card_question_t *question, card_test_t test, void *user)
{
    trial_t trial = { .keys = keys, .question = question, .test = test, .user = user };
    card_answer_t answer = { .verdict = CARDS_NONE };

    if (keys->cards->n == 0 || !says_who(question)) {
        return answer;
    }
    trial.session = find_session(keys, question);
    answer.verdict = decide(&trial);
    answer.impi = trial.session->naf.impi;
    answer.key = trial.fitting;
    answer.frame = trial.session->frame;
    answer.other_btid = trial.other ? btid_of(trial.other) : NULL;
    return answer;
}

/* ---- in words --------------------------------------------------------------------------------------- */

char *card_text(wmem_allocator_t *pool, const card_answer_t *answer)
{
    if (answer->verdict == CARDS_FIT) {
        return wmem_strdup_printf(pool, "%s of %s, RAND of the B-TID", gba_key_name(answer->key),
                                  answer->impi);
    }
    return wmem_strdup_printf(pool, "the keys of %s", answer->impi);
}

const char *card_problem_text(card_verdict_t verdict)
{
    static const char *const texts[] = {
        [CARDS_NO_RAND] = "the B-TID is not base64(RAND)@..., so that no card tells its keys",
        [CARDS_DO_NOT_FIT] = "no card fits",
        [CARDS_TOO_MANY] = "there are too many cards and B-TIDs to try them all",
        [CARDS_FITTED_BEFORE] = NULL,
    };

    return texts[verdict];
}
