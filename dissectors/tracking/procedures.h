/* procedures.h
 * Requests of the MBMS security procedures and their HTTP responses, with or without a body, and what the two
 * together settle.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROCEDURES_H
#define PROCEDURES_H

#include "tracking/outcomes.h"
#include "tracking/pipeline.h"
#include "tracking/repeats.h"
#include "tracking/requests.h"
#include "tracking/terminals.h"

/* Whether the capture would show the response to a request. */
typedef enum {
    RESPONSE_NOT_VISIBLE,
    RESPONSE_PERHAPS_VISIBLE, /* if it shows that of any other */
    RESPONSE_VISIBLE,
} response_visibility_t;

/* What HTTP knows of a request. */
typedef struct {
    const char *btid;              /* NULL: not visible */
    const char *credentials;       /* those it bears; NULL: none */
    bool answers_challenge;        /* they do: it is not only its name that the terminal says */
    response_visibility_t visible; /* its response */
} http_request_t;

typedef struct procedure {
    mbms_message_t request;  /* MBMS_NONE: the request is not in the capture */
    bool shares_frame;       /* there is another request in its frame */
    bool named;              /* the B-TID is visible in the request */
    bool credentials;        /* and it answers a challenge */
    bool stale;              /* the challenge that it got is only a newer one */
    bool is_copy;            /* the same request was captured before */
    uint8_t visible;         /* response_visibility_t */
    uint8_t outcome;         /* outcome_t, of one that was answered */
    uint32_t n_before;       /* requests of this terminal for the same that were answered 2xx, */
    uint32_t frame_before;   /* and the first of them */
    uint32_t request_frame;  /* 0: not in the capture */
    uint32_t response_frame; /* 0: none seen so far */
    uint32_t status;         /* of the response, 0: unknown */
    int64_t request_time;    /* as in moment_t */
    int64_t response_time;
    terminal_t *terminal;
    const struct host_name *bsm;             /* NULL: not known */
    struct digest_record *digest;            /* NULL: there were no keys to check it with */
    request_t *asked;                        /* until the response has been judged; NULL: not known */
    repeat_t *repeat;                        /* how often that was asked for; likewise */
    struct procedure_connection *connection; /* of the request, NULL: not in the capture */
    pipeline_request_t *open;                /* its place there; NULL: it waits for nothing */
    struct procedure *unnamed;               /* the one before on the connection without a B-TID, until one
                                                is seen there */
} procedure_t;

/* What stands open on a connection. Whoever knows the connection keeps it, zeroed in the beginning, as long
 * as the procedures. */
typedef struct procedure_connection {
    pipeline_t pipeline;
    const void *latest; /* the caller's: the latest message that was told, */
    bool latest_answered;
    uint32_t latest_frame;
    uint32_t orphan_frame;   /* of the latest response of ours here whose request is not known; 0: none */
    net_address_t *server;   /* where requests go that do not name it; NULL: all do */
    terminal_t *named;       /* whose B-TID was seen here last */
    procedure_t *unnamed;    /* the latest without a B-TID since then */
    const void *from_client; /* the caller's: what TCP knows of that direction */
} procedure_connection_t;

typedef struct {
    store_t store;
    wmem_allocator_t *scope; /* of what is given back again */
    terminals_t *terminals;
    wmem_map_t *by_request;  /* frame number -> procedure_t, as long as it has no response */
    wmem_map_t *credentials; /* text_digest() of all that were seen */
    bool any_answered;       /* a request and its response were seen */
} procedures_t;

/* What HTTP knows of a response. */
typedef struct {
    uint32_t request_frame; /* 0: not in the capture, or HTTP lost track */
    uint32_t status;        /* 0: unknown */
    bool in_order;          /* it answers the first request that is open on its connection */
    bool stale;             /* the challenge of a 401 is only a newer one */
    mbms_message_t message; /* what it is; MBMS_NONE: not known */
} http_exchange_t;

/* What is remembered lives in |scope|. */
void procedures_init(procedures_t *procedures, wmem_allocator_t *scope, terminals_t *terminals);

/* A request has been seen. */
procedure_t *procedure_start(procedures_t *procedures, const moment_t *moment, mbms_message_t request,
                             const http_request_t *http, procedure_connection_t *connection);

/* What it asks for is known: |asked|, which is kept until procedure_close(). */
void procedure_ask(procedures_t *procedures, procedure_t *procedure, request_t *asked);

/* A request of others on a connection of ours; a response there of which no more is known than that. */
void procedure_pass_request(procedures_t *procedures, const moment_t *moment,
                            procedure_connection_t *connection);
void procedure_pass_response(procedure_connection_t *connection);

/* A response of ours has been seen: returns its procedure, a new one where the request is missing.
 * |connection| NULL: not known, or not needed, for HTTP tells the request. */
procedure_t *procedure_answer(procedures_t *procedures, const moment_t *moment, http_exchange_t exchange,
                              procedure_connection_t *connection);

/* A response that has no body of ours: returns the procedure of ours that it answers, NULL if none. An
 * interim one (1xx) answers nothing. */
procedure_t *procedure_answer_bare(procedures_t *procedures, const moment_t *moment, http_exchange_t exchange,
                                   procedure_connection_t *connection);

/* Says how the procedure ended, by what its response says: |body| and |complete| as below. */
void procedure_end(procedure_t *procedure, const mbms_body_t *body, bool complete);

/* Puts in force what a response settles: delivery mechanisms and registered services. |message| is what
 * |body| is; NULL: it has none of ours. |complete|: nothing of the body is missing. To be called after
 * procedure_answer() and before the LTKMs of the response are remembered. */
void procedure_settle(procedures_t *procedures, procedure_t *procedure, mbms_message_t message,
                      const mbms_body_t *body, bool complete);

/* All is judged: forgets what was asked for. */
void procedure_close(procedures_t *procedures, procedure_t *procedure);

/* Whether a request has no response, and one would be seen if there were one; how it ends then is not known
 * before the capture has gone on for a while. */
bool procedure_lacks_response(const procedures_t *procedures, const procedure_t *procedure);

/* Whether request and response are both known, and in this order in time. */
bool procedure_took_time(const procedure_t *procedure);

/* Whether the messages of the procedure are to be judged: not those that were answered 401 or 407. */
bool procedure_counts(const procedure_t *procedure);

#endif
