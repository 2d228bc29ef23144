/* dns-hook.c
 * Wireshark's own name tables lose CNAMEs and depend on preferences; a post-dissector that asks for DNS
 * fields would make Wireshark build a tree for every packet. So a handle without protocol stands on UDP port
 * 53, reads the answers, and calls the dissector that had it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/dns-hook.h"

#include "packet/file-scope.h"

enum { DNS_PORT = 53 };

static dissector_handle_t previous_handle;

static int dissect_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!PINFO_FD_VISITED(pinfo) && pinfo->srcport == DNS_PORT && !pinfo->flags.in_error_pkt) {
        uint32_t length = tvb_captured_length(tvb);
        net_address_t receiver = net_address_of(pinfo->dst.data, (size_t)MAX(pinfo->dst.len, 0));

        hosts_read(&file_capture()->hosts, tvb_get_ptr(tvb, 0, (int)length), length, pinfo->num,
                   net_address_hash(&receiver));
    }
    return call_dissector_only(previous_handle, tvb, pinfo, tree, data);
}

void dns_hook_handoff(void)
{
    previous_handle = dissector_get_uint_handle(find_dissector_table("udp.port"), DNS_PORT);
    if (previous_handle) {
        dissector_add_uint("udp.port", DNS_PORT,
                           create_dissector_handle_with_name_and_description(dissect_dns, -1, NULL,
                                                                             "DNS, its answers remembered"));
    }
}
