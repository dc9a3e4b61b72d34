/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * uploads.c: a file between handing it in and its import: what was found in it, what is asked, what would happen, and
 * the import as it goes.
 *
 * Answers come in one repeated field: "column:amount=Netto" (empty behind the sign: the field is left out),
 * "value:valid_from=2026-01-01", "answer:date=day-first", "source:=erp".
 */
#include "jobs/arguments.h"
#include "web/job_view.h"
#include "web/json_model.h"
#include "web/resources.h"
#include "web/setup.h"
#include "web/upload_view.h"

enum { ANSWERS_MAX = 100, WAIT_MS = 2500, VALUE_BYTES_MAX = 1200 };

const char *const upload_kind_names[IMPORT_KIND_COUNT + 1] = {
        "customers", "products", "purchases", "potentials", "values", "contacts", "certificates", "activities",
        "visits", "responsibilities", "consents", NULL};

bool upload_kind_of(struct text name, enum import_kind *ret)
{
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++)
                if (text_is(name, kind_infos[kind].name)) {
                        *ret = (enum import_kind)kind;
                        return true;
                }
        return false;
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

static const char *key_of(struct request *request, const char *family, const char *name)
{
        char key[96];
        int length = snprintf(key, sizeof(key), "%s%s", family, name);
        return length > 0 && (size_t)length < sizeof(key) && message_exists(key)
                       ? arena_copy(request_arena(request), key, (size_t)length)
                       : NULL;
}

void put_kind_word(struct request *request, struct model *model, struct value *map, const char *name,
                   struct text kind)
{
        const char *key = key_of(request, "import.kind.", string_of(request, kind));
        if (key)
                put_word(model, map, name, key);
        else
                put_text(model, map, name, kind);
}

void put_kinds(struct request *request, struct model *model, const char *name, enum import_kind chosen)
{
        struct value *list = put_page_list(model, NULL, name);
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++) {
                struct value *option = add_map(model, list);
                put_string(model, option, "value", kind_infos[kind].name);
                put_kind_word(request, model, option, "label", text_of(kind_infos[kind].name));
                put_yes_no(model, option, "chosen", kind == (int)chosen);
        }
}

void put_upload(struct request *request, struct model *model, struct value *map, const struct upload *upload)
{
        put_id(model, map, "id", upload->id);
        put_text(model, map, "file_name", upload->file_name);
        put_string(model, map, "kind", kind_infos[upload->kind].name);
        put_kind_word(request, model, map, "kind_name", text_of(kind_infos[upload->kind].name));
        put_count(model, map, "bytes", upload->bytes);
        put_actor(request, model, map, "asked_by", upload->actor);
        put_instant(model, map, "created", upload->created_ms);
        put_text(model, map, "path", path_of(request, "/imports/uploads/", upload->id, ""));
}

static enum status load_by_id(struct request *request, int64_t id, struct upload *ret, struct error *error)
{
        struct application *application = application_of(request);
        struct connection *connection;
        enum status status = request_connection(request, &connection, error);
        return status ? status : upload_load(application->database, connection, jobs_home(application->jobs), id,
                                             request_arena(request), ret, error);
}

static enum status load(struct request *request, struct upload *ret, struct error *error)
{
        int64_t id;
        if (!request_segment_id(request, "upload", &id))
                return not_there(error);
        return load_by_id(request, id, ret, error);
}

void upload_wait(struct request *request, int64_t upload_id)
{
        struct connection *connection;
        struct upload upload;
        struct error unsaid;
        if (load_by_id(request, upload_id, &upload, &unsaid) == STATUS_OK &&
            request_connection(request, &connection, &unsaid) == STATUS_OK)
                (void)jobs_wait(application_of(request)->jobs, connection,
                                upload.import_job_id ? upload.import_job_id : upload.look_job_id, WAIT_MS);
}

/* ---- the mapping as a form --------------------------------------------------------------------------------------- */

static void put_option(struct model *model, struct value *options, const char *option, const char *name,
                       struct text value, bool chosen)
{
        char text[VALUE_BYTES_MAX];
        int length = snprintf(text, sizeof(text), "%s:%s=%.*s", option, name, (int)value.length, value.data);
        if (length < 0 || (size_t)length >= sizeof(text))
                return;
        struct value *map = add_map(model, options);
        put_text(model, map, "value", (struct text){text, (size_t)length});
        put_text(model, map, "label", value);
        put_yes_no(model, map, "chosen", chosen);
}

static struct text entry(const struct value *map, const char *name)
{
        return value_text(value_get(map, name));
}

/* The column of the look that stands for a field; NULL: none. */
static const struct value *column_of(const struct value *look, const char *field)
{
        const struct value *columns = value_get(look, "columns");
        for (const struct value *column = value_first(columns); column; column = value_next(column))
                if (text_is(entry(column, "field"), field))
                        return column;
        return NULL;
}

static bool is_asked(const struct value *look, const char *field)
{
        const struct value *questions = value_get(look, "questions");
        for (const struct value *question = value_first(questions); question; question = value_next(question))
                if (text_is(entry(question, "name"), field) && text_is(entry(question, "option"), "column"))
                        return true;
        return false;
}

static void put_field(struct request *request, struct model *model, struct value *list, const struct value *look,
                      const struct field_info *info)
{
        const struct value *column = column_of(look, info->name);
        bool constant = column && value_integer(value_get(column, "constant"));
        struct value *map = add_map(model, list);
        const char *label = key_of(request, "import.field.", info->name);
        put_string(model, map, "field", info->name);
        if (label)
                put_word(model, map, "label", label);
        else
                put_string(model, map, "label", info->name);
        put_yes_no(model, map, "required", info->required);
        put_text(model, map, "example", column ? entry(column, "example") : (struct text){NULL, 0});
        put_text(model, map, "why", column ? entry(column, "why") : (struct text){NULL, 0});
        put_text(model, map, "constant", constant ? entry(column, "place") : (struct text){NULL, 0});
        struct value *options = put_list(model, map, "options");
        struct value *none = add_map(model, options);
        char left_out[VALUE_BYTES_MAX];
        snprintf(left_out, sizeof(left_out), "column:%s=", info->name);
        put_string(model, none, "value", left_out);
        put_word(model, none, "label", "upload.not_in_file");
        put_yes_no(model, none, "chosen", !column);
        const struct value *header = value_get(look, "header");
        for (const struct value *name = value_first(header); name; name = value_next(name))
                if (value_text(name).length)
                        put_option(model, options, "column", info->name, value_text(name),
                                   column && !constant && text_equal(entry(column, "place"), value_text(name)));
}

static void put_fields(struct request *request, struct model *model, const struct upload *upload,
                       const struct value *look)
{
        const struct kind_info *kind = &kind_infos[upload->kind];
        struct value *list = put_page_list(model, NULL, "fields");
        for (size_t i = 0; i < kind->field_count; i++)
                if (!strchr(kind->fields[i].name, '*') && !is_asked(look, kind->fields[i].name))
                        put_field(request, model, list, look, &kind->fields[i]);
}

static void put_questions(struct model *model, const struct value *look)
{
        struct value *list = put_page_list(model, NULL, "questions");
        const struct value *questions = value_get(look, "questions");
        int64_t number = 0;
        for (const struct value *question = value_first(questions); question; question = value_next(question)) {
                struct value *map = add_map(model, list);
                struct text option = entry(question, "option"), name = entry(question, "name");
                char option_text[16], name_text[64];
                snprintf(option_text, sizeof(option_text), "%.*s", (int)option.length, option.data);
                snprintf(name_text, sizeof(name_text), "%.*s", (int)name.length, name.data);
                put_ordinal(model, map, "number", ++number);
                put_text(model, map, "words", entry(question, "words"));
                struct value *options = put_list(model, map, "options");
                const struct value *candidates = value_get(question, "candidates");
                for (const struct value *one = value_first(candidates); one; one = value_next(one)) {
                        char text[VALUE_BYTES_MAX];
                        struct text value = entry(one, "value"), words = entry(one, "words");
                        struct value *choice = add_map(model, options);
                        snprintf(text, sizeof(text), "%s:%s=%.*s", option_text, name_text, (int)value.length,
                                 value.data);
                        put_string(model, choice, "value", text);
                        put_text(model, choice, "label", words.length ? words : value);
                }
                const struct value *header = value_get(look, "header");
                bool of_column = text_is(option, "column");
                for (const struct value *column = of_column ? value_first(header) : NULL; column;
                     column = value_next(column))
                        if (value_text(column).length && value_count(candidates) == 0)
                                put_option(model, options, "column", name_text, value_text(column), false);
                put_yes_no(model, map, "is_text", value_count(options) == 0);
                put_string(model, map, "text_for", name_text);
        }
}

/* What the columns of the first rows are called. */
static void put_preview_titles(struct request *request, struct model *model, const struct value *look)
{
        struct value *list = put_page_list(model, NULL, "preview_titles");
        const struct value *columns = value_get(value_get(look, "preview"), "columns");
        for (const struct value *column = value_first(columns); column; column = value_next(column)) {
                const char *name = string_of(request, value_text(column));
                const char *label = name ? key_of(request, "import.field.", name) : NULL;
                if (label)
                        add_word(model, list, label);
                else
                        add_text(model, list, value_text(column));
        }
}

static enum status put_look(struct request *request, struct model *model, const struct upload *upload,
                            const struct job_record *record, struct error *error)
{
        enum status status = put_json(model, NULL, "look", record->result, error);
        const struct value *look = value_get(model->root, "look");
        if (status || !look)
                return status;
        put_fields(request, model, upload, look);
        put_questions(model, look);
        put_preview_titles(request, model, look);
        put_yes_no(model, NULL, "is_open", value_count(value_get(look, "questions")) > 0);
        put_yes_no(model, NULL, "is_ready", entry(look, "profile").length > 0);
        return STATUS_OK;
}

static enum status upload_show(struct request *request, struct model *model, struct error *error)
{
        struct upload upload;
        struct job_record look, import = {.state = JOB_WAITING};
        enum status status = load(request, &upload, error);
        if (!status)
                status = put_job_by_id(request, model, "look_job", upload.look_job_id, &look, error);
        if (!status && upload.import_job_id)
                status = put_job_by_id(request, model, "import_job", upload.import_job_id, &import, error);
        if (status)
                return status;
        bool under_way = upload.import_job_id && !job_state_ended(import.state), setup = false;
        if (upload.import_id && !under_way && !request_wants_json(request))
                status = setup_is_due(request, &setup, error);
        if (status)
                return status;
        if (setup)
                request_go_to(request, text_of("/setup"), false);
        bool may_begin = !upload.import_id && !under_way;
        put_text(model, NULL, "title", upload.file_name);
        put_upload(request, model, put_map(model, NULL, "upload"), &upload);
        put_kinds(request, model, "kinds", upload.kind);
        put_yes_no(model, NULL, "looking", !job_state_ended(look.state));
        put_yes_no(model, NULL, "importing", under_way);
        put_yes_no(model, NULL, "failed", upload.import_job_id && import.state == JOB_FAILED);
        put_yes_no(model, NULL, "imported", upload.import_id != 0);
        put_text(model, NULL, "import_path", upload.import_id ? path_of(request, "/imports/", upload.import_id, "")
                                                              : (struct text){NULL, 0});
        put_yes_no(model, NULL, "may_begin", may_begin);
        return look.state == JOB_DONE && may_begin ? put_look(request, model, &upload, &look, error) : STATUS_OK;
}

/* ---- answering --------------------------------------------------------------------------------------------------- */

static bool parse_answer(struct text text, struct upload_answer *ret)
{
        static const char *const options[] = {[PROPOSAL_COLUMN] = "column", [PROPOSAL_VALUE] = "value",
                                              [PROPOSAL_ANSWER] = "answer", [PROPOSAL_SOURCE] = "source"};
        const char *colon = text.length ? memchr(text.data, ':', text.length) : NULL;
        if (!colon)
                return false;
        struct text option = {text.data, (size_t)(colon - text.data)};
        struct text rest = {colon + 1, text.length - option.length - 1};
        /* Names of attributes hold no '=': the first one ends the name. */
        const char *equals = rest.length ? memchr(rest.data, '=', rest.length) : NULL;
        if (!equals)
                return false;
        ret->name = (struct text){rest.data, (size_t)(equals - rest.data)};
        ret->value = (struct text){equals + 1, rest.length - ret->name.length - 1};
        for (int i = 0; i <= PROPOSAL_SOURCE; i++)
                if (text_is(option, options[i])) {
                        ret->option = (enum proposal_option)i;
                        return true;
                }
        return false;
}

static enum status upload_answers(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        struct upload_answer answers[ANSWERS_MAX + 1];
        struct upload upload;
        size_t count = 0;
        enum status status = load(request, &upload, error);
        if (status)
                return status;
        enum import_kind kind = upload.kind;
        if (request_has(request, "kind"))
                (void)upload_kind_of(request_text(request, "kind"), &kind);
        for (size_t i = 0; i < request_repeats(request, "answer") && count < ANSWERS_MAX; i++) {
                if (!parse_answer(request_text_at(request, "answer", i), &answers[count]))
                        return request_refuse_field(request, error, "answer", "input.choice", NULL);
                count++;
        }
        if (request_has(request, "text_for") && request_has(request, "text"))
                answers[count++] = (struct upload_answer){PROPOSAL_VALUE, request_text(request, "text_for"),
                                                          request_text(request, "text")};
        /* What was settled about columns of another kind says nothing. */
        if (kind != upload.kind)
                count = 0;
        status = upload_settle(application->jobs, application->database, &upload, kind, answers, count,
                               request_language(request), error);
        if (status)
                return status;
        put_id(model, NULL, "id", upload.id);
        upload_wait(request, upload.id);
        request_go_to(request, path_of(request, "/imports/uploads/", upload.id, ""), false);
        return STATUS_OK;
}

/* The profile the latest look proposed; none while something is open. */
static enum status take_profile(struct request *request, const struct upload *upload, struct text *ret,
                                struct error *error)
{
        struct connection *connection;
        struct job_record look;
        struct arguments *result;
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = job_load(connection, upload->look_job_id, request_arena(request), &look, error);
        if (status)
                return status;
        *ret = (struct text){NULL, 0};
        if (look.state != JOB_DONE)
                return STATUS_OK;
        status = arguments_parse(look.result, &result, error);
        if (status)
                return status;
        struct text profile = arguments_text(result, "profile");
        bool kept = !profile.length || arena_keep_text(request_arena(request), profile, ret);
        arguments_free(result);
        return kept ? STATUS_OK : error_memory(error);
}

static enum status upload_run(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        struct upload upload;
        struct text profile;
        int64_t job_id;
        enum status status = load(request, &upload, error);
        if (!status)
                status = take_profile(request, &upload, &profile, error);
        if (!status && !profile.length)
                status = error_set(error, STATUS_CONFLICT, "upload.open", NULL);
        if (!status)
                status = upload_begin(application->jobs, application->database, &upload, profile,
                                      request_subject(request)->account_id, actor_of(request),
                                      request_language(request), &job_id, error);
        if (status)
                return status;
        put_id(model, NULL, "job", job_id);
        upload_wait(request, upload.id);
        request_go_to(request, path_of(request, "/imports/uploads/", upload.id, ""), false);
        return STATUS_OK;
}

static enum status upload_discard(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        struct upload upload;
        enum status status = load(request, &upload, error);
        if (!status)
                status = upload_remove(application->database, &upload, error);
        if (status)
                return status;
        put_id(model, NULL, "id", upload.id);
        request_notice(request, NULL, "upload.removed", "file", upload.file_name.data, NULL);
        request_go_to(request, text_of("/imports"), false);
        return STATUS_OK;
}

static const struct field answer_fields[] = {
        {.name = "answer", .kind = INPUT_TEXT, .repeated = true, .max = VALUE_BYTES_MAX,
         .label = "upload.field.answer"},
        {.name = "kind", .kind = INPUT_CHOICE, .choices = upload_kind_names, .label = "upload.field.kind"},
        {.name = "text_for", .kind = INPUT_TEXT, .label = "upload.field.text_for"},
        {.name = "text", .kind = INPUT_TEXT, .label = "upload.field.text"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/imports/uploads/{upload}", PERMISSION_IMPORT_WRITE, NULL, "upload", upload_show, 0,
         "route.upload"},
        {METHOD_POST, "/imports/uploads/{upload}", PERMISSION_IMPORT_WRITE, answer_fields, NULL, upload_answers, 0,
         "route.upload_answers"},
        {METHOD_POST, "/imports/uploads/{upload}/run", PERMISSION_IMPORT_WRITE, NULL, NULL, upload_run, 0,
         "route.upload_run"},
        {METHOD_POST, "/imports/uploads/{upload}/discard", PERMISSION_IMPORT_WRITE, NULL, NULL, upload_discard, 0,
         "route.upload_discard"},
};
const struct resource resource_uploads = {"uploads", routes, sizeof(routes) / sizeof(routes[0])};
