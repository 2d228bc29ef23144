/* msks.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/msks.h"

#include <string.h>

/* Of a record beside its bytes, in the two maps. */
enum { MAP_BYTES = 96 };

static unsigned hash_name(const void *name)
{
    return wmem_strong_hash(name, sizeof(msk_name_t));
}

static int equal_names(const void *one, const void *other)
{
    return memcmp(one, other, sizeof(msk_name_t)) == 0;
}

void msks_init(msks_t *msks, wmem_allocator_t *scope, budget_t *budget)
{
    *msks = (msks_t){
        .scope = scope,
        .by_name = wmem_map_new(scope, hash_name, equal_names),
        .groups = wmem_map_new(scope, hash_name, equal_names),
        .budget = budget,
    };
}

/* False: an ID is missing, or too long. */
static bool set_name(msk_name_t *name, key_id_t domain, key_id_t id)
{
    *name = (msk_name_t){ 0 };
    if (domain.length > MSK_MAX_ID || id.length > MSK_MAX_ID || domain.length == 0 || id.length == 0) {
        return false;
    }
    name->domain_length = (uint8_t)domain.length;
    name->id_length = (uint8_t)id.length;
    memcpy(name->domain, domain.bytes, domain.length);
    memcpy(name->id, id.bytes, id.length);
    return true;
}

const msk_name_t *msks_group(msks_t *msks, key_id_t domain, key_id_t id)
{
    msk_name_t name;
    const msk_name_t *group;

    if (id.length != MSK_ID_SIZE || !set_name(&name, domain, (key_id_t){ id.bytes, MSK_ID_SIZE / 2 })) {
        return NULL;
    }
    group = wmem_map_lookup(msks->groups, &name);
    if (!group) {
        group = wmem_memdup(msks->scope, &name, sizeof name);
        wmem_map_insert(msks->groups, group, (void *)group);
    }
    return group;
}

msk_t *msk_of_message(msks_t *msks, const mikey_message_t *message)
{
    key_id_t domain = mikey_key_domain(message), id = mikey_msk_id(message);
    msk_name_t name;
    msk_t *msk;

    if (!set_name(&name, domain, id)) {
        return NULL;
    }
    msk = wmem_map_lookup(msks->by_name, &name);
    if (!msk) {
        msk = wmem_new0(msks->scope, msk_t);
        msk->name = name;
        msk->group = msks_group(msks, domain, id);
        wmem_map_insert(msks->by_name, &msk->name, msk);
        if (msks->budget) {
            budget_charge(msks->budget, sizeof *msk + MAP_BYTES);
        }
    }
    return msk;
}

char *msk_text(wmem_allocator_t *pool, const msk_name_t *name)
{
    return key_name(pool, (key_id_t){ name->domain, name->domain_length },
                    (key_id_t){ name->id, name->id_length });
}
