/* digest-tree.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/digest-tree.h"

#include "packet/key-format.h"
#include "packet/rules-tree.h"

static int hf_mbms_sec_digest_status = -1;

/* Behind the status: whose key it was, or what is missing. What is wrong the finding says. */
static void append_reason(packet_info *pinfo, proto_item *item, const digest_proof_t *proof)
{
    if (proof->status == MIKEY_MAC_GOOD) {
        proto_item_append_text(item, ": %s", digest_key_text(pinfo->pool, proof));
    } else if (proof->status == MIKEY_MAC_UNVERIFIED) {
        proto_item_append_text(item, ": %s", proof->why);
    }
}

void digest_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const digest_proof_t *proof)
{
    proto_item *item;

    if (!proof) {
        return;
    }
    item = proto_tree_add_uint(tree, hf_mbms_sec_digest_status, tvb, 0, 0, proof->status);
    proto_item_set_generated(item);
    append_reason(pinfo, item, proof);
    for (const rule_finding_t *finding = proof->findings; finding; finding = finding->next) {
        show_finding(pinfo, tvb, tree, item, finding);
    }
}

void digest_tree_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_mbms_sec_digest_status,
          { "Digest status", "mbms_sec.digest_status", FT_UINT8, BASE_NONE, VALS(checked_vals), 0,
            "HTTP digest of the request, or of the response, under the MRKs of the key tables", HFILL } },
    };

    proto_register_field_array(proto, hf, array_length(hf));
}
