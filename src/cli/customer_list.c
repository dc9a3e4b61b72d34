/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_list.c: measures revenue and the attribute asked for, and prints who fits, by number.
 */
#include "cli/customer_list.h"

#include "base/bits.h"
#include "base/calendar.h"
#include "cli/customer_labels.h"
#include "cli/options.h"
#include "cli/session.h"
#include "db/setting.h"
#include "platform/clock.h"
#include "program/joint.h"
#include "program/standing.h"

#define OUTPUT_BYTES_MAX ((size_t)1 << 30)

struct listing {
        struct session *session;
        const struct customer_filter *filter;
        enum form form;
        int32_t day;
        struct currency currency;
        struct version version;
        const struct standing *standings;  /* NULL without a released version */
        struct text attribute, value;      /* of the filter */
        struct joint joint;
        const struct metric_column *revenue;
        struct customer_labels labels;
        struct buffer needle;
};

static struct text segment_of(const struct listing *listing, size_t customer)
{
        uint8_t segment = listing->standings ? listing->standings[customer].segment : SEGMENT_NONE;
        return segment == SEGMENT_NONE ? (struct text){"", 0} : listing->version.concept->segments[segment].id;
}

/* None where it is not known. */
static struct text attribute_of(const struct listing *listing, struct text name, size_t customer)
{
        for (size_t a = 0; a < listing->joint.input.attribute_count; a++) {
                const struct attribute_column *column = &listing->joint.input.attributes[a];
                if (text_equal(column->name, name) && column->values[customer].known)
                        return column->values[customer].text;
        }
        return (struct text){NULL, 0};
}

static struct text city_of(const struct listing *listing, size_t customer)
{
        return attribute_of(listing, text_of("city"), customer);
}

static bool has_attribute(const struct listing *listing, size_t customer)
{
        struct text found = {NULL, 0};
        if (!listing->attribute.data)
                return true;
        found = attribute_of(listing, listing->attribute, customer);
        return found.data && text_equal(found, listing->value);
}

static bool is_kind(const struct listing *listing, size_t customer)
{
        const char *kind = listing->joint.measures.kind[customer] == KIND_PROSPECT ? "prospects" : "customers";
        return !listing->filter->kind || strcmp(listing->filter->kind, kind) == 0;
}

/* Does the searchable form of the name hold what was typed? */
static bool has_name(const struct listing *listing, struct text name)
{
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, (size_t)1 << 20);
        if (!listing->filter->search)
                return true;
        return text_add_search(&folded, name) && strstr(folded.data, listing->needle.data) != NULL;
}

static bool fits(const struct listing *listing, size_t customer, struct text name)
{
        const struct customer_filter *filter = listing->filter;
        return bits_get(listing->joint.measures.exists, customer) && is_kind(listing, customer) &&
               has_attribute(listing, customer) &&
               (!filter->segment || text_is(segment_of(listing, customer), filter->segment)) &&
               (!filter->responsible ||
                text_is(customer_label_responsible(&listing->labels, customer), filter->responsible)) &&
               has_name(listing, name);
}

static enum status measure(struct listing *listing, struct error *error)
{
        struct session *session = listing->session;
        struct concept plain = {.minor_digits = listing->currency.minor_digits, .year_starts = {1, 1}};
        struct criterion *metrics = arena_array(session->arena, struct criterion, 3);
        struct concept *like = arena_array(session->arena, struct concept, 1);
        if (!metrics || !like)
                return error_memory(error);
        *like = plain;
        metrics[0] = (struct criterion){.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 12}};
        metrics[1] = (struct criterion){.metric = METRIC_ATTRIBUTE, .of = text_of("city")};
        metrics[2] = (struct criterion){.metric = METRIC_ATTRIBUTE, .of = listing->attribute};
        struct joint_question question = {.like = like, .metrics = metrics,
                                          .metric_count = listing->attribute.data ? 3 : 2,
                                          .cutoff_day = listing->day};
        enum status status = joint_measure(&question, session->snapshot, session->connection, &session->parallel,
                                           session->arena, &listing->joint, error);
        if (!status)
                listing->revenue = joint_column(&listing->joint.measures, &metrics[0]);
        return status;
}

static enum status load_segments(struct listing *listing, struct error *error)
{
        struct session *session = listing->session;
        struct standing *standings;
        enum status status = session_version(session, NULL, &listing->version, error);
        if (status == STATUS_NOT_FOUND && !session->context->program && !listing->filter->segment)
                return STATUS_OK;
        if (!status)
                status = standing_load(session->connection, listing->version.program_id, listing->day + 1,
                                       listing->version.concept, snapshot_customer_ids(session->snapshot),
                                       snapshot_customer_count(session->snapshot), NULL, session->arena, &standings,
                                       error);
        if (!status)
                listing->standings = standings;
        return status;
}

static const struct sheet_column columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"number", "customers.column.number", .kind = SHEET_TEXT},
        {"name", "dossier.column.name", .kind = SHEET_TEXT},
        {"city", "dossier.fact.city", .kind = SHEET_TEXT},
        {"segment", "dossier.column.segment", .kind = SHEET_TEXT},
        {"revenue", "customers.column.revenue", .kind = SHEET_MONEY, .forms = IN_TABLE | IN_JSON},
        {"revenue_12m", "customers.column.revenue", .kind = SHEET_MONEY, .forms = IN_CSV},
        {"responsible", "customers.column.responsible", .kind = SHEET_TEXT},
};

static struct text or_empty(struct text text) { return text.data ? text : (struct text){"", 0}; }

static void put_customer(struct sheet *sheet, const struct listing *listing, size_t customer, struct text name)
{
        sheet_text(sheet, listing->labels.numbers[customer].source);
        sheet_text(sheet, listing->labels.numbers[customer].number);
        sheet_text(sheet, name);
        sheet_text(sheet, or_empty(city_of(listing, customer)));
        sheet_text(sheet, segment_of(listing, customer));
        sheet_money(sheet, listing->revenue->value[customer]);
        sheet_money(sheet, listing->revenue->value[customer]);
        sheet_text(sheet, or_empty(customer_label_responsible(&listing->labels, customer)));
}

static enum status write_list(struct listing *listing, struct buffer *out, struct error *error)
{
        struct session *session = listing->session;
        size_t count = snapshot_customer_count(session->snapshot);
        size_t *order = arena_array(session->arena, size_t, count + 1);
        struct sheet *sheet sheet_cleanup = NULL;
        struct sheet_style style = cli_style(session->context, listing->form, out);
        style.minor_digits = listing->currency.minor_digits;
        style.currency = listing->currency.code;
        enum status status = order ? sheet_new(columns, sizeof(columns) / sizeof(columns[0]), &style, &sheet, error)
                                   : error_memory(error);
        if (status)
                return status;
        for (size_t i = 0; i < count; i++)
                order[i] = i;
        customers_sort(listing->labels.numbers, order, count);
        for (size_t i = 0; i < count && !status; i++) {
                struct text name;
                status = customer_label_name(&listing->labels, session->snapshot, session->connection, order[i],
                                             session->arena, &name, error);
                if (!status && fits(listing, order[i], name))
                        put_customer(sheet, listing, order[i], name);
        }
        return status ? status : sheet_finish(sheet, error);
}

/* What is typed with umlauts has two forms, divided by a blank. Names have both: looking for the first is enough. */
static bool read_needle(struct listing *listing, struct text typed)
{
        size_t blanks = 0, length = 0;
        for (size_t i = 0; i < typed.length; i++)
                blanks += typed.data[i] == ' ';
        if (!text_add_search(&listing->needle, typed))
                return false;
        for (; length < listing->needle.length; length++)
                if (listing->needle.data[length] == ' ' && blanks-- == 0)
                        break;
        listing->needle.data[length] = '\0';
        listing->needle.length = length;
        return true;
}

static enum status read_filter(struct cli_context *context, struct listing *listing, struct error *error)
{
        const struct customer_filter *filter = listing->filter;
        const char *equals = filter->attribute ? strchr(filter->attribute, '=') : NULL;
        if (filter->attribute && !equals)
                return error_set(error, STATUS_USAGE, "customer.bad_attribute", "value", filter->attribute, NULL);
        if (equals) {
                listing->attribute = (struct text){filter->attribute, (size_t)(equals - filter->attribute)};
                listing->value = text_of(equals + 1);
        }
        if (filter->kind && strcmp(filter->kind, "customers") != 0 && strcmp(filter->kind, "prospects") != 0)
                return error_set(error, STATUS_USAGE, "customer.bad_kind", "value", filter->kind, NULL);
        if (filter->on && !day_parse_iso(text_of(filter->on), &listing->day))
                return error_set(error, STATUS_USAGE, "cli.bad_date", "value", filter->on, NULL);
        if (filter->search && !read_needle(listing, text_trim(text_of(filter->search))))
                return error_memory(error);
        return options_form(context, filter->format, FORMS_ALL, &listing->form, error);
}

static enum status run(struct listing *listing, struct buffer *out, struct error *error)
{
        struct session *session = listing->session;
        enum status status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        if (!status && !listing->filter->on)
                listing->day = clock_local_day(clock_now_ms());
        if (!status)
                status = setting_currency(session->connection, &listing->currency, error);
        if (!status)
                status = load_segments(listing, error);
        if (!status)
                status = measure(listing, error);
        if (!status)
                status = customer_labels_load(session->snapshot, session->connection, listing->day, session->arena,
                                              &listing->labels, error);
        if (!status)
                status = customer_labels_load_names(&listing->labels, session->snapshot, session->connection,
                                                    session->arena, error);
        return status ? status : write_list(listing, out, error);
}

enum status customer_list(struct cli_context *context, const struct customer_filter *filter, struct error *error)
{
        struct session session session_cleanup = {0};
        struct listing listing = {.session = &session, .filter = filter};
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        buffer_init(&listing.needle, 1 << 16);
        enum status status = read_filter(context, &listing, error);
        if (!status)
                status = session_open(&session, context, CLI_READ, error);
        if (!status)
                status = run(&listing, &out, error);
        buffer_release(&listing.needle);
        return status ? status : cli_answer(&out, error);
}
