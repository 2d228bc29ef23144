/* xml-scan.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/xml-scan.h"

#include <string.h>

#include <glib.h>

bool scan_sees(const uint8_t *bytes, uint32_t at, uint32_t length, const char *text)
{
    size_t n = strlen(text);

    return length - at >= n && memcmp(bytes + at, text, n) == 0;
}

uint32_t scan_behind(const uint8_t *bytes, uint32_t at, uint32_t length, const char *mark)
{
    while (at < length) {
        const uint8_t *found = memchr(bytes + at, mark[0], length - at);

        if (!found) {
            break;
        }
        at = (uint32_t)(found - bytes);
        if (scan_sees(bytes, at, length, mark)) {
            return at + (uint32_t)strlen(mark);
        }
        at++;
    }
    return length;
}

/* Names and values are: that is seen eight bytes at a time. */
static bool is_ascii(const char *text, size_t length)
{
    uint64_t high = 0, eight;

    for (; length >= sizeof eight; text += sizeof eight, length -= sizeof eight) {
        memcpy(&eight, text, sizeof eight);
        high |= eight;
    }
    while (length-- > 0) {
        high |= (uint8_t)*text++;
    }
    return (high & 0x8080808080808080u) == 0;
}

char *scan_copy(wmem_allocator_t *pool, const char *text, size_t length)
{
    bool valid =
        (is_ascii(text, length) && !memchr(text, 0, length)) || g_utf8_validate(text, (gssize)length, NULL);
    char *made = valid ? NULL : g_utf8_make_valid(text, (gssize)length);
    size_t size = made ? strlen(made) : length;
    char *copy = wmem_alloc(pool, size + 1);

    memcpy(copy, made ? made : text, size);
    copy[size] = '\0';
    g_free(made);
    return copy;
}

/* ---- tags ------------------------------------------------------------------------------------------- */

uint32_t scan_tag_start(const uint8_t *bytes, uint32_t from)
{
    while (from > 0 && bytes[from - 1] != '<') {
        from--;
    }
    return from > 0 ? from - 1 : 0;
}

static const bool ends_name[256] = {
    [' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true,
    ['>'] = true, ['/'] = true,  ['='] = true,  ['<'] = true,
};

uint32_t scan_name_end(const uint8_t *bytes, uint32_t from, uint32_t end)
{
    while (from < end && !ends_name[bytes[from]]) {
        from++;
    }
    return from;
}

uint32_t scan_start_tag_end(const uint8_t *bytes, uint32_t at, uint32_t length)
{
    if (scan_sees(bytes, at, length, "/>")) {
        return at + 2;
    }
    return scan_sees(bytes, at, length, ">") ? at + 1 : at;
}

bool scan_attribute(const uint8_t *bytes, uint32_t *at, uint32_t end, xml_range_t *name, xml_range_t *value)
{
    uint32_t i = *at;
    uint8_t quote;

    while (i < end && scan_is_blank(bytes[i])) {
        i++;
    }
    name->start = i;
    name->end = i = scan_name_end(bytes, i, end);
    while (i < end && (scan_is_blank(bytes[i]) || bytes[i] == '=')) {
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

bool scan_is_local_name(const uint8_t *bytes, xml_range_t qname, const char *local)
{
    uint32_t length = (uint32_t)strlen(local);
    uint32_t start = qname.end - length;

    return qname.end - qname.start >= length && memcmp(bytes + start, local, length) == 0 &&
           (start == qname.start || bytes[start - 1] == ':');
}

/* ---- DOCTYPE ---------------------------------------------------------------------------------------- */

/* White space, comments and processing instructions, as they may stand before a DOCTYPE. */
static uint32_t skip_prolog(const uint8_t *bytes, uint32_t at, uint32_t length)
{
    while (at < length) {
        if (scan_is_blank(bytes[at])) {
            at++;
        } else if (scan_sees(bytes, at, length, "<?")) {
            at = scan_behind(bytes, at + 2, length, "?>");
        } else if (scan_sees(bytes, at, length, "<!--")) {
            at = scan_behind(bytes, at + 4, length, "-->");
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

            at = scan_behind(bytes, at + 1, length, quote);
        } else if (scan_sees(bytes, at, length, "<!--")) {
            at = scan_behind(bytes, at + 4, length, "-->");
        } else if (scan_sees(bytes, at, length, "<?")) {
            at = scan_behind(bytes, at + 2, length, "?>");
        } else if (bytes[at] == '>' && !in_subset) {
            return at + 1;
        } else {
            in_subset = bytes[at] == '[' || (in_subset && bytes[at] != ']');
            at++;
        }
    }
    return length;
}

bool scan_doctype(const uint8_t *bytes, uint32_t length, xml_range_t *doctype)
{
    uint32_t bom = scan_sees(bytes, 0, length, "\xef\xbb\xbf") ? 3 : 0;
    uint32_t start = skip_prolog(bytes, bom, length);

    if (!scan_sees(bytes, start, length, "<!DOCTYPE")) {
        return false;
    }
    *doctype = (xml_range_t){ start, doctype_end(bytes, start + 9, length) };
    return true;
}

/* ---- bounds ----------------------------------------------------------------------------------------- */

/* Whether the start tag from |start| is within the bounds. It goes up to its '>' or to |end|, a '<', quoted
 * or not, where libxml2 gives it up. */
static bool is_bounded(const uint8_t *bytes, uint32_t start, uint32_t end)
{
    uint32_t n_attributes = 0;
    uint8_t quote = 0;

    for (uint32_t at = start + 1; at < end; at++) {
        uint8_t c = bytes[at];

        if (at - start >= XML_MAX_START_TAG) {
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

/* Whether a start tag of that many bytes up to the next '<' cannot break a bound, whatever stands in it: one
 * byte an attribute is less than any takes. Nearly all tags are so short. */
static bool is_short(uint32_t size)
{
    return size <= XML_MAX_ATTRIBUTES;
}

static uint32_t find_tag(const uint8_t *bytes, uint32_t at, uint32_t length)
{
    const uint8_t *tag = at < length ? memchr(bytes + at, '<', length - at) : NULL;

    return tag ? (uint32_t)(tag - bytes) : length;
}

static bool is_start_tag(const uint8_t *bytes, uint32_t at, uint32_t length)
{
    return at + 1 >= length || (bytes[at + 1] != '!' && bytes[at + 1] != '?' && bytes[at + 1] != '/');
}

uint32_t scan_bounded_length(const uint8_t *bytes, uint32_t length)
{
    uint32_t next;

    for (uint32_t at = find_tag(bytes, 0, length); at < length; at = next) {
        next = find_tag(bytes, at + 1, length);
        if (!is_short(next - at) && is_start_tag(bytes, at, length) && !is_bounded(bytes, at, next)) {
            return at;
        }
    }
    return length;
}
