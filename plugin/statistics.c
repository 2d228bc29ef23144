/* statistics.c
 * On the command line -z ltkm,list and -z bcast,rules collect what passes by and judge when they are drawn,
 * after the last packet: true after one pass. Wireshark's menu gets the same rows as tables. -z ltkm,tree and
 * -z mbms_sec,srt count as packets go by.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/statistics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/srt_table.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "packet/compat.h"
#include "packet/rules-tree.h"
#include "tracking/proofs.h"
#include "packet/taps.h"

/* ---- collecting ------------------------------------------------------------------------------------- */

typedef struct {
    const tracked_message_t *tracked;
    char key_domain[24];
    char msk_id[24];
} message_row_t;

/* What a listing has seen: messages are judged when drawn, findings of documents are ready. */
typedef struct {
    char *filter;
    GArray *messages;  /* message_row_t */
    GArray *documents; /* bcast_tap_t */
} collection_t;

static void collection_reset(void *tapdata)
{
    collection_t *collection = tapdata;

    g_array_set_size(collection->messages, 0);
    g_array_set_size(collection->documents, 0);
}

static tap_packet_status collect_messages(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                          const void *data, tap_flags_t flags _U_)
{
    collection_t *collection = tapdata;

    for (const ltkm_tap_row_t *row = data; row; row = row->next) {
        message_row_t copy = { .tracked = row->tracked };

        g_strlcpy(copy.key_domain, row->key_domain, sizeof copy.key_domain);
        g_strlcpy(copy.msk_id, row->msk_id, sizeof copy.msk_id);
        g_array_append_val(collection->messages, copy);
    }
    return TAP_PACKET_REDRAW;
}

static tap_packet_status collect_findings(void *tapdata, packet_info *pinfo, epan_dissect_t *edt,
                                          const void *data, tap_flags_t flags)
{
    collection_t *collection = tapdata;
    const bcast_tap_t *tapped = data;

    if (tapped->findings) {
        g_array_append_vals(collection->documents, tapped, 1);
    }
    return collect_messages(tapdata, pinfo, edt, tapped->messages, flags);
}

static collection_t *collection_new(const char *filter)
{
    collection_t *collection = g_new0(collection_t, 1);

    collection->filter = g_strdup(filter);
    collection->messages = g_array_new(FALSE, FALSE, sizeof(message_row_t));
    collection->documents = g_array_new(FALSE, FALSE, sizeof(bcast_tap_t));
    return collection;
}

static void collection_free(void *tapdata)
{
    collection_t *collection = tapdata;

    g_free(collection->filter);
    g_array_free(collection->messages, TRUE);
    g_array_free(collection->documents, TRUE);
    g_free(collection);
}

/* Registers a listing; its filter is the rest of the command-line argument, "ltkm,list,FILTER". */
static void listen(const char *tap, const char *filter, tap_packet_cb packet, tap_draw_cb draw)
{
    GString *error = register_tap_listener(tap, collection_new(filter), filter, TL_REQUIRES_NOTHING,
                                           collection_reset, packet, draw, collection_free);

    if (error) { /* the filter is wrong: ends the program, as Wireshark's own statistics do */
        report_failure("Couldn't register tap \"%s\": %s", tap, error->str);
        g_string_free(error, TRUE);
        exit(1);
    }
}

/* "ltkm,list,FILTER" -> FILTER, NULL without one. */
static const char *filter_of(const char *argument, const char *command)
{
    size_t length = strlen(command);

    return argument[length] == ',' && argument[length + 1] ? argument + length + 1 : NULL;
}

/* ---- -z ltkm,list ----------------------------------------------------------------------------------- */

static bool is_ltkm(const tracked_message_t *tracked)
{
    return tracked->kind == MIKEY_KIND_LTKM || tracked->kind == MIKEY_KIND_LTKM_WITHOUT_KEY;
}

static const char *transport_name(const tracked_message_t *tracked)
{
    return bcast_delivery_type_name(tracked->transport);
}

static void format_verification(const tracked_message_t *ltkm, char frame[12], char delay[16])
{
    const tracked_message_t *verification = ltkm_peer(ltkm);

    g_strlcpy(frame, "-", 12);
    g_strlcpy(delay, "-", 16);
    if (verification) {
        snprintf(frame, 12, "%u", verification->frame);
        if (verification->time >= ltkm->time) {
            snprintf(delay, 16, "%.6f", ltkm_delay(ltkm, verification));
        }
    }
}

/* The MAC as far as keys tell; "-" without keys. */
static const char *mac_name(const tracked_message_t *ltkm)
{
    static const char *const names[] = {
        [MIKEY_MAC_BAD] = "bad",
        [MIKEY_MAC_GOOD] = "good",
        [MIKEY_MAC_UNVERIFIED] = "unverified",
        [MIKEY_MAC_NOT_PRESENT] = "none",
    };
    const ltkm_proof_t *proof = proof_of(ltkm);

    return proof ? names[proof->mac] : "-";
}

static const char *or_dash(const char *text)
{
    return text[0] ? text : "-";
}

static void draw_list(void *tapdata)
{
    const collection_t *collection = tapdata;
    uint32_t n = 0;

    printf("\n===================================================================\n");
    printf("LTKMs%s%s\n", collection->filter ? ", filter: " : "",
           collection->filter ? collection->filter : "");
    printf("%8s  %-9s  %-10s  %-9s  %-3s  %-11s  %-10s  %s\n", "Frame", "Transport", "Key domain", "MSK ID",
           "V", "Verified in", "Time", "MAC");
    for (unsigned i = 0; i < collection->messages->len; i++) {
        const message_row_t *row = &g_array_index(collection->messages, message_row_t, i);
        char frame[12], delay[16];

        if (!is_ltkm(row->tracked)) {
            continue;
        }
        n++;
        format_verification(row->tracked, frame, delay);
        printf("%8u  %-9s  %-10s  %-9s  %-3s  %-11s  %-10s  %s\n", row->tracked->frame,
               transport_name(row->tracked), or_dash(row->key_domain), or_dash(row->msk_id),
               row->tracked->v_flag ? "yes" : "no", frame, delay, mac_name(row->tracked));
    }
    printf("%u LTKMs\n", n);
    printf("===================================================================\n");
}

static COMPAT_STAT_TAP_INIT_RETURN list_init(const char *argument, void *userdata _U_)
{
    const char *filter = filter_of(argument, "ltkm,list");

    listen("ltkm", filter, collect_messages, draw_list);
    COMPAT_STAT_TAP_INIT_DONE;
}

/* ---- -z bcast,rules --------------------------------------------------------------------------------- */

typedef struct {
    uint32_t count;
    uint32_t first_frame;
} rule_count_t;

typedef rule_count_t rule_counts_t[RULE_MAX_NUMBER + 1][RULE_BREACH + 1];

static void count_findings(rule_counts_t counts, const rule_finding_t *finding, uint32_t frame)
{
    for (; finding; finding = finding->next) {
        rule_count_t *count = &counts[finding->number][finding->level];

        count->count += 1 + finding->omitted;
        count->first_frame = count->first_frame ? MIN(count->first_frame, frame) : frame;
    }
}

static void count_message(rule_counts_t counts, const tracked_message_t *tracked)
{
    rule_findings_t findings = { .pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE) };

    packet_rules_judge(tracked, true, NULL, &findings);
    count_findings(counts, findings.first, tracked->frame);
    wmem_destroy_allocator(findings.pool);
}

static void count_document(rule_counts_t counts, const bcast_tap_t *document)
{
    if (procedure_counts(document->procedure)) {
        count_findings(counts, document->findings, document->frame);
    }
}

static void draw_rules(void *tapdata)
{
    const collection_t *collection = tapdata;
    rule_counts_t counts = { { { 0, 0 } } };
    uint32_t totals[RULE_BREACH + 1] = { 0 };

    for (unsigned i = 0; i < collection->messages->len; i++) {
        count_message(counts, g_array_index(collection->messages, message_row_t, i).tracked);
    }
    for (unsigned i = 0; i < collection->documents->len; i++) {
        count_document(counts, &g_array_index(collection->documents, bcast_tap_t, i));
    }
    printf("\n===================================================================\n");
    printf("Rules broken or brushed against%s%s\n", collection->filter ? ", filter: " : "",
           collection->filter ? collection->filter : "");
    printf("%-5s  %-10s  %8s  %11s  %s\n", "Rule", "Level", "Findings", "First frame", "Clause");
    for (size_t i = 0; i < n_rules; i++) {
        for (unsigned level = RULE_BREACH; level >= RULE_NOTE; level--) {
            const rule_count_t *count = &counts[rules[i].number][level];
            char id[8];

            if (count->count) {
                snprintf(id, sizeof id, "R%u", rules[i].number);
                printf("%-5s  %-10s  %8u  %11u  %s\n", id, rule_level_name(level), count->count,
                       count->first_frame, rules[i].clause);
                totals[level] += count->count;
            }
        }
    }
    printf("bcast rules: %u breaches, %u suspicious, %u notes\n", totals[RULE_BREACH],
           totals[RULE_SUSPICIOUS], totals[RULE_NOTE]);
    printf("===================================================================\n");
}

static COMPAT_STAT_TAP_INIT_RETURN rules_init(const char *argument, void *userdata _U_)
{
    const char *filter = filter_of(argument, "bcast,rules");

    listen("bcast", filter, collect_findings, draw_rules);
    COMPAT_STAT_TAP_INIT_DONE;
}

/* ---- the same as tables of Wireshark's menu --------------------------------------------------------- */

/* Wireshark draws tables when every packet has been seen once: what has not come by then does not come. */

static stat_tap_table_item list_fields[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Frame", "%8u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Transport", "%-9s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Key domain", "%-10s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "MSK ID", "%-9s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "V", "%-3s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Verified in", "%-11s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Time", "%-10s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "MAC", "%s" },
};

static stat_tap_table_item rules_fields[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Rule", "%-5s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Level", "%-10s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Findings", "%8u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%11u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Clause", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Obligation", "%s" },
};

static stat_tap_table *table_of(stat_tap_table_ui *ui, const char *title)
{
    stat_tap_table *table = stat_tap_find_table(ui, title);

    if (!table) {
        table = stat_tap_init_table(title, (int)ui->nfields, 0, NULL);
        stat_tap_add_table(ui, table);
    }
    return table;
}

static void list_table_init(stat_tap_table_ui *ui)
{
    table_of(ui, "LTKMs");
}

static void rules_table_init(stat_tap_table_ui *ui)
{
    table_of(ui, "Rules");
}

static stat_tap_table_item_type text_item(const char *text)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_STRING, .value.string_value = g_strdup(text) };
}

static stat_tap_table_item_type number_item(uint32_t number)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_UINT, .value.uint_value = number };
}

static void free_item(stat_tap_table *table _U_, unsigned row _U_, unsigned column _U_,
                      stat_tap_table_item_type *item)
{
    if (item->type == TABLE_ITEM_STRING) {
        g_free((char *)item->value.string_value);
        item->value.string_value = NULL;
    }
}

static void reset_table(stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++) {
        for (unsigned column = 0; column < table->num_fields; column++) {
            free_item(table, row, column, stat_tap_get_field_data(table, row, column));
        }
        g_free(table->elements[row]);
        table->elements[row] = NULL;
    }
    table->num_elements = 0;
}

static tap_packet_status list_table_packet(void *tapdata, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                           const void *data, tap_flags_t flags _U_)
{
    stat_data_t *stat = tapdata;
    stat_tap_table *table = g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);

    for (const ltkm_tap_row_t *row = data; row; row = row->next) {
        stat_tap_table_item_type items[array_length(list_fields)];
        char frame[12], delay[16];

        if (is_ltkm(row->tracked)) {
            format_verification(row->tracked, frame, delay);
            items[0] = number_item(row->tracked->frame);
            items[1] = text_item(transport_name(row->tracked));
            items[2] = text_item(or_dash(row->key_domain));
            items[3] = text_item(or_dash(row->msk_id));
            items[4] = text_item(row->tracked->v_flag ? "yes" : "no");
            items[5] = text_item(frame);
            items[6] = text_item(delay);
            items[7] = text_item(mac_name(row->tracked));
            stat_tap_init_table_row(table, table->num_elements, array_length(items), items);
        }
    }
    return TAP_PACKET_REDRAW;
}

/* The row of a rule and level, made when new. */
static unsigned rule_row(stat_tap_table *table, const rule_finding_t *finding, uint32_t frame)
{
    const rule_t *rule = rule_by_number(finding->number);
    unsigned row = 0;
    char id[8];

    snprintf(id, sizeof id, "R%u", finding->number);
    for (; row < table->num_elements; row++) {
        if (strcmp(stat_tap_get_field_data(table, row, 0)->value.string_value, id) == 0 &&
            strcmp(stat_tap_get_field_data(table, row, 1)->value.string_value,
                   rule_level_name(finding->level)) == 0) {
            return row;
        }
    }
    stat_tap_init_table_row(table, row, array_length(rules_fields),
                            (stat_tap_table_item_type[]){
                                text_item(id), text_item(rule_level_name(finding->level)), number_item(0),
                                number_item(frame), text_item(rule->clause), text_item(rule->text) });
    return row;
}

static void add_findings(stat_data_t *stat, const rule_finding_t *finding, uint32_t frame)
{
    stat_tap_table *table = g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);

    for (; finding; finding = finding->next) {
        stat_tap_get_field_data(table, rule_row(table, finding, frame), 2)->value.uint_value +=
            1 + finding->omitted;
    }
}

static void add_message_findings(stat_data_t *stat, const tracked_message_t *message, bool final)
{
    rule_findings_t findings = { .pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE) };

    packet_rules_judge(message, final, NULL, &findings);
    add_findings(stat, findings.first, message->frame);
    wmem_destroy_allocator(findings.pool);
}

/* Tables are fed as packets go by: that something did not come (R53, R63) is known when they do so once more,
 * as in Wireshark, or in tshark with -2. */
static tap_packet_status rules_table_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                            const void *data, tap_flags_t flags _U_)
{
    const bcast_tap_t *tapped = data;

    if (tapped->procedure && procedure_counts(tapped->procedure)) {
        add_findings(tapdata, tapped->findings, pinfo->num);
    }
    for (const ltkm_tap_row_t *row = tapped->messages; row; row = row->next) {
        add_message_findings(tapdata, row->tracked, PINFO_FD_VISITED(pinfo));
    }
    return TAP_PACKET_REDRAW;
}

/* ---- -z ltkm,tree ----------------------------------------------------------------------------------- */

static int tree_ltkms;
static int tree_answers;

/* stats_tree -> the LTKMs that it counts as not verified so far */
static GHashTable *not_verified;

static void tree_init(stats_tree *st)
{
    tree_ltkms = stats_tree_create_node(st, "LTKMs", 0, STAT_DT_INT, TRUE);
    stats_tree_create_node(st, "Verification messages", 0, STAT_DT_INT, FALSE);
    tree_answers = stats_tree_create_node(st, "LTKMs with V flag", 0, STAT_DT_INT, TRUE);
    stats_tree_create_node(st, "Verified", tree_answers, STAT_DT_INT, FALSE);
    stats_tree_create_node(st, "Not verified", tree_answers, STAT_DT_INT, FALSE);
    if (!not_verified) {
        not_verified = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_destroy);
    }
    g_hash_table_insert(not_verified, st, g_hash_table_new(NULL, NULL));
}

static void tree_cleanup(stats_tree *st)
{
    g_hash_table_remove(not_verified, st);
}

static void count_ltkm(stats_tree *st, GHashTable *waiting, const tracked_message_t *ltkm)
{
    const tracked_message_t *peer = ltkm_peer(ltkm);

    tick_stat_node(st, "LTKMs", 0, TRUE);
    tick_stat_node(st, transport_name(ltkm), tree_ltkms, FALSE);
    if (!ltkm->v_flag || ltkm->is_copy) {
        return;
    }
    tick_stat_node(st, "LTKMs with V flag", 0, TRUE);
    if (peer) {
        tick_stat_node(st, "Verified", tree_answers, FALSE);
    } else {
        tick_stat_node(st, "Not verified", tree_answers, FALSE);
        g_hash_table_add(waiting, (void *)ltkm);
    }
}

/* In one pass an LTKM waits until its verification message passes by. */
static void count_verification(stats_tree *st, GHashTable *waiting, const tracked_message_t *verification)
{
    tick_stat_node(st, "Verification messages", 0, FALSE);
    if (g_hash_table_remove(waiting, ltkm_peer(verification))) {
        tick_stat_node(st, "Verified", tree_answers, FALSE);
        increase_stat_node(st, "Not verified", tree_answers, FALSE, -1);
    }
}

static void tree_count(stats_tree *st, const tracked_message_t *tracked)
{
    GHashTable *waiting = g_hash_table_lookup(not_verified, st);

    if (is_ltkm(tracked)) {
        count_ltkm(st, waiting, tracked);
    } else if (tracked->kind == MIKEY_KIND_VERIFICATION) {
        count_verification(st, waiting, tracked);
    }
}

static tap_packet_status tree_packet(stats_tree *st, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                     const void *data, tap_flags_t flags _U_)
{
    for (const ltkm_tap_row_t *row = data; row; row = row->next) {
        tree_count(st, row->tracked);
    }
    return TAP_PACKET_REDRAW;
}

/* ---- -z mbms_sec,srt -------------------------------------------------------------------------------- */

static const char *const srt_procedures[] = { "Registration", "Deregistration", "MSK request" };

static void srt_init(struct register_srt *srt _U_, GArray *tables)
{
    srt_stat_table *table =
        init_srt_table("MBMS security", NULL, tables, array_length(srt_procedures), "Procedure", NULL, NULL);

    for (size_t i = 0; i < array_length(srt_procedures); i++) {
        init_srt_table_row(table, (int)i, srt_procedures[i]);
    }
}

static int srt_row(mbms_message_t request)
{
    switch (request) {
    case MBMS_REGISTRATION_REQUEST:
        return 0;
    case MBMS_DEREGISTRATION_REQUEST:
        return 1;
    case MBMS_MSK_REQUEST:
        return 2;
    case MBMS_REGISTRATION_RESPONSE:
    case MBMS_DEREGISTRATION_RESPONSE:
    case MBMS_MSK_RESPONSE:
    case MBMS_NONE:
        break;
    }
    return -1;
}

static tap_packet_status srt_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data, tap_flags_t flags _U_)
{
    srt_data_t *srt = tapdata;
    const procedure_t *procedure = data;
    int row = procedure->request_frame ? srt_row(procedure->request) : -1;

    if (row < 0) {
        return TAP_PACKET_DONT_REDRAW;
    }
    add_srt_table_data(g_array_index(srt->srt_array, srt_stat_table *, 0), row, &procedure->request_time,
                       pinfo);
    return TAP_PACKET_REDRAW;
}

/* ---- registration ----------------------------------------------------------------------------------- */

static tap_param filter_parameter[] = { { PARAM_FILTER, "filter", "Filter", NULL, TRUE } };

static stat_tap_ui list_ui = {
    COMPAT_STAT_GROUP_TELEPHONY, NULL, "ltkm,list", list_init, 1, filter_parameter
};
static stat_tap_ui rules_ui = {
    COMPAT_STAT_GROUP_TELEPHONY, NULL, "bcast,rules", rules_init, 1, filter_parameter
};

static stat_tap_table_ui list_table_ui = {
    .group = COMPAT_STAT_GROUP_TELEPHONY,
    .title = "OMA BCAST LTKMs",
    .tap_name = "ltkm",
    .cli_string = "ltkm,table",
    .stat_tap_init_cb = list_table_init,
    .packet_func = list_table_packet,
    .stat_tap_reset_table_cb = reset_table,
    .stat_tap_free_table_item_cb = free_item,
    .nfields = array_length(list_fields),
    .fields = list_fields,
    .nparams = 1,
    .params = filter_parameter,
};

static stat_tap_table_ui rules_table_ui = {
    .group = COMPAT_STAT_GROUP_TELEPHONY,
    .title = "OMA BCAST rules",
    .tap_name = "bcast",
    .cli_string = "bcast,table",
    .stat_tap_init_cb = rules_table_init,
    .packet_func = rules_table_packet,
    .stat_tap_reset_table_cb = reset_table,
    .stat_tap_free_table_item_cb = free_item,
    .nfields = array_length(rules_fields),
    .fields = rules_fields,
    .nparams = 1,
    .params = filter_parameter,
};

void statistics_handoff(void)
{
    register_stat_tap_ui(&list_ui, NULL);
    register_stat_tap_ui(&rules_ui, NULL);
    register_stat_tap_table_ui(&list_table_ui);
    register_stat_tap_table_ui(&rules_table_ui);
    stats_tree_register_plugin("ltkm", "ltkm", "OMA BCAST LTKMs", 0, tree_packet, tree_init, tree_cleanup);
    register_srt_table(proto_get_id_by_filter_name("mbms_sec"), NULL, 1, srt_packet, srt_init, NULL);
}
