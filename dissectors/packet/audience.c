/* audience.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/audience.h"

#include <epan/column-info.h>
#include <epan/tap.h>

enum { N_PROTOCOLS = 5 };

static const char *const names[N_PROTOCOLS] = { "mbms_sec", "bcast", "ltkm", "mikey", "_ws.expert" };

static int protocols[N_PROTOCOLS];
static int expert_tap;

/* When a file is opened: expert items are registered no sooner. */
static void look_up(void)
{
    for (size_t i = 0; i < N_PROTOCOLS; i++) {
        protocols[i] = proto_get_id_by_filter_name(names[i]);
    }
    expert_tap = find_tap_id("expert");
}

void audience_register(void)
{
    register_init_routine(look_up);
}

static bool is_referenced(proto_tree *tree)
{
    for (size_t i = 0; tree && i < N_PROTOCOLS; i++) {
        if (proto_field_is_referenced(tree, protocols[i])) {
            return true;
        }
    }
    return false;
}

/* The column of severities is one that expert items fill. */
static bool experts_are_heard(const packet_info *pinfo)
{
    return have_tap_listener(expert_tap) || (pinfo->cinfo && pinfo->cinfo->col_first[COL_EXPERT] >= 0);
}

bool somebody_looks(packet_info *pinfo, proto_tree *tree)
{
    return experts_are_heard(pinfo) || is_referenced(tree);
}
