/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_view_why.c: why a customer stands where it stands, and what is missing for the next segment.
 */
#include "base/checked.h"
#include "program/amounts.h"
#include "program/criteria_view.h"
#include "program/criterion_words.h"
#include "program/dossier_view_parts.h"
#include "program/evaluation.h"

enum { WORDS_BYTES_MAX = 4096, PACE_DAYS = 90, YEAR_DAYS = 366, KEY_BYTES_MAX = 64 };

static const struct explained_segment *segment_of(const struct explanation *explanation, uint8_t segment)
{
        for (size_t s = 0; s < explanation->segment_count; s++)
                if (explanation->segments[s].segment == segment)
                        return &explanation->segments[s];
        return NULL;
}

/* The path that is fulfilled, else the one fulfilled at keep thresholds, else the one that misses least. */
static const struct explained_path *best_path(const struct explained_segment *segment, size_t count)
{
        const struct explained_path *best = NULL;
        for (size_t p = 0; p < count; p++) {
                const struct explained_path *path = &segment->paths[p];
                if (!best || path->fulfilled > best->fulfilled ||
                    (path->fulfilled == best->fulfilled && path->fulfilled_keep > best->fulfilled_keep) ||
                    (!path->fulfilled && !best->fulfilled && path->fulfilled_keep == best->fulfilled_keep &&
                     path_missing_count(path) < path_missing_count(best)))
                        best = path;
        }
        return best;
}

static void put_decision(struct dossier_page *page, struct value *why)
{
        const struct explained *e = &page->explained;
        struct model *model = page->model;
        char key[KEY_BYTES_MAX];
        snprintf(key, sizeof(key), "reason.%s", decision_names[e->decision]);
        const char *kept = arena_copy(model->arena, key, strlen(key));
        model->failed |= !kept;
        if (!kept)
                return;
        struct value *sentence = put_sentence(model, why, "decision", kept);
        put_text(model, sentence, "before", e->before.length ? e->before : (struct text){NULL, 0});
        put_text(model, sentence, "qualified", e->version.concept->segments[e->qualified].id);
        put_day(model, sentence, "until", e->grace_until_day);
}

static void put_notes(struct dossier_page *page, struct value *why)
{
        const struct explained *e = &page->explained;
        struct model *model = page->model;
        struct value *notes = put_list(model, why, "notes");
        for (unsigned f = 0; f < FLAG_COUNT; f++) {
                char key[KEY_BYTES_MAX];
                if (!(e->flags >> f & 1))
                        continue;
                snprintf(key, sizeof(key), "customer_flag.%s", flag_names[f]);
                const char *kept = arena_copy(model->arena, key, strlen(key));
                if (kept)
                        add_word(model, notes, kept);
                model->failed |= !kept;
        }
        if (!e->approved)
                add_word(model, notes, "customer.only_proposed");
        if (e->beneath_undone)
                add_word(model, notes, "explain.beneath_undone");
        if (e->has_merged)
                put_text(model, add_sentence(model, notes, "customer.merged_into"), "name", e->merged.name);
        const struct explained_segment *segment = segment_of(&e->explanation, e->segment);
        size_t count = segment ? e->version.concept->segments[e->segment].expects_count : 0;
        for (size_t i = 0; i < count; i++) {
                struct buffer name buffer_cleanup;
                buffer_init(&name, WORDS_BYTES_MAX);
                if (!criterion_is_open(&segment->expects[i]))
                        continue;
                criterion_add_name(&name, page->reader->language, MEDIUM_PAGE, segment->expects[i].criterion);
                put_buffer(model, add_sentence(model, notes, "customer.attention"), "name", &name);
        }
}

static void put_override(struct dossier_page *page, struct value *why)
{
        const struct granted_override *granted = &page->explained.override;
        if (!page->explained.has_override) {
                put_none(page->model, why, "override");
                return;
        }
        struct value *sentence = put_sentence(page->model, why, "override", "explain.override");
        put_day(page->model, sentence, "until", granted->valid_to);
        put_text(page->model, sentence, "reason", granted->reason);
        const struct reader *reader = page->reader;
        put_doer(reader->connection, reader->language, page->model, sentence, "requested", granted->requested_by);
        put_doer(reader->connection, reader->language, page->model, sentence, "approved", granted->approved_by);
}

void dossier_put_why(struct dossier_page *page)
{
        struct model *model = page->model;
        const struct explained *e = &page->explained;
        if (!page->decided) {
                put_none(model, NULL, "why");
                return;
        }
        const struct concept *concept = e->version.concept;
        struct value *why = put_map(model, NULL, "why");
        put_segment(model, why, "segment", concept, e->segment, page->reader->language);
        put_day(model, why, "cutoff", e->cutoff_day);
        put_ordinal(model, why, "version", e->version.number);
        put_yes_no(model, why, "approved", e->approved);
        put_word_of(model, why, "kind", "decision.", text_of(decision_names[e->decision]));
        put_day(model, why, "effective", e->effective_day);
        put_decision(page, why);
        put_override(page, why);
        const struct explained_segment *segment = segment_of(&e->explanation, e->segment);
        page->why = segment ? best_path(segment, concept->segments[e->segment].path_count) : NULL;
        put_text(model, why, "path", page->why ? page->why->path->id : (struct text){NULL, 0});
        if (page->why)
                put_path_criteria(model, why, page->reader->language, concept, page->why, true);
        else
                put_list(model, why, "criteria");
        put_notes(page, why);
}

/* ---- pace -------------------------------------------------------------------------------------------------------- */

/* Revenue by day: [0] is the day a year before, [YEAR_DAYS - 1] close to the view's day. */
static int64_t revenue_between(const struct engine_input *input, int32_t from_day, int32_t to_day)
{
        int64_t sum = 0;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                for (uint32_t d = segment->customer_document[0]; d < segment->customer_document[1]; d++)
                        if (segment->document_day[d] >= from_day && segment->document_day[d] <= to_day &&
                            !add_i64(sum, segment->document_total[d], &sum))
                                return 0;
        }
        return sum;
}

int32_t dossier_pace_day(const struct dossier_page *page, int64_t target_minor)
{
        int32_t day = page->reader->view->facts->day;
        int64_t by_day[YEAR_DAYS] = {0};
        if (!page->has_purchases)
                return DAY_NONE;
        int64_t quarter = revenue_between(&page->purchases, day - PACE_DAYS + 1, day), sum = 0;
        int32_t first = day_add_months(day, -12) + 1;
        for (size_t s = 0; s < page->purchases.segment_count; s++) {
                const struct purchase_segment *segment = &page->purchases.segments[s];
                for (uint32_t d = segment->customer_document[0]; d < segment->customer_document[1]; d++) {
                        int64_t place = (int64_t)segment->document_day[d] - first;
                        if (place < 0 || segment->document_day[d] > day || place >= YEAR_DAYS)
                                continue;
                        if (!add_i64(by_day[place], segment->document_total[d], &by_day[place]) ||
                            !add_i64(sum, segment->document_total[d], &sum))
                                return DAY_NONE;
                }
        }
        /* Each further day brings a day's share of the last 90, and one of a year ago falls out. */
        int128 dropped = 0;
        for (int32_t ahead = 1; ahead < YEAR_DAYS; ahead++) {
                dropped += by_day[ahead - 1];
                if ((int128)sum - dropped + (int128)quarter * ahead / PACE_DAYS >= target_minor)
                        return day + ahead;
        }
        return DAY_NONE;
}

/* ---- what is missing --------------------------------------------------------------------------------------------- */

struct stepping {
        struct dossier_page *page;
        struct value *steps;
        const struct concept *concept;
        const struct explained_path *path;
        bool choice;                 /* one of several that would do */
};

static bool target_of(const struct concept *concept, const struct explained_criterion *c, int64_t *ret_minor)
{
        int128 scaled;
        return !__builtin_mul_overflow(c->effective.numerator, (int128)power_of_ten(concept->minor_digits), &scaled) &&
               narrow_i64(ceil_divide(scaled, c->effective.denominator), ret_minor);
}

/* How the step could come about: for revenue the pace and what is still open. */
static void put_how(struct stepping *stepping, struct value *step, const struct explained_criterion *c)
{
        struct dossier_page *page = stepping->page;
        struct model *model = page->model;
        int64_t target;
        bool year = c->criterion->metric == METRIC_REVENUE && c->criterion->of.length == 0 &&
                    c->criterion->window.kind == WINDOW_MONTHS && c->criterion->window.count == 12;
        if (!year || !target_of(stepping->concept, c, &target)) {
                if (c->state == UNKNOWN)
                        put_word(model, step, "how", "customer.step_unknown");
                else if (stepping->choice)
                        put_word(model, step, "how", "customer.step_choice");
                else
                        put_none(model, step, "how");
                return;
        }
        int32_t reached = dossier_pace_day(page, target);
        const char *key = reached != DAY_NONE ? page->about.potential_known ? "customer.step_pace_open"
                                                                            : "customer.step_pace"
                          : page->about.potential_known ? "customer.step_open" : "customer.step_slow";
        struct value *how = put_sentence(model, step, "how", key);
        put_money(model, how, "target", target);
        put_day(model, how, "day", reached);
        put_money(model, how, "open", page->about.open_minor);
        put_day(model, step, "pace_day", reached);
}

static void put_step_card(void *context, const struct explained_criterion *c)
{
        struct stepping *stepping = context;
        struct model *model = stepping->page->model;
        struct value *step = add_map(model, stepping->steps);
        struct buffer what buffer_cleanup;
        buffer_init(&what, WORDS_BYTES_MAX);
        stepping->choice = c >= stepping->path->some && c < stepping->path->some + stepping->path->path->some_count;
        put_yes_no(model, step, "choice", stepping->choice);
        criterion_add_step(&what, stepping->page->reader->language, MEDIUM_PAGE, stepping->concept, c);
        put_buffer(model, step, "what", &what);
        put_string(model, step, "metric", metric_infos[c->criterion->metric].name);
        if (c->has_missing)
                put_criterion_amount(model, step, "amount", stepping->page->reader->language, stepping->concept,
                                     c->criterion, c->missing);
        else
                put_none(model, step, "amount");
        put_how(stepping, step, c);
}

/* Other paths to the same segment, each with how much it misses. */
static void put_others(struct dossier_page *page, struct value *missing, const struct explained_segment *segment)
{
        const struct explained *e = &page->explained;
        struct value *others = put_list(page->model, missing, "others");
        size_t count = e->version.concept->segments[segment->segment].path_count;
        for (size_t p = 0; p < count; p++) {
                if (p == e->explanation.next_path)
                        continue;
                struct value *sentence = add_sentence(page->model, others, "customer.other_path");
                put_code(page->model, sentence, "path", page->reader->language, NULL, segment->paths[p].path->id);
                put_count(page->model, sentence, "count", (int64_t)path_missing_count(&segment->paths[p]));
        }
}

enum { DISTANCE_BARS = 6 };

/* How far all customers of the same segment the reader sees are from the next one; the own bar is marked. */
static void put_distance(struct dossier_page *page, struct value *missing)
{
        const struct directory_program *program = &page->reader->view->programs[page->reader->program];
        const struct directory_facts *facts = page->reader->view->facts;
        int64_t counts[DISTANCE_BARS] = {0}, all = 0;
        for (size_t row = 0; row < facts->count; row++) {
                if (!bits_get(page->reader->scope, row) || program->segment[row] != page->about.segment ||
                    program->next[row] != page->about.next || program->missing[row] == MISSING_UNKNOWN)
                        continue;
                size_t bar = program->missing[row] < DISTANCE_BARS ? program->missing[row] : DISTANCE_BARS - 1;
                counts[bar]++;
                all++;
        }
        if (all < 2 || page->about.missing_count == MISSING_UNKNOWN) {
                put_none(page->model, missing, "distance");
                return;
        }
        struct value *distance = put_map(page->model, missing, "distance");
        put_count(page->model, put_sentence(page->model, distance, "title", "customer.distance"), "count", all);
        struct value *bars = put_list(page->model, distance, "bars");
        for (size_t b = DISTANCE_BARS; b-- > 0;) {
                struct value *bar = add_map(page->model, bars);
                size_t own = page->about.missing_count < DISTANCE_BARS ? page->about.missing_count : DISTANCE_BARS - 1;
                put_count(page->model, put_sentence(page->model, bar, "label", b == DISTANCE_BARS - 1
                                                            ? "customer.missing_or_more" : "customer.missing_count"),
                          "count", (int64_t)b);
                put_count(page->model, bar, "count", counts[b]);
                if (b == own)
                        put_yes_no(page->model, bar, "current", true);
        }
}

struct value *dossier_put_next_step(struct dossier_page *page, struct value *map, const char *steps,
                                    const char *steps_by)
{
        struct model *model = page->model;
        const struct concept *concept = page->explained.version.concept;
        const struct explanation *explanation = &page->explained.explanation;
        int32_t by_day = evaluation_next(concept, directory_day(page->reader->view) - 1, MOVE_UP, NULL);
        put_segment(model, map, "segment", concept, explanation->next_segment, page->reader->language);
        put_count(model, map, "count", (int64_t)explanation->next_missing_count);
        put_day(model, map, "by_day", by_day);
        struct value *summary = put_sentence(model, map, "summary", by_day == DAY_NONE ? steps : steps_by);
        put_count(model, summary, "count", (int64_t)explanation->next_missing_count);
        put_day(model, summary, "day", by_day);
        return summary;
}

void dossier_put_missing(struct dossier_page *page)
{
        struct model *model = page->model;
        const struct explained *e = &page->explained;
        if (!page->decided || !e->explanation.has_next) {
                put_none(model, NULL, "missing");
                return;
        }
        const struct concept *concept = e->version.concept;
        struct value *missing = put_map(model, NULL, "missing");
        struct value *summary = dossier_put_next_step(page, missing, "customer.steps", "customer.steps_by");
        const struct explained_path *path = explanation_next_path(&e->explanation);
        put_code(model, summary, "path", page->reader->language, NULL, path->path->id);
        struct stepping stepping = {.page = page, .steps = put_list(model, missing, "steps"), .concept = concept,
                                    .path = path};
        explanation_open_criteria(&e->explanation, put_step_card, &stepping);
        const struct explained_segment *segment = segment_of(&e->explanation, e->explanation.next_segment);
        put_others(page, missing, segment);
        put_distance(page, missing);
}
