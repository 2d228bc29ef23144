/* flow-compat.h
 * Wireshark's flow graphs. Its library exports them; the header is not among those that it installs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FLOW_COMPAT_H
#define FLOW_COMPAT_H

#include "packet/compat.h"

#include <epan/tap.h>

#if __has_include(<epan/sequence_analysis.h>)
#include <epan/sequence_analysis.h>
#else
typedef struct register_analysis register_analysis_t;

WS_DLL_PUBLIC void register_seq_analysis(const char *name, const char *title, int proto, const char *tap,
                                         unsigned flags, tap_packet_cb draw);
WS_DLL_PUBLIC register_analysis_t *sequence_analysis_find_by_name(const char *name);
WS_DLL_PUBLIC tap_packet_cb sequence_analysis_get_packet_func(register_analysis_t *analysis);
#endif

#endif
