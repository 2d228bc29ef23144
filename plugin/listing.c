/* listing.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wsutil/report_message.h>

tap_param listing_parameters[] = { { PARAM_FILTER, "filter", "Filter", NULL, TRUE } };

#define RULER "==================================================================="

/* ---- collecting ------------------------------------------------------------------------------------- */

static void reset_collection(void *tapdata)
{
    collection_t *collection = tapdata;

    g_array_set_size(collection->rows, 0);
    g_array_set_size(collection->bodies, 0);
    g_array_set_size(collection->found, 0);
}

static collection_t *new_collection(const char *filter, size_t row_size)
{
    collection_t *collection = g_new0(collection_t, 1);

    collection->filter = g_strdup(filter);
    collection->rows = g_array_new(FALSE, FALSE, (guint)row_size);
    collection->bodies = g_array_new(FALSE, FALSE, sizeof(listed_body_t));
    collection->found = g_array_new(FALSE, FALSE, sizeof(listed_finding_t));
    return collection;
}

static void free_collection(void *tapdata)
{
    collection_t *collection = tapdata;

    g_free(collection->filter);
    g_array_free(collection->rows, TRUE);
    g_array_free(collection->bodies, TRUE);
    g_array_free(collection->found, TRUE);
    g_free(collection);
}

bool listing_listen(const char *tap, const char *command, const char *argument, size_t row_size,
                    tap_packet_cb collect, tap_draw_cb draw)
{
    const char *rest = argument + strlen(command);
    const char *filter = rest[0] == ',' && rest[1] ? rest + 1 : NULL;
    GString *error = register_tap_listener(tap, new_collection(filter, row_size), filter, TL_REQUIRES_NOTHING,
                                           reset_collection, collect, draw, free_collection);

    if (error) {
        report_failure("-z %s is left out: %s", argument, error->str);
        g_string_free(error, TRUE);
        return false;
    }
    return true;
}

const rule_finding_t *judge_form(packet_info *pinfo, const ltkm_t *ltkm)
{
    rule_findings_t findings = { .pool = pinfo->pool };

    rules_judge_message(ltkm->message, &findings);
    return findings.first;
}

/* ---- printing --------------------------------------------------------------------------------------- */

void listing_begin(const char *title, const collection_t *collection)
{
    printf("\n" RULER "\n%s%s%s\n", title, collection->filter ? ", filter: " : "",
           collection->filter ? collection->filter : "");
}

void listing_end(void)
{
    printf(RULER "\n");
}

static const char *gap(size_t column, size_t n)
{
    return column + 1 < n ? "  " : "\n";
}

static void print_text(const char *format, const char *text, const char *behind)
{
    int width = atoi(format + 1); /* "%8u", "%-9s", "%s" */

    printf("%*s%s", width, text, behind);
}

void listing_print_titles(const stat_tap_table_item *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        print_text(columns[i].field_format, columns[i].column_name, gap(i, n));
    }
}

void listing_print_row(const stat_tap_table_item *columns, size_t n, listing_row_t row)
{
    for (size_t i = 0; i < n; i++) {
        char number[12];

        if (row[i].type == TABLE_ITEM_UINT) {
            snprintf(number, sizeof number, "%u", row[i].value.uint_value);
            print_text(columns[i].field_format, number, gap(i, n));
        } else {
            print_text(columns[i].field_format, row[i].value.string_value, gap(i, n));
        }
    }
    for (size_t i = 0; i < LISTING_MAX_COLUMNS; i++) {
        listing_free_item(NULL, 0, 0, &row[i]);
    }
}

/* ---- cells and tables ------------------------------------------------------------------------------- */

stat_tap_table_item_type listing_text(const char *text)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_STRING, .value.string_value = g_strdup(text) };
}

stat_tap_table_item_type listing_number(uint32_t number)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_UINT, .value.uint_value = number };
}

void listing_make_table(stat_tap_table_ui *ui, const char *title)
{
    stat_tap_table *table = stat_tap_find_table(ui, title);

    if (table) {
        ui->stat_tap_reset_table_cb(table);
    } else {
        stat_tap_add_table(ui, stat_tap_init_table(title, (int)ui->nfields, 0, NULL));
    }
}

stat_tap_table *listing_table(void *tapdata)
{
    stat_data_t *stat = tapdata;

    return g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);
}

void listing_append_row(stat_tap_table *table, listing_row_t row)
{
    stat_tap_init_table_row(table, table->num_elements, table->num_fields, row);
}

void listing_replace_row(stat_tap_table *table, unsigned row, listing_row_t cells)
{
    for (unsigned column = 0; column < table->num_fields; column++) {
        listing_free_item(table, row, column, stat_tap_get_field_data(table, row, column));
        stat_tap_set_field_data(table, row, column, &cells[column]);
    }
}

void listing_free_item(stat_tap_table *table _U_, unsigned row _U_, unsigned column _U_,
                       stat_tap_table_item_type *item)
{
    if (item->type == TABLE_ITEM_STRING) {
        g_free((char *)item->value.string_value);
        item->value.string_value = NULL;
    }
}

void listing_reset_table(stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++) {
        for (unsigned column = 0; column < table->num_fields; column++) {
            listing_free_item(table, row, column, stat_tap_get_field_data(table, row, column));
        }
        g_free(table->elements[row]);
        table->elements[row] = NULL;
    }
    table->num_elements = 0;
}
