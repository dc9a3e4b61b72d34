/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * actions.c: finds the action that the first word names.
 */
#include "cli/actions.h"

static enum status check_words(const struct action *action, const struct words *words, struct error *error)
{
        size_t count = words->count - 1;
        if (count < action->words_min)
                return error_set(error, STATUS_USAGE, action->missing_key, "action", action->name, NULL);
        if (count > action->words_max)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word",
                                 words->items[action->words_max + 1], NULL);
        return STATUS_OK;
}

static enum status choose(const struct action_syntax *syntax, const struct words *words, const struct action **ret,
                          struct error *error)
{
        const struct action *actions = syntax->actions;
        struct buffer known buffer_cleanup;
        buffer_init(&known, 1024);
        for (size_t i = 0; i < syntax->action_count; i++)
                buffer_addf(&known, "%s%s", i ? ", " : "", actions[i].name);
        if (words->count == 0)
                return error_set(error, STATUS_USAGE, "cli.action_missing", "actions", known.data, NULL);
        for (size_t i = 0; i < syntax->action_count; i++)
                if (strcmp(words->items[0], actions[i].name) == 0) {
                        *ret = &actions[i];
                        return check_words(&actions[i], words, error);
                }
        return error_set(error, STATUS_USAGE, "cli.unknown_action", "action", words->items[0], "actions", known.data,
                         NULL);
}

enum status action_parse(struct cli_context *context, const struct action_syntax *syntax, int argc, char **argv,
                         const struct action **ret, struct words *ret_rest, struct error *error)
{
        struct words words;
        const struct action *action = NULL;
        enum status status = options_parse(context, syntax->options, syntax->option_count, argc, argv, &words, error);
        if (status == STATUS_OK)
                status = choose(syntax, &words, &action, error);
        if (status != STATUS_OK)
                return status;
        *ret = action;
        *ret_rest = (struct words){words.items + 1, words.count - 1};
        return STATUS_OK;
}

enum status action_parse_list(struct cli_context *context, const struct action_syntax *syntax,
                              const char *const *format, int argc, char **argv, struct action_call *ret,
                              struct error *error)
{
        struct action_call call = {0};
        enum status status = action_parse(context, syntax, argc, argv, &call.action, &call.rest, error);
        if (status == STATUS_OK)
                status = options_form(context, *format, FORMS_ALL, &call.form, error);
        if (status != STATUS_OK)
                return status;
        call.word = call.rest.count ? call.rest.items[0] : NULL;
        *ret = call;
        return STATUS_OK;
}
