/* xml-blank.h
 * What libxml2 shall not see is overwritten by blanks before it looks: all positions stay.
 *
 * Pure. Both give |bytes|, or a changed copy in |pool|, and note in |document| what they found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef XML_BLANK_H
#define XML_BLANK_H

#include "xml/xml-document.h"

/* A DOCTYPE: libxml2 declares nothing. */
const uint8_t *blank_doctype(wmem_allocator_t *pool, xml_document_t *document, const uint8_t *bytes,
                             uint32_t length);

/* Byte order marks that stand behind another, or behind blanks: libxml2 would read nothing. */
const uint8_t *blank_late_marks(wmem_allocator_t *pool, xml_document_t *document, const uint8_t *bytes,
                                uint32_t length);

#endif
