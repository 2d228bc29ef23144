/* capture.h
 * All that is remembered of one capture file, in one owner: made when the file is opened, wiped when it is
 * closed.
 *
 * Pure. Written on the first pass only, in the order of the frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "tracking/awaited.h"
#include "tracking/budget.h"
#include "tracking/clock.h"
#include "tracking/digests.h"
#include "tracking/fates.h"
#include "tracking/hosts.h"
#include "tracking/ltkms.h"
#include "tracking/procedures.h"
#include "tracking/proofs.h"
#include "tracking/registrations.h"
#include "tracking/sightings.h"
#include "tracking/store.h"
#include "tracking/terminals.h"

typedef struct {
    wmem_allocator_t *scope;
    store_t store;
    budget_t budget;
    capture_clock_t clock;
    hosts_t hosts;
    terminals_t terminals;
    procedures_t procedures;
    ltkms_t ltkms;
    card_keys_t cards;
    proofs_t proofs;
    digests_t digests;
    fates_t fates;
    awaiting_t awaiting;
    sightings_t sightings;   /* of terminals */
    wmem_map_t *pulls;       /* tracked_message_t, a solicited pull -> awaited_t, the request after it */
    wmem_map_t *unreachable; /* tracked_message_t -> the frame of an ICMP error that quotes it */
    bool lacks_ltkms; /* a body had more than are decoded, or remembered, or could not be decoded at all */
    uint16_t foreign_port; /* of ours, that another dissector has: messages on it are not seen; 0: none */
    wmem_map_t *texts;     /* of findings, one copy of each */
    wmem_map_t *segments;  /* frame with an HTTP message of ours -> the others that it came in, n first */
} capture_t;

/* A body, as it was seen first. */
typedef struct {
    mbms_message_t message; /* with deregistration responses told apart */
    bool is_request;
    bool cut; /* there was no room for all of it: some LTKMs, or what the request asked for, or findings */
    bool in_multipart;
    bool without_ltkms;
    procedure_t *procedure;
    const struct rule_finding *findings; /* whoever judges it puts them here */
    const awaited_t *awaited;            /* the keys that it promises */
    uint32_t n_ltkms;                    /* up to the last that is remembered */
    tracked_message_t ltkms[];           /* by index - 1; frame 0: nothing is remembered */
} tracked_body_t;

typedef enum {
    HTTP_ROLE_UNKNOWN,
    HTTP_REQUEST_BODY,
    HTTP_RESPONSE_BODY,
} http_role_t;

/* What is known of a body beyond its bytes. */
typedef struct {
    http_role_t role;
    http_exchange_t exchange;           /* of a response */
    const char *btid;                   /* of a request; NULL: not visible */
    const char *credentials;            /* likewise, NULL: it bears none; */
    bool answers_challenge;             /* and what procedure_start() wants to know of them */
    response_visibility_t visible;      /* of a request: its response */
    const char *server;                 /* likewise: the name of the BSM */
    procedure_connection_t *connection; /* as procedure_start() and procedure_answer() want it */
    bool truncated;                     /* the capture lacks its end */
    bool in_multipart;                  /* it is a part of a multipart body */
    bool asked_for_deregistration;      /* by the URI of the request */
    bool without_bcast;                 /* containers are not to be decoded */
    bool without_ltkms;                 /* LTKMs are not to be decoded */
} body_context_t;

/* Where a message that came by itself comes from. */
typedef struct {
    ltkm_transport_t transport; /* HTTP: it is a body of its own */
    bool from_terminal;
} ltkm_origin_t;

/* What is remembered lives in |scope|; |keys| as long as the capture. */
capture_t *capture_new(wmem_allocator_t *scope, const key_ring_t *keys);

/* Overwrites secrets. The rest goes with the scope. */
void capture_wipe(capture_t *capture);

/* Whether a body is that of a request: as HTTP says, else by what it is. */
bool body_is_request(http_role_t role, const mbms_body_t *body);

/* Remembers a body of ours: a request opens a procedure, a response answers one, and its LTKMs are paired.
 * The procedure is to be closed when the body has been judged. */
tracked_body_t *capture_add_body(capture_t *capture, const moment_t *moment, const mbms_body_t *body,
                                 const body_context_t *context);

/* Remembers a message that came by itself; NULL if it is none that can be paired or judged. */
tracked_message_t *capture_add_message(capture_t *capture, const moment_t *moment,
                                       const mikey_message_t *message, ltkm_origin_t origin);

/* An LTKM of a body as one noun; |body| NULL: nothing is remembered. */
ltkm_t ltkm_of_body(const tracked_body_t *body, const bcast_ltkm_t *ltkm);

/* Seconds without a response before it is said that there is none. */
enum { CAPTURE_PATIENCE = 10 };

/* How a procedure ended, by all that was seen: what has not come by now does not come. */
outcome_t capture_outcome(const capture_t *capture, const procedure_t *procedure);

/* An ICMP error has been seen that quotes the beginning of |message|, sent before from the source to the
 * destination of |moment|. Returns what is remembered of the message; NULL: it is not known. */
const tracked_message_t *capture_add_quote(capture_t *capture, const moment_t *moment,
                                           const mikey_message_t *message);

/* The frame of an ICMP error that quotes |message|; 0: none. */
uint32_t capture_unreachable_in(const capture_t *capture, const tracked_message_t *message);

/* Whether there was anything of ours, so that messages on other ports may be too. */
bool capture_has_begun(const capture_t *capture);

#endif
