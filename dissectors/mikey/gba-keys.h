/* gba-keys.h
 * The keys of a bootstrapping (GBA): what a terminal and a BSM share, out of what its card holds and of what
 * a capture shows. RAND stands in the B-TID, the name of the BSM in IDi or in the realm.
 *
 *   Ks          CK | IK
 *   Ks_NAF      KDF(Ks, "gba-me", RAND, IMPI, NAF_Id); of GBA_U it is called Ks_ext_NAF
 *   Ks_int_NAF  KDF(Ks, "gba-u", RAND, IMPI, NAF_Id)
 *
 * TS 33.220 §4.5, §5.3 and Annex B; TS 33.246 §6.1 and Annex F.
 *
 * Pure. libgcrypt must have been initialised.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GBA_KEYS_H
#define GBA_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GBA_RAND_SIZE 16
#define GBA_KEY_SIZE  32

/* The RAND in a B-TID, which is base64(RAND)@BSF; false if it is none of that kind. */
bool gba_rand_of_btid(const char *btid, size_t length, uint8_t rand[GBA_RAND_SIZE]);

/* The keys that MUK and MRK may be. */
typedef enum {
    GBA_KS_INT_NAF,
    GBA_KS_NAF,
    GBA_KS_NAF_MRK, /* KDF(Ks_NAF, "mbms-mrk") */
    GBA_KEYS
} gba_key_t;

/* What MUK and MRK are: a capture does not tell, so that they are tried in this order. */
typedef struct {
    gba_key_t muk;
    gba_key_t mrk;
} gba_case_t;

enum {
    GBA_CASES = 2,       /* the third, GBA_ME, has the same bytes as the second */
    GBA_UA_PROTOCOLS = 1 /* identifiers of protocols that may stand in NAF_Id, the likeliest first */
};

extern const gba_case_t gba_cases[GBA_CASES];

/* "Ks_int_NAF" */
const char *gba_key_name(gba_key_t key);

/* What the keys of one bootstrapping with one BSM are made of, besides Ks. The texts stay the caller's. */
typedef struct {
    uint8_t rand[GBA_RAND_SIZE];
    const char *impi;
    const char *fqdn; /* as the terminal wrote it: another spelling gives other keys */
    size_t fqdn_length;
    unsigned ua_protocol; /* below GBA_UA_PROTOCOLS */
} gba_naf_t;

/* Derives |key|. False, with |out| zeroed: a text above 65535 bytes, or libgcrypt refuses. */
bool gba_derive(gba_key_t key, const uint8_t ks[GBA_KEY_SIZE], const gba_naf_t *naf,
                uint8_t out[GBA_KEY_SIZE]);

#endif
