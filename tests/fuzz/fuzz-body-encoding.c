/* fuzz-body-encoding.c
 * libFuzzer target of the encodings: any input is a charset up to a line end, then a body. Aborts where the
 * text is not what the contract promises.
 *
 *   fuzz-body-encoding CORPUS_DIRECTORY
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/body-encoding.h"

#include <string.h>

#include <glib.h>

#include "check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_text(const body_text_t *text, const uint8_t *bytes, size_t size)
{
    check(text->name != NULL);
    check(!text->incomplete || (text->converted && text->bad_offset < size));
    if (text->converted) {
        check((text->bytes != bytes || size == 0) && text->length <= 3 * size);
        check(text->length == 0 || g_utf8_validate_len((const char *)text->bytes, text->length, NULL) ||
              memchr(text->bytes, '\0', text->length) != NULL);
        check(!text->unknown);
    } else {
        check(text->bytes == bytes || text->unknown);
        check(text->length == size);
    }
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
    const uint8_t *line_end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    size_t n_charset = line_end ? (size_t)(line_end - bytes) : 0;
    char *charset = n_charset > 0 ? wmem_strndup(pool, (const char *)bytes, n_charset) : NULL;
    const uint8_t *body = line_end ? line_end + 1 : bytes;
    size_t length = size - (size_t)(body - bytes);
    body_text_t text = body_text(pool, body, length, charset);

    check_text(&text, body, length);
    wmem_destroy_allocator(pool);
    return 0;
}
