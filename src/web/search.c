/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * search.c: what somebody types into the search box.
 */
#include "program/customers_view.h"
#include "web/reading.h"
#include "web/resources.h"

static enum status search(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        enum status status = reading_begin(request, &reading, error);
        return status ? status : search_model(&reading.reader, request_text(request, "q"), model, error);
}

static const struct field search_fields[] = {{.name = "q", .kind = INPUT_TEXT}, READING_FIELDS, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/search", PERMISSION_START, search_fields, "search", search, 0, "route.search"},
};
const struct resource resource_search = {"search", routes, sizeof(routes) / sizeof(routes[0])};
