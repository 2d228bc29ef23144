/* test-ltkms.c
 * Which verification message belongs to which LTKM, whatever order they come in.
 *
 * Each row is a capture of a few messages, numbered from 1. The outline has what became of them:
 *   1-2 paired by CSB ID and T · 1/2 likewise, though under different IDr · 1~2 paired by CSB ID
 *   3=1 the bytes of 1 once more · 3>1 a second answer to 1
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

enum { MAX_STEPS = 16, NO_T = -1 };

typedef struct {
    uint8_t kind; /* 0: no more */
    uint32_t csb_id;
    int t;
    char idr;   /* 0: none */
    bool known; /* that IDr is a terminal's that was seen before */
    bool ntp;   /* T is a time, not a counter */
    bool unasked;
    bool http;         /* not over UDP */
    bool same_payload; /* it stands behind the message before in one payload */
    uint32_t terminal; /* its address */
    uint32_t bsm;      /* that at the other end */
    uint32_t bytes;    /* what else tells it from others */
    uint32_t at;       /* seconds; 0: as many as its number */
    char host;         /* in IDi */
} step_t;

#define L(csb, counter, id, ...)                                                                             \
    {                                                                                                        \
        .kind = MIKEY_KIND_LTKM, .csb_id = csb, .t = counter, .idr = id, __VA_ARGS__                         \
    }
#define V(csb, counter, id, ...)                                                                             \
    {                                                                                                        \
        .kind = MIKEY_KIND_VERIFICATION, .csb_id = csb, .t = counter, .idr = id, __VA_ARGS__                 \
    }
#define BEHIND .same_payload = true

typedef struct {
    const char *name;
    step_t steps[MAX_STEPS];
    const char *expected;
} row_t;

/* Equal steps are equal bytes, wherever and whenever they come. */
static uint64_t digest_of(const step_t *step)
{
    uint64_t digest = step->kind;

    digest = digest * 1009 + step->csb_id;
    digest = digest * 1009 + (uint64_t)(step->t + 1);
    digest = digest * 1009 + (unsigned char)step->idr;
    digest = digest * 1009 + step->ntp;
    digest = digest * 1009 + step->unasked;
    return digest * 1009 + step->bytes;
}

static void set_message(tracked_message_t *message, const step_t *step, uint32_t number)
{
    static const host_name_t hosts[2];

    *message = (tracked_message_t){
        .frame = number,
        .csb_id = step->csb_id,
        .time = (int64_t)(step->at ? step->at : number) * MOMENT_SECOND,
        .t = step->t == NO_T ? 0 : (uint64_t)step->t,
        .t_type = step->t == NO_T ? LTKM_NO_T
                  : step->ntp     ? MIKEY_TS_NTP
                                  : MIKEY_TS_COUNTER,
        .digest = digest_of(step),
        .idr_hash = (unsigned char)step->idr,
        .terminal_hash = step->terminal,
        .other_hash = step->bsm,
        .kind = step->kind,
        .transport = step->http ? LTKM_TRANSPORT_HTTP : LTKM_TRANSPORT_UDP,
        .idr_is_known = step->known,
        .v_flag = step->kind != MIKEY_KIND_VERIFICATION && !step->unasked,
        .host = step->host ? &hosts[step->host - 'x'] : NULL,
    };
    if (step->same_payload) {
        message->frame = message[-1].frame;
        message[-1].index = message[-1].index ? message[-1].index : 1;
        message->index = message[-1].index + 1;
    }
}

typedef struct {
    tracked_message_t messages[MAX_STEPS];
    int n;
} played_t;

static played_t *play(const step_t *steps)
{
    played_t *played = wmem_new0(pool, played_t);
    ltkms_t ltkms;

    ltkms_init(&ltkms, pool);
    while (played->n < MAX_STEPS && steps[played->n].kind) {
        set_message(&played->messages[played->n], &steps[played->n], (uint32_t)played->n + 1);
        played->n++;
    }
    for (int i = 0; i < played->n; i++) {
        ltkms_add(&ltkms, &played->messages[i]);
    }
    return played;
}

/* ---- outlines --------------------------------------------------------------------------------------- */

static char sign_of_pair(const tracked_message_t *one, const tracked_message_t *other)
{
    assert_ptr_equal(other->link, one);
    assert_int_equal(one->csb_id, other->csb_id);
    assert_true(ltkm_is_ltkm(one) != ltkm_is_ltkm(other));
    assert_ptr_equal(ltkm_peer(one), other);
    assert_true(ltkm_same_t(one) == ltkm_same_t(other));
    if (!ltkm_same_t(one)) {
        return '~';
    }
    return one->idr_hash && other->idr_hash && one->idr_hash != other->idr_hash ? '/' : '-';
}

/* 0: said already with the other half, or there is nothing to say. */
static char sign_of(const tracked_message_t *message)
{
    const tracked_message_t *link = message->link;

    assert_true((ltkm_original_frame(message) != 0) == message->is_copy);
    if (!link) {
        assert_null(ltkm_peer(message));
        return 0;
    }
    if (message->is_copy) {
        assert_true(!link->is_copy && link->digest == message->digest && link->kind == message->kind);
        return '=';
    }
    if (ltkm_is_second(message)) {
        return '>';
    }
    return message < link ? sign_of_pair(message, link) : 0;
}

static const char *outline(const played_t *played)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (int i = 0; i < played->n; i++) {
        const tracked_message_t *message = &played->messages[i];
        char sign = sign_of(message);

        if (sign) {
            wmem_strbuf_append_printf(out, "%s%d%c%d", wmem_strbuf_get_len(out) ? " " : "", i + 1, sign,
                                      (int)(message->link - played->messages) + 1);
        }
    }
    return wmem_strbuf_get_str(out);
}

static unsigned compare(const char *name, const char *found, const char *expected)
{
    if (strcmp(found, expected) == 0) {
        return 0;
    }
    print_error("%s: found \"%s\", expected \"%s\"\n", name, found, expected);
    return 1;
}

static void check_rows(const row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        n_failed += compare(rows[i].name, outline(play(rows[i].steps)), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

/* ---- pairs ------------------------------------------------------------------------------------------ */

static void test_by_t(void **state)
{
    static const row_t rows[] = {
        { "behind it", { L(1, 5, 'a'), V(1, 5, 'a') }, "1-2" },
        { "before it", { V(1, 5, 'a'), L(1, 5, 'a') }, "1-2" },
        { "long before it", { V(1, 5, 'a', .at = 1), L(1, 5, 'a', .at = 9000) }, "1-2" },
        { "IDr in neither", { L(1, 5, 0), V(1, 5, 0) }, "1-2" },
        { "IDr in the LTKM", { L(1, 5, 'a'), V(1, 5, 0) }, "1-2" },
        { "IDr in the verification", { L(1, 5, 0), V(1, 5, 'a') }, "1-2" },
        { "another IDr", { L(1, 5, 'a'), V(1, 5, 'b') }, "1/2" },
        { "another IDr, before it", { V(1, 5, 'b'), L(1, 5, 'a') }, "1/2" },
        { "another CSB ID", { L(1, 5, 'a'), V(2, 5, 'a') }, "" },
        { "not asked for", { L(1, 5, 'a', .unasked = true), V(1, 5, 'a') }, "1-2" },
        { "not asked for, before it", { V(1, 5, 'a'), L(1, 5, 'a', .unasked = true) }, "1-2" },
        { "T of another type is another", { L(1, 5, 'a'), V(1, 5, 'a', .ntp = true) }, "1~2" },
        { "counters tell apart", { L(1, 5, 'a'), L(1, 6, 'a'), V(1, 5, 'a'), V(1, 6, 'a') }, "1-3 2-4" },
        { "in any order", { L(1, 5, 'a'), V(1, 6, 'a'), V(1, 5, 'a'), L(1, 6, 'a') }, "1-3 2-4" },
        { "zero is a counter", { L(1, 1, 'a'), L(1, 0, 'a'), V(1, 0, 'a') }, "2-3" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_by_csb_id_and_idr(void **state)
{
    static const row_t rows[] = {
        { "own T", { L(1, 5, 'a'), V(1, 90, 'a') }, "1~2" },
        { "no T", { L(1, 5, 'a'), V(1, NO_T, 'a') }, "1~2" },
        { "no T in either is no equal T", { L(1, NO_T, 'a'), V(1, NO_T, 'a') }, "1~2" },
        { "IDr tells", { L(1, 5, 'a'), L(1, 6, 'b'), V(1, 90, 'a') }, "1~3" },
        { "the last sent", { L(1, 5, 'a'), L(1, 6, 'a'), V(1, 90, 'a') }, "2~3" },
        { "the first of a payload",
          { L(1, 5, 'a'), L(1, 6, 'a', BEHIND), V(1, 90, 'a'), V(1, 91, 'a') },
          "1~3 2~4" },
        { "one that asks", { L(1, 5, 'a'), L(1, 6, 'a', .unasked = true), V(1, 90, 'a') }, "1~3" },
        { "none asks", { L(1, 5, 'a', .unasked = true), V(1, 90, 'a') }, "" },
        { "shortly before", { V(1, 90, 'a', .at = 1), L(1, 5, 'a', .at = 11) }, "1~2" },
        { "not shortly before", { V(1, 90, 'a', .at = 1), L(1, 5, 'a', .at = 12) }, "" },
        { "shortly before, time goes back", { V(1, 90, 'a', .at = 11), L(1, 5, 'a', .at = 1) }, "1~2" },
        { "before one that does not ask", { V(1, 90, 'a'), L(1, 5, 'a', .unasked = true) }, "" },
        { "before, another IDr", { V(1, 90, 'b'), L(1, 5, 'a') }, "" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_by_csb_id_alone(void **state)
{
    static const row_t rows[] = {
        { "one", { L(1, 5, 'a'), V(1, 90, 0) }, "1~2" },
        { "two", { L(1, 5, 'a'), L(1, 6, 'a'), V(1, 90, 0) }, "" },
        { "one left", { L(1, 5, 'a'), L(1, 6, 'a'), V(1, 5, 'a'), V(1, 90, 0) }, "1-3 2~4" },
        { "one asks", { L(1, 5, 'a', .unasked = true), L(1, 6, 'a'), V(1, 90, 0) }, "2~3" },
        { "none left", { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 90, 0) }, "1-2" },
        { "another CSB ID is no other", { L(1, 5, 0), L(2, 5, 0), V(1, 90, 0) }, "1~3" },
        { "before it", { V(1, 90, 0), L(1, 5, 'a') }, "" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_copies(void **state)
{
    static const row_t rows[] = {
        { "LTKM", { L(1, 5, 'a'), L(1, 5, 'a') }, "2=1" },
        { "three", { L(1, 5, 'a'), L(1, 5, 'a'), L(1, 5, 'a') }, "2=1 3=1" },
        { "elsewhere", { L(1, 5, 'a', .terminal = 2), L(1, 5, 'a', .terminal = 3) }, "2=1" },
        { "LTKM, verified", { L(1, 5, 'a'), L(1, 5, 'a'), V(1, 5, 'a') }, "1-3 2=1" },
        { "LTKM behind its verification", { L(1, 5, 'a'), V(1, 5, 'a'), L(1, 5, 'a') }, "1-2 3=1" },
        { "verification", { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 5, 'a') }, "1-2 3=2" },
        { "verification with its own T", { L(1, 5, 'a'), V(1, 9, 'a'), V(1, 9, 'a') }, "1~2 3=2" },
        { "verification that waits", { V(1, 5, 'a'), V(1, 5, 'a'), L(1, 5, 'a') }, "1-3 2=1" },
        { "orphan", { V(1, 5, 'a'), V(1, 5, 'a') }, "2=1" },
        { "a copy leaves others free",
          { L(1, 5, 'a'), L(1, 6, 'a'), V(1, 6, 'a'), V(1, 6, 'a') },
          "2-3 4=3" },
        { "both twice", { L(1, 5, 'a'), L(1, 5, 'a'), V(1, 5, 'a'), V(1, 5, 'a') }, "1-3 2=1 4=3" },
        { "other bytes", { L(1, 5, 'a'), L(1, 5, 'a', .bytes = 1) }, "" },
        { "other bytes, verified: the youngest",
          { L(1, 5, 'a'), L(1, 5, 'a', .bytes = 1), V(1, 5, 'a') },
          "2-3" },
        { "of one that was displaced",
          { L(1, 5, 'a'), V(1, 9, 'a'), V(1, 5, 'a'), V(1, 9, 'a') },
          "1-3 4=2" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_second_answers(void **state)
{
    static const row_t rows[] = {
        { "other bytes", { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 5, 'a', .bytes = 1) }, "1-2 3>1" },
        { "no IDr", { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 5, 0) }, "1-2 3>1" },
        { "and a third",
          { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 5, 'a', .bytes = 1), V(1, 5, 'a', .bytes = 2) },
          "1-2 3>1 4>1" },
        { "its copy",
          { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 5, 'a', .bytes = 1), V(1, 5, 'a', .bytes = 1) },
          "1-2 3>1 4=3" },
        { "another responder is none", { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 5, 'b') }, "1-2" },
        { "own T is none", { L(1, 5, 'a'), V(1, 5, 'a'), V(1, 9, 'a') }, "1-2" },
        { "there is another LTKM for it",
          { L(1, 5, 'a'), L(1, 5, 'a', .bytes = 1), V(1, 5, 'a'), V(1, 5, 'a', .bytes = 1) },
          "1-4 2-3" },
        { "its LTKM comes behind it",
          { L(1, 5, 0), V(1, 5, 0), V(1, 5, 0, .bytes = 1), L(1, 5, 0, .bytes = 1) },
          "1-2 3-4" },
        { "its LTKM comes behind it, by IDr",
          { L(1, 5, 0), V(1, 5, 'a'), V(1, 5, 'b'), L(1, 5, 'b') },
          "1-2 3-4" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_takeovers(void **state)
{
    static const row_t rows[] = {
        { "T over own T", { L(1, 1, 'a'), V(1, 90, 'a'), V(1, 1, 'a') }, "1-3" },
        { "the displaced finds another",
          { L(1, 1, 'a'), V(1, 90, 'a'), L(1, 2, 'a'), V(1, 1, 'a') },
          "1-4 2~3" },
        { "the LTKM that lost finds one that waits",
          { L(1, 1, 'a'), V(1, 2, 'a'), V(1, 77, 'a'), L(1, 2, 'a') },
          "1~3 2-4" },
        { "the LTKM that lost finds none", { L(1, 1, 'a'), V(1, 2, 'a'), L(1, 2, 'a') }, "2-3" },
        { "right IDr over another", { L(1, 5, 'a'), V(1, 5, 'b'), V(1, 5, 'a') }, "1-3" },
        { "LTKM of the right IDr", { L(1, 5, 'a'), V(1, 5, 'b'), L(1, 5, 'b') }, "2-3" },
        { "both come in the end", { L(1, 5, 'a'), V(1, 5, 'b'), L(1, 5, 'b'), V(1, 5, 'a') }, "1-4 2-3" },
        { "no IDr over another", { L(1, 5, 'a'), V(1, 5, 'b'), V(1, 5, 0) }, "1-3" },
        { "another IDr over own T", { L(1, 5, 'a'), V(1, 9, 'a'), V(1, 5, 'b') }, "1/3" },
        { "own T over nothing", { L(1, 5, 'a'), V(1, 5, 'b'), V(1, 9, 'a') }, "1/2" },
        { "chain of two",
          { L(1, 1, 'a'), V(1, 90, 'a'), L(1, 2, 'a'), V(1, 91, 'a'), V(1, 2, 'a'), V(1, 1, 'a') },
          "1-6 3-5" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* CSB ID and T identify nobody: two terminals may have the same two. */
static void test_two_terminals_by_idr(void **state)
{
    static const row_t rows[] = {
        { "in order", { L(1, 5, 'a'), L(1, 5, 'b'), V(1, 5, 'a'), V(1, 5, 'b') }, "1-3 2-4" },
        { "crossed", { L(1, 5, 'a'), L(1, 5, 'b'), V(1, 5, 'b'), V(1, 5, 'a') }, "1-4 2-3" },
        { "interleaved", { L(1, 5, 'a'), V(1, 5, 'a'), L(1, 5, 'b'), V(1, 5, 'b') }, "1-2 3-4" },
        { "verifications first", { V(1, 5, 'a'), V(1, 5, 'b'), L(1, 5, 'b'), L(1, 5, 'a') }, "1-4 2-3" },
        { "half reordered", { V(1, 5, 'b'), L(1, 5, 'a'), V(1, 5, 'a'), L(1, 5, 'b') }, "1-4 2-3" },
        { "IDr over the address",
          { L(1, 5, 'a', .terminal = 2), L(1, 5, 'b', .terminal = 4), V(1, 5, 'a', .terminal = 4),
            V(1, 5, 'b', .terminal = 2) },
          "1-3 2-4" },
        { "own T, crossed", { L(1, 5, 'a'), L(1, 5, 'b'), V(1, 90, 'b'), V(1, 90, 'a') }, "1~4 2~3" },
        { "copies of both",
          { L(1, 5, 'a'), L(1, 5, 'b'), L(1, 5, 'b'), L(1, 5, 'a'), V(1, 5, 'b'), V(1, 5, 'a') },
          "1-6 2-5 3=2 4=1" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

#define A  .terminal = 2, .bytes = 1
#define B  .terminal = 4, .bytes = 2
#define A2 .terminal = 6, .bytes = 1 /* A behind a NAT */

static void test_two_terminals_by_address(void **state)
{
    static const row_t rows[] = {
        { "in order", { L(1, 5, 0, A), L(1, 5, 0, B), V(1, 5, 0, A), V(1, 5, 0, B) }, "1-3 2-4" },
        { "crossed", { L(1, 5, 0, A), L(1, 5, 0, B), V(1, 5, 0, B), V(1, 5, 0, A) }, "1-4 2-3" },
        { "interleaved", { L(1, 5, 0, A), V(1, 5, 0, A), L(1, 5, 0, B), V(1, 5, 0, B) }, "1-2 3-4" },
        { "verifications first", { V(1, 5, 0, A), V(1, 5, 0, B), L(1, 5, 0, A), L(1, 5, 0, B) }, "1-3 2-4" },
        { "second LTKM late", { L(1, 5, 0, A), V(1, 5, 0, A), V(1, 5, 0, B), L(1, 5, 0, B) }, "1-2 3-4" },
        { "first LTKM late", { V(1, 5, 0, B), L(1, 5, 0, A), V(1, 5, 0, A), L(1, 5, 0, B) }, "1-4 2-3" },
        { "IDr in the LTKMs only",
          { L(1, 5, 'a', A), L(1, 5, 'b', B), V(1, 5, 0, A), V(1, 5, 0, B) },
          "1-3 2-4" },
        { "one address is another",
          { L(1, 5, 0, A), L(1, 5, 0, B), V(1, 5, 0, B), V(1, 5, 0, A2) },
          "1-4 2-3" },
        { "a second answer",
          { L(1, 5, 0, A), L(1, 5, 0, B), V(1, 5, 0, A), V(1, 5, 0, B), V(1, 5, 0, .terminal = 2) },
          "1-3 2-4 5>1" },
        { "the only one, until its own comes", { L(1, 5, 0, A), V(1, 5, 0, B), L(1, 5, 0, B) }, "2-3" },
        { "the only one, until its own comes, though IDr is the same",
          { L(1, 5, 'a', A), V(1, 5, 'a', B), L(1, 5, 'a', B) },
          "2-3" },
        { "who is displaced displaces another",
          { L(1, 5, 'a', A), V(1, 5, 0, A), L(1, 5, 0, .terminal = 2, .bytes = 3), V(1, 5, 0, B),
            L(1, 5, 0, .terminal = 8, .bytes = 4), V(1, 5, 'a', A) },
          "1-6 2-3 4-5" },
        { "who was displaced waits for another",
          { L(1, 5, 'a', A), V(1, 5, 0, A), V(1, 5, 'a', A), L(1, 5, 0, B) },
          "1-3 2-4" },
        { "address alone is nothing", { L(1, 5, 0, A), V(2, 5, 0, A) }, "" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_known_terminals(void **state)
{
    static const row_t rows[] = {
        { "its own", { L(1, 5, 'a'), V(1, 5, 'a', .known = true) }, "1-2" },
        { "none named", { L(1, 5, 0), V(1, 5, 'a', .known = true) }, "1-2" },
        { "another's", { L(1, 5, 'a'), V(1, 5, 'b', .known = true) }, "" },
        { "another's, before it", { V(1, 5, 'b', .known = true), L(1, 5, 'a') }, "" },
        { "another's, own T", { L(1, 5, 'a'), V(1, 90, 'b', .known = true) }, "" },
        { "another's among two, own T", { L(1, 5, 'a'), L(1, 6, 0), V(1, 90, 'b', .known = true) }, "2~3" },
        { "not known", { L(1, 5, 'a'), V(1, 90, 'b') }, "1~2" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* A terminal counts T for each BSM by itself; the B-TID is the same. */
static void test_two_bsms(void **state)
{
    static const row_t rows[] = {
        { "in order",
          { L(1, 5, 'a', .bsm = 8), L(1, 5, 'a', .bsm = 10, .bytes = 1), V(1, 5, 'a', .bsm = 8),
            V(1, 5, 'a', .bsm = 10, .bytes = 1) },
          "1-3 2-4" },
        { "crossed",
          { L(1, 5, 'a', .bsm = 8), L(1, 5, 'a', .bsm = 10, .bytes = 1), V(1, 5, 'a', .bsm = 10),
            V(1, 5, 'a', .bsm = 8, .bytes = 1) },
          "1-4 2-3" },
        { "over HTTP by the host that sent the body",
          { L(1, 5, 'a', .bsm = 8, .http = true), L(1, 5, 'a', .bsm = 10, .bytes = 1, .http = true),
            V(1, 5, 'a', .bsm = 8), V(1, 5, 'a', .bsm = 10, .bytes = 1) },
          "1-3 2-4" },
        { "an answer before its LTKM, and an exact one of another BSM's",
          { L(1, 5, 'a', .bsm = 8), V(1, 5, 'a', .bsm = 10), L(1, 5, 'a', .bsm = 10, .bytes = 1) },
          "2-3" },
        { "in one payload, in its order",
          { L(1, 5, 'a'), L(1, 5, 'a', BEHIND, .bytes = 1), V(1, 5, 'a'), V(1, 5, 'a', .bytes = 1) },
          "1-3 2-4" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* The first half of the capture is missing. */
static void test_halves(void **state)
{
    static const row_t rows[] = {
        { "verifications only", { V(1, 5, 'a'), V(1, 6, 'a'), V(1, 5, 'b') }, "" },
        { "LTKMs only", { L(1, 5, 'a'), L(1, 6, 'a'), L(1, 5, 'b') }, "" },
        { "then whole pairs", { V(1, 5, 'a'), L(1, 6, 'a'), V(1, 6, 'a'), L(1, 6, 'b') }, "2-3" },
        { "the next LTKM of the terminal, at once", { V(1, 5, 'a'), L(1, 6, 'a') }, "1~2" },
        { "but it has one", { V(1, 5, 'a'), L(1, 6, 'a'), V(1, 6, 'a') }, "2-3" },
        { "another CSB ID", { V(1, 5, 'a'), L(2, 6, 'a'), V(2, 6, 'a') }, "2-3" },
        { "long ago", { V(1, 5, 'a', .at = 1), L(1, 6, 'a', .at = 60) }, "" },
        { "another terminal", { V(1, 5, 'a'), L(1, 6, 'b') }, "" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* Neither STKMs nor errors are paired, nor anything of a kind with itself. */
static void test_others(void **state)
{
    static const row_t rows[] = {
        { "STKM", { { .kind = MIKEY_KIND_STKM, .csb_id = 1, .t = 5 }, V(1, 5, 0) }, "" },
        { "error", { L(1, 5, 0), { .kind = MIKEY_KIND_ERROR, .csb_id = 1, .t = 5 } }, "" },
        { "LTKM without key",
          { { .kind = MIKEY_KIND_LTKM_WITHOUT_KEY, .csb_id = 1, .t = 5 }, V(1, 5, 0) },
          "1-2" },
    };

    (void)state;
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* ---- many ------------------------------------------------------------------------------------------- */

enum { MANY = 300 };

typedef struct {
    ltkms_t ltkms;
    tracked_message_t sent[MANY];
    tracked_message_t answers[MANY];
} many_t;

static many_t *many_new(void)
{
    many_t *many = wmem_new0(pool, many_t);

    ltkms_init(&many->ltkms, pool);
    return many;
}

static void add(many_t *many, tracked_message_t *message, step_t step, uint32_t number)
{
    set_message(message, &step, number);
    ltkms_add(&many->ltkms, message);
}

static uint32_t shuffled(uint32_t n)
{
    return n * 73 % MANY;
}

static void check_all_paired(const many_t *many)
{
    for (int i = 0; i < MANY; i++) {
        assert_ptr_equal(many->sent[i].link, &many->answers[i]);
        assert_ptr_equal(many->answers[i].link, &many->sent[i]);
    }
}

static void test_many_by_t(void **state)
{
    many_t *many = many_new();

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        add(many, &many->sent[i], (step_t)L(1, (int)i, 'a'), i + 1);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        add(many, &many->answers[shuffled(i)], (step_t)V(1, (int)shuffled(i), 'a'), MANY + i + 1);
    }
    check_all_paired(many);
}

static void test_many_by_idr(void **state)
{
    many_t *many = many_new();

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        set_message(&many->sent[i], &(step_t)L(1, 5, 0, .bytes = i), i + 1);
        many->sent[i].idr_hash = i + 1;
        ltkms_add(&many->ltkms, &many->sent[i]);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t n = shuffled(i);

        set_message(&many->answers[n], &(step_t)V(1, 5, 0, .bytes = n), MANY + i + 1);
        many->answers[n].idr_hash = n + 1;
        ltkms_add(&many->ltkms, &many->answers[n]);
    }
    check_all_paired(many);
}

/* One among many of its T, and among many of its IDr. */
static void test_one_by_t_and_idr(void **state)
{
    many_t *many = many_new();

    (void)state;
    add(many, &many->sent[0], (step_t)L(1, 5, 'a'), 1);
    for (uint32_t i = 1; i < 100; i++) {
        add(many, &many->sent[i], (step_t)L(1, 5 + (int)i, 'a'), i + 1);
        add(many, &many->sent[100 + i], (step_t)L(1, 5, 'b', .bytes = i), 100 + i);
    }
    add(many, &many->answers[0], (step_t)V(1, 5, 'a', .terminal = 2), 300);
    assert_ptr_equal(many->answers[0].link, &many->sent[0]);
}

static void test_many_by_address(void **state)
{
    many_t *many = many_new();

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        add(many, &many->sent[i], (step_t)L(1, 5, 0, .bytes = i, .terminal = 2 * i + 2), i + 1);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t n = shuffled(i);

        add(many, &many->answers[n], (step_t)V(1, 5, 0, .bytes = n, .terminal = 2 * n + 2), MANY + i + 1);
    }
    check_all_paired(many);
}

/* Verification messages first, LTKMs behind them. */
static void test_many_early_by_address(void **state)
{
    many_t *many = many_new();

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        add(many, &many->answers[i], (step_t)V(1, 5, 0, .bytes = i, .terminal = 2 * i + 2), i + 1);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t n = shuffled(i);

        add(many, &many->sent[n], (step_t)L(1, 5, 0, .bytes = n, .terminal = 2 * n + 2), MANY + i + 1);
    }
    check_all_paired(many);
}

/* Two ask, but the older one is too far back to be seen. */
static void test_many_leave_no_guess(void **state)
{
    many_t *many = many_new();

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        add(many, &many->sent[i], (step_t)L(1, (int)i, 0, .unasked = i != 0 && i != MANY - 1), i + 1);
    }
    add(many, &many->answers[0], (step_t)V(1, 9000, 0), MANY + 1);
    assert_null(many->answers[0].link);
}

static void test_copies_among_many(void **state)
{
    many_t *many = many_new();

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        add(many, &many->sent[i], (step_t)L(1, (int)i, 'a'), i + 1);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        add(many, &many->answers[i], (step_t)L(1, (int)i, 'a'), MANY + i + 1);
        assert_true(many->answers[i].is_copy);
        assert_ptr_equal(many->answers[i].link, &many->sent[i]);
    }
}

/* ---- order in the payload --------------------------------------------------------------------------- */

/* "5!": 5 came too early; "5?": perhaps. */
static const char *order_outline(const played_t *played)
{
    static const char signs[] = { [LTKM_PERHAPS_TOO_EARLY] = '?', [LTKM_TOO_EARLY] = '!' };
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (int i = 0; i < played->n; i++) {
        ltkm_order_t order = played->messages[i].kind == MIKEY_KIND_VERIFICATION
                                 ? ltkm_order(&played->messages[i])
                                 : LTKM_IN_ORDER;

        if (order != LTKM_IN_ORDER) {
            wmem_strbuf_append_printf(out, "%s%d%c", wmem_strbuf_get_len(out) ? " " : "", i + 1,
                                      signs[order]);
        }
    }
    return wmem_strbuf_get_str(out);
}

static void test_order(void **state)
{
    static const row_t rows[] = {
        { "in order", { L(1, 5, 'a'), L(2, 6, 'a', BEHIND), V(1, 5, 'a'), V(2, 6, 'a') }, "" },
        { "the other way round", { L(1, 5, 'a'), L(2, 6, 'a', BEHIND), V(2, 6, 'a'), V(1, 5, 'a') }, "3!" },
        { "not in one payload", { L(1, 5, 'a'), L(2, 6, 'a'), V(2, 6, 'a'), V(1, 5, 'a') }, "" },
        { "the first is not verified", { L(1, 5, 'a'), L(2, 6, 'a', BEHIND), V(2, 6, 'a') }, "" },
        { "the first did not ask",
          { L(1, 5, 'a', .unasked = true), L(2, 6, 'a', BEHIND), V(2, 6, 'a'), V(1, 5, 'a') },
          "" },
        { "the second did not ask",
          { L(1, 5, 'a'), L(2, 6, 'a', BEHIND, .unasked = true), V(2, 6, 'a'), V(1, 5, 'a') },
          "" },
        { "other hosts",
          { L(1, 5, 'a', .host = 'x'), L(2, 6, 'a', BEHIND, .host = 'y'), V(2, 6, 'a'), V(1, 5, 'a') },
          "3?" },
        { "the same host",
          { L(1, 5, 'a', .host = 'x'), L(2, 6, 'a', BEHIND, .host = 'x'), V(2, 6, 'a'), V(1, 5, 'a') },
          "3!" },
        { "one with its own T", { L(1, 5, 'a'), L(2, 6, 'a', BEHIND), V(2, 6, 'a'), V(1, 90, 'a') }, "3?" },
        { "the other with its own T",
          { L(1, 5, 'a'), L(2, 6, 'a', BEHIND), V(2, 90, 'a'), V(1, 5, 'a') },
          "3?" },
        { "three backwards",
          { L(1, 5, 'a'), L(2, 5, 'a', BEHIND), L(3, 5, 'a', BEHIND), V(3, 5, 'a'), V(2, 5, 'a'),
            V(1, 5, 'a') },
          "4! 5!" },
        { "the last of three in the middle",
          { L(1, 5, 'a'), L(2, 5, 'a', BEHIND), L(3, 5, 'a', BEHIND), V(1, 5, 'a'), V(3, 5, 'a'),
            V(2, 5, 'a') },
          "5!" },
        { "a copy in the payload",
          { L(1, 5, 'a'), L(1, 5, 'a'), L(2, 5, 'a', BEHIND), V(2, 5, 'a'), V(1, 5, 'a') },
          "" },
        { "a copy in the payload, verification first",
          { V(2, 5, 'a'), L(1, 5, 'a'), L(1, 5, 'a'), L(2, 5, 'a', BEHIND), V(1, 5, 'a') },
          "" },
        { "a copy of the verification",
          { L(1, 5, 'a'), L(2, 6, 'a', BEHIND), V(2, 6, 'a'), V(1, 5, 'a'), V(2, 6, 'a') },
          "3!" },
        { "a second answer",
          { L(1, 5, 'a'), L(2, 6, 'a', BEHIND), V(1, 5, 'a'), V(2, 6, 'a'), V(1, 5, 'a', .bytes = 1) },
          "" },
        { "no LTKM", { V(1, 5, 'a') }, "" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        n_failed += compare(rows[i].name, order_outline(play(rows[i].steps)), rows[i].expected);
    }
    assert_int_equal(n_failed, 0);
}

/* One LTKM more than 64 before is not looked at. */
static void test_order_is_bounded(void **state)
{
    many_t *many = many_new();

    (void)state;
    for (uint32_t i = 0; i < 66; i++) {
        add(many, &many->sent[i], (step_t)L(i, 5, 'a', .same_payload = i > 0), 1);
    }
    add(many, &many->answers[64], (step_t)V(64, 5, 'a'), 2);
    add(many, &many->answers[65], (step_t)V(65, 5, 'a'), 3);
    add(many, &many->answers[0], (step_t)V(0, 5, 'a'), 4);
    assert_int_equal(ltkm_order(&many->answers[64]), LTKM_TOO_EARLY);
    assert_int_equal(ltkm_order(&many->answers[65]), LTKM_IN_ORDER);
}

/* ---- what is asked ---------------------------------------------------------------------------------- */

static void test_delay(void **state)
{
    static const step_t steps[MAX_STEPS] = { L(1, 5, 'a', .at = 3), V(1, 5, 'a', .at = 10),
                                             V(1, 5, 'a', .at = 12) };
    const played_t *played = play(steps);

    (void)state;
    assert_true(ltkm_delay(&played->messages[0], &played->messages[1]) == 7);
    assert_true(ltkm_delay(&played->messages[1], &played->messages[0]) == -7);
    assert_int_equal(ltkm_original_frame(&played->messages[2]), 2);
    assert_ptr_equal(ltkm_peer(&played->messages[2]), &played->messages[0]);
}

static void test_known(void **state)
{
    mikey_payload_t t = { .t = { .ts_type = MIKEY_TS_COUNTER, .number = 5 } };
    mikey_message_t message = { .csb_id = 1, .t = &t };
    many_t *many = many_new();

    (void)state;
    assert_false(ltkms_any(&many->ltkms));
    add(many, &many->answers[0], (step_t)V(1, 5, 'a'), 1);
    assert_false(ltkms_know(&many->ltkms, &message));
    assert_false(ltkms_any(&many->ltkms));
    add(many, &many->sent[0], (step_t)L(1, 5, 'a'), 2);
    assert_true(ltkms_know(&many->ltkms, &message));
    assert_true(ltkms_any(&many->ltkms));
    t.t.number = 6;
    assert_false(ltkms_know(&many->ltkms, &message));
    t.t = (mikey_timestamp_t){ .ts_type = MIKEY_TS_NTP, .number = 5 };
    assert_false(ltkms_know(&many->ltkms, &message));
    message.t = NULL;
    assert_false(ltkms_know(&many->ltkms, &message));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_by_t),
        TEST(test_by_csb_id_and_idr),
        TEST(test_by_csb_id_alone),
        TEST(test_copies),
        TEST(test_second_answers),
        TEST(test_takeovers),
        TEST(test_two_terminals_by_idr),
        TEST(test_two_terminals_by_address),
        TEST(test_known_terminals),
        TEST(test_two_bsms),
        TEST(test_halves),
        TEST(test_others),
        TEST(test_many_by_t),
        TEST(test_many_by_idr),
        TEST(test_one_by_t_and_idr),
        TEST(test_many_by_address),
        TEST(test_many_early_by_address),
        TEST(test_many_leave_no_guess),
        TEST(test_copies_among_many),
        TEST(test_order),
        TEST(test_order_is_bounded),
        TEST(test_delay),
        TEST(test_known),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
