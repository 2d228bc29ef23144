/* mbms-tree.h
 * Bodies of the MBMS security procedures in the protocol tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MBMS_TREE_H
#define MBMS_TREE_H

#include "packet/body-view.h"

/* Registers the protocol and its fields; returns its number. */
int mbms_tree_register(void);

/* Where nobody looks: tells Wireshark how bad things are, and makes the data sources. */
void mbms_pass_body(body_view_t *view, tvbuff_t *tvb);

/* Shows a body, which came as |tvb|, in |tree|; NULL: only expert items and data sources come of it. */
void mbms_show_body(body_view_t *view, tvbuff_t *tvb, proto_tree *tree);

#endif
