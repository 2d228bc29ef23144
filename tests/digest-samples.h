/* digest-samples.h
 * A request and its answer under the MRK of gba-samples.h, GBA_ME: header fields and bodies as they were
 * sent. The numbers were computed with OpenSSL and with Twisted's digest code.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_DIGEST_SAMPLES_H
#define TESTS_DIGEST_SAMPLES_H

#include "gba-samples.h"

#define DIGEST_REALM  "3GPP-bootstrapping@" GBA_FQDN
#define DIGEST_NONCE  "00112233445566778899aabbccddeeff"
#define DIGEST_CNONCE "ffeeddccbbaa99887766554433221100"
#define DIGEST_URI    "/keymanagement?requesttype=msk-request"

#define DIGEST_WHO                                                                                           \
    "Digest username=\"" GBA_BTID "\", realm=\"" DIGEST_REALM "\", nonce=\"" DIGEST_NONCE                    \
    "\", uri=\"" DIGEST_URI "\""
#define DIGEST_COUNT                      ", nc=00000001, cnonce=\"" DIGEST_CNONCE "\""
#define DIGEST_CREDENTIALS(qop, response) DIGEST_WHO ", qop=" qop DIGEST_COUNT ", response=\"" response "\""

/* auth-int, cases b and c, then a */
#define DIGEST_RESPONSE   "5c096123a11fc8552b29598636040dfd"
#define DIGEST_RESPONSE_A "ff32d2a76ca958f9615f6a150bf1e1f0"
#define DIGEST_RSPAUTH    "36063df09230c60b77af63b9fd633f0f"
#define DIGEST_RSPAUTH_A  "112e2e56eaa0498651f223b1cf3eee43"

/* auth, cases b and c */
#define DIGEST_RESPONSE_AUTH "ec71756707fd00eac9d1d9bcf35986ae"
#define DIGEST_RSPAUTH_AUTH  "30f9d56984fee24f7374ea7ce39da968"

#define DIGEST_BODY                                                                                          \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><mbmsMSKRequest "                                             \
    "xmlns=\"urn:3GPP:metadata:2005:MBMS:mskRequest\"><MSK><keyDomainID>APEQ</keyDomainID>"                  \
    "<MSKID>AQIAAA==</MSKID></MSK></mbmsMSKRequest>"
#define DIGEST_ANSWER_BODY                                                                                   \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><mbmsMSKResponse "                                            \
    "xmlns=\"urn:3GPP:metadata:2005:MBMS:mskResponse\"><Response><MSK><keyDomainID>APEQ</keyDomainID>"       \
    "<MSKID>AQIAAA==</MSKID></MSK><ResponseCode>200 OK</ResponseCode></Response></mbmsMSKResponse>"

#endif
