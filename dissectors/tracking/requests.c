/* requests.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tracking/requests.h"

#include <stdlib.h>
#include <string.h>

#include "mikey/key-names.h"

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_with_row(const void *key, const void *row)
{
    return strcmp(key, *(const char *const *)row);
}

static key_id_t id_of(const mbms_key_id_t *id)
{
    return (key_id_t){ id->id.bytes, id->id.length };
}

const char *request_msk_name(wmem_allocator_t *pool, const mbms_msk_t *msk)
{
    if (!msk->key_domain_id.element || !msk->msk_id.element || !msk->key_domain_id.id.valid ||
        !msk->msk_id.id.valid) {
        return NULL;
    }
    return key_name_plain(pool, id_of(&msk->key_domain_id), id_of(&msk->msk_id));
}

const char *request_current_msk_name(wmem_allocator_t *pool, const char *name)
{
    enum { NUMBER_DIGITS = 4 };
    char *current = wmem_strdup(pool, name);
    size_t length = strlen(current);

    memset(current + length - MIN(length, NUMBER_DIGITS), '0', MIN(length, NUMBER_DIGITS));
    return current;
}

bool request_has(const char *const *list, uint32_t n, const char *text)
{
    return n > 0 && bsearch(text, list, n, sizeof list[0], compare_with_row) != NULL;
}

/* A sorted copy in |scope|: one block, of the pointers and then the texts. */
static const char *const *sorted_copy(wmem_allocator_t *scope, wmem_array_t *texts)
{
    uint32_t n = wmem_array_get_count(texts);
    const char *const *in = wmem_array_get_raw(texts);
    size_t size = n * sizeof *in;
    const char **copy;
    char *at;

    for (uint32_t i = 0; i < n; i++) {
        size += strlen(in[i]) + 1;
    }
    copy = wmem_alloc(scope, MAX(size, 1));
    at = (char *)(copy + n);
    for (uint32_t i = 0; i < n; i++) {
        size_t length = strlen(in[i]) + 1;

        copy[i] = memcpy(at, in[i], length);
        at += length;
    }
    qsort(copy, n, sizeof *copy, compare_texts);
    return copy;
}

static void read_delivery(request_t *request, const bcast_delivery_t *delivery)
{
    request->offer_listed = true;
    for (EACH_TYPE(item, delivery)) {
        if (item->type.valid) {
            request->offer[item->type.value / 32] |= 1u << item->type.value % 32;
        }
    }
}

static void read_offer(request_t *request, const bcast_content_t *content)
{
    for (EACH_CONTAINER(container, content)) {
        if (container->kind == BCAST_REGISTRATION_REQUEST_EXTENSION) {
            for (EACH_DELIVERY(delivery, container)) {
                read_delivery(request, delivery);
            }
        }
    }
}

request_t *request_read(wmem_allocator_t *scope, const mbms_body_t *body)
{
    wmem_allocator_t *scratch = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    wmem_array_t *services = wmem_array_new(scratch, sizeof(const char *));
    wmem_array_t *msks = wmem_array_new(scratch, sizeof(const char *));
    request_t *request = wmem_new0(scope, request_t);

    for (const mbms_text_t *service = body->document->services; service; service = service->next) {
        wmem_array_append_one(services, service->text);
    }
    for (const mbms_msk_t *msk = body->document->msks; msk; msk = msk->next) {
        const char *name = request_msk_name(scratch, msk);

        if (name) {
            wmem_array_append_one(msks, name);
        }
    }
    request->n_services = wmem_array_get_count(services);
    request->services = sorted_copy(scope, services);
    request->n_msks = wmem_array_get_count(msks);
    request->msks = sorted_copy(scope, msks);
    read_offer(request, body->content);
    wmem_destroy_allocator(scratch);
    return request;
}

void request_free(wmem_allocator_t *scope, request_t *request)
{
    if (request) {
        wmem_free(scope, (void *)request->services);
        wmem_free(scope, (void *)request->msks);
        wmem_free(scope, request);
    }
}
