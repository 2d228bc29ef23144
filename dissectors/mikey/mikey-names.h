/* mikey-names.h
 * Names of the numbers in MIKEY messages (RFC 3830 §6, RFC 4442, 4563, 4650, 4738, 5410, 6043, 6267, 6509).
 * One table per registry, so that a registry's new number is one line.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_NAMES_H
#define MIKEY_NAMES_H

#include <stdint.h>

/* A row of a table, laid out as Wireshark's value_string; a NULL name ends the table. */
typedef struct {
    uint32_t value;
    const char *name;
} mikey_name_t;

extern const mikey_name_t mikey_data_types[];
extern const mikey_name_t mikey_payloads[];
extern const mikey_name_t mikey_prfs[];
extern const mikey_name_t mikey_map_types[];
extern const mikey_name_t mikey_encr_algs[];
extern const mikey_name_t mikey_mac_algs[];
extern const mikey_name_t mikey_ts_types[];
extern const mikey_name_t mikey_id_types[];
extern const mikey_name_t mikey_hashes[];
extern const mikey_name_t mikey_sign_types[];
extern const mikey_name_t mikey_prot_types[];
extern const mikey_name_t mikey_srtp_params[];
extern const mikey_name_t mikey_srtp_encrs[];
extern const mikey_name_t mikey_srtp_auths[];
extern const mikey_name_t mikey_srtp_prfs[];
extern const mikey_name_t mikey_fec_orders[];
extern const mikey_name_t mikey_on_off[];
extern const mikey_name_t mikey_errors[];
extern const mikey_name_t mikey_key_data_types[];
extern const mikey_name_t mikey_kvs[];
extern const mikey_name_t mikey_ext_types[];
extern const mikey_name_t mikey_key_id_types[];
extern const mikey_name_t mikey_bcast_subtypes[];

/* The name of |value|, NULL where it has none. */
const char *mikey_name(const mikey_name_t *names, uint32_t value);

/* The same, "Unknown" in place of NULL. */
const char *mikey_name_or_unknown(const mikey_name_t *names, uint32_t value);

#endif
