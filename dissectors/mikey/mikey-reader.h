/* mikey-reader.h
 * Reads the numbers and ranges of a message within bounds. The first fault sticks: reads after it give zeros
 * and stay where they are, so that a caller may read a whole payload and look once.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MIKEY_READER_H
#define MIKEY_READER_H

#include "mikey/mikey-message.h"

typedef struct {
    const uint8_t *bytes;
    uint32_t position; /* at most |end| */
    uint32_t end;
    bool failed;
    mikey_fault_t fault; /* why, if failed; its payload is set by whoever reports it */
} mikey_reader_t;

/* A reader of |range|, which lies in |bytes|. */
mikey_reader_t mikey_reader_of(const uint8_t *bytes, mikey_range_t range);

uint32_t mikey_bytes_left(const mikey_reader_t *reader);

/* From |from| to the end, from the position to the end. */
mikey_range_t mikey_range_from(const mikey_reader_t *reader, uint32_t from);
mikey_range_t mikey_rest(const mikey_reader_t *reader);

/* Records a fault, unless there is one already. */
void mikey_fail(mikey_reader_t *reader, mikey_fault_code_t code, uint32_t value, mikey_range_t range);

/* Big-endian numbers. */
uint8_t mikey_read_u8(mikey_reader_t *reader);
uint16_t mikey_read_u16(mikey_reader_t *reader);
uint32_t mikey_read_u32(mikey_reader_t *reader);

/* |size| bytes, a number fixed by the format. */
mikey_range_t mikey_read_fixed(mikey_reader_t *reader, uint32_t size);

/* |size| bytes, a number that the field |announced| has. */
mikey_range_t mikey_read_announced(mikey_reader_t *reader, uint32_t size, mikey_range_t announced);

/* A length field of one or of two bytes and the bytes it announces. */
mikey_range_t mikey_read_counted_u8(mikey_reader_t *reader);
mikey_range_t mikey_read_counted_u16(mikey_reader_t *reader);

/* Bytes whose number hangs on the algorithm |alg|; |size| is negative where that is not known. */
mikey_range_t mikey_read_by_algorithm(mikey_reader_t *reader, uint8_t alg, int size);

/* Whether one more row fits after |n|; else that is the reader's fault (MIKEY_FAULT_TOO_MANY). */
bool mikey_has_room(mikey_reader_t *reader, uint32_t n);

/* The first |n| of |rows| as an array of just their size in |pool|; NULL for none. */
void *mikey_keep_rows(wmem_allocator_t *pool, const void *rows, uint32_t n, size_t size);

#endif
