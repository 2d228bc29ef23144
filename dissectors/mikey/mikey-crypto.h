/* mikey-crypto.h
 * MIKEY's pre-shared key mode: keys from a PSK (RFC 3830 §4.1), the MACs of KEMAC and V (RFC 3830 §5.2,
 * RFC 6043 §5.5), and KEMAC decryption (RFC 3830 §4.2.3, RFC 6043 §6.2).
 *
 * Pure: no epan, no global state, nothing allocated for the caller. Lengths are bytes. The bytes of every
 * |message| must still be there. libgcrypt must have been
 * initialised (gcry_check_version).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_CRYPTO_H
#define MIKEY_CRYPTO_H

#include "mikey/mikey-message.h"

#define MIKEY_MAX_RAND_LENGTH 255 /* RFC 3830 §6.11: a one-byte length */

/* The transport keys of one PSK, CSB ID and RAND, each as long as any algorithm takes it. An algorithm with a
 * shorter key uses its first bytes: a shorter PRF output is the prefix of a longer one. */
typedef struct {
    uint8_t encr_key[32];
    uint8_t auth_key[32];
    uint8_t salt_key[14];
} mikey_keys_t;

/* The numbers are those of Wireshark's proto_checksum_enum_e. */
typedef enum {
    MIKEY_MAC_BAD = 0,
    MIKEY_MAC_GOOD = 1,
    MIKEY_MAC_UNVERIFIED = 2, /* no keys, an unknown algorithm, or the message is cut or unreadable there */
    MIKEY_MAC_NOT_PRESENT = 3 /* MAC algorithm NULL, or the whole chain has no such payload */
} mikey_mac_status_t;

/* What a verification message's MAC covers besides the message itself: fields of the Initiator's message. The
 * bytes stay the caller's. Length 0 where the Initiator's message has no such payload. */
typedef struct {
    const uint8_t *idi; /* data of the ID payloads, without type and length */
    size_t idi_length;
    const uint8_t *idr;
    size_t idr_length;
    const uint8_t *t; /* value of T as transported */
    size_t t_length;
    uint8_t ts_type; /* mikey_ts_type_t */
} mikey_initiator_t;

/* What was appended to the verification message for a MAC that is good. */
typedef enum {
    MIKEY_V_NONE = 0,          /* nothing matched, or nothing was tried */
    MIKEY_V_RFC = 1,           /* IDi, IDr, Initiator's T as transported: RFC 3830 §5.2 */
    MIKEY_V_RFC_T64 = 2,       /* IDi, IDr, Initiator's T as 64 bits */
    MIKEY_V_NO_IDS_T64 = 3,    /* Initiator's T as 64 bits alone, as libmikey has it */
    MIKEY_V_OWN_T_RFC = 4,     /* the same three with the verification message's own T */
    MIKEY_V_OWN_T_RFC_T64 = 5, /* where that differs from the Initiator's */
    MIKEY_V_OWN_T_NO_IDS_T64 = 6,
} mikey_v_form_t;

typedef enum {
    MIKEY_OPENED = 0,
    MIKEY_NOTHING_TO_OPEN = 1, /* no whole KEMAC, or it has no Encr data */
    MIKEY_NO_KEYS = 2,
    MIKEY_UNKNOWN_ALGORITHM = 3,
    MIKEY_NO_IV = 4,         /* AES-CM in a message without T */
    MIKEY_WRONG_KEY = 5,     /* AES-KW: the integrity check failed; AES-CM cannot tell */
    MIKEY_BAD_LENGTH = 6,    /* AES-KW: not a multiple of 8, or below 24 */
    MIKEY_CIPHER_FAILED = 7, /* libgcrypt refused */
} mikey_open_result_t;

/* Derives the transport keys, RFC 3830 §4.1.4 with the PRF of §4.1.2. |prf_func| is HDR's: 0 MIKEY-1,
 * 1 HMAC-SHA-256 (RFC 6043 table 6.3). |rand| is that of the Initiator's message; an STKM, which has none,
 * takes over its LTKM's. False, with |keys| zeroed: unknown PRF, empty PSK, RAND above
 * MIKEY_MAX_RAND_LENGTH, or libgcrypt refuses. */
bool mikey_derive_keys(mikey_keys_t *keys, uint8_t prf_func, const uint8_t *psk, size_t psk_length,
                       uint32_t csb_id, const uint8_t *rand, size_t rand_length);

/* The same, no longer than |message| takes them: encr_key as KEMAC's algorithm has it; auth_key and salt_key
 * whole, for the MAC of V may be of another algorithm. And |*mac|, which only true sets: mikey_check_mac()
 * under these keys. */
bool mikey_derive_keys_of(mikey_keys_t *keys, const mikey_message_t *message, const uint8_t *psk,
                          size_t psk_length, const uint8_t *rand, size_t rand_length,
                          mikey_mac_status_t *mac);

/* Length of the key of an algorithm of KEMAC; 0: none. The longest of an unknown one. */
size_t mikey_encr_key_length(uint8_t encr_alg);

/* Checks KEMAC's MAC, which covers all bytes before it: RFC 3830 §5.2 and §6.2. |keys| may be NULL where none
 * are known. */
mikey_mac_status_t mikey_check_mac(const mikey_message_t *message, const mikey_keys_t *keys);

/* The same under a PSK. For trying many: not all keys are derived. */
mikey_mac_status_t mikey_check_psk(const mikey_message_t *message, const uint8_t *psk, size_t psk_length,
                                   const uint8_t *rand, size_t rand_length);

/* What the MAC of an answer to |ltkm| covers of it; points into its bytes. */
mikey_initiator_t mikey_initiator_of(const mikey_message_t *ltkm);

/* Checks the MAC of the V payload: RFC 3830 §5.2 as RFC 6043 §5.5 makes it clear. |ltkm_keys| are those of
 * the Initiator's message, NULL where none are known. The forms are tried in the order of their numbers;
 * |form| is the first one that matches, MIKEY_V_NONE where the result is not MIKEY_MAC_GOOD. */
mikey_mac_status_t mikey_check_verification(const mikey_message_t *verification,
                                            const mikey_keys_t *ltkm_keys, const mikey_initiator_t *ltkm,
                                            mikey_v_form_t *form);

/* What the MAC covers, as a short text. */
const char *mikey_v_form_text(mikey_v_form_t form);

/* Decrypts KEMAC's Encr data: NULL, AES-CM-128, AES-KW-128 (RFC 3830 §4.2.3), AES-CM-256 (RFC 6043 §6.2).
 * |keys| may be NULL where none are known, which is enough for NULL. |plain| has room for Encr data length
 * bytes; |plain_length| becomes the number of bytes in it, 0 unless the result is MIKEY_OPENED. The MAC is
 * not looked at: AES-CM opens with any key, so check it first. */
mikey_open_result_t mikey_open_kemac(const mikey_message_t *message, const mikey_keys_t *keys, uint8_t *plain,
                                     size_t *plain_length);

/* Overwrites a secret before its memory is given back. */
void mikey_wipe(void *secret, size_t length);

#endif
