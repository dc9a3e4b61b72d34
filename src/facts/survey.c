/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * survey.c: the first pass counts and fills histograms, the second finds what lies far from their medians.
 */
#include "facts/survey.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/calendar.h"
#include "facts/snapshot_parts.h"

enum {
        STEP = 256,                  /* of a doubling */
        DOCUMENT_BIN = STEP / 16, DOCUMENT_BINS = 64 * 16,
        ARTICLE_BIN = STEP / 4, ARTICLE_BINS = 192,
        PRICE_STEPS_MIN = -24 * STEP, /* a price of one unit lies within 2^24 times the thousandth of a minor unit */
        FAR_MADS = 8, DOCUMENT_MAD_MIN = STEP / 2, QUANTITY_STEPS_MIN = 5 * STEP,
        HUNDRED = 1701, THOUSAND = 2551, /* 256 log2(100), 256 log2(1000) */
        AROUND = 100,                /* 256 log2(1.31) */
        MONTHS_MAX = (2200 - 1990) * 12, YEAR_MONTHS = 12,
};

/* What is usual for an article, in steps. */
struct usual {
        int32_t price, quantity, quantity_mad;
        bool price_known, quantity_known; /* from enough lines that have one */
};

struct passing {
        const struct snapshot *snapshot;
        int32_t today;
        struct survey *survey;
        uint64_t document_bins[DOCUMENT_BINS];
        uint32_t *slot;               /* by article: place in the arrays below + 1; 0: not judged */
        size_t slot_count;
        uint32_t *price_bins, *quantity_bins; /* ARTICLE_BINS by slot */
        struct usual *usual;
        int32_t document_limit;       /* steps from which on a total is far */
        int32_t document_median;
        bool months[MONTHS_MAX];
};

/* One line as both passes see it. */
struct seen_line {
        uint32_t article;
        int64_t amount_minor, quantity_milli;
};

/* 256 log2(x) to about two 256ths; 0 for 0. */
static int32_t steps_of(uint64_t x)
{
        if (x == 0)
                return 0;
        int power = 63 - __builtin_clzll(x);
        int32_t part = (int32_t)((x << (63 - power)) >> 55 & 0xff);
        return power * STEP + part + ((part * (STEP - part) * 88) >> 16);
}

static uint64_t absolute(int64_t value) { return value < 0 ? 0 - (uint64_t)value : (uint64_t)value; }

static void add_example(struct survey_tally *tally, const struct survey_example *example)
{
        tally->count++;
        size_t at = tally->example_count;
        while (at > 0 && tally->examples[at - 1].steps < example->steps)
                at--;
        if (at == SURVEY_EXAMPLES)
                return;
        if (tally->example_count < SURVEY_EXAMPLES)
                tally->example_count++;
        for (size_t i = tally->example_count - 1; i > at; i--)
                tally->examples[i] = tally->examples[i - 1];
        tally->examples[at] = *example;
}

/* ---- documents --------------------------------------------------------------------------------------------------- */

static void note_month(struct passing *passing, int32_t day)
{
        struct date date = date_from_day(day);
        passing->months[(date.year - 1990) * YEAR_MONTHS + (int)date.month - 1] = true;
}

static void note_document(struct passing *passing, size_t customer, int32_t day, int64_t total)
{
        struct survey *survey = passing->survey;
        struct survey_example example = {.customer = customer, .day = day, .total_minor = total};
        survey->documents_of[customer]++;
        if (!add_i64(survey->revenue_minor[customer], total, &survey->revenue_minor[customer]))
                survey->revenue_minor[customer] = total < 0 ? INT64_MIN : INT64_MAX;
        survey->has_bought[customer] |= total > 0;
        if (total < 0) {
                example.steps = steps_of(absolute(total));
                add_example(&survey->negative, &example);
        } else if (total > 0) {
                passing->document_bins[steps_of((uint64_t)total) / DOCUMENT_BIN]++;
        }
        if (day > passing->today) {
                example.steps = day - passing->today;
                add_example(&survey->future, &example);
        } else if (day < SURVEY_FIRST_DAY) {
                example.steps = SURVEY_FIRST_DAY - day;
                add_example(&survey->ancient, &example);
        } else {
                if (survey->first_day == DAY_NONE || day < survey->first_day)
                        survey->first_day = day;
                if (survey->last_day == DAY_NONE || day > survey->last_day)
                        survey->last_day = day;
                note_month(passing, day);
        }
}

static void note_12m(struct passing *passing, size_t customer, int32_t day, int64_t total)
{
        struct survey *survey = passing->survey;
        int64_t *sum = &survey->revenue_12m_minor[customer];
        if (survey->last_day == DAY_NONE || day > survey->last_day ||
            day <= day_add_months(survey->last_day, -YEAR_MONTHS))
                return;
        if (!add_i64(*sum, total, sum))
                *sum = total < 0 ? INT64_MIN : INT64_MAX;
}

static void judge_document(struct passing *passing, size_t customer, int32_t day, int64_t total)
{
        if (total <= 0)
                return;
        int32_t steps = steps_of((uint64_t)total);
        struct survey_example example = {.customer = customer, .day = day, .total_minor = total,
                                         .steps = steps - passing->document_median};
        if (steps > passing->document_limit)
                add_example(&passing->survey->far_documents, &example);
}

/* The bin in which the median lies, and how far half of all are from it at most, in bins; returns how many they are. */
static uint64_t median_and_mad(const uint64_t *bins, size_t count, size_t *ret_median, size_t *ret_mad)
{
        uint64_t all = 0, below = 0;
        for (size_t i = 0; i < count; i++)
                all += bins[i];
        size_t median = 0, reach = 0;
        while (median < count && (below += bins[median]) * 2 < all)
                median++;
        if (median == count)
                median = count - 1;
        uint64_t inside = bins[median];
        while (inside * 2 < all && reach < count) {
                reach++;
                inside += median >= reach ? bins[median - reach] : 0;
                inside += median + reach < count ? bins[median + reach] : 0;
        }
        *ret_median = median;
        *ret_mad = reach;
        return all;
}

static void settle_documents(struct passing *passing)
{
        size_t median, mad;
        median_and_mad(passing->document_bins, DOCUMENT_BINS, &median, &mad);
        int32_t reach = (int32_t)mad * DOCUMENT_BIN;
        passing->document_median = (int32_t)median * DOCUMENT_BIN + DOCUMENT_BIN / 2;
        passing->document_limit = passing->document_median +
                                  FAR_MADS * (reach > DOCUMENT_MAD_MIN ? reach : DOCUMENT_MAD_MIN);
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static int32_t price_steps(const struct seen_line *line)
{
        return steps_of(absolute(line->amount_minor)) - steps_of(absolute(line->quantity_milli));
}

/* A bin of the price, -1 outside. */
static int price_bin(const struct seen_line *line)
{
        int32_t bin = (price_steps(line) - PRICE_STEPS_MIN) / ARTICLE_BIN;
        return bin >= 0 && bin < ARTICLE_BINS ? bin : -1;
}

static int quantity_bin(const struct seen_line *line)
{
        int32_t bin = steps_of(absolute(line->quantity_milli)) / ARTICLE_BIN;
        return bin < ARTICLE_BINS ? bin : ARTICLE_BINS - 1;
}

static void add_line(struct passing *passing, const struct seen_line *line)
{
        uint32_t slot = passing->slot[line->article];
        if (!slot || !line->quantity_milli)
                return;
        size_t at = (size_t)(slot - 1) * ARTICLE_BINS;
        passing->quantity_bins[at + (size_t)quantity_bin(line)]++;
        int bin = line->amount_minor ? price_bin(line) : -1;
        if (bin >= 0)
                passing->price_bins[at + (size_t)bin]++;
}

static bool is_around(int32_t away, int32_t wanted) { return away > wanted - AROUND && away < wanted + AROUND; }

static void judge_line(struct passing *passing, const struct seen_line *line, size_t customer, int32_t day,
                       int64_t total)
{
        uint32_t slot = passing->slot[line->article];
        if (!slot || !line->quantity_milli)
                return;
        const struct usual *usual = &passing->usual[slot - 1];
        struct survey_example example = {.customer = customer, .day = day, .total_minor = total,
                                         .article = line->article, .amount_minor = line->amount_minor,
                                         .quantity_milli = line->quantity_milli};
        int32_t more = steps_of(absolute(line->quantity_milli)) - usual->quantity;
        int32_t reach = FAR_MADS * usual->quantity_mad;
        if (usual->quantity_known && more > (reach > QUANTITY_STEPS_MIN ? reach : QUANTITY_STEPS_MIN)) {
                example.steps = more;
                add_example(&passing->survey->far_quantities, &example);
        }
        if (!usual->price_known || !line->amount_minor || price_bin(line) < 0)
                return;
        int32_t away = price_steps(line) - usual->price;
        away = away < 0 ? -away : away;
        if (is_around(away, HUNDRED) || is_around(away, THOUSAND)) {
                example.steps = away;
                add_example(&passing->survey->far_prices, &example);
        }
}

static void settle_articles(struct passing *passing)
{
        uint64_t bins[ARTICLE_BINS];
        for (size_t s = 0; s < passing->slot_count; s++) {
                struct usual *usual = &passing->usual[s];
                size_t median, mad;
                for (size_t i = 0; i < ARTICLE_BINS; i++)
                        bins[i] = passing->price_bins[s * ARTICLE_BINS + i];
                usual->price_known = median_and_mad(bins, ARTICLE_BINS, &median, &mad) >= SURVEY_LINES_MIN;
                usual->price = PRICE_STEPS_MIN + (int32_t)median * ARTICLE_BIN + ARTICLE_BIN / 2;
                for (size_t i = 0; i < ARTICLE_BINS; i++)
                        bins[i] = passing->quantity_bins[s * ARTICLE_BINS + i];
                usual->quantity_known = median_and_mad(bins, ARTICLE_BINS, &median, &mad) >= SURVEY_LINES_MIN;
                usual->quantity = (int32_t)median * ARTICLE_BIN + ARTICLE_BIN / 2;
                usual->quantity_mad = (int32_t)mad * ARTICLE_BIN;
        }
}

/* ---- the passes -------------------------------------------------------------------------------------------------- */

/* Wide quantities come in the order of lines. */
struct quantities {
        const int32_t *narrow;
        const struct wide_quantity *wide;
        size_t wide_count, at;
};

static int64_t quantity_of(struct quantities *quantities, uint64_t line)
{
        if (!quantities->narrow)
                return 0;
        if (quantities->narrow[line] != QUANTITY_WIDE)
                return quantities->narrow[line];
        while (quantities->at < quantities->wide_count && quantities->wide[quantities->at].line < line)
                quantities->at++;
        bool found = quantities->at < quantities->wide_count && quantities->wide[quantities->at].line == line;
        return found ? quantities->wide[quantities->at].quantity_milli : 0;
}

static void count_costs(struct survey *survey, const struct purchase_segment *segment)
{
        for (size_t l = 0; l < segment->line_count; l++) {
                int64_t value = segment->line_amount[l];
                value = value == INT64_MIN ? INT64_MAX : value < 0 ? -value : value;
                bool known = segment->line_cost_known && segment->line_cost_known[l / 64] >> (l % 64) & 1;
                if (!add_i64(survey->value_minor, value, &survey->value_minor))
                        survey->value_minor = INT64_MAX;
                if (known)
                        continue;
                survey->lines_without_cost++;
                if (!add_i64(survey->value_without_cost_minor, value, &survey->value_without_cost_minor))
                        survey->value_without_cost_minor = INT64_MAX;
        }
}

static void pass_segment(struct passing *passing, size_t s, bool judge)
{
        const struct purchase_segment *segment = &passing->snapshot->segments[s];
        const struct segment_data *data = passing->snapshot->data[s];
        struct quantities quantities = {data->column[COLUMN_LINE_QUANTITY], data->column[COLUMN_QUANTITY_WIDE],
                                        data->bytes[COLUMN_QUANTITY_WIDE] / sizeof(struct wide_quantity), 0};
        for (size_t c = 0; c < passing->snapshot->customer_count; c++) {
                for (uint32_t d = segment->customer_document[c]; d < segment->customer_document[c + 1]; d++) {
                        int32_t day = segment->document_day[d];
                        int64_t total = segment->document_total[d];
                        if (judge) {
                                note_12m(passing, c, day, total);
                                judge_document(passing, c, day, total);
                        } else {
                                note_document(passing, c, day, total);
                        }
                        for (uint32_t l = segment->document_line[d]; l < segment->document_line[d + 1]; l++) {
                                const struct seen_line line = {segment->line_article[l], segment->line_amount[l],
                                                               quantity_of(&quantities, l)};
                                if (judge)
                                        judge_line(passing, &line, c, day, total);
                                else
                                        add_line(passing, &line);
                        }
                }
        }
}

/* Articles with enough lines get a place. */
static bool choose_articles(struct passing *passing, struct arena *arena)
{
        const struct snapshot *snapshot = passing->snapshot;
        uint32_t *lines_of = passing->survey->lines_of;
        for (size_t s = 0; s < snapshot->segment_count; s++)
                for (size_t l = 0; l < snapshot->segments[s].line_count; l++)
                        lines_of[snapshot->segments[s].line_article[l]]++;
        for (size_t a = 0; a < snapshot->article_count && passing->slot_count < SURVEY_ARTICLES_MAX; a++)
                if (lines_of[a] >= SURVEY_LINES_MIN)
                        passing->slot[a] = (uint32_t)++passing->slot_count;
        passing->price_bins = arena_array(arena, uint32_t, passing->slot_count * ARTICLE_BINS + 1);
        passing->quantity_bins = arena_array(arena, uint32_t, passing->slot_count * ARTICLE_BINS + 1);
        passing->usual = arena_array(arena, struct usual, passing->slot_count + 1);
        return passing->price_bins && passing->quantity_bins && passing->usual;
}

static void count_months(const struct passing *passing)
{
        struct survey *survey = passing->survey;
        if (survey->first_day == DAY_NONE)
                return;
        struct date first = date_from_day(survey->first_day), last = date_from_day(survey->last_day);
        int from = (first.year - 1990) * YEAR_MONTHS + (int)first.month - 1;
        int to = (last.year - 1990) * YEAR_MONTHS + (int)last.month - 1;
        survey->month_count = (size_t)(to - from + 1);
        for (int m = from; m <= to; m++) {
                if (passing->months[m])
                        continue;
                if (survey->missing_month_count < SURVEY_EXAMPLES)
                        survey->missing_months[survey->missing_month_count] = day_from_date(
                                (struct date){1990 + m / YEAR_MONTHS, (unsigned)(m % YEAR_MONTHS) + 1, 1});
                survey->missing_month_count++;
        }
}

enum status survey_purchases(const struct snapshot *snapshot, int32_t today, struct arena *arena, struct survey *ret,
                             struct error *error)
{
        size_t customers = snapshot->customer_count;
        struct survey survey = {
                .documents = snapshot->document_count, .lines = snapshot->line_count,
                .first_day = DAY_NONE, .last_day = DAY_NONE,
                .revenue_minor = arena_array(arena, int64_t, customers + 1),
                .revenue_12m_minor = arena_array(arena, int64_t, customers + 1),
                .documents_of = arena_array(arena, uint32_t, customers + 1),
                .has_bought = arena_array(arena, bool, customers + 1),
                .lines_of = arena_array(arena, uint32_t, snapshot->article_count + 1),
        };
        struct passing *passing = arena_array(arena, struct passing, 1);
        if (!passing || !survey.revenue_minor || !survey.revenue_12m_minor || !survey.documents_of ||
            !survey.has_bought || !survey.lines_of)
                return error_memory(error);
        passing->snapshot = snapshot;
        passing->today = today < DAY_MAX ? today : DAY_MAX;
        passing->survey = &survey;
        passing->slot = arena_array(arena, uint32_t, snapshot->article_count + 1);
        if (!passing->slot || !choose_articles(passing, arena))
                return error_memory(error);
        for (size_t s = 0; s < snapshot->segment_count; s++) {
                count_costs(&survey, &snapshot->segments[s]);
                pass_segment(passing, s, false);
        }
        settle_documents(passing);
        settle_articles(passing);
        for (size_t s = 0; s < snapshot->segment_count; s++)
                pass_segment(passing, s, true);
        count_months(passing);
        *ret = survey;
        return STATUS_OK;
}

bool survey_days(const struct snapshot *snapshot, int32_t today, int32_t *ret_first, int32_t *ret_last,
                 int32_t *ret_complete)
{
        int32_t first = INT32_MAX, last = INT32_MIN;
        for (size_t s = 0; s < snapshot->segment_count; s++)
                for (size_t d = 0; d < snapshot->segments[s].document_count; d++) {
                        int32_t day = snapshot->segments[s].document_day[d];
                        if (day > today || day < SURVEY_FIRST_DAY)
                                continue;
                        first = day < first ? day : first;
                        last = day > last ? day : last;
                }
        if (last == INT32_MIN)
                return false;
        struct date date = date_from_day(last);
        int32_t begin = last - (int32_t)date.day + 1, end = begin + (int32_t)days_in_month(date.year, date.month) - 1;
        *ret_first = first;
        *ret_last = last;
        *ret_complete = end <= today ? end : begin - 1 >= first ? begin - 1 : last;
        return true;
}
