/* ladder.h
 * Statistics → Flow Graph, "MBMS keys"; `-z flow,ltkm,standard`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LADDER_H
#define LADDER_H

/* Once, at registration, when the protocols are registered. */
void ladder_register(void);

#endif
