/* export-ltkms.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/export-ltkms.h"

#include <epan/export_object.h>

#include "mikey/key-names.h"
#include "packet/taps.h"

/* "frame12-ltkm1_00f110-68c9-0001_5b677767-0000002a.mikey": where it stands, its key, and its ltkm.id. */
static char *file_name(const packet_info *pinfo, const ltkm_t *ltkm)
{
    const char *key = mikey_key_name(pinfo->pool, ltkm->message);
    char id[MIKEY_CORRELATION_ID_SIZE];

    mikey_correlation_id(ltkm->message, id);
    return g_strdelimit(g_strdup_printf("frame%u-ltkm%u%s%s_%s.mikey", pinfo->num, MAX(ltkm->index, 1),
                                        key ? "_" : "", key ? key : "", id),
                        "/:", '-');
}

static export_object_entry_t *new_entry(const packet_info *pinfo, const ltkm_t *ltkm)
{
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);

    entry->pkt_num = pinfo->num;
    entry->hostname = g_strdup(ltkm->tracked->host ? ltkm->tracked->host->name : "");
    entry->content_type = g_strdup("application/mikey");
    entry->filename = file_name(pinfo, ltkm);
    entry->payload_len = ltkm->message->length;
    entry->payload_data = g_memdup2(ltkm->message->bytes, ltkm->message->length);
    return entry;
}

static tap_packet_status export_ltkms(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data, tap_flags_t flags _U_)
{
    export_object_list_t *list = tapdata;
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;

    for (const ltkm_t *ltkm = data; ltkm; ltkm = ltkm->next) {
        if (ltkm_is_ltkm(ltkm->tracked)) {
            list->add_entry(list->gui_data, new_entry(pinfo, ltkm));
            status = TAP_PACKET_REDRAW;
        }
    }
    return status;
}

void export_ltkms_register(void)
{
    register_export_object(proto_get_id_by_filter_name("ltkm"), export_ltkms, NULL);
}
