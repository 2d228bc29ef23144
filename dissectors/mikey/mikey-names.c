/* mikey-names.c
 * Names of the numbers in MIKEY messages, one table per registry, each under the clause that assigns it.
 * Where Wireshark's own MIKEY dissector has a text for a number, it is the same text here.
 *
 *   {number, name}, in the order of the numbers, ended by a NULL name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-names.h"

#include <stddef.h>

/* One number a line. */
/* clang-format off */

/* RFC 3830 table 6.1.a; 7-8 RFC 4650; 9-10 RFC 4738; 11-18 RFC 6043; 19-25 RFC 6267; 26 RFC 6509 */
const mikey_name_t mikey_data_types[] = {
    { 0, "Pre-shared" },
    { 1, "PSK ver msg" },
    { 2, "Public key" },
    { 3, "PK ver msg" },
    { 4, "D-H init" },
    { 5, "D-H resp" },
    { 6, "Error" },
    { 7, "DHHMAC init" },
    { 8, "DHHMAC resp" },
    { 9, "RSA-R I_MSG" },
    { 10, "RSA-R R_MSG" },
    { 11, "REQUEST_INIT_PSK" },
    { 12, "REQUEST_INIT_PK" },
    { 13, "REQUEST_RESP" },
    { 14, "TRANSFER_INIT" },
    { 15, "TRANSFER_RESP" },
    { 16, "RESOLVE_INIT_PSK" },
    { 17, "RESOLVE_INIT_PK" },
    { 18, "RESOLVE_RESP" },
    { 19, "REQUEST_KEY_PSK" },
    { 20, "REQUEST_KEY_PKE" },
    { 21, "REQUEST_KEY_RESP" },
    { 22, "I_MESSAGE_1" },
    { 23, "R_MESSAGE_1" },
    { 24, "I_MESSAGE_2" },
    { 25, "R_MESSAGE_2" },
    { 26, "SAKKE" },
    { 27, "CS Id map Update" },
    { 0, NULL },
};

/* RFC 3830 table 6.1.b; 13-17 RFC 6043; 22-25 RFC 6267; 26 RFC 6509 */
const mikey_name_t mikey_payloads[] = {
    { 0, "Last payload" },
    { 1, "Key Data Transport (KEMAC)" },
    { 2, "Envelope Data (PKE)" },
    { 3, "DH Data (DH)" },
    { 4, "Signature (SIGN)" },
    { 5, "Timestamp (T)" },
    { 6, "ID" },
    { 7, "Certificate (CERT)" },
    { 8, "CHASH" },
    { 9, "Ver msg (V)" },
    { 10, "Security Policy (SP)" },
    { 11, "RAND" },
    { 12, "Error (ERR)" },
    { 13, "Timestamp with role (TR)" },
    { 14, "IDR" },
    { 15, "RAND with role (RANDR)" },
    { 16, "Ticket Policy (TP)" },
    { 17, "Ticket (TICKET)" },
    { 20, "Key data (KEY)" },
    { 21, "General Extension (EXT)" },
    { 22, "IBAKE" },
    { 23, "Encrypted Secret Key (ESK)" },
    { 24, "Secret Key (SK)" },
    { 25, "ECC Point (ECCPT)" },
    { 26, "SAKKE Encapsulated Data (SAKKE)" },
    { 0, NULL },
};

/* RFC 3830 table 6.1.c; 1 RFC 6043 table 6.3 */
const mikey_name_t mikey_prfs[] = {
    { 0, "MIKEY-1" },
    { 1, "PRF-HMAC-SHA-256" },
    { 0, NULL },
};

/* RFC 3830 §6.1; 1 RFC 4563 §5; 2 RFC 6043 §6.1.1 */
const mikey_name_t mikey_map_types[] = {
    { 0, "SRTP-ID" },
    { 1, "Empty map" },
    { 2, "GENERIC-ID" },
    { 0, NULL },
};

/* RFC 3830 table 6.2.a; 3 RFC 6043 table 6.5 */
const mikey_name_t mikey_encr_algs[] = {
    { 0, "NULL" },
    { 1, "AES-CM-128" },
    { 2, "AES-KW-128" },
    { 3, "AES-CM-256" },
    { 0, NULL },
};

/* RFC 3830 table 6.2.b; 2 RFC 6043 table 6.6 */
const mikey_name_t mikey_mac_algs[] = {
    { 0, "NULL" },
    { 1, "HMAC-SHA-1-160" },
    { 2, "HMAC-SHA-256-256" },
    { 0, NULL },
};

/* RFC 3830 table 6.6; 3 RFC 6043 table 6.8 */
const mikey_name_t mikey_ts_types[] = {
    { 0, "NTP-UTC" },
    { 1, "NTP" },
    { 2, "COUNTER" },
    { 3, "NTP-UTC-32" },
    { 0, NULL },
};

/* RFC 3830 table 6.7.a; 2 RFC 6043 */
const mikey_name_t mikey_id_types[] = {
    { 0, "NAI" },
    { 1, "URI" },
    { 2, "Byte string" },
    { 0, NULL },
};

/* RFC 3830 table 6.8.a; 2 RFC 6043 */
const mikey_name_t mikey_hashes[] = {
    { 0, "SHA-1" },
    { 1, "MD5" },
    { 2, "SHA-256" },
    { 0, NULL },
};

/* RFC 3830 table 6.5.a; 2 RFC 6509 */
const mikey_name_t mikey_sign_types[] = {
    { 0, "RSA/PKCS#1/1.5" },
    { 1, "RSA/PSS" },
    { 2, "ECCSI" },
    { 0, NULL },
};

/* RFC 3830 table 6.10.a */
const mikey_name_t mikey_prot_types[] = {
    { 0, "SRTP" },
    { 0, NULL },
};

/* RFC 3830 table 6.10.1.a; 20 TS 33.179 Annex E.3 */
const mikey_name_t mikey_srtp_params[] = {
    { 0, "Encryption algorithm" },
    { 1, "Session Encr. key length" },
    { 2, "Authentication algorithm" },
    { 3, "Session Auth. key length" },
    { 4, "Session Salt key length" },
    { 5, "SRTP Pseudo Random Function" },
    { 6, "Key derivation rate" },
    { 7, "SRTP encryption" },
    { 8, "SRTCP encryption" },
    { 9, "Sender's FEC order" },
    { 10, "SRTP authentication" },
    { 11, "Authentication tag length" },
    { 12, "SRTP prefix length" },
    { 20, "AEAD authentication tag length" },
    { 0, NULL },
};

/* RFC 3830 table 6.10.1.b; 6 TS 33.179 Annex E.3 */
const mikey_name_t mikey_srtp_encrs[] = {
    { 0, "NULL" },
    { 1, "AES-CM" },
    { 2, "AES-F8" },
    { 6, "AES-GCM" },
    { 0, NULL },
};

/* RFC 3830 table 6.10.1.c */
const mikey_name_t mikey_srtp_auths[] = {
    { 0, "NULL" },
    { 1, "HMAC-SHA-1" },
    { 0, NULL },
};

/* RFC 3830 table 6.10.1.d */
const mikey_name_t mikey_srtp_prfs[] = {
    { 0, "AES-CM" },
    { 0, NULL },
};

/* RFC 3830 table 6.10.1.e */
const mikey_name_t mikey_fec_orders[] = {
    { 0, "FEC-SRTP" },
    { 0, NULL },
};

/* RFC 3830 §6.10.1 */
const mikey_name_t mikey_on_off[] = {
    { 0, "Off" },
    { 1, "On" },
    { 0, NULL },
};

/* RFC 3830 §6.12; 13 RFC 4738; 14-15 RFC 6043 */
const mikey_name_t mikey_errors[] = {
    { 0, "Authentication failure" },
    { 1, "Invalid timestamp" },
    { 2, "PRF function not supported" },
    { 3, "MAC algorithm not supported" },
    { 4, "Encryption algorithm not supported" },
    { 5, "Hash function not supported" },
    { 6, "DH group not supported" },
    { 7, "ID not supported" },
    { 8, "Certificate not supported" },
    { 9, "SP type not supported" },
    { 10, "SP parameters not supported" },
    { 11, "Data type not supported" },
    { 12, "Unspecified error" },
    { 13, "Unsupported message type" },
    { 14, "Invalid TICKET" },
    { 15, "Invalid TP parameters" },
    { 0, NULL },
};

/* RFC 3830 table 6.13.a; 6 RFC 6043; 7 RFC 6267 */
const mikey_name_t mikey_key_data_types[] = {
    { 0, "TGK" },
    { 1, "TGK+SALT" },
    { 2, "TEK" },
    { 3, "TEK+SALT" },
    { 4, "GTGK" },
    { 5, "GTGK+SALT" },
    { 6, "MPK" },
    { 7, "K_PR" },
    { 0, NULL },
};

/* RFC 3830 table 6.13.b */
const mikey_name_t mikey_kvs[] = {
    { 0, "Null" },
    { 1, "SPI/MKI" },
    { 2, "Interval" },
    { 0, NULL },
};

/* RFC 3830 table 6.15.a; 2 RFC 4442; 3 RFC 4563 §4; 4 RFC 4738; 5 RFC 5410 §3; 6-7 TS 33.179 E.5, E.6 */
const mikey_name_t mikey_ext_types[] = {
    { 0, "Vendor-ID" },
    { 1, "SDP-IDs" },
    { 2, "TESLA I-Key" },
    { 3, "Key ID information" },
    { 4, "CSB_ID" },
    { 5, "OMA BCAST" },
    { 6, "SAKKE-to-self" },
    { 7, "3GPP key parameters" },
    { 0, NULL },
};

/* RFC 4563 §4 */
const mikey_name_t mikey_key_id_types[] = {
    { 0, "MBMS Key Domain ID" },
    { 1, "MBMS Service Key ID" },
    { 2, "MBMS Traffic Key ID" },
    { 0, NULL },
};

/* RFC 5410 §3 */
const mikey_name_t mikey_bcast_subtypes[] = {
    { 1, "LTKM management data" },
    { 2, "STKM management data" },
    { 3, "LTKM Reporting" },
    { 4, "Parental Control" },
    { 0, NULL },
};

/* clang-format on */

const char *mikey_name(const mikey_name_t *names, uint32_t value)
{
    while (names->name && names->value != value) {
        names++;
    }
    return names->name;
}

const char *mikey_name_or_unknown(const mikey_name_t *names, uint32_t value)
{
    const char *name = mikey_name(names, value);

    return name ? name : "Unknown";
}
