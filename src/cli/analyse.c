/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analyse.c: `treue analyse`: looks at the values behind the segments. Stores nothing.
 */
#include "cli/analyse.h"

#include "base/bits.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "db/setting.h"
#include "program/concept_read.h"
#include "program/standing.h"

#define OUTPUT_BYTES_MAX ((size_t)4 << 30)

static const struct {
        const char *name;
        enum status (*run)(struct analysis *analysis, struct buffer *out, struct error *error);
} kinds[] = {{"abc", analyse_abc}, {"distribution", analyse_distribution}, {"risk", analyse_risk}};
#define KIND_NAMES "abc, distribution, risk"
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct text analysis_segment_id(const struct analysis *analysis, size_t customer)
{
        uint8_t segment = analysis_segment(analysis, customer);
        return segment == SEGMENT_NONE ? (struct text){NULL, 0} : analysis->concept->segments[segment].id;
}

struct sheet_style analysis_style(const struct analysis *analysis, struct buffer *out)
{
        struct sheet_style style = cli_style(analysis->session->context, analysis->request->form, out);
        style.minor_digits = analysis->minor_digits;
        return style;
}

void analysis_add_rest(enum language language, size_t left_out, struct buffer *out)
{
        if (!left_out)
                return;
        struct buffer count buffer_cleanup;
        buffer_init(&count, 64);
        format_add_count(&count, language, (int64_t)left_out);
        buffer_add_text(out, "  ");
        message_add(out, language, "analyse.more_rows", "count", count.data, NULL);
        buffer_add_byte(out, '\n');
}

/* ---- the question ------------------------------------------------------------------------------------------------ */

/* --from and --to, or --cutoff and --window. */
static enum status read_days(struct analysis_request *request, struct error *error)
{
        int32_t from_day = 0;
        if (strcmp(request->kind, "risk") == 0 && !request->cutoff)
                return error_set(error, STATUS_USAGE, "evaluate.cutoff_missing", NULL);
        bool both = request->from && (request->cutoff || request->window);
        if ((request->from != NULL) != (request->to != NULL) || both || (!request->from && !request->cutoff))
                return error_set(error, STATUS_USAGE, "analyse.days_missing", NULL);
        enum status status = options_day(request->from ? request->to : request->cutoff, &request->cutoff_day, error);
        if (status != STATUS_OK)
                return status;
        request->metric.window = (struct window){WINDOW_MONTHS, 12};
        if (request->window && !window_parse(text_of(request->window), &request->metric.window))
                return error_set(error, STATUS_USAGE, "analyse.bad_window", "value", request->window, NULL);
        if (!request->from)
                return STATUS_OK;
        status = options_day(request->from, &from_day, error);
        if (status != STATUS_OK)
                return status;
        int64_t days = (int64_t)request->cutoff_day - from_day + 1;
        if (days < 1 || days > UINT16_MAX)
                return error_set(error, STATUS_USAGE, "analyse.days_missing", NULL);
        request->metric.window = (struct window){WINDOW_DAYS, (uint16_t)days};
        return STATUS_OK;
}

static enum status read_metric_name(struct analysis_request *request, struct error *error)
{
        const char *name = request->metric_name;
        if (strcmp(request->kind, "risk") == 0)
                return STATUS_OK; /* revenue, which is the metric without a name */
        if (strcmp(request->kind, "abc") == 0) {
                name = request->by ? request->by : "revenue";
                if (strcmp(name, "revenue") != 0 && strcmp(name, "margin") != 0)
                        return error_set(error, STATUS_USAGE, "analyse.bad_by", "value", name, NULL);
        }
        if (!name)
                return error_set(error, STATUS_USAGE, "analyse.metric_missing", NULL);
        for (size_t m = 0; m < METRIC_COUNT; m++) {
                if (strcmp(metric_infos[m].name, name) != 0)
                        continue;
                request->metric.metric = (enum metric)m;
                request->metric.of = text_of(request->of);
                if (metric_infos[m].of_required && !request->of)
                        return error_set(error, STATUS_USAGE, "analyse.of_missing", "metric", name, NULL);
                return STATUS_OK;
        }
        return error_set(error, STATUS_USAGE, "analyse.unknown_metric", "metric", name, NULL);
}

static enum status read_request(struct cli_context *context, int argc, char **argv, struct analysis_request *request,
                                struct error *error)
{
        const struct option_info options[] = {
                {"--by", OPTION_VALUE, "revenue|margin", "cli.option.abc_by", NULL, &request->by, NULL},
                {"--from", OPTION_VALUE, "DATE", "cli.option.analyse_from", NULL, &request->from, NULL},
                {"--to", OPTION_VALUE, "DATE", "cli.option.analyse_to", NULL, &request->to, NULL},
                {"--cutoff", OPTION_VALUE, "DATE", "cli.option.cutoff", NULL, &request->cutoff, NULL},
                {"--window", OPTION_VALUE, "12m", "cli.option.window", NULL, &request->window, NULL},
                {"--limits", OPTION_VALUE, "80,95", "cli.option.limits", NULL, &request->limits, NULL},
                {"--of", OPTION_VALUE, "NAME", "cli.option.of", NULL, &request->of, NULL},
                {"--bins", OPTION_VALUE, "N", "cli.option.bins", NULL, &request->bins, NULL},
                {"--threshold", OPTION_VALUE, "T", "cli.option.threshold", NULL, &request->threshold, NULL},
                {"--segment", OPTION_VALUE, "ID", "cli.option.segment", NULL, &request->segment, NULL},
                OPTION_FORMAT(request->format),
        };
        struct words words;
        enum status status =
                options_parse(context, options, sizeof(options) / sizeof(options[0]), argc, argv, &words, error);
        if (status != STATUS_OK)
                return status;
        if (words.count == 0)
                return error_set(error, STATUS_USAGE, "cli.action_missing", "actions", KIND_NAMES, NULL);
        request->kind = words.items[0];
        bool known = false;
        for (size_t k = 0; k < KINDS; k++)
                known |= strcmp(kinds[k].name, request->kind) == 0;
        if (!known)
                return error_set(error, STATUS_USAGE, "cli.unknown_action", "action", request->kind, "actions",
                                 KIND_NAMES, NULL);
        bool metric = strcmp(request->kind, "distribution") == 0;
        if (words.count > 1 + (size_t)metric)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words.items[1 + (size_t)metric],
                                 NULL);
        request->metric_name = words.count > 1 ? words.items[1] : NULL;
        status = read_metric_name(request, error);
        if (status == STATUS_OK)
                status = read_days(request, error);
        if (status == STATUS_OK)
                status = options_form(context, request->format, FORMS_ALL, &request->form, error);
        return status;
}

/* ---- the data ---------------------------------------------------------------------------------------------------- */

/* --segment has to be one of the concept's. */
static enum status check_segment(const struct analysis *analysis, struct error *error)
{
        const char *wanted = analysis->request->segment;
        struct buffer known buffer_cleanup;
        buffer_init(&known, 4096);
        for (size_t s = 0; wanted && s < analysis->concept->segment_count; s++) {
                struct text id = analysis->concept->segments[s].id;
                if (text_is(id, wanted))
                        return STATUS_OK;
                buffer_addf(&known, "%s%.*s", s ? ", " : "", (int)id.length, id.data);
        }
        return wanted ? error_set(error, STATUS_USAGE, "override.unknown_segment", "segment", wanted, "segments",
                                  known.data, NULL)
                      : STATUS_OK;
}

/* Segments need a released version; without one there is nothing to compare with. */
static enum status load_segments(struct analysis *analysis, struct error *error)
{
        struct session *session = analysis->session;
        struct version *version = arena_array(session->arena, struct version, 1);
        struct standing *standings;
        if (!version)
                return error_memory(error);
        enum status status = session_version(session, NULL, version, error);
        if (status == STATUS_NOT_FOUND && !session->context->program && !analysis->request->segment)
                return STATUS_OK;
        if (status == STATUS_OK)
                status = standing_load(session->connection, version->program_id, analysis->request->cutoff_day + 1,
                                       version->concept, snapshot_customer_ids(session->snapshot),
                                       snapshot_customer_count(session->snapshot), NULL, session->arena, &standings,
                                       error);
        if (status != STATUS_OK)
                return status;
        analysis->concept = version->concept;
        analysis->standings = standings;
        return check_segment(analysis, error);
}

static enum status measure(struct analysis *analysis, struct error *error)
{
        struct session *session = analysis->session;
        struct currency currency;
        enum status status = setting_currency(session->connection, &currency, error);
        if (status != STATUS_OK)
                return status;
        snprintf(analysis->currency, sizeof(analysis->currency), "%s", currency.code);
        analysis->minor_digits = currency.minor_digits;
        struct concept plain = {.minor_digits = currency.minor_digits, .year_starts = {1, 1}};
        struct concept *like = arena_array(session->arena, struct concept, 1);
        if (!like)
                return error_memory(error);
        *like = analysis->concept ? *analysis->concept : plain;
        like->evaluates = EVALUATES_CUSTOMER; /* everybody's own figures, whatever the program unites */
        struct joint_question question = {
                .like = like, .metrics = &analysis->request->metric, .metric_count = 1,
                .cutoff_day = analysis->request->cutoff_day,
        };
        status = joint_measure(&question, session->snapshot, session->connection, &session->parallel, session->arena,
                               &analysis->joint, error);
        if (status == STATUS_OK)
                analysis->column = joint_column(&analysis->joint.measures, &analysis->request->metric);
        return status;
}

static enum status load(struct analysis *analysis, struct error *error)
{
        struct session *session = analysis->session;
        enum status status = load_segments(analysis, error);
        if (status == STATUS_OK)
                status = measure(analysis, error);
        if (status == STATUS_OK)
                status = customer_labels_load(session->snapshot, session->connection, analysis->request->cutoff_day,
                                              session->arena, &analysis->labels, error);
        if (status != STATUS_OK)
                return status;
        size_t count = snapshot_customer_count(session->snapshot);
        analysis->by_number = arena_array(session->arena, size_t, count + 1);
        if (!analysis->by_number)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                if (bits_get(analysis->joint.measures.exists, i))
                        analysis->by_number[analysis->count++] = i;
        customers_sort(analysis->labels.numbers, analysis->by_number, analysis->count);
        return STATUS_OK;
}

static enum status run(struct session *session, const struct analysis_request *request, struct error *error)
{
        struct analysis analysis = {.session = session, .request = request};
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        if (status == STATUS_OK)
                status = load(&analysis, error);
        for (size_t k = 0; k < KINDS && status == STATUS_OK; k++)
                if (strcmp(kinds[k].name, request->kind) == 0)
                        status = kinds[k].run(&analysis, &out, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

int cmd_analyse(struct cli_context *context, int argc, char **argv)
{
        struct analysis_request request = {0};
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = read_request(context, argc, argv, &request, &error);
        if (status == STATUS_OK)
                status = session_open(&session, context, CLI_READ, &error);
        if (status == STATUS_OK)
                status = run(&session, &request, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
