/* digest.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/digest.h"

#include <string.h>

#include <glib.h>
#include <wsutil/to_str.h>
#include <wsutil/wsgcrypt.h>

#include "mbms/header-fields.h"
#include "mikey/mikey-crypto.h"

enum { MAX_HASH = 32, MAX_HEX = 2 * MAX_HASH + 1 };

/* ---- reading ---------------------------------------------------------------------------------------- */

bool digest_read(wmem_allocator_t *pool, const char *credentials, digest_t *digest)
{
    const char *parameters = digest_parameters(credentials);
    enum { REALM, NONCE, URI, ALGORITHM, QOP, NC, CNONCE, RESPONSE, USERHASH, N };
    static const char *const names[N] = { "realm", "nonce",  "uri",      "algorithm", "qop",
                                          "nc",    "cnonce", "response", "userhash" };
    char *values[N] = { NULL };

    if (!parameters) {
        return false;
    }
    header_parameters(pool, parameters, ',', names, N, values);
    *digest = (digest_t){
        .user = digest_user(pool, credentials),
        .realm = values[REALM],
        .nonce = values[NONCE],
        .uri = values[URI],
        .algorithm = values[ALGORITHM],
        .qop = values[QOP],
        .nc = values[NC],
        .cnonce = values[CNONCE],
        .response = values[RESPONSE],
        .user_is_hashed = values[USERHASH] && g_ascii_strcasecmp(values[USERHASH], "true") == 0,
    };
    return true;
}

const char *digest_host(const digest_t *digest)
{
    const char *at = digest->realm ? strchr(digest->realm, '@') : NULL;

    return at && at[1] ? at + 1 : NULL;
}

/* ---- hashing ---------------------------------------------------------------------------------------- */

static gcry_buffer_t part(const void *bytes, size_t length)
{
    return (gcry_buffer_t){ .data = (void *)bytes, .len = length };
}

static gcry_buffer_t text_part(const char *text)
{
    return part(text, strlen(text));
}

static void put_hex(char *hex, const uint8_t *bytes, size_t length)
{
    *bytes_to_hexstr(hex, bytes, length) = '\0';
}

/* H of the parts with a colon between each two, as text. False where libgcrypt refuses. */
static bool hash_parts(int hash, const gcry_buffer_t *parts, size_t n, char hex[MAX_HEX])
{
    gcry_buffer_t joined[2 * DIGEST_MAX_PARTS];
    uint8_t bytes[MAX_HASH];
    int n_joined = 0;

    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            joined[n_joined++] = part(":", 1);
        }
        joined[n_joined++] = parts[i];
    }
    if (gcry_md_hash_buffers(hash, 0, bytes, joined, n_joined) != 0) {
        return false;
    }
    put_hex(hex, bytes, gcry_md_get_algo_dlen(hash));
    return true;
}

/* RFC 7616 §3.3; where none is named it is the first. */
static const struct {
    const char *name;
    int hash;
    bool session;
} algorithms[] = {
    { "MD5", GCRY_MD_MD5, false },
    { "MD5-sess", GCRY_MD_MD5, true },
    { "SHA-256", GCRY_MD_SHA256, false },
    { "SHA-256-sess", GCRY_MD_SHA256, true },
};

static bool find_algorithm(const char *name, digest_check_t *check)
{
    for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        if (g_ascii_strcasecmp(name ? name : algorithms[0].name, algorithms[i].name) == 0) {
            check->hash = algorithms[i].hash;
            check->session = algorithms[i].session;
            return true;
        }
    }
    return false;
}

/* ---- forms of HA2 ----------------------------------------------------------------------------------- */

typedef enum { BODY_AS_SENT, BODY_DECODED, BODY_EMPTY, BODY_LEFT_OUT } body_form_t;

static const char *uri_of_directive(wmem_allocator_t *pool, const digest_message_t *message)
{
    (void)pool;
    return message->asked->uri;
}

static const char *uri_of_request_line(wmem_allocator_t *pool, const digest_message_t *message)
{
    (void)pool;
    return message->target;
}

static const char *path_of_directive(wmem_allocator_t *pool, const digest_message_t *message)
{
    const char *query = strchr(message->asked->uri, '?');

    return query ? wmem_strndup(pool, message->asked->uri, (size_t)(query - message->asked->uri)) : NULL;
}

static const char *with_host(wmem_allocator_t *pool, const digest_message_t *message, const char *before)
{
    return message->target && message->host && message->target[0] == '/'
               ? wmem_strdup_printf(pool, "%s%s%s", before, message->host, message->target)
               : NULL;
}

static const char *absolute_uri(wmem_allocator_t *pool, const digest_message_t *message)
{
    return with_host(pool, message, "http://");
}

/* As the example of TS 33.246 H.2.1 has it. */
static const char *host_in_path(wmem_allocator_t *pool, const digest_message_t *message)
{
    return with_host(pool, message, "/");
}

/* The forms in which a digest may have been computed. The first two are right: that which covers the body for
 * qop auth-int, the other one for qop auth and for none; for the other qop each is a mistake. */
static const struct {
    body_form_t body;
    const char *(*uri)(wmem_allocator_t *pool, const digest_message_t *message);
    bool asked_method; /* an answer that is computed like a request */
    const char *mistake;
} forms[] = {
    { BODY_AS_SENT, uri_of_directive, false, "with the body, as for qop auth-int" },
    { BODY_LEFT_OUT, uri_of_directive, false, "without the body, as for qop auth" },
    { BODY_EMPTY, uri_of_directive, false, "over an empty body" },
    { BODY_DECODED, uri_of_directive, false, "over the body without its content coding" },
    { BODY_AS_SENT, uri_of_request_line, false, "with the URI of the request line" },
    { BODY_AS_SENT, path_of_directive, false, "with the URI without its query" },
    { BODY_AS_SENT, absolute_uri, false, "with the absolute URI" },
    { BODY_AS_SENT, host_in_path, false, "with the host in the URI" },
    { BODY_AS_SENT, uri_of_directive, true, "with the method, as in a request" },
};

G_STATIC_ASSERT(G_N_ELEMENTS(forms) <= DIGEST_MAX_FORMS);

/* False: it is not at hand. */
static bool find_body(const digest_message_t *message, body_form_t form, digest_body_t *body)
{
    static const digest_body_t empty = { (const uint8_t *)"", 0 };

    *body = form == BODY_AS_SENT ? message->body : form == BODY_DECODED ? message->decoded : empty;
    return body->bytes != NULL;
}

static bool hash_ha2(const digest_check_t *check, const char *method, const char *uri, body_form_t body_form,
                     char ha2[MAX_HEX])
{
    gcry_buffer_t parts[3] = { text_part(method), text_part(uri) };
    digest_body_t body;
    char body_hash[MAX_HEX];

    if (body_form == BODY_LEFT_OUT) {
        return hash_parts(check->hash, parts, 2, ha2);
    }
    if (!find_body(check->message, body_form, &body)) {
        return false;
    }
    parts[0] = part(body.bytes, body.length);
    if (!hash_parts(check->hash, parts, 1, body_hash)) {
        return false;
    }
    parts[0] = text_part(method);
    parts[2] = text_part(body_hash);
    return hash_parts(check->hash, parts, 3, ha2);
}

/* Without auth-int nothing covers the body, except by mistake. */
static body_form_t body_form_of(size_t form, bool integrity)
{
    return form >= 2 && forms[form].body == BODY_AS_SENT && !integrity ? BODY_LEFT_OUT : forms[form].body;
}

/* The same twice, or what this message cannot have. */
static bool is_needless(const digest_message_t *message, size_t form, bool integrity, const char *uri)
{
    return !uri ||
           (form > 0 && forms[form].uri != uri_of_directive && strcmp(uri, message->asked->uri) == 0) ||
           (forms[form].asked_method && (message->method || !message->asked_method)) ||
           (!integrity && (forms[form].body == BODY_EMPTY || forms[form].body == BODY_DECODED));
}

static void add_form(digest_check_t *check, size_t form)
{
    const digest_message_t *message = check->message;
    const char *uri = forms[form].uri(check->pool, message);
    bool integrity = check->integrity;
    const char *method = forms[form].asked_method ? message->asked_method : message->method;
    digest_form_t *added = &check->forms[check->n_forms];
    bool is_right = form == (integrity ? 0 : 1);

    if (is_needless(message, form, integrity, uri)) {
        return;
    }
    if (hash_ha2(check, method ? method : "", uri, body_form_of(form, integrity), added->ha2)) {
        added->uri = uri;
        added->mistake = is_right ? NULL : forms[form].mistake;
        check->n_forms++;
    } else if (is_right) {
        check->lacks_body = true;
    }
}

static void add_right_form(digest_check_t *check)
{
    if (!check->has_right) {
        add_form(check, check->integrity ? 0 : 1);
        check->has_right = true;
    }
}

static void add_wrong_forms(digest_check_t *check)
{
    if (!check->has_all) {
        add_form(check, check->integrity ? 1 : 0);
        for (size_t i = 2; i < G_N_ELEMENTS(forms); i++) {
            add_form(check, i);
        }
        check->has_all = true;
    }
}

digest_problem_t digest_prepare(wmem_allocator_t *pool, const digest_message_t *message,
                                digest_check_t *check)
{
    const digest_t *asked = message->asked;
    const char *qop = message->qop;
    bool integrity = qop && g_ascii_strcasecmp(qop, "auth-int") == 0;

    *check = (digest_check_t){ .pool = pool, .message = message, .integrity = integrity };
    if (asked->user_is_hashed) {
        return DIGEST_HASHED_USER;
    }
    if (!find_algorithm(asked->algorithm, check)) {
        return DIGEST_UNKNOWN_ALGORITHM;
    }
    if (qop && !integrity && g_ascii_strcasecmp(qop, "auth") != 0) {
        return DIGEST_UNKNOWN_QOP;
    }
    if (!asked->user || !asked->realm || !asked->nonce || !asked->uri || !message->value ||
        ((qop || check->session) && (!asked->nc || !asked->cnonce))) {
        return DIGEST_INCOMPLETE;
    }
    return DIGEST_COMPUTABLE;
}

const char *digest_problem_text(digest_problem_t problem)
{
    static const char *const texts[] = {
        [DIGEST_COMPUTABLE] = "",
        [DIGEST_INCOMPLETE] = "a directive is missing",
        [DIGEST_HASHED_USER] = "the user name is hashed",
        [DIGEST_UNKNOWN_ALGORITHM] = "the algorithm is not known",
        [DIGEST_UNKNOWN_QOP] = "the qop is not known",
    };

    return texts[problem];
}

/* ---- under a key ------------------------------------------------------------------------------------ */

/* How an MRK may have become a password. The first is right. */
typedef enum { PASSWORD_BASE64, PASSWORD_UNPADDED, PASSWORD_HEX, PASSWORD_RAW, N_PASSWORDS } password_t;

static const char *const password_mistakes[N_PASSWORDS] = {
    [PASSWORD_UNPADDED] = "with the MRK in base64 without its padding",
    [PASSWORD_HEX] = "with the MRK in hexadecimal",
    [PASSWORD_RAW] = "with the bytes of the MRK itself",
};

enum { MAX_MRK = 64, MAX_PASSWORD = 2 * MAX_MRK + 1 };

static size_t put_base64(char *text, const uint8_t *bytes, size_t length)
{
    int state = 0, save = 0;
    size_t written = g_base64_encode_step(bytes, length, FALSE, text, &state, &save);

    return written + g_base64_encode_close(FALSE, text + written, &state, &save);
}

/* Gives its length. */
static size_t put_password(char password[MAX_PASSWORD], password_t kind, const uint8_t *mrk, size_t length)
{
    size_t written = length;

    if (kind == PASSWORD_RAW) {
        memcpy(password, mrk, length);
    } else if (kind == PASSWORD_HEX) {
        put_hex(password, mrk, length);
        written = 2 * length;
    } else {
        written = put_base64(password, mrk, length);
        while (kind == PASSWORD_UNPADDED && written > 0 && password[written - 1] == '=') {
            written--;
        }
    }
    return written;
}

static bool hash_ha1(const digest_check_t *check, const char *password, size_t length, char ha1[MAX_HEX])
{
    const digest_t *asked = check->message->asked;
    gcry_buffer_t parts[3] = { text_part(asked->user), text_part(asked->realm), part(password, length) };
    char base[MAX_HEX];
    bool done = hash_parts(check->hash, parts, 3, check->session ? base : ha1);

    if (done && check->session) {
        parts[0] = text_part(base);
        parts[1] = text_part(asked->nonce);
        parts[2] = text_part(asked->cnonce);
        done = hash_parts(check->hash, parts, 3, ha1);
        mikey_wipe(base, sizeof base);
    }
    return done;
}

static bool form_fits(const digest_check_t *check, const char *ha1, const digest_form_t *form)
{
    const digest_message_t *message = check->message;
    gcry_buffer_t parts[DIGEST_MAX_PARTS] = { text_part(ha1), text_part(message->asked->nonce) };
    char computed[MAX_HEX];
    size_t n = 2;

    if (message->qop) {
        parts[n++] = text_part(message->asked->nc);
        parts[n++] = text_part(message->asked->cnonce);
        parts[n++] = text_part(message->qop);
    }
    parts[n++] = text_part(form->ha2);
    return hash_parts(check->hash, parts, n, computed) && g_ascii_strcasecmp(computed, message->value) == 0;
}

/* One mistake is thought of, no two at once: forms under the password as it should be, or the first form
 * under another one. */
static const digest_form_t *find_form(const digest_check_t *check, const char *ha1, password_t password,
                                      bool exact)
{
    bool all = password == PASSWORD_BASE64 && !exact;
    size_t n = all ? check->n_forms : MIN(check->n_forms, !check->lacks_body);

    for (size_t i = 0; i < n; i++) {
        if (form_fits(check, ha1, &check->forms[i])) {
            return &check->forms[i];
        }
    }
    return NULL;
}

bool digest_fits(digest_check_t *check, const uint8_t *mrk, size_t length, bool exact, digest_form_t *form)
{
    const digest_form_t *found = NULL;
    char password[MAX_PASSWORD], ha1[MAX_HEX];
    password_t n_passwords = length > MAX_MRK ? 0 : exact ? PASSWORD_BASE64 + 1 : N_PASSWORDS;

    add_right_form(check);
    if (!exact) {
        add_wrong_forms(check);
    }
    for (password_t kind = PASSWORD_BASE64; !found && kind < n_passwords; kind++) {
        size_t n = put_password(password, kind, mrk, length);

        found = hash_ha1(check, password, n, ha1) ? find_form(check, ha1, kind, exact) : NULL;
        if (found) {
            *form = *found;
            form->mistake = kind == PASSWORD_BASE64 ? found->mistake : password_mistakes[kind];
        }
    }
    mikey_wipe(password, sizeof password);
    mikey_wipe(ha1, sizeof ha1);
    return found;
}
