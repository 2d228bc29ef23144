/* conversation.c
 * Preloaded into tshark: tells for each frame that was dissected what the conversation filter "MBMS terminal"
 * would be, as Wireshark asks for it when a frame is selected: after its dissection, before it is forgotten.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/compat.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include <epan/conversation_filter.h>
#include <epan/epan_dissect.h>

#if WIRESHARK_AT_LEAST(4, 2)
#define ASKED(callback, pinfo) (callback)((pinfo), entry->user_data)
#else
#define ASKED(callback, pinfo) (callback)(pinfo)
#endif

static const conversation_filter_t *entry_of(const char *title)
{
    for (const GList *entry = packet_conv_filter_list; entry; entry = entry->next) {
        const conversation_filter_t *filter = entry->data;

        if (strcmp(filter->display_name, title) == 0) {
            return filter;
        }
    }
    return NULL;
}

static void tell(packet_info *pinfo)
{
    const conversation_filter_t *entry = entry_of("MBMS terminal");

    if (entry && ASKED(entry->is_filter_valid, pinfo)) {
        char *filter = ASKED(entry->build_filter_string, pinfo);

        fprintf(stderr, "conversation %u %s\n", pinfo->num, filter);
        g_free(filter);
    }
}

/* In place of libwireshark's, which makes room for the next frame. */
void epan_dissect_reset(epan_dissect_t *edt)
{
    void (*original)(epan_dissect_t *) = (void (*)(epan_dissect_t *))dlsym(RTLD_NEXT, "epan_dissect_reset");

    if (edt->pi.fd && edt->tree) {
        tell(&edt->pi);
    }
    original(edt);
}
