/* settings.h
 * What the user decided. plugin/preferences.c registers it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "packet/compat.h"

typedef struct {
    unsigned verification_timeout; /* seconds without a verification message before R53 */
    unsigned delivery_timeout;     /* seconds without the key, or the request, that is to come: R91, R69 */
    compat_bool_t show_xml_tree;   /* Wireshark's generic one, after ours */
} settings_t;

extern settings_t settings;

#endif
