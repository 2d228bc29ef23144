/* identifiers.h
 * What can be read out of the identifiers in MBMS MIKEY messages: the BSM's host name in IDi, the network
 * in a Key Domain ID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_IDENTIFIERS_H
#define MIKEY_IDENTIFIERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a Ua security protocol identifier (TS 33.220 Annex H). */
#define UA_PROTOCOL_ID_SIZE 5

typedef struct {
    uint32_t offset;      /* of the host name in the identity */
    uint32_t length;      /* 0: no host name found */
    bool has_ua_protocol; /* NAF-ID form: exactly five bytes follow the name, the first is 01 */
} naf_host_t;

/* Finds the NAF's host name in the identity |bytes| of an IDi payload: behind a scheme and user part ("@") if
 * it has them, the longest run of legal host name labels (RFC 1123). None if that run has more than 253 bytes
 * or breaks off inside a name: part of a name would name another host. A root dot at the end is left out. */
naf_host_t naf_host_find(const uint8_t *bytes, size_t length);

/* Name of a Ua security protocol identifier (five bytes), NULL if unknown. */
const char *ua_protocol_name(const uint8_t *bytes);

/* "MCC 262, MNC 01" into |text| if the three bytes of a Key Domain ID are a PLMN identity coded as in
 * TS 24.008 §10.5.1.3 (swapped nibbles, all digits; F only as the third MNC digit); else false. */
#define KEY_DOMAIN_TEXT_SIZE 24
bool key_domain_plmn(const uint8_t *bytes, size_t length, char text[KEY_DOMAIN_TEXT_SIZE]);

#endif
