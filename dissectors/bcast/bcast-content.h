/* bcast-content.h
 * The OMA BCAST extension containers in a document of the MBMS security procedures, with the delivery
 * mechanisms and LTKMs in them (OMA BCAST Services 5.1.6.7.1–5.1.6.9.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BCAST_CONTENT_H
#define BCAST_CONTENT_H

#include "mikey/mikey-message.h"
#include "mikey/mikey-names.h"
#include "xml/base64.h"
#include "xml/xml-document.h"

#define BCAST_NAMESPACE "urn:oma:xml:bcast:pr:orderqueries:1.0"

/* LTKMs of a body that are decoded; more are only counted. */
#define BCAST_MAX_LTKMS 10000

typedef enum {
    BCAST_REGISTRATION_REQUEST_EXTENSION,
    BCAST_REGISTRATION_RESPONSE_EXTENSION,
    BCAST_REGISTRATION_RESPONSE_RESPONSE_EXTENSION,
    BCAST_DEREGISTRATION_RESPONSE_RESPONSE_EXTENSION,
    BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION,
    BCAST_UNKNOWN_CONTAINER, /* of another name, with an LTKM for a child */
    BCAST_NO_CONTAINER,
} bcast_kind_t;

/* LTKM delivery mechanisms (5.1.6.7.1). */
typedef enum {
    BCAST_DELIVERY_UDP = 0,
    BCAST_DELIVERY_SMS = 1,
    BCAST_DELIVERY_HTTP = 2,
    BCAST_DELIVERY_LAST_RESERVED = 127, /* above: proprietary */
} bcast_delivery_type_t;

/* An unsignedByte of XML Schema. */
typedef struct {
    const char *text;
    bool valid;
    uint8_t value;
} bcast_byte_t;

typedef struct bcast_type {
    const xml_element_t *element;
    bcast_byte_t type;
    struct bcast_type *next;
} bcast_type_t;

typedef struct bcast_delivery {
    const xml_element_t *element;
    bcast_type_t *types;
    bcast_type_t *last_type;
    struct bcast_delivery *next;
} bcast_delivery_t;

typedef struct bcast_ltkm {
    const xml_element_t *element;
    const struct bcast_container *container;
    uint32_t index; /* among the LTKMs of the document, from 1 */
    base64_t base64;
    const mikey_message_t *message; /* that the text holds; NULL: it is not base64, or empty */
    struct bcast_ltkm *next;        /* in document order */
    struct bcast_ltkm *next_in_container;
} bcast_ltkm_t;

typedef struct bcast_container {
    bcast_kind_t kind; /* BCAST_NO_CONTAINER: an LTKM that stands in none */
    const xml_element_t *element;
    const xml_element_t *response; /* the <Response> it stands in, NULL at the top level */
    const xml_attribute_t *version_attribute;
    bcast_byte_t version; /* 0 where the attribute is absent */
    bcast_delivery_t *deliveries;
    bcast_ltkm_t *ltkms; /* linked by next_in_container */
    uint32_t n_ltkms;
    struct bcast_container *next;
    bcast_delivery_t *last_delivery;
    bcast_ltkm_t *last_ltkm;
    struct bcast_container *outer; /* the container it stands in, NULL if it stands in none, as it should */
} bcast_container_t;

typedef struct {
    bcast_container_t *containers; /* in document order, wherever they stand */
    bcast_ltkm_t *ltkms;           /* likewise, the first BCAST_MAX_LTKMS */
    uint32_t n_ltkms;              /* all */
} bcast_content_t;

/* for (EACH_CONTAINER(container, content)) and so on. */
#define EACH_CONTAINER(container, content)                                                                   \
    const bcast_container_t *container = (content)->containers;                                              \
    container;                                                                                               \
    container = container->next
#define EACH_DELIVERY(delivery, container)                                                                   \
    const bcast_delivery_t *delivery = (container)->deliveries;                                              \
    delivery;                                                                                                \
    delivery = delivery->next
#define EACH_TYPE(item, delivery)                                                                            \
    const bcast_type_t *item = (delivery)->types;                                                            \
    item;                                                                                                    \
    item = item->next
#define EACH_LTKM(ltkm, content)                                                                             \
    const bcast_ltkm_t *ltkm = (content)->ltkms;                                                             \
    ltkm;                                                                                                    \
    ltkm = ltkm->next
#define EACH_LTKM_IN(ltkm, container)                                                                        \
    const bcast_ltkm_t *ltkm = (container)->ltkms;                                                           \
    ltkm;                                                                                                    \
    ltkm = ltkm->next_in_container

/* Finds all containers and LTKMs. Their children count in the name space of BCAST, in one of 3GPP, in none,
 * and in that of the container. An LTKM with elements instead of text is a description of one (networks in
 * the field have it), and passed over. */
bcast_content_t *bcast_content_find(wmem_allocator_t *pool, const xml_document_t *xml);

/* Whether an element called |name| is a container, wherever it stands. */
bool bcast_is_container_name(const char *name);

/* Whether it is one of the five of the change request. */
static inline bool bcast_is_known(const bcast_container_t *container)
{
    return container->kind < BCAST_UNKNOWN_CONTAINER;
}

/* The container that grants delivery mechanisms: the first RegistrationResponseExtension, NULL without one.
 */
const bcast_container_t *bcast_grant(const bcast_content_t *content);

/* The first container of |kind| with a delivery mechanism list, as "UDP+HTTP" in |pool|; "" without one. */
const char *bcast_delivery_text(wmem_allocator_t *pool, const bcast_content_t *content, bcast_kind_t kind);

/* The names of the delivery mechanisms that have one, up to a NULL name. */
extern const mikey_name_t bcast_delivery_types[];

/* "UDP", "SMS", "HTTP", "reserved" or "proprietary". */
const char *bcast_delivery_type_name(uint8_t type);

#endif
