/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mailer.c: writes letters in the reader's language and sends them.
 */
#include "web/mailer.h"

#include <stdlib.h>

#include "base/arena.h"
#include "db/setting.h"
#include "platform/clock.h"
#include "platform/mail.h"
#include "platform/monitor.h"
#include "platform/thread.h"
#include "program/amounts.h"
#include "web/subbrand.h"

enum { WAITING_MAX = 256, ARENA_BYTES_MAX = 1 << 20, TEXT_BYTES_MAX = 1 << 16, NUMBER_MAX = 65535 };

/* ---- the mail server ------------------------------------------------------------------------------------------- */

static unsigned read_number(struct text text)
{
        unsigned value = 0;
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] < '0' || text.data[i] > '9' || value > NUMBER_MAX)
                        return 0;
                value = value * 10 + (unsigned)(text.data[i] - '0');
        }
        return value <= NUMBER_MAX ? value : 0;
}

static enum status read_server(struct connection *connection, struct arena *arena, struct mail_server *ret,
                               struct error *error)
{
        struct mail_server server = {.security = MAIL_STARTTLS};
        struct text port, security;
        const struct {
                const char *name;
                struct text *place;
        } settings[] = {{"mail_host", &server.host}, {"mail_port", &port}, {"mail_security", &security},
                        {"mail_user", &server.user}, {"mail_password_file", &server.password_file},
                        {"mail_authorities", &server.authorities}, {"mail_from", &server.from},
                        {"mail_from_name", &server.from_name}};
        for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
                struct text *place = settings[i].place;
                enum status status = setting_find(connection, settings[i].name, arena, place, error);
                if (status != STATUS_OK)
                        return status;
                if (!place->data)
                        *place = text_of("");
        }
        for (int s = 0; s < MAIL_SECURITY_COUNT; s++)
                if (text_is(security, mail_security_names[s]))
                        server.security = (enum mail_security)s;
        server.port = port.length ? read_number(port) : server.security == MAIL_TLS ? 465 : 587;
        *ret = server;
        return STATUS_OK;
}

enum status mailer_is_set_up(struct connection *connection, bool *ret, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct mail_server server;
        if (!arena)
                return error_memory(error);
        enum status status = read_server(connection, arena, &server, error);
        if (status == STATUS_OK)
                *ret = server.host.length > 0 && mail_is_address(server.from);
        return status;
}

/* ---- letters --------------------------------------------------------------------------------------------------- */

static const struct {
        const char *subject, *body;
} words[LETTER_KIND_COUNT] = {
        [LETTER_SIGN_IN] = {"letter.sign_in_subject", "letter.sign_in_body"},
        [LETTER_PASSWORD] = {"letter.password_subject", "letter.password_body"},
        [LETTER_INVITATION] = {"letter.invitation_subject", "letter.invitation_body"},
        [LETTER_TEST] = {"letter.test_subject", "letter.test_body"},
};

static void add_words(struct buffer *out, const struct letter *letter, const char *key, const char *from)
{
        struct buffer link buffer_cleanup, name buffer_cleanup, company buffer_cleanup;
        buffer_init(&link, TEXT_BYTES_MAX);
        buffer_init(&name, TEXT_BYTES_MAX);
        buffer_init(&company, TEXT_BYTES_MAX);
        buffer_addf(&link, "%.*s/link/%s", (int)letter->origin.length,
                    letter->origin.data ? letter->origin.data : "", letter->token.text);
        if (letter->to_name.length)
                buffer_add(&name, letter->to_name.data, letter->to_name.length);
        if (letter->company.length)
                buffer_add(&company, letter->company.data, letter->company.length);
        message_add(out, letter->language, key, "link", link.data, "name", name.data, "company", company.data, "from",
                    from, NULL);
}

/* Name and claim of the program, below the line that mail programs know as the start of a signature. */
static enum status add_signature(struct connection *connection, struct arena *arena, enum language language,
                                 struct buffer *body, struct error *error)
{
        struct bilingual name, claim;
        enum status status = subbrand_words(connection, arena, &name, &claim, error);
        if (status != STATUS_OK || !name.german.length)
                return status;
        const struct text lines[] = {bilingual_text(&name, language), bilingual_text(&claim, language)};
        buffer_add_text(body, "\n-- \n");
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
                if (lines[i].length)
                        buffer_addf(body, "%.*s\n", (int)lines[i].length, lines[i].data);
        return STATUS_OK;
}

enum status mailer_send(struct connection *connection, const struct letter *letter, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct buffer subject buffer_cleanup, body buffer_cleanup, from buffer_cleanup;
        struct mail_server server;
        buffer_init(&subject, TEXT_BYTES_MAX);
        buffer_init(&body, TEXT_BYTES_MAX);
        buffer_init(&from, TEXT_BYTES_MAX);
        enum status status = arena ? read_server(connection, arena, &server, error) : error_memory(error);
        if (status != STATUS_OK)
                return status;
        if (server.host.length == 0 || server.from.length == 0)
                return error_set(error, STATUS_CONFLICT, "mail.not_set_up", NULL);
        struct text sender = server.from_name.length ? server.from_name : server.from;
        buffer_add(&from, sender.data, sender.length);
        add_words(&subject, letter, words[letter->kind].subject, from.data);
        add_words(&body, letter, words[letter->kind].body, from.data);
        status = add_signature(connection, arena, letter->language, &body, error);
        if (status != STATUS_OK)
                return status;
        if (subject.failed || body.failed || from.failed)
                return error_memory(error);
        struct mail mail = {letter->to, letter->to_name, {subject.data, subject.length}, {body.data, body.length}};
        return mail_send(&server, &mail, clock_now_ms(), error);
}

/* ---- later ----------------------------------------------------------------------------------------------------- */

struct waiting {
        struct arena *arena;
        struct letter letter;
};

struct mailer {
        struct database *database;
        struct thread *thread;
        struct monitor *monitor;  /* guards what follows */
        struct waiting *queue[WAITING_MAX];
        size_t first, count;
        int64_t lost;
        bool ends;
};

static void waiting_free(struct waiting *waiting) { arena_free(waiting->arena); }

static struct waiting *keep(const struct letter *letter)
{
        struct arena *arena = arena_new(ARENA_BYTES_MAX);
        struct waiting *waiting = arena ? arena_array(arena, struct waiting, 1) : NULL;
        if (waiting) {
                *waiting = (struct waiting){arena, *letter};
                if (arena_keep_text(arena, letter->to, &waiting->letter.to) &&
                    arena_keep_text(arena, letter->to_name, &waiting->letter.to_name) &&
                    arena_keep_text(arena, letter->origin, &waiting->letter.origin) &&
                    arena_keep_text(arena, letter->company, &waiting->letter.company))
                        return waiting;
        }
        arena_free(arena);
        return NULL;
}

static bool send_one(struct mailer *mailer, const struct letter *letter)
{
        connection_cleanup struct connection *connection = NULL;
        struct error error;
        return db_connect(mailer->database, &connection, &error) == STATUS_OK &&
               mailer_send(connection, letter, &error) == STATUS_OK;
}

static void run(void *context)
{
        struct mailer *mailer = context;
        monitor_enter(mailer->monitor);
        for (;;) {
                while (mailer->count == 0 && !mailer->ends)
                        monitor_wait(mailer->monitor);
                if (mailer->ends)
                        break;
                struct waiting *waiting = mailer->queue[mailer->first];
                mailer->first = (mailer->first + 1) % WAITING_MAX;
                mailer->count--;
                monitor_leave(mailer->monitor);
                bool sent = send_one(mailer, &waiting->letter);
                waiting_free(waiting);
                monitor_enter(mailer->monitor);
                mailer->lost += !sent;
        }
        monitor_leave(mailer->monitor);
}

enum status mailer_new(struct database *database, struct mailer **ret, struct error *error)
{
        struct mailer *mailer = calloc(1, sizeof(*mailer));
        if (!mailer)
                return error_memory(error);
        mailer->database = database;
        enum status status = monitor_new(&mailer->monitor, error);
        if (status == STATUS_OK)
                status = thread_start(run, mailer, &mailer->thread, error);
        if (status != STATUS_OK) {
                mailer_free(mailer);
                return status;
        }
        *ret = mailer;
        return STATUS_OK;
}

void mailer_free(struct mailer *mailer)
{
        if (!mailer)
                return;
        if (mailer->thread) {
                monitor_enter(mailer->monitor);
                mailer->ends = true;
                monitor_wake_all(mailer->monitor);
                monitor_leave(mailer->monitor);
                thread_join(mailer->thread);
        }
        for (; mailer->count; mailer->count--, mailer->first = (mailer->first + 1) % WAITING_MAX)
                waiting_free(mailer->queue[mailer->first]);
        monitor_free(mailer->monitor);
        free(mailer);
}

void mailer_post(struct mailer *mailer, const struct letter *letter)
{
        struct waiting *waiting = keep(letter);
        monitor_enter(mailer->monitor);
        if (waiting && mailer->count < WAITING_MAX) {
                mailer->queue[(mailer->first + mailer->count++) % WAITING_MAX] = waiting;
                waiting = NULL;
                monitor_wake_all(mailer->monitor);
        } else {
                mailer->lost++;
        }
        monitor_leave(mailer->monitor);
        if (waiting)
                waiting_free(waiting);
}

int64_t mailer_lost(struct mailer *mailer)
{
        monitor_enter(mailer->monitor);
        int64_t lost = mailer->lost;
        monitor_leave(mailer->monitor);
        return lost;
}
