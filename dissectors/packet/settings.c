/* settings.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/settings.h"

settings_t settings = { .verification_timeout = 10, .delivery_timeout = 60, .show_xml_tree = TRUE };
