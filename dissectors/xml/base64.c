/* base64.c
 * GLib's decoder skips what it does not know; this one says where the text stops being base64.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/base64.h"

#include <string.h>

#include <glib.h>

/* What a character means: the value of a digit; white space; padding; nothing; '-' and '_', the digits 62 and
 * 63 of base64url. All but digits are negative. */
enum { WS = -1, PP = -2, NO = -3, U2 = -4, U3 = -5 };

#define NOT_BASE64 "not a base64 character"

/* clang-format off */
static const int8_t meanings[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, WS, WS, NO, NO, WS, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    WS, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, U2, NO, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, PP, NO, NO,
    NO,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, U3,
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
/* clang-format on */

/* The text as far as it is read, and the bytes that came of it. */
typedef struct {
    const uint8_t *text;
    size_t length;
    size_t at;
    uint8_t *bytes;
    size_t n_bytes;
    size_t n_digits;
    size_t n_padding;
    uint32_t bits; /* of the digits; those of the last four matter */
    int last;      /* digit */
    size_t last_at;
    const char *slip; /* the first thing that is wrong and could be read; NULL: none */
    size_t slip_at;
} decoder_t;

static base64_t fail(const char *problem, size_t offset)
{
    return (base64_t){ .problem = problem, .bad_offset = (uint32_t)offset };
}

/* The 24 bits of four digits; more bits are set where one of them is no digit. */
static uint32_t group_value(const uint8_t *text)
{
    return (uint32_t)meanings[text[0]] << 18 | (uint32_t)meanings[text[1]] << 12 |
           (uint32_t)meanings[text[2]] << 6 | (uint32_t)meanings[text[3]];
}

/* Whole groups of four digits with nothing between them, which is nearly all of a text. */
static void decode_groups(decoder_t *decoder)
{
    const uint8_t *text = decoder->text + decoder->at;
    uint8_t *bytes = decoder->bytes + decoder->n_bytes;
    size_t n_groups = (decoder->length - decoder->at) / 4;
    size_t n = 0;

    for (; n < n_groups; n++, text += 4, bytes += 3) {
        uint32_t value = group_value(text);
        uint32_t stored = GUINT32_TO_BE(value << 8);

        if (value >> 24) {
            break;
        }
        memcpy(bytes, &stored, sizeof stored); /* one byte too many, which there is room for */
    }
    decoder->at += 4 * n; /* every bit of a group is used: |last| may stay as it is */
    decoder->n_bytes += 3 * n;
    decoder->n_digits += 4 * n;
}

static void add_digit(decoder_t *decoder, int value)
{
    decoder->bits = decoder->bits << 6 | (uint32_t)value;
    decoder->last = value;
    decoder->last_at = decoder->at;
    if (decoder->n_digits++ % 4 != 0) {
        decoder->bytes[decoder->n_bytes++] =
            (uint8_t)(decoder->bits >> (2 * (3 - (decoder->n_digits - 1) % 4)));
    }
}

static void note_slip(decoder_t *decoder, const char *slip, size_t at)
{
    if (!decoder->slip) {
        decoder->slip = slip;
        decoder->slip_at = at;
    }
}

/* Takes the character at hand; gives the problem with it, or NULL. */
static const char *decode_character(decoder_t *decoder)
{
    int meaning = meanings[decoder->text[decoder->at]];

    switch (meaning) {
    case WS:
        return NULL;
    case NO:
        return NOT_BASE64;
    case PP:
        if (decoder->n_digits % 4 < 2 || ++decoder->n_padding > 4 - decoder->n_digits % 4) {
            return "padding where none may stand";
        }
        return NULL;
    default:
        if (decoder->n_padding > 0) {
            return meaning < 0 ? NOT_BASE64 : "a character after the padding";
        }
        if (meaning < 0) {
            note_slip(decoder, NOT_BASE64, decoder->at);
            meaning = meaning == U2 ? 62 : 63;
        }
        add_digit(decoder, meaning);
        return NULL;
    }
}

/* What is read; not valid where there was a slip. */
static base64_t result_of(const decoder_t *decoder)
{
    return (base64_t){
        .valid = !decoder->slip,
        .problem = decoder->slip,
        .bad_offset = (uint32_t)decoder->slip_at,
        .lenient = decoder->slip != NULL,
        .bytes = decoder->n_bytes > 0 ? decoder->bytes : NULL,
        .length = (uint32_t)decoder->n_bytes,
    };
}

/* Whether the text may end here. */
static base64_t check_end(decoder_t *decoder)
{
    static const int unused_bits[4] = { 0, 0x3f, 0x0f, 0x03 };
    size_t in_group = decoder->n_digits % 4;

    if (in_group == 1) {
        return decoder->slip ? fail(decoder->slip, decoder->slip_at)
                             : fail("a single character is left over", decoder->length);
    }
    if ((in_group + decoder->n_padding) % 4 != 0) {
        note_slip(decoder, "padding is missing", decoder->length);
    } else if ((decoder->last & unused_bits[in_group]) != 0) {
        note_slip(decoder, "bits set that padding leaves unused", decoder->last_at);
    }
    return result_of(decoder);
}

base64_t base64_decode(wmem_allocator_t *pool, const char *text, size_t length)
{
    decoder_t decoder = {
        .text = (const uint8_t *)text,
        .length = length,
        .bytes = wmem_alloc(pool, length / 4 * 3 + 3),
        .last_at = length,
    };

    for (; decoder.at < length; decoder.at++) {
        const char *problem;

        if (decoder.n_digits % 4 == 0 && decoder.n_padding == 0) {
            decode_groups(&decoder);
            if (decoder.at == length) {
                break;
            }
        }
        problem = decode_character(&decoder);
        if (problem) {
            return decoder.slip ? fail(decoder.slip, decoder.slip_at) : fail(problem, decoder.at);
        }
    }
    return check_end(&decoder);
}
