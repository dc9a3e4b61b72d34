/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ladder.c: the ladder of a program as a page (program/ladder_view.h).
 */
#include "program/ladder_view.h"
#include "web/reading.h"
#include "web/resources.h"

static enum status ladder(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        enum status status = reading_begin(request, &reading, error);
        return status ? status : ladder_model(&reading.reader, model, error);
}

static const struct field ladder_fields[] = {READING_FIELDS, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/ladder", PERMISSION_LADDER_READ, ladder_fields, "ladder", ladder, 0, "route.ladder"},
};
const struct resource resource_ladder = {"ladder", routes, sizeof(routes) / sizeof(routes[0])};
