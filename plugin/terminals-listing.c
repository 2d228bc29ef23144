/* terminals-listing.c
 * -z mbms_sec,terminals and the table "MBMS terminals": a row a terminal, the worst first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/listing.h"

#include <stdio.h>

#include "packet/file-scope.h"
#include "packet/http-exchange.h"
#include "packet/judgement.h"
#include "rules/terminal-reports.h"

static stat_tap_table_item columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%11u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Requests", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Accepted", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Refused", "%7u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Unanswered", "%10u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "401s", "%4u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Offered", "%-12s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Granted", "%-12s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "By HTTP", "%7u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "By UDP", "%6u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Verified", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Missing", "%7u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Bad MACs", "%8u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Findings", "%-8s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "What is wrong first", "%-50s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "B-TID", "%-38s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Address", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "BSM", "%s" },
};

/* ---- the row ---------------------------------------------------------------------------------------- */

static stat_tap_table_item_type delivery_cell(const delivery_list_t *list)
{
    GString *text = g_string_new(NULL);
    stat_tap_table_item_type cell;

    for (unsigned i = BCAST_DELIVERY_UDP; list && list->listed && i <= BCAST_DELIVERY_HTTP; i++) {
        if (delivery_has(*list, i)) {
            g_string_append_printf(text, "%s%s", text->len ? "+" : "", bcast_delivery_type_name((uint8_t)i));
        }
    }
    cell = listing_text(text->len ? text->str : "-");
    g_string_free(text, TRUE);
    return cell;
}

static stat_tap_table_item_type bsm_cell(const terminal_report_t *report)
{
    GString *text = g_string_new(report->n_bsms ? NULL : "-");
    stat_tap_table_item_type cell;

    for (uint32_t i = 0; i < report->n_bsms; i++) {
        g_string_append_printf(text, "%s%s", i ? ", " : "", report->bsms[i]);
    }
    cell = listing_text(text->str);
    g_string_free(text, TRUE);
    return cell;
}

static void fill_row(const terminal_reports_t *reports, const terminal_report_t *report, listing_row_t cells)
{
    const terminal_t *terminal = report->terminal;
    const delivery_state_t *delivery = terminal_latest_delivery(terminal);
    const uint32_t counts[] = { report->first_frame, report->n_requests,   report->n_accepted,
                                report->n_refused,   report->n_unanswered, report->n_unauthorised };
    const uint32_t messages[] = { report->n_by_http, report->n_by_udp, report->n_verified, report->n_missing,
                                  report->n_bad_macs };
    char findings[24];

    for (size_t i = 0; i < array_length(counts); i++) {
        cells[i] = listing_number(counts[i]);
    }
    cells[6] = delivery_cell(delivery ? &delivery->offer : NULL);
    cells[7] = delivery_cell(delivery && !delivery->refused ? &delivery->grant : NULL);
    for (size_t i = 0; i < array_length(messages); i++) {
        cells[8 + i] = listing_number(messages[i]);
    }
    snprintf(findings, sizeof findings, "%u/%u", report->n_breaches, report->n_suspicious);
    cells[13] = listing_text(findings);
    cells[14] = listing_text(report_trouble(reports, report));
    cells[15] = listing_text(terminal->has_btid ? terminal->name : "-");
    cells[16] =
        listing_text(terminal->address ? net_address_text(reports->pool, &terminal->address->address) : "-");
    cells[17] = bsm_cell(report);
}

/* ---- -z mbms_sec,terminals -------------------------------------------------------------------------- */

/* What passed by in a frame; one of the four is there. Of the form of a message, which is at hand only while
 * it passes by, a row is kept for each finding that counts, in the words of the rule. */
typedef struct {
    uint32_t frame;
    const procedure_t *procedure;
    const rule_finding_t *findings; /* of that, where it was answered without a body */
    const tracked_body_t *body;
    const tracked_message_t *message;
    const tracked_message_t *formed;
    uint8_t number, level; /* of what was found of |formed| */
} seen_t;

static void note(collection_t *collection, seen_t seen)
{
    g_array_append_val(collection->rows, seen);
}

static void note_form(collection_t *collection, packet_info *pinfo, const ltkm_t *ltkm)
{
    for (const rule_finding_t *finding = judge_form(pinfo, ltkm); finding; finding = finding->next) {
        note(collection, (seen_t){ .frame = pinfo->num,
                                   .formed = ltkm->tracked,
                                   .number = finding->number,
                                   .level = finding->level });
    }
}

static tap_packet_status collect(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                                 tap_flags_t flags _U_)
{
    collection_t *collection = tapdata;
    const bcast_tap_t *tapped = data;

    if (tapped->answered) {
        note(collection,
             (seen_t){ .frame = pinfo->num, .procedure = tapped->answered, .findings = tapped->findings });
    }
    if (tapped->body) {
        note(collection, (seen_t){ .frame = pinfo->num, .body = tapped->body });
    }
    for (const ltkm_t *ltkm = tapped->messages; ltkm; ltkm = ltkm->next) {
        note(collection, (seen_t){ .frame = pinfo->num, .message = ltkm->tracked });
        note_form(collection, pinfo, ltkm);
    }
    return TAP_PACKET_REDRAW;
}

static void report_seen(terminal_reports_t *reports, const seen_t *seen)
{
    const procedure_t *procedure = seen->body ? seen->body->procedure : seen->procedure;

    if (procedure) {
        report_procedure(reports, procedure, http_outcome(procedure));
    }
    if (seen->procedure) {
        report_findings(reports, procedure->terminal, seen->findings, seen->frame);
        report_findings(reports, procedure->terminal, digest_findings(procedure->digest, false), seen->frame);
    }
    if (seen->body) {
        report_body(reports, seen->body, seen->frame, judgement_now(true));
        report_findings(reports, procedure->terminal,
                        digest_findings(procedure->digest, seen->body->is_request), seen->frame);
    }
    if (seen->formed) {
        rule_finding_t finding = { .number = seen->number,
                                   .level = seen->level,
                                   .text = rule_by_number(seen->number)->text };

        report_findings(reports, seen->formed->terminal, &finding, seen->frame);
    }
    if (seen->message) {
        report_message(reports, seen->message, judgement_now(true));
    }
}

static void fill_listed(const void *source, unsigned row, listing_row_t cells)
{
    const terminal_reports_t *reports = source;

    fill_row(reports, *(terminal_report_t **)wmem_array_index(reports->all, row), cells);
}

static void print_reports(const terminal_reports_t *reports)
{
    terminal_report_t **all = wmem_array_get_raw(reports->all);
    unsigned n = wmem_array_get_count(reports->all);

    if (n > 0) {
        qsort(all, n, sizeof *all, report_compare);
    }
    listing_print(columns, array_length(columns), fill_listed, reports, n);
    listing_print_count(n, "terminal");
}

static void draw(void *tapdata)
{
    const collection_t *collection = tapdata;
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
    terminal_reports_t *reports = terminal_reports_new(pool, file_capture());

    for (unsigned i = 0; i < collection->rows->len; i++) {
        report_seen(reports, &g_array_index(collection->rows, seen_t, i));
    }
    listing_begin("Terminals", collection);
    print_reports(reports);
    listing_end();
    wmem_destroy_allocator(pool);
}

static COMPAT_STAT_TAP_INIT_RETURN start(const char *argument, void *userdata _U_)
{
    COMPAT_STAT_TAP_INIT_DONE(
        listing_listen("bcast", "mbms_sec,terminals", argument, sizeof(seen_t), collect, draw));
}

/* ---- the table -------------------------------------------------------------------------------------- */

/* Wireshark sorts a table by its first column, and what does not fit into its window has to be looked for:
 * how bad it is stands first, then who and why, then the counts. */
enum { STATE = array_length(columns), N_SHOWN };

static const uint8_t shown_columns[N_SHOWN] = { STATE, 0, 16, 14, 15, 1,  2,  3,  4, 5,
                                                6,     7, 8,  9,  10, 11, 12, 13, 17 };

static stat_tap_table_item table_columns[N_SHOWN];

static void arrange_columns(void)
{
    static const stat_tap_table_item state = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%-12s" };

    for (size_t i = 0; i < N_SHOWN; i++) {
        table_columns[i] = shown_columns[i] == STATE ? state : columns[shown_columns[i]];
    }
}

static void fill_shown_row(const terminal_reports_t *reports, const terminal_report_t *report,
                           listing_row_t cells)
{
    static const char *const states[N_TROUBLE_LEVELS] = {
        [TROUBLE_BREACH] = "1 breach", [TROUBLE_FAILURE] = "2 failed", [TROUBLE_SUSPICIOUS] = "3 suspicious",
        [TROUBLE_NOTE] = "4 note",     [TROUBLE_NONE] = "5 fine",
    };
    listing_row_t listed = { { 0 } };

    fill_row(reports, report, listed);
    listed[STATE] = listing_text(states[report->level]);
    for (size_t i = 0; i < N_SHOWN; i++) {
        cells[i] = listed[shown_columns[i]];
    }
}

/* The one table that there is, as packets go by: its rows stand in the order of their levels. */
static struct {
    wmem_allocator_t *pool; /* NULL: there is nothing */
    terminal_reports_t *reports;
    wmem_map_t *rows;                   /* terminal_report_t -> row_t */
    wmem_array_t *order;                /* row_t *, as in the table */
    unsigned n_above[N_TROUBLE_LEVELS]; /* rows of worse levels */
} shown;

typedef struct {
    unsigned number;
    trouble_level_t level;
} row_t;

static void forget(void)
{
    if (shown.pool) {
        wmem_destroy_allocator(shown.pool);
        shown.pool = NULL;
    }
}

static void begin(void)
{
    if (!shown.pool) {
        memset(&shown, 0, sizeof shown);
        shown.pool = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
        shown.reports = terminal_reports_new(shown.pool, file_capture());
        shown.rows = wmem_map_new(shown.pool, g_direct_hash, g_direct_equal);
        shown.order = wmem_array_new(shown.pool, sizeof(row_t *));
    }
}

static void swap_rows(stat_tap_table *table, unsigned one, unsigned other)
{
    row_t **order = wmem_array_get_raw(shown.order);
    stat_tap_table_item_type *cells = table->elements[one];
    row_t *row = order[one];

    table->elements[one] = table->elements[other];
    table->elements[other] = cells;
    order[one] = order[other];
    order[other] = row;
    order[one]->number = one;
    order[other]->number = other;
}

/* It got worse: past the rows of the levels between, one swap a level. */
static void raise_row(stat_tap_table *table, row_t *row, trouble_level_t level)
{
    for (; row->level < level; row->level++) {
        swap_rows(table, row->number, shown.n_above[row->level]);
        shown.n_above[row->level]++;
    }
}

static row_t *append_row(stat_tap_table *table, const terminal_report_t *report, listing_row_t cells)
{
    row_t *row = wmem_new0(shown.pool, row_t);

    row->number = table->num_elements;
    wmem_map_insert(shown.rows, report, row);
    wmem_array_append_one(shown.order, row);
    listing_append_row(table, cells);
    return row;
}

static void update_row(stat_tap_table *table, const terminal_report_t *report)
{
    row_t *row = report ? wmem_map_lookup(shown.rows, report) : NULL;
    listing_row_t cells = { { 0 } };

    if (!report) {
        return;
    }
    fill_shown_row(shown.reports, report, cells);
    if (!row) {
        row = append_row(table, report, cells);
    } else {
        listing_replace_row(table, row->number, cells);
    }
    raise_row(table, row, report->level);
}

/* How a request ended is known with its response, or when packets go by once more, as in Wireshark, or in
 * tshark with -2. */
static void update_procedure(stat_tap_table *table, const procedure_t *procedure, bool final)
{
    if (final || procedure->response_frame) {
        update_row(table, report_procedure(shown.reports, procedure, http_outcome(procedure)));
    }
}

static tap_packet_status add_to_table(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data, tap_flags_t flags _U_)
{
    const bcast_tap_t *tapped = data;
    stat_tap_table *table = listing_table(tapdata);
    judgement_t judgement = judgement_now(tapped->final);

    begin();
    if (tapped->answered) {
        update_procedure(table, tapped->answered, tapped->final);
        update_row(table,
                   report_findings(shown.reports, tapped->answered->terminal, tapped->findings, pinfo->num));
        update_row(table,
                   report_findings(shown.reports, tapped->answered->terminal, tapped->digest, pinfo->num));
    }
    if (tapped->body) {
        update_procedure(table, tapped->body->procedure, tapped->final);
        update_row(table, report_body(shown.reports, tapped->body, pinfo->num, judgement));
        update_row(table, report_findings(shown.reports, tapped->body->procedure->terminal, tapped->digest,
                                          pinfo->num));
    }
    for (const ltkm_t *ltkm = tapped->messages; ltkm; ltkm = ltkm->next) {
        update_row(table, report_message(shown.reports, ltkm->tracked, judgement));
        update_row(table, report_findings(shown.reports, ltkm->tracked->terminal, judge_form(pinfo, ltkm),
                                          pinfo->num));
    }
    return TAP_PACKET_REDRAW;
}

static void reset_table(stat_tap_table *table)
{
    listing_reset_table(table);
    forget();
}

static void make_table(stat_tap_table_ui *ui)
{
    forget();
    listing_make_table(ui, "Terminals");
}

static stat_tap_ui list_ui = { COMPAT_STAT_GROUP_TELEPHONY, NULL, "mbms_sec,terminals", start, 1,
                               listing_parameters };

static stat_tap_table_ui table_ui = {
    .group = COMPAT_STAT_GROUP_TELEPHONY,
    .title = "MBMS terminals",
    .tap_name = "bcast",
    .cli_string = "mbms_sec,table",
    .stat_tap_init_cb = make_table,
    .packet_func = add_to_table,
    .stat_tap_reset_table_cb = reset_table,
    .stat_tap_free_table_item_cb = listing_free_item,
    .nfields = N_SHOWN,
    .fields = table_columns,
    .nparams = 1,
    .params = listing_parameters,
};

void terminals_listing_handoff(void)
{
    arrange_columns();
    register_stat_tap_ui(&list_ui, NULL);
    register_stat_tap_table_ui(&table_ui);
}
