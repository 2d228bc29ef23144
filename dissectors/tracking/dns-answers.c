/* dns-answers.c
 *
 *     header (12): id, flags, QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT
 *     question:    name, type (2), class (2)
 *     record:      name, type (2), class (2), TTL (4), RDLENGTH (2), RDATA
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/dns-answers.h"

#include <string.h>

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, CLASS_IN = 1 };
enum { FLAG_RESPONSE = 0x8000, FLAGS_OPCODE = 0x7800, FLAG_TRUNCATED = 0x0200 };
enum { MAX_POINTERS = 32, MAX_RECORDS = 128, MAX_LABEL = 63 };

typedef struct {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t at;
    bool bad; /* a read reached beyond the end; everything after is 0 */
    dns_visitor_t visit;
    void *user;
} reader_t;

static uint32_t read_number(reader_t *reader, uint32_t size)
{
    uint32_t number = 0;

    if (reader->bad || reader->length - reader->at < size) {
        reader->bad = true;
        return 0;
    }
    while (size-- > 0) {
        number = number << 8 | reader->bytes[reader->at++];
    }
    return number;
}

static void read_label(reader_t *reader, uint32_t size, dns_name_t *name)
{
    if (reader->bad || reader->length - reader->at < size || name->length + size + 1 > DNS_NAME_SIZE) {
        reader->bad = true;
        return;
    }
    if (name->length > 0) {
        name->text[name->length++] = '.';
    }
    while (size-- > 0) {
        char c = (char)reader->bytes[reader->at++];

        name->text[name->length++] = c == '.' || c == '\0' ? '\\' : c;
    }
}

/* Reads a name, compressed or not (RFC 1035 §4.1.4), and stands behind it. */
static void read_name(reader_t *reader, dns_name_t *name)
{
    uint32_t behind = 0;
    int n_pointers = 0;

    name->length = 0;
    while (!reader->bad) {
        uint32_t size = read_number(reader, 1);

        if (size >= 0xc0) {
            size = (size & 0x3f) << 8 | read_number(reader, 1);
            behind = behind ? behind : reader->at;
            reader->bad = reader->bad || size >= reader->length || ++n_pointers > MAX_POINTERS;
            reader->at = reader->bad ? reader->at : size;
        } else if (size == 0 || size > MAX_LABEL) {
            reader->bad = reader->bad || size > MAX_LABEL;
            break;
        } else {
            read_label(reader, size, name);
        }
    }
    if (behind) {
        reader->at = behind;
    }
}

static void read_question(reader_t *reader)
{
    dns_name_t name;
    dns_item_t item = { .kind = DNS_QUESTION, .name = &name };

    read_name(reader, &name);
    read_number(reader, 4);
    if (!reader->bad) {
        reader->visit(&item, reader->user);
    }
}

/* RDATA of |size| bytes that are there. */
static void read_data(reader_t *reader, uint32_t type, uint32_t size, dns_item_t *item, dns_name_t *target)
{
    uint32_t end = reader->at + size;

    if (type == TYPE_CNAME) {
        item->kind = DNS_ALIAS;
        item->target = target;
        read_name(reader, target);
        reader->bad = reader->bad || reader->at != end;
    } else {
        item->kind = DNS_ADDRESS;
        item->address = reader->bytes + reader->at;
        item->address_size = size;
        reader->bad = size != (type == TYPE_A ? 4 : 16);
    }
}

/* A record that can't be read counts as a question: it is about its owner. */
static void read_record(reader_t *reader)
{
    dns_name_t name, target;
    dns_item_t item = { .kind = DNS_QUESTION, .name = &name };
    uint32_t type, class, size, end;
    bool has_name;

    read_name(reader, &name);
    has_name = !reader->bad;
    type = read_number(reader, 2);
    class = read_number(reader, 2);
    read_number(reader, 4);
    size = read_number(reader, 2);
    reader->bad = reader->bad || reader->length - reader->at < size;
    end = reader->at + size;
    if (!reader->bad && class == CLASS_IN && (type == TYPE_A || type == TYPE_AAAA || type == TYPE_CNAME)) {
        read_data(reader, type, size, &item, &target);
    }
    if (has_name) {
        item.kind = reader->bad ? DNS_QUESTION : item.kind;
        reader->visit(&item, reader->user);
    }
    reader->at = reader->bad ? reader->at : end;
}

bool dns_answers_read(const uint8_t *bytes, uint32_t length, dns_visitor_t visit, void *user)
{
    reader_t reader = { bytes, length, 0, false, visit, user };
    uint32_t flags, n_questions, n_answers;

    read_number(&reader, 2);
    flags = read_number(&reader, 2);
    n_questions = read_number(&reader, 2);
    n_answers = read_number(&reader, 2);
    read_number(&reader, 4);
    if (reader.bad || !(flags & FLAG_RESPONSE) || (flags & FLAGS_OPCODE)) {
        return true;
    }
    for (uint32_t i = 0; i < n_questions && i < MAX_RECORDS && !reader.bad; i++) {
        read_question(&reader);
    }
    for (uint32_t i = 0; i < n_answers && n_questions <= MAX_RECORDS && i < MAX_RECORDS && !reader.bad; i++) {
        read_record(&reader);
    }
    return !reader.bad && !(flags & FLAG_TRUNCATED) && n_questions <= MAX_RECORDS && n_answers <= MAX_RECORDS;
}
