/* fate-tree.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/fate-tree.h"

#include "mikey/key-names.h"
#include "packet/audience.h"
#include "packet/file-scope.h"
#include "packet/settings.h"
#include "tracking/answers.h"

static int hf_ltkm_key = -1;
static int hf_ltkm_fate = -1;
static int hf_ltkm_answer = -1;
static int hf_ltkm_answer_reason = -1;
static int hf_ltkm_unreachable_in = -1;
static int hf_ltkm_quote_of = -1;

static const value_string fate_vals[] = {
    { FATE_USED, "Used" },
    { FATE_ASKS, "Makes the terminal ask for the key" },
    { FATE_INVALID, "The key becomes invalid" },
    { FATE_VALIDITY, "Validity updated" },
    { FATE_MAY_IGNORE, "May be ignored" },
    { FATE_REPLAY, "Dropped: replay" },
    { FATE_MAC_WRONG, "Dropped: MAC wrong" },
    { FATE_MALFORMED, "Dropped: malformed" },
    { FATE_COPY, "Copy of another frame" },
    { FATE_NO_MSK, "Dropped: no MSK" },
    { FATE_BAD_MTK, "Dropped: MTK ID not in its interval, or not new" },
    { 0, NULL },
};

static const value_string answer_vals[] = {
    { ANSWER_NOT_ASKED_FOR, "Not asked for" },
    { ANSWER_VERIFIED, "Verified" },
    { ANSWER_LATE, "Verified late" },
    { ANSWER_MISSING, "Missing" },
    { ANSWER_NOT_EXPECTED, "Not expected" },
    { ANSWER_NOT_VISIBLE, "Not visible" },
    { ANSWER_CAPTURE_ENDS, "The capture ends first" },
    { 0, NULL },
};

static void add_string(tvbuff_t *tvb, proto_tree *tree, int hf, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, 0, 0, text));
}

/* Of a verification message, the key of its LTKM. */
static void add_key(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm)
{
    const tracked_message_t *peer = ltkm->tracked ? ltkm_peer(ltkm->tracked) : NULL;
    const char *name = NULL;

    if (!proto_field_is_referenced(tree, hf_ltkm_key)) {
        return;
    }
    if (ltkm->message->kind != MIKEY_KIND_VERIFICATION) {
        name = mikey_key_name(pinfo->pool, ltkm->message);
    } else if (peer && peer->msk) {
        name = msk_text(pinfo->pool, &peer->msk->name);
    }
    if (name) {
        add_string(tvb, tree, hf_ltkm_key, name);
    }
}

static void add_fate(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const tracked_message_t *tracked)
{
    const char *reason;
    proto_item *item;

    if ((!ltkm_is_ltkm(tracked) && tracked->kind != MIKEY_KIND_STKM) || tracked->fate == FATE_UNKNOWN) {
        return;
    }
    item = proto_tree_add_uint(tree, hf_ltkm_fate, tvb, 0, 0, fate_of(tracked));
    proto_item_set_generated(item);
    if (labels_are_seen(tree)) {
        reason = fate_reason(pinfo->pool, &file_capture()->fates, tracked);
        proto_item_append_text(item, "%s%s", reason[0] ? ": " : "", reason);
    }
}

/* All reasons that there are, the one to say first in front. */
static void add_reasons(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const tracked_message_t *ltkm,
                        const ltkm_answer_t *answer)
{
    for (unsigned silence = 0; silence < N_SILENCES; silence++) {
        if (answer_has(answer, silence)) {
            add_string(tvb, tree, hf_ltkm_answer_reason,
                       silence_text(pinfo->pool, file_capture(), ltkm, answer, silence));
        }
    }
}

/* What has not come by the first pass does not come. */
static void add_answer(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const tracked_message_t *tracked)
{
    ltkm_answer_t answer;

    if (!ltkm_is_ltkm(tracked) || !PINFO_FD_VISITED(pinfo)) {
        return;
    }
    answer = answer_of(file_capture(), tracked, settings.verification_timeout);
    proto_item_set_generated(proto_tree_add_uint(tree, hf_ltkm_answer, tvb, 0, 0, answer.kind));
    if (!ltkm_peer(tracked) && proto_field_is_referenced(tree, hf_ltkm_answer_reason)) {
        add_reasons(tvb, pinfo, tree, tracked, &answer);
    }
}

static void add_frame(tvbuff_t *tvb, proto_tree *tree, int hf, uint32_t frame)
{
    if (frame) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, frame));
    }
}

void fate_tree_add(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const ltkm_t *ltkm)
{
    const tracked_message_t *tracked = ltkm->tracked;

    add_key(tvb, pinfo, tree, ltkm);
    if (ltkm->quoted) {
        add_frame(tvb, tree, hf_ltkm_quote_of, ltkm->quoted->frame);
    }
    if (tracked) {
        add_fate(tvb, pinfo, tree, tracked);
        add_answer(tvb, pinfo, tree, tracked);
        add_frame(tvb, tree, hf_ltkm_unreachable_in, capture_unreachable_in(file_capture(), tracked));
    }
}

void fate_tree_register(int proto_ltkm)
{
    static hf_register_info hf[] = {
        { &hf_ltkm_key,
          { "Key", "ltkm.key", FT_STRING, BASE_NONE, NULL, 0,
            "Key Domain ID, MSK ID and MTK ID of the key; of a verification message, that of its LTKM",
            HFILL } },
        { &hf_ltkm_fate,
          { "Fate", "ltkm.fate", FT_UINT8, BASE_DEC, VALS(fate_vals), 0,
            "What a terminal does with it (TS 33.246 6.5), as far as capture and keys tell", HFILL } },
        { &hf_ltkm_answer,
          { "Answer", "ltkm.answer", FT_UINT8, BASE_DEC, VALS(answer_vals), 0,
            "Whether the verification message came", HFILL } },
        { &hf_ltkm_answer_reason,
          { "Why there is no answer", "ltkm.answer_reason", FT_STRING, BASE_NONE, NULL, 0,
            "Why there is no verification message", HFILL } },
        { &hf_ltkm_unreachable_in,
          { "Unreachable in", "ltkm.unreachable_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "An ICMP error that quotes this message", HFILL } },
        { &hf_ltkm_quote_of,
          { "Quote of", "ltkm.quote_of", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "The message that this ICMP error quotes", HFILL } },
    };

    proto_register_field_array(proto_ltkm, hf, array_length(hf));
}
