/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_options.c: options and words of a command line, and the exit status of an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "cli/options.h"

struct parsed {
        struct cli_context context;
        bool dry_run;
        const char *cutoff;
        struct option_values files;
        struct words words;
        struct error error;
};

/* Parses words separated by blanks. */
static enum status parse(struct parsed *parsed, const char *line)
{
        static char copy[512];
        char *argv[64], *rest = copy;
        int argc = 0;
        *parsed = (struct parsed){.context = {.language = LANGUAGE_ENGLISH, .command = "init", .data = "x"}};
        const struct option_info options[] = {
                {"--dry-run", OPTION_FLAG, NULL, "k", .flag = &parsed->dry_run},
                {"--cutoff", OPTION_VALUE, "DATE", "k", .value = &parsed->cutoff},
                {"--file", OPTION_REPEATED, "FILE", "k", .values = &parsed->files},
        };
        static char *kept[64];
        snprintf(copy, sizeof(copy), "%s", line);
        for (char *word; (word = strsep(&rest, " ")) != NULL;)
                argv[argc++] = word;
        memcpy(kept, argv, sizeof(kept[0]) * (size_t)argc);
        return options_parse(&parsed->context, options, 3, argc, kept, &parsed->words, &parsed->error);
}

static void options_and_words_mix(void **state)
{
        struct parsed parsed;
        (void)state;
        assert_int_equal(parse(&parsed, "cmd one --cutoff 2010-11-30 two --file a --dry-run --file=b - -- --three"), 0);
        assert_true(parsed.dry_run);
        assert_string_equal(parsed.cutoff, "2010-11-30");
        assert_int_equal(parsed.files.count, 2);
        assert_string_equal(parsed.files.items[1], "b");
        assert_int_equal(parsed.words.count, 4);
        assert_string_equal(parsed.words.items[0], "one");
        assert_string_equal(parsed.words.items[1], "two");
        assert_string_equal(parsed.words.items[2], "-");
        assert_string_equal(parsed.words.items[3], "--three");
        assert_int_equal(parse(&parsed, "cmd"), 0);
        assert_int_equal(parsed.words.count, 0);
        assert_null(parsed.cutoff);
}

static void global_options_anywhere(void **state)
{
        struct parsed parsed;
        (void)state;
        assert_int_equal(parse(&parsed, "cmd one --data dir --lang=de --program=p --migrate --db u"), 0);
        assert_string_equal(parsed.context.data, "dir");
        assert_string_equal(parsed.context.url, "u");
        assert_string_equal(parsed.context.program, "p");
        assert_int_equal(parsed.context.language, LANGUAGE_GERMAN);
        assert_true(parsed.context.migrate);
}

static void mistakes_are_named(void **state)
{
        static const struct {
                const char *line, *key, *option, *like;
        } table[] = {
                {"cmd --cutof 2010-11-30", "cli.unknown_option_like", "--cutof", "--cutoff"},
                {"cmd --dryrun", "cli.unknown_option_like", "--dryrun", "--dry-run"},
                {"cmd --colour=red", "cli.unknown_option", "--colour", NULL},
                {"cmd -x", "cli.unknown_option", "-x", NULL},
                {"cmd --cutoff", "cli.option_needs_value", "--cutoff", NULL},
                {"cmd --data", "cli.option_needs_value", "--data", NULL},
                {"cmd --dry-run=yes", "cli.option_takes_no_value", "--dry-run", NULL},
        };
        (void)state;
        for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
                struct parsed parsed;
                assert_int_equal(parse(&parsed, table[i].line), STATUS_USAGE);
                assert_string_equal(parsed.error.key, table[i].key);
                assert_string_equal(error_argument(&parsed.error, "option"), table[i].option);
                if (table[i].like)
                        assert_string_equal(error_argument(&parsed.error, "like"), table[i].like);
        }
        struct parsed parsed;
        assert_int_equal(parse(&parsed, "cmd --lang fr"), STATUS_USAGE);
        assert_string_equal(parsed.error.key, "cli.unknown_language");
}

static void exit_status_by_kind(void **state)
{
        (void)state;
        assert_int_equal(cli_exit_status(STATUS_OK), 0);
        for (enum status status = STATUS_MEMORY; status < STATUS_COUNT; status++) {
                bool users = status == STATUS_USAGE || status == STATUS_INVALID || status == STATUS_NOT_FOUND ||
                             status == STATUS_CONFLICT;
                assert_int_equal(cli_exit_status(status), users ? 2 : 3);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(options_and_words_mix),
                cmocka_unit_test(global_options_anywhere),
                cmocka_unit_test(mistakes_are_named),
                cmocka_unit_test(exit_status_by_kind),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
