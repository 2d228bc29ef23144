/* fuzz-digest.c
 * libFuzzer target of what stands between a capture and the keys of cards: B-TIDs and host names, derivation,
 * credentials, HTTP messages as they were sent, names of keys. Aborts where a result breaks the contract.
 *
 *   MRK 32 | an HTTP message: a request, or a response
 *
 *   fuzz-digest CORPUS_DIRECTORY seeds/digest
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gcrypt.h>
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "mbms/digest.h"
#include "mbms/header-fields.h"
#include "mbms/http-body.h"
#include "mikey/gba-keys.h"
#include "mikey/key-names.h"
#include "mikey/milenage.h"

#include "check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What is derived depends on each of the inputs, and only on them. */
static void check_derivation(const uint8_t *ks, const char *btid, const char *fqdn)
{
    gba_naf_t naf = { .impi = btid, .fqdn = fqdn, .fqdn_length = strlen(fqdn) };
    uint8_t key[GBA_KEY_SIZE], again[GBA_KEY_SIZE], ck_ik[2 * MILENAGE_SIZE];

    if (!gba_rand_of_btid(btid, strlen(btid), naf.rand)) {
        return;
    }
    check(milenage_ck_ik(ks, ks + MILENAGE_SIZE, naf.rand, ck_ik));
    for (gba_key_t number = 0; number < GBA_KEYS; number++) {
        bool derived = gba_derive(number, ck_ik, &naf, key);

        check(derived == (strlen(btid) <= UINT16_MAX && strlen(fqdn) + 5 <= UINT16_MAX));
        check(gba_derive(number, ck_ik, &naf, again) == derived && memcmp(key, again, sizeof key) == 0);
    }
}

static void check_digest(wmem_allocator_t *pool, const uint8_t *mrk, const digest_message_t *message)
{
    digest_check_t prepared;
    digest_form_t form, exact;
    bool fits, fits_exactly;
    digest_problem_t problem = digest_prepare(pool, message, &prepared);

    check(digest_problem_text(problem));
    if (problem != DIGEST_COMPUTABLE) {
        return;
    }
    fits_exactly = digest_fits(&prepared, mrk, GBA_KEY_SIZE, true, &exact);
    check(!fits_exactly || (!exact.mistake && exact.uri));
    fits = digest_fits(&prepared, mrk, GBA_KEY_SIZE, false, &form);
    check(fits || !fits_exactly);
    check(prepared.n_forms >= 1 && prepared.n_forms <= DIGEST_MAX_FORMS);
    check(prepared.lacks_body || !prepared.forms[0].mistake);
    for (size_t i = 0; i < prepared.n_forms; i++) {
        check(prepared.forms[i].uri && strlen(prepared.forms[i].ha2) <= 64);
    }
    if (fits) {
        check(form.uri && (form.mistake || !prepared.lacks_body) && !form.mistake == fits_exactly);
    }
}

static void check_message(wmem_allocator_t *pool, const uint8_t *mrk, const http_found_head_t *head,
                          size_t length)
{
    const uint8_t *body = NULL;
    size_t body_length = 0;
    http_body_state_t state = http_body_as_sent(pool, head, length, &body, &body_length);
    const char *credentials = http_field(pool, head, "Authorization");
    digest_t asked;

    check(head->start <= head->end && head->end <= length && body_length <= length - head->end);
    check((state == HTTP_BODY_WHOLE) == (body != NULL));
    if (digest_read(pool, credentials, &asked)) {
        digest_message_t message = {
            .asked = &asked,
            .value = asked.response,
            .qop = asked.qop,
            .method = head->method,
            .asked_method = "POST",
            .target = head->target,
            .host = header_server(pool, http_field(pool, head, "Host"), NULL),
            .body = { body, body_length },
            .decoded = { mrk, GBA_KEY_SIZE },
        };

        check_digest(pool, mrk, &message);
        if (asked.user && digest_host(&asked)) {
            check_derivation(mrk, asked.user, digest_host(&asked));
        }
    }
}

static void check_name(wmem_allocator_t *pool, const uint8_t *bytes, size_t size)
{
    char *text = wmem_strndup(pool, (const char *)bytes, size), *plain = key_name_read(pool, text);

    check(!plain || (strlen(plain) <= strlen(text) && strchr(plain, '/') && !strchr(plain, ':')));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    gcry_check_version(NULL);
    wmem_init();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    wmem_allocator_t *pool;
    const uint8_t *message;
    size_t length;
    http_found_head_t head;

    if (size <= GBA_KEY_SIZE) {
        return 0;
    }
    pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    length = size - GBA_KEY_SIZE;
    message = wmem_memdup(pool, bytes + GBA_KEY_SIZE, length);
    if (http_find_request(pool, message, length, &head)) {
        check(head.method && head.target);
        check_message(pool, bytes, &head, length);
    }
    if (http_find_response(message, length, &head)) {
        check_message(pool, bytes, &head, length);
    }
    check_name(pool, message, length);
    wmem_destroy_allocator(pool);
    return 0;
}
