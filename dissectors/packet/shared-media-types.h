/* shared-media-types.h
 * Media types that others own too, under which our bodies come at times: generic XML, OMA BCAST service
 * provisioning, single MIKEY messages, types that say nothing, and no type at all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SHARED_MEDIA_TYPES_H
#define SHARED_MEDIA_TYPES_H

/* At hand-off: takes the media types over and keeps the dissectors they had for all that is not ours. */
void shared_media_types_handoff(void);

#endif
