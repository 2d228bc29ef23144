/* packet-bcast.h
 * OMA BCAST extension containers in the protocol tree, with the LTKMs in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_BCAST_H
#define PACKET_BCAST_H

#include "bcast/bcast-content.h"
#include "rules/rules.h"
#include "packet/taps.h"
#include "packet/xml-tree.h"

/* LTKMs of one body that are shown in full, and that are shown at all; all are tracked. */
#define BCAST_LTKMS_IN_FULL 1000
#define BCAST_LTKMS_SHOWN   10000

void bcast_register(void);

/* The body whose containers are dissected. */
typedef struct {
    xml_tree_t tree;
    const terminal_t *terminal;
    tracked_message_t *tracked; /* by LTKM index - 1, in file scope; NULL: nothing is remembered */
} bcast_body_t;

/* Remembers all LTKMs of a body, in document order, and tells judges about them. First pass only. */
void bcast_track(const bcast_body_t *body, packet_info *pinfo, const bcast_content_t *content,
                 const address *terminal_side, const address *other_side, rule_ltkm_t *facts);

/* Shows one container (or an LTKM outside of any) in |tree|, which is not NULL. */
void bcast_show_container(bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                          const bcast_container_t *container);

/* Without a tree: the data sources that bcast_show_container() would add, for those who only print bytes. */
void bcast_add_data_sources(const bcast_body_t *body, packet_info *pinfo, const bcast_content_t *content);

/* All LTKMs of a body as those who listen to taps get them; NULL if nobody does. */
const ltkm_tap_row_t *bcast_tap_rows(const bcast_body_t *body, packet_info *pinfo,
                                     const bcast_content_t *content);

/* Says of values and LTKMs that are not of their type what none of |findings| says. */
void bcast_show_faults(const bcast_body_t *body, packet_info *pinfo, const bcast_content_t *content,
                       const rule_finding_t *findings);

#endif
