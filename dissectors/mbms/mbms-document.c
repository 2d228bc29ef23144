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

typedef struct {
    const char *name;
    mbms_message_t message;
} message_name_t;

static const message_name_t media_types[] = {
    { "application/mbms-register+xml", MBMS_REGISTRATION_REQUEST },
    { "application/mbms-register-response+xml", MBMS_REGISTRATION_RESPONSE },
    { "application/mbms-deregister+xml", MBMS_DEREGISTRATION_REQUEST },
    { "application/mbms-msk+xml", MBMS_MSK_REQUEST },
    { "application/mbms-msk-response+xml", MBMS_MSK_RESPONSE },
};

static const message_name_t roots[] = {
    { "mbmsSecurityRegister", MBMS_REGISTRATION_REQUEST },
    { "mbmsSecurityRegisterResponse", MBMS_REGISTRATION_RESPONSE },
    { "mbmsSecurityDeregister", MBMS_DEREGISTRATION_REQUEST },
    { "mbmsSecurityDeregistration", MBMS_DEREGISTRATION_REQUEST },
    { "mbmsMSKRequest", MBMS_MSK_REQUEST },
    { "mbmsMSK", MBMS_MSK_REQUEST },
    { "mbmsMSKResponse", MBMS_MSK_RESPONSE },
};

/* TS 26.237 Annex I: messages between networks, no part of these procedures. */
static const char *const foreign_namespaces[] = {
    "urn:3GPP:metadata:2005:MBMS:bootstrappingTransactionIdentifier",
    "urn:3GPP:metadata:2005:MBMS:nafKeyInfo",
};

static const char *const message_names[] = {
    [MBMS_NONE] = "Unknown message",
    [MBMS_REGISTRATION_REQUEST] = "Registration request",
    [MBMS_REGISTRATION_RESPONSE] = "Registration response",
    [MBMS_DEREGISTRATION_REQUEST] = "Deregistration request",
    [MBMS_DEREGISTRATION_RESPONSE] = "Deregistration response",
    [MBMS_MSK_REQUEST] = "MSK request",
    [MBMS_MSK_RESPONSE] = "MSK response",
};

static mbms_message_t find_message(const message_name_t *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return table[i].message;
        }
    }
    return MBMS_NONE;
}

mbms_message_t mbms_message_of_media_type(const char *type)
{
    return type ? find_message(media_types, G_N_ELEMENTS(media_types), type) : MBMS_NONE;
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
    return find_message(roots, G_N_ELEMENTS(roots), name);
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
    return message % 2 == 1;
}

const char *mbms_message_name(mbms_message_t message)
{
    return message_names[message];
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

/* ---- sniffing --------------------------------------------------------------------------------------- */

static bool is_name_character(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* Whether a tag in |text| has the local name |name|. */
static bool has_start_tag(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(text, name); at; at = strstr(at + n, name)) {
        const char *start = at;

        if (start > text && start[-1] == ':') {
            start--;
            while (start > text && is_name_character(start[-1])) {
                start--;
            }
        }
        if (start > text && start[-1] == '<' && !is_name_character(at[n]) && at[n] != ':') {
            return true;
        }
    }
    return false;
}

/* Which byte of a UTF-16 unit is the high one; -1: the text is of single bytes. By the byte order mark, else
 * by the zero byte of the first letter, which is a blank or '<'. */
static int high_byte(const uint8_t *bytes, size_t length)
{
    if (length < 2) {
        return -1;
    }
    if ((bytes[0] == 0xfe && bytes[1] == 0xff) || (bytes[0] == 0 && bytes[1] != 0)) {
        return 0;
    }
    return (bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] != 0 && bytes[1] == 0) ? 1 : -1;
}

enum { WINDOW = 512, OVERLAP = 64, OTHER_LETTER = 0x80, NOT_TEXT = ' ' };

/* A body as characters: those beyond ASCII count as one that may stand in a name. */
typedef struct {
    const uint8_t *bytes;
    size_t length; /* in characters */
    int high;
} sniffed_t;

static char character(const sniffed_t *body, size_t i)
{
    const uint8_t *at = body->bytes + (body->high < 0 ? i : 2 * i);
    uint8_t low = body->high < 0 ? at[0] : at[1 - body->high];

    if (low >= OTHER_LETTER || (body->high >= 0 && at[body->high] != 0)) {
        return (char)OTHER_LETTER;
    }
    return low ? (char)low : NOT_TEXT;
}

static void copy_window(const sniffed_t *body, size_t start, char text[WINDOW + 1])
{
    size_t n = body->length - start < WINDOW ? body->length - start : WINDOW;

    for (size_t i = 0; i < n; i++) {
        text[i] = character(body, start + i);
    }
    text[n] = '\0';
}

/* In windows that overlap by more than a prefix has, as a rule. */
static bool has_ltkm(const sniffed_t *body)
{
    char text[WINDOW + 1];

    for (size_t start = 0; start < body->length; start += WINDOW - OVERLAP) {
        copy_window(body, start, text);
        if (has_start_tag(text, "LTKM")) {
            return true;
        }
    }
    return false;
}

bool mbms_looks_like_ours(const uint8_t *bytes, size_t length, bool any_ltkm)
{
    int high = high_byte(bytes, length);
    sniffed_t body = { bytes, high < 0 ? length : length / 2, high };
    char text[WINDOW + 1];

    copy_window(&body, 0, text);
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
        if (has_start_tag(text, roots[i].name)) {
            return true;
        }
    }
    return any_ltkm && has_ltkm(&body);
}
