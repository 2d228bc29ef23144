/* file-scope.c
 * One init and one cleanup routine own the one capture_t.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/file-scope.h"

#include <string.h>

#include <epan/wmem_scopes.h>

#include "packet/frame-record.h"
#include "packet/packet-ltkm.h"
#include "packet/settings.h"

static capture_t *capture; /* in file scope; NULL while no file is open */
static key_ring_t keys;

enum { PORT_BITS = 1024 };

/* What is remembered of a connection, and what it is found by. */
typedef struct {
    uint32_t ends;         /* ends_of() */
    uint32_t conversation; /* its number */
    procedure_connection_t connection;
} kept_connection_t;

static struct {
    store_t store;
    record_set_t by_ends; /* of those between the same ends the latest */
    record_set_t by_conversation;
    uint64_t ports[PORT_BITS / 64]; /* one bit for the sum of the ports of each, and of many others */
} connections;

static unsigned conversation_hash(const void *kept)
{
    return record_number_hash(&((const kept_connection_t *)kept)->conversation);
}

static int conversation_equal(const void *one, const void *other)
{
    return ((const kept_connection_t *)one)->conversation == ((const kept_connection_t *)other)->conversation;
}

static void open_capture(void)
{
    capture = capture_new(wmem_file_scope(), &keys);
    capture->foreign_port = ltkm_foreign_port();
    clock_mind_pauses(&capture->clock, wmem_file_scope(), settings.verification_timeout);
    clock_mind_pauses(&capture->clock, wmem_file_scope(), settings.delivery_timeout);
    connections.store = store_in(wmem_file_scope());
    connections.by_ends = record_set(wmem_file_scope(), record_number_hash, record_number_equal);
    connections.by_conversation = record_set(wmem_file_scope(), conversation_hash, conversation_equal);
}

/* Before the file's memory is given back. */
static void close_capture(void)
{
    if (capture) {
        capture_wipe(capture);
        capture = NULL;
        memset(&connections, 0, sizeof connections);
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

static uint32_t sum_of_words(const address *end)
{
    const uint8_t *bytes = end->data;
    uint32_t word, sum = 0;

    for (int i = 0; i + (int)sizeof word <= end->len; i += (int)sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        sum += word;
    }
    return sum;
}

/* The same in both directions. Foreign packets, too, are asked for it: it is only a hint, and has to cost
 * next to nothing. */
static uint32_t ends_of(const packet_info *pinfo)
{
    return sum_of_words(&pinfo->src) + sum_of_words(&pinfo->dst) +
           0x9e3779b1u * (pinfo->srcport + pinfo->destport);
}

/* The cheapest question first. */
static uint64_t *ports_of(const packet_info *pinfo, uint64_t *bit)
{
    uint32_t ports = pinfo->srcport + pinfo->destport;

    *bit = (uint64_t)1 << ports % 64;
    return &connections.ports[ports % PORT_BITS / 64];
}

bool connection_may_be_ours(const packet_info *pinfo)
{
    uint64_t bit;
    uint32_t ends;

    if (!(*ports_of(pinfo, &bit) & bit)) {
        return false;
    }
    ends = ends_of(pinfo);
    return record_set_find(&connections.by_ends, &ends) != NULL;
}

procedure_connection_t *connection_of(packet_info *pinfo, conversation_t *conversation, bool make)
{
    kept_connection_t key, *kept;
    uint64_t bit;

    if (!conversation && make) {
        conversation = find_or_create_conversation(pinfo);
    }
    key.conversation = conversation ? conversation->conv_index : 0;
    kept = conversation ? record_set_find(&connections.by_conversation, &key) : NULL;
    if (!kept && make) {
        kept = store_new0(&connections.store, kept_connection_t);
        kept->conversation = key.conversation;
        kept->ends = ends_of(pinfo);
        *ports_of(pinfo, &bit) |= bit;
        record_set_add(&connections.by_ends, kept);
        record_set_add(&connections.by_conversation, kept);
    }
    return kept ? &kept->connection : NULL;
}
