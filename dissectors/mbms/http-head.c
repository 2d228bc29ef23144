/* http-head.c
 * A head is read from its end, line by line up to the one that is no field: so neither the bodies before it
 * are looked through, nor does it matter if the last of them ends without a line end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mbms/http-head.h"

#include <string.h>

#include <glib.h>

#include "mbms/header-fields.h"

/* A part of the bytes. */
typedef struct {
    const uint8_t *start;
    const uint8_t *end;
} piece_t;

/* ---- lines ------------------------------------------------------------------------------------------ */

/* Names have hyphens and no other marks, but in theory. */
static bool is_token_character(uint8_t c)
{
    return g_ascii_isalnum(c) || c == '-' || (c && strchr("!#$%&'*+.^_`|~", c));
}

/* The line that ends with the line end before |end|, without that. */
static piece_t line_before(const uint8_t *bytes, const uint8_t *end)
{
    piece_t line = { .end = end };

    line.end -= line.end > bytes && line.end[-1] == '\n';
    line.end -= line.end > bytes && line.end[-1] == '\r';
    line.start = line.end;
    while (line.start > bytes && line.start[-1] != '\n') {
        line.start--;
    }
    return line;
}

/* Behind the name at the beginning of the line, NULL if it does not begin a field. */
static const uint8_t *name_end(piece_t line)
{
    const uint8_t *at = line.start;

    while (at < line.end && is_token_character(*at)) {
        at++;
    }
    return at > line.start && at < line.end && *at == ':' ? at : NULL;
}

/* A field may go on in lines that begin with white space. */
static bool continues(piece_t line)
{
    return line.start < line.end && (*line.start == ' ' || *line.start == '\t');
}

typedef void (*take_field_t)(void *user, piece_t field, const uint8_t *colon);

/* Goes back over fields, the last of which ends before |end|; gives the line before the first. |start| NULL:
 * there is none. */
static piece_t go_back(const uint8_t *bytes, const uint8_t *end, take_field_t take, void *user)
{
    const uint8_t *field_end = NULL; /* of a field whose beginning is still to come */
    piece_t line = { .start = end };

    while (line.start > bytes) {
        const uint8_t *colon;

        line = line_before(bytes, line.start);
        field_end = field_end ? field_end : line.end;
        colon = name_end(line);
        if (colon) {
            take(user, (piece_t){ line.start, field_end }, colon);
            field_end = NULL;
        } else if (!continues(line)) {
            return line;
        }
    }
    return (piece_t){ NULL, NULL };
}

/* Where the fields of the head end that |bytes| end with: at its empty line. NULL: they end with none. */
static const uint8_t *fields_end(const uint8_t *bytes, const uint8_t *end)
{
    piece_t line;

    if (end <= bytes || end[-1] != '\n') {
        return NULL;
    }
    line = line_before(bytes, end);
    return line.start == line.end && line.start > bytes ? line.start : NULL;
}

/* ---- start lines ------------------------------------------------------------------------------------ */

enum { VERSION_LENGTH = 8 };

/* "HTTP/1.1" */
static bool is_version(const uint8_t *at, const uint8_t *end)
{
    return end - at >= VERSION_LENGTH && memcmp(at, "HTTP/", 5) == 0 && g_ascii_isdigit(at[5]) &&
           at[6] == '.' && g_ascii_isdigit(at[7]);
}

/* "POST /keymanagement HTTP/1.1" ends with the version; NULL: the line does not. */
static const uint8_t *last_version(piece_t line)
{
    const uint8_t *at = line.end - line.start > VERSION_LENGTH ? line.end - VERSION_LENGTH : NULL;

    return at && at[-1] == ' ' && is_version(at, line.end) ? at : NULL;
}

/* What stands before a start line in its line is the body before, or the packet. */
static bool has_version(piece_t line)
{
    while (line.start < line.end && !is_version(line.start, line.end)) {
        line.start++;
    }
    return line.start < line.end;
}

static const char *const methods[] = { "POST", "GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH" };

/* The method that ends before |end|: whatever stands before it may be letters, too. */
static const char *method_before(const uint8_t *start, const uint8_t *end)
{
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        size_t n = strlen(methods[i]);

        if (n <= (size_t)(end - start) && memcmp(end - n, methods[i], n) == 0) {
            return methods[i];
        }
    }
    return NULL;
}

/* Blanks in the target are wrong, and seen. */
static bool read_request_line(wmem_allocator_t *pool, piece_t line, http_found_head_t *head)
{
    const uint8_t *version = last_version(line);
    const uint8_t *at = version ? version - 1 : line.start;

    for (; at > line.start && at[-1] >= ' '; at--) {
        const char *method = at[-1] == ' ' ? method_before(line.start, at - 1) : NULL;

        if (method) {
            head->method = method;
            head->target = wmem_strndup(pool, (const char *)at, (size_t)(version - 1 - at));
            head->start = (size_t)(at - 1 - head->bytes) - strlen(method);
            return true;
        }
    }
    return false;
}

/* "HTTP/1.1 200 OK" */
static bool read_status_line(wmem_allocator_t *pool, piece_t line, http_found_head_t *head)
{
    (void)pool;
    for (const uint8_t *at = line.end; at > line.start; at--) {
        if (is_version(at - 1, line.end) && line.end - at > VERSION_LENGTH && at[VERSION_LENGTH - 1] == ' ' &&
            g_ascii_isdigit(at[VERSION_LENGTH])) {
            head->start = (size_t)(at - 1 - head->bytes);
            return true;
        }
    }
    return false;
}

/* ---- fields ----------------------------------------------------------------------------------------- */

static bool is_named(piece_t field, const uint8_t *end, const char *name)
{
    size_t n = strlen(name);

    return (size_t)(end - field.start) == n && g_ascii_strncasecmp((const char *)field.start, name, n) == 0;
}

/* On one line: most are. */
static char *copy(wmem_allocator_t *pool, const uint8_t *start, const uint8_t *end)
{
    size_t length = (size_t)(end - start);
    char *text = wmem_alloc(pool, length + 1);

    memcpy(text, start, length);
    text[length] = '\0';
    if (memchr(start, '\r', length) || memchr(start, '\n', length)) {
        g_strdelimit(text, "\r\n", ' ');
    }
    return g_strstrip(text);
}

/* They come from the last to the first: of several the first counts, and among challenges that of digest. */
static void read_field(wmem_allocator_t *pool, piece_t field, const uint8_t *colon, http_head_t *head)
{
    if (is_named(field, colon, "User-Agent")) {
        head->user_agent = copy(pool, colon + 1, field.end);
    } else if (is_named(field, colon, "Authorization") || is_named(field, colon, "WWW-Authenticate")) {
        http_digest_t digest = http_digest_read(pool, copy(pool, colon + 1, field.end));

        head->digest = digest.is_there ? digest : head->digest;
    }
}

http_digest_t http_digest_read(wmem_allocator_t *pool, const char *field)
{
    enum { REALM, ALGORITHM, QOP, RESPONSE, N };
    static const char *const names[N] = { "realm", "algorithm", "qop", "response" };
    const char *parameters = digest_parameters(field);
    char *values[N] = { NULL };

    header_parameters(pool, parameters, ',', names, N, values);
    return (http_digest_t){
        .is_there = parameters != NULL,
        .realm = values[REALM],
        .algorithm = values[ALGORITHM],
        .qop = values[QOP],
        .is_answer = values[RESPONSE] && values[RESPONSE][0],
    };
}

/* ---- the head that stands before a body ------------------------------------------------------------- */

typedef struct {
    wmem_allocator_t *pool;
    const char *name; /* of the field that is wanted */
    char *value;
    http_head_t head;
} reading_t;

static void take_any(void *user, piece_t field, const uint8_t *colon)
{
    reading_t *reading = user;

    read_field(reading->pool, field, colon, &reading->head);
}

static void take_named(void *user, piece_t field, const uint8_t *colon)
{
    reading_t *reading = user;

    if (is_named(field, colon, reading->name)) {
        reading->value = copy(reading->pool, colon + 1, field.end);
    }
}

http_head_t http_head_read(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    const uint8_t *end = length ? fields_end(bytes, bytes + length) : NULL;
    reading_t reading = { .pool = pool };
    const uint8_t *version;
    piece_t line;

    if (!end) {
        return reading.head;
    }
    line = go_back(bytes, end, take_any, &reading);
    version = last_version(line);
    if (!version && !has_version(line)) {
        return (http_head_t){ 0 };
    }
    reading.head.fields_known = true;
    reading.head.version = version ? copy(pool, version, line.end) : NULL;
    return reading.head;
}

char *http_field_before(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, const char *name)
{
    const uint8_t *end = length ? fields_end(bytes, bytes + length) : NULL;
    reading_t reading = { .pool = pool, .name = name };

    return end && has_version(go_back(bytes, end, take_named, &reading)) ? reading.value : NULL;
}

/* ---- heads among other bytes ------------------------------------------------------------------------ */

typedef bool (*read_start_t)(wmem_allocator_t *pool, piece_t line, http_found_head_t *head);

static void pass_over(void *user, piece_t field, const uint8_t *colon)
{
    (void)user;
    (void)field;
    (void)colon;
}

/* Whether the fields that end before |end| are those of a head. */
static bool is_head(wmem_allocator_t *pool, const uint8_t *end, read_start_t read_start,
                    http_found_head_t *head)
{
    head->fields_end = (size_t)(end - head->bytes);
    return read_start(pool, go_back(head->bytes, end, pass_over, NULL), head);
}

/* The capture may have only the beginning of the last line. */
static bool find_cut(wmem_allocator_t *pool, size_t length, read_start_t read_start, http_found_head_t *head)
{
    const uint8_t *end = head->bytes + length;
    piece_t last = line_before(head->bytes, end);

    head->end = length;
    head->cut = true;
    return is_head(pool, end[-1] == '\n' || name_end(last) ? end : last.start, read_start, head);
}

static bool find_head(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, read_start_t read_start,
                      http_found_head_t *head)
{
    *head = (http_found_head_t){ .bytes = bytes };
    if (length == 0) {
        return false;
    }
    for (const uint8_t *at = bytes + length; at > bytes; at = line_before(bytes, at).start) {
        const uint8_t *end = fields_end(bytes, at);

        if (end && is_head(pool, end, read_start, head)) {
            head->end = (size_t)(at - bytes);
            return true;
        }
    }
    return find_cut(pool, length, read_start, head);
}

bool http_find_request(wmem_allocator_t *pool, const uint8_t *bytes, size_t length, http_found_head_t *head)
{
    return find_head(pool, bytes, length, read_request_line, head);
}

bool http_find_response(const uint8_t *bytes, size_t length, http_found_head_t *head)
{
    return find_head(NULL, bytes, length, read_status_line, head);
}

char *http_field(wmem_allocator_t *pool, const http_found_head_t *head, const char *name)
{
    reading_t reading = { .pool = pool, .name = name };

    go_back(head->bytes + head->start, head->bytes + head->fields_end, take_named, &reading);
    return reading.value;
}
