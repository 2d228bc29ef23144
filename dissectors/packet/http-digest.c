/* http-digest.c
 * Neither taps nor the callers of body dissectors tell what HTTP sent: it stands in one of the data sources,
 * the head right before the body, or, where a coding was taken off, in a source before that of the body.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/http-digest.h"

#include "mbms/header-fields.h"
#include "mbms/http-body.h"
#include "packet/file-scope.h"
#include "packet/http-exchange.h"
#include "rules/facts.h"

/* ---- where a message stands ------------------------------------------------------------------------- */

static bool find_head(packet_info *pinfo, const uint8_t *bytes, size_t length, bool is_request,
                      http_found_head_t *head)
{
    return is_request ? http_find_request(pinfo->pool, bytes, length, head)
                      : http_find_response(bytes, length, head);
}

/* Whether |source| has the head: if the body is in it, right before that; else one head alone, so that no
 * other message is meant. */
static bool is_in_source(packet_info *pinfo, tvbuff_t *source, tvbuff_t *body, bool is_request,
                         http_found_head_t *head)
{
    bool same = body && tvb_get_ds_tvb(body) == source;
    size_t length = same ? (size_t)tvb_raw_offset(body) : tvb_captured_length(source);
    const uint8_t *bytes = length ? tvb_get_ptr(source, 0, (int)length) : NULL;
    http_found_head_t other;

    if (!bytes || !find_head(pinfo, bytes, length, is_request, head)) {
        return false;
    }
    return same ? head->end == length : !find_head(pinfo, bytes, head->start, is_request, &other);
}

/* The source with the head of the message; NULL: none. The latest: a message of several segments is in one
 * that was put together. */
static tvbuff_t *find_source(packet_info *pinfo, tvbuff_t *body, bool is_request, http_found_head_t *head)
{
    tvbuff_t *found = NULL;
    http_found_head_t candidate;

    for (const GSList *source = pinfo->data_src; source; source = source->next) {
        tvbuff_t *tvb = get_data_source_tvb(source->data);

        if (is_in_source(pinfo, tvb, body, is_request, &candidate)) {
            *head = candidate;
            found = tvb;
        }
    }
    return found;
}

/* ---- what was sent ---------------------------------------------------------------------------------- */

static const char *const lacking[] = {
    [HTTP_BODY_WHOLE] = NULL,
    [HTTP_BODY_CUT] = "the capture lacks the end of the body",
    [HTTP_BODY_UNKNOWN] = "where the body ends is not known",
};

static void read_body(packet_info *pinfo, tvbuff_t *source, tvbuff_t *body, const http_found_head_t *head,
                      digest_sent_t *sent)
{
    http_body_state_t state = http_body_as_sent(pinfo->pool, head, tvb_captured_length(source),
                                                &sent->body.bytes, &sent->body.length);

    sent->lacks = lacking[state];
    if (body && http_field(pinfo->pool, head, "Content-Encoding")) {
        sent->decoded.length = tvb_captured_length(body);
        sent->decoded.bytes = tvb_get_ptr(body, 0, (int)sent->decoded.length);
    }
}

static digest_sent_t what_was_sent(packet_info *pinfo, tvbuff_t *body, bool is_request)
{
    digest_sent_t sent = { .frame = pinfo->num };
    http_found_head_t head;
    tvbuff_t *source = find_source(pinfo, body, is_request, &head);

    if (!source) {
        sent.lacks = proto_is_frame_protocol(pinfo->layers, "http2")
                         ? "HTTP/2 shows plugins no head"
                         : "the head of the message is not at hand";
        return sent;
    }
    sent.field = http_field(pinfo->pool, &head, is_request ? "Authorization" : "Authentication-Info");
    sent.method = head.method;
    sent.target = head.target;
    if (is_request) {
        sent.host = header_server(pinfo->pool, http_field(pinfo->pool, &head, "Host"), NULL);
    }
    if (http_is_part(pinfo)) {
        sent.lacks = "the body is a part of another";
    } else {
        read_body(pinfo, source, body, &head, &sent);
    }
    return sent;
}

void http_digest_check(packet_info *pinfo, tvbuff_t *tvb, procedure_t *procedure, bool is_request)
{
    capture_t *capture = file_capture();
    digests_t *digests = &capture->digests;
    digest_sent_t sent;

    if (!digests_have_keys(digests) || (is_request && procedure->digest)) {
        return;
    }
    sent = what_was_sent(pinfo, tvb, is_request);
    procedure->digest = is_request ? digests_add_request(digests, &sent)
                                   : digests_add_answer(digests, procedure->digest, &sent);
    if (procedure->digest) {
        judge_digest(capture, is_request ? &procedure->digest->request : &procedure->digest->answer,
                     !is_request);
    }
}
