/* fate-text.c
 * Why a message has its fate, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/fates.h"

#include "bcast/bcast-content.h"

char *fate_replay_text(wmem_allocator_t *pool, const tracked_message_t *message)
{
    return wmem_strdup_printf(pool, "T %u is not greater than T %u of frame %u", (uint32_t)message->t,
                              (uint32_t)message->compared->t, message->compared->frame);
}

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

static char *text_of_asking(wmem_allocator_t *pool, const tracked_message_t *message)
{
    return message->older_muk ? fate_newer_text(pool, message) : wmem_strdup(pool, "a solicited pull");
}

static char *text_of_ignoring(wmem_allocator_t *pool, const tracked_message_t *message)
{
    return wmem_strdup_printf(pool, "%s was not granted in frame %u",
                              bcast_delivery_type_name(message->transport), message->delivery->frame);
}

static char *text_of_copy(wmem_allocator_t *pool, const tracked_message_t *message)
{
    return wmem_strdup_printf(pool, "the same bytes as frame %u", message->compared->frame);
}

static char *text_of_lack(wmem_allocator_t *pool, const tracked_message_t *message)
{
    return message->compared
               ? wmem_strdup_printf(pool, "no terminal has the MSK since frame %u", message->compared->frame)
               : wmem_strdup(pool, "no LTKM before it in the capture brought the MSK");
}

static char *text_of_bad_mtk(wmem_allocator_t *pool, const tracked_message_t *message)
{
    if (message->compared) {
        return wmem_strdup_printf(pool, "MTK ID 0x%04x is not greater than 0x%04x of frame %u",
                                  message->mtk_id, message->compared->mtk_id, message->compared->frame);
    }
    return wmem_strdup_printf(pool, "MTK ID 0x%04x is not in the interval of its MSK", message->mtk_id);
}

static char *text_of_malformed(wmem_allocator_t *pool, const tracked_message_t *message)
{
    return wmem_strdup(pool, message->msk ? "" : "EXT 3 names no MSK that can be read");
}

static char *text_of_use(wmem_allocator_t *pool, const tracked_message_t *message)
{
    return wmem_strdup(pool, message->kind == MIKEY_KIND_STKM ? "the MTK is used" : "the key is stored");
}

char *fate_reason(wmem_allocator_t *pool, const tracked_message_t *message)
{
    static char *(*const texts[])(wmem_allocator_t *, const tracked_message_t *) = {
        [FATE_USED] = text_of_use,
        [FATE_ASKS] = text_of_asking,
        [FATE_MAY_IGNORE] = text_of_ignoring,
        [FATE_REPLAY] = fate_replay_text,
        [FATE_MALFORMED] = text_of_malformed,
        [FATE_COPY] = text_of_copy,
        [FATE_NO_MSK] = text_of_lack,
        [FATE_BAD_MTK] = text_of_bad_mtk,
    };

    return message->fate < G_N_ELEMENTS(texts) && texts[message->fate] ? texts[message->fate](pool, message)
                                                                       : wmem_strdup(pool, "");
}
