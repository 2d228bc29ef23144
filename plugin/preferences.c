/* preferences.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/preferences.h"

#include "packet/settings.h"
#include "plugin/key-table.h"

static module_t *preferences_of(const char *protocol)
{
    return prefs_register_protocol(proto_get_id_by_filter_name(protocol), NULL);
}

void preferences_register(void)
{
    module_t *ltkm = preferences_of("ltkm"), *mbms_sec = preferences_of("mbms_sec");

    prefs_register_uint_preference(
        ltkm, "verification_timeout", "Time-out for verification messages (seconds)",
        "Seconds without a verification message before rule R53 speaks.", 10, &settings.verification_timeout);
    prefs_register_uint_preference(ltkm, "delivery_timeout", "Time-out for keys and requests (seconds)",
                                   "Seconds without the key that a response promises before rule R91 speaks, "
                                   "and without the request that a solicited pull asks for before R69 does.",
                                   10, &settings.delivery_timeout);
    key_table_register(ltkm, KEYS_OF_LTKMS);
    key_table_register(ltkm, KEYS_OF_CARDS);
    key_table_register(ltkm, KEYS_OF_SERVICES);
    key_table_register(mbms_sec, KEYS_OF_DIGESTS);
    prefs_register_bool_preference(
        mbms_sec, "xml_tree", "Show Wireshark's XML tree too",
        "Show the body once more as Wireshark's generic XML tree, after the decoded one.",
        &settings.show_xml_tree);
}
