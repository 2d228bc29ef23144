/* test-answers.c
 * Why there is no verification message: the eleven reasons, alone and together, and what shows them; ICMP
 * errors that quote messages.
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

enum { TIMEOUT = 10 };

/* The number of the answer and all reasons, such as "4: the V flag is not set; …". */
static const char *outline(const world_t *world, const tracked_message_t *ltkm)
{
    ltkm_answer_t answer = answer_of(world->capture, ltkm, TIMEOUT);
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    wmem_strbuf_append_printf(out, "%u", answer.kind);
    for (unsigned silence = 0; !ltkm_peer(ltkm) && silence < N_SILENCES; silence++) {
        if (answer_has(&answer, silence)) {
            wmem_strbuf_append_printf(out, "; %s",
                                      silence_text(pool, world->capture, ltkm, &answer, silence));
        }
    }
    return wmem_strbuf_get_str(out);
}

static void go_on(world_t *world, int seconds, bool visible)
{
    while (seconds-- > 0) {
        next_frame(world, TERMINAL, BSM);
        if (visible) {
            sightings_add(&world->capture->sightings, &world->moment, true);
        }
    }
}

static const char *after(world_t *world, made_t made, int seconds, bool visible)
{
    const tracked_message_t *ltkm = pass(world, made);

    go_on(world, seconds, visible);
    return outline(world, ltkm);
}

/* HTTP and UDP are granted. */
static world_t *registered_world(void)
{
    world_t *world = world_new();

    ask(world,
        "<mbmsSecurityRegister><RegistrationRequestExtension><LTKMDelivery><Type>0</Type><Type>2</Type>"
        "</LTKMDelivery></RegistrationRequestExtension></mbmsSecurityRegister>");
    answer(world,
           "<mbmsSecurityRegisterResponse><RegistrationResponseExtension><LTKMDelivery><Type>0</Type>"
           "<Type>2</Type></LTKMDelivery></RegistrationResponseExtension></mbmsSecurityRegisterResponse>");
    return world;
}

#define BLIND "the capture shows no datagram of this terminal after it"

static void test_reasons(void **state)
{
    world_t *world = registered_world();
    made_t pull = LTKM_OF(3, "a", .no_key = true, .msk_id = 0x68c90000);

    (void)state;
    assert_string_equal(after(world, LTKM_OF(1, "a", .unasked = true), 20, true), "0; the V flag is not set");
    assert_string_equal(after(world, LTKM_OF(2, "a"), 20, true),
                        "3; the terminal or the way back is at fault");
    assert_string_equal(after(world, pull, 20, true), "4; a solicited pull asks for no verification message");
    assert_string_equal(after(world, LTKM_OF(1, "a", .bytes = 1), 20, true),
                        "4; a replay: T 1 is not greater than T 3 of frame 45");
    assert_string_equal(after(world, LTKM_OF(2, "a"), 20, true), "4; the same bytes as frame 24");
    assert_string_equal(after(world, LTKM_OF(4, "a", .no_key_ids = true), 20, true),
                        "4; the message is malformed");
    assert_string_equal(after(world, LTKM_OF(5, "a"), 20, false), "5; " BLIND);
    assert_string_equal(after(world, LTKM_OF(6, "a"), 9, true), "6; the capture ends 9.000 s after it");
    assert_string_equal(after(world, LTKM_OF(7, "a"), 9, false), "6; the capture ends 9.000 s after it");
}

static void test_not_registered(void **state)
{
    world_t *world = world_new();

    (void)state;
    assert_string_equal(after(world, LTKM_OF(1, "a"), 20, true),
                        "3; the terminal or the way back is at fault"); /* nobody knows */
    ask(world, REGISTER);
    assert_string_equal(after(world, LTKM_OF(2, "a"), 20, true),
                        "4; no registration of the terminal succeeded");
    next_frame(world, BSM, TERMINAL);
    procedure_answer_bare(&world->capture->procedures, &world->moment, (http_exchange_t){ .status = 403 },
                          &world->connection);
    assert_string_equal(after(world, LTKM_OF(3, "a"), 20, true),
                        "4; the registration of the terminal was refused in frame 44");
    assert_string_equal(after(world, LTKM_OF(4, "a"), 20, false),
                        "4; the registration of the terminal was refused in frame 44; " BLIND);
}

static void test_not_granted(void **state)
{
    world_t *world = world_new();

    (void)state;
    ask(world, REGISTER); /* HTTP alone */
    answer(world, REGISTERED);
    assert_string_equal(after(world, LTKM_OF(1, "a"), 20, true), "4; UDP was not granted (frame 2)");
    assert_string_equal(
        after(world, LTKM_OF(1, "a", .bytes = 1), 5, true),
        "4; a replay: T 1 is not greater than T 1 of frame 3; UDP was not granted (frame 2); the "
        "capture ends 5.000 s after it");
}

static void test_answered(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm = pass(world, LTKM_OF(1, "a")), *copy;

    (void)state;
    go_on(world, 8, true);
    pass(world, ANSWER_TO(1, "a"));
    copy = pass(world, LTKM_OF(1, "a"));
    assert_string_equal(outline(world, ltkm), "1");
    assert_string_equal(outline(world, copy), "1");
    ltkm = pass(world, LTKM_OF(2, "a"));
    go_on(world, 10, true);
    pass(world, ANSWER_TO(2, "a"));
    assert_string_equal(outline(world, ltkm), "2");
    ltkm = pass(world, LTKM_OF(3, "a", .unasked = true));
    pass(world, ANSWER_TO(3, "a"));
    assert_string_equal(outline(world, ltkm), "1");
}

static void test_what_is_visible(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm = pass(world, LTKM_OF(1, "a"));

    (void)state;
    go_on(world, 20, false);
    assert_string_equal(outline(world, ltkm), "5; " BLIND);
    pass_at(world, 2, LTKM_TRANSPORT_UDP, LTKM_OF(1, "b"));
    pass_at(world, 2, LTKM_TRANSPORT_UDP, ANSWER_TO(1, "b")); /* of another terminal, at the same BSM */
    assert_string_equal(outline(world, ltkm), "3; the terminal or the way back is at fault");
    world->capture->foreign_port = 2269;
    assert_string_equal(outline(world, ltkm),
                        "5; messages on UDP port 2269, which another dissector has, are not seen");
}

static void test_pause(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm;

    (void)state;
    clock_mind_pauses(&world->capture->clock, pool, TIMEOUT);
    ltkm = pass(world, LTKM_OF(1, "a"));
    go_on(world, 3, true);
    world->moment.time += 100 * (int64_t)MOMENT_SECOND;
    go_on(world, 30, true);
    assert_string_equal(outline(world, ltkm), "6; the capture pauses 3.000 s after it");
}

static void test_wrong_mac(void **state)
{
    static const key_row_t row = { "", "a", { (const uint8_t *)"0123456789abcdef", 16 }, { NULL, 0 }, 3 };
    static const key_ring_t ring = { .of[KEYS_OF_LTKMS] = { (key_row_t *)&row, 1 } };
    world_t *world = world_with_keys(&ring);
    made_t made = LTKM_OF(1, "a");
    made_bytes_t bytes;
    const tracked_message_t *ltkm;

    (void)state;
    make_message(&bytes, &made);
    bytes.bytes[bytes.length - 1] = 1; /* HMAC-SHA-1, and it is wrong */
    make_filler(&bytes, 0, 20);
    next_frame(world, BSM, TERMINAL);
    ltkm = capture_add_message(world->capture, &world->moment,
                               mikey_message_parse(pool, bytes.bytes, bytes.length),
                               (ltkm_origin_t){ LTKM_TRANSPORT_UDP, false });
    go_on(world, 20, true);
    assert_int_equal(ltkm->fate, FATE_MAC_WRONG);
    assert_string_equal(outline(world, ltkm), "4; the MAC is wrong under the key in row 3 of the table");
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(answer_name(ANSWER_NOT_ASKED_FOR), "not asked for");
    assert_string_equal(answer_name(ANSWER_MISSING), "missing");
    assert_string_equal(answer_name(ANSWER_CAPTURE_ENDS), "capture ends");
}

/* ---- ICMP errors ------------------------------------------------------------------------------------ */

/* |length| bytes of the message, from |source| to |destination|. */
static const tracked_message_t *quote(world_t *world, made_t made, uint32_t length, uint8_t source,
                                      uint8_t destination)
{
    made_bytes_t bytes;

    make_message(&bytes, &made);
    next_frame(world, source, destination);
    return capture_add_quote(world->capture, &world->moment,
                             mikey_message_parse(pool, bytes.bytes, MIN(length, bytes.length)));
}

/* Up to HDR, EXT 3 and T. */
enum { HDR = 10, WITH_T = 31 };

static void test_quotes(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *first = pass(world, LTKM_OF(1, "a")), *second = pass(world, LTKM_OF(2, "a"));
    const tracked_message_t *verification = pass(world, ANSWER_TO(2, "a"));

    (void)state;
    assert_ptr_equal(quote(world, LTKM_OF(1, "a"), 999, BSM, TERMINAL), first);
    assert_ptr_equal(quote(world, LTKM_OF(1, "a"), WITH_T, BSM, TERMINAL), first);
    assert_ptr_equal(quote(world, LTKM_OF(1, "a"), HDR, BSM, TERMINAL), second); /* the youngest */
    assert_ptr_equal(quote(world, ANSWER_TO(2, "a"), 999, TERMINAL, BSM), verification);
    assert_null(quote(world, LTKM_OF(1, "a"), 999, TERMINAL, BSM));
    assert_null(quote(world, LTKM_OF(1, "a"), 999, BSM, 2));
    assert_null(quote(world, LTKM_OF(3, "a"), 999, BSM, TERMINAL));
    assert_null(quote(world, LTKM_OF(1, "a"), HDR - 1, BSM, TERMINAL));
    assert_null(quote(world, (made_t){ .csb_id = 2, .t = 1 }, 999, BSM, TERMINAL));
    assert_int_equal(capture_unreachable_in(world->capture, first), 6); /* the first quote */
    assert_int_equal(capture_unreachable_in(world->capture, verification), 9);
    go_on(world, 20, false);
    assert_string_equal(outline(world, first), "3; it did not arrive: ICMP error in frame 6");
}

static void test_quoted_ports(void **state)
{
    world_t *world = registered_world();
    const tracked_message_t *ltkm;

    (void)state;
    world->moment.source_port = 4359;
    world->moment.destination_port = 40000;
    ltkm = pass(world, LTKM_OF(1, "a"));
    assert_ptr_equal(quote(world, LTKM_OF(1, "a"), 999, BSM, TERMINAL), ltkm);
    world->moment.destination_port = 4359;
    assert_null(quote(world, LTKM_OF(1, "a"), 999, BSM, TERMINAL));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_reasons),         TEST(test_not_registered), TEST(test_not_granted), TEST(test_answered),
        TEST(test_what_is_visible), TEST(test_pause),          TEST(test_wrong_mac),   TEST(test_names),
        TEST(test_quotes),          TEST(test_quoted_ports),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
