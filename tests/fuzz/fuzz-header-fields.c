/* fuzz-header-fields.c
 * libFuzzer target of the parameters in header fields: any input is one, of a media type or of credentials,
 * and a whole head. Aborts where a value is longer than the field, or has in it what it may not.
 *
 *   fuzz-header-fields CORPUS_DIRECTORY seeds/header-fields
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/header-fields.h"
#include "mbms/http-head.h"
#include "rules/rules.h"

#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_parameter(wmem_allocator_t *pool, const char *text, char separator, const char *name)
{
    const char *const names[] = { name, "a", name };
    char *value = header_parameter(pool, text, separator, name), *values[] = { NULL, NULL, NULL };

    header_parameters(pool, text, separator, names, G_N_ELEMENTS(names), values);
    check(g_strcmp0(values[0], value) == 0 && g_strcmp0(values[2], value) == 0);
    if (value) {
        check(strlen(value) + strlen(name) < strlen(text));
        check(strchr(text, '"') || !strpbrk(value, " \t"));
        check(strchr(text, '"') || !strchr(value, separator));
    }
}

static void check_user(wmem_allocator_t *pool, const char *text)
{
    char *user = digest_user(pool, text);

    if (user) {
        check(user[0] != '\0' && strlen(user) < 2 * strlen(text)); /* Latin-1 may grow */
        check(!g_utf8_validate(text, -1, NULL) || strchr(text, '\\') || g_utf8_validate(user, -1, NULL));
    }
}

static void check_head(wmem_allocator_t *pool, const uint8_t *bytes, size_t size)
{
    http_found_head_t head;
    char *value = http_field_before(pool, bytes, size, "a");

    check(!value || strlen(value) < size);
    if (http_find_response(bytes, size, &head)) {
        check(head.start < head.end && head.end <= size);
        http_field(pool, &head, "Content-Encoding");
    }
}

/* What a head says is judged as that of a request and of a response. */
static void check_whole_head(wmem_allocator_t *pool, const uint8_t *bytes, size_t size)
{
    http_head_t head = http_head_read(pool, bytes, size);
    rule_http_t http = { .is_request = true, .message = MBMS_MSK_REQUEST, .host = "a.b", .head = &head };
    rule_findings_t findings = { .pool = pool };

    check(head.fields_known || (!head.user_agent && !head.version && !head.digest.is_there));
    check(!head.user_agent || strlen(head.user_agent) < size);
    check(!head.version || (g_str_has_prefix(head.version, "HTTP/") && !strchr(head.version, ' ')));
    rules_judge_http(&http, &findings);
    http.is_request = false;
    rules_judge_http(&http, &findings);
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
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    char *text = wmem_strndup(pool, (const char *)bytes, size);

    check_parameter(pool, text, ';', "charset");
    check_parameter(pool, text, ',', "username");
    check_user(pool, text);
    check_user(pool, wmem_strdup_printf(pool, "Digest %s", text));
    check(!credentials_answer_challenge(pool, text) || text[0]);
    check(!challenge_is_stale(pool, text) || strchr(text, '='));
    check_head(pool, bytes, size);
    check_whole_head(pool, bytes, size);
    check(!uri_asks_for(pool, text, "deregister") || strchr(text, '?'));
    wmem_destroy_allocator(pool);
    return 0;
}
