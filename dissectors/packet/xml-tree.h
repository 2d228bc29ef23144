/* xml-tree.h
 * Elements of a body in the protocol tree: what findings hang on, and no more of them than Wireshark bears.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef XML_TREE_H
#define XML_TREE_H

#include "packet/compat.h"
#include "rules/rules.h"

typedef struct {
    wmem_map_t *items; /* where an element that has a finding starts -> its item; NULL: none has */
    uint32_t *room;    /* items that the tree of the frame may still get */
    uint32_t left_out; /* elements there was no room for */
} xml_tree_t;

/* Makes a tree ready for the elements of a body, which |findings| are about. The room is that of the frame,
 * kept for |proto|. */
void xml_tree_begin(xml_tree_t *tree, packet_info *pinfo, int proto, const rule_finding_t *findings);

/* Takes room for an element of |items| items. Once there was too little, there is none: what comes after an
 * element left out is left out too. */
bool xml_tree_take_room(xml_tree_t *tree, uint32_t items);

/* Whether xml_tree_take_room() would succeed. */
bool xml_tree_has_room(const xml_tree_t *tree, uint32_t items);

/* Remembers the item of an element if a finding wants it. */
void xml_tree_keep(const xml_tree_t *tree, const xml_element_t *element, proto_item *item);

/* The item of the element that a finding is about, NULL where there is none. */
proto_item *xml_tree_item(const xml_tree_t *tree, const rule_finding_t *finding);

static inline int xml_start(xml_range_t range)
{
    return (int)range.start;
}

static inline int xml_length(xml_range_t range)
{
    return (int)(range.end - range.start);
}

#endif
