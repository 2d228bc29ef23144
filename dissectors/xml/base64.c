/* base64.c
 * GLib's decoder skips what it does not know; this one says where the text stops being base64.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/base64.h"

enum { NOT_BASE64 = -1, WHITE_SPACE = -2, PADDING = -3 };

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    switch (c) {
    case '+':
        return 62;
    case '/':
        return 63;
    case '=':
        return PADDING;
    case ' ':
    case '\t':
    case '\n':
    case '\r':
        return WHITE_SPACE;
    default:
        return NOT_BASE64;
    }
}

static base64_t failed(const char *problem, size_t offset)
{
    return (base64_t){ .problem = problem, .bad_offset = (uint32_t)offset };
}

/* Whether the text may end after |n_digits|, the last one of value |last| at |last_at|, and |n_padding|
 * marks. */
static base64_t check_end(size_t length, size_t n_digits, size_t n_padding, int last, size_t last_at)
{
    static const int unused_bits[4] = { 0, 0x3f, 0x0f, 0x03 };
    size_t in_group = n_digits % 4;

    if ((in_group + n_padding) % 4 != 0) {
        return failed(in_group == 1 ? "a single character is left over" : "padding is missing", length);
    }
    if ((last & unused_bits[in_group]) != 0) {
        return failed("bits set that padding leaves unused", last_at);
    }
    return (base64_t){ .valid = true };
}

base64_t base64_decode(wmem_allocator_t *pool, const char *text, size_t length)
{
    uint8_t *bytes = wmem_alloc(pool, length / 4 * 3 + 3);
    size_t n_digits = 0, n_padding = 0, n_bytes = 0, last_at = length;
    uint32_t bits = 0;
    int last = 0;
    base64_t result;

    for (size_t i = 0; i < length; i++) {
        int value = digit_value(text[i]);

        if (value == WHITE_SPACE) {
            continue;
        }
        if (value == NOT_BASE64) {
            return failed("not a base64 character", i);
        }
        if (value == PADDING) {
            if (n_digits % 4 < 2 || ++n_padding > 4 - n_digits % 4) {
                return failed("padding where none may stand", i);
            }
            continue;
        }
        if (n_padding > 0) {
            return failed("a character after the padding", i);
        }
        bits = bits << 6 | (uint32_t)value;
        last = value;
        last_at = i;
        if (n_digits++ % 4 != 0) {
            bytes[n_bytes++] = (uint8_t)(bits >> (2 * (3 - (n_digits - 1) % 4)));
        }
    }
    result = check_end(length, n_digits, n_padding, last, last_at);
    if (result.valid && n_bytes > 0) {
        result.bytes = bytes;
        result.length = (uint32_t)n_bytes;
    }
    return result;
}
