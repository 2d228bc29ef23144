/* fuzz-mikey.c
 * libFuzzer target of the MIKEY parser: any input is a message (RFC 3830 §6), which is judged by its form, a
 * key data chain (RFC 3830 §6.13) and an identity. Aborts where a range reaches beyond what holds it or a
 * bound of the contract is broken.
 *
 *   fuzz-mikey CORPUS_DIRECTORY
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/identifiers.h"
#include "mikey/key-names.h"
#include "mikey/mikey-message.h"
#include "mikey/mikey-roles.h"
#include "rules/rules.h"

#include <string.h>

#include "../mikey-ranges.h"

#include "check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_range(mikey_range_t range, mikey_range_t within, void *data)
{
    (void)data;
    check(mikey_range_fits(range, within));
}

/* Payloads follow one another without a gap, up to the end or to a fault. */
static void check_walk(const mikey_message_t *message, uint32_t size)
{
    uint32_t position = message->header.length;

    for (uint32_t i = 0; i < message->n_payloads; i++) {
        check(message->payloads[i].range.offset == position);
        check(message->payloads[i].range.length > 0);
        position += message->payloads[i].range.length;
    }
    if (message->complete && position < size && message->n_faults < MIKEY_MAX_FAULTS) {
        const mikey_fault_t *last = &message->faults[message->n_faults - 1];

        check(last->code == MIKEY_FAULT_TRAILING && last->range.offset == position);
    }
}

/* A name has its separators and hex digits, no more than its room; the plain one is told by its length. */
static void check_key_names(wmem_allocator_t *pool, const mikey_message_t *message)
{
    key_id_t domain = mikey_key_domain(message), msk = mikey_msk_id(message);
    const char *name = mikey_key_name(pool, message);
    char text[KEY_ID_TEXT_SIZE];

    check(!name || strspn(name, "0123456789abcdef:/") == strlen(name));
    check(!name || strlen(name) < 3 * KEY_ID_TEXT_SIZE);
    check(strlen(key_name_plain(pool, domain, msk)) == 2 * ((size_t)domain.length + msk.length) + 1);
    for (size_t size = 1; size <= sizeof text; size++) {
        check(key_id_text(text, size, msk, size % 2) < size);
    }
}

/* One finding of a rule at the most, at a level that the rule has; none of what is not whole. */
static void check_form(wmem_allocator_t *pool, const mikey_message_t *message)
{
    rule_findings_t findings = { .pool = pool };

    rules_judge_message(message, &findings);
    check(!findings.first || (message->complete && message->n_faults == 0));
    for (const rule_finding_t *finding = findings.first; finding; finding = finding->next) {
        check(strchr(rule_by_number(finding->number)->levels, "?NSB"[finding->level]));
        check(!finding->next || finding->number < finding->next->number);
    }
}

static void check_message(wmem_allocator_t *pool, const uint8_t *bytes, size_t size)
{
    const mikey_message_t *message = mikey_message_parse(pool, bytes, size);
    char id[MIKEY_CORRELATION_ID_SIZE];

    mikey_visit_message(message, (uint32_t)size, check_range, NULL);
    check_walk(message, (uint32_t)size);
    check(message->n_payloads <= MIKEY_MAX_PAYLOADS && message->n_faults <= MIKEY_MAX_FAULTS);
    check(message->n_cs <= message->cs_count);
    check(message->has_header || (message->n_payloads == 0 && message->kind == MIKEY_KIND_UNKNOWN));
    if (message->kind != MIKEY_KIND_UNKNOWN) {
        check(message->complete || message->n_faults > 0);
    }
    mikey_correlation_id(message, id);
    check(!mikey_is_likely(message) || size >= 2);
    check(strlen(id) < sizeof id);
    check_key_names(pool, message);
    check_form(pool, message);
    if (message->idi) {
        naf_host_find(bytes + message->idi->id.data.offset, message->idi->id.data.length);
    }
}

static void check_key_data(wmem_allocator_t *pool, const uint8_t *bytes, size_t size)
{
    mikey_range_t all = { 0, (uint32_t)size };
    mikey_fault_t fault;
    mikey_key_data_t *keys;
    uint32_t n_keys;

    if (!mikey_key_data_parse(pool, bytes, all, &keys, &n_keys, &fault)) {
        check(mikey_range_fits(fault.range, all));
    }
    check(n_keys <= MIKEY_MAX_PAYLOADS);
    mikey_visit_keys(keys, n_keys, all, check_range, NULL);
}

static void check_identifiers(const uint8_t *bytes, size_t size)
{
    naf_host_t host = naf_host_find(bytes, size);
    char text[KEY_DOMAIN_TEXT_SIZE];

    check(host.offset <= size && host.length <= size - host.offset && host.length <= 253);
    check(!host.has_ua_protocol || size - host.offset - host.length == UA_PROTOCOL_ID_SIZE);
    key_domain_plmn(bytes, size, text);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wmem_init();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);

    check_message(pool, bytes, size);
    check_key_data(pool, bytes, size);
    check_identifiers(bytes, size);
    wmem_destroy_allocator(pool);
    return 0;
}
