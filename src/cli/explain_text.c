/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain_text.c: an explained decision in words: which segment and why, what is missing for the next step, the
 * evidence, the history.
 */
#include "cli/explain_output.h"

#include "base/checked.h"
#include "i18n/words.h"

struct page {
        struct words words;
        const struct explained *explained;
        const struct concept *concept;
};

static void add_segment(struct page *page, uint8_t segment)
{
        const struct segment *about = &page->concept->segments[segment];
        bool english = page->words.language == LANGUAGE_ENGLISH && about->name.english.length;
        words_add_name(page->words.out, about->id);
        buffer_add_byte(page->words.out, ' ');
        words_add_name(page->words.out, english ? about->name.english : about->name.german);
}

/* ---- one criterion ---------------------------------------------------------------------------------------------- */

static void add_missing(struct page *page, const struct explained_criterion *c)
{
        if (c->state == MET || !c->has_missing)
                return;
        struct buffer gap buffer_cleanup;
        buffer_init(&gap, 256);
        amount_add_gap(&gap, page->words.language, MEDIUM_TERMINAL, page->concept, c->criterion->metric, c->missing);
        enum comparator comparator = c->criterion->comparator;
        bool less = comparator == COMPARE_AT_MOST || comparator == COMPARE_LESS_THAN;
        buffer_add_text(page->words.out, "; ");
        message_add(page->words.out, page->words.language, less ? "explain.too_much" : "explain.still", "amount",
                    gap.data, NULL);
}

static const char *state_sign(enum judgement state)
{
        return state == MET ? "\xe2\x9c\x93" : state == NOT_MET ? "\xe2\x9c\x97" : "\xe2\x97\x8b";
}

static void add_criterion(struct page *page, const struct explained_criterion *c, const char *indent)
{
        buffer_addf(page->words.out, "%s%s ", indent, state_sign(c->state));
        criterion_add_name(page->words.out, page->words.language, MEDIUM_TERMINAL, c->criterion);
        criterion_add_window(page->words.out, page->words.language, c);
        buffer_add_text(page->words.out, ": ");
        criterion_add_value(page->words.out, page->words.language, MEDIUM_TERMINAL, page->concept, c);
        buffer_add_text(page->words.out, ", ");
        criterion_add_threshold(page->words.out, page->words.language, MEDIUM_TERMINAL, page->concept, c);
        add_missing(page, c);
        if (c->state == UNKNOWN && c->criterion->unknown_is_met) {
                buffer_add_text(page->words.out, "; ");
                words_say(&page->words, "explain.unknown_counts");
        }
        buffer_add_byte(page->words.out, '\n');
}

/* ---- the page --------------------------------------------------------------------------------------------------- */

/* Number, and name where somebody gave one. */
static void add_customer(struct page *page, struct text number, struct text name)
{
        words_add_name(page->words.out, number);
        if (text_equal(name, number))
                return;
        buffer_add_byte(page->words.out, ' ');
        words_add_name(page->words.out, name);
}

static void add_merged(struct page *page)
{
        const struct merged *merged = &page->explained->merged;
        struct buffer into buffer_cleanup;
        struct buffer since buffer_cleanup;
        struct page apart = *page;
        buffer_init(&into, 4096);
        buffer_init(&since, 64);
        apart.words.out = &into;
        add_customer(&apart, merged->number, merged->name);
        format_add_day(&since, page->words.language, merged->since_day);
        message_add(page->words.out, page->words.language,
                    page->explained->counts_there ? "explain.merged" : "explain.merged_since", "into", into.data,
                    "since", since.data, NULL);
        buffer_add_byte(page->words.out, '\n');
}

static void add_head(struct page *page)
{
        const struct explained *e = page->explained;
        add_customer(page, e->number, e->name);
        buffer_add_text(page->words.out, " \xc2\xb7 ");
        words_add_name(page->words.out, bilingual_text(&page->concept->program_name, page->words.language));
        buffer_add_byte(page->words.out, '\n');
        if (e->has_merged)
                add_merged(page);
        add_segment(page, e->segment);
        buffer_add_text(page->words.out, " \xc2\xb7 ");
        words_say_family(&page->words, "decision", decision_names[e->decision]);
        buffer_add_text(page->words.out, " \xc2\xb7 ");
        words_say(&page->words, e->approved ? "explain.effective" : "explain.proposed");
        buffer_add_byte(page->words.out, ' ');
        words_say_day(&page->words, e->effective_day);
        buffer_add_byte(page->words.out, '\n');
}

/* What the segment expects of its members and this one lacks; it decides nothing, but somebody should look. */
static void add_attention(struct page *page)
{
        const struct explained *e = page->explained;
        for (size_t s = 0; s < e->explanation.segment_count; s++) {
                const struct explained_segment *segment = &e->explanation.segments[s];
                size_t count = page->concept->segments[segment->segment].expects_count;
                for (size_t i = 0; segment->segment == e->segment && i < count; i++) {
                        const struct explained_criterion *c = &segment->expects[i];
                        if (!criterion_is_open(c))
                                continue;
                        buffer_add_text(page->words.out, "  ! ");
                        words_say(&page->words, "explain.attention");
                        buffer_add_byte(page->words.out, ' ');
                        criterion_add_name(page->words.out, page->words.language, MEDIUM_TERMINAL, c->criterion);
                        criterion_add_window(page->words.out, page->words.language, c);
                        buffer_add_text(page->words.out, ": ");
                        criterion_add_value(page->words.out, page->words.language, MEDIUM_TERMINAL, page->concept, c);
                        buffer_add_text(page->words.out, " (");
                        words_say(&page->words, "explain.expected");
                        buffer_add_byte(page->words.out, ' ');
                        criterion_add_threshold(page->words.out, page->words.language, MEDIUM_TERMINAL, page->concept,
                                                c);
                        buffer_add_text(page->words.out, ")\n");
                }
        }
}

/* Who is looked at as one, whose size class counts, who was merged. */
static void add_together(struct page *page)
{
        static const char *const heads[] = {"explain.together_merged", "explain.together_account_group",
                                            "explain.together_site"};
        const struct together *together = &page->explained->together;
        if (!together->count)
                return;
        words_say(&page->words, heads[page->concept->evaluates]);
        buffer_add_byte(page->words.out, '\n');
        for (size_t i = 0; i < together->count; i++) {
                const struct together_member *member = &together->members[i];
                buffer_add_text(page->words.out, "  ");
                add_customer(page, member->number, member->name);
                if (member->size_class_counts) {
                        buffer_add_text(page->words.out, " \xc2\xb7 ");
                        words_say(&page->words, "explain.size_class_counts");
                }
                if (member->into.length) {
                        struct page apart = *page;
                        struct buffer into buffer_cleanup;
                        struct buffer since buffer_cleanup;
                        buffer_init(&into, 4096);
                        buffer_init(&since, 64);
                        apart.words.out = &into;
                        words_add_name(apart.words.out, member->into);
                        format_add_day(&since, page->words.language, member->since_day);
                        buffer_add_text(page->words.out, " \xc2\xb7 ");
                        message_add(page->words.out, page->words.language, "explain.member_merged", "into", into.data,
                                    "since",
                                    since.data, NULL);
                }
                buffer_add_byte(page->words.out, '\n');
        }
}

/* Until when the override holds, why, and who answers for it. */
static void add_override(struct page *page)
{
        const struct granted_override *granted = &page->explained->override;
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        format_add_day(&day, page->words.language, granted->valid_to);
        buffer_add_text(page->words.out, "  ");
        message_add(page->words.out, page->words.language, "explain.override", "until", day.data, "reason",
                    granted->reason.data,
                    "requested", granted->requested_by.data, "approved", granted->approved_by.data, NULL);
        buffer_add_byte(page->words.out, '\n');
}

/* Why, in one or two sentences. */
static void add_reason(struct page *page)
{
        const struct explained *e = page->explained;
        char before[64] = "", qualified[64], until[32];
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        snprintf(before, sizeof(before), "%.*s", (int)e->before.length, e->before.length ? e->before.data : "");
        struct text id = page->concept->segments[e->qualified].id;
        snprintf(qualified, sizeof(qualified), "%.*s", (int)id.length, id.data);
        format_add_day(&day, page->words.language, e->grace_until_day);
        snprintf(until, sizeof(until), "%s", day.data);
        char key[64];
        snprintf(key, sizeof(key), "reason.%s", decision_names[e->decision]);
        message_add(page->words.out, page->words.language, key, "before", before, "qualified", qualified, "until",
                    until, NULL);
        buffer_add_byte(page->words.out, '\n');
        for (unsigned f = 0; f < FLAG_COUNT; f++) {
                if (!(e->flags >> f & 1))
                        continue;
                buffer_add_text(page->words.out, "  ! ");
                words_say_family(&page->words, "customer_flag", flag_names[f]);
                buffer_add_byte(page->words.out, '\n');
        }
        if (e->has_override)
                add_override(page);
        add_together(page);
        add_attention(page);
        if (e->beneath_undone) {
                buffer_add_text(page->words.out, "  ! ");
                words_say(&page->words, "explain.beneath_undone");
                buffer_add_byte(page->words.out, '\n');
        }
}

static void add_judged(enum language language, struct judged_criterion judged, const char *when, struct buffer *out)
{
        struct page page = {.words = {language, out}, .concept = judged.concept};
        words_say(&page.words, when);
        buffer_add_byte(out, ' ');
        if (!judged.criterion) {
                words_say(&page.words, "explain.change.absent");
                return;
        }
        criterion_add_threshold(out, language, MEDIUM_TERMINAL, judged.concept, judged.criterion);
        enum judgement state = judged.criterion->state;
        buffer_add_text(out, ": ");
        words_say(&page.words, state == MET       ? "explain.change.met"
                               : state == NOT_MET ? "explain.change.not_met"
                                                  : "explain.change.unknown");
}

void explain_add_change(enum language language, struct judged_criterion before, struct judged_criterion after,
                        const char *line_start, struct buffer *out)
{
        struct judged_criterion either = after.criterion ? after : before;
        criterion_add_name(out, language, MEDIUM_TERMINAL, either.criterion->criterion);
        criterion_add_window(out, language, either.criterion);
        buffer_add_text(out, ": ");
        criterion_add_value(out, language, MEDIUM_TERMINAL, either.concept, either.criterion);
        buffer_add_text(out, line_start ? line_start : "; ");
        add_judged(language, before, "explain.change.before", out);
        buffer_add_text(out, line_start ? line_start : ", ");
        add_judged(language, after, "explain.change.after", out);
}

static void add_open(struct page *page, const struct explained_criterion *c)
{
        buffer_add_text(page->words.out, "  \xe2\x80\xa2 ");
        criterion_add_step(page->words.out, page->words.language, MEDIUM_TERMINAL, page->concept, c);
        buffer_add_byte(page->words.out, '\n');
}

static void add_next(struct page *page)
{
        const struct explanation *explanation = &page->explained->explanation;
        const struct explained_path *path = explanation->has_next ? explanation_next_path(explanation) : NULL;
        buffer_add_byte(page->words.out, '\n');
        if (!path) {
                bool prospect = page->concept->segments[page->explained->segment].kind == KIND_PROSPECT;
                words_say(&page->words, prospect ? "explain.top_prospect" : "explain.top");
                buffer_add_byte(page->words.out, '\n');
                return;
        }
        char number[24];
        snprintf(number, sizeof(number), "%zu", explanation->next_missing_count);
        struct text id = page->concept->segments[explanation->next_segment].id;
        char segment[64];
        snprintf(segment, sizeof(segment), "%.*s", (int)id.length, id.data);
        message_add(page->words.out, page->words.language, "explain.next", "segment", segment, "count", number, NULL);
        buffer_add_byte(page->words.out, '\n');
        size_t met = 0;
        for (size_t i = 0; i < path->path->all_count; i++)
                if (criterion_is_open(&path->all[i]))
                        add_open(page, &path->all[i]);
        for (size_t i = 0; i < path->path->some_count; i++)
                met += !criterion_is_open(&path->some[i]);
        if (met >= path->path->some_at_least)
                return;
        snprintf(number, sizeof(number), "%zu", path->path->some_at_least - met);
        message_add(page->words.out, page->words.language, "explain.and_some", "count", number, NULL);
        buffer_add_byte(page->words.out, '\n');
        for (size_t i = 0; i < path->path->some_count; i++)
                if (criterion_is_open(&path->some[i]))
                        add_open(page, &path->some[i]);
}

static void add_path(struct page *page, const struct explained_path *path)
{
        buffer_addf(page->words.out, "  %s ", path->fulfilled ? state_sign(MET) : state_sign(NOT_MET));
        words_say(&page->words, "explain.path");
        buffer_add_byte(page->words.out, ' ');
        words_add_name(page->words.out, path->path->id);
        if (!path->fulfilled && path->fulfilled_keep) {
                buffer_add_text(page->words.out, " (");
                words_say(&page->words, "explain.path_kept");
                buffer_add_byte(page->words.out, ')');
        }
        buffer_add_byte(page->words.out, '\n');
        for (size_t i = 0; i < path->path->all_count; i++)
                add_criterion(page, &path->all[i], "    ");
        if (path->path->some_count == 0)
                return;
        char least[16], all[24];
        snprintf(least, sizeof(least), "%u", path->path->some_at_least);
        snprintf(all, sizeof(all), "%zu", path->path->some_count);
        buffer_add_text(page->words.out, "    ");
        message_add(page->words.out, page->words.language, "explain.some", "least", least, "of", all, NULL);
        buffer_add_byte(page->words.out, '\n');
        for (size_t i = 0; i < path->path->some_count; i++)
                add_criterion(page, &path->some[i], "      ");
}

static void add_evidence(struct page *page)
{
        const struct explanation *explanation = &page->explained->explanation;
        char generation[24], version[16];
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        snprintf(generation, sizeof(generation), "%lld", (long long)page->explained->generation);
        snprintf(version, sizeof(version), "%d", page->explained->version.number);
        format_add_day(&day, page->words.language, page->explained->cutoff_day);
        struct text rule = page->concept->mechanics.evaluations[page->explained->rule].id;
        char evaluation[64];
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)rule.length, rule.data);
        buffer_add_byte(page->words.out, '\n');
        message_add(page->words.out, page->words.language, "explain.evidence", "cutoff", day.data, "evaluation",
                    evaluation,
                    "version", version, "generation", generation, NULL);
        buffer_add_byte(page->words.out, '\n');
        for (size_t s = 0; s < explanation->segment_count; s++) {
                const struct explained_segment *segment = &explanation->segments[s];
                const struct segment *about = &page->concept->segments[segment->segment];
                add_segment(page, segment->segment);
                if (about->rest) {
                        buffer_add_text(page->words.out, ": ");
                        words_say(&page->words, "explain.rest");
                }
                buffer_add_byte(page->words.out, '\n');
                for (size_t p = 0; p < about->path_count; p++)
                        add_path(page, &segment->paths[p]);
                if (about->expects_count) {
                        buffer_add_text(page->words.out, "  ");
                        words_say(&page->words, "explain.expects");
                        buffer_add_byte(page->words.out, '\n');
                }
                for (size_t i = 0; i < about->expects_count; i++)
                        add_criterion(page, &segment->expects[i], "    ");
        }
}

static void add_decisions(struct page *page, const struct past_decision *history, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                const struct past_decision *past = &history[i];
                char decision[32];
                buffer_add_text(page->words.out, "  ");
                words_say_day(&page->words, past->cutoff_day);
                buffer_add_text(page->words.out, "  ");
                words_add_name(page->words.out, past->segment);
                buffer_add_text(page->words.out, "  ");
                snprintf(decision, sizeof(decision), "%.*s", (int)past->decision.length, past->decision.data);
                words_say_family(&page->words, "decision", decision);
                buffer_add_text(page->words.out, " (");
                words_add_name(page->words.out, past->evaluation);
                buffer_add_text(page->words.out, ", ");
                if (past->approved) {
                        words_say(&page->words, "explain.effective");
                        buffer_add_byte(page->words.out, ' ');
                        words_say_day(&page->words, past->effective_day);
                } else {
                        words_say(&page->words, "explain.only_proposed");
                }
                buffer_add_text(page->words.out, ")\n");
        }
}

static void add_history(struct page *page)
{
        const struct explained *e = page->explained;
        buffer_add_byte(page->words.out, '\n');
        words_say(&page->words, "explain.history");
        if (e->counts_there) {
                buffer_add_byte(page->words.out, ' ');
                add_customer(page, e->merged.number, e->merged.name);
        }
        buffer_add_byte(page->words.out, '\n');
        add_decisions(page, e->history, e->history_count);
        if (!e->own_count)
                return;
        words_say(&page->words, "explain.history");
        buffer_add_byte(page->words.out, ' ');
        add_customer(page, e->number, e->name);
        buffer_add_byte(page->words.out, '\n');
        add_decisions(page, e->own_history, e->own_count);
}

void explain_text(struct cli_context *context, const struct explained *explained, struct buffer *out)
{
        struct page page = {{context->language, out}, explained, explained->version.concept};
        add_head(&page);
        add_reason(&page);
        add_next(&page);
        add_evidence(&page);
        add_history(&page);
}
