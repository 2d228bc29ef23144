/* document-forms.c
 * R85: whether a document is one by the schemas of TS 26.346 §11.4–11.8, which are the tables here.
 *
 * A document is walked through once, and its first fault is named. What other rules say of an element, or of
 * its absence, is not said again: containers of BCAST (R1–R6), all that is wrong with the keys of an MSK
 * request (R21), an LTKM in a request (R26), the name space of a registration request (R17). Text between
 * elements is no fault: the examples of the specification have it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "rules/judges.h"

#define MBMS_NAMESPACE "urn:3GPP:metadata:2005:MBMS:"

/* ---- the schemas ------------------------------------------------------------------------------------ */

typedef struct content content_t;

typedef struct {
    const char *name; /* NULL: behind the last */
    const content_t *content;
    bool many; /* 1 to N of them, else one */
} particle_t;

/* What an element has in it: a sequence of elements, or text where there is none. */
struct content {
    particle_t particles[3];
    bool wildcard;        /* behind it elements of other name spaces, as many as there are */
    bool missing_is_said; /* by R21 */
};

static const content_t text = { .wildcard = false };

#define ONE(element, content)                                                                                \
    {                                                                                                        \
        (element), (content), false                                                                          \
    }
#define MANY(element, content)                                                                               \
    {                                                                                                        \
        (element), (content), true                                                                           \
    }

static const content_t msk = {
    .particles = { ONE("keyDomainID", &text), ONE("MSKID", &text) },
};
static const content_t asked_msk = {
    .particles = { ONE("keyDomainID", &text), ONE("MSKID", &text) },
    .missing_is_said = true,
};
static const content_t service_response = {
    .particles = { ONE("serviceID", &text), ONE("ResponseCode", &text) },
    .wildcard = true,
};
static const content_t msk_response = {
    .particles = { ONE("MSK", &msk), ONE("ResponseCode", &text) },
    .wildcard = true,
};
static const content_t services = { .particles = { MANY("serviceID", &text) }, .wildcard = true };
static const content_t msks = { .particles = { MANY("MSK", &asked_msk) }, .missing_is_said = true };
static const content_t service_responses = {
    .particles = { MANY("Response", &service_response) },
    .wildcard = true,
};
static const content_t msk_responses = { .particles = { MANY("Response", &msk_response) }, .wildcard = true };

/* By mbms_message_t. */
static const struct {
    const char *ns; /* NULL: R17 judges it */
    const content_t *content;
} documents[] = {
    [MBMS_REGISTRATION_REQUEST] = { NULL, &services },
    [MBMS_REGISTRATION_RESPONSE] = { MBMS_NAMESPACE "securityRegistrationResponse", &service_responses },
    [MBMS_DEREGISTRATION_REQUEST] = { MBMS_NAMESPACE "securityDeregistration", &services },
    [MBMS_MSK_REQUEST] = { MBMS_NAMESPACE "mskRequest", &msks },
    [MBMS_MSK_RESPONSE] = { MBMS_NAMESPACE "mskResponse", &msk_responses },
};

/* ---- the walk --------------------------------------------------------------------------------------- */

typedef struct {
    const rule_document_t *body;
    rule_findings_t *findings;
} walk_t;

/* How far the sequence of an element has come. */
typedef struct {
    const xml_element_t *element;
    const content_t *content;
    const particle_t *place;     /* the particle of the child before; behind the last: the wildcard */
    const xml_element_t *before; /* that child, NULL: there is none */
    uint32_t seen;               /* one bit a particle */
} sequence_t;

static uint32_t target_of(const xml_element_t *element)
{
    return element->parent ? element->range.start : RULE_TARGET_WHOLE;
}

/* Adds the finding; true: the walk is over. */
#define FAULT(walk, element, ...)                                                                            \
    rule_found(rule_find((walk)->findings, RULE_SUSPICIOUS, target_of(element), __VA_ARGS__))

static bool is_said(const walk_t *walk, const xml_element_t *element)
{
    return bcast_is_container_name(element->name) ||
           (strcmp(element->name, "LTKM") == 0 && mbms_is_request(walk->body->document->message));
}

/* Whether the element's name space can be that of the document: children without a prefix are in none where
 * the root has one. */
static bool is_of_3gpp(const xml_element_t *element)
{
    return element->ns[0] == '\0' || g_ascii_strncasecmp(element->ns, "urn:3GPP:", 9) == 0;
}

/* Whether a wildcard is no place for it: "##other" is neither the name space of the document nor none. */
static bool is_of_document(const walk_t *walk, const xml_element_t *element)
{
    return element->ns[0] == '\0' || strcmp(element->ns, walk->body->document->root->ns) == 0;
}

static const particle_t *find_particle(const content_t *content, const xml_element_t *element)
{
    const particle_t *particle = content->particles;

    while (particle->name && strcmp(particle->name, element->name) != 0) {
        particle++;
    }
    return particle->name && is_of_3gpp(element) ? particle : NULL;
}

static const particle_t *end_of(const content_t *content)
{
    const particle_t *particle = content->particles;

    while (particle->name) {
        particle++;
    }
    return particle;
}

static bool judge_order(const walk_t *walk, const sequence_t *sequence, const particle_t *particle,
                        const xml_element_t *child)
{
    if (sequence->before && particle < sequence->place) {
        return FAULT(walk, child, "<%s> stands behind <%s>", child->name, sequence->before->name);
    }
    return sequence->before && particle == sequence->place && !particle->many &&
           FAULT(walk, child, "<%s> is there more than once in <%s>", child->name, sequence->element->name);
}

static bool judge_other(const walk_t *walk, const sequence_t *sequence, const xml_element_t *child)
{
    if (is_of_document(walk, child)) {
        return FAULT(walk, child, "<%s> is not defined in <%s>", child->name, sequence->element->name);
    }
    return !sequence->content->wildcard &&
           FAULT(walk, child, "<%s>, of another name space, has no place in <%s>", child->name,
                 sequence->element->name);
}

static bool judge_missing(const walk_t *walk, const sequence_t *sequence)
{
    const content_t *content = sequence->content;

    if (content->missing_is_said || rule_may_hide(sequence->element)) {
        return false;
    }
    for (const particle_t *particle = content->particles; particle->name; particle++) {
        if (!(sequence->seen & 1u << (particle - content->particles))) {
            return FAULT(walk, sequence->element, "There is no <%s> in <%s>", particle->name,
                         sequence->element->name);
        }
    }
    return false;
}

/* As deep as the tables. */
static bool judge_content(const walk_t *walk, const xml_element_t *element, const content_t *content);

static bool judge_child(const walk_t *walk, sequence_t *sequence, const xml_element_t *child)
{
    const particle_t *particle = find_particle(sequence->content, child);

    if (particle ? judge_order(walk, sequence, particle, child) : judge_other(walk, sequence, child)) {
        return true;
    }
    sequence->place = particle ? particle : end_of(sequence->content);
    sequence->before = child;
    if (!particle) {
        return false;
    }
    sequence->seen |= 1u << (particle - sequence->content->particles);
    return judge_content(walk, child, particle->content);
}

static bool judge_content(const walk_t *walk, const xml_element_t *element, const content_t *content)
{
    sequence_t sequence = { .element = element, .content = content };

    for (const xml_element_t *child = element->first_child; child; child = child->next) {
        if (!rule_guessed(child) && !is_said(walk, child) && judge_child(walk, &sequence, child)) {
            return true;
        }
    }
    return judge_missing(walk, &sequence);
}

/* ---- values ----------------------------------------------------------------------------------------- */

/* |length| 0: any. */
static bool judge_key_id(const walk_t *walk, const mbms_key_id_t *id, uint32_t length)
{
    if (!id->element || rule_guessed(id->element)) {
        return false;
    }
    if (!id->id.valid) {
        return FAULT(walk, id->element, "<%s> is not base64: %s", id->element->name, id->id.problem);
    }
    return length && id->id.length != length &&
           FAULT(walk, id->element, "<%s> of %u bytes, not %u", id->element->name, id->id.length, length);
}

/* Those of an MSK request are R21's. */
static bool judge_answered_keys(const walk_t *walk)
{
    const mbms_response_t *response = walk->body->document->responses;

    for (; response; response = response->next) {
        for (const mbms_msk_t *key = response->msks; key; key = key->next) {
            if (judge_key_id(walk, &key->key_domain_id, 0) || judge_key_id(walk, &key->msk_id, 4)) {
                return true;
            }
        }
    }
    return false;
}

/* TS 26.346 §11.4–11.8: a document is valid. */
DOCUMENT_JUDGE(85)
{
    const mbms_document_t *document = body->document;
    const xml_element_t *root = document->root;
    const char *ns = document->root_known ? documents[document->message].ns : NULL;
    walk_t walk = { body, findings };

    if (!document->root_known || rule_guessed(root)) { /* of an unknown root R18 speaks */
        return;
    }
    if (ns && strcmp(root->ns, ns) != 0) {
        FAULT(&walk, root, "<%s> is in the name space \"%s\", not in \"%s\"", root->name, root->ns, ns);
        return;
    }
    if (!judge_content(&walk, root, documents[document->message].content) && !body->xml->has_doctype) {
        (void)judge_answered_keys(&walk); /* with a DOCTYPE a value may be an entity, which is not read */
    }
}
