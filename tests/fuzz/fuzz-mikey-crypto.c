/* fuzz-mikey-crypto.c
 * libFuzzer target of MIKEY's crypto (RFC 3830 §4.1, §4.2, §5.2): any PSK, any Initiator's message and any
 * answer to it. Aborts where a result breaks the contract; plaintext gets just the room that is promised.
 *
 *   PSK length 1 | flags 1 (bit 0: no keys, bit 1: RAND of the answer) | Initiator's length 2 | PSK |
 *   Initiator's message | verification message
 *
 *   fuzz-mikey-crypto CORPUS_DIRECTORY
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-crypto.h"

#include <gcrypt.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_LENGTH   4
#define FLAG_NO_KEYS  1
#define FLAG_OWN_RAND 2

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct {
    const uint8_t *bytes;
    size_t size;
} part_t;

typedef struct {
    const uint8_t *bytes;
    const mikey_message_t *message;
} parsed_t;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Takes at most |size| bytes off the front of |rest|, into a block of their own. */
static part_t take_part(wmem_allocator_t *pool, part_t *rest, size_t size)
{
    part_t part = { NULL, MIN(size, rest->size) };

    if (part.size > 0) {
        part.bytes = (const uint8_t *)memcpy(wmem_alloc(pool, part.size), rest->bytes, part.size);
    }
    rest->bytes += part.size;
    rest->size -= part.size;
    return part;
}

static parsed_t parsed_of(wmem_allocator_t *pool, part_t part)
{
    return (parsed_t){ part.bytes, mikey_message_parse(pool, part.bytes, part.size) };
}

static const mikey_keys_t *derive_keys(mikey_keys_t *keys, part_t psk, parsed_t ltkm, parsed_t rand_of)
{
    const mikey_payload_t *rand = rand_of.message->rand;
    bool derived =
        mikey_derive_keys(keys, ltkm.message->prf_func, psk.bytes, psk.size, ltkm.message->csb_id,
                          rand ? rand_of.bytes + rand->rand.offset : NULL, rand ? rand->rand.length : 0);

    check(derived == (psk.size > 0 && ltkm.message->prf_func <= 1));
    return derived ? keys : NULL;
}

static void check_mac(parsed_t parsed, const mikey_keys_t *keys)
{
    mikey_mac_status_t status = mikey_check_mac(parsed.message, keys);

    check(status <= MIKEY_MAC_NOT_PRESENT);
    if (!keys || !parsed.message->kemac) {
        check(status == MIKEY_MAC_UNVERIFIED || status == MIKEY_MAC_NOT_PRESENT);
    }
}

static void check_verification(parsed_t answer, parsed_t ltkm, const mikey_keys_t *keys)
{
    mikey_initiator_t initiator = mikey_initiator_of(ltkm.message);
    mikey_v_form_t form;
    mikey_mac_status_t status = mikey_check_verification(answer.message, keys, &initiator, &form);

    check((status == MIKEY_MAC_GOOD) == (form != MIKEY_V_NONE));
    check(mikey_v_form_text(form));
    if (!keys || !answer.message->v) {
        check(status == MIKEY_MAC_UNVERIFIED || status == MIKEY_MAC_NOT_PRESENT);
    }
}

static void check_key_data(wmem_allocator_t *pool, const uint8_t *plain, size_t length)
{
    mikey_range_t all = { 0, (uint32_t)length };
    mikey_key_data_t *keys;
    mikey_fault_t fault;
    uint32_t n_keys;

    mikey_key_data_parse(pool, plain, all, &keys, &n_keys, &fault);
}

static void check_opening(wmem_allocator_t *pool, parsed_t parsed, const mikey_keys_t *keys)
{
    const mikey_payload_t *kemac = parsed.message->kemac;
    size_t room = kemac ? kemac->kemac.encr_data.length : 0;
    uint8_t *plain = room > 0 ? (uint8_t *)wmem_alloc(pool, room) : NULL;
    size_t length = SIZE_MAX;
    mikey_open_result_t result = mikey_open_kemac(parsed.message, keys, plain, &length);

    check(length <= room && (result == MIKEY_OPENED) == (length > 0));
    check(result != MIKEY_CIPHER_FAILED);
    check((result == MIKEY_NOTHING_TO_OPEN) == (room == 0));
    if (result == MIKEY_OPENED) {
        check_key_data(pool, plain, length);
    }
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
    part_t rest;
    const mikey_keys_t *keys;
    mikey_keys_t derived;
    parsed_t ltkm;
    parsed_t answer;
    part_t psk;

    if (size < HEAD_LENGTH) {
        return 0;
    }
    rest = (part_t){ bytes + HEAD_LENGTH, size - HEAD_LENGTH };
    pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    psk = take_part(pool, &rest, bytes[0]);
    ltkm = parsed_of(pool, take_part(pool, &rest, (size_t)bytes[2] << 8 | bytes[3]));
    answer = parsed_of(pool, take_part(pool, &rest, rest.size));
    keys = derive_keys(&derived, psk, ltkm, (bytes[1] & FLAG_OWN_RAND) != 0 ? answer : ltkm);
    if ((bytes[1] & FLAG_NO_KEYS) != 0) {
        keys = NULL;
    }
    check_mac(ltkm, keys);
    check_opening(pool, ltkm, keys);
    check_verification(answer, ltkm, keys);
    wmem_destroy_allocator(pool);
    return 0;
}
