/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_explain.c: restores one customer's values of a stored run and compares again.
 */
#include "program/directory_explain.h"

#include "program/criterion_words.h"
#include "program/directory_parts.h"
#include "queries.h"

enum { STEP_BYTES_MAX = 4096 };

static uint8_t segment_of(const struct concept *concept, struct text id)
{
        for (size_t s = 0; s < concept->segment_count; s++)
                if (text_equal(concept->segments[s].id, id))
                        return (uint8_t)s;
        return SEGMENT_NONE;
}

enum status directory_explain(const struct reader *reader, size_t row, struct arena *arena,
                              struct directory_explained *ret, bool *ret_found, struct error *error)
{
        const struct directory_program *program =
                reader->program < 0 ? NULL : &reader->view->programs[reader->program];
        struct q_decision_find_row found;
        struct measures measures;
        *ret_found = false;
        if (!program || program->run[row] == DIRECTORY_RUN_NONE)
                return STATUS_OK;
        const struct directory_run *run = &program->runs[program->run[row]];
        struct q_decision_find_args args = {reader->view->facts->ids[row], run->summary.id};
        enum status status = q_decision_find(reader->connection, &args, &found, ret_found, error);
        if (status || !*ret_found)
                return status;
        uint8_t segment = segment_of(run->version.concept, found.segment);
        ret->concept = run->version.concept;
        status = engine_values_unpack(run->plan, &found.metric_values, 1, arena, &measures, error);
        struct measures *kept = arena_array(arena, struct measures, 1);
        if (!status && !kept)
                status = error_memory(error);
        if (status)
                return status;
        *kept = measures; /* the explanation points into it */
        return engine_explain(run->plan, kept, 0, segment, arena, &ret->explanation, error);
}

struct step_words {
        struct buffer *out;
        enum language language;
        const struct concept *concept;
};

static void add_step(void *context, const struct explained_criterion *criterion)
{
        const struct step_words *words = context;
        if (words->out->length)
                buffer_addf(words->out, " %s ", message_raw(words->language, "word.or"));
        criterion_add_step(words->out, words->language, MEDIUM_PAGE, words->concept, criterion);
}

enum status put_step(struct model *model, struct value *map, const char *name, const struct reader *reader, size_t row,
                     struct error *error)
{
        struct directory_explained explained;
        struct buffer text buffer_cleanup;
        bool found;
        buffer_init(&text, STEP_BYTES_MAX);
        enum status status = directory_explain(reader, row, model->arena, &explained, &found, error);
        if (status)
                return status;
        if (found) {
                struct step_words words = {&text, reader->language, explained.concept};
                explanation_open_criteria(&explained.explanation, add_step, &words);
        }
        if (text.length)
                put_buffer(model, map, name, &text);
        else
                put_none(model, map, name);
        return STATUS_OK;
}
