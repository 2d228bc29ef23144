/* test-card-keys.c
 * What cards and service keys open: whose card it is, what is wrong under it, and how many trials there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/proofs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <gcrypt.h>

#include "../gba-samples.h"
#include "../hex.h"

#include "world.h"

#define OTHER_K "fec86ba6eb707ed08905757b1bb44b8f"
#define MSK_D   "808182838485868788898a8b8c8d8e8f"
#define RAND_D  "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"

typedef struct {
    const char *name, *secret, *other_secret;
} entered_t;

static key_bytes_t bytes_of(const char *hex)
{
    hex_bytes_t bytes = hex_bytes(pool, hex ? hex : "");

    return (key_bytes_t){ bytes.bytes, bytes.length };
}

static void enter(key_ring_t *ring, key_table_t table, const entered_t *rows, uint32_t n)
{
    ring->of[table] = (key_rows_t){ wmem_alloc_array(pool, key_row_t, n), n };
    for (uint32_t i = 0; i < n; i++) {
        ring->of[table].rows[i] =
            (key_row_t){ rows[i].name, "", bytes_of(rows[i].secret), bytes_of(rows[i].other_secret), i + 1 };
    }
}

static world_t *world_with(key_table_t table, const entered_t *rows, uint32_t n)
{
    key_ring_t *ring = wmem_new0(pool, key_ring_t);

    enter(ring, table, rows, n);
    return world_with_keys(ring);
}

#define RIGHT_CARD                                                                                           \
    {                                                                                                        \
        GBA_IMPI, GBA_K, GBA_OPC                                                                             \
    }

static const entered_t right_card = RIGHT_CARD;
static const entered_t other_card = { "other@example.org", OTHER_K, GBA_OPC };

static tracked_message_t *pass_bytes(world_t *world, const uint8_t *bytes, uint32_t length)
{
    const mikey_message_t *message = mikey_message_parse(pool, bytes, length);
    ltkm_origin_t origin = { LTKM_TRANSPORT_UDP, message->kind == MIKEY_KIND_VERIFICATION };

    next_frame(world, origin.from_terminal ? TERMINAL : BSM, origin.from_terminal ? BSM : TERMINAL);
    return capture_add_message(world->capture, &world->moment, message, origin);
}

static tracked_message_t *pass_hex(world_t *world, const char *hex)
{
    hex_bytes_t bytes = hex_bytes(pool, hex);

    return pass_bytes(world, bytes.bytes, bytes.length);
}

/* |offset| from the end. */
static tracked_message_t *pass_changed(world_t *world, const char *hex, size_t offset)
{
    hex_bytes_t bytes = hex_bytes(pool, hex);

    bytes.bytes[bytes.length - offset] ^= 1;
    return pass_bytes(world, bytes.bytes, bytes.length);
}

static const char *outline(const world_t *world, const tracked_message_t *message)
{
    static const char *const macs[] = { "bad", "good", "unverified", "none" };
    const ltkm_proof_t *proof = proof_of(&world->capture->proofs, message);
    wmem_strbuf_t *out = wmem_strbuf_new(pool, proof ? macs[proof->mac] : "no proof");

    if (proof && proof->row) {
        wmem_strbuf_append_printf(out, " row %u", proof->row);
    }
    if (proof && proof->key_frame) {
        wmem_strbuf_append_printf(out, " key of %u", proof->key_frame);
    }
    if (proof && proof->card.verdict >= CARDS_FIT) {
        wmem_strbuf_append_printf(out, ": %s", card_text(pool, &proof->card));
    } else if (proof && card_problem_text(proof->card.verdict)) {
        wmem_strbuf_append_printf(out, ": %s", card_problem_text(proof->card.verdict));
    }
    if (proof && proof->plain) {
        wmem_strbuf_append_printf(out, ", opened %u", proof->plain_length);
    }
    return wmem_strbuf_get_str(out);
}

#define GOOD "good: Ks_NAF of " GBA_IMPI ", RAND of the B-TID"

/* ---- one card --------------------------------------------------------------------------------------- */

static void test_whole_chain(void **state)
{
    static const entered_t rows[] = { RIGHT_CARD };
    world_t *world = world_with(KEYS_OF_CARDS, rows, 1);

    (void)state;
    assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_D)), GOOD ", opened 26");
    assert_string_equal(outline(world, pass_hex(world, GBA_VERIFICATION_D)), GOOD);
    assert_string_equal(outline(world, pass_hex(world, GBA_STKM_D)), "good key of 1, opened 20");
    assert_string_equal(outline(world, pass_hex(world, GBA_PULL)), GOOD);
    assert_string_equal(outline(world, pass_hex(world, GBA_VALIDITY_UPDATE)), GOOD ", opened 10");
}

static void test_ck_and_ik(void **state)
{
    static const entered_t rows[] = { { GBA_IMPI, GBA_KS, "" } };
    world_t *world = world_with(KEYS_OF_CARDS, rows, 1);

    (void)state;
    assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_D)), GOOD ", opened 26");
}

/* One IMPI for another gives other keys. */
static void test_wrong_rows(void **state)
{
    static const entered_t rows[] = {
        { "user@example.com", GBA_K, GBA_OPC },
        { GBA_IMPI, OTHER_K, GBA_OPC },
        { GBA_IMPI, GBA_K, OTHER_K },
        { GBA_IMPI, GBA_IK GBA_CK, "" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_with(KEYS_OF_CARDS, rows + i, 1);

        assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_D)), "unverified: no card fits");
    }
}

/* Bad only after the card opened something else of this B-TID. */
static void test_fitted_before(void **state)
{
    static const entered_t rows[] = { { "other@example.org", OTHER_K, GBA_OPC }, RIGHT_CARD };
    world_t *world = world_with(KEYS_OF_CARDS, rows, 2);

    (void)state;
    assert_string_equal(outline(world, pass_changed(world, GBA_LTKM_D, 30)), "unverified: no card fits");
    assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_S)), GOOD ", opened 26");
    assert_string_equal(outline(world, pass_changed(world, GBA_LTKM_D, 31)), "bad: the keys of " GBA_IMPI);
    assert_string_equal(outline(world, pass_changed(world, GBA_VERIFICATION_S, 1)),
                        "bad: Ks_NAF of " GBA_IMPI ", RAND of the B-TID");
}

/* All cards are tried on two messages of a B-TID. */
static void test_scans(void **state)
{
    static const entered_t rows[] = { RIGHT_CARD };
    world_t *world = world_with(KEYS_OF_CARDS, rows, 1);

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(outline(world, pass_changed(world, GBA_LTKM_D, i + 1)),
                            "unverified: no card fits");
    }
    assert_int_equal(world->capture->cards.trials, 2 * GBA_UA_PROTOCOLS);
    assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_S)), "unverified: no card fits");
}

static void test_without_rand(void **state)
{
    static const entered_t rows[] = { RIGHT_CARD };
    world_t *world = world_with(KEYS_OF_CARDS, rows, 1);
    made_t made = { .csb_id = 1, .t = 1, .host = GBA_FQDN, .idr = "dGVzdA==@bsf.example.org" };
    made_t nobody = { .csb_id = 1, .t = 2, .host = GBA_FQDN };

    (void)state;
    assert_string_equal(outline(world, pass(world, made)),
                        "none: the B-TID is not base64(RAND)@..., so that no card tells its keys");
    assert_string_equal(outline(world, pass(world, nobody)), "none");
    assert_int_equal(world->capture->cards.trials, 0);
}

/* A row for this message goes before cards; where it is wrong, a card may still be right. */
static void test_beside_rows(void **state)
{
    static const entered_t card[] = { RIGHT_CARD };
    static const struct {
        entered_t row;
        const char *expected;
    } cases[] = {
        { { "", GBA_KS_NAF_HEX, NULL }, "good row 1, opened 26" },
        { { "", GBA_KS_INT_NAF_HEX, NULL }, GOOD ", opened 26" },
        { { GBA_FQDN, GBA_KS_INT_NAF_HEX, NULL }, GOOD ", opened 26" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        key_ring_t *ring = wmem_new0(pool, key_ring_t);
        world_t *world;

        enter(ring, KEYS_OF_CARDS, card, 1);
        enter(ring, KEYS_OF_LTKMS, &cases[i].row, 1);
        world = world_with_keys(ring);
        assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_D)), cases[i].expected);
        if (i == 2) { /* it names this BSM */
            assert_string_equal(outline(world, pass_changed(world, GBA_LTKM_S, 30)),
                                "bad row 1: the keys of " GBA_IMPI);
        }
    }
}

/* ---- many cards ------------------------------------------------------------------------------------- */

static world_t *world_of_many(uint32_t n, uint32_t right)
{
    entered_t *rows = wmem_alloc_array(pool, entered_t, n);

    for (uint32_t i = 0; i < n; i++) {
        rows[i] = i == right ? right_card : other_card;
    }
    return world_with(KEYS_OF_CARDS, rows, n);
}

/* Once found, a card is not looked for any more. */
static void test_found_once(void **state)
{
    world_t *world = world_of_many(100, 99);
    uint64_t trials;

    (void)state;
    assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_D)), GOOD ", opened 26");
    trials = world->capture->cards.trials;
    assert_int_equal(trials, 100);
    assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_S)), GOOD ", opened 26");
    assert_int_equal(world->capture->cards.trials, trials);
}

static bool is_equal(void *user, const uint8_t key[GBA_KEY_SIZE], bool exact)
{
    (void)exact;
    return memcmp(user, key, GBA_KEY_SIZE) == 0;
}

static card_answer_t ask_cards(world_t *world, const char *btid, const uint8_t *muk)
{
    card_question_t question = { btid, strlen(btid), GBA_FQDN, strlen(GBA_FQDN), 7, false, false, false };

    return card_keys_try(&world->capture->cards, &question, is_equal, (void *)muk);
}

/* Ks_int_NAF of |card| for this RAND. */
static const uint8_t *muk_of(const entered_t *card, const char *btid)
{
    gba_naf_t naf = { .impi = card->name, .fqdn = GBA_FQDN, .fqdn_length = strlen(GBA_FQDN) };
    key_row_t row = { card->name, "", bytes_of(card->secret), bytes_of(card->other_secret), 1 };
    uint8_t ks[GBA_KEY_SIZE], *muk = wmem_alloc(pool, GBA_KEY_SIZE);

    assert_true(gba_rand_of_btid(btid, strlen(btid), naf.rand));
    assert_true(key_row_ck_ik(&row, naf.rand, ks));
    assert_true(gba_derive(GBA_KS_INT_NAF, ks, &naf, muk));
    return muk;
}

/* The card of the latest B-TID is tried first on the next. */
static void test_lately(void **state)
{
    static const char *const btids[] = { "AAAAAAAAAAAAAAAAAAAAAA==@a", "AQAAAAAAAAAAAAAAAAAAAA==@a" };
    world_t *world = world_of_many(1000, 999);
    card_answer_t answer;

    (void)state;
    assert_int_equal(ask_cards(world, btids[0], muk_of(&right_card, btids[0])).verdict, CARDS_FIT);
    assert_int_equal(world->capture->cards.trials, 1000);
    assert_int_equal(ask_cards(world, btids[1], muk_of(&right_card, btids[1])).verdict, CARDS_FIT);
    assert_int_equal(world->capture->cards.trials, 1001);
    answer = ask_cards(world, btids[1], muk_of(&right_card, btids[0]));
    assert_int_equal(answer.verdict, CARDS_FITTED_BEFORE);
    assert_string_equal(answer.other_btid, btids[0]); /* the key of before */
    assert_null(ask_cards(world, btids[1], muk_of(&other_card, btids[0])).other_btid);
}

/* What fits no key is compared with the other B-TIDs of its card, not with those of all cards. */
static void test_wrong_among_many(void **state)
{
    enum { N = 30000 };
    static const uint8_t nothing[GBA_KEY_SIZE];
    world_t *world = world_of_many(2, 1);
    const char *mine = "AAAAAAAAAAAAAAAAAAAAAA==@a", *before = "AQAAAAAAAAAAAAAAAAAAAA==@a";
    clock_t start;

    (void)state;
    assert_int_equal(ask_cards(world, before, muk_of(&right_card, before)).verdict, CARDS_FIT);
    assert_int_equal(ask_cards(world, mine, muk_of(&right_card, mine)).verdict, CARDS_FIT);
    for (unsigned i = 0; i < N; i++) {
        ask_cards(world, wmem_strdup_printf(pool, "%u@a", i), nothing); /* no RAND, no trial */
    }
    start = clock();
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(ask_cards(world, mine, nothing).verdict, CARDS_FITTED_BEFORE);
    }
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1);
    assert_string_equal(ask_cards(world, mine, muk_of(&right_card, before)).other_btid, before);
}

/* B-TIDs of nobody's card: the trials end, but for cards that fitted lately. */
static void test_bounded(void **state)
{
    static const uint8_t nothing[GBA_KEY_SIZE];
    const char *known = "////////////////////AA==@a";
    world_t *world = world_of_many(2000, 1500);
    card_verdict_t verdict = CARDS_DO_NOT_FIT;
    uint32_t n = 0;

    (void)state;
    assert_int_equal(ask_cards(world, GBA_BTID, muk_of(&right_card, GBA_BTID)).verdict, CARDS_FIT);
    while (verdict == CARDS_DO_NOT_FIT) {
        uint8_t rand[GBA_RAND_SIZE] = { (uint8_t)n, (uint8_t)(n >> 8), 1 };
        char *base64 = g_base64_encode(rand, sizeof rand);

        verdict = ask_cards(world, wmem_strdup_printf(pool, "%s@a", base64), nothing).verdict;
        g_free(base64);
        n++;
    }
    assert_int_equal(verdict, CARDS_TOO_MANY);
    assert_true(world->capture->cards.trials >= CARD_TRIALS - 2 * 2000);
    assert_true(world->capture->cards.trials <= CARD_TRIALS);
    assert_int_equal(ask_cards(world, known, muk_of(&right_card, known)).verdict, CARDS_FIT);
    budget_earn(&world->capture->budget, 5000 * CARD_BYTES_PER_TRIAL);
    assert_int_equal(ask_cards(world, "AAAAAAAAAAAAAAAAAAAAAA==@a", nothing).verdict, CARDS_DO_NOT_FIT);
}

/* What only a mistake explains. */
typedef struct {
    const uint8_t *muk;
    unsigned n_exact, n_lenient;
} mistaken_t;

static bool is_mistaken(void *user, const uint8_t key[GBA_KEY_SIZE], bool exact)
{
    mistaken_t *mistaken = user;

    assert_true(exact || mistaken->n_exact > 0);
    mistaken->n_exact += exact;
    mistaken->n_lenient += !exact;
    return !exact && memcmp(mistaken->muk, key, GBA_KEY_SIZE) == 0;
}

/* Mistakes are thought of when no card fits without one, and where there is room for the trials. */
static void test_lenient(void **state)
{
    static const struct {
        uint32_t n_cards;
        bool lenient;
        card_verdict_t verdict;
        unsigned n_exact, n_lenient; /* two cases of a card each; the first is the right one */
    } rows[] = {
        { 100, true, CARDS_FIT, 200, 199 },
        { 100, false, CARDS_DO_NOT_FIT, 200, 0 },
        { CARD_TRIALS / CARD_TRIALS_LENIENT, true, CARDS_TOO_MANY, CARD_TRIALS / CARD_TRIALS_LENIENT * 2, 0 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_of_many(rows[i].n_cards, rows[i].n_cards - 1);
        mistaken_t mistaken = { .muk = muk_of(&right_card, GBA_BTID) };
        card_question_t question = { GBA_BTID, strlen(GBA_BTID), GBA_FQDN, strlen(GBA_FQDN), 7,
                                     false,    rows[i].lenient,  false };

        assert_int_equal(card_keys_try(&world->capture->cards, &question, is_mistaken, &mistaken).verdict,
                         rows[i].verdict);
        assert_int_equal(mistaken.n_exact, rows[i].n_exact);
        assert_int_equal(mistaken.n_lenient, rows[i].n_lenient);
    }
}

/* Digests that are wrong for no reason, of B-TIDs of nobody: they leave enough for a B-TID of a card. */
static void test_lenient_leaves_room(void **state)
{
    static const uint8_t nothing[GBA_KEY_SIZE];
    world_t *world = world_of_many(3600, 3599);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        mistaken_t mistaken = { .muk = nothing };
        const char *btid = i < 3 ? "AAAAAAAAAAAAAAAAAAAAAA==@a" : "AQAAAAAAAAAAAAAAAAAAAA==@a";
        card_question_t question = { btid, strlen(btid), GBA_FQDN, strlen(GBA_FQDN), 7, false, true, false };

        /* not that none fits, for mistakes were not tried */
        assert_int_equal(card_keys_try(&world->capture->cards, &question, is_mistaken, &mistaken).verdict,
                         CARDS_TOO_MANY);
    }
    assert_int_equal(ask_cards(world, GBA_BTID, muk_of(&right_card, GBA_BTID)).verdict, CARDS_FIT);
}

/* ---- service keys ----------------------------------------------------------------------------------- */

static void test_service_keys(void **state)
{
    static const struct {
        entered_t rows[2];
        const char *expected;
    } cases[] = {
        { { { "00f110/0102:0001", MSK_D, RAND_D }, { "a/b", "00", "" } }, "good row 1, opened 20" },
        { { { "00f110/0102:0001", RAND_D, RAND_D }, { "00F110/01020001", MSK_D, RAND_D } },
          "good row 2, opened 20" },
        { { { "00f110/0102:0001", MSK_D, "" }, { "00f110/0103:0001", MSK_D, RAND_D } }, "bad row 1" },
        { { { "00f110/0103:0001", MSK_D, RAND_D }, { "a/b", "00", "" } }, "unverified" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        world_t *world = world_with(KEYS_OF_SERVICES, cases[i].rows, 2);

        assert_string_equal(outline(world, pass_hex(world, GBA_STKM_D)), cases[i].expected);
        assert_string_equal(outline(world, pass_hex(world, GBA_LTKM_S)), "unverified");
    }
}

/* ---- secrets ---------------------------------------------------------------------------------------- */

static bool has_bytes(const uint8_t *start, const uint8_t *end, const char *hex)
{
    hex_bytes_t bytes = hex_bytes(pool, hex);

    for (const uint8_t *at = start; at + bytes.length <= end; at++) {
        if (memcmp(at, bytes.bytes, bytes.length) == 0) {
            return true;
        }
    }
    return false;
}

/* This allocator takes one byte after another from a block. */
static void test_wipe(void **state)
{
    static const char *const secrets[] = { GBA_KS_NAF_HEX, GBA_KS_INT_NAF_HEX, GBA_KS_NAF_MRK_HEX, MSK_D };
    static const entered_t card[] = { RIGHT_CARD };
    static const entered_t key[] = { { "00f110/0109:0001", "7172737475767778797a7b7c7d7e7f70", RAND_D } };
    wmem_allocator_t *scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK_FAST);
    const uint8_t *start = wmem_alloc(scope, 1), *end;
    key_ring_t *ring = wmem_new0(pool, key_ring_t);
    world_t *world = wmem_new0(pool, world_t);

    (void)state;
    enter(ring, KEYS_OF_CARDS, card, 1);
    enter(ring, KEYS_OF_SERVICES, key, 1);
    world->capture = capture_new(scope, ring);
    pass_hex(world, GBA_LTKM_D);
    end = wmem_alloc(scope, 1);
    assert_true(start < end && end - start < 1000000);
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
        assert_true(has_bytes(start, end, secrets[i]));
    }
    assert_true(has_bytes(start, end, key[0].secret));
    capture_wipe(world->capture);
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
        assert_false(has_bytes(start, end, secrets[i]));
    }
    assert_false(has_bytes(start, end, key[0].secret));
    assert_false(has_bytes(start, end, GBA_K) || has_bytes(start, end, GBA_CK));
    wmem_destroy_allocator(scope);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_whole_chain),      TEST(test_ck_and_ik),    TEST(test_wrong_rows),
        TEST(test_fitted_before),    TEST(test_scans),        TEST(test_without_rand),
        TEST(test_beside_rows),      TEST(test_found_once),   TEST(test_lately),
        TEST(test_bounded),          TEST(test_lenient),      TEST(test_lenient_leaves_room),
        TEST(test_wrong_among_many), TEST(test_service_keys), TEST(test_wipe),
    };

    gcry_check_version(NULL);
    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
