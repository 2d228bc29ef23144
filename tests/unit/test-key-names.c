/* test-key-names.c
 * How keys are called: whole and broken IDs, either missing, too long, too little room, and those of
 * messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/key-names.h"

#include "../mikey-samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

/* Bytes in hex, in a block of just their size, so that a sanitizer sees a read behind them. */
static key_id_t id_of(const char *hex)
{
    uint32_t length = 0;
    uint8_t *bytes = (uint8_t *)wmem_alloc(pool, strlen(hex) / 2);

    for (; *hex; hex++) {
        if (*hex != ' ') {
            assert_true(g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]));
            bytes[length++] = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
            hex++;
        }
    }
    return (key_id_t){ length ? wmem_memdup(pool, bytes, length) : NULL, length };
}

static void test_one_id(void **state)
{
    static const struct {
        const char *hex;
        bool halves;
        const char *text;
    } rows[] = {
        { "b8709d", false, "b8709d" },
        { "B8709D", false, "b8709d" },
        { "68c90001", false, "68c90001" },
        { "68c90001", true, "68c9:0001" },
        { "0007", true, "0007" },
        { "68c900", true, "68c900" },
        { "68c9000102", true, "68c9000102" },
        { "", false, "" },
        { "", true, "" },
        { "00", true, "00" },
        { "0102030405060708", true, "0102030405060708" },
        { "010203040506070809", true, "0102030405060708" },
        { "010203040506070809", false, "0102030405060708" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *text = wmem_alloc(pool, KEY_ID_TEXT_SIZE);
        size_t length = key_id_text(text, KEY_ID_TEXT_SIZE, id_of(rows[i].hex), rows[i].halves);

        assert_string_equal(text, rows[i].text);
        assert_int_equal(length, strlen(rows[i].text));
    }
}

/* Whole bytes as far as there is room, and the colon only where the whole ID has room. */
static void test_little_room(void **state)
{
    static const struct {
        size_t size;
        const char *text;
    } rows[] = {
        { 1, "" },         { 2, "" },           { 3, "68" },         { 4, "68" },
        { 5, "68c9" },     { 6, "68c9" },       { 7, "68c900" },     { 8, "68c900" },
        { 9, "68c90001" }, { 10, "68c9:0001" }, { 11, "68c9:0001" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *text = wmem_alloc(pool, rows[i].size);

        assert_int_equal(key_id_text(text, rows[i].size, id_of("68c90001"), true), strlen(rows[i].text));
        assert_string_equal(text, rows[i].text);
    }
}

static void test_names(void **state)
{
    static const struct {
        const char *domain;
        const char *msk;
        const char *name;
        const char *plain;
    } rows[] = {
        { "b8709d", "68c90001", "b8709d/68c9:0001", "b8709d/68c90001" },
        { "", "68c90001", "/68c9:0001", "/68c90001" },
        { "b8709d", "", "b8709d/", "b8709d/" },
        { "", "", "/", "/" },
        { "b8709d68", "c90001", "b8709d68/c90001", "b8709d68/c90001" },
        { "b8709d68c9", "0001", "b8709d68c9/0001", "b8709d68c9/0001" },
        { "000102030405060708", "101112131415161718", "0001020304050607/1011121314151617",
          "000102030405060708/101112131415161718" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        key_id_t domain = id_of(rows[i].domain), msk = id_of(rows[i].msk);

        assert_string_equal(key_name(pool, domain, msk), rows[i].name);
        assert_string_equal(key_name_plain(pool, domain, msk), rows[i].plain);
    }
}

/* The longest that EXT 3 can hold: nothing is cut off what tells keys apart. */
static void test_written_names(void **state)
{
    static const struct {
        const char *written, *plain;
    } rows[] = {
        { "b8709d/68c9:0001", "b8709d/68c90001" },
        { "B8709D/68C90001", "b8709d/68c90001" },
        { "b8:70:9d/68:c9:00:01", "b8709d/68c90001" },
        { "00/01", "00/01" },
        { "b8709d/68c9:0001/0007", NULL },
        { "b8709d/", NULL },
        { "/68c90001", NULL },
        { "b8709d", NULL },
        { "b8709/68c90001", NULL },
        { "b8709d/68c9:000", NULL },
        { "b8709d/68c9::0001", NULL },
        { "b8709d:/68c90001", NULL },
        { "b8709d/68c90001 ", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *plain = key_name_read(pool, rows[i].written);

        if (!rows[i].plain) {
            assert_null(plain);
        } else {
            assert_string_equal(plain, rows[i].plain);
        }
    }
}

static void test_longest(void **state)
{
    uint8_t *bytes = (uint8_t *)wmem_alloc(pool, 255);
    key_id_t id = { bytes, 255 };
    const char *name;

    (void)state;
    memset(bytes, 0xab, 255);
    name = key_name_plain(pool, id, id);
    assert_int_equal(strlen(name), 4 * 255 + 1);
    assert_int_equal(name[2 * 255], '/');
    assert_int_equal(strspn(name, "ab"), 2 * 255);
    assert_string_equal(key_name(pool, id, id), "abababababababab/abababababababab");
}

#define HEAD "01001500 a1b2c3d4 0001"

static void test_messages(void **state)
{
    static const struct {
        const char *hex;
        const char *name;
    } rows[] = {
        { LTKM, "b8709d/68c9:0001" },
        { STKM, "b8709d/68c9:0001/0001" },
        { VERIFICATION, NULL },
        { CALL_INIT, NULL },
        { HEAD "00 03 0005 000300f110", "00f110/" },
        { HEAD "00 03 0006 010468c90001", "/68c9:0001" },
        { HEAD "00 03 0004 02020007", "//0007" },
        { HEAD "00 03 000f 000300f110 010468c90001 02020007", "00f110/68c9:0001/0007" },
        { HEAD "00 03 0006 0000 0100 0200", "//" },
        { HEAD "00 03 0000", NULL },
        { HEAD "00 03 000a 0103010203 0103040506", "/010203" }, /* the first of its kind */
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        key_id_t bytes = id_of(rows[i].hex);
        const mikey_message_t *message = mikey_message_parse(pool, bytes.bytes, bytes.length);
        const char *name = mikey_key_name(pool, message);

        if (rows[i].name) {
            assert_non_null(name);
            assert_string_equal(name, rows[i].name);
        } else {
            assert_null(name);
        }
    }
}

/* They stand in the message's bytes; what is not there has no length. */
static void test_ids_of_a_message(void **state)
{
    key_id_t ltkm = id_of(LTKM), stkm = id_of(STKM);
    const mikey_message_t *message = mikey_message_parse(pool, ltkm.bytes, ltkm.length);

    (void)state;
    assert_ptr_equal(mikey_key_domain(message).bytes, ltkm.bytes + 16);
    assert_int_equal(mikey_key_domain(message).length, 3);
    assert_ptr_equal(mikey_msk_id(message).bytes, ltkm.bytes + 21);
    assert_int_equal(mikey_msk_id(message).length, 4);
    assert_null(mikey_mtk_id(message).bytes);
    assert_int_equal(mikey_mtk_id(message).length, 0);
    message = mikey_message_parse(pool, stkm.bytes, stkm.length);
    assert_ptr_equal(mikey_mtk_id(message).bytes, stkm.bytes + 27);
    assert_int_equal(mikey_mtk_id(message).length, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_one_id),           TEST(test_little_room), TEST(test_names),
        TEST(test_written_names),    TEST(test_longest),     TEST(test_messages),
        TEST(test_ids_of_a_message),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
