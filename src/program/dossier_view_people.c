/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_view_people.c: contacts by relationship level, who cares, values with their source, certificates, visits, and
 * the timeline of what happened.
 */
#include <stdlib.h>

#include "access/visibility.h"
#include "customers/audience.h"
#include "program/dossier_view_parts.h"
#include "queries.h"

enum { TIMELINE_MAX = 40, CONTACT_NAME = 0, CONTACT_ROLE, CONTACT_LEVEL, LETTERS_BYTES = 16 };

/* ---- contacts ---------------------------------------------------------------------------------------------------- */

static size_t character_bytes(const char *data, size_t length)
{
        size_t bytes = length > 0;
        while (bytes < length && ((unsigned char)data[bytes] & 0xC0) == 0x80)
                bytes++;
        return bytes;
}

void put_letters(struct model *model, struct value *map, struct text name)
{
        char letters[LETTERS_BYTES];
        name = text_trim(name);
        size_t last = name.length, used = character_bytes(name.data, name.length);
        while (last > 0 && name.data[last - 1] != ' ')
                last--;
        size_t more = last > 0 ? character_bytes(name.data + last, name.length - last) : 0;
        if (used + more > sizeof(letters))
                used = more = 0;
        if (used)
                memcpy(letters, name.data, used);
        if (more)
                memcpy(letters + used, name.data + last, more);
        put_text(model, map, "letters", (struct text){letters, used + more});
}

struct known_people {
        struct audience_person *list;
        size_t count;
};

static const struct audience_person *person_of(const struct known_people *people, int64_t person_id)
{
        for (size_t i = 0; i < people->count; i++)
                if (people->list[i].person_id == person_id)
                        return &people->list[i];
        return NULL;
}

/* Where the person stands on the channel: "refuses" is yes after a withdrawal or an objection, and the page offers no
 * link there. */
static void put_channels(struct dossier_page *page, struct value *map, const struct dossier_cell *cells)
{
        for (int c = 0; c < CONSENT_CHANNELS; c++) {
                const struct dossier_cell *cell = &cells[CONTACT_LEVEL + 1 + c];
                bool refused = text_is(cell->text, "consent.state.withdrawn") ||
                               text_is(cell->text, "consent.state.objection");
                char name[32], refuses[32];
                snprintf(name, sizeof(name), "may_%s", consent_channel_names[c]);
                snprintf(refuses, sizeof(refuses), "refuses_%s", consent_channel_names[c]);
                const char *kept = arena_copy(page->model->arena, name, strlen(name));
                const char *kept_refuses = arena_copy(page->model->arena, refuses, strlen(refuses));
                page->model->failed |= !kept || !kept_refuses;
                if (!kept || !kept_refuses)
                        return;
                put_cell(page->model, map, kept, cell);
                put_yes_no(page->model, map, kept_refuses, refused);
        }
}

/* How to reach somebody stands in audience.h only. */
static void put_person(struct dossier_page *page, struct value *rows, size_t row, const struct known_people *people)
{
        const struct dossier *dossier = &page->dossier;
        const struct dossier_cell *cells = dossier_cells(&dossier->sections[DOSSIER_CONTACTS], row);
        int64_t person_id = dossier->contact_ids[row];
        const struct audience_person *person = person_of(people, person_id);
        struct value *map = add_map(page->model, rows);
        char ending[48];
        snprintf(ending, sizeof(ending), "contacts/%lld", (long long)person_id);
        put_text(page->model, map, "name", cells[CONTACT_NAME].text);
        dossier_put_path(page, map, PERMISSION_CUSTOMER_WRITE, ending);
        put_letters(page->model, map, cells[CONTACT_NAME].text);
        put_code(page->model, map, "role", page->reader->language, NULL, cells[CONTACT_ROLE].text);
        put_text(page->model, map, "email", person && person->email.length ? person->email : (struct text){NULL, 0});
        put_text(page->model, map, "phone", person && person->phone.length ? person->phone : (struct text){NULL, 0});
        put_channels(page, map, cells);
}

/* Levels in the order in which they first come, people without one last. */
static void put_levels(struct dossier_page *page, const struct dossier_section *section, bool *told,
                       const struct known_people *people)
{
        struct value *card = put_map(page->model, NULL, "contacts");
        dossier_put_path(page, card, PERMISSION_CUSTOMER_WRITE, "contacts/new");
        struct value *levels = put_list(page->model, card, "levels");
        for (int unknown = 0; unknown < 2; unknown++)
                for (size_t r = 0; r < section->row_count; r++) {
                        const struct dossier_cell *level = &dossier_cells(section, r)[CONTACT_LEVEL];
                        if (told[r] || (level->type == DOSSIER_BLANK) != (unknown == 1))
                                continue;
                        struct value *map = add_map(page->model, levels);
                        put_code(page->model, map, "level", page->reader->language, "contact_level.", level->text);
                        struct value *rows = put_list(page->model, map, "rows");
                        for (size_t same = r; same < section->row_count; same++) {
                                const struct dossier_cell *cells = dossier_cells(section, same);
                                if (told[same] || cells[CONTACT_LEVEL].type != level->type ||
                                    !text_equal(cells[CONTACT_LEVEL].text, level->text))
                                        continue;
                                told[same] = true;
                                put_person(page, rows, same, people);
                        }
                }
}

enum status dossier_put_contacts(struct dossier_page *page, struct error *error)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_CONTACTS];
        if (!section->row_count) {
                put_none(page->model, NULL, "contacts");
                return STATUS_OK;
        }
        struct known_people people = {NULL, 0};
        bool *told = arena_array(page->model->arena, bool, section->row_count);
        if (!told)
                return error_memory(error);
        enum status status = audience_of_customer(page->reader->connection, directory_generation(page->reader->view),
                                                  page->about.customer_id, directory_day(page->reader->view),
                                                  page->model->arena, &people.list, &people.count, error);
        if (!status)
                put_levels(page, section, told, &people);
        return status;
}

void dossier_put_responsible(struct dossier_page *page)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_RESPONSIBLE];
        struct value *rows = put_list(page->model, put_map(page->model, NULL, "responsible"), "rows");
        for (size_t r = 0; r < section->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(section, r);
                struct value *map = add_map(page->model, rows);
                put_staff(page->reader, page->model, map, "name", cells[0].text);
                put_letters(page->model, map, value_shown(value_get(map, "name")));
                put_cell(page->model, map, "role", &cells[1]);
                put_cell(page->model, map, "territory", &cells[2]);
        }
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static enum status put_figures(struct dossier_page *page, struct value *rows, struct error *error)
{
        struct q_customer_values_valid_args args = {page->about.customer_id, directory_generation(page->reader->view),
                                                    directory_day(page->reader->view)};
        rows_cleanup struct rows *list = NULL;
        if (!may_see(page->reader->subject->role, DETAIL_SCORE))
                return STATUS_OK;
        enum status status = q_customer_values_valid_open(page->reader->connection, &args, &list, error);
        for (bool more = true; !status;) {
                struct q_customer_values_valid_row row;
                status = q_customer_values_valid_next(list, &row, &more, error);
                if (status || !more)
                        break;
                struct value *map = add_map(page->model, rows);
                put_code(page->model, map, "name", page->reader->language, NULL, row.name);
                put_decimal(page->model, map, "value", row.units, (unsigned)row.scale);
                put_code(page->model, map, "source", page->reader->language, NULL, row.source);
                put_day(page->model, map, "day", row.valid_from);
        }
        return status;
}

enum status dossier_put_values(struct dossier_page *page, struct error *error)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_FACTS];
        struct value *rows = put_list(page->model, put_map(page->model, NULL, "values"), "rows");
        for (size_t r = 0; r < section->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(section, r);
                struct text code = cells[0].text;
                static const char prefix[] = "attribute:";
                struct value *map = add_map(page->model, rows);
                if (code.length > sizeof(prefix) - 1 && memcmp(code.data, prefix, sizeof(prefix) - 1) == 0)
                        code = (struct text){code.data + sizeof(prefix) - 1, code.length - (sizeof(prefix) - 1)};
                put_code(page->model, map, "name", page->reader->language, DOSSIER_FACT_FAMILY, code);
                if (cells[1].type == DOSSIER_TEXT && text_is(code, "language"))
                        put_code(page->model, map, "value", page->reader->language, "language.", cells[1].text);
                else if (cells[1].type == DOSSIER_TEXT && text_is(code, "stage"))
                        put_code(page->model, map, "value", page->reader->language, "prospect_stage.", cells[1].text);
                else
                        put_cell(page->model, map, "value", &cells[1]);
                put_code(page->model, map, "source", page->reader->language, NULL, cells[3].text);
                put_cell(page->model, map, "day", cells[2].type == DOSSIER_DAY ? &cells[2] : &cells[4]);
        }
        return put_figures(page, rows, error);
}

void dossier_put_certificates(struct dossier_page *page)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_CERTIFICATES];
        if (!section->row_count) {
                put_none(page->model, NULL, "certificates");
                return;
        }
        struct value *rows = put_list(page->model, put_map(page->model, NULL, "certificates"), "rows");
        for (size_t r = 0; r < section->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(section, r);
                struct value *map = add_map(page->model, rows);
                put_word(page->model, map, "state", text_is(cells[4].text, "dossier.valid") ? "state.met"
                                                                                          : "state.not_met");
                put_cell(page->model, map, "person", &cells[0]);
                put_cell(page->model, map, "name", &cells[1]);
                put_cell(page->model, map, "until", &cells[3]);
        }
}

/* ---- visits and timeline ----------------------------------------------------------------------------------------- */

struct happened {
        int32_t day;
        unsigned order;
        const char *text, *kind;     /* keys; text with an argument "what" */
        struct text what, note;
        bool main, staff;            /* `what` is somebody on the staff */
        const char *codes;           /* family of `note`, or of `what` ("": no family), which are codes; NULL: text */
};

struct timeline {
        struct dossier_page *page;
        struct buffer list;          /* struct happened */
        unsigned order;
};

static void happen(struct timeline *timeline, struct happened happened)
{
        happened.order = timeline->order++;
        if (happened.day != DAY_NONE && happened.day <= timeline->page->reader->view->facts->day)
                buffer_add(&timeline->list, &happened, sizeof(happened));
}

static int latest_first(const void *a, const void *b)
{
        const struct happened *x = a, *y = b;
        if (x->day != y->day)
                return x->day > y->day ? -1 : 1;
        return (x->order > y->order) - (x->order < y->order);
}

static void put_happened(const struct reader *reader, struct model *model, struct value *rows,
                         const struct happened *happened)
{
        struct value *map = add_map(model, rows);
        put_day(model, map, "day", happened->day);
        struct value *sentence = put_sentence(model, map, "text", happened->text);
        if (happened->staff)
                put_staff(reader, model, sentence, "what", happened->what);
        else if (happened->codes && !happened->codes[0])
                put_code(model, sentence, "what", reader->language, NULL, happened->what);
        else
                put_text(model, sentence, "what", happened->what);
        put_word(model, map, "kind", happened->kind);
        if (happened->codes && happened->codes[0])
                put_code(model, map, "note", reader->language, happened->codes, happened->note);
        else
                put_text(model, map, "note", happened->note);
        put_yes_no(model, map, "main", happened->main);
}

/* Files give a kind to every visit, often none but "visit". */
static bool says_only_visit(struct text kind)
{
        return text_is(kind, message_raw(LANGUAGE_GERMAN, "timeline.visit")) ||
               text_is(kind, message_raw(LANGUAGE_ENGLISH, "timeline.visit"));
}

void dossier_put_visits(struct dossier_page *page)
{
        const struct dossier_section *section = &page->dossier.sections[DOSSIER_VISITS];
        int32_t overdue = directory_visit_overdue_days(page->reader->view, &page->about);
        const struct dossier_section *planned = &page->dossier.sections[DOSSIER_PLANNED];
        if (!section->row_count && !planned->row_count && page->about.visit_due_day == DAY_NONE) {
                put_none(page->model, NULL, "visits");
                return;
        }
        struct value *visits = put_map(page->model, NULL, "visits");
        if (page->about.visit_due_day == DAY_NONE)
                put_none(page->model, visits, "due");
        else
                put_day(page->model, put_sentence(page->model, visits, "due",
                                                  overdue ? "customer.visit_overdue" : "customer.visit_due"),
                        "day", page->about.visit_due_day);
        put_count(page->model, visits, "overdue_days", overdue);
        struct value *rows = put_list(page->model, visits, "rows");
        for (size_t r = 0; r < planned->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(planned, r);
                const struct happened happened = {.day = (int32_t)cells[0].number, .text = "timeline.visit_planned",
                                                  .kind = "timeline.visit", .what = cells[1].text, .staff = true,
                                                  .note = cells[3].text, .main = true};
                put_happened(page->reader, page->model, rows, &happened);
        }
        for (size_t r = 0; r < section->row_count; r++) {
                const struct dossier_cell *cells = dossier_cells(section, r);
                bool topics = cells[4].text.length > 0, plain = says_only_visit(cells[2].text);
                const struct happened happened = {.day = (int32_t)cells[0].number, .text = "timeline.visited",
                                                  .kind = "timeline.visit", .what = cells[1].text, .staff = true,
                                                  .note = topics ? cells[4].text
                                                          : plain ? (struct text){NULL, 0} : cells[2].text,
                                                  .codes = topics || plain ? NULL : "visit_kind."};
                put_happened(page->reader, page->model, rows, &happened);
        }
}

static void add_decisions(struct timeline *timeline)
{
        const struct dossier_page *page = timeline->page;
        for (size_t i = 0; page->decided && i < page->explained.history_count; i++) {
                const struct past_decision *past = &page->explained.history[i];
                bool moved = past->before.length && !text_equal(past->before, past->segment);
                happen(timeline, (struct happened){
                        .day = past->approved ? past->effective_day : past->cutoff_day,
                        .text = !past->approved ? "timeline.proposed" : moved ? "timeline.moved" : "timeline.stayed",
                        .kind = "timeline.evaluation", .what = past->segment, .main = past->approved && moved});
        }
}

static void add_sections(struct timeline *timeline)
{
        const struct dossier *dossier = &timeline->page->dossier;
        bool notes = may_see(timeline->page->reader->subject->role, DETAIL_INTERNAL_NOTE);
        const struct dossier_section *visits = &dossier->sections[DOSSIER_VISITS];
        for (size_t r = 0; r < visits->row_count; r++)
                happen(timeline, (struct happened){.day = (int32_t)dossier_cells(visits, r)[0].number,
                                                   .text = "timeline.visited", .kind = "timeline.visit",
                                                   .what = dossier_cells(visits, r)[1].text, .staff = true});
        const struct dossier_section *activities = &dossier->sections[DOSSIER_ACTIVITIES];
        for (size_t r = 0; r < activities->row_count; r++)
                happen(timeline, (struct happened){.day = (int32_t)dossier_cells(activities, r)[0].number,
                                                   .text = "timeline.did", .kind = "timeline.activity",
                                                   .what = dossier_cells(activities, r)[1].text, .codes = "",
                                                   .note = notes ? dossier_cells(activities, r)[4].text
                                                                 : (struct text){NULL, 0}});
        const struct dossier_section *overrides = &dossier->sections[DOSSIER_OVERRIDES];
        for (size_t r = 0; r < overrides->row_count; r++)
                happen(timeline, (struct happened){.day = (int32_t)dossier_cells(overrides, r)[2].number,
                                                   .text = "timeline.overridden", .kind = "timeline.override",
                                                   .what = dossier_cells(overrides, r)[1].text,
                                                   .note = notes ? dossier_cells(overrides, r)[5].text
                                                                 : (struct text){NULL, 0}, .main = true});
        const struct dossier_section *merges = &dossier->sections[DOSSIER_MERGES];
        for (size_t r = 0; r < merges->row_count; r++)
                happen(timeline, (struct happened){.day = (int32_t)dossier_cells(merges, r)[0].number,
                                                   .text = "timeline.merged", .kind = "timeline.merge",
                                                   .what = dossier_cells(merges, r)[2].text, .main = true});
        const struct dossier_section *certificates = &dossier->sections[DOSSIER_CERTIFICATES];
        for (size_t r = 0; r < certificates->row_count; r++)
                happen(timeline, (struct happened){.day = (int32_t)dossier_cells(certificates, r)[2].number,
                                                   .text = "timeline.certified", .kind = "timeline.certificate",
                                                   .what = dossier_cells(certificates, r)[0].text,
                                                   .note = dossier_cells(certificates, r)[1].text});
}

void dossier_put_timeline(struct dossier_page *page)
{
        struct timeline timeline = {.page = page};
        buffer_init(&timeline.list, 1 << 24);
        add_decisions(&timeline);
        add_sections(&timeline);
        if (page->about.customer_since_day != DAY_NONE)
                happen(&timeline, (struct happened){
                        .day = page->about.customer_since_day, .kind = "timeline.begin", .main = true,
                        .text = page->about.kind == KIND_PROSPECT ? "timeline.recorded" : "timeline.began"});
        struct happened *list = (struct happened *)(void *)timeline.list.data;
        size_t count = timeline.list.length / sizeof(*list);
        page->model->failed |= timeline.list.failed;
        if (count > 1)
                qsort(list, count, sizeof(*list), latest_first);
        if (count) {
                struct value *rows = put_list(page->model, put_map(page->model, NULL, "timeline"), "rows");
                for (size_t i = 0; i < count && i < TIMELINE_MAX; i++)
                        put_happened(page->reader, page->model, rows, &list[i]);
        } else {
                put_none(page->model, NULL, "timeline");
        }
        buffer_release(&timeline.list);
}
