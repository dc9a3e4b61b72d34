/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_concept.c: any bytes as a concept document: it is read, or refused with positions inside the text.
 */
#include <assert.h>
#include <stdint.h>

#include "base/buffer.h"
#include "i18n/message.h"
#include "program/concept_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        struct arena *arena = arena_new(64 << 20);
        const struct concept *concept = NULL;
        struct problem_list problems;
        struct error error;
        if (!arena)
                return 0;
        enum status status =
                concept_parse(arena, (struct text){(const char *)data, length}, &concept, &problems, &error);
        assert(status == STATUS_OK || status == STATUS_INVALID || status == STATUS_MEMORY);
        if (status == STATUS_OK)
                assert(concept->segment_count >= 2 && concept->mechanics.evaluation_count >= 1 &&
                       problems.error_count == 0);
        if (status == STATUS_INVALID)
                assert(!concept && problems.error_count > 0);
        for (size_t i = 0; status != STATUS_MEMORY && i < problems.count; i++) {
                struct buffer words;
                assert(problems.items[i].error.line >= 1 && problems.items[i].error.column >= 1);
                buffer_init(&words, 1 << 16);
                message_add_error(&words, LANGUAGE_GERMAN, &problems.items[i].error);
                assert(words.length > 0);
                buffer_release(&words);
        }
        arena_free(arena);
        return 0;
}
