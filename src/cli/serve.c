/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * serve.c: treue serve: the server with its pages, until it is told to stop.
 */
#include "cli/commands.h"
#include "cli/options.h"
#include "platform/listener.h"
#include "web/application.h"

#define LISTEN_USUAL "127.0.0.1:8420"

struct wishes {
        struct application_options options;
        struct option_values trusted;
        const char *connections, *files;
};

/* NULL: the usual number. */
static enum status read_count(const char *option, const char *text, unsigned *ret, struct error *error)
{
        unsigned value = 0;
        if (!text)
                return STATUS_OK;
        for (const char *p = text; *p; p++) {
                if (*p < '0' || *p > '9' || value > 100000)
                        return error_set(error, STATUS_USAGE, "serve.bad_count", "option", option, "value", text, NULL);
                value = value * 10 + (unsigned)(*p - '0');
        }
        *ret = value;
        return value ? STATUS_OK
                     : error_set(error, STATUS_USAGE, "serve.bad_count", "option", option, "value", text, NULL);
}

static enum status read_words(struct cli_context *context, int argc, char **argv, struct wishes *wishes,
                              struct error *error)
{
        struct application_options *options = &wishes->options;
        const struct option_info infos[] = {
                {"--listen", OPTION_VALUE, "ADDRESS:PORT", "cli.option.listen", .value = &options->listen},
                {"--tls-cert", OPTION_VALUE, "FILE", "cli.option.tls_cert", .value = &options->tls_certificate},
                {"--tls-key", OPTION_VALUE, "FILE", "cli.option.tls_key", .value = &options->tls_key},
                {"--trusted-proxy", OPTION_REPEATED, "ADDRESS/BITS", "cli.option.trusted_proxy",
                 .values = &wishes->trusted},
                {"--public-url", OPTION_VALUE, "URL", "cli.option.public_url", .value = &options->public_url},
                {"--connections-per-address", OPTION_VALUE, "COUNT", "cli.option.connections_per_address",
                 .value = &wishes->connections},
                {"--files-per-minute", OPTION_VALUE, "COUNT", "cli.option.files_per_minute", .value = &wishes->files},
                {"--overlay", OPTION_VALUE, "FOLDER", "cli.option.overlay", .value = &options->overlay},
                {"--development", OPTION_FLAG, NULL, "cli.option.development", .flag = &options->development},
                {"--log", OPTION_VALUE, "FILE", "cli.option.log", .value = &options->log_path},
        };
        struct words words;
        enum status status = options_parse(context, infos, sizeof(infos) / sizeof(infos[0]), argc, argv, &words, error);
        if (status == STATUS_OK && words.count > 0)
                status = error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words.items[0], NULL);
        options->trusted = wishes->trusted.items;
        options->trusted_count = wishes->trusted.count;
        if (status == STATUS_OK)
                status = read_count("--connections-per-address", wishes->connections, &options->connections_per_address,
                                    error);
        return status ? status : read_count("--files-per-minute", wishes->files, &options->files_per_minute, error);
}

/* What to type into a browser. */
static void say_address(struct cli_context *context, const struct application_options *options,
                        const struct application *application)
{
        struct buffer address buffer_cleanup;
        buffer_init(&address, 512);
        if (options->public_url)
                buffer_add_text(&address, options->public_url);
        else
                buffer_addf(&address, "%s://%s/", options->tls_certificate ? "https" : "http",
                            server_address(application->server));
        cli_print(context, stdout, "serve.listens", "address", address.data, "bound",
                  server_address(application->server));
        fflush(stdout);
}

static enum status serve(struct cli_context *context, struct wishes *wishes, struct error *error)
{
        database_cleanup struct database *database = NULL;
        struct application *application;
        stop_signal_prepare(); /* before any thread starts */
        enum status status = cli_open_database(context, CLI_WRITE, &database, error);
        if (status != STATUS_OK)
                return status;
        wishes->options.database = database;
        status = application_open(&wishes->options, &application, error);
        if (status != STATUS_OK)
                return status;
        say_address(context, &wishes->options, application);
        stop_signal_wait();
        application_close(application);
        cli_print(context, stdout, "serve.stopped");
        return STATUS_OK;
}

int cmd_serve(struct cli_context *context, int argc, char **argv)
{
        struct wishes wishes = {.options = {.listen = LISTEN_USUAL, .log_path = "-"}};
        struct error error;
        enum status status = read_words(context, argc, argv, &wishes, &error);
        if (status == STATUS_OK)
                status = serve(context, &wishes, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
