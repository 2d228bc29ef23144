/* audience.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/audience.h"

#include <epan/column-info.h>
#include <epan/tap.h>

enum { EXPERTS, MALFORMED, N_EXPERTS, MBMS_SEC = N_EXPERTS, BCAST, LTKM, MIKEY, N_PROTOCOLS };

/* Expert items on what is malformed add "_ws.malformed", too. */
static const char *const names[N_PROTOCOLS] = {
    [EXPERTS] = "_ws.expert", [MALFORMED] = "_ws.malformed",
    [MBMS_SEC] = "mbms_sec",  [BCAST] = "bcast",
    [LTKM] = "ltkm",          [MIKEY] = "mikey",
};

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

/* True of any where |tree| is visible. */
static bool is_referenced(proto_tree *tree, size_t n)
{
    for (size_t i = 0; tree && i < n; i++) {
        if (protocols[i] > 0 && proto_field_is_referenced(tree, protocols[i])) {
            return true;
        }
    }
    return false;
}

/* The column of severities is one that expert items fill. */
bool experts_are_heard(const packet_info *pinfo, proto_tree *tree)
{
    return have_tap_listener(expert_tap) || (pinfo->cinfo && pinfo->cinfo->col_first[COL_EXPERT] >= 0) ||
           is_referenced(tree, N_EXPERTS);
}

bool somebody_looks(const packet_info *pinfo, proto_tree *tree)
{
    return experts_are_heard(pinfo, tree) || is_referenced(tree, N_PROTOCOLS);
}
