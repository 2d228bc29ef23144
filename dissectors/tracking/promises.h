/* promises.h
 * Which messages make others awaited, and which are those that were awaited.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROMISES_H
#define PROMISES_H

#include "tracking/capture.h"

/* An LTKM brings a key, or makes its terminal ask for one. |idr|: the terminal that IDr names, NULL: none
 * that is known. */
void await_by_message(capture_t *capture, const moment_t *moment, const terminal_t *idr,
                      const tracked_message_t *tracked);

/* A request is what a solicited pull wanted. */
void await_by_request(capture_t *capture, const moment_t *moment, const tracked_body_t *tracked);

/* A response promises the keys of the MSKs that it answers with 200; all of |body| is there. To be called
 * before the LTKMs of the response are remembered. */
void await_by_response(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                       tracked_body_t *tracked);

#endif
