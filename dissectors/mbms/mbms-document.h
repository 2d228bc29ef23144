/* mbms-document.h
 * The XML documents of the MBMS security procedures (TS 33.246 §6.3.2, TS 26.346 §11.4–11.8) as typed
 * requests and responses.
 *
 * Pure. Everything refers to elements of the XML document, where the byte ranges are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MBMS_DOCUMENT_H
#define MBMS_DOCUMENT_H

#include "xml/base64.h"
#include "xml/xml-document.h"

/* The numbers are those of the filter field mbms_sec.message. */
typedef enum {
    MBMS_NONE = 0,
    MBMS_REGISTRATION_REQUEST = 1,
    MBMS_REGISTRATION_RESPONSE = 2,
    MBMS_DEREGISTRATION_REQUEST = 3,
    MBMS_DEREGISTRATION_RESPONSE = 4, /* same root as 2: see mbms_response_to() */
    MBMS_MSK_REQUEST = 5,
    MBMS_MSK_RESPONSE = 6,
} mbms_message_t;

/* Their names, in Wireshark's layout of a value_string, up to {0, NULL}. */
typedef struct {
    uint32_t value;
    const char *name;
} mbms_message_name_t;

extern const mbms_message_name_t mbms_message_names[];

/* The root elements that are known and what each of them says, up to a NULL. */
typedef struct {
    const char *name;
    mbms_message_t message;
} mbms_known_name_t;

extern const mbms_known_name_t mbms_roots[];

typedef struct mbms_text {
    const xml_element_t *element;
    const char *text; /* white space at both ends dropped */
    struct mbms_text *next;
} mbms_text_t;

typedef struct {
    const xml_element_t *element; /* NULL: there is none */
    base64_t id;
} mbms_key_id_t;

typedef struct mbms_msk {
    const xml_element_t *element;
    mbms_key_id_t key_domain_id;
    mbms_key_id_t msk_id;
    struct mbms_msk *next;
} mbms_msk_t;

typedef struct mbms_response {
    const xml_element_t *element;
    mbms_text_t *services;             /* one in what the schema allows */
    mbms_msk_t *msks;                  /* likewise */
    const xml_element_t *code_element; /* <ResponseCode>, NULL if missing */
    const char *code_text;
    bool has_code; /* the text begins with a number of three digits */
    uint16_t code;
    struct mbms_response *next;
} mbms_response_t;

typedef struct {
    mbms_message_t message;
    const xml_element_t *root;
    bool root_known;       /* the root element told; else the media type did */
    mbms_text_t *services; /* of a request */
    mbms_msk_t *msks;      /* of an MSK request */
    mbms_response_t *responses;
} mbms_document_t;

/* What the media type says a body is (TS 26.346 Annex C), MBMS_NONE for one that is none of the five. |type|
 * is in lower case and without parameters. */
mbms_message_t mbms_message_of_media_type(const char *type);

/* What a root element says: its local name, in any name space of 3GPP or none (but those of TS 26.237 Annex
 * I). */
mbms_message_t mbms_message_of_root(const char *name, const char *ns);

/* What a response with the root of a registration response answers: MBMS_REGISTRATION_RESPONSE or
 * MBMS_DEREGISTRATION_RESPONSE by its request (MBMS_NONE if that is unknown), then by the name of a container
 * in it. */
mbms_message_t mbms_response_to(const xml_document_t *xml, mbms_message_t request);

/* Whether the message is one of the three requests. */
bool mbms_is_request(mbms_message_t message);

/* "Registration request" and so on; "Unknown message" for MBMS_NONE. */
const char *mbms_message_name(mbms_message_t message);

/* Reads a document with a root element. |media_type| decides only where the root is unknown. */
mbms_document_t *mbms_document_read(wmem_allocator_t *pool, const xml_document_t *xml,
                                    mbms_message_t media_type);

#endif
