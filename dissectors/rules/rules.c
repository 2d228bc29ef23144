/* rules.c
 * The table. Adding a rule is one row here and one judge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/judges.h"

#define RULE(id, reference, grades, obligation, ...)                                                         \
    {                                                                                                        \
        .number = (id), .clause = (reference), .levels = (grades), .text = (obligation), __VA_ARGS__         \
    }
#define DOCUMENT(number, clause, levels, text) RULE(number, clause, levels, text, .document = judge_r##number)
#define DELIVERED(number, clause, levels, text)                                                              \
    RULE(number, clause, levels, text, .delivered = judge_r##number)
#define VERIFICATION(number, clause, levels, text)                                                           \
    RULE(number, clause, levels, text, .verification = judge_r##number)
#define ORDER(number, clause, levels, text)                                                                  \
    RULE(number, clause, levels, text, .sequence = true, .verification = judge_r##number)
#define STKM(number, clause, levels, text) RULE(number, clause, levels, text, .stkm = judge_r##number)
#define AWAITED(number, clause, levels, text)                                                                \
    RULE(number, clause, levels, text, .sequence = true, .awaited = judge_r##number)
#define MESSAGE(number, clause, levels, text) RULE(number, clause, levels, text, .message = judge_r##number)
#define HTTP(number, clause, levels, text)    RULE(number, clause, levels, text, .http = judge_r##number)
#define DIGEST(number, clause, levels, text)  RULE(number, clause, levels, text, .digest = judge_r##number)

const rule_t rules[] = {
    DOCUMENT(1, "5.1.6.7.1", "BS",
             "RegistrationRequestExtension is there once, under mbmsSecurityRegister, after the serviceIDs"),
    DOCUMENT(2, "5.1.6.7.2", "BS",
             "RegistrationResponseExtension is there once, at the top level, after the Responses"),
    DOCUMENT(3, "5.1.6.7.3", "BS",
             "RegistrationResponseResponseExtension is there once in a Response, after ResponseCode"),
    DOCUMENT(4, "5.1.6.8.1", "BS",
             "LTKMResponseResponseExtension is there once in a Response, after ResponseCode"),
    DOCUMENT(5, "5.1.6.9.1", "BS",
             "DeregistrationResponseResponseExtension is there once in a Response, after ResponseCode"),
    DOCUMENT(6, "5.1.6.7.1", "BS", "A container is in the BCAST name space"),
    DOCUMENT(7, "5.1.6.7.3", "B", "A container fits the procedure"),
    DOCUMENT(8, "5.1.6.9.1", "S", "A deregistration response has no extension at the top level"),
    DOCUMENT(9, "5.1.6.7.1", "BN", "version is an unsignedByte, and known"),
    DOCUMENT(10, "5.1.6.7.1", "B", "LTKMDelivery is there once at the most"),
    DOCUMENT(11, "5.1.6.7.1", "B", "LTKMDelivery has at least one Type, an unsignedByte each"),
    DOCUMENT(12, "5.1.6.7.1", "SN", "Type is not reserved (3 to 127) and not proprietary (128 to 255)"),
    DOCUMENT(13, "5.1.6.7.1", "N", "No Type is there twice"),
    DOCUMENT(14, "5.1.6.7.3", "BS", "LTKM is the base64 text of one MIKEY message of data type 0"),
    DOCUMENT(15, "5.1.6.7.3", "N", "LTKM is a BCAST LTKM: it has key IDs or LTKM management data"),
    DOCUMENT(16, "5.1.6.7.1", "N", "The children of a container are in the BCAST name space"),
    DOCUMENT(17, "5.1.6.7.1", "N", "mbmsSecurityRegister is in one of its two name spaces"),
    DOCUMENT(18, "5.1.6.7.1", "S", "Root element and media type say the same"),
    DOCUMENT(19, "5.1.6.8.1", "S", "An MSK response comes as application/mbms-msk-response+xml"),
    DOCUMENT(20, "5.1.6.7", "N", "serviceID is not empty"),
    DOCUMENT(21, "5.1.6.8", "BS", "An MSK request lists pairs of Key Domain ID and MSK ID"),
    DOCUMENT(22, "5.1.6.7.3", "B", "No LTKM beside a ResponseCode other than 200 OK"),
    DOCUMENT(23, "5.1.6.10.3", "B", "No LTKM in an unsuccessful HTTP response"),
    DOCUMENT(24, "5.1.6.10.3", "B", "An LTKM over HTTP carries a key"),
    RULE(26, "5.1.6.10.3", "B",
         "LTKMs over HTTP come only in registration, deregistration and LTKM responses",
         .document = judge_r26, .delivered = judge_r26_alone),
    DOCUMENT(27, "5.1.6.8.1", "BS", "An LTKM in an LTKM response carries the key that its sibling MSK names"),
    DOCUMENT(28, "5.1.6.8.1", "S", "An MSK that is answered was asked for"),
    DOCUMENT(29, "5.1.6.7.3", "S", "A service that is answered was asked for"),
    DOCUMENT(33, "5.1.6.7", "B", "Delivery mechanisms are offered only in registration requests"),
    DELIVERED(34, "5.1.6.10.1", "B", "Without an offer LTKMs come over UDP only"),
    DOCUMENT(35, "5.1.6.10.1", "BS", "An offer is answered by a RegistrationResponseExtension"),
    DOCUMENT(36, "5.1.6.10.1", "B", "An offer without UDP is answered by an LTKMDelivery"),
    DOCUMENT(37, "5.1.6.10.1", "BS", "Only what was offered is granted"),
    DOCUMENT(38, "5.1.6.10.1", "B", "Without an offer only UDP is granted"),
    DELIVERED(39, "5.1.6.10.1", "B", "LTKMs come only over mechanisms that were granted"),
    DELIVERED(40, "5.1.6.7.2", "B", "The grant covers the registration response itself"),
    DOCUMENT(43, "5.1.6.10.1", "S", "Unsupported delivery mechanisms are refused in the HTTP status line"),
    DELIVERED(44, "5.1.6.10.1", "S", "A terminal that was refused is not registered: it gets no keys"),
    RULE(53, "5.1.6.10.4", "SN", "An LTKM with the V flag is answered by a verification message",
         .sequence = true, .delivered = judge_r53),
    VERIFICATION(54, "5.1.6.10.4", "B", "There is one verification message for an LTKM"),
    VERIFICATION(55, "5.1.6.10.4", "S", "There is no verification message for an LTKM without the V flag"),
    RULE(56, "5.1.6.10.4", "B", "Verification messages go over UDP", .document = judge_r56,
         .verification = judge_r56_alone),
    VERIFICATION(57, "5.1.6.10.4", "BS", "A verification message goes to an address of the host in IDi"),
    ORDER(59, "5.1.6.10.4", "BS", "Verification messages come in the order of the LTKMs in their payload"),
    VERIFICATION(61, "RFC 3830 5.2", "B", "The MAC of a verification message is right"),
    VERIFICATION(62, "RFC 3830 5", "S", "A verification message repeats T, and IDr, of its LTKM"),
    VERIFICATION(63, "5.1.6.10.4", "N", "A verification message answers an LTKM"),
    VERIFICATION(64, "RFC 3830 6.1", "S", "A verification message has no V flag"),
    AWAITED(69, "TS 33.246 6.3.2.2.4", "S", "A solicited pull is followed by a request of its terminal"),
    DELIVERED(74, "TS 33.246 6.4.3", "B", "T grows with each LTKM under one MUK"),
    DELIVERED(75, "TS 33.246 6.3.2.2.4", "N", "A solicited pull has no V flag"),
    MESSAGE(76, "TS 33.246 6.4.5.1", "SN",
            "An LTKM has its key IDs, T as a counter, RAND, IDi, IDr and KEMAC, encrypted and with a MAC"),
    DELIVERED(77, "TS 33.246 6.3.2.1", "B", "A Key Group is not 0, nor the Key Number of a key"),
    MESSAGE(78, "TS 33.246 6.4.5", "SN",
            "#CS is 0 under an Empty map and without SP, or in an LTKM 1 under an SRTP-ID map"),
    MESSAGE(79, "TS 33.246 6.4.5.2", "SN", "A verification message is HDR, T, IDr and V, with a MAC"),
    MESSAGE(80, "TS 33.246 6.4.5.3", "S",
            "An STKM has no V flag, its key IDs in order, T as a counter and KEMAC, neither RAND nor SP"),
    STKM(81, "TS 33.246 6.5.4", "BS",
         "The MTK IDs of an MSK grow, within its interval; 0 and 65535 are none"),
    DELIVERED(82, "TS 33.246 6.4.5.1", "BS",
              "An LTKM carries one key, of type TEK, with an interval that does not end with all ones"),
    HTTP(83, "TS 33.246 G.2", "SN",
         "A request is a POST of HTTP/1.1, with the requesttype of its document in the URI"),
    DOCUMENT(84, "TS 33.246 6.3.2.4", "S", "A successful response answers every service or MSK asked for"),
    DOCUMENT(85, "TS 26.346 11.4-11.8", "S",
             "A document is valid: its elements, their number, order and types"),
    RULE(86, "TS 33.246 G.2.4", "N", "Status and response codes are those that a BM-SC uses",
         .document = judge_r86_codes, .http = judge_r86),
    HTTP(87, "TS 33.246 6.2.1", "SN",
         "HTTP digest: realm of the host asked, MD5, auth-int; the User-Agent says 3gpp-gba"),
    DIGEST(88, "TS 33.246 6.2.1", "B", "HTTP digests of requests and responses are right under the MRK"),
    AWAITED(91, "TS 33.246 6.3.2.2.1", "S", "An MSK that is answered with 200 comes in an LTKM"),
};

const size_t n_rules = G_N_ELEMENTS(rules);

const rule_t *rule_by_number(unsigned number)
{
    for (size_t i = 0; i < n_rules; i++) {
        if (rules[i].number == number) {
            return &rules[i];
        }
    }
    return NULL;
}

const char *rule_level_name(rule_level_t level)
{
    switch (level) {
    case RULE_NOTE:
        return "note";
    case RULE_SUSPICIOUS:
        return "suspicious";
    case RULE_BREACH:
        return "breach";
    }
    return "";
}

/* Findings that are added from now on are those of |rule|. */
static void begin(rule_findings_t *findings, const rule_t *rule)
{
    findings->number = rule->number;
    memset(findings->levels, 0, sizeof findings->levels);
}

/* The table is constant, and few rows have a judge of one kind: told to unroll, the compiler leaves nothing
 * but their calls. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define UNROLL _Pragma("GCC unroll 128")
#else
#define UNROLL
#endif
G_STATIC_ASSERT(G_N_ELEMENTS(rules) <= 128);

/* Judges by all rows that have a judge of that |kind|. */
#define JUDGE_ALL(kind, facts, findings)                                                                     \
    UNROLL for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)                                                  \
    {                                                                                                        \
        if (rules[i].kind) {                                                                                 \
            begin(findings, &rules[i]);                                                                      \
            rules[i].kind(facts, findings);                                                                  \
        }                                                                                                    \
    }

void rules_judge_document(const rule_document_t *body, rule_findings_t *findings)
{
    JUDGE_ALL(document, body, findings);
}

void rules_judge_delivered(const rule_delivered_t *ltkm, rule_findings_t *findings)
{
    JUDGE_ALL(delivered, ltkm, findings);
}

void rules_judge_verification(const rule_verification_t *verification, rule_findings_t *findings)
{
    JUDGE_ALL(verification, verification, findings);
}

void rules_judge_http(const rule_http_t *http, rule_findings_t *findings)
{
    JUDGE_ALL(http, http, findings);
}

void rules_judge_digest(const rule_digest_t *digest, rule_findings_t *findings)
{
    JUDGE_ALL(digest, digest, findings);
}

void rules_judge_stkm(const rule_stkm_t *stkm, rule_findings_t *findings)
{
    JUDGE_ALL(stkm, stkm, findings);
}

void rules_judge_awaited(const rule_awaited_t *awaited, rule_findings_t *findings)
{
    JUDGE_ALL(awaited, awaited, findings);
}

void rules_judge_message(const mikey_message_t *message, rule_findings_t *findings)
{
    if (message->complete && message->n_faults == 0) {
        JUDGE_ALL(message, message, findings);
    }
}

/* ---- findings --------------------------------------------------------------------------------------- */

/* They are kept to the end of the file, up to RULE_MAX_PER_LEVEL of each rule and level for a body. */
G_STATIC_ASSERT(sizeof(rule_finding_t) <= 32);

/* A copy of |text| for as long as its finding: one for all that say the same, if they share a map. */
static const char *keep_text(rule_findings_t *findings, const char *text)
{
    char *kept = findings->texts ? wmem_map_lookup(findings->texts, text) : NULL;

    if (!kept) {
        kept = wmem_strdup(findings->pool, text);
        if (findings->texts) {
            wmem_map_insert(findings->texts, kept, kept);
        }
    }
    return kept;
}

/* Cut to RULE_MAX_TEXT. */
static G_GNUC_PRINTF(2, 0) void format_text(char text[RULE_MAX_TEXT], const char *format, va_list arguments)
{
    const char *end;

    vsnprintf(text, RULE_MAX_TEXT, format, arguments);
    g_utf8_validate(text, -1, &end); /* the cut may stand within a character */
    text[end - text] = '\0';
}

rule_finding_t *rule_find(rule_findings_t *findings, rule_level_t level, uint32_t target, const char *format,
                          ...)
{
    rule_finding_t *finding;
    char text[RULE_MAX_TEXT];
    va_list arguments;

    if (findings->levels[level].kept == RULE_MAX_PER_LEVEL) {
        findings->levels[level].last->omitted++;
        return NULL;
    }
    finding = wmem_new0(findings->pool, rule_finding_t);
    finding->number = findings->number;
    finding->level = (uint8_t)level;
    finding->target = target;
    finding->byte = RULE_TARGET_WHOLE;
    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    finding->text = keep_text(findings, text);
    *(findings->last ? &findings->last->next : &findings->first) = finding;
    findings->last = findings->levels[level].last = finding;
    findings->levels[level].kept++;
    return finding;
}

/* ---- what judges share ------------------------------------------------------------------------------ */

bool rule_guessed(const xml_element_t *element)
{
    return element && element->guessed;
}

bool rule_may_hide(const xml_element_t *element)
{
    const xml_element_t *child = element->first_child;

    while (child && !child->recovered) {
        child = child->next;
    }
    return child;
}

const bcast_delivery_t *rule_first_delivery(const bcast_container_t *container)
{
    const bcast_delivery_t *delivery = container->deliveries;

    while (delivery && rule_guessed(delivery->element)) {
        delivery = delivery->next;
    }
    return delivery;
}
