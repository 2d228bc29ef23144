/* quotes.h
 * Messages that ICMP errors quote.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QUOTES_H
#define QUOTES_H

#include "tracking/ltkms.h"

/* The LTKM or verification message, sent before, of which |quote| has the beginning: that of the same CSB ID,
 * T (where the quote goes that far), addresses and ports; of several the youngest. NULL: none. */
const tracked_message_t *quotes_find(const ltkms_t *ltkms, const tracked_message_t *quote);

#endif
