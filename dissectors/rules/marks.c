/* marks.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/marks.h"

#include <string.h>

#include "mikey/number-text.h"

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
    const uint8_t *at = marks->levels, *end = at + sizeof marks->levels;

    for (; (at = memchr(at, (int)level, (size_t)(end - at))); at++) {
        wmem_strbuf_append(text, *before);
        wmem_strbuf_append(text, "R");
        append_number(text, (uint32_t)(at - marks->levels));
        *before = " ";
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
