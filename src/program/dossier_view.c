/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_view.c: conducts the parts of a customer's page.
 */
#include "program/dossier_view.h"

#include "access/visibility.h"
#include "program/customer_input.h"
#include "program/dossier_view_parts.h"
#include "program/evaluation.h"

enum { PATH_BYTES_MAX = 96 };

void put_cell(struct model *model, struct value *map, const char *name, const struct dossier_cell *cell)
{
        switch (cell->type) {
        case DOSSIER_BLANK: put_none(model, map, name); break;
        case DOSSIER_TEXT: put_text(model, map, name, cell->text); break;
        case DOSSIER_DAY: put_day(model, map, name, (int32_t)cell->number); break;
        case DOSSIER_MONEY: put_money(model, map, name, cell->number); break;
        case DOSSIER_SHARE: put_ratio(model, map, name, cell->number, 1000000); break;
        case DOSSIER_NUMBER: put_count(model, map, name, cell->number); break;
        case DOSSIER_FACT: put_word_of(model, map, name, DOSSIER_FACT_FAMILY, cell->text); break;
        case DOSSIER_WORD: put_word_of(model, map, name, "", cell->text); break;
        }
}

/* ---- what the page is made of ------------------------------------------------------------------------------------ */

/* The decision of the latest cut-off the view's day reaches; of the last approval where proposals do not count. */
static int32_t cutoff_of(const struct explained *explained, int32_t day, bool approved_only)
{
        for (size_t i = 0; i < explained->history_count; i++)
                if (explained->history[i].cutoff_day <= day && (!approved_only || explained->history[i].approved))
                        return explained->history[i].cutoff_day;
        return DAY_NONE;
}

static enum status explain(struct dossier_page *page, bool approved_only, struct error *error)
{
        const struct reader *reader = page->reader;
        int32_t day = directory_day(reader->view);
        struct arena *arena = page->model->arena;
        const struct explained about = {.customer_id = page->about.customer_id, .source = page->about.source,
                                        .number = page->about.number, .name = page->about.name};
        struct explained explained = about;
        if (reader->program < 0)
                return STATUS_OK;
        int64_t program_id = reader->view->programs[reader->program].id;
        enum status status = explained_load_merged(reader->connection, program_id, DAY_NONE, arena, &explained, error);
        if (status == STATUS_NOT_FOUND)
                return STATUS_OK; /* never evaluated */
        if (!status && (explained.cutoff_day > day || (approved_only && !explained.approved))) {
                int32_t cutoff = cutoff_of(&explained, day, approved_only);
                if (cutoff == DAY_NONE)
                        return STATUS_OK;
                explained = about;
                status = explained_load_merged(reader->connection, program_id, cutoff, arena, &explained, error);
                if (!status && approved_only && !explained.approved)
                        return STATUS_OK;
        }
        if (status)
                return status;
        page->explained = explained;
        page->decided = true;
        return STATUS_OK;
}

static enum status take_purchases(struct dossier_page *page, struct error *error)
{
        const struct directory_facts *facts = page->reader->view->facts;
        uint32_t self = (uint32_t)page->row;
        const uint32_t *members;
        size_t count = customer_members(facts->input.units, &self, &members);
        if (count && !customer_input(&facts->input, members, count, page->model->arena, &page->purchases))
                return error_memory(error);
        page->has_purchases = count > 0;
        return STATUS_OK;
}

enum status dossier_page_begin(struct dossier_page *page, int64_t customer_id, bool approved_only,
                               struct error *error)
{
        const struct reader *reader = page->reader;
        int64_t row = directory_find(reader->view, reader->scope, customer_id);
        if (row < 0)
                return error_set(error, STATUS_NOT_FOUND, "customer.unknown", NULL);
        page->row = (size_t)row;
        directory_row(reader->view, reader->program, page->row, &page->about);
        enum status status = explain(page, approved_only, error);
        return status ? status : take_purchases(page, error);
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

/* ---- the head ---------------------------------------------------------------------------------------------------- */

static void add_word_in(struct model *model, struct value *list, const char *key, struct text text)
{
        if (text.length)
                put_text(model, add_sentence(model, list, key), "value", text);
}

static void put_line(struct dossier_page *page)
{
        struct model *model = page->model;
        const struct directory_row *about = &page->about;
        struct value *line = put_list(model, NULL, "line");
        const struct text plain[] = {about->number, about->city, about->trade};
        for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
                if (plain[i].length)
                        add_text(model, line, plain[i]);
        add_word_in(model, line, "customer.size", about->size_class);
        if (about->responsible.length)
                put_staff(page->reader, model, add_sentence(model, line, "customer.cared_by"), "value",
                          about->responsible);
        if (about->kind == KIND_PROSPECT)
                add_word(model, line, "customer_kind.prospect");
}

static void put_standing(struct dossier_page *page)
{
        struct model *model = page->model;
        const struct reader *reader = page->reader;
        const struct concept *concept = reader_concept(reader);
        const struct directory_row *about = &page->about;
        put_segment(model, NULL, "segment", concept, about->segment, reader->language);
        put_day(model, NULL, "since", about->since_day);
        if (about->grace)
                put_day(model, put_map(model, NULL, "grace"), "until", about->grace_end_day);
        else
                put_none(model, NULL, "grace");
        if (about->announced != SEGMENT_NONE) {
                struct value *announced = put_map(model, NULL, "announced");
                put_segment(model, announced, "segment", concept, about->announced, reader->language);
                put_day(model, announced, "day", about->announced_day);
        } else {
                put_none(model, NULL, "announced");
        }
        size_t rule = 0;
        int32_t next = concept ? evaluation_next(concept, directory_day(reader->view) - 1, UINT8_MAX, &rule) : DAY_NONE;
        if (next == DAY_NONE) {
                put_none(model, NULL, "next_evaluation");
                return;
        }
        struct value *map = put_map(model, NULL, "next_evaluation");
        bool lowers = concept->mechanics.evaluations[rule].moves & MOVE_DOWN;
        put_day(model, map, "day", next);
        put_yes_no(model, map, "lowers", lowers);
        put_day(model, put_sentence(model, map, "label", lowers ? "customer.next_both" : "customer.next_up"), "day",
                next);
}

void dossier_put_path(const struct dossier_page *page, struct value *map, enum permission permission,
                      const char *ending)
{
        char path[PATH_BYTES_MAX];
        snprintf(path, sizeof(path), "/customers/%lld/%s", (long long)page->about.customer_id, ending);
        put_string(page->model, map, "path", subject_may(page->reader->subject, permission) ? path : NULL);
}

/* `ending`: of the customer's own path, or a path. */
static void put_action(struct dossier_page *page, struct value *list, enum permission permission, const char *ending,
                       const char *label, bool main)
{
        if (!subject_may(page->reader->subject, permission))
                return;
        struct value *action = add_map(page->model, list);
        if (ending[0] == '/')
                put_string(page->model, action, "path", ending);
        else
                dossier_put_path(page, action, permission, ending);
        put_word(page->model, action, "label", label);
        put_yes_no(page->model, action, "main", main);
}

static void put_head(struct dossier_page *page)
{
        struct model *model = page->model;
        put_state(model, page->reader);
        put_customer(model, put_map(model, NULL, "customer"), &page->about);
        put_word(model, NULL, "kind", page->about.kind == KIND_PROSPECT ? "customer_kind.prospect"
                                                                        : "customer_kind.customer");
        put_line(page);
        put_standing(page);
        struct value *actions = put_page_list(model, NULL, "actions");
        char override_path[PATH_BYTES_MAX];
        snprintf(override_path, sizeof(override_path), "/overrides?customer=%lld", (long long)page->about.customer_id);
        put_action(page, actions, PERMISSION_OVERRIDE_REQUEST, override_path, "customer.request_override", false);
        if (page->about.kind == KIND_PROSPECT) {
                put_action(page, actions, PERMISSION_CUSTOMER_WRITE, "stage", "prospect.change_stage", false);
                put_action(page, actions, PERMISSION_CUSTOMER_WRITE, "conversion", "prospect.convert", false);
        }
        /* Where there is a card of them, it leads there. */
        if (!page->dossier.sections[DOSSIER_CONTACTS].row_count)
                put_action(page, actions, PERMISSION_CUSTOMER_WRITE, "contacts/new", "contact.add", false);
        if (!page->dossier.sections[DOSSIER_POTENTIALS].row_count)
                put_action(page, actions, PERMISSION_POTENTIAL_WRITE, "potentials", "potential.title", false);
        put_action(page, actions, PERMISSION_VISIT_WRITE, "visits/plan", "visit.plan", false);
        put_action(page, actions, PERMISSION_VISIT_WRITE, "visits/new", "customer.record_visit", true);
}

static void put_areas(struct dossier_page *page)
{
        struct value *areas = put_list(page->model, NULL, "areas");
        for (int a = 0; a < AREA_COUNT; a++) {
                struct value *map = add_map(page->model, areas);
                put_word_of(page->model, map, "area", "area.", text_of(area_names[a]));
                put_word_of(page->model, map, "by", "area_by.", text_of(area_names[a]));
                put_yes_no(page->model, map, "used", page->about.areas >> a & 1);
        }
        put_count(page->model, NULL, "areas_used", __builtin_popcount(page->about.areas));
        put_count(page->model, NULL, "areas_all", AREA_COUNT);
        put_yes_no(page->model, NULL, "only_price", page->about.areas == AREA_SUPPLY);
        put_yes_no(page->model, NULL, "single_threaded", page->about.levels <= 1);
}

/* Sections whose rows are told as they are. */
static void put_rows(struct dossier_page *page, const char *name, enum dossier_part part)
{
        static const char prefix[] = "dossier.column.";
        const struct dossier_section *section = &page->dossier.sections[part];
        struct value *rows = put_list(page->model, put_map(page->model, NULL, name), "rows");
        for (size_t r = 0; r < section->row_count; r++) {
                struct value *map = add_map(page->model, rows);
                for (size_t c = 0; c < section->column_count; c++)
                        put_cell(page->model, map, section->columns[c] + sizeof(prefix) - 1,
                                 &dossier_cells(section, r)[c]);
        }
}

enum status dossier_model(const struct reader *reader, int64_t customer_id, struct model *model, struct error *error)
{
        struct dossier_page page = {.reader = reader, .model = model};
        enum status status = dossier_page_begin(&page, customer_id, false, error);
        if (!status)
                status = load_sections(&page, error);
        if (status)
                return status;
        put_head(&page);
        dossier_put_why(&page);
        dossier_put_missing(&page);
        status = dossier_put_months(&page, error);
        if (!status)
                status = dossier_put_groups(&page, error);
        if (!status)
                status = dossier_put_contacts(&page, error);
        if (!status)
                status = dossier_put_values(&page, error);
        if (status)
                return status;
        dossier_put_wallet(&page);
        dossier_put_potentials(&page);
        dossier_put_certificates(&page);
        dossier_put_responsible(&page);
        dossier_put_visits(&page);
        dossier_put_timeline(&page);
        put_areas(&page);
        put_rows(&page, "overrides", DOSSIER_OVERRIDES);
        put_rows(&page, "appeals", DOSSIER_APPEALS);
        put_rows(&page, "memberships", DOSSIER_MEMBERSHIPS);
        return model_check(model, error);
}
