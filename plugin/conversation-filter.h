/* conversation-filter.h
 * View → Conversation Filter → MBMS terminal: everything of the terminal of the frame that is selected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLUGIN_CONVERSATION_FILTER_H
#define PLUGIN_CONVERSATION_FILTER_H

/* Once, at registration. */
void conversation_filter_register(void);

#endif
