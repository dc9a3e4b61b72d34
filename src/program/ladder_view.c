/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ladder_view.c: counts rows of the directory; nothing is measured.
 */
#include "program/ladder_view.h"

#include <stdlib.h>

#include "base/checked.h"
#include "program/amounts.h"
#include "program/criterion_words.h"
#include "program/directory_explain.h"
#include "program/directory_parts.h"
#include "program/evaluation.h"

enum { ROWS = CONCEPT_SEGMENTS_MAX + 1, NONE = CONCEPT_SEGMENTS_MAX, WORDS_BYTES_MAX = 4096, PATH_BYTES_MAX = 160 };

struct rung {
        int64_t customers, revenue, potential, up, down, entered, left, grace, near;
};

struct ladder {
        const struct reader *reader;
        const struct directory_program *program;
        const struct concept *concept;
        int64_t customers, prospects, revenue;
        struct rung rungs[ROWS];
        int64_t moves[ROWS][ROWS];   /* from, to */
        struct buffer near;          /* uint32_t rows */
        bool fits;
};

static size_t place(uint8_t segment) { return segment == SEGMENT_NONE ? NONE : segment; }

static void count_row(struct ladder *ladder, size_t row)
{
        const struct directory_facts *facts = ladder->reader->view->facts;
        bool prospect = facts->kind[row] == KIND_PROSPECT;
        ladder->prospects += prospect;
        ladder->customers += !prospect;
        ladder->fits &= add_i64(ladder->revenue, facts->revenue[row], &ladder->revenue);
        if (!ladder->program)
                return;
        uint8_t segment = ladder->program->segment[row], next = ladder->program->next[row];
        size_t before = place(ladder->program->year_before[row]);
        struct rung *rung = &ladder->rungs[place(segment)];
        rung->customers++;
        ladder->fits &= add_i64(rung->revenue, facts->revenue[row], &rung->revenue);
        if (bits_get(facts->potential_known, row))
                ladder->fits &= add_i64(rung->potential, facts->potential[row], &rung->potential);
        enum movement movement = directory_movement(ladder->reader->view, ladder->reader->program, row);
        rung->up += movement == MOVED_UP;
        rung->down += movement == MOVED_DOWN;
        rung->entered += movement == MOVED_IN || movement == MOVED_KIND;
        rung->grace += bits_get(ladder->program->grace, row);
        ladder->rungs[before].left += movement != MOVED_NOT;
        ladder->moves[before][place(segment)]++;
        if (next == SEGMENT_NONE || ladder->program->missing[row] != 1)
                return;
        ladder->rungs[next].near++;
        uint32_t number = (uint32_t)row;
        buffer_add(&ladder->near, &number, sizeof(number));
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* "ab 120.000 EUR", "5 Warengruppen"; anything else by name and threshold. */
static void add_words_of(struct model *model, struct value *list, const struct concept *concept,
                         const struct criterion *criterion, enum language language)
{
        const struct operand *operand = &criterion->operands[0];
        const struct metric_info *info = &metric_infos[criterion->metric];
        char key[64];
        int64_t minor = 0;
        bool simple = criterion->comparator == COMPARE_AT_LEAST && operand->kind == OPERAND_NUMBER &&
                      criterion->of.length == 0;
        snprintf(key, sizeof(key), "threshold.%s", info->name);
        if (simple && info->unit == UNIT_COUNT && operand->number.scale == 0 && message_exists(key)) {
                char *kept = arena_copy(model->arena, key, strlen(key));
                struct value *sentence = kept ? add_sentence(model, list, kept) : NULL;
                model->failed |= !kept;
                if (sentence)
                        put_count(model, sentence, "count", operand->number.units);
                return;
        }
        if (simple && criterion->metric == METRIC_REVENUE && operand->number.scale <= concept->minor_digits &&
            mul_i64(operand->number.units, power_of_ten(concept->minor_digits - operand->number.scale), &minor)) {
                put_money(model, add_sentence(model, list, "threshold.revenue"), "amount", minor);
                return;
        }
        struct buffer text buffer_cleanup;
        buffer_init(&text, WORDS_BYTES_MAX);
        criterion_add_rule(&text, language, MEDIUM_PAGE, concept, criterion);
        add_text(model, list, (struct text){text.data, text.length});
}

void add_threshold_words(struct model *model, struct value *list, const struct concept *concept, uint8_t segment,
                         enum language language)
{
        const struct segment *about = &concept->segments[segment];
        const struct path *path = about->path_count ? &about->paths[0] : NULL;
        if (about->rest)
                add_word(model, list, about->kind == KIND_PROSPECT ? "threshold.rest_prospects" : "threshold.rest");
        for (size_t c = 0; path && c < path->all_count; c++)
                add_words_of(model, list, concept, &path->all[c], language);
        if (path && path->some_count) {
                struct value *sentence = add_sentence(model, list, "threshold.some");
                put_count(model, sentence, "least", path->some_at_least);
                put_count(model, sentence, "of", (int64_t)path->some_count);
        }
        if (about->path_count > 1)
                put_count(model, add_sentence(model, list, "threshold.paths"), "count",
                          (int64_t)about->path_count - 1);
}

/* ---- segments ---------------------------------------------------------------------------------------------------- */

/* The list of customers with a filter; the code is the concept's: letters and digits. */
static void put_list_path(struct model *model, struct value *map, const struct ladder *ladder, const char *filter,
                          struct text code)
{
        char path[PATH_BYTES_MAX], day[16] = "";
        struct buffer iso buffer_cleanup;
        buffer_init(&iso, 32);
        if (!ladder->reader->today && day_add_iso(&iso, directory_day(ladder->reader->view)))
                snprintf(day, sizeof(day), "%s", iso.data);
        snprintf(path, sizeof(path), "/customers?filter=%s%.*s%s%s", filter, (int)code.length,
                 code.data ? code.data : "", day[0] ? "&day=" : "", day);
        put_string(model, map, "path", path);
}

static void put_rung(const struct ladder *ladder, struct model *model, struct value *list, uint8_t segment)
{
        const struct rung *rung = &ladder->rungs[segment];
        const struct segment *about = &ladder->concept->segments[segment];
        struct value *map = add_map(model, list);
        put_text(model, map, "code", about->id);
        put_text(model, map, "name", bilingual_text(&about->name, ladder->reader->language));
        put_list_path(model, map, ladder, "segment:", about->id);
        add_threshold_words(model, put_list(model, map, "words"), ladder->concept, segment, ladder->reader->language);
        put_yes_no(model, map, "rest", about->rest);
        put_yes_no(model, map, "prospects", about->kind == KIND_PROSPECT);
        put_count(model, map, "customers", rung->customers);
        put_ratio(model, map, "customers_share", rung->customers, ladder->customers + ladder->prospects);
        if (about->kind == KIND_PROSPECT) {
                put_none(model, map, "revenue");
                put_money(model, map, "potential", rung->potential);
        } else {
                put_money(model, map, "revenue", rung->revenue);
                put_ratio(model, map, "revenue_share", rung->revenue, ladder->revenue);
                if (rung->customers)
                        put_money(model, map, "average", (int64_t)divide_half_away(rung->revenue, rung->customers));
                else
                        put_none(model, map, "average");
                put_none(model, map, "potential");
        }
        put_count(model, map, "up", rung->up);
        put_count(model, map, "down", rung->down);
        put_count(model, map, "new", rung->entered);
        put_count(model, map, "left", rung->left);
        put_count(model, map, "grace", rung->grace);
        put_count(model, map, "near", rung->near);
}

static void put_next_evaluation(const struct ladder *ladder, struct model *model)
{
        size_t rule = 0;
        int32_t day = ladder->concept ? evaluation_next(ladder->concept, directory_day(ladder->reader->view) - 1,
                                                        UINT8_MAX, &rule) : DAY_NONE;
        if (day == DAY_NONE) {
                put_none(model, NULL, "next_evaluation");
                return;
        }
        struct value *map = put_map(model, NULL, "next_evaluation");
        const struct evaluation_rule *about = &ladder->concept->mechanics.evaluations[rule];
        put_text(model, map, "id", about->id);
        put_day(model, map, "day", day);
        put_yes_no(model, map, "lowers", (about->moves & MOVE_DOWN) != 0);
        put_day(model, put_sentence(model, map, "label", "ladder.next_evaluation"), "day", day);
        if (subject_may(ladder->reader->subject, PERMISSION_EVALUATION_RUN))
                put_string(model, map, "path", "/evaluations");
        else
                put_none(model, map, "path");
}

/* ---- movement ---------------------------------------------------------------------------------------------------- */

static const char *move_key(const struct concept *concept, size_t from, size_t to)
{
        if (from == to)
                return "movement.none";
        if (from == NONE || to == NONE)
                return from == NONE ? "movement.new" : "movement.left";
        if (concept->segments[from].kind != concept->segments[to].kind)
                return "movement.first_order";
        return to < from ? "movement.up" : "movement.down";
}

static void put_place(const struct ladder *ladder, struct model *model, struct value *map, const char *name, size_t at)
{
        put_segment(model, map, name, ladder->concept, at == NONE ? SEGMENT_NONE : (uint8_t)at,
                    ladder->reader->language);
}

static void put_movement(const struct ladder *ladder, struct model *model)
{
        const struct concept *concept = ladder->concept;
        int32_t day = directory_day(ladder->reader->view);
        struct value *movement = put_map(model, NULL, "movement");
        put_day(model, movement, "from_day", day_add_months(day, -12));
        put_day(model, movement, "to_day", day);
        struct value *rows = put_list(model, movement, "rows"), *links = put_list(model, movement, "links");
        for (size_t f = 0; f <= concept->segment_count; f++) {
                size_t from = f < concept->segment_count ? f : NONE;
                int64_t sum = 0;
                for (size_t t = 0; t < ROWS; t++)
                        sum += ladder->moves[from][t];
                struct value *row = add_map(model, rows);
                put_place(ladder, model, row, "segment", from);
                put_count(model, row, "customers", sum);
                struct value *cells = put_list(model, row, "cells");
                for (size_t t = 0; t <= concept->segment_count; t++) {
                        size_t to = t < concept->segment_count ? t : NONE;
                        struct value *cell = add_map(model, cells);
                        put_place(ladder, model, cell, "segment", to);
                        put_count(model, cell, "customers", ladder->moves[from][to]);
                        put_word(model, cell, "kind", move_key(concept, from, to));
                        if (!ladder->moves[from][to])
                                continue;
                        struct value *link = add_map(model, links);
                        put_place(ladder, model, link, "from", from);
                        put_place(ladder, model, link, "to", to);
                        put_count(model, link, "customers", ladder->moves[from][to]);
                        put_word(model, link, "kind", move_key(concept, from, to));
                }
        }
}

/* ---- one step before --------------------------------------------------------------------------------------------- */

static int most_open_first(const void *a, const void *b, void *context)
{
        const struct directory_facts *facts = context;
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
        if (facts->open[x] != facts->open[y])
                return facts->open[x] > facts->open[y] ? -1 : 1;
        return (facts->rank[x] > facts->rank[y]) - (facts->rank[x] < facts->rank[y]);
}

static enum status put_near(const struct ladder *ladder, struct model *model, struct error *error)
{
        struct directory_facts *facts = ladder->reader->view->facts;
        uint32_t *rows = (uint32_t *)(void *)ladder->near.data;
        size_t count = ladder->near.length / sizeof(*rows);
        struct value *near = put_map(model, NULL, "near");
        put_count(model, near, "count", (int64_t)count);
        put_list_path(model, near, ladder, "missing:1..1", (struct text){NULL, 0});
        if (count > 1)
                qsort_r(rows, count, sizeof(*rows), most_open_first, facts);
        struct value *list = put_list(model, near, "rows");
        enum status status = STATUS_OK;
        for (size_t i = 0; i < count && i < LADDER_NEAR_MAX && !status; i++) {
                struct directory_row row;
                struct value *map = add_map(model, list);
                directory_row(ladder->reader->view, ladder->reader->program, rows[i], &row);
                put_customer(model, map, &row);
                put_segment(model, map, "from", ladder->concept, row.segment, ladder->reader->language);
                put_segment(model, map, "to", ladder->concept, row.next, ladder->reader->language);
                put_money(model, map, "revenue", row.revenue_minor);
                if (row.potential_known)
                        put_money(model, map, "open_potential", row.open_minor);
                else
                        put_none(model, map, "open_potential");
                status = put_step(model, map, "step", ladder->reader, rows[i], error);
        }
        return status;
}

static void put_head(const struct ladder *ladder, struct model *model)
{
        put_state(model, ladder->reader);
        struct value *summary = put_sentence(model, NULL, "summary", "ladder.summary");
        put_count(model, summary, "customers", ladder->customers);
        put_count(model, summary, "prospects", ladder->prospects);
        put_count(model, NULL, "customers", ladder->customers);
        put_count(model, NULL, "prospects", ladder->prospects);
        put_money(model, NULL, "revenue", ladder->revenue);
        put_yes_no(model, NULL, "evaluated", ladder->program && ladder->program->run_count > 0);
        put_next_evaluation(ladder, model);
}

enum status ladder_model(const struct reader *reader, struct model *model, struct error *error)
{
        struct ladder ladder = {.reader = reader, .concept = reader_concept(reader), .fits = true};
        const struct directory_facts *facts = reader->view->facts;
        ladder.program = reader->program < 0 ? NULL : &reader->view->programs[reader->program];
        buffer_init(&ladder.near, UINT32_MAX);
        for (size_t row = 0; row < facts->count; row++)
                if (bits_get(reader->scope, row))
                        count_row(&ladder, row);
        enum status status = STATUS_OK;
        if (!ladder.fits)
                status = error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        else if (ladder.near.failed)
                status = error_memory(error);
        if (!status)
                put_head(&ladder, model);
        struct value *segments = put_list(model, NULL, "segments");
        for (size_t s = 0; !status && ladder.concept && s < ladder.concept->segment_count; s++)
                put_rung(&ladder, model, segments, (uint8_t)s);
        if (!status)
                put_count(model, NULL, "without", ladder.rungs[NONE].customers);
        if (!status && ladder.concept) {
                put_movement(&ladder, model);
                status = put_near(&ladder, model, error);
        }
        buffer_release(&ladder.near);
        return status ? status : model_check(model, error);
}
