/* mbms-text.h
 * A body of the MBMS security procedures in one line, as Wireshark's Info column shows it.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MBMS_TEXT_H
#define MBMS_TEXT_H

#include "mbms/mbms-body.h"

/* "Registration response: 2×200 OK, 1×403, 2 LTKMs, delivery UDP+HTTP" and so on, in |pool|. |message| is
 * what the body is once its request is known (a deregistration response is told apart by that); of MBMS_NONE
 * the root's name is shown. |cut_by_capture|: its end is not there, and that is no fault of the XML. */
char *mbms_info_text(wmem_allocator_t *pool, const mbms_body_t *body, mbms_message_t message,
                     bool cut_by_capture);

#endif
