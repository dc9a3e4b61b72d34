/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * portal_view.c: says the approved decision again, without what is internal.
 */
#include "program/portal_view.h"

#include "program/criteria_view.h"
#include "program/criterion_words.h"
#include "program/dossier_view_parts.h"
#include "program/evaluation.h"

enum { KEY_BYTES_MAX = 64 };

/* The day before the next decision that may lower it takes effect. */
static int32_t valid_until(const struct dossier_page *page)
{
        const struct concept *concept = reader_concept(page->reader);
        int32_t day = directory_day(page->reader->view), cutoff = page->decided ? page->explained.cutoff_day : day;
        size_t rule = 0;
        if (page->about.grace && page->about.grace_end_day != DAY_NONE)
                cutoff = page->about.grace_end_day - 1;
        for (int tries = 0; tries < CONCEPT_EVALUATIONS_MAX; tries++) {
                cutoff = evaluation_next(concept, cutoff, MOVE_DOWN | MOVE_GRACE, &rule);
                if (cutoff == DAY_NONE)
                        return DAY_NONE;
                int32_t until = engine_effective_day(&concept->mechanics.evaluations[rule], cutoff) - 1;
                if (until >= day)
                        return until;
        }
        return DAY_NONE;
}

/* As it was judged; with `keep` by what is enough to keep the segment. */
static struct explained_criterion goal_of(const struct explained_criterion *criterion, bool keep)
{
        struct explained_criterion goal = *criterion;
        if (!keep)
                return goal;
        goal.state = criterion->keep_state;
        goal.has_missing = criterion->has_keep_missing;
        goal.missing = criterion->keep_missing;
        if (criterion->criterion->has_keep)
                goal.effective = criterion->effective_keep;
        return goal;
}

static size_t count_met(const struct explained_criterion *list, size_t count, bool keep)
{
        size_t met = 0;
        for (size_t i = 0; i < count; i++) {
                const struct explained_criterion goal = goal_of(&list[i], keep);
                met += !criterion_is_open(&goal);
        }
        return met;
}

static size_t kept_missing_count(const struct explained_path *path)
{
        size_t met = count_met(path->some, path->path->some_count, true), least = path->path->some_at_least;
        return path->path->all_count - count_met(path->all, path->path->all_count, true) +
               (met < least ? least - met : 0);
}

static void add_goal(struct dossier_page *page, struct value *list, const struct explained_criterion *goal)
{
        const struct concept *concept = page->explained.version.concept;
        put_goal(page->model, add_map(page->model, list), page->reader->language, concept, goal);
}

/* Of `some` those that are met, and those that would do while there are too few: so what is shown as missing is
 * missing. */
static void put_goals(struct dossier_page *page, struct value *map, const struct explained_path *path, bool keep)
{
        struct model *model = page->model;
        put_yes_no(model, map, "has_criteria", path->path->all_count > 0);
        struct value *all = put_list(model, map, "criteria");
        for (size_t i = 0; i < path->path->all_count; i++) {
                const struct explained_criterion goal = goal_of(&path->all[i], keep);
                add_goal(page, all, &goal);
        }
        if (!path->path->some_count) {
                put_none(model, map, "least");
                return;
        }
        put_count(model, map, "least", path->path->some_at_least);
        put_count(model, map, "of", (int64_t)path->path->some_count);
        bool enough = count_met(path->some, path->path->some_count, keep) >= path->path->some_at_least;
        struct value *some = put_list(model, map, "some");
        for (size_t i = 0; i < path->path->some_count; i++) {
                const struct explained_criterion goal = goal_of(&path->some[i], keep);
                if (!enough || !criterion_is_open(&goal))
                        add_goal(page, some, &goal);
        }
}

static const struct explained_path *fulfilled_path(const struct explained *explained)
{
        const struct explanation *explanation = &explained->explanation;
        const struct explained_path *kept = NULL;
        for (size_t s = 0; s < explanation->segment_count; s++) {
                const struct explained_segment *segment = &explanation->segments[s];
                if (segment->segment != explained->segment)
                        continue;
                for (size_t p = 0; p < explained->version.concept->segments[segment->segment].path_count; p++) {
                        if (segment->paths[p].fulfilled)
                                return &segment->paths[p];
                        if (!kept && segment->paths[p].fulfilled_keep)
                                kept = &segment->paths[p];
                }
        }
        return kept;
}

static void put_why(struct dossier_page *page)
{
        struct model *model = page->model;
        const struct explained *e = &page->explained;
        char key[KEY_BYTES_MAX];
        if (!page->decided) {
                put_none(model, NULL, "why");
                return;
        }
        struct value *why = put_map(model, NULL, "why");
        snprintf(key, sizeof(key), "portal.reason.%s", decision_names[e->decision]);
        const char *kept = arena_copy(model->arena, key, strlen(key));
        model->failed |= !kept;
        if (kept) {
                struct value *sentence = put_sentence(model, why, "decision", kept);
                put_day(model, sentence, "day", e->cutoff_day);
                put_day(model, sentence, "until", e->grace_until_day);
        }
        put_day(model, why, "cutoff", e->cutoff_day);
        const struct explained_path *path = fulfilled_path(e);
        if (path)
                put_goals(page, why, path, false);
        else {
                put_yes_no(model, why, "has_criteria", false);
                put_list(model, why, "criteria");
        }
}

static void put_way(struct dossier_page *page)
{
        struct model *model = page->model;
        const struct explained *e = &page->explained;
        const struct explained_path *path = page->decided ? explanation_next_path(&e->explanation) : NULL;
        if (!page->decided || !e->explanation.has_next || !path) {
                put_none(model, NULL, "way");
                return;
        }
        struct value *way = put_map(model, NULL, "way");
        dossier_put_next_step(page, way, "portal.steps", "portal.steps_by");
        put_day(model, way, "cutoff", e->cutoff_day);
        put_goals(page, way, path, false);
}

/* While there is grace: what is still missing to keep the segment, by the path that misses least, and until when. */
static void put_keep(struct dossier_page *page)
{
        struct model *model = page->model;
        const struct explained *e = &page->explained;
        const struct explanation *explanation = &e->explanation;
        const struct explained_path *path = NULL;
        for (size_t s = 0; page->decided && page->about.grace && e->grace && s < explanation->segment_count; s++) {
                const struct explained_segment *segment = &explanation->segments[s];
                size_t count = segment->segment == e->segment
                                       ? e->version.concept->segments[segment->segment].path_count : 0;
                for (size_t p = 0; p < count; p++)
                        if (!path || kept_missing_count(&segment->paths[p]) < kept_missing_count(path))
                                path = &segment->paths[p];
        }
        if (!path || !kept_missing_count(path)) {
                put_none(model, NULL, "keep");
                return;
        }
        struct value *keep = put_map(model, NULL, "keep");
        bool by_day = e->grace_until_day != DAY_NONE;
        put_segment(model, keep, "segment", e->version.concept, e->segment, page->reader->language);
        put_count(model, keep, "count", (int64_t)kept_missing_count(path));
        put_day(model, keep, "by_day", e->grace_until_day);
        struct value *summary = put_sentence(model, keep, "summary", by_day ? "portal.steps_by" : "portal.steps");
        put_count(model, summary, "count", (int64_t)kept_missing_count(path));
        put_day(model, summary, "day", e->grace_until_day);
        put_day(model, keep, "cutoff", e->cutoff_day);
        put_goals(page, keep, path, true);
}

/* What contacts read of somebody on the staff: the name of the account, or what files say when it is a name (it has a
 * blank), not a code; else {NULL, 0}. */
static struct text person_name(const struct reader *reader, struct text code)
{
        struct text name = staff_name(reader->staff, code);
        bool is_name = code.length && memchr(code.data, ' ', code.length);
        return name.data ? name : is_name ? code : (struct text){NULL, 0};
}

/* What somebody is to the company, in a contact's words: what staff call a role says little outside. */
static void put_role(struct model *model, struct value *map, const struct dossier_cell *cell)
{
        static const char family[] = "dossier.role.";
        size_t head = sizeof(family) - 1;
        if (cell->type == DOSSIER_WORD && cell->text.length > head && memcmp(cell->text.data, family, head) == 0)
                put_word_of(model, map, "role", "portal.role.", (struct text){cell->text.data + head,
                                                                              cell->text.length - head});
        else
                put_none(model, map, "role");
}

/* Names of those who care, and what they are to the company. Who is known by a code only is left out: it would tell a
 * contact nothing. */
static void put_people(struct dossier_page *page)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_RESPONSIBLE];
        struct model *model = page->model;
        struct value *people = NULL;
        for (size_t r = 0; r < section->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(section, r);
                struct text name = person_name(page->reader, cells[0].text);
                if (!name.data)
                        continue;
                if (!people)
                        people = put_list(model, put_map(model, NULL, "people"), "people");
                struct value *map = add_map(model, people);
                put_text(model, map, "name", name);
                put_letters(model, map, name);
                put_role(model, map, &cells[1]);
                put_none(model, map, "phone");
                put_none(model, map, "email");
        }
        if (!people)
                put_none(model, NULL, "people");
}

/* Plain data of the company; attributes are ours. */
static void put_data(struct dossier_page *page)
{
        static const char *const shown[] = {"street", "postcode", "city", "country", "email", "phone", "trade", "since",
                                            "joined", "language"};
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_FACTS];
        struct value *rows = put_list(page->model, put_map(page->model, NULL, "data"), "rows");
        for (size_t r = 0; r < section->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(section, r);
                bool told = false;
                for (size_t s = 0; s < sizeof(shown) / sizeof(shown[0]); s++)
                        told |= text_is(cells[0].text, shown[s]);
                if (!told)
                        continue;
                struct value *map = add_map(page->model, rows);
                put_word_of(page->model, map, "name", DOSSIER_FACT_FAMILY, cells[0].text);
                put_cell(page->model, map, "value", &cells[1]);
        }
}

static enum status load_sections(struct dossier_page *page, struct error *error)
{
        const struct directory_facts *facts = page->reader->view->facts;
        const struct dossier_request request = {
                .connection = page->reader->connection, .snapshot = facts->snapshot,
                .minor_digits = facts->currency.minor_digits, .customer_id = page->about.customer_id,
                .day = facts->day, .input = &facts->input, .exists = bits_get(facts->exists, page->row)};
        return dossier_load(&request, page->model->arena, &page->dossier, error);
}

enum status portal_model(const struct reader *reader, struct model *model, struct error *error)
{
        struct dossier_page page = {.reader = reader, .model = model};
        if (reader->subject->scope.kind != SCOPE_COMPANY)
                return error_set(error, STATUS_NOT_FOUND, "customer.unknown", NULL);
        enum status status = dossier_page_begin(&page, reader->subject->scope.customer_id, true, error);
        if (!status)
                status = load_sections(&page, error);
        if (status)
                return status;
        const struct concept *concept = reader_concept(reader);
        put_text(model, NULL, "company", page.about.name);
        put_text(model, NULL, "number", page.about.number);
        put_segment(model, NULL, "segment", concept, page.about.segment, reader->language);
        put_day(model, NULL, "since", page.about.since_day);
        put_day(model, NULL, "valid_until", concept && page.about.segment != SEGMENT_NONE ? valid_until(&page)
                                                                                          : DAY_NONE);
        put_string(model, NULL, "why_path", page.decided ? "#why" : NULL);
        put_why(&page);
        put_keep(&page);
        put_way(&page);
        put_people(&page);
        put_data(&page);
        return model_check(model, error);
}
