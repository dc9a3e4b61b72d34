/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * criterion_words.c: see criterion_words.h.
 */
#include "program/criterion_words.h"

#include "base/checked.h"
#include "i18n/words.h"
#include "program/amounts.h"
#include "program/concept_keys.h"

struct page {
        struct words words;
        enum medium medium;
        const struct concept *concept;
};

bool criterion_has_value(const struct explained_criterion *criterion)
{
        return criterion->known && !(criterion->criterion->measured_only && criterion->estimated);
}

/* A threshold or a gap; the JSON has it exactly. */
static void add_amount(struct page *page, const struct criterion *criterion, struct rational value)
{
        amount_add(page->words.out, page->words.language, page->medium, page->concept, criterion->metric, value);
}

static void add_operand(struct page *page, const struct criterion *criterion, const struct operand *operand)
{
        if (operand->kind == OPERAND_NUMBER)
                add_amount(page, criterion, rational_from_decimal(operand->number));
        else if (operand->kind == OPERAND_BOOL)
                words_say(&page->words, operand->boolean ? "word.yes" : "word.no");
        else
                words_add_name(page->words.out, operand->text);
}

static void add_value(struct page *page, const struct explained_criterion *c)
{
        struct rational value;
        int128 denominator = 1;
        if (!criterion_has_value(c)) {
                words_say(&page->words, "explain.unknown");
                return;
        }
        if (c->attribute) {
                /* The company's own words stay; a yes or no that is asked for as such is the reader's. */
                if (c->attribute->kind == OPERAND_BOOL && c->criterion->operands[0].kind == OPERAND_BOOL)
                        words_say(&page->words, c->attribute->boolean ? "word.yes" : "word.no");
                else
                        words_add_name(page->words.out, c->attribute->text);
                return;
        }
        if (metric_infos[c->criterion->metric].unit == UNIT_RATIO)
                denominator = c->denominator;
        else
                denominator = power_of_ten(c->column->scale);
        int128 numerator = c->value;
        if (c->criterion->metric == METRIC_SHARE_OF_WALLET && numerator > denominator)
                numerator = denominator;
        if (rational_make(numerator, denominator, &value))
                add_amount(page, c->criterion, value);
        if (c->estimated) {
                buffer_add_text(page->words.out, " (");
                words_say(&page->words, "explain.estimated");
                buffer_add_text(page->words.out, ")");
        }
}

static void add_metric_name(struct page *page, const struct criterion *criterion)
{
        struct buffer name buffer_cleanup;
        buffer_init(&name, 4096);
        amount_add_metric(&name, page->words.language, page->medium, criterion->metric, criterion->of);
        words_add_name(page->words.out, (struct text){name.data, name.length});
}

static void add_window(struct page *page, const struct explained_criterion *c)
{
        if (c->criterion->window.kind == WINDOW_NONE || c->to_day == DAY_NONE)
                return;
        buffer_add_text(page->words.out, " (");
        if (c->from_day == DAY_OPEN_START) {
                words_say(&page->words, "explain.up_to");
                buffer_add_byte(page->words.out, ' ');
        } else {
                words_say_day(&page->words, c->from_day);
                buffer_add_text(page->words.out, " \xe2\x80\x93 ");
        }
        words_say_day(&page->words, c->to_day);
        buffer_add_text(page->words.out, ")");
}

static void add_factors(struct page *page, const struct explained_criterion *c)
{
        static const char *const keys[] = {"explain.factor_size", "explain.factor_newcomer", "explain.factor_pro_rata"};
        for (size_t i = 0; i < c->factor_count; i++) {
                const struct fraction *factor = &c->factors[i].factor;
                struct rational exact;
                buffer_add_text(page->words.out, " \xc3\x97 ");
                int64_t hundredths = 0;
                bool finite = rational_make(factor->numerator, factor->denominator, &exact)
                              && exact.denominator <= 100 && 100 % (int64_t)exact.denominator == 0
                              && narrow_i64(exact.numerator * (100 / exact.denominator), &hundredths);
                if (c->factors[i].kind == FACTOR_PRO_RATA || !finite)
                        buffer_addf(page->words.out, "%lld/%lld", (long long)factor->numerator,
                                    (long long)factor->denominator);
                else if (hundredths % 10 == 0)
                        format_add_decimal(page->words.out, page->words.language, hundredths / 10, 1);
                else
                        format_add_decimal(page->words.out, page->words.language, hundredths, 2);
                buffer_add_text(page->words.out, " ");
                words_say(&page->words, keys[c->factors[i].kind]);
        }
        if (c->factor_count && c->criterion->operands[0].kind == OPERAND_NUMBER) {
                buffer_add_text(page->words.out, " = ");
                add_amount(page, c->criterion, c->effective);
        }
}

static void add_threshold(struct page *page, const struct explained_criterion *c)
{
        const struct criterion *criterion = c->criterion;
        words_say_family(&page->words, "comparator", comparator_names[criterion->comparator]);
        buffer_add_byte(page->words.out, ' ');
        for (size_t i = 0; i < criterion->operand_count; i++) {
                if (i && criterion->comparator == COMPARE_BETWEEN)
                        buffer_addf(page->words.out, " %s ", message_raw(page->words.language, "word.and"));
                else if (i)
                        buffer_add_text(page->words.out, ", ");
                add_operand(page, criterion, &criterion->operands[i]);
        }
        add_factors(page, c);
        if (criterion->has_keep && c->keep_state != c->state) {
                buffer_add_text(page->words.out, ", ");
                words_say(&page->words, "explain.keep");
                buffer_add_byte(page->words.out, ' ');
                add_amount(page, criterion, c->effective_keep);
        }
}

bool criterion_is_open(const struct explained_criterion *c)
{
        return c->state == NOT_MET || (c->state == UNKNOWN && !c->criterion->unknown_is_met);
}

/* "noch 2 Warengruppen", "noch 23.580,00 EUR Umsatz". */
static void add_still(struct page *page, const struct explained_criterion *c)
{
        struct buffer amount buffer_cleanup, name buffer_cleanup;
        buffer_init(&amount, 256);
        buffer_init(&name, 4096);
        amount_add_gap(&amount, page->words.language, page->medium, page->concept, c->criterion->metric, c->missing);
        if (metric_infos[c->criterion->metric].unit == UNIT_COUNT) {
                char key[64];
                snprintf(key, sizeof(key), "step.%s", metric_infos[c->criterion->metric].name);
                message_add(page->words.out, page->words.language, key, "count", amount.data, NULL);
                if (c->criterion->of.length) {
                        buffer_add_text(page->words.out, " (");
                        if (page->medium == MEDIUM_PAGE)
                                words_add_code(page->words.out, page->words.language, c->criterion->of);
                        else
                                words_add_name(page->words.out, c->criterion->of);
                        buffer_add_byte(page->words.out, ')');
                }
                return;
        }
        struct page apart = *page;
        apart.words.out = &name;
        add_metric_name(&apart, c->criterion);
        message_add(page->words.out, page->words.language, "explain.step", "amount", amount.data, "metric",
                    name.length ? name.data : "", NULL);
}

static void add_step(struct page *page, const struct explained_criterion *c)
{
        enum comparator comparator = c->criterion->comparator;
        if (c->has_missing && comparator != COMPARE_AT_MOST && comparator != COMPARE_LESS_THAN) {
                add_still(page, c);
                return;
        }
        add_metric_name(page, c->criterion);
        buffer_add_byte(page->words.out, ' ');
        add_threshold(page, c);
        if (c->state == UNKNOWN) {
                buffer_add_text(page->words.out, " (");
                words_say(&page->words, "explain.unknown");
                buffer_add_byte(page->words.out, ')');
        }
}

void criterion_add_step(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                        const struct explained_criterion *criterion)
{
        struct page page = {.words = {language, out}, .medium = medium, .concept = concept};
        add_step(&page, criterion);
}

const struct explained_path *explanation_next_path(const struct explanation *explanation)
{
        for (size_t s = 0; s < explanation->segment_count; s++)
                if (explanation->segments[s].segment == explanation->next_segment)
                        return &explanation->segments[s].paths[explanation->next_path];
        return NULL;
}

void explanation_open_criteria(const struct explanation *explanation,
                               void (*visit)(void *context, const struct explained_criterion *criterion), void *context)
{
        const struct explained_path *path = explanation->has_next ? explanation_next_path(explanation) : NULL;
        size_t met = 0;
        for (size_t i = 0; path && i < path->path->all_count; i++)
                if (criterion_is_open(&path->all[i]))
                        visit(context, &path->all[i]);
        for (size_t i = 0; path && i < path->path->some_count; i++)
                met += !criterion_is_open(&path->some[i]);
        for (size_t i = 0; path && met < path->path->some_at_least && i < path->path->some_count; i++)
                if (criterion_is_open(&path->some[i]))
                        visit(context, &path->some[i]);
}

void criterion_add_name(struct buffer *out, enum language language, enum medium medium,
                        const struct criterion *criterion)
{
        struct page page = {.words = {language, out}, .medium = medium};
        add_metric_name(&page, criterion);
}

void criterion_add_value(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                         const struct explained_criterion *criterion)
{
        struct page page = {{language, out}, medium, concept};
        add_value(&page, criterion);
}

void criterion_add_window(struct buffer *out, enum language language, const struct explained_criterion *criterion)
{
        struct page page = {.words = {language, out}};
        add_window(&page, criterion);
}

void criterion_add_threshold(struct buffer *out, enum language language, enum medium medium,
                             const struct concept *concept, const struct explained_criterion *criterion)
{
        struct page page = {{language, out}, medium, concept};
        add_threshold(&page, criterion);
}

void criterion_add_rule(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                        const struct criterion *criterion)
{
        const struct explained_criterion plain = {.criterion = criterion, .state = MET, .keep_state = MET};
        struct page page = {{language, out}, medium, concept};
        add_metric_name(&page, criterion);
        if (criterion->window.kind != WINDOW_NONE) {
                buffer_add_text(out, " (");
                amount_add_window_words(out, language, criterion->window);
                buffer_add_byte(out, ')');
        }
        buffer_add_byte(out, ' ');
        add_threshold(&page, &plain);
}
