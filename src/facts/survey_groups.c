/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * survey_groups.c: which articles are named with two product groups. The index keeps only the mention that decides, so
 * the stored documents are read.
 */
#include <stdlib.h>

#include "facts/documents.h"
#include "facts/snapshot_parts.h"
#include "facts/survey.h"
#include "queries.h"

struct group_reading {
        const struct snapshot *snapshot;
        uint32_t *usual, *first, *other; /* by article: product_group.id, 0: none */
        struct line *lines;
        size_t line_capacity;
};

static void note_line(struct group_reading *reading, const struct line *line)
{
        uint32_t group = 0;
        if (line->product >= reading->snapshot->article_count)
                return;
        if (line->marks & LINE_GROUP_NAMED)
                group = line->group;
        else if (line->marks & LINE_GROUP_USUAL)
                group = reading->usual[line->product];
        uint32_t *first = &reading->first[line->product], *other = &reading->other[line->product];
        if (!group || *first == group)
                return;
        if (!*first)
                *first = group;
        else if (!*other)
                *other = group;
}

static enum status note_document(void *context, const struct stored_document *document, struct error *error)
{
        struct group_reading *reading = context;
        /* A line takes at least three bytes. */
        bool whole = document->line_count <= document->lines.length;
        if (whole && document->line_count > reading->line_capacity) {
                struct line *lines = realloc(reading->lines, document->line_count * 2 * sizeof(*lines));
                if (!lines)
                        return error_memory(error);
                reading->lines = lines;
                reading->line_capacity = document->line_count * 2;
        }
        if (!whole || !lines_unpack(document->lines, reading->lines, document->line_count)) {
                struct buffer number buffer_cleanup;
                buffer_init(&number, ERROR_TEXT_MAX);
                buffer_add(&number, document->number.data, document->number.length);
                return error_set(error, STATUS_CORRUPT, "facts.document_damaged", "document", number.data, NULL);
        }
        for (size_t i = 0; i < document->line_count; i++)
                note_line(reading, &reading->lines[i]);
        return STATUS_OK;
}

static enum status load_usual(struct group_reading *reading, struct connection *connection, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_product_groups_open(connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_facts_product_groups_row row;
                status = q_facts_product_groups_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (row.id >= 0 && (uint64_t)row.id < reading->snapshot->article_count && row.first_group_id > 0)
                        reading->usual[row.id] = (uint32_t)row.first_group_id;
        }
        return status;
}

static struct text code_of(const struct snapshot *snapshot, uint32_t group)
{
        return group < snapshot->group_count ? snapshot->group_codes[group] : (struct text){NULL, 0};
}

enum status survey_groups(const struct snapshot *snapshot, struct connection *connection, struct arena *arena,
                          struct group_conflicts *ret, struct error *error)
{
        struct group_reading reading = {.snapshot = snapshot};
        struct group_conflicts found = {0};
        size_t count = snapshot->article_count;
        for (size_t a = 0; a < count; a++)
                found.articles += snapshot->mentions[a].day != INT32_MAX;
        if (!found.articles) {
                *ret = found;
                return STATUS_OK;
        }
        reading.usual = arena_array(arena, uint32_t, count + 1);
        reading.first = arena_array(arena, uint32_t, count + 1);
        reading.other = arena_array(arena, uint32_t, count + 1);
        if (!reading.usual || !reading.first || !reading.other)
                return error_memory(error);
        enum status status = load_usual(&reading, connection, error);
        if (!status)
                status = documents_visit(connection, &snapshot->visibility, 0, note_document, &reading, error);
        free(reading.lines);
        if (status)
                return status;
        for (size_t a = 0; a < count; a++) {
                if (!reading.other[a])
                        continue;
                if (found.example_count < SURVEY_EXAMPLES)
                        found.examples[found.example_count++] =
                                (struct group_conflict){(uint32_t)a, code_of(snapshot, reading.first[a]),
                                                        code_of(snapshot, reading.other[a])};
                found.count++;
        }
        *ret = found;
        return STATUS_OK;
}
