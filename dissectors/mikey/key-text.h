/* key-text.h
 * Keys as people write them: hexadecimal digits, with blanks and colons anywhere between two bytes.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KEY_TEXT_H
#define KEY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_TEXT_PROBLEM_SIZE 80

/* Reads |text| into |bytes|, which has room for half as many bytes as the text has characters; |length|
 * becomes the number of bytes. False for anything else than one byte or more: |problem| then says what is
 * wrong and where, but not the digits. */
bool key_text_read(const char *text, uint8_t *bytes, size_t *length, char problem[KEY_TEXT_PROBLEM_SIZE]);

#endif
