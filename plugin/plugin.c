/* plugin.c
 * What Wireshark loads: the exported symbols and one table of registrations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define WS_BUILD_DLL

#include "packet/audience.h"
#include "packet/dns-hook.h"
#include "packet/file-scope.h"
#include "packet/packet-bcast.h"
#include "packet/packet-ltkm.h"
#include "packet/packet-mbms-sec.h"
#include "packet/shared-media-types.h"
#include "packet/taps.h"
#include "plugin/counts.h"
#include "plugin/export-ltkms.h"
#include "plugin/listing.h"
#include "plugin/preferences.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

/* In this order: what comes later asks for what came before by name. */
void plugin_register(void)
{
    static const proto_plugin plugins[] = {
        { file_scope_register, audience_handoff },
        { ltkm_register, ltkm_handoff },
        { bcast_register, dns_hook_handoff },
        { mbms_sec_register, mbms_sec_handoff },
        { taps_register, taps_handoff },
        { preferences_register, shared_media_types_handoff },
        { export_ltkms_register, counts_handoff },
        { NULL, ltkm_listing_handoff },
        { NULL, rules_listing_handoff },
    };

    for (size_t i = 0; i < array_length(plugins); i++) {
        proto_register_plugin(&plugins[i]);
    }
}

uint32_t plugin_describe(void)
{
    return COMPAT_PLUGIN_DESCRIPTION;
}
