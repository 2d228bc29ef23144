/* ltkm-text.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkm-text.h"

#include "mikey/key-names.h"
#include "mikey/number-text.h"
#include "tracking/msks.h"

/* As far as the message names it; with a blank before. */
static void append_key_name(wmem_allocator_t *pool, wmem_strbuf_t *text, const mikey_message_t *message)
{
    key_id_t domain = mikey_key_domain(message), msk = mikey_msk_id(message);
    char id[KEY_ID_TEXT_SIZE];

    if (message->key_domain_id && message->msk_id) {
        wmem_strbuf_append(text, " ");
        wmem_strbuf_append(text, key_name(pool, domain, msk));
    } else if (message->key_domain_id || message->msk_id) {
        key_id_text(id, sizeof id, message->msk_id ? msk : domain, message->msk_id != NULL);
        wmem_strbuf_append_printf(text, " of %s %s", message->msk_id ? "MSK" : "key domain", id);
    }
}

static void append_t(wmem_strbuf_t *text, const mikey_message_t *message)
{
    if (message->t && message->t->t.ts_type == MIKEY_TS_COUNTER) {
        wmem_strbuf_append(text, " counter ");
        append_number(text, (uint32_t)message->t->t.number);
    }
}

static void append_verified_ltkm(wmem_allocator_t *pool, wmem_strbuf_t *text,
                                 const tracked_message_t *tracked)
{
    const tracked_message_t *ltkm = tracked ? ltkm_peer(tracked) : NULL;

    if (!ltkm) {
        return;
    }
    wmem_strbuf_append(text, " of ");
    if (ltkm->msk) {
        wmem_strbuf_append(text, msk_text(pool, &ltkm->msk->name));
        wmem_strbuf_append(text, " in ");
    }
    wmem_strbuf_append(text, "frame ");
    append_number(text, ltkm->frame);
    if (tracked->time >= ltkm->time) {
        char seconds[SECONDS_TEXT_SIZE];

        wmem_strbuf_append(text, " (");
        wmem_strbuf_append(text, seconds_text(seconds, ltkm_delay(ltkm, tracked)));
        wmem_strbuf_append(text, " s)");
    }
}

/* How a message of a kind reads. */
static const struct {
    const char *name;
    bool key;  /* the name of its key follows, */
    bool t;    /* its T, */
    bool asks; /* and whether it asks for a verification message */
} kinds[] = {
    [MIKEY_KIND_UNKNOWN] = { "MIKEY message", false, false, false },
    [MIKEY_KIND_LTKM] = { "LTKM", true, true, true },
    [MIKEY_KIND_LTKM_WITHOUT_KEY] = { "LTKM without key", true, true, true },
    [MIKEY_KIND_VERIFICATION] = { "LTKM verification", false, false, false },
    [MIKEY_KIND_STKM] = { "STKM", true, true, false },
    [MIKEY_KIND_ERROR] = { "MIKEY error message", false, false, false },
    [MIKEY_KIND_OTHER] = { "MIKEY pre-shared-key message", false, true, false },
    [MIKEY_KIND_PARENTAL_CONTROL] = { "Parental control message", true, true, true },
};

char *ltkm_summary(wmem_allocator_t *pool, const mikey_message_t *message, const tracked_message_t *tracked)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pool, "");

    wmem_strbuf_append(text, kinds[message->kind].name);
    if (kinds[message->kind].key) {
        append_key_name(pool, text, message);
    }
    if (kinds[message->kind].t) {
        append_t(text, message);
    }
    if (kinds[message->kind].asks && message->v_flag) {
        wmem_strbuf_append(text, ", verification requested");
    }
    if (message->kind == MIKEY_KIND_VERIFICATION) {
        append_verified_ltkm(pool, text, tracked);
    }
    if (tracked && ltkm_original_frame(tracked)) {
        wmem_strbuf_append(text, ", duplicate of frame ");
        append_number(text, ltkm_original_frame(tracked));
    }
    if (!message->complete) {
        wmem_strbuf_append(text, ", incomplete");
    }
    return wmem_strbuf_finalize(text);
}
