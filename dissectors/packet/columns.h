/* columns.h
 * What all our dissectors do to columns, and how they end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "packet/compat.h"

/* Appends to the Info column, behind ", "; a blank that somebody left at its end goes. Ladder diagrams get
 * the |text|, which lives in pinfo->pool, too. */
void append_info(packet_info *pinfo, const char *text);

/* The same when all dissectors are done with the frame: fences bind nobody any more. */
void append_info_last(packet_info *pinfo, const char *text);

/* Throws where the capture, not the sender, cut |tvb|. */
void say_cut(tvbuff_t *tvb);

#endif
