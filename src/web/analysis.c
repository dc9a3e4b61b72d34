/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analysis.c: what lies behind the segments (program/analysis_view.h).
 */
#include "program/analysis_view.h"
#include "web/reading.h"
#include "web/resources.h"

enum { LIMIT_A = 8000, LIMIT_B = 9500 }; /* hundredths of a percent */

static enum status analysis(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        const struct analysis_options options = {
                .limit_a = request_has(request, "limit_a") ? request_integer(request, "limit_a") : LIMIT_A,
                .limit_b = request_has(request, "limit_b") ? request_integer(request, "limit_b") : LIMIT_B,
                .has_threshold = request_has(request, "threshold"),
                .threshold_minor = request_integer(request, "threshold")};
        enum status status = reading_begin(request, &reading, error);
        return status ? status : analysis_model(&reading.reader, &options, model, error);
}

static const struct field analysis_fields[] = {
        {.name = "limit_a", .kind = INPUT_PERCENT}, {.name = "limit_b", .kind = INPUT_PERCENT},
        {.name = "threshold", .kind = INPUT_MONEY}, READING_FIELDS, {.name = NULL}};

static const struct route routes[] = {
        {METHOD_GET, "/analysis", PERMISSION_ANALYSE_READ, analysis_fields, "analysis", analysis, 0, "route.analysis"},
};
const struct resource resource_analysis = {"analysis", routes, sizeof(routes) / sizeof(routes[0])};
