/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * prospects.c: companies that have not bought yet: recorded by hand, moved from stage to stage, made customers. The
 * company stays the same when it becomes a customer: contacts, visits and potentials are still its own, under its new
 * number as well as under the old one.
 */
#include "base/calendar.h"
#include "platform/random.h"
#include "queries.h"
#include "web/entries.h"
#include "web/resources.h"

enum { NUMBER_BYTES = 32, STAGE_MAX = 60 };
/* An attribute like any other: files bring it in their own words, and these are offered in the reader's. */
#define STAGE_COLUMN "attribute:stage"

static const char *const stages[] = {"prospect_stage.found", "prospect_stage.contacted", "prospect_stage.met",
                                     "prospect_stage.offered", "prospect_stage.lost"};
enum { STAGES = sizeof(stages) / sizeof(stages[0]) };

/* ---- a new one -------------------------------------------------------------------------------------------------- */

static enum status new_show(struct request *request, struct model *model, struct error *error)
{
        (void)error;
        put_word(model, NULL, "title", "prospect.new_title");
        entry_key_put(request, model);
        entry_words_put(request, model, "stages", "stage", stages, STAGES,
                        text_of(message_raw(request_language(request), stages[0])));
        return STATUS_OK;
}

/* Whoever sees only some customers must see this one: it belongs to the first name or territory that is theirs. */
static struct text own_territory(const struct subject *subject)
{
        bool limited = subject->scope.kind == SCOPE_OWN || subject->scope.kind == SCOPE_TEAM;
        return limited && subject->scope.responsible_count ? subject->scope.responsibles[0] : (struct text){"", 0};
}

static enum status new_save(struct request *request, struct model *model, struct error *error)
{
        static const char *const plain[] = {"name", "street", "postcode", "city", "country", "trade"};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        char number[NUMBER_BYTES];
        if (!cells)
                return error_memory(error);
        cells->request = request;
        snprintf(number, sizeof(number), "P-%08llX", (unsigned long long)(random_u64() & UINT32_MAX));
        entry_add(cells, "number", text_of(number));
        for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
                entry_add(cells, plain[i], request_text(request, plain[i]));
        entry_add(cells, "kind", text_of("prospect"));
        entry_add(cells, "since", entry_day(cells, request_today(request)));
        entry_add(cells, "territory", own_territory(request_subject(request)));
        entry_add(cells, STAGE_COLUMN, request_text(request, "stage"));
        const struct entry_order order = {.kind = IMPORT_CUSTOMERS, .notice = "prospect.saved_notice", .at = "name",
                                          .source = text_of(ENTRY_SOURCE), .number = text_of(number)};
        return entry_save(request, model, cells, &order, error);
}

/* ---- one there is ----------------------------------------------------------------------------------------------- */

static enum status put_sources(struct model *model, const struct entry_page *page, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct value *list = put_page_list(model, NULL, "sources");
        enum status status = q_customer_sources_used_open(page->reading.reader.connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_customer_sources_used_row row;
                bool more = false;
                status = q_customer_sources_used_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!text_is(row.code, ENTRY_SOURCE))
                        put_text(model, add_map(model, list), "code", row.code);
        }
        return status;
}

static enum status stage_of(const struct entry_page *page, struct arena *arena, struct text *ret, struct error *error)
{
        struct q_customer_fact_on_args args = {page->about.customer_id, text_of(STAGE_COLUMN),
                                               directory_generation(page->reading.view),
                                               directory_day(page->reading.view)};
        struct q_customer_fact_on_row row;
        bool found;
        enum status status = q_customer_fact_on(page->reading.reader.connection, &args, &row, &found, error);
        *ret = (struct text){"", 0};
        if (status != STATUS_OK || !found)
                return status;
        return arena_keep_text(arena, row.value, ret) ? STATUS_OK : error_memory(error);
}

/* Only prospects have these pages: STATUS_CONFLICT "prospect.is_customer". */
static enum status begin(struct request *request, struct entry_page *page, struct error *error)
{
        enum status status = entry_page_begin(request, page, error);
        if (status == STATUS_OK && page->about.kind != KIND_PROSPECT)
                return error_set(error, STATUS_CONFLICT, "prospect.is_customer", NULL);
        return status;
}

static enum status show(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct text stage;
        struct value *form;
        enum status status = begin(request, &page, error);
        if (status == STATUS_OK)
                status = stage_of(&page, request_arena(request), &stage, error);
        if (status != STATUS_OK)
                return status;
        entry_page_put(request, model, &page, "prospect.title");
        put_text(model, NULL, "stage", stage);
        entry_words_put(request, model, "stages", "stage", stages, STAGES, stage);
        if ((form = request_form(request, model, "date")))
                put_day(model, form, "date", directory_day(page.reading.view));
        return put_sources(model, &page, error);
}

/* The name is needed by the import, and says nothing new. */
static void add_customer(struct entry_cells *cells, const struct entry_page *page)
{
        entry_add(cells, "number", page->number);
        entry_add(cells, "name", page->about.name);
}

static enum status stage_save(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        enum status status = cells ? begin(request, &page, error) : error_memory(error);
        if (status != STATUS_OK)
                return status;
        cells->request = request;
        add_customer(cells, &page);
        entry_add(cells, STAGE_COLUMN, request_text(request, "stage"));
        const struct entry_order order = entry_order_of(&page, IMPORT_CUSTOMERS, "prospect.stage_notice", "stage");
        return entry_save(request, model, cells, &order, error);
}

/* Sent a second time it is a customer already: then the first answer counts, if the form is the same. */
static enum status convert(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        struct text number = request_text(request, "number"), source = request_text(request, "source");
        enum status status = cells ? entry_page_begin(request, &page, error) : error_memory(error);
        if (status == STATUS_OK && page.about.kind != KIND_PROSPECT && !request_has(request, "entry_key"))
                return error_set(error, STATUS_CONFLICT, "prospect.is_customer", NULL);
        if (status != STATUS_OK)
                return status;
        if ((int32_t)request_integer(request, "date") > request_today(request))
                return request_refuse_field(request, error, "date", "visit.in_future", NULL);
        if (number.length && !source.length)
                return request_refuse_field(request, error, "source", "prospect.source_missing", NULL);
        cells->request = request;
        add_customer(cells, &page);
        entry_add(cells, "kind", text_of("customer"));
        entry_add(cells, "since", entry_day(cells, (int32_t)request_integer(request, "date")));
        entry_add(cells, "valid_from", entry_day(cells, (int32_t)request_integer(request, "date")));
        struct entry_order order = entry_order_of(&page, IMPORT_CUSTOMERS, "prospect.converted_notice", "number");
        if (number.length) {
                order.new_source = source;
                order.new_number = number;
        }
        return entry_save(request, model, cells, &order, error);
}

static const struct field new_fields[] = {
        ENTRY_FIELDS,
        {.name = "name", .kind = INPUT_TEXT, .required = true, .max = 200, .label = "prospect.field.name"},
        {.name = "street", .kind = INPUT_TEXT, .max = 120, .label = "prospect.field.street"},
        {.name = "postcode", .kind = INPUT_TEXT, .max = 20, .label = "prospect.field.postcode"},
        {.name = "city", .kind = INPUT_TEXT, .max = 120, .label = "prospect.field.city"},
        {.name = "country", .kind = INPUT_TEXT, .max = 60, .label = "prospect.field.country"},
        {.name = "trade", .kind = INPUT_TEXT, .max = 120, .label = "prospect.field.trade"},
        {.name = "stage", .kind = INPUT_TEXT, .max = STAGE_MAX, .label = "prospect.field.stage"},
        {0}};
static const struct field stage_fields[] = {
        ENTRY_FIELDS,
        {.name = "stage", .kind = INPUT_TEXT, .required = true, .max = STAGE_MAX, .label = "prospect.field.stage"},
        {0}};
static const struct field convert_fields[] = {
        ENTRY_FIELDS,
        {.name = "date", .kind = INPUT_DAY, .required = true, .label = "prospect.field.date"},
        {.name = "source", .kind = INPUT_TEXT, .max = 60, .label = "prospect.field.source"},
        {.name = "number", .kind = INPUT_TEXT, .max = 60, .label = "prospect.field.number"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/prospects/new", PERMISSION_CUSTOMER_WRITE, NULL, "prospect_new", new_show, 0,
         "route.prospect_form"},
        {METHOD_POST, "/prospects/new", PERMISSION_CUSTOMER_WRITE, new_fields, NULL, new_save, 0,
         "route.prospect_add"},
        {METHOD_GET, "/customers/{customer}/stage", PERMISSION_CUSTOMER_WRITE, NULL, "prospect", show,
         ROUTE_HIDES, "route.prospect"},
        {METHOD_POST, "/customers/{customer}/stage", PERMISSION_CUSTOMER_WRITE, stage_fields, NULL, stage_save,
         ROUTE_HIDES, "route.prospect_stage"},
        {METHOD_GET, "/customers/{customer}/conversion", PERMISSION_CUSTOMER_WRITE, NULL, "prospect_convert", show,
         ROUTE_HIDES, "route.prospect_convert_form"},
        {METHOD_POST, "/customers/{customer}/conversion", PERMISSION_CUSTOMER_WRITE, convert_fields, NULL, convert,
         ROUTE_HIDES, "route.prospect_convert"},
};
const struct resource resource_prospects = {"prospects", routes, sizeof(routes) / sizeof(routes[0])};
