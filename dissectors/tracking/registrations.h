/* registrations.h
 * What is registered of a terminal at each BSM: delivery mechanisms and services.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef REGISTRATIONS_H
#define REGISTRATIONS_H

#include "tracking/terminals.h"

/* A registration was answered: |state|, which lives as long, is in force from now on. */
void terminal_register(terminals_t *terminals, terminal_t *terminal, const delivery_state_t *state);

/* Whatever was in force with any BSM, |state| is now. */
void terminal_forget_deliveries(terminal_t *terminal, const delivery_state_t *state);

/* The delivery state in force between a terminal and |bsm| (NULL: not known); NULL: none is known. Where one
 * of the two BSMs is not known, that of the only registration; among several any would be a guess. A terminal
 * whose user name changed is known by its address: it has the state of the only one that registered from
 * there. */
const delivery_state_t *terminal_delivery(const terminal_t *terminal, const struct host_name *bsm);

/* The state of its latest registration, wherever; NULL: none is known. */
const delivery_state_t *terminal_latest_delivery(const terminal_t *terminal);

/* A service was registered or deregistered successfully at |bsm| (NULL: not known). */
void terminal_add_service(terminals_t *terminals, terminal_t *terminal, const struct host_name *bsm,
                          const char *service);
void terminal_remove_service(const terminals_t *terminals, terminal_t *terminal, const struct host_name *bsm,
                             const char *service);

/* Whether any service is registered for the terminal at |bsm|, or may be. */
bool terminal_has_services(const terminal_t *terminal, const struct host_name *bsm);

/* Whether |service| is registered for the terminal, at any BSM. */
bool terminal_has_service(const terminals_t *terminals, const terminal_t *terminal, const char *service);

/* |to| has from now on what is registered for |from|, where it has nothing of its own; and no longer what it
 * took over and has not registered itself. */
void terminal_take_over(terminals_t *terminals, terminal_t *to, const terminal_t *from);
void terminal_give_back(terminal_t *to);

/* Whether the terminal asked to register, and nothing came of it. */
bool terminal_is_unregistered(const terminal_t *terminal, const delivery_state_t *state);

#endif
