/* marks.h
 * What was found in a frame, in a few characters for the packet list.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MARKS_H
#define MARKS_H

#include "rules/rules.h"

/* Zeroed in the beginning. */
typedef struct {
    uint8_t levels[RULE_MAX_NUMBER + 1]; /* of each rule the highest that was found; 0: it was not */
    bool found;                          /* any */
    bool malformed;
    bool bad_mac;
} marks_t;

void marks_add(marks_t *marks, const rule_finding_t *findings);

/* |text| and the marks behind it, "… [R22 R27] [malformed]", breaches first; in |pool|, or |text| itself
 * where there are none. */
const char *marks_append(wmem_allocator_t *pool, const char *text, const marks_t *marks);

#endif
