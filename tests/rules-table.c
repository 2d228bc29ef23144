/* rules-table.c
 * Prints the table of the judged rules as dissectors/rules/RULES.md has it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <stdio.h>
#include <string.h>

static void print_levels(const rule_t *rule)
{
    static const struct {
        char letter;
        rule_level_t level;
    } levels[] = { { 'B', RULE_BREACH }, { 'S', RULE_SUSPICIOUS }, { 'N', RULE_NOTE } };
    const char *separator = "";

    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        if (strchr(rule->levels, levels[i].letter)) {
            printf("%s%s", separator, rule_level_name(levels[i].level));
            separator = ", ";
        }
    }
}

static void print_judges(const rule_t *rule)
{
    const struct {
        bool there;
        const char *name;
    } judges[] = {
        { rule->document != NULL, "document" },
        { rule->delivered != NULL, "LTKM" },
        { rule->verification != NULL, "verification message" },
        { rule->message != NULL, "MIKEY message" },
        { rule->http != NULL, "HTTP message" },
        { rule->digest != NULL, "digest" },
        { rule->stkm != NULL, "STKM" },
        { rule->awaited != NULL, "what does not come" },
    };
    const char *separator = "";

    for (size_t i = 0; i < G_N_ELEMENTS(judges); i++) {
        if (judges[i].there) {
            printf("%s%s", separator, judges[i].name);
            separator = ", ";
        }
    }
}

int main(void)
{
    printf("| rule | clause | level | obligation | judged on | capture |\n");
    printf("|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < n_rules; i++) {
        const rule_t *rule = &rules[i];

        printf("| R%u | %s | ", rule->number, rule->clause);
        print_levels(rule);
        printf(" | %s | ", rule->text);
        print_judges(rule);
        printf(" | [r%02u](../../captures/rules/r%02u.pcap) |\n", rule->number, rule->number);
    }
    return 0;
}
