/* mbms-body.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/mbms-body.h"

mbms_body_t *mbms_body_read(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, const char *charset,
                            const char *media_type)
{
    mbms_body_t *body = wmem_new0(pool, mbms_body_t);

    body->text = body_text(pool, bytes, length, charset);
    body->xml = xml_document_parse(pool, body->text.bytes, body->text.length);
    body->media_type = body->message = mbms_message_of_media_type(media_type);
    if (body->xml->root) {
        body->document = mbms_document_read(pool, body->xml, body->media_type);
        body->content = bcast_content_find(pool, body->xml);
        body->message = body->document->message;
    }
    return body;
}

bool mbms_body_is_ours(const mbms_body_t *body)
{
    return body->media_type != MBMS_NONE ||
           (body->document && (body->document->root_known || body->content->n_ltkms > 0));
}

bool mbms_body_is_complete(const mbms_body_t *body)
{
    return body->document && body->xml->reached_end && !body->document->root->recovered;
}
