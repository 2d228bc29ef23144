/* bcast-content.c
 *
 *     RegistrationRequestExtension  @version { LTKMDelivery { Type+ }? }
 *         child of mbmsSecurityRegister
 *     RegistrationResponseExtension @version { LTKMDelivery { Type+ }? }
 *         child of mbmsSecurityRegisterResponse
 *     (Deregistration|Registration|LTKM)ResponseResponseExtension @version { LTKM* }
 *         child of a Response
 *
 * Nothing here judges where they stand: a misplaced container is as readable as another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bcast/bcast-content.h"

#include <string.h>

static const char *const container_names[] = {
    [BCAST_REGISTRATION_REQUEST_EXTENSION] = "RegistrationRequestExtension",
    [BCAST_REGISTRATION_RESPONSE_EXTENSION] = "RegistrationResponseExtension",
    [BCAST_REGISTRATION_RESPONSE_RESPONSE_EXTENSION] = "RegistrationResponseResponseExtension",
    [BCAST_DEREGISTRATION_RESPONSE_RESPONSE_EXTENSION] = "DeregistrationResponseResponseExtension",
    [BCAST_LTKM_RESPONSE_RESPONSE_EXTENSION] = "LTKMResponseResponseExtension",
};

typedef struct {
    wmem_allocator_t *pool;
    const xml_document_t *xml;
    bcast_content_t *content;
    bcast_container_t *last;      /* of the list */
    bcast_ltkm_t *last_ltkm;      /* likewise */
    bcast_container_t *container; /* the innermost around the element, NULL: none */
    const char *ns;               /* of the last element, whose string most others share */
    bool ns_counts;
} finder_t;

static bcast_kind_t container_kind(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(container_names); i++) {
        if (strcmp(name, container_names[i]) == 0) {
            return (bcast_kind_t)i;
        }
    }
    return BCAST_NO_CONTAINER;
}

bool bcast_is_container_name(const char *name)
{
    return container_kind(name) != BCAST_NO_CONTAINER;
}

static bool is_child_namespace(const char *ns)
{
    return ns[0] == '\0' || strcmp(ns, BCAST_NAMESPACE) == 0 || g_ascii_strncasecmp(ns, "urn:3GPP:", 9) == 0;
}

/* Whether an element can be a child of a container: in a known name space, or in |own|, the container's. */
static bool counts_as_child(finder_t *finder, const char *ns, const char *own)
{
    if (ns != finder->ns) {
        finder->ns = ns;
        finder->ns_counts = is_child_namespace(ns);
    }
    return finder->ns_counts || (own && strcmp(ns, own) == 0);
}

static bool is_ltkm(const xml_element_t *element)
{
    return strcmp(element->name, "LTKM") == 0;
}

/* Whether an element that is called like no container is one: neither the root nor a Response, with a child
 * LTKM that counts. */
static bool is_unknown_container(finder_t *finder, const xml_element_t *element)
{
    const xml_element_t *child = element->first_child;

    if (!child || !element->parent || is_ltkm(element) || strcmp(element->name, "Response") == 0) {
        return false;
    }
    while (child && !(is_ltkm(child) && counts_as_child(finder, child->ns, element->ns))) {
        child = child->next;
    }
    return child != NULL;
}

static bool is_inside(const xml_element_t *element, const xml_element_t *ancestor)
{
    while (element && element != ancestor) {
        element = element->parent;
    }
    return element;
}

static const xml_element_t *enclosing_response(const xml_element_t *element)
{
    do {
        element = element->parent;
    } while (element && strcmp(element->name, "Response") != 0);
    return element;
}

/* Decimal digits, a sign as XML Schema allows it, and white space around (it collapses). */
static bcast_byte_t read_byte(wmem_allocator_t *pool, const char *text)
{
    char *trimmed = g_strstrip(wmem_strdup(pool, text));
    const char *digits = trimmed + (trimmed[0] == '+');
    size_t n = strspn(digits, "0123456789");
    guint64 value = g_ascii_strtoull(digits, NULL, 10);

    return (bcast_byte_t){
        .text = trimmed,
        .valid = n > 0 && digits[n] == '\0' && value <= UINT8_MAX,
        .value = (uint8_t)value,
    };
}

static void add_container(finder_t *finder, const xml_element_t *element, bcast_kind_t kind)
{
    bcast_container_t *container = wmem_new0(finder->pool, bcast_container_t);

    container->kind = kind;
    container->element = element;
    container->response = enclosing_response(element);
    container->version_attribute = kind == BCAST_NO_CONTAINER ? NULL : xml_attribute(element, "version");
    container->version = container->version_attribute
                             ? read_byte(finder->pool, container->version_attribute->value)
                             : (bcast_byte_t){ .text = "0", .valid = true };
    container->outer = finder->container;
    if (finder->last) {
        finder->last->next = container;
    } else {
        finder->content->containers = container;
    }
    finder->last = container;
    finder->container = container;
}

static void add_delivery(finder_t *finder, const xml_element_t *element)
{
    bcast_delivery_t *delivery = wmem_new0(finder->pool, bcast_delivery_t);
    bcast_delivery_t **link = finder->container->last_delivery ? &finder->container->last_delivery->next
                                                               : &finder->container->deliveries;

    delivery->element = element;
    *link = finder->container->last_delivery = delivery;
}

static void add_type(finder_t *finder, const xml_element_t *element)
{
    bcast_delivery_t *delivery = finder->container->last_delivery;
    bcast_type_t *type = wmem_new0(finder->pool, bcast_type_t);

    type->element = element;
    type->type = read_byte(finder->pool, xml_trimmed_text(finder->pool, finder->xml, element));
    *(delivery->last_type ? &delivery->last_type->next : &delivery->types) = type;
    delivery->last_type = type;
}

static void append_ltkm(finder_t *finder, bcast_ltkm_t *ltkm)
{
    bcast_container_t *container = finder->container;

    *(finder->last_ltkm ? &finder->last_ltkm->next : &finder->content->ltkms) = ltkm;
    finder->last_ltkm = ltkm;
    *(container->last_ltkm ? &container->last_ltkm->next_in_container : &container->ltkms) = ltkm;
    container->last_ltkm = ltkm;
}

/* Elements where the text of a message should be. */
static bool is_description(const xml_document_t *xml, const xml_element_t *element)
{
    uint32_t length;
    const char *text = xml_text(xml, element, &length);

    while (length > 0 && g_ascii_isspace(text[length - 1])) {
        length--;
    }
    return length == 0 && element->first_child;
}

static void add_ltkm(finder_t *finder, const xml_element_t *element)
{
    bcast_ltkm_t *ltkm;
    uint32_t length;
    const char *text = xml_text(finder->xml, element, &length);

    finder->container->n_ltkms++;
    if (++finder->content->n_ltkms > BCAST_MAX_LTKMS) {
        return;
    }
    ltkm = wmem_new0(finder->pool, bcast_ltkm_t);
    ltkm->element = element;
    ltkm->container = finder->container;
    ltkm->index = finder->content->n_ltkms;
    ltkm->base64 = base64_decode(finder->pool, text, length);
    if (ltkm->base64.length > 0) {
        ltkm->message = mikey_message_parse(finder->pool, ltkm->base64.bytes, ltkm->base64.length);
    }
    append_ltkm(finder, ltkm);
}

static void visit_child(finder_t *finder, const xml_element_t *element, bool in_container)
{
    if (is_ltkm(element)) {
        if (is_description(finder->xml, element)) {
            return;
        }
        if (!in_container) {
            add_container(finder, element, BCAST_NO_CONTAINER);
        }
        add_ltkm(finder, element);
    } else if (in_container && strcmp(element->name, "LTKMDelivery") == 0) {
        add_delivery(finder, element);
    } else if (in_container && finder->container->last_delivery && strcmp(element->name, "Type") == 0 &&
               is_inside(element, finder->container->last_delivery->element)) {
        add_type(finder, element);
    }
}

static void visit(finder_t *finder, const xml_element_t *element)
{
    bcast_kind_t kind = container_kind(element->name);
    bool in_container;

    while (finder->container && !is_inside(element, finder->container->element)) {
        finder->container = finder->container->outer;
    }
    in_container = finder->container && finder->container->kind != BCAST_NO_CONTAINER;
    if (kind != BCAST_NO_CONTAINER) {
        add_container(finder, element, kind);
    } else if (!in_container && is_unknown_container(finder, element)) {
        add_container(finder, element, BCAST_UNKNOWN_CONTAINER);
    } else if (counts_as_child(finder, element->ns, in_container ? finder->container->element->ns : NULL)) {
        visit_child(finder, element, in_container);
    }
}

bcast_content_t *bcast_content_find(wmem_allocator_t *pool, const xml_document_t *xml)
{
    bcast_content_t *content = wmem_new0(pool, bcast_content_t);
    finder_t finder = { .pool = pool, .xml = xml, .content = content };

    for (const xml_element_t *element = xml->root; element; element = xml_next_element(element)) {
        visit(&finder, element);
    }
    return content;
}

const bcast_container_t *bcast_grant(const bcast_content_t *content)
{
    const bcast_container_t *container = content->containers;

    while (container && container->kind != BCAST_REGISTRATION_RESPONSE_EXTENSION) {
        container = container->next;
    }
    return container;
}

const mikey_name_t bcast_delivery_types[] = {
    { BCAST_DELIVERY_UDP, "UDP" },
    { BCAST_DELIVERY_SMS, "SMS" },
    { BCAST_DELIVERY_HTTP, "HTTP" },
    { 0, NULL },
};

const char *bcast_delivery_type_name(uint8_t type)
{
    const char *name = mikey_name(bcast_delivery_types, type);

    return name ? name : type <= BCAST_DELIVERY_LAST_RESERVED ? "reserved" : "proprietary";
}

const char *bcast_delivery_text(wmem_allocator_t *pool, const bcast_content_t *content, bcast_kind_t kind)
{
    const bcast_container_t *container = content->containers;
    wmem_strbuf_t *text;

    while (container && (container->kind != kind || !container->deliveries)) {
        container = container->next;
    }
    if (!container) {
        return "";
    }
    text = wmem_strbuf_new(pool, "");
    for (EACH_TYPE(item, container->deliveries)) {
        if (item->type.valid && wmem_strbuf_get_len(text) < 64) {
            wmem_strbuf_append(text, wmem_strbuf_get_len(text) ? "+" : "");
            wmem_strbuf_append(text, bcast_delivery_type_name(item->type.value));
        }
    }
    return wmem_strbuf_get_str(text);
}
