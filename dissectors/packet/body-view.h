/* body-view.h
 * A body on its way to the tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BODY_VIEW_H
#define BODY_VIEW_H

#include "packet/xml-tree.h"
#include "tracking/capture.h"

typedef struct {
    ltkm_t noun;
    const rule_finding_t *findings; /* of ltkm_findings() */
} body_ltkm_t;

typedef struct {
    packet_info *pinfo;
    tvbuff_t *tvb;  /* the text: the body itself or "Decoded XML" */
    bool truncated; /* the capture lacks the end of the body */
    const mbms_body_t *body;
    mbms_message_t message;         /* with deregistration responses told apart */
    const tracked_body_t *tracked;  /* NULL: the first pass did not see it as ours */
    const rule_finding_t *findings; /* those that are to be shown */
    const body_ltkm_t *ltkms;       /* by their indices, less 1; those without a message are empty */
    xml_tree_t tree;
    const bcast_container_t *next_container; /* the first that is not shown yet */
} body_view_t;

#endif
