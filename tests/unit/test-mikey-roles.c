/* test-mikey-roles.c
 * Whether bytes are MIKEY at all, and the Source FEC Payload ID behind a message. Messages are hex, as in
 * mikey-samples.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-roles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "../mikey-samples.h"

#include "pool.h"

static mikey_message_t *parse(const char *hex, size_t limit)
{
    uint8_t *bytes = wmem_alloc(pool, strlen(hex) / 2 + 1);
    size_t n = 0;

    for (; *hex && n < limit; hex++) {
        if (*hex != ' ') {
            bytes[n++] = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
            hex++;
        }
    }
    return mikey_message_parse(pool, wmem_memdup(pool, bytes, n),
                               n); /* a copy of just its size, for sanitizers */
}

static void test_every_beginning_of_a_message_is_likely(void **state)
{
    static const char *const messages[] = { LTKM,         LTKM_NO_KEY, LTKM_NULL_NULL, LTKM_SECOND_EXT,
                                            VERIFICATION, STKM,        CALL_INIT,      CALL_VERIFICATION };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        uint32_t length = parse(messages[i], SIZE_MAX)->length;

        for (uint32_t n = 2; n <= length; n++) {
            if (!mikey_is_likely(parse(messages[i], n))) {
                print_error("message %zu cut at %u\n", i, n);
                fail();
            }
        }
    }
}

typedef struct {
    const char *name;
    const char *hex;
    bool likely;
} row_t;

static void test_likely(void **state)
{
    static const row_t rows[] = {
        { "nothing", "", false },
        { "one byte", "01", false },
        { "WireGuard handshake", "01000000 8a1b1dcc7ba673f9bccf55904a1c0a7731c6dac2", false },
        { "uTP data", "01007f31 3141592d000500070010000000070009", false },
        { "uTP, extension 1", "01010052 3141592e000500080010000000080009", false },
        { "STUN answer", "0101000c 2112a44230313233343536373839616200200008", false },
        { "Geneve with an option word", "01006558 0000010000010001", false },
        { "a data type nobody knows", "01ff1580 a1b2c3d40001", false },
        { "another mode, sound", "01020b80 a1b2c3d40001", true },
        { "another mode that begins with nothing", "01020080 a1b2c3d40001", false },
        { "T of no known type first", "01000500 a1b2c3d40001 0b09 0000002a", false },
        { "EXT that is cut", "01001500 a1b2c3d40001 0503 00ff 00", true },
        { "map of unknown layout", "01001580 a1b2c3d40107 0102", true },
        { "map and PRF unknown", "010015ff a1b2c3d40107 0102", false },
        { "whole, of T alone", "01000500 a1b2c3d40001 0002 0000002a", false },
        { "whole verification without V", "01010500 a1b2c3d40001 0002 0000002a", false },
        { "whole verification of T and IDr, V left out",
          "01010500 a1b2c3d40001 0602 0000002a 0000 0003 614062", true },
        { "damaged behind T", "01010500 a1b2c3d40001 6302 0000002a 00", true },
        { "version 2, else sound",
          "02"
          "010500a1b2c3d400010902 0000002a 000100 00000000000000000000000000000000000000",
          true },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (mikey_is_likely(parse(rows[i].hex, SIZE_MAX)) != rows[i].likely) {
            print_error("%s\n", rows[i].name);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

static void test_fec_id(void **state)
{
    static const struct {
        const char *behind;
        uint32_t fec_id;
        uint32_t n_faults;
    } rows[] = { { "", 0, 0 }, { "00070003", 4, 0 }, { "000700", 0, 1 }, { "0007000300", 0, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *hex = wmem_strdup_printf(pool, "%s%s", STKM, rows[i].behind);
        mikey_message_t *message = parse(hex, SIZE_MAX);

        mikey_take_fec_id(message);
        assert_int_equal(message->fec_id.length, rows[i].fec_id);
        assert_int_equal(message->n_faults, rows[i].n_faults);
        assert_true(rows[i].fec_id == 0 || message->fec_id.offset + 4 == message->length);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_every_beginning_of_a_message_is_likely),
        TEST(test_likely),
        TEST(test_fec_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
