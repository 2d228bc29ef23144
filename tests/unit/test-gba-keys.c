/* test-gba-keys.c
 * Keys out of a card, against the test sets of TS 35.208 and against a chain that goes from K and OPc of set
 * 1 down to traffic keys.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/gba-keys.h"
#include "mikey/milenage.h"
#include "mikey/mikey-crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <gcrypt.h>
#include <glib.h>

#include "../gba-samples.h"
#include "../hex.h"

#include "pool.h"

static void assert_hex(const uint8_t *bytes, const char *hex)
{
    hex_bytes_t expected = hex_bytes(pool, hex);

    assert_memory_equal(bytes, expected.bytes, expected.length);
}

/* ---- Milenage --------------------------------------------------------------------------------------- */

/* TS 35.208 §4.3: f3 and f4. Set 2 repeats set 1. */
static void test_milenage(void **state)
{
    static const struct {
        const char *k, *rand, *opc, *ck, *ik;
    } sets[] = {
        { GBA_K, GBA_RAND, GBA_OPC, GBA_CK, GBA_IK },
        { "fec86ba6eb707ed08905757b1bb44b8f", "9f7c8d021accf4db213ccff0c7f71a6a",
          "1006020f0a478bf6b699f15c062e42b3", "5dbdbb2954e8f3cde665b046179a5098",
          "59a92d3b476a0443487055cf88b2307b" },
        { "9e5944aea94b81165c82fbf9f32db751", "ce83dbc54ac0274a157c17f80d017bd6",
          "a64a507ae1a2a98bb88eb4210135dc87", "e203edb3971574f5a94b0d61b816345d",
          "0c4524adeac041c4dd830d20854fc46b" },
        { "4ab1deb05ca6ceb051fc98e77d026a84", "74b0cd6031a1c8339b2b6ce2b8c4a186",
          "dcf07cbd51855290b92a07a9891e523e", "7657766b373d1c2138f307e3de9242f9",
          "1c42e960d89b8fa99f2744e0708ccb53" },
        { "6c38a116ac280c454f59332ee35c8c4f", "ee6466bc96202c5a557abbeff8babf63",
          "3803ef5363b947c6aaa225e58fae3934", "3f8c7587fe8e4b233af676aede30ba3b",
          "a7466cc1e6b2a1337d49d3b66e95d7b4" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        uint8_t ck_ik[2 * MILENAGE_SIZE];

        assert_true(milenage_ck_ik(hex_bytes(pool, sets[i].k).bytes, hex_bytes(pool, sets[i].opc).bytes,
                                   hex_bytes(pool, sets[i].rand).bytes, ck_ik));
        assert_hex(ck_ik, sets[i].ck);
        assert_hex(ck_ik + MILENAGE_SIZE, sets[i].ik);
    }
}

/* ---- B-TID ------------------------------------------------------------------------------------------ */

static void test_rand_of_btid(void **state)
{
    static const struct {
        const char *btid;
        bool has_rand;
    } rows[] = {
        { GBA_BTID, true },
        { "I1U8vpY3qJ0hiuZNrke/NQ@bsf.example.org", true }, /* without the padding */
        { "I1U8vpY3qJ0hiuZNrke_NQ==@bsf.example.org", true },
        { "I1U8vpY3qJ0hiuZNrke/NQ==", false },
        { "dGVzdC1idGlkLTAwMDE=@bsf.example.org", false },              /* 14 bytes */
        { "I1U8vpY3qJ0hiuZNrke/NQAA@bsf.example.org", false },          /* 18 */
        { "I1U8vpY3qJ0hiuZNrke/N?==@bsf.example.org", false },          /* no base64 */
        { "001010123456789@ims.mnc001.mcc001.3gppnetwork.org", false }, /* an IMPI */
        { "@bsf.example.org", false },
        { "", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t rand[GBA_RAND_SIZE];

        assert_int_equal(gba_rand_of_btid(rows[i].btid, strlen(rows[i].btid), rand), rows[i].has_rand);
        if (rows[i].has_rand) {
            assert_hex(rand, GBA_RAND);
        }
    }
}

/* ---- derivation ------------------------------------------------------------------------------------- */

static gba_naf_t naf_of(const char *impi, const char *fqdn)
{
    gba_naf_t naf = { .impi = impi, .fqdn = fqdn, .fqdn_length = strlen(fqdn) };

    assert_true(gba_rand_of_btid(GBA_BTID, strlen(GBA_BTID), naf.rand));
    return naf;
}

static const uint8_t *derive(gba_key_t key, const gba_naf_t *naf)
{
    uint8_t *out = wmem_alloc(pool, GBA_KEY_SIZE);

    assert_true(gba_derive(key, hex_bytes(pool, GBA_KS).bytes, naf, out));
    return out;
}

static void test_keys(void **state)
{
    gba_naf_t naf = naf_of(GBA_IMPI, GBA_FQDN);

    (void)state;
    assert_hex(derive(GBA_KS_NAF, &naf), GBA_KS_NAF_HEX);
    assert_hex(derive(GBA_KS_INT_NAF, &naf), GBA_KS_INT_NAF_HEX);
    assert_hex(derive(GBA_KS_NAF_MRK, &naf), GBA_KS_NAF_MRK_HEX);
}

/* MUK and MRK of the cases a, then b and c. */
static void test_cases(void **state)
{
    static const char *const muks[] = { GBA_KS_INT_NAF_HEX, GBA_KS_NAF_HEX };
    static const char *const mrks[] = { GBA_KS_NAF_HEX, GBA_KS_NAF_MRK_HEX };
    gba_naf_t naf = naf_of(GBA_IMPI, GBA_FQDN);

    (void)state;
    for (size_t i = 0; i < GBA_CASES; i++) {
        assert_hex(derive(gba_cases[i].muk, &naf), muks[i]);
        assert_hex(derive(gba_cases[i].mrk, &naf), mrks[i]);
    }
    assert_string_equal(gba_key_name(gba_cases[0].muk), "Ks_int_NAF");
    assert_string_equal(gba_key_name(gba_cases[1].mrk), "KDF(Ks_NAF, \"mbms-mrk\")");
}

/* Whatever goes in makes another key. */
static void test_every_input_matters(void **state)
{
    gba_naf_t nafs[] = {
        naf_of(GBA_IMPI, GBA_FQDN),
        naf_of("user@example.orgb", "sm1.example.org"),
        naf_of("user@example.com", GBA_FQDN),
        naf_of(GBA_IMPI, "BSM1.example.org"),
        naf_of(GBA_IMPI, "bsm1.example.org."),
        naf_of(GBA_IMPI, GBA_FQDN),
    };

    (void)state;
    nafs[5].rand[15] ^= 1;
    for (size_t i = 0; i < G_N_ELEMENTS(nafs); i++) {
        for (size_t j = 0; j < i; j++) {
            for (gba_key_t key = GBA_KS_INT_NAF; key < GBA_KEYS; key++) {
                assert_memory_not_equal(derive(key, &nafs[i]), derive(key, &nafs[j]), GBA_KEY_SIZE);
            }
        }
    }
}

static void test_too_long(void **state)
{
    char *longest = wmem_alloc0(pool, 65537);
    uint8_t out[GBA_KEY_SIZE] = { 1 };
    gba_naf_t naf = naf_of(longest, GBA_FQDN);

    (void)state;
    memset(longest, 'a', 65535);
    derive(GBA_KS_NAF, &naf);
    longest[65535] = 'a';
    assert_false(gba_derive(GBA_KS_NAF, hex_bytes(pool, GBA_KS).bytes, &naf, out));
    assert_int_equal(out[0], 0);
}

/* ---- down to the traffic keys ----------------------------------------------------------------------- */

static const mikey_message_t *parse(const char *hex)
{
    hex_bytes_t bytes = hex_bytes(pool, hex);

    return mikey_message_parse(pool, bytes.bytes, bytes.length);
}

/* The keys of |message|, whose MAC has to be right; |rand_of| has the RAND. */
static mikey_keys_t open_keys(const mikey_message_t *message, const uint8_t *psk, size_t psk_length,
                              const mikey_message_t *rand_of)
{
    mikey_range_t rand = rand_of->rand->rand;
    mikey_keys_t keys;

    assert_true(mikey_derive_keys(&keys, message->prf_func, psk, psk_length, message->csb_id,
                                  rand_of->bytes + rand.offset, rand.length));
    assert_int_equal(mikey_check_mac(message, &keys), MIKEY_MAC_GOOD);
    return keys;
}

static void assert_holds(const mikey_message_t *message, const mikey_keys_t *keys, const char *plain)
{
    uint8_t *opened = wmem_alloc(pool, message->kemac->kemac.encr_data.length + 1);
    size_t length;

    if (plain[0] == '\0') {
        assert_int_equal(mikey_open_kemac(message, keys, opened, &length), MIKEY_NOTHING_TO_OPEN);
        return;
    }
    assert_int_equal(mikey_open_kemac(message, keys, opened, &length), MIKEY_OPENED);
    assert_int_equal(length, strlen(plain) / 2);
    assert_hex(opened, plain);
}

#define MSK_D "808182838485868788898a8b8c8d8e8f"
#define MSK_S "909192939495969798999a9b9c9d9e9f"
#define MTK_S "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define SALT  "d0d1d2d3d4d5d6d7d8d9dadbdcdd"

/* Card, RAND, MUK, MSK, MTK. */
static void test_chain(void **state)
{
    static const struct {
        const char *ltkm, *ltkm_plain, *verification, *msk, *stkm, *stkm_plain;
    } rows[] = {
        { GBA_LTKM_D, "00220010" MSK_D "020000020063", GBA_VERIFICATION_D, MSK_D, GBA_STKM_D,
          "00000010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" },
        { GBA_LTKM_S, "00220010" MSK_S "020000020063", GBA_VERIFICATION_S, MSK_S, GBA_STKM_S,
          "00300010" MTK_S "000e" SALT },
        { GBA_LTKM_D, "00220010" MSK_D "020000020063", NULL, MSK_D, GBA_STKM_X,
          "00300010" MTK_S "000e" SALT },
        { GBA_PULL, "", NULL, NULL, NULL, NULL },
        { GBA_INVALIDATING, "00220010" MSK_D "020064020063", NULL, NULL, NULL, NULL },
        { GBA_VALIDITY_UPDATE, "002200000200000200c8", NULL, NULL, NULL, NULL },
    };
    gba_naf_t naf = naf_of(GBA_IMPI, GBA_FQDN);
    const uint8_t *muk = derive(gba_cases[1].muk, &naf);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const mikey_message_t *ltkm = parse(rows[i].ltkm);
        mikey_keys_t keys = open_keys(ltkm, muk, GBA_KEY_SIZE, ltkm);
        mikey_initiator_t initiator = mikey_initiator_of(ltkm);
        mikey_v_form_t form;

        assert_holds(ltkm, &keys, rows[i].ltkm_plain);
        if (rows[i].verification) {
            assert_int_equal(mikey_check_verification(parse(rows[i].verification), &keys, &initiator, &form),
                             MIKEY_MAC_GOOD);
            assert_int_equal(form, MIKEY_V_RFC);
        }
        if (rows[i].stkm) {
            const mikey_message_t *stkm = parse(rows[i].stkm);
            hex_bytes_t msk = hex_bytes(pool, rows[i].msk);

            keys = open_keys(stkm, msk.bytes, msk.length, ltkm);
            assert_holds(stkm, &keys, rows[i].stkm_plain);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_milenage), TEST(test_rand_of_btid),        TEST(test_keys),
        TEST(test_cases),    TEST(test_every_input_matters), TEST(test_too_long),
        TEST(test_chain),
    };

    gcry_check_version(NULL);
    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
