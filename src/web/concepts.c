/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concepts.c: versions of programs: handing one in, what is wrong with it by line and column, what it changes in words,
 * what it would do to whom, putting it into force; and a first one made from the data.
 */
#include "base/calendar.h"
#include "program/concept_diff.h"
#include "program/concept_parse.h"
#include "platform/file.h"
#include "program/program_jobs.h"
#include "program/reader.h"
#include "queries.h"
#include "render/json.h"
#include "web/job_view.h"
#include "web/json_model.h"
#include "web/program_view.h"
#include "web/resources.h"

enum { DOCUMENT_BYTES_MAX = 1 << 20, TEXT_BYTES_MAX = 1 << 16, MOVES_SHOWN = 500 };

/* ---- list -------------------------------------------------------------------------------------------------------- */

static struct text version_path(struct request *request, const char *program, int32_t number, const char *behind)
{
        struct buffer path buffer_cleanup;
        buffer_init(&path, 512);
        buffer_addf(&path, "/concepts/%s/%d%s", program, (int)number, behind);
        char *copy = arena_copy(request_arena(request), path.data, path.length);
        return (struct text){copy, copy ? path.length : 0};
}

static void put_version_row(struct request *request, struct model *model, struct value *map,
                            const struct q_concept_version_list_row *row)
{
        bool released = text_is(row->state, "released");
        put_code(model, map, "program", request_language(request), NULL, row->program);
        put_ordinal(model, map, "version", row->number);
        put_yes_no(model, map, "released", released);
        put_word(model, map, "state", released ? "concept.state.released" : "concept.state.draft");
        put_instant(model, map, "loaded", row->loaded_ms);
        if (row->has_released_ms)
                put_instant(model, map, "released_at", row->released_ms);
        else
                put_none(model, map, "released_at");
        put_text(model, map, "path", version_path(request, string_of(request, row->program), row->number, ""));
}

static enum status concepts_list(struct request *request, struct model *model, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct connection *connection;
        struct q_concept_version_list_row *all = arena_array(request_arena(request), struct q_concept_version_list_row,
                                                             1000);
        size_t count = 0;
        bool more = true;
        enum status status = all ? request_connection(request, &connection, error) : error_memory(error);
        if (!status)
                status = q_concept_version_list_open(connection, NULL, &rows, error);
        while (!status && more && count < 1000) {
                struct q_concept_version_list_row row;
                status = q_concept_version_list_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!arena_keep_text(request_arena(request), row.program, &row.program) ||
                    !arena_keep_text(request_arena(request), row.state, &row.state))
                        return error_memory(error);
                all[count++] = row;
        }
        if (status)
                return status;
        put_word(model, NULL, "title", "page.concepts");
        struct value *list = put_list(model, NULL, "versions");
        for (size_t i = count; i > 0; i--)
                put_version_row(request, model, add_map(model, list), &all[i - 1]);
        put_yes_no(model, NULL, "may_write", subject_may(request_subject(request), PERMISSION_CONCEPT_WRITE));
        put_count(model, NULL, "count", (int64_t)count);
        return STATUS_OK;
}

/* ---- handing one in ---------------------------------------------------------------------------------------------- */

static void put_problems(struct request *request, struct model *model, const struct problem_list *problems)
{
        struct value *list = put_list(model, NULL, "problems");
        for (size_t i = 0; i < problems->count; i++) {
                const struct problem *problem = &problems->items[i];
                struct error plain = problem->error;
                struct buffer text buffer_cleanup;
                struct value *map = add_map(model, list);
                buffer_init(&text, TEXT_BYTES_MAX);
                plain.line = plain.column = 0; /* they have columns of their own */
                message_add_error(&text, request_language(request), &plain);
                put_ordinal(model, map, "line", problem->error.line);
                put_ordinal(model, map, "column", problem->error.column);
                put_yes_no(model, map, "warning", problem->warning);
                put_text(model, map, "text", (struct text){text.data, text.length});
        }
        put_count(model, NULL, "error_count", (int64_t)problems->error_count);
        put_count(model, NULL, "warning_count", (int64_t)problems->warning_count);
}

/* The document of the file, else of the text field. */
static enum status take_document(struct request *request, struct text *ret, struct error *error)
{
        const char *path;
        struct text name;
        if (request_file(request, "file", &path, &name, error) == STATUS_OK) {
                struct buffer content buffer_cleanup;
                enum status status = file_read(path, DOCUMENT_BYTES_MAX, &content, error);
                if (status)
                        return status;
                return arena_keep_text(request_arena(request), (struct text){content.data, content.length}, ret)
                               ? STATUS_OK
                               : error_memory(error);
        }
        *ret = request_text(request, "document");
        return STATUS_OK;
}

static enum status concepts_check(struct request *request, struct model *model, struct error *error)
{
        struct problem_list problems;
        const struct concept *concept;
        struct text document;
        struct connection *connection;
        struct version version;
        bool existed;
        enum status status = take_document(request, &document, error);
        put_word(model, NULL, "title", "page.concept_check");
        if (status)
                return status;
        if (!document.length)
                return request_refuse_field(request, error, "file", "input.required", NULL);
        problems_init(&problems, request_arena(request));
        status = concept_parse(request_arena(request), document, &concept, &problems, error);
        if (status && status != STATUS_INVALID)
                return status;
        put_yes_no(model, NULL, "valid", status == STATUS_OK);
        put_problems(request, model, &problems);
        put_text(model, NULL, "document", document);
        if (status || request_yes(request, "only_check"))
                return STATUS_OK;
        status = request_connection(request, &connection, error);
        if (!status)
                status = version_load(application_of(request)->database, connection, concept, document,
                                      actor_of(request), request_arena(request), &version, &existed, error);
        if (status)
                return status;
        status = application_read_currency(application_of(request), error);
        if (status)
                return status;
        put_string(model, NULL, "program", version.program);
        put_ordinal(model, NULL, "concept_version", version.number);
        put_yes_no(model, NULL, "existed", existed);
        request_go_to(request, version_path(request, version.program, version.number, ""), !existed);
        return STATUS_OK;
}

/* ---- one version ------------------------------------------------------------------------------------------------- */

static enum status find(struct request *request, const char *segment, struct version *ret, struct error *error)
{
        struct connection *connection;
        int64_t program_id;
        const char *program;
        const char *code = string_of(request, request_segment(request, "program"));
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = program_choose(connection, code, request_arena(request), &program_id, &program, error);
        if (!status)
                status = version_find(connection, program_id, program,
                                      segment ? string_of(request, request_segment(request, segment)) : NULL,
                                      request_arena(request), ret, error);
        return status;
}

static void put_segments(struct request *request, struct model *model, const struct concept *concept)
{
        struct value *list = put_list(model, NULL, "segments");
        for (size_t i = 0; i < concept->segment_count; i++)
                put_segment_named(request, model, add_map(model, list), "segment", concept, concept->segments[i].id);
}

/* What it changes against the version in force, in words. */
static enum status put_changes(struct request *request, struct model *model, const struct version *version,
                               struct error *error)
{
        struct version against;
        struct concept_change *changes;
        size_t count;
        static const char *const kinds[] = {"changed", "added", "removed"};
        enum status status = find(request, NULL, &against, error);
        struct value *list = put_list(model, NULL, "changes");
        if (status == STATUS_NOT_FOUND || (!status && against.id == version->id)) {
                put_none(model, NULL, "against");
                return STATUS_OK;
        }
        if (!status)
                status = concept_diff(against.concept, version->concept, request_language(request), MEDIUM_PAGE,
                                      request_arena(request), &changes, &count, error);
        if (status)
                return status;
        put_ordinal(model, NULL, "against", against.number);
        for (size_t i = 0; i < count; i++) {
                struct value *map = add_map(model, list);
                put_string(model, map, "change", kinds[changes[i].kind]);
                put_string(model, map, "where", changes[i].id);
                put_string(model, map, "old", changes[i].old_value);
                put_string(model, map, "new", changes[i].new_value);
                put_string(model, map, "text", changes[i].sentence);
        }
        return STATUS_OK;
}

/* As the concept calls it, else its code. */
static struct text program_name(struct request *request, const struct version *version)
{
        struct text name = bilingual_text(&version->concept->program_name, request_language(request));
        return name.length ? name : text_of(version->program);
}

static enum status concept_show(struct request *request, struct model *model, struct error *error)
{
        struct version version;
        enum status status = find(request, "version", &version, error);
        if (status)
                return status;
        const struct subject *subject = request_subject(request);
        struct value *title = put_sentence(model, NULL, "title", "concept.page_title");
        put_text(model, title, "program", program_name(request, &version));
        put_ordinal(model, title, "version", version.number);
        put_string(model, NULL, "program", version.program);
        put_ordinal(model, NULL, "concept_version", version.number);
        put_yes_no(model, NULL, "released", version.released);
        put_word(model, NULL, "state", version.released ? "concept.state.released" : "concept.state.draft");
        put_string(model, NULL, "document", version.content);
        put_segments(request, model, version.concept);
        put_yes_no(model, NULL, "may_release", !version.released && subject_may(subject, PERMISSION_CONCEPT_RELEASE));
        put_yes_no(model, NULL, "may_simulate", subject_may(subject, PERMISSION_EVALUATION_READ));
        put_text(model, NULL, "path", version_path(request, version.program, version.number, ""));
        return put_changes(request, model, &version, error);
}

static enum status concept_release(struct request *request, struct model *model, struct error *error)
{
        struct version version;
        char number[16];
        enum status status = find(request, "version", &version, error);
        if (!status)
                status = version_release(application_of(request)->database, &version, actor_of(request), error);
        if (status)
                return status;
        snprintf(number, sizeof(number), "%d", version.number);
        put_string(model, NULL, "program", version.program);
        put_ordinal(model, NULL, "concept_version", version.number);
        put_yes_no(model, NULL, "released", true);
        request_notice(request, NULL, "concept.released_notice", "version", number, NULL);
        request_go_to(request, version_path(request, version.program, version.number, ""), false);
        return STATUS_OK;
}

/* {"program": ..., "version": ..., "cutoff": ...} */
static bool write_arguments(struct request *request, const struct version *version, struct buffer *out)
{
        struct json json;
        char number[16];
        snprintf(number, sizeof(number), "%d", version->number);
        json_init(&json, out, false);
        json_begin_object(&json);
        json_key(&json, "program");
        json_string(&json, version->program);
        json_key(&json, "version");
        json_string(&json, number);
        if (request_has(request, "cutoff")) {
                json_key(&json, "cutoff");
                json_day(&json, (int32_t)request_integer(request, "cutoff"));
        }
        if (request_has(request, "against")) {
                json_key(&json, "against");
                json_text(&json, request_text(request, "against"));
        }
        json_end_object(&json);
        return !out->failed;
}

static enum status concept_simulate(struct request *request, struct model *model, struct error *error)
{
        struct version version;
        struct job_record job;
        struct buffer arguments buffer_cleanup;
        buffer_init(&arguments, 4096);
        enum status status = find(request, "version", &version, error);
        if (!status && !write_arguments(request, &version, &arguments))
                status = error_memory(error);
        if (status)
                return status;
        struct job_order order = job_order_of(request, simulation_kind.name,
                                              (struct text){arguments.data, arguments.length});
        status = job_ask(request, &order, &job, error);
        if (status)
                return status;
        put_job(request, model, put_map(model, NULL, "job"), &job);
        request_go_to(request, path_of(request, "/simulations/", job.id, ""), true);
        return STATUS_OK;
}

/* ---- what it would do -------------------------------------------------------------------------------------------- */

static struct text entry(const struct value *map, const char *name)
{
        return value_text(value_get(map, name));
}

static int64_t id_in(struct text text)
{
        int64_t id = 0;
        for (size_t i = 0; i < text.length && i < 19; i++)
                if (text.data[i] >= '0' && text.data[i] <= '9' && id <= (INT64_MAX - 9) / 10)
                        id = id * 10 + (text.data[i] - '0');
        return id;
}

/* Those who move, by name, as far as the asker may see them. */
static enum status put_moves(struct request *request, struct model *model, const struct value *result,
                             const struct concept *against, const struct concept *after, struct error *error)
{
        struct people_view people people_cleanup = {0};
        enum status status = people_open(request, &people, error);
        struct value *list = put_list(model, NULL, "moves");
        size_t shown = 0;
        if (status)
                return status;
        const struct value *moves = value_get(result, "moves");
        for (const struct value *move = value_first(moves); move && shown < MOVES_SHOWN; move = value_next(move)) {
                int64_t id = id_in(entry(move, "customer"));
                char word[48];
                if (!people_may_see(&people, id))
                        continue;
                struct value *map = add_map(model, list);
                struct text direction = entry(move, "direction");
                snprintf(word, sizeof(word), "%s%.*s", "simulation.direction.", (int)direction.length,
                         direction.data);
                (void)put_customer_named(request, model, map, &people, id);
                put_segment_code(request, model, map, "from", against, entry(move, "from"));
                put_segment_code(request, model, map, "to", after, entry(move, "to"));
                put_word(model, map, "direction", arena_copy(request_arena(request), word, strlen(word)));
                put_money(model, map, "revenue", value_integer(value_get(move, "revenue")));
                shown++;
        }
        return STATUS_OK;
}

static void put_sums(struct request *request, struct model *model, const struct value *result, const char *name,
                     const struct concept *concept)
{
        struct value *list = put_list(model, NULL, name);
        const struct value *sums = value_get(result, name);
        for (const struct value *one = value_first(sums); one; one = value_next(one)) {
                struct value *map = add_map(model, list);
                put_segment_code(request, model, map, "segment", concept, entry(one, "segment"));
                put_count(model, map, "customers", value_integer(value_get(one, "customers")));
                put_money(model, map, "revenue", value_integer(value_get(one, "revenue")));
        }
}

static void put_matrix(struct request *request, struct model *model, const struct value *result,
                       const struct concept *against, const struct concept *after)
{
        struct value *list = put_list(model, NULL, "matrix");
        const struct value *matrix = value_get(result, "matrix");
        for (const struct value *one = value_first(matrix); one; one = value_next(one)) {
                struct value *map = add_map(model, list);
                put_segment_code(request, model, map, "from", against, entry(one, "from"));
                put_segment_code(request, model, map, "to", after, entry(one, "to"));
                put_count(model, map, "customers", value_integer(value_get(one, "customers")));
                put_yes_no(model, map, "stays", text_equal(entry(one, "from"), entry(one, "to")));
        }
}

static enum status put_simulation(struct request *request, struct model *model, const struct job_record *job,
                                  struct error *error)
{
        struct model *scratch = arena_zero(request_arena(request), 1, sizeof(*scratch));
        int32_t cutoff = DAY_NONE;
        if (!scratch)
                return error_memory(error);
        model_init(scratch, request_arena(request));
        enum status status = put_json(scratch, NULL, "result", job->result, error);
        if (status)
                return status;
        const struct value *result = value_get(scratch->root, "result");
        const struct concept *against = NULL, *after = NULL;
        status = concept_of_result(request, result, "against", &against, error);
        if (!status)
                status = concept_of_result(request, result, "version", &after, error);
        if (status)
                return status;
        put_code(model, NULL, "program", request_language(request), NULL, entry(result, "program"));
        put_ordinal(model, NULL, "concept_version", value_integer(value_get(result, "version")));
        put_ordinal(model, NULL, "against", value_integer(value_get(result, "against")));
        put_day(model, NULL, "cutoff", day_parse_iso(entry(result, "cutoff"), &cutoff) ? cutoff : DAY_NONE);
        put_count(model, NULL, "evaluated", value_integer(value_get(result, "evaluated")));
        put_count(model, NULL, "moves_total", value_integer(value_get(result, "moves_total")));
        put_count(model, NULL, "other_decisions", value_integer(value_get(result, "other_decisions")));
        put_sums(request, model, result, "segments_against", against);
        put_sums(request, model, result, "segments", after);
        put_matrix(request, model, result, against, after);
        put_text(model, NULL, "concept_path",
                 version_path(request, string_of(request, entry(result, "program")),
                              (int32_t)value_integer(value_get(result, "version")), ""));
        return put_moves(request, model, result, against, after, error);
}

static enum status simulation_show(struct request *request, struct model *model, struct error *error)
{
        struct job_record job;
        int64_t id;
        if (!request_segment_id(request, "job", &id))
                return not_there(error);
        enum status status = put_job_by_id(request, model, "job", id, &job, error);
        if (status)
                return status;
        if (!text_is(job.kind, simulation_kind.name))
                return not_there(error);
        put_word(model, NULL, "title", "page.simulation");
        put_yes_no(model, NULL, "done", job.state == JOB_DONE);
        return job.state == JOB_DONE ? put_simulation(request, model, &job, error) : STATUS_OK;
}

static const struct field check_fields[] = {
        {.name = "file", .kind = INPUT_FILE, .max = DOCUMENT_BYTES_MAX, .label = "concept.field.file"},
        {.name = "document", .kind = INPUT_LONG_TEXT, .max = DOCUMENT_BYTES_MAX, .label = "concept.field.document"},
        {.name = "only_check", .kind = INPUT_YES_NO, .label = "concept.field.only_check"},
        {0}};
static const struct field simulate_fields[] = {
        {.name = "cutoff", .kind = INPUT_DAY}, {.name = "against", .kind = INPUT_ID}, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/concepts", PERMISSION_CONCEPT_READ, NULL, "concepts", concepts_list, 0, "route.concepts"},
        {METHOD_POST, "/concepts", PERMISSION_CONCEPT_WRITE, check_fields, "concept_check", concepts_check, 0,
         "route.concepts_add"},
        {METHOD_GET, "/concepts/{program}/{version}", PERMISSION_CONCEPT_READ, NULL, "concept", concept_show, 0,
         "route.concept"},
        {METHOD_POST, "/concepts/{program}/{version}/release", PERMISSION_CONCEPT_RELEASE, NULL, NULL, concept_release,
         0, "route.concept_release"},
        {METHOD_POST, "/concepts/{program}/{version}/simulate", PERMISSION_EVALUATION_READ, simulate_fields, NULL,
         concept_simulate, 0, "route.concept_simulate"},
        {METHOD_GET, "/simulations/{job}", PERMISSION_EVALUATION_READ, NULL, "simulation", simulation_show, 0,
         "route.simulation"},
};
const struct resource resource_concepts = {"concepts", routes, sizeof(routes) / sizeof(routes[0])};
