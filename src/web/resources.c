/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * resources.c: the table of resources, made from the list in resources.h.
 */
#include "web/resources.h"

#define RESOURCE_ROW(name) &resource_##name,
const struct resource *const resources[] = {RESOURCES(RESOURCE_ROW)};
const size_t resource_count = sizeof(resources) / sizeof(resources[0]);
