/* xml-blank.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/xml-blank.h"

#include <string.h>

#include "xml/xml-scan.h"

const uint8_t *blank_doctype(wmem_allocator_t *pool, xml_document_t *document, const uint8_t *bytes,
                             uint32_t length)
{
    xml_range_t doctype;
    uint8_t *copy;

    if (!scan_doctype(bytes, length, &doctype)) {
        return bytes;
    }
    document->has_doctype = true;
    document->doctype = doctype;
    copy = wmem_memdup(pool, bytes, length);
    memset(copy + doctype.start, ' ', doctype.end - doctype.start);
    return copy;
}

const uint8_t *blank_late_marks(wmem_allocator_t *pool, xml_document_t *document, const uint8_t *bytes,
                                uint32_t length)
{
    uint8_t *copy = NULL;
    uint32_t at = 0;

    while (at < length) {
        bool mark = scan_sees(bytes, at, length, "\xef\xbb\xbf");

        if (mark && at > 0) {
            copy = copy ? copy : wmem_memdup(pool, bytes, length);
            if (document->n_errors == 0) {
                document->errors[document->n_errors++] =
                    (xml_error_t){ at, "a byte order mark that is not at the start" };
            }
            memset(copy + at, ' ', 3);
        } else if (!mark && !scan_is_blank(bytes[at])) {
            break;
        }
        at += mark ? 3 : 1;
    }
    return copy ? copy : bytes;
}
