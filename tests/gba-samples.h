/* gba-samples.h
 * A card, its bootstrapping, and MIKEY messages as TS 33.246 wants them under the MUK that follows: Ks_NAF.
 * K, OPc and RAND are those of TS 35.208 set 1; the rest was computed by a script of its own and opened again
 * by another on OpenSSL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_GBA_SAMPLES_H
#define TESTS_GBA_SAMPLES_H

#define GBA_K    "465b5ce8b199b49faa5f0a2ee238a6bc"
#define GBA_OPC  "cd63cb71954a9f4e48a5994e37a02baf"
#define GBA_RAND "23553cbe9637a89d218ae64dae47bf35"
#define GBA_CK   "b40ba9a3c58b2a05bbf0d987b21bf8cb"
#define GBA_IK   "f769bcd751044604127672711c6d3441"
#define GBA_KS   GBA_CK GBA_IK

#define GBA_IMPI "user@example.org"
#define GBA_FQDN "bsm1.example.org"
#define GBA_BTID "I1U8vpY3qJ0hiuZNrke/NQ==@bsf.example.org"

#define GBA_KS_NAF_HEX     "a15d5ab5606184a57b54af4ac47207568d0135d90e23c0f32f32d0778db9f3da"
#define GBA_KS_INT_NAF_HEX "5b9526133afbe1512436f242b60b6b96a12c3eee76b6aa478dfd49a5a7a31449"
#define GBA_KS_NAF_MRK_HEX "38a66a082e92a7a0d6e4a7cd1c43e1e068fc6db481b2eb4bc424b02a659ff534"

/* MSK 80..8F of 01020001, 0000 to 0063 */
#define GBA_LTKM_D                                                                                           \
    "010015805ec0000100010503000b000300f1100104010200010b02000000010610c0c1c2c3c4c5c6c7c8c9cacbcccdce"       \
    "cf0600001062736d312e6578616d706c652e6f7267010000284931553876705933714a306869755a4e726b652f4e513d"       \
    "3d406273662e6578616d706c652e6f72670001001aea4554ad6ca0d59cefd7e80b59459c13bb4bfefb80a1b8736dff01"       \
    "6bd466b53a48435a587454bd9263cdbc28c66c92"

#define GBA_VERIFICATION_D                                                                                   \
    "010105005ec000010001060200000001090000284931553876705933714a306869755a4e726b652f4e513d3d40627366"       \
    "2e6578616d706c652e6f72670001739afe8499e7e33d65611bcccff548d8ebc4c12a"

/* MTK A0..AF */
#define GBA_STKM_D                                                                                           \
    "010015005ec0d00100010503000f000300f110010401020001020200010102000000010001001469eb91e15d2c6bc158"       \
    "d6d7321f9ed8b458248d1901c466b978d5410f264b4e78455878ac185621797c"

/* MSK 90..9F of 01030001, with SP */
#define GBA_LTKM_S                                                                                           \
    "010015805ec000020100000a0b0c0d000000000503000b000300f1100104010300010b02000000020610e0e1e2e3e4e5"       \
    "e6e7e8e9eaebecedeeef0600001062736d312e6578616d706c652e6f72670a0000284931553876705933714a30686975"       \
    "5a4e726b652f4e513d3d406273662e6578616d706c652e6f7267010000002800010101011002010103011404010e0601"       \
    "000701010801010a01010b010a0d0200040e010312010e0001001afb685ba00bbe145b168e06b4c2d32f2c8fb70bd8ac"       \
    "8fb0489e30018fa8231a3d2966e5ccc492d0efb98683b008019f"

#define GBA_VERIFICATION_S                                                                                   \
    "010105005ec000020001060200000002090000284931553876705933714a306869755a4e726b652f4e513d3d40627366"       \
    "2e6578616d706c652e6f7267000112aef4fa4e15e0a956343e9a171396a4d587eedc"

/* MTK B0..BF and its salt */
#define GBA_STKM_S                                                                                           \
    "010015005ec0d00300010503000f000300f110010401030001020200010102000000010001002488c428cdd9204534d1"       \
    "065fa8afbc72b997940d5b57156edde3778b889aa6b67ef0b9f37c01f26407e67a8fe19a86077c29135736739d99fdf2"

/* the same under the MSK of LTKM_D */
#define GBA_STKM_X                                                                                           \
    "010015005ec0d00200010503000f000300f1100104010200010202000201020000000200010024b7b4f4a94973efaf80"       \
    "b52f12021824ce3ce644ecfd98118080e487b28d476e92b726d3b201e3422f4fd7b1c9f3e8a0bf685e1b2b6639f2fba7"

/* a solicited pull */
#define GBA_PULL                                                                                             \
    "010015005ec0000300010503000b000300f1100104010200000b02000000030610f0f1f2f3f4f5f6f7f8f9fafbfcfdfe"       \
    "ff0600001062736d312e6578616d706c652e6f7267010000284931553876705933714a306869755a4e726b652f4e513d"       \
    "3d406273662e6578616d706c652e6f72670001000001057e751fc82868047e4a1f48d89c7200c730483c"

/* the MSK of LTKM_D, 0064 to 0063 */
#define GBA_INVALIDATING                                                                                     \
    "010015805ec0000400010503000b000300f1100104010200010b02000000040610c0c1c2c3c4c5c6c7c8c9cacbcccdce"       \
    "cf0600001062736d312e6578616d706c652e6f7267010000284931553876705933714a306869755a4e726b652f4e513d"       \
    "3d406273662e6578616d706c652e6f72670001001a17839cc4d32ec07b0ae3e8576fd3982b54cc63236be5523e5f8501"       \
    "6cf02b5242901a6e20a3e08d00831dc5f83d4c30"

/* no key, 0000 to 00C8 */
#define GBA_VALIDITY_UPDATE                                                                                  \
    "010015805ec0000500010503000b000300f1100104010200010b02000000050610c0c1c2c3c4c5c6c7c8c9cacbcccdce"       \
    "cf0600001062736d312e6578616d706c652e6f7267010000284931553876705933714a306869755a4e726b652f4e513d"       \
    "3d406273662e6578616d706c652e6f72670001000afade3ae3b48168848e3601755bc37d49fadbcbc2bc0c032f6d9c2e"       \
    "e00655ea"

#endif
