/* mikey-decryption.c
 * What KEMAC holds, in clear.
 *
 *   AES-CM   AES-CTR(encr_key, (salt_key XOR (00 00 | CSB ID 4 | T 8)) | 00 00)      RFC 3830 §4.2.3
 *   AES-KW   RFC 3394 with encr_key, and salt_key for initial value                  RFC 3830 §4.2.3
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-crypto.h"

#include <glib.h>
#include <string.h>

#include <wsutil/wsgcrypt.h>

#include "mikey/mikey-span.h"

#define AES_BLOCK 16
#define KW_BLOCK  8

/* What an algorithm works on; the places |plain| and |plain_length| are the caller's. */
typedef struct {
    const mikey_message_t *message;
    span_t data;
    const mikey_keys_t *keys;
    uint8_t *plain;
    size_t plain_length;
} opening_t;

static gcry_cipher_hd_t open_cipher(enum gcry_cipher_algos algorithm, enum gcry_cipher_modes mode,
                                    const mikey_keys_t *keys)
{
    gcry_cipher_hd_t cipher;

    if (gcry_cipher_open(&cipher, algorithm, mode, 0) != 0) {
        return NULL;
    }
    if (gcry_cipher_setkey(cipher, keys->encr_key, gcry_cipher_get_algo_keylen(algorithm)) == 0) {
        return cipher;
    }
    gcry_cipher_close(cipher);
    return NULL;
}

/* RFC 3830 §4.2.3. The last two bytes count blocks: Encr data of 65535 bytes at most does not overflow them.
 */
static bool counter_of(const opening_t *opening, uint8_t counter[AES_BLOCK])
{
    uint8_t t64[T64_LENGTH];

    if (!timestamp_64(timestamp_of(opening->message), t64)) {
        return false;
    }
    memset(counter, 0, AES_BLOCK);
    store_number(counter + 2, 4, opening->message->csb_id);
    memcpy(counter + 6, t64, sizeof(t64));
    xor_into(counter, opening->keys->salt_key, sizeof(opening->keys->salt_key));
    return true;
}

static mikey_open_result_t open_cm(opening_t *opening, enum gcry_cipher_algos algorithm)
{
    uint8_t counter[AES_BLOCK];
    gcry_cipher_hd_t cipher;
    bool done;

    if (!counter_of(opening, counter)) {
        return MIKEY_NO_IV;
    }
    cipher = open_cipher(algorithm, GCRY_CIPHER_MODE_CTR, opening->keys);
    if (!cipher) {
        return MIKEY_CIPHER_FAILED;
    }
    opening->plain_length = opening->data.length;
    done = gcry_cipher_setctr(cipher, counter, sizeof(counter)) == 0 &&
           gcry_cipher_decrypt(cipher, opening->plain, opening->plain_length, opening->data.bytes,
                               opening->data.length) == 0;
    gcry_cipher_close(cipher);
    mikey_wipe(counter, sizeof(counter));
    return done ? MIKEY_OPENED : MIKEY_CIPHER_FAILED;
}

/* RFC 3394 §2.2.2, by index: |a| comes in as the first block of the ciphertext, |blocks| as the others, and
 * they leave as the initial value and the plaintext. Step t, from 6n down to 1, works on block (t - 1) mod n.
 */
static bool unwrap_kw(gcry_cipher_hd_t cipher, uint8_t a[KW_BLOCK], uint8_t *blocks, size_t n_blocks)
{
    uint8_t work[AES_BLOCK];
    uint8_t step[KW_BLOCK];
    bool done = true;

    for (size_t t = 6 * n_blocks; done && t > 0; t--) {
        uint8_t *block = blocks + (t - 1) % n_blocks * KW_BLOCK;

        store_number(step, sizeof(step), t);
        memcpy(work, a, KW_BLOCK);
        xor_into(work, step, KW_BLOCK);
        memcpy(work + KW_BLOCK, block, KW_BLOCK);
        done = gcry_cipher_decrypt(cipher, work, sizeof(work), NULL, 0) == 0;
        memcpy(a, work, KW_BLOCK);
        memcpy(block, work + KW_BLOCK, KW_BLOCK);
    }
    mikey_wipe(work, sizeof(work));
    return done;
}

/* RFC 3830 §4.2.3. libgcrypt's own key wrap mode does not serve here: it accepts the default initial value of
 * RFC 3394 next to the one that was set, and a sender must not get away with that. */
static mikey_open_result_t open_kw(opening_t *opening, enum gcry_cipher_algos algorithm)
{
    uint8_t a[KW_BLOCK];
    gcry_cipher_hd_t cipher;
    bool done;

    if (opening->data.length < 3 * KW_BLOCK || opening->data.length % KW_BLOCK != 0) {
        return MIKEY_BAD_LENGTH;
    }
    cipher = open_cipher(algorithm, GCRY_CIPHER_MODE_ECB, opening->keys);
    if (!cipher) {
        return MIKEY_CIPHER_FAILED;
    }
    opening->plain_length = opening->data.length - KW_BLOCK;
    memcpy(a, opening->data.bytes, KW_BLOCK);
    memcpy(opening->plain, opening->data.bytes + KW_BLOCK, opening->plain_length);
    done = unwrap_kw(cipher, a, opening->plain, opening->plain_length / KW_BLOCK);
    gcry_cipher_close(cipher);
    if (!done) {
        return MIKEY_CIPHER_FAILED;
    }
    return memcmp(a, opening->keys->salt_key, KW_BLOCK) == 0 ? MIKEY_OPENED : MIKEY_WRONG_KEY;
}

static mikey_open_result_t open_null(opening_t *opening, enum gcry_cipher_algos algorithm)
{
    (void)algorithm;
    memcpy(opening->plain, opening->data.bytes, opening->data.length);
    opening->plain_length = opening->data.length;
    return MIKEY_OPENED;
}

/* RFC 3830 table 6.2.a, RFC 6043 table 6.5; the place is the number. */
static const struct {
    mikey_open_result_t (*open)(opening_t *opening, enum gcry_cipher_algos algorithm);
    enum gcry_cipher_algos algorithm;
} ciphers[] = {
    [MIKEY_ENCR_NULL] = { open_null, GCRY_CIPHER_NONE },
    { open_cm, GCRY_CIPHER_AES128 },
    { open_kw, GCRY_CIPHER_AES128 },
    { open_cm, GCRY_CIPHER_AES256 },
};

size_t mikey_encr_key_length(uint8_t encr_alg)
{
    if (encr_alg >= G_N_ELEMENTS(ciphers)) {
        return sizeof(((mikey_keys_t *)0)->encr_key);
    }
    return gcry_cipher_get_algo_keylen(ciphers[encr_alg].algorithm);
}

mikey_open_result_t mikey_open_kemac(const mikey_message_t *message, const mikey_keys_t *keys, uint8_t *plain,
                                     size_t *plain_length)
{
    opening_t opening = { .message = message, .keys = keys, .plain = plain };
    mikey_open_result_t result;
    uint8_t encr_alg;

    *plain_length = 0;
    if (!message->kemac || message->kemac->kemac.encr_data.length == 0) {
        return MIKEY_NOTHING_TO_OPEN;
    }
    encr_alg = message->kemac->kemac.encr_alg;
    if (encr_alg >= G_N_ELEMENTS(ciphers)) {
        return MIKEY_UNKNOWN_ALGORITHM;
    }
    if (!keys && ciphers[encr_alg].algorithm != GCRY_CIPHER_NONE) {
        return MIKEY_NO_KEYS;
    }
    opening.data = span_of(message->bytes, message->kemac->kemac.encr_data);
    result = ciphers[encr_alg].open(&opening, ciphers[encr_alg].algorithm);
    if (result == MIKEY_OPENED) {
        *plain_length = opening.plain_length;
    } else {
        mikey_wipe(plain, opening.plain_length);
    }
    return result;
}
