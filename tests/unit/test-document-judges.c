/* test-document-judges.c
 * XML bodies against the rules that documents are judged by (R1–R24, R26–R29, R33, R35–R38, R43, R56,
 * R84–R86): a breach and a near miss of each, what recovery guessed, and the time and space that hostile
 * bodies take.
 *
 * A finding is written as its level and the start tag it is about: "B<c:LTKM n='2'>", "S*" for the whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "pool.h"

/* ---- documents -------------------------------------------------------------------------------------- */

#define MBMS_NS         "urn:3GPP:metadata:2005:MBMS:"
#define REGISTRATION_NS MBMS_NS "securityRegistration"

#define TAG(name, content)         "<" name ">" content "</" name ">"
#define NUMBERED(name, n, content) "<" name " n='" #n "'>" content "</" name ">"
#define ROOT_IN(name, ns, content)                                                                           \
    "<" name " xmlns='" ns "' xmlns:c='" BCAST_NAMESPACE                                                     \
    "' xmlns:g='urn:3gpp:other' xmlns:o='urn:other'>" content "</" name ">"
#define ROOT(name, content) ROOT_IN(name, MBMS_NS "any", content)

#define REGISTER(content) ROOT_IN("mbmsSecurityRegister", REGISTRATION_NS, content)
#define RESPONSES(content)                                                                                   \
    ROOT_IN("mbmsSecurityRegisterResponse", MBMS_NS "securityRegistrationResponse", content)
#define DEREGISTER(content)   ROOT_IN("mbmsSecurityDeregister", MBMS_NS "securityDeregistration", content)
#define MSK_REQUEST(content)  ROOT_IN("mbmsMSKRequest", MBMS_NS "mskRequest", content)
#define MSK_RESPONSE(content) ROOT_IN("mbmsMSKResponse", MBMS_NS "mskResponse", content)

#define SERVICE(id)                TAG("serviceID", id)
#define CODE(code)                 TAG("ResponseCode", code)
#define RESPONSE(content)          TAG("Response", SERVICE("a") CODE("200 OK") content)
#define RESPONSE_OF(code, content) TAG("Response", SERVICE("a") CODE(code) content)
#define KEY(domain, id)            TAG("MSK", TAG("keyDomainID", domain) TAG("MSKID", id))
#define KEY_1                      KEY("uHCd", "aMkAAQ==") /* b8709d/68c90001 */
#define MSK_ENTRY(content)         TAG("Response", KEY_1 CODE("200 OK") content)

/* The five containers. */
#define OFFER(content)       TAG("c:RegistrationRequestExtension", content)
#define GRANT(content)       TAG("c:RegistrationResponseExtension", content)
#define ENTRY(content)       TAG("c:RegistrationResponseResponseExtension", content)
#define DEREG_ENTRY(content) TAG("c:DeregistrationResponseResponseExtension", content)
#define KEY_ENTRY(content)   TAG("c:LTKMResponseResponseExtension", content)
#define OFFER_N(n)           NUMBERED("c:RegistrationRequestExtension", n, "")
#define GRANT_N(n)           NUMBERED("c:RegistrationResponseExtension", n, "")
#define ENTRY_N(n)           NUMBERED("c:RegistrationResponseResponseExtension", n, "")
#define DEREG_ENTRY_N(n)     NUMBERED("c:DeregistrationResponseResponseExtension", n, "")
#define KEY_ENTRY_N(n)       NUMBERED("c:LTKMResponseResponseExtension", n, "")

#define DELIVERY(types) TAG("c:LTKMDelivery", types)
#define TYPE(n)         TAG("c:Type", n)
#define LTKM_N(n)       NUMBERED("c:LTKM", n, "AQAV")
#define LTKM_TEXT(text) TAG("c:LTKM", text)
#define LTKM            TAG("c:LTKM", "AQAV")

/* ---- facts ------------------------------------------------------------------------------------------ */

enum { MAX_FACTS = 4 };

/* An LTKM's message, whatever its text in the body. */
typedef struct {
    bool decoded;
    uint8_t data_type;
    bool bad_version;
    bool bad_length;
    bool trailing_bytes;
    bool has_key_ids;
    bool has_management;
    mikey_kind_t kind;
    uint8_t key_domain_length; /* 0: none */
    uint8_t key_domain[8];
    uint8_t msk_id_length;
    uint8_t msk_id[8];
} fact_t;

/* What is known about a body besides its bytes; all 0: a body alone. */
typedef struct {
    mbms_message_t message; /* MBMS_NONE: as its root says */
    bool no_message;        /* it is known to be none */
    mbms_message_t media_type;
    bool in_multipart;
    uint32_t status;
    mbms_message_t request;
    const request_t *asked;
    bool has_facts; /* else nothing is wrong with any LTKM */
    fact_t ltkms[MAX_FACTS];
} setting_t;

#define GOOD_LTKM .decoded = true, .has_key_ids = true, .has_management = true, .kind = MIKEY_KIND_LTKM

static void add_fault(mikey_message_t *message, bool found, mikey_fault_code_t code)
{
    if (found) {
        message->faults[message->n_faults++].code = code;
    }
}

static void add_ext(mikey_message_t *message, bool found, uint8_t type)
{
    if (found) {
        message->payloads[message->n_payloads++] =
            (mikey_payload_t){ .type = MIKEY_PAYLOAD_EXT,
                               .ext = { .ext_type = type, .bcast_subtype = MIKEY_BCAST_LTKM } };
    }
}

static const mikey_tlv_t *key_id(uint32_t offset, uint32_t length)
{
    mikey_tlv_t *id = wmem_new0(pool, mikey_tlv_t);

    id->value = (mikey_range_t){ offset, length };
    return length ? id : NULL;
}

static const mikey_message_t *message_of_fact(const fact_t *fact, uint32_t length)
{
    mikey_message_t *message = wmem_new0(pool, mikey_message_t);

    message->bytes = fact->key_domain;
    message->length = length;
    message->has_header = fact->decoded;
    message->data_type = fact->data_type;
    message->kind = fact->kind;
    message->payloads = wmem_alloc0_array(pool, mikey_payload_t, 2);
    add_fault(message, fact->bad_version, MIKEY_FAULT_VERSION);
    add_fault(message, fact->bad_length, MIKEY_FAULT_SHORT);
    add_fault(message, fact->trailing_bytes, MIKEY_FAULT_TRAILING);
    add_ext(message, fact->has_key_ids, MIKEY_EXT_KEY_ID);
    add_ext(message, fact->has_management, MIKEY_EXT_BCAST);
    message->key_domain_id = key_id(0, fact->key_domain_length);
    message->msk_id = key_id(offsetof(fact_t, msk_id) - offsetof(fact_t, key_domain), fact->msk_id_length);
    return message;
}

static void set_messages(const bcast_content_t *content, const setting_t *setting)
{
    static const fact_t good = { GOOD_LTKM };

    assert_true(!setting->has_facts || content->n_ltkms <= MAX_FACTS);
    for (bcast_ltkm_t *ltkm = content->ltkms; ltkm; ltkm = ltkm->next) {
        if (ltkm->message) {
            ltkm->message = message_of_fact(setting->has_facts ? &setting->ltkms[ltkm->index - 1] : &good,
                                            ltkm->base64.length);
        }
    }
}

static const setting_t alone;

static mbms_message_t message_of(const setting_t *setting, const mbms_document_t *document)
{
    if (setting->no_message) {
        return MBMS_NONE;
    }
    return setting->message != MBMS_NONE ? setting->message : document->message;
}

/* Reads a body; its bytes are not NUL-terminated, so that a sanitizer sees a read behind them. */
static rule_document_t read_document(const char *text, size_t length, const setting_t *setting)
{
    const uint8_t *bytes = wmem_memdup(pool, text, length);
    const xml_document_t *xml = xml_document_parse(pool, bytes, length);
    rule_document_t body = { .bytes = bytes, .xml = xml };

    assert_non_null(xml->root);
    body.document = mbms_document_read(pool, xml, setting->media_type);
    body.content = bcast_content_find(pool, xml);
    body.message = message_of(setting, body.document);
    body.media_type = setting->media_type;
    body.in_multipart = setting->in_multipart;
    body.status = setting->status;
    body.request = setting->request;
    body.asked = setting->asked;
    set_messages(body.content, setting);
    return body;
}

/* ---- findings --------------------------------------------------------------------------------------- */

/* Every level must be one the table announces: only those are registered. */
static char level_letter(const rule_finding_t *finding)
{
    static const char letters[] = "?NSB";
    const rule_t *rule = rule_by_number(finding->number);

    assert_non_null(rule);
    assert_true(finding->level >= RULE_NOTE && finding->level <= RULE_BREACH);
    assert_non_null(strchr(rule->levels, letters[finding->level]));
    return letters[finding->level];
}

static void append_target(wmem_strbuf_t *out, const char *xml, uint32_t target)
{
    const char *end;

    if (target == RULE_TARGET_WHOLE) {
        wmem_strbuf_append_c(out, '*');
        return;
    }
    assert_true(target < strlen(xml));
    assert_int_equal(xml[target], '<');
    end = strchr(xml + target, '>');
    wmem_strbuf_append_len(out, xml + target, end ? (size_t)(end - xml - target) + 1 : strlen(xml + target));
}

/* The findings of a rule, "B<c:LTKM n='1'> S*"; with rule 0 those of all, each with its number before. */
static const char *outline(const rule_findings_t *findings, const char *xml, unsigned number)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        char level = level_letter(finding);

        assert_true(finding->text[0] != '\0');
        if (number != 0 && finding->number != number) {
            continue;
        }
        if (wmem_strbuf_get_len(out) > 0) {
            wmem_strbuf_append_c(out, ' ');
        }
        if (number == 0) {
            wmem_strbuf_append_printf(out, "%u", finding->number);
        }
        wmem_strbuf_append_c(out, level);
        append_target(out, xml, finding->target);
    }
    return wmem_strbuf_get_str(out);
}

/* What |number| finds; 0: all rules. */
static const char *judge(const char *xml, const setting_t *setting, unsigned number)
{
    rule_document_t body = read_document(xml, strlen(xml), setting);
    rule_findings_t findings = { .pool = pool };

    rules_judge_document(&body, &findings);
    return outline(&findings, xml, number);
}

typedef struct {
    unsigned number; /* of the rule; 0: all of them */
    const char *name;
    const char *xml;
    const char *expected;
    setting_t setting;
} row_t;

#define R(n) .number = (n)

static void judge_rows(const row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        const char *found = judge(rows[i].xml, &rows[i].setting, rows[i].number);

        if (strcmp(found, rows[i].expected) != 0) {
            print_error("R%u (%s): found \"%s\", expected \"%s\"\n", rows[i].number, rows[i].name, found,
                        rows[i].expected);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

#define JUDGE(rows)                                                                                          \
    do {                                                                                                     \
        (void)state;                                                                                         \
        judge_rows(rows, G_N_ELEMENTS(rows));                                                                \
    } while (0)

/* ---- structure -------------------------------------------------------------------------------------- */

static void test_r1(void **state)
{
    static const row_t rows[] = {
        { R(1), "right", REGISTER(SERVICE("a") SERVICE("b") OFFER("")), "" },
        { R(1), "none", REGISTER(SERVICE("a")), "" },
        { R(1), "no service", REGISTER(OFFER("")), "" },
        { R(1), "twice", REGISTER(SERVICE("a") OFFER_N(1) OFFER_N(2)),
          "B<c:RegistrationRequestExtension n='2'>" },
        { R(1), "three times", REGISTER(SERVICE("a") OFFER_N(1) OFFER_N(2) OFFER_N(3)),
          "B<c:RegistrationRequestExtension n='2'> B<c:RegistrationRequestExtension n='3'>" },
        { R(1), "in a serviceID", REGISTER(TAG("serviceID", OFFER_N(1))),
          "B<c:RegistrationRequestExtension n='1'>" },
        { R(1), "in another", REGISTER(SERVICE("a") TAG("c:RegistrationRequestExtension", OFFER_N(2))),
          "B<c:RegistrationRequestExtension n='2'>" },
        { R(1), "is the root", "<RegistrationRequestExtension n='1'/>",
          "B<RegistrationRequestExtension n='1'/>" },
        { R(1), "before the service", REGISTER(OFFER_N(1) SERVICE("a")),
          "S<c:RegistrationRequestExtension n='1'>" },
        { R(1), "between services", REGISTER(SERVICE("a") OFFER_N(1) SERVICE("b")),
          "S<c:RegistrationRequestExtension n='1'>" },
        { R(1), "twice, before the service", REGISTER(OFFER_N(1) OFFER_N(2) SERVICE("a")),
          "S<c:RegistrationRequestExtension n='1'> B<c:RegistrationRequestExtension n='2'>" },
        { R(1), "before something else", REGISTER(SERVICE("a") OFFER("") "<o:x/>"), "" },
        { R(1), "an LTKM in the way", REGISTER(SERVICE("a") LTKM OFFER("") LTKM), "" },
    };

    JUDGE(rows);
}

static void test_r2(void **state)
{
    static const row_t rows[] = {
        { R(2), "right", RESPONSES(RESPONSE("") RESPONSE("") GRANT("")), "" },
        { R(2), "twice", RESPONSES(RESPONSE("") GRANT_N(1) GRANT_N(2)),
          "B<c:RegistrationResponseExtension n='2'>" },
        { R(2), "twice, a Response between", RESPONSES(GRANT_N(1) RESPONSE("") GRANT_N(2)),
          "S<c:RegistrationResponseExtension n='1'> B<c:RegistrationResponseExtension n='2'>" },
        { R(2), "in a Response", RESPONSES(RESPONSE(GRANT_N(1))),
          "B<c:RegistrationResponseExtension n='1'>" },
        { R(2), "in each Response", RESPONSES(RESPONSE(GRANT_N(1)) RESPONSE(GRANT_N(2))),
          "B<c:RegistrationResponseExtension n='1'> B<c:RegistrationResponseExtension n='2'>" },
        { R(2), "before a Response", RESPONSES(GRANT_N(1) RESPONSE("")),
          "S<c:RegistrationResponseExtension n='1'>" },
        { R(2), "after a nested Response", RESPONSES(TAG("x", RESPONSE("")) GRANT("")), "" },
    };

    JUDGE(rows);
}

static void test_r3(void **state)
{
    static const row_t rows[] = {
        { R(3), "right", RESPONSES(RESPONSE(ENTRY("")) RESPONSE(ENTRY(""))), "" },
        { R(3), "no ResponseCode", RESPONSES(TAG("Response", ENTRY(""))), "" },
        { R(3), "twice", RESPONSES(RESPONSE(ENTRY_N(1) ENTRY_N(2))),
          "B<c:RegistrationResponseResponseExtension n='2'>" },
        { R(3), "twice in the second", RESPONSES(RESPONSE(ENTRY_N(1)) RESPONSE(ENTRY_N(2) ENTRY_N(3))),
          "B<c:RegistrationResponseResponseExtension n='3'>" },
        { R(3), "at the top level", RESPONSES(RESPONSE("") ENTRY_N(1)),
          "B<c:RegistrationResponseResponseExtension n='1'>" },
        { R(3), "deeper in a Response", RESPONSES(RESPONSE(TAG("o:x", ENTRY_N(1)))),
          "B<c:RegistrationResponseResponseExtension n='1'>" },
        { R(3), "before ResponseCode", RESPONSES(TAG("Response", ENTRY_N(1) CODE("200 OK"))),
          "S<c:RegistrationResponseResponseExtension n='1'>" },
        { R(3), "before the service", RESPONSES(TAG("Response", CODE("200 OK") ENTRY("") SERVICE("a"))), "" },
        { R(3), "is the root", "<RegistrationResponseResponseExtension n='1'/>",
          "B<RegistrationResponseResponseExtension n='1'/>" },
    };

    JUDGE(rows);
}

static void test_r4(void **state)
{
    static const row_t rows[] = {
        { R(4), "right", MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY("")) MSK_ENTRY(KEY_ENTRY(""))), "" },
        { R(4), "twice", MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY_N(1) KEY_ENTRY_N(2))),
          "B<c:LTKMResponseResponseExtension n='2'>" },
        { R(4), "at the top level", MSK_RESPONSE(MSK_ENTRY("") KEY_ENTRY_N(1)),
          "B<c:LTKMResponseResponseExtension n='1'>" },
        { R(4), "in the MSK", MSK_RESPONSE(TAG("Response", TAG("MSK", KEY_ENTRY_N(1)))),
          "B<c:LTKMResponseResponseExtension n='1'>" },
        { R(4), "before ResponseCode", MSK_RESPONSE(TAG("Response", KEY_1 KEY_ENTRY_N(1) CODE("200"))),
          "S<c:LTKMResponseResponseExtension n='1'>" },
    };

    JUDGE(rows);
}

static void test_r5(void **state)
{
    static const row_t rows[] = {
        { R(5), "right", RESPONSES(RESPONSE(DEREG_ENTRY("")) RESPONSE(DEREG_ENTRY(""))), "" },
        { R(5), "twice", RESPONSES(RESPONSE(DEREG_ENTRY_N(1) DEREG_ENTRY_N(2))),
          "B<c:DeregistrationResponseResponseExtension n='2'>" },
        { R(5), "another between", RESPONSES(RESPONSE(DEREG_ENTRY_N(1) ENTRY("") DEREG_ENTRY_N(2))),
          "B<c:DeregistrationResponseResponseExtension n='2'>" },
        { R(5), "at the top level", RESPONSES(DEREG_ENTRY_N(1)),
          "B<c:DeregistrationResponseResponseExtension n='1'>" },
        { R(5), "before ResponseCode", RESPONSES(TAG("Response", DEREG_ENTRY_N(1) CODE("200"))),
          "S<c:DeregistrationResponseResponseExtension n='1'>" },
        { R(5), "before a second ResponseCode", RESPONSES(RESPONSE(DEREG_ENTRY_N(1) CODE("200"))),
          "S<c:DeregistrationResponseResponseExtension n='1'>" },
    };

    JUDGE(rows);
}

/* A second one that does not follow the first at once, but one that stands elsewhere. */
static void test_second_after_a_misplaced_one(void **state)
{
    static const row_t rows[] = {
        { R(1), "R1", REGISTER(OFFER_N(1) TAG("x", OFFER_N(2)) OFFER_N(3)),
          "B<c:RegistrationRequestExtension n='2'> B<c:RegistrationRequestExtension n='3'>" },
        { R(2), "R2", RESPONSES(GRANT_N(1) TAG("o:x", GRANT_N(2)) GRANT_N(3)),
          "B<c:RegistrationResponseExtension n='2'> B<c:RegistrationResponseExtension n='3'>" },
        { R(3), "R3", RESPONSES(RESPONSE(ENTRY_N(1) TAG("o:x", ENTRY_N(2)) ENTRY_N(3))),
          "B<c:RegistrationResponseResponseExtension n='2'> "
          "B<c:RegistrationResponseResponseExtension n='3'>" },
        { R(4), "R4", MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY_N(1) TAG("o:x", KEY_ENTRY_N(2)) KEY_ENTRY_N(3))),
          "B<c:LTKMResponseResponseExtension n='2'> B<c:LTKMResponseResponseExtension n='3'>" },
        { R(5), "R5, nested",
          RESPONSES(
              RESPONSE(TAG("c:DeregistrationResponseResponseExtension", DEREG_ENTRY_N(2)) DEREG_ENTRY_N(3))),
          "B<c:DeregistrationResponseResponseExtension n='2'> "
          "B<c:DeregistrationResponseResponseExtension n='3'>" },
    };

    JUDGE(rows);
}

/* A Response in a Response, where its containers and those around it take turns. */
static void test_order_in_nested_responses(void **state)
{
    static const row_t rows[] = {
        { R(3), "one each", RESPONSES(RESPONSE(ENTRY("") RESPONSE(ENTRY("")))), "" },
        { R(3), "a second around", RESPONSES(RESPONSE(ENTRY_N(1) RESPONSE(ENTRY_N(2)) ENTRY_N(3))),
          "B<c:RegistrationResponseResponseExtension n='3'>" },
        { R(3), "a second in each",
          RESPONSES(RESPONSE(ENTRY_N(1) RESPONSE(ENTRY_N(2) ENTRY_N(3)) RESPONSE(ENTRY_N(4)) ENTRY_N(5))),
          "B<c:RegistrationResponseResponseExtension n='3'> "
          "B<c:RegistrationResponseResponseExtension n='5'>" },
        { R(3), "the inner before its ResponseCode",
          RESPONSES(TAG("Response", TAG("Response", ENTRY_N(1) CODE("200")) ENTRY_N(2) CODE("200"))),
          "S<c:RegistrationResponseResponseExtension n='1'> "
          "S<c:RegistrationResponseResponseExtension n='2'>" },
        { R(3), "before a ResponseCode that lost its end",
          RESPONSES(TAG("Response", ENTRY_N(1) "<ResponseCode>200")), "" },
    };

    JUDGE(rows);
}

static void test_r6(void **state)
{
    static const row_t rows[] = {
        { R(6), "right", REGISTER(OFFER("")), "" },
        { R(6), "no prefix", REGISTER("<RegistrationRequestExtension/>"),
          "B<RegistrationRequestExtension/>" },
        { R(6), "3GPP in small letters", REGISTER("<g:RegistrationRequestExtension/>"),
          "B<g:RegistrationRequestExtension/>" },
        { R(6), "other", REGISTER("<o:RegistrationRequestExtension/>"),
          "S<o:RegistrationRequestExtension/>" },
        { R(6), "none", REGISTER("<RegistrationRequestExtension xmlns=''/>"),
          "S<RegistrationRequestExtension xmlns=''/>" },
        { R(6), "other case",
          REGISTER("<x:RegistrationRequestExtension "
                   "xmlns:x='URN:oma:xml:bcast:pr:orderqueries:1.0'/>"),
          "S<x:RegistrationRequestExtension xmlns:x='URN:oma:xml:bcast:pr:orderqueries:1.0'/>" },
        { R(6), "each kind",
          RESPONSES(RESPONSE("<o:RegistrationResponseResponseExtension/>"
                             "<DeregistrationResponseResponseExtension/>"
                             "<o:LTKMResponseResponseExtension/>") "<RegistrationResponseExtension/>"),
          "S<o:RegistrationResponseResponseExtension/> B<DeregistrationResponseResponseExtension/> "
          "S<o:LTKMResponseResponseExtension/> B<RegistrationResponseExtension/>" },
        { R(6), "other name", REGISTER("<o:registrationRequestExtension/>"), "" },
        { R(6), "an LTKM in none", RESPONSES(RESPONSE("<LTKM>AQAV</LTKM>")), "" },
    };

    JUDGE(rows);
}

/* Each container in each message. */
static void test_r7(void **state)
{
    static const row_t rows[] = {
        { R(7), "offer in a registration request", REGISTER(OFFER("")), "" },
        { R(7), "others in it", REGISTER(GRANT_N(1) ENTRY_N(2) DEREG_ENTRY_N(3) KEY_ENTRY_N(4)),
          "B<c:RegistrationResponseExtension n='1'> B<c:RegistrationResponseResponseExtension n='2'> "
          "B<c:DeregistrationResponseResponseExtension n='3'> B<c:LTKMResponseResponseExtension n='4'>" },
        { R(7), "those of a registration response", RESPONSES(RESPONSE(ENTRY("")) GRANT("")), "" },
        { R(7), "others in it", RESPONSES(RESPONSE(DEREG_ENTRY_N(1) KEY_ENTRY_N(2)) OFFER_N(3)),
          "B<c:DeregistrationResponseResponseExtension n='1'> B<c:LTKMResponseResponseExtension n='2'> "
          "B<c:RegistrationRequestExtension n='3'>" },
        { R(7),
          "that of a deregistration response",
          RESPONSES(RESPONSE(DEREG_ENTRY(""))),
          "",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(7),
          "others in it, R8 apart",
          RESPONSES(RESPONSE(ENTRY_N(1) KEY_ENTRY_N(2)) GRANT("") OFFER_N(3)),
          "B<c:RegistrationResponseResponseExtension n='1'> B<c:LTKMResponseResponseExtension n='2'> "
          "B<c:RegistrationRequestExtension n='3'>",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(7), "that of an MSK response", MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY(""))), "" },
        { R(7), "others in it", MSK_RESPONSE(MSK_ENTRY(ENTRY_N(1) DEREG_ENTRY_N(2)) OFFER_N(3) GRANT_N(4)),
          "B<c:RegistrationResponseResponseExtension n='1'> "
          "B<c:DeregistrationResponseResponseExtension n='2'> B<c:RegistrationRequestExtension n='3'> "
          "B<c:RegistrationResponseExtension n='4'>" },
        { R(7), "deregistration request", DEREGISTER(OFFER_N(1)), "B<c:RegistrationRequestExtension n='1'>" },
        { R(7), "it says delivery: R33", DEREGISTER(OFFER(DELIVERY(TYPE("0")))), "" },
        { R(7), "the grant says delivery there",
          DEREGISTER("<c:RegistrationResponseExtension n='1'>" DELIVERY(
              TYPE("0")) "</c:RegistrationResponseExtension>"),
          "B<c:RegistrationResponseExtension n='1'>" },
        { R(7), "MSK request", MSK_REQUEST(KEY_1 OFFER_N(1)), "B<c:RegistrationRequestExtension n='1'>" },
        { R(7), "it says delivery: R33", MSK_REQUEST(KEY_1 OFFER(DELIVERY(TYPE("0")))), "" },
        { R(7), "delivery in an MSK response",
          MSK_RESPONSE("<c:RegistrationRequestExtension n='1'>" DELIVERY(
              TYPE("0")) "</c:RegistrationRequestExtension>"),
          "B<c:RegistrationRequestExtension n='1'>" },
        { R(7),
          "unknown message",
          ROOT("x", OFFER("") GRANT("") ENTRY("") DEREG_ENTRY("") KEY_ENTRY("")),
          "",
          { .no_message = true } },
        { R(7), "an LTKM in none", MSK_REQUEST(KEY_1 LTKM), "" },
    };

    JUDGE(rows);
}

static void test_r8(void **state)
{
    static const row_t rows[] = {
        { R(8),
          "deregistration response",
          RESPONSES(RESPONSE("") GRANT_N(1)),
          "S<c:RegistrationResponseExtension n='1'>",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(8),
          "both",
          RESPONSES(GRANT_N(1) GRANT_N(2)),
          "S<c:RegistrationResponseExtension n='1'> S<c:RegistrationResponseExtension n='2'>",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(8), "registration response", RESPONSES(RESPONSE("") GRANT("")), "" },
        { R(8),
          "another container",
          RESPONSES(RESPONSE(DEREG_ENTRY("")) OFFER("")),
          "",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
    };

    JUDGE(rows);
}

#define OFFER_VERSION(version) REGISTER("<c:RegistrationRequestExtension version='" version "'/>")

static void test_r9(void **state)
{
    static const char *const known[] = { "0", "00", " 0\n", "+0" };
    static const char *const notes[] = { "1", "255", "0255", "+7", " 9 " };
    static const char *const breaches[] = { "",          " ",   "256", "-1",  "0x00", "1.0",
                                            "1 0",       "one", "+ 1", "++1", "1e1",  "18446744073709551616",
                                            "4294967296" };
    static const struct {
        const char *const *versions;
        size_t n;
        const char *level;
    } groups[] = {
        { known, G_N_ELEMENTS(known), NULL },
        { notes, G_N_ELEMENTS(notes), "N" },
        { breaches, G_N_ELEMENTS(breaches), "B" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        for (size_t k = 0; k < groups[i].n; k++) {
            const char *version = groups[i].versions[k];
            const char *xml = wmem_strdup_printf(pool, OFFER_VERSION("%s"), version);
            const char *expected =
                groups[i].level ? wmem_strdup_printf(pool, "%s<c:RegistrationRequestExtension version='%s'/>",
                                                     groups[i].level, version)
                                : "";

            assert_string_equal(judge(xml, &alone, 9), expected);
        }
    }
}

static void test_r9_of_each_kind(void **state)
{
    static const row_t rows[] = {
        { R(9), "absent", REGISTER(OFFER("")), "" },
        { R(9), "each kind",
          RESPONSES(
              RESPONSE("<c:RegistrationResponseResponseExtension version='x'/>"
                       "<c:DeregistrationResponseResponseExtension version='0'/>"
                       "<c:LTKMResponseResponseExtension version='2'/>") "<c:RegistrationResponseExtension "
                                                                         "version='300'/>"),
          "B<c:RegistrationResponseResponseExtension version='x'/> "
          "N<c:LTKMResponseResponseExtension version='2'/> "
          "B<c:RegistrationResponseExtension version='300'/>" },
        { R(9), "in another name space", REGISTER("<o:RegistrationRequestExtension version='1'/>"),
          "N<o:RegistrationRequestExtension version='1'/>" },
        { R(9), "of an LTKM in none", RESPONSES(RESPONSE("<c:LTKM version='x'>AQAV</c:LTKM>")), "" },
        { R(9), "of the root", "<mbmsSecurityRegister version='x'/>", "" },
    };

    JUDGE(rows);
}

/* ---- LTKMDelivery ----------------------------------------------------------------------------------- */

static void test_r10(void **state)
{
    static const row_t rows[] = {
        { R(10), "once", REGISTER(OFFER(DELIVERY(TYPE("0")))), "" },
        { R(10), "twice", REGISTER(OFFER(DELIVERY(TYPE("0")) NUMBERED("c:LTKMDelivery", 2, TYPE("2")))),
          "B<c:LTKMDelivery n='2'>" },
        { R(10), "three times",
          REGISTER(OFFER("<LTKMDelivery n='1'/><LTKMDelivery n='2'/><LTKMDelivery n='3'/>")),
          "B<LTKMDelivery n='2'/> B<LTKMDelivery n='3'/>" },
        { R(10), "in the grant", RESPONSES(GRANT("<LTKMDelivery n='1'/><LTKMDelivery n='2'/>")),
          "B<LTKMDelivery n='2'/>" },
        { R(10), "once in each", REGISTER(OFFER(DELIVERY("")) OFFER(DELIVERY(""))), "" },
        { R(10), "other name", REGISTER(OFFER(DELIVERY("") "<c:LTKMdelivery/>")), "" },
        { R(10), "other name space", REGISTER(OFFER(DELIVERY("") "<o:LTKMDelivery/>")), "" },
    };

    JUDGE(rows);
}

static void test_r11(void **state)
{
    static const row_t rows[] = {
        { R(11), "right", REGISTER(OFFER(DELIVERY(TYPE("0") TYPE("255") TYPE(" +7 ")))), "" },
        { R(11), "no list", REGISTER(OFFER("")), "" },
        { R(11), "no Type", REGISTER(OFFER("<c:LTKMDelivery n='1'/>")), "B<c:LTKMDelivery n='1'/>" },
        { R(11), "no Type in the second", REGISTER(OFFER(DELIVERY(TYPE("0")) "<c:LTKMDelivery n='2'/>")),
          "B<c:LTKMDelivery n='2'/>" },
        { R(11), "Type outside", REGISTER(OFFER("<c:LTKMDelivery/>" TYPE("0"))), "B<c:LTKMDelivery/>" },
        { R(11), "other name space", REGISTER(OFFER("<c:LTKMDelivery><o:Type>0</o:Type></c:LTKMDelivery>")),
          "B<c:LTKMDelivery>" },
        { R(11), "not bytes",
          REGISTER(OFFER(DELIVERY(NUMBERED("Type", 1, "256") NUMBERED("Type", 2, "") NUMBERED("Type", 3, "2")
                                      NUMBERED("Type", 4, "UDP") NUMBERED("Type", 5, "-1")
                                          NUMBERED("Type", 6, "0 2") NUMBERED("Type", 7, "0,2")))),
          "B<Type n='1'> B<Type n='2'> B<Type n='4'> B<Type n='5'> B<Type n='6'> B<Type n='7'>" },
        { R(11), "in the grant", RESPONSES(GRANT(DELIVERY(NUMBERED("c:Type", 1, "?")))), "B<c:Type n='1'>" },
    };

    JUDGE(rows);
}

static void test_r12(void **state)
{
    static const row_t rows[] = {
        { R(12), "known", REGISTER(OFFER(DELIVERY(TYPE("0") TYPE("1") TYPE("2")))), "" },
        { R(12), "first reserved", REGISTER(OFFER(DELIVERY(NUMBERED("Type", 1, "3")))), "S<Type n='1'>" },
        { R(12), "last reserved", REGISTER(OFFER(DELIVERY(NUMBERED("Type", 1, "127")))), "S<Type n='1'>" },
        { R(12), "first proprietary", REGISTER(OFFER(DELIVERY(NUMBERED("Type", 1, "128")))),
          "N<Type n='1'>" },
        { R(12), "last proprietary", REGISTER(OFFER(DELIVERY(NUMBERED("Type", 1, "255")))), "N<Type n='1'>" },
        { R(12), "not a byte", REGISTER(OFFER(DELIVERY(TYPE("256") TYPE("259") TYPE("x")))), "" },
        { R(12), "in the grant", RESPONSES(GRANT(DELIVERY(TYPE("2") NUMBERED("Type", 1, "9")))),
          "S<Type n='1'>" },
        { R(12), "in the second list",
          REGISTER(OFFER(DELIVERY(TYPE("2")) DELIVERY(NUMBERED("Type", 1, "200")))), "N<Type n='1'>" },
    };

    JUDGE(rows);
}

static void test_r13(void **state)
{
    static const row_t rows[] = {
        { R(13), "all different", REGISTER(OFFER(DELIVERY(TYPE("0") TYPE("1") TYPE("2")))), "" },
        { R(13), "again",
          REGISTER(OFFER(DELIVERY(TYPE("2") TYPE("0") NUMBERED("Type", 2, "2") NUMBERED("Type", 3, "02")))),
          "N<Type n='2'> N<Type n='3'>" },
        { R(13), "255 again", REGISTER(OFFER(DELIVERY(TYPE("255") NUMBERED("Type", 2, "255")))),
          "N<Type n='2'>" },
        { R(13), "not bytes again", REGISTER(OFFER(DELIVERY(TYPE("256") TYPE("256") TYPE("x") TYPE("x")))),
          "" },
        { R(13), "0 after a bad one", REGISTER(OFFER(DELIVERY(TYPE("256") TYPE("x") TYPE("0")))), "" },
        { R(13), "once in each list", REGISTER(OFFER(DELIVERY(TYPE("0")) DELIVERY(TYPE("0")))), "" },
        { R(13), "once in each container", REGISTER(OFFER(DELIVERY(TYPE("0"))) OFFER(DELIVERY(TYPE("0")))),
          "" },
    };

    JUDGE(rows);
}

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

#define ONE_LTKM   RESPONSES(RESPONSE(ENTRY(LTKM_N(1))))
#define FACTS(...) .has_facts = true, .ltkms = { __VA_ARGS__ }
#define FACT(...)  FACTS({ __VA_ARGS__ })

static void test_r14(void **state)
{
    static const row_t rows[] = {
        { R(14), "right", ONE_LTKM, "" },
        { R(14), "no LTKM", RESPONSES(RESPONSE(ENTRY(""))), "" },
        { R(14), "white space", RESPONSES(RESPONSE(ENTRY(LTKM_TEXT("\n AQ\tAV \r\n")))), "" },
        { R(14), "not base64", RESPONSES(RESPONSE(ENTRY(LTKM_TEXT("...")))), "B<c:LTKM>", { FACT(0) } },
        { R(14), "padding missing", RESPONSES(RESPONSE(ENTRY(LTKM_TEXT("AQA")))), "B<c:LTKM>", { FACT(0) } },
        { R(14), "empty", RESPONSES(RESPONSE(ENTRY("<c:LTKM/>"))), "B<c:LTKM/>", { FACT(0) } },
        { R(14), "blank", RESPONSES(RESPONSE(ENTRY(LTKM_TEXT(" \n")))), "B<c:LTKM>", { FACT(0) } },
        { R(14),
          "elements, no text: not the message",
          RESPONSES(RESPONSE(ENTRY(LTKM_TEXT("<x/>AQAV")))),
          "",
          { FACT(0) } },
        { R(14), "too short", ONE_LTKM, "B<c:LTKM n='1'>", { FACT(.decoded = false) } },
        { R(14), "version", ONE_LTKM, "B<c:LTKM n='1'>", { FACT(GOOD_LTKM, .bad_version = true) } },
        { R(14),
          "version, of another type",
          ONE_LTKM,
          "B<c:LTKM n='1'>",
          { FACT(GOOD_LTKM, .bad_version = true, .data_type = 9) } },
        { R(14),
          "verification",
          ONE_LTKM,
          "",
          { FACT(GOOD_LTKM, .data_type = MIKEY_TYPE_PSK_VERIFICATION) } },
        { R(14), "public key", ONE_LTKM, "S<c:LTKM n='1'>", { FACT(GOOD_LTKM, .data_type = 2) } },
        { R(14), "error", ONE_LTKM, "S<c:LTKM n='1'>", { FACT(GOOD_LTKM, .data_type = MIKEY_TYPE_ERROR) } },
        { R(14),
          "last type",
          ONE_LTKM,
          "S<c:LTKM n='1'>",
          { FACT(GOOD_LTKM, .data_type = 255, .bad_length = true) } },
        { R(14), "length", ONE_LTKM, "B<c:LTKM n='1'>", { FACT(GOOD_LTKM, .bad_length = true) } },
        { R(14), "bytes behind", ONE_LTKM, "B<c:LTKM n='1'>", { FACT(GOOD_LTKM, .trailing_bytes = true) } },
        { R(14),
          "one finding of many",
          ONE_LTKM,
          "B<c:LTKM n='1'>",
          { FACT(GOOD_LTKM, .bad_version = true, .bad_length = true, .trailing_bytes = true) } },
        { R(14),
          "of a verification",
          ONE_LTKM,
          "B<c:LTKM n='1'>",
          { FACT(.decoded = true, .data_type = 1, .bad_length = true) } },
        { R(14),
          "the third",
          RESPONSES(RESPONSE(ENTRY(LTKM_N(1) LTKM_N(2))) RESPONSE(ENTRY(LTKM_N(3) LTKM_N(4)))),
          "B<c:LTKM n='3'>",
          { FACTS({ GOOD_LTKM }, { GOOD_LTKM }, { GOOD_LTKM, .bad_length = true }, { GOOD_LTKM }) } },
        { R(14), "in no container", RESPONSES(RESPONSE(LTKM_N(1))), "B<c:LTKM n='1'>", { FACT(0) } },
    };

    JUDGE(rows);
}

/* The very byte that is no base64, in the XML. */
static void test_r14_byte(void **state)
{
    static const struct {
        const char *xml;
        const char *byte; /* and what stands behind it; NULL: none is to blame */
        const char *text;
    } rows[] = {
        { "<x><LTKM>AQ.V</LTKM></x>", ".V</LTKM>",
          "Not base64 at character 3 ('.'): not a base64 character" },
        { "<x><LTKM> A<!-- . -->Q&amp;V</LTKM></x>", "&amp;V",
          "Not base64 at character 4 ('&'): not a base64 character" },
        { "<x><LTKM><![CDATA[AQ]]>\xc3\xa4</LTKM></x>", "\xc3\xa4</LTKM>",
          "Not base64 at character 3 (0xc3): not a base64 character" },
        { "<x><LTKM>AQ==AQ</LTKM></x>", "AQ</LTKM>",
          "Not base64 at character 5 ('A'): a character after the padding" },
        { "<x><LTKM>A===</LTKM></x>", "===</LTKM>",
          "Not base64 at character 2 ('='): padding where none may stand" },
        { "<x><LTKM>AQ=</LTKM></x>", NULL, "Not base64 at its end (3 characters): padding is missing" },
        { "<x><LTKM>AQAVA</LTKM></x>", NULL,
          "Not base64 at its end (5 characters): a single character is left over" },
        { "<x><LTKM/></x>", NULL, "The LTKM is empty" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        rule_document_t body = read_document(rows[i].xml, strlen(rows[i].xml), &alone);
        rule_findings_t findings = { .pool = pool, .number = 14 };

        rule_by_number(14)->document(&body, &findings);
        assert_null(findings.first->next);
        assert_string_equal(findings.first->text, rows[i].text);
        assert_memory_equal(rows[i].xml + findings.first->target, "<LTKM", 5);
        if (rows[i].byte) {
            assert_int_equal(findings.first->byte, strstr(rows[i].xml, rows[i].byte) - rows[i].xml);
        } else {
            assert_true(findings.first->byte == RULE_TARGET_WHOLE);
        }
    }
}

static void test_r15(void **state)
{
    static const row_t rows[] = {
        { R(15), "both", ONE_LTKM, "" },
        { R(15), "neither", ONE_LTKM, "N<c:LTKM n='1'>", { FACT(.decoded = true) } },
        { R(15), "key IDs", ONE_LTKM, "", { FACT(.decoded = true, .has_key_ids = true) } },
        { R(15), "management data", ONE_LTKM, "", { FACT(.decoded = true, .has_management = true) } },
        { R(15), "not decoded", ONE_LTKM, "", { FACT(.decoded = false) } },
        { R(15), "verification", ONE_LTKM, "", { FACT(.decoded = true, .data_type = 1) } },
        { R(15), "version", ONE_LTKM, "", { FACT(.decoded = true, .bad_version = true) } },
        { R(15), "length", ONE_LTKM, "", { FACT(.decoded = true, .bad_length = true) } },
        { R(15),
          "bytes behind",
          ONE_LTKM,
          "N<c:LTKM n='1'>",
          { FACT(.decoded = true, .trailing_bytes = true) } },
        { R(15),
          "the second",
          RESPONSES(RESPONSE(ENTRY(LTKM_N(1) LTKM_N(2)))),
          "N<c:LTKM n='2'>",
          { FACTS({ GOOD_LTKM }, { .decoded = true }) } },
    };

    JUDGE(rows);
}

static void test_r24(void **state)
{
    static const row_t rows[] = {
        { R(24), "with key", ONE_LTKM, "" },
        { R(24), "without", ONE_LTKM, "B<c:LTKM n='1'>", { FACT(.kind = MIKEY_KIND_LTKM_WITHOUT_KEY) } },
        { R(24), "unknown", ONE_LTKM, "", { FACT(.kind = MIKEY_KIND_UNKNOWN) } },
        { R(24), "verification", ONE_LTKM, "", { FACT(.kind = MIKEY_KIND_VERIFICATION) } },
        { R(24), "other", ONE_LTKM, "", { FACT(.kind = MIKEY_KIND_OTHER) } },
        { R(24),
          "in no container",
          MSK_RESPONSE(MSK_ENTRY(LTKM_N(1))),
          "B<c:LTKM n='1'>",
          { FACT(.kind = MIKEY_KIND_LTKM_WITHOUT_KEY) } },
        { R(24),
          "two",
          RESPONSES(RESPONSE(ENTRY(LTKM_N(1) LTKM_N(2) LTKM_N(3)))),
          "B<c:LTKM n='1'> B<c:LTKM n='3'>",
          { FACTS({ .kind = MIKEY_KIND_LTKM_WITHOUT_KEY }, { .kind = MIKEY_KIND_LTKM },
                  { .kind = MIKEY_KIND_LTKM_WITHOUT_KEY }) } },
    };

    JUDGE(rows);
}

static void test_r56(void **state)
{
    static const row_t rows[] = {
        { R(56), "LTKM", ONE_LTKM, "" },
        { R(56), "verification", ONE_LTKM, "B<c:LTKM n='1'>", { FACT(.kind = MIKEY_KIND_VERIFICATION) } },
        { R(56), "error", ONE_LTKM, "", { FACT(.kind = MIKEY_KIND_ERROR) } },
        { R(56),
          "in a request",
          REGISTER(OFFER(LTKM_N(1))),
          "B<c:LTKM n='1'>",
          { FACT(.kind = MIKEY_KIND_VERIFICATION) } },
        { R(56),
          "in no container",
          RESPONSES(RESPONSE(LTKM_N(1) LTKM_N(2))),
          "B<c:LTKM n='2'>",
          { FACTS({ GOOD_LTKM }, { .kind = MIKEY_KIND_VERIFICATION }) } },
    };

    JUDGE(rows);
}

/* ---- name spaces and media types -------------------------------------------------------------------- */

static void test_r16(void **state)
{
    static const row_t rows[] = {
        { R(16), "right", REGISTER(OFFER(DELIVERY(""))), "" },
        { R(16), "empty", REGISTER(OFFER("")), "" },
        { R(16), "no prefix", REGISTER(OFFER("<LTKMDelivery/>")), "N<c:RegistrationRequestExtension>" },
        { R(16), "no name space", REGISTER(OFFER("<LTKMDelivery xmlns=''/>")),
          "N<c:RegistrationRequestExtension>" },
        { R(16), "the last one", REGISTER(OFFER(DELIVERY("") "<c:y/><o:x/>")),
          "N<c:RegistrationRequestExtension>" },
        { R(16), "once a container", REGISTER(OFFER("<o:x/><x/><o:x/>")),
          "N<c:RegistrationRequestExtension>" },
        { R(16), "each container",
          RESPONSES(RESPONSE(NUMBERED("c:RegistrationResponseResponseExtension", 1, "<LTKM>AQAV</LTKM>"))
                        NUMBERED("c:RegistrationResponseExtension", 2, "<LTKMDelivery/>")),
          "N<c:RegistrationResponseResponseExtension n='1'> N<c:RegistrationResponseExtension n='2'>" },
        { R(16), "deeper", REGISTER(OFFER(DELIVERY("<Type>0</Type>"))), "" },
        { R(16), "an LTKM in none", RESPONSES(RESPONSE("<c:LTKM>AQAV<x/></c:LTKM>")), "" },
    };

    JUDGE(rows);
}

static void test_r17(void **state)
{
    static const row_t rows[] = {
        { R(17), "first", REGISTER(""), "" },
        { R(17), "second", ROOT_IN("mbmsSecurityRegister", REGISTRATION_NS "Request", ""), "" },
        { R(17), "none", "<mbmsSecurityRegister/>", "N*" },
        { R(17), "other of 3GPP", ROOT("mbmsSecurityRegister", ""), "N*" },
        { R(17), "with a blank",
          ROOT_IN("mbmsSecurityRegister", "urn:3GPP: metadata:2005:MBMS:securityRegistration", ""), "N*" },
        { R(17), "other", ROOT_IN("mbmsSecurityRegister", "urn:other", ""), "N*" },
        { R(17), "other root", "<mbmsSecurityDeregister/>", "" },
        { R(17), "the response", "<mbmsSecurityRegisterResponse/>", "" },
    };

    JUDGE(rows);
}

static void test_r18(void **state)
{
    static const row_t rows[] = {
        { R(18), "same", REGISTER(""), "", { .media_type = MBMS_REGISTRATION_REQUEST } },
        { R(18), "none of the five", REGISTER(""), "" },
        { R(18), "other", REGISTER(""), "S*", { .media_type = MBMS_DEREGISTRATION_REQUEST } },
        { R(18), "request and response", RESPONSES(""), "S*", { .media_type = MBMS_REGISTRATION_REQUEST } },
        { R(18), "response", MSK_RESPONSE(""), "", { .media_type = MBMS_MSK_RESPONSE } },
        { R(18),
          "deregistration response",
          RESPONSES(""),
          "",
          { .message = MBMS_DEREGISTRATION_RESPONSE, .media_type = MBMS_REGISTRATION_RESPONSE } },
        { R(18), "unknown root", ROOT("x", ""), "S*", { .media_type = MBMS_MSK_RESPONSE } },
        { R(18),
          "root in another name space",
          ROOT_IN("mbmsMSKResponse", "urn:other", ""),
          "S*",
          { .media_type = MBMS_MSK_RESPONSE } },
        { R(18), "unknown root, none of the five", ROOT("x", ""), "" },
        { R(18), "other name of a root", ROOT("mbmsMSK", KEY_1), "", { .media_type = MBMS_MSK_REQUEST } },
        { R(18), "as H.2.1 prints it", MSK_RESPONSE(""), "", { .media_type = MBMS_MSK_REQUEST } },
        { R(18), "the other way round", MSK_REQUEST(KEY_1), "S*", { .media_type = MBMS_MSK_RESPONSE } },
    };

    JUDGE(rows);
}

static void test_r19(void **state)
{
    static const row_t rows[] = {
        { R(19), "right", MSK_RESPONSE(""), "", { .media_type = MBMS_MSK_RESPONSE } },
        { R(19), "none of the five", MSK_RESPONSE(""), "S*" },
        { R(19),
          "another of the five: R18",
          MSK_RESPONSE(""),
          "",
          { .media_type = MBMS_REGISTRATION_RESPONSE } },
        { R(19), "as H.2.1 prints it", MSK_RESPONSE(""), "", { .media_type = MBMS_MSK_REQUEST } },
        { R(19),
          "in a multipart body",
          MSK_RESPONSE(""),
          "S*",
          { .media_type = MBMS_MSK_RESPONSE, .in_multipart = true } },
        { R(19), "both", MSK_RESPONSE(""), "S*", { .in_multipart = true } },
        { R(19), "another in a multipart body", RESPONSES(""), "", { .in_multipart = true } },
        { R(19), "registration response", RESPONSES(""), "" },
        { R(19), "MSK request", MSK_REQUEST(KEY_1), "" },
        { R(19), "unknown root", ROOT("x", ""), "", { .message = MBMS_MSK_RESPONSE } },
    };

    JUDGE(rows);
}

/* ---- services and keys ------------------------------------------------------------------------------ */

static void test_r20(void **state)
{
    static const row_t rows[] = {
        { R(20), "right", REGISTER(SERVICE("a") SERVICE(" b\n")), "" },
        { R(20), "empty", REGISTER(SERVICE("a") "<serviceID n='2'/>"), "N<serviceID n='2'/>" },
        { R(20), "blank", REGISTER(NUMBERED("serviceID", 1, " \n\t")), "N<serviceID n='1'>" },
        { R(20), "comment", REGISTER(NUMBERED("serviceID", 1, "<!-- a -->")), "N<serviceID n='1'>" },
        { R(20), "one character", REGISTER(SERVICE("0") SERVICE("<![CDATA[a]]>") SERVICE("&#97;")), "" },
        { R(20), "of a response", RESPONSES(RESPONSE("") TAG("Response", "<serviceID/>" CODE("200"))),
          "N<serviceID/>" },
        { R(20), "each",
          RESPONSES(TAG("Response", "<serviceID n='1'/><serviceID n='2'/>")
                        TAG("Response", "<serviceID n='3'/>")),
          "N<serviceID n='1'/> N<serviceID n='2'/> N<serviceID n='3'/>" },
        { R(20), "deregistration", DEREGISTER("<serviceID/>"), "N<serviceID/>" },
        { R(20), "elsewhere", REGISTER(TAG("x", "<serviceID/>")), "" },
    };

    JUDGE(rows);
}

static void test_r21(void **state)
{
    static const row_t rows[] = {
        { R(21), "right", MSK_REQUEST(KEY_1 KEY("uHCd", " aMkA AA== ")), "" },
        { R(21), "no MSK", MSK_REQUEST(""), "B*" },
        { R(21), "MSK elsewhere", MSK_REQUEST(TAG("x", KEY_1)), "B*" },
        { R(21), "no keyDomainID", MSK_REQUEST(KEY_1 NUMBERED("MSK", 2, TAG("MSKID", "aMkAAQ=="))),
          "B<MSK n='2'>" },
        { R(21), "no MSKID", MSK_REQUEST(NUMBERED("MSK", 1, TAG("keyDomainID", "uHCd"))), "B<MSK n='1'>" },
        { R(21), "neither", MSK_REQUEST("<MSK/>"), "B<MSK/> B<MSK/>" },
        { R(21), "not base64", MSK_REQUEST(KEY("...", "aMkAAQ==")), "B<MSK>" },
        { R(21), "neither is base64", MSK_REQUEST(KEY("uHC", "aMkAAQ=")), "B<MSK> B<MSK>" },
        { R(21), "2 bytes", MSK_REQUEST(KEY("uHA=", "aMkAAQ==")), "S<MSK>" },
        { R(21), "4 bytes", MSK_REQUEST(KEY("uHCdAA==", "aMkAAQ==")), "S<MSK>" },
        { R(21), "3 bytes", MSK_REQUEST(KEY("uHCd", "aMkA")), "S<MSK>" },
        { R(21), "5 bytes", MSK_REQUEST(KEY("uHCd", "aMkAAQE=")), "S<MSK>" },
        { R(21), "empty", MSK_REQUEST(KEY("", "")), "S<MSK> S<MSK>" },
        { R(21), "swapped", MSK_REQUEST(TAG("MSK", TAG("MSKID", "aMkAAQ==") TAG("keyDomainID", "uHCd"))),
          "" },
        { R(21), "not of a response", MSK_RESPONSE(TAG("Response", "<MSK/>")), "" },
        { R(21), "not of a registration", REGISTER("<MSK/>"), "" },
        { R(21), "nor none", REGISTER(""), "" },
    };

    JUDGE(rows);
}

/* ---- LTKMs in responses ----------------------------------------------------------------------------- */

static void test_r22(void **state)
{
    static const row_t rows[] = {
        { R(22), "200", RESPONSES(RESPONSE_OF("200", ENTRY(LTKM)) RESPONSE_OF(" 200 OK ", ENTRY(LTKM))), "" },
        { R(22), "200 and no blank", RESPONSES(RESPONSE_OF("200OK", ENTRY(LTKM))), "" },
        { R(22), "403", RESPONSES(RESPONSE_OF("403 Forbidden", ENTRY(LTKM_N(1) LTKM_N(2)))),
          "B<c:LTKM n='1'> B<c:LTKM n='2'>" },
        { R(22), "201", RESPONSES(RESPONSE_OF("201", ENTRY(LTKM_N(1)))), "B<c:LTKM n='1'>" },
        { R(22), "2000", RESPONSES(RESPONSE_OF("2000", ENTRY(LTKM_N(1)))), "B<c:LTKM n='1'>" },
        { R(22), "words", RESPONSES(RESPONSE_OF("OK", ENTRY(LTKM_N(1)))), "B<c:LTKM n='1'>" },
        { R(22), "no code", RESPONSES(TAG("Response", SERVICE("a") ENTRY(LTKM_N(1)))), "B<c:LTKM n='1'>" },
        { R(22), "empty container", RESPONSES(RESPONSE_OF("403", ENTRY(""))), "" },
        { R(22), "no container", RESPONSES(RESPONSE_OF("403", LTKM_N(1))), "B<c:LTKM n='1'>" },
        { R(22), "the second",
          RESPONSES(RESPONSE(ENTRY(LTKM_N(1))) RESPONSE_OF("403", ENTRY(LTKM_N(2)))
                        RESPONSE(ENTRY(LTKM_N(3)))),
          "B<c:LTKM n='2'>" },
        { R(22), "responses without containers",
          RESPONSES(RESPONSE_OF("403", "") RESPONSE("") RESPONSE_OF("404", ENTRY(LTKM_N(1))) RESPONSE("")),
          "B<c:LTKM n='1'>" },
        { R(22), "at the top level", RESPONSES(RESPONSE_OF("403", "") LTKM), "" },
        { R(22), "one at the top level before", RESPONSES(GRANT(LTKM) RESPONSE_OF("403", ENTRY(LTKM_N(2)))),
          "B<c:LTKM n='2'>" },
        { R(22),
          "deregistration",
          RESPONSES(RESPONSE_OF("403", DEREG_ENTRY(LTKM_N(1)))),
          "B<c:LTKM n='1'>",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(22), "MSK", MSK_RESPONSE(TAG("Response", KEY_1 CODE("404") KEY_ENTRY(LTKM_N(1)))),
          "B<c:LTKM n='1'>" },
        { R(22), "not a response", REGISTER(RESPONSE_OF("403", ENTRY(LTKM))), "" },
        { R(22), "unknown message", ROOT("x", RESPONSE_OF("403", ENTRY(LTKM))), "", { .no_message = true } },
    };

    JUDGE(rows);
}

/* A Response where none belongs must not hide those behind it. */
static void test_misplaced_response(void **state)
{
    static const row_t rows[] = {
        { R(22), "deeper", RESPONSES(TAG("x", RESPONSE(ENTRY(""))) RESPONSE_OF("403", ENTRY(LTKM_N(1)))),
          "B<c:LTKM n='1'>" },
        { R(22), "in a Response",
          RESPONSES(RESPONSE(RESPONSE(ENTRY(""))) RESPONSE_OF("403", ENTRY(LTKM_N(1)))), "B<c:LTKM n='1'>" },
        { R(27),
          "deeper",
          MSK_RESPONSE(TAG("x", RESPONSE(KEY_ENTRY(""))) MSK_ENTRY(KEY_ENTRY(LTKM_N(1)))),
          "B<c:LTKM n='1'>",
          { FACT(GOOD_LTKM, .key_domain_length = 3, .key_domain = { 1, 2, 3 }) } },
        { R(22), "in one that is refused, before its own",
          RESPONSES(RESPONSE_OF("403", RESPONSE(ENTRY("")) ENTRY(LTKM_N(1)))), "B<c:LTKM n='1'>" },
        { R(22), "those of the inner are not of the outer",
          RESPONSES(RESPONSE_OF("403", RESPONSE(ENTRY(LTKM)) ENTRY(""))), "" },
        { R(27),
          "before its own",
          MSK_RESPONSE(MSK_ENTRY(RESPONSE(KEY_ENTRY("")) KEY_ENTRY(LTKM_N(1)))),
          "B<c:LTKM n='1'>",
          { FACT(GOOD_LTKM, .key_domain_length = 3, .key_domain = { 1, 2, 3 }) } },
    };

    JUDGE(rows);
}

static void test_r23(void **state)
{
    static const row_t rows[] = {
        { R(23), "200", ONE_LTKM, "", { .status = 200 } },
        { R(23), "299", ONE_LTKM, "", { .status = 299 } },
        { R(23), "300", ONE_LTKM, "B<c:LTKM n='1'>", { .status = 300 } },
        { R(23), "199", ONE_LTKM, "B<c:LTKM n='1'>", { .status = 199 } },
        { R(23),
          "403",
          RESPONSES(RESPONSE(ENTRY(LTKM_N(1) LTKM_N(2))) RESPONSE(ENTRY(LTKM_N(3)))),
          "B<c:LTKM n='1'>",
          { .status = 403 } },
        { R(23),
          "in the second container",
          RESPONSES(RESPONSE(ENTRY("")) RESPONSE(ENTRY(LTKM_N(1)))),
          "B<c:LTKM n='1'>",
          { .status = 500 } },
        { R(23), "no LTKM", RESPONSES(RESPONSE_OF("403", ENTRY(""))), "", { .status = 403 } },
        { R(23), "unknown", ONE_LTKM, "" },
        { R(23), "unknown message", ROOT("x", LTKM_N(1)), "B<c:LTKM n='1'>", { .status = 404 } },
    };

    JUDGE(rows);
}

static void test_r26(void **state)
{
    static const row_t rows[] = {
        { R(26), "registration response", ONE_LTKM, "" },
        { R(26), "deregistration response", ONE_LTKM, "", { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(26), "MSK response", MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY(LTKM))), "" },
        { R(26), "registration request", REGISTER(OFFER(LTKM_N(1) LTKM_N(2))), "B<c:LTKM n='1'>" },
        { R(26), "deregistration request", DEREGISTER(LTKM_N(1)), "B<c:LTKM n='1'>" },
        { R(26), "MSK request", MSK_REQUEST(KEY_1 LTKM_N(1)), "B<c:LTKM n='1'>" },
        { R(26), "another document", "<ServiceResponse><LTKM>AQAV</LTKM></ServiceResponse>", "B<LTKM>" },
        { R(26), "no LTKM", REGISTER(OFFER("")), "" },
        { R(26), "another's LTKM", REGISTER(OFFER("<o:LTKM/>")), "" },
    };

    JUDGE(rows);
}

#define KEY_FACT(domain, id)                                                                                 \
    FACT(GOOD_LTKM, .key_domain_length = 3, .key_domain = domain, .msk_id_length = 4, .msk_id = id)
#define BYTES(...)                                                                                           \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define DOMAIN              BYTES(0xb8, 0x70, 0x9d)
#define SIBLING(domain, id) MSK_RESPONSE(TAG("Response", KEY(domain, id) CODE("200") KEY_ENTRY(LTKM_N(1))))
#define SIBLING_1           SIBLING("uHCd", "aMkAAQ==")

static void test_r27(void **state)
{
    static const row_t rows[] = {
        { R(27), "same", SIBLING_1, "", { KEY_FACT(DOMAIN, BYTES(0x68, 0xc9, 0, 1)) } },
        { R(27),
          "first byte of the domain",
          SIBLING_1,
          "B<c:LTKM n='1'>",
          { KEY_FACT(BYTES(0xb9, 0x70, 0x9d), BYTES(0x68, 0xc9, 0, 1)) } },
        { R(27),
          "last byte of the domain",
          SIBLING_1,
          "B<c:LTKM n='1'>",
          { KEY_FACT(BYTES(0xb8, 0x70, 0x9c), BYTES(0x68, 0xc9, 0, 1)) } },
        { R(27), "all differs", SIBLING_1, "B<c:LTKM n='1'>", { KEY_FACT(BYTES(0), BYTES(1, 2, 3, 4)) } },
        { R(27),
          "first byte of the group",
          SIBLING_1,
          "B<c:LTKM n='1'>",
          { KEY_FACT(DOMAIN, BYTES(0x69, 0xc9, 0, 1)) } },
        { R(27),
          "second byte of the group",
          SIBLING_1,
          "B<c:LTKM n='1'>",
          { KEY_FACT(DOMAIN, BYTES(0x68, 0xc8, 0, 1)) } },
        { R(27), "number", SIBLING_1, "S<c:LTKM n='1'>", { KEY_FACT(DOMAIN, BYTES(0x68, 0xc9, 0, 2)) } },
        { R(27), "number 0", SIBLING_1, "S<c:LTKM n='1'>", { KEY_FACT(DOMAIN, BYTES(0x68, 0xc9, 0, 0)) } },
        { R(27),
          "high byte of the number",
          SIBLING_1,
          "S<c:LTKM n='1'>",
          { KEY_FACT(DOMAIN, BYTES(0x68, 0xc9, 1, 1)) } },
        { R(27),
          "any number",
          SIBLING("uHCd", "aMkAAA=="),
          "",
          { KEY_FACT(DOMAIN, BYTES(0x68, 0xc9, 0, 2)) } },
        { R(27),
          "any number of the group",
          SIBLING("uHCd", "aMkAAA=="),
          "B<c:LTKM n='1'>",
          { KEY_FACT(DOMAIN, BYTES(0x68, 0xca, 0, 2)) } },
        { R(27),
          "number 256 is not 0",
          SIBLING("uHCd", "aMkBAA=="),
          "S<c:LTKM n='1'>",
          { KEY_FACT(DOMAIN, BYTES(0x68, 0xc9, 0, 1)) } },
        { R(27), "no key IDs in the LTKM", SIBLING_1, "", { FACT(GOOD_LTKM) } },
        { R(27),
          "no domain in the LTKM",
          SIBLING_1,
          "B<c:LTKM n='1'>",
          { FACT(GOOD_LTKM, .msk_id_length = 4, .msk_id = BYTES(1, 2, 3, 4)) } },
        { R(27),
          "long domain in the LTKM",
          SIBLING_1,
          "",
          { FACT(GOOD_LTKM, .key_domain_length = 4, .key_domain = BYTES(1, 2, 3, 4)) } },
        { R(27),
          "short key in the LTKM",
          SIBLING_1,
          "",
          { FACT(GOOD_LTKM, .msk_id_length = 3, .msk_id = BYTES(1, 2, 3)) } },
        { R(27), "no base64", SIBLING("...", "..."), "", { KEY_FACT(BYTES(1), BYTES(2)) } },
        { R(27),
          "short domain in the MSK",
          SIBLING("uHA=", "aMkAAQ=="),
          "",
          { KEY_FACT(BYTES(1), BYTES(0x68, 0xc9, 0, 1)) } },
        { R(27), "short key in the MSK", SIBLING("uHCd", "aMkA"), "", { KEY_FACT(DOMAIN, BYTES(1)) } },
        { R(27),
          "empty MSK",
          MSK_RESPONSE(TAG("Response", "<MSK/>" KEY_ENTRY(LTKM))),
          "",
          { KEY_FACT(BYTES(1), BYTES(2)) } },
        { R(27), "no MSK", MSK_RESPONSE(RESPONSE(KEY_ENTRY(LTKM))), "", { KEY_FACT(BYTES(1), BYTES(2)) } },
        { R(27),
          "in no container",
          MSK_RESPONSE(MSK_ENTRY(LTKM_N(1))),
          "B<c:LTKM n='1'>",
          { KEY_FACT(BYTES(1), BYTES(2)) } },
        { R(27), "not a sibling", MSK_RESPONSE(MSK_ENTRY("") LTKM), "", { KEY_FACT(BYTES(1), BYTES(2)) } },
        { R(27),
          "registration response",
          RESPONSES(MSK_ENTRY(ENTRY(LTKM))),
          "",
          { KEY_FACT(BYTES(1), BYTES(2)) } },
        { R(27),
          "the second of the second",
          MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY(LTKM_N(1)))
                           TAG("Response", KEY("AQID", "AQIDBA==") KEY_ENTRY(LTKM_N(2) LTKM_N(3)))),
          "B<c:LTKM n='3'>",
          { FACTS({ GOOD_LTKM, .key_domain_length = 3, .key_domain = DOMAIN },
                  { GOOD_LTKM, .key_domain_length = 3, .key_domain = BYTES(1, 2, 3) },
                  { GOOD_LTKM, .key_domain_length = 3, .key_domain = DOMAIN }) } },
    };

    JUDGE(rows);
}

/* ---- what was asked for ----------------------------------------------------------------------------- */

static const char *const some_services[] = { "a", "b" };
static const char *const some_msks[] = { "b8709d/24cb4400", "b8709d/68c90001" };

static const request_t asked_some = {
    .n_services = 2,
    .services = some_services,
    .n_msks = 2,
    .msks = some_msks,
};
static const request_t asked_one = {
    .n_services = 1, .services = some_services, .n_msks = 1, .msks = some_msks + 1, /* KEY_1 */
};
static const request_t asked_nothing;
static const char *const current_msk[] = { "b8709d/24cb0000" };
static const request_t asked_number_0 = { .n_msks = 1, .msks = current_msk };

static void test_r28(void **state)
{
    static const row_t rows[] = {
        { R(28),
          "asked",
          MSK_RESPONSE(MSK_ENTRY("") TAG("Response", KEY("uHCd", "JMtEAA=="))),
          "",
          { .asked = &asked_some } },
        { R(28),
          "other key",
          MSK_RESPONSE(MSK_ENTRY("") TAG("Response", KEY("uHCd", "aMkAAg=="))),
          "S<MSK>",
          { .asked = &asked_some } },
        { R(28),
          "other domain",
          MSK_RESPONSE(TAG("Response", KEY("uHCe", "aMkAAQ=="))),
          "S<MSK>",
          { .asked = &asked_some } },
        { R(28),
          "the current key: any number of the group",
          MSK_RESPONSE(TAG("Response", KEY("uHCd", "JMtEAA=="))),
          "",
          { .asked = &asked_number_0 } },
        { R(28),
          "the current key: another group",
          MSK_RESPONSE(TAG("Response", KEY("uHCd", "aMkAAg=="))),
          "S<MSK>",
          { .asked = &asked_number_0 } },
        { R(28), "asked nothing", MSK_RESPONSE(MSK_ENTRY("")), "S<MSK>", { .asked = &asked_nothing } },
        { R(28), "request not known", MSK_RESPONSE(TAG("Response", KEY("uHCd", "aMkAAg=="))), "" },
        { R(28),
          "half a key",
          MSK_RESPONSE(TAG("Response", TAG("MSK", TAG("MSKID", "aMkAAg==")))),
          "",
          { .asked = &asked_some } },
        { R(28),
          "no base64",
          MSK_RESPONSE(TAG("Response", KEY("uHCd", "..."))),
          "",
          { .asked = &asked_some } },
        { R(28),
          "registration response",
          RESPONSES(TAG("Response", KEY("uHCd", "aMkAAg=="))),
          "",
          { .asked = &asked_some } },
        { R(28),
          "the second MSK",
          MSK_RESPONSE(
              TAG("Response", KEY_1 NUMBERED("MSK", 2, TAG("keyDomainID", "AAAA") TAG("MSKID", "AAAAAA==")))),
          "S<MSK n='2'>",
          { .asked = &asked_some } },
    };

    JUDGE(rows);
}

static void test_r29(void **state)
{
    static const row_t rows[] = {
        { R(29),
          "asked",
          RESPONSES(RESPONSE("") TAG("Response", SERVICE(" b "))),
          "",
          { .asked = &asked_some } },
        { R(29),
          "other",
          RESPONSES(RESPONSE("") TAG("Response", NUMBERED("serviceID", 2, "c"))),
          "S<serviceID n='2'>",
          { .asked = &asked_some } },
        { R(29),
          "other case",
          RESPONSES(TAG("Response", SERVICE("A"))),
          "S<serviceID>",
          { .asked = &asked_some } },
        { R(29),
          "prefix",
          RESPONSES(TAG("Response", SERVICE("ab"))),
          "S<serviceID>",
          { .asked = &asked_some } },
        { R(29), "asked nothing", RESPONSES(RESPONSE("")), "S<serviceID>", { .asked = &asked_nothing } },
        { R(29),
          "deregistration",
          RESPONSES(TAG("Response", SERVICE("c"))),
          "S<serviceID>",
          { .asked = &asked_some, .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(29), "MSK response", MSK_RESPONSE(TAG("Response", SERVICE("c"))), "", { .asked = &asked_some } },
        { R(29), "request not known", RESPONSES(TAG("Response", SERVICE("c"))), "" },
        { R(29),
          "the second serviceID",
          RESPONSES(TAG("Response", SERVICE("a") NUMBERED("serviceID", 2, "x"))),
          "S<serviceID n='2'>",
          { .asked = &asked_some } },
    };

    JUDGE(rows);
}

/* The fields of a service, and of keys of which the number was left open. */
static const char *const current_msks[] = { "b8709d/24cb0000", "b8709d/68c90000", "b8709d/68c90001" };
static const request_t asked_current = { .n_msks = 3, .msks = current_msks };
static const char *const repeated_services[] = { "", "a", "a", "a", "b", "b" };
static const request_t asked_repeatedly = { .n_services = 6, .services = repeated_services };

#define OK(request)                                                                                          \
    {                                                                                                        \
        .status = 200, .asked = &(request)                                                                   \
    }

static void test_r84_services(void **state)
{
    static const char a[] = RESPONSES(RESPONSE(""));
    static const char both[] = RESPONSES(RESPONSE("") TAG("Response", SERVICE("b") CODE("403")));
    static const row_t rows[] = {
        { R(84), "both, one refused", both, "", OK(asked_some) },
        { R(84), "one of two", a, "S*", OK(asked_some) },
        { R(84), "none", RESPONSES(""), "S* S*", OK(asked_some) },
        { R(84), "others", RESPONSES(TAG("Response", SERVICE("c"))), "S* S*", OK(asked_some) },
        { R(84), "repeated", a, "S*", OK(asked_repeatedly) },
        { R(84), "repeated, both", both, "", OK(asked_repeatedly) },
        { R(84), "asked nothing", a, "", OK(asked_nothing) },
        { R(84), "204", a, "S*", { .status = 204, .asked = &asked_some } },
        { R(84), "403", a, "", { .status = 403, .asked = &asked_some } },
        { R(84), "status not known", a, "", { .asked = &asked_some } },
        { R(84), "request not known", a, "", { .status = 200 } },
        { R(84),
          "deregistration",
          a,
          "S*",
          { .message = MBMS_DEREGISTRATION_RESPONSE, .status = 200, .asked = &asked_some } },
        { R(84), "a request", REGISTER(SERVICE("a")), "", OK(asked_some) },
        { R(84), "MSK response", MSK_RESPONSE(MSK_ENTRY("") TAG("Response", KEY("uHCd", "JMtEAA=="))), "",
          OK(asked_some) },
        { R(84), "cut", "<mbmsSecurityRegisterResponse><Response><serviceID>a</serviceID>", "",
          OK(asked_some) },
        { R(84), "a Response that lost its end", RESPONSES("<Response><serviceID>a</serviceID>"), "",
          OK(asked_some) },
        { R(84), "a serviceID that lost its end", RESPONSES(TAG("Response", "<serviceID>a")), "",
          OK(asked_some) },
    };

    JUDGE(rows);
}

static void test_r84_msks(void **state)
{
    static const row_t rows[] = {
        { R(84), "one of two", MSK_RESPONSE(MSK_ENTRY("")), "S*", OK(asked_some) },
        { R(84), "none", MSK_RESPONSE(""), "S* S*", OK(asked_some) },
        { R(84), "other domain", MSK_RESPONSE(TAG("Response", KEY("uHCe", "aMkAAQ=="))), "S* S*",
          OK(asked_some) },
        { R(84), "other number", MSK_RESPONSE(TAG("Response", KEY("uHCd", "aMkAAg=="))), "S* S*",
          OK(asked_some) },
        { R(84), "a number for the current key", /* 24cb4400, 68c90001 */
          MSK_RESPONSE(MSK_ENTRY("") TAG("Response", KEY("uHCd", "JMtEAA=="))), "", OK(asked_current) },
        { R(84), "no number for the number", /* 24cb0000, 68c90000 */
          MSK_RESPONSE(TAG("Response", KEY("uHCd", "aMkAAA==") KEY("uHCd", "JMsAAA=="))), "S*",
          OK(asked_current) },
        { R(84), "short", MSK_RESPONSE(TAG("Response", KEY("", "") KEY("uHCd", "aA=="))), "S* S* S*",
          OK(asked_current) },
        { R(84), "no base64", MSK_RESPONSE(TAG("Response", KEY("!", "!"))), "S* S* S*", OK(asked_current) },
    };

    JUDGE(rows);
}

/* ---- documents by their schemas --------------------------------------------------------------------- */

#define IN_NO_NAMESPACE(name, ns, content) "<m:" name " xmlns:m='" MBMS_NS ns "'>" content "</m:" name ">"
#define ANSWER(subject)                    TAG("Response", subject CODE("200 OK"))

/* What is no fault, or said by other rules. */
static void test_r85_silent(void **state)
{
    static const row_t rows[] = {
        { R(85), "registration request", REGISTER(SERVICE("a") SERVICE("b") OFFER("")), "" },
        { R(85), "elements of others", REGISTER(SERVICE("a") "<o:x/><g:serviceList/>" OFFER("") "<o:x/>"),
          "" },
        { R(85), "elements of others in a Response",
          RESPONSES(RESPONSE("<o:x><y/></o:x>" ENTRY("")) "<o:x/>"), "" },
        { R(85), "text", REGISTER("xsi:schemaLocation='...'>" SERVICE("a") "Text"), "" },
        { R(85), "attributes", REGISTER("<serviceID a='b'>a</serviceID>"), "" },
        { R(85), "deregistration request", DEREGISTER(SERVICE("a") "<o:x/>"), "" },
        { R(85), "MSK request", MSK_REQUEST(KEY_1 KEY_1), "" },
        { R(85), "MSK response", MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY(LTKM)) MSK_ENTRY("") "<o:x/>"), "" },
        { R(85), "long Key Domain ID", MSK_RESPONSE(ANSWER(KEY("uHCduHCd", "aMkAAQ=="))), "" },
        { R(85), "children in no name space",
          IN_NO_NAMESPACE("mbmsMSKResponse", "mskResponse", MSK_ENTRY("")), "" },
        { R(85), "children in another of 3GPP", REGISTER("<g:serviceID>a</g:serviceID>"), "" },
        { R(85), "as the change request prints it",
          RESPONSES(RESPONSE(
              "<c:RegistrationResponseResponseExtension><LTKM>...</LTKM><LTKM>...</LTKM>"
              "</c:RegistrationResponseResponseExtension>") "<c:RegistrationResponseExtension><LTKMDelivery><"
                                                            "Type>2</Type></LTKMDelivery>"
                                                            "</c:RegistrationResponseExtension>"),
          "" },
        { R(85), "other names of roots", ROOT_IN("mbmsMSK", MBMS_NS "mskRequest", KEY_1), "" },
        { R(85), "R1", REGISTER(OFFER("") TAG("serviceID", OFFER("") "a")), "" },
        { R(85), "R6", REGISTER(SERVICE("a") "<RegistrationRequestExtension/>"), "" },
        { R(85), "R7", MSK_REQUEST(KEY_1 GRANT("")), "" },
        { R(85), "R17", ROOT("mbmsSecurityRegister", SERVICE("a")), "" },
        { R(85), "R18", ROOT("x", ""), "", { .media_type = MBMS_MSK_RESPONSE } },
        { R(85), "R20", REGISTER("<serviceID/>"), "" },
        { R(85), "R21, no MSK", MSK_REQUEST(""), "" },
        { R(85), "R21, halves", MSK_REQUEST(TAG("MSK", TAG("MSKID", "aMkAAQ==")) TAG("MSK", "")), "" },
        { R(85), "R21, values", MSK_REQUEST(KEY("!", "aMkAAQ==") KEY("uHCd", "aMk=")), "" },
        { R(85), "R26", REGISTER(SERVICE("a") "<LTKM>AQAV</LTKM>"), "" },
        { R(85), "a value by an entity",
          "<!DOCTYPE x [<!ENTITY e 'aMkAAQ=='>]><mbmsMSKResponse xmlns='" MBMS_NS
          "mskResponse'>" ANSWER(KEY("uHCd", "&e;")) "</mbmsMSKResponse>",
          "" },
    };

    JUDGE(rows);
}

static void test_r85_elements(void **state)
{
    static const row_t rows[] = {
        { R(85), "no serviceID", REGISTER(""), "S*" },
        { R(85), "no serviceID, but a container", REGISTER(OFFER("")), "S*" },
        { R(85), "no serviceID in a deregistration", DEREGISTER("<o:x/>"), "S*" },
        { R(85), "no Response", RESPONSES(GRANT("")), "S*" },
        { R(85), "no Response with an MSK", MSK_RESPONSE(""), "S*" },
        { R(85), "no subject", RESPONSES(NUMBERED("Response", 1, CODE("200 OK"))), "S<Response n='1'>" },
        { R(85), "no MSK", MSK_RESPONSE(MSK_ENTRY("") NUMBERED("Response", 2, CODE("200 OK"))),
          "S<Response n='2'>" },
        { R(85), "no code", RESPONSES(NUMBERED("Response", 1, SERVICE("a"))), "S<Response n='1'>" },
        { R(85), "no Key Domain ID", MSK_RESPONSE(ANSWER(TAG("MSK", TAG("MSKID", "aMkAAQ==")))), "S<MSK>" },
        { R(85), "no MSK ID", MSK_RESPONSE(ANSWER(TAG("MSK", TAG("keyDomainID", "uHCd")))), "S<MSK>" },
        { R(85), "subject of the other response", MSK_RESPONSE(RESPONSE("")), "S<serviceID>" },
        { R(85), "subject of the other response, too", RESPONSES(MSK_ENTRY("")), "S<MSK>" },
        { R(85), "unknown", REGISTER(SERVICE("a") "<x/>"), "S<x/>" },
        { R(85), "unknown, in a Response", RESPONSES(RESPONSE("<x/>")), "S<x/>" },
        { R(85), "unknown, in no name space",
          IN_NO_NAMESPACE("mbmsSecurityDeregister", "securityDeregistration", SERVICE("a") "<x/>"), "S<x/>" },
        { R(85), "unknown, in an MSK", MSK_REQUEST(TAG("MSK", TAG("keyDomainID", "uHCd") "<x/>")), "S<x/>" },
        { R(85), "LTKM in no container", RESPONSES(RESPONSE("<LTKM>AQAV</LTKM>")), "S<LTKM>" },
        { R(85), "LTKMDelivery in no container", REGISTER(SERVICE("a") "<LTKMDelivery/>"),
          "S<LTKMDelivery/>" },
        { R(85), "twice", RESPONSES(TAG("Response", SERVICE("a") NUMBERED("serviceID", 2, "b") CODE("200"))),
          "S<serviceID n='2'>" },
        { R(85), "two codes", RESPONSES(RESPONSE(NUMBERED("ResponseCode", 2, "200 OK"))),
          "S<ResponseCode n='2'>" },
        { R(85), "two MSKs", MSK_RESPONSE(ANSWER(KEY_1 NUMBERED("MSK", 2, ""))), "S<MSK n='2'>" },
        { R(85), "two MSK IDs",
          MSK_REQUEST(TAG("MSK", TAG("keyDomainID", "uHCd") TAG("MSKID", "aMkAAQ==")
                                     NUMBERED("MSKID", 2, "aMkAAQ=="))),
          "S<MSKID n='2'>" },
        { R(85), "order", RESPONSES(TAG("Response", CODE("200 OK") SERVICE("a"))), "S<serviceID>" },
        { R(85), "order of halves",
          MSK_REQUEST(TAG("MSK", TAG("MSKID", "aMkAAQ==") TAG("keyDomainID", "uHCd"))), "S<keyDomainID>" },
        { R(85), "behind another's", REGISTER("<o:x/>" SERVICE("a")), "S<serviceID>" },
        { R(85), "code behind another's", RESPONSES(TAG("Response", SERVICE("a") "<o:x/>" CODE("200 OK"))),
          "S<ResponseCode>" },
        { R(85), "no wildcard", MSK_REQUEST(KEY_1 "<o:x/>"), "S<o:x/>" },
        { R(85), "no wildcard in an MSK",
          MSK_RESPONSE(ANSWER(TAG("MSK", TAG("keyDomainID", "uHCd") TAG("MSKID", "aMkAAQ==") "<o:x/>"))),
          "S<o:x/>" },
        { R(85), "element in text", REGISTER(TAG("serviceID", "a<o:x/>")), "S<o:x/>" },
        { R(85), "the first alone", REGISTER("<x/><y/>"), "S<x/>" },
    };

    JUDGE(rows);
}

static void test_r85_values(void **state)
{
    static const row_t rows[] = {
        { R(85), "MSKID, short", MSK_RESPONSE(ANSWER(KEY("uHCd", "aMk="))), "S<MSKID>" },
        { R(85), "MSKID, long", MSK_RESPONSE(MSK_ENTRY("") ANSWER(KEY("uHCd", "aMkAAQE="))), "S<MSKID>" },
        { R(85), "MSKID, empty", MSK_RESPONSE(ANSWER(KEY("uHCd", ""))), "S<MSKID>" },
        { R(85), "MSKID, no base64", MSK_RESPONSE(ANSWER(KEY("uHCd", "aMkAAQ="))), "S<MSKID>" },
        { R(85), "keyDomainID, no base64", MSK_RESPONSE(ANSWER(KEY("u.Cd", "aMkAAQ=="))), "S<keyDomainID>" },
        { R(85), "the first alone", MSK_RESPONSE(ANSWER(KEY("!", "!"))), "S<keyDomainID>" },
    };

    JUDGE(rows);
}

static void test_r85_roots(void **state)
{
    static const row_t rows[] = {
        { R(85), "MSK request", ROOT("mbmsMSKRequest", KEY_1), "S*" },
        { R(85), "MSK request, of the response", ROOT_IN("mbmsMSKRequest", MBMS_NS "mskResponse", KEY_1),
          "S*" },
        { R(85), "MSK request, none", TAG("mbmsMSKRequest", KEY_1), "S*" },
        { R(85), "MSK response", ROOT("mbmsMSKResponse", MSK_ENTRY("")), "S*" },
        { R(85), "registration response", ROOT("mbmsSecurityRegisterResponse", RESPONSE("")), "S*" },
        { R(85), "deregistration request, of the registration",
          ROOT_IN("mbmsSecurityDeregister", REGISTRATION_NS, SERVICE("a")), "S*" },
    };

    JUDGE(rows);
}

/* What lost its end tag, what stands in it, and what may have been in it. */
static void test_r85_recovery(void **state)
{
    static const row_t rows[] = {
        { R(85), "the root", "<mbmsMSKResponse xmlns='" MBMS_NS "mskResponse'><x/>", "" },
        { R(85), "an unknown", REGISTER(SERVICE("a") "<x>"), "" },
        { R(85), "in one", REGISTER(SERVICE("a") "<y><x/>"), "" },
        { R(85), "the code", RESPONSES(TAG("Response", SERVICE("a") "<ResponseCode>200 OK")), "" },
        { R(85), "the Response", RESPONSES("<Response>" CODE("200 OK")), "" },
        { R(85), "a key ID", MSK_RESPONSE(ANSWER(TAG("MSK", TAG("keyDomainID", "uHCd") "<MSKID>aMk"))), "" },
        { R(85), "another service",
          REGISTER(SERVICE("a") "<x/>"
                                "<serviceID>b"),
          "S<x/>" },
    };

    JUDGE(rows);
}

static void test_r86(void **state)
{
    static const row_t rows[] = {
        { R(86), "used", RESPONSES(RESPONSE_OF("200 OK", "") RESPONSE_OF("403", "") RESPONSE_OF("405", "")),
          "" },
        { R(86), "used, too", RESPONSES(RESPONSE_OF("501", "") RESPONSE_OF("503", "") RESPONSE_OF("418", "")),
          "" },
        { R(86), "the first and the last", RESPONSES(RESPONSE_OF("406", "") RESPONSE_OF("417 x", "")),
          "N<Response> N<Response>" },
        { R(86), "of servers", RESPONSES(RESPONSE_OF("500", "") RESPONSE_OF("502 Bad Gateway", "")),
          "N<Response> N<Response>" },
        { R(86), "of a key", MSK_RESPONSE(TAG("Response", KEY_1 CODE("410 Gone"))), "N<Response>" },
        { R(86), "no code", RESPONSES(RESPONSE_OF("5000", "") RESPONSE_OF("x", "")), "" },
        { R(86), "lost its end", RESPONSES(TAG("Response", SERVICE("a") "<ResponseCode>500")), "" },
    };

    JUDGE(rows);
}

/* ---- offer and grant -------------------------------------------------------------------------------- */

static void test_r33(void **state)
{
    static const row_t rows[] = {
        { R(33), "registration request", REGISTER(OFFER(DELIVERY(TYPE("0")))), "" },
        { R(33), "registration response", RESPONSES(GRANT(DELIVERY(TYPE("0")))), "" },
        { R(33),
          "deregistration response",
          RESPONSES(GRANT(DELIVERY(TYPE("0")))),
          "",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(33), "deregistration request", DEREGISTER(OFFER(DELIVERY(TYPE("0")))), "B<c:LTKMDelivery>" },
        { R(33), "MSK request", MSK_REQUEST(KEY_1 OFFER(DELIVERY(""))), "B<c:LTKMDelivery>" },
        { R(33), "grant in a request", DEREGISTER(GRANT(DELIVERY(TYPE("0")))), "B<c:LTKMDelivery>" },
        { R(33), "each container",
          DEREGISTER(OFFER("<c:LTKMDelivery n='1'/>") OFFER("<c:LTKMDelivery n='2'/>")),
          "B<c:LTKMDelivery n='1'/> B<c:LTKMDelivery n='2'/>" },
        { R(33), "container alone", DEREGISTER(OFFER("")), "" },
        { R(33), "in no container", DEREGISTER(DELIVERY(TYPE("0"))), "" },
    };

    JUDGE(rows);
}

#define OFFERED(name, ...)                                                                                   \
    static const request_t name = { .n_services = 2, .services = some_services, __VA_ARGS__ }

OFFERED(offered_nothing, .offer_listed = false);
OFFERED(offered_empty, .offer_listed = true);
OFFERED(offered_udp, .offer_listed = true, .offer = { 1 });
OFFERED(offered_http, .offer_listed = true, .offer = { 4 });
OFFERED(offered_udp_http, .offer_listed = true, .offer = { 5 });
OFFERED(offered_far, .offer_listed = true, .offer = { [0] = 1u << 31, [1] = 1, [4] = 1, [7] = 1u << 31 });

#define ANSWERS(asked_for, http_status)                                                                      \
    {                                                                                                        \
        .status = (http_status), .request = MBMS_REGISTRATION_REQUEST, .asked = &(asked_for)                 \
    }

/* The conditions under which a grant is judged at all, each missing once. */
static void test_grant_is_judged(void **state)
{
    static const char grant[] = RESPONSES(RESPONSE("") GRANT(DELIVERY(TYPE("2"))));
    static const row_t rows[] = {
        { R(37), "all known", grant, "B<c:Type>", ANSWERS(offered_udp, 200) },
        { R(37), "another success", grant, "B<c:Type>", ANSWERS(offered_udp, 202) },
        { R(37), "no success", grant, "", ANSWERS(offered_udp, 403) },
        { R(37), "redirection", grant, "", ANSWERS(offered_udp, 300) },
        { R(37), "status not known", grant, "", ANSWERS(offered_udp, 0) },
        { R(37), "request not known", grant, "", { .status = 200, .asked = &offered_udp } },
        { R(37),
          "another request",
          grant,
          "",
          { .status = 200, .request = MBMS_MSK_REQUEST, .asked = &offered_udp } },
        { R(37),
          "its content not known",
          grant,
          "",
          { .status = 200, .request = MBMS_REGISTRATION_REQUEST } },
        { R(37),
          "deregistration response",
          grant,
          "",
          { .message = MBMS_DEREGISTRATION_RESPONSE,
            .status = 200,
            .request = MBMS_REGISTRATION_REQUEST,
            .asked = &offered_udp } },
        { R(37), "MSK response", MSK_RESPONSE(GRANT(DELIVERY(TYPE("2")))), "", ANSWERS(offered_udp, 200) },
        { R(35), "no success", RESPONSES(RESPONSE("")), "", ANSWERS(offered_http, 403) },
        { R(36), "no success", RESPONSES(RESPONSE("") GRANT("")), "", ANSWERS(offered_http, 403) },
        { R(38), "no success", grant, "", ANSWERS(offered_nothing, 403) },
        { R(43), "no success", RESPONSES(RESPONSE_OF("403", "")), "", ANSWERS(offered_http, 403) },
    };

    JUDGE(rows);
}

static void test_r35(void **state)
{
    static const row_t rows[] = {
        { R(35), "HTTP offered", RESPONSES(RESPONSE("")), "B*", ANSWERS(offered_http, 200) },
        { R(35), "UDP offered", RESPONSES(RESPONSE("")), "S*", ANSWERS(offered_udp, 200) },
        { R(35), "both offered", RESPONSES(RESPONSE("")), "S*", ANSWERS(offered_udp_http, 200) },
        { R(35), "empty offer", RESPONSES(RESPONSE("")), "B*", ANSWERS(offered_empty, 200) },
        { R(35), "answered", RESPONSES(RESPONSE("") GRANT("")), "", ANSWERS(offered_http, 200) },
        { R(35), "answered in the wrong place", RESPONSES(RESPONSE(GRANT(""))), "",
          ANSWERS(offered_http, 200) },
        { R(35), "answered by another", RESPONSES(RESPONSE(ENTRY(LTKM))), "B*", ANSWERS(offered_http, 200) },
        { R(35), "nothing offered", RESPONSES(RESPONSE("")), "", ANSWERS(offered_nothing, 200) },
    };

    JUDGE(rows);
}

static void test_r36(void **state)
{
    static const row_t rows[] = {
        { R(36), "HTTP offered", RESPONSES(RESPONSE("") GRANT_N(1)),
          "B<c:RegistrationResponseExtension n='1'>", ANSWERS(offered_http, 200) },
        { R(36), "empty offer", RESPONSES(RESPONSE("") GRANT_N(1)),
          "B<c:RegistrationResponseExtension n='1'>", ANSWERS(offered_empty, 200) },
        { R(36), "UDP offered", RESPONSES(RESPONSE("") GRANT("")), "", ANSWERS(offered_udp_http, 200) },
        { R(36), "granted", RESPONSES(RESPONSE("") GRANT(DELIVERY(TYPE("2")))), "",
          ANSWERS(offered_http, 200) },
        { R(36), "empty list", RESPONSES(RESPONSE("") GRANT(DELIVERY(""))), "", ANSWERS(offered_http, 200) },
        { R(36), "nothing offered", RESPONSES(RESPONSE("") GRANT("")), "", ANSWERS(offered_nothing, 200) },
        { R(36), "no extension: R35", RESPONSES(RESPONSE("")), "", ANSWERS(offered_http, 200) },
    };

    JUDGE(rows);
}

#define GRANTED(types) RESPONSES(RESPONSE("") GRANT(DELIVERY(types)))

static void test_r37(void **state)
{
    static const row_t rows[] = {
        { R(37), "same", GRANTED(TYPE("2")), "", ANSWERS(offered_http, 200) },
        { R(37), "less", GRANTED(TYPE("0")), "", ANSWERS(offered_udp_http, 200) },
        { R(37), "UDP not offered", GRANTED(TYPE("2") NUMBERED("Type", 2, "0")), "S<Type n='2'>",
          ANSWERS(offered_http, 200) },
        { R(37), "HTTP not offered", GRANTED(TYPE("0") NUMBERED("Type", 2, "2")), "B<Type n='2'>",
          ANSWERS(offered_udp, 200) },
        { R(37), "SMS not offered", GRANTED(NUMBERED("Type", 1, "1") TYPE("2")), "B<Type n='1'>",
          ANSWERS(offered_udp_http, 200) },
        { R(37), "none offered", GRANTED(NUMBERED("Type", 1, "0") NUMBERED("Type", 2, "2")),
          "S<Type n='1'> B<Type n='2'>", ANSWERS(offered_empty, 200) },
        { R(37), "not a byte", GRANTED(TYPE("256") TYPE("x")), "", ANSWERS(offered_udp, 200) },
        { R(37), "ends of the offer's words", GRANTED(TYPE("31") TYPE("32") TYPE("128") TYPE("255")), "",
          ANSWERS(offered_far, 200) },
        { R(37), "beside the ends",
          GRANTED(NUMBERED("Type", 1, "30") NUMBERED("Type", 2, "33") NUMBERED("Type", 3, "127")
                      NUMBERED("Type", 4, "129") NUMBERED("Type", 5, "254")),
          "B<Type n='1'> B<Type n='2'> B<Type n='3'> B<Type n='4'> B<Type n='5'>",
          ANSWERS(offered_far, 200) },
        { R(37), "in a second list", RESPONSES(GRANT(DELIVERY(TYPE("0")) DELIVERY(NUMBERED("Type", 2, "2")))),
          "B<Type n='2'>", ANSWERS(offered_udp, 200) },
        { R(37), "nothing offered: R38", GRANTED(TYPE("2")), "", ANSWERS(offered_nothing, 200) },
    };

    JUDGE(rows);
}

static void test_r38(void **state)
{
    static const row_t rows[] = {
        { R(38), "UDP", GRANTED(TYPE("0")), "", ANSWERS(offered_nothing, 200) },
        { R(38), "HTTP", GRANTED(TYPE("0") NUMBERED("Type", 2, "2")), "B<Type n='2'>",
          ANSWERS(offered_nothing, 200) },
        { R(38), "SMS", GRANTED(NUMBERED("Type", 1, "1")), "B<Type n='1'>", ANSWERS(offered_nothing, 200) },
        { R(38), "not a byte", GRANTED(TYPE("256")), "", ANSWERS(offered_nothing, 200) },
        { R(38), "no list", RESPONSES(RESPONSE("") GRANT("")), "", ANSWERS(offered_nothing, 200) },
        { R(38), "empty offer: R37", GRANTED(TYPE("2")), "", ANSWERS(offered_empty, 200) },
        { R(38), "offered", GRANTED(TYPE("2")), "", ANSWERS(offered_http, 200) },
    };

    JUDGE(rows);
}

static void test_r43(void **state)
{
    static const row_t rows[] = {
        { R(43), "one", RESPONSES(RESPONSE_OF("403", "")), "S*", ANSWERS(offered_http, 200) },
        { R(43), "all", RESPONSES(RESPONSE_OF("403 Forbidden", "") RESPONSE_OF("403", "")), "S*",
          ANSWERS(offered_http, 200) },
        { R(43), "empty offer", RESPONSES(RESPONSE_OF("403", "")), "S*", ANSWERS(offered_empty, 200) },
        { R(43), "not the first", RESPONSES(RESPONSE("") RESPONSE_OF("403", "")), "",
          ANSWERS(offered_http, 200) },
        { R(43), "not the last", RESPONSES(RESPONSE_OF("403", "") RESPONSE_OF("404", "")), "",
          ANSWERS(offered_http, 200) },
        { R(43), "no code", RESPONSES(TAG("Response", SERVICE("a"))), "", ANSWERS(offered_http, 200) },
        { R(43), "4030", RESPONSES(RESPONSE_OF("4030", "")), "", ANSWERS(offered_http, 200) },
        { R(43), "no Response", RESPONSES(GRANT("")), "", ANSWERS(offered_http, 200) },
        { R(43), "UDP offered", RESPONSES(RESPONSE_OF("403", "")), "", ANSWERS(offered_udp_http, 200) },
        { R(43), "nothing offered", RESPONSES(RESPONSE_OF("403", "")), "", ANSWERS(offered_nothing, 200) },
    };

    JUDGE(rows);
}

/* ---- whole documents -------------------------------------------------------------------------------- */

static void test_clean(void **state)
{
    static const row_t rows[] = {
        { R(0),
          "registration request",
          REGISTER(SERVICE("a") SERVICE("b") OFFER(DELIVERY(TYPE("0") TYPE("2")))),
          "",
          { .media_type = MBMS_REGISTRATION_REQUEST } },
        { R(0), "without an offer", REGISTER(SERVICE("a")), "", { .media_type = MBMS_REGISTRATION_REQUEST } },
        { R(0),
          "registration response",
          RESPONSES(RESPONSE(ENTRY(LTKM LTKM)) TAG("Response", SERVICE("b") CODE("403 Forbidden") ENTRY(""))
                        GRANT(DELIVERY(TYPE("2")))),
          "",
          { .media_type = MBMS_REGISTRATION_RESPONSE,
            .status = 200,
            .request = MBMS_REGISTRATION_REQUEST,
            .asked = &offered_udp_http } },
        { R(0),
          "all refused by services",
          RESPONSES(RESPONSE_OF("403", "") TAG("Response", SERVICE("b") CODE("403")) GRANT("")),
          "",
          { .media_type = MBMS_REGISTRATION_RESPONSE,
            .status = 200,
            .request = MBMS_REGISTRATION_REQUEST,
            .asked = &offered_udp_http } },
        { R(0),
          "deregistration request",
          DEREGISTER(SERVICE("a")),
          "",
          { .media_type = MBMS_DEREGISTRATION_REQUEST } },
        { R(0),
          "deregistration response",
          RESPONSES(RESPONSE(DEREG_ENTRY(LTKM))),
          "",
          { .message = MBMS_DEREGISTRATION_RESPONSE,
            .media_type = MBMS_REGISTRATION_RESPONSE,
            .status = 200,
            .request = MBMS_DEREGISTRATION_REQUEST,
            .asked = &asked_one } },
        { R(0), "MSK request", MSK_REQUEST(KEY_1), "", { .media_type = MBMS_MSK_REQUEST } },
        { R(0),
          "MSK response",
          MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY(LTKM))),
          "",
          { .media_type = MBMS_MSK_RESPONSE,
            .status = 200,
            .request = MBMS_MSK_REQUEST,
            .asked = &asked_one } },
        { R(0), "another document", "<x/>", "" },
    };

    JUDGE(rows);
}

static void test_all_at_once(void **state)
{
    static const row_t rows[] = {
        { R(0),
          "registration response",
          RESPONSES(RESPONSE_OF("403", NUMBERED("RegistrationResponseExtension", 1,
                                                "<LTKMDelivery><Type n='1'>2</Type><Type n='2'>9</Type>"
                                                "<Type n='3'>2</Type></LTKMDelivery>") LTKM_N(1))),
          "2B<RegistrationResponseExtension n='1'> 6B<RegistrationResponseExtension n='1'> "
          "12S<Type n='2'> 13N<Type n='3'> 14B<c:LTKM n='1'> 16N<RegistrationResponseExtension n='1'> 18S* "
          "22B<c:LTKM n='1'> 37B<Type n='1'> 37B<Type n='2'> 37B<Type n='3'> 84S*",
          { .media_type = MBMS_MSK_RESPONSE,
            .status = 200,
            .request = MBMS_REGISTRATION_REQUEST,
            .asked = &offered_udp,
            FACT(0) } },
        { R(0),
          "MSK request",
          MSK_REQUEST(OFFER(DELIVERY("")) LTKM_N(1)),
          "11B<c:LTKMDelivery> 21B* 26B<c:LTKM n='1'> 33B<c:LTKMDelivery> 56B<c:LTKM n='1'>",
          { FACT(.decoded = true, .data_type = 1, .kind = MIKEY_KIND_VERIFICATION) } },
    };

    JUDGE(rows);
}

static void assert_text(const char *xml, const setting_t *setting, const char *text)
{
    rule_document_t body = read_document(xml, strlen(xml), setting);
    rule_findings_t findings = { .pool = pool };

    rules_judge_document(&body, &findings);
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        if (strcmp(finding->text, text) == 0) {
            return;
        }
    }
    fail_msg("not found: %s", text);
}

static void test_texts(void **state)
{
    static const struct {
        const char *text;
        const char *xml;
        setting_t setting;
    } rows[] = {
        { .text = "RegistrationRequestExtension stands in <>, not at the top level",
          "<RegistrationRequestExtension/>" },
        { .text = "RegistrationResponseExtension stands in <Response>, not at the top level",
          RESPONSES(RESPONSE(GRANT(""))) },
        { .text = "RegistrationResponseResponseExtension stands before a <ResponseCode>",
          RESPONSES(TAG("Response", ENTRY("") CODE("200"))) },
        { .text = "RegistrationRequestExtension in a Deregistration request", DEREGISTER(OFFER("")) },
        { .text = "version \"1 0\" is not an unsignedByte (0 to 255)", OFFER_VERSION(" 1 0 ") },
        { .text = "Type 9 is reserved", REGISTER(OFFER(DELIVERY(TYPE("9")))) },
        { .text = "Type 200 is proprietary", REGISTER(OFFER(DELIVERY(TYPE("200")))) },
        { .text = "Not base64 at character 3 ('.'): not a base64 character",
          RESPONSES(RESPONSE(ENTRY(LTKM_TEXT("AQ.V")))) },
        { .text = "3 bytes are too short for a MIKEY message", ONE_LTKM, { FACT(0) } },
        { .text = "An LTKM beside the ResponseCode \"403 Forbidden\"",
          RESPONSES(RESPONSE_OF(" 403 Forbidden", ENTRY(LTKM))) },
        { .text = "An LTKM beside the ResponseCode \"\"", RESPONSES(TAG("Response", ENTRY(LTKM))) },
        { .text = "1 LTKM in a response with HTTP status 403", ONE_LTKM, { .status = 403 } },
        { .text = "2 LTKMs in a response with HTTP status 403",
          RESPONSES(RESPONSE(ENTRY(LTKM) ENTRY(LTKM))),
          { .status = 403 } },
        { .text = "1 LTKM in a response with HTTP status 403",
          RESPONSES(RESPONSE(ENTRY("<c:LTKM>AQAV" LTKM))),
          { .status = 403 } },
        { .text = "2 LTKMs in <mbmsSecurityDeregister>, which is none of the three responses",
          DEREGISTER(LTKM LTKM) },
        { .text = "The LTKM is of Key Domain 010000, its sibling MSK of b8709d",
          SIBLING_1,
          { KEY_FACT(BYTES(1), BYTES(2)) } },
        { .text = "The LTKM is of Key Group 0200, its sibling MSK of 68c9",
          SIBLING_1,
          { KEY_FACT(DOMAIN, BYTES(2)) } },
        { .text = "The LTKM has Key Number 0203, its sibling MSK 0001",
          SIBLING_1,
          { KEY_FACT(DOMAIN, BYTES(0x68, 0xc9, 2, 3)) } },
        { .text = "MSK b8709d/68c90001 is answered and was not asked for",
          MSK_RESPONSE(MSK_ENTRY("")),
          { .asked = &asked_nothing } },
        { .text = "HTTP (2) is granted and was not offered", GRANTED(TYPE("2")), ANSWERS(offered_udp, 200) },
        { .text = "SMS (1) is granted, and nothing was offered",
          GRANTED(TYPE("1")),
          ANSWERS(offered_nothing, 200) },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_text(rows[i].xml, &rows[i].setting, rows[i].text);
    }
}

/* ---- recovery --------------------------------------------------------------------------------------- */

#define OPEN(name)  "<" name ">"
#define CLOSE(name) "</" name ">"

/* The element itself lost its end tag. */
static void test_unclosed_element(void **state)
{
    static const row_t rows[] = {
        { R(1), "R1", REGISTER(TAG("x", OPEN("c:RegistrationRequestExtension"))), "" },
        { R(2), "R2", RESPONSES(TAG("Response", OPEN("c:RegistrationResponseExtension"))), "" },
        { R(3), "R3", RESPONSES(TAG("x", OPEN("c:RegistrationResponseResponseExtension"))), "" },
        { R(4), "R4", MSK_RESPONSE(TAG("x", OPEN("c:LTKMResponseResponseExtension"))), "" },
        { R(5), "R5", RESPONSES(TAG("x", OPEN("c:DeregistrationResponseResponseExtension"))), "" },
        { R(6), "R6", REGISTER(OPEN("o:RegistrationRequestExtension")), "" },
        { R(7), "R7", REGISTER(OPEN("c:RegistrationResponseExtension")), "" },
        { R(8),
          "R8",
          RESPONSES(OPEN("c:RegistrationResponseExtension")),
          "",
          { .message = MBMS_DEREGISTRATION_RESPONSE } },
        { R(10), "R10", REGISTER(OFFER(DELIVERY("") OPEN("c:LTKMDelivery"))), "" },
        { R(10), "R10, the first", REGISTER(OFFER(OPEN("c:LTKMDelivery") DELIVERY(""))), "" },
        { R(11), "R11, no Type", REGISTER(OFFER(OPEN("c:LTKMDelivery"))), "" },
        { R(11), "R11, not a byte", REGISTER(OFFER(DELIVERY("<c:Type>x"))), "" },
        { R(12), "R12", REGISTER(OFFER(DELIVERY("<c:Type>9"))), "" },
        { R(13), "R13", REGISTER(OFFER(DELIVERY(TYPE("0") "<c:Type>0"))), "" },
        { R(14), "R14", RESPONSES(RESPONSE(ENTRY("<c:LTKM>..."))), "", { FACT(0) } },
        { R(15), "R15", RESPONSES(RESPONSE(ENTRY("<c:LTKM>AQAV"))), "", { FACT(.decoded = true) } },
        { R(16), "R16, the container", REGISTER("<c:RegistrationRequestExtension><o:x/>"), "" },
        { R(16), "R16, the child", REGISTER(OFFER("<o:x>")), "" },
        { R(20), "R20", REGISTER("<serviceID>"), "" },
        { R(20), "R20, of a response", RESPONSES(TAG("Response", "<serviceID>")), "" },
        { R(21), "R21", MSK_REQUEST("<MSK>"), "" },
        { R(24),
          "R24",
          RESPONSES(RESPONSE(ENTRY("<c:LTKM>AQAV"))),
          "",
          { FACT(.kind = MIKEY_KIND_LTKM_WITHOUT_KEY) } },
        { R(27),
          "R27",
          MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY("<c:LTKM>AQAV"))),
          "",
          { KEY_FACT(BYTES(1), BYTES(2)) } },
        { R(28),
          "R28",
          MSK_RESPONSE(TAG("Response", "<MSK>" TAG("keyDomainID", "AAAA") TAG("MSKID", "AAAAAA=="))),
          "",
          { .asked = &asked_some } },
        { R(29), "R29", RESPONSES(TAG("Response", "<serviceID>c")), "", { .asked = &asked_some } },
        { R(33), "R33", DEREGISTER(OFFER("<c:LTKMDelivery>")), "" },
        { R(35), "R35, the grant is there", RESPONSES(RESPONSE("") "<c:RegistrationResponseExtension>"), "",
          ANSWERS(offered_http, 200) },
        { R(36), "R36", RESPONSES(RESPONSE("") "<c:RegistrationResponseExtension>"), "",
          ANSWERS(offered_http, 200) },
        { R(37), "R37", GRANTED("<c:Type>2"), "", ANSWERS(offered_udp, 200) },
        { R(38), "R38", GRANTED("<c:Type>2"), "", ANSWERS(offered_nothing, 200) },
    };

    JUDGE(rows);
}

static void test_unclosed_container_version(void **state)
{
    static const row_t rows[] = {
        { R(9), "not a byte", REGISTER("<c:RegistrationRequestExtension version='x'>"), "" },
        { R(9), "not known", REGISTER("<c:RegistrationRequestExtension version='1'>"), "" },
    };

    JUDGE(rows);
}

static void test_unclosed_ltkm(void **state)
{
    static const row_t rows[] = {
        { R(22), "R22", RESPONSES(RESPONSE_OF("403", ENTRY("<c:LTKM>AQAV"))), "" },
        { R(22), "R22, the first", RESPONSES(RESPONSE_OF("403", ENTRY("<c:LTKM n='1'>AQAV" LTKM_N(2)))),
          "B<c:LTKM n='2'>" },
        { R(22), "R22, its container",
          RESPONSES(RESPONSE_OF("403", OPEN("c:RegistrationResponseResponseExtension") LTKM)), "" },
        { R(23), "R23", RESPONSES(RESPONSE(ENTRY("<c:LTKM>AQAV"))), "", { .status = 403 } },
        { R(23),
          "R23, the first",
          RESPONSES(RESPONSE(ENTRY("<c:LTKM n='1'>AQAV" LTKM_N(2)))),
          "B<c:LTKM n='2'>",
          { .status = 403 } },
        { R(26), "R26", REGISTER(OFFER("<c:LTKM>AQAV")), "" },
        { R(26), "R26, the first", REGISTER(OFFER("<c:LTKM n='1'>AQAV" LTKM_N(2))), "B<c:LTKM n='2'>" },
        { R(56),
          "R56",
          RESPONSES(RESPONSE(ENTRY("<c:LTKM>AQAV"))),
          "",
          { FACT(.kind = MIKEY_KIND_VERIFICATION) } },
    };

    JUDGE(rows);
}

/* What seems missing stands in an unclosed sibling. */
static void test_swallowed_by_a_sibling(void **state)
{
    static const row_t rows[] = {
        { R(21), "MSKID in keyDomainID",
          MSK_REQUEST(TAG("MSK", OPEN("keyDomainID") TAG("MSKID", "aMkAAQ=="))), "" },
        { R(21), "keyDomainID has lost its end",
          MSK_REQUEST(TAG("MSK", "<keyDomainID>uHC" TAG("MSKID", "aMkAAQ=="))), "" },
        { R(22), "LTKM in ResponseCode", RESPONSES(TAG("Response", "<ResponseCode>" ENTRY(LTKM))), "" },
        { R(28),
          "keyDomainID has lost its end",
          MSK_RESPONSE(TAG("Response", TAG("MSK", "<keyDomainID>AAAA" TAG("MSKID", "aMkAAQ==")))),
          "",
          { .asked = &asked_some } },
        { R(13), "the first Type has lost its end", REGISTER(OFFER(DELIVERY("<c:Type>0" TYPE("0")))), "" },
    };

    JUDGE(rows);
}

/* An end tag that is lost must not hide what is right without it. */
static void test_beside_an_unclosed_one(void **state)
{
    static const row_t rows[] = {
        { R(7), "R7 where R33 does not judge", DEREGISTER(OFFER("<c:LTKMDelivery>")),
          "B<c:RegistrationRequestExtension>" },
        { R(14),
          "the LTKM behind",
          RESPONSES(RESPONSE(ENTRY("<c:LTKM>AQAV" LTKM_N(2)))),
          "B<c:LTKM n='2'>",
          { FACTS({ GOOD_LTKM }, { 0 }) } },
        { R(1), "the second behind", REGISTER("<c:RegistrationRequestExtension n='1'>" OFFER_N(2) OFFER_N(3)),
          "B<c:RegistrationRequestExtension n='3'>" },
        { R(16), "the container behind", REGISTER("<serviceID>a" OFFER("<o:x/>")),
          "N<c:RegistrationRequestExtension>" },
    };

    JUDGE(rows);
}

/* What cannot be judged must not count as the first. */
static void test_behind_an_unclosed_one(void **state)
{
    static const row_t rows[] = {
        { R(10), "R10",
          REGISTER(OFFER("<c:LTKMDelivery n='1'>" NUMBERED("c:LTKMDelivery", 2, "")
                             NUMBERED("c:LTKMDelivery", 3, ""))),
          "B<c:LTKMDelivery n='3'>" },
        { R(13), "R13",
          REGISTER(OFFER(DELIVERY("<c:Type>0" NUMBERED("c:Type", 2, "0") NUMBERED("c:Type", 3, "0")))),
          "N<c:Type n='3'>" },
        { R(22), "R22", RESPONSES(RESPONSE_OF("403", ENTRY("<c:LTKM n='1'>AQAV" LTKM_N(2) LTKM_N(3)))),
          "B<c:LTKM n='2'> B<c:LTKM n='3'>" },
        { R(23),
          "R23, an unclosed container",
          RESPONSES(RESPONSE(OPEN("c:RegistrationResponseResponseExtension") LTKM)
                        RESPONSE(ENTRY(LTKM_N(2)))),
          "B<c:LTKM n='2'>",
          { .status = 403 } },
        { R(16), "R16", REGISTER(OFFER("<o:x>a<o:y></o:y>")), "N<c:RegistrationRequestExtension>" },
        { R(33), "R33", DEREGISTER(OFFER("<c:LTKMDelivery n='1'>" NUMBERED("c:LTKMDelivery", 2, ""))),
          "B<c:LTKMDelivery n='2'>" },
        { R(7), "R7 leaves that to R33", DEREGISTER(OFFER("<c:LTKMDelivery n='1'>" DELIVERY(""))), "" },
    };

    JUDGE(rows);
}

/* What seems to be missing may stand in an unclosed child. */
static void test_hidden_in_a_child(void **state)
{
    static const row_t rows[] = {
        { R(21), "no MSK", MSK_REQUEST("<x>" KEY_1), "" },
        { R(21), "no MSKID",
          MSK_REQUEST(TAG("MSK", TAG("keyDomainID", "uHCd") "<x>" TAG("MSKID", "aMkAAQ=="))), "" },
        { R(21), "MSKID has lost its end", MSK_REQUEST(TAG("MSK", TAG("keyDomainID", "uHCd") "<MSKID>aMkA")),
          "" },
        { R(22), "ResponseCode has lost its end", RESPONSES(TAG("Response", ENTRY(LTKM) "<ResponseCode>403")),
          "" },
        { R(22), "ResponseCode in an unclosed child",
          RESPONSES(TAG("Response", ENTRY(LTKM) "<serviceID>" CODE("200 OK"))), "" },
        { R(22), "the Response has lost its end", RESPONSES("<Response>" CODE("403") ENTRY(LTKM)), "" },
        { R(27),
          "keyDomainID has lost its end",
          MSK_RESPONSE(
              TAG("Response", TAG("MSK", TAG("MSKID", "aMkAAQ==") "<keyDomainID>uHCd") KEY_ENTRY(LTKM))),
          "",
          { KEY_FACT(BYTES(1), BYTES(0x68, 0xc9, 0, 1)) } },
        { R(28),
          "MSKID has lost its end",
          MSK_RESPONSE(TAG("Response", TAG("MSK", TAG("keyDomainID", "AAAA") "<MSKID>AAAAAA=="))),
          "",
          { .asked = &asked_some } },
        { R(43), "a Response has lost its end", RESPONSES(RESPONSE_OF("403", "") "<Response>" CODE("403")),
          "", ANSWERS(offered_http, 200) },
        { R(43), "a ResponseCode has lost its end", RESPONSES(TAG("Response", "<ResponseCode>403")), "",
          ANSWERS(offered_http, 200) },
        { R(21), "beside one that is short",
          MSK_REQUEST(TAG("MSK", TAG("keyDomainID", "uHA=") "<MSKID>aMkA")), "S<MSK>" },
    };

    JUDGE(rows);
}

/* The root has lost its end tag: more may be missing. */
static void test_unclosed_root(void **state)
{
    static const row_t rows[] = {
        { R(17), "R17", "<mbmsSecurityRegister xmlns='urn:other'>" SERVICE("a"), "" },
        { R(18), "R18", "<mbmsMSKRequest>" KEY_1, "", { .media_type = MBMS_MSK_RESPONSE } },
        { R(18), "R18, unknown", "<x>" KEY_1, "", { .media_type = MBMS_MSK_RESPONSE } },
        { R(19), "R19", "<mbmsMSKResponse>" MSK_ENTRY(""), "" },
    };

    JUDGE(rows);
}

/* Everything wrong in one body that stops short, cut at every byte: no finding is about a guess. */
static bool is_guess(const xml_document_t *xml, uint32_t target)
{
    for (const xml_element_t *element = xml->root; element; element = xml_next_element(element)) {
        if (element->range.start == target) {
            return rule_guessed(element);
        }
    }
    fail_msg("no element at %u", target);
    return true;
}

static void test_every_truncation(void **state)
{
    static const char bad[] = RESPONSES(
        GRANT("<LTKMDelivery/><LTKMDelivery><Type>9</Type><Type>9</Type><Type>x</Type></LTKMDelivery>")
            TAG("Response", ENTRY(LTKM_TEXT("...") LTKM) ENTRY("") "<serviceID/>" CODE("403"))
                TAG("Response", SERVICE("z") "<o:RegistrationResponseResponseExtension version='300'/>"));
    static const setting_t setting = { .media_type = MBMS_MSK_RESPONSE,
                                       .status = 403,
                                       .request = MBMS_REGISTRATION_REQUEST,
                                       .asked = &offered_udp };
    wmem_strbuf_t *guesses = wmem_strbuf_new(pool, "");

    (void)state;
    for (size_t length = strcspn(bad, ">") + 1; length < sizeof bad - 1; length++) {
        rule_document_t body = read_document(bad, length, &setting);
        rule_findings_t findings = { .pool = pool };

        rules_judge_document(&body, &findings);
        for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
            if (finding->target != RULE_TARGET_WHOLE && is_guess(body.xml, finding->target)) {
                wmem_strbuf_append_printf(guesses, "R%u at %zu ", finding->number, length);
            }
        }
    }
    assert_string_equal(wmem_strbuf_get_str(guesses), "");
}

/* ---- hostile bodies --------------------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { HOSTILE = 100000 };

#define MOST_SECONDS (SANITIZED ? 10.0 : 2.0)

static double processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const char *repeat(const char *head, const char *piece, unsigned n, const char *tail)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    wmem_strbuf_append(out, head);
    for (unsigned i = 0; i < n; i++) {
        wmem_strbuf_append(out, piece);
    }
    wmem_strbuf_append(out, tail);
    return wmem_strbuf_get_str(out);
}

static size_t text_length(const rule_findings_t *findings)
{
    size_t length = 0;

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        length += strlen(finding->text) + 1;
    }
    return length;
}

/* Judges within bounds of time and space. */
static void judge_hostile(const char *name, const char *xml, const setting_t *setting, bool any_finding)
{
    rule_document_t body = read_document(xml, strlen(xml), setting);
    rule_findings_t findings = { .pool = pool };
    double start = processor_seconds();
    double seconds;

    assert_int_equal(body.xml->cut, XML_NOT_CUT);
    rules_judge_document(&body, &findings);
    seconds = processor_seconds() - start;
    if (seconds >= MOST_SECONDS) {
        fail_msg("%s: %.1f s for %zu bytes", name, seconds, strlen(xml));
    }
    if (text_length(&findings) >= 16 * strlen(xml) + 256 * 10 * RULE_MAX_PER_LEVEL) {
        fail_msg("%s: findings of %zu bytes for %zu bytes", name, text_length(&findings), strlen(xml));
    }
    if (!findings.first != !any_finding) {
        fail_msg("%s: found \"%s\"", name, outline(&findings, xml, 0));
    }
}

#define RESPONSES_HEAD                                                                                       \
    "<mbmsSecurityRegisterResponse xmlns='" MBMS_NS                                                          \
    "securityRegistrationResponse' xmlns:c='" BCAST_NAMESPACE "' xmlns:o='urn:other'>"
#define RESPONSES_TAIL "</mbmsSecurityRegisterResponse>"

/* |piece| many times inside |head| and |tail|. */
typedef struct {
    const char *name;
    const char *head;
    const char *piece;
    const char *tail;
    bool any_finding;
    setting_t setting;
} hostile_row_t;

static void judge_hostile_rows(const hostile_row_t *rows, size_t n, unsigned n_pieces)
{
    for (size_t i = 0; i < n; i++) {
        const char *xml = repeat(rows[i].head, rows[i].piece, n_pieces, rows[i].tail);

        judge_hostile(rows[i].name, xml, &rows[i].setting, rows[i].any_finding);
    }
}

static void test_many(void **state)
{
    static const hostile_row_t rows[] = {
        { .name = "containers", RESPONSES_HEAD, GRANT(""), RESPONSES_TAIL, true },
        { .name = "wrong containers",
          RESPONSES_HEAD,
          "<o:LTKMResponseResponseExtension/>",
          RESPONSES_TAIL,
          true },
        { .name = "containers in a Response",
          RESPONSES_HEAD "<Response>",
          ENTRY(""),
          "</Response>" RESPONSES_TAIL,
          true },
        { .name = "containers in text",
          RESPONSES_HEAD "<Response>",
          "x" ENTRY("") "&amp;",
          "</Response>" RESPONSES_TAIL,
          true },
        { .name = "Responses", RESPONSES_HEAD, RESPONSE(""), RESPONSES_TAIL, false },
        { .name = "Responses with an LTKM", RESPONSES_HEAD, RESPONSE(ENTRY(LTKM)), RESPONSES_TAIL, false },
        { .name = "refused with an LTKM", RESPONSES_HEAD, RESPONSE_OF("403", LTKM), RESPONSES_TAIL, true },
        { .name = "LTKMs beside no ResponseCode",
          RESPONSES_HEAD "<Response>",
          LTKM,
          "</Response>" RESPONSES_TAIL,
          true },
        { .name = "misplaced Responses",
          RESPONSES_HEAD "<o:x>",
          RESPONSE(ENTRY("")),
          "</o:x>" RESPONSES_TAIL,
          true },
        { .name = "LTKMs",
          RESPONSES_HEAD "<Response>" CODE("200") "<c:RegistrationResponseResponseExtension>",
          LTKM,
          "</c:RegistrationResponseResponseExtension></Response>" RESPONSES_TAIL,
          true },
        { .name = "refused LTKMs",
          RESPONSES_HEAD "<Response><c:RegistrationResponseResponseExtension>",
          LTKM,
          "</c:RegistrationResponseResponseExtension></Response>" RESPONSES_TAIL,
          true },
        { .name = "LTKMs in no container", RESPONSES_HEAD, LTKM, RESPONSES_TAIL, true },
        { .name = "LTKMDelivery",
          RESPONSES_HEAD "<c:RegistrationResponseExtension>",
          "<c:LTKMDelivery/>",
          "</c:RegistrationResponseExtension>" RESPONSES_TAIL,
          true },
        { .name = "Types",
          RESPONSES_HEAD "<c:RegistrationResponseExtension><c:LTKMDelivery>",
          TYPE("7"),
          "</c:LTKMDelivery></c:RegistrationResponseExtension>" RESPONSES_TAIL,
          true,
          ANSWERS(offered_udp, 200) },
        { .name = "services", "<mbmsSecurityDeregister>", "<serviceID/>", "</mbmsSecurityDeregister>", true },
        { .name = "services of a Response",
          RESPONSES_HEAD "<Response>",
          SERVICE("b"),
          "</Response>" RESPONSES_TAIL,
          true,
          { .asked = &asked_some } },
        { .name = "MSKs", "<mbmsMSKRequest>", KEY("", "!"), "</mbmsMSKRequest>", true },
        { .name = "answered MSKs",
          "<mbmsMSKResponse><Response>",
          KEY("AAAA", "AAAAAA=="),
          "</Response></mbmsMSKResponse>",
          true,
          { .media_type = MBMS_MSK_RESPONSE, .asked = &asked_some } },
        { .name = "foreign children",
          RESPONSES_HEAD "<c:RegistrationResponseExtension>",
          "<c:x/>",
          "</c:RegistrationResponseExtension>" RESPONSES_TAIL,
          true },
    };

    (void)state;
    judge_hostile_rows(rows, G_N_ELEMENTS(rows), HOSTILE);
}

/* Containers of one kind whose parents take turns. */
static void test_many_in_turns(void **state)
{
    static const hostile_row_t rows[] = {
        { .name = "top level and a Response",
          RESPONSES_HEAD,
          GRANT("") TAG("o:x", GRANT("")),
          RESPONSES_TAIL,
          true },
    };

    (void)state;
    judge_hostile_rows(rows, G_N_ELEMENTS(rows), HOSTILE / 2);
}

static void test_many_in_turns_in_a_response(void **state)
{
    static const hostile_row_t rows[] = {
        { .name = "a Response and deeper",
          RESPONSES_HEAD "<Response>",
          ENTRY("") TAG("o:x", ENTRY("")),
          "</Response>" RESPONSES_TAIL,
          true },
    };

    (void)state;
    judge_hostile_rows(rows, G_N_ELEMENTS(rows), HOSTILE / 2);
}

static void test_many_deep_down(void **state)
{
    enum { DEPTH = 240 };
    const char *head = repeat(RESPONSES_HEAD, "<o:x>", DEPTH, "");
    const char *tail = repeat("", "</o:x>", DEPTH, RESPONSES_TAIL);
    static const char *const pieces[] = { ENTRY(""), LTKM, RESPONSE(ENTRY(LTKM)) };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        judge_hostile("deep down", repeat(head, pieces[i], HOSTILE, tail), &alone, true);
    }
}

/* Responses in each other, each with many children to look through and many containers. */
static void test_nested_responses(void **state)
{
    enum { DEPTH = 240 };
    const char *entries = repeat("", ENTRY(""), HOSTILE / DEPTH, "");
    const char *middle = wmem_strdup_printf(pool, "<Response>%s", entries);
    const char *end = wmem_strdup_printf(pool, "%s</Response>", entries);
    const char *head = repeat(RESPONSES_HEAD, middle, DEPTH, "");

    (void)state;
    judge_hostile("nested Responses", repeat(head, end, DEPTH, RESPONSES_TAIL), &alone, true);
}

static void test_nested_containers(void **state)
{
    const char *inner = repeat("", "<c:RegistrationResponseExtension version='x'>", 250, "");
    const char *outer = repeat("", "</c:RegistrationResponseExtension>", 250, "");

    (void)state;
    judge_hostile("nested",
                  wmem_strdup_printf(pool, "%s%s%s%s", RESPONSES_HEAD, inner, outer, RESPONSES_TAIL), &alone,
                  true);
}

static void test_many_are_bounded(void **state)
{
    const char *xml = repeat("<mbmsSecurityDeregister xmlns='" MBMS_NS "securityDeregistration'>",
                             "<serviceID/>", HOSTILE, "</mbmsSecurityDeregister>");
    rule_document_t body = read_document(xml, strlen(xml), &alone);
    rule_findings_t findings = { .pool = pool };
    unsigned n = 0;

    (void)state;
    rules_judge_document(&body, &findings);
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        n++;
    }
    assert_int_equal(n, RULE_MAX_PER_LEVEL);
    assert_int_equal(findings.last->omitted, HOSTILE - RULE_MAX_PER_LEVEL);
}

/* Findings are kept until the file is closed. Where there is none, nothing is: what was allocated without a
 * pool here, the leak sanitizer would tell. */
static void test_nothing_is_kept(void **state)
{
    static const char xml[] = MSK_RESPONSE(MSK_ENTRY(KEY_ENTRY(LTKM)) MSK_ENTRY(""));
    static const setting_t setting = { .media_type = MBMS_MSK_RESPONSE, .status = 200, .asked = &asked_one };
    rule_document_t body = read_document(xml, strlen(xml), &setting);
    rule_findings_t findings = { .pool = NULL };

    (void)state;
    rules_judge_document(&body, &findings);
    assert_null(findings.first);
}

/* Notes about the many must not hide a breach of a rule further down the table, nor of their own rule. */
static void test_many_displace_nothing(void **state)
{
    const char *xml = repeat("<mbmsSecurityRegister><RegistrationRequestExtension><LTKMDelivery>",
                             "<Type>200</Type>", HOSTILE,
                             "<Type>9</Type></LTKMDelivery></RegistrationRequestExtension><LTKM>AQAV</LTKM>"
                             "</mbmsSecurityRegister>");
    rule_document_t body = read_document(xml, strlen(xml), &alone);
    rule_findings_t findings = { .pool = pool };
    bool seen[RULE_MAX_NUMBER + 1][RULE_BREACH + 1] = { { false } };

    (void)state;
    rules_judge_document(&body, &findings);
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        seen[finding->number][finding->level] = true;
    }
    assert_true(seen[12][RULE_NOTE] && seen[13][RULE_NOTE]);
    assert_true(seen[12][RULE_SUSPICIOUS]);
    assert_true(seen[26][RULE_BREACH]);
}

/* A long text of the body in many findings: what they keep must not be a multiple of it. */
static void test_long_response_code(void **state)
{
    const char *head = repeat("<mbmsMSKResponse><Response><ResponseCode>", "no", 50000, "</ResponseCode>");

    (void)state;
    judge_hostile("long ResponseCode",
                  repeat(head, "<LTKM>AQAV</LTKM>", 1000, "</Response></mbmsMSKResponse>"), &alone, true);
}

static void test_long_name_space(void **state)
{
    const char *head = repeat("<mbmsMSKResponse xmlns:o='urn:", "no", 30000, "'>");

    (void)state;
    judge_hostile("long name space",
                  repeat(head, "<o:LTKMResponseResponseExtension/>", 1000, "</mbmsMSKResponse>"), &alone,
                  true);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_r1),
        TEST(test_r2),
        TEST(test_r3),
        TEST(test_r4),
        TEST(test_r5),
        TEST(test_second_after_a_misplaced_one),
        TEST(test_order_in_nested_responses),
        TEST(test_r6),
        TEST(test_r7),
        TEST(test_r8),
        TEST(test_r9),
        TEST(test_r9_of_each_kind),
        TEST(test_r10),
        TEST(test_r11),
        TEST(test_r12),
        TEST(test_r13),
        TEST(test_r14),
        TEST(test_r14_byte),
        TEST(test_r15),
        TEST(test_r16),
        TEST(test_r17),
        TEST(test_r18),
        TEST(test_r19),
        TEST(test_r20),
        TEST(test_r21),
        TEST(test_r22),
        TEST(test_misplaced_response),
        TEST(test_r23),
        TEST(test_r24),
        TEST(test_r26),
        TEST(test_r27),
        TEST(test_r28),
        TEST(test_r29),
        TEST(test_r84_services),
        TEST(test_r84_msks),
        TEST(test_r85_silent),
        TEST(test_r85_elements),
        TEST(test_r85_values),
        TEST(test_r85_roots),
        TEST(test_r85_recovery),
        TEST(test_r86),
        TEST(test_r33),
        TEST(test_grant_is_judged),
        TEST(test_r35),
        TEST(test_r36),
        TEST(test_r37),
        TEST(test_r38),
        TEST(test_r43),
        TEST(test_r56),
        TEST(test_clean),
        TEST(test_all_at_once),
        TEST(test_texts),
        TEST(test_unclosed_element),
        TEST(test_unclosed_container_version),
        TEST(test_unclosed_ltkm),
        TEST(test_swallowed_by_a_sibling),
        TEST(test_beside_an_unclosed_one),
        TEST(test_behind_an_unclosed_one),
        TEST(test_hidden_in_a_child),
        TEST(test_unclosed_root),
        TEST(test_every_truncation),
        TEST(test_many),
        TEST(test_many_in_turns),
        TEST(test_many_in_turns_in_a_response),
        TEST(test_many_deep_down),
        TEST(test_nested_responses),
        TEST(test_nested_containers),
        TEST(test_many_are_bounded),
        TEST(test_nothing_is_kept),
        TEST(test_many_displace_nothing),
        TEST(test_long_response_code),
        TEST(test_long_name_space),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
