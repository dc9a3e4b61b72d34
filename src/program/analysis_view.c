/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analysis_view.c: hands rows of the directory to the pure analyses (value/abc.h, value/distribution.h).
 */
#include "program/analysis_view.h"

#include <stdlib.h>

#include "program/amounts.h"
#include "program/directory_parts.h"
#include "value/abc.h"
#include "value/distribution.h"

enum { BARS = 12, QUANTILES = 5, NO_SEGMENT = CONCEPT_SEGMENTS_MAX, QUADRANTS = 4 };
static const unsigned quantiles[QUANTILES] = {10, 25, 50, 75, 90};
static const char *const class_names[ABC_CLASSES] = {"A", "B", "C"};

struct analysis {
        const struct reader *reader;
        const struct analysis_options *options;
        const struct directory_facts *facts;
        const struct directory_program *program; /* NULL: without segments */
        struct model *model;
        uint32_t *rows;              /* customers seen */
        size_t count;
};

static size_t segment_at(const struct analysis *analysis, size_t row)
{
        uint8_t segment = analysis->program ? analysis->program->segment[row] : SEGMENT_NONE;
        return segment == SEGMENT_NONE ? NO_SEGMENT : segment;
}

static enum status take_rows(struct analysis *analysis, struct error *error)
{
        const struct directory_facts *facts = analysis->facts;
        analysis->rows = arena_array(analysis->model->arena, uint32_t, facts->count + 1);
        if (!analysis->rows)
                return error_memory(error);
        for (size_t row = 0; row < facts->count; row++)
                if (bits_get(analysis->reader->scope, row) && facts->kind[row] == KIND_CUSTOMER)
                        analysis->rows[analysis->count++] = (uint32_t)row;
        return STATUS_OK;
}

static void put_row(const struct analysis *analysis, struct value *map, size_t row)
{
        struct directory_row about;
        directory_row(analysis->reader->view, analysis->reader->program, row, &about);
        put_customer(analysis->model, map, &about);
        put_segment(analysis->model, map, "segment", reader_concept(analysis->reader), about.segment,
                    analysis->reader->language);
        put_money(analysis->model, map, "revenue", about.revenue_minor);
        if (about.potential_known)
                put_money(analysis->model, map, "open_potential", about.open_minor);
        else
                put_none(analysis->model, map, "open_potential");
}

/* ---- ABC --------------------------------------------------------------------------------------------------------- */

/* The class that goes with a segment: the best segment of customers with A, the next with B, all others with C. */
static int class_of_segment(const struct analysis *analysis, size_t segment)
{
        const struct concept *concept = reader_concept(analysis->reader);
        int rung = 0;
        for (size_t s = 0; s < segment && concept && s < concept->segment_count; s++)
                rung += concept->segments[s].kind == KIND_CUSTOMER;
        return segment == NO_SEGMENT || rung > ABC_C ? ABC_C : rung;
}

static void put_ratio128(struct model *model, struct value *map, const char *name, int128 part, int128 whole)
{
        while (part > INT64_MAX || whole > INT64_MAX || part < INT64_MIN) {
                part /= 2;
                whole /= 2;
        }
        if (whole > 0)
                put_ratio(model, map, name, (int64_t)part, (int64_t)whole);
        else
                put_none(model, map, name);
}

static void put_classes(const struct analysis *analysis, struct value *map, const struct abc *abc,
                        int64_t counts[ABC_CLASSES][NO_SEGMENT + 1])
{
        struct model *model = analysis->model;
        const struct concept *concept = reader_concept(analysis->reader);
        struct value *classes = put_list(model, map, "classes");
        int128 cumulated = 0;
        for (int c = 0; c < ABC_CLASSES; c++) {
                struct value *class = add_map(model, classes);
                int64_t sum = 0;
                cumulated += abc->class_sum[c];
                model->failed |= !narrow_i64(abc->class_sum[c], &sum);
                put_string(model, class, "class", class_names[c]);
                put_count(model, class, "customers", (int64_t)abc->class_count[c]);
                put_ratio(model, class, "customers_share", (int64_t)abc->class_count[c], (int64_t)abc->count);
                put_money(model, class, "revenue", sum);
                put_ratio128(model, class, "revenue_share", abc->class_sum[c], abc->total);
                put_ratio128(model, class, "cumulated", cumulated, abc->total);
                struct value *cells = put_list(model, class, "cells");
                for (size_t s = 0; concept && s < concept->segment_count; s++) {
                        if (concept->segments[s].kind == KIND_PROSPECT)
                                continue;
                        struct value *cell = add_map(model, cells);
                        put_segment(model, cell, "segment", concept, (uint8_t)s, analysis->reader->language);
                        put_count(model, cell, "customers", counts[c][s]);
                }
        }
}

static void put_abc(const struct analysis *analysis, const struct abc_customer *customers, const struct abc *abc)
{
        struct model *model = analysis->model;
        int64_t counts[ABC_CLASSES][NO_SEGMENT + 1] = {{0}}, differing = 0;
        struct value *map = put_map(model, NULL, "abc"), *limits = put_map(model, map, "limits");
        put_ratio(model, limits, "a", analysis->options->limit_a, ANALYSIS_LIMIT_WHOLE);
        put_ratio(model, limits, "b", analysis->options->limit_b, ANALYSIS_LIMIT_WHOLE);
        for (size_t i = 0; i < abc->count; i++)
                counts[customers[i].class][segment_at(analysis, customers[i].customer)]++;
        put_classes(analysis, map, abc, counts);
        put_count(model, map, "left_out", (int64_t)abc->left_out);
        put_ratio128(model, map, "gini", abc->gini_numerator, abc->gini_denominator);
        put_ratio128(model, map, "top_share", abc->top_sum, abc->total);
        struct value *differences = put_map(model, map, "differences"), *rows = put_list(model, differences, "rows");
        for (size_t i = 0; i < abc->count && analysis->program; i++) {
                size_t row = customers[i].customer;
                if (customers[i].class == class_of_segment(analysis, segment_at(analysis, row)))
                        continue;
                if (differing++ >= ANALYSIS_ROWS)
                        continue;
                struct value *difference = add_map(model, rows);
                put_row(analysis, difference, row);
                put_string(model, difference, "class", class_names[customers[i].class]);
        }
        put_count(model, differences, "count", differing);
}

static enum status analyse_abc(const struct analysis *analysis, struct error *error)
{
        struct abc_customer *customers = arena_array(analysis->model->arena, struct abc_customer, analysis->count + 1);
        const int64_t limits[ABC_CLASSES - 1] = {
                analysis->options->limit_a * (ABC_LIMIT_WHOLE / ANALYSIS_LIMIT_WHOLE),
                analysis->options->limit_b * (ABC_LIMIT_WHOLE / ANALYSIS_LIMIT_WHOLE)};
        struct abc abc;
        if (!customers)
                return error_memory(error);
        for (size_t i = 0; i < analysis->count; i++)
                customers[i] = (struct abc_customer){.customer = analysis->rows[i],
                                                     .amount = analysis->facts->revenue[analysis->rows[i]],
                                                     .order = analysis->facts->rank[analysis->rows[i]]};
        abc_classify(customers, analysis->count, limits, &abc);
        put_abc(analysis, customers, &abc);
        return STATUS_OK;
}

/* ---- distribution ------------------------------------------------------------------------------------------------ */

static void put_bar(struct model *model, struct value *bars, const struct histogram *histogram, size_t bin)
{
        struct value *bar = add_map(model, bars);
        put_money(model, bar, "from", histogram->first + (int64_t)bin * histogram->width);
        put_money(model, bar, "to", histogram->first + ((int64_t)bin + 1) * histogram->width);
        put_count(model, bar, "count", (int64_t)histogram->bins[bin]);
}

static enum status put_side(const struct analysis *analysis, struct value *map, const char *name,
                            const struct figure *figures, size_t count, struct error *error)
{
        struct value *side = put_map(analysis->model, map, name);
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++)
                if (!add_i64(sum, figures[i].numerator, &sum))
                        return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        put_count(analysis->model, side, "customers", (int64_t)count);
        put_money(analysis->model, side, "revenue", sum);
        return STATUS_OK;
}

static void put_chart(const struct analysis *analysis, struct value *map, const struct figure *figures)
{
        struct model *model = analysis->model;
        struct histogram histogram;
        histogram_make(figures, analysis->count, BARS, 1, &histogram);
        struct value *chart = put_map(model, map, "chart");
        put_word(model, chart, "title", "analysis.revenue_chart");
        struct value *bars = put_list(model, chart, "bars");
        for (size_t b = 0; b < histogram.bin_count; b++)
                put_bar(model, bars, &histogram, b);
        struct value *thresholds = put_list(model, chart, "thresholds");
        if (analysis->options->has_threshold) {
                struct value *threshold = add_map(model, thresholds);
                put_word(model, threshold, "name", "analysis.threshold");
                put_money(model, threshold, "at", analysis->options->threshold_minor);
        }
        struct value *list = put_list(model, map, "quantiles");
        for (size_t q = 0; q < QUANTILES; q++) {
                struct value *quantile = add_map(model, list);
                put_ordinal(model, quantile, "percent", quantiles[q]);
                put_money(model, quantile, "value",
                          figures_quantile(figures, analysis->count, quantiles[q])->numerator);
        }
}

static enum status analyse_distribution(const struct analysis *analysis, struct error *error)
{
        struct model *model = analysis->model;
        struct figure *figures = arena_array(model->arena, struct figure, analysis->count + 1);
        if (!figures)
                return error_memory(error);
        if (!analysis->count) {
                put_none(model, NULL, "distribution");
                return STATUS_OK;
        }
        for (size_t i = 0; i < analysis->count; i++)
                figures[i] = (struct figure){analysis->facts->revenue[analysis->rows[i]], 1, i};
        figures_sort(figures, analysis->count);
        struct value *map = put_map(model, NULL, "distribution");
        put_count(model, map, "customers", (int64_t)analysis->count);
        put_chart(analysis, map, figures);
        if (!analysis->options->has_threshold) {
                put_none(model, map, "threshold");
                return STATUS_OK;
        }
        struct value *threshold = put_map(model, map, "threshold");
        size_t below = figures_below(figures, analysis->count, analysis->options->threshold_minor, 1);
        put_money(model, threshold, "at", analysis->options->threshold_minor);
        enum status status = put_side(analysis, threshold, "below", figures, below, error);
        return status ? status : put_side(analysis, threshold, "above", figures + below, analysis->count - below,
                                          error);
}

/* ---- portfolio --------------------------------------------------------------------------------------------------- */

struct point {
        uint32_t row;
        int64_t revenue, open;
};

static int by_revenue(const void *a, const void *b)
{
        const struct point *x = a, *y = b;
        return (x->revenue > y->revenue) - (x->revenue < y->revenue);
}

static int by_open(const void *a, const void *b)
{
        const struct point *x = a, *y = b;
        return (x->open > y->open) - (x->open < y->open);
}

static int largest_first(const void *a, const void *b)
{
        const struct point *x = a, *y = b;
        int128 mine = (int128)x->revenue + x->open, other = (int128)y->revenue + y->open;
        if (mine != other)
                return mine > other ? -1 : 1;
        return (x->row > y->row) - (x->row < y->row);
}

/* The value of the middle one; of two the larger. */
static int64_t median(struct point *points, size_t count, int (*order)(const void *, const void *), bool open)
{
        qsort(points, count, sizeof(*points), order);
        return open ? points[count / 2].open : points[count / 2].revenue;
}

static void put_quadrants(const struct analysis *analysis, struct value *map, const struct point *points, size_t count,
                          int64_t revenue_median, int64_t open_median)
{
        struct model *model = analysis->model;
        struct { int64_t customers, revenue, open; } sums[QUADRANTS] = {{0}};
        bool fits = true;
        for (size_t i = 0; i < count; i++) {
                size_t q = (size_t)(points[i].revenue < revenue_median) * 2 + (size_t)(points[i].open < open_median);
                sums[q].customers++;
                fits &= add_i64(sums[q].revenue, points[i].revenue, &sums[q].revenue) &&
                        add_i64(sums[q].open, points[i].open, &sums[q].open);
        }
        model->failed |= !fits;
        struct value *quadrants = put_list(model, map, "quadrants");
        for (size_t q = 0; q < QUADRANTS; q++) {
                struct value *quadrant = add_map(model, quadrants);
                put_word(model, quadrant, "present", q / 2 ? "analysis.low" : "analysis.high");
                put_word(model, quadrant, "future", q % 2 ? "analysis.low" : "analysis.high");
                put_count(model, quadrant, "customers", sums[q].customers);
                put_money(model, quadrant, "revenue", sums[q].revenue);
                put_money(model, quadrant, "open", sums[q].open);
        }
}

static enum status analyse_portfolio(const struct analysis *analysis, struct error *error)
{
        struct model *model = analysis->model;
        struct point *points = arena_array(model->arena, struct point, analysis->count + 1);
        size_t count = 0;
        if (!points)
                return error_memory(error);
        for (size_t i = 0; i < analysis->count; i++) {
                uint32_t row = analysis->rows[i];
                if (bits_get(analysis->facts->potential_known, row))
                        points[count++] = (struct point){row, analysis->facts->revenue[row],
                                                         analysis->facts->open[row]};
        }
        if (!count) {
                put_none(model, NULL, "portfolio");
                return STATUS_OK;
        }
        struct value *map = put_map(model, NULL, "portfolio");
        int64_t revenue_median = median(points, count, by_revenue, false);
        int64_t open_median = median(points, count, by_open, true);
        put_money(model, map, "revenue_median", revenue_median);
        put_money(model, map, "open_median", open_median);
        put_count(model, map, "unknown", (int64_t)(analysis->count - count));
        put_quadrants(analysis, map, points, count, revenue_median, open_median);
        qsort(points, count, sizeof(*points), largest_first);
        struct value *rows = put_list(model, map, "rows");
        for (size_t i = 0; i < count && i < ANALYSIS_ROWS; i++)
                put_row(analysis, add_map(model, rows), points[i].row);
        return STATUS_OK;
}

/* ---- retention --------------------------------------------------------------------------------------------------- */

/* Who stood in a segment a year ago, and how many of them bought within the year. */
static void put_retention(const struct analysis *analysis)
{
        struct model *model = analysis->model;
        const struct concept *concept = reader_concept(analysis->reader);
        int64_t members[NO_SEGMENT + 1] = {0}, retained[NO_SEGMENT + 1] = {0}, all = 0;
        struct value *list = put_list(model, NULL, "retention");
        for (size_t i = 0; i < analysis->count && analysis->program; i++) {
                uint8_t before = analysis->program->year_before[analysis->rows[i]];
                if (before == SEGMENT_NONE)
                        continue;
                members[before]++;
                retained[before] += analysis->facts->revenue[analysis->rows[i]] > 0;
        }
        for (size_t s = 0; analysis->program && concept && s < concept->segment_count; s++) {
                if (!members[s] || concept->segments[s].kind != KIND_CUSTOMER)
                        continue;
                struct value *map = add_map(model, list);
                put_segment(model, map, "segment", concept, (uint8_t)s, analysis->reader->language);
                put_count(model, map, "members", members[s]);
                put_count(model, map, "retained", retained[s]);
                put_ratio(model, map, "retention", retained[s], members[s]);
                all += members[s];
        }
        put_yes_no(model, NULL, "retention_known", all > 0);
}

enum status analysis_model(const struct reader *reader, const struct analysis_options *options, struct model *model,
                           struct error *error)
{
        struct analysis analysis = {.reader = reader, .options = options, .facts = reader->view->facts, .model = model};
        analysis.program = reader->program < 0 ? NULL : &reader->view->programs[reader->program];
        if (options->limit_a > options->limit_b || options->limit_b > ANALYSIS_LIMIT_WHOLE || options->limit_a < 0)
                return error_set(error, STATUS_USAGE, "analysis.limits", NULL);
        put_state(model, reader);
        enum status status = take_rows(&analysis, error);
        if (!status)
                status = analyse_abc(&analysis, error);
        if (!status)
                status = analyse_distribution(&analysis, error);
        if (!status)
                status = analyse_portfolio(&analysis, error);
        put_retention(&analysis);
        return status ? status : model_check(model, error);
}
