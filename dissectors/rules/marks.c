/* marks.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/marks.h"

void marks_add(marks_t *marks, const rule_finding_t *findings)
{
    for (; findings; findings = findings->next) {
        uint8_t *level = &marks->levels[findings->number];

        *level = MAX(*level, findings->level);
        marks->found = true;
    }
}

static void append_level(wmem_strbuf_t *text, const marks_t *marks, rule_level_t level, const char **before)
{
    for (unsigned number = 0; number <= RULE_MAX_NUMBER; number++) {
        if (marks->levels[number] == level) {
            wmem_strbuf_append_printf(text, "%sR%u", *before, number);
            *before = " ";
        }
    }
}

const char *marks_append(wmem_allocator_t *pool, const char *text, const marks_t *marks)
{
    wmem_strbuf_t *marked;
    const char *before = " [";

    if (!marks->found && !marks->malformed && !marks->bad_mac) {
        return text;
    }
    marked = wmem_strbuf_new(pool, text);
    for (rule_level_t level = RULE_BREACH; level >= RULE_NOTE; level--) {
        append_level(marked, marks, level, &before);
    }
    wmem_strbuf_append(marked, before[1] ? "" : "]");
    wmem_strbuf_append(marked, marks->malformed ? " [malformed]" : "");
    wmem_strbuf_append(marked, marks->bad_mac ? " [bad MAC]" : "");
    return wmem_strbuf_get_str(marked);
}
