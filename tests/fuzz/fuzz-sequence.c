/* fuzz-sequence.c
 * libFuzzer target of all that is remembered of a capture: the input is a program of steps, three bytes each,
 * that lets requests, responses, LTKMs, STKMs, verification messages, ICMP errors and DNS answers pass by,
 * with few values for each, so that they are often alike. Aborts where a link, a count, a chain or a fate is
 * not as it has to be, or where a capture remembers something of the one before.
 *
 *   fuzz-sequence CORPUS_DIRECTORY
 *
 * A step: what passes by (4 bits), how time goes on (3 bits), whether in the same frame (1 bit), two bytes of
 * details.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/terminal-reports.h"
#include "tracking/capture.h"

#include <string.h>

#include "../mikey-maker.h"

#include "check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MAX_STEPS = 400, MAX_MESSAGES = 2 * MAX_STEPS, N_CONNECTIONS = 4, N_ADDRESSES = 4 };

typedef struct {
    uint8_t what;
    uint8_t time;
    bool same_frame;
    uint8_t one;
    uint8_t two;
} step_t;

typedef enum {
    STEP_REQUEST,
    STEP_RESPONSE,
    STEP_BARE_RESPONSE,
    STEP_LTKM,
    STEP_VERIFICATION,
    STEP_STKM,
    STEP_WHOLE_BODY,
    STEP_DNS,
    STEP_CUT_FRAME,
    STEP_RESET,
    STEP_QUOTE,
    STEP_SIGHTING,
    STEP_NEW_BTID,
    N_STEPS,
} what_t;

/* A run through a capture, and all that it left. */
typedef struct {
    wmem_allocator_t *scope;
    capture_t *capture;
    moment_t moment;
    procedure_connection_t connections[N_CONNECTIONS];
    tracked_message_t *messages[MAX_MESSAGES];
    uint32_t n_messages;
    procedure_t *procedures[MAX_STEPS];
    uint32_t n_procedures;
    const tracked_body_t *bodies[MAX_STEPS];
    uint32_t n_bodies;
} run_t;

static const char *const identities[] = { NULL, "a@bsf.example.org", "b@bsf.example.org", "192.0.2.1" };
static const char *const hosts[] = { "bsm.example.org", "bsm-b.example.org" };

/* ---- what passes by --------------------------------------------------------------------------------- */

static net_address_t address_of(unsigned number)
{
    uint8_t bytes[16] = { 192, 0, 2, (uint8_t)(number % N_ADDRESSES) };

    return net_address_of(bytes, number % N_ADDRESSES == 3 ? 16 : 4);
}

static void set_ends(run_t *run, unsigned terminal, bool from_terminal)
{
    net_address_t near = address_of(terminal), far = address_of(terminal / N_ADDRESSES);

    run->moment.source = from_terminal ? near : far;
    run->moment.destination = from_terminal ? far : near;
}

static made_t message_of(const step_t *step, uint8_t kind)
{
    return (made_t){
        .kind = kind,
        .csb_id = step->one & 1,
        .t = step->one >> 1 & 3,
        .no_t = (step->one >> 1 & 7) == 7,
        .idr = identities[step->one >> 4 & 3],
        .host = (step->one >> 4 & 3) == 0 && (step->one & 1) ? NULL : hosts[step->one >> 6 & 1],
        .unasked = step->one >> 7 && (step->two & 1),
        .no_key = step->two >> 1 & 1,
        .bytes = step->two >> 2 & 3,
        .msk_id = 0x68c90000u + (step->two >> 2 & 3),
        .no_key_ids = step->one == 0xff,
        .mtk_id = step->one >> 2 & 7,
        .update = (step->two & 0x4c) == 0x4c,
        .no_interval = (step->two & 0x84) == 0x84,
        .low = (step->two & 0x48) == 0x48 ? 9 : 1,
        .high = 6,
    };
}

static void keep_message(run_t *run, tracked_message_t *message)
{
    if (message && message->frame && run->n_messages < MAX_MESSAGES) {
        run->messages[run->n_messages++] = message;
    }
}

static void pass_message(run_t *run, const step_t *step, uint8_t kind, ltkm_transport_t transport)
{
    made_t made = message_of(step, kind);
    bool from_terminal = kind == MADE_VERIFICATION;
    const mikey_message_t *message = made_message(run->scope, &made);

    set_ends(run, step->two >> 4, from_terminal);
    keep_message(run, capture_add_message(run->capture, &run->moment, message,
                                          (ltkm_origin_t){ transport, from_terminal }));
}

static void append_ltkm(wmem_strbuf_t *text, const made_t *made)
{
    made_bytes_t bytes;
    char *base64;

    make_message(&bytes, made);
    base64 = g_base64_encode(bytes.bytes, bytes.length);
    wmem_strbuf_append_printf(text, "<LTKM>%s</LTKM>", base64);
    g_free(base64);
}

static const char *request_text(const step_t *step)
{
    static const char *const texts[] = {
        "<mbmsSecurityRegister><serviceID>s1</serviceID><serviceID>s2</serviceID></mbmsSecurityRegister>",
        ("<mbmsSecurityRegister><serviceID>s1</serviceID><RegistrationRequestExtension><LTKMDelivery>"
         "<Type>0</Type><Type>2</Type></LTKMDelivery></RegistrationRequestExtension></mbmsSecurityRegister>"),
        "<mbmsSecurityDeregister><serviceID>s1</serviceID></mbmsSecurityDeregister>",
        "<mbmsMSK><MSK><keyDomainID>uHCd</keyDomainID><MSKID>aMkAAQ==</MSKID></MSK></mbmsMSK>",
        "<mbmsSecurityRegister><serviceID>",
    };

    return texts[step->two % G_N_ELEMENTS(texts)];
}

static const char *response_text(const run_t *run, const step_t *step)
{
    static const char *const grants[] = { "",
                                          "<RegistrationResponseExtension><LTKMDelivery><Type>0</Type>"
                                          "</LTKMDelivery></RegistrationResponseExtension>",
                                          "<RegistrationResponseExtension><LTKMDelivery><Type>2</Type>"
                                          "</LTKMDelivery></RegistrationResponseExtension>" };
    const char *root = step->two & 0x80 ? "mbmsMSKResponse" : "mbmsSecurityRegisterResponse";
    wmem_strbuf_t *text = wmem_strbuf_new(run->scope, "");
    made_t made = message_of(step, (step->two & 0x60) == 0x60 ? MADE_VERIFICATION : MADE_LTKM);

    wmem_strbuf_append_printf(text,
                              "<%s>%s<Response><serviceID>s1</serviceID><ResponseCode>%s</ResponseCode>",
                              root, grants[step->two % 3], step->two & 0x10 ? "403" : "200 OK");
    wmem_strbuf_append(text, "<RegistrationResponseResponseExtension>");
    for (unsigned left = step->two >> 5 & 3; left > 0; left--) {
        append_ltkm(text, &made);
        made.t++;
    }
    wmem_strbuf_append(text, "</RegistrationResponseResponseExtension></Response>");
    if (!(step->two & 8)) {
        wmem_strbuf_append_printf(text, "</%s>", root);
    }
    return wmem_strbuf_get_str(text);
}

static void keep_procedure(run_t *run, procedure_t *procedure)
{
    bool known = false;

    for (uint32_t i = 0; i < run->n_procedures; i++) {
        known = known || run->procedures[i] == procedure;
    }
    if (!known) {
        run->procedures[run->n_procedures++] = procedure;
    }
}

static void pass_body(run_t *run, const char *text, const body_context_t *context)
{
    mbms_body_t *body = mbms_body_read(run->scope, (const uint8_t *)text, strlen(text), NULL, NULL);
    tracked_body_t *tracked = capture_add_body(run->capture, &run->moment, body, context);

    check(tracked->procedure && tracked->procedure->terminal);
    keep_procedure(run, tracked->procedure);
    run->bodies[run->n_bodies++] = tracked;
    for (uint32_t i = 0; i < tracked->n_ltkms; i++) {
        check(tracked->ltkms[i].frame == 0 || tracked->ltkms[i].index == i + 1);
        keep_message(run, &tracked->ltkms[i]);
    }
    judge_body(run->capture, body, tracked);
    if (!tracked->is_request) {
        procedure_close(&run->capture->procedures, tracked->procedure);
    }
}

static void pass_request(run_t *run, const step_t *step)
{
    body_context_t context = {
        .role = step->one & 0x80 ? HTTP_ROLE_UNKNOWN : HTTP_REQUEST_BODY,
        .btid = identities[step->one & 3],
        .credentials = step->two & 0x40 ? identities[step->two >> 4 & 3] : NULL,
        .answers_challenge = step->two & 0x80,
        .visible = (response_visibility_t)(step->one % 3),
        .connection = &run->connections[step->one >> 2 & 3],
    };

    set_ends(run, step->one >> 4, true);
    pass_body(run, request_text(step), &context);
}

/* By connection or by frame: one of the last seven, or none that there is. */
static http_exchange_t exchange_of(const run_t *run, const step_t *step)
{
    static const uint32_t statuses[] = { 200, 0, 401, 403 };
    uint32_t back = step->one >> 4 & 7;

    return (http_exchange_t){
        .request_frame = back && run->moment.frame > back ? run->moment.frame - back : 0,
        .status = statuses[step->one & 3],
        .in_order = step->two & 0x80,
        .stale = step->two & 0x40,
    };
}

static void pass_response(run_t *run, const step_t *step)
{
    body_context_t context = {
        .role = HTTP_RESPONSE_BODY,
        .exchange = exchange_of(run, step),
        .connection = step->one & 0x80 ? NULL : &run->connections[step->one >> 2 & 3],
        .truncated = run->moment.cut,
    };

    set_ends(run, step->one >> 2, false);
    pass_body(run, response_text(run, step), &context);
}

static void pass_bare_response(run_t *run, const step_t *step)
{
    procedure_connection_t *connection = step->one & 0x80 ? NULL : &run->connections[step->one >> 2 & 3];
    const procedure_t *procedure;

    set_ends(run, step->one >> 2, false);
    procedure =
        procedure_answer_bare(&run->capture->procedures, &run->moment, exchange_of(run, step), connection);
    check(!procedure || (procedure->response_frame == run->moment.frame && !procedure->asked));
}

/* An ICMP error with the beginning of a message; its ends are those of the message. */
static void pass_quote(run_t *run, const step_t *step)
{
    made_t made = message_of(step, step->two & 1 ? MADE_VERIFICATION : MADE_LTKM);
    const tracked_message_t *quoted;
    made_bytes_t bytes;

    make_message(&bytes, &made);
    bytes.length = step->two & 2 ? bytes.length : MIN(bytes.length, 10u + (step->one >> 4));
    set_ends(run, step->two >> 4, made.kind == MADE_VERIFICATION);
    quoted = capture_add_quote(run->capture, &run->moment,
                               mikey_message_parse(run->scope, bytes.bytes, bytes.length));
    check(!quoted || (quoted->csb_id == made.csb_id && capture_unreachable_in(run->capture, quoted)));
}

static void pass_sighting(run_t *run, const step_t *step)
{
    bool udp = step->two & 1;

    set_ends(run, step->one, step->two & 2);
    if (sightings_wanted(&run->capture->sightings, udp)) {
        sightings_add(&run->capture->sightings, &run->moment, udp);
    }
}

static terminal_t *terminal_of(run_t *run, const char *btid)
{
    return btid ? record_set_find(&run->capture->terminals.by_btid, &(terminal_t){ .name = btid }) : NULL;
}

/* The terminal of one B-TID has another now; the links never go round. */
static void pass_new_btid(run_t *run, const step_t *step)
{
    terminal_t *older = terminal_of(run, identities[step->one & 3]);
    terminal_t *newer = terminal_of(run, identities[step->one >> 2 & 3]);

    if (older && newer && (step->one & 3) < (step->one >> 2 & 3) && !older->after && !newer->before) {
        older->after = newer;
        newer->before = older;
    }
}

static void pass_dns(run_t *run, const step_t *step)
{
    static const uint8_t head[] = "\x12\x34\x81\x80\0\1\0\1\0\0\0";
    uint8_t bytes[80];
    uint32_t length = sizeof head;
    const char *host = step->one & 1 ? "\5bsm-b\7example\3org" : "\3bsm\7example\3org";

    memcpy(bytes, head, sizeof head);
    bytes[2] |= step->one & 2;
    memcpy(bytes + length, host, strlen(host) + 1);
    length += (uint32_t)strlen(host) + 1;
    memcpy(bytes + length, "\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2", 19);
    length += 19;
    bytes[length++] = step->two % N_ADDRESSES;
    hosts_read(&run->capture->hosts, bytes, length - (step->one >> 7), run->moment.frame,
               net_address_hash(&run->moment.destination));
}

static void pass(run_t *run, const step_t *step)
{
    switch ((what_t)step->what) {
    case STEP_REQUEST:
        pass_request(run, step);
        break;
    case STEP_RESPONSE:
        pass_response(run, step);
        break;
    case STEP_BARE_RESPONSE:
        pass_bare_response(run, step);
        break;
    case STEP_LTKM:
        pass_message(run, step, MADE_LTKM, LTKM_TRANSPORT_UDP);
        break;
    case STEP_VERIFICATION:
        pass_message(run, step, MADE_VERIFICATION, LTKM_TRANSPORT_UDP);
        break;
    case STEP_STKM:
        pass_message(run, step, MADE_STKM, LTKM_TRANSPORT_UDP);
        break;
    case STEP_WHOLE_BODY:
        pass_message(run, step, step->two & 1 ? MADE_VERIFICATION : MADE_LTKM, LTKM_TRANSPORT_HTTP);
        break;
    case STEP_DNS:
        pass_dns(run, step);
        break;
    case STEP_QUOTE:
        pass_quote(run, step);
        break;
    case STEP_SIGHTING:
        pass_sighting(run, step);
        break;
    case STEP_NEW_BTID:
        pass_new_btid(run, step);
        break;
    case STEP_CUT_FRAME:
    case STEP_RESET:
    case N_STEPS:
        break;
    }
}

/* ---- what must hold --------------------------------------------------------------------------------- */

static void check_link(const tracked_message_t *message)
{
    const tracked_message_t *link = message->link;

    if (!link) {
        check(!message->is_copy);
        return;
    }
    check(link->csb_id == message->csb_id && !link->is_copy);
    if (message->is_copy) {
        check(link->digest == message->digest && link->kind == message->kind);
        return;
    }
    check(ltkm_is_ltkm(link) != ltkm_is_ltkm(message));
    check(ltkm_is_ltkm(link) || link->kind == MIKEY_KIND_VERIFICATION);
    check(link->link == message || ltkm_is_second(message));
    check(!ltkm_is_second(message) || message->kind == MIKEY_KIND_VERIFICATION);
}

static void check_chain(const tracked_message_t *message)
{
    const tracked_message_t *older = ltkm_older(message, 0);

    check(message->n_older == (older ? older->n_older + 1 : 0));
    check(!older || (older->csb_id == message->csb_id && ltkm_is_ltkm(older) == ltkm_is_ltkm(message)));
    check(!older || (older->in_chains && !older->is_copy));
    for (int chain = 1; chain < LTKM_CHAINS; chain++) {
        const tracked_message_t *alike = ltkm_older(message, chain);

        check(!alike || (alike->csb_id == message->csb_id && alike->n_older < message->n_older));
    }
}

static void check_peer(const tracked_message_t *message)
{
    const tracked_message_t *peer = ltkm_peer(message);

    check(!peer || ltkm_is_ltkm(peer) != ltkm_is_ltkm(message));
    check(!ltkm_same_t(message) || (peer->t == message->t && peer->t_type == message->t_type));
    check(ltkm_order(message) <= LTKM_TOO_EARLY);
    check((ltkm_original_frame(message) != 0) == message->is_copy);
    check(ltkm_original_frame(message) <= message->frame);
}

static void check_fate(const run_t *run, const tracked_message_t *message)
{
    const tracked_message_t *compared = fates_compared(&run->capture->fates, message);

    check(message->fate <= FATE_BAD_MTK || message->fate == FATE_UNKNOWN);
    check((message->fate == FATE_UNKNOWN) || ltkm_is_ltkm(message) || message->kind == MIKEY_KIND_STKM);
    check(message->fate != FATE_COPY || (compared && compared->digest == message->digest));
    check(message->fate != FATE_REPLAY || (compared && message->is_replay));
    check(!compared || (compared != message && compared->frame <= message->frame));
    check(!message->msk || message->msk->n_holders <= run->n_messages);
}

static void check_messages(const run_t *run)
{
    for (uint32_t i = 0; i < run->n_messages; i++) {
        check_fate(run, run->messages[i]);
        check_link(run->messages[i]);
        check_chain(run->messages[i]);
        if (ltkm_is_ltkm(run->messages[i]) || run->messages[i]->kind == MIKEY_KIND_VERIFICATION) {
            check_peer(run->messages[i]);
        }
    }
}

static void check_procedures(const run_t *run)
{
    for (uint32_t i = 0; i < N_CONNECTIONS; i++) {
        check(run->connections[i].pipeline.n_open <= PIPELINE_MAX_OPEN);
    }
    for (uint32_t i = 0; i < run->n_procedures; i++) {
        const procedure_t *procedure = run->procedures[i];
        bool open = procedure->response_frame == 0;

        check(!procedure->terminal->before || procedure->terminal->before->after == procedure->terminal);
        check(!procedure->terminal->after || procedure->terminal->after->before == procedure->terminal);
        check(capture_outcome(run->capture, procedure) < N_OUTCOMES);
        check(open || capture_outcome(run->capture, procedure) != OUTCOME_NO_RESPONSE);
        check(open || !procedure->asked);
        check(!open || procedure->status == 0);
    }
}

/* ---- a run ------------------------------------------------------------------------------------------ */

static key_row_t any_key = { "", "", { (const uint8_t *)"0123456789abcdef", 16 }, { NULL, 0 }, 1 };
static key_row_t a_card = {
    "a@b", "", { (const uint8_t *)"0123456789abcdef", 16 }, { (const uint8_t *)"fedcba9876543210", 16 }, 1
};
static const key_ring_t no_keys;
static const key_ring_t some_keys = {
    { [KEYS_OF_LTKMS] = { &any_key, 1 }, [KEYS_OF_CARDS] = { &a_card, 1 } }
};

static run_t *run_new(bool keys)
{
    run_t *run = g_new0(run_t, 1);

    run->scope = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    run->capture = capture_new(run->scope, keys ? &some_keys : &no_keys);
    clock_mind_pauses(&run->capture->clock, run->scope, 10);
    clock_mind_pauses(&run->capture->clock, run->scope, 60);
    return run;
}

static void run_free(run_t *run)
{
    capture_wipe(run->capture);
    wmem_destroy_allocator(run->scope);
    g_free(run);
}

static void go_on(run_t *run, const step_t *step)
{
    static const int seconds[] = { 0, 1, 2, 11, -1, -12, 600, -700 };

    run->moment.frame += !step->same_frame || run->moment.frame == 0;
    run->moment.time = moment_time(run->moment.time / MOMENT_SECOND + seconds[step->time], 1);
    run->moment.cut = step->what == STEP_CUT_FRAME;
    clock_tick(&run->capture->clock, run->moment.time, run->moment.cut ? step->one : 1000, 1000);
}

static uint32_t number_of(const run_t *run, const tracked_message_t *message)
{
    for (uint32_t i = 0; i < run->n_messages; i++) {
        if (run->messages[i] == message) {
            return i + 1;
        }
    }
    return 0;
}

static void append_findings(GString *out, const rule_finding_t *finding)
{
    for (; finding; finding = finding->next) {
        g_string_append_printf(out, " %u:%s", finding->number, finding->text);
    }
}

/* What becomes of a message, and why. */
static void append_fate(GString *out, const run_t *run, const tracked_message_t *message)
{
    ltkm_answer_t answer;

    g_string_append_printf(out, " %u(%s)", message->fate,
                           fate_reason(run->scope, &run->capture->fates, message));
    if (!ltkm_is_ltkm(message)) {
        return;
    }
    answer = answer_of(run->capture, message, 10);
    check(ltkm_peer(message) || answer.silences != 0);
    g_string_append_printf(out, " %s", answer_name(answer.kind));
    for (unsigned silence = 0; silence < N_SILENCES; silence++) {
        if (answer_has(&answer, silence)) {
            g_string_append_printf(out, "; %s",
                                   silence_text(run->scope, run->capture, message, &answer, silence));
        }
    }
}

static void append_reports(GString *out, const run_t *run)
{
    terminal_reports_t *reports = terminal_reports_new(run->scope, run->capture);
    terminal_report_t **all;

    for (uint32_t i = 0; i < run->n_procedures; i++) {
        report_procedure(reports, run->procedures[i], capture_outcome(run->capture, run->procedures[i]));
    }
    for (uint32_t i = 0; i < run->n_messages; i++) {
        report_message(reports, run->messages[i], (judgement_t){ .final = true, .timeout = 10 });
    }
    all = wmem_array_get_raw(reports->all);
    for (unsigned i = 0; i < wmem_array_get_count(reports->all); i++) {
        check((all[i]->level == TROUBLE_NONE) == (strcmp(report_trouble(reports, all[i]), "-") == 0));
        g_string_append_printf(out, "%s %s\n", all[i]->terminal->name, report_trouble(reports, all[i]));
    }
}

/* All that became of the messages and the terminals. */
static char *outline(const run_t *run)
{
    judgement_t judgement = { .final = true, .timeout = 10, .delivery_timeout = 60 };
    rule_findings_t findings;
    GString *out = g_string_new("");

    for (uint32_t i = 0; i < run->n_messages; i++) {
        const tracked_message_t *message = run->messages[i];
        const ltkm_proof_t *proof = proof_of(&run->capture->proofs, message);

        g_string_append_printf(out, "%u %u %s %d", number_of(run, message->link), message->is_copy,
                               message->terminal ? message->terminal->name : "",
                               proof ? (int)proof->mac : -1);
        append_fate(out, run, message);
        findings = (rule_findings_t){ .pool = run->scope };
        judge_message(run->capture, message, judgement, &findings);
        append_findings(out, findings.first);
        g_string_append_c(out, '\n');
    }
    for (uint32_t i = 0; i < run->n_bodies; i++) {
        findings = (rule_findings_t){ .pool = run->scope };
        judge_awaited_keys(run->capture, run->bodies[i], judgement, &findings);
        append_findings(out, findings.first);
    }
    append_reports(out, run);
    return g_string_free(out, FALSE);
}

/* A capture file: the steps up to a reset. */
static char *run_steps(const step_t *steps, uint32_t n, bool keys)
{
    run_t *run = run_new(keys);
    char *out;

    check(!capture_has_begun(run->capture));
    for (uint32_t i = 0; i < n; i++) {
        go_on(run, &steps[i]);
        pass(run, &steps[i]);
        check_messages(run);
        check_procedures(run);
    }
    out = outline(run);
    run_free(run);
    return out;
}

static uint32_t read_steps(const uint8_t *bytes, size_t size, step_t *steps)
{
    uint32_t n = 0;

    for (; n < MAX_STEPS && size >= 3; n++, bytes += 3, size -= 3) {
        steps[n] =
            (step_t){ (bytes[0] & 15) % N_STEPS, bytes[0] >> 4 & 7, bytes[0] >> 7, bytes[1], bytes[2] };
    }
    return n;
}

static uint32_t length_of_file(const step_t *steps, uint32_t n)
{
    uint32_t length = 0;

    while (length < n && steps[length].what != STEP_RESET) {
        length++;
    }
    return length;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wmem_init();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static step_t steps[MAX_STEPS];
    bool keys = size > 0 && bytes[0] & 1;
    uint32_t n = size > 0 ? read_steps(bytes + 1, size - 1, steps) : 0;
    char *first = NULL, *again;

    for (uint32_t at = 0, length = 0; at <= n; at += length + 1) {
        char *out;

        length = length_of_file(steps + at, n - at);
        out = run_steps(steps + at, length, keys);
        if (at == 0) {
            first = out;
        } else {
            g_free(out);
        }
    }
    again = run_steps(steps, length_of_file(steps, n), keys);
    check(strcmp(first, again) == 0);
    g_free(first);
    g_free(again);
    return 0;
}
