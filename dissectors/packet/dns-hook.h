/* dns-hook.h
 * Reads DNS answers on their way to Wireshark's DNS dissector.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DNS_HOOK_H
#define DNS_HOOK_H

/* At hand-off: puts a reader of answers before the dissector on UDP port 53. */
void dns_hook_handoff(void);

#endif
