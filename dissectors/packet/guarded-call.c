/* guarded-call.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/guarded-call.h"

#include <epan/exceptions.h>
#include <epan/show_exception.h>

void call_guarded(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const char *volatile current_proto = pinfo->current_proto;
    volatile gboolean writable = col_get_writable(pinfo->cinfo, -1);

    col_set_writable(pinfo->cinfo, -1, FALSE);
    TRY
    {
        if (handle) {
            call_dissector_only(handle, tvb, pinfo, tree, NULL);
        }
    }
    CATCH_NONFATAL_ERRORS
    {
        show_exception(tvb, pinfo, tree, EXCEPT_CODE, GET_MESSAGE);
    }
    FINALLY
    {
        col_set_writable(pinfo->cinfo, -1, writable);
        pinfo->current_proto = current_proto;
    }
    ENDTRY;
}
