/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * resources.h: all resources of the server. A new one is a line here and a file src/web/NAME.c that ends with
 *
 *   static const struct route routes[] = {...};
 *   const struct resource resource_NAME = {"NAME", routes, sizeof(routes) / sizeof(routes[0])};
 */
#ifndef TREUE_WEB_RESOURCES_H
#define TREUE_WEB_RESOURCES_H

#include "http/route.h"

#define RESOURCES(X) \
        X(account) \
        X(analysis) \
        X(appearance) \
        X(audit) \
        X(concepts) \
        X(contacts) \
        X(customers) \
        X(entries) \
        X(evaluations) \
        X(imports) \
        X(invitations) \
        X(jobs) \
        X(ladder) \
        X(overrides) \
        X(portal) \
        X(potentials) \
        X(products) \
        X(prospects) \
        X(saved_views) \
        X(search) \
        X(settings) \
        X(setup) \
        X(sign_in) \
        X(start) \
        X(system) \
        X(uploads) \
        X(users) \
        X(visits)

#define RESOURCE_DECLARE(name) extern const struct resource resource_##name;
RESOURCES(RESOURCE_DECLARE)
#undef RESOURCE_DECLARE

extern const struct resource *const resources[];
extern const size_t resource_count;

#endif
