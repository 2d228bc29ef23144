/* mbms-text.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-text.h"

#include "mikey/number-text.h"

/* Different response codes that are told apart; the rest is "other". */
enum { MAX_CODES = 6 };

typedef struct {
    uint16_t code;
    uint32_t count;
} code_count_t;

/* How often each code is there, in the order of first sight. */
typedef struct {
    code_count_t codes[MAX_CODES];
    uint32_t n_codes;
    uint32_t n_others; /* no code at all, or one too many */
} code_counts_t;

static void count_code(code_counts_t *counts, const mbms_response_t *response)
{
    uint32_t i = 0;

    while (i < counts->n_codes && counts->codes[i].code != response->code) {
        i++;
    }
    if (i < counts->n_codes) {
        counts->codes[i].count++;
    } else if (!response->has_code || i == MAX_CODES) {
        counts->n_others++;
    } else {
        counts->codes[counts->n_codes++] = (code_count_t){ response->code, 1 };
    }
}

/* "2×" */
static void append_times(wmem_strbuf_t *info, bool first, uint32_t count)
{
    wmem_strbuf_append(info, first ? ": " : ", ");
    append_number(info, count);
    wmem_strbuf_append(info, "\u00d7");
}

/* ": 2×200 OK, 1×403". Of a response that the capture cut, the code may be what is missing. */
static void append_codes(wmem_strbuf_t *info, const mbms_response_t *response, bool cut_by_capture)
{
    code_counts_t counts = { .n_codes = 0 };

    for (; response; response = response->next) {
        if (response->has_code || !cut_by_capture) {
            count_code(&counts, response);
        }
    }
    for (uint32_t i = 0; i < counts.n_codes; i++) {
        const code_count_t *code = &counts.codes[i];

        append_times(info, i == 0, code->count);
        append_number(info, code->code);
        wmem_strbuf_append(info, code->code == 200 ? " OK" : "");
    }
    if (counts.n_others) {
        append_times(info, counts.n_codes == 0, counts.n_others);
        wmem_strbuf_append(info, "other");
    }
}

static void append_count(wmem_strbuf_t *info, const char *separator, uint32_t count, const char *what)
{
    if (count) {
        wmem_strbuf_append(info, separator);
        append_number(info, count);
        wmem_strbuf_append(info, " ");
        wmem_strbuf_append(info, what);
        wmem_strbuf_append(info, count == 1 ? "" : "s");
    }
}

static uint32_t count_services(const mbms_text_t *service)
{
    uint32_t n = 0;

    for (; service; service = service->next) {
        n++;
    }
    return n;
}

static uint32_t count_msks(const mbms_msk_t *msk)
{
    uint32_t n = 0;

    for (; msk; msk = msk->next) {
        n++;
    }
    return n;
}

/* What is offered; else what is granted. */
static void append_delivery(wmem_allocator_t *pool, wmem_strbuf_t *info, const bcast_content_t *content)
{
    const char *delivery = bcast_delivery_text(pool, content, BCAST_REGISTRATION_REQUEST_EXTENSION);

    if (!delivery[0]) {
        delivery = bcast_delivery_text(pool, content, BCAST_REGISTRATION_RESPONSE_EXTENSION);
    }
    if (delivery[0]) {
        wmem_strbuf_append(info, ", delivery ");
        wmem_strbuf_append(info, delivery);
    }
}

char *mbms_info_text(wmem_allocator_t *pool, const mbms_body_t *body, mbms_message_t message,
                     bool cut_by_capture)
{
    const mbms_document_t *document = body->document;
    wmem_strbuf_t *info = wmem_strbuf_new(
        pool, message == MBMS_NONE && document ? document->root->name : mbms_message_name(message));

    if (document) {
        append_count(info, ": ", count_services(document->services), "service");
        append_count(info, ": ", count_msks(document->msks), "MSK");
        append_codes(info, document->responses, cut_by_capture);
        append_count(info, ", ", body->content->n_ltkms, "LTKM");
        append_delivery(pool, info, body->content);
    }
    if (cut_by_capture) {
        wmem_strbuf_append(info, ", incomplete");
    } else if (body->xml->n_errors > 0 || !body->xml->root) {
        wmem_strbuf_append(info, ", ill-formed XML");
    }
    return wmem_strbuf_finalize(info);
}
