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
 * could be one of ours and begins in the first 512 characters. Where |any_ltkm|, or where the name space of
 * BCAST's order queries stands in those (a ServiceResponse), an LTKM element anywhere is enough. */
bool mbms_looks_like_ours(const uint8_t *bytes, size_t length, bool any_ltkm);

/* A glance at the first bytes, for types that anything comes under: whether they can begin XML (blanks and
 * byte order marks, then '<', in UTF-8 or UTF-16), or the base64 text of a MIKEY message of ours. */
bool mbms_begins_as_xml(const uint8_t *bytes, size_t length);
bool mbms_begins_as_message(const uint8_t *bytes, size_t length);

#endif
