/* file-scope.h
 * What lives as long as a capture file, and what a frame is to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FILE_SCOPE_H
#define FILE_SCOPE_H

#include <epan/conversation.h>

#include "packet/compat.h"
#include "tracking/capture.h"

/* Once, at registration: from then on every file that is opened has a capture_t. */
void file_scope_register(void);

/* All that is remembered of the file that is open. */
capture_t *file_capture(void);

/* The keys that were entered; they outlive files. */
key_ring_t *entered_keys(void);

/* The frame that is being dissected. */
moment_t moment_of(const packet_info *pinfo);

/* Tells the clock of the file that a frame was seen. First pass only. */
void file_scope_tick(const packet_info *pinfo);

/* What is remembered of |pinfo|'s connection, whose conversation may be NULL; NULL if there is nothing and
 * nothing is to be made. */
procedure_connection_t *connection_of(packet_info *pinfo, conversation_t *conversation, bool make);

/* Whether it may be worth while to ask for that of |pinfo|'s connection: false in next to no time where there
 * is none. */
bool connection_may_be_ours(const packet_info *pinfo);

#endif
