/* statistics.h
 * Listings, counts and response times of what was seen (-z and the Statistics menu), and the export of LTKMs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLUGIN_STATISTICS_H
#define PLUGIN_STATISTICS_H

/* At hand-off, when all protocols are registered. */
void statistics_handoff(void);

#endif
