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

static bool is_token_character(uint8_t c)
{
    return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
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

/* ---- fields ----------------------------------------------------------------------------------------- */

static bool is_named(piece_t field, const uint8_t *end, const char *name)
{
    size_t n = strlen(name);

    return (size_t)(end - field.start) == n && g_ascii_strncasecmp((const char *)field.start, name, n) == 0;
}

static char *copy(wmem_allocator_t *pool, const uint8_t *start, const uint8_t *end)
{
    char *text = wmem_strndup(pool, (const char *)start, (size_t)(end - start));

    return g_strstrip(g_strdelimit(text, "\r\n", ' '));
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
    const char *parameters = digest_parameters(field);
    const char *answer;

    if (!parameters) {
        return (http_digest_t){ 0 };
    }
    answer = header_parameter(pool, parameters, ',', "response");
    return (http_digest_t){
        .is_there = true,
        .realm = header_parameter(pool, parameters, ',', "realm"),
        .algorithm = header_parameter(pool, parameters, ',', "algorithm"),
        .qop = header_parameter(pool, parameters, ',', "qop"),
        .is_answer = answer && answer[0],
    };
}

/* ---- the head --------------------------------------------------------------------------------------- */

enum { VERSION_LENGTH = 8 };

/* "HTTP/1.1" */
static bool is_version(const uint8_t *at, const uint8_t *end)
{
    return end - at >= VERSION_LENGTH && memcmp(at, "HTTP/", 5) == 0 && g_ascii_isdigit(at[5]) &&
           at[6] == '.' && g_ascii_isdigit(at[7]);
}

/* "POST /keymanagement HTTP/1.1" ends with the version, "HTTP/1.1 200 OK" begins with it. What stands before
 * in the line is the body before, or the packet. Gives whether it is one of the two. */
static bool read_start_line(wmem_allocator_t *pool, piece_t line, http_head_t *head)
{
    const uint8_t *at = line.start;

    while (at < line.end && !is_version(at, line.end)) {
        at++;
    }
    if (at < line.end && at + VERSION_LENGTH == line.end && at > line.start && at[-1] == ' ') {
        head->version = copy(pool, at, line.end);
    }
    return at < line.end;
}

/* Whether |bytes| end with an empty line. */
static bool ends_a_head(const uint8_t *bytes, size_t length)
{
    piece_t line;

    if (length == 0 || bytes[length - 1] != '\n') {
        return false;
    }
    line = line_before(bytes, bytes + length);
    return line.start == line.end && line.start > bytes;
}

http_head_t http_head_read(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    http_head_t head = { 0 };
    const uint8_t *field_end = NULL; /* of a field whose beginning is still to come */
    piece_t line;

    if (!ends_a_head(bytes, length)) {
        return head;
    }
    for (line = line_before(bytes, bytes + length); line.start > bytes;) {
        const uint8_t *name;

        line = line_before(bytes, line.start);
        field_end = field_end ? field_end : line.end;
        name = name_end(line);
        if (name) {
            read_field(pool, (piece_t){ line.start, field_end }, name, &head);
            field_end = NULL;
        } else if (!continues(line)) {
            head.fields_known = read_start_line(pool, line, &head);
            break;
        }
    }
    return head.fields_known ? head : (http_head_t){ 0 };
}
