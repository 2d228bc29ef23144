/* listing.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wsutil/report_message.h>

#include "packet/compat.h"

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

/* What one row has more than that is no reason to push all others aside. */
enum { MAX_WIDTH = 120 };

typedef struct {
    const stat_tap_table_item *columns;
    size_t n;
    int widths[LISTING_MAX_COLUMNS];
} layout_t;

typedef void (*cell_use_t)(layout_t *layout, size_t column, const char *text);

/* Characters of valid UTF-8. */
static int width_of(const char *text)
{
    return (int)g_utf8_strlen(text, -1);
}

static void widen(layout_t *layout, size_t column, const char *text)
{
    layout->widths[column] = MAX(layout->widths[column], MIN(width_of(text), MAX_WIDTH));
}

/* Nothing follows the last column: it is not filled up. */
static void print_text(layout_t *layout, size_t column, const char *text)
{
    bool is_right = layout->columns[column].align == TAP_ALIGN_RIGHT, is_last = column + 1 == layout->n;
    int padding = MAX(layout->widths[column] - width_of(text), 0);

    printf("%*s%s%*s%s", is_right ? padding : 0, "", text, is_right || is_last ? 0 : padding, "",
           is_last ? "\n" : "  ");
}

/* Names come from the wire: no line feed or escape sequence of theirs gets to a terminal. */
static void use_text(layout_t *layout, size_t column, const char *text, cell_use_t use)
{
    char *shown = compat_format_text(NULL, text, strlen(text));

    use(layout, column, shown);
    wmem_free(NULL, shown);
}

static void each_title(layout_t *layout, cell_use_t use)
{
    for (size_t i = 0; i < layout->n; i++) {
        use(layout, i, layout->columns[i].column_name);
    }
}

static void each_cell(layout_t *layout, listing_fill_t fill, const void *source, unsigned row, cell_use_t use)
{
    listing_row_t cells = { { 0 } };

    fill(source, row, cells);
    for (size_t i = 0; i < layout->n; i++) {
        char number[12];

        if (cells[i].type == TABLE_ITEM_UINT) {
            snprintf(number, sizeof number, "%u", cells[i].value.uint_value);
            use(layout, i, number);
        } else {
            use_text(layout, i, cells[i].value.string_value, use);
        }
    }
    for (size_t i = 0; i < LISTING_MAX_COLUMNS; i++) {
        listing_free_item(NULL, 0, 0, &cells[i]);
    }
}

void listing_print(const stat_tap_table_item *columns, size_t n, listing_fill_t fill, const void *source,
                   unsigned n_rows)
{
    layout_t layout = { .columns = columns, .n = n };

    each_title(&layout, widen);
    for (unsigned i = 0; i < n_rows; i++) {
        each_cell(&layout, fill, source, i, widen);
    }
    each_title(&layout, print_text);
    for (unsigned i = 0; i < n_rows; i++) {
        each_cell(&layout, fill, source, i, print_text);
    }
}

void listing_print_count(unsigned n, const char *noun)
{
    printf("%u %s%s\n", n, noun, n == 1 ? "" : "s");
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
