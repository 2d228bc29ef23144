/* mikey-samples.h
 * MIKEY messages in hex, some in pieces so that variants can be put together.
 *
 *   PSK of the LTKM and its verification message: 00..1F; of the STKM: 40..4F, which the LTKM brings, with
 *   the LTKM's RAND 10..1F; of the call: "secret"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_MIKEY_SAMPLES_H
#define TESTS_MIKEY_SAMPLES_H

/* The LTKM in pieces, so that variants of it can be put together. */
#define LTKM_HDR     "01001580 a1b2c3d4 0001"
#define LTKM_KEY_IDS "03 000b 0003b8709d 010468c90001"
#define LTKM_EXT     "05" LTKM_KEY_IDS
#define LTKM_EXT_EXT "15" LTKM_KEY_IDS "05050005 01deadbeef"
#define LTKM_T_TO_IDR                                                                                        \
    "0b020000002a"                                                                                           \
    "0610101112131415161718191a1b1c1d1e1f"                                                                   \
    "0601000f62736d2e6578616d706c652e6f7267"                                                                 \
    "010000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d706c652e6f7267"
#define LTKM_CIPHER "905cc426e0ea3716146be06f7dda470f20c7989ff5ec6cb050b3"
#define LTKM_PLAIN  "00020010404142434445464748494a4b4c4d4e4f02000102fffe"
#define LTKM_MAC    "97bb80585428a56319b861be6d7f15d28974b5b2"
#define LTKM_HEAD   LTKM_HDR LTKM_EXT LTKM_T_TO_IDR

#define LTKM           LTKM_HEAD "0001001a" LTKM_CIPHER "01" LTKM_MAC
#define LTKM_NO_KEY    LTKM_HEAD "0001000001 93638b1ca08238043bdabe95d6ab716b3b4d3289"
#define LTKM_NULL      LTKM_HEAD "0000001a" LTKM_PLAIN "01 52c4e56d78a522b14d0f53ee9ecf85c5e4e579fe"
#define LTKM_NULL_NULL LTKM_HEAD "0000001a" LTKM_PLAIN "00"
#define LTKM_SECOND_EXT                                                                                      \
    LTKM_HDR LTKM_EXT_EXT LTKM_T_TO_IDR "0001001a" LTKM_CIPHER "01 859ad3c97ba03b57423d53f5494238b9e294262f"
#define VERIFICATION                                                                                         \
    "01010500a1b2c3d4000106020000002a090000246447567a6443316964476c6b4c5441774d44453d406273662e6578616d"     \
    "706c652e6f72670001faf0c2dbb303b47358ecf00a2850abe81650cf96"
#define STKM                                                                                                 \
    "01001500a1b2c3d400010503000f0003b8709d010468c9000102020001010200000007000100240bb06c4177ee52e75d66c3"   \
    "0eacad264c8d89a1384907b21ae62ba3a45c022efedb0bed4f0142624d89cae2c72446d7a92b0427c9666d787c56"

/* A SIP call's exchange from the wiki of Wireshark: SRTP-ID map, SP, NTP-UTC, no ID, no EXT. */
#define CALL_INIT                                                                                            \
    "010005808aa5717a0200007be6ac2e000000000000000000000000000a00c9981cab314aa10e0b0000002700010101011002"   \
    "010103011404010e0501000601000701010801010901000a01010b010a0c010001106813b3758c1cfe138d8b2ba886d3f449"   \
    "000100c48d89ad98e2781267e2bd781359c70110a99a3000a9a023bbbb026a450fc4612e93918724f031e8b88d123fea4173"   \
    "97d7b084883f4ccec7d7dc2f1fb25a01c0ed9d2e1874361a6600bb5da8d5ee958e19b65c1597ead8201ba705ba2c0699ee2b"   \
    "1526dff5805cda521da2394e2cc6073cbcf8f568da4d8f7371197896afeb1a23f59b02d3704636b4c41df834b0dad3303df9"   \
    "2467c70ac439c8d4e1e109cace3427b1a63b5e9e1f920ee17f832eb5f8e619052da813ffed3cbe84cdee19ada037da40ad9e"   \
    "014274b99fa4d18b5704824ef19ab06c2df9b0c4c2"
#define CALL_VERIFICATION                                                                                    \
    "010105008aa5717a0200007be6ac2e00000000004068ed2e000000000900c9981cae11e6eeb7000199d18a0c05cd8095fe3e"   \
    "1a318b9b597b23658c54"

#endif
