/* bare-response.h
 * Responses to requests of ours that have no body of ours: a bare 403, say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BARE_RESPONSE_H
#define BARE_RESPONSE_H

/* Once, at registration, under the protocol |proto_mbms_sec|; and at hand-off. */
void bare_response_register(int proto_mbms_sec);
void bare_response_handoff(void);

#endif
