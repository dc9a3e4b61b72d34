/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ask.c: asks and reads, byte by byte, so that what follows the line is left for the next question.
 */
#include "cli/ask.h"

#include <unistd.h>

#include "platform/file.h"

enum { ANSWER_BYTES_MAX = 1 << 12, TRIES = 3 };

bool ask_is_possible(void)
{
        return terminal_is_interactive(STDIN_FILENO) && terminal_is_interactive(STDERR_FILENO);
}

static enum status read_line(struct buffer *line, struct error *error)
{
        reader_cleanup struct reader *reader = NULL;
        enum status status = reader_open("-", &reader, error);
        buffer_clear(line);
        while (status == STATUS_OK) {
                char byte;
                size_t length;
                status = reader_read(reader, &byte, 1, &length, error);
                if (status != STATUS_OK || length == 0 || byte == '\n')
                        break;
                if (line->length < ANSWER_BYTES_MAX)
                        buffer_add_byte(line, byte);
        }
        return status;
}

enum status ask_text(struct cli_context *context, const char *question_key, const char *standard,
                     struct buffer *answer, struct error *error)
{
        struct buffer question buffer_cleanup, line buffer_cleanup;
        buffer_init(&question, CLI_TEXT_MAX);
        buffer_init(&line, CLI_TEXT_MAX);
        message_add(&question, context->language, question_key, "standard", standard, NULL);
        buffer_addf(&question, " [%s] ", standard);
        fwrite(question.data, 1, question.length, stderr);
        fflush(stderr);
        enum status status = read_line(&line, error);
        if (status != STATUS_OK)
                return status;
        struct text given = text_trim((struct text){line.data, line.length});
        buffer_clear(answer);
        if (given.length)
                buffer_add(answer, given.data, given.length);
        else
                buffer_add_text(answer, standard);
        return answer->failed ? error_memory(error) : STATUS_OK;
}

enum status ask_yes(struct cli_context *context, const char *question_key, bool *ret_yes, struct error *error)
{
        struct buffer answer buffer_cleanup;
        buffer_init(&answer, CLI_TEXT_MAX);
        for (unsigned i = 0; i < TRIES; i++) {
                enum status status = ask_text(context, question_key,
                                              context->language == LANGUAGE_GERMAN ? "j" : "y", &answer, error);
                if (status != STATUS_OK)
                        return status;
                char first = answer.data[0] | 0x20;
                if (first == 'j' || first == 'y' || first == 'n') {
                        *ret_yes = first != 'n';
                        return STATUS_OK;
                }
        }
        *ret_yes = false;
        return STATUS_OK;
}
