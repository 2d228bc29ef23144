/* judgement.h
 * How messages are judged, by the settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef JUDGEMENT_H
#define JUDGEMENT_H

#include "packet/settings.h"
#include "rules/facts.h"

/* |final|: what has not come by now does not come. */
static inline judgement_t judgement_now(bool final)
{
    return (judgement_t){
        .final = final,
        .timeout = settings.verification_timeout,
        .delivery_timeout = settings.delivery_timeout,
    };
}

#endif
