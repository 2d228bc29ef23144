/* fuzz-header-fields.c
 * libFuzzer target of the parameters in header fields: any input is one, of a media type or of credentials.
 * Aborts where a value is longer than the field, or has in it what it may not.
 *
 *   fuzz-header-fields CORPUS_DIRECTORY seeds/header-fields
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/header-fields.h"

#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void parameter_check(wmem_allocator_t *pool, const char *text, char separator, const char *name)
{
    char *value = header_parameter(pool, text, separator, name);

    if (value) {
        check(strlen(value) + strlen(name) < strlen(text));
        check(strchr(text, '"') || !strpbrk(value, " \t"));
        check(strchr(text, '"') || !strchr(value, separator));
    }
}

static void user_check(wmem_allocator_t *pool, const char *text)
{
    char *user = digest_user(pool, text);

    if (user) {
        check(user[0] != '\0' && strlen(user) < 2 * strlen(text)); /* Latin-1 may grow */
        check(!g_utf8_validate(text, -1, NULL) || strchr(text, '\\') || g_utf8_validate(user, -1, NULL));
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
    char *text = wmem_strndup(pool, (const char *)bytes, size);

    parameter_check(pool, text, ';', "charset");
    parameter_check(pool, text, ',', "username");
    user_check(pool, text);
    user_check(pool, wmem_strdup_printf(pool, "Digest %s", text));
    wmem_destroy_allocator(pool);
    return 0;
}
