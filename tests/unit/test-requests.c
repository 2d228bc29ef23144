/* test-requests.c
 * What a request asked for: services and keys, sorted, and the offer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"

static request_t *read_text(const char *text)
{
    return request_read(pool, mbms_body_read(pool, (const uint8_t *)text, strlen(text), NULL, NULL));
}

static void append_list(wmem_strbuf_t *out, const char *const *list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        assert_true(request_has(list, n, list[i]));
        wmem_strbuf_append_printf(out, "%s%s", i ? " " : "", list[i]);
    }
}

/* "services|keys|offer", the offer as numbers; "-" where there is none. */
static const char *outline(const request_t *request)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pool, "");

    append_list(out, request->services, request->n_services);
    wmem_strbuf_append_c(out, '|');
    append_list(out, request->msks, request->n_msks);
    wmem_strbuf_append(out, request->offer_listed ? "|" : "|-");
    for (unsigned i = 0; i < 256; i++) {
        if (request->offer[i / 32] >> i % 32 & 1) {
            wmem_strbuf_append_printf(out, "%u.", i);
        }
    }
    return wmem_strbuf_get_str(out);
}

#define REGISTER(content)   "<mbmsSecurityRegister>" content "</mbmsSecurityRegister>"
#define DEREGISTER(content) "<mbmsSecurityDeregister>" content "</mbmsSecurityDeregister>"
#define ASK(content)        "<mbmsMSKRequest>" content "</mbmsMSKRequest>"
#define SERVICE(name)       "<serviceID>" name "</serviceID>"
#define MSK(domain, id)     "<MSK><keyDomainID>" domain "</keyDomainID><MSKID>" id "</MSKID></MSK>"
#define OFFER(types)        "<RegistrationRequestExtension>" types "</RegistrationRequestExtension>"
#define TYPES(types)        "<LTKMDelivery>" types "</LTKMDelivery>"
#define TYPE(number)        "<Type>" number "</Type>"

static void test_requests(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        { REGISTER(""), "||-" },
        { REGISTER(SERVICE("a")), "a||-" },
        { REGISTER(SERVICE("c") SERVICE("a") SERVICE(" b ")), "a b c||-" },
        { REGISTER(SERVICE("a") SERVICE("a")), "a a||-" },
        { REGISTER(SERVICE("B") SERVICE("a")), "B a||-" },
        { DEREGISTER(SERVICE("a")), "a||-" },
        { ASK(MSK("uHCd", "aMkAAQ==")), "|b8709d/68c90001|-" },
        { ASK(MSK("uHCd", "aMkAAg==") MSK("uHCd", "aMkAAQ==")), "|b8709d/68c90001 b8709d/68c90002|-" },
        { ASK(MSK("uHCd", "!") MSK("?", "aMkAAQ==") "<MSK/>"), "||-" },
        { ASK("<MSK><MSKID>aMkAAQ==</MSKID></MSK>"), "||-" },
        { REGISTER(OFFER("")), "||-" },
        { REGISTER(OFFER(TYPES(""))), "||" },
        { REGISTER(OFFER(TYPES(TYPE("0") TYPE("2")))), "||0.2." },
        { REGISTER(OFFER(TYPES(TYPE("31") TYPE("32") TYPE("255")))), "||31.32.255." },
        { REGISTER(OFFER(TYPES(TYPE("256") TYPE("-1") TYPE("x")))), "||" },
        { REGISTER(OFFER(TYPES(TYPE("2")) TYPES(TYPE("1")))), "||1.2." },
        { REGISTER("<RegistrationResponseExtension>" TYPES(TYPE("2")) "</RegistrationResponseExtension>"),
          "||-" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        request_t *request = read_text(rows[i].text);

        assert_string_equal(outline(request), rows[i].expected);
        request_free(pool, request);
    }
    request_free(pool, NULL);
}

static void test_has(void **state)
{
    static const char *const list[] = { "a", "ab", "c" };

    (void)state;
    assert_true(request_has(list, 3, "ab"));
    assert_false(request_has(list, 3, "b"));
    assert_false(request_has(list, 2, "c"));
    assert_false(request_has(list, 3, ""));
    assert_false(request_has(NULL, 0, "a"));
}

/* What is kept does not refer to the body. */
static void test_outlives_its_body(void **state)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    char text[] = REGISTER(SERVICE("service") MSK("uHCd", "aMkAAQ=="));
    request_t *request =
        request_read(pool, mbms_body_read(scratch, (const uint8_t *)text, strlen(text), NULL, NULL));

    (void)state;
    memset(text, 'x', sizeof text);
    wmem_destroy_allocator(scratch);
    assert_string_equal(outline(request), "service|b8709d/68c90001|-");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_requests),
        TEST(test_has),
        TEST(test_outlives_its_body),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
