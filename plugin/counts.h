/* counts.h
 * Counts of LTKMs and response times of procedures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLUGIN_COUNTS_H
#define PLUGIN_COUNTS_H

/* At hand-off. */
void counts_handoff(void);

#endif
