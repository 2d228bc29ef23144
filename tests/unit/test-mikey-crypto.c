/* test-mikey-crypto.c
 * Keys, MACs, KEMAC decryption and the forms of V against known answers, each with twins in which one bit of
 * message, key, RAND, T or identity differs. RFC 3830 §4.1, §4.2, §5.2; RFC 6043 §5.5 and §6.
 *
 * Where the answers come from: the call is a real exchange (a sample capture of Wireshark's wiki); the PRF of
 * PSKs of 16, 40 and 48 bytes was compared with libmikey's. All others were made by a script of its own with
 * Python's hmac and hashlib, AES of Python's cryptography and RFC 3394 §2.2.1 written out over AES-ECB, which
 * reproduces the vector of RFC 3394 §4.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-crypto.h"

#include "../mikey-samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <gcrypt.h>
#include <glib.h>

#include "pool.h"

#define CSB_ID      0xa1b2c3d4
#define CALL_CSB_ID 0x8aa5717a
#define CALL_PSK    "736563726574" /* "secret" */
#define RAND        "101112131415161718191a1b1c1d1e1f"
#define CALL_RAND   "6813b3758c1cfe138d8b2ba886d3f449"

#define PSK_16 "000102030405060708090a0b0c0d0e0f"
#define PSK_32 PSK_16 "101112131415161718191a1b1c1d1e1f"
#define PSK_40 PSK_32 "2021222324252627"
#define PSK_48 PSK_40 "28292a2b2c2d2e2f"

#define VERIFICATION_HEAD                                                                                    \
    "01010500a1b2c3d40001 06020000002a"                                                                      \
    "090000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d706c652e6f7267 0001"

/* T is a counter of 43, the LTKM's is 42. */
#define VERIFICATION_OTHER_T                                                                                 \
    "01010500a1b2c3d40001 06020000002b"                                                                      \
    "090000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d706c652e6f7267 0001"

/* PRF 1 in HDR, and V by HMAC-SHA-256 */
#define VERIFICATION_SHA_256                                                                                 \
    "01010501a1b2c3d40001 06020000002a"                                                                      \
    "090000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d706c652e6f7267 0002"                  \
    "784845ddde4e80dff368de287d9609147d0468b000d6876f844a8d542b809aca"

typedef struct {
    uint8_t *bytes;
    size_t size;
} bytes_t;

/* In a block of just their size, so that a sanitizer sees a read behind them. */
static bytes_t copy_bytes(const uint8_t *bytes, size_t size)
{
    bytes_t copy = { (uint8_t *)wmem_alloc(pool, size), size };

    if (size > 0) {
        memcpy(copy.bytes, bytes, size);
    }
    return copy;
}

static bytes_t bytes_of(const char *hex)
{
    uint8_t *buffer = (uint8_t *)wmem_alloc(pool, strlen(hex) / 2 + 1);
    size_t size = 0;

    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        assert_true(g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]));
        buffer[size++] = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        hex += 2;
    }
    return copy_bytes(buffer, size);
}

static void assert_bytes(const uint8_t *bytes, size_t size, const char *hex)
{
    bytes_t expected = bytes_of(hex);

    assert_int_equal(size, expected.size);
    if (size > 0) {
        assert_memory_equal(bytes, expected.bytes, size);
    }
}

static const mikey_message_t *parse(bytes_t bytes)
{
    return mikey_message_parse(pool, bytes.bytes, bytes.size);
}

static mikey_keys_t keys_of(uint8_t prf_func, const char *psk, uint32_t csb_id, const char *rand)
{
    bytes_t psk_bytes = bytes_of(psk);
    bytes_t rand_bytes = bytes_of(rand);
    mikey_keys_t keys;

    assert_true(mikey_derive_keys(&keys, prf_func, psk_bytes.bytes, psk_bytes.size, csb_id, rand_bytes.bytes,
                                  rand_bytes.size));
    return keys;
}

static mikey_keys_t ltkm_keys(void)
{
    return keys_of(0, PSK_32, CSB_ID, RAND);
}

static mikey_mac_status_t mac_of(bytes_t bytes, const mikey_keys_t *keys)
{
    return mikey_check_mac(parse(bytes), keys);
}

typedef struct {
    mikey_open_result_t result;
    bytes_t plain;
} opened_t;

/* Into a block of just the promised size. */
static opened_t open_message(bytes_t bytes, const mikey_keys_t *keys)
{
    const mikey_message_t *message = parse(bytes);
    size_t room = message->kemac ? message->kemac->kemac.encr_data.length : 0;
    opened_t opened = { .plain.bytes = (uint8_t *)wmem_alloc(pool, room), .plain.size = 4711 };

    opened.result = mikey_open_kemac(message, keys, opened.plain.bytes, &opened.plain.size);
    assert_true(opened.plain.size <= room);
    assert_true(opened.result == MIKEY_OPENED || opened.plain.size == 0);
    return opened;
}

static void assert_opens(const char *hex, const mikey_keys_t *keys, const char *plain)
{
    opened_t opened = open_message(bytes_of(hex), keys);

    assert_int_equal(opened.result, MIKEY_OPENED);
    assert_bytes(opened.plain.bytes, opened.plain.size, plain);
}

static void assert_open_result(const char *hex, const mikey_keys_t *keys, mikey_open_result_t expected)
{
    assert_int_equal(open_message(bytes_of(hex), keys).result, expected);
}

typedef struct {
    mikey_mac_status_t status;
    mikey_v_form_t form;
} verified_t;

static verified_t verify_for(bytes_t bytes, const mikey_keys_t *keys, const mikey_initiator_t *initiator)
{
    verified_t verified = { .form = (mikey_v_form_t)4711 };

    verified.status = mikey_check_verification(parse(bytes), keys, initiator, &verified.form);
    assert_true(verified.status == MIKEY_MAC_GOOD || verified.form == MIKEY_V_NONE);
    return verified;
}

static verified_t verify(const char *verification, const mikey_keys_t *keys, const char *ltkm)
{
    bytes_t ltkm_bytes = bytes_of(ltkm);
    mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm_bytes));

    return verify_for(bytes_of(verification), keys, &initiator);
}

static void assert_verifies(const char *verification, const mikey_keys_t *keys, const char *ltkm,
                            mikey_v_form_t form)
{
    verified_t verified = verify(verification, keys, ltkm);

    assert_int_equal(verified.status, MIKEY_MAC_GOOD);
    assert_int_equal(verified.form, form);
}

static const char *joined(const char *head, const char *tail)
{
    return wmem_strdup_printf(pool, "%s%s", head, tail);
}

/* ---- key derivation --------------------------------------------------------------------------------- */

/* Full lengths; the 16 and 20 bytes that AES-CM-128 and HMAC-SHA-1 take are the first ones. */
static void test_derived_keys(void **state)
{
    static const struct {
        uint8_t prf_func;
        const char *psk;
        const char *encr;
        const char *auth;
        const char *salt;
    } cases[] = {
        { 0, PSK_16, "2d1cf68eb60a65e4eb59a7dfba7d303d b7e656dd3467f70d9e12cb40bc289b0e",
          "9e6bd7b88a34952877a25858d17f2d4da6d65e0a 35d16a88c5be182dd3b08afb",
          "828aeac894217a0feecbd87c7f82" },
        { 0, PSK_32, "794791ac5344379af2409992f6684a2e a0d5b442cb08f6e3d5d029e457a8e055",
          "df759ffedd618ebff5a20f470a1d0a31329aebfd 0034a6653b9f098d69d1abec",
          "0ce9e15fddd5fe46cd725bd84c28" },
        { 0, PSK_40, "ffc792e77d9fb46bee95832cd62894fe 918658e4cc64509410667fbea1fcd15b",
          "4524438d0d2a2d9ae939805f153aadd5f60f633a 50a68f3c748cabeaf411666e",
          "e49c7b313666e2b10d43098cd4c7" },
        { 0, PSK_48, "89b9e903b6166e5e3acfbc6714df3759 321face7e3a9222bfc770b1377cb799e",
          "58021bf1218c07cbaa31e7ded27877eb74d653d3 e253b59a2096f5242cd1a9a3",
          "f10a07612ea4cd0dda0dee21205a" },
        { 1, PSK_16, "3b0dd9ab4a82712619ff1e6d2937f743 1d703128a463b2f42c188ae8973326b9",
          "452b004f88dee5cb4c52983a98448d06293e7dc8 18bc64148e4774f775c695af",
          "6f70d9cf7e18f3c71f1b9797484a" },
        { 1, PSK_32, "8fb00b9dd7877838b7d3482c3464be80 a526498ae992d22eef335506a0257dda",
          "2f40b19c8633160bcafa4795c527249b3b011281 46754f18525d796c1c064de5",
          "bb29134e823f064af9592a49ebca" },
        { 1, PSK_40, "4bcfb63d8fb0252dbfe3d54486b04447 3fdf4c7deb3af2a09f419a5d2a4fcbc7",
          "b48e7035228099c5e3bcac9632ce446407b6ef9d 7fd95443f9733078560d25a9",
          "93b96795d851884545930d6454a3" },
        { 1, PSK_48, "dc05eb02227c99c568d6d54b348f6fe6 e21317a94bf8be9760ce6149da311729",
          "09bf9372deb6db392cbc604439fe5a5279e56257 cac8dc3020b415af5d94e52f",
          "0cb97f36f265920f6e67eea4f0bb" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        mikey_keys_t keys = keys_of(cases[i].prf_func, cases[i].psk, CSB_ID, RAND);

        assert_bytes(keys.encr_key, sizeof(keys.encr_key), cases[i].encr);
        assert_bytes(keys.auth_key, sizeof(keys.auth_key), cases[i].auth);
        assert_bytes(keys.salt_key, sizeof(keys.salt_key), cases[i].salt);
    }
}

static void test_stkm_keys(void **state)
{
    mikey_keys_t keys = keys_of(0, "404142434445464748494a4b4c4d4e4f", CSB_ID, RAND);

    (void)state;
    assert_bytes(keys.encr_key, 16, "dc8b0944c1672724994e2b8be79349c5");
    assert_bytes(keys.auth_key, 20, "f940c7b70fefa5fbf9bbc0f1cdca33b9395fb621");
    assert_bytes(keys.salt_key, 14, "1546a7f95d9c0538b94d3bed9247");
}

static void test_call_keys(void **state)
{
    mikey_keys_t keys = keys_of(0, CALL_PSK, CALL_CSB_ID, CALL_RAND);

    (void)state;
    assert_bytes(keys.encr_key, 16, "efe2afe8f187e4eabf7fbb1bff6e3a47");
    assert_bytes(keys.auth_key, 20, "cd4d1c3f2f72d4fb017229e17a5dfdd662ccae82");
    assert_bytes(keys.salt_key, 14, "2d14a97509a4a7058283cecf4f5b");
}

static void test_every_input_matters(void **state)
{
    mikey_keys_t keys = ltkm_keys();
    const mikey_keys_t others[] = {
        keys_of(1, PSK_32, CSB_ID, RAND),
        keys_of(0, PSK_32, CSB_ID ^ 1, RAND),
        keys_of(0, PSK_32, CSB_ID, "101112131415161718191a1b1c1d1e1e"),
        keys_of(0, PSK_32, CSB_ID, RAND "00"),
        keys_of(0, PSK_32, CSB_ID, ""),
        keys_of(0, PSK_16 "101112131415161718191a1b1c1d1e1e", CSB_ID, RAND),
        keys_of(0, PSK_32 "20", CSB_ID, RAND),
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_memory_not_equal(&others[i].encr_key, &keys.encr_key, sizeof(keys.encr_key));
        assert_memory_not_equal(&others[i].auth_key, &keys.auth_key, sizeof(keys.auth_key));
        assert_memory_not_equal(&others[i].salt_key, &keys.salt_key, sizeof(keys.salt_key));
    }
}

static void test_no_keys(void **state)
{
    static const uint8_t zeros[256];
    static const mikey_keys_t none;
    static const struct {
        uint8_t prf_func;
        size_t psk_length;
        size_t rand_length;
    } cases[] = { { 2, 16, 16 }, { 127, 16, 16 }, { 255, 16, 16 }, { 0, 0, 16 }, { 0, 16, 256 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        mikey_keys_t keys = ltkm_keys();

        assert_false(mikey_derive_keys(&keys, cases[i].prf_func, zeros, cases[i].psk_length, CSB_ID, zeros,
                                       cases[i].rand_length));
        assert_memory_equal(&keys, &none, sizeof(keys));
    }
}

/* No longer than the message takes them, and the same as far as they go. */
static void test_derived_keys_of_messages(void **state)
{
    static const size_t encr_lengths[] = { 0, 16, 16, 32, 32 }; /* by algorithm; 4 is none that is known */
    static const uint8_t zeros[32];
    bytes_t psk = bytes_of(PSK_32), rand = bytes_of(RAND);
    mikey_keys_t whole = ltkm_keys(), keys;
    mikey_payload_t kemac = { 0 };
    mikey_message_t message = { .csb_id = CSB_ID, .kemac = &kemac };
    mikey_mac_status_t mac;

    (void)state;
    for (uint8_t alg = 0; alg < G_N_ELEMENTS(encr_lengths); alg++) {
        size_t length = encr_lengths[alg];

        kemac.kemac.encr_alg = alg;
        assert_true(mikey_derive_keys_of(&keys, &message, psk.bytes, psk.size, rand.bytes, rand.size, &mac));
        assert_memory_equal(keys.encr_key, whole.encr_key, length);
        assert_memory_equal(keys.encr_key + length, zeros, sizeof keys.encr_key - length);
        assert_memory_equal(keys.auth_key, whole.auth_key, sizeof keys.auth_key);
        assert_memory_equal(keys.salt_key, whole.salt_key, sizeof keys.salt_key);
    }
    message.kemac = NULL;
    assert_true(mikey_derive_keys_of(&keys, &message, psk.bytes, psk.size, rand.bytes, rand.size, &mac));
    assert_memory_equal(keys.auth_key, whole.auth_key, sizeof keys.auth_key);
    message.prf_func = 2;
    mac = MIKEY_MAC_BAD;
    assert_false(mikey_derive_keys_of(&keys, &message, psk.bytes, psk.size, rand.bytes, rand.size, &mac));
    assert_int_equal(mac, MIKEY_MAC_BAD); /* as it was */
}

static void put_mac(uint8_t mac_alg, const uint8_t *key, uint8_t *bytes, size_t length)
{
    size_t size = mac_alg == 1 ? 20 : 32;
    gcry_mac_hd_t hmac;

    assert_false(gcry_mac_open(&hmac, mac_alg == 1 ? GCRY_MAC_HMAC_SHA1 : GCRY_MAC_HMAC_SHA256, 0, NULL));
    assert_false(gcry_mac_setkey(hmac, key, size));
    assert_false(gcry_mac_write(hmac, bytes, length));
    assert_false(gcry_mac_read(hmac, bytes + length, &size));
    gcry_mac_close(hmac);
}

/* Its MAC may be of the same hash as the keys are derived with, or of the other one. */
static void test_derived_keys_and_mac(void **state)
{
    enum { COVERED = 10 };
    bytes_t psk = bytes_of(PSK_32), rand = bytes_of(RAND);

    (void)state;
    for (uint8_t prf = 0; prf < 2; prf++) {
        for (uint8_t mac_alg = 1; mac_alg < 3; mac_alg++) {
            uint8_t bytes[COVERED + 32] = "0123456789";
            mikey_payload_t kemac = { .kemac = { .mac_alg = mac_alg,
                                                 .mac = { COVERED, mac_alg == 1 ? 20 : 32 } } };
            mikey_message_t message = { .csb_id = CSB_ID, .prf_func = prf, .bytes = bytes, .kemac = &kemac };
            mikey_keys_t keys;
            mikey_mac_status_t mac = MIKEY_MAC_UNVERIFIED;

            assert_true(mikey_derive_keys(&keys, prf, psk.bytes, psk.size, CSB_ID, rand.bytes, rand.size));
            put_mac(mac_alg, keys.auth_key, bytes, COVERED);
            assert_true(
                mikey_derive_keys_of(&keys, &message, psk.bytes, psk.size, rand.bytes, rand.size, &mac));
            assert_int_equal(mac, MIKEY_MAC_GOOD);
            assert_int_equal(mikey_check_psk(&message, psk.bytes, psk.size, rand.bytes, rand.size),
                             MIKEY_MAC_GOOD);
            bytes[0]++;
            assert_true(
                mikey_derive_keys_of(&keys, &message, psk.bytes, psk.size, rand.bytes, rand.size, &mac));
            assert_int_equal(mac, MIKEY_MAC_BAD);
            assert_int_equal(mikey_check_psk(&message, psk.bytes, psk.size, rand.bytes, rand.size),
                             MIKEY_MAC_BAD);
        }
    }
}

static void test_longest_rand_and_no_rand(void **state)
{
    static const uint8_t zeros[MIKEY_MAX_RAND_LENGTH];
    mikey_keys_t keys;

    (void)state;
    assert_true(mikey_derive_keys(&keys, 0, zeros, 16, CSB_ID, zeros, sizeof(zeros)));
    assert_true(mikey_derive_keys(&keys, 0, zeros, 16, CSB_ID, NULL, 0));
}

/* ---- the LTKM under PSKs of three lengths ----------------------------------------------------------- */

static const struct {
    const char *psk;
    const char *encr_data;
    const char *mac;
    const char *v[3]; /* MIKEY_V_RFC and on */
} psks[] = {
    { PSK_16,
      "9eb07773cb0175a512af2a5285bddb8628e32a3ff94f09ddadce",
      "5ae5f7a35b84eeebd571c30c62e1660bfc697e27",
      { "24404d0eaa0ab82e26fd875b90600a97efc229f7", "8a16b54207c82f7fe2f2ebb3089cb0a5c3643429",
        "a018da96f668bc6951228463b71301b816107809" } },
    { PSK_32,
      "905cc426e0ea3716146be06f7dda470f20c7989ff5ec6cb050b3",
      "97bb80585428a56319b861be6d7f15d28974b5b2",
      { "faf0c2dbb303b47358ecf00a2850abe81650cf96", "35a6b63b07048d84bd95a07909012eb561723a16",
        "3b05b34fa1e5a88125b3b7a2ee3590ab924f09d0" } },
    { PSK_48,
      "b4774db0c3391600c59905a4627a8cfbfea90204590e0b97ddba",
      "12aa7b8d69613808b17d0432514dee67a7ea61c1",
      { "696fb1ea8d57c60b6ca92f543a344c8d31bcbe90", "69afb8acb0cb49f8149679f241f020b5a0c2ac81",
        "b2a74f18b92fe96574796e65197d8af023676239" } },
};

static const char *psk_ltkm(size_t i)
{
    return wmem_strdup_printf(pool, LTKM_HEAD "0001001a%s01%s", psks[i].encr_data, psks[i].mac);
}

static void test_ltkm_under_psks(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(psks); i++) {
        mikey_keys_t keys = keys_of(0, psks[i].psk, CSB_ID, RAND);
        mikey_keys_t other = keys_of(0, psks[(i + 1) % G_N_ELEMENTS(psks)].psk, CSB_ID, RAND);

        assert_int_equal(mac_of(bytes_of(psk_ltkm(i)), &keys), MIKEY_MAC_GOOD);
        assert_int_equal(mac_of(bytes_of(psk_ltkm(i)), &other), MIKEY_MAC_BAD);
        assert_opens(psk_ltkm(i), &keys, LTKM_PLAIN);
    }
}

static void test_verification_under_psks(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(psks); i++) {
        mikey_keys_t keys = keys_of(0, psks[i].psk, CSB_ID, RAND);
        mikey_keys_t other = keys_of(0, psks[(i + 1) % G_N_ELEMENTS(psks)].psk, CSB_ID, RAND);

        for (size_t form = 0; form < G_N_ELEMENTS(psks[i].v); form++) {
            const char *hex = joined(VERIFICATION_HEAD, psks[i].v[form]);

            assert_verifies(hex, &keys, psk_ltkm(i), (mikey_v_form_t)(MIKEY_V_RFC + form));
            assert_int_equal(verify(hex, &other, psk_ltkm(i)).status, MIKEY_MAC_BAD);
        }
    }
}

static void test_whole_messages(void **state)
{
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    assert_int_equal(mac_of(bytes_of(LTKM), &keys), MIKEY_MAC_GOOD);
    assert_opens(LTKM, &keys, LTKM_PLAIN);
    assert_verifies(VERIFICATION, &keys, LTKM, MIKEY_V_RFC);
}

static void test_key_in_ltkm(void **state)
{
    mikey_keys_t keys = ltkm_keys();
    opened_t opened = open_message(bytes_of(LTKM), &keys);
    mikey_range_t all = { 0, (uint32_t)opened.plain.size };
    mikey_key_data_t *key;
    mikey_fault_t fault;
    uint32_t n_keys;

    (void)state;
    assert_true(mikey_key_data_parse(pool, opened.plain.bytes, all, &key, &n_keys, &fault));
    assert_int_equal(n_keys, 1);
    assert_int_equal(key->type, 0); /* TGK */
    assert_bytes(opened.plain.bytes + key->key.offset, key->key.length, "404142434445464748494a4b4c4d4e4f");
    assert_int_equal(key->kv, MIKEY_KV_INTERVAL);
    assert_int_equal(mikey_number(opened.plain.bytes, key->kv_from), 0x0001);
    assert_int_equal(mikey_number(opened.plain.bytes, key->kv_to), 0xfffe);
}

static void test_ltkm_variants(void **state)
{
    static const struct {
        const char *hex;
        mikey_mac_status_t mac;
        mikey_open_result_t result;
    } cases[] = {
        { LTKM_NO_KEY, MIKEY_MAC_GOOD, MIKEY_NOTHING_TO_OPEN },
        { LTKM_NULL, MIKEY_MAC_GOOD, MIKEY_OPENED },
        { LTKM_NULL_NULL, MIKEY_MAC_NOT_PRESENT, MIKEY_OPENED },
        { LTKM_SECOND_EXT, MIKEY_MAC_GOOD, MIKEY_OPENED },
    };
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        opened_t opened = open_message(bytes_of(cases[i].hex), &keys);

        assert_int_equal(mac_of(bytes_of(cases[i].hex), &keys), cases[i].mac);
        assert_int_equal(opened.result, cases[i].result);
        assert_bytes(opened.plain.bytes, opened.plain.size,
                     cases[i].result == MIKEY_OPENED ? LTKM_PLAIN : "");
    }
}

static void test_stkm(void **state)
{
    mikey_keys_t keys = keys_of(0, "404142434445464748494a4b4c4d4e4f", CSB_ID, RAND);
    mikey_keys_t without_rand = keys_of(0, "404142434445464748494a4b4c4d4e4f", CSB_ID, "");
    opened_t opened = open_message(bytes_of(STKM), &keys);
    mikey_range_t all = { 0, (uint32_t)opened.plain.size };
    mikey_key_data_t *key;
    mikey_fault_t fault;
    uint32_t n_keys;

    (void)state;
    assert_int_equal(mac_of(bytes_of(STKM), &keys), MIKEY_MAC_GOOD);
    assert_int_equal(mac_of(bytes_of(STKM), &without_rand), MIKEY_MAC_BAD);
    assert_int_equal(opened.result, MIKEY_OPENED);
    assert_true(mikey_key_data_parse(pool, opened.plain.bytes, all, &key, &n_keys, &fault));
    assert_int_equal(n_keys, 1);
    assert_int_equal(key->type, 3); /* TEK+SALT */
    assert_bytes(opened.plain.bytes + key->key.offset, key->key.length, "606162636465666768696a6b6c6d6e6f");
    assert_true(key->has_salt);
    assert_bytes(opened.plain.bytes + key->salt.offset, key->salt.length, "707172737475767778797a7b7c7d");
}

/* A real exchange; the responder's T is its own, what it signs has the Initiator's. */
static void test_call(void **state)
{
    mikey_keys_t keys = keys_of(0, CALL_PSK, CALL_CSB_ID, CALL_RAND);
    mikey_keys_t other = keys_of(0, "736563726575", CALL_CSB_ID, CALL_RAND);
    opened_t opened = open_message(bytes_of(CALL_INIT), &keys);
    mikey_range_t all = { 0, (uint32_t)opened.plain.size };
    mikey_key_data_t *key;
    mikey_fault_t fault;
    uint32_t n_keys;

    (void)state;
    assert_int_equal(mac_of(bytes_of(CALL_INIT), &keys), MIKEY_MAC_GOOD);
    assert_int_equal(mac_of(bytes_of(CALL_INIT), &other), MIKEY_MAC_BAD);
    assert_int_equal(opened.plain.size, 196);
    assert_bytes(opened.plain.bytes, 32, "000000c0bee3673be8dacd1ccfebc972ebd60a6aa4f54c879f27c56d05787cc1");
    assert_true(mikey_key_data_parse(pool, opened.plain.bytes, all, &key, &n_keys, &fault));
    assert_int_equal(n_keys, 1);
    assert_int_equal(key->key.length, 192);
    assert_int_equal(key->kv, MIKEY_KV_NULL);
    assert_verifies(CALL_VERIFICATION, &keys, CALL_INIT, MIKEY_V_RFC);
    assert_int_equal(verify(CALL_VERIFICATION, &other, CALL_INIT).status, MIKEY_MAC_BAD);
    assert_int_equal(verify(CALL_VERIFICATION, &keys, CALL_VERIFICATION).status, MIKEY_MAC_BAD);
}

/* ---- algorithms of RFC 6043, AES-KW, and the 64-bit forms of T -------------------------------------- */

static void test_algorithms(void **state)
{
    static const struct {
        uint8_t prf_func;
        const char *kemac; /* KEMAC without its next */
        bool padded;       /* six zeros, so that AES-KW can take it */
    } cases[] = {
        { 1,
          "01001aec907f92db0c560feef1448585655d3b3d435118de03f94e9e58"
          "02 45cb5f00bcddc47b5c5271f045c36b12ebc8e95c7df5702271aafe758480be45",
          false },
        { 1,
          "01001aec907f92db0c560feef1448585655d3b3d435118de03f94e9e58"
          "01 3c312311b6124514878c0c378e91ce73c5b6aa00",
          false },
        { 0, "01001a" LTKM_CIPHER "02 77e62d1a88fc7f9563888e143a6c3b2e0bbfd45ed2bd4497e9ec8ac27d82ba54",
          false },
        { 0,
          "03001a9057cb2c3e15a9fc77033f5374d2227ded526e0245c40b1759f4"
          "01 a2fd04872440a352ac6c8daf8c4807b7d7dc1f55",
          false },
        { 1,
          "03001add4f486f24a3f438b86eb6a93bcedceddef13c623f45ad5d92af"
          "02 13c19352611798c45b653ac90ec1d3f8015861ba2a2aff23a3d65f209d7ea2d3",
          false },
        { 0,
          "020028ac978838aa3488e85af1486905dd2b9e0a7eb2bf64ab290e87ff23b1768431cbd8d00ffbab8e6baf"
          "01 5558dba5a5d31993b2a138dbc9e90ed69c95efce",
          true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        mikey_keys_t keys = keys_of(cases[i].prf_func, PSK_32, CSB_ID, RAND);
        mikey_keys_t other = keys_of(!cases[i].prf_func, PSK_32, CSB_ID, RAND);
        const char *hdr = cases[i].prf_func == 0 ? "01001580a1b2c3d40001" : "01001581a1b2c3d40001";
        const char *hex = wmem_strdup_printf(pool, "%s" LTKM_EXT LTKM_T_TO_IDR "00%s", hdr, cases[i].kemac);

        assert_int_equal(parse(bytes_of(hex))->prf_func, cases[i].prf_func);
        assert_int_equal(mac_of(bytes_of(hex), &keys), MIKEY_MAC_GOOD);
        assert_int_equal(mac_of(bytes_of(hex), &other), MIKEY_MAC_BAD);
        assert_opens(hex, &keys, cases[i].padded ? LTKM_PLAIN "000000000000" : LTKM_PLAIN);
    }
}

static void test_verification_by_sha_256(void **state)
{
    mikey_keys_t keys = keys_of(1, PSK_32, CSB_ID, RAND);
    mikey_keys_t other = ltkm_keys();

    (void)state;
    assert_verifies(VERIFICATION_SHA_256, &keys, LTKM, MIKEY_V_RFC);
    assert_int_equal(verify(VERIFICATION_SHA_256, &other, LTKM).status, MIKEY_MAC_BAD);
}

/* Zeros after the seconds of NTP-UTC-32, before a counter. */
#define LTKM_NTP_32                                                                                          \
    LTKM_HDR LTKM_EXT "0b03c9981cab"                                                                         \
                      "0610" RAND "0601000f62736d2e6578616d706c652e6f7267"                                   \
                      "010000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d706c652e6f7267"     \
                      "0001001a bab5a815737ffddc20d8dc0e00b37302569f1c4b338683570063"                        \
                      "01 9d9e76266e7ebaf947f24e8c08c58aa95a9480f1"

static void test_seconds(void **state)
{
    mikey_keys_t keys = ltkm_keys();
    const char *verification = "01010500a1b2c3d40001 0603c9981cab 09000024"
                               "6447567a6443316964476c6b4c5441774d44453d406273662e6578616d706c652e6f7267"
                               "0001 f8d872d503e81e4f192f06967cf58bca42eb2c2d";
    bytes_t ltkm = bytes_of(LTKM_NTP_32);
    mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm));

    (void)state;
    assert_int_equal(mac_of(bytes_of(LTKM_NTP_32), &keys), MIKEY_MAC_GOOD);
    assert_opens(LTKM_NTP_32, &keys, LTKM_PLAIN);
    assert_verifies(verification, &keys, LTKM_NTP_32, MIKEY_V_RFC_T64);
    assert_int_equal(verify(verification, &keys, LTKM).status, MIKEY_MAC_GOOD); /* by its own T, then */
    assert_int_equal(verify(verification, &keys, LTKM).form, MIKEY_V_OWN_T_RFC_T64);
    initiator.ts_type = MIKEY_TS_COUNTER; /* the same bytes, but another T */
    assert_int_equal(verify_for(bytes_of(verification), &keys, &initiator).form, MIKEY_V_OWN_T_RFC_T64);
}

/* ---- key wrap --------------------------------------------------------------------------------------- */

static mikey_keys_t kw_keys(const char *encr_key, const char *salt)
{
    mikey_keys_t keys = { .encr_key = { 0 } };
    bytes_t encr_bytes = bytes_of(encr_key);
    bytes_t salt_bytes = bytes_of(salt);

    memcpy(keys.encr_key, encr_bytes.bytes, encr_bytes.size);
    memcpy(keys.salt_key, salt_bytes.bytes, salt_bytes.size);
    return keys;
}

#define RFC_3394_CIPHER "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"

/* RFC 3394 §4.1, whose initial value stands where MIKEY has the salt. */
static void test_rfc_3394_vector(void **state)
{
    mikey_keys_t keys = kw_keys(PSK_16, "a6a6a6a6a6a6a6a6");
    mikey_keys_t other_salt = kw_keys(PSK_16, "a6a6a6a6a6a6a6a7");
    mikey_keys_t other_key = kw_keys("010102030405060708090a0b0c0d0e0f", "a6a6a6a6a6a6a6a6");
    const char *hex = "01000100000000000001 00020018" RFC_3394_CIPHER "00";

    (void)state;
    assert_opens(hex, &keys, "00112233445566778899aabbccddeeff");
    assert_open_result(hex, &other_salt, MIKEY_WRONG_KEY);
    assert_open_result(hex, &other_key, MIKEY_WRONG_KEY);
    assert_open_result("01000100000000000001 00020018 1ea68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5 00",
                       &keys, MIKEY_WRONG_KEY);
}

static void test_kw_with_salt(void **state)
{
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    assert_opens("01000100a1b2c3d40001 00020018 e83b3c20224e39afdae0cfa5c34c9297dd335a85c9d8916b 00", &keys,
                 PSK_16);
}

/* Wrapped with encr_key, but with RFC 3394's own initial value, not the salt. */
static void test_kw_with_default_initial_value(void **state)
{
    mikey_keys_t keys = ltkm_keys();
    const char *hex =
        LTKM_HEAD "00020028f66dba640fad1a51c23bf3ed7f39746b57e4f96928180b2891abbb7aaa0510793cd7d3315e955df1"
                  "01 19a5155118ef17b017d8e139179f821f7b549f2a";

    (void)state;
    assert_int_equal(mac_of(bytes_of(hex), &keys), MIKEY_MAC_GOOD);
    assert_open_result(hex, &keys, MIKEY_WRONG_KEY);
}

/* Nothing of a failed attempt stays behind. */
static void test_kw_failure_leaves_no_plaintext(void **state)
{
    mikey_keys_t keys = kw_keys(PSK_16, "a6a6a6a6a6a6a6a7");
    opened_t opened = open_message(bytes_of("01000100000000000001 00020018" RFC_3394_CIPHER "00"), &keys);

    (void)state;
    assert_int_equal(opened.result, MIKEY_WRONG_KEY);
    assert_bytes(opened.plain.bytes, 16, "00000000000000000000000000000000");
}

static void test_kw_lengths(void **state)
{
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    for (uint8_t length = 0; length < 64; length++) {
        uint8_t buffer[14 + 64 + 1] = { 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, length };
        mikey_open_result_t expected = length == 0                      ? MIKEY_NOTHING_TO_OPEN
                                       : length < 24 || length % 8 != 0 ? MIKEY_BAD_LENGTH
                                                                        : MIKEY_WRONG_KEY;

        assert_int_equal(open_message(copy_bytes(buffer, (size_t)length + 15), &keys).result, expected);
    }
}

/* ---- what cannot be said ---------------------------------------------------------------------------- */

static void test_mac_without_keys(void **state)
{
    (void)state;
    assert_int_equal(mac_of(bytes_of(LTKM), NULL), MIKEY_MAC_UNVERIFIED);
    assert_int_equal(mac_of(bytes_of(LTKM_NULL_NULL), NULL), MIKEY_MAC_NOT_PRESENT);
    assert_int_equal(verify(VERIFICATION, NULL, LTKM).status, MIKEY_MAC_UNVERIFIED);
    assert_open_result(LTKM, NULL, MIKEY_NO_KEYS);
    assert_opens(LTKM_NULL, NULL, LTKM_PLAIN);
}

static void test_every_mac_algorithm(void **state)
{
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    for (unsigned int alg = 0; alg < 256; alg++) {
        bytes_t ltkm = bytes_of(LTKM LTKM_MAC);
        bytes_t answer = bytes_of(VERIFICATION LTKM_MAC);
        bytes_t ltkm_again = bytes_of(LTKM);
        mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm_again));
        mikey_mac_status_t expected = alg == 0   ? MIKEY_MAC_NOT_PRESENT
                                      : alg == 1 ? MIKEY_MAC_GOOD
                                      : alg == 2 ? MIKEY_MAC_BAD
                                                 : MIKEY_MAC_UNVERIFIED;

        ltkm.bytes[138] = (uint8_t)alg;
        answer.bytes[57] = (uint8_t)alg;
        assert_int_equal(mac_of(ltkm, &keys), expected);
        assert_int_equal(verify_for(answer, &keys, &initiator).status, expected);
    }
}

static void test_every_encryption_algorithm(void **state)
{
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    for (unsigned int alg = 0; alg < 256; alg++) {
        bytes_t ltkm = bytes_of(LTKM);
        mikey_open_result_t expected = alg == 2  ? MIKEY_BAD_LENGTH
                                       : alg < 4 ? MIKEY_OPENED
                                                 : MIKEY_UNKNOWN_ALGORITHM;

        ltkm.bytes[109] = (uint8_t)alg;
        assert_int_equal(open_message(ltkm, &keys).result, expected);
        assert_int_equal(mac_of(ltkm, &keys), alg == 1 ? MIKEY_MAC_GOOD : MIKEY_MAC_BAD);
    }
}

static void test_no_initial_value_without_t(void **state)
{
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    assert_open_result("01000100a1b2c3d40001 00010002aabb00", &keys, MIKEY_NO_IV);
    assert_open_result("01000100a1b2c3d40001 00030002aabb00", &keys, MIKEY_NO_IV);
}

static void test_payload_not_there(void **state)
{
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    assert_int_equal(mac_of(bytes_of(VERIFICATION), &keys), MIKEY_MAC_NOT_PRESENT);
    assert_int_equal(verify(LTKM, &keys, LTKM).status, MIKEY_MAC_NOT_PRESENT);
    assert_open_result(VERIFICATION, &keys, MIKEY_NOTHING_TO_OPEN);
    assert_int_equal(mac_of(bytes_of(""), &keys), MIKEY_MAC_UNVERIFIED);
    assert_int_equal(mac_of(bytes_of("01020500a1b2c3d40001"), &keys), MIKEY_MAC_UNVERIFIED);
}

static void test_every_truncation(void **state)
{
    mikey_keys_t keys = ltkm_keys();
    bytes_t ltkm = bytes_of(LTKM);
    bytes_t answer = bytes_of(VERIFICATION);
    mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm));

    (void)state;
    for (size_t size = 0; size < ltkm.size; size++) {
        assert_int_equal(mac_of(copy_bytes(ltkm.bytes, size), &keys), MIKEY_MAC_UNVERIFIED);
        assert_int_equal(open_message(copy_bytes(ltkm.bytes, size), &keys).result, MIKEY_NOTHING_TO_OPEN);
    }
    for (size_t size = 0; size < answer.size; size++) {
        assert_int_equal(verify_for(copy_bytes(answer.bytes, size), &keys, &initiator).status,
                         MIKEY_MAC_UNVERIFIED);
    }
}

/* ---- twins ------------------------------------------------------------------------------------------ */

/* Not good whichever bit flips; of the payload's own numbers some make it NULL or unreadable. */
static void test_every_bit_flip(void **state)
{
    mikey_keys_t keys = ltkm_keys();
    bytes_t ltkm = bytes_of(LTKM);
    mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm));

    (void)state;
    for (size_t bit = 0; bit < ltkm.size * 8; bit++) {
        bytes_t twin = copy_bytes(ltkm.bytes, ltkm.size);

        twin.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(mac_of(twin, &keys), MIKEY_MAC_GOOD);
    }
    for (size_t bit = 0; bit < 78 * 8; bit++) {
        bytes_t twin = bytes_of(VERIFICATION);

        twin.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(verify_for(twin, &keys, &initiator).status, MIKEY_MAC_GOOD);
    }
}

/* HDR's CSB ID and T, RAND, IDi, IDr, Encr data, the MAC itself: places that leave the walk as it is. */
static void test_flips_are_bad(void **state)
{
    static const size_t ltkm_places[] = { 3, 4, 7, 16, 24, 30, 33, 48, 53, 67, 72, 107, 112, 137, 139, 158 };
    static const size_t answer_places[] = { 4, 15, 20, 55, 58, 77 };
    mikey_keys_t keys = ltkm_keys();
    bytes_t ltkm = bytes_of(LTKM);
    mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm));

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(ltkm_places); i++) {
        bytes_t twin = copy_bytes(ltkm.bytes, ltkm.size);

        twin.bytes[ltkm_places[i]] ^= 1;
        assert_int_equal(mac_of(twin, &keys), MIKEY_MAC_BAD);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(answer_places); i++) {
        bytes_t twin = bytes_of(VERIFICATION);

        twin.bytes[answer_places[i]] ^= 1;
        assert_int_equal(verify_for(twin, &keys, &initiator).status, MIKEY_MAC_BAD);
    }
}

static void test_other_keys_are_bad(void **state)
{
    const mikey_keys_t others[] = {
        keys_of(0, "010102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", CSB_ID, RAND),
        keys_of(0, PSK_32, CSB_ID ^ 1, RAND),
        keys_of(0, PSK_32, CSB_ID, "101112131415161718191a1b1c1d1e1e"),
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_int_equal(mac_of(bytes_of(LTKM), &others[i]), MIKEY_MAC_BAD);
        assert_int_equal(verify(VERIFICATION, &others[i], LTKM).status, MIKEY_MAC_BAD);
    }
}

/* CSB ID, T and salt make the counter: an AES-CM plaintext differs from its first byte on. */
static void test_counter_inputs(void **state)
{
    static const size_t places[] = { 4, 7, 27, 30 };
    mikey_keys_t keys = ltkm_keys();
    bytes_t plain = bytes_of(LTKM_PLAIN);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        bytes_t twin = bytes_of(LTKM);
        opened_t opened;

        twin.bytes[places[i]] ^= 1;
        opened = open_message(twin, &keys);
        assert_int_equal(opened.result, MIKEY_OPENED);
        assert_int_equal(opened.plain.size, plain.size);
        assert_memory_not_equal(opened.plain.bytes, plain.bytes, plain.size);
    }
}

/* ---- the Initiator's side of V ---------------------------------------------------------------------- */

static void test_initiator_of_ltkm(void **state)
{
    bytes_t ltkm = bytes_of(LTKM);
    bytes_t call = bytes_of(CALL_INIT);
    mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm));
    mikey_initiator_t caller = mikey_initiator_of(parse(call));
    mikey_initiator_t nobody = mikey_initiator_of(parse(bytes_of("")));

    (void)state;
    assert_int_equal(initiator.idi_length, 15);
    assert_memory_equal(initiator.idi, "bsm.example.org", 15);
    assert_int_equal(initiator.idr_length, 36);
    assert_memory_equal(initiator.idr, "dGVzdC1idGlkLTAwMDE=@bsf.example.org", 36);
    assert_bytes(initiator.t, initiator.t_length, "0000002a");
    assert_int_equal(initiator.ts_type, MIKEY_TS_COUNTER);
    assert_int_equal(caller.idi_length + caller.idr_length, 0);
    assert_bytes(caller.t, caller.t_length, "c9981cab314aa10e");
    assert_int_equal(nobody.idi_length + nobody.idr_length + nobody.t_length, 0);
}

/* One bit of what V covers beyond its message; the message's own T is no way out, for it has the same one. */
static void test_other_initiator_is_bad(void **state)
{
    static const size_t places[] = { 53, 67, 72, 107 };
    mikey_keys_t keys = ltkm_keys();
    bytes_t answer = bytes_of(VERIFICATION);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        bytes_t ltkm = bytes_of(LTKM);
        mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm));

        ltkm.bytes[places[i]] ^= 1;
        assert_int_equal(verify_for(answer, &keys, &initiator).status, MIKEY_MAC_BAD);
    }
}

static void test_answer_with_its_own_t(void **state)
{
    static const struct {
        const char *v;
        mikey_v_form_t form;
    } cases[] = {
        { "f17cc949353cc167271c7740e51c860e64af62c2", MIKEY_V_RFC },
        { "aae769c2e2fbbf8f48e52e64c06ec67ccb263b03", MIKEY_V_OWN_T_RFC },
        { "58c8c28c09687f989248555a0c1680c29e9d85a0", MIKEY_V_OWN_T_RFC_T64 },
        { "fb5b7a36e52f071f8d018476f7734f8b552cb394", MIKEY_V_OWN_T_NO_IDS_T64 },
    };
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_verifies(joined(VERIFICATION_OTHER_T, cases[i].v), &keys, LTKM, cases[i].form);
    }
}

static void test_one_t_missing(void **state)
{
    mikey_keys_t keys = ltkm_keys();
    bytes_t ltkm = bytes_of(LTKM);
    mikey_initiator_t initiator = mikey_initiator_of(parse(ltkm));
    bytes_t without_t = bytes_of("01010900a1b2c3d40001 0001" LTKM_MAC);

    (void)state;
    assert_int_equal(verify_for(without_t, &keys, &initiator).status, MIKEY_MAC_BAD);
    initiator.t_length = 0;
    assert_int_equal(verify_for(without_t, &keys, &initiator).status, MIKEY_MAC_UNVERIFIED);
    assert_int_equal(verify_for(bytes_of(VERIFICATION), &keys, &initiator).form, MIKEY_V_OWN_T_RFC);
}

/* A caller's T may be of any length; only one of at most 64 bits can be padded. */
static void test_t_of_any_length(void **state)
{
    static const uint8_t bytes[64];
    mikey_keys_t keys = ltkm_keys();

    (void)state;
    for (size_t length = 0; length <= sizeof(bytes); length++) {
        mikey_initiator_t initiator = { .t = bytes, .t_length = length, .ts_type = MIKEY_TS_COUNTER };

        assert_int_equal(verify_for(bytes_of(VERIFICATION), &keys, &initiator).status, MIKEY_MAC_BAD);
    }
}

static void test_form_texts(void **state)
{
    (void)state;
    assert_string_equal(mikey_v_form_text(MIKEY_V_NONE), "none");
    for (mikey_v_form_t form = MIKEY_V_RFC; form <= MIKEY_V_OWN_T_NO_IDS_T64; form++) {
        for (mikey_v_form_t other = MIKEY_V_NONE; other < form; other++) {
            assert_string_not_equal(mikey_v_form_text(form), mikey_v_form_text(other));
        }
    }
    assert_string_equal(mikey_v_form_text((mikey_v_form_t)99), "none");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_derived_keys),
        TEST(test_derived_keys_and_mac),
        TEST(test_derived_keys_of_messages),
        TEST(test_stkm_keys),
        TEST(test_call_keys),
        TEST(test_every_input_matters),
        TEST(test_no_keys),
        TEST(test_longest_rand_and_no_rand),
        TEST(test_ltkm_under_psks),
        TEST(test_verification_under_psks),
        TEST(test_whole_messages),
        TEST(test_key_in_ltkm),
        TEST(test_ltkm_variants),
        TEST(test_stkm),
        TEST(test_call),
        TEST(test_algorithms),
        TEST(test_verification_by_sha_256),
        TEST(test_seconds),
        TEST(test_rfc_3394_vector),
        TEST(test_kw_with_salt),
        TEST(test_kw_with_default_initial_value),
        TEST(test_kw_failure_leaves_no_plaintext),
        TEST(test_kw_lengths),
        TEST(test_mac_without_keys),
        TEST(test_every_mac_algorithm),
        TEST(test_every_encryption_algorithm),
        TEST(test_no_initial_value_without_t),
        TEST(test_payload_not_there),
        TEST(test_every_truncation),
        TEST(test_every_bit_flip),
        TEST(test_flips_are_bad),
        TEST(test_other_keys_are_bad),
        TEST(test_counter_inputs),
        TEST(test_initiator_of_ltkm),
        TEST(test_other_initiator_is_bad),
        TEST(test_answer_with_its_own_t),
        TEST(test_one_t_missing),
        TEST(test_t_of_any_length),
        TEST(test_form_texts),
    };

    gcry_check_version(NULL);
    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
