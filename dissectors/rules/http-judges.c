/* http-judges.c
 * R83, R86 and R87: what requests and responses say beside their documents.
 *
 * What is not known of a message is not judged: over HTTP/2 that is all but nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "rules/judges.h"

/* ---- requests --------------------------------------------------------------------------------------- */

/* TS 33.246 G.2.1–G.2.3 */
static const struct {
    const char *type;
    mbms_message_t message;
} request_types[] = {
    { "register", MBMS_REGISTRATION_REQUEST },
    { "deregister", MBMS_DEREGISTRATION_REQUEST },
    { "msk-request", MBMS_MSK_REQUEST },
};

/* MBMS_NONE for a type of others. */
static mbms_message_t message_of_type(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(request_types); i++) {
        if (g_ascii_strcasecmp(request_types[i].type, type) == 0) {
            return request_types[i].message;
        }
    }
    return MBMS_NONE;
}

static void judge_request_type(const rule_http_t *http, rule_findings_t *findings)
{
    const char *type = http->head->request_type;
    mbms_message_t said = type ? message_of_type(type) : MBMS_NONE;

    if (!type || !type[0]) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE,
                  "The URI has no parameter requesttype with a value");
    } else if (said != MBMS_NONE && said != http->message) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "The URI says requesttype=%s in a %s", type,
                  mbms_message_name(http->message));
    }
}

/* TS 33.246 G.2: how a request is made. */
HTTP_JUDGE(83)
{
    const http_head_t *head = http->head;

    if (!http->is_request || !mbms_is_request(http->message)) {
        return;
    }
    if (head->method && strcmp(head->method, "POST") != 0) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "The method is %s, not POST", head->method);
    }
    if (head->version && strcmp(head->version, "HTTP/1.1") != 0) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "The version is %s, not HTTP/1.1",
                  head->version);
    }
    if (head->uri) {
        judge_request_type(http, findings);
    }
}

/* ---- status ----------------------------------------------------------------------------------------- */

/* TS 33.246 G.2.4: the codes that a BM-SC uses. */
HTTP_JUDGE(86)
{
    if (!http->is_request && rule_is_unused_code(http->status)) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE, "A BM-SC does not use the HTTP status %u",
                  http->status);
    }
}

/* ---- digest ----------------------------------------------------------------------------------------- */

/* TS 24.109 §5.2, TS 33.222 §5.3: by which of its keys the terminal is known. */
static const char *const realms[] = {
    "3GPP-bootstrapping@",
    "3GPP-bootstrapping-uicc@",
    "3GPP-bootstrapping-digest@",
};

/* Whether |realm|, of |length| characters, is one of them for |host|; NULL: for any. */
static bool is_realm(const char *realm, size_t length, const char *host)
{
    for (size_t i = 0; i < G_N_ELEMENTS(realms); i++) {
        size_t n = strlen(realms[i]);

        if (length > n && strncmp(realm, realms[i], n) == 0) {
            return !host ||
                   (strlen(host) == length - n && g_ascii_strncasecmp(realm + n, host, length - n) == 0);
        }
    }
    return false;
}

/* A server may offer several, with ';' between them. */
static bool has_realm(const char *realm, const char *host)
{
    bool found = false;

    while (!found && *realm) {
        size_t length = strcspn(realm, ";");

        found = is_realm(realm, length, host);
        realm += length + (realm[length] == ';');
    }
    return found;
}

static void judge_realm(const rule_http_t *http, rule_findings_t *findings)
{
    const char *realm = http->head->digest.realm;

    if (!realm || !has_realm(realm, http->host)) {
        rule_find(findings, RULE_SUSPICIOUS, RULE_TARGET_WHOLE, "The realm is \"%s\", not \"%s%s\"",
                  realm ? realm : "", realms[0], http->host ? http->host : "HOST");
    }
}

/* Whether the list, with commas and blanks between its values, has |value|. */
static bool lists(const char *list, const char *value)
{
    size_t n = strlen(value);
    bool found = false;

    while (!found && *list) {
        size_t length = strcspn(list, ", \t");

        found = length == n && g_ascii_strncasecmp(list, value, n) == 0;
        list += length + (list[length] != '\0');
    }
    return found;
}

/* Credentials that only tell the name, without a response, choose no quality of protection yet. */
static bool chooses_qop(const rule_http_t *http)
{
    return http->head->digest.qop || !http->is_request || http->head->digest.is_answer;
}

static void judge_digest(const rule_http_t *http, rule_findings_t *findings)
{
    const http_digest_t *digest = &http->head->digest;

    judge_realm(http, findings);
    if (digest->algorithm && g_ascii_strcasecmp(digest->algorithm, "MD5") != 0) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE, "The digest algorithm is %s, not MD5",
                  digest->algorithm);
    }
    if (chooses_qop(http) && !lists(digest->qop ? digest->qop : "", "auth-int")) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE, "The digest's qop is \"%s\", not auth-int",
                  digest->qop ? digest->qop : "");
    }
}

static bool is_of_gba(const char *user_agent)
{
    static const char mark[] = "3gpp-gba";
    const char *at = user_agent ? user_agent : "";

    while (*at && g_ascii_strncasecmp(at, mark, strlen(mark)) != 0) {
        at++;
    }
    return *at;
}

/* TS 33.246 §6.2.1, H.2.1: how a terminal and a BM-SC know each other. */
HTTP_JUDGE(87)
{
    const http_head_t *head = http->head;

    if (!head->digest.is_there) {
        return;
    }
    judge_digest(http, findings);
    if (http->is_request && head->fields_known && !is_of_gba(head->user_agent)) {
        rule_find(findings, RULE_NOTE, RULE_TARGET_WHOLE, "No 3gpp-gba in the User-Agent \"%s\"",
                  head->user_agent ? head->user_agent : "");
    }
}
