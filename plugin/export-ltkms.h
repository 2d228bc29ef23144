/* export-ltkms.h
 * File -> Export Objects -> LTKM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLUGIN_EXPORT_LTKMS_H
#define PLUGIN_EXPORT_LTKMS_H

/* At registration, when the protocol is registered. */
void export_ltkms_register(void);

#endif
