/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * operations.c: counts and the description of the API, which are no models.
 */
#include "http/operations.h"

#include "http/service.h"
#include "platform/clock.h"

enum { METRICS_BYTES_MAX = 64 << 10 };

enum status operations_metrics(struct request *request, struct model *model, struct error *error)
{
        const struct service *service = request->service;
        bool here = peer_is_loopback(&request->peer) && !head_value(&request->head, "x-forwarded-for").data &&
                    !head_value(&request->head, "forwarded").data;
        struct buffer text buffer_cleanup;
        (void)model;
        buffer_init(&text, METRICS_BYTES_MAX);
        if (!here && !subject_may(&request->subject, PERMISSION_SETTING_ADMIN))
                return error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
        metrics_add(&text, &service->counts,
                    (uint64_t)(clock_monotonic_ns() - service->started_ns) / UINT64_C(1000000000));
        if (text.failed)
                return error_memory(error);
        answer_bytes(request, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
        return STATUS_OK;
}

enum status operations_openapi(struct request *request, struct model *model, struct error *error)
{
        const struct buffer *description = &request->service->api_description;
        struct buffer copy buffer_cleanup;
        (void)model;
        buffer_init(&copy, ANSWER_BYTES_MAX);
        if (!buffer_add(&copy, description->data, description->length))
                return error_memory(error);
        answer_cached(request, &copy);
        return STATUS_OK;
}
