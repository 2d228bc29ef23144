/* test-form-judges.c
 * MIKEY messages by their form (R76, R78–R80): the conforming messages of MBMS, and what is wrong with
 * others.
 *
 * Each row puts a message together from a header and payloads, and expects all findings, such as "76S 78N".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../hex.h"
#include "../mikey-samples.h"

#include "pool.h"

/* ---- parts: the type, then what follows the byte that announces the next ---------------------------- */

#define KEY_IDS      "15 03 000b 000300f110 010401020001"
#define STKM_KEY_IDS "15 03 000f 000300f110 010401020001 02020001"
#define BCAST        "15 05 0002 0100"
#define COUNTER      "05 02 00000001"
#define RAND         "0b 10 c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define IDI          "06 00 0004 62736d31"
#define IDR          "06 00 0005 6140622e63"
#define SP           "0a 00 00 0004 0d020004"
#define MAC          "6bd466b53a48435a587454bd9263cdbc28c66c92"
#define KEMAC        "01 01 0004 ea4554ad 01" MAC
#define NO_KEY       "01 01 0000 01" MAC
#define V            "09 01" MAC

/* Data type, V flag, #CS and map; byte 2 is filled in. */
#define HDR_INIT     "01 00 00 80 5ec00001 00 01"
#define HDR_UNASKED  "01 00 00 00 5ec00001 00 01"
#define HDR_STREAM   "01 00 00 80 5ec00001 01 00 00 0a0b0c0d 00000000"
#define HDR_ANSWER   "01 01 00 00 5ec00001 00 01"
#define MAX_PAYLOADS 12

typedef struct {
    const char *name;
    const char *header;
    const char *payloads[MAX_PAYLOADS];
    const char *expected;
} row_t;

/* Each payload's type goes to where the one before announces it. */
static hex_bytes_t assemble(const row_t *row)
{
    hex_bytes_t out = hex_bytes(pool, row->header);
    uint32_t announced = 2;

    for (size_t i = 0; i < MAX_PAYLOADS && row->payloads[i]; i++) {
        hex_bytes_t payload = hex_bytes(pool, row->payloads[i]);
        uint32_t start = out.length;

        out.bytes = wmem_realloc(pool, out.bytes, out.length + payload.length);
        memcpy(out.bytes + start, payload.bytes, payload.length);
        out.length += payload.length;
        out.bytes[announced] = payload.bytes[0];
        out.bytes[start] = 0;
        announced = start;
    }
    return out;
}

/* Every level must be one the table announces: only those are registered. */
static const char *outline(const rule_findings_t *findings)
{
    static const char letters[] = "?NSB";
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    for (const rule_finding_t *finding = findings->first; finding; finding = finding->next) {
        assert_non_null(strchr(rule_by_number(finding->number)->levels, letters[finding->level]));
        assert_true(finding->target == RULE_TARGET_WHOLE);
        assert_true(finding->text[0] != '\0');
        wmem_strbuf_append_printf(out, "%s%u%c", finding == findings->first ? "" : " ", finding->number,
                                  letters[finding->level]);
    }
    return wmem_strbuf_get_str(out);
}

static const char *judge(hex_bytes_t message)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_message(mikey_message_parse(pool, message.bytes, message.length), &findings);
    return outline(&findings);
}

static void judge_rows(const row_t *rows, size_t n)
{
    unsigned n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        const char *found = judge(assemble(&rows[i]));

        if (strcmp(found, rows[i].expected) != 0) {
            print_error("%s: found \"%s\", expected \"%s\"\n", rows[i].name, found, rows[i].expected);
            n_failed++;
        }
    }
    assert_int_equal(n_failed, 0);
}

#define JUDGE(rows)                                                                                          \
    do {                                                                                                     \
        (void)state;                                                                                         \
        judge_rows(rows, G_N_ELEMENTS(rows));                                                                \
    } while (0)

/* ---- messages --------------------------------------------------------------------------------------- */

static void test_conforming(void **state)
{
    static const row_t rows[] = {
        { "download", HDR_INIT, { KEY_IDS, COUNTER, RAND, IDI, IDR, KEMAC }, "" },
        { "of BCAST", HDR_INIT, { KEY_IDS, BCAST, COUNTER, RAND, IDI, IDR, KEMAC }, "" },
        { "streaming", HDR_STREAM, { KEY_IDS, COUNTER, RAND, IDI, IDR, SP, KEMAC }, "" },
        { "streaming without SP", HDR_STREAM, { KEY_IDS, COUNTER, RAND, IDI, IDR, KEMAC }, "" },
        { "solicited pull", HDR_UNASKED, { KEY_IDS, COUNTER, RAND, IDI, IDR, NO_KEY }, "" },
        { "nothing to encrypt", HDR_UNASKED, { KEY_IDS, COUNTER, RAND, IDI, IDR, "01 00 0000 01" MAC }, "" },
        { "MAC of SHA-256",
          HDR_INIT,
          { KEY_IDS, COUNTER, RAND, IDI, IDR, "01 01 0000 02" MAC "000102030405060708090a0b" },
          "" },
        { "verification message", HDR_ANSWER, { COUNTER, IDR, V }, "" },
        { "verification message of BCAST", HDR_ANSWER, { BCAST, COUNTER, IDR, V }, "" },
        { "STKM", HDR_UNASKED, { STKM_KEY_IDS, COUNTER, KEMAC }, "" },
        { "STKM of BCAST", HDR_UNASKED, { STKM_KEY_IDS, "15 05 0002 0200", COUNTER, KEMAC }, "" },
        { "STKM in clear", HDR_UNASKED, { STKM_KEY_IDS, COUNTER, "01 00 0004 00200000 00" }, "" },
    };

    JUDGE(rows);
}

/* The vectors of RFC 3830's other profile and of Wireshark's wiki. */
static void test_samples(void **state)
{
    static const struct {
        const char *hex;
        const char *expected;
    } samples[] = {
        { LTKM_NULL, "76S" },
        { LTKM_NULL_NULL, "76S" },
        { LTKM, "76N" }, /* IDi is a URI */
        { LTKM_NO_KEY, "76N" },
        { VERIFICATION, "" },
        { STKM, "" },
        { CALL_INIT, "" }, /* neither key IDs nor data of BCAST: no message of MBMS */
        { CALL_VERIFICATION, "78S 79S" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        assert_string_equal(judge(hex_bytes(pool, samples[i].hex)), samples[i].expected);
    }
}

static void test_r76(void **state)
{
    static const row_t rows[] = {
        { "no key IDs", HDR_INIT, { BCAST, COUNTER, RAND, IDI, IDR, KEMAC }, "76S" },
        { "no MSK ID", HDR_INIT, { "15 03 0005 000300f110", COUNTER, RAND, IDI, IDR, KEMAC }, "76S" },
        { "no Key Domain ID",
          HDR_INIT,
          { "15 03 0006 010401020001", COUNTER, RAND, IDI, IDR, KEMAC },
          "76S" },
        { "long Key Domain ID",
          HDR_INIT,
          { "15 03 000c 000400f11000 010401020001", COUNTER, RAND, IDI, IDR, KEMAC },
          "76S" },
        { "short MSK ID",
          HDR_INIT,
          { "15 03 0008 000300f110 010101", COUNTER, RAND, IDI, IDR, KEMAC },
          "76S" },
        { "no T", HDR_INIT, { KEY_IDS, RAND, IDI, IDR, KEMAC }, "76S" },
        { "T by clock", HDR_INIT, { KEY_IDS, "05 00 0000000000000001", RAND, IDI, IDR, KEMAC }, "76S" },
        { "T by clock, short", HDR_INIT, { KEY_IDS, "05 03 00000001", RAND, IDI, IDR, KEMAC }, "76S" },
        { "no RAND", HDR_INIT, { KEY_IDS, COUNTER, IDI, IDR, KEMAC }, "76S" },
        { "one identity", HDR_INIT, { KEY_IDS, COUNTER, RAND, IDR, KEMAC }, "76S" },
        { "no identity", HDR_INIT, { KEY_IDS, COUNTER, RAND, KEMAC }, "76S" },
        { "no KEMAC", HDR_INIT, { KEY_IDS, COUNTER, RAND, IDI, IDR }, "76S" },
        { "in clear", HDR_INIT, { KEY_IDS, COUNTER, RAND, IDI, IDR, "01 00 0004 00200000 01" MAC }, "76S" },
        { "no MAC", HDR_INIT, { KEY_IDS, COUNTER, RAND, IDI, IDR, "01 01 0004 ea4554ad 00" }, "76S" },
        { "pull without a MAC", HDR_UNASKED, { KEY_IDS, COUNTER, RAND, IDI, IDR, "01 01 0000 00" }, "76S" },
        { "IDi is a URI", HDR_INIT, { KEY_IDS, COUNTER, RAND, "06 01 0004 62736d31", IDR, KEMAC }, "76N" },
        { "IDr is a byte string",
          HDR_INIT,
          { KEY_IDS, COUNTER, RAND, IDI, "06 02 0005 6140622e63", KEMAC },
          "76N" },
        { "two identities that are URIs",
          HDR_INIT,
          { KEY_IDS, COUNTER, RAND, "06 01 0001 61", "06 01 0001 62", KEMAC },
          "76N" },
        { "all at once", HDR_INIT, { BCAST, "06 01 0001 61" }, "76S" },
    };

    JUDGE(rows);
}

static void test_r78(void **state)
{
    static const row_t rows[] = {
        { "no ROC rate",
          HDR_STREAM,
          { KEY_IDS, COUNTER, RAND, IDI, IDR, "0a 00 00 0003 000101", KEMAC },
          "78N" },
        { "SP without parameters",
          HDR_STREAM,
          { KEY_IDS, COUNTER, RAND, IDI, IDR, "0a 00 00 0000", KEMAC },
          "78N" },
        { "ROC rate in the second",
          HDR_STREAM,
          { KEY_IDS, COUNTER, RAND, IDI, IDR, "0a 00 00 0000", SP, KEMAC },
          "" },
        { "SP under an Empty map", HDR_INIT, { KEY_IDS, COUNTER, RAND, IDI, IDR, SP, KEMAC }, "78S" },
        { "one session under an Empty map",
          "01 00 00 80 5ec00001 01 01",
          { KEY_IDS, COUNTER, RAND, IDI, IDR, KEMAC },
          "78S" },
        { "no session under an SRTP-ID map",
          "01 00 00 80 5ec00001 00 00",
          { KEY_IDS, COUNTER, RAND, IDI, IDR, KEMAC },
          "78S" },
        { "two sessions",
          "01 00 00 80 5ec00001 02 00 000a0b0c0d00000000 000a0b0c0e00000000",
          { KEY_IDS, COUNTER, RAND, IDI, IDR, KEMAC },
          "78S" },
        { "two sessions and an SP",
          "01 00 00 80 5ec00001 02 00 000a0b0c0d00000000 000a0b0c0e00000000",
          { KEY_IDS, COUNTER, RAND, IDI, IDR, SP, KEMAC },
          "78S" },
        { "GENERIC-ID", "01 00 00 80 5ec00001 00 02", { KEY_IDS, COUNTER, RAND, IDI, IDR, KEMAC }, "78S" },
        { "answer with a session",
          "01 01 00 00 5ec00001 01 00 000a0b0c0d00000000",
          { COUNTER, IDR, V },
          "78S" },
        { "STKM with a session",
          "01 00 00 00 5ec00001 01 00 000a0b0c0d00000000",
          { STKM_KEY_IDS, COUNTER, KEMAC },
          "78S" },
    };

    JUDGE(rows);
}

static void test_r79(void **state)
{
    static const row_t rows[] = {
        { "no T", HDR_ANSWER, { IDR, V }, "79S" },
        { "no IDr", HDR_ANSWER, { COUNTER, V }, "79S" },
        { "no V", HDR_ANSWER, { COUNTER, IDR }, "79S" },
        { "no MAC", HDR_ANSWER, { COUNTER, IDR, "09 00" }, "79S" },
        { "IDr is a URI", HDR_ANSWER, { COUNTER, "06 01 0005 6140622e63", V }, "79N" },
        { "IDi, too", HDR_ANSWER, { COUNTER, IDI, IDR, V }, "79N" },
        { "T twice", HDR_ANSWER, { COUNTER, COUNTER, IDR, V }, "79N" },
        { "RAND", HDR_ANSWER, { COUNTER, RAND, IDR, V }, "79N" },
        { "RAND, and no MAC", HDR_ANSWER, { COUNTER, RAND, IDR, "09 00" }, "79S" },
        { "SP", HDR_ANSWER, { COUNTER, IDR, SP, V }, "78S 79N" },
        { "T by clock",
          HDR_ANSWER,
          { "05 00 0000000000000001", IDR, V },
          "" }, /* as its LTKM has it: R76, R62 */
    };

    JUDGE(rows);
}

static void test_r80(void **state)
{
    static const row_t rows[] = {
        { "V flag", HDR_INIT, { STKM_KEY_IDS, COUNTER, KEMAC }, "80S" },
        { "no Key Domain ID", HDR_UNASKED, { "15 03 000a 010401020001 02020001", COUNTER, KEMAC }, "80S" },
        { "no MSK ID", HDR_UNASKED, { "15 03 0009 000300f110 02020001", COUNTER, KEMAC }, "80S" },
        { "no MTK ID", HDR_UNASKED, { KEY_IDS, "15 05 0002 0200", COUNTER, KEMAC }, "80S" },
        { "long MTK ID",
          HDR_UNASKED,
          { "15 03 0011 000300f110 010401020001 020400000001", COUNTER, KEMAC },
          "80S" },
        { "MTK ID first",
          HDR_UNASKED,
          { "15 03 000f 02020001 000300f110 010401020001", COUNTER, KEMAC },
          "80S" },
        { "MSK ID first",
          HDR_UNASKED,
          { "15 03 000f 010401020001 000300f110 02020001", COUNTER, KEMAC },
          "80S" },
        { "in two payloads", HDR_UNASKED, { KEY_IDS, "15 03 0004 02020001", COUNTER, KEMAC }, "" },
        { "no T", HDR_UNASKED, { STKM_KEY_IDS, KEMAC }, "80S" },
        { "T by clock", HDR_UNASKED, { STKM_KEY_IDS, "05 00 0000000000000001", KEMAC }, "80S" },
        { "no KEMAC", HDR_UNASKED, { STKM_KEY_IDS, COUNTER }, "80S" },
        { "RAND", HDR_UNASKED, { STKM_KEY_IDS, COUNTER, RAND, KEMAC }, "80S" },
        { "SP", HDR_UNASKED, { STKM_KEY_IDS, COUNTER, SP, KEMAC }, "78S 80S" },
    };

    JUDGE(rows);
}

/* What is cut, damaged, or has something behind its end may be anything. */
static void test_not_whole(void **state)
{
    static const row_t bad = { "", HDR_INIT, { BCAST, COUNTER, KEMAC }, "" };
    static const row_t rows[] = {
        { "bytes behind the end", HDR_INIT, { BCAST, COUNTER, KEMAC "ff" }, "" },
        { "unknown payload", HDR_INIT, { BCAST, COUNTER, "63 00" }, "" },
        { "other version", "02 00 00 80 5ec00001 00 01", { BCAST, COUNTER, KEMAC }, "" },
        { "error message", "01 06 00 00 5ec00001 00 00", { "0c 00 0000" }, "" },
        { "public key", "01 02 00 00 5ec00001 00 00", { COUNTER }, "" },
    };
    hex_bytes_t message = assemble(&bad);

    assert_string_equal(judge(message), "76S");
    while (message.length-- > 0) {
        assert_string_equal(judge(message), "");
    }
    JUDGE(rows);
}

/* Nothing is allocated for a message without a fault: there is no pool. */
static void test_nothing_is_kept(void **state)
{
    static const row_t good = { "", HDR_STREAM, { KEY_IDS, BCAST, COUNTER, RAND, IDI, IDR, SP, KEMAC }, "" };
    hex_bytes_t message = assemble(&good);
    const mikey_message_t *parsed = mikey_message_parse(pool, message.bytes, message.length);
    rule_findings_t findings = { .pool = NULL };

    (void)state;
    rules_judge_message(parsed, &findings);
    assert_null(findings.first);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_conforming), TEST(test_samples), TEST(test_r76),       TEST(test_r78),
        TEST(test_r79),        TEST(test_r80),     TEST(test_not_whole), TEST(test_nothing_is_kept),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
