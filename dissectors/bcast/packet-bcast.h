/* packet-bcast.h
 * OMA BCAST extension containers in the protocol tree, with the LTKMs in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_BCAST_H
#define PACKET_BCAST_H

#include "bcast/bcast-content.h"
#include "tracking/ltkms.h"

/* LTKMs of one body that are shown in full, and that are shown at all; all are tracked. */
#define BCAST_LTKMS_IN_FULL 1000
#define BCAST_LTKMS_SHOWN   10000

void bcast_register(void);

/* The body that containers are shown of. */
typedef struct {
    tvbuff_t *tvb; /* its UTF-8 text; all ranges are in it */
    const uint8_t *bytes;
    const xml_document_t *xml;
    const terminal_t *terminal;
    const address *terminal_side;
    tracked_message_t **records; /* by LTKM index - 1; NULL: not tracked */
} bcast_body_t;

/* Shows one container (or an LTKM outside of any) in |tree|, which may be NULL, and tracks its LTKMs on the
 * first pass. */
void bcast_dissect_container(const bcast_body_t *body, packet_info *pinfo, proto_tree *tree,
                             const bcast_container_t *container);

#endif
