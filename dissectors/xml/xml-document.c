/* xml-document.c
 * XML bodies by libxml2's SAX2 parser into elements with byte ranges (W3C XML 1.0, Namespaces in XML 1.0).
 *
 * libxml2 runs to its end before anybody looks at the result: no Wireshark exception ever crosses its frames.
 * It reports neither where a tag starts nor which end tag it took for which element; both are read from the
 * bytes around the parser's position:
 *
 *     <bcast:LTKM version="0">AQAV…</bcast:LTKM>
 *     ^start                 ^cur   ^end tag   ^cur in endElementNs
 *                            in startElementNs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/xml-document.h"

#include <string.h>

#include "xml/libxml2-compat.h"
#include "xml/xml-blank.h"
#include "xml/xml-scan.h"

/* A string of libxml2's dictionary, and its copy in the pool. */
typedef struct {
    const xmlChar *name;
    const char *copy;
} name_t;

/* Documents of ours have a dozen names: to look through these is quicker than a map. */
enum { FEW_NAMES = 16 };

typedef struct {
    wmem_allocator_t *pool;
    const uint8_t *bytes;
    uint32_t length;
    bool cut_ahead;  /* the bytes were cut before libxml2 saw them */
    bool guesses;    /* an element was recovered */
    bool ends_early; /* an error at the very end: said already */
    bool late_mark;  /* a byte order mark stands behind the start: said already */
    xmlParserCtxt *ctxt;
    xmlEntity empty_entity; /* what unknown entities are in text */
    xml_document_t *document;
    xml_element_t *current; /* innermost open element; its ancestors are open too */
    uint32_t depth;
    name_t few_names[FEW_NAMES]; /* the first ones */
    uint32_t n_names;
    wmem_map_t *more_names;  /* of libxml2's dictionary -> copy in the pool; NULL: there are not so many */
    const xmlChar *last_uri; /* most elements have the name space of the one before */
    const char *last_ns;
    char *text;
    uint32_t text_length, text_size;
} parser_t;

static uint32_t current_offset(const parser_t *parser)
{
    unsigned long offset = libxml2_offset(parser->ctxt);

    return offset < parser->length ? (uint32_t)offset : parser->length;
}

static void cut_input(parser_t *parser, xml_cut_t reason, uint32_t offset)
{
    parser->document->cut = reason;
    parser->document->cut_offset = offset;
    xmlStopParser(parser->ctxt);
}

static void keep_name(parser_t *parser, const xmlChar *name, const char *copy)
{
    if (parser->n_names < FEW_NAMES) {
        parser->few_names[parser->n_names] = (name_t){ name, copy };
    } else {
        if (!parser->more_names) {
            parser->more_names = wmem_map_new(parser->pool, g_direct_hash, g_direct_equal);
        }
        wmem_map_insert(parser->more_names, name, (void *)copy);
    }
    parser->n_names++;
}

/* A copy of a string of libxml2's dictionary, where equal strings have one address; "" for NULL. */
static const char *intern(parser_t *parser, const xmlChar *name)
{
    uint32_t n_few = MIN(parser->n_names, FEW_NAMES);
    const char *copy;

    if (!name) {
        return "";
    }
    for (uint32_t i = 0; i < n_few; i++) {
        if (parser->few_names[i].name == name) {
            return parser->few_names[i].copy;
        }
    }
    copy = parser->more_names ? wmem_map_lookup(parser->more_names, name) : NULL;
    if (!copy) {
        copy = scan_copy(parser->pool, (const char *)name, strlen((const char *)name));
        keep_name(parser, name, copy);
    }
    return copy;
}

static const char *intern_namespace(parser_t *parser, const xmlChar *uri)
{
    if (!parser->last_ns || uri != parser->last_uri) {
        parser->last_uri = uri;
        parser->last_ns = intern(parser, uri);
    }
    return parser->last_ns;
}

/* ---- tree ------------------------------------------------------------------------------------------- */

static void append_child(xml_element_t *parent, xml_element_t *child)
{
    child->parent = parent;
    child->next = NULL;
    if (parent->last_child) {
        parent->last_child->next = child;
    } else {
        parent->first_child = child;
    }
    parent->last_child = child;
}

static bool has_same_name(const xml_element_t *a, const xml_element_t *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->ns, b->ns) == 0;
}

static bool has_blank_text(const parser_t *parser, const xml_element_t *element)
{
    for (uint32_t i = 0; i < element->text_length; i++) {
        if (!scan_is_blank((uint8_t)parser->text[element->text_start + i])) {
            return false;
        }
    }
    return true;
}

/* An element that lost its end tag has swallowed what follows it. Gives back to the parent, as siblings: the
 * children from the first one of the same name on; all of them where text stands before (a leaf). */
static void hoist_swallowed(const parser_t *parser, xml_element_t *element)
{
    bool leaf = !has_blank_text(parser, element);
    xml_element_t *before = NULL;
    xml_element_t *child = element->first_child;

    while (child && !leaf && !has_same_name(child, element)) {
        before = child;
        child = child->next;
    }
    if (!child || !element->parent) {
        return;
    }
    element->range.end = element->content.end = child->range.start;
    element->last_child = before;
    if (before) {
        before->next = NULL;
    } else {
        element->first_child = NULL;
    }
    while (child) {
        xml_element_t *next = child->next;

        append_child(element->parent, child);
        child = next;
    }
}

/* Closes the innermost element before |end_tag|, the first byte that is no longer its content. */
static void close_recovered(parser_t *parser, uint32_t end_tag)
{
    xml_element_t *element = parser->current;

    element->recovered = parser->guesses = true;
    element->content.end = element->range.end = end_tag;
    hoist_swallowed(parser, element);
    parser->current = element->parent;
    parser->depth--;
}

/* libxml2 gives the attributes in the order of the tag, so that one walk over the tag finds all values. */
static void add_attributes(parser_t *parser, xml_element_t *element, int n,
                           const xmlChar **libxml2_attributes)
{
    xml_attribute_t **link = &element->attributes;
    uint32_t at = scan_name_end(parser->bytes, element->range.start + 1, element->content.start);

    for (int i = 0; i < n; i++) {
        const xmlChar **in = libxml2_attributes + 5 * i; /* local name, prefix, URI, value, end of value */
        xml_attribute_t *attribute = wmem_new0(parser->pool, xml_attribute_t);
        xml_range_t name, value;

        attribute->name = intern(parser, in[0]);
        attribute->ns = intern(parser, in[2]);
        attribute->value = scan_copy(parser->pool, (const char *)in[3], (size_t)(in[4] - in[3]));
        attribute->range = element->range;
        while (scan_attribute(parser->bytes, &at, element->content.start, &name, &value)) {
            if (!scan_sees(parser->bytes, name.start, name.end, "xmlns:") &&
                scan_is_local_name(parser->bytes, name, attribute->name)) {
                attribute->range = value;
                break;
            }
        }
        *link = attribute;
        link = &attribute->next;
    }
}

/* ---- SAX2 callbacks --------------------------------------------------------------------------------- */

/* After an error 2.9 drops even the predefined entities (&amp;), unless told that all is well. */
static parser_t *enter_callback(void *data)
{
    parser_t *parser = data;

    parser->ctxt->wellFormed = 1;
    return parser;
}

static void open_element(parser_t *parser, xml_element_t *element)
{
    if (parser->current) {
        append_child(parser->current, element);
    } else {
        parser->document->root = element;
    }
    parser->current = element;
    parser->depth++;
    parser->document->n_elements++;
    if (parser->depth > parser->document->max_depth) {
        parser->document->max_depth = parser->depth;
    }
}

/* Only once all of a start tag is read: stopping libxml2 frees the input that its attributes point into. */
static void check_names(parser_t *parser, uint32_t at)
{
    if (parser->n_names > XML_MAX_NAMES) {
        cut_input(parser, XML_CUT_NAMES, at);
    }
}

static xml_cut_t limit_reached(const parser_t *parser)
{
    return parser->document->n_elements >= XML_MAX_ELEMENTS        ? XML_CUT_ELEMENTS
           : parser->depth >= XML_MAX_DEPTH                        ? XML_CUT_DEPTH
           : libxml2_namespaces(parser->ctxt) > XML_MAX_NAMESPACES ? XML_CUT_NAMESPACES
                                                                   : XML_NOT_CUT;
}

static void on_start_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                             int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
                             const xmlChar **attributes)
{
    parser_t *parser = enter_callback(data);
    uint32_t at = current_offset(parser);
    xml_cut_t limit = limit_reached(parser);
    xml_element_t *element;
    uint32_t end;

    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (!parser->current && parser->document->root) {
        return; /* a second root: libxml2 has said so */
    }
    if (limit != XML_NOT_CUT) {
        cut_input(parser, limit, scan_tag_start(parser->bytes, at));
        return;
    }
    element = wmem_new0(parser->pool, xml_element_t);
    element->name = intern(parser, name);
    element->ns = intern_namespace(parser, uri);
    element->range.start = scan_tag_start(parser->bytes, at);
    element->text_start = parser->text_length;
    end = scan_start_tag_end(parser->bytes, at, parser->length);
    element->content.start = element->content.end = element->range.end = end;
    if (n_attributes > 0) {
        add_attributes(parser, element, n_attributes, attributes);
    }
    open_element(parser, element);
    if (end == at) {
        close_recovered(parser, at); /* a start tag without end: libxml2 leaves the element at once */
    }
    check_names(parser, at);
}

/* Whether the tag name at |name| (prefix and all) is the one |element| was opened with. */
static bool opened_as(const parser_t *parser, const xml_element_t *element, xml_range_t name)
{
    uint32_t start = element->range.start + 1;
    uint32_t end = element->content.start;
    uint32_t length = name.end - name.start;

    return length <= end - start && memcmp(parser->bytes + start, parser->bytes + name.start, length) == 0 &&
           scan_name_end(parser->bytes, start + length, end) == start + length;
}

static void on_end_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    parser_t *parser = enter_callback(data);
    uint32_t end = current_offset(parser);
    uint32_t tag = scan_tag_start(parser->bytes, end);
    xml_range_t tag_name = { tag + 2, scan_name_end(parser->bytes, tag + 2, end) };
    xml_element_t *match = parser->current;

    (void)name, (void)prefix, (void)uri;
    if (!parser->current || parser->current->range.start == tag) { /* <empty/>: open_element() knew its end */
        if (parser->current) {
            parser->current = parser->current->parent;
            parser->depth--;
        }
        return;
    }
    while (match && !opened_as(parser, match, tag_name)) {
        match = match->parent;
    }
    if (!match) {
        close_recovered(parser, tag);
        return;
    }
    while (parser->current != match) {
        close_recovered(parser, tag);
    }
    match->content.end = tag;
    match->range.end = end;
    parser->current = match->parent;
    parser->depth--;
}

static void on_text(void *data, const xmlChar *text, int length)
{
    parser_t *parser = enter_callback(data);
    xml_element_t *element = parser->current;

    if (!element || element->first_child || length <= 0) {
        return;
    }
    if (LIBXML2_GIVES_VOID_REFERENCES && length <= 4 &&
        xml_is_void_reference(parser->bytes, current_offset(parser))) {
        return;
    }
    if ((uint32_t)length >
        parser->text_size - parser->text_length) { /* more than the bytes: a bad encoding */
        parser->text_size = 2 * parser->text_size + (uint32_t)length;
        parser->text = wmem_realloc(parser->pool, parser->text, parser->text_size);
    }
    memcpy(parser->text + parser->text_length, text, (size_t)length);
    parser->text_length += (uint32_t)length;
    element->text_length += (uint32_t)length;
}

/* Whether the error is only that the text ends where we cut it. */
static bool comes_of_cut(const parser_t *parser)
{
    return parser->document->cut != XML_NOT_CUT ||
           (parser->cut_ahead && libxml2_offset(parser->ctxt) >= parser->length);
}

static void add_error(parser_t *parser, const char *message)
{
    xml_document_t *document = parser->document;
    xml_error_t *kept;

    /* What ends too early lacks several things, and all for one reason. */
    if (current_offset(parser) == parser->length) {
        if (parser->ends_early) {
            return;
        }
        parser->ends_early = true;
    }
    if (document->n_errors < XML_MAX_ERRORS) {
        kept = &document->errors[document->n_errors];
        kept->offset = current_offset(parser);
        kept->message = g_strchomp(scan_copy(parser->pool, message, strlen(message)));
    }
    if (++document->n_errors > XML_MAX_ERRORS_COUNTED) {
        cut_input(parser, XML_CUT_ERRORS, current_offset(parser));
    }
}

/* "a:b:c" is a name of two prefixes to 2.9, of none to 2.14. */
static bool concerns_names(libxml2_error_t error)
{
    return error->code == XML_NS_ERR_UNDEFINED_NAMESPACE || error->code == XML_NS_ERR_QNAME;
}

static void on_error(void *data, libxml2_error_t error)
{
    parser_t *parser = data;

    if (!error || (error->level < XML_ERR_FATAL && !concerns_names(error)) ||
        (parser->document->has_doctype && error->code == XML_ERR_UNDECLARED_ENTITY) ||
        (parser->late_mark && error->code == XML_ERR_RESERVED_XML_NAME) || comes_of_cut(parser)) {
        return;
    }
    add_error(parser, error->message ? error->message : "unknown error");
}

/* Asked for all but the predefined entities. To text, an unknown one is given as empty and the error is told
 * here: were it libxml2's own, 2.9 would drop a predefined entity directly behind it. */
static xmlEntity *on_entity(void *data, const xmlChar *name)
{
    parser_t *parser = data;

    if (libxml2_in_attribute(parser->ctxt)) {
        return NULL;
    }
    if (!parser->document->has_doctype && !comes_of_cut(parser)) {
        add_error(parser, wmem_strdup_printf(parser->pool, "Entity '%.80s' not defined", (const char *)name));
    }
    return &parser->empty_entity;
}

/* Never reached while blank_doctype() sees what libxml2 sees; the second line of defence. */
static void on_doctype(void *data, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
    parser_t *parser = data;

    (void)name, (void)external_id, (void)system_id;
    parser->document->has_doctype = true;
    parser->document->doctype.end = current_offset(parser);
    parser->document->doctype.start = scan_tag_start(parser->bytes, parser->document->doctype.end);
    xmlStopParser(parser->ctxt);
}

static const xmlSAXHandler sax_handler = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_doctype,
    .getEntity = on_entity,
    .startElementNs = on_start_element,
    .endElementNs = on_end_element,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .serror = on_error,
};

/* ---- public ----------------------------------------------------------------------------------------- */

static void run_libxml2(parser_t *parser)
{
    xmlSAXHandler handler = sax_handler;
    xmlParserCtxt *ctxt = libxml2_context(parser->pool, parser->bytes, parser->length);

    if (!ctxt) {
        return; /* no memory */
    }
    xmlFree(ctxt->sax);
    ctxt->sax = &handler;
    ctxt->userData = parser;
    parser->ctxt = ctxt;
    xmlCtxtUseOptions(ctxt, XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_IGNORE_ENC);
    libxml2_force_utf8(ctxt);
    xmlParseDocument(ctxt);
    parser->document->reached_end =
        parser->document->cut == XML_NOT_CUT && libxml2_offset(ctxt) >= parser->length;
    while (parser->current) {
        close_recovered(parser, parser->length);
    }
    ctxt->sax = NULL;
    xmlFreeDoc(ctxt->myDoc);
    ctxt->myDoc = NULL;
    xmlFreeParserCtxt(ctxt);
}

xml_document_t *xml_document_parse(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    xml_document_t *document = wmem_new0(pool, xml_document_t);
    uint32_t size = (uint32_t)MIN(length, INT32_MAX);
    parser_t parser = { .pool = pool, .document = document, .empty_entity = libxml2_empty_entity() };

    document->text = "";
    if (size == 0) {
        return document;
    }
    bytes = blank_late_marks(pool, document, bytes, size);
    parser.late_mark = document->n_errors > 0;
    parser.bytes = blank_doctype(pool, document, bytes, size);
    parser.length = scan_bounded_length(parser.bytes, size);
    parser.cut_ahead = parser.length < size;
    parser.text_size = parser.length;
    parser.text = wmem_alloc(pool, parser.text_size);
    if (parser.length > 0) {
        run_libxml2(&parser);
    }
    if (parser.cut_ahead && document->cut == XML_NOT_CUT) {
        document->cut = XML_CUT_START_TAG;
        document->cut_offset = parser.length;
    }
    document->reached_end = document->reached_end && document->cut == XML_NOT_CUT;
    document->text = parser.text ? parser.text : "";
    if (parser.guesses) {
        xml_mark_guessed(document->root);
    }
    return document;
}
