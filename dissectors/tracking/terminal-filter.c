/* terminal-filter.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/terminal-filter.h"

#include <string.h>

/* The length of the character at |text| that can stand in a filter as it is; 0: its first byte cannot. Some
 * Wiresharks look for macros, "${name}", between quotes, too. */
static size_t plain_length(const char *text)
{
    gunichar character = g_utf8_get_char_validated(text, -1);

    if (character == (gunichar)-1 || character == (gunichar)-2 || !g_unichar_isprint(character) ||
        character == '$') {
        return 0;
    }
    return (size_t)(g_utf8_next_char(text) - text);
}

static void append_quoted(GString *filter, const char *text)
{
    g_string_append_c(filter, '"');
    while (*text) {
        size_t length = plain_length(text);

        if (*text == '"' || *text == '\\') {
            g_string_append_c(filter, '\\');
        }
        if (length > 0) {
            g_string_append_len(filter, text, (gssize)length);
        } else {
            g_string_append_printf(filter, "\\x%02x", (unsigned)(uint8_t)*text);
        }
        text += MAX(length, 1);
    }
    g_string_append_c(filter, '"');
}

void terminal_filter_add_name(GString *filter, const char *name)
{
    g_string_append_printf(filter, "%smbms_sec.terminal == ", filter->len > 0 ? " || " : "");
    append_quoted(filter, name);
}

/* More than terminal_newest() goes forward, so that the terminal that is asked for is always among them. */
enum { MAX_NAMES = 32 };

void terminal_filter_add(GString *filter, const terminal_t *terminal)
{
    const terminal_t *named = terminal_newest(terminal);

    for (int i = 0; i < MAX_NAMES && named; i++) {
        terminal_filter_add_name(filter, named->name);
        named = named->before;
    }
}
