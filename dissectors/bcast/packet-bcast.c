/* packet-bcast.c
 * OMA BCAST extension containers (OMA BCAST Services 5.1.6.7.1–5.1.6.9.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bcast/packet-bcast.h"

#include <epan/expert.h>

#include "mikey/packet-ltkm.h"

static int proto_bcast = -1;
static int hf_bcast_extension = -1;
static int hf_bcast_version = -1;
static int hf_bcast_ltkm_delivery = -1;
static int hf_bcast_delivery_type = -1;
static int hf_bcast_ltkm = -1;
static int ett_bcast = -1;
static int ett_bcast_ltkm_delivery = -1;
static int ett_bcast_ltkm = -1;
static expert_field ei_bcast_bad_value = EI_INIT;
static expert_field ei_bcast_bad_base64 = EI_INIT;

static int start_of(xml_range_t range)
{
    return (int)range.start;
}

static int length_of(xml_range_t range)
{
    return (int)(range.end - range.start);
}

static void add_bad_byte(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree, xml_range_t range,
                         const char *name, const char *text)
{
    proto_tree_add_expert_format(tree, pinfo, &ei_bcast_bad_value, body->tvb, start_of(range),
                                 length_of(range), "%s \"%s\" is not an unsignedByte (0 to 255)", name, text);
}

static void add_version(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                        const bcast_container_t *container)
{
    proto_item *item;

    if (!container->version_attribute) {
        item = proto_tree_add_uint(tree, hf_bcast_version, body->tvb, 0, 0, 0);
        proto_item_append_text(item, " (default)");
        proto_item_set_generated(item);
    } else if (container->version.valid) {
        xml_range_t range = container->version_attribute->range;

        proto_tree_add_uint(tree, hf_bcast_version, body->tvb, start_of(range), length_of(range),
                            container->version.value);
    } else {
        add_bad_byte(body, pinfo, tree, container->version_attribute->range, "version",
                     container->version.text);
    }
}

static void add_type(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree, const bcast_type_t *type)
{
    xml_range_t range = xml_trimmed_range(body->bytes, type->element);

    if (type->type.valid) {
        proto_tree_add_uint_format_value(tree, hf_bcast_delivery_type, body->tvb, start_of(range),
                                         length_of(range), type->type.value, "%s (%u)",
                                         bcast_delivery_type_name(type->type.value), type->type.value);
    } else {
        add_bad_byte(body, pinfo, tree, type->element->range, "Type", type->type.text);
    }
}

static void add_delivery(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                         const bcast_delivery_t *delivery)
{
    xml_range_t range = delivery->element->range;
    proto_item *item = proto_tree_add_item(tree, hf_bcast_ltkm_delivery, body->tvb, start_of(range),
                                           length_of(range), ENC_NA);
    proto_tree *types = proto_item_add_subtree(item, ett_bcast_ltkm_delivery);

    for (const bcast_type_t *type = delivery->types; type; type = type->next) {
        add_type(body, pinfo, types, type);
    }
}

/* ---- LTKM ------------------------------------------------------------------------------------------- */

static void add_bad_base64(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                           const bcast_ltkm_t *ltkm)
{
    uint32_t length;
    const char *text = xml_text(body->xml, ltkm->element, &length);
    const base64_t *message = &ltkm->message;
    uint32_t at = xml_text_position(body->bytes, ltkm->element, message->bad_offset);

    if (message->valid) {
        proto_tree_add_expert_format(tree, pinfo, &ei_bcast_bad_base64, body->tvb,
                                     start_of(ltkm->element->range), length_of(ltkm->element->range),
                                     "The LTKM is empty");
    } else if (message->bad_offset < length) {
        proto_tree_add_expert_format(tree, pinfo, &ei_bcast_bad_base64, body->tvb, (int)at, 1,
                                     "Character %u ('%s'): %s", message->bad_offset + 1,
                                     compat_format_text(pinfo->pool, text + message->bad_offset, 1),
                                     message->problem);
    } else {
        proto_tree_add_expert_format(tree, pinfo, &ei_bcast_bad_base64, body->tvb, (int)at, 0,
                                     "End of text (%u characters): %s", length, message->problem);
    }
}

static void add_message(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                        const bcast_ltkm_t *ltkm)
{
    int length = (int)ltkm->message.length;
    ltkm_origin_t origin = {
        .transport = LTKM_TRANSPORT_HTTP,
        .index = ltkm->index,
        .terminal = body->terminal,
        .terminal_side = body->terminal_side,
        .record = body->records ? &body->records[ltkm->index - 1] : NULL,
    };
    tvbuff_t *message;

    if (ltkm->index > BCAST_LTKMS_IN_FULL) {
        proto_item_append_text(tree, ": %s",
                               ltkm_track(ltkm->message.bytes, ltkm->message.length, pinfo, &origin));
        return;
    }
    message = tvb_new_child_real_data(body->tvb, ltkm->message.bytes, (unsigned)length, length);
    add_new_data_source(pinfo, message, wmem_strdup_printf(pinfo->pool, "LTKM %u", ltkm->index));
    ltkm_dissect(message, pinfo, tree, &origin);
}

static void add_ltkm(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree, const bcast_ltkm_t *ltkm)
{
    xml_range_t range = ltkm->element->content;
    proto_tree *subtree = NULL;

    if (tree && ltkm->index <= BCAST_LTKMS_SHOWN) {
        proto_item *item =
            proto_tree_add_string(tree, hf_bcast_ltkm, body->tvb, start_of(range), length_of(range),
                                  xml_trimmed_text(pinfo->pool, body->xml, ltkm->element));

        subtree = proto_item_add_subtree(item, ett_bcast_ltkm);
    }
    if (ltkm->message.length == 0) {
        if (subtree) {
            add_bad_base64(body, pinfo, subtree, ltkm);
        }
    } else if (ltkm_enabled()) {
        add_message(body, pinfo, subtree, ltkm);
    }
}

/* ---- container -------------------------------------------------------------------------------------- */

static proto_tree *add_container(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                                 const bcast_container_t *container)
{
    xml_range_t range = container->element->range;
    proto_item *item =
        proto_tree_add_item(tree, proto_bcast, body->tvb, start_of(range), length_of(range), ENC_NA);
    proto_tree *bcast = proto_item_add_subtree(item, ett_bcast);

    proto_item_append_text(item, ": %s", container->element->name);
    if (container->n_ltkms > 0) {
        proto_item_append_text(item, ", %u LTKM%s", container->n_ltkms, container->n_ltkms == 1 ? "" : "s");
    }
    proto_tree_add_string(bcast, hf_bcast_extension, body->tvb, start_of(range), length_of(range),
                          container->element->name);
    add_version(body, pinfo, bcast, container);
    for (const bcast_delivery_t *delivery = container->deliveries; delivery; delivery = delivery->next) {
        add_delivery(body, pinfo, bcast, delivery);
    }
    return bcast;
}

void bcast_dissect_container(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                             const bcast_container_t *container)
{
    if (!proto_is_protocol_enabled(find_protocol_by_id(proto_bcast))) {
        return;
    }
    if (tree && container->kind != BCAST_NO_CONTAINER) {
        tree = add_container(body, pinfo, tree, container);
    }
    for (const bcast_ltkm_t *ltkm = container->ltkms; ltkm; ltkm = ltkm->next) {
        add_ltkm(body, pinfo, tree, ltkm);
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

    proto_bcast = proto_register_protocol("OMA BCAST Extension", "BCAST", "bcast");
    proto_register_field_array(proto_bcast, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_bcast), ei, array_length(ei));
}
