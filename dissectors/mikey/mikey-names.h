/* mikey-names.h
 * Names of the numbers in MIKEY messages (RFC 3830 §6, RFC 4442, 4563, 4650, 4738, 5410, 6043, 6267, 6509).
 * One table per registry, so that a registry's new number is one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_NAMES_H
#define MIKEY_NAMES_H

#include <stdint.h>

typedef enum {
    MIKEY_NAMES_DATA_TYPE,
    MIKEY_NAMES_PAYLOAD,
    MIKEY_NAMES_PRF,
    MIKEY_NAMES_MAP_TYPE,
    MIKEY_NAMES_ENCR_ALG,
    MIKEY_NAMES_MAC_ALG,
    MIKEY_NAMES_TS_TYPE,
    MIKEY_NAMES_ID_TYPE,
    MIKEY_NAMES_HASH,
    MIKEY_NAMES_SIGN_TYPE,
    MIKEY_NAMES_PROT_TYPE,
    MIKEY_NAMES_SRTP_PARAM,
    MIKEY_NAMES_SRTP_ENCR,
    MIKEY_NAMES_SRTP_AUTH,
    MIKEY_NAMES_SRTP_PRF,
    MIKEY_NAMES_FEC_ORDER,
    MIKEY_NAMES_ON_OFF,
    MIKEY_NAMES_ERROR,
    MIKEY_NAMES_KEY_DATA_TYPE,
    MIKEY_NAMES_KV,
    MIKEY_NAMES_EXT_TYPE,
    MIKEY_NAMES_KEY_ID_TYPE,
    MIKEY_NAMES_BCAST_SUBTYPE,
} mikey_names_t;

/* The name of |code| in |registry|, NULL where it has none. */
const char *mikey_name(mikey_names_t registry, uint32_t code);

/* The same, "Unknown" in place of NULL. */
const char *mikey_name_or_unknown(mikey_names_t registry, uint32_t code);

#endif
