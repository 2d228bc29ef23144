/* milenage.c
 *
 *   TEMP   E(RAND ^ OPc)
 *   OUTn   E(rot(TEMP ^ OPc, rn) ^ cn) ^ OPc           CK = OUT3, IK = OUT4
 *
 * where E is AES-128 under K, and rot shifts cyclically to the left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/milenage.h"

#include <string.h>

#include <wsutil/wsgcrypt.h>

#include "mikey/mikey-crypto.h"
#include "mikey/mikey-span.h"

/* TS 35.206 §4.1: r3, r4 in bytes, and the last bytes of c3, c4, whose others are 0. */
static const struct {
    uint8_t rotation;
    uint8_t constant;
} outputs[] = {
    { 32 / 8, 2 },
    { 64 / 8, 4 },
};

static bool encrypt(gcry_cipher_hd_t aes, uint8_t block[MILENAGE_SIZE])
{
    return gcry_cipher_encrypt(aes, block, MILENAGE_SIZE, NULL, 0) == 0;
}

/* The output |n|; |temp| is TEMP ^ OPc. */
static bool put_output(gcry_cipher_hd_t aes, const uint8_t *opc, const uint8_t *temp, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < MILENAGE_SIZE; i++) {
        out[i] = temp[(i + outputs[n].rotation) % MILENAGE_SIZE];
    }
    out[MILENAGE_SIZE - 1] ^= outputs[n].constant;
    if (!encrypt(aes, out)) {
        return false;
    }
    xor_into(out, opc, MILENAGE_SIZE);
    return true;
}

static bool put_outputs(gcry_cipher_hd_t aes, const uint8_t *opc, const uint8_t *rand, uint8_t *ck_ik)
{
    uint8_t temp[MILENAGE_SIZE], out[2 * MILENAGE_SIZE];
    bool done;

    memcpy(temp, rand, sizeof temp);
    xor_into(temp, opc, sizeof temp);
    done = encrypt(aes, temp);
    xor_into(temp, opc, sizeof temp);
    done = done && put_output(aes, opc, temp, 0, out) && put_output(aes, opc, temp, 1, out + MILENAGE_SIZE);
    if (done) {
        memcpy(ck_ik, out, sizeof out);
    }
    mikey_wipe(temp, sizeof temp);
    mikey_wipe(out, sizeof out);
    return done;
}

bool milenage_ck_ik(const uint8_t k[MILENAGE_SIZE], const uint8_t opc[MILENAGE_SIZE],
                    const uint8_t rand[MILENAGE_SIZE], uint8_t ck_ik[2 * MILENAGE_SIZE])
{
    gcry_cipher_hd_t aes;
    bool done;

    if (gcry_cipher_open(&aes, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_ECB, 0) != 0) {
        return false;
    }
    done = gcry_cipher_setkey(aes, k, MILENAGE_SIZE) == 0 && put_outputs(aes, opc, rand, ck_ik);
    gcry_cipher_close(aes);
    return done;
}
