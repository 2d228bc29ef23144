/* judges.h
 * The judges that the table in rules.c names, one per rule.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef JUDGES_H
#define JUDGES_H

#include "rules/rules.h"

#define DOCUMENT_JUDGE(number)  void judge_r##number(const rule_document_t *body, rule_findings_t *findings)
#define DELIVERED_JUDGE(number) void judge_r##number(const rule_delivered_t *ltkm, rule_findings_t *findings)
#define VERIFICATION_JUDGE(number)                                                                           \
    void judge_r##number(const rule_verification_t *verification, rule_findings_t *findings)
#define MESSAGE_JUDGE(number) void judge_r##number(const mikey_message_t *message, rule_findings_t *findings)
#define HTTP_JUDGE(number)    void judge_r##number(const rule_http_t *http, rule_findings_t *findings)

#define DIGEST_JUDGE(number) void judge_r##number(const rule_digest_t *digest, rule_findings_t *findings)

#define STKM_JUDGE(number)    void judge_r##number(const rule_stkm_t *stkm, rule_findings_t *findings)
#define AWAITED_JUDGE(number) void judge_r##number(const rule_awaited_t *awaited, rule_findings_t *findings)

/* structure-judges.c */
DOCUMENT_JUDGE(1);
DOCUMENT_JUDGE(2);
DOCUMENT_JUDGE(3);
DOCUMENT_JUDGE(4);
DOCUMENT_JUDGE(5);
DOCUMENT_JUDGE(6);
DOCUMENT_JUDGE(7);
DOCUMENT_JUDGE(8);
DOCUMENT_JUDGE(9);
DOCUMENT_JUDGE(10);
DOCUMENT_JUDGE(11);
DOCUMENT_JUDGE(12);
DOCUMENT_JUDGE(13);
DOCUMENT_JUDGE(16);
DOCUMENT_JUDGE(17);
DOCUMENT_JUDGE(18);
DOCUMENT_JUDGE(19);
DOCUMENT_JUDGE(20);
DOCUMENT_JUDGE(21);

/* content-judges.c */
DOCUMENT_JUDGE(14);
DOCUMENT_JUDGE(15);
DOCUMENT_JUDGE(22);
DOCUMENT_JUDGE(23);
DOCUMENT_JUDGE(24);
DOCUMENT_JUDGE(26);
DOCUMENT_JUDGE(27);
DOCUMENT_JUDGE(28);
DOCUMENT_JUDGE(29);
DOCUMENT_JUDGE(56);

/* grant-judges.c */
DOCUMENT_JUDGE(33);
DOCUMENT_JUDGE(35);
DOCUMENT_JUDGE(36);
DOCUMENT_JUDGE(37);
DOCUMENT_JUDGE(38);
DOCUMENT_JUDGE(43);

/* message-judges.c */
DELIVERED_JUDGE(26_alone);
DELIVERED_JUDGE(34);
DELIVERED_JUDGE(39);
DELIVERED_JUDGE(40);
DELIVERED_JUDGE(44);
DELIVERED_JUDGE(53);
VERIFICATION_JUDGE(54);
VERIFICATION_JUDGE(55);
VERIFICATION_JUDGE(56_alone);
VERIFICATION_JUDGE(57);
VERIFICATION_JUDGE(59);
VERIFICATION_JUDGE(61);
VERIFICATION_JUDGE(62);
VERIFICATION_JUDGE(63);
VERIFICATION_JUDGE(64);

/* form-judges.c */
MESSAGE_JUDGE(76);
MESSAGE_JUDGE(78);
MESSAGE_JUDGE(79);
MESSAGE_JUDGE(80);

/* http-judges.c */
HTTP_JUDGE(83);
HTTP_JUDGE(86);
HTTP_JUDGE(87);

/* answer-judges.c */
DOCUMENT_JUDGE(84);
DOCUMENT_JUDGE(86_codes);

/* document-forms.c */
DOCUMENT_JUDGE(85);

/* For judges that stop at the first finding: true, whether it is kept or only counted. */
static inline bool rule_found(const rule_finding_t *finding)
{
    (void)finding;
    return true;
}

/* Whether a code, of the HTTP status or in a <ResponseCode>, is one that TS 33.246 G.2.4 keeps from use. */
bool rule_is_unused_code(uint32_t code);
/* digest-judges.c */
DIGEST_JUDGE(88);
/* fate-judges.c */
AWAITED_JUDGE(69);
DELIVERED_JUDGE(74);
DELIVERED_JUDGE(75);
DELIVERED_JUDGE(77);
STKM_JUDGE(81);
DELIVERED_JUDGE(82);
AWAITED_JUDGE(91);

#endif
