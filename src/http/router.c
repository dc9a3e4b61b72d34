/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * router.c: goes through the rows. There are some hundred, so no index pays.
 */
#include "http/router.h"

#include <stdlib.h>

const char *const method_names[METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

/* A row with its path taken apart. */
struct row {
        const struct route *route;
        size_t segment_count, literal_count;
        struct text segments[TARGET_SEGMENTS_MAX]; /* in braces: those of any segment, braces included */
};

struct router {
        size_t count;
        struct row rows[];
};

static bool is_capture(struct text segment)
{
        return segment.length > 2 && segment.data[0] == '{' && segment.data[segment.length - 1] == '}';
}

static bool take_apart(const struct route *route, struct row *row)
{
        const char *at = route->path;
        *row = (struct row){.route = route};
        if (*at != '/')
                return false;
        while (*at == '/' && at[1]) {
                size_t length = strcspn(at + 1, "/");
                if (row->segment_count == TARGET_SEGMENTS_MAX || length == 0)
                        return false;
                struct text segment = {at + 1, length};
                row->segments[row->segment_count++] = segment;
                row->literal_count += !is_capture(segment);
                at += 1 + length;
        }
        return *at == '\0' || row->segment_count == 0;
}

static bool same_shape(const struct row *a, const struct row *b)
{
        if (a->segment_count != b->segment_count)
                return false;
        for (size_t i = 0; i < a->segment_count; i++) {
                bool any = is_capture(a->segments[i]);
                if (any != is_capture(b->segments[i]) || (!any && !text_equal(a->segments[i], b->segments[i])))
                        return false;
        }
        return true;
}

static const char *wrong_fields(const struct field *fields)
{
        for (const struct field *field = fields; field && field->name; field++) {
                if (field->kind == INPUT_CHOICE && !field->choices)
                        return "choices";
                for (const struct field *other = fields; other != field; other++)
                        if (strcmp(other->name, field->name) == 0)
                                return field->name;
        }
        return NULL;
}

/* What cannot be right about the newest row; NULL: nothing. */
static const char *wrong(const struct router *router)
{
        const struct row *row = &router->rows[router->count - 1];
        if (!row->route->handler)
                return "handler";
        if (!row->route->summary)
                return "summary";
        for (size_t i = 0; i + 1 < router->count; i++)
                if (router->rows[i].route->method == row->route->method && same_shape(&router->rows[i], row))
                        return router->rows[i].route->path;
        return wrong_fields(row->route->fields);
}

enum status router_new(const struct resource *const *resources, size_t count, struct router **ret,
                       struct error *error)
{
        size_t rows = 0;
        for (size_t i = 0; i < count; i++)
                rows += resources[i]->count;
        struct router *router = calloc(1, sizeof(*router) + rows * sizeof(struct row));
        if (!router)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                for (size_t r = 0; r < resources[i]->count; r++) {
                        const struct route *route = &resources[i]->routes[r];
                        const char *what = take_apart(route, &router->rows[router->count++]) ? wrong(router) : "path";
                        if (!what)
                                continue;
                        free(router);
                        return error_set(error, STATUS_CORRUPT, "route.wrong", "path", route->path, "what", what, NULL);
                }
        *ret = router;
        return STATUS_OK;
}

void router_free(struct router *router)
{
        free(router);
}

static bool fits(const struct row *row, const struct target *target, bool stem)
{
        if (row->segment_count != target->segment_count)
                return false;
        for (size_t i = 0; i < row->segment_count; i++) {
                struct text segment = stem && i + 1 == row->segment_count ? target->stem : target->segments[i];
                if (is_capture(row->segments[i]) ? segment.length == 0 : !text_equal(row->segments[i], segment))
                        return false;
        }
        return true;
}

/* Has the row this form at all? */
static bool has_form(const struct route *route, enum target_form form)
{
        switch (form) {
        case TARGET_PAGE:
                return !(route->flags & ROUTE_API_ONLY);
        case TARGET_JSON:
                return !(route->flags & ROUTE_PAGE_ONLY);
        default:
                return route->flags & ROUTE_LIST && route->method == METHOD_GET;
        }
}

static void capture(const struct row *row, const struct target *target, bool stem, struct match *match)
{
        match->capture_count = 0;
        for (size_t i = 0; i < row->segment_count; i++) {
                struct text segment = row->segments[i];
                if (!is_capture(segment))
                        continue;
                match->captures[match->capture_count++] = (struct capture){
                        segment.data + 1, segment.length - 2,
                        stem && i + 1 == row->segment_count ? target->stem : target->segments[i]};
        }
}

/* One round over all rows: the last segment whole, or without its ending. */
static void look(const struct router *router, const struct target *target, enum method method, bool stem,
                 struct match *match)
{
        enum target_form form = stem ? target->stem_form : target->form;
        const struct row *best = NULL;
        size_t literals = 0;
        /* A path belongs to the rows with most literal segments, whatever their methods. */
        for (size_t i = 0; i < router->count; i++) {
                const struct row *row = &router->rows[i];
                if (fits(row, target, stem) && has_form(row->route, form) && row->literal_count + 1 > literals)
                        literals = row->literal_count + 1;
        }
        for (size_t i = 0; literals && i < router->count; i++) {
                const struct row *row = &router->rows[i];
                if (row->literal_count + 1 != literals || !fits(row, target, stem) || !has_form(row->route, form))
                        continue;
                match->allowed |= 1U << row->route->method;
                if (row->route->method == method)
                        best = row;
        }
        if (!best)
                return;
        match->route = best->route;
        match->form = form;
        capture(best, target, stem, match);
}

void router_match(const struct router *router, const struct target *target, enum method method, struct match *ret)
{
        *ret = (struct match){.form = target->form};
        if (target->segment_count && target->segments[target->segment_count - 1].length == 0)
                return;
        /* A list behind an id: /evaluations/12.csv is the list of 12, no thing called "12.csv". */
        bool of_list = target->stem.data && (target->stem_form == TARGET_CSV || target->stem_form == TARGET_XLSX);
        if (of_list)
                look(router, target, method, true, ret);
        if (!ret->allowed)
                look(router, target, method, false, ret);
        if (!ret->allowed && target->stem.data && !of_list)
                look(router, target, method, true, ret);
}

const struct route *router_shown_at(const struct router *router, const struct match *match)
{
        struct row wanted;
        if (!match->route || !take_apart(match->route, &wanted))
                return NULL;
        for (size_t i = 0; i < router->count; i++)
                if (router->rows[i].route->method == METHOD_GET && same_shape(&router->rows[i], &wanted))
                        return router->rows[i].route;
        return NULL;
}

const struct route *router_page_above(const struct router *router, const struct target *target, size_t segment_count,
                                      struct text *ret_path)
{
        struct target above = {.form = TARGET_PAGE, .path = target->path, .segment_count = segment_count};
        struct match match;
        size_t length = 0;
        for (size_t i = 0; i < segment_count; i++) {
                above.segments[i] = target->segments[i];
                for (length++; length < above.path.length && above.path.data[length] != '/';)
                        length++;
        }
        above.path.length = length ? length : 1;
        router_match(router, &above, METHOD_GET, &match);
        if (!match.route || !match.route->template || match.route->flags & (ROUTE_STREAM | ROUTE_FILE | ROUTE_API_ONLY))
                return NULL;
        *ret_path = above.path;
        return match.route;
}

size_t router_count(const struct router *router)
{
        return router->count;
}

const struct route *router_row(const struct router *router, size_t index)
{
        return router->rows[index].route;
}
