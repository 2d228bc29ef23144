/* world.h
 * A capture in which requests, responses, LTKMs and verification messages pass by, a second and a frame each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include "tracking/capture.h"

#include "../mikey-maker.h"

#include "pool.h"

/* A capture, and where it has come to. */
typedef struct {
    capture_t *capture;
    moment_t moment;
    procedure_connection_t connection;
} world_t;

static inline world_t *world_with_keys(const key_ring_t *keys)
{
    world_t *world = wmem_new0(pool, world_t);

    world->capture = capture_new(pool, keys);
    return world;
}

static inline world_t *world_new(void)
{
    static const key_ring_t no_keys;

    return world_with_keys(&no_keys);
}

/* The next frame, a second later. */
static inline void next_frame(world_t *world, uint8_t source, uint8_t destination)
{
    uint8_t bytes[] = { 192, 0, 2, source };

    world->moment.frame++;
    world->moment.time += MOMENT_SECOND;
    clock_tick(&world->capture->clock, world->moment.time, 100, 100);
    world->moment.source = net_address_of(bytes, sizeof bytes);
    bytes[3] = destination;
    world->moment.destination = net_address_of(bytes, sizeof bytes);
}

enum { TERMINAL = 1, BSM = 9 };

static inline const mbms_body_t *body_of(const char *text)
{
    return mbms_body_read(pool, (const uint8_t *)text, strlen(text), NULL, NULL);
}

static inline tracked_body_t *pass_body(world_t *world, const char *text, const body_context_t *context)
{
    return capture_add_body(world->capture, &world->moment, body_of(text), context);
}

static inline tracked_body_t *ask_from(world_t *world, uint8_t address, const char *btid, const char *text)
{
    body_context_t context = { .role = HTTP_REQUEST_BODY, .btid = btid, .connection = &world->connection };

    next_frame(world, address, BSM);
    return pass_body(world, text, &context);
}

static inline tracked_body_t *ask(world_t *world, const char *text)
{
    return ask_from(world, TERMINAL, "a", text);
}

static inline tracked_body_t *answer_with(world_t *world, const char *text, const body_context_t *context)
{
    tracked_body_t *tracked;

    next_frame(world, BSM, TERMINAL);
    tracked = pass_body(world, text, context);
    procedure_close(&world->capture->procedures, tracked->procedure);
    return tracked;
}

static inline tracked_body_t *answer(world_t *world, const char *text)
{
    body_context_t context = {
        .role = HTTP_RESPONSE_BODY,
        .exchange = { .status = 200 },
        .connection = &world->connection,
    };

    return answer_with(world, text, &context);
}

static inline tracked_message_t *pass_at(world_t *world, uint8_t address, ltkm_transport_t transport,
                                         made_t made)
{
    bool from_terminal = made.kind == MADE_VERIFICATION;
    ltkm_origin_t origin = { transport, from_terminal };

    next_frame(world, from_terminal ? address : BSM, from_terminal ? BSM : address);
    return capture_add_message(world->capture, &world->moment, made_message(pool, &made), origin);
}

#define LTKM_OF(number, id, ...)                                                                             \
    ((made_t){ .csb_id = 1, .t = number, .host = "bsm.example.org", .idr = id, __VA_ARGS__ })
#define ANSWER_TO(number, id, ...)                                                                           \
    ((made_t){ .kind = MADE_VERIFICATION, .csb_id = 1, .t = number, .idr = id, __VA_ARGS__ })

static inline tracked_message_t *pass(world_t *world, made_t made)
{
    return pass_at(world, TERMINAL, LTKM_TRANSPORT_UDP, made);
}

/* "<LTKM>…</LTKM>" */
static inline const char *ltkm_element(made_t made)
{
    made_bytes_t bytes;
    char *base64, *element;

    make_message(&bytes, &made);
    base64 = g_base64_encode(bytes.bytes, bytes.length);
    element = wmem_strdup_printf(pool, "<LTKM>%s</LTKM>", base64);
    g_free(base64);
    return element;
}

#define REGISTER                                                                                             \
    "<mbmsSecurityRegister><serviceID>s1</serviceID><RegistrationRequestExtension><LTKMDelivery>"            \
    "<Type>2</Type></LTKMDelivery></RegistrationRequestExtension></mbmsSecurityRegister>"
#define REGISTERED_START                                                                                     \
    "<mbmsSecurityRegisterResponse><RegistrationResponseExtension><LTKMDelivery><Type>2</Type>"              \
    "</LTKMDelivery></RegistrationResponseExtension><Response><serviceID>s1</serviceID>"                     \
    "<ResponseCode>200 OK</ResponseCode><RegistrationResponseResponseExtension>"
#define REGISTERED_END "</RegistrationResponseResponseExtension></Response></mbmsSecurityRegisterResponse>"
#define REGISTERED     REGISTERED_START REGISTERED_END

static inline const char *registered_with(const char *ltkms)
{
    return wmem_strdup_printf(pool, REGISTERED_START "%s" REGISTERED_END, ltkms);
}

#endif
