/* header-fields.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/header-fields.h"

#include <stdint.h>
#include <string.h>

#include <glib.h>

static bool is_white_space(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_white_space(const char *at)
{
    while (is_white_space(*at)) {
        at++;
    }
    return at;
}

/* ---- parameters ------------------------------------------------------------------------------------- */

/* Where the value at |value| ends: behind its closing quote, or behind its last token character. */
static const char *find_value_end(const char *value, char separator)
{
    const char *at = value;

    if (*at != '"') {
        while (*at && *at != separator && !is_white_space(*at)) {
            at++;
        }
        return at;
    }
    at++;
    while (*at && *at != '"') {
        at += at[0] == '\\' && at[1] ? 2 : 1;
    }
    return *at ? at + 1 : at;
}

/* The value between |value| and |end|, a quoted string without its marks. */
static char *copy_value(wmem_allocator_t *pool, const char *value, const char *end)
{
    bool quoted = *value == '"';
    char *copy = wmem_alloc(pool, (size_t)(end - value) + 1);
    char *to = copy;

    for (const char *at = value + quoted; at < end && !(quoted && *at == '"'); at++) {
        at += quoted && at[0] == '\\' && at + 1 < end;
        *to++ = *at;
    }
    *to = '\0';
    return copy;
}

/* A parameter in its place; |value| NULL: it has none. */
typedef struct {
    const char *name;
    size_t length;
    const char *value, *end;
} parameter_t;

/* The parameter that |at| begins with; returns where the next one begins. */
static const char *next_parameter(const char *at, char separator, parameter_t *parameter)
{
    *parameter = (parameter_t){ .name = at };
    while (*at && *at != '=' && *at != separator && !is_white_space(*at)) {
        at++;
    }
    parameter->length = (size_t)(at - parameter->name);
    at = skip_white_space(at);
    if (*at == '=') {
        parameter->value = skip_white_space(at + 1);
        at = parameter->end = find_value_end(parameter->value, separator);
    }
    while (*at && *at != separator) {
        at++;
    }
    return skip_white_space(*at ? at + 1 : at);
}

static bool is_named(const parameter_t *parameter, const char *name)
{
    return parameter->value && strlen(name) == parameter->length &&
           g_ascii_strncasecmp(parameter->name, name, parameter->length) == 0;
}

char *header_parameter(wmem_allocator_t *pool, const char *text, char separator, const char *name)
{
    const char *at = text ? skip_white_space(text) : "";
    parameter_t parameter;

    while (*at) {
        at = next_parameter(at, separator, &parameter);
        if (is_named(&parameter, name)) {
            return copy_value(pool, parameter.value, parameter.end);
        }
    }
    return NULL;
}

void header_parameters(wmem_allocator_t *pool, const char *text, char separator, const char *const *names,
                       size_t n, char **values)
{
    const char *at = text ? skip_white_space(text) : "";
    parameter_t parameter;

    while (*at) {
        at = next_parameter(at, separator, &parameter);
        for (size_t i = 0; i < n; i++) {
            if (!values[i] && is_named(&parameter, names[i])) {
                values[i] = copy_value(pool, parameter.value, parameter.end);
            }
        }
    }
}

/* ---- digest credentials ----------------------------------------------------------------------------- */

/* Takes the escapes (%C3) out of |text|, in place; false if one of them is none, or stands for NUL. */
static bool unescape(char *text)
{
    char *to = text;

    for (const char *at = text; *at; at++) {
        if (*at == '%') {
            int high = g_ascii_xdigit_value(at[1]);
            int low = high < 0 ? -1 : g_ascii_xdigit_value(at[2]);

            if (low < 0 || (high == 0 && low == 0)) {
                return false;
            }
            *to++ = (char)(high << 4 | low);
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return true;
}

static char *utf8_of_latin1(wmem_allocator_t *pool, const char *text)
{
    char *utf8 = wmem_alloc(pool, 2 * strlen(text) + 1);
    char *to = utf8;

    for (; *text; text++) {
        to += g_unichar_to_utf8((uint8_t)*text, to);
    }
    *to = '\0';
    return utf8;
}

/* UTF-8'en'%e2%82%ac as UTF-8 (RFC 8187 §3.2); NULL if it is nothing of that kind. */
static char *decode_extended(wmem_allocator_t *pool, char *value)
{
    char *language = value ? strchr(value, '\'') : NULL;
    char *text = language ? strchr(language + 1, '\'') : NULL;

    if (!text || !unescape(++text)) {
        return NULL;
    }
    *language = '\0';
    if (g_ascii_strcasecmp(value, "ISO-8859-1") == 0) {
        return utf8_of_latin1(pool, text);
    }
    return g_ascii_strcasecmp(value, "UTF-8") == 0 && g_utf8_validate(text, -1, NULL) ? text : NULL;
}

const char *digest_parameters(const char *credentials)
{
    const char *at = credentials ? skip_white_space(credentials) : "";

    return g_ascii_strncasecmp(at, "Digest", 6) == 0 && is_white_space(at[6]) ? at + 6 : NULL;
}

char *digest_user(wmem_allocator_t *pool, const char *credentials)
{
    const char *parameters = digest_parameters(credentials);
    char *user;

    if (!parameters) {
        return NULL;
    }
    user = header_parameter(pool, parameters, ',', "username");
    if (!user || !user[0]) {
        user = decode_extended(pool, header_parameter(pool, parameters, ',', "username*"));
    }
    return user && user[0] ? user : NULL;
}

bool credentials_answer_challenge(wmem_allocator_t *pool, const char *credentials)
{
    const char *parameters = digest_parameters(credentials);
    const char *response = parameters ? header_parameter(pool, parameters, ',', "response") : NULL;

    return parameters ? response && response[0] : credentials && skip_white_space(credentials)[0];
}

bool challenge_is_stale(wmem_allocator_t *pool, const char *challenge)
{
    const char *parameters = digest_parameters(challenge);
    const char *stale = parameters ? header_parameter(pool, parameters, ',', "stale") : NULL;

    return stale && g_ascii_strcasecmp(stale, "true") == 0;
}

/* ---- server ----------------------------------------------------------------------------------------- */

/* The full host name that |text| begins with, in |pool|: labels with dots between them, the last one no
 * number; NULL if there is none. */
static char *full_name(wmem_allocator_t *pool, const char *text)
{
    size_t length = 0, last = 0;

    while (g_ascii_isalnum(text[length]) || (text[length] && strchr("-_.", text[length]))) {
        length++;
    }
    length -= length > 0 && text[length - 1] == '.';
    for (size_t i = 0; i < length; i++) {
        last = text[i] == '.' ? i + 1 : last;
    }
    return last > 0 && g_ascii_isalpha(text[last]) ? wmem_strndup(pool, text, length) : NULL;
}

char *header_server(wmem_allocator_t *pool, const char *host, const char *credentials)
{
    char *name = host ? full_name(pool, skip_white_space(host)) : NULL;
    const char *parameters = name ? NULL : digest_parameters(credentials);
    const char *realm = parameters ? header_parameter(pool, parameters, ',', "realm") : NULL;
    const char *at = realm ? strchr(realm, '@') : NULL;

    return name || !at ? name : full_name(pool, at + 1);
}

/* ---- request URI ------------------------------------------------------------------------------------ */

const char *uri_request_type(wmem_allocator_t *pool, const char *uri)
{
    const char *query = uri ? strchr(uri, '?') : NULL;
    char *value = query ? header_parameter(pool, query + 1, '&', "requesttype") : NULL;

    if (!value) {
        return NULL;
    }
    if (!unescape(value)) {
        return "";
    }
    value[strcspn(value, "#")] = '\0';
    return g_strstrip(g_strdelimit(value, "+", ' '));
}

bool uri_asks_for(wmem_allocator_t *pool, const char *uri, const char *type)
{
    const char *value = uri_request_type(pool, uri);

    return value && g_ascii_strcasecmp(value, type) == 0;
}
