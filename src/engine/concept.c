/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept.c: what is known of every metric (concept-format.md, Metrics).
 */
#include "engine/concept.h"

const struct metric_info metric_infos[METRIC_COUNT] = {
        [METRIC_REVENUE] = {.name = "revenue", .unit = UNIT_MONEY, .window = true, .of_allowed = true},
        [METRIC_MARGIN] = {.name = "margin", .unit = UNIT_MONEY, .window = true},
        [METRIC_ORDERS] = {.name = "orders", .unit = UNIT_COUNT, .window = true},
        [METRIC_PRODUCT_GROUPS] = {.name = "product_groups", .unit = UNIT_COUNT, .window = true},
        [METRIC_ARTICLES] = {.name = "articles", .unit = UNIT_COUNT, .window = true},
        [METRIC_ACTIVE_MONTHS] = {.name = "active_months", .unit = UNIT_COUNT, .window = true},
        [METRIC_REVENUE_GROWTH] = {.name = "revenue_growth", .unit = UNIT_RATIO, .window = true},
        [METRIC_RECENCY] = {.name = "recency", .unit = UNIT_DAYS},
        [METRIC_TENURE] = {.name = "tenure", .unit = UNIT_MONTHS},
        [METRIC_POTENTIAL] = {.name = "potential", .unit = UNIT_MONEY},
        [METRIC_SHARE_OF_WALLET] = {.name = "share_of_wallet", .unit = UNIT_RATIO},
        [METRIC_OPEN_POTENTIAL] = {.name = "open_potential", .unit = UNIT_MONEY},
        [METRIC_ATTRIBUTE] = {.name = "attribute", .unit = UNIT_ANY, .of_allowed = true, .of_required = true},
        [METRIC_VALUE] = {.name = "value", .unit = UNIT_ANY, .of_allowed = true, .of_required = true},
        [METRIC_CERTIFIED_PEOPLE] = {.name = "certified_people", .unit = UNIT_COUNT, .of_allowed = true},
        [METRIC_ACTIVITIES] = {.name = "activities", .unit = UNIT_COUNT, .window = true, .of_allowed = true},
        [METRIC_VISITS] = {.name = "visits", .unit = UNIT_COUNT, .window = true},
        [METRIC_DIGITAL_SHARE] = {.name = "digital_share", .unit = UNIT_RATIO, .window = true},
};
