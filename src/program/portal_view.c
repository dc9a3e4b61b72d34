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

static void put_goals(struct dossier_page *page, struct value *map, const struct explained_path *path)
{
        struct model *model = page->model;
        const struct concept *concept = page->explained.version.concept;
        enum language language = page->reader->language;
        struct value *all = put_list(model, map, "criteria");
        for (size_t i = 0; i < path->path->all_count; i++)
                put_goal(model, add_map(model, all), language, concept, &path->all[i]);
        if (!path->path->some_count) {
                put_none(model, map, "least");
                return;
        }
        put_count(model, map, "least", path->path->some_at_least);
        put_count(model, map, "of", (int64_t)path->path->some_count);
        struct value *some = put_list(model, map, "some");
        for (size_t i = 0; i < path->path->some_count; i++)
                put_goal(model, add_map(model, some), language, concept, &path->some[i]);
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
                put_goals(page, why, path);
        else
                put_list(model, why, "criteria");
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
        put_goals(page, way, path);
}

/* What contacts read of somebody on the staff: the name of the account, or what files say when it is a name (it has a
 * blank), not a code; else {NULL, 0}. */
static struct text person_name(const struct reader *reader, struct text code)
{
        struct text name = staff_name(reader->staff, code);
        bool is_name = code.length && memchr(code.data, ' ', code.length);
        return name.data ? name : is_name ? code : (struct text){NULL, 0};
}

/* Names of those who care, and their roles; where a name is not known the role alone. Nothing else about them. */
static void put_people(struct dossier_page *page)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_RESPONSIBLE];
        struct model *model = page->model;
        if (!section->row_count) {
                put_none(model, NULL, "people");
                return;
        }
        struct value *people = put_list(model, put_map(model, NULL, "people"), "people");
        for (size_t r = 0; r < section->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(section, r);
                struct value *map = add_map(model, people);
                struct text name = person_name(page->reader, cells[0].text);
                if (name.data)
                        put_text(model, map, "name", name);
                else
                        put_cell(model, map, "name", &cells[1]);
                put_letters(model, map, name.data ? name : text_of(""));
                if (name.data)
                        put_cell(model, map, "role", &cells[1]);
                else
                        put_none(model, map, "role");
                put_none(model, map, "phone");
                put_none(model, map, "email");
        }
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
        put_way(&page);
        put_people(&page);
        put_data(&page);
        return model_check(model, error);
}
