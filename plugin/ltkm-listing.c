/* ltkm-listing.c
 * -z ltkm,list and the table "OMA BCAST LTKM list": a row an LTKM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/listing.h"

#include <stdio.h>

#include "mikey/key-names.h"
#include "packet/file-scope.h"
#include "packet/settings.h"
#include "tracking/answers.h"

/* What of a message is needed when the listing is drawn, long after its bytes are gone. */
typedef struct {
    const tracked_message_t *tracked;
    char key_domain[KEY_ID_TEXT_SIZE];
    char msk_id[KEY_ID_TEXT_SIZE];
    net_address_t sender;
} row_t;

static stat_tap_table_item columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Frame", "%8u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Transport", "%-9s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Key domain", "%-10s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "MSK ID", "%-9s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "V", "%-3s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Verified in", "%-11s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Time", "%-10s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "MAC", "%-10s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Answer", "%-13s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Terminal", "%-36s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "BSM", "%s" },
};

/* ---- the row ---------------------------------------------------------------------------------------- */

static stat_tap_table_item_type or_dash(const char *text)
{
    return listing_text(text[0] ? text : "-");
}

/* The MAC as far as keys tell; "-" without keys. */
static const char *mac_name(const tracked_message_t *ltkm)
{
    static const char *const names[] = {
        [MIKEY_MAC_BAD] = "bad",
        [MIKEY_MAC_GOOD] = "good",
        [MIKEY_MAC_UNVERIFIED] = "unverified",
        [MIKEY_MAC_NOT_PRESENT] = "none",
    };
    const ltkm_proof_t *proof = proof_of(&file_capture()->proofs, ltkm);

    return proof ? names[proof->mac] : "-";
}

static void fill_verification(const tracked_message_t *ltkm, stat_tap_table_item_type *frame,
                              stat_tap_table_item_type *delay)
{
    const tracked_message_t *verification = ltkm_peer(ltkm);
    char number[12] = "", seconds[16] = "";

    if (verification) {
        snprintf(number, sizeof number, "%u", verification->frame);
        if (verification->time >= ltkm->time) {
            g_ascii_formatd(seconds, sizeof seconds, "%.6f", ltkm_delay(ltkm, verification));
        }
    }
    *frame = or_dash(number);
    *delay = or_dash(seconds);
}

/* By the name in IDi, else by where it came from. */
static void fill_bsm(const row_t *row, stat_tap_table_item_type *cell)
{
    char *sender = net_address_text(NULL, &row->sender);

    *cell = or_dash(row->tracked->host ? row->tracked->host->name : sender);
    wmem_free(NULL, sender);
}

static void fill_row(const row_t *row, listing_row_t cells)
{
    const tracked_message_t *ltkm = row->tracked;

    cells[0] = listing_number(ltkm->frame);
    cells[1] = listing_text(bcast_delivery_type_name(ltkm->transport));
    cells[2] = or_dash(row->key_domain);
    cells[3] = or_dash(row->msk_id);
    cells[4] = listing_text(ltkm->v_flag ? "yes" : "no");
    fill_verification(ltkm, &cells[5], &cells[6]);
    cells[7] = listing_text(mac_name(ltkm));
    cells[8] = listing_text(answer_name(answer_of(file_capture(), ltkm, settings.verification_timeout).kind));
    cells[9] = or_dash(ltkm->terminal ? ltkm->terminal->name : "");
    fill_bsm(row, &cells[10]);
}

static row_t row_of(const packet_info *pinfo, const ltkm_t *ltkm)
{
    row_t row = { .tracked = ltkm->tracked,
                  .sender = net_address_of(pinfo->src.data, (size_t)MAX(pinfo->src.len, 0)) };

    key_id_text(row.key_domain, sizeof row.key_domain, mikey_key_domain(ltkm->message), false);
    key_id_text(row.msk_id, sizeof row.msk_id, mikey_msk_id(ltkm->message), true);
    return row;
}

/* ---- -z ltkm,list ----------------------------------------------------------------------------------- */

static tap_packet_status collect(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                                 tap_flags_t flags _U_)
{
    collection_t *collection = tapdata;

    for (const ltkm_t *ltkm = data; ltkm; ltkm = ltkm->next) {
        if (ltkm_is_ltkm(ltkm->tracked)) {
            row_t row = row_of(pinfo, ltkm);

            g_array_append_val(collection->rows, row);
        }
    }
    return TAP_PACKET_REDRAW;
}

static void fill_listed(const void *rows, unsigned row, listing_row_t cells)
{
    fill_row(&g_array_index((const GArray *)rows, row_t, row), cells);
}

static void draw(void *tapdata)
{
    const collection_t *collection = tapdata;

    listing_begin("LTKMs", collection);
    listing_print(columns, array_length(columns), fill_listed, collection->rows, collection->rows->len);
    listing_print_count(collection->rows->len, "LTKM");
    listing_end();
}

static COMPAT_STAT_TAP_INIT_RETURN start(const char *argument, void *userdata _U_)
{
    COMPAT_STAT_TAP_INIT_DONE(listing_listen("ltkm", "ltkm,list", argument, sizeof(row_t), collect, draw));
}

/* ---- the table -------------------------------------------------------------------------------------- */

/* Wireshark draws tables when every packet has been seen once: what has not come by then does not come. */
static tap_packet_status add_to_table(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data, tap_flags_t flags _U_)
{
    for (const ltkm_t *ltkm = data; ltkm; ltkm = ltkm->next) {
        if (ltkm_is_ltkm(ltkm->tracked)) {
            row_t row = row_of(pinfo, ltkm);
            listing_row_t cells = { { 0 } };

            fill_row(&row, cells);
            listing_append_row(listing_table(tapdata), cells);
        }
    }
    return TAP_PACKET_REDRAW;
}

static void make_table(stat_tap_table_ui *ui)
{
    listing_make_table(ui, "LTKMs");
}

static stat_tap_ui list_ui = { COMPAT_STAT_GROUP_TELEPHONY, NULL, "ltkm,list", start, 1, listing_parameters };

static stat_tap_table_ui table_ui = {
    .group = COMPAT_STAT_GROUP_TELEPHONY,
    .title = "OMA BCAST LTKM list",
    .tap_name = "ltkm",
    .cli_string = "ltkm,table",
    .stat_tap_init_cb = make_table,
    .packet_func = add_to_table,
    .stat_tap_reset_table_cb = listing_reset_table,
    .stat_tap_free_table_item_cb = listing_free_item,
    .nfields = array_length(columns),
    .fields = columns,
    .nparams = 1,
    .params = listing_parameters,
};

void ltkm_listing_handoff(void)
{
    register_stat_tap_ui(&list_ui, NULL);
    register_stat_tap_table_ui(&table_ui);
}
