/* xml-scan.h
 * What xml-document.c reads from the bytes themselves, because libxml2 does not say it: where tags, names and
 * attributes stand, where a DOCTYPE is, and which tags are too much for libxml2.
 *
 * Pure, without libxml2. All offsets are into |bytes|; nothing at or behind |length| or |end| is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef XML_SCAN_H
#define XML_SCAN_H

#include "xml/xml-document.h"

/* White space of XML (1.0 §2.3). */
static inline bool scan_is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whether |text| stands at |at|, which is not behind |length|. */
bool scan_sees(const uint8_t *bytes, uint32_t at, uint32_t length, const char *text);

/* Behind the next |mark| from |at| on, |length| where there is none. */
uint32_t scan_behind(const uint8_t *bytes, uint32_t at, uint32_t length, const char *mark);

/* A terminated copy that is valid UTF-8: after an encoding error libxml2 lets bytes through as they are. */
char *scan_copy(wmem_allocator_t *pool, const char *text, size_t length);

/* The last '<' before |from|, 0 without one. */
uint32_t scan_tag_start(const uint8_t *bytes, uint32_t from);

/* Behind the name (prefix and all) that starts at |from|. */
uint32_t scan_name_end(const uint8_t *bytes, uint32_t from, uint32_t end);

/* Behind the '>' or '/>' at |at|; |at| if neither stands there. */
uint32_t scan_start_tag_end(const uint8_t *bytes, uint32_t at, uint32_t length);

/* Moves |*at| behind the next attribute of a start tag that ends at |end|, and gives its name and value.
 * False if there is none, or if it has no end. */
bool scan_attribute(const uint8_t *bytes, uint32_t *at, uint32_t end, xml_range_t *name, xml_range_t *value);

/* Whether |local| is the name |qname| without its prefix. */
bool scan_is_local_name(const uint8_t *bytes, xml_range_t qname, const char *local);

/* Whether a DOCTYPE stands in the prolog, and where: to its '>', or to the end. */
bool scan_doctype(const uint8_t *bytes, uint32_t length, xml_range_t *doctype);

/* Where the first start tag over XML_MAX_START_TAG or XML_MAX_ATTRIBUTES starts; |length| without one. */
uint32_t scan_bounded_length(const uint8_t *bytes, uint32_t length);

#endif
