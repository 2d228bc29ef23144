/* mbms-document.c
 *
 *     mbmsSecurityRegister      { serviceID+, wildcard }
 *     mbmsSecurityDeregister    { serviceID+ }
 *     mbmsMSKRequest            { MSK { keyDomainID, MSKID }+ }
 *     mbmsSecurityRegisterResponse { Response { serviceID, ResponseCode, wildcard }+, wildcard }
 *     mbmsMSKResponse              { Response { MSK { keyDomainID, MSKID }, ResponseCode, wildcard }+ }
 *
 * The roots of the deregistration and MSK requests are not quoted in any document at hand: they are rows of a
 * table, with the spellings that are likely.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-document.h"

#include <string.h>

static const mbms_known_name_t media_types[] = {
    { "application/mbms-register+xml", MBMS_REGISTRATION_REQUEST },
    { "application/mbms-register-response+xml", MBMS_REGISTRATION_RESPONSE },
    { "application/mbms-deregister+xml", MBMS_DEREGISTRATION_REQUEST },
    { "application/mbms-msk+xml", MBMS_MSK_REQUEST },
    { "application/mbms-msk-response+xml", MBMS_MSK_RESPONSE },
    { NULL, MBMS_NONE },
};

const mbms_known_name_t mbms_roots[] = {
    { "mbmsSecurityRegister", MBMS_REGISTRATION_REQUEST },
    { "mbmsSecurityRegisterResponse", MBMS_REGISTRATION_RESPONSE },
    { "mbmsSecurityDeregister", MBMS_DEREGISTRATION_REQUEST },
    { "mbmsSecurityDeregistration", MBMS_DEREGISTRATION_REQUEST },
    { "mbmsMSKRequest", MBMS_MSK_REQUEST },
    { "mbmsMSK", MBMS_MSK_REQUEST },
    { "mbmsMSKResponse", MBMS_MSK_RESPONSE },
    { NULL, MBMS_NONE },
};

/* TS 26.237 Annex I: messages between networks, no part of these procedures. */
static const char *const foreign_namespaces[] = {
    "urn:3GPP:metadata:2005:MBMS:bootstrappingTransactionIdentifier",
    "urn:3GPP:metadata:2005:MBMS:nafKeyInfo",
};

const mbms_message_name_t mbms_message_names[] = {
    { MBMS_REGISTRATION_REQUEST, "Registration request" },
    { MBMS_REGISTRATION_RESPONSE, "Registration response" },
    { MBMS_DEREGISTRATION_REQUEST, "Deregistration request" },
    { MBMS_DEREGISTRATION_RESPONSE, "Deregistration response" },
    { MBMS_MSK_REQUEST, "MSK request" },
    { MBMS_MSK_RESPONSE, "MSK response" },
    { 0, NULL },
};

/* The procedures: what asks, and what answers. */
static const struct {
    mbms_message_t request;
    mbms_message_t response;
} procedures[] = {
    { MBMS_REGISTRATION_REQUEST, MBMS_REGISTRATION_RESPONSE },
    { MBMS_DEREGISTRATION_REQUEST, MBMS_DEREGISTRATION_RESPONSE },
    { MBMS_MSK_REQUEST, MBMS_MSK_RESPONSE },
};

static mbms_message_t find_message(const mbms_known_name_t *row, const char *name)
{
    while (row->name && strcmp(row->name, name) != 0) {
        row++;
    }
    return row->message;
}

mbms_message_t mbms_message_of_media_type(const char *type)
{
    return type ? find_message(media_types, type) : MBMS_NONE;
}

mbms_message_t mbms_message_of_root(const char *name, const char *ns)
{
    if (ns[0] != '\0' && g_ascii_strncasecmp(ns, "urn:3GPP:", 9) != 0) {
        return MBMS_NONE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(foreign_namespaces); i++) {
        if (strcmp(ns, foreign_namespaces[i]) == 0) {
            return MBMS_NONE;
        }
    }
    return find_message(mbms_roots, name);
}

mbms_message_t mbms_response_to(const xml_document_t *xml, mbms_message_t request)
{
    if (request == MBMS_DEREGISTRATION_REQUEST) {
        return MBMS_DEREGISTRATION_RESPONSE;
    }
    for (const xml_element_t *element = request == MBMS_NONE ? xml->root : NULL; element;
         element = xml_next_element(element)) {
        if (strcmp(element->name, "DeregistrationResponseResponseExtension") == 0) {
            return MBMS_DEREGISTRATION_RESPONSE;
        }
    }
    return MBMS_REGISTRATION_RESPONSE;
}

bool mbms_is_request(mbms_message_t message)
{
    for (size_t i = 0; i < G_N_ELEMENTS(procedures); i++) {
        if (procedures[i].request == message) {
            return true;
        }
    }
    return false;
}

const char *mbms_message_name(mbms_message_t message)
{
    const mbms_message_name_t *row = mbms_message_names;

    while (row->name && row->value != (uint32_t)message) {
        row++;
    }
    return row->name ? row->name : "Unknown message";
}

/* ---- reading ---------------------------------------------------------------------------------------- */

typedef struct {
    wmem_allocator_t *pool;
    const xml_document_t *xml;
} reader_t;

static mbms_text_t *read_text(const reader_t *reader, const xml_element_t *element)
{
    mbms_text_t *text = wmem_new0(reader->pool, mbms_text_t);

    text->element = element;
    text->text = xml_trimmed_text(reader->pool, reader->xml, element);
    return text;
}

static mbms_key_id_t read_key_id(const reader_t *reader, const xml_element_t *element)
{
    uint32_t length;
    const char *text = xml_text(reader->xml, element, &length);

    return (mbms_key_id_t){ .element = element, .id = base64_decode(reader->pool, text, length) };
}

static mbms_msk_t *read_msk(const reader_t *reader, const xml_element_t *element)
{
    mbms_msk_t *msk = wmem_new0(reader->pool, mbms_msk_t);

    msk->element = element;
    for (const xml_element_t *child = element->first_child; child; child = child->next) {
        if (!msk->key_domain_id.element && strcmp(child->name, "keyDomainID") == 0) {
            msk->key_domain_id = read_key_id(reader, child);
        } else if (!msk->msk_id.element && strcmp(child->name, "MSKID") == 0) {
            msk->msk_id = read_key_id(reader, child);
        }
    }
    return msk;
}

static void read_code(const reader_t *reader, mbms_response_t *response, const xml_element_t *element)
{
    const char *text = xml_trimmed_text(reader->pool, reader->xml, element);
    size_t n_digits = strspn(text, "0123456789");

    response->code_element = element;
    response->code_text = text;
    response->has_code = n_digits == 3;
    response->code = response->has_code ? (uint16_t)g_ascii_strtoull(text, NULL, 10) : 0;
}

static mbms_response_t *read_response(const reader_t *reader, const xml_element_t *element)
{
    mbms_response_t *response = wmem_new0(reader->pool, mbms_response_t);
    mbms_text_t **service = &response->services;
    mbms_msk_t **msk = &response->msks;

    response->element = element;
    for (const xml_element_t *child = element->first_child; child; child = child->next) {
        if (strcmp(child->name, "serviceID") == 0) {
            *service = read_text(reader, child);
            service = &(*service)->next;
        } else if (strcmp(child->name, "MSK") == 0) {
            *msk = read_msk(reader, child);
            msk = &(*msk)->next;
        } else if (strcmp(child->name, "ResponseCode") == 0 && !response->code_element) {
            read_code(reader, response, child);
        }
    }
    return response;
}

mbms_document_t *mbms_document_read(wmem_allocator_t *pool, const xml_document_t *xml,
                                    mbms_message_t media_type)
{
    reader_t reader = { pool, xml };
    mbms_document_t *document = wmem_new0(pool, mbms_document_t);
    mbms_text_t **service = &document->services;
    mbms_msk_t **msk = &document->msks;
    mbms_response_t **response = &document->responses;

    document->root = xml->root;
    document->message = mbms_message_of_root(xml->root->name, xml->root->ns);
    document->root_known = document->message != MBMS_NONE;
    if (!document->root_known) {
        document->message = media_type;
    }
    for (const xml_element_t *child = xml->root->first_child; child; child = child->next) {
        if (strcmp(child->name, "serviceID") == 0) {
            *service = read_text(&reader, child);
            service = &(*service)->next;
        } else if (strcmp(child->name, "MSK") == 0) {
            *msk = read_msk(&reader, child);
            msk = &(*msk)->next;
        } else if (strcmp(child->name, "Response") == 0) {
            *response = read_response(&reader, child);
            response = &(*response)->next;
        }
    }
    return document;
}
