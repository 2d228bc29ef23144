/* xml-element.h
 * One element of an XML document, and what is asked of it: text, positions, attributes, its successor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef XML_ELEMENT_H
#define XML_ELEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

typedef struct xml_document xml_document_t; /* xml-document.h */

typedef struct {
    uint32_t start;
    uint32_t end; /* first byte behind */
} xml_range_t;

typedef struct xml_attribute {
    const char *name;  /* local name; name space declarations are not attributes */
    const char *ns;    /* name space URI, "" for one without prefix */
    const char *value; /* as libxml2 gives it: an ampersand stays "&#38;" */
    xml_range_t range; /* the value without its quotes */
    struct xml_attribute *next;
} xml_attribute_t;

typedef struct xml_element {
    const char *name;    /* local name */
    const char *ns;      /* name space URI, "" where there is none */
    xml_range_t range;   /* first byte of the start tag to last byte of the end tag */
    xml_range_t content; /* between the tags; empty at the end of an empty-element tag */
    uint32_t text_start; /* see xml_text() */
    uint32_t text_length;
    bool recovered; /* its own end tag was not found: closed by that of another element or by the end */
    bool guessed;   /* so it was for the element or one around it: what belongs where is a guess */
    xml_attribute_t *attributes;
    struct xml_element *parent;
    struct xml_element *first_child;
    struct xml_element *last_child;
    struct xml_element *next; /* sibling */
} xml_element_t;

/* The element's character data up to its first child element, with |length| bytes; not NUL-terminated. */
const char *xml_text(const xml_document_t *document, const xml_element_t *element, uint32_t *length);

/* The same without white space at both ends, valid UTF-8 and NUL-terminated in |pool|. */
char *xml_trimmed_text(wmem_allocator_t *pool, const xml_document_t *document, const xml_element_t *element);

/* The element's content without white space at both ends. |bytes| are those of the document. */
xml_range_t xml_trimmed_range(const uint8_t *bytes, const xml_element_t *element);

/* The byte in which byte |text_offset| of an element's xml_text() stands: past comments, processing
 * instructions and CDATA marks, one for a whole reference. The end of the content at the latest. */
uint32_t xml_text_position(const uint8_t *bytes, const xml_element_t *element, uint32_t text_offset);

/* Whether a reference to what is no character ends at |end|. */
bool xml_is_void_reference(const uint8_t *bytes, uint32_t end);

/* The next element in document order, NULL at the end. Start with the root. */
xml_element_t *xml_next_element(const xml_element_t *element);

/* The attribute |name|, in no name space, of |element|; NULL if it has none. */
const xml_attribute_t *xml_attribute(const xml_element_t *element, const char *name);

/* Sets |guessed| of |root| and all below it by what was recovered; for xml_document_parse(). */
void xml_mark_guessed(xml_element_t *root);

#endif
