/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_proposal.c: any bytes as a file nobody wrote a profile for: it is refused with a key, or questions are asked
 * that can be answered, and the profile that comes of it is one: it can be parsed, and bound to the header it was made
 * for. Byte 0 chooses the kind of import, byte 1 which of the candidates is the answer.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "importer/mapping.h"
#include "importer/proposal.h"
#include "importer/source_file.h"

enum { ROUNDS_MAX = 60 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
        if (!condition)
                abort();
}

static void answer(struct proposal *proposal, const struct proposal_question *question, unsigned choice)
{
        struct error error = {0};
        enum status status;
        must(question->words.length > 0);
        if (question->candidate_count) {
                const struct proposal_candidate *candidate =
                        &question->candidates[choice % question->candidate_count];
                status = proposal_answer(proposal, question->option, text_of(question->name), candidate->value, &error);
        } else {
                status = proposal_answer(proposal, PROPOSAL_VALUE, text_of(question->name), text_of("2026-01-01"),
                                         &error);
        }
        must(status == STATUS_OK);
}

static void check_profile(struct arena *arena, const struct proposal_view *view, const char *path)
{
        struct profile profile;
        struct error error = {0};
        struct text *header;
        size_t count;
        struct column_mapping mapping;
        source_file_cleanup struct source_file *file = NULL;
        must(profile_parse(arena, view->yaml.data, view->yaml.length, &profile, &error) == STATUS_OK);
        must(profile.column_count == view->column_count);
        if (source_file_open(path, &profile, "/tmp", &file, &error) != STATUS_OK)
                return;
        must(source_file_header(file, arena, &header, &count, &error) == STATUS_OK);
        enum status status = column_mapping_bind(arena, &profile, header, count, "EUR", &mapping, &error);
        /* A constant somebody gave may not fit its field. */
        must(status == STATUS_OK || (status == STATUS_INVALID && strcmp(error.key, "import.constant") == 0));
}

static void propose(struct arena *arena, enum import_kind kind, unsigned choice, const char *path)
{
        char *files[] = {(char[64]){0}};
        struct text sources[] = {text_of("erp"), text_of("shop")};
        snprintf(files[0], 64, "%s", path);
        struct proposal_request request = {.kind = kind, .language = choice & 1 ? LANGUAGE_GERMAN : LANGUAGE_ENGLISH,
                                           .files = files, .file_count = 1, .staging_directory = "/tmp",
                                           .minor_digits = 2, .currency = text_of("EUR"), .sources = sources,
                                           .source_count = choice & 2 ? 2 : 0};
        struct proposal *proposal;
        struct error error = {0};
        enum status status = proposal_new(arena, &request, &proposal, &error);
        for (int round = 0; !status && round < ROUNDS_MAX; round++) {
                status = proposal_decide(proposal, &error);
                const struct proposal_view *view = proposal_view(proposal);
                if (status)
                        break;
                if (view->question_count == 0) {
                        check_profile(arena, view, path);
                        return;
                }
                struct proposal_question first = view->questions[0];
                answer(proposal, &first, choice);
        }
        /* What was asked was answered: it is not asked for ever. */
        must(status != STATUS_OK && error.key && error.status == status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char path[64];
        if (size < 3)
                return 0;
        int descriptor = memfd_create("proposal", 0);
        must(descriptor >= 0 && write(descriptor, data + 2, size - 2) == (ssize_t)(size - 2));
        snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
        struct arena *arena = arena_new((size_t)256 << 20);
        must(arena != NULL);
        propose(arena, (enum import_kind)(data[0] % IMPORT_KIND_COUNT), data[1], path);
        arena_free(arena);
        close(descriptor);
        return 0;
}
