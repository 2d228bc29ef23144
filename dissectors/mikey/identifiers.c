/* identifiers.c
 * The host name in IDi (a NAI, a URI or a NAF-ID) and the PLMN identity in a Key Domain ID: RFC 1123 §2.1,
 * RFC 3986 §3, TS 33.220 Annex H, TS 24.008 §10.5.1.3.
 *
 *   IDi              [scheme ":"] ["//"] [user "@"] host name [":" port] ["/" …]
 *   IDi, NAF-ID      host name | Ua security protocol identifier 5
 *   Key Domain ID    MCC digit 2, MCC digit 1 | MNC digit 3 or F, MCC digit 3 | MNC digit 2, MNC digit 1
 *                    (a byte each, high nibble named first)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/identifiers.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define HOST_NAME_MAX_SIZE  253
#define HOST_LABEL_MAX_SIZE 63

static bool is_printable(uint8_t byte)
{
    return byte > ' ' && byte < 0x7f;
}

static bool is_one_of(uint8_t byte, const char *set)
{
    return byte != 0 && strchr(set, byte);
}

/* End of the text that begins an identity: the binary protocol identifier of a NAF-ID may hold any byte, so
 * what marks a scheme or a user part is looked for only before it. */
static size_t text_end(const uint8_t *bytes, size_t length)
{
    size_t end = 0;

    while (end < length && is_printable(bytes[end])) {
        end++;
    }
    return end;
}

/* Where the authority of a URI, or the name behind a scheme alone ("sip:host"), begins; else 0. A colon
 * before nothing but digits announces a port, not the rest of a URI. */
static size_t scheme_end(const uint8_t *bytes, size_t end)
{
    size_t colon = 0;
    size_t digits;

    for (size_t i = 0; i + 1 < end; i++) {
        if (bytes[i] == '/' && bytes[i + 1] == '/') {
            return i + 2;
        }
    }
    while (colon < end && (g_ascii_isalnum(bytes[colon]) || is_one_of(bytes[colon], "+-."))) {
        colon++;
    }
    if (colon == 0 || colon == end || bytes[colon] != ':') {
        return 0;
    }
    digits = colon + 1;
    while (digits < end && g_ascii_isdigit(bytes[digits])) {
        digits++;
    }
    return digits == end || is_one_of(bytes[digits], "/?#") ? 0 : colon + 1;
}

static size_t user_end(const uint8_t *bytes, size_t start, size_t end)
{
    size_t host = start;

    for (size_t i = start; i < end && !is_one_of(bytes[i], "/?#"); i++) {
        if (bytes[i] == '@') {
            host = i + 1;
        }
    }
    return host;
}

/* End of the label that begins at |start|; |start| if none does. */
static size_t label_end(const uint8_t *bytes, size_t start, size_t end)
{
    size_t i = start;

    while (i < end && (g_ascii_isalnum(bytes[i]) || bytes[i] == '-')) {
        i++;
    }
    if (i == start || i - start > HOST_LABEL_MAX_SIZE || bytes[start] == '-' || bytes[i - 1] == '-') {
        return start;
    }
    return i;
}

/* Length of the host name at |start|, without the root's dot; 0 if the labels do not reach to where a host
 * name may end: part of a name would name another host. */
static size_t host_length(const uint8_t *bytes, size_t start, size_t end)
{
    size_t name_end = label_end(bytes, start, end);
    size_t next = name_end;

    while (next > start && next < end && bytes[next] == '.') {
        size_t label = next + 1;

        name_end = next;
        next = label_end(bytes, label, end);
        if (next == label) {
            break;
        }
        name_end = next;
    }
    if (name_end - start > HOST_NAME_MAX_SIZE || (next < end && !is_one_of(bytes[next], ":/?#;"))) {
        return 0;
    }
    return name_end - start;
}

naf_host_t naf_host_find(const uint8_t *bytes, size_t length)
{
    naf_host_t host = { 0, 0, false };
    size_t end = text_end(bytes, length);
    size_t start = user_end(bytes, scheme_end(bytes, end), end);
    size_t name_length = host_length(bytes, start, end);

    if (name_length == 0) {
        return host;
    }
    host.offset = (uint32_t)start;
    host.length = (uint32_t)name_length;
    start += name_length;
    host.has_ua_protocol = length - start == UA_PROTOCOL_ID_SIZE && bytes[start] == 0x01;
    return host;
}

const char *ua_protocol_name(const uint8_t *bytes)
{
    static const struct {
        uint8_t id[UA_PROTOCOL_ID_SIZE];
        const char *name;
    } table[] = {
        { { 0x01, 0x00, 0x00, 0x00, 0x01 }, "MBMS security (TS 33.246)" },
        { { 0x01, 0x00, 0x00, 0x00, 0x02 }, "HTTP digest authentication (TS 24.109)" },
        { { 0x01, 0x00, 0x00, 0x00, 0x03 }, "HTTP-based MBMS security (TS 26.237)" },
        { { 0x01, 0x00, 0x00, 0x00, 0x04 }, "SIP-based MBMS security (TS 26.237)" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        if (memcmp(table[i].id, bytes, UA_PROTOCOL_ID_SIZE) == 0) {
            return table[i].name;
        }
    }
    return NULL;
}

bool key_domain_plmn(const uint8_t *bytes, size_t length, char text[KEY_DOMAIN_TEXT_SIZE])
{
    unsigned digit[6]; /* MCC 1, 2, 3, MNC 1, 2, 3 */
    bool two_digit_mnc;

    text[0] = '\0';
    if (length != 3) {
        return false;
    }
    digit[0] = bytes[0] & 0x0f;
    digit[1] = bytes[0] >> 4;
    digit[2] = bytes[1] & 0x0f;
    digit[3] = bytes[2] & 0x0f;
    digit[4] = bytes[2] >> 4;
    digit[5] = bytes[1] >> 4;
    two_digit_mnc = digit[5] == 0x0f;
    for (size_t i = 0; i < (two_digit_mnc ? 5 : 6); i++) {
        if (digit[i] > 9) {
            return false;
        }
    }
    snprintf(text, KEY_DOMAIN_TEXT_SIZE, "MCC %u%u%u, MNC %u%u", digit[0], digit[1], digit[2], digit[3],
             digit[4]);
    if (!two_digit_mnc) {
        snprintf(text + strlen(text), KEY_DOMAIN_TEXT_SIZE - strlen(text), "%u", digit[5]);
    }
    return true;
}
