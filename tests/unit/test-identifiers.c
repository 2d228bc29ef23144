/* test-identifiers.c
 * Host names in IDi (NAI, URI and NAF-ID forms, RFC 1123 §2.1, TS 33.220 Annex H) and PLMN identities in Key
 * Domain IDs (TS 24.008 §10.5.1.3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/identifiers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LABEL_31 "abcdefghijklmnopqrstuvwxyz01234"
#define LABEL_63 LABEL_31 "-" LABEL_31
#define LABEL_64 LABEL_63 "z"
#define NAME_253 LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_31 "abcdefghijklmnopqrstuvwxyz0123"
#define UA_MBMS  "\x01\x00\x00\x00\x01"

typedef struct {
    const char *bytes;
    size_t length;
    const char *host; /* NULL: none */
    size_t offset;
    bool has_ua_protocol;
} host_case_t;

/* |text| may hold zero bytes. */
#define HOST(text, host, offset)                                                                             \
    {                                                                                                        \
        text, sizeof(text) - 1, host, offset, false                                                          \
    }
#define NAF_ID(text, host)                                                                                   \
    {                                                                                                        \
        text, sizeof(text) - 1, host, 0, true                                                                \
    }
#define NO_HOST(text)                                                                                        \
    {                                                                                                        \
        text, sizeof(text) - 1, NULL, 0, false                                                               \
    }

/* The identity in a block of just its size, so that a sanitizer sees a read behind it. */
static naf_host_t find(const char *bytes, size_t length)
{
    uint8_t *copy = (uint8_t *)malloc(length);
    naf_host_t host;

    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    host = naf_host_find(copy, length);
    free(copy);
    return host;
}

static void assert_hosts(const host_case_t *cases, size_t n_cases)
{
    for (size_t i = 0; i < n_cases; i++) {
        const host_case_t *c = &cases[i];
        naf_host_t host = find(c->bytes, c->length);

        assert_int_equal(host.length, c->host ? strlen(c->host) : 0);
        assert_int_equal(host.offset, c->offset);
        assert_int_equal(host.has_ua_protocol, c->has_ua_protocol);
        if (c->host) {
            assert_memory_equal(c->bytes + host.offset, c->host, host.length);
        }
    }
}

static void test_plain_names(void **state)
{
    static const host_case_t cases[] = {
        HOST("bsm.example.org", "bsm.example.org", 0),
        HOST("BSM-1.Example.ORG", "BSM-1.Example.ORG", 0),
        HOST("bsm.example.org.", "bsm.example.org", 0), /* root dot */
        HOST("localhost", "localhost", 0),
        HOST("3gpp.org", "3gpp.org", 0),
        HOST("bsm.example.org:8443", "bsm.example.org", 0),
        HOST("bsm.example.org/x", "bsm.example.org", 0),
    };

    (void)state;
    assert_hosts(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_names_in_uris_and_nais(void **state)
{
    static const host_case_t cases[] = {
        HOST("http://host:80/x", "host", 7),
        HOST("https://bsm.example.org", "bsm.example.org", 8),
        HOST("http://u:p@bsm.example.org/a@b", "bsm.example.org", 11),
        HOST("//bsm.example.org", "bsm.example.org", 2),
        HOST("sip:u@host", "host", 6),
        HOST("sip:u@host;transport=udp", "host", 6),
        HOST("sip:bsm.example.org", "bsm.example.org", 4),
        HOST("bsm@example.org", "example.org", 4),
        HOST("a@b@example.org", "example.org", 4),
        HOST("http://host?a=//other", "host", 7),
    };

    (void)state;
    assert_hosts(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_naf_ids(void **state)
{
    static const host_case_t cases[] = {
        NAF_ID("bsm.example.org" UA_MBMS, "bsm.example.org"),
        NAF_ID("bsm.example.org\x01\x00\x01\x00\x40", "bsm.example.org"), /* an "@" in the identifier */
        NAF_ID("bsm.example.org\x01\x00\x01//", "bsm.example.org"),       /* a "//" in it */
        HOST("bsm.example.org\x02\x00\x00\x00\x01", "bsm.example.org", 0),
        HOST("bsm.example.org\x01\x00\x00\x00", "bsm.example.org", 0),
        HOST("bsm.example.org" UA_MBMS "\x00", "bsm.example.org", 0),
        NO_HOST(UA_MBMS),
    };

    (void)state;
    assert_hosts(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_longest_names(void **state)
{
    static const host_case_t cases[] = {
        HOST(LABEL_63, LABEL_63, 0), HOST(LABEL_63 ".org", LABEL_63 ".org", 0),
        HOST(NAME_253, NAME_253, 0), NAF_ID(NAME_253 UA_MBMS, NAME_253),
        NO_HOST(LABEL_64),           NO_HOST(LABEL_64 ".org"),
        NO_HOST("bsm." LABEL_64),    NO_HOST(NAME_253 "z"),
    };

    (void)state;
    assert_int_equal(strlen(NAME_253), 253);
    assert_hosts(cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_no_names(void **state)
{
    static const host_case_t cases[] = {
        NO_HOST(""),
        NO_HOST("."),
        NO_HOST(".example.org"),
        NO_HOST("bsm..example.org"),
        NO_HOST("-bsm.example.org"),
        NO_HOST("bsm-.example.org"),
        NO_HOST("bsm.-example.org"),
        NO_HOST("bsm_1.example.org"),
        NO_HOST("http://"),
        NO_HOST("user@"),
        NO_HOST("http://[2001:db8::1]/"),
        NO_HOST("\x00\x01\x02\x03"),
        NO_HOST("\xff\xfe@host"),
        NO_HOST(" bsm"),
    };

    (void)state;
    assert_hosts(cases, sizeof(cases) / sizeof(cases[0]));
    assert_int_equal(naf_host_find(NULL, 0).length, 0);
}

static void test_every_single_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char text = (char)byte;
        bool name =
            (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');

        assert_int_equal(find(&text, 1).length, name ? 1 : 0);
    }
}

static void test_ua_protocol_names(void **state)
{
    uint8_t id[UA_PROTOCOL_ID_SIZE] = { 0x01, 0x00, 0x00, 0x00, 0x00 };

    (void)state;
    for (unsigned last = 0; last < 256; last++) {
        id[4] = (uint8_t)last;
        assert_int_equal(ua_protocol_name(id) != NULL, last >= 1 && last <= 4);
    }
    id[4] = 1;
    assert_non_null(strstr(ua_protocol_name(id), "MBMS"));
    id[4] = 2;
    assert_non_null(strstr(ua_protocol_name(id), "HTTP digest"));
    id[0] = 2;
    assert_null(ua_protocol_name(id));
}

static void test_plmn(void **state)
{
    static const struct {
        const char bytes[4];
        const char *text;
    } cases[] = {
        { "\x62\xf2\x10", "MCC 262, MNC 01" },  { "\x13\x00\x14", "MCC 310, MNC 410" },
        { "\x00\x00\x00", "MCC 000, MNC 000" }, { "\x99\xf9\x99", "MCC 999, MNC 99" },
        { "\x21\x63\x54", "MCC 123, MNC 456" },
    };
    char text[KEY_DOMAIN_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(key_domain_plmn((const uint8_t *)cases[i].bytes, 3, text));
        assert_string_equal(text, cases[i].text);
    }
}

static void test_not_plmn(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        { "\xb8\x70\x9d", 3 }, /* an operator's own Key Domain ID */
        { "\x6a\xf2\x10", 3 }, /* MCC 1 */
        { "\xa2\xf2\x10", 3 }, /* MCC 2 */
        { "\x62\xff\x10", 3 }, /* MCC 3: F is only a filler of the MNC's third digit */
        { "\x62\xe2\x10", 3 }, /* MNC 3 */
        { "\x62\xf2\x1f", 3 }, /* MNC 1 */
        { "\x62\xf2\xf1", 3 }, /* MNC 2 */
        { "\x62\xf2", 2 },     { "\x62\xf2\x10\x00", 4 }, { "", 0 },
    };
    char text[KEY_DOMAIN_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_false(key_domain_plmn((const uint8_t *)cases[i].bytes, cases[i].length, text));
    }
    assert_false(key_domain_plmn(NULL, 0, text));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_names),       cmocka_unit_test(test_names_in_uris_and_nais),
        cmocka_unit_test(test_naf_ids),           cmocka_unit_test(test_longest_names),
        cmocka_unit_test(test_no_names),          cmocka_unit_test(test_every_single_byte),
        cmocka_unit_test(test_ua_protocol_names), cmocka_unit_test(test_plmn),
        cmocka_unit_test(test_not_plmn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
