/* ladder.c
 * The ladder diagram: a flow graph of documents, LTKMs and verification messages.
 *
 * Wireshark's graph of all packets makes the arrow of a frame out of its columns; here it is given our text
 * in the place of the Info column, which begins with HTTP's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/ladder.h"

#include "packet/taps.h"
#include "plugin/flow-compat.h"

static tap_packet_status draw_arrow(void *graph, packet_info *pinfo, epan_dissect_t *edt, const void *text,
                                    tap_flags_t flags)
{
    tap_packet_cb draw = sequence_analysis_get_packet_func(sequence_analysis_find_by_name("any"));
    char *info = g_strdup(col_get_text(pinfo->cinfo, COL_INFO));
    tap_packet_status status;

    col_clear_fence(pinfo->cinfo, COL_INFO);
    col_add_str(pinfo->cinfo, COL_INFO, text);
    status = draw(graph, pinfo, edt, NULL, flags);
    col_add_str(pinfo->cinfo, COL_INFO, info ? info : "");
    g_free(info);
    return status;
}

void ladder_register(void)
{
    register_seq_analysis("ltkm", "MBMS keys", proto_get_id_by_filter_name("ltkm"), FLOW_TAP,
                          TL_REQUIRES_COLUMNS, draw_arrow);
}
