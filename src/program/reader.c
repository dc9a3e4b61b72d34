/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * reader.c: see reader.h.
 */
#include "program/reader.h"

#include "access/accounts.h"
#include "i18n/words.h"
#include "program/amounts.h"
#include "program/directory_parts.h"

enum { KEY_BYTES_MAX = 128, PATH_BYTES_MAX = 64, WORDS_BYTES_MAX = 1 << 16 };

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
        enum status status = staff_names_load(connection, arena, &reader.staff, error);
        if (!status)
                *ret = reader;
        return status;
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

struct text code_words(struct model *model, enum language language, const char *family, struct text code)
{
        struct text kept = {NULL, 0};
        char key[KEY_BYTES_MAX];
        struct buffer words buffer_cleanup;
        buffer_init(&words, WORDS_BYTES_MAX);
        if (!code.data)
                return kept;
        snprintf(key, sizeof(key), "%s%.*s", family ? family : "", (int)code.length, code.data);
        if (family && message_exists(key))
                buffer_add_text(&words, message_raw(language, key));
        else
                words_add_code(&words, language, code);
        model->failed |= words.failed || !arena_keep_text(model->arena, (struct text){words.data, words.length}, &kept);
        return kept;
}

void put_code(struct model *model, struct value *map, const char *name, enum language language, const char *family,
              struct text code)
{
        put_named(model, map, name, code, code_words(model, language, family, code));
}

void put_staff(const struct reader *reader, struct model *model, struct value *map, const char *name, struct text code)
{
        put_named(model, map, name, code, staff_name(reader->staff, code));
}

void put_doer(struct connection *connection, enum language language, struct model *model, struct value *map,
              const char *name, struct text actor)
{
        struct error unsaid;
        struct buffer words buffer_cleanup;
        char key[KEY_BYTES_MAX];
        buffer_init(&words, WORDS_BYTES_MAX);
        if (!actor.length) {
                put_none(model, map, name);
                return;
        }
        snprintf(key, sizeof(key), "%s%.*s", "actor.", (int)actor.length, actor.data);
        if (message_exists(key))
                put_named(model, map, name, actor, text_of(message_raw(language, key)));
        else if (actor_name(connection, actor, &words, &unsaid) == STATUS_OK && !words.failed)
                put_text(model, map, name, (struct text){words.data, words.length});
        else
                put_text(model, map, name, actor);
}
