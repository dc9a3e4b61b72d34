/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * application.c: opens what a server needs, in order, and closes it the other way round.
 */
#include "web/application.h"

#include <errno.h>
#include <stdlib.h>

#include "access/sessions.h"
#include "db/setting.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "render/asset_overlay.h"
#include "render/templates.h"
#include "web/frame.h"
#include "web/job_view.h"
#include "web/mailer.h"
#include "web/resources.h"

enum { PEM_BYTES_MAX = 1 << 20, PATH_BYTES_MAX = 4096, URL_BYTES_MAX = 256, OVERLAY_BYTES_MAX = 256 << 20 };

/* ---- options ----------------------------------------------------------------------------------------------------- */

static enum status read_tls(struct application *application, const struct application_options *options,
                            struct error *error)
{
        struct site *site = &application->site;
        if (!options->tls_certificate != !options->tls_key)
                return error_set(error, STATUS_USAGE, "serve.tls_both", NULL);
        if (!options->tls_certificate)
                return STATUS_OK;
        enum status status = file_read(options->tls_certificate, PEM_BYTES_MAX, &application->certificate, error);
        if (status == STATUS_OK)
                status = file_read(options->tls_key, PEM_BYTES_MAX, &application->key, error);
        if (status != STATUS_OK)
                return status;
        site->tls_certificate = application->certificate.data;
        site->tls_key = application->key.data;
        return STATUS_OK;
}

static enum status read_trusted(struct application *application, const struct application_options *options,
                                struct error *error)
{
        if (options->trusted_count > APPLICATION_TRUSTED_MAX)
                return error_set(error, STATUS_USAGE, "serve.too_many_proxies", "limit", "32", NULL);
        for (size_t i = 0; i < options->trusted_count; i++)
                if (!peer_parse_range(text_of(options->trusted[i]), &application->trusted[i]))
                        return error_set(error, STATUS_USAGE, "serve.bad_proxy", "address", options->trusted[i], NULL);
        application->site.trusted = application->trusted;
        application->site.trusted_count = options->trusted_count;
        return STATUS_OK;
}

/* "https://host[:port]" with or without a slash at the end. */
static enum status read_url(struct application *application, const struct application_options *options,
                            struct error *error)
{
        const char *url = options->public_url;
        if (!url)
                return STATUS_OK;
        size_t length = strlen(url);
        size_t skip = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
        if (length > 0 && url[length - 1] == '/')
                length--;
        bool right = skip && length > skip && length < URL_BYTES_MAX;
        for (size_t i = skip; right && i < length; i++) {
                char byte = url[i];
                right = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                        (byte && memchr("-._:[]", byte, 6));
        }
        if (!right)
                return error_set(error, STATUS_USAGE, "serve.bad_url", "url", url, NULL);
        buffer_add(&application->origin, url, length);
        application->site.origin = (struct text){application->origin.data, application->origin.length};
        return STATUS_OK;
}

static enum status open_log(struct application *application, const char *path, struct error *error)
{
        if (!path)
                return STATUS_OK;
        application->log = strcmp(path, "-") == 0 ? stderr : fopen(path, "ae");
        application->site.log = application->log;
        return application->log ? STATUS_OK : error_system(error, "open", path, errno);
}

/* ---- what handlers need ------------------------------------------------------------------------------------------ */

enum status application_read_currency(struct application *application, struct error *error)
{
        connection_cleanup struct connection *connection = NULL;
        struct currency currency;
        enum status status = db_connect(application->database, &connection, error);
        if (status == STATUS_OK)
                status = setting_currency(connection, &currency, error);
        if (status != STATUS_OK)
                return status;
        if (application->currency[0] == '\0')
                memcpy(application->currency, currency.code, sizeof(application->currency));
        application->site.currency = application->currency[0] ? application->currency : NULL;
        application->site.minor_digits = currency.minor_digits;
        return STATUS_OK;
}

/* Uploads of a server that ended without its goodbye are nobody's. */
static enum status make_spool(struct application *application, struct error *error)
{
        buffer_addf(&application->spool, "%s/spool", database_directory(application->database));
        if (application->spool.failed)
                return error_memory(error);
        application->site.spool_directory = application->spool.data;
        enum status status = directory_make(application->spool.data, error);
        return status == STATUS_OK ? directory_clear(application->spool.data, "upload-", error) : status;
}

/* ---- who asks ---------------------------------------------------------------------------------------------------- */

static enum status identify(void *self, struct connection *connection, const struct credentials *credentials,
                            struct arena *arena, struct admitted *ret, struct error *error)
{
        struct application *application = self;
        struct identity identity = {.proved = false};
        int64_t now_ms = credentials->now_ms;
        enum status status =
                credentials->key.length
                        ? access_identify_key(application->database, connection, credentials->key, now_ms, arena,
                                              &identity, error)
                        : access_identify(application->database, connection, credentials->session, now_ms,
                                          clock_local_day(now_ms), arena, &identity, error);
        if (status != STATUS_OK)
                return status;
        ret->subject = identity.subject;
        ret->proved = identity.proved;
        return STATUS_OK;
}

static bool sessions_changed(void *self, struct connection *connection, int64_t *number)
{
        struct error error;
        (void)self;
        return session_changes(connection, number, &error) == STATUS_OK;
}

/* Where nobody can tell, it does not. */
static bool session_lives(void *self, struct connection *connection, int64_t account_id, int64_t session_id)
{
        struct error error;
        bool alive;
        (void)self, (void)account_id;
        return session_is_alive(connection, session_id, clock_now_ms(), &alive, &error) == STATUS_OK && alive;
}

static const struct asset *find_asset(void *self, struct text path)
{
        struct application *application = self;
        connection_cleanup struct connection *connection = NULL;
        const struct subbrand *current;
        struct error error;
        const struct asset *asset = subbrand_asset(application->subbrands, path);
        /* A page of another server, or of this one before it was started anew, may name what was not asked for here. */
        if (!asset && subbrand_is_asset_path(path) &&
            db_connect(application->database, &connection, &error) == STATUS_OK &&
            subbrand_current(application->subbrands, connection, &current, &error) == STATUS_OK)
                asset = subbrand_asset(application->subbrands, path);
        return asset;
}

/* ---- start and end ----------------------------------------------------------------------------------------------- */

/* Pages and what they load, from the binary and from the folder laid over it. */
static enum status open_overlay(struct application *application, const char *overlay, struct error *error)
{
        struct site *site = &application->site;
        if (overlay && !directory_exists(overlay))
                return error_set(error, STATUS_NOT_FOUND, "file.not_found", "path", overlay, NULL);
        application->asset_arena = arena_new(OVERLAY_BYTES_MAX);
        if (!application->asset_arena)
                return error_memory(error);
        enum status status = templates_load(overlay, &application->templates, error);
        site->templates = application->templates;
        return status ? status
                      : assets_load(overlay, application->asset_arena, &site->assets, &site->asset_count, error);
}

static enum status start(struct application *application, const struct application_options *options,
                         struct error *error)
{
        struct site *site = &application->site;
        site->resources = resources;
        site->resource_count = resource_count;
        site->gate = (struct gate){application, identify, sessions_changed, session_lives};
        site->database = application->database;
        site->application = application;
        site->limits.connections_per_address = options->connections_per_address;
        site->limits.files_per_minute = options->files_per_minute;
        enum status status = read_tls(application, options, error);
        if (status == STATUS_OK)
                status = read_trusted(application, options, error);
        if (status == STATUS_OK)
                status = read_url(application, options, error);
        if (status == STATUS_OK)
                status = open_log(application, options->log_path, error);
        if (status == STATUS_OK)
                status = application_read_currency(application, error);
        if (status == STATUS_OK)
                status = make_spool(application, error);
        if (status == STATUS_OK)
                status = probe_start(application->database, &application->probe, error);
        if (status == STATUS_OK)
                status = directory_new(application->database, &application->directory, error);
        if (status == STATUS_OK)
                status = events_new(&application->events, error);
        if (status == STATUS_OK)
                status = mailer_new(application->database, &application->mailer, error);
        site->events = application->events;
        if (status == STATUS_OK)
                status = job_runner_start(application, error);
        site->find_asset = find_asset;
        site->layout = "layout";
        site->add_to_frame = frame_add;
        application->development = site->tells_missing = options->development;
        application->subbrands = subbrands_new();
        if (status == STATUS_OK && !application->subbrands)
                status = error_memory(error);
        if (status == STATUS_OK && options->overlay && !directory_exists(options->overlay))
                status = error_set(error, STATUS_NOT_FOUND, "file.not_found", "path", options->overlay, NULL);
        if (status == STATUS_OK)
                status = open_overlay(application, options->overlay, error);
        return status == STATUS_OK ? server_start(site, options->listen, &application->server, error) : status;
}

enum status application_open(const struct application_options *options, struct application **ret, struct error *error)
{
        struct application *application = calloc(1, sizeof(*application));
        if (!application)
                return error_memory(error);
        application->database = options->database;
        buffer_init(&application->spool, PATH_BYTES_MAX);
        buffer_init(&application->origin, URL_BYTES_MAX);
        enum status status = start(application, options, error);
        if (status != STATUS_OK) {
                application_close(application);
                return status;
        }
        *ret = application;
        return STATUS_OK;
}

void application_close(struct application *application)
{
        if (!application)
                return;
        server_stop(application->server);
        mailer_free(application->mailer);
        jobs_stop(application->jobs);
        probe_stop(application->probe);
        directory_free(application->directory);
        events_free(application->events);
        template_set_free(application->templates);
        arena_free(application->asset_arena);
        subbrands_free(application->subbrands);
        buffer_release(&application->certificate);
        buffer_release(&application->key);
        buffer_release(&application->spool);
        buffer_release(&application->origin);
        if (application->log && application->log != stderr)
                fclose(application->log);
        free(application);
}
