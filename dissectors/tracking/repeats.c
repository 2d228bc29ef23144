/* repeats.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/repeats.h"

#include <string.h>

#include "tracking/sip-hash.h"

enum { MAX_REPEATS = 32 };

static uint64_t add_text(uint64_t digest, const char *text)
{
    return sip_hash(digest, text, strlen(text));
}

uint64_t text_digest(const char *text)
{
    uint64_t digest = add_text(0, text);

    return digest ? digest : 1;
}

static uint64_t digest_of(mbms_message_t request, const request_t *asked)
{
    uint64_t digest = sip_hash(0, &request, sizeof request);

    for (uint32_t i = 0; i < asked->n_services; i++) {
        digest = add_text(digest, asked->services[i]);
    }
    for (uint32_t i = 0; i < asked->n_msks; i++) {
        digest = add_text(digest, asked->msks[i]);
    }
    return digest;
}

repeat_t *repeat_of(store_t *store, terminal_t *terminal, mbms_message_t request, const request_t *asked)
{
    uint64_t digest = digest_of(request, asked);
    repeat_t **place = &terminal->repeats;
    int n = 0;

    for (; *place && (*place)->digest != digest; place = &(*place)->next) {
        n++;
    }
    if (!*place && n < MAX_REPEATS) {
        *place = store_new0(store, repeat_t);
        (*place)->digest = digest;
        (*place)->request = request;
    }
    return *place;
}

void repeat_count(terminal_t *terminal, repeat_t *repeat, uint32_t frame)
{
    repeat->n_answered++;
    repeat->frame = repeat->frame ? repeat->frame : frame;
    for (repeat_t *one = repeat->request == MBMS_DEREGISTRATION_REQUEST ? terminal->repeats : NULL; one;
         one = one->next) {
        if (one->request == MBMS_REGISTRATION_REQUEST) {
            one->n_answered = 0;
            one->frame = 0;
        }
    }
}
