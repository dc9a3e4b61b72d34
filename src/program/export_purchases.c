/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export_purchases.c: the lines of all valid documents. One document is in memory at a time, besides the codes of
 * articles and product groups.
 */
#include <stdlib.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "facts/packed_lines.h"
#include "program/export_parts.h"
#include "queries.h"

struct article {
        struct text code;      /* none: of another source */
        int32_t group;         /* product_group.id the article was created with; 0: none */
};

struct lines_out {
        struct export *export;
        struct article *articles; /* by product id */
        size_t article_count;
        struct text *groups;   /* codes by product_group.id */
        size_t group_count;
        struct line *lines;
        size_t line_capacity;
        size_t *order;         /* of the lines of a document */
        size_t order_capacity;
};

static bool reserve(void **items, size_t *count, size_t wanted, size_t item_bytes)
{
        if (wanted <= *count)
                return true;
        size_t grown = *count ? *count : 64;
        while (grown < wanted)
                grown *= 2;
        char *data = realloc(*items, grown * item_bytes);
        if (!data)
                return false;
        memset(data + *count * item_bytes, 0, (grown - *count) * item_bytes);
        *items = data;
        *count = grown;
        return true;
}

static enum status load_articles(struct lines_out *out, struct error *error)
{
        struct export *export = out->export;
        struct q_export_articles_args args = {export->product_source_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_articles_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_articles_row row;
                status = q_export_articles_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                const char *copy = arena_copy(export->arena, row.article.data, row.article.length);
                if (!copy || row.id < 0 ||
                    !reserve((void **)&out->articles, &out->article_count, (size_t)row.id + 1, sizeof(*out->articles)))
                        return error_memory(error);
                out->articles[row.id] = (struct article){{copy, row.article.length},
                                                         row.has_first_group_id ? row.first_group_id : 0};
        }
        return status;
}

static enum status load_groups(struct lines_out *out, struct error *error)
{
        struct export *export = out->export;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_product_groups_all_open(export->connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_product_groups_all_row row;
                status = q_product_groups_all_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                const char *copy = arena_copy(export->arena, row.code.data, row.code.length);
                if (!copy || row.id < 0 ||
                    !reserve((void **)&out->groups, &out->group_count, (size_t)row.id + 1, sizeof(*out->groups)))
                        return error_memory(error);
                out->groups[row.id] = (struct text){copy, row.code.length};
        }
        return status;
}

static void put_group(struct lines_out *out, const struct line *line, const struct article *article)
{
        size_t group = line->marks & LINE_GROUP_NAMED ? line->group
                       : line->marks & LINE_GROUP_USUAL ? (size_t)article->group : 0;
        if (group < out->group_count)
                export_put(out->export, 7, out->groups[group]);
}

/* A quantity without the zeros nobody wrote. */
static void put_quantity(struct export *export, int64_t quantity_milli)
{
        unsigned scale = 3;
        for (; scale && quantity_milli % 10 == 0; scale--)
                quantity_milli /= 10;
        decimal_add_plain(&export->cells[4], quantity_milli, scale);
}

static enum status put_line(struct lines_out *out, const struct q_export_documents_row *document,
                            const struct line *line, struct error *error)
{
        struct export *export = out->export;
        const struct article *article = line->product < out->article_count ? &out->articles[line->product] : NULL;
        if (!article || !article->code.data) {
                const char *number = arena_copy(export->arena, document->number.data, document->number.length);
                return error_set(error, STATUS_CONFLICT, "export.foreign_article", "document", number ? number : "",
                                 "source", export->product_source.data, NULL);
        }
        export_put(export, 0, document->customer);
        export_put(export, 1, document->number);
        export_put_day(export, 2, document->day);
        export_put(export, 3, article->code);
        if (!(line->marks & LINE_QUANTITY_UNKNOWN))
                put_quantity(export, line->quantity_milli);
        export_put_money(export, 5, line->amount_minor);
        if (line->marks & LINE_COST_KNOWN)
                export_put_money(export, 6, line->cost_minor);
        put_group(out, line, article);
        if (line->marks & LINE_DIGITAL_KNOWN)
                export_put(export, 8, text_of(line->marks & LINE_DIGITAL ? "yes" : "no"));
        return export_emit(export, error);
}

/* By article, whatever number the article has in this database; then in the order in which they are stored. */
static int compare_lines(const void *a, const void *b, void *context)
{
        const struct lines_out *out = context;
        size_t x = *(const size_t *)a, y = *(const size_t *)b;
        size_t p = out->lines[x].product, q = out->lines[y].product;
        int order = p == q || p >= out->article_count || q >= out->article_count
                            ? 0
                            : text_compare(out->articles[p].code, out->articles[q].code);
        return order ? order : (x > y) - (x < y);
}

static enum status put_document(struct lines_out *out, const struct q_export_documents_row *row, struct error *error)
{
        size_t count = row->line_count > 0 ? (size_t)row->line_count : 0;
        if (!reserve((void **)&out->lines, &out->line_capacity, count, sizeof(*out->lines)) ||
            !reserve((void **)&out->order, &out->order_capacity, count, sizeof(*out->order)))
                return error_memory(error);
        if (!lines_unpack(row->lines, out->lines, count))
                return error_set(error, STATUS_CORRUPT, "facts.document_damaged", "document",
                                 arena_copy(out->export->arena, row->number.data, row->number.length), NULL);
        enum status status = STATUS_OK;
        for (size_t i = 0; i < count; i++)
                out->order[i] = i;
        if (count > 1)
                qsort_r(out->order, count, sizeof(*out->order), compare_lines, out);
        for (size_t i = 0; i < count && !status; i++)
                status = put_line(out, row, &out->lines[out->order[i]], error);
        return status;
}

static enum status read_documents(struct lines_out *out, struct error *error)
{
        struct export *export = out->export;
        struct q_metrics_state_row state;
        bool found;
        struct q_metrics_state_args asked = {export->generation};
        enum status status = q_metrics_state(export->connection, &asked, &state, &found, error);
        if (status)
                return status;
        struct q_export_documents_args args = {export->source_id,  export->customer_source_id,
                                               export->generation, found && state.all_visible,
                                               found && state.none_replaced, export_last_day(export)};
        rows_cleanup struct rows *rows = NULL;
        status = q_export_documents_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_documents_row row;
                status = q_export_documents_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                status = put_document(out, &row, error);
        }
        return status;
}

enum status export_purchases(struct export *export, struct error *error)
{
        struct lines_out out = {.export = export};
        enum status status = load_articles(&out, error);
        if (!status)
                status = load_groups(&out, error);
        if (!status)
                status = read_documents(&out, error);
        free(out.articles);
        free(out.groups);
        free(out.lines);
        free(out.order);
        return status;
}
