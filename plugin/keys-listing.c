/* keys-listing.c
 * -z ltkm,keys and the table "OMA BCAST keys": a row a service key that LTKMs brought or STKMs name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/listing.h"

#include <stdio.h>
#include <string.h>

#include "mikey/key-names.h"
#include "packet/file-scope.h"

/* Terminals that are named as those whose key is missing; of others there is the number. */
enum { NAMED_TERMINALS = 3 };

enum { NAME_SIZE = 2 * KEY_ID_TEXT_SIZE, WHO_SIZE = 64 };

/* What of a message is needed when the listing is drawn. */
typedef struct {
    const tracked_message_t *tracked;
    char name[NAME_SIZE];
    char who[WHO_SIZE]; /* the terminal of an LTKM */
} row_t;

/* A key, and what messages say of it. */
typedef struct {
    char name[NAME_SIZE];
    uint32_t opened_in; /* 0: in no frame */
    bool has_validity;
    uint64_t low, high; /* as delivered last */
    uint32_t n_stkms;
    bool stkm_missed;      /* one could not be opened */
    GHashTable *terminals; /* that got it */
    GHashTable *missing;   /* whose own key is missing */
    GString *named;        /* the first of those */
    unsigned row;          /* in the table */
} listed_key_t;

static stat_tap_table_item columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Key", "%-16s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Opened in", "%-9s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Validity", "%-15s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Terminals", "%9u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "STKMs", "%5u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Missing for", "%s" },
};

/* ---- messages --------------------------------------------------------------------------------------- */

/* One without key, a solicited pull, is about no key in particular. */
static bool is_listed(const tracked_message_t *tracked)
{
    return !tracked->is_copy && (tracked->kind == MIKEY_KIND_LTKM || tracked->kind == MIKEY_KIND_STKM);
}

/* The B-TID that IDr gives, else who HTTP or an address says it is. */
static const char *who_of(packet_info *pinfo, const ltkm_t *ltkm)
{
    const mikey_payload_t *idr = ltkm->message->idr;

    if (idr) {
        return compat_format_text(pinfo->pool, (const char *)ltkm->message->bytes + idr->id.data.offset,
                                  MIN(idr->id.data.length, WHO_SIZE));
    }
    return ltkm->terminal ? ltkm->terminal->name : "?";
}

static bool read_row(packet_info *pinfo, const ltkm_t *ltkm, row_t *row)
{
    key_id_t domain = mikey_key_domain(ltkm->message), msk = mikey_msk_id(ltkm->message);

    if (!is_listed(ltkm->tracked) || msk.length == 0) {
        return false;
    }
    row->tracked = ltkm->tracked;
    g_strlcpy(row->name, key_name(pinfo->pool, domain, msk), sizeof row->name);
    g_strlcpy(row->who, who_of(pinfo, ltkm), sizeof row->who);
    return true;
}

/* ---- keys ------------------------------------------------------------------------------------------- */

static listed_key_t *new_key(const char *name)
{
    listed_key_t *key = g_new0(listed_key_t, 1);

    g_strlcpy(key->name, name, sizeof key->name);
    key->terminals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    key->missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    key->named = g_string_new("");
    return key;
}

static void free_key(void *data)
{
    listed_key_t *key = data;

    g_hash_table_destroy(key->terminals);
    g_hash_table_destroy(key->missing);
    g_string_free(key->named, TRUE);
    g_free(key);
}

static bool is_limit(mikey_range_t range)
{
    return range.length > 0 && range.length <= sizeof(uint64_t);
}

static void read_validity(listed_key_t *key, const ltkm_proof_t *proof)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    mikey_key_data_t *data;
    mikey_fault_t fault;
    uint32_t n = 0;

    mikey_key_data_parse(scratch, proof->plain, (mikey_range_t){ 0, proof->plain_length }, &data, &n, &fault);
    if (n > 0 && is_limit(data[0].kv_from) && is_limit(data[0].kv_to)) {
        key->has_validity = true;
        key->low = mikey_number(proof->plain, data[0].kv_from);
        key->high = mikey_number(proof->plain, data[0].kv_to);
    }
    wmem_destroy_allocator(scratch);
}

static void miss(listed_key_t *key, const char *who)
{
    if (g_hash_table_add(key->missing, g_strdup(who)) && g_hash_table_size(key->missing) <= NAMED_TERMINALS) {
        g_string_append_printf(key->named, "%s%s", key->named->len ? ", " : "", who);
    }
}

static void add_ltkm(listed_key_t *key, const row_t *row, const ltkm_proof_t *proof)
{
    g_hash_table_add(key->terminals, g_strdup(row->who));
    if (!proof || !proof->plain) {
        miss(key, row->who);
        return;
    }
    read_validity(key, proof);
    key->opened_in = key->opened_in ? key->opened_in : row->tracked->frame;
}

static void add_row(listed_key_t *key, const row_t *row)
{
    const ltkm_proof_t *proof = proof_of(&file_capture()->proofs, row->tracked);

    if (row->tracked->kind == MIKEY_KIND_STKM) {
        key->n_stkms++;
        key->stkm_missed |= !proof || !proof->plain;
    } else {
        add_ltkm(key, row, proof);
    }
}

/* ---- the line --------------------------------------------------------------------------------------- */

/* An interval the wrong way round is how a key is made invalid (TS 33.246 §6.3.2.1B). */
static char *validity_text(const listed_key_t *key)
{
    return !key->has_validity ? g_strdup("-")
                              : g_strdup_printf("%" PRIu64 "-%" PRIu64 "%s", key->low, key->high,
                                                key->low > key->high ? " invalid" : "");
}

static char *missing_text(const listed_key_t *key)
{
    unsigned n = g_hash_table_size(key->missing);

    if (n > NAMED_TERMINALS) {
        return g_strdup_printf("%s and %u more", key->named->str, n - NAMED_TERMINALS);
    }
    return g_strdup(n ? key->named->str : key->stkm_missed && !key->opened_in ? "its STKMs" : "-");
}

static stat_tap_table_item_type taken(char *text)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_STRING, .value.string_value = text };
}

static void fill_row(const listed_key_t *key, listing_row_t cells)
{
    cells[0] = listing_text(key->name);
    cells[1] = key->opened_in ? taken(g_strdup_printf("%u", key->opened_in)) : listing_text("-");
    cells[2] = taken(validity_text(key));
    cells[3] = listing_number(g_hash_table_size(key->terminals));
    cells[4] = listing_number(key->n_stkms);
    cells[5] = taken(missing_text(key));
}

/* ---- -z ltkm,keys ----------------------------------------------------------------------------------- */

static tap_packet_status collect(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                                 tap_flags_t flags _U_)
{
    collection_t *collection = tapdata;

    for (const ltkm_t *ltkm = data; ltkm; ltkm = ltkm->next) {
        row_t row;

        if (read_row(pinfo, ltkm, &row)) {
            g_array_append_val(collection->rows, row);
        }
    }
    return TAP_PACKET_REDRAW;
}

/* In the order in which they came. */
static GPtrArray *keys_of(const collection_t *collection)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(free_key);
    GHashTable *by_name = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < collection->rows->len; i++) {
        const row_t *row = &g_array_index(collection->rows, row_t, i);
        listed_key_t *key = g_hash_table_lookup(by_name, row->name);

        if (!key) {
            key = new_key(row->name);
            g_hash_table_insert(by_name, key->name, key);
            g_ptr_array_add(keys, key);
        }
        add_row(key, row);
    }
    g_hash_table_destroy(by_name);
    return keys;
}

static void fill_listed(const void *keys, unsigned row, listing_row_t cells)
{
    fill_row(g_ptr_array_index((const GPtrArray *)keys, row), cells);
}

static void draw(void *tapdata)
{
    const collection_t *collection = tapdata;
    GPtrArray *keys = keys_of(collection);

    listing_begin("Service keys", collection);
    listing_print(columns, array_length(columns), fill_listed, keys, keys->len);
    listing_print_count(keys->len, "key");
    listing_end();
    g_ptr_array_free(keys, TRUE);
}

static COMPAT_STAT_TAP_INIT_RETURN start(const char *argument, void *userdata _U_)
{
    COMPAT_STAT_TAP_INIT_DONE(listing_listen("ltkm", "ltkm,keys", argument, sizeof(row_t), collect, draw));
}

/* ---- the table -------------------------------------------------------------------------------------- */

/* Of the one table that there is: name -> listed_key_t. The first cell of a row keeps its key. */
static GHashTable *shown;

static listed_key_t *shown_key(const stat_tap_table *table, const char *name)
{
    listed_key_t *key;

    if (!shown) {
        shown = g_hash_table_new(g_str_hash, g_str_equal);
    }
    key = g_hash_table_lookup(shown, name);
    if (!key) {
        key = new_key(name);
        key->row = table->num_elements;
        g_hash_table_insert(shown, key->name, key);
    }
    return key;
}

static void free_item(stat_tap_table *table, unsigned row, unsigned column, stat_tap_table_item_type *item)
{
    listing_free_item(table, row, column, item);
    if (column == 0 && item->user_data.ptr_value) {
        g_hash_table_remove(shown, ((const listed_key_t *)item->user_data.ptr_value)->name);
        free_key(item->user_data.ptr_value);
        item->user_data.ptr_value = NULL;
    }
}

static void reset_table(stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++) {
        free_item(table, row, 0, stat_tap_get_field_data(table, row, 0));
    }
    listing_reset_table(table);
}

static void show_row(stat_tap_table *table, listed_key_t *key)
{
    listing_row_t cells = { { 0 } };

    fill_row(key, cells);
    cells[0].user_data.ptr_value = key;
    if (key->row == table->num_elements) {
        listing_append_row(table, cells);
        return;
    }
    listing_replace_row(table, key->row, cells);
}

static tap_packet_status add_to_table(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data, tap_flags_t flags _U_)
{
    stat_tap_table *table = listing_table(tapdata);

    for (const ltkm_t *ltkm = data; ltkm; ltkm = ltkm->next) {
        row_t row;

        if (read_row(pinfo, ltkm, &row)) {
            listed_key_t *key = shown_key(table, row.name);

            add_row(key, &row);
            show_row(table, key);
        }
    }
    return TAP_PACKET_REDRAW;
}

static void make_table(stat_tap_table_ui *ui)
{
    listing_make_table(ui, "Keys");
}

static stat_tap_ui list_ui = { COMPAT_STAT_GROUP_TELEPHONY, NULL, "ltkm,keys", start, 1, listing_parameters };

static stat_tap_table_ui table_ui = {
    .group = COMPAT_STAT_GROUP_TELEPHONY,
    .title = "OMA BCAST keys",
    .tap_name = "ltkm",
    .cli_string = "ltkm,key_table",
    .stat_tap_init_cb = make_table,
    .packet_func = add_to_table,
    .stat_tap_reset_table_cb = reset_table,
    .stat_tap_free_table_item_cb = free_item,
    .nfields = array_length(columns),
    .fields = columns,
    .nparams = 1,
    .params = listing_parameters,
};

void keys_listing_handoff(void)
{
    register_stat_tap_ui(&list_ui, NULL);
    register_stat_tap_table_ui(&table_ui);
}
