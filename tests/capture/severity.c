/* severity.c
 * Preloaded into tshark: tells the highest severity that Wireshark's status bar would show.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <stdio.h>

void epan_free(void *session);

/* In place of libwireshark's, which a file is closed with. */
void epan_free(void *session)
{
    int (*highest)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "expert_get_highest_severity");
    void (*original)(void *) = (void (*)(void *))dlsym(RTLD_NEXT, "epan_free");

    fprintf(stderr, "severity %x\n", highest ? (unsigned)highest() : 0xffffffffu);
    original(session);
}
