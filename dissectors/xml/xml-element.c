/* xml-element.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/xml-document.h"

#include <string.h>

#include "xml/xml-scan.h"

const char *xml_text(const xml_document_t *document, const xml_element_t *element, uint32_t *length)
{
    *length = element->text_length;
    return document->text + element->text_start;
}

char *xml_trimmed_text(wmem_allocator_t *pool, const xml_document_t *document, const xml_element_t *element)
{
    const char *text = document->text + element->text_start;
    uint32_t length = element->text_length;

    while (length > 0 && scan_is_blank((uint8_t)text[0])) {
        text++;
        length--;
    }
    while (length > 0 && scan_is_blank((uint8_t)text[length - 1])) {
        length--;
    }
    return scan_copy(pool, text, length);
}

xml_range_t xml_trimmed_range(const uint8_t *bytes, const xml_element_t *element)
{
    xml_range_t range = element->content;

    while (range.start < range.end && scan_is_blank(bytes[range.start])) {
        range.start++;
    }
    while (range.start < range.end && scan_is_blank(bytes[range.end - 1])) {
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
        if (scan_sees(bytes, at, end, predefined[i])) {
            return 1;
        }
    }
    if (!scan_sees(bytes, at, end, "&#")) {
        return 0;
    }
    hex = scan_sees(bytes, at, end, "&#x");
    for (at += hex ? 3 : 2; at < end && bytes[at] != ';' && code < 0x110000; at++) {
        code = hex ? 16 * code + (uint32_t)g_ascii_xdigit_value((char)bytes[at])
                   : 10 * code + (bytes[at] - (uint32_t)'0');
    }
    return character_length(code);
}

bool xml_is_void_reference(const uint8_t *bytes, uint32_t end)
{
    enum { LONGEST = 16 };
    uint32_t at = end;

    if (end == 0 || bytes[--at] != ';') {
        return false;
    }
    while (at > 0 && end - at < LONGEST && bytes[at - 1] != ';' && bytes[at] != '&') {
        at--;
    }
    return scan_sees(bytes, at, end, "&#") && reference_text_length(bytes, at, end) == 0;
}

uint32_t xml_text_position(const uint8_t *bytes, const xml_element_t *element, uint32_t text_offset)
{
    uint32_t at = element->content.start;
    uint32_t end = element->content.end;
    bool in_cdata = false;

    while (at < end) {
        uint32_t in_text = 1;
        uint32_t next = at + 1;

        if (in_cdata && scan_sees(bytes, at, end, "]]>")) {
            in_cdata = false;
            in_text = 0;
            next = at + 3;
        } else if (!in_cdata && scan_sees(bytes, at, end, "<![CDATA[")) {
            in_cdata = true;
            in_text = 0;
            next = at + 9;
        } else if (!in_cdata && scan_sees(bytes, at, end, "<!--")) {
            in_text = 0;
            next = scan_behind(bytes, at + 4, end, "-->");
        } else if (!in_cdata && scan_sees(bytes, at, end, "<?")) {
            in_text = 0;
            next = scan_behind(bytes, at + 2, end, "?>");
        } else if (!in_cdata && bytes[at] == '&') {
            in_text = reference_text_length(bytes, at, end);
            next = scan_behind(bytes, at, end, ";");
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

/* Elements come before what stands in them, so that one walk is enough. */
void xml_mark_guessed(xml_element_t *root)
{
    for (xml_element_t *element = root; element; element = xml_next_element(element)) {
        element->guessed = element->recovered || (element->parent && element->parent->guessed);
    }
}

const char *xml_cut_text(xml_cut_t cut)
{
    static const char *const texts[] = {
        [XML_NOT_CUT] = "",
        [XML_CUT_START_TAG] = "a start tag of more than 64 KiB or 256 attributes",
        [XML_CUT_NAMESPACES] = "more than 256 name space declarations in scope",
        [XML_CUT_ELEMENTS] = "more than 524288 elements",
        [XML_CUT_NAMES] = "more than 16384 different names",
        [XML_CUT_ERRORS] = "more than 4096 errors",
        [XML_CUT_DEPTH] = "elements nested more than 256 deep",
    };

    return texts[cut];
}
