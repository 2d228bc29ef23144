/* conversation-filter.h
 * Conversation Filter → MBMS terminal, in the menu Analyze and in that of a frame: everything of the terminal
 * of the frame that is selected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLUGIN_CONVERSATION_FILTER_H
#define PLUGIN_CONVERSATION_FILTER_H

/* Once, at registration. */
void conversation_filter_register(void);

#endif
