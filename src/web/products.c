/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * products.c: product groups, and the articles of one. They come from imports; here they are read.
 */
#include "queries.h"
#include "web/reading.h"
#include "web/resources.h"

/* `chosen` becomes the first group where none is. */
static enum status put_groups(struct model *model, const struct reading *reading, struct text *chosen,
                              struct error *error)
{
        struct q_product_groups_named_args args = {directory_generation(reading->view)};
        rows_cleanup struct rows *rows = NULL;
        struct value *list = put_list(model, NULL, "groups");
        enum status status = q_product_groups_named_open(reading->reader.connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_product_groups_named_row row;
                bool more = false;
                status = q_product_groups_named_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!chosen->length && !arena_keep_text(model->arena, row.code, chosen))
                        return error_memory(error);
                struct value *map = add_map(model, list);
                put_text(model, map, "code", row.code);
                put_text(model, map, "name", row.name);
                put_count(model, map, "articles_count", row.articles);
                put_yes_no(model, map, "current", text_equal(row.code, *chosen));
        }
        return status;
}

static enum status put_articles(struct request *request, struct model *model, const struct reading *reading,
                                struct text group, struct error *error)
{
        struct q_articles_of_group_args args = {directory_generation(reading->view), directory_day(reading->view),
                                                group,
                                                request_has(request, "after") ? request_integer(request, "after") : -1};
        rows_cleanup struct rows *rows = NULL;
        struct value *list = put_list(model, NULL, "articles");
        int64_t last = 0;
        size_t count = 0;
        enum status status = q_articles_of_group_open(reading->reader.connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_articles_of_group_row row;
                bool more = false;
                status = q_articles_of_group_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct value *map = add_map(model, list);
                put_text(model, map, "article", row.article);
                put_text(model, map, "name", row.name);
                put_code(model, map, "source", reading->reader.language, NULL, row.source);
                last = row.id;
                count++;
        }
        enum { PAGE = 200 }; /* as the query has it */
        if (count == PAGE)
                put_ordinal(model, NULL, "next_after", last);
        else
                put_none(model, NULL, "next_after");
        return status;
}

static enum status products(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        struct text group = request_text(request, "group");
        put_word(model, NULL, "title", "nav.products");
        enum status status = reading_begin(request, &reading, error);
        if (status == STATUS_OK)
                status = put_groups(model, &reading, &group, error);
        put_text(model, NULL, "group", group);
        return status != STATUS_OK || !group.length ? status : put_articles(request, model, &reading, group, error);
}

static const struct field fields[] = {{.name = "group", .kind = INPUT_TEXT}, {.name = "after", .kind = INPUT_COUNT_OF},
                                      {0}};
static const struct route routes[] = {
        {METHOD_GET, "/products", PERMISSION_PRODUCT_READ, fields, "products", products, 0, "route.products"},
};
const struct resource resource_products = {"products", routes, sizeof(routes) / sizeof(routes[0])};
