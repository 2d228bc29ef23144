/* mbms-sniff.h
 * Whether a body could be ours, for media types that others own too.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MBMS_SNIFF_H
#define MBMS_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the body |bytes|, in any encoding that body_text() finds without help, looks like XML whose root
 * could be one of ours and begins in the first 512 characters (or, if |any_ltkm|, which has an LTKM element
 * anywhere). */
bool mbms_looks_like_ours(const uint8_t *bytes, size_t length, bool any_ltkm);

#endif
