/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * doctor.c: `treue doctor`: one page of what is wrong or missing in the data, with examples and what to do.
 */
#include "cli/doctor.h"

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "db/generation.h"
#include "db/setting.h"
#include "facts/index_format.h"
#include "platform/clock.h"
#include "program/doctor.h"

enum { LINES_AFTER_IMPORT_MAX = 2000000, CUSTOMERS_AFTER_IMPORT_MAX = 50000, PIECE_BYTES_MAX = 1 << 16 };
#define ARENA_AFTER_IMPORT_MAX ((size_t)1 << 30)
#define OUTPUT_BYTES_MAX ((size_t)1 << 26)

struct page {
        const struct doctor_report *report;
        struct currency currency;
        enum language language;
        struct buffer *out;
};

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static const char *key_of(struct buffer *key, const char *family, enum doctor_kind kind)
{
        buffer_clear(key);
        buffer_addf(key, "%s%s", family, doctor_kind_names[kind]);
        return key->data;
}

static void add_customer(const struct page *page, int64_t customer, struct buffer *out)
{
        if (customer == DOCTOR_CUSTOMER_NONE)
                return;
        struct text number = page->report->numbers[customer].number, name = page->report->names[customer];
        buffer_add(out, number.data ? number.data : "", number.length);
        if (!name.length || text_equal(name, number))
                return;
        buffer_add_byte(out, ' ');
        buffer_add(out, name.data, name.length);
}

static void add_text(struct buffer *out, struct text text) { buffer_add(out, text.data ? text.data : "", text.length); }

/* "same name, same address" */
static void add_reasons(const struct page *page, unsigned reasons, struct buffer *out)
{
        struct buffer key buffer_cleanup;
        buffer_init(&key, PIECE_BYTES_MAX);
        for (unsigned i = 0; i < ALIKE_COUNT; i++) {
                if (!(reasons >> i & 1))
                        continue;
                buffer_add_text(out, out->length ? ", " : "");
                buffer_clear(&key);
                buffer_addf(&key, "doctor.alike.%s", alike_names[i]);
                message_add(out, page->language, key.data, NULL);
        }
}

static void add_money(const struct page *page, int64_t minor, struct buffer *out)
{
        if (*page->currency.code)
                format_add_money(out, page->language, minor, page->currency.minor_digits, page->currency.code);
        else
                format_add_decimal(out, page->language, minor, page->currency.minor_digits);
}

/* A number of articles with as many decimals as it has. */
static void add_quantity(const struct page *page, int64_t milli, struct buffer *out)
{
        unsigned scale = 3;
        while (scale && milli % 10 == 0) {
                milli /= 10;
                scale--;
        }
        format_add_decimal(out, page->language, milli, scale);
}

enum piece {
        PIECE_CUSTOMER, PIECE_OTHER, PIECE_DOCUMENT, PIECE_ARTICLE, PIECE_FIRST, PIECE_SECOND, PIECE_DAY, PIECE_AMOUNT,
        PIECE_OTHER_AMOUNT, PIECE_QUANTITY, PIECE_REASONS, PIECE_MONTH, PIECE_COUNT
};

static void add_month(int32_t day, struct buffer *out)
{
        if (day == DAY_NONE)
                return;
        struct date date = date_from_day(day);
        buffer_addf(out, "%04d-%02u", date.year, date.month);
}

static void add_example(const struct page *page, const struct doctor_finding *finding,
                        const struct doctor_example *example, struct buffer *out)
{
        struct buffer pieces[PIECE_COUNT], key buffer_cleanup;
        buffer_init(&key, PIECE_BYTES_MAX);
        for (size_t i = 0; i < PIECE_COUNT; i++)
                buffer_init(&pieces[i], PIECE_BYTES_MAX);
        add_customer(page, example->customer, &pieces[PIECE_CUSTOMER]);
        add_customer(page, example->other, &pieces[PIECE_OTHER]);
        add_text(&pieces[PIECE_DOCUMENT], example->document);
        add_text(&pieces[PIECE_ARTICLE], example->article);
        add_text(&pieces[PIECE_FIRST], example->first);
        add_text(&pieces[PIECE_SECOND], example->second);
        format_add_day(&pieces[PIECE_DAY], page->language, example->day);
        add_money(page, example->amount_minor, &pieces[PIECE_AMOUNT]);
        add_money(page, example->other_minor, &pieces[PIECE_OTHER_AMOUNT]);
        add_quantity(page, example->quantity_milli, &pieces[PIECE_QUANTITY]);
        add_reasons(page, example->reasons, &pieces[PIECE_REASONS]);
        add_month(example->day, &pieces[PIECE_MONTH]);
        message_add(out, page->language, key_of(&key, "doctor.example.", finding->kind), "customer",
                    pieces[PIECE_CUSTOMER].data, "other", pieces[PIECE_OTHER].data, "document",
                    pieces[PIECE_DOCUMENT].data, "article", pieces[PIECE_ARTICLE].data, "first",
                    pieces[PIECE_FIRST].data, "second", pieces[PIECE_SECOND].data, "day", pieces[PIECE_DAY].data,
                    "amount", pieces[PIECE_AMOUNT].data, "other_amount", pieces[PIECE_OTHER_AMOUNT].data, "quantity",
                    pieces[PIECE_QUANTITY].data, "reasons", pieces[PIECE_REASONS].data, "month",
                    pieces[PIECE_MONTH].data, NULL);
        for (size_t i = 0; i < PIECE_COUNT; i++)
                buffer_release(&pieces[i]);
}

static void add_sentence(const struct page *page, const struct doctor_finding *finding, struct buffer *out)
{
        struct buffer count buffer_cleanup, whole buffer_cleanup, share buffer_cleanup, groups buffer_cleanup,
                key buffer_cleanup;
        char group_count[24];
        buffer_init(&count, PIECE_BYTES_MAX);
        buffer_init(&whole, PIECE_BYTES_MAX);
        buffer_init(&share, PIECE_BYTES_MAX);
        buffer_init(&groups, PIECE_BYTES_MAX);
        buffer_init(&key, PIECE_BYTES_MAX);
        format_add_count(&count, page->language, finding->count);
        format_add_count(&whole, page->language, finding->whole);
        snprintf(group_count, sizeof(group_count), "%zu", finding->groups);
        message_add(&groups, page->language, "doctor.groups", "count", group_count, NULL);
        format_add_percent(&share, page->language, finding->share_part,
                           finding->share_whole ? finding->share_whole : 1);
        message_add(out, page->language, key_of(&key, "doctor.finding.", finding->kind), "count", count.data, "whole",
                    whole.data, "share", share.data, "groups", groups.data, NULL);
}

static void add_remedy(const struct page *page, const struct doctor_finding *finding, struct buffer *out)
{
        struct buffer key buffer_cleanup;
        buffer_init(&key, PIECE_BYTES_MAX);
        message_add(out, page->language, key_of(&key, "doctor.remedy.", finding->kind), NULL);
}

/* ---- forms ------------------------------------------------------------------------------------------------------- */

static void add_page(const struct page *page)
{
        const struct doctor_report *report = page->report;
        struct buffer *out = page->out, customers buffer_cleanup, documents buffer_cleanup, lines buffer_cleanup,
                      from buffer_cleanup, to buffer_cleanup, key buffer_cleanup;
        buffer_init(&customers, PIECE_BYTES_MAX);
        buffer_init(&documents, PIECE_BYTES_MAX);
        buffer_init(&lines, PIECE_BYTES_MAX);
        buffer_init(&from, PIECE_BYTES_MAX);
        buffer_init(&to, PIECE_BYTES_MAX);
        buffer_init(&key, PIECE_BYTES_MAX);
        format_add_count(&customers, page->language, (int64_t)report->customers);
        format_add_count(&documents, page->language, (int64_t)report->survey.documents);
        format_add_count(&lines, page->language, (int64_t)report->survey.lines);
        format_add_day(&from, page->language, report->survey.first_day);
        format_add_day(&to, page->language, report->survey.last_day);
        message_add(out, page->language, report->survey.first_day == DAY_NONE ? "doctor.head_empty" : "doctor.head",
                    "customers", customers.data, "documents", documents.data, "lines", lines.data, "from", from.data,
                    "to", to.data, NULL);
        buffer_add_byte(out, '\n');
        if (!report->finding_count) {
                message_add(out, page->language, "doctor.none", NULL);
                buffer_add_byte(out, '\n');
        }
        for (size_t f = 0; f < report->finding_count; f++) {
                const struct doctor_finding *finding = &report->findings[f];
                buffer_clear(&key);
                buffer_addf(&key, "doctor.severity.%s", doctor_severity_names[finding->severity]);
                buffer_add_byte(out, '\n');
                message_add(out, page->language, key.data, NULL);
                buffer_add_text(out, ": ");
                add_sentence(page, finding, out);
                for (size_t i = 0; i < finding->example_count; i++) {
                        buffer_add_text(out, "\n    ");
                        add_example(page, finding, &finding->examples[i], out);
                }
                buffer_add_text(out, "\n  -> ");
                add_remedy(page, finding, out);
                buffer_add_byte(out, '\n');
        }
}

/* People have a page instead of a table. */
enum { LISTED = IN_JSON | IN_CSV };
static const struct sheet_column columns[] = {
        {"finding", "doctor.column.finding", .kind = SHEET_CODE, .forms = LISTED, .words = "doctor.kind."},
        {"severity", "doctor.column.severity", .kind = SHEET_CODE, .forms = LISTED, .words = "doctor.severity."},
        {"count", "doctor.column.count", .kind = SHEET_COUNT, .forms = LISTED},
        {"whole", "doctor.column.whole", .kind = SHEET_COUNT, .forms = LISTED},
        {"share", "doctor.column.share", .kind = SHEET_SHARE, .forms = LISTED},
        {"text", "doctor.column.text", .kind = SHEET_TEXT, .forms = LISTED},
        {"examples", "doctor.column.examples", .kind = SHEET_TEXT, .forms = LISTED},
        {"remedy", "doctor.column.remedy", .kind = SHEET_TEXT, .forms = LISTED},
};

static enum status put_findings(const struct page *page, const struct sheet_style *style, struct error *error)
{
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer text buffer_cleanup;
        buffer_init(&text, OUTPUT_BYTES_MAX);
        enum status status = sheet_new(columns, sizeof(columns) / sizeof(columns[0]), style, &sheet, error);
        for (size_t f = 0; f < page->report->finding_count && status == STATUS_OK; f++) {
                const struct doctor_finding *finding = &page->report->findings[f];
                sheet_code(sheet, text_of(doctor_kind_names[finding->kind]));
                sheet_code(sheet, text_of(doctor_severity_names[finding->severity]));
                sheet_integer(sheet, finding->count);
                sheet_integer(sheet, finding->whole);
                sheet_share(sheet, finding->share_part, finding->share_whole);
                buffer_clear(&text);
                add_sentence(page, finding, &text);
                sheet_text(sheet, (struct text){text.data, text.length});
                buffer_clear(&text);
                for (size_t i = 0; i < finding->example_count; i++) {
                        buffer_add_text(&text, i ? "; " : "");
                        add_example(page, finding, &finding->examples[i], &text);
                }
                sheet_text(sheet, (struct text){text.data, text.length});
                buffer_clear(&text);
                add_remedy(page, finding, &text);
                sheet_text(sheet, (struct text){text.data, text.length});
        }
        return status == STATUS_OK ? sheet_finish(sheet, error) : status;
}

static enum status put_json(const struct page *page, struct sheet_style *style, struct error *error)
{
        const struct doctor_report *report = page->report;
        struct json json;
        style->json = &json;
        json_init(&json, page->out, false);
        json_begin_object(&json);
        json_key(&json, "customers");
        json_int(&json, (int64_t)report->customers);
        json_key(&json, "documents");
        json_int(&json, (int64_t)report->survey.documents);
        json_key(&json, "lines");
        json_int(&json, (int64_t)report->survey.lines);
        json_key(&json, "first_day");
        json_day(&json, report->survey.first_day);
        json_key(&json, "last_day");
        json_day(&json, report->survey.last_day);
        json_key(&json, "findings");
        enum status status = put_findings(page, style, error);
        if (status == STATUS_OK)
                json_end_object(&json);
        return status;
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

static enum status run(struct session *session, enum form form, struct error *error)
{
        struct doctor_report report;
        struct buffer out buffer_cleanup;
        struct page page = {.report = &report, .language = session->context->language, .out = &out};
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        if (status == STATUS_OK)
                status = setting_currency(session->connection, &page.currency, error);
        if (status == STATUS_OK)
                status = doctor_examine(session->snapshot, session->connection, clock_local_day(clock_now_ms()),
                                        session->arena, &report, error);
        if (status != STATUS_OK)
                return status;
        struct sheet_style style = cli_style(session->context, form, &out);
        style.minor_digits = page.currency.minor_digits;
        if (form == FORM_TABLE)
                add_page(&page);
        else if (form == FORM_JSON)
                status = put_json(&page, &style, error);
        else
                status = put_findings(&page, &style, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

int cmd_doctor(struct cli_context *context, int argc, char **argv)
{
        const char *format = NULL;
        enum form form = FORM_TABLE;
        const struct option_info options[] = {
                OPTION_FORMAT(format),
        };
        struct words none;
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = options_parse_words(context, options, 1, 0, argc, argv, &none, &error);
        if (status == STATUS_OK)
                status = options_form(context, format, FORMS_ALL, &form, &error);
        if (status == STATUS_OK)
                status = session_open(&session, context, CLI_READ, &error);
        if (status == STATUS_OK)
                status = run(&session, form, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}

/* Does the column index hold more than is looked through after an import? Its manifest tells: opening it would read all
 * of it. Without an index there is little, or nothing is known. */
static bool too_large_after_import(struct database *database)
{
        struct buffer directory buffer_cleanup;
        struct index_manifest manifest = {0};
        struct error ignored;
        uint64_t checksum, lines = 0, customers = 0;
        buffer_init(&directory, PIECE_BYTES_MAX);
        buffer_addf(&directory, "%s/index", database_directory(database));
        if (directory.failed || manifest_read(directory.data, &manifest, &checksum, &ignored) != STATUS_OK)
                return false;
        for (size_t i = 0; i < manifest.segment_count; i++) {
                lines += manifest.segments[i].line_count;
                customers = manifest.segments[i].customer_count > customers ? manifest.segments[i].customer_count
                                                                            : customers;
        }
        manifest_release(&manifest);
        return lines > LINES_AFTER_IMPORT_MAX || customers > CUSTOMERS_AFTER_IMPORT_MAX;
}

enum status doctor_say_count(struct cli_context *context, struct database *database, struct connection *connection,
                             struct error *error)
{
        snapshot_cleanup struct snapshot *snapshot = NULL;
        arena_cleanup struct arena *arena = arena_new(ARENA_AFTER_IMPORT_MAX);
        struct snapshot_note note = {0};
        struct doctor_report report;
        int64_t generation;
        if (!arena)
                return error_memory(error);
        if (too_large_after_import(database)) {
                cli_print(context, stdout, "doctor.after_import_large");
                return STATUS_OK;
        }
        enum status status = generation_latest(connection, &generation, error);
        if (status == STATUS_OK)
                status = snapshot_open(database, connection, generation, false, NULL, &snapshot, &note, error);
        if (status != STATUS_OK)
                return status;
        if (snapshot_line_count(snapshot) > LINES_AFTER_IMPORT_MAX ||
            snapshot_customer_count(snapshot) > CUSTOMERS_AFTER_IMPORT_MAX) {
                cli_print(context, stdout, "doctor.after_import_large");
                return STATUS_OK;
        }
        status = doctor_examine(snapshot, connection, clock_local_day(clock_now_ms()), arena, &report, error);
        if (status != STATUS_OK || !report.finding_count)
                return status;
        char count[24];
        snprintf(count, sizeof(count), "%zu", report.finding_count);
        cli_print(context, stdout, "doctor.after_import", "count", count);
        return STATUS_OK;
}
