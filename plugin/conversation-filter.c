/* conversation-filter.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/conversation-filter.h"

#include "packet/procedure-tree.h"

#include <epan/conversation_filter.h>

#include "tracking/terminal-filter.h"

static compat_bool_t shows_terminal(packet_info *pinfo COMPAT_CONVERSATION_DATA)
{
    return terminals_shown(pinfo) != NULL;
}

/* As many as a person would want to see in the filter line. */
enum { MAX_TERMINALS = 32 };

static char *build_filter(packet_info *pinfo COMPAT_CONVERSATION_DATA)
{
    const shown_terminal_t *shown = terminals_shown(pinfo);
    GString *filter = g_string_new(NULL);

    for (int i = 0; i < MAX_TERMINALS && shown; i++) {
        if (shown->terminal) {
            terminal_filter_add(filter, shown->terminal);
        } else {
            terminal_filter_add_name(filter, shown->name);
        }
        shown = shown->next;
    }
    return g_string_free(filter, FALSE);
}

void conversation_filter_register(void)
{
    compat_register_conversation_filter("mbms_sec", "MBMS terminal", shows_terminal, build_filter);
}
