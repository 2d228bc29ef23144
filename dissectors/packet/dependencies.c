/* dependencies.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet/dependencies.h"

#include <epan/proto_data.h>
#include <epan/wmem_scopes.h>

#include "packet/file-scope.h"
#include "packet/frame-record.h"

/* Of a message; those of one in more are not whole anyway before Wireshark has them all. */
enum { MAX_SEGMENTS = 1024 };

static int proto_mbms_sec;

typedef struct {
    uint32_t n;
    uint32_t frames[];
} segments_t;

void dependencies_handoff(void)
{
    proto_mbms_sec = proto_get_id_by_filter_name("mbms_sec");
}

/* How many of a frame's are not Wireshark's. */
static unsigned *own_dependencies(packet_info *pinfo)
{
    unsigned *n = p_get_proto_data(pinfo->pool, pinfo, proto_mbms_sec, FRAME_OWN_DEPENDENCIES);

    if (!n) {
        n = wmem_new0(pinfo->pool, unsigned);
        p_add_proto_data(pinfo->pool, pinfo, proto_mbms_sec, FRAME_OWN_DEPENDENCIES, n);
    }
    return n;
}

static void depend_on(packet_info *pinfo, uint32_t frame)
{
    const segments_t *segments;
    unsigned n;

    if (!frame) {
        return;
    }
    segments = wmem_map_lookup(file_capture()->segments, GUINT_TO_POINTER(frame));
    n = compat_depend_on(pinfo, frame);
    for (uint32_t i = 0; segments && i < segments->n; i++) {
        n += compat_depend_on(pinfo, segments->frames[i]);
    }
    *own_dependencies(pinfo) += n;
}

void depend_on_pair(packet_info *pinfo, const tracked_message_t *message)
{
    const tracked_message_t *peer = message ? ltkm_peer(message) : NULL;
    const ltkm_proof_t *proof =
        message && message->kind == MIKEY_KIND_STKM ? proof_of(&file_capture()->proofs, message) : NULL;

    if (peer) {
        depend_on(pinfo, peer->frame);
    }
    if (proof) {
        depend_on(pinfo, proof->key_frame);
    }
}

void depend_on_procedure(packet_info *pinfo, const procedure_t *procedure)
{
    (void)own_dependencies(pinfo); /* from now on it is a frame of ours */
    depend_on(pinfo, procedure->request_frame);
    depend_on(pinfo, procedure->response_frame);
}

void depend_on_body(packet_info *pinfo, const tracked_body_t *body)
{
    if (!body) {
        return;
    }
    depend_on_procedure(pinfo, body->procedure);
    for (uint32_t i = 0; i < body->n_ltkms; i++) {
        depend_on_pair(pinfo, &body->ltkms[i]);
    }
}

void remember_segments(packet_info *pinfo)
{
    unsigned n = compat_n_dependencies(pinfo);
    const unsigned *own =
        n > 0 ? p_get_proto_data(pinfo->pool, pinfo, proto_mbms_sec, FRAME_OWN_DEPENDENCIES) : NULL;
    segments_t *segments;
    GList *frames;

    if (!own || n <= *own || n > MAX_SEGMENTS) {
        return;
    }
    segments = wmem_alloc(wmem_file_scope(), sizeof *segments + n * sizeof segments->frames[0]);
    segments->n = 0;
    frames = compat_dependencies(pinfo);
    for (const GList *frame = frames; frame; frame = frame->next) {
        segments->frames[segments->n++] = GPOINTER_TO_UINT(frame->data);
    }
    g_list_free(frames);
    wmem_map_insert(file_capture()->segments, GUINT_TO_POINTER(pinfo->num), segments);
}
