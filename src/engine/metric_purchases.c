/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * metric_purchases.c: the loops over documents and lines. A customer's documents of a segment are sorted by day, so a
 * window is one range of documents and, since lines lie in the order of documents, one range of lines.
 */
#include "engine/metric_purchases.h"

#include "base/bits.h"

/* A window longer than this is met by the hardware's own prefetching. */
enum { SEARCH_DOCUMENTS_MIN = 32, PREFETCH_LINES_MAX = 96, AMOUNTS_PER_CACHE_LINE = 8, ARTICLES_PER_CACHE_LINE = 16 };

static inline struct index_range customer_documents(const struct purchase_segment *segment, size_t customer)
{
        if (!segment->document_count)
                return (struct index_range){0, 0};
        return (struct index_range){segment->customer_document[customer], segment->customer_document[customer + 1]};
}

/* First document of the range on or after the day. Few are counted rather than searched: a branch that depends on the
 * data costs more than looking at all of them. */
static inline size_t first_document_from(const int32_t *days, struct index_range range, int32_t day)
{
        size_t begin = range.begin, count = range.end - range.begin, before = 0;
        if (count == 0 || days[range.end - 1] < day)
                return range.end;
        while (count > SEARCH_DOCUMENTS_MIN) {
                size_t half = count / 2;
                bool earlier = days[begin + half] < day;
                begin += earlier ? half + 1 : 0;
                count = earlier ? count - half - 1 : half;
        }
        for (size_t i = 0; i < count; i++)
                before += days[begin + i] < day;
        return begin + before;
}

static inline struct index_range window_documents(const struct purchase_segment *segment, size_t customer,
                                                  int32_t from_day, int32_t to_day)
{
        struct index_range all = customer_documents(segment, customer);
        size_t begin = first_document_from(segment->document_day, all, from_day);
        struct index_range rest = {begin, all.end};
        size_t end = to_day == INT32_MAX ? all.end : first_document_from(segment->document_day, rest, to_day + 1);
        return (struct index_range){begin, end};
}

static inline struct index_range window_lines(const struct purchase_segment *segment, size_t customer, int32_t from_day,
                                              int32_t to_day)
{
        struct index_range documents = window_documents(segment, customer, from_day, to_day);
        if (documents.begin >= documents.end)
                return (struct index_range){0, 0};
        return (struct index_range){segment->document_line[documents.begin], segment->document_line[documents.end]};
}

struct purchase_history purchases_history(const struct engine_input *input, size_t customer)
{
        struct purchase_history history = {DAY_NONE, DAY_NONE, DAY_NONE};
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range documents = customer_documents(segment, customer);
                size_t end = documents.end;
                while (end > documents.begin && segment->document_day[end - 1] > input->cutoff_day)
                        end--;
                if (end == documents.begin)
                        continue;
                int32_t first = segment->document_day[documents.begin];
                if (history.first_document_day == DAY_NONE || first < history.first_document_day)
                        history.first_document_day = first;
                size_t positive = documents.begin;
                while (positive < end && segment->document_total[positive] <= 0)
                        positive++;
                if (positive == end)
                        continue;
                first = segment->document_day[positive];
                if (history.first_positive_day == DAY_NONE || first < history.first_positive_day)
                        history.first_positive_day = first;
                while (segment->document_total[end - 1] <= 0)
                        end--;
                if (history.last_positive_day < segment->document_day[end - 1])
                        history.last_positive_day = segment->document_day[end - 1];
        }
        return history;
}

struct document_sum purchases_sum(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                  bool *overflow)
{
        struct document_sum sum = {0, 0};
        bool too_large = false;
        if (from_day > to_day)
                return sum;
        uint32_t width = (uint32_t)to_day - (uint32_t)from_day;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range documents = customer_documents(segment, customer);
                /* Looking at every document once costs less than searching borders: customers have few. */
                for (size_t d = documents.begin; d < documents.end; d++) {
                        bool inside = (uint32_t)segment->document_day[d] - (uint32_t)from_day <= width;
                        int64_t total = segment->document_total[d] & -(int64_t)inside;
                        too_large |= __builtin_add_overflow(sum.total_minor, total, &sum.total_minor);
                        sum.positive_count += total > 0;
                }
        }
        *overflow |= too_large;
        return sum;
}

void purchases_prefetch_lines(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day)
{
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range lines = window_lines(segment, customer, from_day, to_day);
                if (lines.end - lines.begin > PREFETCH_LINES_MAX)
                        lines.end = lines.begin + PREFETCH_LINES_MAX;
                for (size_t i = lines.begin; i < lines.end; i += AMOUNTS_PER_CACHE_LINE)
                        __builtin_prefetch(&segment->line_amount[i]);
                for (size_t i = lines.begin; i < lines.end; i += ARTICLES_PER_CACHE_LINE)
                        __builtin_prefetch(&segment->line_article[i]);
        }
}

/* Sets the touched sums back to 0; returns whether a line with an amount has no number. The lines are still in the
 * cache from counting, so that this costs less than telling old sums from new ones while counting. */
static bool clear_numbers(const struct engine_input *input, const uint32_t *number_by_article,
                          struct number_sums *sums)
{
        bool unnumbered = false;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range lines = sums->lines[s];
                for (size_t i = lines.begin; i < lines.end; i++)
                        sums->sums[number_by_article[segment->line_article[i]]] = 0;
                for (size_t i = lines.begin; sums->some_unnumbered && i < lines.end; i++)
                        unnumbered |= (number_by_article[segment->line_article[i]] == sums->count) &
                                      (segment->line_amount[i] != 0);
        }
        return unnumbered;
}

struct number_count purchases_count_numbers(const struct engine_input *input, size_t customer, int32_t from_day,
                                            int32_t to_day, const uint32_t *number_by_article,
                                            struct number_sums *sums, bool *overflow)
{
        int64_t *by_number = sums->sums;
        int positive = 0;
        bool too_large = false;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range lines = window_lines(segment, customer, from_day, to_day);
                sums->lines[s] = lines;
                const uint32_t *articles = segment->line_article;
                const int64_t *amounts = segment->line_amount;
                for (size_t i = lines.begin; i < lines.end; i++) {
                        int64_t *sum = &by_number[number_by_article[articles[i]]];
                        int64_t before = *sum, after;
                        too_large |= __builtin_add_overflow(before, amounts[i], &after);
                        positive += (after > 0) - (before > 0);
                        *sum = after;
                }
        }
        positive -= by_number[sums->count] > 0;
        *overflow |= too_large;
        bool unnumbered = clear_numbers(input, number_by_article, sums);
        return (struct number_count){positive, unnumbered};
}

int64_t purchases_number_revenue(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                 const uint32_t *number_by_article, uint32_t number, bool *overflow)
{
        int64_t sum = 0;
        bool too_large = false;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range lines = window_lines(segment, customer, from_day, to_day);
                for (size_t i = lines.begin; i < lines.end; i++) {
                        bool counts = number_by_article[segment->line_article[i]] == number;
                        too_large |= __builtin_add_overflow(sum, segment->line_amount[i] & -(int64_t)counts, &sum);
                }
        }
        *overflow |= too_large;
        return sum;
}

struct margin_sum purchases_margin(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                   bool *overflow)
{
        struct margin_sum sum = {0, 0, 0};
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range lines = window_lines(segment, customer, from_day, to_day);
                sum.line_count += (int64_t)(lines.end - lines.begin);
                if (!segment->line_cost || !segment->line_cost_known) {
                        sum.line_left_out += (int64_t)(lines.end - lines.begin);
                        continue;
                }
                for (size_t i = lines.begin; i < lines.end; i++) {
                        int64_t margin;
                        if (!bits_get(segment->line_cost_known, i)) {
                                sum.line_left_out++;
                                continue;
                        }
                        *overflow |= __builtin_sub_overflow(segment->line_amount[i], segment->line_cost[i], &margin);
                        *overflow |= __builtin_add_overflow(sum.margin_minor, margin, &sum.margin_minor);
                }
        }
        return sum;
}

struct digital_orders purchases_digital(const struct engine_input *input, size_t customer, int32_t from_day,
                                        int32_t to_day)
{
        struct digital_orders result = {0, 0, false};
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range documents = window_documents(segment, customer, from_day, to_day);
                for (size_t d = documents.begin; d < documents.end; d++) {
                        if (segment->document_total[d] <= 0)
                                continue;
                        unsigned flags = segment->document_flags ? segment->document_flags[d] : 0;
                        result.orders++;
                        result.digital += (flags & DOCUMENT_DIGITAL) != 0;
                        result.marked |= (flags & DOCUMENT_DIGITAL_KNOWN) != 0;
                }
        }
        return result;
}

int64_t purchases_active_months(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                struct month_stamps *months)
{
        const uint64_t stamp = ++months->stamp;
        int64_t count = 0;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                struct index_range documents = window_documents(segment, customer, from_day, to_day);
                for (size_t d = documents.begin; d < documents.end; d++) {
                        uint32_t age_days = (uint32_t)input->cutoff_day - (uint32_t)segment->document_day[d];
                        if (segment->document_total[d] <= 0 || age_days >= months->age_count)
                                continue;
                        uint64_t *month = &months->stamps[months->month_by_age[age_days]];
                        count += *month != stamp;
                        *month = stamp;
                }
        }
        return count;
}
