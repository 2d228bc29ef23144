/* xml-tree.h
 * Elements of a body in the protocol tree: what findings hang on, and no more of them than Wireshark bears.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef XML_TREE_H
#define XML_TREE_H

#include "packet/compat.h"
#include "xml/xml-document.h"

typedef struct {
    tvbuff_t *tvb; /* the UTF-8 text of the body; all ranges are in it */
    const uint8_t *bytes;
    const xml_document_t *xml;
    wmem_map_t *items; /* where an element starts -> its item; NULL: there is no tree */
    uint32_t *room;    /* items that the tree of the frame may still get */
    uint32_t left_out; /* elements there was no room for */
} xml_tree_t;

/* Makes a tree ready for elements: |tree->tvb|, bytes and xml are set. The room is that of the frame, kept
 * for |proto|. */
void xml_tree_begin(xml_tree_t *tree, packet_info *pinfo, int proto);

/* Takes room for an element of |items| items. Once there was too little, there is none: what comes after an
 * element left out is left out too. */
bool xml_tree_take_room(xml_tree_t *tree, uint32_t items);

/* Whether xml_tree_take_room() would succeed. */
bool xml_tree_has_room(const xml_tree_t *tree, uint32_t items);

/* Remembers the item of an element, for xml_tree_item(), which returns NULL where there is none. */
void xml_tree_keep(const xml_tree_t *tree, const xml_element_t *element, proto_item *item);
proto_item *xml_tree_item(const xml_tree_t *tree, uint32_t element_start);

static inline int xml_start(xml_range_t range)
{
    return (int)range.start;
}

static inline int xml_length(xml_range_t range)
{
    return (int)(range.end - range.start);
}

#endif
