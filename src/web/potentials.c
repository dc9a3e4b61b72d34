/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * potentials.c: what a customer buys of a product group in a year, from us and from others. Whoever names shares names
 * all of it: our own, those of competitors and the rest make 100 % (R-027).
 */
#include "access/visibility.h"
#include "base/calendar.h"
#include "base/decimal.h"
#include "queries.h"
#include "web/entries.h"
#include "web/resources.h"

enum { COMPETITORS = 5, WHOLE = 10000, GROUP_BYTES_MAX = 200, NAME_BYTES_MAX = 256, CHOICES = 2 };
static const char *const methods[] = {"potential_method.estimated", "potential_method.measured"};
static const char *const competitor_fields[COMPETITORS] = {"competitor_1", "competitor_2", "competitor_3",
                                                           "competitor_4", "competitor_5"};
static const char *const share_fields[COMPETITORS] = {"share_1", "share_2", "share_3", "share_4", "share_5"};

/* ---- showing ---------------------------------------------------------------------------------------------------- */

/* One potential while its rows come: they differ in the competitor only. */
struct shown {
        const struct directory_view *view;
        struct request *request;
        struct model *model;
        struct value *map, *competitors;
        bool chosen;             /* the form is about it */
        size_t competitor_count;
        int64_t own, others;
        bool has_own;
};

static void put_share(struct model *model, struct value *form, const char *field, int64_t millionths)
{
        int64_t hundredths = millionths / (1000000 / WHOLE);
        if (hundredths % 100 == 0)
                put_decimal(model, form, field, hundredths / 100, 0);
        else
                put_decimal(model, form, field, hundredths, 2);
}

static void end_shown(struct shown *shown)
{
        struct model *model = shown->model;
        struct value *form;
        if (!shown->map)
                return;
        int64_t rest = 1000000 - shown->own - shown->others;
        if (shown->has_own) {
                put_ratio(model, shown->map, "own", shown->own, 1000000);
                put_ratio(model, shown->map, "other", rest > 0 ? rest : 0, 1000000);
        } else {
                put_none(model, shown->map, "own");
                put_none(model, shown->map, "other");
        }
        if (shown->chosen && shown->has_own) {
                if ((form = request_form(shown->request, model, "own")))
                        put_share(model, form, "own", shown->own);
                if ((form = request_form(shown->request, model, "other")))
                        put_share(model, form, "other", rest > 0 ? rest : 0);
        }
        shown->map = NULL;
}

static void fill_form(struct shown *shown, const struct q_potential_forms_row *row)
{
        struct model *model = shown->model;
        struct value *form;
        if ((form = request_form(shown->request, model, "amount")))
                put_money(model, form, "amount", row->amount_minor);
        if ((form = request_form(shown->request, model, "note")))
                put_text(model, form, "note", row->note);
        if ((form = request_form(shown->request, model, "method")))
                put_string(model, form, "method", row->estimated ? "estimated" : "measured");
}

static void begin_shown(struct shown *shown, struct value *list, const struct q_potential_forms_row *row, bool chosen)
{
        struct model *model = shown->model;
        *shown = (struct shown){.request = shown->request, .model = model, .view = shown->view,
                                .map = add_map(model, list),
                                .chosen = chosen, .own = row->own_millionths, .has_own = row->has_own_millionths};
        if (row->product_group.length)
                put_text(model, shown->map, "product_group", row->product_group);
        else
                put_none(model, shown->map, "product_group");
        put_text(model, shown->map, "group_name", directory_product_group(shown->view, row->product_group));
        put_money(model, shown->map, "amount", row->amount_minor);
        put_day(model, shown->map, "day", row->valid_from);
        put_yes_no(model, shown->map, "estimated", row->estimated);
        put_text(model, shown->map, "note", row->note);
        shown->competitors = put_list(model, shown->map, "competitors");
        if (chosen)
                fill_form(shown, row);
}

static void take_competitor(struct shown *shown, const struct q_potential_forms_row *row)
{
        struct model *model = shown->model;
        struct value *form, *map = add_map(model, shown->competitors);
        put_text(model, map, "name", row->competitor);
        put_ratio(model, map, "share", row->share_millionths, 1000000);
        shown->others += row->share_millionths;
        size_t place = shown->competitor_count++;
        if (!shown->chosen || place >= COMPETITORS)
                return;
        if ((form = request_form(shown->request, model, competitor_fields[place])))
                put_text(model, form, competitor_fields[place], row->competitor);
        if ((form = request_form(shown->request, model, share_fields[place])))
                put_share(model, form, share_fields[place], row->share_millionths);
}

static enum status put_potentials(struct request *request, struct model *model, const struct entry_page *page,
                                  struct text group, struct error *error)
{
        struct q_potential_forms_args args = {page->about.customer_id, directory_generation(page->reading.view),
                                              directory_day(page->reading.view)};
        struct shown shown = {.request = request, .model = model, .view = page->reading.view};
        struct buffer last buffer_cleanup;
        rows_cleanup struct rows *rows = NULL;
        buffer_init(&last, NAME_BYTES_MAX * 4);
        struct value *list = put_list(model, NULL, "potentials");
        enum status status = q_potential_forms_open(page->reading.reader.connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_potential_forms_row row;
                bool more = false;
                status = q_potential_forms_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!shown.map || !text_equal(row.product_group, (struct text){last.data, last.length})) {
                        end_shown(&shown);
                        begin_shown(&shown, list, &row, text_equal(row.product_group, group));
                        buffer_clear(&last);
                        if (row.product_group.length)
                                buffer_add(&last, row.product_group.data, row.product_group.length);
                }
                if (row.competitor.length && row.share_millionths > 0 &&
                    may_see(request_subject(request)->role, DETAIL_COMPETITOR_SHARE))
                        take_competitor(&shown, &row);
        }
        end_shown(&shown);
        return status;
}

static enum status put_groups(struct model *model, const struct entry_page *page, struct text chosen,
                              struct error *error)
{
        struct q_product_groups_named_args args = {directory_generation(page->reading.view)};
        rows_cleanup struct rows *rows = NULL;
        struct value *list = put_page_list(model, NULL, "groups");
        enum status status = q_product_groups_named_open(page->reading.reader.connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_product_groups_named_row row;
                bool more = false;
                status = q_product_groups_named_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct value *map = add_map(model, list);
                put_text(model, map, "code", row.code);
                put_text(model, map, "name", row.name);
                put_yes_no(model, map, "chosen", text_equal(row.code, chosen));
        }
        return status;
}

static void put_competitor_fields(struct model *model)
{
        const struct value *form = value_get(model->root, "form"), *errors = value_get(model->root, "errors");
        struct value *list = put_page_list(model, NULL, "competitor_fields");
        for (size_t i = 0; i < COMPETITORS; i++) {
                struct value *map = add_map(model, list);
                put_string(model, map, "name_field", competitor_fields[i]);
                put_string(model, map, "share_field", share_fields[i]);
                put_value(model, map, "name_value", form ? value_get(form, competitor_fields[i]) : NULL);
                put_value(model, map, "share_value", form ? value_get(form, share_fields[i]) : NULL);
                put_value(model, map, "name_error", errors ? value_get(errors, competitor_fields[i]) : NULL);
                put_value(model, map, "share_error", errors ? value_get(errors, share_fields[i]) : NULL);
        }
}

/* The group the form is about: typed, or of the address. */
static struct text group_of(struct request *request, const struct model *model)
{
        const struct value *form = value_get(model->root, "form");
        const struct value *typed = form ? value_get(form, "group") : NULL;
        struct text group = typed ? value_text(typed) : request_text(request, "group");
        return group.data ? group : (struct text){"", 0};
}

static enum status show(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct value *form;
        enum status status = entry_page_begin(request, &page, error);
        if (status != STATUS_OK)
                return status;
        struct text group = group_of(request, model);
        entry_page_put(request, model, &page, "potential.title");
        status = put_potentials(request, model, &page, group, error);
        if (status == STATUS_OK)
                status = put_groups(model, &page, group, error);
        if (status != STATUS_OK)
                return status;
        if ((form = request_form(request, model, "date")))
                put_day(model, form, "date", directory_day(page.reading.view));
        const struct value *filled = value_get(model->root, "form");
        const struct value *method = filled ? value_get(filled, "method") : NULL;
        entry_choices_put(request, model, "methods", "method", methods, CHOICES,
                          method ? value_text(method) : text_of("estimated"));
        put_competitor_fields(model);
        return STATUS_OK;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static const char *column_of(struct request *request, struct text competitor)
{
        struct buffer name buffer_cleanup;
        buffer_init(&name, NAME_BYTES_MAX * 4);
        buffer_add_text(&name, "competitor:");
        buffer_add(&name, competitor.data, competitor.length);
        return name.failed ? NULL : arena_copy(request_arena(request), name.data, name.length);
}

/* All of it is named: own, competitors, and the rest, which may be left to be worked out. */
static enum status check_shares(struct request *request, bool *ret_named, struct error *error)
{
        int64_t sum = request_integer(request, "own");
        bool named = request_has(request, "own") || request_has(request, "other");
        for (size_t i = 0; i < COMPETITORS; i++) {
                bool has_name = request_has(request, competitor_fields[i]), has = request_has(request, share_fields[i]);
                if (has != has_name)
                        return request_refuse_field(request, error, has ? competitor_fields[i] : share_fields[i],
                                                    "potential.pair", NULL);
                for (size_t k = 0; has && k < i; k++)
                        if (text_equal(request_text(request, competitor_fields[i]),
                                       request_text(request, competitor_fields[k])))
                                return request_refuse_field(request, error, competitor_fields[i], "potential.twice",
                                                            NULL);
                named |= has;
                sum += request_integer(request, share_fields[i]);
        }
        *ret_named = named;
        if (!named)
                return STATUS_OK;
        if (!request_has(request, "own"))
                return request_refuse_field(request, error, "own", "potential.own_missing", NULL);
        bool complete = request_has(request, "other");
        sum += request_integer(request, "other");
        if (complete ? sum == WHOLE : sum <= WHOLE)
                return STATUS_OK;
        struct buffer words buffer_cleanup;
        buffer_init(&words, NAME_BYTES_MAX);
        decimal_add_plain(&words, sum, 2);
        return words.failed ? error_memory(error)
                            : request_refuse_field(request, error, "other", "potential.not_whole", "sum", words.data,
                                                   NULL);
}

/* Competitors who have something in the same version, but whom the form no longer names: they have nothing any more. */
static enum status add_gone(struct request *request, const struct entry_page *page, struct entry_cells *cells,
                            struct error *error)
{
        struct q_potential_forms_args args = {page->about.customer_id, directory_generation(page->reading.view),
                                              (int32_t)request_integer(request, "date")};
        struct text group = request_text(request, "group");
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_potential_forms_open(page->reading.reader.connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_potential_forms_row row;
                bool more = false, named = false;
                status = q_potential_forms_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                bool has = row.competitor.length && row.share_millionths > 0;
                if (row.valid_from != args.day || !has || !text_equal(row.product_group, group))
                        continue;
                for (size_t i = 0; i < COMPETITORS; i++)
                        named |= text_equal(row.competitor, request_text(request, competitor_fields[i]));
                if (!named)
                        entry_add(cells, column_of(request, row.competitor), text_of("0"));
        }
        return status;
}

static enum status save(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        bool named = false;
        enum status status = cells ? entry_page_begin(request, &page, error) : error_memory(error);
        if (status == STATUS_OK)
                status = check_shares(request, &named, error);
        if (status != STATUS_OK)
                return status;
        if (request_integer(request, "amount") < 0)
                return request_refuse_field(request, error, "amount", "import.reason.negative", NULL);
        cells->request = request;
        entry_add(cells, "customer", page.number);
        entry_add(cells, "product_group", request_text(request, "group"));
        entry_add(cells, "amount", entry_number(cells, request_integer(request, "amount"),
                                                directory_minor_digits(page.reading.view)));
        entry_add(cells, "valid_from", entry_day(cells, (int32_t)request_integer(request, "date")));
        entry_add(cells, "method", request_text(request, "method"));
        entry_add(cells, "note", request_text(request, "note"));
        if (named)
                entry_add(cells, "own", entry_number(cells, request_integer(request, "own"), 4));
        for (size_t i = 0; i < COMPETITORS; i++)
                if (request_has(request, competitor_fields[i]))
                        entry_add(cells, column_of(request, request_text(request, competitor_fields[i])),
                                  entry_number(cells, request_integer(request, share_fields[i]), 4));
        if (named)
                status = add_gone(request, &page, cells, error);
        const struct entry_order order = entry_order_of(&page, IMPORT_POTENTIALS, "potential.saved_notice", "amount");
        return status != STATUS_OK ? status : entry_save(request, model, cells, &order, error);
}

static const char *const method_choices[] = {"estimated", "measured", NULL};
#define COMPETITOR(number) \
        {.name = "competitor_" #number, .kind = INPUT_TEXT, .max = 80, .label = "potential.field.competitor"}, \
        {.name = "share_" #number, .kind = INPUT_PERCENT, .label = "potential.field.share"}
static const struct field shown_fields[] = {{.name = "group", .kind = INPUT_TEXT, .max = GROUP_BYTES_MAX}, {0}};
static const struct field fields[] = {
        ENTRY_FIELDS,
        {.name = "group", .kind = INPUT_TEXT, .max = GROUP_BYTES_MAX, .label = "potential.field.group"},
        {.name = "amount", .kind = INPUT_MONEY, .required = true, .label = "potential.field.amount"},
        {.name = "date", .kind = INPUT_DAY, .required = true, .label = "potential.field.date"},
        {.name = "method", .kind = INPUT_CHOICE, .required = true, .choices = method_choices,
         .label = "potential.field.method"},
        {.name = "own", .kind = INPUT_PERCENT, .label = "potential.field.own"},
        COMPETITOR(1), COMPETITOR(2), COMPETITOR(3), COMPETITOR(4), COMPETITOR(5),
        {.name = "other", .kind = INPUT_PERCENT, .label = "potential.field.other"},
        {.name = "note", .kind = INPUT_TEXT, .max = 500, .label = "potential.field.note"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/customers/{customer}/potentials", PERMISSION_POTENTIAL_WRITE, shown_fields, "potentials", show,
         ROUTE_HIDES, "route.potentials"},
        {METHOD_POST, "/customers/{customer}/potentials", PERMISSION_POTENTIAL_WRITE, fields, NULL, save,
         ROUTE_HIDES, "route.potential_save"},
};
const struct resource resource_potentials = {"potentials", routes, sizeof(routes) / sizeof(routes[0])};
