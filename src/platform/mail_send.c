/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mail_send.c: hands a mail to a mail server by libcurl, which is loaded with the first one.
 */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform/file.h"
#include "platform/library.h"
#include "platform/mail.h"

enum { MAIL_BYTES_MAX = 1 << 20, TEXT_BYTES_MAX = 512, PASSWORD_FILE_BYTES_MAX = 4096 };
/* Saying goodbye comes on top of what the transfer may take, so both together are the 30 seconds of mail.h. */
#define TRANSFER_SECONDS_MAX 20L
#define ANSWER_SECONDS_MAX 10L

static struct {
        CURLcode (*global_init)(long flags);
        CURL *(*init)(void);
        CURLcode (*set)(CURL *handle, CURLoption option, ...);
        CURLcode (*perform)(CURL *handle);
        void (*cleanup)(CURL *handle);
        const char *(*describe)(CURLcode code);
        struct curl_slist *(*append)(struct curl_slist *list, const char *text);
        void (*free_list)(struct curl_slist *list);
} curl;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static enum status load(struct error *error)
{
        static const char *const names[] = {"curl_global_init", "curl_easy_init",     "curl_easy_setopt",
                                            "curl_easy_perform", "curl_easy_cleanup", "curl_easy_strerror",
                                            "curl_slist_append", "curl_slist_free_all"};
        static bool loaded;
        enum status status = STATUS_OK;
        void *functions[sizeof(names) / sizeof(names[0])];
        pthread_mutex_lock(&lock);
        if (!loaded)
                status = library_load("libcurl.so.4", names, sizeof(names) / sizeof(names[0]), functions, error);
        if (!loaded && status == STATUS_OK) {
                memcpy(&curl, functions, sizeof(functions));
                loaded = curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
                if (!loaded)
                        status = error_memory(error);
        }
        pthread_mutex_unlock(&lock);
        return status;
}

struct sending {
        struct buffer content, url, user, password, authorities, from, to;
        size_t sent;
        CURL *handle;
        struct curl_slist *recipients;
        char reason[CURL_ERROR_SIZE];
};

static size_t give(char *out, size_t size, size_t count, void *context)
{
        struct sending *sending = context;
        size_t room = size * count, left = sending->content.length - sending->sent;
        size_t length = left < room ? left : room;
        memcpy(out, sending->content.data + sending->sent, length);
        sending->sent += length;
        return length;
}

static bool keep(struct buffer *buffer, const char *before, struct text text, const char *behind)
{
        buffer_add_text(buffer, before);
        if (text.length)
                buffer_add(buffer, text.data, text.length);
        return buffer_add_text(buffer, behind);
}

/* The first line of the file. */
static enum status read_password(struct sending *sending, struct text path, struct error *error)
{
        struct buffer content buffer_cleanup, name buffer_cleanup;
        buffer_init(&name, TEXT_BYTES_MAX * 8);
        buffer_init(&content, PASSWORD_FILE_BYTES_MAX); /* file_read begins it anew */
        if (path.length == 0)
                return STATUS_OK;
        keep(&name, "", path, "");
        enum status status = file_read(name.data, PASSWORD_FILE_BYTES_MAX, &content, error);
        if (status != STATUS_OK)
                return status;
        size_t length = strcspn(content.data, "\r\n");
        buffer_add(&sending->password, content.data, length);
        explicit_bzero(content.data, content.length);
        return STATUS_OK;
}

static enum status failed(const struct sending *sending, const struct mail_server *server, const char *reason,
                          struct error *error)
{
        char host[128];
        snprintf(host, sizeof(host), "%.*s:%u", (int)(server->host.length < 100 ? server->host.length : 100),
                 server->host.data ? server->host.data : "", server->port);
        return error_set(error, STATUS_SYSTEM, "mail.failed", "server", host, "reason",
                         sending->reason[0] ? sending->reason : reason, NULL);
}

static enum status set_up(struct sending *sending, const struct mail_server *server, struct error *error)
{
        CURL *handle = sending->handle = curl.init();
        sending->recipients = curl.append(NULL, sending->to.data);
        if (!handle || !sending->recipients)
                return error_memory(error);
        CURLcode code = curl.set(handle, CURLOPT_URL, sending->url.data);
        code |= curl.set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        code |= curl.set(handle, CURLOPT_NOSIGNAL, 1L);
        code |= curl.set(handle, CURLOPT_TIMEOUT, TRANSFER_SECONDS_MAX);
        code |= curl.set(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, ANSWER_SECONDS_MAX);
        code |= curl.set(handle, CURLOPT_ERRORBUFFER, sending->reason);
        code |= curl.set(handle, CURLOPT_PROXY, "");
        code |= curl.set(handle, CURLOPT_USE_SSL,
                         (long)(server->security == MAIL_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE));
        code |= curl.set(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        if (sending->authorities.length)
                code |= curl.set(handle, CURLOPT_CAINFO, sending->authorities.data);
        if (sending->user.length) {
                code |= curl.set(handle, CURLOPT_USERNAME, sending->user.data);
                code |= curl.set(handle, CURLOPT_PASSWORD, sending->password.data);
        }
        code |= curl.set(handle, CURLOPT_MAIL_FROM, sending->from.data);
        code |= curl.set(handle, CURLOPT_MAIL_RCPT, sending->recipients);
        code |= curl.set(handle, CURLOPT_READFUNCTION, give);
        code |= curl.set(handle, CURLOPT_READDATA, sending);
        code |= curl.set(handle, CURLOPT_UPLOAD, 1L);
        return code == CURLE_OK ? STATUS_OK : failed(sending, server, curl.describe(code), error);
}

static enum status transfer(struct sending *sending, const struct mail_server *server, struct error *error)
{
        char port[32];
        snprintf(port, sizeof(port), ":%u", server->port);
        keep(&sending->url, server->security == MAIL_TLS ? "smtps://" : "smtp://", server->host, port);
        keep(&sending->user, "", server->user, "");
        keep(&sending->authorities, "", server->authorities, "");
        enum status status = read_password(sending, server->password_file, error);
        if (status != STATUS_OK)
                return status;
        if (sending->url.failed || sending->user.failed || sending->password.failed || sending->authorities.failed)
                return error_memory(error);
        status = set_up(sending, server, error);
        if (status != STATUS_OK)
                return status;
        CURLcode code = curl.perform(sending->handle);
        return code == CURLE_OK ? STATUS_OK : failed(sending, server, curl.describe(code), error);
}

/* A name or an address and nothing that would be more in a URL. */
static bool is_host(struct text host)
{
        for (size_t i = 0; i < host.length; i++) {
                char c = host.data[i];
                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      (c && strchr(".-[]:", c))))
                        return false;
        }
        return host.length > 0;
}

enum status mail_send(const struct mail_server *server, const struct mail *mail, int64_t now_ms, struct error *error)
{
        struct sending sending = {.sent = 0};
        struct buffer *const texts[] = {&sending.url, &sending.user, &sending.password, &sending.authorities,
                                        &sending.from, &sending.to};
        if (!is_host(server->host) || server->port == 0 || server->port > 65535)
                return error_set(error, STATUS_INVALID, "mail.bad_server", NULL);
        buffer_init(&sending.content, MAIL_BYTES_MAX);
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                buffer_init(texts[i], TEXT_BYTES_MAX);
        enum status status = mail_compose(server, mail, now_ms, &sending.content, error);
        if (status == STATUS_OK)
                status = load(error);
        keep(&sending.from, "<", server->from, ">");
        keep(&sending.to, "<", mail->to, ">");
        if (status == STATUS_OK)
                status = transfer(&sending, server, error);
        if (sending.handle)
                curl.cleanup(sending.handle);
        if (sending.recipients)
                curl.free_list(sending.recipients);
        if (sending.password.length)
                explicit_bzero(sending.password.data, sending.password.length);
        buffer_release(&sending.content);
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                buffer_release(texts[i]);
        return status;
}
