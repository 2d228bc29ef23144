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
#include "plugin/conversation-filter.h"
#include "plugin/counts.h"
#include "plugin/export-ltkms.h"
#include "plugin/ladder.h"
#include "plugin/listing.h"
#include "plugin/preferences.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

/* In this order: what comes later asks for what came before by name. Wireshark would take plugins of a list
 * in the reverse order. */
static void (*const registrations[])(void) = {
    file_scope_register,  audience_register,
    ltkm_register,        bcast_register,
    mbms_sec_register,    taps_register,
    preferences_register, export_ltkms_register,
    ladder_register,      conversation_filter_register,
};

static void (*const handoffs[])(void) = {
    ltkm_handoff,
    mbms_sec_handoff,
    shared_media_types_handoff,
    dns_hook_handoff,
    taps_handoff,
    counts_handoff,
    ltkm_listing_handoff,
    rules_listing_handoff,
    keys_listing_handoff,
    terminals_listing_handoff,
};

static void register_all(void)
{
    for (size_t i = 0; i < array_length(registrations); i++) {
        registrations[i]();
    }
}

static void hand_off_all(void)
{
    for (size_t i = 0; i < array_length(handoffs); i++) {
        handoffs[i]();
    }
}

void plugin_register(void)
{
    static const proto_plugin plugin = { register_all, hand_off_all };

    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
    return COMPAT_PLUGIN_DESCRIPTION;
}
