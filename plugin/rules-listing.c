/* rules-listing.c
 * -z bcast,rules and the table "OMA BCAST rules": a row a rule and level that something was found of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/listing.h"

#include <stdio.h>

#include "packet/file-scope.h"
#include "packet/judgement.h"

enum { LISTED_COLUMNS = 5 }; /* the obligation is for the table alone: a line is 80 characters */

static stat_tap_table_item columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Rule", "%-5s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Level", "%-10s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Findings", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%11u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Clause", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Obligation", "%s" },
};

typedef struct {
    uint32_t count;
    uint32_t first_frame;
} count_t;

typedef count_t counts_t[RULE_MAX_NUMBER + 1][RULE_BREACH + 1];

typedef struct {
    const rule_t *rule;
    rule_level_t level;
    count_t count;
} row_t;

enum { MAX_ROWS = (RULE_MAX_NUMBER + 1) * RULE_BREACH };

/* ---- counting --------------------------------------------------------------------------------------- */

static void count_finding(counts_t counts, listed_finding_t finding)
{
    count_t *count = &counts[finding.number][finding.level];

    count->count += finding.count;
    count->first_frame = count->first_frame ? MIN(count->first_frame, finding.frame) : finding.frame;
}

static listed_finding_t listed(const rule_finding_t *finding, uint32_t frame)
{
    return (listed_finding_t){ frame, 1 + finding->omitted, finding->number, finding->level };
}

static void count_findings(counts_t counts, const rule_finding_t *finding, uint32_t frame)
{
    for (; finding; finding = finding->next) {
        count_finding(counts, listed(finding, frame));
    }
}

static void count_message(counts_t counts, const tracked_message_t *message, bool final)
{
    rule_findings_t findings = { .pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE) };

    judge_message(file_capture(), message, judgement_now(final), &findings);
    count_findings(counts, findings.first, message->frame);
    wmem_destroy_allocator(findings.pool);
}

/* A request that was answered 401 is not judged, but its digest is: that may be why. */
static void count_body(counts_t counts, const listed_body_t *listed, bool final)
{
    rule_findings_t findings = { .pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE) };

    if (listed->body && procedure_counts(listed->body->procedure)) {
        count_findings(counts, listed->body->findings, listed->frame);
        judge_awaited_keys(file_capture(), listed->body, judgement_now(final), &findings);
        count_findings(counts, findings.first, listed->frame);
    }
    count_findings(counts, listed->digest, listed->frame);
    wmem_destroy_allocator(findings.pool);
}

/* ---- the row ---------------------------------------------------------------------------------------- */

static void fill_row(const row_t *row, listing_row_t cells)
{
    char id[8];

    snprintf(id, sizeof id, "R%u", row->rule->number);
    cells[0] = listing_text(id);
    cells[0].user_data.uint_value = row->rule->number;
    cells[1] = listing_text(rule_level_name(row->level));
    cells[1].user_data.uint_value = row->level;
    cells[2] = listing_number(row->count.count);
    cells[3] = listing_number(row->count.first_frame);
    cells[4] = listing_text(row->rule->clause);
    cells[5] = listing_text(row->rule->text);
}

/* The rows of what was counted, by rules, the worst level of each first; gives how many there are. */
static unsigned list_rows(const counts_t counts, row_t rows[MAX_ROWS])
{
    unsigned n = 0;

    for (size_t i = 0; i < n_rules; i++) {
        for (rule_level_t level = RULE_BREACH; level >= RULE_NOTE; level--) {
            if (counts[rules[i].number][level].count) {
                rows[n++] = (row_t){ &rules[i], level, counts[rules[i].number][level] };
            }
        }
    }
    return n;
}

/* ---- -z bcast,rules --------------------------------------------------------------------------------- */

static void keep(collection_t *collection, const rule_finding_t *finding, uint32_t frame)
{
    for (; finding; finding = finding->next) {
        listed_finding_t kept = listed(finding, frame);

        g_array_append_val(collection->found, kept);
    }
}

static tap_packet_status collect(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                                 tap_flags_t flags _U_)
{
    collection_t *collection = tapdata;
    const bcast_tap_t *tapped = data;

    if (tapped->body || tapped->digest) {
        listed_body_t body = { pinfo->num, tapped->body, tapped->digest };

        g_array_append_val(collection->bodies, body);
    }
    for (const ltkm_t *ltkm = tapped->messages; ltkm; ltkm = ltkm->next) {
        g_array_append_val(collection->rows, ltkm->tracked);
        keep(collection, judge_form(pinfo, ltkm), pinfo->num);
    }
    keep(collection, tapped->findings, pinfo->num);
    return TAP_PACKET_REDRAW;
}

static void fill_listed(const void *rows, unsigned row, listing_row_t cells)
{
    fill_row((const row_t *)rows + row, cells);
}

/* How much there was to look at: nothing found in nothing says nothing. */
static void print_totals(const collection_t *collection, const row_t *rows, unsigned n_rows)
{
    uint32_t totals[RULE_BREACH + 1] = { 0 };
    unsigned n_documents = 0;

    for (unsigned i = 0; i < n_rows; i++) {
        totals[rows[i].level] += rows[i].count.count;
    }
    for (unsigned i = 0; i < collection->bodies->len; i++) {
        n_documents += g_array_index(collection->bodies, listed_body_t, i).body != NULL;
    }
    printf("Looked at: %u documents, %u messages\n", n_documents, collection->rows->len);
    printf("bcast rules: %u breaches, %u suspicious, %u notes\n", totals[RULE_BREACH],
           totals[RULE_SUSPICIOUS], totals[RULE_NOTE]);
}

static void draw(void *tapdata)
{
    const collection_t *collection = tapdata;
    counts_t counts = { { { 0, 0 } } };
    row_t rows[MAX_ROWS];
    unsigned n_rows;

    for (unsigned i = 0; i < collection->rows->len; i++) {
        count_message(counts, g_array_index(collection->rows, const tracked_message_t *, i), true);
    }
    for (unsigned i = 0; i < collection->bodies->len; i++) {
        count_body(counts, &g_array_index(collection->bodies, listed_body_t, i), true);
    }
    for (unsigned i = 0; i < collection->found->len; i++) {
        count_finding(counts, g_array_index(collection->found, listed_finding_t, i));
    }
    n_rows = list_rows(counts, rows);
    listing_begin("Rules broken or doubtful", collection);
    listing_print(columns, LISTED_COLUMNS, fill_listed, rows, n_rows);
    print_totals(collection, rows, n_rows);
    listing_end();
}

static COMPAT_STAT_TAP_INIT_RETURN start(const char *argument, void *userdata _U_)
{
    COMPAT_STAT_TAP_INIT_DONE(
        listing_listen("bcast", "bcast,rules", argument, sizeof(const tracked_message_t *), collect, draw));
}

/* ---- the table -------------------------------------------------------------------------------------- */

static bool is_row_of(stat_tap_table *table, unsigned row, const listing_row_t cells)
{
    return stat_tap_get_field_data(table, row, 0)->user_data.uint_value == cells[0].user_data.uint_value &&
           stat_tap_get_field_data(table, row, 1)->user_data.uint_value == cells[1].user_data.uint_value;
}

static void add_row(stat_tap_table *table, listing_row_t cells)
{
    unsigned row = 0;

    while (row < table->num_elements && !is_row_of(table, row, cells)) {
        row++;
    }
    if (row == table->num_elements) {
        listing_append_row(table, cells);
        return;
    }
    stat_tap_get_field_data(table, row, 2)->value.uint_value += cells[2].value.uint_value;
    for (size_t i = 0; i < array_length(columns); i++) {
        listing_free_item(table, row, 0, &cells[i]);
    }
}

/* That something did not come (R53, R63, R69, R91) is known when packets go by once more, as in Wireshark, or
 * in tshark with -2. */
static tap_packet_status add_to_table(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data, tap_flags_t flags _U_)
{
    const bcast_tap_t *tapped = data;
    listed_body_t listed = { pinfo->num, tapped->body, tapped->digest };
    counts_t counts = { { { 0, 0 } } };
    row_t rows[MAX_ROWS];

    count_body(counts, &listed, tapped->final);
    for (const ltkm_t *ltkm = tapped->messages; ltkm; ltkm = ltkm->next) {
        count_message(counts, ltkm->tracked, tapped->final);
        count_findings(counts, judge_form(pinfo, ltkm), pinfo->num);
    }
    count_findings(counts, tapped->findings, pinfo->num);
    for (unsigned i = 0, n = list_rows(counts, rows); i < n; i++) {
        listing_row_t cells = { { 0 } };

        fill_row(&rows[i], cells);
        add_row(listing_table(tapdata), cells);
    }
    return TAP_PACKET_REDRAW;
}

static void make_table(stat_tap_table_ui *ui)
{
    listing_make_table(ui, "Rules");
}

static stat_tap_ui list_ui = {
    COMPAT_STAT_GROUP_TELEPHONY, NULL, "bcast,rules", start, 1, listing_parameters
};

static stat_tap_table_ui table_ui = {
    .group = COMPAT_STAT_GROUP_TELEPHONY,
    .title = "OMA BCAST rules",
    .tap_name = "bcast",
    .cli_string = "bcast,table",
    .stat_tap_init_cb = make_table,
    .packet_func = add_to_table,
    .stat_tap_reset_table_cb = listing_reset_table,
    .stat_tap_free_table_item_cb = listing_free_item,
    .nfields = array_length(columns),
    .fields = columns,
    .nparams = 1,
    .params = listing_parameters,
};

void rules_listing_handoff(void)
{
    register_stat_tap_ui(&list_ui, NULL);
    register_stat_tap_table_ui(&table_ui);
}
