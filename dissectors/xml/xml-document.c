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

typedef struct {
    wmem_allocator_t *pool;
    const uint8_t *bytes;
    uint32_t length;
    bool cut_ahead; /* the bytes were cut before libxml2 saw them */
    xmlParserCtxt *ctxt;
    xmlEntity empty_entity; /* what unknown entities are in text */
    xml_document_t *document;
    xml_element_t *current; /* innermost open element; its ancestors are open too */
    uint32_t depth;
    wmem_map_t *names; /* libxml2's dictionary string -> copy in the pool */
    char *text;
    uint32_t text_length;
    uint32_t text_size;
} parser_t;

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static uint32_t parser_offset(const parser_t *parser)
{
    unsigned long offset = libxml2_offset(parser->ctxt);

    return offset < parser->length ? (uint32_t)offset : parser->length;
}

static void parser_cut(parser_t *parser, xml_cut_t reason, uint32_t offset)
{
    parser->document->cut = reason;
    parser->document->cut_offset = offset;
    xmlStopParser(parser->ctxt);
}

/* A copy that is valid UTF-8: after an encoding error libxml2 lets bytes through as they are. */
static char *valid_copy(wmem_allocator_t *pool, const char *text, size_t length)
{
    char *valid, *copy;

    if (g_utf8_validate(text, (gssize)length, NULL)) {
        return wmem_strndup(pool, text, length);
    }
    valid = g_utf8_make_valid(text, (gssize)length);
    copy = wmem_strdup(pool, valid);
    g_free(valid);
    return copy;
}

/* A copy of a string of libxml2's dictionary, where equal strings have one address; "" for NULL. */
static const char *intern(parser_t *parser, const xmlChar *name)
{
    const char *copy;

    if (!name) {
        return "";
    }
    copy = wmem_map_lookup(parser->names, name);
    if (!copy) {
        copy = valid_copy(parser->pool, (const char *)name, strlen((const char *)name));
        wmem_map_insert(parser->names, name, (void *)copy);
        if (wmem_map_size(parser->names) > XML_MAX_NAMES) {
            parser_cut(parser, XML_CUT_NAMES, parser_offset(parser));
        }
    }
    return copy;
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

static bool same_name(const xml_element_t *a, const xml_element_t *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->ns, b->ns) == 0;
}

static bool text_is_blank(const parser_t *parser, const xml_element_t *element)
{
    for (uint32_t i = 0; i < element->text_length; i++) {
        if (!is_blank((uint8_t)parser->text[element->text_start + i])) {
            return false;
        }
    }
    return true;
}

/* An element that lost its end tag has swallowed what follows it. Gives back to the parent, as siblings: the
 * children from the first one of the same name on; all of them where text stands before (a leaf). */
static void hoist_swallowed(const parser_t *parser, xml_element_t *element)
{
    bool leaf = !text_is_blank(parser, element);
    xml_element_t *before = NULL;
    xml_element_t *child = element->first_child;

    while (child && !leaf && !same_name(child, element)) {
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

    element->recovered = true;
    element->content.end = element->range.end = end_tag;
    hoist_swallowed(parser, element);
    parser->current = element->parent;
    parser->depth--;
}

/* ---- bytes around a tag ----------------------------------------------------------------------------- */

static uint32_t find_tag_start(const parser_t *parser, uint32_t from)
{
    while (from > 0 && parser->bytes[from - 1] != '<') {
        from--;
    }
    return from > 0 ? from - 1 : 0;
}

static bool looking_at(const uint8_t *bytes, uint32_t at, uint32_t length, const char *text)
{
    size_t n = strlen(text);

    return length - at >= n && memcmp(bytes + at, text, n) == 0;
}

static bool ends_name(uint8_t c)
{
    return is_blank(c) || c == '>' || c == '/' || c == '=' || c == '<';
}

static uint32_t name_end(const uint8_t *bytes, uint32_t from, uint32_t end)
{
    while (from < end && !ends_name(bytes[from])) {
        from++;
    }
    return from;
}

/* Whether the tag name at |name| (prefix and all) is the one |element| was opened with. */
static bool opened_as(const parser_t *parser, const xml_element_t *element, xml_range_t name)
{
    uint32_t start = element->range.start + 1;
    uint32_t length = name.end - name.start;

    return name_end(parser->bytes, start, element->content.start) - start == length &&
           memcmp(parser->bytes + start, parser->bytes + name.start, length) == 0;
}

/* Behind the '>' or '/>' that libxml2 has found at |at|; |at| if it has found neither ('//>'). */
static uint32_t start_tag_end(const parser_t *parser, uint32_t at)
{
    if (looking_at(parser->bytes, at, parser->length, "/>")) {
        return at + 2;
    }
    return looking_at(parser->bytes, at, parser->length, ">") ? at + 1 : at;
}

/* Moves |at| to the next attribute of a start tag, up to |end|. Gives its name and value. */
static bool next_attribute(const uint8_t *bytes, uint32_t *at, uint32_t end, xml_range_t *name,
                           xml_range_t *value)
{
    uint32_t i = *at;
    uint8_t quote;

    while (i < end && is_blank(bytes[i])) {
        i++;
    }
    name->start = i;
    name->end = i = name_end(bytes, i, end);
    while (i < end && (is_blank(bytes[i]) || bytes[i] == '=')) {
        i++;
    }
    if (i >= end || (bytes[i] != '"' && bytes[i] != '\'')) {
        return false;
    }
    quote = bytes[i++];
    value->start = i;
    while (i < end && bytes[i] != quote) {
        i++;
    }
    value->end = i;
    *at = i < end ? i + 1 : end;
    return i < end;
}

static bool is_local_name(const uint8_t *bytes, xml_range_t qname, const char *local)
{
    uint32_t length = (uint32_t)strlen(local);
    uint32_t start = qname.end - length;

    return qname.end - qname.start >= length && memcmp(bytes + start, local, length) == 0 &&
           (start == qname.start || bytes[start - 1] == ':');
}

/* libxml2 gives the attributes in the order of the tag, so that one walk over the tag finds all values. */
static void add_attributes(parser_t *parser, xml_element_t *element, int n,
                           const xmlChar **libxml2_attributes)
{
    xml_attribute_t **link = &element->attributes;
    uint32_t at = name_end(parser->bytes, element->range.start + 1, element->content.start);

    for (int i = 0; i < n; i++) {
        const xmlChar **in = libxml2_attributes + 5 * i; /* local name, prefix, URI, value, end of value */
        xml_attribute_t *attribute = wmem_new0(parser->pool, xml_attribute_t);
        xml_range_t name, value;

        attribute->name = intern(parser, in[0]);
        attribute->ns = intern(parser, in[2]);
        attribute->value = valid_copy(parser->pool, (const char *)in[3], (size_t)(in[4] - in[3]));
        attribute->range = element->range;
        while (next_attribute(parser->bytes, &at, element->content.start, &name, &value)) {
            if (!looking_at(parser->bytes, name.start, name.end, "xmlns:") &&
                is_local_name(parser->bytes, name, attribute->name)) {
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
static parser_t *callback_parser(void *data)
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

static void on_start_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                             int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
                             const xmlChar **attributes)
{
    parser_t *parser = callback_parser(data);
    uint32_t at = parser_offset(parser);
    xml_element_t *element;
    uint32_t end;

    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (!parser->current && parser->document->root) {
        return; /* a second root: libxml2 has said so */
    }
    if (parser->document->n_elements >= XML_MAX_ELEMENTS) {
        parser_cut(parser, XML_CUT_ELEMENTS, find_tag_start(parser, at));
        return;
    }
    if (parser->depth >= XML_MAX_DEPTH) {
        parser_cut(parser, XML_CUT_DEPTH, find_tag_start(parser, at));
        return;
    }
    if (libxml2_namespaces(parser->ctxt) > 2 * XML_MAX_NAMESPACES) {
        parser_cut(parser, XML_CUT_NAMESPACES, find_tag_start(parser, at));
        return;
    }
    element = wmem_new0(parser->pool, xml_element_t);
    element->name = intern(parser, name);
    element->ns = intern(parser, uri);
    element->range.start = find_tag_start(parser, at);
    element->text_start = parser->text_length;
    end = start_tag_end(parser, at);
    element->content.start = element->content.end = element->range.end = end;
    add_attributes(parser, element, n_attributes, attributes);
    open_element(parser, element);
    if (end == at) {
        close_recovered(parser, at); /* a start tag without end: libxml2 leaves the element at once */
    }
}

static void on_end_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    parser_t *parser = callback_parser(data);
    uint32_t end = parser_offset(parser);
    uint32_t tag = find_tag_start(parser, end);
    xml_range_t tag_name = { tag + 2, name_end(parser->bytes, tag + 2, end) };
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
    parser_t *parser = callback_parser(data);
    xml_element_t *element = parser->current;

    if (!element || element->first_child || length <= 0) {
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

    if (document->n_errors < XML_MAX_ERRORS) {
        kept = &document->errors[document->n_errors];
        kept->offset = parser_offset(parser);
        kept->message = g_strchomp(valid_copy(parser->pool, message, strlen(message)));
    }
    if (++document->n_errors > XML_MAX_ERRORS_COUNTED) {
        parser_cut(parser, XML_CUT_ERRORS, parser_offset(parser));
    }
}

static void on_error(void *data, libxml2_error_t error)
{
    parser_t *parser = data;

    if (!error || (error->level < XML_ERR_FATAL && error->code != XML_NS_ERR_UNDEFINED_NAMESPACE) ||
        (parser->document->has_doctype && error->code == XML_ERR_UNDECLARED_ENTITY) || comes_of_cut(parser)) {
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
    parser->document->doctype.end = parser_offset(parser);
    parser->document->doctype.start = find_tag_start(parser, parser->document->doctype.end);
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

/* ---- before libxml2 --------------------------------------------------------------------------------- */

/* Behind the next |mark| from |at| on, |length| where there is none. */
static uint32_t skip_behind(const uint8_t *bytes, uint32_t at, uint32_t length, const char *mark)
{
    for (; at < length; at++) {
        if (bytes[at] == (uint8_t)mark[0] && looking_at(bytes, at, length, mark)) {
            return at + (uint32_t)strlen(mark);
        }
    }
    return length;
}

/* White space, comments and processing instructions, as they may stand before a DOCTYPE. */
static uint32_t skip_prolog(const uint8_t *bytes, uint32_t at, uint32_t length)
{
    while (at < length) {
        if (is_blank(bytes[at])) {
            at++;
        } else if (looking_at(bytes, at, length, "<?")) {
            at = skip_behind(bytes, at + 2, length, "?>");
        } else if (looking_at(bytes, at, length, "<!--")) {
            at = skip_behind(bytes, at + 4, length, "-->");
        } else {
            break;
        }
    }
    return at;
}

/* The end of a DOCTYPE that starts at |at|: past quoted literals, comments and the internal subset. */
static uint32_t doctype_end(const uint8_t *bytes, uint32_t at, uint32_t length)
{
    bool in_subset = false;

    while (at < length) {
        if (bytes[at] == '"' || bytes[at] == '\'') {
            const char quote[] = { (char)bytes[at], '\0' };

            at = skip_behind(bytes, at + 1, length, quote);
        } else if (looking_at(bytes, at, length, "<!--")) {
            at = skip_behind(bytes, at + 4, length, "-->");
        } else if (looking_at(bytes, at, length, "<?")) {
            at = skip_behind(bytes, at + 2, length, "?>");
        } else if (bytes[at] == '>' && !in_subset) {
            return at + 1;
        } else {
            in_subset = bytes[at] == '[' || (in_subset && bytes[at] != ']');
            at++;
        }
    }
    return length;
}

/* Overwrites a DOCTYPE by blanks, so that libxml2 declares nothing and all positions stay. Returns |bytes|,
 * or a changed copy in |pool|. */
static const uint8_t *blank_doctype(wmem_allocator_t *pool, xml_document_t *document, const uint8_t *bytes,
                                    uint32_t length)
{
    uint32_t bom = looking_at(bytes, 0, length, "\xef\xbb\xbf") ? 3 : 0;
    uint32_t start = skip_prolog(bytes, bom, length);
    uint8_t *copy;

    if (!looking_at(bytes, start, length, "<!DOCTYPE")) {
        return bytes;
    }
    document->has_doctype = true;
    document->doctype.start = start;
    document->doctype.end = doctype_end(bytes, start + 9, length);
    copy = wmem_memdup(pool, bytes, length);
    memset(copy + start, ' ', document->doctype.end - start);
    return copy;
}

/* The end of the start tag at |at|: behind its '>', or at a '<', quoted or not, where libxml2 gives it up.
 * False if it is too much for libxml2. */
static bool scan_start_tag(const uint8_t *bytes, uint32_t *at, uint32_t length)
{
    uint32_t start = *at;
    uint32_t n_attributes = 0;
    uint8_t quote = 0;

    for ((*at)++; *at < length && bytes[*at] != '<'; (*at)++) {
        uint8_t c = bytes[*at];

        if (*at - start >= XML_MAX_START_TAG) {
            return false;
        }

        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '>') {
            break;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '=' && ++n_attributes > XML_MAX_ATTRIBUTES) {
            return false;
        }
    }
    return true;
}

/* The bytes libxml2 may see: up to the first start tag over the bounds. */
static uint32_t bounded_length(xml_document_t *document, const uint8_t *bytes, uint32_t length)
{
    uint32_t at = 0;

    while (at < length) {
        const uint8_t *tag = memchr(bytes + at, '<', length - at);
        uint32_t start;

        if (!tag) {
            break;
        }
        start = at = (uint32_t)(tag - bytes);
        if (at + 1 < length && (tag[1] == '!' || tag[1] == '?' || tag[1] == '/')) {
            at += 2;
        } else if (!scan_start_tag(bytes, &at, length)) {
            document->cut = XML_CUT_START_TAG;
            document->cut_offset = start;
            return start;
        }
    }
    return length;
}

/* ---- public ----------------------------------------------------------------------------------------- */

static void run_libxml2(parser_t *parser)
{
    xmlSAXHandler handler = sax_handler;
    xmlParserCtxt *ctxt = xmlCreateMemoryParserCtxt((const char *)parser->bytes, (int)parser->length);

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
    uint32_t size = length < INT32_MAX ? (uint32_t)length : INT32_MAX;
    xml_cut_t cut;
    parser_t parser = { .pool = pool, .document = document, .empty_entity = libxml2_empty_entity() };

    document->text = "";
    if (size == 0) {
        return document;
    }
    parser.bytes = blank_doctype(pool, document, bytes, size);
    parser.length = bounded_length(document, parser.bytes, size);
    parser.names = wmem_map_new(pool, g_direct_hash, g_direct_equal);
    parser.text_size = parser.length;
    parser.text = wmem_alloc(pool, parser.text_size);
    cut = document->cut;
    parser.cut_ahead = cut != XML_NOT_CUT;
    document->cut = XML_NOT_CUT;
    if (parser.length > 0) {
        run_libxml2(&parser);
    }
    if (document->cut == XML_NOT_CUT) {
        document->cut = cut;
    }
    document->reached_end = document->reached_end && document->cut == XML_NOT_CUT;
    document->text = parser.text ? parser.text : "";
    return document;
}

const char *xml_text(const xml_document_t *document, const xml_element_t *element, uint32_t *length)
{
    *length = element->text_length;
    return document->text + element->text_start;
}

char *xml_trimmed_text(wmem_allocator_t *pool, const xml_document_t *document, const xml_element_t *element)
{
    const char *text = document->text + element->text_start;
    uint32_t length = element->text_length;

    while (length > 0 && is_blank((uint8_t)text[0])) {
        text++;
        length--;
    }
    while (length > 0 && is_blank((uint8_t)text[length - 1])) {
        length--;
    }
    return valid_copy(pool, text, length);
}

xml_range_t xml_trimmed_range(const uint8_t *bytes, const xml_element_t *element)
{
    xml_range_t range = element->content;

    while (range.start < range.end && is_blank(bytes[range.start])) {
        range.start++;
    }
    while (range.start < range.end && is_blank(bytes[range.end - 1])) {
        range.end--;
    }
    return range;
}

/* Bytes of UTF-8 for a character; 0 for what is none (XML 1.0 §2.2). */
static uint32_t character_length(uint32_t code)
{
    if (code < 0x20
            ? code != '\t' && code != '\n' && code != '\r'
            : (code >= 0xD800 && code < 0xE000) || code == 0xFFFE || code == 0xFFFF || code >= 0x110000) {
        return 0;
    }
    return code >= 0x10000 ? 4 : code >= 0x800 ? 3 : code >= 0x80 ? 2 : 1;
}

/* Bytes of text that the reference at |at| stands for: none for an entity that is not declared, or for what
 * is no character. */
static uint32_t reference_text_length(const uint8_t *bytes, uint32_t at, uint32_t end)
{
    static const char *const predefined[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&apos;" };
    uint32_t code = 0;
    bool hex;

    for (size_t i = 0; i < G_N_ELEMENTS(predefined); i++) {
        if (looking_at(bytes, at, end, predefined[i])) {
            return 1;
        }
    }
    if (!looking_at(bytes, at, end, "&#")) {
        return 0;
    }
    hex = looking_at(bytes, at, end, "&#x");
    for (at += hex ? 3 : 2; at < end && bytes[at] != ';' && code < 0x110000; at++) {
        code = hex ? 16 * code + (uint32_t)g_ascii_xdigit_value((char)bytes[at])
                   : 10 * code + (bytes[at] - (uint32_t)'0');
    }
    return character_length(code);
}

uint32_t xml_text_position(const uint8_t *bytes, const xml_element_t *element, uint32_t text_offset)
{
    uint32_t at = element->content.start;
    uint32_t end = element->content.end;
    bool in_cdata = false;

    while (at < end) {
        uint32_t in_text = 1;
        uint32_t next = at + 1;

        if (in_cdata && looking_at(bytes, at, end, "]]>")) {
            in_cdata = false;
            in_text = 0, next = at + 3;
        } else if (!in_cdata && looking_at(bytes, at, end, "<![CDATA[")) {
            in_cdata = true;
            in_text = 0, next = at + 9;
        } else if (!in_cdata && looking_at(bytes, at, end, "<!--")) {
            in_text = 0, next = skip_behind(bytes, at + 4, end, "-->");
        } else if (!in_cdata && looking_at(bytes, at, end, "<?")) {
            in_text = 0, next = skip_behind(bytes, at + 2, end, "?>");
        } else if (!in_cdata && bytes[at] == '&') {
            in_text = reference_text_length(bytes, at, end);
            next = skip_behind(bytes, at, end, ";");
        } else if (bytes[at] == '\r' && at + 1 < end && bytes[at + 1] == '\n') {
            next = at + 2; /* one line feed in the text (XML 1.0 §2.11) */
        }
        if (text_offset < in_text) {
            return at;
        }
        text_offset -= in_text;
        at = next;
    }
    return end;
}

xml_element_t *xml_next_element(const xml_element_t *element)
{
    if (element->first_child) {
        return element->first_child;
    }
    while (element && !element->next) {
        element = element->parent;
    }
    return element ? element->next : NULL;
}

const xml_attribute_t *xml_attribute(const xml_element_t *element, const char *name)
{
    const xml_attribute_t *attribute = element->attributes;

    while (attribute && (strcmp(attribute->name, name) != 0 || attribute->ns[0] != '\0')) {
        attribute = attribute->next;
    }
    return attribute;
}
