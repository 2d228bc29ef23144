/* dns-answers.h
 * The answers of a DNS message (RFC 1035; A, AAAA and CNAME of class IN).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DNS_ANSWERS_H
#define DNS_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

enum { DNS_NAME_SIZE = 255 };

typedef enum { DNS_QUESTION, DNS_ADDRESS, DNS_ALIAS } dns_item_kind_t;

/* A name as text: labels with dots between them, in the case of the message, not terminated. A dot or zero
 * byte inside a label is there as a backslash, so that no other host's name comes of it. */
typedef struct {
    uint32_t length;
    char text[DNS_NAME_SIZE];
} dns_name_t;

/* What is asked or said of a name; good until the visitor returns. */
typedef struct {
    dns_item_kind_t kind;
    const dns_name_t *name;
    const dns_name_t *target; /* of an alias */
    const uint8_t *address;   /* 4 or 16 bytes */
    uint32_t address_size;
} dns_item_t;

typedef void (*dns_visitor_t)(const dns_item_t *item, void *user);

/* Shows the questions and answers of a response to |visit|, in order; nothing of other messages. False if
 * there may be more answers than were shown: it says that it is cut (TC), ends too early, has too many
 * records, or one that can't be read. Bounded by 128 questions and 128 answers. */
bool dns_answers_read(const uint8_t *bytes, uint32_t length, dns_visitor_t visit, void *user);

#endif
