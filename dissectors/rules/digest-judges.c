/* digest-judges.c
 * R88: HTTP digests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/judges.h"

DIGEST_JUDGE(88)
{
    const char *what = digest->is_answer ? "rspauth" : "response";

    if (digest->right != RULE_NO) {
        return;
    }
    if (digest->mistake) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE, "%s is computed %s (uri %s), under %s", what,
                  digest->mistake, digest->uri, digest->key);
    } else if (digest->other_btid) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "%s is computed with the MRK of another B-TID of this card, %s", what, digest->other_btid);
    } else if (digest->right_in) {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "%s is wrong under %s, with which frame %u is right: %s was changed on its way", what,
                  digest->key, digest->right_in,
                  digest->integrity ? "the body, or the header," : "the header");
    } else {
        rule_find(findings, RULE_BREACH, RULE_TARGET_WHOLE,
                  "%s is wrong under %s: it was made with another MRK%s", what, digest->key,
                  digest->integrity ? ", or the body was changed on its way" : "");
    }
}
