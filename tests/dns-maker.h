/* dns-maker.h
 * DNS responses, made of a text: "bsm.example.org>b b=1 b=::2" has an alias, an A and an AAAA record. 1 is
 * 192.0.2.1, ::2 is 2001:db8::2; "!" in front says that the response is cut (TC).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_DNS_MAKER_H
#define TESTS_DNS_MAKER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

typedef struct {
    uint8_t bytes[8192];
    uint32_t length;
} dns_bytes_t;

static void dns_put(dns_bytes_t *out, const void *bytes, size_t length)
{
    memcpy(out->bytes + out->length, bytes, length);
    out->length += (uint32_t)length;
}

static void dns_put_number(dns_bytes_t *out, size_t number)
{
    out->bytes[out->length++] = (uint8_t)(number >> 8);
    out->bytes[out->length++] = (uint8_t)number;
}

static void dns_put_name(dns_bytes_t *out, const char *name)
{
    char **labels = g_strsplit(name, ".", -1);

    for (int i = 0; labels[i]; i++) {
        out->bytes[out->length++] = (uint8_t)strlen(labels[i]);
        dns_put(out, labels[i], strlen(labels[i]));
    }
    out->bytes[out->length++] = 0;
    g_strfreev(labels);
}

/* Type, class IN, a minute to live. */
static void dns_put_type(dns_bytes_t *out, unsigned type)
{
    dns_put_number(out, type);
    dns_put(out, "\0\1\0\0\0\x3c", 6);
}

static void dns_put_address(dns_bytes_t *out, const char *text)
{
    static const uint8_t four[3] = { 192, 0, 2 };
    static const uint8_t six[15] = { 0x20, 1, 0x0d, 0xb8 };
    size_t colons = strspn(text, ":");

    dns_put_type(out, colons ? 28 : 1);
    dns_put_number(out, colons ? 16 : 4);
    dns_put(out, colons ? six : four, colons ? sizeof six : sizeof four);
    out->bytes[out->length++] = (uint8_t)atoi(text + colons);
}

static void dns_put_alias(dns_bytes_t *out, const char *target)
{
    dns_put_type(out, 5);
    dns_put_number(out, strlen(target) + 2);
    dns_put_name(out, target);
}

static void dns_put_record(dns_bytes_t *out, char *text)
{
    char *sign = text + strcspn(text, "=>");
    bool alias = *sign == '>';

    *sign = '\0';
    dns_put_name(out, text);
    if (alias) {
        dns_put_alias(out, sign + 1);
    } else {
        dns_put_address(out, sign + 1);
    }
}

static inline void dns_make(dns_bytes_t *out, const char *text)
{
    bool cut = text[0] == '!';
    char **records = g_strsplit(text + cut, " ", -1);
    unsigned n = g_strv_length(records);

    out->length = 0;
    dns_put(out, cut ? "\0\1\x83\x80\0\0" : "\0\1\x81\x80\0\0", 6);
    dns_put_number(out, n);
    dns_put(out, "\0\0\0\0", 4);
    for (unsigned i = 0; i < n; i++) {
        dns_put_record(out, records[i]);
    }
    g_strfreev(records);
}

#endif
