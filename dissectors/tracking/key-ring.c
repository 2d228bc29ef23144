/* key-ring.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/key-ring.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "mikey/gba-keys.h"
#include "mikey/identifiers.h"
#include "mikey/key-names.h"
#include "mikey/mikey-crypto.h"
#include "mikey/milenage.h"

enum { MAX_MRK = 64 };

/* ---- rows ------------------------------------------------------------------------------------------- */

/* Both identities given, IDr, IDi, none. */
enum { RANK_BOTH, RANK_IDR, RANK_IDI };

static int rank_of(const key_row_t *key)
{
    return 2 * (key->other_name[0] == '\0') + (key->name[0] == '\0');
}

static int compare_keys(const void *a, const void *b)
{
    const key_row_t *one = a, *other = b;
    int difference = rank_of(one) - rank_of(other);

    difference = difference ? difference : strcmp(one->other_name, other->other_name);
    return difference ? difference : (one->row > other->row) - (one->row < other->row);
}

static key_bytes_t copy_bytes(key_bytes_t secret)
{
    return (key_bytes_t){ g_memdup2(secret.bytes, secret.length), secret.length };
}

static void wipe_bytes(key_bytes_t secret)
{
    mikey_wipe((void *)secret.bytes, secret.length);
    g_free((void *)secret.bytes);
}

static void clear(key_rows_t *rows)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        wipe_bytes(rows->rows[i].secret);
        wipe_bytes(rows->rows[i].other_secret);
        g_free((void *)rows->rows[i].name);
        g_free((void *)rows->rows[i].other_name);
    }
    g_free(rows->rows);
    *rows = (key_rows_t){ NULL, 0 };
}

void key_ring_set(key_ring_t *ring, key_table_t table, const key_row_t *rows, uint32_t n)
{
    key_rows_t *kept = &ring->of[table];

    clear(kept);
    if (n == 0) {
        return;
    }
    kept->rows = g_new(key_row_t, n);
    kept->n = n;
    for (uint32_t i = 0; i < n; i++) {
        kept->rows[i] =
            (key_row_t){ g_strdup(rows[i].name), g_strdup(rows[i].other_name), copy_bytes(rows[i].secret),
                         copy_bytes(rows[i].other_secret), rows[i].row };
    }
    if (table == KEYS_OF_LTKMS) {
        qsort(kept->rows, n, sizeof kept->rows[0], compare_keys);
    }
}

/* ---- what may be entered ---------------------------------------------------------------------------- */

static const char *card_problem(const key_row_t *row)
{
    bool has_opc = row->other_secret.length > 0;
    bool fits = has_opc ? row->secret.length == MILENAGE_SIZE && row->other_secret.length == MILENAGE_SIZE
                        : row->secret.length == GBA_KEY_SIZE;

    return fits ? NULL : "K and OPc have 16 bytes each; or OPc is empty, and for K stand CK and IK, 32 bytes";
}

static const char *service_key_problem(const key_row_t *row)
{
    char *plain = key_name_read(NULL, row->name);
    const char *problem = !plain ? "the name is none of a service key, as ltkm.key shows it: 00f110/68c9:0001"
                          : row->other_secret.length > MIKEY_MAX_RAND_LENGTH ? "RAND is too long"
                                                                             : NULL;

    wmem_free(NULL, plain);
    return problem;
}

static const char *mrk_problem(const key_row_t *row)
{
    return row->name[0] == '\0'           ? "the B-TID is empty"
           : row->secret.length > MAX_MRK ? "the MRK is too long"
                                          : NULL;
}

const char *key_row_problem(key_table_t table, const key_row_t *row)
{
    static const char *(*const problems[KEY_TABLES])(const key_row_t *row) = {
        [KEYS_OF_CARDS] = card_problem,
        [KEYS_OF_SERVICES] = service_key_problem,
        [KEYS_OF_DIGESTS] = mrk_problem,
    };

    return problems[table] ? problems[table](row) : NULL;
}

/* ---- keys of LTKMs ---------------------------------------------------------------------------------- */

static bool is_text(const char *text, const uint8_t *bytes, size_t length)
{
    return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

static bool is_identity(const char *name, const mikey_message_t *message, const mikey_payload_t *id)
{
    return name[0] == '\0' || (id && is_text(name, message->bytes + id->id.data.offset, id->id.data.length));
}

/* A BSM also by its host name: a NAF-ID ends with bytes that nobody can type. */
static bool is_host(const char *name, const mikey_message_t *message)
{
    mikey_range_t data = message->idi ? message->idi->id.data : (mikey_range_t){ 0, 0 };
    naf_host_t host = naf_host_find(message->bytes + data.offset, data.length);

    return host.length > 0 && is_text(name, message->bytes + data.offset + host.offset, host.length);
}

bool key_names(const key_row_t *key, const mikey_message_t *message)
{
    return is_identity(key->other_name, message, message->idr) &&
           (is_identity(key->name, message, message->idi) || is_host(key->name, message));
}

/* An IDr that is looked for. */
typedef struct {
    int rank;
    const uint8_t *bytes;
    size_t length;
} wanted_t;

/* Less than 0: the row stands before what is looked for. */
static int compare_idr(const key_row_t *key, const wanted_t *wanted)
{
    size_t length = strlen(key->other_name);
    int difference = rank_of(key) - wanted->rank;

    if (difference == 0 && MIN(length, wanted->length) > 0) {
        difference = memcmp(key->other_name, wanted->bytes, MIN(length, wanted->length));
    }
    return difference ? difference : (length > wanted->length) - (length < wanted->length);
}

/* The first row from |low| on that does not stand before what is looked for. */
static uint32_t find_idr(const key_rows_t *rows, uint32_t low, const wanted_t *wanted)
{
    uint32_t high = rows->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (compare_idr(&rows->rows[middle], wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Behind a row that is not for the message: to those of its IDr, or past all of this rank. */
static uint32_t skip_rows(const key_rows_t *rows, uint32_t number, const mikey_message_t *message)
{
    mikey_range_t idr = message->idr ? message->idr->id.data : (mikey_range_t){ 0, 0 };
    wanted_t wanted = { rank_of(&rows->rows[number]), message->bytes + idr.offset, idr.length };
    int difference = wanted.rank < RANK_IDI ? compare_idr(&rows->rows[number], &wanted) : 0;

    if (difference == 0) {
        return number + 1;
    }
    return find_idr(rows, number + 1, difference < 0 ? &wanted : &(wanted_t){ wanted.rank + 1, NULL, 0 });
}

uint32_t key_rows_next(const key_rows_t *rows, uint32_t number, const mikey_message_t *message)
{
    while (number < rows->n && !key_names(&rows->rows[number], message)) {
        number = skip_rows(rows, number, message);
    }
    return number;
}

/* ---- cards ------------------------------------------------------------------------------------------ */

bool key_row_ck_ik(const key_row_t *card, const uint8_t *rand, uint8_t *ck_ik)
{
    if (card->other_secret.length > 0) {
        return milenage_ck_ik(card->secret.bytes, card->other_secret.bytes, rand, ck_ik);
    }
    memcpy(ck_ik, card->secret.bytes, GBA_KEY_SIZE);
    return true;
}
