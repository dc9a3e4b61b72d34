/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * program_view.c: programs, customers by name, segments.
 */
#include "web/program_view.h"

#include "program/amounts.h"
#include "web/job_view.h"

enum { FOUND_MAX = 2 };

enum status program_of(struct request *request, int64_t *ret_id, const char **ret_code, struct error *error)
{
        struct connection *connection;
        const char *named = request_has(request, "program") ? string_of(request, request_text(request, "program"))
                                                            : NULL;
        enum status status = request_connection(request, &connection, error);
        if (status)
                return status;
        status = program_choose(connection, named, request_arena(request), ret_id, ret_code, error);
        if (status == STATUS_NOT_FOUND && !named) {
                *ret_id = 0;
                *ret_code = "";
                return STATUS_OK;
        }
        if (status != STATUS_USAGE)
                return status;
        /* Several, and nobody said which: the first. */
        const char *programs = error_argument(error, "programs");
        size_t length = programs ? strcspn(programs, ", ") : 0;
        const char *first = arena_copy(request_arena(request), programs ? programs : "", length);
        return first ? program_choose(connection, first, request_arena(request), ret_id, ret_code, error)
                     : error_memory(error);
}

enum status people_open(struct request *request, struct people_view *ret, struct error *error)
{
        struct connection *connection;
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = directory_view_of(application_of(request)->directory, connection, request_today(request),
                                           &ret->view, error);
        if (status)
                return status;
        ret->scope = scope_of(ret->view, request_subject(request), request_arena(request));
        return ret->scope ? STATUS_OK : error_memory(error);
}

void people_close(struct people_view *people)
{
        directory_view_unref(people->view);
}

bool people_may_see(const struct people_view *people, int64_t customer_id)
{
        return directory_find(people->view, people->scope, customer_id) >= 0;
}

bool put_customer_named(struct request *request, struct model *model, struct value *map,
                        const struct people_view *people, int64_t customer_id)
{
        struct directory_row row;
        int64_t place = directory_find(people->view, people->scope, customer_id);
        if (place < 0)
                return false;
        directory_row(people->view, -1, (size_t)place, &row);
        put_id(model, map, "customer", customer_id);
        put_text(model, map, "number", row.number);
        put_text(model, map, "name", row.name.length ? row.name : row.number);
        put_text(model, map, "responsible", row.responsible);
        put_text(model, map, "path", path_of(request, "/customers/", customer_id, ""));
        return true;
}

int64_t people_find(struct request *request, const struct people_view *people, struct text typed)
{
        const uint32_t *rows;
        size_t count;
        int64_t found = 0;
        if (directory_search(people->view, people->scope, typed, FOUND_MAX * 4, request_arena(request), &rows, &count,
                             NULL) != STATUS_OK)
                return 0;
        for (size_t i = 0; i < count; i++) {
                struct directory_row row;
                directory_row(people->view, -1, rows[i], &row);
                if (text_equal(row.number, typed) || text_equal(row.name, typed))
                        return row.customer_id;
                found = i == 0 ? row.customer_id : 0;
        }
        return count == 1 ? found : 0;
}

void put_segment_named(struct request *request, struct model *model, struct value *map, const char *name,
                 const struct concept *concept, struct text id)
{
        if (!id.length) {
                put_none(model, map, name);
                return;
        }
        struct value *segment = put_map(model, map, name);
        put_text(model, segment, "code", id);
        struct text shown = id;
        for (size_t i = 0; concept && i < concept->segment_count; i++) {
                if (!text_equal(concept->segments[i].id, id))
                        continue;
                const struct bilingual *both = &concept->segments[i].name;
                bool english = request_language(request) == LANGUAGE_ENGLISH && both->english.length;
                shown = english ? both->english : both->german.length ? both->german : id;
        }
        put_text(model, segment, "name", shown);
}

enum status concept_of_result(struct request *request, const struct value *result, const char *name,
                              const struct concept **ret, struct error *error)
{
        struct connection *connection;
        struct version version;
        int64_t program_id;
        const char *program;
        char number[24];
        snprintf(number, sizeof(number), "%lld", (long long)value_integer(value_get(result, name)));
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = program_choose(connection, string_of(request, value_text(value_get(result, "program"))),
                                        request_arena(request), &program_id, &program, error);
        if (!status)
                status = version_find(connection, program_id, program, number, request_arena(request), &version, error);
        if (!status)
                *ret = version.concept;
        return status;
}

void put_segment_code(struct request *request, struct model *model, struct value *map, const char *name,
                      const struct concept *concept, struct text code)
{
        struct text shown = code;
        for (size_t i = 0; i < concept->segment_count; i++)
                if (text_equal(concept->segments[i].id, code))
                        shown = bilingual_text(&concept->segments[i].name, request_language(request));
        put_named(model, map, name, code, shown.length ? shown : code);
}
