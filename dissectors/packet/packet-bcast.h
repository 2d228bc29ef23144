/* packet-bcast.h
 * OMA BCAST extension containers in the protocol tree, with the LTKMs in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_BCAST_H
#define PACKET_BCAST_H

#include "packet/body-view.h"

void bcast_register(void);

/* Whether the protocol is enabled. */
bool bcast_enabled(void);

/* Shows one container (or an LTKM outside of any) in |tree|. */
void bcast_show_container(body_view_t *view, proto_tree *tree, const bcast_container_t *container);

/* Whether expert items come of the containers or of what is in them, beside findings of the body; for sure
 * only that none does. */
bool bcast_has_remarks(const body_view_t *view);

/* Where nobody looks: ltkm_show() without a tree for each LTKM that bcast_show_container() would show in
 * full. */
void bcast_pass(const body_view_t *view);

/* Whether the capture, not the sender, kept only the beginning of an LTKM. */
bool bcast_is_cut(const body_view_t *view, const bcast_ltkm_t *ltkm);

#endif
