/* mikey-fields.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/mikey-fields.h"

#include "packet/compat.h"

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

static void register_missing(int proto, const stock_field_t *field)
{
    hf_register_info *hf = wmem_new0(wmem_epan_scope(), hf_register_info);

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

void mikey_fields_handoff(int proto_ltkm)
{
    for (size_t i = 0; i < array_length(stock_fields); i++) {
        const stock_field_t *field = &stock_fields[i];
        char *name = wmem_strconcat(NULL, "mikey.", field->name, NULL);

        *field->id = proto_registrar_get_id_byname(name);
        if (*field->id <= 0) {
            register_missing(proto_ltkm, field);
        }
        wmem_free(NULL, name);
    }
    mikey_fields.proto = proto_get_id_by_filter_name("mikey");
    if (mikey_fields.proto <= 0) {
        mikey_fields.proto = proto_ltkm;
    }
}
