/* mbms-sniff.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-sniff.h"

#include <string.h>

#include "bcast/bcast-content.h"
#include "mbms/mbms-document.h"
#include "xml/body-encoding.h"

enum { MAX_CHARACTERS = 512, MAX_BYTES = 2 * MAX_CHARACTERS /* UTF-16 */, GLANCE = 64 };

static bool is_name_character(uint8_t c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || c >= 0x80;
}

/* Whether what starts at |at| is the local name of a start tag: behind '<', or a prefix of one. */
static bool begins_tag(const uint8_t *text, size_t at)
{
    if (at > 0 && text[at - 1] == ':') {
        at--;
        while (at > 0 && is_name_character(text[at - 1])) {
            at--;
        }
    }
    return at > 0 && text[at - 1] == '<';
}

static bool ends_name(const uint8_t *text, size_t at, size_t length)
{
    return at == length || (!is_name_character(text[at]) && text[at] != ':');
}

/* Whether a start tag in |text| has the local name |name|. No letter is looked at more than three times: a
 * prefix ends where the name before it does. */
static bool has_start_tag(const uint8_t *text, size_t length, const char *name)
{
    size_t n = strlen(name);

    for (size_t at = 0; length - at >= n; at++) {
        const uint8_t *found = memchr(text + at, name[0], length - at - n + 1);

        if (!found) {
            break;
        }
        at = (size_t)(found - text);
        if (memcmp(found, name, n) == 0 && ends_name(text, at + n, length) && begins_tag(text, at)) {
            return true;
        }
    }
    return false;
}

/* The bytes of the first MAX_CHARACTERS characters of UTF-8. */
static size_t cut_to_characters(const uint8_t *text, size_t length)
{
    size_t n_characters = 0;

    for (size_t i = 0; i < length; i++) {
        n_characters += (text[i] & 0xc0) != 0x80;
        if (n_characters > MAX_CHARACTERS) {
            return i;
        }
    }
    return length;
}

static bool has_text(const uint8_t *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);
    const uint8_t *at = text, *end = text + length;

    while (at && (size_t)(end - at) >= n && memcmp(at, wanted, n) != 0) {
        at = memchr(at + 1, wanted[0], (size_t)(end - at - 1));
    }
    return at && (size_t)(end - at) >= n;
}

/* What the first characters of a body hold. */
typedef struct {
    bool root;      /* a start tag of one of our documents */
    bool namespace; /* BCAST's */
} beginning_t;

static beginning_t read_beginning(wmem_allocator_t *scratch, const uint8_t *bytes, size_t length)
{
    body_text_t text = body_text(scratch, bytes, length < MAX_BYTES ? length : MAX_BYTES, NULL);
    size_t size = cut_to_characters(text.bytes, text.length);
    beginning_t beginning = { false, size > 0 && has_text(text.bytes, size, BCAST_NAMESPACE) };

    for (const mbms_known_name_t *root = mbms_roots; root->name && !beginning.root; root++) {
        beginning.root = has_start_tag(text.bytes, size, root->name);
    }
    return beginning;
}

static bool has_ltkm(wmem_allocator_t *scratch, const uint8_t *bytes, size_t length)
{
    body_text_t text = body_text(scratch, bytes, length, NULL);

    return has_start_tag(text.bytes, text.length, "LTKM");
}

bool mbms_looks_like_ours(const uint8_t *bytes, size_t length, bool any_ltkm)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    beginning_t beginning = read_beginning(scratch, bytes, length);
    bool ours = beginning.root || ((any_ltkm || beginning.namespace) && has_ltkm(scratch, bytes, length));

    wmem_destroy_allocator(scratch);
    return ours;
}

/* ---- a glance --------------------------------------------------------------------------------------- */

/* White space, and what is in byte order marks and between the characters of UTF-16. Nearly all bodies begin
 * with a letter or sign of ASCII, of which none is. */
static bool is_passed_over(uint8_t byte)
{
    static const uint8_t bytes[] = " \t\r\n\xef\xbb\xbf\xfe\xff"; /* and the zero at its end */
    bool is_ascii_sign = byte > ' ' && byte < 0x80;

    return !is_ascii_sign && memchr(bytes, byte, sizeof bytes);
}

/* The first byte that is not passed over; |length| if it is far away. */
static size_t skip_beginning(const uint8_t *bytes, size_t length)
{
    size_t end = length < GLANCE ? length : GLANCE;
    size_t at = 0;

    while (at < end && is_passed_over(bytes[at])) {
        at++;
    }
    return at < end ? at : length;
}

bool mbms_begins_as_xml(const uint8_t *bytes, size_t length)
{
    size_t at = skip_beginning(bytes, length);

    return at < length && bytes[at] == '<';
}

/* Version 1 and one of the data types 0, 1 and 6 are "AQ" and the upper bits of a third digit. */
bool mbms_begins_as_message(const uint8_t *bytes, size_t length)
{
    size_t at = skip_beginning(bytes, length);

    return length - at >= 3 && bytes[at] == 'A' && bytes[at + 1] == 'Q' &&
           memchr("ABCDEFGHYZab", bytes[at + 2], 12);
}
