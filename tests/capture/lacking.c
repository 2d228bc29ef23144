/* lacking.c
 * Preloaded into tshark: the field of Wireshark that LACKING names is not there, as in versions to come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

int proto_registrar_get_id_byname(const char *name);

int proto_registrar_get_id_byname(const char *name)
{
    int (*original)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "proto_registrar_get_id_byname");
    const char *lacking = getenv("LACKING");

    return lacking && strcmp(name, lacking) == 0 ? -1 : original(name);
}
