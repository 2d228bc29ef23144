/* fate-text.c
 * Why a message has its fate, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/fates.h"

#include "bcast/bcast-content.h"

typedef struct {
    wmem_allocator_t *pool;
    const tracked_message_t *message;
    const tracked_message_t *compared; /* NULL: none */
} subject_t;

char *fate_newer_text(wmem_allocator_t *pool, const tracked_message_t *message)
{
    const terminal_t *terminal = message->terminal;
    const terminal_t *newer = terminal && terminal->after ? terminal->after : terminal;

    if (!newer) {
        return wmem_strdup(pool, "IDr is not the newest B-TID of its terminal");
    }
    return wmem_strdup_printf(pool, "IDr is not the newest B-TID of its terminal: %s since frame %u",
                              newer->name, newer->first_frame);
}

static char *text_of_replay(const subject_t *of)
{
    return wmem_strdup_printf(of->pool, "T %u is not greater than T %u of frame %u", (uint32_t)of->message->t,
                              (uint32_t)of->compared->t, of->compared->frame);
}

static char *text_of_asking(const subject_t *of)
{
    return fate_has_older_muk(of->message) ? fate_newer_text(of->pool, of->message)
                                           : wmem_strdup(of->pool, "a solicited pull");
}

static char *text_of_ignoring(const subject_t *of)
{
    return wmem_strdup_printf(of->pool, "%s was not granted in frame %u",
                              bcast_delivery_type_name(of->message->transport), of->message->delivery->frame);
}

static char *text_of_copy(const subject_t *of)
{
    return wmem_strdup_printf(of->pool, "the same bytes as frame %u", of->compared->frame);
}

static char *text_of_lack(const subject_t *of)
{
    return of->compared
               ? wmem_strdup_printf(of->pool, "no terminal has the MSK since frame %u", of->compared->frame)
               : wmem_strdup(of->pool, "no LTKM before it in the capture brought the MSK");
}

static char *text_of_bad_mtk(const subject_t *of)
{
    if (of->compared) {
        return wmem_strdup_printf(of->pool, "MTK ID 0x%04x is not greater than 0x%04x of frame %u",
                                  of->message->mtk_id, of->compared->mtk_id, of->compared->frame);
    }
    return wmem_strdup_printf(of->pool, "MTK ID 0x%04x is not in the interval of its MSK",
                              of->message->mtk_id);
}

static char *text_of_malformed(const subject_t *of)
{
    return wmem_strdup(of->pool, of->message->msk ? "" : "EXT 3 names no MSK that can be read");
}

static char *text_of_use(const subject_t *of)
{
    return wmem_strdup(of->pool,
                       of->message->kind == MIKEY_KIND_STKM ? "the MTK is used" : "the key is stored");
}

char *fate_replay_text(wmem_allocator_t *pool, const fates_t *fates, const tracked_message_t *message)
{
    return text_of_replay(&(subject_t){ pool, message, fates_compared(fates, message) });
}

char *fate_reason(wmem_allocator_t *pool, const fates_t *fates, const tracked_message_t *message)
{
    static char *(*const texts[])(const subject_t *) = {
        [FATE_USED] = text_of_use,
        [FATE_ASKS] = text_of_asking,
        [FATE_MAY_IGNORE] = text_of_ignoring,
        [FATE_REPLAY] = text_of_replay,
        [FATE_MALFORMED] = text_of_malformed,
        [FATE_COPY] = text_of_copy,
        [FATE_NO_MSK] = text_of_lack,
        [FATE_BAD_MTK] = text_of_bad_mtk,
    };
    subject_t subject = { pool, message, fates_compared(fates, message) };

    ltkm_fate_t fate = fate_of(message);

    return fate < G_N_ELEMENTS(texts) && texts[fate] ? texts[fate](&subject) : wmem_strdup(pool, "");
}
