/* test-mikey-names.c
 * Names of MIKEY numbers: one of each registry, the gaps, and what is common to all registries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Numbers and the count of names below 256. */
static const struct {
    mikey_names_t registry;
    unsigned n_names;
    uint32_t code;
    const char *name;
} cases[] = {
    { MIKEY_NAMES_DATA_TYPE, 28, 1, "PSK ver msg" },
    { MIKEY_NAMES_PAYLOAD, 25, 21, "General Extension (EXT)" },
    { MIKEY_NAMES_PRF, 2, 0, "MIKEY-1" },
    { MIKEY_NAMES_MAP_TYPE, 3, 1, "Empty map" },
    { MIKEY_NAMES_ENCR_ALG, 4, 1, "AES-CM-128" },
    { MIKEY_NAMES_MAC_ALG, 3, 2, "HMAC-SHA-256-256" },
    { MIKEY_NAMES_TS_TYPE, 4, 2, "COUNTER" },
    { MIKEY_NAMES_ID_TYPE, 3, 2, "Byte string" },
    { MIKEY_NAMES_HASH, 3, 1, "MD5" },
    { MIKEY_NAMES_SIGN_TYPE, 3, 0, "RSA/PKCS#1/1.5" },
    { MIKEY_NAMES_PROT_TYPE, 1, 0, "SRTP" },
    { MIKEY_NAMES_SRTP_PARAM, 14, 9, "Sender's FEC order" },
    { MIKEY_NAMES_SRTP_ENCR, 4, 6, "AES-GCM" },
    { MIKEY_NAMES_SRTP_AUTH, 2, 1, "HMAC-SHA-1" },
    { MIKEY_NAMES_SRTP_PRF, 1, 0, "AES-CM" },
    { MIKEY_NAMES_FEC_ORDER, 1, 0, "FEC-SRTP" },
    { MIKEY_NAMES_ON_OFF, 2, 1, "On" },
    { MIKEY_NAMES_ERROR, 16, 12, "Unspecified error" },
    { MIKEY_NAMES_KEY_DATA_TYPE, 8, 3, "TEK+SALT" },
    { MIKEY_NAMES_KV, 3, 1, "SPI/MKI" },
    { MIKEY_NAMES_EXT_TYPE, 8, 5, "OMA BCAST" },
    { MIKEY_NAMES_KEY_ID_TYPE, 3, 0, "MBMS Key Domain ID" },
    { MIKEY_NAMES_BCAST_SUBTYPE, 4, 1, "LTKM management data" },
};

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void test_every_registry(void **state)
{
    (void)state;
    assert_int_equal(N_CASES, MIKEY_NAMES_BCAST_SUBTYPE + 1);
    for (size_t i = 0; i < N_CASES; i++) {
        assert_int_equal(cases[i].registry, i);
        assert_string_equal(mikey_name(cases[i].registry, cases[i].code), cases[i].name);
    }
}

/* No number has two entries (the first would hide the second), no two numbers one text. */
static void test_names_are_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CASES; i++) {
        unsigned n_names = 0;

        for (uint32_t code = 0; code < 256; code++) {
            const char *name = mikey_name(cases[i].registry, code);

            if (name == NULL) {
                continue;
            }
            n_names++;
            for (uint32_t other = 0; other < code; other++) {
                if (mikey_name(cases[i].registry, other) != NULL) {
                    assert_string_not_equal(mikey_name(cases[i].registry, other), name);
                }
            }
        }
        assert_int_equal(n_names, cases[i].n_names);
    }
}

static void test_unknown_numbers(void **state)
{
    static const struct {
        mikey_names_t registry;
        uint32_t code;
    } unknown[] = {
        { MIKEY_NAMES_PAYLOAD, 18 },  { MIKEY_NAMES_PAYLOAD, 19 },        { MIKEY_NAMES_DATA_TYPE, 28 },
        { MIKEY_NAMES_SRTP_ENCR, 3 }, { MIKEY_NAMES_BCAST_SUBTYPE, 0 },   { MIKEY_NAMES_ON_OFF, 2 },
        { MIKEY_NAMES_MAC_ALG, 255 }, { MIKEY_NAMES_DATA_TYPE, 0x10000 }, { MIKEY_NAMES_KV, UINT32_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_null(mikey_name(unknown[i].registry, unknown[i].code));
        assert_string_equal(mikey_name_or_unknown(unknown[i].registry, unknown[i].code), "Unknown");
    }
    assert_string_equal(mikey_name_or_unknown(MIKEY_NAMES_PAYLOAD, 0), "Last payload");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_registry),
        cmocka_unit_test(test_names_are_distinct),
        cmocka_unit_test(test_unknown_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
