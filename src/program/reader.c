/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * reader.c: see reader.h.
 */
#include "program/reader.h"

#include "program/amounts.h"
#include "program/directory_parts.h"

enum { KEY_BYTES_MAX = 128, PATH_BYTES_MAX = 64 };

enum status reader_init(const struct directory_view *view, struct connection *connection,
                        const struct subject *subject, struct text program, int32_t today, struct arena *arena,
                        struct reader *ret, struct error *error)
{
        struct reader reader = {.view = view, .connection = connection, .subject = subject,
                                .language = subject->language, .program = directory_program(view, program),
                                .scope = scope_of(view, subject, arena), .today = directory_day(view) == today};
        if (!reader.scope)
                return error_memory(error);
        if (program.data && reader.program < 0) {
                char code[KEY_BYTES_MAX];
                snprintf(code, sizeof(code), "%.*s", (int)program.length, program.data);
                return error_set(error, STATUS_NOT_FOUND, "program.unknown", "program", code, NULL);
        }
        *ret = reader;
        return STATUS_OK;
}

const struct concept *reader_concept(const struct reader *reader)
{
        return reader->program < 0 ? NULL : directory_concept(reader->view, (size_t)reader->program);
}

void put_segment(struct model *model, struct value *map, const char *name, const struct concept *concept,
                 uint8_t segment, enum language language)
{
        if (segment == SEGMENT_NONE || !concept) {
                put_none(model, map, name);
                return;
        }
        struct value *badge = put_map(model, map, name);
        put_text(model, badge, "code", concept->segments[segment].id);
        put_text(model, badge, "name", bilingual_text(&concept->segments[segment].name, language));
}

void put_customer(struct model *model, struct value *map, const struct directory_row *row)
{
        char path[PATH_BYTES_MAX];
        snprintf(path, sizeof(path), "/customers/%lld", (long long)row->customer_id);
        put_id(model, map, "id", row->customer_id);
        put_text(model, map, "number", row->number);
        put_text(model, map, "name", row->name);
        put_string(model, map, "path", path);
}

void put_state(struct model *model, const struct reader *reader)
{
        put_day(model, NULL, "day", directory_day(reader->view));
        put_yes_no(model, NULL, "today", reader->today);
        if (reader->program < 0) {
                put_none(model, NULL, "program");
                return;
        }
        const struct directory_program *program = &reader->view->programs[reader->program];
        const struct concept *concept = program->version.concept;
        struct value *map = put_map(model, NULL, "program");
        put_string(model, map, "code", program->code);
        put_text(model, map, "name", bilingual_text(&concept->program_name, reader->language));
        put_ordinal(model, map, "version", program->version.number);
}

void put_buffer(struct model *model, struct value *map, const char *name, const struct buffer *buffer)
{
        model->failed |= buffer->failed;
        put_text(model, map, name, (struct text){buffer->data, buffer->length});
}

void put_word_of(struct model *model, struct value *map, const char *name, const char *family, struct text code)
{
        char key[KEY_BYTES_MAX];
        snprintf(key, sizeof(key), "%s%.*s", family, (int)code.length, code.data ? code.data : "");
        char *kept = arena_copy(model->arena, key, strlen(key));
        model->failed |= !kept;
        if (kept && message_exists(kept))
                put_word(model, map, name, kept);
        else
                put_text(model, map, name, code);
}
