/* test-sip-hash.c
 * Against the values that its authors published (reference implementation, vectors.h: key 00 01 … 0f).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pool.h"
#include "tracking/sip-hash.h"

/* Of no byte, of 00, of 00 01 … */
static const uint64_t published[] = {
    0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
    0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
    0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
    0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
};

static void published_values(void **state)
{
    uint8_t bytes[G_N_ELEMENTS(published)];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(published); i++) {
        bytes[i] = (uint8_t)i;
        assert_true(sip_hash_with(0x0706050403020100, 0x0f0e0d0c0b0a0908, bytes, i) == published[i]);
    }
}

static void before(void **state)
{
    (void)state;
    assert_true(sip_hash(0, "ab", 2) == sip_hash(0, "ab", 2));
    assert_true(sip_hash(0, "ab", 2) != sip_hash(0, "ac", 2));
    assert_true(sip_hash(sip_hash(0, "a", 1), "bc", 2) != sip_hash(sip_hash(0, "ab", 2), "c", 1));
    assert_true(sip_hash(sip_hash(0, "a", 1), "", 0) != sip_hash(0, "a", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(published_values, setup, teardown),
        cmocka_unit_test_setup_teardown(before, setup, teardown),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
