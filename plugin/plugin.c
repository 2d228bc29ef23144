/* plugin.c
 * What Wireshark loads: the exported symbols and one table of registrations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define WS_BUILD_DLL

#include "packet/compat.h"

#include "packet/packet-bcast.h"
#include "packet/packet-mbms-sec.h"
#include "packet/shared-media-types.h"
#include "packet/packet-ltkm.h"
#include "plugin/statistics.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

static void nothing(void)
{
}

void plugin_register(void)
{
    static const proto_plugin plugins[] = {
        { ltkm_register, ltkm_handoff },         { bcast_register, nothing },
        { mbms_sec_register, mbms_sec_handoff }, { nothing, shared_media_types_handoff },
        { nothing, statistics_handoff },
    };

    for (size_t i = 0; i < array_length(plugins); i++) {
        proto_register_plugin(&plugins[i]);
    }
}

uint32_t plugin_describe(void)
{
    return COMPAT_PLUGIN_DESCRIPTION;
}
