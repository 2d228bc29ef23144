/* rules.h
 * The obligations of the change request (OMA BCAST Services 5.1.6.7–5.1.6.10) as one table of rules.
 *
 * Pure: a judge looks at facts and returns findings; it knows neither packets nor trees.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RULES_H
#define RULES_H

#include "bcast/bcast-content.h"
#include "mbms/http-head.h"
#include "mbms/mbms-document.h"
#include "mikey/mikey-message.h"
#include "tracking/delivery.h"
#include "tracking/fates.h"
#include "tracking/requests.h"

/* The numbers are those of the filter field bcast.rule_level. */
typedef enum {
    RULE_NOTE = 1,
    RULE_SUSPICIOUS = 2,
    RULE_BREACH = 3,
} rule_level_t;

enum { RULE_MAX_NUMBER = 91 };

/* Findings of one rule and level that are kept of one body or message; more are only counted, so that no rule
 * crowds out another, nor notes a breach. */
enum { RULE_MAX_PER_LEVEL = 100 };

/* Bytes of the text of a finding; a longer one is cut, as Wireshark would. */
enum { RULE_MAX_TEXT = 240 };

/* A finding is about the element that starts at this byte of the body, or about the whole. */
#define RULE_TARGET_WHOLE UINT32_MAX

typedef struct rule_finding {
    uint8_t number;
    uint8_t level; /* rule_level_t */
    uint32_t target;
    uint32_t byte;    /* of the body, where it is one byte that is wrong; RULE_TARGET_WHOLE: it is not */
    uint32_t omitted; /* more of this rule and level that are only counted: in the last that is kept */
    const char *text;
    struct rule_finding *next;
} rule_finding_t;

/* Where judges put their findings. Many bodies break a rule in the same words: those who keep the findings of
 * many give them one map of texts, made by wmem_map_new(pool, wmem_str_hash, g_str_equal). */
typedef struct {
    wmem_allocator_t *pool; /* of the findings and their texts */
    wmem_map_t *texts; /* each text -> itself, once in the pool; NULL: every finding has a copy of its own */
    rule_finding_t *first;
    rule_finding_t *last;
    uint8_t number; /* of the rule that is being judged */
    struct {
        uint32_t kept;
        rule_finding_t *last;
    } levels[RULE_BREACH + 1]; /* of that rule */
} rule_findings_t;

/* ---- facts ------------------------------------------------------------------------------------------ */

/* A body. */
typedef struct {
    const uint8_t *bytes; /* in which the ranges are */
    const xml_document_t *xml;
    const mbms_document_t *document;
    const bcast_content_t *content;
    mbms_message_t message;    /* with deregistration responses told apart */
    mbms_message_t media_type; /* MBMS_NONE: none of the five */
    bool in_multipart;         /* a part of a multipart body */
    uint32_t status;           /* of the HTTP response, 0: unknown or a request */
    mbms_message_t request;    /* that the response answers, MBMS_NONE: unknown */
    const request_t *asked;    /* by that request, NULL: unknown */
} rule_document_t;

/* An HTTP message, with a body of ours or in a procedure of ours. */
typedef struct {
    bool is_request;
    mbms_message_t message; /* of a request: what it is */
    uint32_t status;        /* of a response, 0: unknown */
    const char *host;       /* that was asked, NULL: not known */
    const http_head_t *head;
} rule_http_t;

typedef enum {
    RULE_UNKNOWN,
    RULE_NO,
    RULE_YES,
} rule_answer_t;

/* An LTKM, by HTTP or UDP. */
typedef struct {
    uint8_t transport; /* in the numbers of delivery mechanisms */
    bool v_flag;
    bool carries_key;
    bool in_registration_response;
    bool whole_body;                  /* an HTTP body of its own, no document of ours */
    bool registration_seen;           /* any, before it in the capture */
    const delivery_state_t *delivery; /* in force; NULL: not known, nothing is judged by it */
    bool final; /* what has not come by now does not come: a later pass, or the end of the file */
    bool verified;
    bool answer_may_be_cut;    /* frames of the capture lack their headers */
    bool answer_visible;       /* the capture shows that it would have seen a verification message */
    bool excused;              /* the terminal does right to be silent */
    bool paused;               /* what |time_left| reaches to is no end, but a pause */
    const char *silence;       /* why there may be no verification message; NULL: nothing to say */
    double verification_delay; /* seconds; where verified */
    double time_left;          /* seconds from the LTKM to the end of the capture */
    double timeout;
    bool sound; /* it parses, and names an MSK; the following are of such messages, and not of copies: */
    const char *replay; /* T against that of another message, where it is not greater; else NULL */
    rule_answer_t right_mac;
    bool updates_validity; /* what it carries is no key */
    bool has_key_numbers;  /* its MSK ID has the two halves: */
    uint16_t key_group;
    uint16_t key_number;
    key_fault_t key_fault;  /* of key data that could be read, */
    bool limit_is_all_ones; /* and SEQu in them */
} rule_delivered_t;

/* An STKM. */
typedef struct {
    uint16_t mtk_id;
    bool mtk_id_is_bad; /* it may not be, or is not in the interval of its MSK */
    bool out_of_order;  /* the one with the greater T has the lower MTK ID: it, or this other one */
    uint32_t t;
    uint32_t other_frame;
    uint32_t other_t;
    uint16_t other_mtk_id;
} rule_stkm_t;

/* Something that has to come: a request of a terminal, or a key for it. */
typedef struct {
    const char *key; /* the Key Group; NULL: a request */
    uint32_t target; /* of the findings */
    bool final;
    bool visible;    /* the capture shows that it would have seen it */
    bool may_be_cut; /* it may be in what the capture lacks */
    bool came;
    double delay;     /* seconds; where it came */
    double time_left; /* seconds that the capture goes on */
    bool paused;      /* to a pause, not to its end */
    double timeout;
} rule_awaited_t;

/* A verification message over UDP, or one that is an HTTP body of its own. */
typedef struct {
    bool over_http;
    bool v_flag;
    bool registration_seen; /* before it in the capture */
    bool final;
    bool has_ltkm;
    bool ltkm_may_be_cut; /* frames of the capture lack bytes, or a body had too many LTKMs */
    bool exact;           /* CSB ID and T are those of the LTKM */
    bool other_idr;
    bool ltkm_v_flag;
    bool second; /* not the first with other bytes for its LTKM */
    uint32_t ltkm_frame;
    bool too_early;        /* before that of an LTKM which stands before its own in the same payload */
    bool perhaps_in_order; /* the two go to different hosts, or one is not paired by T */
    rule_answer_t right_destination;
    bool was_told;           /* DNS answers about the host went to the sender itself, not only to others */
    const char *host;        /* of IDi, where destination is known to be wrong */
    const char *destination; /* likewise; NULL: not at hand */
    rule_answer_t right_mac;
} rule_verification_t;

/* The HTTP digest of a request, or of an answer. */
typedef struct {
    bool is_answer;
    bool integrity; /* qop auth-int: it covers the body */
    rule_answer_t right;
    const char *key;        /* that it was checked with, where it is wrong */
    const char *mistake;    /* with which it is right; NULL: none is known */
    const char *uri;        /* that it is over then */
    const char *other_btid; /* of the same card, with whose key it is right; NULL: none */
    uint32_t right_in;      /* the frame in which this key was right; 0: none */
} rule_digest_t;

/* ---- the table -------------------------------------------------------------------------------------- */

typedef void (*rule_document_judge_t)(const rule_document_t *body, rule_findings_t *findings);
typedef void (*rule_delivered_judge_t)(const rule_delivered_t *ltkm, rule_findings_t *findings);
typedef void (*rule_verification_judge_t)(const rule_verification_t *verification, rule_findings_t *findings);
typedef void (*rule_message_judge_t)(const mikey_message_t *message, rule_findings_t *findings);
typedef void (*rule_http_judge_t)(const rule_http_t *http, rule_findings_t *findings);
typedef void (*rule_digest_judge_t)(const rule_digest_t *digest, rule_findings_t *findings);
typedef void (*rule_stkm_judge_t)(const rule_stkm_t *stkm, rule_findings_t *findings);
typedef void (*rule_awaited_judge_t)(const rule_awaited_t *awaited, rule_findings_t *findings);

typedef struct {
    uint8_t number;
    const char *clause;             /* of OMA BCAST Services, or with the document it comes from */
    const char *levels;             /* that it can have: "B", "S", "N" */
    bool sequence;                  /* it is about an order in time */
    const char *text;               /* the obligation */
    rule_document_judge_t document; /* of these, those it is judged by; at least one */
    rule_delivered_judge_t delivered;
    rule_verification_judge_t verification;
    rule_message_judge_t message; /* by its form alone */
    rule_http_judge_t http;
    rule_digest_judge_t digest;
    rule_stkm_judge_t stkm;
    rule_awaited_judge_t awaited;
} rule_t;

extern const rule_t rules[];
extern const size_t n_rules;

/* The row of a rule; never NULL for the number of a finding. */
const rule_t *rule_by_number(unsigned number);

/* "breach", "suspicious", "note". */
const char *rule_level_name(rule_level_t level);

/* Judge by all rows of that kind; findings are appended. */
void rules_judge_document(const rule_document_t *body, rule_findings_t *findings);
void rules_judge_delivered(const rule_delivered_t *ltkm, rule_findings_t *findings);
void rules_judge_verification(const rule_verification_t *verification, rule_findings_t *findings);
void rules_judge_http(const rule_http_t *http, rule_findings_t *findings);
void rules_judge_digest(const rule_digest_t *digest, rule_findings_t *findings);

/* The same for any MIKEY message, by its form: what is cut, or does not parse to its last byte, is not
 * judged. */
void rules_judge_message(const mikey_message_t *message, rule_findings_t *findings);
void rules_judge_stkm(const rule_stkm_t *stkm, rule_findings_t *findings);
void rules_judge_awaited(const rule_awaited_t *awaited, rule_findings_t *findings);

/* ---- for judges ------------------------------------------------------------------------------------- */

/* Adds a finding of the rule that is being judged; returns it, or NULL where it is only counted. */
rule_finding_t *rule_find(rule_findings_t *findings, rule_level_t level, uint32_t target, const char *format,
                          ...) G_GNUC_PRINTF(4, 5);

/* Whether the element or one around it lost its end tag: then it is a guess what belongs where, and it is not
 * judged. */
bool rule_guessed(const xml_element_t *element);

/* Whether a child of the element lost its end tag: what the element seems to lack may stand in that child. */
bool rule_may_hide(const xml_element_t *element);

/* What the capture goes on to: its end, or a pause after which whatever is waited for may have come unseen.
 */
static inline const char *rule_end_name(bool paused)
{
    return paused ? "a pause of the capture" : "the end of the capture";
}

/* The first LTKMDelivery of a container that can be judged, NULL without one. */
const bcast_delivery_t *rule_first_delivery(const bcast_container_t *container);

#endif
