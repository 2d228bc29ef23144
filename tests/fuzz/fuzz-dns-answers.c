/* fuzz-dns-answers.c
 * libFuzzer target of the reader of DNS answers: any input is a message. Aborts where an item reaches beyond
 * it, where a name is longer or an address of another size than the contract says, or where there are more
 * items than it allows.
 *
 *   fuzz-dns-answers CORPUS_DIRECTORY seeds/dns-answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/dns-answers.h"

#include <stddef.h>
#include <string.h>

#include "check.h"

#define HEADER_SIZE 12
#define MAX_ITEMS   (128 + 128) /* questions and answers */

typedef struct {
    const uint8_t *bytes;
    size_t size;
    uint32_t n_items;
} seen_t;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void name_check(const dns_name_t *name)
{
    check(name->length <= DNS_NAME_SIZE);
    check(!memchr(name->text, '\0', name->length));
    check(name->length == 0 || (name->text[0] != '.' && name->text[name->length - 1] != '.'));
}

static void item_check(const dns_item_t *item, void *user)
{
    seen_t *seen = user;

    check(++seen->n_items <= MAX_ITEMS);
    name_check(item->name);
    if (item->kind == DNS_ALIAS) {
        name_check(item->target);
    }
    if (item->kind == DNS_ADDRESS) {
        check(item->address_size == 4 || item->address_size == 16);
        check(item->address >= seen->bytes && item->address_size <= seen->size);
        check((size_t)(item->address - seen->bytes) <= seen->size - item->address_size);
    }
}

/* A response to a query with the flag TC. */
static bool is_cut_response(const uint8_t *bytes, size_t size)
{
    return size >= HEADER_SIZE && (bytes[2] & 0xfa) == 0x82;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    seen_t seen = { bytes, size, 0 };
    bool all = dns_answers_read(bytes, (uint32_t)size, item_check, &seen);

    check(!all || !is_cut_response(bytes, size));
    return 0;
}
