/* test-ltkm-text.c
 * What a message is, in one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/ltkm-text.h"

#include "tracking/msks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../hex.h"
#include "../mikey-samples.h"

#include "pool.h"

static const mikey_message_t *message_of(const char *hex)
{
    hex_bytes_t bytes = hex_bytes(pool, hex);

    return mikey_message_parse(pool, bytes.bytes, bytes.length);
}

#define T_TO_KEMAC "0b020000002a0110101112131415161718191a1b1c1d1e1f"
#define EMPTY      "0000000000"

static void test_messages(void **state)
{
    static const struct {
        const char *hex;
        const char *expected;
    } rows[] = {
        { LTKM, "LTKM b8709d/68c9:0001 counter 42, verification requested" },
        { LTKM_NO_KEY, "LTKM without key b8709d/68c9:0001 counter 42, verification requested" },
        { "01001500a1b2c3d40001" LTKM_EXT T_TO_KEMAC EMPTY, "LTKM without key b8709d/68c9:0001 counter 42" },
        { "01001500a1b2c3d40001"
          "050300060104 68c90001" T_TO_KEMAC EMPTY,
          "LTKM without key of MSK 68c9:0001 counter 42" },
        { "01001500a1b2c3d40001"
          "050300050003b8709d" T_TO_KEMAC EMPTY,
          "LTKM without key of key domain b8709d counter 42" },
        { "01001500a1b2c3d40001"
          "05030000" T_TO_KEMAC EMPTY,
          "LTKM without key counter 42" },
        { "01001500a1b2c3d40001"
          "05030000"
          "0b000000000000000001"
          "0110101112131415161718191a1b1c1d1e1f" EMPTY,
          "LTKM without key" }, /* T is a time */
        { LTKM_HDR LTKM_EXT "0b02000000", "LTKM b8709d/68c9:0001, verification requested, incomplete" },
        { VERIFICATION, "LTKM verification" },
        { "01010500a1b2c3d40001", "LTKM verification, incomplete" },
        { STKM, "STKM b8709d/68c9:0001 counter 7" },
        { CALL_INIT, "MIKEY pre-shared-key message" },
        { "01001580a1b2c3d40001"
          "1503000b0003b8709d010468c90001"
          "0505000104" T_TO_KEMAC EMPTY,
          "Parental control message b8709d/68c9:0001 counter 42, verification requested" },
        { CALL_VERIFICATION, "LTKM verification" },
        { "01060500a1b2c3d40001", "MIKEY error message, incomplete" },
        { "", "MIKEY message, incomplete" },
    };
    unsigned n_failed = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *found = ltkm_summary(pool, message_of(rows[i].hex), NULL);

        if (strcmp(found, rows[i].expected) != 0) {
            print_error("row %zu: found \"%s\", expected \"%s\"\n", i, found, rows[i].expected);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

typedef struct {
    tracked_message_t ltkm, verification, copy;
} pair_t;

static pair_t *new_pair(int64_t delay)
{
    pair_t *pair = wmem_new0(pool, pair_t);

    pair->ltkm = (tracked_message_t){ .frame = 7, .time = 100, .link = &pair->verification };
    pair->verification = (tracked_message_t){ .frame = 9, .time = 100 + delay, .link = &pair->ltkm };
    pair->copy = (tracked_message_t){ .frame = 12, .is_copy = true, .time = 100 + 2 * delay };
    return pair;
}

static void test_links(void **state)
{
    const mikey_message_t *ltkm = message_of(LTKM_NO_KEY), *verification = message_of(VERIFICATION);
    pair_t *pair = new_pair(1234500000);
    msk_t msk = { .name = { 3, 4, { 0xb8, 0x70, 0x9d }, { 0x68, 0xc9, 0, 1 } } };

    (void)state;
    assert_string_equal(ltkm_summary(pool, verification, &pair->verification),
                        "LTKM verification of frame 7 (1.235 s)");
    pair->copy.link = &pair->verification;
    assert_string_equal(ltkm_summary(pool, verification, &pair->copy),
                        "LTKM verification of frame 7 (2.469 s), duplicate of frame 9");
    pair->copy.link = &pair->ltkm;
    assert_string_equal(ltkm_summary(pool, ltkm, &pair->copy),
                        "LTKM without key b8709d/68c9:0001 counter 42, verification requested, "
                        "duplicate of frame 7");
    assert_string_equal(ltkm_summary(pool, ltkm, &pair->ltkm),
                        "LTKM without key b8709d/68c9:0001 counter 42, verification requested");
    pair->ltkm.msk = &msk;
    assert_string_equal(ltkm_summary(pool, verification, &pair->verification),
                        "LTKM verification of b8709d/68c9:0001 in frame 7 (1.235 s)");
    pair->verification.link = NULL;
    assert_string_equal(ltkm_summary(pool, verification, &pair->verification), "LTKM verification");
}

/* The verification message stands before its LTKM: the time between them says nothing. */
static void test_before_its_ltkm(void **state)
{
    const mikey_message_t *verification = message_of(VERIFICATION);

    (void)state;
    assert_string_equal(ltkm_summary(pool, verification, &new_pair(0)->verification),
                        "LTKM verification of frame 7 (0.000 s)");
    assert_string_equal(ltkm_summary(pool, verification, &new_pair(-1)->verification),
                        "LTKM verification of frame 7");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_messages),
        TEST(test_links),
        TEST(test_before_its_ltkm),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
