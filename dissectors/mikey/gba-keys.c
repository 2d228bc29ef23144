/* gba-keys.c
 *
 *   KDF(Key, P0, P1, …)   HMAC-SHA-256(Key, 01 | P0 | L0 2 | P1 | L1 2 | …)        TS 33.220 B.2.0
 *   NAF_Id                host name | Ua security protocol identifier 5           TS 33.220 §4.5.2, Annex H
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/gba-keys.h"

#include <string.h>

#include <glib.h>
#include <wsutil/wsgcrypt.h>

#include "mikey/identifiers.h"
#include "mikey/mikey-crypto.h"
#include "mikey/mikey-span.h"
#include "xml/base64.h"

const gba_case_t gba_cases[GBA_CASES] = {
    { GBA_KS_INT_NAF, GBA_KS_NAF }, /* GBA_U, and the card does the key management of MBMS */
    { GBA_KS_NAF, GBA_KS_NAF_MRK }, /* GBA_U, and it does not; GBA_ME */
};

static const struct {
    const char *label;
    const char *name;
} keys[] = {
    [GBA_KS_INT_NAF] = { "gba-u", "Ks_int_NAF" },
    [GBA_KS_NAF] = { "gba-me", "Ks_NAF" },
    [GBA_KS_NAF_MRK] = { "mbms-mrk", "KDF(Ks_NAF, \"mbms-mrk\")" },
};

static const uint8_t ua_protocols[GBA_UA_PROTOCOLS][UA_PROTOCOL_ID_SIZE] = {
    { 0x01, 0x00, 0x00, 0x00, 0x01 }, /* MBMS security, TS 33.246 */
};

const char *gba_key_name(gba_key_t key)
{
    return keys[key].name;
}

bool gba_rand_of_btid(const char *btid, size_t length, uint8_t rand[GBA_RAND_SIZE])
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    const char *at = memchr(btid, '@', length);
    base64_t decoded = base64_decode(scratch, btid, at ? (size_t)(at - btid) : 0);
    bool found = decoded.length == GBA_RAND_SIZE;

    if (found) {
        memcpy(rand, decoded.bytes, GBA_RAND_SIZE);
    }
    wmem_destroy_allocator(scratch);
    return found;
}

/* One parameter in one or two pieces, and its length. */
static bool write_parameter(gcry_mac_hd_t hmac, span_t text, span_t more)
{
    size_t length = text.length + more.length;
    uint8_t number[2];

    store_number(number, sizeof number, length);
    return length <= UINT16_MAX && gcry_mac_write(hmac, text.bytes, text.length) == 0 &&
           (more.length == 0 || gcry_mac_write(hmac, more.bytes, more.length) == 0) &&
           gcry_mac_write(hmac, number, sizeof number) == 0;
}

static span_t text_span(const char *text)
{
    return (span_t){ (const uint8_t *)text, strlen(text) };
}

static bool write_naf(gcry_mac_hd_t hmac, const gba_naf_t *naf)
{
    static const span_t nothing = { NULL, 0 };
    span_t rand = { naf->rand, sizeof naf->rand };
    span_t fqdn = { (const uint8_t *)naf->fqdn, naf->fqdn_length };
    span_t protocol = { ua_protocols[naf->ua_protocol], UA_PROTOCOL_ID_SIZE };

    return write_parameter(hmac, rand, nothing) && write_parameter(hmac, text_span(naf->impi), nothing) &&
           write_parameter(hmac, fqdn, protocol);
}

/* |naf| NULL: the label is the only parameter. */
static bool kdf(const uint8_t *secret, const char *label, const gba_naf_t *naf, uint8_t *out)
{
    size_t length = GBA_KEY_SIZE;
    gcry_mac_hd_t hmac;
    bool done;

    if (gcry_mac_open(&hmac, GCRY_MAC_HMAC_SHA256, 0, NULL) != 0) {
        return false;
    }
    done = gcry_mac_setkey(hmac, secret, GBA_KEY_SIZE) == 0 && gcry_mac_write(hmac, "\x01", 1) == 0 &&
           write_parameter(hmac, text_span(label), (span_t){ NULL, 0 }) && (!naf || write_naf(hmac, naf)) &&
           gcry_mac_read(hmac, out, &length) == 0;
    gcry_mac_close(hmac);
    return done;
}

bool gba_derive(gba_key_t key, const uint8_t ks[GBA_KEY_SIZE], const gba_naf_t *naf,
                uint8_t out[GBA_KEY_SIZE])
{
    uint8_t ks_naf[GBA_KEY_SIZE];
    bool done;

    if (key == GBA_KS_NAF_MRK) {
        done = gba_derive(GBA_KS_NAF, ks, naf, ks_naf) && kdf(ks_naf, keys[key].label, NULL, out);
        mikey_wipe(ks_naf, sizeof ks_naf);
    } else {
        done = kdf(ks, keys[key].label, naf, out);
    }
    if (!done) {
        mikey_wipe(out, GBA_KEY_SIZE);
    }
    return done;
}
