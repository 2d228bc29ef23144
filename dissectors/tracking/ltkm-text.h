/* ltkm-text.h
 * What a message is, in one line: for the Info column and the item's label.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LTKM_TEXT_H
#define LTKM_TEXT_H

#include "tracking/ltkms.h"

/* "LTKM b8709d/68c9:0001 counter 42, verification requested", in |pool|. */
char *ltkm_summary(wmem_allocator_t *pool, const mikey_message_t *message, const tracked_message_t *tracked);

#endif
