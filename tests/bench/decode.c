/* decode.c
 * decode FILE: processor time to decode a body (XML, base64, MIKEY), divided by that of libxml2's bare SAX2 parse of it.
 *
 * Both are taken in turn, many times, and the quickest rounds compared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glib.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "mbms/mbms-body.h"

#define ROUNDS 200
#define BODIES 50 /* of a round */

static unsigned events; /* counted, so that the parse is not for nothing */

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    (void)context, (void)name, (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_attributes;
    (void)n_defaulted, (void)attributes;
    events++;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)context, (void)name, (void)prefix, (void)uri;
    events++;
}

static void on_text(void *context, const xmlChar *text, int length)
{
    (void)context, (void)text, (void)length;
    events++;
}

static void parse_bare(wmem_allocator_t *pool, const char *bytes, size_t length)
{
    static xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end, .characters = on_text
    };
    xmlParserCtxt *parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);

    (void)pool;
    xmlParseChunk(parser, bytes, (int)length, 1);
    xmlFreeParserCtxt(parser);
}

static void decode(wmem_allocator_t *pool, const char *bytes, size_t length)
{
    const mbms_body_t *body =
        mbms_body_read(pool, (const uint8_t *)bytes, length, NULL, "application/mbms-register-response+xml");

    events += body->content && body->content->n_ltkms > 0;
    wmem_free_all(pool);
}

static double seconds(void (*work)(wmem_allocator_t *, const char *, size_t), wmem_allocator_t *pool, const char *bytes,
                      size_t length)
{
    struct timespec before, after;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (unsigned i = 0; i < BODIES; i++) {
        work(pool, bytes, length);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

int main(int argc, char **argv)
{
    char *bytes = NULL;
    size_t length = 0;
    double ours = 1e9;
    double bare = 1e9;

    if (argc != 2 || !g_file_get_contents(argv[1], &bytes, &length, NULL)) {
        fprintf(stderr, "decode FILE\n");
        return 1;
    }
    wmem_allocator_t *pool = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK_FAST);
    decode(pool, bytes, length);
    parse_bare(pool, bytes, length);
    if (events == 0) {
        fprintf(stderr, "%s: nothing in it to decode\n", argv[1]);
        return 1;
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        ours = MIN(ours, seconds(decode, pool, bytes, length));
        bare = MIN(bare, seconds(parse_bare, pool, bytes, length));
    }
    printf("%.4f %.0f %.0f %u\n", ours / bare, ours / BODIES * 1e9, bare / BODIES * 1e9, events);
    wmem_destroy_allocator(pool);
    g_free(bytes);
    return 0;
}
