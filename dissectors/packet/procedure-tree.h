/* procedure-tree.h
 * What is known of a procedure beyond its bodies, in the protocol tree: whose it is, the other half, how it
 * ended; and the responses that have no body of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROCEDURE_TREE_H
#define PROCEDURE_TREE_H

#include <epan/expert.h>

#include "packet/compat.h"
#include "rules/rules.h"
#include "tracking/capture.h"

/* Once, under the protocol mbms_sec. */
void procedure_tree_register(int proto_mbms_sec, expert_module_t *expert);

/* Adds what is known of |procedure| in the frame of its request, or of its response with |document| (NULL:
 * none). |tree| may be NULL. */
void procedure_tree_add(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure,
                        bool is_request, const mbms_document_t *document);

/* Whether expert items may come of that in the first pass. */
bool procedure_has_remarks(const procedure_t *procedure, bool is_request);

/* Adds the terminal, unless this frame has it already: of several things in a frame one bears it. |terminal|
 * NULL: it is not known by more than its address, |end|; of a group none is added. */
void terminal_tree_add(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const terminal_t *terminal,
                       const address *end);

/* A terminal that the frame shows. */
typedef struct shown_terminal {
    const char *name;
    const terminal_t *terminal; /* NULL: it is not known by more than its address */
    const struct shown_terminal *next;
} shown_terminal_t;

/* Those that the frame shows, while it is dissected or selected; NULL: none. */
const shown_terminal_t *terminals_shown(packet_info *pinfo);

/* Shows that |procedure| was answered by a response without a body of ours, and what was found of that.
 * |summary| is of the same. */
void bare_response_show(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, const procedure_t *procedure,
                        const char *summary, const rule_finding_t *findings);

/* The response in a line: "Registration refused". |coding|: the content coding that kept its body from being
 * read, NULL: none. */
const char *bare_response_summary(packet_info *pinfo, const procedure_t *procedure, const char *coding);

#endif
