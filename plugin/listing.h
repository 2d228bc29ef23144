/* listing.h
 * Rows that are printed on the command line and shown as a table in the menu: one builder fills both.
 *
 * On the command line a listing collects what passes by and is drawn after the last packet: true after one
 * pass. The tables of the menu are filled as packets go by.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PLUGIN_LISTING_H
#define PLUGIN_LISTING_H

#include "packet/taps.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

enum { LISTING_MAX_COLUMNS = 20 };

typedef stat_tap_table_item_type listing_row_t[LISTING_MAX_COLUMNS];

/* What a listing has seen. */
typedef struct {
    char *filter;   /* NULL: none */
    GArray *rows;   /* of the kind that collect() appends */
    GArray *bodies; /* of those that list findings: listed_body_t, */
    GArray *found;  /* and listed_finding_t */
} collection_t;

typedef struct {
    uint32_t frame;
    const tracked_body_t *body;   /* NULL: none with findings */
    const rule_finding_t *digest; /* likewise */
} listed_body_t;

/* A finding that holds, whatever comes. */
typedef struct {
    uint32_t frame;
    uint32_t count;
    uint8_t number;
    uint8_t level;
} listed_finding_t;

/* Registers a listing of the rows, of |row_size| bytes, that |collect| appends. The filter is what follows
 * |command| in |argument| ("ltkm,list,FILTER"). False where the filter is wrong: it has been said
 * then, and nothing is listed. */
bool listing_listen(const char *tap, const char *command, const char *argument, size_t row_size,
                    tap_packet_cb collect, tap_draw_cb draw);

/* What is found of a message by its form, which is at hand only while it passes by; in pinfo->pool. */
const rule_finding_t *judge_form(packet_info *pinfo, const ltkm_t *ltkm);

/* Print the frame of a listing around its rows. */
void listing_begin(const char *title, const collection_t *collection);
void listing_end(void);

/* Fills the cells of a row, given by its number, from |source|. */
typedef void (*listing_fill_t)(const void *source, unsigned row, listing_row_t cells);

/* Prints the titles of the first |n| columns and |n_rows| rows below them, each column as wide as what stands
 * in it, within reason. Each row is filled twice. */
void listing_print(const stat_tap_table_item *columns, size_t n, listing_fill_t fill, const void *source,
                   unsigned n_rows);

/* Prints how many there are: "1 key", "2 keys". */
void listing_print_count(unsigned n, const char *noun);

/* Cells. */
stat_tap_table_item_type listing_text(const char *text);
stat_tap_table_item_type listing_number(uint32_t number);

/* For tables of the menu: makes the table |title|, or empties it where it is opened again; gives the one
 * table there is, appends a row to
 * it, gives a row other cells. */
void listing_make_table(stat_tap_table_ui *ui, const char *title);
stat_tap_table *listing_table(void *tapdata);
void listing_append_row(stat_tap_table *table, listing_row_t row);
void listing_replace_row(stat_tap_table *table, unsigned row, listing_row_t cells);
void listing_reset_table(stat_tap_table *table);
void listing_free_item(stat_tap_table *table, unsigned row, unsigned column, stat_tap_table_item_type *item);

/* All of them take a filter. */
extern tap_param listing_parameters[1];

/* Once each, at hand-off. */
void keys_listing_handoff(void);
void ltkm_listing_handoff(void);
void rules_listing_handoff(void);
void terminals_listing_handoff(void);

#endif
