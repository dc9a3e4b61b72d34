/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analyse_risk.c: `treue analyse risk`: early warning and retention. At risk is whose revenue of the last three
 * months fell against the same months of the year before. Retained is who held a segment a year ago and had positive
 * revenue in the twelve months since; tenure counts full months as a customer.
 */
#include <stdlib.h>

#include "base/bits.h"
#include "base/checked.h"
#include "cli/analyse.h"
#include "program/standing.h"

enum { SHOWN = 20, MONTHS = 3, YEAR = 12 };

struct falling {
        size_t customer, order;
        int64_t now_minor, then_minor;
};

struct retention {
        uint64_t members, retained;  /* of those who held the segment a year ago */
        int64_t tenure_months;       /* summed over members whose tenure is known */
        uint64_t tenure_known;
};

struct risk_page {
        struct analysis *analysis;
        int32_t year_before;
        struct falling *falling;
        size_t count;
        struct retention retention[CONCEPT_SEGMENTS_MAX];
};

static const struct criterion asked[] = {
        {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, MONTHS}},
        {.metric = METRIC_TENURE},
};

/* The same customers a year earlier, in the same dense order. */
static enum status measure(struct risk_page *page, int32_t cutoff_day, struct joint *ret, struct error *error)
{
        struct session *session = page->analysis->session;
        const struct joint_question question = {
                .like = page->analysis->joint.concept, .metrics = asked, .metric_count = 2, .cutoff_day = cutoff_day,
        };
        return joint_measure(&question, session->snapshot, session->connection, &session->parallel, session->arena,
                             ret, error);
}

static int most_lost_first(const void *a, const void *b)
{
        const struct falling *x = a, *y = b;
        int128 mine = (int128)x->then_minor - x->now_minor, theirs = (int128)y->then_minor - y->now_minor;
        if (mine != theirs)
                return mine > theirs ? -1 : 1;
        return (x->order > y->order) - (x->order < y->order);
}

static enum status find_falling(struct risk_page *page, const struct joint *now, const struct joint *then,
                                struct error *error)
{
        struct analysis *analysis = page->analysis;
        const struct metric_column *last = joint_column(&now->measures, &asked[0]);
        const struct metric_column *before = joint_column(&then->measures, &asked[0]);
        page->falling = arena_array(analysis->session->arena, struct falling, analysis->count + 1);
        if (!page->falling)
                return error_memory(error);
        for (size_t i = 0; i < analysis->count; i++) {
                size_t customer = analysis->by_number[i];
                if (before->value[customer] > 0 && last->value[customer] < before->value[customer])
                        page->falling[page->count++] = (struct falling){customer, i, last->value[customer],
                                                                        before->value[customer]};
        }
        if (page->count > 1)
                qsort(page->falling, page->count, sizeof(*page->falling), most_lost_first);
        return STATUS_OK;
}

static enum status count_retention(struct risk_page *page, const struct joint *now, struct error *error)
{
        struct analysis *analysis = page->analysis;
        struct session *session = analysis->session;
        const struct metric_column *tenure = joint_column(&now->measures, &asked[1]);
        struct version version;
        struct standing *standings;
        if (!analysis->standings)
                return STATUS_OK;
        enum status status = session_version(session, NULL, &version, error);
        if (status == STATUS_OK)
                status = standing_load(session->connection, version.program_id, page->year_before + 1,
                                       analysis->concept, snapshot_customer_ids(session->snapshot),
                                       snapshot_customer_count(session->snapshot), NULL, session->arena, &standings,
                                       error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < analysis->count; i++) {
                size_t customer = analysis->by_number[i];
                if (standings[customer].segment == SEGMENT_NONE)
                        continue;
                struct retention *retention = &page->retention[standings[customer].segment];
                retention->members++;
                retention->retained += now->measures.revenue_12m_minor[customer] > 0;
                if (!bits_get(tenure->known, customer))
                        continue;
                retention->tenure_known++;
                retention->tenure_months += tenure->value[customer];
        }
        return STATUS_OK;
}

/* ---- who is at risk ---------------------------------------------------------------------------------------------- */

static const struct sheet_column columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"number", "evaluate.column.number", .kind = SHEET_TEXT},
        {"name", "evaluate.column.name", .kind = SHEET_TEXT, .forms = IN_TABLE},
        {"segment", "evaluate.column.segment", .kind = SHEET_TEXT},
        {"responsible", "simulate.column.responsible", .kind = SHEET_TEXT, .forms = IN_TABLE | IN_CSV},
        {"year_before", "analyse.column.year_before", .kind = SHEET_MONEY},
        {"last_three_months", "analyse.column.three_months", .kind = SHEET_MONEY},
        {"change", "simulate.column.change", .kind = SHEET_MONEY, .forms = IN_TABLE, .is_change = true},
};

/* The first `count` of them. */
static enum status put_falling(const struct risk_page *page, size_t count, const struct sheet_style *style,
                               struct error *error)
{
        const struct analysis *analysis = page->analysis;
        struct sheet *sheet sheet_cleanup = NULL;
        enum status status = sheet_new(columns, sizeof(columns) / sizeof(columns[0]), style, &sheet, error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
                const struct falling *falling = &page->falling[i];
                struct text name = {NULL, 0};
                if (style->form == FORM_TABLE)
                        status = customer_label_name(&analysis->labels, analysis->session->snapshot,
                                                     analysis->session->connection, falling->customer,
                                                     analysis->session->arena, &name, error);
                if (status != STATUS_OK)
                        return status;
                sheet_text(sheet, analysis->labels.numbers[falling->customer].source);
                sheet_text(sheet, analysis->labels.numbers[falling->customer].number);
                sheet_text(sheet, name);
                sheet_text(sheet, analysis_segment_id(analysis, falling->customer));
                sheet_text(sheet, customer_label_responsible(&analysis->labels, falling->customer));
                sheet_money(sheet, falling->then_minor);
                sheet_money(sheet, falling->now_minor);
                sheet_money(sheet, falling->now_minor - falling->then_minor);
        }
        return status == STATUS_OK ? sheet_finish(sheet, error) : status;
}

/* ---- for people -------------------------------------------------------------------------------------------------- */

static enum status add_falling(const struct risk_page *page, struct sheet_style *style, struct error *error)
{
        size_t shown = page->count < SHOWN ? page->count : SHOWN;
        struct buffer day buffer_cleanup, count buffer_cleanup;
        buffer_init(&day, 64);
        buffer_init(&count, 64);
        format_add_day(&day, style->language, page->analysis->request->cutoff_day);
        format_add_count(&count, style->language, (int64_t)page->count);
        message_add(style->out, style->language, "analyse.risk_head", "count", count.data, "cutoff", day.data, NULL);
        buffer_add_byte(style->out, '\n');
        style->indent = 2;
        enum status status = shown ? put_falling(page, shown, style, error) : STATUS_OK;
        analysis_add_rest(style->language, page->count - shown, style->out);
        return status;
}

static enum status add_retention(struct risk_page *page, struct cells *cells, struct buffer *out, struct error *error)
{
        const struct concept *concept = page->analysis->concept;
        struct buffer day buffer_cleanup;
        uint64_t members = 0;
        buffer_init(&day, 64);
        for (size_t s = 0; s < CONCEPT_SEGMENTS_MAX; s++)
                members += page->retention[s].members;
        if (!members)
                return STATUS_OK;
        enum status status = cells_begin(cells, error);
        if (status != STATUS_OK)
                return status;
        format_add_day(&day, cells->language, page->year_before);
        buffer_add_byte(out, '\n');
        message_add(out, cells->language, "analyse.retention", "cutoff", day.data, NULL);
        buffer_add_byte(out, '\n');
        cells_column(cells, "evaluate.column.segment", TABLE_LEFT);
        cells_column(cells, "evaluate.column.customers", TABLE_RIGHT);
        cells_column(cells, "analyse.column.retained", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.share", TABLE_RIGHT);
        cells_column(cells, "analyse.column.lost", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.share", TABLE_RIGHT);
        cells_column(cells, "analyse.column.tenure", TABLE_RIGHT);
        for (size_t s = 0; s < concept->segment_count; s++) {
                const struct retention *r = &page->retention[s];
                if (!r->members || concept->segments[s].kind == KIND_PROSPECT)
                        continue;
                cells_text(cells, concept->segments[s].id);
                cells_count(cells, r->members);
                cells_count(cells, r->retained);
                cells_percent(cells, (int64_t)r->retained, (int64_t)r->members);
                cells_count(cells, r->members - r->retained);
                cells_percent(cells, (int64_t)(r->members - r->retained), (int64_t)r->members);
                if (r->tenure_known)
                        cells_count(cells, (uint64_t)(r->tenure_months / (int64_t)r->tenure_known));
                else
                        cells_text(cells, (struct text){"", 0});
        }
        return table_add_to(cells->table, 2, out) ? STATUS_OK : error_memory(error);
}

/* ---- for programs ------------------------------------------------------------------------------------------------ */

static void add_retention_json(const struct risk_page *page, struct json *json)
{
        const struct concept *concept = page->analysis->concept;
        json_key(json, "retention");
        json_begin_array(json);
        for (size_t s = 0; concept && s < concept->segment_count; s++) {
                if (!page->retention[s].members || concept->segments[s].kind == KIND_PROSPECT)
                        continue;
                json_begin_object(json);
                json_key(json, "segment");
                json_text(json, concept->segments[s].id);
                json_key(json, "members");
                json_int(json, (int64_t)page->retention[s].members);
                json_key(json, "retained");
                json_int(json, (int64_t)page->retention[s].retained);
                json_end_object(json);
        }
        json_end_array(json);
}

static enum status risk_json(const struct risk_page *page, struct sheet_style *style, struct error *error)
{
        struct json json;
        style->json = &json;
        json_init(&json, style->out, false);
        json_begin_object(&json);
        json_key(&json, "cutoff");
        json_day(&json, page->analysis->request->cutoff_day);
        json_key(&json, "at_risk");
        enum status status = put_falling(page, page->count, style, error);
        if (status != STATUS_OK)
                return status;
        add_retention_json(page, &json);
        json_end_object(&json);
        return STATUS_OK;
}

enum status analyse_risk(struct analysis *analysis, struct buffer *out, struct error *error)
{
        struct risk_page page = {.analysis = analysis,
                                 .year_before = day_add_months(analysis->request->cutoff_day, -YEAR)};
        struct joint now, then;
        struct cells cells cells_cleanup;
        cells_init(&cells, analysis->session->context->language, analysis->minor_digits);
        enum status status = measure(&page, analysis->request->cutoff_day, &now, error);
        if (status == STATUS_OK)
                status = measure(&page, page.year_before, &then, error);
        if (status == STATUS_OK)
                status = find_falling(&page, &now, &then, error);
        if (status == STATUS_OK)
                status = count_retention(&page, &now, error);
        if (status != STATUS_OK)
                return status;
        struct sheet_style style = analysis_style(analysis, out);
        if (style.form == FORM_JSON)
                return risk_json(&page, &style, error);
        if (form_is_rows(style.form))
                return put_falling(&page, page.count, &style, error);
        status = add_falling(&page, &style, error);
        return status == STATUS_OK ? add_retention(&page, &cells, out, error) : status;
}
