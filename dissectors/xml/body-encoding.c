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
    const char *alias; /* lower case, IANA character set registry, and what else people write */
    const char *name;  /* as iconv knows it; NULL: UTF-8 or a part of it */
} encoding_t;

/* GB 2312 and its relatives are read as what everybody sends under their names. */
static const encoding_t encodings[] = {
    { "utf-8", NULL },
    { "utf8", NULL },
    { "unicode-1-1-utf-8", NULL },
    { "us-ascii", NULL },
    { "ascii", NULL },
    { "ansi_x3.4-1968", NULL },
    { "iso646-us", NULL },
    { "utf-16", "UTF-16BE" },
    { "utf-16be", "UTF-16BE" },
    { "utf-16le", "UTF-16LE" },
    { "iso-8859-1", "ISO-8859-1" },
    { "iso_8859-1", "ISO-8859-1" },
    { "iso8859-1", "ISO-8859-1" },
    { "latin1", "ISO-8859-1" },
    { "iso-8859-2", "ISO-8859-2" },
    { "iso_8859-2", "ISO-8859-2" },
    { "iso8859-2", "ISO-8859-2" },
    { "latin2", "ISO-8859-2" },
    { "iso-8859-3", "ISO-8859-3" },
    { "iso_8859-3", "ISO-8859-3" },
    { "iso8859-3", "ISO-8859-3" },
    { "latin3", "ISO-8859-3" },
    { "iso-8859-4", "ISO-8859-4" },
    { "iso_8859-4", "ISO-8859-4" },
    { "iso8859-4", "ISO-8859-4" },
    { "latin4", "ISO-8859-4" },
    { "iso-8859-5", "ISO-8859-5" },
    { "iso_8859-5", "ISO-8859-5" },
    { "iso8859-5", "ISO-8859-5" },
    { "iso-8859-6", "ISO-8859-6" },
    { "iso_8859-6", "ISO-8859-6" },
    { "iso8859-6", "ISO-8859-6" },
    { "iso-8859-7", "ISO-8859-7" },
    { "iso_8859-7", "ISO-8859-7" },
    { "iso8859-7", "ISO-8859-7" },
    { "iso-8859-8", "ISO-8859-8" },
    { "iso_8859-8", "ISO-8859-8" },
    { "iso8859-8", "ISO-8859-8" },
    { "iso-8859-9", "ISO-8859-9" },
    { "iso_8859-9", "ISO-8859-9" },
    { "iso8859-9", "ISO-8859-9" },
    { "latin5", "ISO-8859-9" },
    { "iso-8859-10", "ISO-8859-10" },
    { "iso_8859-10", "ISO-8859-10" },
    { "iso8859-10", "ISO-8859-10" },
    { "latin6", "ISO-8859-10" },
    { "iso-8859-11", "ISO-8859-11" },
    { "iso_8859-11", "ISO-8859-11" },
    { "iso8859-11", "ISO-8859-11" },
    { "iso-8859-13", "ISO-8859-13" },
    { "iso_8859-13", "ISO-8859-13" },
    { "iso8859-13", "ISO-8859-13" },
    { "latin7", "ISO-8859-13" },
    { "iso-8859-14", "ISO-8859-14" },
    { "iso_8859-14", "ISO-8859-14" },
    { "iso8859-14", "ISO-8859-14" },
    { "latin8", "ISO-8859-14" },
    { "iso-8859-15", "ISO-8859-15" },
    { "iso_8859-15", "ISO-8859-15" },
    { "iso8859-15", "ISO-8859-15" },
    { "latin-9", "ISO-8859-15" },
    { "iso-8859-16", "ISO-8859-16" },
    { "iso_8859-16", "ISO-8859-16" },
    { "iso8859-16", "ISO-8859-16" },
    { "latin10", "ISO-8859-16" },
    { "latin9", "ISO-8859-15" },
    { "l1", "ISO-8859-1" },
    { "cyrillic", "ISO-8859-5" },
    { "arabic", "ISO-8859-6" },
    { "greek", "ISO-8859-7" },
    { "hebrew", "ISO-8859-8" },
    { "iso-8859-8-i", "ISO-8859-8" },
    { "windows-874", "CP874" },
    { "cp874", "CP874" },
    { "windows-1250", "WINDOWS-1250" },
    { "cp1250", "WINDOWS-1250" },
    { "windows-1251", "WINDOWS-1251" },
    { "cp1251", "WINDOWS-1251" },
    { "windows-1252", "WINDOWS-1252" },
    { "cp1252", "WINDOWS-1252" },
    { "windows-1253", "WINDOWS-1253" },
    { "cp1253", "WINDOWS-1253" },
    { "windows-1254", "WINDOWS-1254" },
    { "cp1254", "WINDOWS-1254" },
    { "windows-1255", "WINDOWS-1255" },
    { "cp1255", "WINDOWS-1255" },
    { "windows-1256", "WINDOWS-1256" },
    { "cp1256", "WINDOWS-1256" },
    { "windows-1257", "WINDOWS-1257" },
    { "cp1257", "WINDOWS-1257" },
    { "windows-1258", "WINDOWS-1258" },
    { "cp1258", "WINDOWS-1258" },
    { "ibm437", "IBM437" },
    { "cp437", "IBM437" },
    { "ibm850", "IBM850" },
    { "cp850", "IBM850" },
    { "ibm852", "IBM852" },
    { "cp852", "IBM852" },
    { "ibm855", "IBM855" },
    { "cp855", "IBM855" },
    { "ibm857", "IBM857" },
    { "cp857", "IBM857" },
    { "ibm860", "IBM860" },
    { "cp860", "IBM860" },
    { "ibm861", "IBM861" },
    { "cp861", "IBM861" },
    { "ibm862", "IBM862" },
    { "cp862", "IBM862" },
    { "ibm863", "IBM863" },
    { "cp863", "IBM863" },
    { "ibm864", "IBM864" },
    { "cp864", "IBM864" },
    { "ibm865", "IBM865" },
    { "cp865", "IBM865" },
    { "ibm866", "IBM866" },
    { "cp866", "IBM866" },
    { "ibm869", "IBM869" },
    { "cp869", "IBM869" },
    { "koi8-r", "KOI8-R" },
    { "koi8-u", "KOI8-U" },
    { "tis-620", "TIS-620" },
    { "macintosh", "MACINTOSH" },
    { "mac", "MACINTOSH" },
    { "x-mac-roman", "MACINTOSH" },
    { "viscii", "VISCII" },
    { "tcvn", "TCVN" },
    { "gbk", "GBK" },
    { "cp936", "GBK" },
    { "windows-936", "GBK" },
    { "gb2312", "GBK" },
    { "csgb2312", "GBK" },
    { "gb_2312-80", "GBK" },
    { "euc-cn", "GBK" },
    { "gb18030", "GB18030" },
    { "big5", "BIG5" },
    { "csbig5", "BIG5" },
    { "cp950", "CP950" },
    { "big5-hkscs", "BIG5-HKSCS" },
    { "euc-tw", "EUC-TW" },
    { "shift_jis", "SHIFT_JIS" },
    { "shift-jis", "SHIFT_JIS" },
    { "sjis", "SHIFT_JIS" },
    { "x-sjis", "SHIFT_JIS" },
    { "ms_kanji", "SHIFT_JIS" },
    { "csshiftjis", "SHIFT_JIS" },
    { "windows-31j", "CP932" },
    { "cp932", "CP932" },
    { "euc-jp", "EUC-JP" },
    { "x-euc-jp", "EUC-JP" },
    { "iso-2022-jp", "ISO-2022-JP" },
    { "euc-kr", "EUC-KR" },
    { "ks_c_5601-1987", "CP949" },
    { "ksc5601", "CP949" },
    { "cp949", "CP949" },
    { "windows-949", "CP949" },
    { "uhc", "CP949" },
    { "johab", "JOHAB" },
    { "iso-2022-kr", "ISO-2022-KR" },
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

/* |text| as UTF-8, whatever it is: its bytes stay where they are, those beyond ASCII are '?' if they are
 * none. */
static void pass_as_utf8(wmem_allocator_t *pool, body_text_t *text)
{
    uint8_t *copy;

    if (text->length == 0 || g_utf8_validate_len((const char *)text->bytes, text->length, NULL)) {
        return;
    }
    copy = wmem_memdup(pool, text->bytes, text->length);
    for (size_t i = 0; i < text->length; i++) {
        copy[i] = copy[i] < 0x80 ? copy[i] : '?';
    }
    text->bytes = copy;
}

/* The encoding in an XML declaration (XML 1.0 §4.3.3), in |pool|; NULL without one. */
static char *declared_encoding(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    size_t n_blanks = 0;
    char declaration[256];
    size_t n;
    char *end, *at, *stop;

    while (n_blanks < length && g_ascii_isspace(bytes[n_blanks])) { /* an error, but no reason to guess */
        n_blanks++;
    }
    n = MIN(length - n_blanks, sizeof declaration - 1);
    if (n > 0) {
        memcpy(declaration, bytes + n_blanks, n);
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
        pass_as_utf8(pool, &text);
    } else if (encoding && encoding->name) {
        convert(pool, &text, encoding->name);
    }
    return text;
}
