/* mikey-fields.h
 * The fields of Wireshark's own "mikey" dissector, by which everything is shown that they have a name for:
 * filters written for MIKEY on UDP find LTKMs in HTTP bodies as well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_FIELDS_H
#define MIKEY_FIELDS_H

#include "packet/compat.h"

/* MIKEY_FIELD(member, filter name after "mikey.", label, type, display, mask): label to mask serve only where
 * a Wireshark lacks the field or has it with another type; it is then registered as "ltkm." + name. */
#define MIKEY_FIELDS(MIKEY_FIELD)                                                                            \
    MIKEY_FIELD(hdr, "hdr", "Common Header (HDR)", FT_NONE, BASE_NONE, 0)                                    \
    MIKEY_FIELD(kemac, "kemac", "Key Data Transport (KEMAC)", FT_NONE, BASE_NONE, 0)                         \
    MIKEY_FIELD(sign, "sign", "Signature (SIGN)", FT_NONE, BASE_NONE, 0)                                     \
    MIKEY_FIELD(t, "t", "Timestamp (T)", FT_NONE, BASE_NONE, 0)                                              \
    MIKEY_FIELD(id, "id", "ID", FT_NONE, BASE_NONE, 0)                                                       \
    MIKEY_FIELD(chash, "chash", "CHASH", FT_NONE, BASE_NONE, 0)                                              \
    MIKEY_FIELD(v, "v", "Ver msg (V)", FT_NONE, BASE_NONE, 0)                                                \
    MIKEY_FIELD(sp, "sp", "Security Policy (SP)", FT_NONE, BASE_NONE, 0)                                     \
    MIKEY_FIELD(rand, "rand", "RAND", FT_NONE, BASE_NONE, 0)                                                 \
    MIKEY_FIELD(err, "err", "Error (ERR)", FT_NONE, BASE_NONE, 0)                                            \
    MIKEY_FIELD(key, "key", "Key data (KEY)", FT_NONE, BASE_NONE, 0)                                         \
    MIKEY_FIELD(ext, "ext", "General Extension (EXT)", FT_NONE, BASE_NONE, 0)                                \
    MIKEY_FIELD(version, "version", "Version", FT_UINT8, BASE_DEC, 0)                                        \
    MIKEY_FIELD(type, "type", "Data Type", FT_UINT8, BASE_DEC, 0)                                            \
    MIKEY_FIELD(next_payload, "next_payload", "Next Payload", FT_UINT8, BASE_DEC, 0)                         \
    MIKEY_FIELD(v_set, "v.set", "V", FT_BOOLEAN, 8, 0x80)                                                    \
    MIKEY_FIELD(prf_func, "prf_func", "PRF func", FT_UINT8, BASE_DEC, 0x7f)                                  \
    MIKEY_FIELD(csb_id, "csb_id", "CSB ID", FT_UINT32, BASE_HEX, 0)                                          \
    MIKEY_FIELD(cs_count, "cs_count", "#CS", FT_UINT8, BASE_DEC, 0)                                          \
    MIKEY_FIELD(cs_id_map_type, "cs_id_map_type", "CS ID map type", FT_UINT8, BASE_DEC, 0)                   \
    MIKEY_FIELD(srtp_id, "srtp_id", "SRTP ID", FT_NONE, BASE_NONE, 0)                                        \
    MIKEY_FIELD(srtp_id_policy_no, "srtp_id.policy_no", "Policy No", FT_UINT8, BASE_DEC, 0)                  \
    MIKEY_FIELD(srtp_id_ssrc, "srtp_id.ssrc", "SSRC", FT_UINT32, BASE_HEX, 0)                                \
    MIKEY_FIELD(srtp_id_roc, "srtp_id.roc", "ROC", FT_UINT32, BASE_HEX, 0)                                   \
    MIKEY_FIELD(kemac_encr_alg, "kemac.encr_alg", "Encr alg", FT_UINT8, BASE_DEC, 0)                         \
    MIKEY_FIELD(kemac_key_data_len, "kemac.key_data_len", "Key data len", FT_UINT16, BASE_DEC, 0)            \
    MIKEY_FIELD(kemac_key_data, "kemac.key_data", "Key data", FT_BYTES, BASE_NONE, 0)                        \
    MIKEY_FIELD(kemac_mac_alg, "kemac.mac_alg", "Mac alg", FT_UINT8, BASE_DEC, 0)                            \
    MIKEY_FIELD(kemac_mac, "kemac.mac", "MAC", FT_BYTES, BASE_NONE, 0)                                       \
    MIKEY_FIELD(t_ts_type, "t.ts_type", "TS type", FT_UINT8, BASE_DEC, 0)                                    \
    MIKEY_FIELD(t_ntp, "t.ntp", "NTP timestamp", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, 0)                     \
    MIKEY_FIELD(id_type, "id.type", "ID type", FT_UINT8, BASE_DEC, 0)                                        \
    MIKEY_FIELD(id_len, "id.len", "ID len", FT_UINT16, BASE_DEC, 0)                                          \
    MIKEY_FIELD(id_data, "id.data", "ID", FT_STRING, BASE_NONE, 0)                                           \
    MIKEY_FIELD(v_auth_alg, "v.auth_alg", "Auth alg", FT_UINT8, BASE_DEC, 0)                                 \
    MIKEY_FIELD(v_ver_data, "v.ver_data", "Ver data", FT_BYTES, BASE_NONE, 0)                                \
    MIKEY_FIELD(rand_len, "rand.len", "RAND len", FT_UINT8, BASE_DEC, 0)                                     \
    MIKEY_FIELD(rand_data, "rand.data", "RAND", FT_BYTES, BASE_NONE, 0)                                      \
    MIKEY_FIELD(err_no, "err.no", "Error no.", FT_UINT8, BASE_DEC, 0)                                        \
    MIKEY_FIELD(err_reserved, "err.reserved", "Reserved", FT_BYTES, BASE_NONE, 0)                            \
    MIKEY_FIELD(key_type, "key.type", "Type", FT_UINT8, BASE_DEC, 0xf0)                                      \
    MIKEY_FIELD(key_kv, "key.kv", "KV", FT_UINT8, BASE_DEC, 0x0f)                                            \
    MIKEY_FIELD(key_data_len, "key.data.len", "Key len", FT_UINT16, BASE_DEC, 0)                             \
    MIKEY_FIELD(key_data, "key.data", "Key", FT_BYTES, BASE_NONE, 0)                                         \
    MIKEY_FIELD(key_salt_len, "key.salt.len", "Salt key len", FT_UINT16, BASE_DEC, 0)                        \
    MIKEY_FIELD(key_salt, "key.salt", "Salt key", FT_BYTES, BASE_NONE, 0)                                    \
    MIKEY_FIELD(key_kv_from_len, "key.kv.from.len", "Valid from len", FT_UINT8, BASE_DEC, 0)                 \
    MIKEY_FIELD(key_kv_from, "key.kv.from", "Valid from", FT_BYTES, BASE_NONE, 0)                            \
    MIKEY_FIELD(key_kv_to_len, "key.kv.to.len", "Valid to len", FT_UINT8, BASE_DEC, 0)                       \
    MIKEY_FIELD(key_kv_to, "key.kv.to", "Valid to", FT_BYTES, BASE_NONE, 0)                                  \
    MIKEY_FIELD(key_kv_spi_len, "key.kv.spi.len", "Valid SPI len", FT_UINT8, BASE_DEC, 0)                    \
    MIKEY_FIELD(key_kv_spi, "key.kv.spi", "Valid SPI", FT_BYTES, BASE_NONE, 0)                               \
    MIKEY_FIELD(ext_type, "ext.type", "Extension type", FT_UINT8, BASE_DEC, 0)                               \
    MIKEY_FIELD(ext_len, "ext.len", "Length", FT_UINT16, BASE_DEC, 0)                                        \
    MIKEY_FIELD(ext_data, "ext.data", "Data", FT_BYTES, BASE_NONE, 0)                                        \
    MIKEY_FIELD(ext_value, "ext.value", "Value", FT_STRING, BASE_NONE, 0)                                    \
    MIKEY_FIELD(sign_type, "sign.type", "Signature type", FT_UINT16, BASE_DEC, 0xf000)                       \
    MIKEY_FIELD(sign_len, "sign.len", "Signature len", FT_UINT16, BASE_DEC, 0x0fff)                          \
    MIKEY_FIELD(sign_data, "sign.data", "Signature", FT_BYTES, BASE_NONE, 0)                                 \
    MIKEY_FIELD(sp_no, "sp.no", "Policy No", FT_UINT8, BASE_DEC, 0)                                          \
    MIKEY_FIELD(sp_proto_type, "sp.proto_type", "Protocol type", FT_UINT8, BASE_DEC, 0)                      \
    MIKEY_FIELD(sp_param_len, "sp.param_len", "Policy param length", FT_UINT16, BASE_DEC, 0)                 \
    MIKEY_FIELD(sp_param, "sp.param", "Policy param", FT_BYTES, BASE_NONE, 0)                                \
    MIKEY_FIELD(sp_param_type, "sp.param.type", "Type", FT_UINT8, BASE_DEC, 0)                               \
    MIKEY_FIELD(sp_param_length, "sp.param.len", "Length", FT_UINT8, BASE_DEC, 0)                            \
    MIKEY_FIELD(sp_encr_alg, "sp.encr_alg", "Encryption algorithm", FT_UINT8, BASE_DEC, 0)                   \
    MIKEY_FIELD(sp_encr_len, "sp.encr_len", "Session Encr. key length", FT_UINT8, BASE_DEC, 0)               \
    MIKEY_FIELD(sp_auth_alg, "sp.auth_alg", "Authentication algorithm", FT_UINT8, BASE_DEC, 0)               \
    MIKEY_FIELD(sp_auth_key_len, "sp.auth_key_len", "Session Auth. key length", FT_UINT8, BASE_DEC, 0)       \
    MIKEY_FIELD(sp_salt_len, "sp.salt_len", "Session Salt key length", FT_UINT8, BASE_DEC, 0)                \
    MIKEY_FIELD(sp_prf, "sp.prf", "SRTP Pseudo Random Function", FT_UINT8, BASE_DEC, 0)                      \
    MIKEY_FIELD(sp_kd_rate, "sp.kd_rate", "Key derivation rate", FT_UINT8, BASE_DEC, 0)                      \
    MIKEY_FIELD(sp_srtp_encr, "sp.srtp_encr", "SRTP encryption", FT_UINT8, BASE_DEC, 0)                      \
    MIKEY_FIELD(sp_srtcp_encr, "sp.srtcp_encr", "SRTCP encryption", FT_UINT8, BASE_DEC, 0)                   \
    MIKEY_FIELD(sp_fec, "sp.fec", "Sender's FEC order", FT_UINT8, BASE_DEC, 0)                               \
    MIKEY_FIELD(sp_srtp_auth, "sp.srtp_auth", "SRTP authentication", FT_UINT8, BASE_DEC, 0)                  \
    MIKEY_FIELD(sp_auth_tag_len, "sp.auth_tag_len", "Authentication tag length", FT_UINT8, BASE_DEC, 0)      \
    MIKEY_FIELD(sp_srtp_prefix, "sp.srtp_prefix", "SRTP prefix length", FT_UINT8, BASE_DEC, 0)

/* One header field id per row. */
typedef struct {
#define MIKEY_FIELD_MEMBER(member, name, label, type, display, mask) int member;
    MIKEY_FIELDS(MIKEY_FIELD_MEMBER)
#undef MIKEY_FIELD_MEMBER
    int proto; /* the protocol "mikey" */
} mikey_fields_t;

extern mikey_fields_t mikey_fields;

/* Looks all names up; at hand-off, when every built-in dissector has registered. Registers what is missing,
 * or of another type, under |proto_ltkm|. */
void mikey_fields_handoff(int proto_ltkm);

/* Whether anybody asks for one of them, or for the protocol. */
bool mikey_fields_are_referenced(proto_tree *tree);

#endif
