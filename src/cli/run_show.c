/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_show.c: `treue run list` and `treue run show`: tables, JSON and CSV.
 */
#include "cli/run_parts.h"

#include <stdlib.h>

#include "platform/clock.h"

#define OUTPUT_BYTES_MAX ((size_t)4 << 30)

/* ---- list -------------------------------------------------------------------------------------------------------- */

static const struct sheet_column run_columns[] = {
        {"run", "run.column.number", .kind = SHEET_ORDINAL},
        {"id", "list.column.id", .kind = SHEET_ID, .forms = IN_JSON | IN_CSV},
        {"evaluation", "run.column.evaluation", .kind = SHEET_TEXT},
        {"cutoff", "run.column.cutoff", .kind = SHEET_DAY},
        {"version", "run.column.version", .kind = SHEET_VERSION},
        {"generation", "list.column.generation", .kind = SHEET_ORDINAL, .forms = IN_JSON | IN_CSV},
        {"state", "run.column.state", .kind = SHEET_CODE, .words = "run.state."},
        {"created", "list.column.created", .kind = SHEET_DAY, .forms = IN_JSON | IN_CSV},
        {"decided", "run.column.decided", .kind = SHEET_DAY},
        {"effective", "run.column.effective", .kind = SHEET_DAY},
        {"customers", "run.column.customers", .kind = SHEET_COUNT},
        {"approved", "run.column.approved", .kind = SHEET_COUNT, .blank_zero = true},
        {"rejected", "run.column.rejected", .kind = SHEET_COUNT, .blank_zero = true},
        {"beneath_undone", "run.column.note", .kind = SHEET_YES_NO, .words = "run.list.undone"},
};
enum { RUN_COLUMNS = sizeof(run_columns) / sizeof(run_columns[0]) };

static void put_run(struct sheet *sheet, const struct run_summary *run)
{
        sheet_integer(sheet, run->number);
        sheet_integer(sheet, run->id);
        sheet_text(sheet, run->evaluation);
        sheet_day(sheet, run->cutoff_day);
        sheet_integer(sheet, run->version);
        sheet_integer(sheet, run->generation);
        sheet_code(sheet, text_of(run_state_names[run->state]));
        sheet_day(sheet, clock_local_day(run->created_ms));
        sheet_day(sheet, run->decided_day);
        sheet_day(sheet, run->effective_day);
        sheet_integer(sheet, run->customers_evaluated);
        sheet_integer(sheet, run->approved);
        sheet_integer(sheet, run->rejected);
        sheet_yes_no(sheet, run->beneath_undone);
}

enum status run_list(struct run_command *command, struct error *error)
{
        struct session *session = &command->session;
        struct run_summary *runs;
        size_t count;
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        struct sheet_style style = cli_style(session->context, command->call.form, &out);
        enum status status = run_list_load(session->connection, session->program_id, session->arena, &runs, &count,
                                           error);
        if (status == STATUS_OK && count == 0 && command->call.form == FORM_TABLE) {
                cli_print(session->context, stdout, "run.list_empty", "program", session->program);
                return STATUS_OK;
        }
        if (status == STATUS_OK)
                status = sheet_new(run_columns, RUN_COLUMNS, &style, &sheet, error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                put_run(sheet, &runs[i]);
        if (status == STATUS_OK)
                status = sheet_finish(sheet, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

/* ---- show -------------------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
        const struct run_decision *x = a, *y = b;
        int order = text_compare(x->number, y->number);
        return order ? order : text_compare(x->source, y->source);
}

/* The decisions of the kinds asked for, by number. */
static enum status load_shown(struct run_command *command, const struct run_summary *run, struct run_decision **ret,
                              size_t *ret_count, struct error *error)
{
        struct session *session = &command->session;
        struct run_decision *decisions;
        size_t count, kept = 0;
        uint32_t kinds = 0;
        enum status status = command->kinds ? decision_kinds_parse(command->kinds, &kinds, error) : STATUS_OK;
        if (status == STATUS_OK)
                status = run_decisions_load(session->connection, run->id, session->arena, &decisions, &count, error);
        if (status == STATUS_OK)
                status = run_decisions_name(session->connection, run->id, decisions, count, session->arena, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                if (!kinds || kinds >> decisions[i].decision & 1)
                        decisions[kept++] = decisions[i];
        qsort(decisions, kept, sizeof(*decisions), compare_numbers);
        *ret = decisions;
        *ret_count = kept;
        return STATUS_OK;
}

static const struct sheet_column decision_columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
        {"number", "run.column.customer", .kind = SHEET_TEXT},
        {"before", "run.column.before", .kind = SHEET_TEXT},
        {"qualified", "run.column.qualified", .kind = SHEET_TEXT},
        {"segment", "run.column.segment", .kind = SHEET_TEXT},
        {"decision", "run.column.decision", .kind = SHEET_CODE, .words = "decision."},
        {"flags", "list.column.flags", .kind = SHEET_CODES, .forms = IN_JSON | IN_CSV},
        {"state", "run.column.state", .kind = SHEET_CODE, .words = "run.state."},
        {"effective", "run.column.effective", .kind = SHEET_DAY},
        {"reason", "run.column.reason", .kind = SHEET_TEXT},
        {"actor", "list.column.actor", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
};
enum { DECISION_COLUMNS = sizeof(decision_columns) / sizeof(decision_columns[0]) };

static void put_decision(struct sheet *sheet, const struct run_decision *decision)
{
        sheet_text(sheet, decision->source);
        sheet_text(sheet, decision->number);
        sheet_text(sheet, decision->before);
        sheet_text(sheet, decision->qualified);
        sheet_text(sheet, decision->segment);
        sheet_code(sheet, text_of(decision_names[decision->decision]));
        sheet_codes(sheet, decision->flags, flag_names, FLAG_COUNT);
        sheet_code(sheet, text_of(run_state_names[decision->state]));
        sheet_day(sheet, decision->effective_day);
        sheet_text(sheet, decision->reason);
        sheet_text(sheet, decision->actor);
}

static enum status put_decisions(const struct sheet_style *style, const struct run_decision *decisions, size_t count,
                                 struct error *error)
{
        struct sheet *sheet sheet_cleanup = NULL;
        enum status status = sheet_new(decision_columns, DECISION_COLUMNS, style, &sheet, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                put_decision(sheet, &decisions[i]);
        return sheet_finish(sheet, error);
}

/* The run's own columns, and its decisions below. */
static enum status show_json(const struct sheet_style *style, const struct run_summary *run,
                             const struct run_decision *decisions, size_t count, struct error *error)
{
        struct json json;
        struct sheet *sheet sheet_cleanup = NULL;
        struct sheet_style inner = *style;
        inner.json = &json;
        inner.in_object = true;
        json_init(&json, style->out, false);
        json_begin_object(&json);
        enum status status = sheet_new(run_columns, RUN_COLUMNS, &inner, &sheet, error);
        if (status != STATUS_OK)
                return status;
        put_run(sheet, run);
        inner.in_object = false;
        json_key(&json, "decisions");
        status = put_decisions(&inner, decisions, count, error);
        json_end_object(&json);
        return status;
}

static void show_head(const struct run_command *command, const struct run_summary *run, struct buffer *out)
{
        const struct session *session = &command->session;
        enum language language = session->context->language;
        struct buffer day buffer_cleanup;
        char number[16], version[16], evaluation[64], state[64];
        buffer_init(&day, 64);
        format_add_day(&day, language, run->cutoff_day);
        snprintf(number, sizeof(number), "%d", run->number);
        snprintf(version, sizeof(version), "%d", run->version);
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)run->evaluation.length, run->evaluation.data);
        snprintf(state, sizeof(state), "run.state.%s", run_state_names[run->state]);
        message_add(out, language, "run.head", "run", number, "program", session->program, "version", version,
                    "evaluation", evaluation, "cutoff", day.data, "state", message_raw(language, state), NULL);
        buffer_add_byte(out, '\n');
        if (run->beneath_undone) {
                message_add(out, language, "run.beneath_undone", NULL);
                buffer_add_byte(out, '\n');
        }
        buffer_add_byte(out, '\n');
}

enum status run_show(struct run_command *command, const struct run_summary *run, struct error *error)
{
        struct session *session = &command->session;
        struct run_decision *decisions;
        size_t count;
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        struct sheet_style style = cli_style(session->context, command->call.form, &out);
        enum status status = load_shown(command, run, &decisions, &count, error);
        if (status != STATUS_OK)
                return status;
        if (style.form == FORM_TABLE)
                show_head(command, run, &out);
        if (style.form == FORM_JSON)
                status = show_json(&style, run, decisions, count, error);
        else if (style.form == FORM_TABLE && count == 0)
                message_add(&out, style.language, "run.show_empty", NULL);
        else
                status = put_decisions(&style, decisions, count, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}
