/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * first_concept.c: chooses from measured columns, and writes the document.
 */
#include "program/first_concept.h"

#include <stdlib.h>

#include "base/bits.h"
#include "program/joint.h"

enum {
        YEAR = 12, HALF_YEAR = 6, NEWCOMER_MONTHS = 24, NINE_IN_TEN_BELOW = 10, PERCENT = 100, GROUPS_MIN = 2,
        MONTHS_MIN = 2, ID_LETTERS_MAX = 40, GOAL_GROWTH_PERCENT = 105,
};

/* In the order of `wanted`. */
enum first_metric { FIRST_REVENUE, FIRST_GROUPS, FIRST_MONTHS, FIRST_GROWTH, FIRST_METRICS };
static const struct criterion wanted[FIRST_METRICS] = {
        {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, YEAR}},
        {.metric = METRIC_PRODUCT_GROUPS, .window = {WINDOW_MONTHS, YEAR}},
        {.metric = METRIC_ACTIVE_MONTHS, .window = {WINDOW_MONTHS, YEAR}},
        {.metric = METRIC_REVENUE_GROWTH, .window = {WINDOW_MONTHS, YEAR}},
};

/* ---- dates ------------------------------------------------------------------------------------------------------- */

/* The month that lies `months` before the start of the program year, 1..12: it ends in a cut-off. */
static unsigned month_before(unsigned year_month, unsigned months)
{
        return (year_month + YEAR - 1 - months % YEAR) % YEAR + 1;
}

static int32_t month_end(int32_t day)
{
        struct date date = date_from_day(day);
        date.day = days_in_month(date.year, date.month);
        return day_from_date(date);
}

/* Concept files have no 29th of February: a year that ends with that month ends on the 28th. */
static unsigned cutoff_day_of(unsigned month) { return days_in_month(2025, month); }

int32_t first_concept_cutoff(unsigned year_month, int32_t first_day, int32_t complete_day)
{
        struct date date = date_from_day(complete_day);
        while (date.month != month_before(year_month, 1) && date.month != month_before(year_month, 1 + HALF_YEAR)) {
                date.year -= date.month == 1;
                date.month = date.month == 1 ? YEAR : date.month - 1;
        }
        date.day = cutoff_day_of(date.month);
        int32_t day = day_from_date(date);
        return day < first_day || day > complete_day ? complete_day : day;
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

int64_t first_concept_round(int64_t value)
{
        static const int64_t tenths[] = {10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100};
        if (value <= 1)
                return 1;
        int64_t power = 1;
        while (value / power >= 10 && power < INT64_MAX / 100)
                power *= 10;
        int64_t best = 1, distance = INT64_MAX;
        for (size_t i = 0; i < sizeof(tenths) / sizeof(tenths[0]); i++) {
                int64_t round = power >= 10 ? power / 10 * tenths[i] : power * tenths[i] / 10;
                int64_t away = round > value ? round - value : value - round;
                if (round >= 1 && (away < distance || (away == distance && round > best))) {
                        best = round;
                        distance = away;
                }
        }
        return best;
}

static int compare_falling(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return (x < y) - (x > y);
}

static int64_t unit_of(const struct first_concept *concept)
{
        int64_t unit = 1;
        for (unsigned i = 0; i < concept->currency.minor_digits; i++)
                unit *= 10;
        return unit;
}

struct choosing {
        struct first_concept *concept;
        const struct measures *measures;
        const struct metric_column *columns[FIRST_METRICS];
        size_t *candidates;          /* customers with revenue */
        size_t count;
        int64_t *values;             /* room for one of each */
};

/* The value that nine in ten of the candidates with at least `revenue_minor` reach; 0 without any. */
static int64_t reached(const struct choosing *choosing, enum first_metric metric, int64_t revenue_minor)
{
        size_t count = 0;
        for (size_t i = 0; i < choosing->count; i++) {
                size_t customer = choosing->candidates[i];
                if (choosing->columns[FIRST_REVENUE]->value[customer] >= revenue_minor)
                        choosing->values[count++] = choosing->columns[metric]->value[customer];
        }
        if (!count)
                return 0;
        qsort(choosing->values, count, sizeof(*choosing->values), compare_falling);
        return choosing->values[count - 1 - count * NINE_IN_TEN_BELOW / PERCENT];
}

static void choose_revenue(const struct choosing *choosing)
{
        struct first_concept *concept = choosing->concept;
        int64_t unit = unit_of(concept);
        size_t count = choosing->count;
        for (size_t i = 0; i < count; i++)
                choosing->values[i] = choosing->columns[FIRST_REVENUE]->value[choosing->candidates[i]];
        qsort(choosing->values, count, sizeof(*choosing->values), compare_falling);
        size_t a = (count * concept->a_percent + PERCENT - 1) / PERCENT;
        size_t b = (count * (concept->a_percent + concept->b_percent) + PERCENT - 1) / PERCENT;
        concept->a_revenue = first_concept_round(choosing->values[a - 1] / unit);
        concept->b_revenue = first_concept_round(choosing->values[b - 1] / unit);
        if (concept->a_revenue == 1)
                concept->a_revenue = 2;
        if (concept->b_revenue >= concept->a_revenue)
                concept->b_revenue = first_concept_round(concept->a_revenue / 2);
}

static void choose_rest(const struct choosing *choosing)
{
        struct first_concept *concept = choosing->concept;
        int64_t unit = unit_of(concept);
        size_t comparable = 0, new = 0;
        int32_t newcomer_from = day_add_months(concept->cutoff_day, -NEWCOMER_MONTHS);
        int64_t a_groups = reached(choosing, FIRST_GROUPS, concept->a_revenue * unit);
        int64_t b_groups = reached(choosing, FIRST_GROUPS, concept->b_revenue * unit);
        int64_t months = reached(choosing, FIRST_MONTHS, concept->a_revenue * unit);
        for (size_t i = 0; i < choosing->count; i++) {
                size_t customer = choosing->candidates[i];
                int32_t joined = choosing->measures->joined_day[customer];
                comparable += bits_get(choosing->columns[FIRST_GROWTH]->known, customer);
                new += joined != DAY_NONE && joined > newcomer_from;
        }
        concept->a_groups = a_groups >= GROUPS_MIN ? (unsigned)a_groups : 0;
        concept->b_groups = concept->a_groups && b_groups >= GROUPS_MIN ? (unsigned)b_groups : 0;
        if (concept->b_groups > concept->a_groups)
                concept->b_groups = concept->a_groups;
        concept->a_months = months >= MONTHS_MIN ? (unsigned)months : 0;
        concept->growth = concept->a_months && comparable * 2 >= choosing->count;
        concept->newcomers = new * 10 >= choosing->count;
}

static enum status too_few(const struct choosing *choosing, struct error *error)
{
        char count[24];
        struct buffer cutoff buffer_cleanup;
        buffer_init(&cutoff, 64);
        snprintf(count, sizeof(count), "%zu", choosing->count);
        day_add_iso(&cutoff, choosing->concept->cutoff_day);
        return error_set(error, STATUS_CONFLICT, "concept.new.too_few", "count", count, "cutoff", cutoff.data, NULL);
}

enum status first_concept_choose(struct first_concept *concept, struct snapshot *snapshot,
                                 struct connection *connection, const struct parallel *parallel, struct arena *arena,
                                 struct error *error)
{
        struct concept *like = arena_array(arena, struct concept, 1);
        struct joint joint;
        size_t count = snapshot_customer_count(snapshot);
        struct choosing choosing = {.concept = concept, .candidates = arena_array(arena, size_t, count + 1),
                                    .values = arena_array(arena, int64_t, count + 1)};
        if (!like || !choosing.candidates || !choosing.values)
                return error_memory(error);
        *like = (struct concept){.minor_digits = concept->currency.minor_digits,
                                 .year_starts = {(uint8_t)concept->year_month, 1}};
        struct joint_question question = {.like = like, .metrics = wanted, .metric_count = FIRST_METRICS,
                                          .cutoff_day = concept->cutoff_day};
        enum status status = joint_measure(&question, snapshot, connection, parallel, arena, &joint, error);
        if (status != STATUS_OK)
                return status;
        choosing.measures = &joint.measures;
        for (size_t m = 0; m < FIRST_METRICS; m++)
                choosing.columns[m] = joint_column(&joint.measures, &wanted[m]);
        for (size_t i = 0; i < count; i++)
                if (bits_get(joint.measures.exists, i) && joint.measures.kind[i] == KIND_CUSTOMER &&
                    choosing.columns[FIRST_REVENUE]->value[i] > 0)
                        choosing.candidates[choosing.count++] = i;
        concept->customers = choosing.count;
        if (choosing.count < FIRST_CUSTOMERS_MIN)
                return too_few(&choosing, error);
        choose_revenue(&choosing);
        choose_rest(&choosing);
        return STATUS_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

bool first_concept_add_id(struct text name, struct buffer *out)
{
        struct buffer folded buffer_cleanup;
        size_t start = out->length;
        buffer_init(&folded, 1 << 16);
        if (!text_add_sort_key(&folded, name))
                return false;
        for (size_t i = 0; i < folded.length && out->length - start < ID_LETTERS_MAX; i++) {
                char byte = folded.data[i];
                bool letter = byte >= 'a' && byte <= 'z', digit = byte >= '0' && byte <= '9';
                if (letter || (digit && out->length > start))
                        buffer_add_byte(out, byte);
                else if (out->length > start && out->data[out->length - 1] != '_')
                        buffer_add_byte(out, '_');
        }
        while (out->length > start && out->data[out->length - 1] == '_')
                out->data[--out->length] = '\0';
        return out->length > start ? !out->failed : buffer_add_text(out, "program");
}

/* A YAML text in quotation marks. */
static void add_quoted(struct buffer *out, struct text text)
{
        buffer_add_byte(out, '"');
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] == '"' || text.data[i] == '\\')
                        buffer_add_byte(out, '\\');
                buffer_add_byte(out, (unsigned char)text.data[i] < ' ' ? ' ' : text.data[i]);
        }
        buffer_add_byte(out, '"');
}

/* A comment of the catalogue, each line behind "# ". */
static void add_comment(struct buffer *out, enum language language, const char *indent, const char *key,
                        const char *name, const char *value)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, 1 << 16);
        message_add(&text, language, key, name, value, NULL);
        out->failed |= text.failed;
        for (const char *line = text.data; line; ) {
                const char *end = strchr(line, '\n');
                size_t length = end ? (size_t)(end - line) : strlen(line);
                buffer_addf(out, "%s# %.*s\n", indent, (int)length, line);
                line = end ? end + 1 : NULL;
        }
}
#define COMMENT(out, concept, indent, key) add_comment((out), (concept)->language, (indent), (key), "", "")

static void write_program(const struct first_concept *concept, struct buffer *out)
{
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        format_add_day(&day, concept->language, concept->cutoff_day);
        add_comment(out, concept->language, "", "concept.new.comment.head", "cutoff", day.data);
        buffer_add_text(out, "format: 1\nprogram:\n  id: ");
        first_concept_add_id(concept->name, out);
        buffer_add_text(out, "\n  name: {de: ");
        add_quoted(out, concept->name);
        buffer_add_text(out, ", en: ");
        add_quoted(out, concept->name);
        buffer_addf(out, "}\n  currency: %s\n  year_starts: %02u-01\n", concept->currency.code, concept->year_month);
}

/* The first end of a program year after the cut-off. */
static void add_due(const struct first_concept *concept, struct buffer *out)
{
        int32_t day = month_end(concept->cutoff_day);
        do
                day = month_end(day + 1);
        while (date_from_day(day).month != month_before(concept->year_month, 1));
        day_add_iso(out, day);
}

static void write_goals(const struct first_concept *concept, struct buffer *out)
{
        int64_t unit = unit_of(concept), units = concept->a_revenue_minor / unit;
        COMMENT(out, concept, "", "concept.new.comment.goals");
        buffer_add_text(out, "goals:\n  - id: revenue_a\n    segment: A\n    kind: revenue\n"
                             "    name: {de: \"Umsatz mit A-Kunden\", en: \"Revenue with A customers\"}\n"
                             "    metric: {metric: revenue, aggregate: sum}\n");
        if (concept->has_baseline)
                buffer_addf(out, "    baseline: %lld\n    target: %lld\n", (long long)units,
                            (long long)(units / PERCENT * GOAL_GROWTH_PERCENT +
                                        units % PERCENT * GOAL_GROWTH_PERCENT / PERCENT));
        buffer_add_text(out, "    due: ");
        add_due(concept, out);
        buffer_add_byte(out, '\n');
        buffer_add_text(out, "  - id: development\n    segment: B\n    kind: development\n"
                             "    name: {de: \"B-Kunden werden A-Kunden\", en: \"B customers become A customers\"}\n");
        if (concept->a_groups)
                buffer_add_text(out, "  - id: breadth\n    kind: assortment\n"
                                     "    name: {de: \"Breite des Sortiments\", en: \"Breadth of assortment\"}\n"
                                     "    metric: {metric: product_groups, aggregate: mean}\n");
        if (concept->a_months)
                buffer_add_text(out, "  - id: activity\n    kind: activation\n"
                                     "    name: {de: \"Regelmäßige Einkäufe\", en: \"Regular purchases\"}\n"
                                     "    metric: {metric: active_months, aggregate: mean}\n");
        if (concept->growth)
                buffer_add_text(out, "  - id: growth\n    kind: growth\n"
                                     "    name: {de: \"Wachstum\", en: \"Growth\"}\n"
                                     "    metric: {metric: revenue_growth, aggregate: ratio}\n");
}

/* keep: nine tenths. */
static void write_revenue(const struct first_concept *concept, int64_t threshold, const char *goal, struct buffer *out)
{
        buffer_addf(out, "          - {metric: revenue, window: 12m, at_least: %lld, keep: %lld", (long long)threshold,
                    (long long)(threshold / 10 * 9 + threshold % 10 * 9 / 10));
        if (threshold % 10 && concept->currency.minor_digits)
                buffer_addf(out, ".%lld", (long long)(threshold % 10 * 9 % 10));
        buffer_addf(out, "%s, goal: %s}\n", concept->newcomers ? ", scale: [newcomer]" : "", goal);
}

static void write_groups(unsigned groups, struct buffer *out)
{
        if (!groups)
                return;
        buffer_addf(out, "          - {metric: product_groups, window: 12m, at_least: %u", groups);
        if (groups > 2)
                buffer_addf(out, ", keep: %u", groups - 1);
        buffer_add_text(out, ", goal: breadth}\n");
}

static void write_segment_head(const char *id, const char *german, const char *english, const char *kind,
                               struct buffer *out)
{
        buffer_addf(out, "  - id: %s\n    name: {de: \"%s\", en: \"%s\"}\n    for: %s\n", id, german, english, kind);
}

static void write_segments(const struct first_concept *concept, struct buffer *out)
{
        static const char activity[] = "{metric: active_months, window: 12m, at_least: ";
        COMMENT(out, concept, "", "concept.new.comment.segments");
        buffer_add_text(out, "segments:\n");
        write_segment_head("A", "A-Kunden", "A customers", "customers", out);
        buffer_add_text(out, "    paths:\n      - id: volume\n        all:\n");
        COMMENT(out, concept, "          ", "concept.new.comment.keep");
        write_revenue(concept, concept->a_revenue, "revenue_a", out);
        write_groups(concept->a_groups, out);
        if (concept->a_months && !concept->growth)
                buffer_addf(out, "          - %s%u, goal: activity}\n", activity, concept->a_months);
        if (concept->growth) {
                COMMENT(out, concept, "        ", "concept.new.comment.some");
                buffer_add_text(out, "        some:\n          at_least: 1\n          of:\n");
                buffer_addf(out, "            - %s%u, goal: activity}\n", activity, concept->a_months);
                buffer_add_text(out,
                                "            - {metric: revenue_growth, window: 12m, at_least: 0, goal: growth}\n");
        }
        write_segment_head("B", "B-Kunden", "B customers", "customers", out);
        buffer_add_text(out, "    paths:\n      - id: volume\n        all:\n");
        write_revenue(concept, concept->b_revenue, "development", out);
        write_groups(concept->b_groups, out);
        COMMENT(out, concept, "  ", "concept.new.comment.rest");
        write_segment_head("C", "C-Kunden", "C customers", "customers", out);
        buffer_add_text(out, "    rest: true\n");
        write_segment_head("P", "Interessenten", "Prospects", "prospects", out);
        buffer_add_text(out, "    rest: true\n");
}

static void write_evaluation(const struct first_concept *concept, const char *id, unsigned months_before,
                             const char *moves, struct buffer *out)
{
        unsigned month = month_before(concept->year_month, months_before);
        buffer_addf(out, "    - {id: %s, cutoff: %02u-%02u, effective: %02u-01, moves: [%s]}\n", id, month,
                    cutoff_day_of(month), (month + 1) % YEAR + 1, moves);
}

static void write_mechanics(const struct first_concept *concept, struct buffer *out)
{
        buffer_add_text(out, "mechanics:\n");
        COMMENT(out, concept, "  ", "concept.new.comment.evaluations");
        buffer_add_text(out, "  evaluations:\n");
        write_evaluation(concept, "year", 1, "up, down", out);
        write_evaluation(concept, "half_year", 1 + HALF_YEAR, "up, grace", out);
        COMMENT(out, concept, "  ", "concept.new.comment.grace");
        buffer_add_text(out, "  grace: {ends: next_evaluation}\n  demotion: {max_steps: 1}\n");
        if (concept->newcomers) {
                COMMENT(out, concept, "  ", "concept.new.comment.newcomer");
                buffer_addf(out, "  newcomer: {months: %d, factors: [0.5, 0.75], pro_rata: true}\n", NEWCOMER_MONTHS);
        }
}

bool first_concept_write(const struct first_concept *concept, struct buffer *out)
{
        write_program(concept, out);
        write_goals(concept, out);
        write_segments(concept, out);
        write_mechanics(concept, out);
        return !out->failed;
}
