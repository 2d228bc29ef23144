/* audience.h
 * Who looks at what a dissection adds: nothing is built for nobody.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef AUDIENCE_H
#define AUDIENCE_H

#include "packet/compat.h"

/* Once, at registration. */
void audience_register(void);

/* Whether anybody looks at fields of ours, or at expert items: a visible tree, a filter, a column, the tap of
 * expert items. With nobody there is nothing to add. |tree| may be NULL and there be an audience all the
 * same: expert items are told without a tree. */
bool somebody_looks(const packet_info *pinfo, proto_tree *tree);

/* Whether anybody hears of expert items. */
bool experts_are_heard(const packet_info *pinfo, proto_tree *tree);

/* Whether labels are seen: in a tree that is only searched they are not, and need not be made. */
static inline bool labels_are_seen(const proto_tree *tree)
{
    return tree && PTREE_DATA(tree)->visible;
}

#endif
