/* xml-tree.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/xml-tree.h"

#include <epan/proto_data.h>

/* Half of what Wireshark takes for a tree (preference gui.max_tree_items) before it gives up. */
enum { ITEMS_OF_A_FRAME = 500000 };

enum { ROOM_KEY = 1 };

/* Findings are known before the tree is built, and most bodies have none: only items that are wanted are
 * kept. */
static wmem_map_t *targets_of(wmem_allocator_t *pool, const rule_finding_t *finding)
{
    wmem_map_t *targets = finding ? wmem_map_new(pool, g_direct_hash, g_direct_equal) : NULL;

    for (; finding; finding = finding->next) {
        wmem_map_insert(targets, GUINT_TO_POINTER(finding->target), NULL);
    }
    return targets;
}

void xml_tree_begin(xml_tree_t *tree, packet_info *pinfo, int proto, const rule_finding_t *findings)
{
    tree->items = targets_of(pinfo->pool, findings);
    tree->room = p_get_proto_data(pinfo->pool, pinfo, proto, ROOM_KEY);
    if (!tree->room) {
        tree->room = wmem_new(pinfo->pool, uint32_t);
        *tree->room = ITEMS_OF_A_FRAME;
        p_add_proto_data(pinfo->pool, pinfo, proto, ROOM_KEY, tree->room);
    }
}

bool xml_tree_has_room(const xml_tree_t *tree, uint32_t items)
{
    return *tree->room >= items;
}

bool xml_tree_take_room(xml_tree_t *tree, uint32_t items)
{
    if (!xml_tree_has_room(tree, items)) {
        *tree->room = 0;
        tree->left_out++;
        return false;
    }
    *tree->room -= items;
    return true;
}

void xml_tree_keep(const xml_tree_t *tree, const xml_element_t *element, proto_item *item)
{
    gpointer target = GUINT_TO_POINTER(element->range.start);

    if (tree->items && wmem_map_contains(tree->items, target)) {
        wmem_map_insert(tree->items, target, item);
    }
}

proto_item *xml_tree_item(const xml_tree_t *tree, const rule_finding_t *finding)
{
    return tree->items ? wmem_map_lookup(tree->items, GUINT_TO_POINTER(finding->target)) : NULL;
}
