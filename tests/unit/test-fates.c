/* test-fates.c
 * What a terminal does with each message (TS 33.246 6.4.6, 6.5.3, 6.5.4): state before, message, fate,
 * answer, state after.
 *
 * A row is a story: what passes by, step by step, with the fate that the last one has, and what is known
 * afterwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

/* ---- stories ---------------------------------------------------------------------------------------- */

enum { MAX_STEPS = 6, SOON = 5 };

typedef enum { NOTHING, PASS, SOON_AFTER, BEFORE_IT } when_t;

typedef struct {
    when_t when;
    made_t made;
} step_t;

typedef struct {
    const char *name;
    step_t steps[MAX_STEPS];
    ltkm_fate_t fate; /* of the last step */
    ltkm_answer_kind_t answer;
    uint32_t compared; /* the frame of the step that decided it, from 1; 0: none */
    uint32_t counter;  /* of a's MUK, afterwards */
    uint32_t holders;  /* of the MSK of the last step, afterwards */
} story_t;

#define A(number, ...)                                                                                       \
    {                                                                                                        \
        PASS, LTKM_OF(number, "a", __VA_ARGS__)                                                              \
    }
#define B(number, ...)                                                                                       \
    {                                                                                                        \
        PASS, LTKM_OF(number, "b", __VA_ARGS__)                                                              \
    }
#define SOON_A(number, ...)                                                                                  \
    {                                                                                                        \
        SOON_AFTER, LTKM_OF(number, "a", __VA_ARGS__)                                                        \
    }
#define EARLY_A(number, ...)                                                                                 \
    {                                                                                                        \
        BEFORE_IT, LTKM_OF(number, "a", __VA_ARGS__)                                                         \
    }
#define STKM(number, mtk, ...)                                                                               \
    {                                                                                                        \
        PASS,                                                                                                \
        {                                                                                                    \
            .kind = MADE_STKM, .csb_id = 9, .t = number, .mtk_id = mtk, __VA_ARGS__                          \
        }                                                                                                    \
    }
#define SOON_STKM(number, mtk, ...)                                                                          \
    {                                                                                                        \
        SOON_AFTER,                                                                                          \
        {                                                                                                    \
            .kind = MADE_STKM, .csb_id = 9, .t = number, .mtk_id = mtk, __VA_ARGS__                          \
        }                                                                                                    \
    }
#define OTHER_BYTES  .bytes = 1
#define MSK(id)      .msk_id = (id)
#define LIMITS(l, h) .low = (l), .high = (h)

static const tracked_message_t *pass_step(world_t *world, const step_t *step)
{
    int64_t time = world->moment.time;
    const tracked_message_t *message = NULL;

    if (step->when == PASS) {
        return pass(world, step->made);
    }
    /* next_frame() adds a second */
    world->moment.time += (step->when == BEFORE_IT ? -2 : -1) * (int64_t)MOMENT_SECOND;
    world->moment.time += step->when == SOON_AFTER ? SOON * (int64_t)MOMENT_SECOND / 1000 : 0;
    message = pass(world, step->made);
    world->moment.time = MAX(time, world->moment.time);
    return message;
}

static uint32_t counter_after(const world_t *world)
{
    const mikey_message_t *message = made_message(pool, &LTKM_OF(0, "a"));
    const muk_t *muk = muk_of_message(&world->capture->fates.muks, message, NULL);

    return muk->counter ? (uint32_t)muk->counter->t : 0;
}

static unsigned expect(const char *name, const char *what, unsigned found, unsigned expected)
{
    if (found != expected) {
        print_error("%s: %s is %u, expected %u\n", name, what, found, expected);
    }
    return found != expected;
}

/* The capture goes on, and shows that the terminal is there. */
static void go_on(world_t *world)
{
    for (int i = 0; i < 20; i++) {
        next_frame(world, TERMINAL, BSM);
        sightings_add(&world->capture->sightings, &world->moment, true);
    }
}

static unsigned tell(const story_t *story)
{
    world_t *world = world_new();
    const tracked_message_t *last = NULL, *compared;
    unsigned n_failed = 0;

    for (int i = 0; i < MAX_STEPS && story->steps[i].when != NOTHING; i++) {
        last = pass_step(world, &story->steps[i]);
    }
    go_on(world);
    compared = fates_compared(&world->capture->fates, last);
    n_failed += expect(story->name, "the fate", last->fate, story->fate);
    n_failed += expect(story->name, "the frame compared", compared ? compared->frame : 0, story->compared);
    n_failed += expect(story->name, "the counter", counter_after(world), story->counter);
    n_failed += expect(story->name, "holders", last->msk ? last->msk->n_holders : 0, story->holders);
    if (ltkm_is_ltkm(last)) {
        n_failed +=
            expect(story->name, "the answer", answer_of(world->capture, last, 10).kind, story->answer);
    }
    return n_failed;
}

static void tell_all(const story_t *stories, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        n_failed += tell(&stories[i]);
    }
    assert_int_equal(n_failed, 0);
}

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

static void test_ltkms(void **state)
{
    static const story_t stories[] = {
        { "a key", { A(1) }, FATE_USED, ANSWER_MISSING, 0, 1, 1 },
        { "answered", { A(1), { PASS, ANSWER_TO(1, "a") }, A(2) }, FATE_USED, ANSWER_MISSING, 0, 2, 1 },
        { "no V", { A(1, .unasked = true) }, FATE_USED, ANSWER_NOT_ASKED_FOR, 0, 1, 1 },
        { "no EXT 3", { A(1, .no_key_ids = true) }, FATE_MALFORMED, ANSWER_NOT_EXPECTED, 0, 0, 0 },
        { "no MUK", { { PASS, { .csb_id = 1, .t = 1 } } }, FATE_USED, ANSWER_MISSING, 0, 0, 1 },
        { "T + 1", { A(1), A(2) }, FATE_USED, ANSWER_MISSING, 0, 2, 1 },
        { "T again", { A(2), A(2, OTHER_BYTES) }, FATE_REPLAY, ANSWER_NOT_EXPECTED, 1, 2, 1 },
        { "a lower T", { A(3), A(2) }, FATE_REPLAY, ANSWER_NOT_EXPECTED, 1, 3, 1 },
        { "the same bytes", { A(2), A(2) }, FATE_COPY, ANSWER_NOT_EXPECTED, 1, 2, 1 },
        { "other bytes soon", { A(3), SOON_A(2) }, FATE_USED, ANSWER_MISSING, 0, 3, 1 },
        { "an earlier one later", { A(3), EARLY_A(2) }, FATE_USED, ANSWER_MISSING, 0, 3, 1 },
        { "half way round", { A(1), A(0x80000000) }, FATE_USED, ANSWER_MISSING, 0, 0x80000000, 1 },
        { "not defined", { A(1), A(0x80000001) }, FATE_REPLAY, ANSWER_NOT_EXPECTED, 1, 1, 1 },
        { "once round", { A(0xffffffff), A(0) }, FATE_USED, ANSWER_MISSING, 0, 0, 1 },
        { "another terminal's T", { A(3), B(2) }, FATE_USED, ANSWER_MISSING, 0, 3, 2 },
        { "another BSM's T",
          { A(3), { PASS, { .csb_id = 1, .t = 2, .host = "other.example.org", .idr = "a" } } },
          FATE_USED,
          ANSWER_MISSING,
          0,
          3,
          2 },
        { "no T", { A(3), A(0, .no_t = true) }, FATE_USED, ANSWER_MISSING, 0, 3, 1 },
        { "a pull",
          { A(1, .no_key = true, .unasked = true, MSK(0x68c90000)) },
          FATE_ASKS,
          ANSWER_NOT_ASKED_FOR,
          0,
          1,
          0 },
        { "a pull with V",
          { A(1, .no_key = true, MSK(0x68c90000)) },
          FATE_ASKS,
          ANSWER_NOT_EXPECTED,
          0,
          1,
          0 },
        { "a pull, T again",
          { A(1), A(1, .no_key = true, MSK(0x68c90000)) },
          FATE_REPLAY,
          ANSWER_NOT_EXPECTED,
          1,
          1,
          0 },
        { "new validity", { A(1), A(2, .update = true) }, FATE_VALIDITY, ANSWER_MISSING, 0, 2, 1 },
        { "no longer valid", { A(1), A(2, LIMITS(2, 1)) }, FATE_INVALID, ANSWER_MISSING, 0, 2, 0 },
        { "an update that ends it",
          { A(1), A(2, .update = true, LIMITS(2, 1)) },
          FATE_VALIDITY,
          ANSWER_MISSING,
          0,
          2,
          0 },
        { "never had it", { A(1, LIMITS(2, 1)) }, FATE_INVALID, ANSWER_MISSING, 0, 1, 0 },
        { "not valid for a, but for b",
          { B(1), A(1), A(2, LIMITS(2, 1)) },
          FATE_INVALID,
          ANSWER_MISSING,
          0,
          2,
          1 },
    };

    (void)state;
    tell_all(stories, G_N_ELEMENTS(stories));
}

/* Of three keys of a Key Group the oldest goes; those of other groups stay. */
static void test_keys_of_a_group(void **state)
{
    static const story_t stories[] = {
        { "two",
          { A(1, MSK(0x10001)), A(2, MSK(0x10002)), STKM(1, 1, MSK(0x10001)) },
          FATE_USED,
          0,
          0,
          2,
          1 },
        { "three",
          { A(1, MSK(0x10001)), A(2, MSK(0x10002)), A(3, MSK(0x10003)), STKM(1, 1, MSK(0x10001)) },
          FATE_NO_MSK,
          0,
          3,
          3,
          0 },
        { "the first once more",
          { A(1, MSK(0x10001)), A(2, MSK(0x10002)), A(3, MSK(0x10001)), A(4, MSK(0x10003)),
            STKM(1, 1, MSK(0x10001)) },
          FATE_USED,
          0,
          0,
          4,
          1 },
        { "the second went then",
          { A(1, MSK(0x10001)), A(2, MSK(0x10002)), A(3, MSK(0x10001)), A(4, MSK(0x10003)),
            STKM(1, 1, MSK(0x10002)) },
          FATE_NO_MSK,
          0,
          4,
          4,
          0 },
        { "of another group",
          { A(1, MSK(0x10001)), A(2, MSK(0x20002)), A(3, MSK(0x10003)), STKM(1, 1, MSK(0x10001)) },
          FATE_USED,
          0,
          0,
          3,
          1 },
        { "another terminal has it",
          { B(1, MSK(0x10001)), A(1, MSK(0x10001)), A(2, MSK(0x10002)), A(3, MSK(0x10003)),
            STKM(1, 1, MSK(0x10001)) },
          FATE_USED,
          0,
          0,
          3,
          1 },
    };

    (void)state;
    tell_all(stories, G_N_ELEMENTS(stories));
}

/* ---- STKMs ------------------------------------------------------------------------------------------ */

static void test_stkms(void **state)
{
    static const story_t stories[] = {
        { "no MSK", { STKM(1, 1) }, FATE_NO_MSK, 0, 0, 0, 0 },
        { "an MTK", { A(1), STKM(1, 1) }, FATE_USED, 0, 0, 1, 1 },
        { "the same again", { A(1), STKM(1, 1), STKM(1, 1) }, FATE_COPY, 0, 2, 1, 1 },
        { "an older one again", { A(1), STKM(1, 1), STKM(2, 2), STKM(1, 1) }, FATE_COPY, 0, 2, 1, 1 },
        { "the MSK came since", { STKM(1, 1), A(1), STKM(1, 1) }, FATE_USED, 0, 0, 1, 1 },
        { "the next", { A(1), STKM(1, 1), STKM(2, 2) }, FATE_USED, 0, 0, 1, 1 },
        { "T again", { A(1), STKM(2, 1), STKM(2, 2) }, FATE_REPLAY, 0, 2, 1, 1 },
        { "a lower T", { A(1), STKM(2, 1), STKM(1, 2) }, FATE_REPLAY, 0, 2, 1, 1 },
        { "a lower T soon", { A(1), STKM(2, 2), SOON_STKM(1, 1) }, FATE_USED, 0, 0, 1, 1 },
        { "the same MTK, new T", { A(1), STKM(1, 1), STKM(2, 1) }, FATE_BAD_MTK, 0, 2, 1, 1 },
        { "an older MTK", { A(1), STKM(1, 2), STKM(2, 1) }, FATE_BAD_MTK, 0, 2, 1, 1 },
        { "the lower limit", { A(1, LIMITS(3, 9)), STKM(1, 3) }, FATE_BAD_MTK, 0, 0, 1, 1 },
        { "above it", { A(1, LIMITS(3, 9)), STKM(1, 4) }, FATE_USED, 0, 0, 1, 1 },
        { "the upper limit", { A(1, LIMITS(3, 9)), STKM(1, 9) }, FATE_USED, 0, 0, 1, 1 },
        { "above that", { A(1, LIMITS(3, 9)), STKM(1, 10) }, FATE_BAD_MTK, 0, 0, 1, 1 },
        { "new limits",
          { A(1, LIMITS(3, 9)), A(2, .update = true, LIMITS(3, 12)), STKM(1, 10) },
          FATE_USED,
          0,
          0,
          2,
          1 },
        { "narrower limits",
          { A(1, LIMITS(3, 9)), A(2, LIMITS(3, 5)), STKM(1, 6) },
          FATE_BAD_MTK,
          0,
          0,
          2,
          1 },
        { "limits of another",
          { A(1, LIMITS(3, 9)), B(1, LIMITS(8, 20)), STKM(1, 6) },
          FATE_USED,
          0,
          0,
          1,
          2 },
        { "no limits", { A(1, .no_interval = true), STKM(1, 0x1234) }, FATE_USED, 0, 0, 1, 1 },
        { "0", { A(1), STKM(1, 0) }, FATE_BAD_MTK, 0, 0, 1, 1 },
        { "65535", { A(1, .no_interval = true), STKM(1, 0xffff) }, FATE_BAD_MTK, 0, 0, 1, 1 },
        { "invalid since", { A(1), A(2, LIMITS(2, 1)), STKM(1, 1) }, FATE_NO_MSK, 0, 2, 2, 0 },
        { "T of another MSK",
          { A(1, MSK(0x10001)), A(2, MSK(0x10002)), STKM(9, 9, MSK(0x10001)), STKM(1, 1, MSK(0x10002)) },
          FATE_USED,
          0,
          0,
          2,
          1 },
    };

    (void)state;
    tell_all(stories, G_N_ELEMENTS(stories));
}

/* ---- B-TIDs and delivery ---------------------------------------------------------------------------- */

static const tracked_message_t *first_of(world_t *world, made_t made)
{
    const tracked_message_t *message = pass(world, made);

    go_on(world);
    return message;
}

/* The links between B-TIDs are set by whoever sees the new one. */
static void test_older_muk(void **state)
{
    world_t *world = world_new();
    terminal_t *older, *newer;
    const tracked_message_t *message;

    (void)state;
    older = ask_from(world, TERMINAL, "a", REGISTER)->procedure->terminal;
    pass(world, LTKM_OF(5, "a"));
    newer = ask_from(world, TERMINAL, "b", REGISTER)->procedure->terminal;
    newer->first_frame = world->moment.frame;
    older->after = newer;
    newer->before = older;
    message = first_of(world, LTKM_OF(6, "a", MSK(0x10001)));
    assert_int_equal(message->fate, FATE_ASKS);
    assert_string_equal(fate_reason(pool, &world->capture->fates, message),
                        "IDr is not the newest B-TID of its terminal: b since frame 3");
    assert_int_equal(answer_of(world->capture, message, 10).kind, ANSWER_NOT_EXPECTED);
    assert_int_equal(message->msk->n_holders, 0); /* the key is not used */
    assert_int_equal(counter_after(world), 6);
    assert_int_equal(pass(world, LTKM_OF(6, "a", OTHER_BYTES))->fate, FATE_REPLAY);
    assert_int_equal(pass(world, LTKM_OF(1, "b"))->fate, FATE_USED); /* the counter starts anew */
}

/* Behind a NAT a second terminal of the same services looks like the first one's next bootstrapping, until
 * the first one is heard of again. */
static void test_newer_of_another(void **state)
{
    world_t *world = world_new();
    const fates_t *fates = &world->capture->fates;
    const tracked_message_t *first, *second, *pull, *stkm;

    (void)state;
    ask(world, REGISTER);
    answer(world, REGISTERED);
    ask_from(world, TERMINAL, "b", REGISTER);
    answer(world, REGISTERED);
    first = pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, LTKM_OF(1, "a", MSK(0x10001)));
    second = pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, LTKM_OF(2, "a", MSK(0x10002)));
    pull = pass_at(world, TERMINAL, LTKM_TRANSPORT_HTTP, LTKM_OF(3, "a", .no_key = true, MSK(0x10000)));
    assert_int_equal(fate_of(first), FATE_ASKS);
    assert_true(fate_has_older_muk(second));
    pass(world, ANSWER_TO(2, "a"));
    go_on(world);
    assert_int_equal(answer_of(world->capture, second, 10).kind, ANSWER_VERIFIED);
    assert_int_equal(answer_of(world->capture, first, 10).kind, ANSWER_MISSING);
    assert_int_equal(fate_of(first), FATE_USED);
    assert_int_equal(fate_of(second), FATE_USED);
    assert_string_equal(fate_reason(pool, fates, second), "the key is stored");
    assert_string_equal(fate_reason(pool, fates, first), "the key is stored");
    assert_int_equal(fate_of(pull), FATE_ASKS);
    assert_string_equal(fate_reason(pool, fates, pull), "a solicited pull");
    stkm = pass(world, (made_t){ .kind = MADE_STKM, .csb_id = 9, .t = 1, .mtk_id = 1, MSK(0x10002) });
    assert_int_equal(stkm->fate, FATE_USED);
}

/* A terminal keeps its MSKs under its next B-TID, and those under the older one go first. */
static void test_keys_of_older_muk(void **state)
{
    world_t *world = world_new();
    terminal_t *older = ask_from(world, TERMINAL, "a", REGISTER)->procedure->terminal, *newer;
    const tracked_message_t *first, *second;

    (void)state;
    first = pass(world, LTKM_OF(8, "a", MSK(0x10001)));
    newer = ask_from(world, TERMINAL, "b", REGISTER)->procedure->terminal;
    older->after = newer;
    newer->before = older;
    second = pass(world, LTKM_OF(1, "b", MSK(0x10002)));
    pass(world, LTKM_OF(2, "b", MSK(0x10003)));
    assert_int_equal(first->msk->n_holders, 0);
    assert_int_equal(second->msk->n_holders, 1);
}

static void test_not_granted(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *message;

    (void)state;
    ask(world, REGISTER); /* HTTP alone */
    answer(world, REGISTERED);
    message = first_of(world, LTKM_OF(1, "a"));
    assert_int_equal(message->fate, FATE_MAY_IGNORE);
    assert_string_equal(fate_reason(pool, &world->capture->fates, message), "UDP was not granted in frame 2");
    assert_int_equal(answer_of(world->capture, message, 10).kind, ANSWER_NOT_EXPECTED);
    assert_int_equal(message->msk->n_holders, 1); /* it may be used, too */
    message = first_of(world, LTKM_OF(2, "a", LIMITS(2, 1)));
    assert_int_equal(message->fate, FATE_MAY_IGNORE);
    assert_int_equal(message->msk->n_holders, 1);
    message = first_of(world, LTKM_OF(2, "a", .no_key = true, MSK(0x68c90000)));
    assert_int_equal(message->fate, FATE_REPLAY); /* is said first */
}

/* A registration whose response is not in the capture may have brought another grant. */
static void test_grant_not_known(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *message;

    (void)state;
    ask(world, REGISTER); /* HTTP alone */
    answer(world, REGISTERED);
    ask(world, REGISTER);
    message = pass(world, LTKM_OF(1, "a"));
    go_on(world);
    assert_int_equal(fate_of(message), FATE_USED);
    assert_int_equal(answer_of(world->capture, message, 10).kind, ANSWER_MISSING);
    answer(world, REGISTERED);
    assert_int_equal(fate_of(message), FATE_MAY_IGNORE);
}

static void test_order_in_a_payload(void **state)
{
    world_t *world = world_new();
    const tracked_body_t *body;

    (void)state;
    ask(world, REGISTER);
    body = answer(world, registered_with(wmem_strdup_printf(pool, "%s%s%s", ltkm_element(LTKM_OF(2, "a")),
                                                            ltkm_element(LTKM_OF(3, "a")),
                                                            ltkm_element(LTKM_OF(1, "a")))));
    assert_int_equal(body->ltkms[1].fate, FATE_USED);
    assert_int_equal(body->ltkms[2].fate, FATE_REPLAY); /* nothing reorders a payload */
    assert_string_equal(fate_reason(pool, &world->capture->fates, &body->ltkms[2]),
                        "T 1 is not greater than T 3 of frame 2");
}

/* Whether or not the MSK is there: of two STKMs that with the greater T has no lower MTK ID. */
static void test_disorder(void **state)
{
    static const struct {
        const char *name;
        step_t steps[MAX_STEPS];
        uint32_t other; /* frame; 0: none */
    } rows[] = {
        { "both grow", { STKM(1, 1), STKM(2, 2) }, 0 },
        { "a lower one", { STKM(1, 2), STKM(2, 1) }, 1 },
        { "with the MSK", { A(1), STKM(1, 2), STKM(2, 1) }, 2 },
        { "the same one", { STKM(1, 2), STKM(2, 2) }, 0 },
        { "a lower T", { STKM(2, 2), STKM(1, 1) }, 0 },
        { "a lower T, a greater one", { STKM(2, 2), STKM(1, 3) }, 1 },
        { "the same T", { STKM(2, 2), STKM(2, 1) }, 0 },
        { "one that may not be, before", { STKM(1, 0xffff), STKM(2, 1) }, 0 },
        { "one that may not be", { STKM(1, 1), STKM(2, 0) }, 0 },
        { "two lower ones", { STKM(1, 5), STKM(2, 3), STKM(3, 4) }, 1 },
        { "of another MSK", { STKM(1, 2), STKM(2, 1, MSK(0x10001)) }, 0 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_new();
        const tracked_message_t *last = NULL, *other;

        for (int k = 0; k < MAX_STEPS && rows[i].steps[k].when != NOTHING; k++) {
            last = pass_step(world, &rows[i].steps[k]);
        }
        other = fates_disorder(&world->capture->fates, last);
        assert_int_equal(expect(rows[i].name, "the other", other ? other->frame : 0, rows[i].other), 0);
    }
}

/* ---- MACs ------------------------------------------------------------------------------------------- */

static fate_facts_t facts_with(mikey_mac_status_t mac)
{
    return (fate_facts_t){ .mac = mac };
}

static const tracked_message_t *decide(fates_t *fates, uint32_t frame, made_t made, fate_facts_t facts)
{
    const mikey_message_t *message = made_message(pool, &made);
    tracked_message_t *tracked = wmem_new0(pool, tracked_message_t);

    ltkm_identify(tracked, message);
    tracked->frame = frame;
    tracked->time = frame * (int64_t)MOMENT_SECOND;
    fates_add(fates, tracked, message, &facts);
    return tracked;
}

static void test_macs(void **state)
{
    fates_t fates;
    made_t stkm = { .kind = MADE_STKM, .t = 5, .mtk_id = 5 },
           next = { .kind = MADE_STKM, .t = 6, .mtk_id = 6 };
    terminal_t newer = { .name = "b" }, older = { .name = "a", .after = &newer };
    fate_facts_t older_and_bad = { .mac = MIKEY_MAC_BAD, .idr = &older };

    (void)state;
    fates_init(&fates, pool, NULL);
    assert_int_equal(decide(&fates, 1, LTKM_OF(9, "a"), facts_with(MIKEY_MAC_BAD))->fate, FATE_MAC_WRONG);
    assert_int_equal(decide(&fates, 2, LTKM_OF(3, "a"), facts_with(MIKEY_MAC_GOOD))->fate, FATE_USED);
    assert_int_equal(decide(&fates, 3, LTKM_OF(2, "a"), facts_with(MIKEY_MAC_BAD))->fate, FATE_REPLAY);
    assert_int_equal(decide(&fates, 4, LTKM_OF(7, "a"), older_and_bad)->fate, FATE_MAC_WRONG);
    assert_int_equal(decide(&fates, 5, stkm, facts_with(MIKEY_MAC_BAD))->fate, FATE_MAC_WRONG);
    assert_int_equal(decide(&fates, 6, stkm, facts_with(MIKEY_MAC_GOOD))->fate, FATE_USED);
    assert_int_equal(decide(&fates, 7, next, facts_with(MIKEY_MAC_UNVERIFIED))->fate, FATE_USED);
}

/* A key that was entered opens it: the terminal may well have it. */
static void test_msk_that_was_entered(void **state)
{
    fates_t fates;
    made_t stkm = { .kind = MADE_STKM, .t = 5, .mtk_id = 5 };

    (void)state;
    fates_init(&fates, pool, NULL);
    assert_int_equal(decide(&fates, 1, stkm, facts_with(MIKEY_MAC_UNVERIFIED))->fate, FATE_NO_MSK);
    assert_int_equal(decide(&fates, 2, stkm, facts_with(MIKEY_MAC_GOOD))->fate, FATE_USED);
}

/* What the capture cut has no fate, unless all of it is there. */
static void test_cut(void **state)
{
    fates_t fates;
    made_t made = LTKM_OF(1, "a");
    made_bytes_t bytes;
    const mikey_message_t *message;
    tracked_message_t tracked = { 0 };
    fate_facts_t cut = { .mac = MIKEY_MAC_UNVERIFIED, .cut = true };

    (void)state;
    fates_init(&fates, pool, NULL);
    assert_int_equal(decide(&fates, 1, made, cut)->fate, FATE_USED);
    make_message(&bytes, &made);
    message = mikey_message_parse(pool, bytes.bytes, bytes.length - 5);
    ltkm_identify(&tracked, message);
    fates_add(&fates, &tracked, message, &cut);
    assert_int_equal(tracked.fate, FATE_UNKNOWN);
    cut.cut = false;
    fates_add(&fates, &tracked, message, &cut);
    assert_int_equal(tracked.fate, FATE_MALFORMED);
}

/* ---- bounds ----------------------------------------------------------------------------------------- */

/* A terminal with more keys than are counted loses none of them. */
static void test_many_keys(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *last = NULL;

    (void)state;
    for (uint32_t i = 1; i <= 100; i++) {
        last = pass(world, LTKM_OF(i, "a", MSK(i << 16 | 1)));
        assert_int_equal(last->fate, FATE_USED);
    }
    assert_int_equal(last->msk->n_holders, 1);
    pass(world, LTKM_OF(101, "a", MSK(100 << 16 | 1), LIMITS(2, 1)));
    assert_int_equal(last->msk->n_holders, 1);
}

static void test_key_data(void **state)
{
    static const struct {
        made_t made;
        key_fault_t fault;
        bool bad_limit;
    } rows[] = {
        { LTKM_OF(1, "a"), KEY_DATA_SOUND, false },
        { LTKM_OF(1, "a", .key_type = 4), KEY_DATA_NOT_TEK, false },
        { LTKM_OF(1, "a", .no_interval = true), KEY_DATA_NO_INTERVAL, false },
        { LTKM_OF(1, "a", LIMITS(1, 0xffff)), KEY_DATA_SOUND, true },
        { LTKM_OF(1, "a", LIMITS(1, 0xfffe)), KEY_DATA_SOUND, false },
        { LTKM_OF(1, "a", .no_key = true), KEY_DATA_SOUND, false },
        { LTKM_OF(1, "a", .update = true), KEY_DATA_SOUND, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const tracked_message_t *ltkm = pass(world_new(), rows[i].made);

        assert_int_equal(ltkm->key_fault, rows[i].fault);
        assert_int_equal(ltkm->bad_limit, rows[i].bad_limit);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_ltkms),
        TEST(test_keys_of_a_group),
        TEST(test_stkms),
        TEST(test_older_muk),
        TEST(test_newer_of_another),
        TEST(test_grant_not_known),
        TEST(test_keys_of_older_muk),
        TEST(test_not_granted),
        TEST(test_order_in_a_payload),
        TEST(test_disorder),
        TEST(test_macs),
        TEST(test_msk_that_was_entered),
        TEST(test_cut),
        TEST(test_many_keys),
        TEST(test_key_data),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
