/* xml-document.h
 * An XML body as elements, attributes and text, each with the bytes it stands in.
 *
 * Pure: libxml2's SAX2 parser and wmem, no epan, no global state. Byte offsets count from the start of the
 * UTF-8 bytes handed in. What is ill-formed is kept as far as libxml2 goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef XML_DOCUMENT_H
#define XML_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#include "xml/xml-element.h"

/* Bounds on hostile input. libxml2 2.9 takes quadratic time over the attributes of one start tag and over
 * the name space declarations in scope; an element costs about 150 bytes here. */
#define XML_MAX_START_TAG      65536
#define XML_MAX_ATTRIBUTES     256
#define XML_MAX_NAMESPACES     256
#define XML_MAX_ELEMENTS       (1u << 19)
#define XML_MAX_DEPTH          256   /* libxml2's own bound, less one */
#define XML_MAX_NAMES          16384 /* the dictionary of libxml2 2.9 does not grow with them */
#define XML_MAX_ERRORS_COUNTED 4096  /* libxml2 takes its time over each */
#define XML_MAX_ERRORS         16

typedef struct {
    uint32_t offset;
    const char *message; /* libxml2's, without the line end */
} xml_error_t;

/* Why decoding ended before the end of the body. */
typedef enum {
    XML_NOT_CUT,
    XML_CUT_START_TAG,  /* longer than XML_MAX_START_TAG or more than XML_MAX_ATTRIBUTES attributes */
    XML_CUT_NAMESPACES, /* more than XML_MAX_NAMESPACES declarations in scope */
    XML_CUT_ELEMENTS,   /* more than XML_MAX_ELEMENTS elements */
    XML_CUT_NAMES,      /* more than XML_MAX_NAMES different names */
    XML_CUT_ERRORS,     /* more than XML_MAX_ERRORS_COUNTED errors */
    XML_CUT_DEPTH,      /* nested deeper than XML_MAX_DEPTH */
} xml_cut_t;

struct xml_document {
    xml_element_t *root; /* NULL: no element at all */
    const char *text;    /* character data of all elements */
    uint32_t n_elements;
    uint32_t max_depth; /* 1 for a root alone */
    bool reached_end;   /* libxml2 went to the end without halting and without a cut */

    bool has_doctype; /* refused: nothing it declares is used */
    xml_range_t doctype;
    xml_cut_t cut;
    uint32_t cut_offset;
    uint32_t n_errors; /* all; those kept are the first XML_MAX_ERRORS */
    xml_error_t errors[XML_MAX_ERRORS];
};

/* Parses |length| bytes of UTF-8 at |bytes|, whatever encoding they declare. A byte order mark may lead them.
 * The result, in |pool|, is never NULL and keeps no pointer into |bytes|. Network, files, DTDs and entities
 * other than the five predefined ones and character references are never used. */
xml_document_t *xml_document_parse(wmem_allocator_t *pool, const uint8_t *bytes, size_t length);

/* Why decoding ended before the end of the body, in words; "" where it did not. */
const char *xml_cut_text(xml_cut_t cut);

#endif
