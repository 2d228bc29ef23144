/* key-text.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/key-text.h"

#include <stdio.h>

#include <glib.h>

static bool is_separator(char character)
{
    return character == ':' || g_ascii_isspace(character);
}

bool key_text_read(const char *text, uint8_t *bytes, size_t *length, char problem[KEY_TEXT_PROBLEM_SIZE])
{
    size_t n_digits = 0;
    unsigned high = 0; /* waits for the other digit: there may be no room for half a byte */

    *length = 0;
    for (size_t at = 0; text[at] != '\0'; at++) {
        int digit = g_ascii_xdigit_value(text[at]);

        if (digit < 0 && (!is_separator(text[at]) || n_digits % 2)) {
            snprintf(problem, KEY_TEXT_PROBLEM_SIZE, "character %zu is %s", at + 1,
                     is_separator(text[at]) ? "in the middle of a byte" : "no hexadecimal digit");
            return false;
        }
        if (digit >= 0 && n_digits++ % 2 == 0) {
            high = (unsigned)digit << 4;
        } else if (digit >= 0) {
            bytes[(*length)++] = (uint8_t)(high | (unsigned)digit);
        }
    }
    if (n_digits == 0 || n_digits % 2) {
        snprintf(problem, KEY_TEXT_PROBLEM_SIZE,
                 n_digits ? "an odd number of hexadecimal digits (%zu)" : "it is empty", n_digits);
        return false;
    }
    return true;
}
