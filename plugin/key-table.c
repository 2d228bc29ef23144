/* key-table.c
 * Wireshark's user accessible tables keep the rows as text; the keys read from them go to the ring.
 *
 * The columns of keys are strings and no UAT_FLD_BUFFER, Wireshark's own way to enter bytes: on the command
 * line and in the profile a key stands in quotes, like the identities beside it, and may have blanks and
 * colons.
 *
 * Wireshark does not tell the callbacks of a row which table it is of: a row knows itself, by its fields.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/key-table.h"

#include <string.h>

#include <epan/uat.h>

#include "mikey/key-text.h"
#include "mikey/mikey-crypto.h"
#include "packet/file-scope.h"

enum { MAX_COLUMNS = 3 };

/* What a column is of a key_row_t. */
typedef enum { NAME, OTHER_NAME, SECRET, OTHER_SECRET } part_t;

typedef struct {
    const char *name;
    const char *title;
    const char *description;
    part_t part;
    const char *called; /* a secret, in a complaint */
    bool may_be_empty;  /* a secret */
} column_t;

typedef struct {
    const char *preference;
    const char *title;
    const char *description;
    const char *file;
    const char *dialog;
    column_t columns[MAX_COLUMNS];
    unsigned n_columns;
    void (*read)(void);
    void (*forget)(void);
} table_t;

typedef struct {
    char *cells[MAX_COLUMNS];
    const table_t *table; /* NULL: nothing was entered yet */
} row_t;

static void read_rows(key_table_t table);

#define CALLBACKS(name, table)                                                                               \
    static void read_##name(void)                                                                            \
    {                                                                                                        \
        read_rows(table);                                                                                    \
    }                                                                                                        \
    static void forget_##name(void)                                                                          \
    {                                                                                                        \
        key_ring_set(entered_keys(), table, NULL, 0);                                                        \
    }

CALLBACKS(ltkm_keys, KEYS_OF_LTKMS)
CALLBACKS(cards, KEYS_OF_CARDS)
CALLBACKS(service_keys, KEYS_OF_SERVICES)
CALLBACKS(digest_keys, KEYS_OF_DIGESTS)

#define HEXADECIMAL "hexadecimal bytes; blanks and colons may stand between"

static const table_t tables[KEY_TABLES] = {
    [KEYS_OF_LTKMS] = {
        "keys", "Keys of LTKMs",
        "Pre-shared keys (MUK, SMK) under which LTKMs and verification messages are checked, and LTKMs opened",
        "ltkm_keys", "LTKM keys",
        {
            { "idi", "IDi", "Initiator: ID of the BSM, as ltkm.idi or ltkm.naf_fqdn shows it; empty: any", NAME,
              NULL, true },
            { "idr", "IDr", "Responder: ID of the terminal as ltkm.idr shows it; empty: any", OTHER_NAME, NULL,
              true },
            { "key", "Key", "MUK or SMK: " HEXADECIMAL, SECRET, "the key", false },
        },
        3, read_ltkm_keys, forget_ltkm_keys,
    },
    [KEYS_OF_CARDS] = {
        "cards", "Test cards",
        "Cards from which MUK and MRK of every bootstrapping are derived: RAND stands in the B-TID",
        "ltkm_cards", "LTKM cards",
        {
            { "impi", "IMPI", "Private identity of the card: user@example.org, or of a USIM "
              "IMSI@ims.mnc001.mcc001.3gppnetwork.org", NAME, NULL, false },
            { "k", "K", "Key of the card, 16 " HEXADECIMAL "; with an empty OPc CK and IK, 32 bytes", SECRET, "K",
              false },
            { "opc", "OPc", "OPc of Milenage (not OP), 16 " HEXADECIMAL "; empty: K has CK and IK", OTHER_SECRET,
              "OPc", true },
        },
        3, read_cards, forget_cards,
    },
    [KEYS_OF_SERVICES] = {
        "service_keys", "Service keys",
        "Service keys (MSK, SEK, PEK) known from elsewhere, which open STKMs whose LTKM is not in the capture",
        "ltkm_service_keys", "LTKM service keys",
        {
            { "name", "Name", "Key Domain ID and MSK ID as ltkm.key shows them: 00f110/68c9:0001", NAME, NULL,
              false },
            { "rand", "RAND", "RAND of the LTKM that brought the key: " HEXADECIMAL, OTHER_SECRET, "RAND", true },
            { "key", "Key", "MSK, SEK or PEK: " HEXADECIMAL, SECRET, "the key", false },
        },
        3, read_service_keys, forget_service_keys,
    },
    [KEYS_OF_DIGESTS] = {
        "keys", "Keys of HTTP digests",
        "Keys (MRK, SRK) under which the HTTP digests of requests and responses are checked",
        "mbms_sec_keys", "MBMS-SEC keys",
        {
            { "btid", "B-TID", "User name of the digest credentials, as mbms_sec.btid shows it", NAME, NULL,
              false },
            { "mrk", "MRK", "MRK or SRK, of which base64 is the password: " HEXADECIMAL, SECRET, "the MRK", false },
        },
        2, read_digest_keys, forget_digest_keys,
    },
};

static struct {
    row_t *rows;
    unsigned n;
} entered[KEY_TABLES];

/* ---- cells ------------------------------------------------------------------------------------------ */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void free_cell(char *text)
{
    if (text) {
        mikey_wipe(text, strlen(text));
    }
    g_free(text);
}

static unsigned number_of(const table_t *table, const column_t *column)
{
    return (unsigned)(column - table->columns);
}

static void set_cell(void *record, const char *text, unsigned length, const void *column, const void *table)
{
    row_t *row = record;
    char **cell = &row->cells[number_of(table, column)];

    free_cell(*cell);
    *cell = g_strndup(text, length);
    row->table = table;
}

static void get_cell(void *record, char **text, unsigned *length, const void *column, const void *table)
{
    *text = g_strdup(or_empty(((const row_t *)record)->cells[number_of(table, column)]));
    *length = (unsigned)strlen(*text);
}

/* ---- rows ------------------------------------------------------------------------------------------- */

static void *copy_row(void *target, const void *source, size_t size _U_)
{
    const row_t *from = source;
    row_t *to = target;

    *to = (row_t){ .table = from->table };
    for (size_t i = 0; i < MAX_COLUMNS; i++) {
        to->cells[i] = g_strdup(from->cells[i]);
    }
    return to;
}

static void free_row(void *record)
{
    row_t *row = record;

    for (size_t i = 0; i < MAX_COLUMNS; i++) {
        free_cell(row->cells[i]);
    }
}

static void wipe_secret(key_bytes_t *secret)
{
    mikey_wipe((void *)secret->bytes, secret->length);
    g_free((void *)secret->bytes);
    *secret = (key_bytes_t){ NULL, 0 };
}

static bool read_secret(const column_t *column, const char *text, key_bytes_t *secret,
                        char problem[KEY_TEXT_PROBLEM_SIZE])
{
    uint8_t *bytes;
    size_t length;
    bool good;

    if (column->may_be_empty && text[strspn(text, " \t")] == '\0') {
        return true;
    }
    bytes = g_malloc0(strlen(text) / 2 + 1);
    good = key_text_read(text, bytes, &length, problem);
    *secret = (key_bytes_t){ bytes, (uint32_t)length };
    return good;
}

/* Reads a row into |key|, whose secrets are to be wiped in any case. Gives what is wrong, to be freed; NULL:
 * nothing. */
static char *read_row(const row_t *row, key_row_t *key)
{
    const table_t *table = row->table;
    const char *wrong;

    *key = (key_row_t){ "", "", { NULL, 0 }, { NULL, 0 }, 0 };
    for (unsigned i = 0; i < table->n_columns; i++) {
        const column_t *column = &table->columns[i];
        const char *text = or_empty(row->cells[i]);
        char problem[KEY_TEXT_PROBLEM_SIZE];

        if (column->part == NAME) {
            key->name = text;
        } else if (column->part == OTHER_NAME) {
            key->other_name = text;
        } else if (!read_secret(column, text, column->part == SECRET ? &key->secret : &key->other_secret,
                                problem)) {
            return g_strdup_printf("%s is not hexadecimal bytes: %s", column->called, problem);
        }
    }
    wrong = key_row_problem((key_table_t)(table - tables), key);
    return wrong ? g_strdup(wrong) : NULL;
}

static void wipe_row(key_row_t *key)
{
    wipe_secret(&key->secret);
    wipe_secret(&key->other_secret);
}

/* The message names the row by its names: the keys are nobody else's business. */
static char *complaint(const row_t *row, const char *problem)
{
    GString *text = g_string_new("Row ");

    for (unsigned i = 0; i < row->table->n_columns; i++) {
        if (row->table->columns[i].part <= OTHER_NAME) {
            g_string_append_printf(text, "%s\"%s\"", i ? "," : "", or_empty(row->cells[i]));
        }
    }
    g_string_append_printf(text, ": %s", problem);
    return g_string_free(text, FALSE);
}

/* The message names the row by its identities: the key is nobody else's business. */
static compat_uat_bool_t check_row(void *record, char **error)
{
    const row_t *row = record;
    char *problem;
    key_row_t key;

    if (!row->table) {
        *error = g_strdup("The row is empty");
        return FALSE;
    }
    problem = read_row(row, &key);
    wipe_row(&key);
    *error = problem ? complaint(row, problem) : NULL;
    g_free(problem);
    return *error == NULL;
}

/* A row of a file may hold anything: those that were checked have keys. */
static void read_rows(key_table_t table)
{
    key_row_t *keys = g_new0(key_row_t, entered[table].n + 1);
    uint32_t n = 0;

    for (unsigned i = 0; i < entered[table].n; i++) {
        const row_t *row = &entered[table].rows[i];
        char *problem = row->table ? read_row(row, &keys[n]) : g_strdup("");

        if (problem) {
            wipe_row(&keys[n]);
        } else {
            keys[n++].row = i + 1;
        }
        g_free(problem);
    }
    key_ring_set(entered_keys(), table, keys, n);
    for (uint32_t i = 0; i < n; i++) {
        wipe_row(&keys[i]);
    }
    g_free(keys);
}

/* ---- registration ----------------------------------------------------------------------------------- */

static uat_field_t field_of(const table_t *table, const column_t *column)
{
    return (uat_field_t){
        .name = column->name,
        .title = column->title,
        .mode = PT_TXTMOD_STRING,
        .cb = { uat_fld_chk_str, set_cell, get_cell },
        .cbdata = { column, column,
                    column }, /* the reader of files sets a cell with what is for checking it */
        .fld_data = table,
        .desc = column->description,
    };
}

void key_table_register(module_t *preferences, key_table_t number)
{
    static uat_field_t fields[KEY_TABLES][MAX_COLUMNS + 1]; /* with the end of each */
    const table_t *table = &tables[number];

    for (unsigned i = 0; i < table->n_columns; i++) {
        fields[number][i] = field_of(table, &table->columns[i]);
    }
    prefs_register_uat_preference(preferences, table->preference, table->title, table->description,
                                  uat_new(table->dialog, sizeof(row_t), table->file, TRUE,
                                          &entered[number].rows, &entered[number].n, UAT_AFFECTS_DISSECTION,
                                          NULL, copy_row, check_row, free_row, table->read, table->forget,
                                          fields[number]));
}
