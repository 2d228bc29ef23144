/* preferences.h
 * What people switch.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLUGIN_PREFERENCES_H
#define PLUGIN_PREFERENCES_H

/* At registration, when the protocols are registered. */
void preferences_register(void);

#endif
