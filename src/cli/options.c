/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * options.c: options and words of a command line.
 */
#include "cli/options.h"

#include "base/text.h"

enum { WORD_MAX = 40, HELP_COLUMN = 26 };

const char *options_nearest(const char *word, const char *(*candidate)(const void *context, size_t i),
                            const void *context, size_t count)
{
        const char *nearest = NULL;
        size_t least = strlen(word) / 3 + 1;
        for (size_t i = 0; i < count; i++) {
                const char *name = candidate(context, i);
                size_t changes = text_distance(word, name);
                if (changes <= least && (!nearest || changes < least)) {
                        nearest = name;
                        least = changes;
                }
        }
        return nearest;
}

static const struct {
        const char *name, *value_name, *help_key;
} globals[] = {
        {"--data", "DIR", "cli.option.data"},       {"--db", "URL", "cli.option.db"},
        {"--lang", "de|en", "cli.option.lang"},     {"--program", "ID", "cli.option.program"},
        {"--migrate", NULL, "cli.option.migrate"},  {"--help", NULL, "cli.option.help"},
};
enum { GLOBAL_COUNT = sizeof(globals) / sizeof(globals[0]) };

static void add_help_line(struct buffer *out, enum language language, const char *name, const char *value_name,
                          const char *help_key)
{
        size_t start = out->length;
        buffer_addf(out, "  %s%s%s", name, value_name ? " " : "", value_name ? value_name : "");
        do
                buffer_add_byte(out, ' ');
        while (!out->failed && out->length - start < HELP_COLUMN);
        message_add(out, language, help_key, NULL);
        buffer_add_byte(out, '\n');
}

void options_add_global_help(struct buffer *out, enum language language)
{
        for (size_t i = 0; i < GLOBAL_COUNT; i++)
                add_help_line(out, language, globals[i].name, globals[i].value_name, globals[i].help_key);
}

/* "--name=value" or "--name": is argv[index] the option `name`? *ret_value: the part behind '=', else NULL. */
static bool is_option(const char *word, const char *name, const char **ret_value)
{
        size_t length = strlen(name);
        if (strncmp(word, name, length) != 0 || (word[length] != '\0' && word[length] != '='))
                return false;
        *ret_value = word[length] == '=' ? word + length + 1 : NULL;
        return true;
}

static enum status need_value(const char *name, const char *value_name, int argc, char **argv, int *index,
                              const char **value, struct error *error)
{
        if (*value)
                return STATUS_OK;
        if (*index + 1 >= argc)
                return error_set(error, STATUS_USAGE, "cli.option_needs_value", "option", name, "value", value_name,
                                 NULL);
        *value = argv[++*index];
        return STATUS_OK;
}

static enum status no_value(const char *name, const char *value, struct error *error)
{
        if (!value)
                return STATUS_OK;
        return error_set(error, STATUS_USAGE, "cli.option_takes_no_value", "option", name, NULL);
}

/* Global option number i of the table above. */
static enum status set_global(struct cli_context *context, size_t i, const char *value, struct error *error)
{
        switch (i) {
        case 0:
                context->data = value;
                break;
        case 1:
                context->url = value;
                break;
        case 2:
                if (!language_parse(value, &context->language))
                        return error_set(error, STATUS_USAGE, "cli.unknown_language", "value", value, NULL);
                break;
        case 3:
                context->program = value;
                break;
        case 4:
                context->migrate = true;
                break;
        default:
                context->help_shown = true;
        }
        return STATUS_OK;
}

enum status options_take_global(struct cli_context *context, int argc, char **argv, int *index, bool *ret_taken,
                                struct error *error)
{
        for (size_t i = 0; i < GLOBAL_COUNT; i++) {
                const char *value = NULL;
                if (!is_option(argv[*index], globals[i].name, &value))
                        continue;
                enum status status = globals[i].value_name
                                             ? need_value(globals[i].name, globals[i].value_name, argc, argv, index,
                                                          &value, error)
                                             : no_value(globals[i].name, value, error);
                if (!status)
                        status = set_global(context, i, value, error);
                if (!status)
                        *ret_taken = true;
                return status;
        }
        *ret_taken = false;
        return STATUS_OK;
}

static enum status set_option(const struct option_info *option, const char *value, struct error *error)
{
        switch (option->kind) {
        case OPTION_FLAG:
                *option->flag = true;
                return STATUS_OK;
        case OPTION_VALUE:
                *option->value = value;
                return STATUS_OK;
        case OPTION_REPEATED:
                if (option->values->count == OPTION_VALUES_MAX)
                        return error_set(error, STATUS_USAGE, "cli.option_too_often", "option", option->name, NULL);
                option->values->items[option->values->count++] = value;
                return STATUS_OK;
        }
        return STATUS_OK;
}

static enum status take_own(const struct option_info *options, size_t count, int argc, char **argv, int *index,
                            bool *ret_taken, struct error *error)
{
        for (size_t i = 0; i < count; i++) {
                const char *value = NULL;
                if (!is_option(argv[*index], options[i].name, &value))
                        continue;
                enum status status = options[i].kind == OPTION_FLAG
                                             ? no_value(options[i].name, value, error)
                                             : need_value(options[i].name, options[i].value_name, argc, argv, index,
                                                          &value, error);
                if (!status)
                        status = set_option(&options[i], value, error);
                if (!status)
                        *ret_taken = true;
                return status;
        }
        *ret_taken = false;
        return STATUS_OK;
}

struct all_options {
        const struct option_info *options;
        size_t count;
};

static const char *option_name(const void *context, size_t i)
{
        const struct all_options *all = context;
        return i < all->count ? all->options[i].name : globals[i - all->count].name;
}

static enum status unknown(const struct option_info *options, size_t count, const char *word, struct error *error)
{
        char name[WORD_MAX + 1];
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
        struct all_options all = {options, count};
        const char *near = options_nearest(name, option_name, &all, count + GLOBAL_COUNT);
        if (near)
                return error_set(error, STATUS_USAGE, "cli.unknown_option_like", "option", name, "like", near, NULL);
        return error_set(error, STATUS_USAGE, "cli.unknown_option", "option", name, NULL);
}

static void print_help(struct cli_context *context, const struct option_info *options, size_t count)
{
        char key[64];
        struct buffer text;
        buffer_init(&text, CLI_TEXT_MAX);
        snprintf(key, sizeof(key), "cli.help.%s", context->command);
        message_add(&text, context->language, key, NULL);
        buffer_add_text(&text, "\n\n");
        for (size_t i = 0; i < count; i++)
                add_help_line(&text, context->language, options[i].name, options[i].value_name, options[i].help_key);
        options_add_global_help(&text, context->language);
        cli_write(stdout, &text);
        buffer_release(&text);
}

enum status options_parse(struct cli_context *context, const struct option_info *options, size_t count, int argc,
                          char **argv, struct words *ret, struct error *error)
{
        size_t words = 0;
        bool ended = false;
        for (int i = 1; i < argc; i++) {
                char *word = argv[i];
                if (!ended && strcmp(word, "--") == 0) {
                        ended = true;
                        continue;
                }
                if (ended || word[0] != '-' || word[1] == '\0') {
                        argv[1 + words++] = word; /* never past i */
                        continue;
                }
                bool taken = false;
                enum status status = take_own(options, count, argc, argv, &i, &taken, error);
                if (!status && !taken)
                        status = options_take_global(context, argc, argv, &i, &taken, error);
                if (!status && !taken)
                        status = unknown(options, count, word, error);
                if (status)
                        return status;
        }
        if (context->help_shown) {
                print_help(context, options, count);
                return STATUS_CANCELLED;
        }
        *ret = (struct words){.items = argv + 1, .count = words};
        return STATUS_OK;
}
