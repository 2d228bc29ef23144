/* compat.h
 * The only file that asks which Wireshark it is compiled for. The rest is written for the newest API; what
 * older ones call otherwise is bridged here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef COMPAT_H
#define COMPAT_H

#include <wireshark.h>
#include <ws_version.h>

#include <epan/packet.h>
#include <epan/prefs.h>

#define WIRESHARK_AT_LEAST(major, minor)                                                                     \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                                    \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#if WIRESHARK_AT_LEAST(4, 4)
#include <wsutil/array.h>
#endif

/* 4.4 made preferences and heuristics bool. */
#if WIRESHARK_AT_LEAST(4, 4)
typedef bool compat_bool_t;
#else
typedef gboolean compat_bool_t;
#endif

/* Tables of preferences were first. */
#if WIRESHARK_AT_LEAST(4, 2)
typedef bool compat_uat_bool_t;
#else
typedef gboolean compat_uat_bool_t;
#endif

/* 4.4 asks plugins what they are. */
#if WIRESHARK_AT_LEAST(4, 4)
#include <wsutil/plugins.h>
#define COMPAT_PLUGIN_DESCRIPTION WS_PLUGIN_DESC_DISSECTOR
#else
#define COMPAT_PLUGIN_DESCRIPTION 0
#endif

/* 4.2 moved format_text() and made its text plain characters. */
#if WIRESHARK_AT_LEAST(4, 2)
#include <wsutil/str_util.h>
#define compat_format_text format_text
#else
#include <epan/strutil.h>
static inline char *compat_format_text(wmem_allocator_t *scope, const char *text, size_t length)
{
    return format_text(scope, (const guchar *)text, length);
}
#endif

/* 4.4 renamed the groups of the Statistics menu. */
#if WIRESHARK_AT_LEAST(4, 4)
#define COMPAT_STAT_GROUP_TELEPHONY REGISTER_TELEPHONY_GROUP_UNSORTED
#else
#define COMPAT_STAT_GROUP_TELEPHONY REGISTER_STAT_GROUP_TELEPHONY
#endif

/* 4.6 wants to know whether a statistic could start. */
#if WIRESHARK_AT_LEAST(4, 6)
#define COMPAT_STAT_TAP_INIT_RETURN        bool
#define COMPAT_STAT_TAP_INIT_DONE(started) return (started)
#else
#define COMPAT_STAT_TAP_INIT_RETURN        void
#define COMPAT_STAT_TAP_INIT_DONE(started) (void)(started)
#endif

/* 4.2 hands the callbacks of a conversation filter the data of its registration; there is none here. */
#if WIRESHARK_AT_LEAST(4, 2)
#define COMPAT_CONVERSATION_DATA , void *data _U_
#define compat_register_conversation_filter(protocol, title, is_valid, build)                                \
    register_conversation_filter(protocol, title, is_valid, build, NULL)
#else
#define COMPAT_CONVERSATION_DATA
#define compat_register_conversation_filter register_conversation_filter
#endif

/* 4.2 keeps the dependencies of a frame with its data, in a set. */
static inline unsigned compat_n_dependencies(const packet_info *pinfo)
{
#if WIRESHARK_AT_LEAST(4, 2)
    return pinfo->fd->dependent_frames ? g_hash_table_size(pinfo->fd->dependent_frames) : 0;
#else
    return g_slist_length(pinfo->dependent_frames);
#endif
}

/* Returns how many more there are now. */
static inline unsigned compat_depend_on(packet_info *pinfo, uint32_t frame)
{
#if WIRESHARK_AT_LEAST(4, 2)
    unsigned before = compat_n_dependencies(pinfo);

    mark_frame_as_depended_upon(pinfo->fd, frame);
    return compat_n_dependencies(pinfo) - before;
#else
    mark_frame_as_depended_upon(pinfo, frame);
    return frame != pinfo->num;
#endif
}

static inline GList *compat_dependencies(const packet_info *pinfo)
{
    GList *frames = NULL;

#if WIRESHARK_AT_LEAST(4, 2)
    if (pinfo->fd->dependent_frames) {
        frames = g_hash_table_get_keys(pinfo->fd->dependent_frames);
    }
#else
    for (const GSList *frame = pinfo->dependent_frames; frame; frame = frame->next) {
        frames = g_list_prepend(frames, frame->data);
    }
#endif
    return frames;
}

/* 4.4 renamed the accessor. */
#if !WIRESHARK_AT_LEAST(4, 4)
#define tvb_get_uint8 tvb_get_guint8
#endif

/* A table of names of a pure room for VALS(): laid out as a value_string, which static assertions hold. */
#define NAMES(table) ((const value_string *)(const void *)(table))

#endif
