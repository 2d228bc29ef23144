/* milenage.h
 * The functions f3 and f4 of Milenage (TS 35.206 §4.1): CK and IK of a card for a RAND. They take neither SQN
 * nor AMF, so that what stands in a capture is enough.
 *
 * Pure. libgcrypt must have been initialised (gcry_check_version).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MILENAGE_H
#define MILENAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of K, OPc, RAND, CK and IK, each. */
#define MILENAGE_SIZE 16

/* CK | IK of the card with |k| and |opc|. False, with nothing written, where libgcrypt refuses. */
bool milenage_ck_ik(const uint8_t k[MILENAGE_SIZE], const uint8_t opc[MILENAGE_SIZE],
                    const uint8_t rand[MILENAGE_SIZE], uint8_t ck_ik[2 * MILENAGE_SIZE]);

#endif
