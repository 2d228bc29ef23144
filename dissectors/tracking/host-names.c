/* host-names.c
 *
 *     header (12): id, flags, QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT
 *     question:    name, type (2), class (2)
 *     record:      name, type (2), class (2), TTL (4), RDLENGTH (2), RDATA
 *
 * Wireshark's own name tables lose CNAMEs and depend on preferences; a post-dissector that asks for DNS
 * fields would make Wireshark build a tree for every packet. So a handle without protocol stands on UDP port
 * 53, calls the dissector that had it, and then reads the answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/host-names.h"

#include <string.h>

#include <epan/wmem_scopes.h>

enum { DNS_PORT = 53, HEADER_SIZE = 12, TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, CLASS_IN = 1 };
enum { MAX_NAME = 255, MAX_POINTERS = 32, MAX_RECORDS = 128, MAX_ADDRESSES = 64, MAX_ALIASES = 16 };

typedef struct host_address {
    uint32_t hash;
    uint32_t frame;
    struct host_address *next;
} host_address_t;

static wmem_map_t *hosts; /* name -> host_name_t */
static dissector_handle_t previous_handle;

void host_names_register(void)
{
    hosts = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
}

host_name_t *host_name_get(const char *name, size_t length)
{
    char key[MAX_NAME + 1];
    host_name_t *host;

    length = MIN(length, MAX_NAME);
    for (size_t i = 0; i < length; i++) {
        key[i] = g_ascii_tolower(name[i]);
    }
    key[length] = '\0';
    host = wmem_map_lookup(hosts, key);
    if (!host) {
        host = wmem_new0(wmem_file_scope(), host_name_t);
        host->name = wmem_strdup(wmem_file_scope(), key);
        wmem_map_insert(hosts, host->name, host);
    }
    return host;
}

uint32_t host_bytes_hash(const uint8_t *bytes, uint32_t length)
{
    uint32_t hash = length ? wmem_strong_hash(bytes, length) : 0;

    return length && hash == 0 ? 1 : hash;
}

uint32_t host_address_hash(const address *address)
{
    return host_bytes_hash(address->data, (uint32_t)address->len);
}

host_match_t host_name_has(const host_name_t *host, uint32_t address_hash, uint32_t frame)
{
    host_match_t match = HOST_UNKNOWN;

    for (int left = MAX_ALIASES; host && left > 0; left--) {
        for (const host_address_t *known = host->addresses; known; known = known->next) {
            if (known->frame < frame) {
                if (known->hash == address_hash) {
                    return HOST_MATCHES;
                }
                match = HOST_OTHER;
            }
        }
        host = host->alias_of && host->alias_frame < frame ? host->alias_of : NULL;
    }
    return match;
}

static void add_address(host_name_t *host, const uint8_t *bytes, uint32_t length, uint32_t frame)
{
    uint32_t hash = host_bytes_hash(bytes, length);
    host_address_t *known = host->addresses;

    while (known && known->hash != hash) {
        known = known->next;
    }
    if (known || host->n_addresses >= MAX_ADDRESSES) {
        return;
    }
    known = wmem_new(wmem_file_scope(), host_address_t);
    *known = (host_address_t){ hash, frame, host->addresses };
    host->addresses = known;
    host->n_addresses++;
}

/* ---- DNS messages ----------------------------------------------------------------------------------- */

typedef struct {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t at;
    bool bad; /* a read reached beyond the end; everything after is 0 */
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

/* Appends a label to |name|. */
static uint32_t read_label(reader_t *reader, uint32_t size, char *name, uint32_t length)
{
    if (reader->length - reader->at < size || length + size + 1 > MAX_NAME) {
        reader->bad = true;
        return length;
    }
    if (length > 0) {
        name[length++] = '.';
    }
    memcpy(name + length, reader->bytes + reader->at, size);
    reader->at += size;
    return length + size;
}

/* Reads a name, compressed or not (RFC 1035 §4.1.4), and stands behind it. Returns its length. */
static uint32_t read_name(reader_t *reader, char name[MAX_NAME + 1])
{
    uint32_t length = 0, behind = 0;
    int n_pointers = 0;

    while (!reader->bad) {
        uint32_t size = read_number(reader, 1);

        if (size >= 0xc0) {
            size = (size & 0x3f) << 8 | read_number(reader, 1);
            behind = behind ? behind : reader->at;
            reader->bad = reader->bad || size >= reader->length || ++n_pointers > MAX_POINTERS;
            reader->at = reader->bad ? reader->at : size;
        } else if (size == 0 || size > 63) {
            reader->bad = reader->bad || size > 63;
            break;
        } else {
            length = read_label(reader, size, name, length);
        }
    }
    if (behind) {
        reader->at = behind;
    }
    return length;
}

static void read_record(reader_t *reader, uint32_t frame)
{
    char name[MAX_NAME + 1], target[MAX_NAME + 1];
    uint32_t name_length = read_name(reader, name);
    uint32_t type = read_number(reader, 2);
    uint32_t class = read_number(reader, 2);
    uint32_t size, end;

    read_number(reader, 4);
    size = read_number(reader, 2);
    if (reader->bad || reader->length - reader->at < size) {
        reader->bad = true;
        return;
    }
    end = reader->at + size;
    if (class == CLASS_IN && ((type == TYPE_A && size == 4) || (type == TYPE_AAAA && size == 16))) {
        add_address(host_name_get(name, name_length), reader->bytes + reader->at, size, frame);
    } else if (class == CLASS_IN && type == TYPE_CNAME) {
        uint32_t target_length = read_name(reader, target);

        if (!reader->bad) {
            host_name_t *host = host_name_get(name, name_length);

            host->alias_of = host_name_get(target, target_length);
            host->alias_frame = frame;
        }
    }
    reader->at = end;
}

void host_names_read(const uint8_t *bytes, uint32_t length, uint32_t frame)
{
    reader_t reader = { bytes, length, 0, false };
    char name[MAX_NAME + 1];
    uint32_t flags, n_questions, n_answers;

    read_number(&reader, 2);
    flags = read_number(&reader, 2);
    n_questions = read_number(&reader, 2);
    n_answers = read_number(&reader, 2);
    read_number(&reader, 4);
    if (reader.bad || (flags & 0x8000) == 0 || n_questions > MAX_RECORDS) {
        return;
    }
    while (n_questions-- > 0 && !reader.bad) {
        read_name(&reader, name);
        read_number(&reader, 4);
    }
    n_answers = MIN(n_answers, MAX_RECORDS);
    while (n_answers-- > 0 && !reader.bad) {
        read_record(&reader, frame);
    }
}

/* ---- in the way of DNS ------------------------------------------------------------------------------ */

static int dissect_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!PINFO_FD_VISITED(pinfo) && pinfo->srcport == DNS_PORT && !pinfo->flags.in_error_pkt) {
        uint32_t length = tvb_captured_length(tvb);

        host_names_read(tvb_get_ptr(tvb, 0, (int)length), length, pinfo->num);
    }
    return call_dissector_only(previous_handle, tvb, pinfo, tree, data);
}

void host_names_handoff(void)
{
    previous_handle = dissector_get_uint_handle(find_dissector_table("udp.port"), DNS_PORT);
    if (previous_handle) {
        dissector_add_uint("udp.port", DNS_PORT,
                           create_dissector_handle_with_name_and_description(dissect_dns, -1, NULL,
                                                                             "DNS, its answers remembered"));
    }
}
