/* mikey-reader.c
 * The only code that compares a length with what is left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mikey/mikey-reader.h"

mikey_reader_t mikey_reader_of(const uint8_t *bytes, mikey_range_t range)
{
    return (mikey_reader_t){ .bytes = bytes, .position = range.offset, .end = range.offset + range.length };
}

uint32_t mikey_bytes_left(const mikey_reader_t *reader)
{
    return reader->end - reader->position;
}

mikey_range_t mikey_range_from(const mikey_reader_t *reader, uint32_t from)
{
    return (mikey_range_t){ from, reader->end - from };
}

mikey_range_t mikey_rest(const mikey_reader_t *reader)
{
    return mikey_range_from(reader, reader->position);
}

void mikey_fail(mikey_reader_t *reader, mikey_fault_code_t code, uint32_t value, mikey_range_t range)
{
    if (!reader->failed) {
        reader->failed = true;
        reader->fault = (mikey_fault_t){ .code = code, .value = value, .range = range };
    }
}

mikey_range_t mikey_read_announced(mikey_reader_t *reader, uint32_t size, mikey_range_t announced)
{
    mikey_range_t range = { reader->position, size };

    if (size > mikey_bytes_left(reader)) {
        mikey_fail(reader, MIKEY_FAULT_SHORT, size, announced);
    }
    if (reader->failed) {
        return (mikey_range_t){ reader->position, 0 };
    }
    reader->position += size;
    return range;
}

mikey_range_t mikey_read_fixed(mikey_reader_t *reader, uint32_t size)
{
    return mikey_read_announced(reader, size, mikey_rest(reader));
}

uint8_t mikey_read_u8(mikey_reader_t *reader)
{
    mikey_range_t range = mikey_read_fixed(reader, 1);

    return range.length ? reader->bytes[range.offset] : 0;
}

uint16_t mikey_read_u16(mikey_reader_t *reader)
{
    mikey_range_t range = mikey_read_fixed(reader, 2);

    return (uint16_t)mikey_number(reader->bytes, range);
}

uint32_t mikey_read_u32(mikey_reader_t *reader)
{
    mikey_range_t range = mikey_read_fixed(reader, 4);

    return (uint32_t)mikey_number(reader->bytes, range);
}

mikey_range_t mikey_read_counted_u8(mikey_reader_t *reader)
{
    mikey_range_t field = { reader->position, 1 };
    uint8_t length = mikey_read_u8(reader);

    return mikey_read_announced(reader, length, field);
}

mikey_range_t mikey_read_counted_u16(mikey_reader_t *reader)
{
    mikey_range_t field = { reader->position, 2 };
    uint16_t length = mikey_read_u16(reader);

    return mikey_read_announced(reader, length, field);
}

mikey_range_t mikey_read_by_algorithm(mikey_reader_t *reader, uint8_t alg, int size)
{
    if (size < 0) {
        mikey_fail(reader, MIKEY_FAULT_ALGORITHM, alg, mikey_rest(reader));
        size = 0;
    }
    return mikey_read_fixed(reader, (uint32_t)size);
}

bool mikey_has_room(mikey_reader_t *reader, uint32_t n)
{
    if (n == MIKEY_MAX_PAYLOADS) {
        mikey_fail(reader, MIKEY_FAULT_TOO_MANY, MIKEY_MAX_PAYLOADS, mikey_rest(reader));
    }
    return n < MIKEY_MAX_PAYLOADS;
}

void *mikey_keep_rows(wmem_allocator_t *pool, const void *rows, uint32_t n, size_t size)
{
    return n ? wmem_memdup(pool, rows, n * size) : NULL;
}
