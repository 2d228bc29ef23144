/* grant-judges.c
 * R33, R35–R38 and R43: which delivery mechanisms are offered and granted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/judges.h"

/* 5.1.6.7: delivery mechanisms are offered only in registration requests. */
DOCUMENT_JUDGE(33)
{
    if (body->message != MBMS_DEREGISTRATION_REQUEST && body->message != MBMS_MSK_REQUEST) {
        return;
    }
    for (EACH_CONTAINER(container, body->content)) {
        const bcast_delivery_t *delivery = rule_first_delivery(container);

        if (delivery) {
            rule_find(findings, RULE_BREACH, delivery->element->range.start, "LTKMDelivery in a %s",
                      mbms_message_name(body->message));
        }
    }
}

/* The grant is judged in a successful response to a registration request that is known. */
static bool grants(const rule_document_t *body)
{
    return body->message == MBMS_REGISTRATION_RESPONSE && body->request == MBMS_REGISTRATION_REQUEST &&
           body->asked && body->status / 100 == 2 && !rule_guessed(body->document->root);
}

static bool offers(const request_t *asked, uint8_t type)
{
    return (asked->offer[type / 32] >> type % 32 & 1) != 0;
}

/* 5.1.6.10.1: an offer is answered by a RegistrationResponseExtension. */
DOCUMENT_JUDGE(35)
{
    if (grants(body) && body->asked->offer_listed && !bcast_grant(body->content)) {
        rule_find(findings, offers(body->asked, BCAST_DELIVERY_UDP) ? RULE_SUSPICIOUS : RULE_BREACH,
                  RULE_TARGET_WHOLE,
                  "Delivery mechanisms are offered, and the response has no RegistrationResponseExtension");
    }
}

/* 5.1.6.10.1: an offer without UDP is answered by an LTKMDelivery. */
DOCUMENT_JUDGE(36)
{
    const bcast_container_t *grant = bcast_grant(body->content);

    if (grants(body) && body->asked->offer_listed && !offers(body->asked, BCAST_DELIVERY_UDP) && grant &&
        !grant->deliveries && !grant->element->first_child && !rule_guessed(grant->element)) {
        rule_find(findings, RULE_BREACH, grant->element->range.start,
                  "RegistrationResponseExtension without LTKMDelivery means UDP, which is not offered");
    }
}

/* Calls for each valid Type of the grant. */
static void judge_grant(const rule_document_t *body, rule_findings_t *findings, bool offer_listed,
                        void (*judge)(const request_t *asked, const bcast_type_t *item,
                                      rule_findings_t *findings))
{
    const bcast_container_t *grant = bcast_grant(body->content);

    if (!grants(body) || body->asked->offer_listed != offer_listed || !grant) {
        return;
    }
    for (EACH_DELIVERY(delivery, grant)) {
        for (EACH_TYPE(item, delivery)) {
            if (item->type.valid && !rule_guessed(item->element)) {
                judge(body->asked, item, findings);
            }
        }
    }
}

static void judge_granted_type(const request_t *asked, const bcast_type_t *item, rule_findings_t *findings)
{
    if (!offers(asked, item->type.value)) {
        rule_find(findings, item->type.value == BCAST_DELIVERY_UDP ? RULE_SUSPICIOUS : RULE_BREACH,
                  item->element->range.start, "%s (%u) is granted and was not offered",
                  bcast_delivery_type_name(item->type.value), item->type.value);
    }
}

/* 5.1.6.10.1: only what was offered is granted. */
DOCUMENT_JUDGE(37)
{
    judge_grant(body, findings, true, judge_granted_type);
}

static void judge_type_without_offer(const request_t *asked, const bcast_type_t *item,
                                     rule_findings_t *findings)
{
    (void)asked;
    if (item->type.value != BCAST_DELIVERY_UDP) {
        rule_find(findings, RULE_BREACH, item->element->range.start,
                  "%s (%u) is granted, and nothing was offered", bcast_delivery_type_name(item->type.value),
                  item->type.value);
    }
}

/* 5.1.6.10.1: without an offer only UDP is granted. */
DOCUMENT_JUDGE(38)
{
    judge_grant(body, findings, false, judge_type_without_offer);
}

/* 5.1.6.10.1: unsupported mechanisms are refused in the HTTP status line. */
DOCUMENT_JUDGE(43)
{
    const mbms_response_t *response = body->document->responses;

    if (!grants(body) || !response || !body->asked->offer_listed || offers(body->asked, BCAST_DELIVERY_UDP)) {
        return;
    }
    while (response && response->code == 403 && !rule_guessed(response->code_element)) {
        response = response->next;
    }
    if (!response && !rule_may_hide(body->document->root)) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "Every service is answered 403 under HTTP status %u, and UDP is not offered: if the "
                  "mechanisms are the reason, "
                  "403 belongs in the status line",
                  body->status);
    }
}
