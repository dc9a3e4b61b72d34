/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * router.h: finds the row of a request. Pure. Where several rows fit a path, the one with more literal segments wins:
 * "/customers/new" before "/customers/{customer}".
 */
#ifndef TREUE_HTTP_ROUTER_H
#define TREUE_HTTP_ROUTER_H

#include "http/route.h"
#include "http/target.h"

struct router;

/* The tables stay the caller's and outlive the router. STATUS_CORRUPT "route.wrong" {path} {what} for tables that
 * cannot be right: two rows of one method and shape, a field named twice, a row without handler. */
must_check enum status router_new(const struct resource *const *resources, size_t count, struct router **ret,
                                  struct error *error);
void router_free(struct router *router); /* accepts NULL */

struct capture {
        const char *name;   /* without braces, ended by '}' */
        size_t name_length;
        struct text value;
};

struct match {
        const struct route *route; /* NULL: see `allowed` */
        enum target_form form;
        unsigned allowed;          /* 1 << method for each the path has; 0: there is no such path */
        size_t capture_count;
        struct capture captures[TARGET_SEGMENTS_MAX];
};

/* `method` METHOD_COUNT: one no row has. */
void router_match(const struct router *router, const struct target *target, enum method method, struct match *ret);

/* The row of GET for the path a match has; NULL: none. */
const struct route *router_shown_at(const struct router *router, const struct match *match);

/* The row of GET with a page for the first `segment_count` segments of a path; NULL: none. *ret_path: that part. */
const struct route *router_page_above(const struct router *router, const struct target *target, size_t segment_count,
                                      struct text *ret_path);

size_t router_count(const struct router *router);
const struct route *router_row(const struct router *router, size_t index);

#endif
