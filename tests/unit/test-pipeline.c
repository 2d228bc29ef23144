/* test-pipeline.c
 * Which request a response answers: in order, and not at all where the order is in doubt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tracking/pipeline.h"

#include "pool.h"

/* Requests have a letter; a response answers a letter, '-' for none. */
static char letters[] = "abcdefghijklmnopqrstuvwxyz";
static pipeline_t pipeline;
static uint32_t frame;

static int begin(void **state)
{
    pipeline = (pipeline_t){ 0 };
    frame = 0;
    return setup(state);
}

static stream_place_t place(uint32_t from, uint32_t to, uint32_t acked)
{
    return (stream_place_t){ .known = true, .begin = from, .end = to, .acked = acked, .first_frame = frame };
}

static uint32_t ask_placed(char letter, stream_place_t where)
{
    pipeline_early_t early;

    where.first_frame = where.first_frame ? where.first_frame : frame + 1;
    frame++;
    (void)pipeline_ask(&pipeline, pool, &where, letter == '-' ? NULL : &letters[letter - 'a'], &early);
    return early.status;
}

static char answer_placed(stream_place_t where, pipeline_fits_t fits)
{
    const char *owner;

    frame++;
    owner = pipeline_answer(&pipeline, pool, &where,
                            &(pipeline_response_t){ .frame = frame, .status = 401, .fits = fits });
    return owner ? *owner : '-';
}

static void ask(char letter)
{
    (void)ask_placed(letter, (stream_place_t){ 0 });
}

static char answer(void)
{
    return answer_placed((stream_place_t){ 0 }, NULL);
}

static void in_order(void **state)
{
    (void)state;
    ask('a');
    ask('b');
    assert_int_equal(answer(), 'a');
    ask('c');
    assert_int_equal(answer(), 'b');
    assert_int_equal(answer(), 'c');
    assert_int_equal(answer(), '-');
    ask('d');
    assert_int_equal(answer(), 'd');
}

/* Requests of others take their responses. */
static void others_count(void **state)
{
    (void)state;
    ask('-');
    ask('a');
    ask('-');
    ask('b');
    assert_int_equal(answer(), '-');
    assert_int_equal(answer(), 'a');
    assert_int_equal(answer(), '-');
    assert_int_equal(answer(), 'b');
}

static void answered_by_other_knowledge(void **state)
{
    pipeline_early_t early;
    pipeline_request_t *second;

    (void)state;
    ask('a');
    second = pipeline_ask(&pipeline, pool, &(stream_place_t){ 0 }, &letters[1], &early);
    ask('c');
    pipeline_remove(&pipeline, pool, second);
    assert_int_equal(answer(), 'a');
    assert_int_equal(answer(), 'c');
    assert_int_equal(pipeline.n_open, 0);
}

/* One of two in a segment was perhaps 100 Continue. */
static void unclear(void **state)
{
    (void)state;
    ask('a');
    pipeline_answer_unclear(&pipeline);
    assert_int_equal(answer(), 'a');
    ask('b');
    ask('c');
    pipeline_answer_unclear(&pipeline);
    assert_int_equal(answer(), '-');
    ask('d');
    assert_int_equal(answer(), '-');
}

static bool never_fits(const void *owner, const void *response)
{
    (void)owner;
    (void)response;
    return false;
}

/* An answer of the wrong kind is that of the only request; among several the order is not what it seems. */
static void wrong_kind(void **state)
{
    (void)state;
    ask('a');
    assert_int_equal(answer_placed((stream_place_t){ 0 }, never_fits), 'a');
    ask('b');
    ask('c');
    assert_int_equal(answer_placed((stream_place_t){ 0 }, never_fits), '-');
    assert_int_equal(answer(), '-');
}

/* The response to a is not in the capture. b was sent by a client that had got it. */
static void lost_response(void **state)
{
    (void)state;
    (void)ask_placed('a', place(100, 200, 1000));
    (void)ask_placed('b', place(200, 300, 1500));
    assert_int_equal(answer_placed(place(1500, 1600, 300), NULL), 'b');
    (void)ask_placed('c', place(300, 400, 1600));
    assert_int_equal(answer_placed(place(1600, 1700, 400), NULL), 'c');
}

/* The same, but b was sent before: what was lost may be anything. */
static void lost_response_of_two(void **state)
{
    (void)state;
    (void)ask_placed('a', place(100, 200, 1000));
    (void)ask_placed('b', place(200, 300, 1000));
    assert_int_equal(answer_placed(place(1500, 1600, 300), NULL), '-');
    assert_int_equal(answer(), '-');
}

/* The last segment of the response to a stands behind b in the file: nothing is missing. */
static void mirrored_ports(void **state)
{
    (void)state;
    (void)ask_placed('a', place(100, 200, 1000));
    (void)ask_placed('b', place(200, 300, 1500));
    assert_int_equal(answer_placed(place(1000, 1500, 200), NULL), 'a');
    assert_int_equal(answer_placed(place(1500, 1600, 300), NULL), 'b');
}

/* A request that is not in the capture: its response may still come, or not. */
static void lost_request(void **state)
{
    (void)state;
    (void)ask_placed('a', place(100, 200, 1000));
    assert_int_equal(answer_placed(place(1000, 1100, 200), NULL), 'a');
    (void)ask_placed('c', place(300, 400, 1100));
    assert_int_equal(answer_placed(place(1100, 1200, 400), NULL), '-');
}

static void lost_exchange(void **state)
{
    (void)state;
    (void)ask_placed('a', place(100, 200, 1000));
    assert_int_equal(answer_placed(place(1000, 1100, 200), NULL), 'a');
    (void)ask_placed('c', place(300, 400, 1200));
    assert_int_equal(answer_placed(place(1200, 1300, 400), NULL), 'c');
}

static void wrapped_numbers(void **state)
{
    (void)state;
    (void)ask_placed('a', place(UINT32_MAX - 50, 50, UINT32_MAX - 10));
    assert_int_equal(answer_placed(place(UINT32_MAX - 10, 90, 50), NULL), 'a');
    (void)ask_placed('b', place(50, 150, 90));
    assert_int_equal(answer_placed(place(90, 190, 150), NULL), 'b');
}

/* A response that came while the request was on its way; before all of it in the file; and one whose request
 * is not in the capture. */
static void early(void **state)
{
    stream_place_t where = place(100, 300, 1100);

    (void)state;
    frame = 4;
    assert_int_equal(answer_placed(place(1000, 1100, 200), NULL), '-');
    where.first_frame = 4;
    assert_int_equal(ask_placed('a', where), 401);
    (void)ask_placed('b', place(300, 400, 1100));
    assert_int_equal(answer_placed(place(1100, 1200, 400), NULL), 'b');

    assert_int_equal(answer_placed(place(1200, 1300, 500), NULL), '-');
    where = place(400, 500, 1200);
    where.first_frame = frame + 1;
    where.received = true;
    assert_int_equal(ask_placed('c', where), 401);

    assert_int_equal(answer_placed(place(1300, 1400, 600), NULL), '-');
    where = place(600, 700, 1400);
    where.first_frame = frame + 1;
    assert_int_equal(ask_placed('d', where), 0);
    assert_int_equal(answer_placed(place(1400, 1500, 700), NULL), 'd');
}

static void bounded(void **state)
{
    (void)state;
    for (int i = 0; i < 10 * PIPELINE_MAX_OPEN; i++) {
        ask('a');
    }
    assert_int_equal(pipeline.n_open, PIPELINE_MAX_OPEN);
    assert_int_equal(answer(), '-');
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)
    const struct CMUnitTest tests[] = {
        TEST(in_order),
        TEST(others_count),
        TEST(answered_by_other_knowledge),
        TEST(unclear),
        TEST(wrong_kind),
        TEST(lost_response),
        TEST(lost_response_of_two),
        TEST(mirrored_ports),
        TEST(lost_request),
        TEST(lost_exchange),
        TEST(wrapped_numbers),
        TEST(early),
        TEST(bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
