/* structure-judges.c
 * R1–R13 and R16–R21: where the parts of a document stand, and whether its values are what they should be.
 *
 * An element that lost its end tag is not judged, nor is one inside it: what belongs where is a guess then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "rules/judges.h"

static bool is_3gpp(const char *ns)
{
    return g_ascii_strncasecmp(ns, "urn:3GPP:", 9) == 0;
}

/* A parent of containers of one kind. */
typedef struct {
    const xml_element_t *element;
    uint32_t last_sibling; /* where its last child that they must not stand before starts, 0: none */
} parent_t;

/* Goes through the containers of one kind that stand in a right parent. They come in document order, so a
 * parent is over once a container stands behind it: those that are not over are nested in each other, and the
 * children of each are looked through once. */
typedef struct {
    const char *after;               /* the siblings they must not stand before */
    parent_t parents[XML_MAX_DEPTH]; /* that are not over, from the outside in */
    size_t n_parents;
} place_t;

static uint32_t last_child_named(const xml_element_t *parent, const char *name)
{
    uint32_t last = 0;

    for (const xml_element_t *child = parent->first_child; child; child = child->next) {
        if (!child->recovered && strcmp(child->name, name) == 0) {
            last = child->range.start;
        }
    }
    return last;
}

/* The parent of |element|; |*second| says whether another of its children was here before. */
static const parent_t *enter(place_t *place, const xml_element_t *element, bool *second)
{
    parent_t *innermost = place->parents + place->n_parents;

    while (innermost > place->parents && innermost[-1].element->range.end <= element->range.start) {
        innermost--;
    }
    *second = innermost > place->parents && innermost[-1].element == element->parent;
    if (!*second) {
        *innermost++ = (parent_t){ element->parent, last_child_named(element->parent, place->after) };
    }
    place->n_parents = (size_t)(innermost - place->parents);
    return innermost - 1;
}

static void judge_order(const xml_element_t *element, place_t *place, rule_findings_t *findings)
{
    uint32_t target = element->range.start;
    bool second;
    const parent_t *parent = enter(place, element, &second);

    if (second) {
        rule_find(findings, RULE_BREACH, target, "%s is there more than once", element->name);
    } else if (target < parent->last_sibling) {
        rule_find(findings, RULE_SUSPICIOUS, target, "%s stands before a <%s>", element->name, place->after);
    }
}

/* Judges where the containers of |kind| stand: in a parent for which |fits|, once, after the elements called
 * |after|. */
static void judge_place(const rule_document_t *body, rule_findings_t *findings, bcast_kind_t kind,
                        bool (*fits)(const bcast_container_t *container), const char *where,
                        const char *after)
{
    place_t place;

    place.after = after;
    place.n_parents = 0;
    for (EACH_CONTAINER(container, body->content)) {
        const xml_element_t *element = container->element;

        if (container->kind != kind || rule_guessed(element)) {
            continue;
        }
        if (fits(container)) {
            judge_order(element, &place, findings);
        } else {
            rule_find(findings, RULE_BREACH, element->range.start, "%s stands in <%s>, not %s", element->name,
                      element->parent ? element->parent->name : "", where);
        }
    }
}

static bool is_at_top_level(const bcast_container_t *container)
{
    return container->element->parent && !container->element->parent->parent;
}

static void judge_top_level(const rule_document_t *body, rule_findings_t *findings, bcast_kind_t kind,
                            const char *after)
{
    judge_place(body, findings, kind, is_at_top_level, "at the top level", after);
}

static bool is_in_response(const bcast_container_t *container)
{
    return container->response && container->element->parent == container->response;
}

static void judge_in_response(const rule_document_t *body, rule_findings_t *findings, bcast_kind_t kind)
{
    judge_place(body, findings, kind, is_in_response, "in a <Response>", "ResponseCode");
}

/* 5.1.6.7.1: RegistrationRequestExtension: once, in mbmsSecurityRegister, after the serviceIDs. */
DOCUMENT_JUDGE(1)
{
    judge_top_level(body, findings, BCAST_REGISTRATION_REQUEST_EXTENSION, "serviceID");
}

/* 5.1.6.7.2: RegistrationResponseExtension: once, at the top level, after the Responses. */
DOCUMENT_JUDGE(2)
{
    judge_top_level(body, findings, BCAST_REGISTRATION_RESPONSE_EXTENSION, "Response");
}

/* 5.1.6.7.3: RegistrationResponseResponseExtension: once in a Response, after ResponseCode. */
DOCUMENT_JUDGE(3)
{
    judge_in_response(body, findings, BCAST_REGISTRATION_RESPONSE_RESPONSE_EXTENSION);
}

/* 5.1.6.8.1: LTKMResponseResponseExtension: once in a Response, after ResponseCode. */
DOCUMENT_JUDGE(4)
{
    judge_in_response(body, findings, BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION);
}

/* 5.1.6.9.1: DeregistrationResponseResponseExtension: once in a Response, after ResponseCode. */
DOCUMENT_JUDGE(5)
{
    judge_in_response(body, findings, BCAST_DEREGISTRATION_RESPONSE_RESPONSE_EXTENSION);
}

/* 5.1.6.7.1: a container is in the BCAST name space. */
DOCUMENT_JUDGE(6)
{
    for (EACH_CONTAINER(container, body->content)) {
        const xml_element_t *element = container->element;

        if (bcast_is_known(container) && strcmp(element->ns, BCAST_NAMESPACE) != 0 &&
            !rule_guessed(element)) {
            rule_find(findings, is_3gpp(element->ns) ? RULE_BREACH : RULE_SUSPICIOUS, element->range.start,
                      "%s is in the name space \"%s\", not in \"%s\"", element->name, element->ns,
                      BCAST_NAMESPACE);
        }
    }
}

static mbms_message_t home_of(bcast_kind_t kind)
{
    static const mbms_message_t homes[] = {
        [BCAST_REGISTRATION_REQUEST_EXTENSION] = MBMS_REGISTRATION_REQUEST,
        [BCAST_REGISTRATION_RESPONSE_EXTENSION] = MBMS_REGISTRATION_RESPONSE,
        [BCAST_REGISTRATION_RESPONSE_RESPONSE_EXTENSION] = MBMS_REGISTRATION_RESPONSE,
        [BCAST_DEREGISTRATION_RESPONSE_RESPONSE_EXTENSION] = MBMS_DEREGISTRATION_RESPONSE,
        [BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION] = MBMS_MSK_RESPONSE,
    };

    return homes[kind];
}

/* What another rule says better: R8, or R33 where a list of mechanisms can be judged. */
static bool has_own_rule(const rule_document_t *body, const bcast_container_t *container)
{
    return (container->kind == BCAST_REGISTRATION_RESPONSE_EXTENSION &&
            body->message == MBMS_DEREGISTRATION_RESPONSE) ||
           (container->kind == BCAST_REGISTRATION_REQUEST_EXTENSION && rule_first_delivery(container) &&
            (body->message == MBMS_DEREGISTRATION_REQUEST || body->message == MBMS_MSK_REQUEST));
}

/* 5.1.6.7.3: a container fits the procedure. */
DOCUMENT_JUDGE(7)
{
    for (EACH_CONTAINER(container, body->content)) {
        const xml_element_t *element = container->element;

        if (bcast_is_known(container) && body->message != MBMS_NONE &&
            home_of(container->kind) != body->message && !has_own_rule(body, container) &&
            !rule_guessed(element)) {
            rule_find(findings, RULE_BREACH, element->range.start, "%s in a %s", element->name,
                      mbms_message_name(body->message));
        }
    }
}

/* 5.1.6.9.1: a deregistration response has no extension at the top level. */
DOCUMENT_JUDGE(8)
{
    for (EACH_CONTAINER(container, body->content)) {
        if (body->message == MBMS_DEREGISTRATION_RESPONSE &&
            container->kind == BCAST_REGISTRATION_RESPONSE_EXTENSION && !rule_guessed(container->element)) {
            rule_find(findings, RULE_SUSPICIOUS, container->element->range.start,
                      "%s in a deregistration response", container->element->name);
        }
    }
}

/* 5.1.6.7.1: version is an unsignedByte, and known. */
DOCUMENT_JUDGE(9)
{
    for (EACH_CONTAINER(container, body->content)) {
        uint32_t target = container->element->range.start;

        if (!bcast_is_known(container) || rule_guessed(container->element)) {
            continue;
        }
        if (!container->version.valid) {
            rule_find(findings, RULE_BREACH, target, "version \"%s\" is not an unsignedByte (0 to 255)",
                      container->version.text);
        } else if (container->version.value > 0) {
            rule_find(findings, RULE_NOTE, target, "version %u is not known; BCAST 1.0 is 0",
                      container->version.value);
        }
    }
}

/* ---- LTKMDelivery ----------------------------------------------------------------------------------- */

/* 5.1.6.7.1: LTKMDelivery is there once at the most. */
DOCUMENT_JUDGE(10)
{
    for (EACH_CONTAINER(container, body->content)) {
        const bcast_delivery_t *first = rule_first_delivery(container);

        for (EACH_DELIVERY(delivery, container)) {
            if (delivery != first && !rule_guessed(delivery->element)) {
                rule_find(findings, RULE_BREACH, delivery->element->range.start,
                          "LTKMDelivery is there more than once in %s", container->element->name);
            }
        }
    }
}

/* 5.1.6.7.1: LTKMDelivery has at least one Type, an unsignedByte each. */
DOCUMENT_JUDGE(11)
{
    for (EACH_CONTAINER(container, body->content)) {
        for (EACH_DELIVERY(delivery, container)) {
            if (!delivery->types && !rule_guessed(delivery->element)) {
                rule_find(findings, RULE_BREACH, delivery->element->range.start, "LTKMDelivery has no Type");
            }
            for (EACH_TYPE(item, delivery)) {
                if (!item->type.valid && !rule_guessed(item->element)) {
                    rule_find(findings, RULE_BREACH, item->element->range.start,
                              "Type \"%s\" is not an unsignedByte (0 to 255)", item->type.text);
                }
            }
        }
    }
}

/* 5.1.6.7.1: no Type is reserved (3 to 127) or proprietary (128 to 255). */
DOCUMENT_JUDGE(12)
{
    for (EACH_CONTAINER(container, body->content)) {
        for (EACH_DELIVERY(delivery, container)) {
            for (EACH_TYPE(item, delivery)) {
                bool reserved = item->type.value <= BCAST_DELIVERY_LAST_RESERVED;

                if (item->type.valid && item->type.value > BCAST_DELIVERY_HTTP &&
                    !rule_guessed(item->element)) {
                    rule_find(findings, reserved ? RULE_SUSPICIOUS : RULE_NOTE, item->element->range.start,
                              "Type %u is %s", item->type.value, bcast_delivery_type_name(item->type.value));
                }
            }
        }
    }
}

/* 5.1.6.7.1: no Type is there twice. */
DOCUMENT_JUDGE(13)
{
    for (EACH_CONTAINER(container, body->content)) {
        for (EACH_DELIVERY(delivery, container)) {
            bool seen[256] = { false };

            for (EACH_TYPE(item, delivery)) {
                if (!item->type.valid || rule_guessed(item->element)) {
                    continue;
                }
                if (seen[item->type.value]) {
                    rule_find(findings, RULE_NOTE, item->element->range.start, "Type %u is there again",
                              item->type.value);
                }
                seen[item->type.value] = true;
            }
        }
    }
}

/* ---- name spaces and media types -------------------------------------------------------------------- */

static const xml_element_t *foreign_child(const xml_element_t *container)
{
    const xml_element_t *child = container->first_child;

    while (child && (child->recovered || strcmp(child->ns, BCAST_NAMESPACE) == 0)) {
        child = child->next;
    }
    return child;
}

/* 5.1.6.7.1: the children of a container are in the BCAST name space. */
DOCUMENT_JUDGE(16)
{
    for (EACH_CONTAINER(container, body->content)) {
        const xml_element_t *child = bcast_is_known(container) ? foreign_child(container->element) : NULL;

        if (child && !rule_guessed(child)) {
            rule_find(findings, RULE_NOTE, container->element->range.start,
                      "<%s> in it is in the name space \"%s\", not in \"%s\"", child->name, child->ns,
                      BCAST_NAMESPACE);
        }
    }
}

/* 5.1.6.7.1: mbmsSecurityRegister is in one of its two name spaces. */
DOCUMENT_JUDGE(17)
{
    const xml_element_t *root = body->document->root;

    if (!rule_guessed(root) && strcmp(root->name, "mbmsSecurityRegister") == 0 &&
        strcmp(root->ns, "urn:3GPP:metadata:2005:MBMS:securityRegistration") != 0 &&
        strcmp(root->ns, "urn:3GPP:metadata:2005:MBMS:securityRegistrationRequest") != 0) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE, "<%s> is in the name space \"%s\"", root->name,
                  root->ns);
    }
}

/* The example in TS 33.246 H.2.1 prints an MSK response under the type of the request: no slip of a sender's.
 */
static bool is_printed_so(const rule_document_t *body)
{
    return body->document->message == MBMS_MSK_RESPONSE && body->media_type == MBMS_MSK_REQUEST;
}

/* 5.1.6.7.1: root element and media type say the same. */
DOCUMENT_JUDGE(18)
{
    const mbms_document_t *document = body->document;

    if (body->media_type == MBMS_NONE || rule_guessed(document->root)) {
        return;
    }
    if (!document->root_known) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "The root element <%s> is not that of a %s, which the media type says",
                  document->root->name, mbms_message_name(body->media_type));
    } else if (document->message != body->media_type && !is_printed_so(body)) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "The root element says %s, the media type %s",
                  mbms_message_name(document->message), mbms_message_name(body->media_type));
    }
}

/* 5.1.6.8.1: an MSK response comes as application/mbms-msk-response+xml. */
DOCUMENT_JUDGE(19)
{
    const mbms_document_t *document = body->document;

    if (!document->root_known || body->message != MBMS_MSK_RESPONSE || rule_guessed(document->root)) {
        return;
    }
    if (body->media_type == MBMS_NONE) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "An MSK response under a media type other than application/mbms-msk-response+xml");
    } else if (body->in_multipart) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE,
                  "An MSK response as a part of a multipart body");
    }
}

/* ---- services and keys ------------------------------------------------------------------------------ */

static void judge_services(const mbms_text_t *service, rule_findings_t *findings)
{
    for (; service; service = service->next) {
        if (service->text[0] == '\0' && !rule_guessed(service->element)) {
            rule_find(findings, RULE_NOTE, service->element->range.start, "serviceID is empty");
        }
    }
}

/* 5.1.6.7: serviceID is not empty. */
DOCUMENT_JUDGE(20)
{
    judge_services(body->document->services, findings);
    for (const mbms_response_t *response = body->document->responses; response; response = response->next) {
        judge_services(response->services, findings);
    }
}

static void judge_key_id(const mbms_msk_t *msk, const mbms_key_id_t *id, const char *name, uint32_t length,
                         rule_findings_t *findings)
{
    uint32_t target = msk->element->range.start;

    if (rule_guessed(id->element)) {
        return;
    }
    if (!id->element) {
        if (!rule_may_hide(msk->element)) {
            rule_find(findings, RULE_BREACH, target, "An MSK without <%s>", name);
        }
    } else if (!id->id.valid) {
        rule_find(findings, RULE_BREACH, target, "<%s> is not base64: %s", name, id->id.problem);
    } else if (id->id.length != length) {
        rule_find(findings, RULE_SUSPICIOUS, target, "<%s> of %u bytes, not %u", name, id->id.length, length);
    }
}

/* 5.1.6.8: an MSK request lists pairs of Key Domain ID and MSK ID. */
DOCUMENT_JUDGE(21)
{
    if (body->message != MBMS_MSK_REQUEST) {
        return;
    }
    if (!body->document->msks && !rule_guessed(body->document->root) &&
        !rule_may_hide(body->document->root)) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "An MSK request that asks for no MSK");
    }
    for (const mbms_msk_t *msk = body->document->msks; msk; msk = msk->next) {
        if (!rule_guessed(msk->element)) {
            judge_key_id(msk, &msk->key_domain_id, "keyDomainID", 3, findings);
            judge_key_id(msk, &msk->msk_id, "MSKID", 4, findings);
        }
    }
}
