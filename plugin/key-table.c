/* key-table.c
 * Wireshark's user accessible table keeps the rows as text; the keys read from them go to the ring.
 *
 * The key column is a string and no UAT_FLD_BUFFER, Wireshark's own way to enter bytes: on the command line
 * and in the profile a key stands in quotes, like the identities beside it, and may have blanks and colons.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/key-table.h"

#include <string.h>

#include <epan/uat.h>

#include "mikey/key-text.h"
#include "mikey/mikey-crypto.h"
#include "packet/file-scope.h"

typedef struct {
    char *idi;
    char *idr;
    char *key;
} row_t;

static row_t *rows;
static unsigned n_rows;

UAT_CSTRING_CB_DEF(rows, idi, row_t)
UAT_CSTRING_CB_DEF(rows, idr, row_t)

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void wipe_text(char *text)
{
    if (text) {
        mikey_wipe(text, strlen(text));
    }
}

/* As UAT_CSTRING_CB_DEF() has it, but the key that is replaced is wiped. */
static void rows_key_set_cb(void *record, const char *text, unsigned length, const void *u1 _U_,
                            const void *u2 _U_)
{
    row_t *row = record;
    char *key = g_strndup(text, length);

    wipe_text(row->key);
    g_free(row->key);
    row->key = key;
}

static void rows_key_tostr_cb(void *record, char **text, unsigned *length, const void *u1 _U_,
                              const void *u2 _U_)
{
    *text = g_strdup(or_empty(((const row_t *)record)->key));
    *length = (unsigned)strlen(*text);
}

/* ---- rows ------------------------------------------------------------------------------------------- */

static void *copy_row(void *target, const void *source, size_t size _U_)
{
    const row_t *from = source;
    row_t *to = target;

    *to = (row_t){ g_strdup(from->idi), g_strdup(from->idr), g_strdup(from->key) };
    return to;
}

static void free_row(void *record)
{
    row_t *row = record;

    wipe_text(row->key);
    g_free(row->idi);
    g_free(row->idr);
    g_free(row->key);
}

/* The message names the row by its identities: the key is nobody else's business. */
static compat_uat_bool_t check_row(void *record, char **error)
{
    const row_t *row = record;
    const char *text = or_empty(row->key);
    size_t room = strlen(text) / 2 + 1, length;
    uint8_t *bytes = g_malloc(room);
    char problem[KEY_TEXT_PROBLEM_SIZE];
    bool good = key_text_read(text, bytes, &length, problem);

    *error = good ? NULL
                  : g_strdup_printf("Row \"%s\",\"%s\": the key is not hexadecimal bytes: %s",
                                    or_empty(row->idi), or_empty(row->idr), problem);
    mikey_wipe(bytes, room);
    g_free(bytes);
    return good;
}

/* ---- keys ------------------------------------------------------------------------------------------- */

static void forget_keys(void)
{
    key_ring_set(entered_keys(), NULL, 0);
}

/* A row of a file may hold anything: those that were checked have a key. */
static bool read_row(const row_t *row, uint32_t number, ltkm_key_t *key)
{
    const char *text = or_empty(row->key);
    uint8_t *bytes = g_malloc(strlen(text) / 2 + 1);
    char problem[KEY_TEXT_PROBLEM_SIZE];
    size_t length;
    bool good = key_text_read(text, bytes, &length, problem);

    *key = (ltkm_key_t){ or_empty(row->idi), or_empty(row->idr), bytes, good ? (uint32_t)length : 0, number };
    return good;
}

static void wipe_bytes(const ltkm_key_t *key)
{
    mikey_wipe((void *)key->bytes, key->length);
    g_free((void *)key->bytes);
}

static void read_rows(void)
{
    ltkm_key_t *keys = g_new0(ltkm_key_t, n_rows + 1);
    uint32_t n_keys = 0;

    for (unsigned i = 0; i < n_rows; i++) {
        if (read_row(&rows[i], i + 1, &keys[n_keys])) {
            n_keys++;
        } else {
            g_free((void *)keys[n_keys].bytes);
        }
    }
    key_ring_set(entered_keys(), keys, n_keys);
    for (uint32_t i = 0; i < n_keys; i++) {
        wipe_bytes(&keys[i]);
    }
    g_free(keys);
}

void key_table_register(module_t *preferences)
{
    static uat_field_t fields[] = {
        UAT_FLD_CSTRING(rows, idi, "IDi",
                        "Initiator: ID of the BSM, as ltkm.idi or ltkm.naf_fqdn shows it; empty: any"),
        UAT_FLD_CSTRING(rows, idr, "IDr", "Responder: ID of the terminal as ltkm.idr shows it; empty: any"),
        UAT_FLD_CSTRING(rows, key, "Key",
                        "MUK or SMK: hexadecimal bytes; blanks and colons may stand between"),
        UAT_END_FIELDS,
    };
    uat_t *table =
        uat_new("LTKM keys", sizeof(row_t), "ltkm_keys", TRUE, &rows, &n_rows, UAT_AFFECTS_DISSECTION, NULL,
                copy_row, check_row, free_row, read_rows, forget_keys, fields);

    prefs_register_uat_preference(
        preferences, "keys", "Keys of LTKMs",
        "Pre-shared keys (MUK, SMK) under which LTKMs and verification messages are "
        "checked, and LTKMs opened",
        table);
}
