/* packet-bcast.c
 * OMA BCAST extension containers (OMA BCAST Services 5.1.6.7.1–5.1.6.9.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/packet-bcast.h"

#include <epan/expert.h>

#include "mikey/number-text.h"
#include "packet/frame-record.h"
#include "packet/ltkm-tree.h"
#include "packet/rules-tree.h"
#include "tracking/ltkm-text.h"

/* LTKMs of one body that are shown in full; of the others there is one line. */
enum { BCAST_LTKMS_IN_FULL = 1000 };

/* Items of the tree that an element takes at the most, itself and what is not an element in it. */
enum { CONTAINER_ITEMS = 4, DELIVERY_ITEMS = 2, TYPE_ITEMS = 2, LTKM_ITEMS = 2, MESSAGE_ITEMS = 24 };

static int proto_bcast = -1;
static int hf_bcast_extension = -1;
static int hf_bcast_version = -1;
static int hf_bcast_ltkm_delivery = -1;
static int hf_bcast_delivery_type = -1;
static int hf_bcast_ltkm = -1;
static int hf_bcast_invalid = -1;
static int ett_bcast = -1;
static int ett_bcast_ltkm_delivery = -1;
static int ett_bcast_ltkm = -1;
static expert_field ei_bcast_bad_value = EI_INIT;
static expert_field ei_bcast_bad_base64 = EI_INIT;
static expert_field ei_bcast_unknown_container = EI_INIT;

static proto_item *add_string(const body_view_t *view, proto_tree *tree, int hf, xml_range_t range,
                              const char *text)
{
    return proto_tree_add_string(tree, hf, view->tvb, xml_start(range), xml_length(range), text);
}

/* ---- values that are not of their type -------------------------------------------------------------- */

/* Whether one of the findings says it already. */
static bool is_judged(const body_view_t *view, unsigned rule, const xml_element_t *element)
{
    const rule_finding_t *finding = view->findings;

    while (finding && (finding->number != rule || finding->target != element->range.start)) {
        finding = finding->next;
    }
    return finding != NULL;
}

/* Such a value has no field; its text stands in this item. */
static proto_item *add_invalid(const body_view_t *view, proto_tree *tree, xml_range_t range, const char *name,
                               const char *text)
{
    return proto_tree_add_string_format(tree, hf_bcast_invalid, view->tvb, xml_start(range),
                                        xml_length(range), text, "%s: \"%s\" (invalid)", name, text);
}

static void show_bad_byte(const body_view_t *view, proto_item *item, const char *name, const char *text)
{
    expert_add_info_format(view->pinfo, item, &ei_bcast_bad_value,
                           "%s \"%s\" is not an unsignedByte (0 to 255)", name, text);
}

static void show_bad_base64(const body_view_t *view, proto_item *item, const bcast_ltkm_t *ltkm)
{
    const base64_t *base64 = &ltkm->base64;
    uint32_t length, at;
    const char *text = xml_text(view->body->xml, ltkm->element, &length);

    if (base64->valid) {
        expert_add_info_format(view->pinfo, item, &ei_bcast_bad_base64, "The LTKM is empty");
        return;
    }
    at = xml_text_position(view->body->text.bytes, ltkm->element, base64->bad_offset);
    if (base64->bad_offset < length) {
        expert_add_info_format(view->pinfo, item, &ei_bcast_bad_base64,
                               "Character %u ('%s', byte %u of the body): %s", base64->bad_offset + 1,
                               compat_format_text(view->pinfo->pool, text + base64->bad_offset, 1), at,
                               base64->problem);
    } else {
        expert_add_info_format(view->pinfo, item, &ei_bcast_bad_base64, "End of text (%u characters): %s",
                               length, base64->problem);
    }
}

/* ---- delivery mechanisms ---------------------------------------------------------------------------- */

static void add_version(const body_view_t *view, proto_tree *tree, const bcast_container_t *container)
{
    const xml_attribute_t *attribute = container->version_attribute;

    if (!attribute) {
        proto_item *item = proto_tree_add_uint(tree, hf_bcast_version, view->tvb, 0, 0, 0);

        proto_item_append_text(item, " (default)");
        proto_item_set_generated(item);
    } else if (container->version.valid) {
        proto_tree_add_uint(tree, hf_bcast_version, view->tvb, xml_start(attribute->range),
                            xml_length(attribute->range), container->version.value);
    } else {
        add_invalid(view, tree, attribute->range, "version", container->version.text);
    }
}

static void add_type(body_view_t *view, proto_tree *tree, const bcast_type_t *type)
{
    xml_range_t range = xml_trimmed_range(view->body->text.bytes, type->element);
    proto_item *item;

    if (!xml_tree_take_room(&view->tree, TYPE_ITEMS)) {
        return;
    }
    if (type->type.valid) {
        item = proto_tree_add_uint_format_value(tree, hf_bcast_delivery_type, view->tvb, xml_start(range),
                                                xml_length(range), type->type.value, "%s (%u)",
                                                bcast_delivery_type_name(type->type.value), type->type.value);
    } else {
        item = add_invalid(view, tree, type->element->range, "Type", type->type.text);
        if (!is_judged(view, 11, type->element)) {
            show_bad_byte(view, item, "Type", type->type.text);
        }
    }
    xml_tree_keep(&view->tree, type->element, item);
}

static void add_delivery(body_view_t *view, proto_tree *tree, const bcast_delivery_t *delivery)
{
    xml_range_t range = delivery->element->range;
    proto_item *item;
    proto_tree *types;

    if (!xml_tree_take_room(&view->tree, DELIVERY_ITEMS)) {
        return;
    }
    item = proto_tree_add_item(tree, hf_bcast_ltkm_delivery, view->tvb, xml_start(range), xml_length(range),
                               ENC_NA);
    types = proto_item_add_subtree(item, ett_bcast_ltkm_delivery);
    for (EACH_TYPE(type, delivery)) {
        add_type(view, types, type);
    }
    xml_tree_keep(&view->tree, delivery->element, item);
}

/* ---- LTKM ------------------------------------------------------------------------------------------- */

bool bcast_is_cut(const body_view_t *view, const bcast_ltkm_t *ltkm)
{
    return ltkm->element->recovered && frame_record_is_cut(view->pinfo);
}

static tvbuff_t *add_data_source(const body_view_t *view, const bcast_ltkm_t *ltkm)
{
    const mikey_message_t *message = ltkm->message;
    int reported = (int)message->length + bcast_is_cut(view, ltkm); /* there is more, nobody knows how much */
    tvbuff_t *tvb = tvb_new_child_real_data(view->tvb, message->bytes, message->length, reported);

    add_new_data_source(view->pinfo, tvb, text_and_number(view->pinfo->pool, "LTKM ", ltkm->index));
    return tvb;
}

/* No payload of a MIKEY message has more than three items for two bytes. */
static uint32_t message_items(const mikey_message_t *message)
{
    return MESSAGE_ITEMS + message->length + message->length / 2;
}

static void add_message(body_view_t *view, proto_tree *tree, const bcast_ltkm_t *ltkm)
{
    const body_ltkm_t *judged = &view->ltkms[ltkm->index - 1];

    if (ltkm->index > BCAST_LTKMS_IN_FULL || !xml_tree_has_room(&view->tree, message_items(ltkm->message))) {
        /* the line of the item is all there is */
        proto_item_set_text(proto_tree_get_parent(tree), "LTKM %u: %s", ltkm->index,
                            ltkm_summary(view->pinfo->pool, ltkm->message, judged->noun.tracked));
        return;
    }
    xml_tree_take_room(&view->tree, message_items(ltkm->message));
    ltkm_show(add_data_source(view, ltkm), view->pinfo, tree, &judged->noun, judged->findings);
}

/* Beside R14, which may not be judged, or not in this body; of an empty LTKM one of the two is enough. */
static bool is_bad_base64(const body_view_t *view, const bcast_ltkm_t *ltkm)
{
    if (bcast_is_cut(view, ltkm)) {
        return false;
    }
    return !ltkm->base64.valid || (!ltkm->message && !is_judged(view, 14, ltkm->element));
}

static void add_ltkm(body_view_t *view, proto_tree *tree, const bcast_ltkm_t *ltkm)
{
    proto_item *item;

    if (!xml_tree_take_room(&view->tree, LTKM_ITEMS)) {
        return;
    }
    item = add_string(view, tree, hf_bcast_ltkm, ltkm->element->content,
                      xml_trimmed_text(view->pinfo->pool, view->body->xml, ltkm->element));
    xml_tree_keep(&view->tree, ltkm->element, item);
    if (is_bad_base64(view, ltkm)) {
        show_bad_base64(view, item, ltkm);
    }
    if (ltkm->message && ltkm_enabled()) {
        add_message(view, proto_item_add_subtree(item, ett_bcast_ltkm), ltkm);
    }
}

/* ---- container -------------------------------------------------------------------------------------- */

static proto_tree *add_container(body_view_t *view, proto_tree *tree, const bcast_container_t *container)
{
    xml_range_t range = container->element->range;
    proto_item *item =
        proto_tree_add_item(tree, proto_bcast, view->tvb, xml_start(range), xml_length(range), ENC_NA);
    proto_tree *bcast = proto_item_add_subtree(item, ett_bcast);

    proto_item_append_text(item, ": %s", container->element->name);
    if (container->n_ltkms > 0) {
        proto_item_append_text(item, ", %u LTKM%s", container->n_ltkms, container->n_ltkms == 1 ? "" : "s");
    }
    add_string(view, bcast, hf_bcast_extension, range, container->element->name);
    xml_tree_keep(&view->tree, container->element, item);
    if (!bcast_is_known(container)) {
        expert_add_info_format(view->pinfo, item, &ei_bcast_unknown_container,
                               "%s with an LTKM is no container of the change request",
                               container->element->name);
    }
    if (bcast_is_known(container) || container->version_attribute) {
        add_version(view, bcast, container);
    }
    for (EACH_DELIVERY(delivery, container)) {
        add_delivery(view, bcast, delivery);
    }
    if (!container->version.valid && !is_judged(view, 9, container->element)) {
        show_bad_byte(view, item, "version", container->version.text);
    }
    return bcast;
}

bool bcast_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_bcast));
}

void bcast_show_container(body_view_t *view, proto_tree *tree, const bcast_container_t *container)
{
    if (!bcast_enabled()) {
        return;
    }
    if (container->kind != BCAST_NO_CONTAINER) {
        if (!xml_tree_take_room(&view->tree, CONTAINER_ITEMS)) {
            return;
        }
        tree = add_container(view, tree, container);
    }
    for (const bcast_ltkm_t *ltkm = container->ltkms; ltkm; ltkm = ltkm->next_in_container) {
        add_ltkm(view, tree, ltkm);
    }
}

/* ---- where nobody looks ----------------------------------------------------------------------------- */

static bool has_bad_type(const bcast_container_t *container)
{
    for (EACH_DELIVERY(delivery, container)) {
        for (EACH_TYPE(type, delivery)) {
            if (!type->type.valid) {
                return true;
            }
        }
    }
    return false;
}

static bool has_remarks(const body_view_t *view, const bcast_ltkm_t *ltkm)
{
    const body_ltkm_t *judged;

    if (!ltkm->message || !ltkm->base64.valid) {
        return true;
    }
    if (!ltkm_enabled()) {
        return false;
    }
    judged = &view->ltkms[ltkm->index - 1];
    return ltkm_has_remarks(&judged->noun, judged->findings);
}

bool bcast_has_remarks(const body_view_t *view)
{
    const bcast_content_t *content = view->body->content;

    for (EACH_CONTAINER(container, content)) {
        if ((container->kind != BCAST_NO_CONTAINER && !bcast_is_known(container)) ||
            !container->version.valid || has_bad_type(container)) {
            return true;
        }
    }
    for (EACH_LTKM(ltkm, content)) {
        if (has_remarks(view, ltkm)) {
            return true;
        }
    }
    return false;
}

void bcast_pass(const body_view_t *view)
{
    bool shown = view->body->content && bcast_enabled() && ltkm_enabled();

    for (const bcast_ltkm_t *ltkm = shown ? view->body->content->ltkms : NULL;
         ltkm && ltkm->index <= BCAST_LTKMS_IN_FULL; ltkm = ltkm->next) {
        if (ltkm->message) {
            const body_ltkm_t *judged = &view->ltkms[ltkm->index - 1];

            ltkm_show(add_data_source(view, ltkm), view->pinfo, NULL, &judged->noun, judged->findings);
        }
    }
}

void bcast_register(void)
{
    static hf_register_info hf[] = {
        { &hf_bcast_extension,
          { "Extension", "bcast.extension", FT_STRING, BASE_NONE, NULL, 0, "Name of the extension container",
            HFILL } },
        { &hf_bcast_version,
          { "Version", "bcast.version", FT_UINT8, BASE_DEC, NULL, 0, "0 is BCAST 1.0", HFILL } },
        { &hf_bcast_ltkm_delivery,
          { "LTKM delivery", "bcast.ltkm_delivery", FT_NONE, BASE_NONE, NULL, 0,
            "Delivery mechanisms the terminal supports or the BSM plans to use (5.1.6.10.1)", HFILL } },
        { &hf_bcast_delivery_type,
          { "Delivery type", "bcast.delivery_type", FT_UINT8, BASE_DEC, VALS(NAMES(bcast_delivery_types)), 0,
            "0 UDP, 1 SMS, 2 HTTP", HFILL } },
        { &hf_bcast_invalid,
          { "Invalid value", "bcast.invalid", FT_STRING, BASE_NONE, NULL, 0, "Text that is not of its type",
            HFILL } },
        { &hf_bcast_ltkm,
          { "LTKM", "bcast.ltkm", FT_STRING, BASE_NONE, NULL, 0, "Base64 text of a long-term key message",
            HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_bcast_bad_value,
          { "bcast.bad_value", PI_MALFORMED, PI_ERROR, "Value that is not of its type", EXPFILL } },
        { &ei_bcast_bad_base64, { "bcast.bad_base64", PI_MALFORMED, PI_ERROR, "Not base64", EXPFILL } },
        { &ei_bcast_unknown_container,
          { "bcast.unknown_container", PI_PROTOCOL, PI_NOTE, "Container of an unknown name", EXPFILL } },
    };
    static int *ett[] = { &ett_bcast, &ett_bcast_ltkm_delivery, &ett_bcast_ltkm };
    expert_module_t *expert;

    proto_bcast = proto_register_protocol("OMA BCAST Extension", "BCAST", "bcast");
    proto_register_field_array(proto_bcast, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto_bcast);
    expert_register_field_array(expert, ei, array_length(ei));
    rules_tree_register(proto_bcast, expert);
}
