/* body-encoding.c
 * Which encodings are known is a table: names out of a packet never reach iconv, which would look for modules
 * of such names in the file system.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/body-encoding.h"

#include <string.h>

#include <glib.h>

typedef struct {
    const char *alias; /* lower case, IANA character set registry */
    const char *name;  /* as iconv knows it; NULL: UTF-8 or a part of it */
} encoding_t;

static const encoding_t encodings[] = {
    { "utf-8", NULL },
    { "utf8", NULL },
    { "us-ascii", NULL },
    { "ascii", NULL },
    { "utf-16", "UTF-16BE" }, /* without a byte order mark: RFC 2781 §4.3 */
    { "utf-16be", "UTF-16BE" },
    { "utf-16le", "UTF-16LE" },
    { "iso-8859-1", "ISO-8859-1" },
    { "iso_8859-1", "ISO-8859-1" },
    { "latin1", "ISO-8859-1" },
    { "iso-8859-2", "ISO-8859-2" },
    { "iso-8859-15", "ISO-8859-15" },
    { "windows-1252", "WINDOWS-1252" },
};

typedef struct {
    const char *bytes;
    size_t length;
    const char *name; /* NULL: UTF-8 */
} mark_t;

static const mark_t marks[] = {
    { "\xef\xbb\xbf", 3, NULL },
    { "\xfe\xff", 2, "UTF-16BE" },
    { "\xff\xfe", 2, "UTF-16LE" },
};

static const mark_t *find_mark(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (length >= marks[i].length && memcmp(bytes, marks[i].bytes, marks[i].length) == 0) {
            return &marks[i];
        }
    }
    return NULL;
}

/* UTF-16 without a mark shows by the zero byte of its first letter, which is a blank or '<'; NULL for other
 * text. */
static const char *encoding_of_letters(const uint8_t *bytes, size_t length)
{
    if (length < 2 || (bytes[0] != 0) == (bytes[1] != 0)) {
        return NULL;
    }
    return bytes[0] == 0 ? "UTF-16BE" : "UTF-16LE";
}

static const encoding_t *find_encoding(const char *alias)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++) {
        if (g_ascii_strcasecmp(alias, encodings[i].alias) == 0) {
            return &encodings[i];
        }
    }
    return NULL;
}

/* The encoding in an XML declaration (XML 1.0 §4.3.3), in |pool|; NULL without one. */
static char *declared_encoding(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    char declaration[256];
    size_t n = length < sizeof declaration - 1 ? length : sizeof declaration - 1;
    char *end, *at, *stop;

    if (n > 0) {
        memcpy(declaration, bytes, n);
    }
    declaration[n] = '\0';
    end = strstr(declaration, "?>");
    if (strncmp(declaration, "<?xml", 5) != 0 || !strchr(" \t\r\n", declaration[5]) || !end) {
        return NULL;
    }
    *end = '\0';
    at = strstr(declaration, "encoding");
    at = at ? strpbrk(at, "'\"") : NULL;
    stop = at ? strchr(at + 1, *at) : NULL;
    return stop ? wmem_strndup(pool, at + 1, (size_t)(stop - at - 1)) : NULL;
}

static void convert(wmem_allocator_t *pool, body_text_t *text, const char *name)
{
    size_t n_read = 0, n_written = 0;
    char *utf8;

    text->converted = true;
    text->name = name;
    if (text->length == 0) {
        return;
    }
    utf8 =
        g_convert((const char *)text->bytes, (gssize)text->length, "UTF-8", name, &n_read, &n_written, NULL);
    if (!utf8) { /* once more, up to the offence */
        text->incomplete = true;
        text->bad_offset = n_read;
        utf8 = g_convert((const char *)text->bytes, (gssize)n_read, "UTF-8", name, NULL, &n_written, NULL);
    } else if (n_read < text->length) { /* half a character at the end */
        text->incomplete = true;
        text->bad_offset = n_read;
    }
    text->bytes = utf8 ? wmem_memdup(pool, utf8, n_written) : NULL;
    text->length = utf8 ? n_written : 0;
    g_free(utf8);
}

body_text_t body_text(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, const char *charset)
{
    body_text_t text = { .bytes = bytes, .length = length, .name = "UTF-8" };
    const mark_t *mark = find_mark(bytes, length);
    const char *letters = encoding_of_letters(bytes, length);
    const char *name = charset ? charset : declared_encoding(pool, bytes, length);
    const encoding_t *encoding = name ? find_encoding(name) : NULL;

    if (mark && mark->name) {
        text.bytes += mark->length;
        text.length -= mark->length;
        convert(pool, &text, mark->name);
        text.bad_offset += mark->length;
    } else if (mark) {
        return text;
    } else if (letters) {
        convert(pool, &text, letters); /* it can be nothing else, whatever it is said to be */
    } else if (name && (!encoding || g_strcmp0(encoding->name, "UTF-16BE") == 0 ||
                        g_strcmp0(encoding->name, "UTF-16LE") == 0)) {
        text.unknown = name; /* or UTF-16 by name alone, which the first letters deny */
    } else if (encoding && encoding->name) {
        convert(pool, &text, encoding->name);
    }
    return text;
}
