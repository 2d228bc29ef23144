/* libxml2-compat.h
 * The only file that asks which libxml2 it is compiled for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBXML2_COMPAT_H
#define LIBXML2_COMPAT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <libxml/entities.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>
#include <wsutil/wmem/wmem.h>

/* libxml2 2.12 made the error constant. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *libxml2_error_t;
#else
typedef xmlErrorPtr libxml2_error_t;
#endif

/* A context for a document in memory; NULL: no memory left for one. Before 2.12 the parser asks a memory
 * input for more bytes at every token, which takes a quarter of its time; of a string it does not, but that
 * ends at the first NUL. */
static inline xmlParserCtxt *libxml2_context(wmem_allocator_t *pool, const uint8_t *bytes, uint32_t length)
{
#if LIBXML_VERSION < 21200
    if (!memchr(bytes, '\0', length)) {
        xmlChar *text = memcpy(wmem_alloc(pool, (size_t)length + 1), bytes, length);
        xmlParserCtxt *ctxt = xmlNewParserCtxt();
        xmlParserInput *input;

        text[length] = '\0';
        input = ctxt ? xmlNewStringInputStream(ctxt, text) : NULL;
        if (!input || inputPush(ctxt, input) < 0) { /* which frees what it does not take */
            xmlFreeParserCtxt(ctxt);
            return NULL;
        }
        return ctxt;
    }
#endif
    (void)pool;
    return xmlCreateMemoryParserCtxt((const char *)bytes, (int)length);
}

/* Byte offset of the parser in a memory input that is not converted: 2.9 may move the buffer. */
static inline unsigned long libxml2_offset(const xmlParserCtxt *ctxt)
{
    const xmlParserInput *input = ctxt->input;

    return input ? input->consumed + (unsigned long)(input->cur - input->base) : 0;
}

/* Name space declarations in scope, two entries for each before 2.12. 2.14 calls the field deprecated and has
 * nothing in its place. */
static inline int libxml2_namespaces(const xmlParserCtxt *ctxt)
{
#ifdef __GNUC__ /* clang says that, too */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
    return LIBXML_VERSION < 21200 ? ctxt->nsNr / 2 : ctxt->nsNr;
#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif
}

/* Takes the input for UTF-8: before 2.14 a set encoding name keeps the parser from guessing another one out
 * of the first four bytes; later versions learn it from the switch. */
static inline void libxml2_force_utf8(xmlParserCtxt *ctxt)
{
    xmlSwitchEncoding(ctxt, XML_CHAR_ENCODING_UTF8);
#if LIBXML_VERSION < 21400
    if (!ctxt->encoding) {
        ctxt->encoding = xmlStrdup((const xmlChar *)"UTF-8");
    }
#endif
}

/* An entity that is replaced by nothing. Of the predefined kind, since those are taken as they are. */
static inline xmlEntity libxml2_empty_entity(void)
{
    static const xmlChar nothing[] = "";

    return (xmlEntity){
        .type = XML_ENTITY_DECL,
        .name = nothing,
        .content = (xmlChar *)nothing,
        .etype = XML_INTERNAL_PREDEFINED_ENTITY,
    };
}

/* For a reference to what is no character 2.14 gives that to text, or U+FFFD, having called it an error. */
#define LIBXML2_GIVES_VOID_REFERENCES (LIBXML_VERSION >= 21400)

/* Whether the parser is in an attribute's value, where before 2.13 an empty entity would become a NUL. Later
 * versions do not tell, and need not. */
static inline bool libxml2_in_attribute(const xmlParserCtxt *ctxt)
{
#if LIBXML_VERSION < 21300
    return ctxt->instate == XML_PARSER_ATTRIBUTE_VALUE;
#else
    (void)ctxt;
    return false;
#endif
}

#endif
