/* http-digest.h
 * Digests of requests and responses: what HTTP sent, for the keys of the user to prove. First pass only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HTTP_DIGEST_H
#define HTTP_DIGEST_H

#include "packet/compat.h"
#include "tracking/capture.h"

/* Checks the message of |procedure| with the body |tvb|; NULL: the latest response in the frame. Does nothing
 * without keys. */
void http_digest_check(packet_info *pinfo, tvbuff_t *tvb, procedure_t *procedure, bool is_request);

#endif
