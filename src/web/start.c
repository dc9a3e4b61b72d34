/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * start.c: the first page: today's work for staff; contacts of customers go to their portal.
 */
#include "program/start_view.h"
#include "web/reading.h"
#include "web/resources.h"
#include "web/setup.h"

static enum status start(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        if (subject_may(request_subject(request), PERMISSION_PORTAL)) {
                request_go_to(request, text_of("/portal"), false);
                return STATUS_OK;
        }
        if (!subject_may(request_subject(request), PERMISSION_START))
                return request_deny(request, error);
        bool setup = false;
        enum status status = setup_is_due(request, &setup, error);
        if (!status && setup && !request_wants_json(request)) {
                request_go_to(request, text_of("/setup"), false);
                return STATUS_OK;
        }
        if (!status)
                status = reading_begin(request, &reading, error);
        return status ? status : start_model(&reading.reader, model, error);
}

static const struct field start_fields[] = {{.name = "program", .kind = INPUT_ID}, {.name = NULL}};

static const struct route routes[] = {
        {METHOD_GET, "/", PERMISSION_ACCOUNT, start_fields, "start", start, 0, "route.start"},
};
const struct resource resource_start = {"start", routes, sizeof(routes) / sizeof(routes[0])};
