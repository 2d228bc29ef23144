/* columns.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/columns.h"

#include <string.h>

#include <epan/column-info.h>

#include "packet/taps.h"

/* What stands before the fence of a column is no longer anybody's to change. */
static void drop_last_blank(packet_info *pinfo)
{
    const column_info *columns = pinfo->cinfo;
    int first = columns->col_first[COL_INFO];
    const col_item_t *column = first >= 0 ? &columns->columns[first] : NULL;
    size_t fence = column ? (size_t)column->col_fence : 0;
    size_t length = column && column->col_data ? strlen(column->col_data) : 0;

    if (length > fence && column->col_data[length - 1] == ' ') {
        col_add_str(pinfo->cinfo, COL_INFO,
                    wmem_strndup(pinfo->pool, column->col_data + fence, length - fence - 1));
    }
}

void append_info(packet_info *pinfo, const char *text)
{
    tap_text(pinfo, text);
    if (pinfo->cinfo && col_get_writable(pinfo->cinfo, COL_INFO)) {
        drop_last_blank(pinfo);
        col_append_sep_str(pinfo->cinfo, COL_INFO, ", ", text);
    }
}

void append_info_last(packet_info *pinfo, const char *text)
{
    if (pinfo->cinfo) {
        col_clear_fence(pinfo->cinfo, COL_INFO);
        append_info(pinfo, text);
    }
}

void say_cut(tvbuff_t *tvb)
{
    int captured = (int)tvb_captured_length(tvb);

    if (tvb_captured_length(tvb) < tvb_reported_length(tvb)) {
        tvb_ensure_bytes_exist(tvb, captured, 1);
    }
}
