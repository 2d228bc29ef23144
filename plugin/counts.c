/* counts.c
 * -z ltkm,tree, -z mbms_sec,tree and -z mbms_sec,srt count as packets go by.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/counts.h"

#include <epan/srt_table.h>
#include <epan/stats_tree.h>

#include "packet/taps.h"

/* ---- -z ltkm,tree ----------------------------------------------------------------------------------- */

/* By a verification message, whatever its MAC is. */
static const char *const ANSWERED = "Answered", *const UNANSWERED = "Not answered";

static int tree_ltkms;
static int tree_answers;

/* stats_tree -> the LTKMs that it counts as not answered so far */
static GHashTable *unanswered;

static void tree_init(stats_tree *st)
{
    tree_ltkms = stats_tree_create_node(st, "LTKMs", 0, STAT_DT_INT, TRUE);
    stat_node_set_flags(st, "LTKMs", 0, TRUE, ST_FLG_SORT_TOP);
    stats_tree_create_node(st, "Verification messages", 0, STAT_DT_INT, FALSE);
    tree_answers = stats_tree_create_node(st, "LTKMs with V flag", 0, STAT_DT_INT, TRUE);
    stats_tree_create_node(st, ANSWERED, tree_answers, STAT_DT_INT, FALSE);
    stats_tree_create_node(st, UNANSWERED, tree_answers, STAT_DT_INT, FALSE);
    stats_tree_create_node(st, "Copies", 0, STAT_DT_INT, FALSE);
    if (!unanswered) {
        unanswered = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_destroy);
    }
    g_hash_table_insert(unanswered, st, g_hash_table_new(NULL, NULL));
}

static void tree_cleanup(stats_tree *st)
{
    g_hash_table_remove(unanswered, st);
}

static void count_ltkm(stats_tree *st, GHashTable *waiting, const tracked_message_t *ltkm)
{
    const tracked_message_t *peer = ltkm_peer(ltkm);

    tick_stat_node(st, "LTKMs", 0, TRUE);
    tick_stat_node(st, bcast_delivery_type_name(ltkm->transport), tree_ltkms, FALSE);
    if (!ltkm->v_flag) {
        return;
    }
    tick_stat_node(st, "LTKMs with V flag", 0, TRUE);
    if (peer) {
        tick_stat_node(st, ANSWERED, tree_answers, FALSE);
    } else {
        tick_stat_node(st, UNANSWERED, tree_answers, FALSE);
        g_hash_table_add(waiting, (void *)ltkm);
    }
}

/* In one pass an LTKM waits until its verification message passes by. */
static void count_verification(stats_tree *st, GHashTable *waiting, const tracked_message_t *verification)
{
    tick_stat_node(st, "Verification messages", 0, FALSE);
    if (g_hash_table_remove(waiting, ltkm_peer(verification))) {
        tick_stat_node(st, ANSWERED, tree_answers, FALSE);
        increase_stat_node(st, UNANSWERED, tree_answers, FALSE, -1);
    }
}

static void tree_count(stats_tree *st, const tracked_message_t *tracked)
{
    GHashTable *waiting = g_hash_table_lookup(unanswered, st);

    if (tracked->is_copy) {
        tick_stat_node(st, "Copies", 0, FALSE);
    } else if (ltkm_is_ltkm(tracked)) {
        count_ltkm(st, waiting, tracked);
    } else if (tracked->kind == MIKEY_KIND_VERIFICATION) {
        count_verification(st, waiting, tracked);
    }
}

static tap_packet_status tree_packet(stats_tree *st, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                     const void *data, tap_flags_t flags _U_)
{
    for (const ltkm_t *ltkm = data; ltkm; ltkm = ltkm->next) {
        tree_count(st, ltkm->tracked);
    }
    return TAP_PACKET_REDRAW;
}

/* ---- -z mbms_sec,tree ------------------------------------------------------------------------------- */

/* Requests in the order of the rows. */
static const mbms_message_t requests[] = { MBMS_REGISTRATION_REQUEST, MBMS_DEREGISTRATION_REQUEST,
                                           MBMS_MSK_REQUEST };

/* Of a request without a response so far it is not known whether there is one. */
static const char *const NOT_ANSWERED = "No response seen";

/* stats_tree -> the procedures that it counts, those without a response to themselves */
static GHashTable *counted;

static int outcome_nodes[array_length(requests)];

static void outcomes_init(stats_tree *st)
{
    for (size_t i = 0; i < array_length(requests); i++) {
        outcome_nodes[i] = stats_tree_create_node(st, procedure_name(requests[i]), 0, STAT_DT_INT, TRUE);
    }
    stats_tree_create_node(st, "Copies", 0, STAT_DT_INT, FALSE);
    if (!counted) {
        counted = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_destroy);
    }
    g_hash_table_insert(counted, st, g_hash_table_new(NULL, NULL));
}

static void outcomes_cleanup(stats_tree *st)
{
    g_hash_table_remove(counted, st);
}

static int row_of(mbms_message_t request)
{
    for (size_t i = 0; i < array_length(requests); i++) {
        if (requests[i] == request) {
            return (int)i;
        }
    }
    return -1;
}

static const char *outcome_name(const procedure_t *procedure)
{
    return procedure->response_frame ? val_to_str_const(procedure->outcome, NAMES(outcome_names), "Not known")
                                     : NOT_ANSWERED;
}

/* Counted when its first frame passes by, and anew when a request has got its response. */
static void count_procedure(stats_tree *st, const procedure_t *procedure)
{
    GHashTable *procedures = g_hash_table_lookup(counted, st);
    int row = row_of(procedure->request);
    gpointer waiting;

    if (row < 0) {
        return;
    }
    if (!g_hash_table_lookup_extended(procedures, procedure, NULL, &waiting)) {
        if (procedure->is_copy) {
            tick_stat_node(st, "Copies", 0, FALSE);
        } else {
            tick_stat_node(st, procedure_name(procedure->request), 0, TRUE);
            tick_stat_node(st, outcome_name(procedure), outcome_nodes[row], FALSE);
        }
    } else if (waiting && procedure->response_frame && !procedure->is_copy) {
        increase_stat_node(st, NOT_ANSWERED, outcome_nodes[row], FALSE, -1);
        tick_stat_node(st, outcome_name(procedure), outcome_nodes[row], FALSE);
    }
    g_hash_table_insert(procedures, (void *)procedure, procedure->response_frame ? NULL : (void *)procedure);
}

static tap_packet_status outcomes_packet(stats_tree *st, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                         const void *data, tap_flags_t flags _U_)
{
    const bcast_tap_t *tapped = data;

    if (tapped->body) {
        count_procedure(st, tapped->body->procedure);
    } else if (tapped->answered) {
        count_procedure(st, tapped->answered);
    }
    return TAP_PACKET_REDRAW;
}

/* ---- -z mbms_sec,srt -------------------------------------------------------------------------------- */

/* The index of a row is the number of its request: Wireshark's "Apply as Filter" puts it behind the field of
 * the table. Copies are of any request; the filter of their row finds nothing.
 */
enum { COPIES_ROW = 0, SRT_ROWS = MBMS_MSK_REQUEST + 1 };

static void srt_init(struct register_srt *srt _U_, GArray *tables)
{
    srt_stat_table *table =
        init_srt_table("MBMS security", NULL, tables, SRT_ROWS, "Procedure", "mbms_sec.message", NULL);

    for (size_t i = 0; i < array_length(requests); i++) {
        init_srt_table_row(table, (int)requests[i], procedure_name(requests[i]));
    }
    init_srt_table_row(table, COPIES_ROW, "Copies");
}

static tap_packet_status srt_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data, tap_flags_t flags _U_)
{
    srt_data_t *srt = tapdata;
    const procedure_t *procedure = data;
    nstime_t time;

    if (!procedure_took_time(procedure) || row_of(procedure->request) < 0) {
        return TAP_PACKET_DONT_REDRAW;
    }
    time = (nstime_t){ (time_t)(procedure->request_time / MOMENT_SECOND),
                       (int)(procedure->request_time % MOMENT_SECOND) };
    add_srt_table_data(g_array_index(srt->srt_array, srt_stat_table *, 0),
                       procedure->is_copy ? COPIES_ROW : (int)procedure->request, &time, pinfo);
    return TAP_PACKET_REDRAW;
}

/* ---- registration ----------------------------------------------------------------------------------- */

void counts_handoff(void)
{
    stats_tree_register_plugin("ltkm", "ltkm", "OMA BCAST LTKM counters", 0, tree_packet, tree_init,
                               tree_cleanup);
    stats_tree_register_plugin("bcast", "mbms_sec", "MBMS security procedures", 0, outcomes_packet,
                               outcomes_init, outcomes_cleanup);
    register_srt_table(proto_get_id_by_filter_name("mbms_sec"), NULL, 1, srt_packet, srt_init, NULL);
}
