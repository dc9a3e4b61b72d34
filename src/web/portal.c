/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * portal.c: what a customer's contacts see of their own company (program/portal_view.h).
 */
#include "program/portal_view.h"
#include "web/reading.h"
#include "web/resources.h"

static enum status portal(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        enum status status = reading_begin(request, &reading, error);
        return status ? status : portal_model(&reading.reader, model, error);
}

static const struct field portal_fields[] = {{.name = "program", .kind = INPUT_ID}, {.name = NULL}};

static const struct route routes[] = {
        {METHOD_GET, "/portal", PERMISSION_PORTAL, portal_fields, "portal", portal, 0, "route.portal"},
};
const struct resource resource_portal = {"portal", routes, sizeof(routes) / sizeof(routes[0])};
