/* promises.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/promises.h"

/* A pull is to be answered by a request, if the terminal does what it says. */
static void await_request(capture_t *capture, const terminal_t *terminal, const tracked_message_t *pull)
{
    awaited_t wanted = {
        .since = pull->time,
        .frame = pull->frame,
        .terminal = terminal,
        .address_hash = pull->terminal_hash,
    };
    awaited_t *awaited = awaiting_add(&capture->awaiting, &wanted);

    if (awaited) {
        wmem_map_insert(capture->pulls, pull, awaited);
        sightings_watch(&capture->sightings, pull->terminal_hash, true);
    }
}

void await_by_message(capture_t *capture, const moment_t *moment, const terminal_t *idr,
                      const tracked_message_t *tracked)
{
    const terminal_t *known = tracked->terminal;
    /* One that only messages name may be any. */
    const terminal_t *terminal = known && known->has_asked ? known : idr;

    if (tracked->kind == MIKEY_KIND_LTKM && tracked->msk && tracked->msk->group) {
        awaiting_settle(&capture->awaiting, terminal, tracked->terminal_hash, tracked->msk->group, moment);
        if (idr && idr != terminal) {
            awaiting_settle(&capture->awaiting, idr, tracked->terminal_hash, tracked->msk->group, moment);
        }
    } else if (fate_is_solicited_pull(tracked) && tracked->fate == FATE_ASKS && !tracked->older_muk) {
        await_request(capture, terminal, tracked);
    }
}

void await_by_request(capture_t *capture, const moment_t *moment, const tracked_body_t *tracked)
{
    terminal_t *terminal = tracked->procedure->terminal;

    terminal->asked_to_register =
        terminal->asked_to_register || tracked->message == MBMS_REGISTRATION_REQUEST;
    if (tracked->message == MBMS_REGISTRATION_REQUEST || tracked->message == MBMS_MSK_REQUEST) {
        awaiting_settle(&capture->awaiting, terminal, net_address_hash(&moment->source), NULL, moment);
    }
}

static bool has_unread_ltkm(const bcast_content_t *content)
{
    const bcast_ltkm_t *ltkm = content ? content->ltkms : NULL;

    while (ltkm && ltkm->message && ltkm->message->msk_id) {
        ltkm = ltkm->next;
    }
    return ltkm != NULL;
}

/* The BSM may push the key before it answers the request. */
static bool came_early(const capture_t *capture, const procedure_t *procedure, const msk_name_t *group)
{
    uint32_t frame =
        procedure->bsm && procedure->terminal->has_btid
            ? muks_latest_key(&capture->fates.muks, procedure->bsm->name, procedure->terminal->name, group)
            : 0;

    return frame && frame >= procedure->request_frame;
}

static awaited_t *await_key(capture_t *capture, const moment_t *moment, const procedure_t *procedure,
                            const mbms_msk_t *msk)
{
    const base64_t *domain = &msk->key_domain_id.id, *id = &msk->msk_id.id;
    const msk_name_t *group = msks_group(&capture->fates.msks, (key_id_t){ domain->bytes, domain->length },
                                         (key_id_t){ id->bytes, id->length });
    const delivery_state_t *delivery = terminal_delivery(procedure->terminal, procedure->bsm);
    awaited_t wanted = {
        .since = moment->time,
        .frame = moment->frame,
        .target = (uint32_t)msk->element->range.start,
        .group = group,
        .terminal = procedure->terminal,
        .address_hash = net_address_hash(&moment->destination),
        .by_http = delivery && !delivery->refused && delivery->offer.listed &&
                   delivery_has(delivery->grant, BCAST_DELIVERY_HTTP),
    };

    if (!group || msk->element->guessed || came_early(capture, procedure, group)) {
        return NULL;
    }
    sightings_watch(&capture->sightings, wanted.address_hash, false);
    return awaiting_add(&capture->awaiting, &wanted);
}

void await_by_response(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                       tracked_body_t *tracked)
{
    const procedure_t *procedure = tracked->procedure;
    const awaited_t **link = &tracked->awaited;

    if (tracked->message != MBMS_MSK_RESPONSE || !body->document || has_unread_ltkm(body->content) ||
        (procedure->status && procedure->status / 100 != 2)) {
        return;
    }
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        for (const mbms_msk_t *msk = response->code == 200 ? response->msks : NULL; msk; msk = msk->next) {
            awaited_t *awaited = await_key(capture, moment, procedure, msk);

            if (awaited) {
                *link = awaited;
                link = (const awaited_t **)&awaited->next;
            }
        }
    }
}
