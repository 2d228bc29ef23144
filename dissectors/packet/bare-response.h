/* bare-response.h
 * Responses to requests of ours that have no body of ours: a bare 403, say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BARE_RESPONSE_H
#define BARE_RESPONSE_H

/* Once, at hand-off: they are shown under the protocol |proto_mbms_sec|. */
void bare_response_handoff(int proto_mbms_sec);

#endif
