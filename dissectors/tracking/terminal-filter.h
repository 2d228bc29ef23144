/* terminal-filter.h
 * A display filter for everything of a terminal, under all the names that it had.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TERMINAL_FILTER_H
#define TERMINAL_FILTER_H

#include <glib.h>

#include "tracking/terminals.h"

/* Appends "mbms_sec.terminal == "…"" to |filter|, behind "||" where something stands there already. A name is
 * whatever the sender wrote: it is quoted so that it stays one value, whose bytes are those of the name. */
void terminal_filter_add_name(GString *filter, const char *name);

/* The same for the names of |terminal| under its B-TIDs, the newest first; with very many of them for those
 * around the one given. */
void terminal_filter_add(GString *filter, const terminal_t *terminal);

#endif
