/* digests.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/digests.h"

#include <string.h>

#include "mbms/header-fields.h"

/* Of one B-TID. */
typedef struct entered_mrk {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t row;
    uint32_t right_in; /* the first frame; 0: none */
    struct entered_mrk *next;
} mrk_t;

/* ---- keys ------------------------------------------------------------------------------------------- */

static void add_mrk(digests_t *digests, const key_row_t *row)
{
    mrk_t *mrk = wmem_new0(digests->scope, mrk_t);

    mrk->bytes = wmem_memdup(digests->scope, row->secret.bytes, row->secret.length);
    mrk->length = row->secret.length;
    mrk->row = row->row;
    mrk->next = wmem_map_lookup(digests->mrks, row->name);
    wmem_map_insert(digests->mrks, wmem_strdup(digests->scope, row->name), mrk);
}

void digests_init(digests_t *digests, wmem_allocator_t *scope, const key_rows_t *entered, card_keys_t *cards,
                  budget_t *budget)
{
    *digests = (digests_t){
        .scope = scope,
        .budget = budget,
        .cards = cards,
        .mrks = wmem_map_new(scope, wmem_str_hash, g_str_equal),
    };
    for (uint32_t i = entered->n; i > 0; i--) {
        add_mrk(digests, &entered->rows[i - 1]);
    }
}

static void wipe_mrks(gpointer btid, gpointer mrks, gpointer user)
{
    (void)btid;
    (void)user;
    for (mrk_t *mrk = mrks; mrk; mrk = mrk->next) {
        mikey_wipe((void *)mrk->bytes, mrk->length);
    }
}

void digests_wipe(digests_t *digests)
{
    wmem_map_foreach(digests->mrks, wipe_mrks, NULL);
}

bool digests_have_keys(const digests_t *digests)
{
    return digests->cards->cards->n > 0 || wmem_map_size(digests->mrks) > 0;
}

/* ---- proofs ----------------------------------------------------------------------------------------- */

static void set_right(digest_proof_t *proof, const digest_form_t *form)
{
    proof->status = form->mistake ? MIKEY_MAC_BAD : MIKEY_MAC_GOOD;
    proof->mistake = form->mistake;
    proof->uri = form->uri;
}

/* The rows that name this B-TID. */
static bool try_mrks(const digests_t *digests, uint32_t frame, digest_check_t *check, digest_proof_t *proof)
{
    mrk_t *mrks = wmem_map_lookup(digests->mrks, check->message->asked->user);

    for (mrk_t *mrk = mrks; mrk; mrk = mrk->next) {
        digest_form_t form;

        if (digest_fits(check, mrk->bytes, mrk->length, false, &form)) {
            mrk->right_in = mrk->right_in ? mrk->right_in : frame;
            proof->row = mrk->row;
            set_right(proof, &form);
            return true;
        }
    }
    for (mrk_t *mrk = mrks; mrk; mrk = mrk->next) {
        if (!proof->row || (mrk->right_in && !proof->right_in)) {
            proof->row = mrk->row;
            proof->right_in = mrk->right_in;
        }
    }
    return false;
}

typedef struct {
    digest_check_t *check;
    digest_form_t form;
} digest_trial_t;

static bool fits(void *user, const uint8_t key[GBA_KEY_SIZE], bool exact)
{
    digest_trial_t *trial = user;

    return digest_fits(trial->check, key, GBA_KEY_SIZE, exact, &trial->form);
}

static bool try_cards(const digests_t *digests, uint32_t frame, digest_check_t *check, digest_proof_t *proof)
{
    const digest_t *asked = check->message->asked;
    const char *host = digest_host(asked);
    digest_trial_t trial = { .check = check };
    card_question_t question = {
        .btid = asked->user, .btid_length = strlen(asked->user), .frame = frame, .mrk = true, .lenient = true
    };

    question.fqdn = host ? host : check->message->host;
    question.fqdn_length = question.fqdn ? strlen(question.fqdn) : 0;
    proof->card = card_keys_try(digests->cards, &question, fits, &trial);
    if (proof->card.verdict == CARDS_FIT) {
        proof->row = 0;
        proof->right_in = 0;
        set_right(proof, &trial.form);
    } else if (proof->card.verdict == CARDS_FITTED_BEFORE && !proof->row) {
        proof->right_in = proof->card.frame;
    }
    return proof->card.verdict == CARDS_FIT;
}

static void judge_misfit(const digest_check_t *check, const char *lacks, digest_proof_t *proof)
{
    if (!proof->row && proof->card.verdict != CARDS_FITTED_BEFORE) {
        const char *cards = card_problem_text(proof->card.verdict);

        proof->why = cards ? cards : "there is no MRK for this B-TID";
    } else if (check->lacks_body) {
        proof->why = lacks ? lacks : "the body as it was sent is not at hand";
    } else if (check->session) { /* RFC 7616 §3.4.2: HA1 has the first nonce and cnonce of the session */
        proof->why = "the session that it belongs to may have begun with an earlier nonce or cnonce";
    } else {
        proof->status = MIKEY_MAC_BAD;
    }
}

static void prove(const digests_t *digests, const digest_sent_t *sent, const digest_message_t *message,
                  digest_proof_t *proof)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    digest_check_t check;
    digest_problem_t problem = digest_prepare(scratch, message, &check);

    proof->integrity = message->qop && g_ascii_strcasecmp(message->qop, "auth-int") == 0;
    if (problem != DIGEST_COMPUTABLE) {
        proof->why = digest_problem_text(problem);
    } else if (!try_mrks(digests, sent->frame, &check, proof) &&
               !try_cards(digests, sent->frame, &check, proof)) {
        judge_misfit(&check, sent->lacks, proof);
    }
    proof->uri = proof->mistake ? wmem_strdup(digests->scope, proof->uri) : NULL;
    wmem_destroy_allocator(scratch);
}

/* ---- requests --------------------------------------------------------------------------------------- */

static size_t length_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Copies of all texts: an answer is checked with them. */
static bool keep_texts(digests_t *digests, digest_record_t *record)
{
    const char **texts[] = {
        &record->asked.user,      &record->asked.realm, &record->asked.nonce, &record->asked.uri,
        &record->asked.algorithm, &record->asked.qop,   &record->asked.nc,    &record->asked.cnonce,
        &record->asked.response,  &record->target,      &record->host,
    };
    size_t needed = sizeof *record;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        needed += length_of(*texts[i]);
    }
    if (!budget_take(digests->budget, needed)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        *texts[i] = *texts[i] ? wmem_strdup(digests->scope, *texts[i]) : NULL;
    }
    return true;
}

/* Of a request: before there is a nonce |response| is empty (TS 24.109 §5.2). */
static void check_request(const digests_t *digests, const digest_sent_t *sent, digest_record_t *record)
{
    digest_message_t message = {
        .asked = &record->asked,
        .value = record->asked.response,
        .qop = record->asked.qop,
        .method = sent->method ? sent->method : "POST",
        .target = sent->target,
        .host = sent->host,
        .body = sent->body,
        .decoded = sent->decoded,
    };

    if (!message.value || !message.value[0]) {
        record->request.status = MIKEY_MAC_NOT_PRESENT;
    } else {
        prove(digests, sent, &message, &record->request);
    }
}

static digest_record_t *new_record(const digests_t *digests)
{
    digest_record_t *record = wmem_new0(digests->scope, digest_record_t);

    record->request.status = record->answer.status = MIKEY_MAC_UNVERIFIED;
    return record;
}

digest_record_t *digests_add_request(digests_t *digests, const digest_sent_t *sent)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    digest_record_t *record = new_record(digests);

    digest_read(scratch, sent->field, &record->asked);
    record->method = sent->method;
    record->target = sent->target;
    record->host = sent->host;
    record->request.is_there = true;
    if (!keep_texts(digests, record)) {
        record = NULL;
    } else if (!sent->field && sent->lacks) {
        record->request.why = sent->lacks;
    } else {
        check_request(digests, sent, record);
    }
    wmem_destroy_allocator(scratch);
    return record;
}

/* ---- answers ---------------------------------------------------------------------------------------- */

static void check_answer(const digests_t *digests, const digest_sent_t *sent, const char *rspauth,
                         const char *qop, digest_record_t *record)
{
    digest_message_t message = {
        .asked = &record->asked,
        .value = rspauth,
        .qop = qop ? qop : record->asked.qop,
        .asked_method = record->method,
        .target = record->target,
        .host = record->host,
        .body = sent->body,
        .decoded = sent->decoded,
    };

    if (!rspauth || !rspauth[0]) {
        record->answer.status = MIKEY_MAC_NOT_PRESENT;
    } else if (!record->request.is_there) {
        record->answer.why = "its request is not in the capture";
    } else {
        prove(digests, sent, &message, &record->answer);
    }
}

digest_record_t *digests_add_answer(digests_t *digests, digest_record_t *record, const digest_sent_t *sent)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);

    if (!record && budget_take(digests->budget, sizeof *record)) {
        record = new_record(digests);
    }
    if (record && !record->answer.is_there) {
        record->answer.is_there = true;
        if (!sent->field && sent->lacks) {
            record->answer.why = sent->lacks;
        } else {
            check_answer(digests, sent, header_parameter(scratch, sent->field, ',', "rspauth"),
                         header_parameter(scratch, sent->field, ',', "qop"), record);
        }
    }
    wmem_destroy_allocator(scratch);
    return record;
}

/* ---- in words --------------------------------------------------------------------------------------- */

char *digest_key_text(wmem_allocator_t *pool, const digest_proof_t *proof)
{
    if (proof->row) {
        return wmem_strdup_printf(pool, "the MRK in row %u of the table", proof->row);
    }
    return card_text(pool, &proof->card);
}
