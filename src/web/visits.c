/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * visits.c: what is planned and overdue; planning a visit, reporting one, cancelling one. A report may bring the next
 * visit with it: then it stands among the planned ones.
 */
#include "base/calendar.h"
#include "platform/clock.h"
#include "access/visibility.h"
#include "customers/audience.h"
#include "queries.h"
#include "web/entries.h"
#include "web/resources.h"

enum { OVERDUE_MAX = 100, PATH_BYTES_MAX = 128, DAY_TENTHS = 864000, TEXT_MAX = 2000, AHEAD_DAYS_MAX = 1100 };

static const char *const kinds[] = {"visit_kind.on_site", "visit_kind.phone", "visit_kind.video",
                                    "visit_kind.at_ours", "visit_kind.fair"};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* ---- what is due ------------------------------------------------------------------------------------------------ */

static void put_report_path(struct model *model, struct value *map, const char *name, int64_t customer_id,
                            const char *ending, int32_t day, int64_t number)
{
        char path[PATH_BYTES_MAX];
        if (number)
                snprintf(path, sizeof(path), "/customers/%lld/visits/%s?planned_day=%d&planned_number=%lld",
                         (long long)customer_id, ending, (int)day, (long long)number);
        else
                snprintf(path, sizeof(path), "/customers/%lld/visits/%s", (long long)customer_id, ending);
        put_string(model, map, name, path);
}

static enum status put_planned(struct model *model, const struct reading *reading, struct error *error)
{
        const struct reader *reader = &reading->reader;
        struct q_visits_planned_args args = {directory_generation(reading->view)};
        rows_cleanup struct rows *rows = NULL;
        struct value *list = put_list(model, NULL, "planned");
        enum status status = q_visits_planned_open(reader->connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_visits_planned_row row;
                bool more = false;
                status = q_visits_planned_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                int64_t at = directory_find(reading->view, reader->scope, row.customer_id);
                if (at < 0)
                        continue;
                struct directory_row about;
                directory_row(reading->view, reader->program, (size_t)at, &about);
                bool own = text_is(row.source, ENTRY_SOURCE);
                struct value *map = add_map(model, list);
                put_customer(model, put_map(model, map, "customer"), &about);
                put_segment(model, map, "segment", reader_concept(reader), about.segment, reader->language);
                put_day(model, map, "day", row.day);
                put_yes_no(model, map, "late", row.day < directory_day(reading->view));
                put_staff(reader, model, map, "rep", row.rep);
                put_code(model, map, "kind", reader->language, "visit_kind.", row.kind);
                put_text(model, map, "topics", row.topics);
                put_report_path(model, map, "report_path", row.customer_id, "new", row.day, own ? row.number : 0);
        }
        return status;
}

static enum status put_overdue(struct request *request, struct model *model, const struct reading *reading,
                               struct error *error)
{
        const struct reader *reader = &reading->reader;
        const struct directory_filter filter = {.column = LIST_OVERDUE, .compare = FILTER_AT_LEAST, .number = 1};
        const struct directory_query query = {.program = reader->program, .scope = reader->scope, .filters = &filter,
                                              .filter_count = 1, .sort = LIST_OVERDUE, .descending = true,
                                              .limit = OVERDUE_MAX};
        struct directory_page page;
        enum status status = directory_select(reading->view, &query, request_arena(request), &page, error);
        if (status != STATUS_OK)
                return status;
        put_count(model, NULL, "overdue_count", (int64_t)page.total);
        struct value *list = put_list(model, NULL, "overdue");
        for (size_t i = 0; i < page.count; i++) {
                struct directory_row about;
                directory_row(reading->view, reader->program, page.rows[i], &about);
                struct value *map = add_map(model, list);
                put_customer(model, put_map(model, map, "customer"), &about);
                put_segment(model, map, "segment", reader_concept(reader), about.segment, reader->language);
                put_day(model, map, "last_visit", about.last_visit_day);
                put_day(model, map, "due", about.visit_due_day);
                put_count(model, map, "overdue_days", directory_visit_overdue_days(reading->view, &about));
                put_report_path(model, map, "report_path", about.customer_id, "new", 0, 0);
                put_report_path(model, map, "plan_path", about.customer_id, "plan", 0, 0);
        }
        return STATUS_OK;
}

static enum status visits_show(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        put_word(model, NULL, "title", "nav.visits");
        enum status status = reading_begin(request, &reading, error);
        if (status == STATUS_OK)
                status = put_planned(model, &reading, error);
        return status != STATUS_OK ? status : put_overdue(request, model, &reading, error);
}

/* ---- one customer's --------------------------------------------------------------------------------------------- */

/* All visits; the planned one that the address names fills the form. */
static enum status put_visits(struct request *request, struct model *model, const struct entry_page *page,
                              struct error *error)
{
        struct q_visits_of_customer_args args = {page->about.customer_id, directory_generation(page->reading.view)};
        int32_t planned_day = request_has(request, "planned_day") ? (int32_t)request_integer(request, "planned_day")
                                                                  : DAY_NONE;
        int64_t planned_number = request_integer(request, "planned_number");
        bool notes = may_see(request_subject(request)->role, DETAIL_INTERNAL_NOTE);
        rows_cleanup struct rows *rows = NULL;
        struct value *form, *list = put_list(model, NULL, "visits");
        enum status status = q_visits_of_customer_open(page->reading.reader.connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_visits_of_customer_row row;
                bool more = false;
                status = q_visits_of_customer_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                bool planned = text_is(row.status, "planned"), own = text_is(row.source, ENTRY_SOURCE);
                struct value *map = add_map(model, list);
                put_day(model, map, "day", row.day);
                put_ordinal(model, map, "day_number", row.day); /* as the forms name it */
                put_ordinal(model, map, "number", row.number);
                put_yes_no(model, map, "planned", planned);
                put_staff(&page->reading.reader, model, map, "rep", row.rep);
                put_code(model, map, "kind", request_language(request), "visit_kind.", row.kind);
                put_text(model, map, "met", row.met);
                put_text(model, map, "topics", row.topics);
                put_text(model, map, "next_step", row.next_step);
                put_text(model, map, "note", notes ? row.note : (struct text){NULL, 0});
                put_text(model, map, "source", row.source);
                put_yes_no(model, map, "ours", planned && own);
                if (!planned || !own || row.day != planned_day || row.number != planned_number)
                        continue;
                if ((form = request_form(request, model, "topics")))
                        put_text(model, form, "topics", row.topics);
                if ((form = request_form(request, model, "planned_day")))
                        put_ordinal(model, form, "planned_day", row.day);
                if ((form = request_form(request, model, "planned_number")))
                        put_ordinal(model, form, "planned_number", row.number);
        }
        return status;
}

/* Names of the customer's contacts, to choose from. */
static enum status put_people(struct model *model, const struct entry_page *page, struct error *error)
{
        struct value *list = put_page_list(model, NULL, "people");
        struct audience_person *people;
        size_t count = 0;
        enum status status = audience_of_customer(page->reading.reader.connection,
                                                  directory_generation(page->reading.view), page->about.customer_id,
                                                  directory_day(page->reading.view), model->arena, &people, &count,
                                                  error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                if (people[i].name.length)
                        put_text(model, add_map(model, list), "name", people[i].name);
        return status;
}

static enum status show(struct request *request, struct model *model, const char *title, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct value *form;
        enum status status = entry_page_begin(request, &page, error);
        if (status != STATUS_OK)
                return status;
        entry_page_put(request, model, &page, title);
        if ((form = request_form(request, model, "date")))
                put_day(model, form, "date", directory_day(page.reading.view));
        if ((form = request_form(request, model, "rep")))
                put_text(model, form, "rep", request_subject(request)->name);
        entry_words_put(request, model, "kinds", "kind", kinds, KINDS, (struct text){NULL, 0});
        status = put_people(model, &page, error);
        return status != STATUS_OK ? status : put_visits(request, model, &page, error);
}

static enum status report_show(struct request *request, struct model *model, struct error *error)
{
        return show(request, model, "visit.report_title", error);
}

static enum status plan_show(struct request *request, struct model *model, struct error *error)
{
        return show(request, model, "visit.plan_title", error);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

/* Tells several of a day apart: rises with the time of day, so that two who write at once do not write over each
 * other. */
static enum status next_number(struct request *request, const struct entry_page *page, int32_t day, int64_t *ret,
                               struct error *error)
{
        int64_t highest = 0, now = request_now_ms(request) / 100 % DAY_TENTHS + 1;
        enum status status = entry_visit_number(page->reading.reader.connection, page->about.customer_id, day, &highest,
                                                error);
        if (status == STATUS_OK)
                *ret = highest > now ? highest : now;
        return status;
}

struct visit_row {
        int32_t day;
        int64_t number;
        const char *status;
        struct text rep, kind, met, topics, next_step, note;
};

static void add_visit(struct entry_cells *cells, const struct entry_page *page, const struct visit_row *visit)
{
        static const char *const columns[] = {"customer", "date", "number", "status", "rep", "kind", "met", "topics",
                                              "next_step", "note"};
        const struct text row[] = {page->number, entry_day(cells, visit->day), entry_number(cells, visit->number, 0),
                                   text_of(visit->status), visit->rep, visit->kind, visit->met, visit->topics,
                                   visit->next_step, visit->note};
        bool first = cells->column_count == 0;
        for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
                if (first)
                        entry_add(cells, columns[i], row[i]);
                else
                        entry_next(cells, row[i]);
        }
}

static struct visit_row typed_visit(struct request *request, const char *status)
{
        return (struct visit_row){.day = (int32_t)request_integer(request, "date"), .status = status,
                                  .rep = request_text(request, "rep"), .kind = request_text(request, "kind"),
                                  .met = request_text(request, "met"), .topics = request_text(request, "topics"),
                                  .next_step = request_text(request, "next_step"),
                                  .note = request_text(request, "note")};
}

/* Is there a planned visit of that day and number? */
static enum status find_planned(const struct entry_page *page, int32_t day, int64_t number, bool *ret,
                                struct error *error)
{
        struct q_visits_of_customer_args args = {page->about.customer_id, directory_generation(page->reading.view)};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_visits_of_customer_open(page->reading.reader.connection, &args, &rows, error);
        *ret = false;
        while (status == STATUS_OK) {
                struct q_visits_of_customer_row row;
                bool more = false;
                status = q_visits_of_customer_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                *ret |= row.day == day && row.number == number && text_is(row.status, "planned") &&
                        text_is(row.source, ENTRY_SOURCE);
        }
        return status;
}

/* The report itself: in place of the planned visit, when it took place on the day planned; else that one is off. */
static enum status add_report(struct request *request, const struct entry_page *page, struct entry_cells *cells,
                              struct error *error)
{
        struct visit_row visit = typed_visit(request, "confirmed");
        int32_t planned_day = (int32_t)request_integer(request, "planned_day");
        int64_t planned_number = request_integer(request, "planned_number");
        bool planned = false, as_planned;
        enum status status = STATUS_OK;
        if (request_has(request, "planned_day"))
                status = find_planned(page, planned_day, planned_number, &planned, error);
        as_planned = planned && planned_day == visit.day;
        visit.number = planned_number;
        if (status == STATUS_OK && !as_planned)
                status = next_number(request, page, visit.day, &visit.number, error);
        add_visit(cells, page, &visit);
        if (planned && !as_planned)
                add_visit(cells, page, &(struct visit_row){.day = planned_day, .number = planned_number,
                                                           .status = "cancelled"});
        return status;
}

static enum status report(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        int32_t today = request_today(request), next_day = (int32_t)request_integer(request, "next_day");
        int32_t day = (int32_t)request_integer(request, "date");
        enum status status = cells ? entry_page_begin(request, &page, error) : error_memory(error);
        if (status != STATUS_OK)
                return status;
        cells->request = request;
        if (day > today)
                return request_refuse_field(request, error, "date", "visit.in_future", NULL);
        if (request_has(request, "next_day") && (next_day <= day || next_day > today + AHEAD_DAYS_MAX))
                return request_refuse_field(request, error, "next_day", "visit.next_too_early", NULL);
        status = add_report(request, &page, cells, error);
        if (status == STATUS_OK && request_has(request, "next_day")) {
                struct visit_row next = {.day = next_day, .status = "planned", .rep = request_text(request, "rep"),
                                         .topics = request_text(request, "next_step")};
                status = next_number(request, &page, next_day, &next.number, error);
                add_visit(cells, &page, &next);
        }
        const struct entry_order order = entry_order_of(&page, IMPORT_VISITS, "visit.reported_notice", "date");
        return status != STATUS_OK ? status : entry_save(request, model, cells, &order, error);
}

static enum status plan(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        struct visit_row visit = typed_visit(request, "planned");
        enum status status = cells ? entry_page_begin(request, &page, error) : error_memory(error);
        if (status != STATUS_OK)
                return status;
        cells->request = request;
        if (visit.day < request_today(request) || visit.day > request_today(request) + AHEAD_DAYS_MAX)
                return request_refuse_field(request, error, "date", "visit.in_past", NULL);
        status = next_number(request, &page, visit.day, &visit.number, error);
        if (status != STATUS_OK)
                return status;
        add_visit(cells, &page, &visit);
        const struct entry_order order = entry_order_of(&page, IMPORT_VISITS, "visit.planned_notice", "date");
        return entry_save(request, model, cells, &order, error);
}

static enum status cancel(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        struct visit_row visit = {.day = (int32_t)request_integer(request, "planned_day"),
                                  .number = request_integer(request, "planned_number"), .status = "cancelled"};
        bool planned = false;
        enum status status = cells ? entry_page_begin(request, &page, error) : error_memory(error);
        if (status == STATUS_OK)
                status = find_planned(&page, visit.day, visit.number, &planned, error);
        if (status != STATUS_OK)
                return status;
        if (!planned)
                return error_set(error, STATUS_CONFLICT, "visit.not_planned", NULL);
        cells->request = request;
        add_visit(cells, &page, &visit);
        const struct entry_order order = entry_order_of(&page, IMPORT_VISITS, "visit.cancelled_notice",
                                                        "planned_day");
        return entry_save(request, model, cells, &order, error);
}

/* Which of the planned visits: as the address has it. */
#define PLANNED(needed) \
        {.name = "planned_day", .kind = INPUT_COUNT_OF, .max = 200000, .required = needed}, \
        {.name = "planned_number", .kind = INPUT_COUNT_OF, .max = 1000000, .required = needed}
static const struct field shown_fields[] = {PLANNED(false), {0}};
static const struct field cancel_fields[] = {ENTRY_FIELDS, PLANNED(true), {0}};
static const struct field plan_fields[] = {
        ENTRY_FIELDS,
        {.name = "date", .kind = INPUT_DAY, .required = true, .label = "visit.field.date"},
        {.name = "kind", .kind = INPUT_TEXT, .max = 80, .label = "visit.field.kind"},
        {.name = "rep", .kind = INPUT_TEXT, .max = 120, .label = "visit.field.rep"},
        {.name = "topics", .kind = INPUT_LONG_TEXT, .max = TEXT_MAX, .label = "visit.field.topics"},
        {0}};
static const struct field report_fields[] = {
        ENTRY_FIELDS, PLANNED(false),
        {.name = "date", .kind = INPUT_DAY, .required = true, .label = "visit.field.date"},
        {.name = "kind", .kind = INPUT_TEXT, .max = 80, .label = "visit.field.kind"},
        {.name = "rep", .kind = INPUT_TEXT, .max = 120, .label = "visit.field.rep"},
        {.name = "met", .kind = INPUT_TEXT, .max = 300, .label = "visit.field.met"},
        {.name = "topics", .kind = INPUT_LONG_TEXT, .required = true, .max = TEXT_MAX, .label = "visit.field.topics"},
        {.name = "next_step", .kind = INPUT_TEXT, .max = 300, .label = "visit.field.next_step"},
        {.name = "next_day", .kind = INPUT_DAY, .label = "visit.field.next_day"},
        {.name = "note", .kind = INPUT_LONG_TEXT, .max = TEXT_MAX, .label = "visit.field.note"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/visits", PERMISSION_VISIT_WRITE, NULL, "visits", visits_show, 0, "route.visits"},
        {METHOD_GET, "/customers/{customer}/visits/new", PERMISSION_VISIT_WRITE, shown_fields, "visit_report",
         report_show, ROUTE_HIDES, "route.visit_report_form"},
        {METHOD_POST, "/customers/{customer}/visits/new", PERMISSION_VISIT_WRITE, report_fields, NULL, report,
         ROUTE_HIDES, "route.visit_report"},
        {METHOD_GET, "/customers/{customer}/visits/plan", PERMISSION_VISIT_WRITE, shown_fields, "visit_plan",
         plan_show, ROUTE_HIDES, "route.visit_plan_form"},
        {METHOD_POST, "/customers/{customer}/visits/plan", PERMISSION_VISIT_WRITE, plan_fields, NULL, plan,
         ROUTE_HIDES, "route.visit_plan"},
        {METHOD_POST, "/customers/{customer}/visits/cancel", PERMISSION_VISIT_WRITE, cancel_fields, NULL, cancel,
         ROUTE_HIDES, "route.visit_cancel"},
};
const struct resource resource_visits = {"visits", routes, sizeof(routes) / sizeof(routes[0])};
