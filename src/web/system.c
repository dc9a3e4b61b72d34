/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * system.c: what those who run the server ask it: is it well, what does it count, how is it talked to.
 */
#include "http/operations.h"
#include "web/application.h"
#include "web/resources.h"

/* Well means: the database answers. It is asked all the time (db/probe.h), so that this never waits for it. */
static enum status health(struct request *request, struct model *model, struct error *error)
{
        if (!probe_answers(application_of(request)->probe))
                return error_set(error, STATUS_BUSY, "request.not_well", NULL);
        put_string(model, NULL, "status", "ok");
        return STATUS_OK;
}

static const struct route routes[] = {
        {METHOD_GET, "/health", PERMISSION_PUBLIC, NULL, NULL, health, ROUTE_AT_ONCE, "route.health"},
        {METHOD_GET, "/metrics", PERMISSION_PUBLIC, NULL, NULL, operations_metrics, ROUTE_PAGE_ONLY | ROUTE_HIDES,
         "route.metrics"},
        {METHOD_GET, "/openapi.json", PERMISSION_PUBLIC, NULL, NULL, operations_openapi, ROUTE_API_ONLY | ROUTE_CACHED,
         "route.openapi"},
};
const struct resource resource_system = {"system", routes, sizeof(routes) / sizeof(routes[0])};
