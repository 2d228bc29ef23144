/* test-xml-document.c
 * XML bodies: exact byte ranges, what recovery makes of ill-formed ones, what a DOCTYPE cannot do, the bounds
 * on hostile input, and the time that input takes. W3C XML 1.0, Namespaces in XML 1.0.
 *
 * Trees are compared as outlines: "r[a@x b! c[d]]" is a root r with three children, where a has an attribute
 * x, b was closed by recovery and c has a child d.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "xml/xml-document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include <cmocka.h>
#include <libxml/xmlversion.h>

#include "pool.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* The body that was parsed last. */
static uint8_t *bytes;
static uint32_t length;
static xml_document_t *xml;

/* ---- what holds for every document ------------------------------------------------------------------ */

static void assert_within(xml_range_t inner, xml_range_t outer)
{
    assert_true(outer.start <= inner.start);
    assert_true(inner.start <= inner.end);
    assert_true(inner.end <= outer.end);
}

static void assert_element_sound(const xml_element_t *element)
{
    xml_range_t start_tag = { element->range.start, element->content.start };
    uint32_t end = element->content.start;
    const xml_element_t *last = NULL;

    assert_within(element->range, (xml_range_t){ 0, length });
    assert_within(element->content, element->range);
    assert_within(xml_trimmed_range(bytes, element), element->content);
    assert_int_equal(bytes[element->range.start], '<');
    if (!element->recovered && xml->n_errors == 0) {
        assert_int_equal(bytes[element->range.end - 1], '>');
    }
    if (!element->recovered && element->content.end < element->range.end) {
        assert_memory_equal(bytes + element->content.end, "</", 2);
    }
    assert_int_equal(element->guessed, element->recovered || (element->parent && element->parent->guessed));
    if (element->parent) {
        assert_within(element->range, element->parent->content);
    }
    for (const xml_attribute_t *attribute = element->attributes; attribute; attribute = attribute->next) {
        assert_within(attribute->range, start_tag);
    }
    for (const xml_element_t *child = element->first_child; child; child = child->next) {
        assert_ptr_equal(child->parent, element);
        assert_true(child->range.start >= end);
        end = child->range.end;
        last = child;
    }
    assert_ptr_equal(element->last_child, last);
}

static void assert_sound(void)
{
    uint32_t n = 0;

    for (const xml_element_t *element = xml->root; element; element = xml_next_element(element), n++) {
        assert_element_sound(element);
    }
    assert_int_equal(n, xml->n_elements);
    for (uint32_t i = 0; i < xml->n_errors && i < XML_MAX_ERRORS; i++) {
        assert_true(xml->errors[i].offset <= length);
        assert_non_null(xml->errors[i].message);
    }
    assert_true(xml->cut == XML_NOT_CUT || !xml->reached_end);
    assert_true(xml->cut_offset <= length);
    if (xml->has_doctype) {
        assert_within(xml->doctype, (xml_range_t){ 0, length });
    }
}

/* Parses a copy in a block of just that size, so that a sanitizer sees a read behind it. */
static void parse_bytes(const void *input, size_t size)
{
    bytes = wmem_alloc(pool, size);
    length = (uint32_t)size;
    if (size > 0) {
        memcpy(bytes, input, size);
    }
    xml = xml_document_parse(pool, bytes, size);
    assert_non_null(xml);
    assert_sound();
}

static void parse(const char *text)
{
    parse_bytes(text, strlen(text));
}

/* ---- looking at the result -------------------------------------------------------------------------- */

static void outline_element(GString *out, const xml_element_t *element)
{
    g_string_append(out, element->name);
    for (const xml_attribute_t *attribute = element->attributes; attribute; attribute = attribute->next) {
        g_string_append_printf(out, "@%s", attribute->name);
    }
    if (element->recovered) {
        g_string_append_c(out, '!');
    }
    if (element->first_child) {
        g_string_append_c(out, '[');
    }
    for (const xml_element_t *child = element->first_child; child; child = child->next) {
        outline_element(out, child);
        g_string_append_c(out, child->next ? ' ' : ']');
    }
}

static void assert_outline(const char *expected)
{
    GString *out = g_string_new(NULL);
    char *text;

    if (xml->root) {
        outline_element(out, xml->root);
    }
    text = wmem_strdup(pool, out->str);
    g_string_free(out, TRUE);
    assert_string_equal(text, expected);
}

/* The element |name|, the |n|th in document order from 0 on. */
static const xml_element_t *nth(const char *name, uint32_t n)
{
    const xml_element_t *element = xml->root;

    while (element && (strcmp(element->name, name) != 0 || n-- > 0)) {
        element = xml_next_element(element);
    }
    assert_non_null(element);
    return element;
}

static const xml_element_t *find(const char *name)
{
    return nth(name, 0);
}

static void assert_range(xml_range_t range, const char *expected)
{
    char *text = wmem_strndup(pool, (const char *)bytes + range.start, range.end - range.start);

    assert_within(range, (xml_range_t){ 0, length });
    assert_string_equal(text, expected);
}

static void assert_text(const xml_element_t *element, const char *expected)
{
    uint32_t n;
    const char *text = xml_text(xml, element, &n);

    assert_string_equal(wmem_strndup(pool, text, n), expected);
}

static void assert_attribute(const xml_element_t *element, const char *name, const char *value,
                             const char *source)
{
    const xml_attribute_t *attribute = xml_attribute(element, name);

    assert_non_null(attribute);
    assert_string_equal(attribute->value, value);
    assert_range(attribute->range, source);
}

static void assert_clean(void)
{
    assert_int_equal(xml->n_errors, 0);
    assert_int_equal(xml->cut, XML_NOT_CUT);
    assert_true(xml->reached_end);
    assert_false(xml->has_doctype);
    for (const xml_element_t *element = xml->root; element; element = xml_next_element(element)) {
        assert_false(element->recovered);
    }
}

static const char *first_line(const char *text)
{
    return wmem_strndup(pool, text, strcspn(text, "\n"));
}

/* ---- making input ----------------------------------------------------------------------------------- */

/* |head|, then |unit| as often as it takes |size| bytes, then |tail|. */
static GString *repeated(const char *head, const char *unit, const char *tail, size_t size)
{
    GString *text = g_string_sized_new(size + 256);
    size_t n = strlen(unit);

    g_string_append(text, head);
    do {
        g_string_append_len(text, unit, (gssize)n);
    } while (text->len + n <= size);
    g_string_append(text, tail);
    return text;
}

/* Parses |text| and frees it. */
static void parse_string(GString *text)
{
    bytes = wmem_memdup(pool, text->str, text->len);
    length = (uint32_t)text->len;
    g_string_free(text, TRUE);
    xml = xml_document_parse(pool, bytes, length);
    assert_sound();
}

static void append_times(GString *text, const char *unit, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        g_string_append(text, unit);
    }
}

static char *sample(const char *name, size_t *size)
{
    char *path = g_build_filename(SAMPLES_DIR, name, NULL);
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, size, NULL));
    g_free(path);
    return text;
}

static void parse_sample(const char *name)
{
    size_t size;
    char *text = sample(name, &size);

    parse_bytes(text, size);
    g_free(text);
}

/* ---- ranges ----------------------------------------------------------------------------------------- */

static void test_element_and_content_ranges(void **state)
{
    (void)state;
    parse("<?xml version=\"1.0\"?>\n<r>\n <p:a xmlns:p='urn:x' >t</p:a ><b\n/><c></c> </r>\n");
    assert_outline("r[a b c]");
    assert_clean();
    assert_range(find("r")->range, "<r>\n <p:a xmlns:p='urn:x' >t</p:a ><b\n/><c></c> </r>");
    assert_range(find("r")->content, "\n <p:a xmlns:p='urn:x' >t</p:a ><b\n/><c></c> ");
    assert_range(find("a")->range, "<p:a xmlns:p='urn:x' >t</p:a >");
    assert_range(find("a")->content, "t");
    assert_range(find("b")->range, "<b\n/>");
    assert_range(find("b")->content, "");
    assert_int_equal(find("b")->content.start, find("b")->range.end);
    assert_range(find("c")->range, "<c></c>");
    assert_range(find("c")->content, "");
    assert_int_equal(xml->n_elements, 4);
    assert_int_equal(xml->max_depth, 2);
}

static void test_attribute_ranges(void **state)
{
    (void)state;
    parse("<a b=\"1\" c = 'two' d=\"\" e='\"' f=\"'>'/>\" xml:g=\"h\"\n\ti\n=\n\"j\"/>");
    assert_outline("a@b@c@d@e@f@g@i");
    assert_clean();
    assert_attribute(xml->root, "b", "1", "1");
    assert_attribute(xml->root, "c", "two", "two");
    assert_attribute(xml->root, "d", "", "");
    assert_attribute(xml->root, "e", "\"", "\"");
    assert_attribute(xml->root, "f", "'>'/>", "'>'/>");
    assert_null(xml_attribute(xml->root, "g")); /* it is in a name space */
    assert_attribute(xml->root, "i", "j", "j");
    assert_range(xml->root->attributes->next->next->next->next->next->range, "h");
    assert_null(xml_attribute(xml->root, "xml:g"));
    assert_null(xml_attribute(xml->root, "B"));
    assert_range(xml->root->content, "");
}

static void test_attribute_values_are_normalized(void **state)
{
    (void)state;
    parse("<a b=\"1&#65;&lt;&quot;&amp;x\" c=\"1\n2\t3\" d=\"&#10;\"/>");
    assert_clean();
    assert_attribute(xml->root, "b", "1A<\"&#38;x", "1&#65;&lt;&quot;&amp;x");
    assert_attribute(xml->root, "c", "1 2 3", "1\n2\t3");
    assert_attribute(xml->root, "d", "\n", "&#10;");
}

/* Declarations are no attributes, whatever prefix they declare. */
static void test_attribute_range_beside_declarations(void **state)
{
    (void)state;
    parse("<a xmlns=\"urn:d\" xmlns:v=\"urn:v\" v=\"7\" xmlns:w=\"urn:w\" w:v=\"8\" xv=\"9\"/>");
    assert_outline("a@v@v@xv");
    assert_clean();
    assert_attribute(xml->root, "v", "7", "7");
    assert_string_equal(xml->root->attributes->next->value, "8");
    assert_range(xml->root->attributes->next->range, "8");
    assert_attribute(xml->root, "xv", "9", "9");
    parse("<a w:v='1' xmlns:w='urn:w' av='2' v='3'/>");
    assert_range(xml->root->attributes->range, "1");
    assert_attribute(xml->root, "av", "2", "2");
    assert_range(xml->root->attributes->next->next->range, "3");
}

static void test_name_spaces_of_attributes(void **state)
{
    const xml_attribute_t *attribute;

    (void)state;
    parse("<p:a xmlns='urn:d' xmlns:p='urn:p' b='1' p:b='2' p:c='3' q:d='4'/>");
    assert_outline("a@b@b@c@d");
    assert_attribute(xml->root, "b", "1", "1");
    attribute = xml->root->attributes;
    assert_string_equal(attribute->ns, ""); /* the default is for elements */
    attribute = attribute->next;
    assert_string_equal(attribute->ns, "urn:p");
    assert_range(attribute->range, "2");
    assert_null(xml_attribute(xml->root, "c"));
    parse("<a xmlns:p='urn:p' p:b='1' b='2'/>");
    assert_attribute(xml->root, "b", "2", "2");
}

static void test_text_and_trimmed_text(void **state)
{
    xml_range_t range;

    (void)state;
    parse("<r>\n<a> \t\r\n AB\n CD \n</a><b> \n </b><c/><d>x<e>y</e>z</d></r>");
    assert_clean();
    assert_text(find("a"), " \t\n AB\n CD \n");
    assert_string_equal(xml_trimmed_text(pool, xml, find("a")), "AB\n CD");
    assert_range(xml_trimmed_range(bytes, find("a")), "AB\n CD");
    assert_string_equal(xml_trimmed_text(pool, xml, find("b")), "");
    range = xml_trimmed_range(bytes, find("b"));
    assert_int_equal(range.start, range.end);
    assert_text(find("c"), "");
    assert_string_equal(xml_trimmed_text(pool, xml, find("c")), "");
    assert_text(find("d"), "x"); /* up to the first child */
    assert_text(find("e"), "y");
    assert_text(find("r"), "\n");
}

static void test_text_is_put_together(void **state)
{
    (void)state;
    parse("<a>1<!-- 2 -->3<?p 4?>5<![CDATA[<6>&amp;]]>7&amp;&lt;&gt;&quot;&apos;&#65;&#x20AC;]]&gt;</a>");
    assert_clean();
    assert_text(xml->root, "135<6>&amp;7&<>\"'A\xe2\x82\xac]]>");
    assert_outline("a");
}

static void test_markup_in_comments_and_cdata(void **state)
{
    (void)state;
    parse("<!-- <x> --><?p <y> ?><r><!-- <a> > --><b><![CDATA[</b><c>]]></b><?p </r> ?></r><!-- </r> -->");
    assert_outline("r[b]");
    assert_clean();
    assert_range(find("b")->range, "<b><![CDATA[</b><c>]]></b>");
    assert_range(find("b")->content, "<![CDATA[</b><c>]]>");
    assert_text(find("b"), "</b><c>");
    assert_range(find("r")->range, "<r><!-- <a> > --><b><![CDATA[</b><c>]]></b><?p </r> ?></r>");
}

static void test_line_ends(void **state)
{
    (void)state;
    parse("<?xml version='1.0'?>\r\n<a\r\n b='1'\r\n>\r\n<c>1\r2\r\n3&#13;</c\r\n>\r\n</a>\r\n");
    assert_clean();
    assert_range(find("a")->range, "<a\r\n b='1'\r\n>\r\n<c>1\r2\r\n3&#13;</c\r\n>\r\n</a>");
    assert_attribute(find("a"), "b", "1", "1");
    assert_range(find("c")->content, "1\r2\r\n3&#13;");
    assert_text(find("c"), "1\n2\n3\r");
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    parse("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xc3\xa9</a>");
    assert_clean();
    assert_range(xml->root->range, "<a>\xc3\xa9</a>");
    assert_range(xml->root->content, "\xc3\xa9");
    parse("\xef\xbb\xbf<a b='1'/>");
    assert_clean();
    assert_range(xml->root->range, "<a b='1'/>");
    assert_attribute(xml->root, "b", "1", "1");
    parse("\xef\xbb\xbf");
    assert_null(xml->root);
}

/* The bytes are UTF-8 whatever they declare. */
static void test_declared_encoding_is_ignored(void **state)
{
    static const char *const names[] = { "ISO-8859-1", "UTF-16", "UTF-16LE", "EBCDIC-CP-US", "UCS-4", "x" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        parse(wmem_strdup_printf(pool, "<?xml version=\"1.0\" encoding=\"%s\"?><a>\xc3\xa9</a>", names[i]));
        assert_outline("a");
        assert_clean();
        assert_text(xml->root, "\xc3\xa9");
        assert_range(xml->root->range, "<a>\xc3\xa9</a>");
    }
}

/* Ranges stay exact behind what libxml2 reads of a large input at once. */
static void test_ranges_in_a_large_document(void **state)
{
    GString *text = g_string_new("<r>");
    const xml_element_t *element;
    uint32_t n = 0;

    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        g_string_append_printf(text, "<e n=\"%u\">t%u<!-- %u --></e>\n", i, i, i);
    }
    g_string_append(text, "</r>");
    parse_string(text);
    assert_clean();
    for (element = xml->root->first_child; element; element = element->next, n++) {
        assert_attribute(element, "n", wmem_strdup_printf(pool, "%u", n), wmem_strdup_printf(pool, "%u", n));
        assert_range(element->content, wmem_strdup_printf(pool, "t%u<!-- %u -->", n, n));
        assert_text(element, wmem_strdup_printf(pool, "t%u", n));
    }
    assert_int_equal(n, 20000);
    assert_int_equal(xml->root->range.end, length);
}

/* ---- name spaces ------------------------------------------------------------------------------------ */

static void test_name_spaces(void **state)
{
    (void)state;
    parse("<r xmlns=\"urn:1\" xmlns:p=\"urn:2\"><a/><p:b><c/></p:b><d xmlns=\"\"><e/></d>"
          "<p:f xmlns:p=\"urn:3\"/><p:g/></r>");
    assert_outline("r[a b[c] d[e] f g]");
    assert_clean();
    assert_string_equal(find("r")->ns, "urn:1");
    assert_string_equal(find("a")->ns, "urn:1");
    assert_string_equal(find("b")->ns, "urn:2");
    assert_string_equal(find("c")->ns, "urn:1");
    assert_string_equal(find("d")->ns, "");
    assert_string_equal(find("e")->ns, "");
    assert_string_equal(find("f")->ns, "urn:3");
    assert_string_equal(find("g")->ns, "urn:2");
}

static void test_no_name_space(void **state)
{
    (void)state;
    parse("<a><b/></a>");
    assert_clean();
    assert_string_equal(find("a")->ns, "");
    assert_string_equal(find("b")->ns, "");
    parse("<a xmlns=\"&lt;&#65;\"/>");
    assert_string_equal(xml->root->ns, "<A");
}

static void test_undeclared_prefix(void **state)
{
    (void)state;
    parse("<r><x:a>t</x:a></r>");
    assert_outline("r[a]");
    assert_string_equal(find("a")->ns, "");
    assert_range(find("a")->range, "<x:a>t</x:a>");
    assert_false(find("a")->recovered);
    assert_int_equal(xml->n_errors, 1);
    assert_non_null(strstr(xml->errors[0].message, "not defined"));
}

/* ---- where text stands ------------------------------------------------------------------------------ */

typedef struct {
    const char *source;
    const char *text;
    uint32_t skip; /* what the text starts with in the source, where they are alike */
} piece_t;

static const piece_t pieces[] = {
    { "abc", "abc", 0 },
    { "x", "x", 0 },
    { " \n\t", " \n\t", 0 },
    { "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 0 },
    { "<!-- a & b -->", "", 0 },
    { "<!---->", "", 0 },
    { "<?p a & b ?>", "", 0 },
    { "<?p?>", "", 0 },
    { "<![CDATA[]]>", "", 0 },
    { "<![CDATA[a<b&amp;]]]]>", "a<b&amp;]]", 9 },
    { "<![CDATA[<!-- c --><?p?>]]>", "<!-- c --><?p?>", 9 },
    { "]]", "]]", 0 },
    { "y\r\n", "y\n", 0 },
    { "\r", "\n", 0 },
};

static const piece_t references[] = {
    { "&amp;", "&", 0 },
    { "&lt;", "<", 0 },
    { "&gt;", ">", 0 },
    { "&quot;", "\"", 0 },
    { "&apos;", "'", 0 },
    { "&#9;", "\t", 0 },
    { "&#13;", "\r", 0 },
    { "&#65;", "A", 0 },
    { "&#x7f;", "\x7f", 0 },
    { "&#x80;", "\xc2\x80", 0 },
    { "&#233;", "\xc3\xa9", 0 },
    { "&#x7FF;", "\xdf\xbf", 0 },
    { "&#x800;", "\xe0\xa0\x80", 0 },
    { "&#x20ac;", "\xe2\x82\xac", 0 },
    { "&#xFFFD;", "\xef\xbf\xbd", 0 },
    { "&#65536;", "\xf0\x90\x80\x80", 0 },
    { "&#x10FFFF;", "\xf4\x8f\xbf\xbf", 0 },
};

/* A body of the given pieces and the position of each byte of its text, by what each piece says itself. */
static void assert_positions(const piece_t *const *parts, size_t n_parts)
{
    GString *source = g_string_new("<r><a>");
    GString *text = g_string_new(NULL);
    GArray *positions = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (size_t i = 0; i < n_parts; i++) {
        bool alike = strncmp(parts[i]->source + parts[i]->skip, parts[i]->text, strlen(parts[i]->text)) == 0;

        for (size_t k = 0; parts[i]->text[k] != '\0'; k++) {
            bool verbatim = alike || parts[i]->source[k] == parts[i]->text[k];
            uint32_t at = (uint32_t)source->len +
                          (verbatim ? parts[i]->skip + (uint32_t)k : parts[i]->source[0] == 'y');

            g_array_append_val(positions, at);
        }
        g_string_append(source, parts[i]->source);
        g_string_append(text, parts[i]->text);
    }
    g_string_append(source, "</a></r>");
    parse(source->str);
    assert_clean();
    assert_text(find("a"), text->str);
    for (uint32_t i = 0; i < positions->len; i++) {
        assert_int_equal(xml_text_position(bytes, find("a"), i), g_array_index(positions, uint32_t, i));
    }
    assert_int_equal(xml_text_position(bytes, find("a"), positions->len + 1000), find("a")->content.end);
    g_array_free(positions, TRUE);
    g_string_free(source, TRUE);
    g_string_free(text, TRUE);
}

static void test_text_positions_of_each_piece(void **state)
{
    static const piece_t x = { "x", "x", 0 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(pieces) + G_N_ELEMENTS(references); i++) {
        const piece_t *piece = i < G_N_ELEMENTS(pieces) ? &pieces[i] : &references[i - G_N_ELEMENTS(pieces)];
        const piece_t *const parts[] = { &x, piece, &x, piece, &x };

        assert_positions(parts, G_N_ELEMENTS(parts));
    }
}

static void test_text_positions_of_mixtures(void **state)
{
    GRand *random = g_rand_new_with_seed(1);

    (void)state;
    for (int round = 0; round < 2000; round++) {
        const piece_t *parts[12];
        size_t n = (size_t)g_rand_int_range(random, 0, G_N_ELEMENTS(parts) + 1);

        for (size_t i = 0; i < n; i++) {
            gint32 k = g_rand_int_range(random, 0, G_N_ELEMENTS(pieces) + G_N_ELEMENTS(references));

            parts[i] = k < (gint32)G_N_ELEMENTS(pieces) ? &pieces[k] : &references[k - G_N_ELEMENTS(pieces)];
        }
        assert_positions(parts, n);
    }
    g_rand_free(random);
}

/* A reference may have leading zeros without end. */
static void test_text_positions_behind_long_references(void **state)
{
    static const piece_t long_references[] = {
        { "&#00000000000000000000065;", "A", 0 },
        { "&#x0000000000000000020AC;", "\xe2\x82\xac", 0 },
        { "&#00000008364;", "\xe2\x82\xac", 0 },
        { "&#x000010FFFF;", "\xf4\x8f\xbf\xbf", 0 },
    };
    static const piece_t x = { "x", "x", 0 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(long_references); i++) {
        const piece_t *const parts[] = { &x, &long_references[i], &x };

        assert_positions(parts, G_N_ELEMENTS(parts));
    }
}

/* What gives no text takes no position: a reference to something unknown, or to what is no character. */
static void test_text_positions_behind_void_references(void **state)
{
    static const char *const inputs[] = {
        "<a>AB&foo;CD</a>",      "<a>AB&#0;CD</a>",
        "<a>AB&#xD800;CD</a>",   "<a>AB&#xFFFE;CD</a>",
        "<a>AB&#x110000;CD</a>", "<a>AB&foo;&#31;CD</a>",
        "<a>AB&#31;CD</a>",      "<!DOCTYPE a [<!ENTITY foo 'x'>]><a>AB&foo;CD</a>",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(inputs[i]);
        assert_text(xml->root, "ABCD");
        for (uint32_t k = 0; k < 4; k++) {
            assert_int_equal(bytes[xml_text_position(bytes, xml->root, k)], "ABCD"[k]);
        }
    }
}

static void test_semicolons_behind_void_references(void **state)
{
    static const char *const inputs[] = { "<a>&#0;;</a>", "<a>&#xD800;;</a>", "<a>&#31;&#31;;</a>",
                                          "<a>&foo;;</a>" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(inputs[i]);
        assert_text(xml->root, ";");
    }
    parse("<a><![CDATA[&#0;]]></a>");
    assert_text(xml->root, "&#0;");
    parse("<a>&#59;</a>");
    assert_text(xml->root, ";");
}

static void test_text_positions_in_unclosed_marks(void **state)
{
    static const char *const inputs[] = { "<a>x&amp", "<a>x&",  "<a>x<!-- y", "<a>x<![CDATA[ y]]",
                                          "<a>x<?y ", "<a>x&#", "<a>x&#x1F",  "<a>x<!" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(inputs[i]);
        assert_outline("a!");
        assert_int_equal(xml_text_position(bytes, xml->root, 0), 3);
        for (uint32_t k = 0; k < length + 4; k++) {
            assert_true(xml_text_position(bytes, xml->root, k) <= length);
        }
    }
}

/* ---- ill-formed ------------------------------------------------------------------------------------- */

typedef struct {
    const char *input;
    const char *outline;
} outline_case_t;

static void assert_outlines(const outline_case_t *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        parse(cases[i].input);
        assert_outline(cases[i].outline);
        assert_int_not_equal(xml->n_errors, 0);
    }
}

static void test_unclosed_elements(void **state)
{
    static const outline_case_t cases[] = {
        { "<r><a></r>", "r[a!]" },
        { "<r><a>t</r>", "r[a!]" },
        { "<r><a><b></r>", "r[a![b!]]" },
        { "<r><a><b/></r>", "r[a![b]]" },
        { "<r><a><b/><a/><b/></r>", "r[a![b] a b]" }, /* siblings of one name */
        { "<r><a>t<b/><c/></r>", "r[a! b c]" },       /* a leaf: all that follows is its sibling */
        { "<r><a>1<a>2<a>3</r>", "r[a! a! a!]" },
        { "<r><a>1<a>2</a><a>3</a></r>", "r[a! a a]" },
        { "<r><s><a>1</s><s><a>2</a></s></r>", "r[s[a!] s[a]]" },
        { "<r><p:a xmlns:p='u'><a/></p:a></r>x", "r[a[a]]" },
        { "<r><a>", "r![a!]" },
        { "<r", "r!" },
        { "<r>t", "r!" },
        { "<r><r></r>", "r![r]" },
    };

    (void)state;
    assert_outlines(cases, G_N_ELEMENTS(cases));
}

static void test_ranges_of_unclosed_elements(void **state)
{
    (void)state;
    parse("<r><a>1<b/>2</r>");
    assert_range(nth("a", 0)->range, "<a>1");
    assert_range(nth("a", 0)->content, "1");
    assert_text(nth("a", 0), "1");
    assert_range(find("b")->range, "<b/>");
    assert_range(find("r")->range, "<r><a>1<b/>2</r>");
    parse("<r><a><b>1</b> <a>2</a></r>");
    assert_range(nth("a", 0)->range, "<a><b>1</b> ");
    assert_range(nth("a", 1)->range, "<a>2</a>");
    assert_false(nth("a", 1)->recovered);
    parse("<r><a>1</r> ");
    assert_range(find("a")->range, "<a>1");
    parse("<r><a>1");
    assert_range(find("a")->range, "<a>1");
    assert_range(find("r")->content, "<a>1");
}

/* What stands in an element without an end tag is a guess as well; what stands beside it is none. */
static void test_guesses(void **state)
{
    (void)state;
    parse("<r><a><b><c/></b></r>");
    assert_false(find("r")->guessed);
    assert_true(find("a")->guessed);
    assert_true(find("c")->guessed);
    assert_false(find("c")->recovered);
    parse("<r><a>1<b/><c/></r>"); /* a leaf: it gives back what it has swallowed */
    assert_true(find("a")->guessed);
    assert_false(find("b")->guessed);
    parse("<r><a/>");
    assert_true(find("a")->guessed);
}

static void test_mismatched_end_tags(void **state)
{
    static const outline_case_t cases[] = {
        { "<r><a>t</A><b/></r>", "r[a! b]" }, /* a typing error closes the element */
        { "<r><a>t</aa><b>u</b></r>", "r[a! b]" },
        { "<r><a>t</ a><b/></r>", "r[a! b]" },
        { "<r><a><b>t</a><c/></r>", "r[a[b!] c]" }, /* that of an ancestor closes up to it */
        { "<r><a><b><c>t</a><d/></r>", "r[a[b![c!]] d]" },
        { "<r><p:a xmlns:p='u'>t</a><b/></r>", "r[a! b]" },
        { "<r><a>t</p:a><b/></r>", "r[a! b]" },
        { "<r><a>t</a <b/></r>", "r[a b]" },
    };

    (void)state;
    assert_outlines(cases, G_N_ELEMENTS(cases));
}

static void test_stray_end_tags(void **state)
{
    (void)state;
    parse("</x><r/>");
    assert_int_not_equal(xml->n_errors, 0);
    parse("<r/></x>");
    assert_outline("r");
    assert_int_equal(xml->n_errors, 1);
    parse("<r><a/></r></r>");
    assert_outline("r[a]");
    assert_int_equal(xml->n_errors, 1);
    parse("<r><a/></x></r>"); /* taken for a misspelt end of r */
    assert_outline("r![a]");
    parse("<r><a/></><b/></r>");
    assert_outline("r![a]");
}

static void test_broken_start_tags(void **state)
{
    static const char *const inputs[] = {
        "<r><a <b/></r>",
        "<r><a b=\"<c/>\"/></r>",
        "<r><a b=c><d/></r>",
        "<r><a b><c/></r>",
        "<r><a b=\"1\"c=\"2\"/></r>",
        "<r><a / ></r>",
        "<r><a//><b/></r>",
        "<r><a b='1' b='2'/></r>",
        "<r><a 'x'/></r>",
        "<r>< a/></r>",
        "<r><1/></r>",
        "<r><a:b:c/></r>",

        "<r><a/b/></r>",
        "<r><a =\"1\"/></r>",
        "<a <a <a <a",
        "<r><a b='",
        "<r><a b",
        "<r><a b='1'",
        "<r><a/",
        "<r></",
        "<r></r",
        "<r><>",
        "<r><",
        "<r><a\xff/></r>",
        "<r><a b='\xff'/></r>",
        "<r a='1' <b/></r>",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(inputs[i]); /* assert_sound() is the test */
        assert_non_null(xml->root);
        assert_int_not_equal(xml->n_errors, 0);
    }
}

static void test_element_behind_a_broken_start_tag(void **state)
{
    (void)state;
    parse("<r><a <b>t</b><c/></r>");
    assert_outline("r[a! b c]");
    assert_range(find("a")->range, "<a ");
    assert_range(find("a")->content, "");
    assert_range(find("b")->range, "<b>t</b>");
    assert_text(find("b"), "t");
}

/* A '/' before "/>" ends the tag too: libxml2 leaves the element and takes the rest for text. */
static void test_element_behind_two_slashes(void **state)
{
    (void)state;
    parse("<r><a//>t<b/></r>");
    assert_outline("r[a! b]");
    assert_range(find("a")->range, "<a");
    assert_text(find("a"), "");
    parse("<r><a//>");
    assert_outline("r![a!]");
    assert_text(find("a"), "");
}

static void test_two_roots(void **state)
{
    (void)state;
    parse("<a>1</a><b>2</b>");
    assert_outline("a");
    assert_int_equal(xml->n_errors, 1);
    assert_int_equal(xml->errors[0].offset, 8);
    assert_false(xml->reached_end);
    assert_false(xml->root->recovered);
    parse("<a/>text");
    assert_outline("a");
    assert_int_equal(xml->n_errors, 1);
}

static void test_no_element(void **state)
{
    static const char *const inputs[] = { "",        " ",        "x",    "<",     "<?",
                                          "<?xml?>", "<!-- -->", "</a>", "&amp;", "{}" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(inputs[i]);
        assert_null(xml->root);
        assert_int_equal(xml->n_elements, 0);
        assert_non_null(xml->text);
        assert_true(inputs[i][0] == '\0' || xml->n_errors > 0);
    }
}

static void test_errors_tell_where(void **state)
{
    (void)state;
    parse("<r>\n<a>t</b></r>");
    assert_int_equal(xml->n_errors, 1);
    assert_non_null(strstr(xml->errors[0].message, "mismatch"));
    assert_null(strchr(xml->errors[0].message, '\n'));
    assert_true(xml->errors[0].offset >= 8 && xml->errors[0].offset <= 12);
}

static void test_unknown_entities_give_no_text(void **state)
{
    (void)state;
    parse("<a b=\"1&foo;2\">x&foo;y</a>");
    assert_text(xml->root, "xy");
    assert_attribute(xml->root, "b", "12", "1&foo;2");
    assert_int_not_equal(xml->n_errors, 0);
}

/* A predefined entity is kept directly behind an unknown one; the error is told, and where. */
static void test_predefined_entities_behind_unknown_ones(void **state)
{
    static const struct {
        const char *input;
        const char *text;
        uint32_t n_errors;
    } cases[] = {
        { "<r><a>&foo;x&amp;y</a></r>", "x&y", 1 },    { "<r><a>&foo;&amp;y</a></r>", "&y", 1 },
        { "<r><a>&x;&lt;&y;&gt;</a></r>", "<>", 2 },   { "<r><a b='&x;'>&lt;</a></r>", "<", 1 },
        { "<r b='1&x;2'><a>&lt;</a></r>", "<", 1 },    { "<r><a b='&x;&y;' c='&x;'/><a>1</a></r>", "", 3 },
        { "<r><b>&x;</b><a>&lt;</a></r>", "<", 1 },    { "<r><b>&x;</c><a>1&lt;</a></r>", "1<", 2 },
        { "<r><a>&x;<!-- --> &lt;</a></r>", " <", 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        parse(cases[i].input);
        assert_int_equal(xml->n_errors, cases[i].n_errors);
        assert_text(find("a"), cases[i].text);
    }
    parse("<r>12&foo;&lt;</r>");
    assert_int_equal(xml->errors[0].offset, 10);
    assert_string_equal(xml->errors[0].message, "Entity 'foo' not defined");
    assert_int_equal(bytes[xml_text_position(bytes, xml->root, 1)], '2');
    assert_int_equal(xml_text_position(bytes, xml->root, 2), 10);
}

static void test_bytes_that_are_no_characters(void **state)
{
    static const char nul[] = "<r><a>1</a>\0<b>2</b></r>";
    static const bool ends_at_nul = LIBXML_VERSION < 21400; /* later ones skip it */

    (void)state;
    parse_bytes(nul, sizeof(nul) - 1);
    assert_outline(ends_at_nul ? "r![a]" : "r[a b]");
    assert_int_equal(xml->reached_end, !ends_at_nul);
    assert_int_not_equal(xml->n_errors, 0);
    parse_bytes("\0<r/>", 5);
    assert_null(xml->root);
    parse_bytes("<r a='\0'/>", 10);
    parse_bytes("<r>\0", 4);
    assert_outline("r!");
    parse("<r><a>1</a>\x01<b>2</b></r>"); /* not allowed, though no NUL */
    assert_range(find("a")->range, "<a>1</a>");
    assert_int_not_equal(xml->n_errors, 0);
}

static void test_invalid_utf8(void **state)
{
    static const char *const inputs[] = {
        "\xff", "\xc3", "\xc3(", "\xe2\x82", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80"
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(wmem_strdup_printf(pool, "<r><a>1</a><b>%s</b><c d='e'>\xc3\xa9</c></r>", inputs[i]));
        assert_range(find("a")->range, "<a>1</a>");
        assert_text(find("a"), "1");
        assert_int_not_equal(xml->n_errors, 0);
        assert_outline("r[a b c@d]");
        assert_range(find("c")->range, "<c d='e'>\xc3\xa9</c>");
        assert_attribute(find("c"), "d", "e", "e");
        assert_text(find("c"), "\xc3\xa9");
    }
}

static void test_references_to_no_character(void **state)
{
    static const char *const inputs[] = { "&#xD800;",   "&#xDFFF;",       "&#xFFFE;",
                                          "&#x110000;", "&#0;",           "&#;",
                                          "&#x;",       "&#99999999999;", "&#xFFFFFFFFFFFFFFFFFF41;",
                                          "&#-65;" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(wmem_strdup_printf(pool, "<r><a b=\"%s\">1</a><c>2</c></r>", inputs[i]));
        assert_int_not_equal(xml->n_errors, 0);
        assert_text(find("r"), "");
        parse(wmem_strdup_printf(pool, "<r><a>%s</a><c>2</c></r>", inputs[i]));
        assert_int_not_equal(xml->n_errors, 0);
        assert_text(find("c"), "2");
    }
}

/* ---- the change request's examples ------------------------------------------------------------------ */

#define BCAST "urn:oma:xml:bcast:pr:orderqueries:1.0"

static void test_example_1(void **state)
{
    (void)state;
    parse_sample("msk-response.xml");
    assert_outline(
        "mbmsMSKResponse@schemaLocation["
        "Response[MSK[keyDomainID MSKID] ResponseCode LTKMResponseResponseExtension[LTKM]] "
        "Response[MSK[keyDomainID MSKID] ResponseCode LTKMResponseResponseExtension[LTKM! LTKM!]]]");
    assert_int_not_equal(xml->n_errors, 0);
    assert_string_equal(xml->root->ns, "urn:3GPP:metadata:2005:MBMS:mskResponse");
    assert_string_equal(find("LTKMResponseResponseExtension")->ns, BCAST);
    assert_string_equal(find("LTKM")->ns, "urn:3GPP:metadata:2005:MBMS:mskResponse");
    assert_string_equal(xml_trimmed_text(pool, xml, nth("MSKID", 1)), "JMtEAA==");
    assert_range(nth("MSKID", 1)->range, "<MSKID>JMtEAA==</MSKID>");
    assert_range(nth("LTKM", 0)->range, "<LTKM>...</LTKM>");
    assert_range(nth("LTKM", 1)->range, "<LTKM>...");
    assert_text(nth("LTKM", 1), "...");
    assert_string_equal(xml_trimmed_text(pool, xml, nth("LTKM", 2)), "");
    assert_string_equal(xml->root->attributes->ns, "http://www.w3.org/2001/XMLSchema-instance");
    assert_range(xml->root->attributes->range, "urn:3GPP:metadata:2005:MBMS:mskResponse");
    assert_false(nth("LTKMResponseResponseExtension", 1)->recovered);
    assert_int_equal(xml->root->range.end, length - 1);
}

static void test_examples_2_and_3(void **state)
{
    (void)state;
    parse_sample("registration-response.xml");
    assert_clean();
    assert_outline("mbmsSecurityRegisterResponse["
                   "Response[serviceID ResponseCode RegistrationResponseResponseExtension[LTKM LTKM LTKM]] "
                   "Response[serviceID ResponseCode] RegistrationResponseExtension[LTKMDelivery[Type]]]");
    assert_range(xml_trimmed_range(bytes, find("serviceID")),
                 "urn:3gpp:mbms:example:service:identification:123456789abcdef");
    parse_sample("registration-request.xml");
    assert_clean();
    assert_outline("mbmsSecurityRegister[serviceID serviceID "
                   "RegistrationRequestExtension[LTKMDelivery[Type Type]]]");
    assert_string_equal(find("Type")->ns, "urn:3GPP:metadata:2005:MBMS:securityRegistration");
    assert_range(nth("Type", 1)->range, "<Type>2</Type>");
}

static void test_example_4(void **state)
{
    (void)state;
    parse_sample("registration-response-informative.xml");
    assert_outline("mbmsSecurityRegisterResponse["
                   "Response[serviceID ResponseCode RegistrationResponseResponseExtension[LTKM]] "
                   "Response[serviceID ResponseCode RegistrationResponseResponseExtension[LTKM LTKM]] "
                   "RegistrationResponseExtension[LTKMDelivery![Type] LTKMDelivery!]]");
    assert_int_not_equal(xml->n_errors, 0);
    assert_string_equal(xml_trimmed_text(pool, xml, find("Type")), "2");
    assert_false(find("RegistrationResponseExtension")->recovered);
    assert_false(find("Type")->recovered);
    assert_string_equal(first_line((const char *)bytes + nth("LTKMDelivery", 1)->range.start),
                        "<LTKMDelivery> ");
    assert_int_equal(nth("LTKMDelivery", 0)->range.end, nth("LTKMDelivery", 1)->range.start);
}

/* ---- cut at every byte ------------------------------------------------------------------------------ */

static bool same_range(xml_range_t a, xml_range_t b)
{
    return a.start == b.start && a.end == b.end;
}

static void assert_same_element(const xml_document_t *a_xml, const xml_element_t *a,
                                const xml_document_t *b_xml, const xml_element_t *b)
{
    uint32_t n_a, n_b;
    const char *text_a = xml_text(a_xml, a, &n_a);
    const char *text_b = xml_text(b_xml, b, &n_b);

    assert_string_equal(a->name, b->name);
    assert_string_equal(a->ns, b->ns);
    assert_true(same_range(a->range, b->range) && same_range(a->content, b->content));
    assert_int_equal(n_a, n_b);
    assert_memory_equal(text_a, text_b, n_a);
    assert_false(b->recovered);
    assert_string_equal(a->parent ? a->parent->name : "", b->parent ? b->parent->name : "");
}

/* Each prefix of |text| is sound and has all elements that were closed before its end. */
static void assert_prefixes(const char *text, size_t size)
{
    const xml_document_t *all;

    parse_bytes(text, size);
    all = xml;
    for (size_t n = 0; n < size; n++) {
        const xml_element_t *element;

        parse_bytes(text, n);
        element = xml->root;
        for (const xml_element_t *old = all->root; old; old = xml_next_element(old)) {
            if (old->recovered || old->range.end > n) {
                continue;
            }
            while (element && element->range.start != old->range.start) {
                element = xml_next_element(element);
            }
            assert_non_null(element);
            assert_same_element(all, old, xml, element);
        }
    }
}

static void test_every_prefix_of_the_examples(void **state)
{
    static const char *const names[] = {
        "msk-response.xml",
        "registration-response.xml",
        "registration-request.xml",
        "registration-response-informative.xml",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t size;
        char *text = sample(names[i], &size);

        assert_prefixes(text, size);
        g_free(text);
    }
}

#define SYNTHETIC                                                                                            \
    "<?xml version=\"1.0\" encoding='UTF-8' standalone=\"yes\"?>\r\n<!-- c - c --><?p i?>\n"                 \
    "<r xmlns=\"urn:a\" xmlns:p='urn:b' p:x=\"1 > '2'\" y='&lt;&#x20AC;'>\n"                                 \
    " <p:a z=\"\"/><b >\xc3\xa9&amp;<!-- <b> --><![CDATA[</b>]]]]>&#65;</b >\r\n"                            \
    " <k><c/><c><d xmlns=''/></c>t</k><?q <c> ?><e a=\"1\"b=\"2\"/><f></g><h\n/>\n</r>\n<!-- end -->\n"

static void test_every_prefix_of_a_synthetic_document(void **state)
{
    (void)state;
    assert_prefixes(SYNTHETIC, sizeof(SYNTHETIC) - 1);
    assert_prefixes("\xef\xbb\xbf" SYNTHETIC, sizeof(SYNTHETIC) + 2);
}

/* One byte replaced by each that means something. */
static void test_every_byte_changed(void **state)
{
    static const char values[] = "<>/&;'\"=!?-[] :x\x01\xff";

    (void)state;
    for (size_t i = 0; i < sizeof(SYNTHETIC) - 1; i++) {
        for (size_t k = 0; k < sizeof(values); k++) {
            char text[] = SYNTHETIC;

            text[i] = values[k];
            parse_bytes(text, sizeof(text) - 1);
        }
        wmem_free_all(pool);
    }
}

/* ---- DOCTYPE ---------------------------------------------------------------------------------------- */

typedef struct {
    const char *doctype;
    const char *body;
    const char *text; /* of the root */
} doctype_case_t;

static void assert_doctype(const char *before, const char *doctype, const char *body, const char *text)
{
    parse(wmem_strdup_printf(pool, "%s%s%s", before, doctype, body));
    assert_true(xml->has_doctype);
    assert_range(xml->doctype, doctype);
    assert_non_null(xml->root);
    assert_text(xml->root, text);
    assert_range(xml->root->range, g_strstrip(wmem_strdup(pool, body)));
}

static void test_doctypes_are_refused(void **state)
{
    static const doctype_case_t cases[] = {
        { "<!DOCTYPE r>", "<r>t</r>", "t" },
        { "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/r.dtd\">", "<r>t</r>", "t" },
        { "<!DOCTYPE r PUBLIC '-//X//Y' 'file:///etc/passwd'>", "\n<r>t</r>\n", "t" },
        { "<!DOCTYPE r []>", "<r>t</r>", "t" },
        { "<!DOCTYPE r [<!ENTITY x \"<a>\"><!ENTITY lt \"y\">]>", "<r>1&x;&lt;2</r>", "1<2" },
        { "<!DOCTYPE r [<!ENTITY x \"y\">]>", "<r>1&x;2</r>", "12" },
        { "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "<r>1&x;2</r>", "12" },
        { "<!DOCTYPE r [<!ENTITY % p \"<!ENTITY x 'y'>\"> %p;]>", "<r>1&x;2</r>", "12" },
        { "<!DOCTYPE r [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\"> %p;]>", "<r>1&x;2</r>", "12" },
        { "<!DOCTYPE r [<!ENTITY amp \"&#38;#38;\"><!ENTITY amp 'evil'>]>", "<r>1&amp;2</r>", "1&2" },
        { "<!DOCTYPE r [<!ELEMENT r (#PCDATA)><!ATTLIST r a CDATA 'b' xmlns CDATA 'u'>]>", "<r>t</r>", "t" },
        { "<!DOCTYPE r [ <!ENTITY x ']>'> ]>", "<r>1&x;2</r>", "12" },
        { "<!DOCTYPE r [ <!ENTITY x \"'\"> ]>", "<r>1&x;2</r>", "12" },
        { "<!DOCTYPE r [ <!-- ]> --> ]>", "<r>t</r>", "t" },
        { "<!DOCTYPE r [ <!-- it's \" --> ]>", "<r>t</r>", "t" },
        { "<!DOCTYPE r [ <?p ]>?> ]>", "<r>t</r>", "t" },
        { "<!DOCTYPE r [ <?p it's?> ]>", "<r>t</r>", "t" },
        { "<!DOCTYPE r [ <?p <!-- ?> ]>", "<r>t</r>", "t" },
        { "<!DOCTYPE r SYSTEM 'a>b' [ ] >", "<r>t</r>", "t" },
        { "<!DOCTYPE r SYSTEM \"[\">", "<r>t</r>", "t" },
        { "<!DOCTYPE r [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
          "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
          "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;'>"
          "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h '&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;'>]>",
          "<r>1&h;2</r>", "12" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_doctype("", cases[i].doctype, cases[i].body, cases[i].text);
        assert_doctype("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <!DOCTYPE --><?p <!DOCTYPE ?>\r\n",
                       cases[i].doctype, cases[i].body, cases[i].text);
        assert_int_equal(xml->n_errors, 0); /* the entities are not missed */
        assert_null(xml->root->attributes);
        assert_string_equal(xml->root->ns, "");
    }
}

static void test_doctype_entities_in_attributes(void **state)
{
    (void)state;
    parse("<!DOCTYPE r [<!ENTITY x 'y'><!ATTLIST r c CDATA 'd'>]><r a=\"1&x;2\" b=\"&lt;\">t</r>");
    assert_true(xml->has_doctype);
    assert_outline("r@a@b");
    assert_attribute(xml->root, "a", "12", "1&x;2");
    assert_attribute(xml->root, "b", "<", "&lt;");
}

static void test_doctype_leaves_ranges_alone(void **state)
{
    (void)state;
    parse("<!DOCTYPE r [\r\n<!ENTITY x 'y'>\xc3\xa9]>\r\n<r><a b='c'>1&#65;</a></r>");
    assert_range(find("a")->range, "<a b='c'>1&#65;</a>");
    assert_attribute(find("a"), "b", "c", "c");
    assert_int_equal(bytes[0], '<'); /* the input itself is not written to */
}

static void test_doctype_in_the_wrong_place(void **state)
{
    (void)state;
    parse("<r><!DOCTYPE r [<!ENTITY x 'y'>]><a>1&x;2</a></r>");
    assert_range(find("a")->range, "<a>1&x;2</a>");
    assert_text(find("a"), "12");
    assert_int_not_equal(xml->n_errors, 0);
    parse("<r/><!DOCTYPE r [<!ENTITY x 'y'>]>");
    assert_outline("r");
    parse("<!doctype r [<!ENTITY x 'y'>]><r>&x;</r>");
    assert_true(!xml->root || find("r")->text_length == 0);
    parse("x<!DOCTYPE r [<!ENTITY x 'y'>]><r>&x;</r>");
    assert_true(!xml->root || find("r")->text_length == 0);
    parse("<r><![CDATA[<!DOCTYPE r [<!ENTITY x 'y'>]>]]></r>");
    assert_clean();
}

static void test_unterminated_doctypes(void **state)
{
    static const char *const inputs[] = {
        "<!DOCTYPE",         "<!DOCTYPE r",
        "<!DOCTYPE r [",     "<!DOCTYPE r [<!ENTITY x 'y'>",
        "<!DOCTYPE r 'x>",   "<!DOCTYPE r [<!-- ",
        "<!DOCTYPE r [<?p ", "<!DOCTYPE r [<!ENTITY x \"y]>",
        "<!DOCTYPE r [ ]",   "<!DOCTYPE r [<!--",
        "<!DOCTYPE r []'",   "<!DOCTYPE r [<!ENTITY x 'y'><r>&x;</r>",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse(inputs[i]);
        assert_true(xml->has_doctype);
        assert_int_equal(xml->doctype.start, 0);
        assert_int_equal(xml->doctype.end, length);
        assert_null(xml->root);
        assert_int_not_equal(xml->n_errors, 0);
    }
}

/* ---- bounds ----------------------------------------------------------------------------------------- */

/* A root with an element "before", then <big a="xx…"/> of |size| bytes, then an element "behind". */
static void parse_with_tag_of(size_t size)
{
    GString *text = g_string_new("<r><before/>");

    g_string_append(text, "<big a=\"");
    for (size_t i = strlen("<big a=\"\"/>"); i < size; i++) {
        g_string_append_c(text, 'x');
    }
    g_string_append(text, "\"/><behind/></r>");
    parse_string(text);
}

static void test_start_tag_of_the_largest_size(void **state)
{
    (void)state;
    parse_with_tag_of(XML_MAX_START_TAG);
    assert_outline("r[before big@a behind]");
    assert_clean();
    assert_int_equal(find("big")->range.end - find("big")->range.start, XML_MAX_START_TAG);
}

static void test_larger_start_tag_is_cut(void **state)
{
    (void)state;
    for (size_t more = 1; more < 4; more++) {
        parse_with_tag_of(XML_MAX_START_TAG + more);
        assert_outline("r![before]");
        assert_int_equal(xml->cut, XML_CUT_START_TAG);
        assert_int_equal(xml->cut_offset, strlen("<r><before/>"));
        assert_false(xml->reached_end);
    }
}

static void parse_with_attributes(uint32_t n, const char *name, const char *value)
{
    GString *text = g_string_new("<r><before/><big");

    for (uint32_t i = 0; i < n; i++) {
        g_string_append_printf(text, "%s%u%s", name, i, value);
    }
    g_string_append(text, "/><behind/></r>");
    parse_string(text);
}

static void test_number_of_attributes(void **state)
{
    (void)state;
    parse_with_attributes(256, " a", "='='");
    assert_clean();
    assert_non_null(xml_attribute(find("big"), "a255"));
    parse_with_attributes(257, " a", "='='");
    assert_outline("r![before]");
    assert_int_equal(xml->cut, XML_CUT_START_TAG);
    assert_int_equal(xml->cut_offset, strlen("<r><before/>"));
    assert_false(xml->reached_end);
    parse_with_attributes(257, " xmlns:a", "='u'");
    assert_outline("r![before]");
}

static void test_cut_at_the_first_tag(void **state)
{
    GString *text = g_string_new("<r");

    (void)state;
    append_times(text, " a='1'", 300);
    g_string_append(text, "/>");
    parse_string(text);
    assert_null(xml->root);
    assert_int_equal(xml->cut, XML_CUT_START_TAG);
    assert_int_equal(xml->cut_offset, 0);
    assert_non_null(xml->text);
    assert_false(xml->reached_end);
}

static void test_marks_in_quoted_values_count_for_nothing(void **state)
{
    (void)state;
    parse("<r><a b=\"x>y\" c='>' d=\"'\" e='\"'>t</a><f g='=>=>'/></r>");
    assert_clean();
    assert_outline("r[a@b@c@d@e f@g]");
    assert_range(find("a")->content, "t");
    parse("<r><a b=\"x<y\">t</a><f/></r>"); /* ill-formed: a '<' ends the tag */
    assert_int_not_equal(xml->n_errors, 0);
    assert_non_null(find("r")->first_child);
}

/* The tag is found wherever it hides: libxml2 must never see 300 attributes. */
static void test_hidden_large_start_tags(void **state)
{
    static const char *const hideouts[] = {
        "<r>",
        "<r><!-- \" -->",
        "<r><!-- it's -->",
        "<r><a b=\"'\"/>",
        "<r><a b='\"'/>",
        "<r><a b=\"",
        "<r><a '",
        "<r>'\"",
        "<r></'>",
        "<r><?p '?>",
        "<r><![CDATA[ ' ]]>",
        "<r><![CDATA[<a '>]]>",
        "<r><!DOCTYPE '",
        "<r><!x '>",
        "<r><!",
        "<r></",
        "<r><?",
        "<r><",
        "<r><!--",
        "<r><!-- -- --->",
        "<!DOCTYPE r [<!-- ' -->]><r>",
        "<!DOCTYPE r [<?p ' ?>]><r>",
        "\xef\xbb\xbf<r>",
        "<r><!-- \x01",
        "<r><!-- <a '\x01",
        "<r><![CDATA[ \x01",
        "<r><?p \x01",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(hideouts); i++) {
        GString *text = g_string_new(hideouts[i]);

        g_string_append(text, "<big");
        for (int k = 0; k < 300; k++) {
            g_string_append_printf(text, " a%d='1'", k);
        }
        g_string_append(text, "/></r>");
        parse_string(text);
        for (const xml_element_t *element = xml->root; element; element = xml_next_element(element)) {
            uint32_t n = 0;

            for (const xml_attribute_t *attribute = element->attributes; attribute;
                 attribute = attribute->next) {
                n++;
            }
            assert_true(n <= XML_MAX_ATTRIBUTES);
        }
    }
}

/* Comments, CDATA and processing instructions have no bounds of their own. A '<' in them is counted as a
 * start tag all the same: libxml2 leaves them at an illegal character and goes on with what is behind it. */
static void test_large_marks_that_are_no_start_tags(void **state)
{
    static const char *const frames[][2] = {
        { "<r><!-- ", " --><b/></r>" },
        { "<r><![CDATA[ ", " ]]><b/></r>" },
        { "<r><?p ", " ?><b/></r>" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        parse_string(repeated(frames[i][0], "= '\"", frames[i][1], XML_MAX_START_TAG + 100));
        assert_outline("r[b]");
        assert_clean();
        parse_string(repeated(frames[i][0], "<a b='c'>", frames[i][1], XML_MAX_START_TAG + 100));
        assert_outline("r[b]");
        assert_clean();
    }
}

/* |n| declarations in scope: in one tag each of nested elements, or all in few of them. */
static void parse_with_namespaces(uint32_t n, uint32_t in_each)
{
    GString *text = g_string_new("<r>");
    uint32_t n_open = 0;

    for (uint32_t i = 0; i < n; n_open++) {
        g_string_append(text, "<e");
        for (uint32_t k = 0; k < in_each && i < n; k++, i++) {
            g_string_append_printf(text, " xmlns:n%u='urn:%u'", i, i);
        }
        g_string_append_c(text, '>');
    }
    g_string_append(text, "<n0:in/>");
    append_times(text, "</e>", n_open);
    g_string_append(text, "</r>");
    parse_string(text);
}

static void test_name_spaces_in_scope(void **state)
{
    static const uint32_t in_each[] = { 2, 16, 200 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(in_each); i++) {
        parse_with_namespaces(256, in_each[i]);
        assert_clean();
        assert_string_equal(find("in")->ns, "urn:0");
        parse_with_namespaces(257, in_each[i]);
        assert_int_equal(xml->cut, XML_CUT_NAMESPACES);
        assert_int_equal(bytes[xml->cut_offset], '<');
        assert_false(xml->reached_end);
        assert_int_equal(xml->n_elements, 1 + (257 + in_each[i] - 1) / in_each[i] - 1);
    }
}

static void test_name_spaces_out_of_scope_count_for_nothing(void **state)
{
    GString *text = g_string_new("<r>");

    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        g_string_append_printf(text, "<n:e xmlns:n='urn:%u' xmlns='urn:d'/>", i);
    }
    g_string_append(text, "</r>");
    parse_string(text);
    assert_clean();
    assert_string_equal(nth("e", 999)->ns, "urn:999");
}

static void parse_nested(uint32_t depth)
{
    GString *text = g_string_new(NULL);

    append_times(text, "<a>", depth);
    append_times(text, "</a>", depth);
    parse_string(text);
}

static void test_depth(void **state)
{
    (void)state;
    for (uint32_t depth = XML_MAX_DEPTH - 1; depth <= XML_MAX_DEPTH; depth++) {
        parse_nested(depth);
        assert_clean();
        assert_int_equal(xml->max_depth, depth);
        assert_int_equal(xml->n_elements, depth);
    }
    for (uint32_t depth = XML_MAX_DEPTH + 1; depth <= 300; depth++) {
        parse_nested(depth);
        assert_int_equal(xml->cut, XML_CUT_DEPTH);
        assert_int_equal(xml->cut_offset, 3 * XML_MAX_DEPTH);
        assert_int_equal(xml->max_depth, XML_MAX_DEPTH);
        assert_int_equal(xml->n_elements, XML_MAX_DEPTH);
        assert_false(xml->reached_end);
    }
}

static void test_depth_of_unclosed_elements(void **state)
{
    (void)state;
    parse_string(repeated("<r>", "<a>x", "</r>", 4 * 200));
    assert_int_equal(xml->cut, XML_NOT_CUT);
    assert_int_equal(xml->root->range.end, length);
    for (const xml_element_t *child = xml->root->first_child; child; child = child->next) {
        assert_null(child->first_child); /* siblings one and all */
    }
    parse_string(repeated("<r>", "<a>x", "</r>", 4 * 400));
    assert_false(xml->reached_end);
    assert_true(xml->cut != XML_NOT_CUT || xml->n_errors > 0);
}

static void test_number_of_elements(void **state)
{
    GString *text = g_string_new("<r>");

    (void)state;
    append_times(text, "<a/>", XML_MAX_ELEMENTS - 1);
    g_string_append(text, "</r>");
    xml = xml_document_parse(pool, (const uint8_t *)text->str, text->len);
    assert_int_equal(xml->n_elements, XML_MAX_ELEMENTS);
    assert_int_equal(xml->cut, XML_NOT_CUT);
    assert_true(xml->reached_end);
    g_string_insert(text, 3, "<a/>");
    xml = xml_document_parse(pool, (const uint8_t *)text->str, text->len);
    assert_int_equal(xml->n_elements, XML_MAX_ELEMENTS);
    assert_int_equal(xml->cut, XML_CUT_ELEMENTS);
    assert_int_equal(xml->cut_offset, text->len - strlen("<a/></r>"));
    assert_false(xml->reached_end);
    g_string_free(text, TRUE);
}

/* A bound met in the middle of a start tag leaves what libxml2 gives of that tag alone. */
static void test_distinct_names(void **state)
{
    GString *text = g_string_new("<r><before/>");

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        g_string_append_printf(text, "<n%u a%u='value' b='&lt;'>t</n%u>", i, i, i);
    }
    g_string_append(text, "</r>");
    parse_string(text);
    assert_int_equal(xml->cut, XML_CUT_NAMES);
    assert_int_equal(bytes[xml->cut_offset], '>');
    assert_range(find("before")->range, "<before/>");
    for (const xml_element_t *element = find("n0"); element; element = element->next) {
        assert_range(element->attributes->range, "value");
        assert_string_equal(element->attributes->value, "value");
    }
}

static void test_errors_are_counted(void **state)
{
    GString *text = g_string_new("<r>");

    (void)state;
    append_times(text, "&x;", 15);
    g_string_append(text, "</r>");
    parse_string(text);
    assert_int_equal(xml->n_errors, 15);
    text = g_string_new("<r>");
    append_times(text, "&x;", 1000);
    g_string_append(text, "</r>");
    parse_string(text);
    assert_int_equal(xml->n_errors, 1000);
    for (uint32_t i = 0; i < XML_MAX_ERRORS; i++) {
        assert_int_equal(xml->errors[i].offset, 3 + 3 * (i + 1));
        assert_string_equal(xml->errors[i].message, "Entity 'x' not defined");
    }
    assert_false(xml->root->recovered);
}

static void test_text_of_twelve_megabytes(void **state)
{
    GString *text = repeated("<r><a>1</a><b>", "QUJD", "</b><c>2</c></r>", 12u << 20);
    size_t size = text->len;
    uint32_t n;

    (void)state;
    xml = xml_document_parse(pool, (const uint8_t *)text->str, size);
    assert_clean();
    xml_text(xml, find("b"), &n);
    assert_int_equal(n, size - strlen("<r><a>1</a><b></b><c>2</c></r>"));
    assert_int_equal(find("c")->range.end, size - 4);
    g_string_free(text, TRUE);
}

/* ---- time ------------------------------------------------------------------------------------------- */

/* Each input is |head|, then |unit| over and over, then |tail|. */
typedef struct {
    const char *name;
    const char *head;
    const char *unit;
    const char *tail;
    char *(*make_head)(void); /* where it is too long to be written down */
    char *(*make_unit)(size_t size);
} hostile_t;

static char *numbered(const char *head, const char *before, const char *behind, uint32_t n, const char *tail)
{
    GString *text = g_string_new(head);

    for (uint32_t i = 0; i < n; i++) {
        g_string_append_printf(text, "%s%u%s", before, i, behind);
    }
    g_string_append(text, tail);
    return g_string_free(text, FALSE);
}

static char *name_of(char c, size_t n)
{
    char *name = g_malloc(n + 1);

    memset(name, c, n);
    name[n] = '\0';
    return name;
}

static char *make_reference_attributes(size_t size)
{
    (void)size;
    return numbered("<a", " b", "='&#65;&lt;'", 250, "/>");
}

static char *make_plain_attributes(size_t size)
{
    (void)size;
    return numbered("<a", " b", "=''", 250, "/>");
}

static char *make_same_attributes(size_t size)
{
    (void)size;
    return numbered("<a", " b='", "'", 250, "/>");
}

static char *make_declarations(size_t size)
{
    (void)size;
    return numbered("<a", " xmlns:n", "='u'", 250, "/>");
}

static char *make_open_declarations(void)
{
    return numbered("<r>", "<e xmlns:n", "='u'>", 200, "");
}

static char *make_prefixed_attributes(size_t size)
{
    (void)size;
    return numbered("<a", " n0:b", "=''", 250, "/>");
}

/* Elements with long names are open, and each end tag is compared with all of them. */
static char *make_long_open_names(void)
{
    char *name = name_of('n', 2000);
    GString *text = g_string_new(NULL);

    for (int i = 0; i < 250; i++) {
        g_string_append_printf(text, "<%s>", name);
    }
    g_free(name);
    return g_string_free(text, FALSE);
}

static char *make_long_undefined_prefixes(size_t size)
{
    (void)size;
    char *name = name_of('n', 40000);
    char *head = g_strconcat("<", name, NULL);
    char *unit = numbered(head, " p:a", "=''", 250, "/>");

    g_free(head);
    g_free(name);
    return unit;
}

/* Two name spaces that differ in their last letter, and an unclosed element with many children of its name.
 */
static char *make_long_name_spaces(void)
{
    char *uri = name_of('u', 30000);
    char *head = g_strdup_printf("<r xmlns:p='%s1' xmlns:q='%s2'><q:a>", uri, uri);

    g_free(uri);
    return head;
}

/* Each level loses its end tag and hands everything on to its parent. */
static char *make_leaves(void)
{
    return numbered("", "<a", ">x", 250, "");
}

/* Two prefixes of one name space with a long name, which each error message would repeat. */
static char *make_long_twin_name_spaces(void)
{
    char *uri = name_of('u', 32000);
    char *head = g_strdup_printf("<r xmlns:p='%s' xmlns:q='%s'>", uri, uri);

    g_free(uri);
    return head;
}

static char *make_distinct_names(size_t size)
{
    return numbered("", "<n", "/>", (uint32_t)(size / 11), "");
}

static char *make_distinct_instructions(size_t size)
{
    return numbered("", "<?n", "?>", (uint32_t)(size / 13), "");
}

static char *make_distinct_references(size_t size)
{
    return numbered("", "&n", ";", (uint32_t)(size / 11), "");
}

static char *make_distinct_end_tags(size_t size)
{
    return numbered("", "<b></n", ">", (uint32_t)(size / 15), "");
}

static char *make_distinct_attributes(size_t size)
{
    GString *text = g_string_new(NULL);

    for (uint32_t i = 0; text->len + 32 < size; i++) {
        g_string_append_printf(text, "%s n%u=''%s", i % 200 == 0 ? "<a" : "", i, i % 200 == 199 ? "/>" : "");
    }
    return g_string_free(text, FALSE);
}

static char *make_long_comment(size_t size)
{
    (void)size;
    return name_of('-', 1000);
}

static const hostile_t hostile[] = {
    { "deep nesting", "", "<a>", "", NULL, NULL },
    { "empty elements", "<r>", "<a/>", "</r>", NULL, NULL },
    { "pairs of tags", "<r>", "<a></a>", "</r>", NULL, NULL },
    { "start tags without end", "", "<a ", "", NULL, NULL },
    { "slashes in start tags", "", "<a/ ", "", NULL, NULL },
    { "double slashes", "<r>", "<a//>", "</r>", NULL, NULL },
    { "one endless tag", "<r><a ", "b", "", NULL, NULL },
    { "one endless value", "<r><a b='", "<", "", NULL, NULL },
    { "attributes", "<r>", "", "</r>", NULL, make_plain_attributes },
    { "attributes with references", "<r>", "", "</r>", NULL, make_reference_attributes },
    { "attributes of one name", "<r>", "", "</r>", NULL, make_same_attributes },
    { "attributes, undefined prefix", "<r>", "", "</r>", NULL, make_long_undefined_prefixes },
    { "declarations", "<r>", "", "</r>", NULL, make_declarations },
    { "declarations in scope", "", "<n0:a/>", "", make_open_declarations, NULL },
    { "the same, attributes", "", "", "", make_open_declarations, make_prefixed_attributes },
    { "the same, default", "", "<a/>", "", make_open_declarations, NULL },
    { "name spaces with long names", "", "<p:a/>", "</r>", make_long_name_spaces, NULL },
    { "undefined prefixes", "<r>", "<x:a/>", "</r>", NULL, NULL },
    { "distinct names", "<r>", "", "</r>", NULL, make_distinct_names },
    { "distinct attributes", "<r>", "", "</r>", NULL, make_distinct_attributes },
    { "distinct instructions", "<r>", "", "</r>", NULL, make_distinct_instructions },
    { "distinct references", "<r>", "", "</r>", NULL, make_distinct_references },
    { "distinct end tags", "<r>", "", "</r>", NULL, make_distinct_end_tags },
    { "twin attributes, long name spaces", "", "<a p:b='' q:b=''/>", "</r>", make_long_twin_name_spaces,
      NULL },
    { "&amp;", "<r>", "&amp;", "</r>", NULL, NULL },
    { "&amp; behind an error", "<r>&x;", "&amp;", "</r>", NULL, NULL },
    { "&#65;", "<r>", "&#65;", "</r>", NULL, NULL },
    { "&x;", "<r>", "&x;", "</r>", NULL, NULL },
    { "&", "<r>", "&", "</r>", NULL, NULL },
    { "&#0;", "<r>", "&#0;", "</r>", NULL, NULL },
    { "<", "<r>", "<", "</r>", NULL, NULL },
    { "<>", "<r>", "<>", "</r>", NULL, NULL },
    { "]]>", "<r>", "]]>", "</r>", NULL, NULL },
    { "stray end tags", "<r>", "</x>", "</r>", NULL, NULL },
    { "mismatched end tags", "<r>", "<b></x>", "</r>", NULL, NULL },
    { "end tags of ancestors", "<r>", "<a><b></a>", "</r>", NULL, NULL },
    { "the same, long open names", "", "<b></x>", "", make_long_open_names, NULL },
    { "unclosed leaves", "<r>", "<a>x", "</r>", NULL, NULL },
    { "unclosed leaves, one in another", "<r>", "<b/>", "</r>", make_leaves, NULL },
    { "text", "<r>", "x", "</r>", NULL, NULL },
    { "blanks", "<r>", " ", "</r>", NULL, NULL },
    { "blanks before the root", "", " ", "<r/>", NULL, NULL },
    { "blanks behind the root", "<r/>", " ", "", NULL, NULL },
    { "CR LF", "<r>", "\r\n", "</r>", NULL, NULL },
    { "CR", "<r>", "\r", "</r>", NULL, NULL },
    { "UTF-8", "<r>", "\xe2\x82\xac", "</r>", NULL, NULL },
    { "bytes 0xff", "<r>", "\xff", "</r>", NULL, NULL },
    { "half characters", "<r>", "\xc3", "</r>", NULL, NULL },
    { "control characters", "<r>", "\x01", "</r>", NULL, NULL },
    { "unterminated comment", "<r><!--", "x", "", NULL, NULL },
    { "the same of dashes", "<r><!--", "", "", NULL, make_long_comment },
    { "unterminated CDATA", "<r><![CDATA[", "x", "", NULL, NULL },
    { "the same of brackets", "<r><![CDATA[", "]", "", NULL, NULL },
    { "unterminated instruction", "<r><?p ", "x", "", NULL, NULL },
    { "the same of question marks", "<r><?p ", "?", "", NULL, NULL },
    { "<!--", "<r>", "<!--", "</r>", NULL, NULL },
    { "<!", "<r>", "<!", "</r>", NULL, NULL },
    { "<?", "<r>", "<?", "</r>", NULL, NULL },
    { "<![CDATA[", "<r>", "<![CDATA[", "</r>", NULL, NULL },
    { "comments", "<r>", "<!---->", "</r>", NULL, NULL },
    { "comments before the root", "", "<!---->", "<r/>", NULL, NULL },
    { "CDATA sections", "<r>", "<![CDATA[]]>", "</r>", NULL, NULL },
    { "instructions", "<r>", "<?p?>", "</r>", NULL, NULL },
    { "instructions before the root", "", "<?p?>", "<r/>", NULL, NULL },
    { "entities", "<!DOCTYPE r [", "<!ENTITY a 'x'>", "]><r>&a;</r>", NULL, NULL },
    { "references to entities", "<!DOCTYPE r [<!ENTITY a 'x'>]><r>", "&a;", "</r>", NULL, NULL },
    { "quotes in a DOCTYPE", "<!DOCTYPE r [", "'", "", NULL, NULL },
    { "comments in a DOCTYPE", "<!DOCTYPE r [", "<!--", "", NULL, NULL },
    { "DOCTYPEs", "", "<!DOCTYPE r>", "<r/>", NULL, NULL },
    { "DOCTYPEs in the content", "<r>", "<!DOCTYPE r>", "</r>", NULL, NULL },
};

static GString *hostile_input(const hostile_t *input, size_t size)
{
    char *head = input->make_head ? input->make_head() : g_strdup("");
    char *unit = input->make_unit ? input->make_unit(size) : g_strdup(input->unit);
    char *start = g_strconcat(input->head, head, NULL);
    GString *text = repeated(start, unit, input->tail, size);

    g_free(start);
    g_free(unit);
    g_free(head);
    return text;
}

static double processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Parses once and reads each text once, as its caller would. */
static double seconds_of(const GString *text, uint32_t *n_elements)
{
    wmem_allocator_t *own = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK_FAST);
    double start = processor_seconds();
    xml_document_t *document = xml_document_parse(own, (const uint8_t *)text->str, text->len);
    double seconds;

    for (const xml_element_t *element = document->root; element; element = xml_next_element(element)) {
        xml_trimmed_range((const uint8_t *)text->str, element);
        xml_trimmed_text(own, document, element);
    }
    if (document->root) {
        xml_text_position((const uint8_t *)text->str, document->root, UINT32_MAX);
    }
    seconds = processor_seconds() - start;
    *n_elements = document->n_elements;
    wmem_destroy_allocator(own);
    return seconds;
}

typedef struct {
    double small;
    double large;
    double megabytes; /* the most memory taken by the large one, without the input */
    uint32_t n_elements;
} cost_t;

static double status_megabytes(const char *key)
{
    char *status = NULL;
    const char *line;
    double kilobytes = 0;

    if (g_file_get_contents("/proc/self/status", &status, NULL, NULL)) {
        line = strstr(status, key);
        kilobytes = line ? g_ascii_strtod(line + strlen(key), NULL) : 0;
    }
    g_free(status);
    return kilobytes / 1024;
}

#define MEGABYTE    (1u << 20)
#define LARGE_SIZE  (10 * MEGABYTE)
#define MAX_SECONDS 3.0
#define MAX_GROWTH  20.0 /* linear, with room for caches that grow too small */
#define CHEAP       0.3  /* seconds; what takes less of them is not compared */

static double least_seconds_of(const GString *text, int rounds, uint32_t *n_elements)
{
    double least = 1e9;

    for (int i = 0; i < rounds; i++) {
        double seconds = seconds_of(text, n_elements);

        least = seconds < least ? seconds : least;
    }
    return least;
}

static cost_t measure(const hostile_t *input)
{
    GString *text = hostile_input(input, MEGABYTE);
    cost_t cost = { 0 };

    cost.small = least_seconds_of(text, SANITIZED ? 1 : 3, &cost.n_elements);
    g_string_free(text, TRUE);
    if (!SANITIZED) {
        double before;

        text = hostile_input(input, LARGE_SIZE);
        g_file_set_contents_full("/proc/self/clear_refs", "5", 1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
        before = status_megabytes("VmRSS:");
        cost.large = least_seconds_of(text, 2, &cost.n_elements);
        cost.megabytes = status_megabytes("VmHWM:") - before;
        g_string_free(text, TRUE);
    }
    return cost;
}

/* In a process of its own, so that one that hangs or dies leaves the others alone. False if it did. */
static bool measure_apart(const hostile_t *input, cost_t *cost)
{
    int ends[2];
    pid_t child;
    bool done;
    int status;

    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(SANITIZED ? 60 : 20);
        *cost = measure(input);
        _exit(write(ends[1], cost, sizeof(*cost)) == sizeof(*cost) ? 0 : 1);
    }
    close(ends[1]);
    done = read(ends[0], cost, sizeof(*cost)) == sizeof(*cost);
    close(ends[0]);
    waitpid(child, &status, 0);
    return done && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void test_time_of_hostile_input(void **state)
{
    uint32_t n_failed = 0;

    (void)state;
    if (!g_getenv("MEASURE_TIME")) {
        skip(); /* times say nothing on a machine that has other work */
    }
    printf("%-34s %9s %9s %8s %9s\n", "", "1 MB", "10 MB", "memory", "elements");
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        cost_t cost;
        bool done = measure_apart(&hostile[i], &cost);
        bool linear = done && (cost.large <= CHEAP || cost.large <= MAX_GROWTH * cost.small);
        bool good = linear && cost.large < MAX_SECONDS;

        if (done) {
            printf("%-34s %6.0f ms %6.0f ms %5.0f MB %9u%s\n", hostile[i].name, 1000 * cost.small,
                   1000 * cost.large, cost.megabytes, cost.n_elements, good ? "" : "  FAILED");
        } else {
            printf("%-34s hangs or dies\n", hostile[i].name);
        }
        n_failed += !good;
    }
    assert_int_equal(n_failed, 0);
}

/* One mark for what stands before the declaration, and everything is read. */
static void test_byte_order_marks_behind_the_start(void **state)
{
    static const char *const inputs[] = {
        "\xef\xbb\xbf\xef\xbb\xbf<a>b</a>",
        "\xef\xbb\xbf\xef\xbb\xbf<?xml version='1.0'?><a>b</a>",
        "\xef\xbb\xbf\xef\xbb\xbf\xef\xbb\xbf\n<?xml version='1.0'?><a>b</a>",
        "\r\n\xef\xbb\xbf<?xml version='1.0'?><a>b</a>",
        "\r\n\xef\xbb\xbf<a>b</a>",
        " <?xml version='1.0'?><a>b</a>",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        parse_bytes(inputs[i], strlen(inputs[i]));
        assert_non_null(xml->root);
        assert_int_equal(xml->n_errors, 1);
        assert_string_equal(xml_trimmed_text(pool, xml, xml->root), "b");
        assert_int_equal(bytes[xml->root->range.start], '<');
        assert_int_equal(xml->root->range.end, length);
        assert_true(xml->reached_end);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_element_and_content_ranges),
        TEST(test_attribute_ranges),
        TEST(test_attribute_values_are_normalized),
        TEST(test_attribute_range_beside_declarations),
        TEST(test_name_spaces_of_attributes),
        TEST(test_text_and_trimmed_text),
        TEST(test_text_is_put_together),
        TEST(test_markup_in_comments_and_cdata),
        TEST(test_line_ends),
        TEST(test_byte_order_mark),
        TEST(test_declared_encoding_is_ignored),
        TEST(test_ranges_in_a_large_document),
        TEST(test_name_spaces),
        TEST(test_no_name_space),
        TEST(test_undeclared_prefix),
        TEST(test_text_positions_of_each_piece),
        TEST(test_text_positions_of_mixtures),
        TEST(test_text_positions_behind_long_references),
        TEST(test_text_positions_behind_void_references),
        TEST(test_semicolons_behind_void_references),
        TEST(test_text_positions_in_unclosed_marks),
        TEST(test_unclosed_elements),
        TEST(test_ranges_of_unclosed_elements),
        TEST(test_guesses),
        TEST(test_mismatched_end_tags),
        TEST(test_stray_end_tags),
        TEST(test_broken_start_tags),
        TEST(test_element_behind_a_broken_start_tag),
        TEST(test_element_behind_two_slashes),
        TEST(test_two_roots),
        TEST(test_no_element),
        TEST(test_errors_tell_where),
        TEST(test_unknown_entities_give_no_text),
        TEST(test_predefined_entities_behind_unknown_ones),
        TEST(test_bytes_that_are_no_characters),
        TEST(test_invalid_utf8),
        TEST(test_references_to_no_character),
        TEST(test_example_1),
        TEST(test_examples_2_and_3),
        TEST(test_example_4),
        TEST(test_every_prefix_of_the_examples),
        TEST(test_every_prefix_of_a_synthetic_document),
        TEST(test_every_byte_changed),
        TEST(test_doctypes_are_refused),
        TEST(test_doctype_entities_in_attributes),
        TEST(test_doctype_leaves_ranges_alone),
        TEST(test_doctype_in_the_wrong_place),
        TEST(test_unterminated_doctypes),
        TEST(test_start_tag_of_the_largest_size),
        TEST(test_larger_start_tag_is_cut),
        TEST(test_number_of_attributes),
        TEST(test_cut_at_the_first_tag),
        TEST(test_marks_in_quoted_values_count_for_nothing),
        TEST(test_hidden_large_start_tags),
        TEST(test_large_marks_that_are_no_start_tags),
        TEST(test_name_spaces_in_scope),
        TEST(test_name_spaces_out_of_scope_count_for_nothing),
        TEST(test_depth),
        TEST(test_depth_of_unclosed_elements),
        TEST(test_number_of_elements),
        TEST(test_distinct_names),
        TEST(test_errors_are_counted),
        TEST(test_text_of_twelve_megabytes),
        TEST(test_byte_order_marks_behind_the_start),
        TEST(test_time_of_hostile_input),
    };

    wmem_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
