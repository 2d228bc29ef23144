/* packet-bcast.c
 * OMA BCAST extension containers (OMA BCAST Services 5.1.6.7.1–5.1.6.9.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/packet-bcast.h"

#include <epan/expert.h>

#include "packet/packet-ltkm.h"
#include "packet/rules-tree.h"
#include "packet/frame-record.h"

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

/* Findings and faults hang on the item of the element they are about. */
static void keep_item(const bcast_body_t *body, const xml_element_t *element, proto_item *item)
{
    xml_tree_keep(&body->tree, element, item);
}

static proto_item *kept_item(const bcast_body_t *body, const xml_element_t *element)
{
    return xml_tree_item(&body->tree, element->range.start);
}

/* A value that is not of its type has no field; its text stands in this item. */
static proto_item *add_invalid(const bcast_body_t *body, proto_tree *tree, xml_range_t range,
                               const char *name, const char *text)
{
    return proto_tree_add_string_format(tree, hf_bcast_invalid, body->tree.tvb, xml_start(range),
                                        xml_length(range), text, "%s: \"%s\" (invalid)", name, text);
}

static void add_version(const bcast_body_t *body, proto_tree *tree, const bcast_container_t *container)
{
    proto_item *item;

    if (!container->version_attribute) {
        item = proto_tree_add_uint(tree, hf_bcast_version, body->tree.tvb, 0, 0, 0);
        proto_item_append_text(item, " (default)");
        proto_item_set_generated(item);
    } else if (container->version.valid) {
        xml_range_t range = container->version_attribute->range;

        proto_tree_add_uint(tree, hf_bcast_version, body->tree.tvb, xml_start(range), xml_length(range),
                            container->version.value);
    } else {
        add_invalid(body, tree, container->version_attribute->range, "version", container->version.text);
    }
}

static void add_type(bcast_body_t *body, proto_tree *tree, const bcast_type_t *type)
{
    xml_range_t range = xml_trimmed_range(body->tree.bytes, type->element);
    proto_item *item;

    if (!xml_tree_take_room(&body->tree, TYPE_ITEMS)) {
        return;
    }
    if (type->type.valid) {
        item = proto_tree_add_uint_format_value(
            tree, hf_bcast_delivery_type, body->tree.tvb, xml_start(range), xml_length(range),
            type->type.value, "%s (%u)", bcast_delivery_type_name(type->type.value), type->type.value);
        keep_item(body, type->element, item);
    } else {
        keep_item(body, type->element,
                  add_invalid(body, tree, type->element->range, "Type", type->type.text));
    }
}

static void add_delivery(bcast_body_t *body, proto_tree *tree, const bcast_delivery_t *delivery)
{
    xml_range_t range = delivery->element->range;
    proto_item *item;
    proto_tree *types;

    if (!xml_tree_take_room(&body->tree, DELIVERY_ITEMS)) {
        return;
    }
    item = proto_tree_add_item(tree, hf_bcast_ltkm_delivery, body->tree.tvb, xml_start(range),
                               xml_length(range), ENC_NA);
    types = proto_item_add_subtree(item, ett_bcast_ltkm_delivery);
    for (const bcast_type_t *type = delivery->types; type; type = type->next) {
        add_type(body, types, type);
    }
    keep_item(body, delivery->element, item);
}

/* ---- LTKM ------------------------------------------------------------------------------------------- */

/* The capture, not the sender, kept only the beginning of the element. */
static bool is_cut(const packet_info *pinfo, const bcast_ltkm_t *ltkm)
{
    return ltkm->element->recovered && frame_record_is_cut(pinfo);
}

static tvbuff_t *add_data_source(const bcast_body_t *body, packet_info *pinfo, const bcast_ltkm_t *ltkm)
{
    uint32_t length = ltkm->message.length;
    int reported = (int)length + is_cut(pinfo, ltkm); /* there is more, nobody knows how much */
    tvbuff_t *message = tvb_new_child_real_data(body->tree.tvb, ltkm->message.bytes, length, reported);

    add_new_data_source(pinfo, message, wmem_strdup_printf(pinfo->pool, "LTKM %u", ltkm->index));
    return message;
}

/* No payload of a MIKEY message has more than three items for two bytes. */
static uint32_t message_items(const bcast_ltkm_t *ltkm)
{
    return MESSAGE_ITEMS + ltkm->message.length + ltkm->message.length / 2;
}

static void add_message(bcast_body_t *body, packet_info *pinfo, proto_tree *tree, const bcast_ltkm_t *ltkm)
{
    const tracked_message_t *tracked = body->tracked ? &body->tracked[ltkm->index - 1] : NULL;
    ltkm_view_t view = {
        .transport = LTKM_TRANSPORT_HTTP,
        .index = ltkm->index,
        .terminal = body->terminal,
        .tracked = tracked && tracked->frame ? tracked : NULL,
    };

    if (ltkm->index > BCAST_LTKMS_IN_FULL || !xml_tree_has_room(&body->tree, message_items(ltkm))) {
        /* the line of the item is all there is */
        proto_item_set_text(proto_tree_get_parent(tree), "LTKM %u: %s", ltkm->index,
                            ltkm_summary(pinfo, ltkm->message.bytes, ltkm->message.length, view.tracked));
        return;
    }
    xml_tree_take_room(&body->tree, message_items(ltkm));
    ltkm_show(add_data_source(body, pinfo, ltkm), pinfo, tree, &view);
}

static void add_ltkm(bcast_body_t *body, packet_info *pinfo, proto_tree *tree, const bcast_ltkm_t *ltkm)
{
    xml_range_t range = ltkm->element->content;
    proto_item *item;

    if (ltkm->index > BCAST_LTKMS_SHOWN || !xml_tree_take_room(&body->tree, LTKM_ITEMS)) {
        return;
    }
    item = proto_tree_add_string(tree, hf_bcast_ltkm, body->tree.tvb, xml_start(range), xml_length(range),
                                 xml_trimmed_text(pinfo->pool, body->tree.xml, ltkm->element));
    keep_item(body, ltkm->element, item);
    if (ltkm->message.length > 0 && ltkm_enabled()) {
        add_message(body, pinfo, proto_item_add_subtree(item, ett_bcast_ltkm), ltkm);
    }
}

/* ---- container -------------------------------------------------------------------------------------- */

static proto_tree *add_container(bcast_body_t *body, proto_tree *tree, const bcast_container_t *container)
{
    xml_range_t range = container->element->range;
    proto_item *item =
        proto_tree_add_item(tree, proto_bcast, body->tree.tvb, xml_start(range), xml_length(range), ENC_NA);
    proto_tree *bcast = proto_item_add_subtree(item, ett_bcast);

    proto_item_append_text(item, ": %s", container->element->name);
    if (container->n_ltkms > 0) {
        proto_item_append_text(item, ", %u LTKM%s", container->n_ltkms, container->n_ltkms == 1 ? "" : "s");
    }
    proto_tree_add_string(bcast, hf_bcast_extension, body->tree.tvb, xml_start(range), xml_length(range),
                          container->element->name);
    keep_item(body, container->element, item);
    add_version(body, bcast, container);
    for (const bcast_delivery_t *delivery = container->deliveries; delivery; delivery = delivery->next) {
        add_delivery(body, bcast, delivery);
    }
    return bcast;
}

static bool bcast_enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_bcast));
}

void bcast_show_container(bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                          const bcast_container_t *container)
{
    if (!bcast_enabled()) {
        return;
    }
    if (container->kind != BCAST_NO_CONTAINER) {
        if (!xml_tree_take_room(&body->tree, CONTAINER_ITEMS)) {
            return;
        }
        tree = add_container(body, tree, container);
    }
    for (const bcast_ltkm_t *ltkm = container->ltkms; ltkm; ltkm = ltkm->next) {
        add_ltkm(body, pinfo, tree, ltkm);
    }
}

void bcast_add_data_sources(const bcast_body_t *body, packet_info *pinfo, const bcast_content_t *content)
{
    bool shown = bcast_enabled() && ltkm_enabled();

    for (const bcast_container_t *container = content->containers; container && shown;
         container = container->next) {
        for (const bcast_ltkm_t *ltkm = container->ltkms; ltkm && ltkm->index <= BCAST_LTKMS_IN_FULL;
             ltkm = ltkm->next) {
            if (ltkm->message.length > 0) {
                add_data_source(body, pinfo, ltkm);
            }
        }
    }
}

void bcast_track(const bcast_body_t *body, packet_info *pinfo, const bcast_content_t *content,
                 const address *terminal_side, const address *other_side, rule_ltkm_t *facts)
{
    bool tracked = bcast_enabled() && ltkm_enabled();

    for (const bcast_container_t *container = content->containers; container && tracked;
         container = container->next) {
        for (const bcast_ltkm_t *ltkm = container->ltkms; ltkm; ltkm = ltkm->next) {
            ltkm_origin_t origin = {
                .transport = LTKM_TRANSPORT_HTTP,
                .index = ltkm->index,
                .n_siblings = content->n_ltkms,
                .terminal = body->terminal,
                .terminal_side = terminal_side,
                .other_side = other_side,
            };

            if (ltkm->message.length > 0 && !is_cut(pinfo, ltkm)) {
                ltkm_track(pinfo, ltkm->message.bytes, ltkm->message.length, &origin,
                           &body->tracked[ltkm->index - 1], &facts[ltkm->index - 1]);
            }
        }
    }
}

const ltkm_tap_row_t *bcast_tap_rows(const bcast_body_t *body, packet_info *pinfo,
                                     const bcast_content_t *content)
{
    ltkm_tap_row_t *first = NULL, **end = &first;

    if (!ltkm_tap_wanted() || !body->tracked) {
        return NULL;
    }
    for (const bcast_container_t *container = content->containers; container; container = container->next) {
        for (const bcast_ltkm_t *ltkm = container->ltkms; ltkm; ltkm = ltkm->next) {
            const tracked_message_t *tracked = &body->tracked[ltkm->index - 1];

            if (tracked->frame) {
                *end = ltkm_tap_row(pinfo, ltkm->message.bytes, ltkm->message.length, ltkm->index, tracked);
                end = &(*end)->next;
            }
        }
    }
    return first;
}

/* ---- faults that no rule speaks of ------------------------------------------------------------------ */

static bool is_judged(const rule_finding_t *finding, unsigned rule, const xml_element_t *element)
{
    while (finding && (finding->number != rule || finding->target != element->range.start)) {
        finding = finding->next;
    }
    return finding != NULL;
}

static void show_bad_byte(packet_info *pinfo, proto_item *item, const char *name, const char *text)
{
    if (item) {
        expert_add_info_format(pinfo, item, &ei_bcast_bad_value,
                               "%s \"%s\" is not an unsignedByte (0 to 255)", name, text);
    }
}

static void show_bad_base64(const bcast_body_t *body, packet_info *pinfo, const bcast_ltkm_t *ltkm)
{
    proto_item *item = kept_item(body, ltkm->element);
    const base64_t *message = &ltkm->message;
    uint32_t length, at;
    const char *text = xml_text(body->tree.xml, ltkm->element, &length);

    if (!item) {
        return;
    }
    if (message->valid) {
        expert_add_info_format(pinfo, item, &ei_bcast_bad_base64, "The LTKM is empty");
        return;
    }
    at = xml_text_position(body->tree.bytes, ltkm->element, message->bad_offset);
    if (message->bad_offset < length) {
        expert_add_info_format(pinfo, item, &ei_bcast_bad_base64,
                               "Character %u ('%s', byte %u of the body): %s", message->bad_offset + 1,
                               compat_format_text(pinfo->pool, text + message->bad_offset, 1), at,
                               message->problem);
    } else {
        expert_add_info_format(pinfo, item, &ei_bcast_bad_base64, "End of text (%u characters): %s", length,
                               message->problem);
    }
}

static void show_container_faults(const bcast_body_t *body, packet_info *pinfo,
                                  const bcast_container_t *container, const rule_finding_t *findings)
{
    if (!container->version.valid && !is_judged(findings, 9, container->element)) {
        show_bad_byte(pinfo, kept_item(body, container->element), "version", container->version.text);
    }
    for (const bcast_delivery_t *delivery = container->deliveries; delivery; delivery = delivery->next) {
        for (const bcast_type_t *type = delivery->types; type; type = type->next) {
            if (!type->type.valid && !is_judged(findings, 11, type->element)) {
                show_bad_byte(pinfo, kept_item(body, type->element), "Type", type->type.text);
            }
        }
    }
    for (const bcast_ltkm_t *ltkm = container->ltkms; ltkm && ltkm->index <= BCAST_LTKMS_SHOWN;
         ltkm = ltkm->next) {
        if (ltkm->message.length == 0 && !is_cut(pinfo, ltkm) && !is_judged(findings, 14, ltkm->element)) {
            show_bad_base64(body, pinfo, ltkm);
        }
    }
}

void bcast_show_faults(const bcast_body_t *body, packet_info *pinfo, const bcast_content_t *content,
                       const rule_finding_t *findings)
{
    for (const bcast_container_t *container = content->containers; container && bcast_enabled();
         container = container->next) {
        show_container_faults(body, pinfo, container, findings);
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
          { "Delivery type", "bcast.delivery_type", FT_UINT8, BASE_DEC, NULL, 0, "0 UDP, 1 SMS, 2 HTTP",
            HFILL } },
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
    };
    static int *ett[] = { &ett_bcast, &ett_bcast_ltkm_delivery, &ett_bcast_ltkm };
    expert_module_t *expert;

    proto_bcast = proto_register_protocol("OMA BCAST Extension", "BCAST", "bcast");
    proto_register_field_array(proto_bcast, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto_bcast);
    expert_register_field_array(expert, ei, array_length(ei));
    packet_rules_register(proto_bcast, expert);
}
