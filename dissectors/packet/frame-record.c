/* frame-record.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/frame-record.h"

#include <epan/proto_data.h>
#include <epan/wmem_scopes.h>

uint32_t frame_record_ordinal(packet_info *pinfo, int proto)
{
    uint32_t *count = p_get_proto_data(pinfo->pool, pinfo, proto, 0);

    if (!count) {
        count = wmem_new0(pinfo->pool, uint32_t);
        p_add_proto_data(pinfo->pool, pinfo, proto, 0, count);
    }
    return ++*count;
}

void frame_record_set(packet_info *pinfo, int proto, uint32_t ordinal, const void *record)
{
    if (!PINFO_FD_VISITED(pinfo)) {
        p_add_proto_data(wmem_file_scope(), pinfo, proto, ordinal, (void *)record);
    }
}

void *frame_record_get(packet_info *pinfo, int proto, uint32_t ordinal)
{
    return p_get_proto_data(wmem_file_scope(), pinfo, proto, ordinal);
}

bool frame_record_is_cut(const packet_info *pinfo)
{
    return pinfo->fd->cap_len < pinfo->fd->pkt_len;
}
