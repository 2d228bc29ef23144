/* mbms-body.h
 * One HTTP body of the MBMS security procedures: its text, its elements, its document, its BCAST content.
 * Read once, it walks on as one noun.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MBMS_BODY_H
#define MBMS_BODY_H

#include "bcast/bcast-content.h"
#include "mbms/mbms-document.h"
#include "xml/body-encoding.h"

typedef struct {
    body_text_t text; /* in which all ranges are */
    const xml_document_t *xml;
    const mbms_document_t *document; /* NULL: there is no element at all */
    const bcast_content_t *content;  /* likewise */
    mbms_message_t media_type;       /* MBMS_NONE: none of the five */
    mbms_message_t message;          /* as the root says, else the media type */
} mbms_body_t;

/* Reads |length| bytes of a body; |charset| is the parameter of its media type or NULL, |media_type| its type
 * in lower case without parameters, or NULL. The result is in |pool| and refers to |bytes|. */
mbms_body_t *mbms_body_read(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, const char *charset,
                            const char *media_type);

/* Whether the media type, the root or an LTKM in it claims the body. */
bool mbms_body_is_ours(const mbms_body_t *body);

/* Whether nothing of the document is missing: what is absent from it is then really not said. */
bool mbms_body_is_complete(const mbms_body_t *body);

#endif
