/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * options.c: options and words of a command line.
 */
#include "cli/options.h"

#include <assert.h>

#include "base/calendar.h"
#include "base/text.h"
#include "render/table.h"

enum { OPTIONS_MAX = 32, WORD_MAX = 40, HELP_COLUMN = 26, HELP_WIDTH = 79, USAGE_INDENT = 6 };

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

/* Up to the next blank; what stands in brackets, as in usage lines, stays together. */
static struct text next_word(struct text text)
{
        size_t length = 0;
        int depth = 0;
        while (length < text.length && (depth > 0 || text.data[length] != ' ')) {
                depth += text.data[length] == '[' || text.data[length] == '(';
                depth -= text.data[length] == ']' || text.data[length] == ')';
                length++;
        }
        return (struct text){text.data, length};
}

/* Appends words in lines of HELP_WIDTH columns; the first one has `used` columns already, further ones begin with
 * `indent` blanks. */
static void add_wrapped(struct buffer *out, struct text text, size_t used, size_t indent)
{
        size_t at = used, line_start = used;
        while (text.length) {
                struct text word = next_word(text);
                bool more = word.length < text.length;
                size_t width = text_columns(word);
                if (at > line_start && at + 1 + width > HELP_WIDTH) {
                        buffer_add_byte(out, '\n');
                        for (size_t i = 0; i < indent; i++)
                                buffer_add_byte(out, ' ');
                        at = line_start = indent;
                } else if (at > line_start) {
                        buffer_add_byte(out, ' ');
                        at++;
                }
                buffer_add(out, word.data, word.length);
                at += width;
                text.data += word.length + more;
                text.length -= word.length + more;
        }
        buffer_add_byte(out, '\n');
}

/* What stands for a value in the help, in the reader's language; names that are the same everywhere stay. */
static const char *value_text(enum language language, const char *name)
{
        static const struct {
                const char *name, *key;
        } words[] = {
                {"DATE", "cli.value.date"},        {"DIR", "cli.value.directory"},
                {"FILE", "cli.value.file"},        {"FILE|VERSION", "cli.value.file_or_version"},
                {"KIND,...", "cli.value.kinds"},   {"RUN", "cli.value.run"},
                {"STATE", "cli.value.state"},      {"FIELD=COLUMN", "cli.value.field_column"},
                {"FIELD=TEXT", "cli.value.field_text"}, {"NAME=ANSWER", "cli.value.answer"},
        };
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (strcmp(name, words[i].name) == 0)
                        return message_raw(language, words[i].key);
        return name;
}

static void add_help_line(struct buffer *out, enum language language, const char *name, const char *value_name,
                          const char *help_key)
{
        const char *value = value_name ? value_text(language, value_name) : "";
        size_t used = 2 + strlen(name) + (value_name != NULL) + text_columns(text_of(value));
        buffer_addf(out, "  %s%s%s", name, value_name ? " " : "", value);
        do
                buffer_add_byte(out, ' ');
        while (++used < HELP_COLUMN && !out->failed);
        add_wrapped(out, text_of(message_raw(language, help_key)), used, HELP_COLUMN);
}

/* The lines of a command's help; those that begin with "treue " are its usage. */
static void add_help_text(struct buffer *out, const char *text)
{
        while (*text) {
                size_t length = strcspn(text, "\n");
                bool usage = strncmp(text, "treue ", 6) == 0;
                add_wrapped(out, (struct text){text, length}, 0, usage ? USAGE_INDENT : 0);
                text += length + (text[length] == '\n');
        }
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
        /* "--cutoff --lang de": the value was forgotten; one that looks like an option is written --name=value. */
        if (*index + 1 >= argc || strncmp(argv[*index + 1], "--", 2) == 0)
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
        add_help_text(&text, message_raw(context->language, key));
        buffer_add_byte(&text, '\n');
        for (size_t i = 0; i < count; i++)
                add_help_line(&text, context->language, options[i].name, options[i].value_name, options[i].help_key);
        options_add_global_help(&text, context->language);
        cli_write(stdout, &text);
        buffer_release(&text);
}

static enum status parse(struct cli_context *context, const struct option_info *options, size_t count, int argc,
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

enum status options_parse(struct cli_context *context, const struct option_info *options, size_t count, int argc,
                          char **argv, struct words *ret, struct error *error)
{
        struct option_info all[OPTIONS_MAX];
        bool has_format = false;
        assert(count < OPTIONS_MAX);
        for (size_t i = 0; i < count; i++) {
                all[i] = options[i];
                has_format |= strcmp(options[i].name, "--format") == 0;
        }
        all[count] = (struct option_info){"--output", OPTION_VALUE, "FILE", "cli.option.output",
                                          .value = &context->output};
        return parse(context, all, count + has_format, argc, argv, ret, error);
}

enum status options_parse_words(struct cli_context *context, const struct option_info *options, size_t count,
                                size_t words_max, int argc, char **argv, struct words *ret, struct error *error)
{
        struct words words;
        enum status status = options_parse(context, options, count, argc, argv, &words, error);
        if (status != STATUS_OK)
                return status;
        if (words.count > words_max)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words.items[words_max], NULL);
        *ret = words;
        return STATUS_OK;
}

enum status options_day(const char *value, int32_t *ret, struct error *error)
{
        if (day_parse_iso(text_of(value), ret))
                return STATUS_OK;
        return error_set(error, STATUS_USAGE, "cli.bad_date", "value", value, NULL);
}

static const char *name_of_form(const struct cli_context *context, const char *value, unsigned forms)
{
        const char *output = context->output ? context->output : "";
        if (value)
                return strcmp(value, "text") == 0 ? form_names[FORM_TABLE] : value;
        for (int form = FORM_JSON; form < FORM_COUNT; form++)
                if (forms >> form & 1 && options_has_ending(output, form_names[form]))
                        return form_names[form];
        return form_names[forms & IN_TABLE ? FORM_TABLE : FORM_CSV];
}

bool options_has_ending(const char *path, const char *ending)
{
        const char *dot = strrchr(path, '.');
        return dot && strcmp(dot + 1, ending) == 0;
}

static enum status open_answer(struct cli_context *context, enum form form, struct error *error)
{
        bool to_file = context->output && strcmp(context->output, "-") != 0;
        if (!to_file && form == FORM_XLSX)
                return error_set(error, STATUS_USAGE, "cli.workbook_needs_output", NULL);
        context->is_workbook = form == FORM_XLSX;
        return to_file ? answer_file_open(context->output, form != FORM_XLSX, &context->answer, error) : STATUS_OK;
}

enum status options_form(struct cli_context *context, const char *value, unsigned forms, enum form *ret,
                         struct error *error)
{
        struct buffer known buffer_cleanup;
        const char *name = name_of_form(context, value, forms);
        buffer_init(&known, 64);
        for (int form = 0; form < FORM_COUNT; form++) {
                if (!(forms >> form & 1))
                        continue;
                if (strcmp(name, form_names[form]) == 0) {
                        *ret = (enum form)form;
                        return open_answer(context, *ret, error);
                }
                buffer_addf(&known, "%s%s", known.length ? ", " : "", form_names[form]);
        }
        return error_set(error, STATUS_USAGE, "cli.bad_format", "value", value, "formats", known.data, NULL);
}
