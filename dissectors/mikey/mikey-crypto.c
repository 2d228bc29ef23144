/* mikey-crypto.c
 * Keys and MACs of MIKEY's pre-shared key mode.
 *
 *   keys     PRF(PSK, constant 4 | FF | CSB ID 4 | RAND)                             RFC 3830 §4.1.4
 *   KEMAC    HMAC(auth_key, HDR .. MAC alg)                                          RFC 3830 §5.2
 *   V        HMAC(auth_key, HDR .. auth alg | IDi | IDr | T)                         RFC 3830 §5.2
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-crypto.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

#include <wsutil/wsgcrypt.h>

#include "mikey/mikey-span.h"

#define MAX_HASH_LENGTH 32
#define PSK_BLOCK       32 /* 256 bits, whatever the hash: RFC 3830 §4.1.2 */
#define LABEL_HEAD      9  /* constant, FF, CSB ID */

/* Volatile, for a compiler removes a memset of what nobody reads any more. */
void mikey_wipe(void *secret, size_t length)
{
    volatile uint8_t *bytes = (volatile uint8_t *)secret;

    for (size_t i = 0; i < length; i++) {
        bytes[i] = 0;
    }
}

/* ---- HMAC ------------------------------------------------------------------------------------------- */

/* A handle holds one key at a time and takes any number of messages after one another. */

static bool write_hmac(gcry_mac_hd_t hmac, const span_t *spans, size_t n_spans)
{
    for (size_t i = 0; i < n_spans; i++) {
        if (spans[i].length > 0 && gcry_mac_write(hmac, spans[i].bytes, spans[i].length) != 0) {
            return false;
        }
    }
    return true;
}

static bool hmac_of(gcry_mac_hd_t hmac, const span_t *spans, size_t n_spans, uint8_t *result, size_t length)
{
    return gcry_mac_reset(hmac) == 0 && write_hmac(hmac, spans, n_spans) &&
           gcry_mac_read(hmac, result, &length) == 0;
}

/* ---- key derivation --------------------------------------------------------------------------------- */

/* RFC 3830 table 6.1.c, RFC 6043 table 6.3; the place is the number. */
static const struct {
    enum gcry_mac_algos hmac;
    size_t hash_length;
} prfs[] = {
    { GCRY_MAC_HMAC_SHA1, 20 },
    { GCRY_MAC_HMAC_SHA256, 32 },
};

enum { ENCR, AUTH, SALT, N_DERIVED };

/* RFC 3830 §4.1.4. These constants are not the ones of §4.1.3, which derive from a TGK. */
static const struct {
    uint32_t constant;
    size_t offset;
} derived[N_DERIVED] = {
    [ENCR] = { 0x150533e1, offsetof(mikey_keys_t, encr_key) },
    [AUTH] = { 0x2d22ac75, offsetof(mikey_keys_t, auth_key) },
    [SALT] = { 0x29b88916, offsetof(mikey_keys_t, salt_key) },
};

/* How much of each is wanted; 0: nothing. */
typedef struct {
    size_t of[N_DERIVED];
} lengths_t;

static const lengths_t whole = { { [ENCR] = sizeof(((mikey_keys_t *)0)->encr_key),
                                   [AUTH] = sizeof(((mikey_keys_t *)0)->auth_key),
                                   [SALT] = sizeof(((mikey_keys_t *)0)->salt_key) } };

/* XORs P(s, label, m) of RFC 3830 §4.1.2 into |result|, where s is |hmac|'s key. */
static bool xor_p(gcry_mac_hd_t hmac, size_t hash_length, span_t label, uint8_t *result, size_t length)
{
    uint8_t a[MAX_HASH_LENGTH];
    uint8_t block[MAX_HASH_LENGTH];
    span_t input[] = { label, label }; /* A_i and the label; A_0 is the label */
    bool done = true;

    for (size_t position = 0; done && position < length; position += hash_length) {
        done = hmac_of(hmac, input, 1, a, hash_length);
        input[0] = (span_t){ a, hash_length };
        done = done && hmac_of(hmac, input, 2, block, hash_length);
        if (done) {
            xor_into(result + position, block, MIN(hash_length, length - position));
        }
    }
    mikey_wipe(a, sizeof(a));
    mikey_wipe(block, sizeof(block));
    return done;
}

/* One block of the PSK. The XOR over all blocks comes to the same in any order; this one sets each HMAC key
 * once. */
static bool xor_psk_block(gcry_mac_hd_t hmac, size_t hash_length, span_t psk_block, span_t label,
                          uint8_t *label_constant, const lengths_t *lengths, mikey_keys_t *keys)
{
    bool done = gcry_mac_setkey(hmac, psk_block.bytes, psk_block.length) == 0;

    for (size_t i = 0; done && i < N_DERIVED; i++) {
        store_number(label_constant, 4, derived[i].constant);
        done = xor_p(hmac, hash_length, label, (uint8_t *)keys + derived[i].offset, lengths->of[i]);
    }
    return done;
}

/* Of |prf_func|; NULL: it is not known, or libgcrypt refuses. */
static gcry_mac_hd_t open_prf(uint8_t prf_func)
{
    gcry_mac_hd_t hmac;

    return prf_func < G_N_ELEMENTS(prfs) && gcry_mac_open(&hmac, prfs[prf_func].hmac, 0, NULL) == 0 ? hmac
                                                                                                    : NULL;
}

/* |hmac| is one of |prf_func|, or NULL. */
static bool derive_keys(gcry_mac_hd_t hmac, mikey_keys_t *keys, uint8_t prf_func, span_t psk, uint32_t csb_id,
                        span_t rand, const lengths_t *lengths)
{
    uint8_t label[LABEL_HEAD + MIKEY_MAX_RAND_LENGTH] = { [4] = 0xff };
    bool done = hmac && psk.length > 0 && rand.length <= MIKEY_MAX_RAND_LENGTH;

    memset(keys, 0, sizeof(*keys));
    if (!done) {
        return false;
    }
    store_number(label + 5, 4, csb_id);
    if (rand.length > 0) {
        memcpy(label + LABEL_HEAD, rand.bytes, rand.length);
    }
    for (size_t position = 0; done && position < psk.length; position += PSK_BLOCK) {
        span_t block = { psk.bytes + position, MIN((size_t)PSK_BLOCK, psk.length - position) };

        done = xor_psk_block(hmac, prfs[prf_func].hash_length, block,
                             (span_t){ label, LABEL_HEAD + rand.length }, label, lengths, keys);
    }
    if (!done) {
        mikey_wipe(keys, sizeof(*keys));
    }
    return done;
}

bool mikey_derive_keys(mikey_keys_t *keys, uint8_t prf_func, const uint8_t *psk, size_t psk_length,
                       uint32_t csb_id, const uint8_t *rand, size_t rand_length)
{
    gcry_mac_hd_t hmac = open_prf(prf_func);
    bool done = derive_keys(hmac, keys, prf_func, (span_t){ psk, psk_length }, csb_id,
                            (span_t){ rand, rand_length }, &whole);

    gcry_mac_close(hmac);
    return done;
}

/* ---- MACs ------------------------------------------------------------------------------------------- */

/* RFC 3830 table 6.2.b, RFC 6043 table 6.6; the place is the number. Keys are as long as MACs. */
static const struct {
    enum gcry_mac_algos hmac;
    size_t key_length;
} macs[] = {
    { GCRY_MAC_NONE, 0 },
    { GCRY_MAC_HMAC_SHA1, 20 },
    { GCRY_MAC_HMAC_SHA256, 32 },
};

/* What can be said without computing anything; MIKEY_MAC_BAD: go on. */
static mikey_mac_status_t precheck_mac(uint8_t mac_alg, const mikey_keys_t *keys)
{
    if (mac_alg == 0) {
        return MIKEY_MAC_NOT_PRESENT;
    }
    if (mac_alg >= G_N_ELEMENTS(macs) || !keys) {
        return MIKEY_MAC_UNVERIFIED;
    }
    return MIKEY_MAC_BAD;
}

/* A chain that was read to its end has no such payload; behind a fault there may be one. */
static mikey_mac_status_t mac_missing(const mikey_message_t *message)
{
    return message->complete ? MIKEY_MAC_NOT_PRESENT : MIKEY_MAC_UNVERIFIED;
}

static bool set_auth_key(gcry_mac_hd_t hmac, uint8_t mac_alg, const mikey_keys_t *keys)
{
    return gcry_mac_setkey(hmac, keys->auth_key, macs[mac_alg].key_length) == 0;
}

static gcry_mac_hd_t open_mac(uint8_t mac_alg, const mikey_keys_t *keys)
{
    gcry_mac_hd_t hmac;

    if (gcry_mac_open(&hmac, macs[mac_alg].hmac, 0, NULL) != 0) {
        return NULL;
    }
    if (set_auth_key(hmac, mac_alg, keys)) {
        return hmac;
    }
    gcry_mac_close(hmac);
    return NULL;
}

static mikey_mac_status_t compare_mac(gcry_mac_hd_t hmac, const span_t *spans, size_t n_spans, span_t mac)
{
    gcry_error_t error;

    if (gcry_mac_reset(hmac) != 0 || !write_hmac(hmac, spans, n_spans)) {
        return MIKEY_MAC_UNVERIFIED;
    }
    error = gcry_mac_verify(hmac, mac.bytes, mac.length);
    if (gcry_err_code(error) == GPG_ERR_CHECKSUM) {
        return MIKEY_MAC_BAD;
    }
    return error == 0 ? MIKEY_MAC_GOOD : MIKEY_MAC_UNVERIFIED;
}

/* |prf| has derived |keys|, and does for a MAC of its kind, too; NULL: there is none. */
static mikey_mac_status_t check_mac(gcry_mac_hd_t prf, const mikey_message_t *message,
                                    const mikey_keys_t *keys)
{
    const mikey_kemac_t *kemac;
    mikey_mac_status_t status;
    gcry_mac_hd_t hmac;
    bool prf_does;
    span_t covered;

    if (!message->kemac) {
        return mac_missing(message);
    }
    kemac = &message->kemac->kemac;
    status = precheck_mac(kemac->mac_alg, keys);
    if (status != MIKEY_MAC_BAD) {
        return status;
    }
    prf_does = prf && prfs[message->prf_func].hmac == macs[kemac->mac_alg].hmac;
    hmac = !prf_does ? open_mac(kemac->mac_alg, keys) : set_auth_key(prf, kemac->mac_alg, keys) ? prf : NULL;
    if (!hmac) {
        return MIKEY_MAC_UNVERIFIED;
    }
    covered = (span_t){ message->bytes, kemac->mac.offset };
    status = compare_mac(hmac, &covered, 1, span_of(message->bytes, kemac->mac));
    if (!prf_does) {
        gcry_mac_close(hmac);
    }
    return status;
}

mikey_mac_status_t mikey_check_mac(const mikey_message_t *message, const mikey_keys_t *keys)
{
    return check_mac(NULL, message, keys);
}

bool mikey_derive_keys_of(mikey_keys_t *keys, const mikey_message_t *message, const uint8_t *psk,
                          size_t psk_length, const uint8_t *rand, size_t rand_length, mikey_mac_status_t *mac)
{
    gcry_mac_hd_t prf = open_prf(message->prf_func);
    lengths_t lengths = whole;
    bool done;

    lengths.of[ENCR] = message->kemac ? mikey_encr_key_length(message->kemac->kemac.encr_alg) : 0;
    done = derive_keys(prf, keys, message->prf_func, (span_t){ psk, psk_length }, message->csb_id,
                       (span_t){ rand, rand_length }, &lengths);
    if (done) {
        *mac = check_mac(prf, message, keys);
    }
    gcry_mac_close(prf);
    return done;
}

mikey_mac_status_t mikey_check_psk(const mikey_message_t *message, const uint8_t *psk, size_t psk_length,
                                   const uint8_t *rand, size_t rand_length)
{
    uint8_t mac_alg = message->kemac ? message->kemac->kemac.mac_alg : 0;
    bool has_mac = mac_alg > 0 && mac_alg < G_N_ELEMENTS(macs);
    lengths_t auth_alone = { { [AUTH] = has_mac ? macs[mac_alg].key_length : 0 } };
    gcry_mac_hd_t prf = has_mac ? open_prf(message->prf_func) : NULL;
    mikey_keys_t keys;
    bool done = derive_keys(prf, &keys, message->prf_func, (span_t){ psk, psk_length }, message->csb_id,
                            (span_t){ rand, rand_length }, &auth_alone);
    mikey_mac_status_t status = check_mac(done ? prf : NULL, message, done ? &keys : NULL);

    gcry_mac_close(prf);
    mikey_wipe(&keys, sizeof keys);
    return status;
}

/* ---- verification messages -------------------------------------------------------------------------- */

static bool timestamps_equal(timestamp_t a, timestamp_t b)
{
    return a.ts_type == b.ts_type && a.value.length == b.value.length &&
           (a.value.length == 0 || memcmp(a.value.bytes, b.value.bytes, a.value.length) == 0);
}

static span_t id_span(const mikey_payload_t *id, const uint8_t *bytes)
{
    return id ? span_of(bytes, id->id.data) : (span_t){ NULL, 0 };
}

mikey_initiator_t mikey_initiator_of(const mikey_message_t *ltkm)
{
    span_t idi = id_span(ltkm->idi, ltkm->bytes);
    span_t idr = id_span(ltkm->idr, ltkm->bytes);
    timestamp_t t = timestamp_of(ltkm);

    return (mikey_initiator_t){ .idi = idi.bytes,
                                .idi_length = idi.length,
                                .idr = idr.bytes,
                                .idr_length = idr.length,
                                .t = t.value.bytes,
                                .t_length = t.value.length,
                                .ts_type = t.ts_type };
}

static const struct {
    mikey_v_form_t form;
    bool identities;
    bool t64;
    bool own_t;
    const char *text;
} v_forms[] = {
    { MIKEY_V_RFC, true, false, false, "message, identities and the Initiator's T" },
    { MIKEY_V_RFC_T64, true, true, false, "message, identities and the Initiator's T padded to 64 bits" },
    { MIKEY_V_NO_IDS_T64, false, true, false,
      "message and the Initiator's T padded to 64 bits, no identities" },
    { MIKEY_V_OWN_T_RFC, true, false, true, "message, identities and its own T" },
    { MIKEY_V_OWN_T_RFC_T64, true, true, true, "message, identities and its own T padded to 64 bits" },
    { MIKEY_V_OWN_T_NO_IDS_T64, false, true, true, "message and its own T padded to 64 bits, no identities" },
};

const char *mikey_v_form_text(mikey_v_form_t form)
{
    for (size_t i = 0; i < G_N_ELEMENTS(v_forms); i++) {
        if (v_forms[i].form == form) {
            return v_forms[i].text;
        }
    }
    return "none";
}

/* One form: |message| is what the V payload's MAC covers of its own message. UNVERIFIED where the form does
 * not exist for this T. */
static mikey_mac_status_t compare_v_form(gcry_mac_hd_t hmac, span_t message, const mikey_initiator_t *ltkm,
                                         timestamp_t t, size_t form, span_t mac)
{
    uint8_t t64[T64_LENGTH];
    span_t covered[] = { message, { ltkm->idi, ltkm->idi_length }, { ltkm->idr, ltkm->idr_length }, t.value };

    if (v_forms[form].t64 && timestamp_64(t, t64)) {
        covered[3] = (span_t){ t64, sizeof(t64) };
    } else if (v_forms[form].t64 || t.value.length == 0) {
        return MIKEY_MAC_UNVERIFIED;
    }
    if (!v_forms[form].identities) {
        covered[1].length = covered[2].length = 0;
    }
    return compare_mac(hmac, covered, G_N_ELEMENTS(covered), mac);
}

/* Real responders put a T of their own into the message: see MIKEY_V_OWN_T_RFC. */
static mikey_mac_status_t compare_v_forms(gcry_mac_hd_t hmac, span_t message, const mikey_initiator_t *ltkm,
                                          timestamp_t own_t, span_t mac, mikey_v_form_t *form)
{
    timestamp_t initiator_t = { { ltkm->t, ltkm->t_length }, ltkm->ts_type };
    bool one_t = timestamps_equal(initiator_t, own_t);
    mikey_mac_status_t result = MIKEY_MAC_UNVERIFIED;

    for (size_t i = 0; i < G_N_ELEMENTS(v_forms); i++) {
        mikey_mac_status_t status;

        if (v_forms[i].own_t && one_t) {
            continue;
        }
        status = compare_v_form(hmac, message, ltkm, v_forms[i].own_t ? own_t : initiator_t, i, mac);
        if (status == MIKEY_MAC_GOOD) {
            *form = v_forms[i].form;
            return status;
        }
        if (status == MIKEY_MAC_BAD) {
            result = MIKEY_MAC_BAD;
        }
    }
    return result;
}

mikey_mac_status_t mikey_check_verification(const mikey_message_t *verification,
                                            const mikey_keys_t *ltkm_keys, const mikey_initiator_t *ltkm,
                                            mikey_v_form_t *form)
{
    const mikey_digest_t *v;
    mikey_mac_status_t status;
    gcry_mac_hd_t hmac;

    *form = MIKEY_V_NONE;
    if (!verification->v) {
        return mac_missing(verification);
    }
    v = &verification->v->v;
    status = precheck_mac(v->alg, ltkm_keys);
    if (status != MIKEY_MAC_BAD) {
        return status;
    }
    hmac = open_mac(v->alg, ltkm_keys);
    if (!hmac) {
        return MIKEY_MAC_UNVERIFIED;
    }
    status = compare_v_forms(hmac, (span_t){ verification->bytes, v->data.offset }, ltkm,
                             timestamp_of(verification), span_of(verification->bytes, v->data), form);
    gcry_mac_close(hmac);
    return status;
}
