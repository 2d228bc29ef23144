/* guarded-call.h
 * Calls of dissectors that are not ours, for the tree they build and nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUARDED_CALL_H
#define GUARDED_CALL_H

#include "packet/compat.h"

/* Calls a dissector that leaves the columns and the current protocol as they are. What it throws is shown in
 * |tree|: it must not take the rest of ours with it. */
void call_guarded(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
