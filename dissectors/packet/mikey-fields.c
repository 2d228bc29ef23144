/* mikey-fields.c
 * The table of borrowed fields, and their replacements where a Wireshark has them not or not so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/mikey-fields.h"

#include <epan/wmem_scopes.h>

mikey_fields_t mikey_fields;

typedef struct {
    int *id;
    const char *name;
    const char *label;
    enum ftenum type;
    int display;
    uint64_t mask;
} stock_field_t;

static const stock_field_t stock_fields[] = {
#define MIKEY_FIELD_ROW(member, name, label, type, display, mask)                                            \
    { &mikey_fields.member, name, label, type, display, mask },
    MIKEY_FIELDS(MIKEY_FIELD_ROW)
#undef MIKEY_FIELD_ROW
};

/* Those that are not stock's. */
static const int *replaced[array_length(stock_fields)];
static size_t n_replaced;

static void register_missing(int proto, const stock_field_t *field)
{
    hf_register_info *hf = wmem_new0(wmem_epan_scope(), hf_register_info);

    replaced[n_replaced++] = field->id;
    *field->id = -1;
    hf->p_id = field->id;
    hf->hfinfo = (header_field_info){
        .name = field->label,
        .abbrev = wmem_strconcat(wmem_epan_scope(), "ltkm.", field->name, NULL),
        .type = field->type,
        .display = field->display,
        .bitmask = field->mask,
        .id = -1,
        .ref_type = HF_REF_TYPE_NONE,
        .same_name_prev_id = -1,
    };
    proto_register_field_array(proto, hf, 1);
}

static bool is_small_number(enum ftenum type)
{
    return type >= FT_UINT8 && type <= FT_UINT32;
}

/* Whether stock's field takes what is added to it here; one of another type would be a dissector bug in every
 * message. */
static bool is_usable(int id, const stock_field_t *field)
{
    enum ftenum type = id > 0 ? proto_registrar_get_nth((unsigned)id)->type : FT_NUM_TYPES;

    return type == field->type || (is_small_number(type) && is_small_number(field->type));
}

void mikey_fields_handoff(int proto_ltkm)
{
    for (size_t i = 0; i < array_length(stock_fields); i++) {
        const stock_field_t *field = &stock_fields[i];
        char *name = wmem_strconcat(NULL, "mikey.", field->name, NULL);

        *field->id = proto_registrar_get_id_byname(name);
        if (!is_usable(*field->id, field)) {
            register_missing(proto_ltkm, field);
        }
        wmem_free(NULL, name);
    }
    mikey_fields.proto = proto_get_id_by_filter_name("mikey");
    if (mikey_fields.proto <= 0) {
        mikey_fields.proto = proto_ltkm;
    }
}

bool mikey_fields_are_referenced(proto_tree *tree)
{
    size_t i = 0;

    if (proto_field_is_referenced(tree, mikey_fields.proto)) {
        return true;
    }
    while (i < n_replaced && !proto_field_is_referenced(tree, *replaced[i])) {
        i++;
    }
    return i < n_replaced;
}
