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
    const mikey_name_t *names;
    unsigned n_names;
    uint32_t value;
    const char *name;
} cases[] = {
    { mikey_data_types, 28, 1, "PSK ver msg" },
    { mikey_payloads, 25, 21, "General Extension (EXT)" },
    { mikey_prfs, 2, 0, "MIKEY-1" },
    { mikey_map_types, 3, 1, "Empty map" },
    { mikey_encr_algs, 4, 1, "AES-CM-128" },
    { mikey_mac_algs, 3, 2, "HMAC-SHA-256-256" },
    { mikey_ts_types, 4, 2, "COUNTER" },
    { mikey_id_types, 3, 2, "Byte string" },
    { mikey_hashes, 3, 1, "MD5" },
    { mikey_sign_types, 3, 0, "RSA/PKCS#1/1.5" },
    { mikey_prot_types, 1, 0, "SRTP" },
    { mikey_srtp_params, 14, 9, "Sender's FEC order" },
    { mikey_srtp_encrs, 4, 6, "AES-GCM" },
    { mikey_srtp_auths, 2, 1, "HMAC-SHA-1" },
    { mikey_srtp_prfs, 1, 0, "AES-CM" },
    { mikey_fec_orders, 1, 0, "FEC-SRTP" },
    { mikey_on_off, 2, 1, "On" },
    { mikey_errors, 16, 12, "Unspecified error" },
    { mikey_key_data_types, 8, 3, "TEK+SALT" },
    { mikey_kvs, 3, 1, "SPI/MKI" },
    { mikey_ext_types, 8, 5, "OMA BCAST" },
    { mikey_key_id_types, 3, 0, "MBMS Key Domain ID" },
    { mikey_bcast_subtypes, 4, 1, "LTKM management data" },
};

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void test_every_registry(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CASES; i++) {
        assert_string_equal(mikey_name(cases[i].names, cases[i].value), cases[i].name);
    }
}

/* No number has two entries (the first would hide the second), no two numbers one text. */
static void test_names_are_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CASES; i++) {
        unsigned n_names = 0;

        for (uint32_t value = 0; value < 256; value++) {
            const char *name = mikey_name(cases[i].names, value);

            if (!name) {
                continue;
            }
            n_names++;
            for (uint32_t other = 0; other < value; other++) {
                if (mikey_name(cases[i].names, other)) {
                    assert_string_not_equal(mikey_name(cases[i].names, other), name);
                }
            }
        }
        assert_int_equal(n_names, cases[i].n_names);
    }
}

static void test_unknown_numbers(void **state)
{
    static const struct {
        const mikey_name_t *names;
        uint32_t value;
    } unknown[] = {
        { mikey_payloads, 18 },  { mikey_payloads, 19 },        { mikey_data_types, 28 },
        { mikey_srtp_encrs, 3 }, { mikey_bcast_subtypes, 0 },   { mikey_on_off, 2 },
        { mikey_mac_algs, 255 }, { mikey_data_types, 0x10000 }, { mikey_kvs, UINT32_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_null(mikey_name(unknown[i].names, unknown[i].value));
        assert_string_equal(mikey_name_or_unknown(unknown[i].names, unknown[i].value), "Unknown");
    }
    assert_string_equal(mikey_name_or_unknown(mikey_payloads, 0), "Last payload");
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
