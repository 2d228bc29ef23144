/* key-table.c
 * Wireshark's user accessible table keeps the rows as text; the keys made of them stand beside it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/key-table.h"

#include <stdlib.h>
#include <string.h>

#include <epan/uat.h>

#include "mikey/key-text.h"

typedef struct {
    char *idi;
    char *idr;
    char *key;
} row_t;

static row_t *rows;
static unsigned n_rows;
static ltkm_key_t *keys;
static uint32_t n_keys;

UAT_CSTRING_CB_DEF(rows, idi, row_t)
UAT_CSTRING_CB_DEF(rows, idr, row_t)

void key_wipe(void *bytes, size_t length)
{
    volatile uint8_t *at = bytes;

    while (length-- > 0) {
        *at++ = 0;
    }
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void wipe_text(char *text)
{
    if (text) {
        key_wipe(text, strlen(text));
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
static compat_bool_t check_row(void *record, char **error)
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
    key_wipe(bytes, room);
    g_free(bytes);
    return good;
}

/* ---- keys ------------------------------------------------------------------------------------------- */

static int specificity(const ltkm_key_t *key)
{
    return (key->idi[0] != '\0') + (key->idr[0] != '\0');
}

static int compare_keys(const void *a, const void *b)
{
    const ltkm_key_t *one = a, *other = b;
    int difference = specificity(other) - specificity(one);

    return difference ? difference : (one->row > other->row) - (one->row < other->row);
}

static void forget_keys(void)
{
    for (uint32_t i = 0; i < n_keys; i++) {
        key_wipe((void *)keys[i].bytes, keys[i].length);
        g_free((void *)keys[i].bytes);
    }
    g_free(keys);
    keys = NULL;
    n_keys = 0;
}

static void read_rows(void)
{
    forget_keys();
    if (n_rows == 0) {
        return;
    }
    keys = g_new0(ltkm_key_t, n_rows);
    for (unsigned i = 0; i < n_rows; i++) {
        const char *text = or_empty(rows[i].key);
        uint8_t *bytes = g_malloc0(strlen(text) / 2 + 1);
        char problem[KEY_TEXT_PROBLEM_SIZE];
        size_t length;

        if (key_text_read(text, bytes, &length, problem)) {
            keys[n_keys++] =
                (ltkm_key_t){ or_empty(rows[i].idi), or_empty(rows[i].idr), bytes, (uint32_t)length, i + 1 };
        } else { /* a row of a file that was not checked */
            g_free(bytes);
        }
    }
    qsort(keys, n_keys, sizeof keys[0], compare_keys);
}

const ltkm_key_t *key_table(uint32_t *n)
{
    *n = n_keys;
    return keys;
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
