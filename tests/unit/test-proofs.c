/* test-proofs.c
 * What the keys of the user prove of LTKMs, verification messages and STKMs, and that no secret is left
 * behind.
 *
 * The outlines have the MAC, the row of the key, what came out of KEMAC, and for an STKM the frame whose LTKM
 * brought the key: "good row 1 opened 26 key of 2".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/proofs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../hex.h"
#include "../mikey-samples.h"

#include "world.h"

#define RIGHT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define WRONG "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define IDR   "dGVzdC1idGlkLTAwMDE=@bsf.example.org"
#define OTHER_V                                                                                              \
    "01010500a1b2c3d4000106020000002a090000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d"     \
    "706c652e6f72670001000000000000000000000000000000000000ffff"

typedef struct {
    const char *idi, *idr, *hex;
} entered_t;

static const key_ring_t *ring_of(const entered_t *entered, uint32_t n)
{
    key_ring_t *ring = wmem_new0(pool, key_ring_t);

    ring->of[KEYS_OF_LTKMS] = (key_rows_t){ wmem_alloc_array(pool, key_row_t, n), n };
    for (uint32_t i = 0; i < n; i++) {
        hex_bytes_t key = hex_bytes(pool, entered[i].hex);

        ring->of[KEYS_OF_LTKMS].rows[i] =
            (key_row_t){ entered[i].idi, entered[i].idr, { key.bytes, key.length }, { NULL, 0 }, i + 1 };
    }
    return ring;
}

static world_t *world_of_key(const char *hex)
{
    return world_with_keys(ring_of(&(entered_t){ "", "", hex }, 1));
}

static tracked_message_t *pass_hex(world_t *world, const char *hex)
{
    hex_bytes_t bytes = hex_bytes(pool, hex);
    const mikey_message_t *message = mikey_message_parse(pool, bytes.bytes, bytes.length);
    ltkm_origin_t origin = { LTKM_TRANSPORT_UDP, message->kind == MIKEY_KIND_VERIFICATION };

    next_frame(world, origin.from_terminal ? TERMINAL : BSM, origin.from_terminal ? BSM : TERMINAL);
    return capture_add_message(world->capture, &world->moment, message, origin);
}

static const char *outline(const world_t *world, const tracked_message_t *message)
{
    static const char *const macs[] = { "bad", "good", "unverified", "none" };
    const ltkm_proof_t *proof = proof_of(&world->capture->proofs, message);
    wmem_strbuf_t *out = wmem_strbuf_new(pool, proof ? macs[proof->mac] : "no proof");

    if (proof && proof->row) {
        wmem_strbuf_append_printf(out, " row %u", proof->row);
    }
    if (proof && proof->plain) {
        assert_int_equal(proof->opening, MIKEY_OPENED);
        wmem_strbuf_append_printf(out, " opened %u", proof->plain_length);
    }
    if (proof && proof->key_frame) {
        wmem_strbuf_append_printf(out, " key of %u", proof->key_frame);
    }
    if (proof && proof->form) {
        wmem_strbuf_append_printf(out, " form %d", proof->form);
    }
    return wmem_strbuf_get_str(out);
}

/* ---- LTKMs ------------------------------------------------------------------------------------------ */

static void test_ltkm(void **state)
{
    world_t *world = world_of_key(RIGHT);
    const tracked_message_t *ltkm = pass_hex(world, LTKM);
    hex_bytes_t plain = hex_bytes(pool, LTKM_PLAIN);

    (void)state;
    assert_string_equal(outline(world, ltkm), "good row 1 opened 26");
    assert_memory_equal(proof_of(&world->capture->proofs, ltkm)->plain, plain.bytes, plain.length);
}

#define BAD_MAC LTKM_HEAD "0001001a" LTKM_CIPHER "01 0000000000000000000000000000000000000000"

/* A key of nobody in particular that does not fit is another's. */
static void test_ltkms(void **state)
{
    static const struct {
        const char *name, *key, *message, *expected;
    } rows[] = {
        { "wrong key", WRONG, LTKM, "unverified" },
        { "wrong MAC", RIGHT, BAD_MAC, "unverified" },
        { "without key", RIGHT, LTKM_NO_KEY, "good row 1" },
        { "not encrypted", RIGHT, LTKM_NULL, "good row 1 opened 26" },
        { "not encrypted, wrong key", WRONG, LTKM_NULL, "unverified" },
        { "neither encrypted nor protected", WRONG, LTKM_NULL_NULL, "none row 1 opened 26" },
        { "AES-CM without MAC, right key", RIGHT, LTKM_HEAD "0001001a" LTKM_CIPHER "00",
          "none row 1 opened 26" },
        { "AES-CM without MAC, wrong key", WRONG, LTKM_HEAD "0001001a" LTKM_CIPHER "00", "none" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_of_key(rows[i].key);
        const char *found = outline(world, pass_hex(world, rows[i].message));

        if (strcmp(found, rows[i].expected) != 0) {
            print_error("%s: found \"%s\", expected \"%s\"\n", rows[i].name, found, rows[i].expected);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

static void test_no_keys(void **state)
{
    world_t *world = world_new();
    const tracked_message_t *ltkm = pass_hex(world, LTKM);
    hex_bytes_t bytes = hex_bytes(pool, LTKM), null = hex_bytes(pool, LTKM_NULL_NULL);

    (void)state;
    assert_string_equal(outline(world, ltkm), "no proof");
    assert_null(world->capture->proofs.all_initiated);
    assert_int_equal(
        proof_status(&world->capture->proofs, ltkm, mikey_message_parse(pool, bytes.bytes, bytes.length)),
        MIKEY_MAC_UNVERIFIED);
    assert_int_equal(
        proof_status(&world->capture->proofs, NULL, mikey_message_parse(pool, null.bytes, null.length)),
        MIKEY_MAC_NOT_PRESENT);
}

static void test_several_keys(void **state)
{
    static const struct {
        entered_t keys[3];
        const char *expected;
    } rows[] = {
        { { { "", "", WRONG }, { "", "", RIGHT }, { "", "", RIGHT } }, "good row 2 opened 26" },
        { { { "", "", WRONG }, { "", "", WRONG }, { "", "", WRONG } }, "unverified" },
        { { { "other", "", RIGHT }, { "", IDR, WRONG }, { "", "", WRONG } }, "bad row 2" },
        { { { "bsm.example.org", "", WRONG }, { "", IDR, WRONG }, { "", "", WRONG } }, "bad row 1" },
        { { { "other", "", RIGHT }, { "", "other", RIGHT }, { "", "", WRONG } }, "unverified" },
        { { { "other", "", RIGHT }, { "", "other", RIGHT }, { "x", "y", RIGHT } }, "unverified" },
        { { { "bsm.example.org", "", WRONG }, { "", IDR, RIGHT }, { "", "", WRONG } },
          "good row 2 opened 26" },
        { { { "bsm.example.org", IDR, RIGHT }, { "", "", RIGHT }, { "", "", WRONG } },
          "good row 1 opened 26" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_t *world = world_with_keys(ring_of(rows[i].keys, 3));

        assert_string_equal(outline(world, pass_hex(world, LTKM)), rows[i].expected);
    }
}

static void test_copy_has_the_proof_of_the_first(void **state)
{
    world_t *world = world_of_key(RIGHT);
    const tracked_message_t *ltkm = pass_hex(world, LTKM), *copy = pass_hex(world, LTKM);

    (void)state;
    assert_true(copy->is_copy);
    assert_ptr_equal(proof_of(&world->capture->proofs, copy), proof_of(&world->capture->proofs, ltkm));
}

/* ---- verification messages -------------------------------------------------------------------------- */

static void test_verification(void **state)
{
    world_t *world = world_of_key(RIGHT);
    const tracked_message_t *verification = pass_hex(world, VERIFICATION);

    (void)state;
    assert_string_equal(outline(world, verification), "unverified");
    pass_hex(world, LTKM);
    assert_string_equal(outline(world, verification), "good row 1 form 1");
    assert_string_equal(outline(world, pass_hex(world, VERIFICATION)), "good row 1 form 1");
    assert_string_equal(outline(world, pass_hex(world, OTHER_V)), "bad row 1");
}

static void test_verification_without_the_key(void **state)
{
    world_t *world = world_of_key(WRONG);

    (void)state;
    pass_hex(world, LTKM);
    assert_string_equal(outline(world, pass_hex(world, VERIFICATION)), "unverified");
}

/* It is paired with another LTKM first, under whose key it is wrong. */
static void test_verification_after_a_takeover(void **state)
{
    world_t *world = world_of_key(RIGHT);
    const char *other_t = LTKM_HDR LTKM_EXT "0b0200000029"
                                            "0610101112131415161718191a1b1c1d1e1f"
                                            "0601000f62736d2e6578616d706c652e6f7267"
                                            "010000246447567a6443316964476c6b4c5441774d44453d40627366"
                                            "2e6578616d706c652e6f7267"
                                            "0000001a" LTKM_PLAIN "00";
    const tracked_message_t *other = pass_hex(world, other_t);
    const tracked_message_t *verification = pass_hex(world, VERIFICATION), *ltkm;

    (void)state;
    assert_ptr_equal(verification->link, other);
    assert_int_not_equal(proof_of(&world->capture->proofs, verification)->form, MIKEY_V_RFC);
    ltkm = pass_hex(world, LTKM);
    assert_ptr_equal(verification->link, ltkm);
    assert_string_equal(outline(world, verification), "good row 1 form 1");
}

/* ---- STKMs ------------------------------------------------------------------------------------------ */

static void test_stkm(void **state)
{
    world_t *world = world_of_key(RIGHT);
    const tracked_message_t *early = pass_hex(world, STKM);

    (void)state;
    pass_hex(world, LTKM);
    assert_string_equal(outline(world, early), "unverified"); /* the key came later */
    assert_string_equal(outline(world, pass_hex(world, STKM)), "good opened 36 key of 2");
}

static void test_stkm_without_the_ltkm_s_key(void **state)
{
    world_t *world = world_of_key(WRONG);

    (void)state;
    pass_hex(world, LTKM);
    assert_string_equal(outline(world, pass_hex(world, STKM)), "unverified");
}

/* ---- secrets ---------------------------------------------------------------------------------------- */

static bool has_bytes(const uint8_t *start, const uint8_t *end, const void *bytes, size_t length)
{
    for (const uint8_t *at = start; at + length <= end; at++) {
        if (memcmp(at, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}

/* The key that the LTKM brings, and those that its own key was made into. */
static void check_secrets(const uint8_t *start, const uint8_t *end, bool there)
{
    hex_bytes_t brought = hex_bytes(pool, "404142434445464748494a4b4c4d4e4f"), psk = hex_bytes(pool, RIGHT);
    hex_bytes_t rand = hex_bytes(pool, "101112131415161718191a1b1c1d1e1f");
    mikey_keys_t keys;

    assert_true(mikey_derive_keys(&keys, 0, psk.bytes, psk.length, 0xa1b2c3d4, rand.bytes, rand.length));
    assert_int_equal(has_bytes(start, end, brought.bytes, brought.length), there);
    assert_int_equal(has_bytes(start, end, keys.encr_key, 16), there);
    assert_int_equal(has_bytes(start, end, keys.auth_key, 16), there);
    assert_int_equal(has_bytes(start, end, keys.salt_key, 14), there);
}

/* This allocator takes one byte after another from a block. */
static void test_wipe(void **state)
{
    wmem_allocator_t *scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK_FAST);
    const uint8_t *start = wmem_alloc(scope, 1), *end;
    world_t *world = wmem_new0(pool, world_t);

    (void)state;
    world->capture = capture_new(scope, ring_of(&(entered_t){ "", "", RIGHT }, 1));
    pass_hex(world, LTKM);
    pass_hex(world, VERIFICATION);
    assert_string_equal(outline(world, pass_hex(world, STKM)), "good opened 36 key of 1");
    end = wmem_alloc(scope, 1);
    assert_true(start < end && end - start < 1000000);
    check_secrets(start, end, true);
    capture_wipe(world->capture);
    check_secrets(start, end, false);
    capture_wipe(world->capture); /* nothing is left to do */
    wmem_destroy_allocator(scope);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_ltkm),
        TEST(test_ltkms),
        TEST(test_no_keys),
        TEST(test_several_keys),
        TEST(test_copy_has_the_proof_of_the_first),
        TEST(test_verification),
        TEST(test_verification_without_the_key),
        TEST(test_verification_after_a_takeover),
        TEST(test_stkm),
        TEST(test_stkm_without_the_ltkm_s_key),
        TEST(test_wipe),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
