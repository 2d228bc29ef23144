/* mikey-message.h
 * MIKEY messages (RFC 3830 §6, RFC 4563, RFC 5410, RFC 6043 §6) as typed payloads with byte ranges.
 *
 * Pure: no epan, no global state. Offsets are bytes from the start of the message; a range never reaches
 * beyond the bytes that were handed in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_MESSAGE_H
#define MIKEY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wsutil/wmem/wmem.h>

#define MIKEY_VERSION     1
#define MIKEY_HEADER_SIZE 10 /* of HDR without its CS ID map */

/* A message with more payloads than this is cut there (MIKEY_FAULT_TOO_MANY); the same bound holds for the
 * entries of one payload (key ids, policy parameters, key data). Real messages have about ten. */
#define MIKEY_MAX_PAYLOADS 256
#define MIKEY_MAX_FAULTS   16

typedef struct {
    uint32_t offset;
    uint32_t length;
} mikey_range_t;

/* Data type, RFC 3830 §6.1 table 6.1.a. Only those this project decodes itself. */
typedef enum {
    MIKEY_TYPE_PSK_INIT = 0,
    MIKEY_TYPE_PSK_VERIFICATION = 1,
    MIKEY_TYPE_ERROR = 6,
} mikey_data_type_t;

/* Whether messages of a data type are decoded here: pre-shared key, its verification, error. */
static inline bool mikey_is_ours(uint8_t data_type)
{
    return data_type == MIKEY_TYPE_PSK_INIT || data_type == MIKEY_TYPE_PSK_VERIFICATION ||
           data_type == MIKEY_TYPE_ERROR;
}

/* Payload numbers, RFC 3830 §6.1 table 6.1.b, as far as they can stand in those messages. */
typedef enum {
    MIKEY_PAYLOAD_LAST = 0,
    MIKEY_PAYLOAD_KEMAC = 1,
    MIKEY_PAYLOAD_SIGN = 4,
    MIKEY_PAYLOAD_T = 5,
    MIKEY_PAYLOAD_ID = 6,
    MIKEY_PAYLOAD_CHASH = 8,
    MIKEY_PAYLOAD_V = 9,
    MIKEY_PAYLOAD_SP = 10,
    MIKEY_PAYLOAD_RAND = 11,
    MIKEY_PAYLOAD_ERR = 12,
    MIKEY_PAYLOAD_KEY_DATA = 20,
    MIKEY_PAYLOAD_EXT = 21,
} mikey_payload_type_t;

typedef enum {
    MIKEY_MAP_SRTP_ID = 0,    /* RFC 3830 §6.1.1 */
    MIKEY_MAP_EMPTY = 1,      /* RFC 4563 §5: no bytes at all */
    MIKEY_MAP_GENERIC_ID = 2, /* RFC 6043 §6.1.1 */
} mikey_map_type_t;

typedef enum {
    MIKEY_TS_NTP_UTC = 0,
    MIKEY_TS_NTP = 1,
    MIKEY_TS_COUNTER = 2,    /* 4 bytes */
    MIKEY_TS_NTP_UTC_32 = 3, /* RFC 6043: seconds only, 4 bytes */
} mikey_ts_type_t;

enum { MIKEY_ENCR_NULL = 0 }; /* Encr alg: the others are looked up where they are used */

typedef enum {
    MIKEY_EXT_VENDOR_ID = 0,
    MIKEY_EXT_SDP_IDS = 1,
    MIKEY_EXT_KEY_ID = 3, /* RFC 4563 §4: sequence of {type, length, id} */
    MIKEY_EXT_BCAST = 5,  /* RFC 5410 §3: subtype and data */
} mikey_ext_type_t;

typedef enum {
    MIKEY_KEY_ID_DOMAIN = 0,
    MIKEY_KEY_ID_MSK = 1,
    MIKEY_KEY_ID_MTK = 2,
} mikey_key_id_type_t;

typedef enum {
    MIKEY_BCAST_LTKM = 1,
    MIKEY_BCAST_STKM = 2,
    MIKEY_BCAST_LTKM_REPORTING = 3,
    MIKEY_BCAST_PARENTAL_CONTROL = 4,
} mikey_bcast_subtype_t;

typedef enum {
    MIKEY_KV_NULL = 0,
    MIKEY_KV_SPI = 1,
    MIKEY_KV_INTERVAL = 2,
} mikey_kv_type_t;

/* What a message is for MBMS and BCAST; the numbers are those of the filter field ltkm.message. */
typedef enum {
    MIKEY_KIND_UNKNOWN = 0, /* a data type that is not ours, or too short to tell */
    MIKEY_KIND_LTKM = 1,
    MIKEY_KIND_LTKM_WITHOUT_KEY = 2, /* KEMAC Encr data length 0: starts a solicited pull */
    MIKEY_KIND_VERIFICATION = 3,
    MIKEY_KIND_STKM = 4, /* MTK ID in EXT 3, or EXT 5 subtype 2 */
    MIKEY_KIND_ERROR = 5,
    MIKEY_KIND_OTHER = 6,            /* a pre-shared-key message with neither EXT 3 nor EXT 5 */
    MIKEY_KIND_PARENTAL_CONTROL = 7, /* EXT 5 subtype 4 and no LTKM management data */
} mikey_kind_t;

/* One crypto session of the CS ID map. SRTP-ID uses policy_no, ssrc, roc; GENERIC-ID the others. */
typedef struct {
    mikey_range_t range;
    uint8_t policy_no;
    uint32_t ssrc;
    uint32_t roc;
    uint8_t cs_id;
    uint8_t prot_type;
    bool s_flag;
    mikey_range_t policies; /* one byte each */
    mikey_range_t session_data;
    mikey_range_t spi;
} mikey_cs_t;

typedef struct {
    mikey_range_t range; /* type byte to last byte of the value */
    uint8_t type;
    mikey_range_t value;
} mikey_tlv_t;

/* Key data sub-payload, RFC 3830 §6.13. The salt is there only for the odd types 1, 3 and 5. */
typedef struct {
    mikey_range_t range;
    uint8_t next;
    uint8_t type;
    uint8_t kv;
    mikey_range_t key;
    bool has_salt;
    mikey_range_t salt;
    mikey_range_t spi;     /* kv SPI */
    mikey_range_t kv_from; /* kv interval: VF */
    mikey_range_t kv_to;   /* kv interval: VT */
} mikey_key_data_t;

typedef struct {
    uint8_t encr_alg;
    mikey_range_t encr_data;
    uint8_t mac_alg;
    mikey_range_t mac;
    mikey_key_data_t *keys; /* only where encr_alg is NULL; else n_keys is 0 */
    uint32_t n_keys;
} mikey_kemac_t;

typedef struct {
    uint8_t ts_type;
    mikey_range_t value;
    uint64_t number; /* the value as transported, big-endian */
} mikey_timestamp_t;

typedef struct {
    uint8_t id_type;
    mikey_range_t data;
} mikey_id_t;

typedef struct {
    uint8_t policy_no;
    uint8_t prot_type;
    mikey_range_t params_range;
    mikey_tlv_t *params;
    uint32_t n_params;
} mikey_sp_t;

typedef struct {
    uint8_t alg; /* auth alg of V, hash func of CHASH, S type of SIGN */
    mikey_range_t data;
} mikey_digest_t;

typedef struct {
    uint8_t no;
    mikey_range_t reserved;
} mikey_err_t;

typedef struct {
    uint8_t ext_type;
    mikey_range_t data;
    mikey_tlv_t *key_ids; /* type 3 */
    uint32_t n_key_ids;
    uint8_t bcast_subtype; /* type 5, where data is not empty */
    mikey_range_t bcast_data;
} mikey_ext_t;

typedef struct {
    uint8_t type;
    uint8_t next;        /* 0 for SIGN, which has no such byte */
    mikey_range_t range; /* the whole payload */
    union {
        mikey_kemac_t kemac;
        mikey_timestamp_t t;
        mikey_id_t id;
        mikey_digest_t v;
        mikey_digest_t chash;
        mikey_digest_t sign;
        mikey_sp_t sp;
        mikey_range_t rand;
        mikey_err_t err;
        mikey_ext_t ext;
    };
} mikey_payload_t;

/* "Stopped" is the walk over payloads; a fault inside the entries or the key data of one payload (|payload|
 * tells) stops those, and the walk goes on behind the payload. */
typedef enum {
    MIKEY_FAULT_SHORT,    /* a field or length reaches beyond the end (of the message or of its payload) */
    MIKEY_FAULT_VERSION,  /* value: the version; decoding went on */
    MIKEY_FAULT_MAP_TYPE, /* value: a CS ID map type of unknown layout with #CS > 0; stopped */
    MIKEY_FAULT_PAYLOAD_TYPE, /* value: a payload type not decoded here; stopped */
    MIKEY_FAULT_ALGORITHM, /* value: a MAC, hash, time stamp or KV type that leaves the length open; stopped
                            */
    MIKEY_FAULT_TOO_MANY,  /* more payloads or entries than MIKEY_MAX_PAYLOADS; the rest is left out */
    MIKEY_FAULT_TRAILING,  /* value: number of bytes after the last payload */
} mikey_fault_code_t;

typedef struct {
    mikey_fault_code_t code;
    uint8_t payload; /* payload type it was found in; MIKEY_PAYLOAD_LAST (0) for HDR and for no payload */
    /* see the codes; for SHORT the number of bytes wanted: behind the length field, else at range.offset */
    uint32_t value;
    /* bytes at fault: for SHORT the length field or, failing that, what is left; for PAYLOAD_TYPE, MAP_TYPE
     * and ALGORITHM everything not decoded; for VERSION its byte */
    mikey_range_t range;
} mikey_fault_t;

/* A parsed message: one noun with its bytes, in which all ranges are. The pointers at the end name payloads
 * of the array, or are NULL. */
typedef struct mikey_message {
    const uint8_t *bytes; /* whoever had it parsed keeps them as long as the message */
    uint32_t length;
    uint8_t version;
    uint8_t data_type;
    uint8_t next;
    bool v_flag;
    uint8_t prf_func;
    uint32_t csb_id;
    uint8_t cs_count;
    uint8_t map_type;
    bool has_header;      /* all ten bytes of HDR were there */
    mikey_range_t header; /* HDR with its CS ID map, as far as decoded */

    /* Whole ones only: where one is cut, decoding ends at its start. */
    mikey_cs_t *cs;
    uint32_t n_cs;
    mikey_payload_t *payloads;
    uint32_t n_payloads;
    mikey_fault_t faults[MIKEY_MAX_FAULTS];
    uint32_t n_faults;    /* at most MIKEY_MAX_FAULTS; further ones are dropped */
    bool complete;        /* the walk reached the end of the chain */
    mikey_range_t fec_id; /* behind it, see mikey_take_fec_id(); empty: there is none */

    mikey_kind_t kind;
    const mikey_payload_t *t;
    const mikey_payload_t *idi; /* by position: in an Initiator's message the first and second ID; */
    const mikey_payload_t *idr; /* in a verification message one alone is IDr */
    const mikey_payload_t *rand;
    const mikey_payload_t *kemac;
    const mikey_payload_t *v;
    const mikey_tlv_t *key_domain_id; /* first of its kind in any EXT 3 */
    const mikey_tlv_t *msk_id;
    const mikey_tlv_t *mtk_id;
} mikey_message_t;

/* Parses |length| bytes at |bytes| as one MIKEY message of data type 0, 1 or 6 (any other data type: only
 * HDR). The result lives in |pool| and refers to |bytes|; it is never NULL. Faults are in it:
 * whatever could be decoded before (and, for faults inside a payload of known length, after) them is there.
 */
mikey_message_t *mikey_message_parse(wmem_allocator_t *pool, const uint8_t *bytes, size_t length);

/* Parses a chain of key data sub-payloads (RFC 3830 §6.13) that fills |range| of |bytes|, as NULL-encrypted
 * or decrypted KEMAC data has it: the first is taken to be key data, "next" 0 ends the chain and what follows
 * it is padding. Stores the array (in |pool|) and its length. Returns false and fills |fault| when a
 * sub-payload does not fit; those before it are returned all the same. An empty range has no sub-payload. */
bool mikey_key_data_parse(wmem_allocator_t *pool, const uint8_t *bytes, mikey_range_t range,
                          mikey_key_data_t **keys, uint32_t *n_keys, mikey_fault_t *fault);

/* A MAC's length in bytes by its algorithm number (RFC 3830 table 6.2.b, RFC 6043 table 6.6), -1 if unknown.
 */
int mikey_mac_length(uint8_t mac_alg);

/* CSB ID and T as transported, "a1b2c3d4-0000002a": 8 or 16 digits after the dash, none where there is no T.
 * The same in an LTKM and in a verification message that copies T. */
#define MIKEY_CORRELATION_ID_SIZE 26
void mikey_correlation_id(const mikey_message_t *message, char text[MIKEY_CORRELATION_ID_SIZE]);

/* Big-endian number of at most eight bytes; the caller checks the length. */
uint64_t mikey_number(const uint8_t *bytes, mikey_range_t range);

#endif
