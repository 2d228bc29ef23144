/* file-scope.c
 * One init and one cleanup routine own the one capture_t.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/file-scope.h"

#include <epan/conversation.h>
#include <epan/wmem_scopes.h>

#include "packet/frame-record.h"
#include "packet/packet-ltkm.h"
#include "packet/settings.h"

static capture_t *capture; /* in file scope; NULL while no file is open */
static key_ring_t keys;
static int proto_mbms_sec;
static wmem_map_t *ends; /* of connections of ours: ends_hash() */

static void open_capture(void)
{
    capture = capture_new(wmem_file_scope(), &keys);
    capture->foreign_port = ltkm_foreign_port();
    clock_mind_pauses(&capture->clock, wmem_file_scope(), settings.verification_timeout);
    clock_mind_pauses(&capture->clock, wmem_file_scope(), settings.delivery_timeout);
    ends = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    proto_mbms_sec = proto_get_id_by_filter_name("mbms_sec");
}

/* Before the file's memory is given back. */
static void close_capture(void)
{
    if (capture) {
        capture_wipe(capture);
        capture = NULL;
        ends = NULL;
    }
}

void file_scope_register(void)
{
    register_init_routine(open_capture);
    register_cleanup_routine(close_capture);
}

capture_t *file_capture(void)
{
    return capture;
}

key_ring_t *entered_keys(void)
{
    return &keys;
}

static int64_t time_of(const packet_info *pinfo)
{
    return moment_time(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs);
}

moment_t moment_of(const packet_info *pinfo)
{
    return (moment_t){
        .frame = pinfo->num,
        .time = time_of(pinfo),
        .cut = frame_record_is_cut(pinfo),
        .source = net_address_of(pinfo->src.data, (size_t)MAX(pinfo->src.len, 0)),
        .destination = net_address_of(pinfo->dst.data, (size_t)MAX(pinfo->dst.len, 0)),
        .source_port = (uint16_t)pinfo->srcport,
        .destination_port = (uint16_t)pinfo->destport,
    };
}

void file_scope_tick(const packet_info *pinfo)
{
    budget_earn(&capture->budget, pinfo->fd->cap_len);
    clock_tick(&capture->clock, time_of(pinfo), pinfo->fd->cap_len, pinfo->fd->pkt_len);
}

/* The same in both directions. */
static void *ends_hash(const packet_info *pinfo)
{
    net_address_t source = net_address_of(pinfo->src.data, (size_t)MAX(pinfo->src.len, 0));
    net_address_t destination = net_address_of(pinfo->dst.data, (size_t)MAX(pinfo->dst.len, 0));
    uint32_t one = net_address_hash(&source) + 0x9e3779b1u * (pinfo->srcport + 1);
    uint32_t other = net_address_hash(&destination) + 0x9e3779b1u * (pinfo->destport + 1);

    return GUINT_TO_POINTER(one + other);
}

bool connections_of_ours(void)
{
    return wmem_map_size(ends) > 0;
}

procedure_connection_t *connection_if_ours(packet_info *pinfo)
{
    bool perhaps = connections_of_ours() && wmem_map_contains(ends, ends_hash(pinfo));

    return perhaps ? connection_of(pinfo, false) : NULL;
}

procedure_connection_t *connection_of(packet_info *pinfo, bool make)
{
    conversation_t *conversation =
        make ? find_or_create_conversation(pinfo) : find_conversation_pinfo(pinfo, 0);
    procedure_connection_t *connection =
        conversation ? conversation_get_proto_data(conversation, proto_mbms_sec) : NULL;

    if (!connection && make) {
        connection = wmem_new0(wmem_file_scope(), procedure_connection_t);
        conversation_add_proto_data(conversation, proto_mbms_sec, connection);
        wmem_map_insert(ends, ends_hash(pinfo), connection);
    }
    return connection;
}
