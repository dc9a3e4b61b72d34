/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server.c: libmicrohttpd on one side, service.h on the other.
 *
 * The library is lenient (0.9.75 of Debian 12): it takes bare line feeds, folded lines and zero bytes in a head. It
 * parses a head where it lies, so what it took for line ends can be told from where names and values lie in memory:
 * in a head as it should be there are exactly a colon, blanks and two bytes of line end between them
 * (head_is_contiguous). That is compared as numbers, nothing is read there. Bodies in chunks are refused before they
 * are read (head.h). / */
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "http/server_library.h"
#include "http/log.h"
#include "http/service.h"
#include "platform/clock.h"
#include "platform/listener.h"
#include "platform/monitor.h"
#include "platform/thread.h"

enum {
        CONNECTION_MEMORY_BYTES = 32 << 10,
        STREAM_BLOCK_BYTES = 1024,
        WORKERS_MIN = 4,
        WORKERS_MAX = 32,
        TICK_MS = 250,
        STREAM_SECONDS = 60,         /* to take what was sent to a stream */
        MEMORY_INCREMENT = 2048,
        STREAMS_END_MS = 2000,
};
#define SECOND_NS INT64_C(1000000000)
#define CIPHERS "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:" \
                "+AES-128-GCM:-RSA:-DHE-RSA:%SERVER_PRECEDENCE"

/* A connection, from accept to close. */
struct link {
        struct server *server;
        struct link *next, **back;
        int descriptor;
        struct peer_address peer;
        bool counted;
        int64_t deadline_ns; /* 0: none */
};

enum phase { PHASE_NEW, PHASE_BARE, PHASE_HEAD, PHASE_BODY, PHASE_RUN, PHASE_SENT };

/* A request and its place in the library. */
struct exchange {
        struct server *server;
        struct MHD_Connection *connection;
        struct link *link;
        struct request *request; /* NULL: a stream that is open */
        const char *target;      /* where the library has it */
        enum phase phase;
        struct stream *stream;
        struct exchange *next;   /* in the queue */
};

/* Requests that wait for a worker. */
struct waiting_line {
        struct exchange *first, *last;
};

struct server {
        const struct site *site;
        struct site_limits limits;
        struct service *service;
        struct MHD_Daemon *daemon;
        struct peer_counts *peers;
        int listener;
        char address[LISTENER_ADDRESS_BYTES];
        bool exact;               /* the library lays heads out as head_is_contiguous knows */

        struct monitor *links_monitor; /* links and their deadlines */
        struct link *links;

        struct monitor *queue_monitor; /* the queues, `exchanges` and the flags below */
        struct waiting_line ordinary, at_once;
        size_t exchanges;         /* requests, without open streams */
        bool stopping, closed;
        struct thread *workers[WORKERS_MAX], *at_once_worker, *watch;
        size_t worker_count;
};

/* ---- deadlines --------------------------------------------------------------------------------------------------- */

static void set_deadline(struct link *link, int64_t seconds)
{
        if (!link)
                return;
        monitor_enter(link->server->links_monitor);
        link->deadline_ns = seconds ? clock_monotonic_ns() + seconds * SECOND_NS : 0;
        monitor_leave(link->server->links_monitor);
}

static void cut_late(struct server *server)
{
        int64_t now_ns = clock_monotonic_ns();
        monitor_enter(server->links_monitor);
        for (struct link *link = server->links; link; link = link->next) {
                if (!link->deadline_ns || link->deadline_ns > now_ns)
                        continue;
                link->deadline_ns = 0;
                socket_cut(link->descriptor);
                counts_add(&server->service->counts.expired, 1);
        }
        monitor_leave(server->links_monitor);
}

struct beat {
        struct server *server;
        struct connection *connection;
};

static bool session_lives(void *context, int64_t account_id, int64_t session_id)
{
        struct beat *beat = context;
        const struct gate *gate = &beat->server->site->gate;
        return !gate->session_lives || gate->session_lives(gate->self, beat->connection, account_id, session_id);
}

static void beat(struct server *server)
{
        struct beat beat = {.server = server};
        struct error error;
        if (!server->site->events || events_count(server->site->events) == 0)
                return;
        /* Without the database nobody knows whether sessions live: they end. */
        if (server->site->database && db_connect(server->site->database, &beat.connection, &error) != STATUS_OK) {
                log_error(server->site->log, clock_now_ms(), NULL, "events", &error);
                return;
        }
        events_beat(server->site->events, session_lives, &beat);
        db_disconnect(beat.connection);
}

/* Did sessions end before their time? Then their streams end now, not with the next beat. */
static bool sessions_changed(struct server *server, int64_t *number)
{
        const struct site *site = server->site;
        connection_cleanup struct connection *connection = NULL;
        struct error error;
        int64_t seen = *number;
        if (!site->gate.sessions_changed || !site->events || events_count(site->events) == 0)
                return false;
        if (site->database && db_connect(site->database, &connection, &error) != STATUS_OK)
                return false;
        return site->gate.sessions_changed(site->gate.self, connection, number) && *number != seen;
}

static void watch(void *context)
{
        struct server *server = context;
        int64_t beat_ns = clock_monotonic_ns(), look_ns = beat_ns, number = -1;
        for (;;) {
                monitor_enter(server->queue_monitor);
                bool closed = server->closed;
                monitor_leave(server->queue_monitor);
                if (closed)
                        return;
                cut_late(server);
                if (clock_monotonic_ns() - beat_ns >= server->limits.heartbeat_seconds * SECOND_NS) {
                        beat(server);
                        beat_ns = clock_monotonic_ns();
                }
                if (clock_monotonic_ns() - look_ns >= SECOND_NS) {
                        if (sessions_changed(server, &number))
                                beat(server);
                        look_ns = clock_monotonic_ns();
                }
                thread_sleep_ms(TICK_MS);
        }
}

/* ---- connections ------------------------------------------------------------------------------------------------- */

static struct peer_address address_of(const struct sockaddr *from)
{
        struct peer_address address = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
        if (from->sa_family == AF_INET6)
                memcpy(address.bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
        else
                memcpy(address.bytes + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
        return address;
}

static void open_link(struct server *server, struct MHD_Connection *connection, void **socket_context)
{
        const struct site *site = server->site;
        const union MHD_ConnectionInfo *from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        const union MHD_ConnectionInfo *socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct link *link = calloc(1, sizeof(*link));
        *socket_context = link;
        counts_add(&server->service->counts.connections, 1);
        if (!link || !from || !socket) {
                if (socket)
                        socket_cut(socket->connect_fd);
                free(link);
                *socket_context = NULL;
                return;
        }
        link->server = server;
        link->descriptor = socket->connect_fd;
        link->peer = address_of(from->client_addr);
        monitor_enter(server->links_monitor);
        link->deadline_ns = clock_monotonic_ns() + server->limits.head_seconds * SECOND_NS;
        link->next = server->links;
        link->back = &server->links;
        if (link->next)
                link->next->back = &link->next;
        server->links = link;
        monitor_leave(server->links_monitor);
        if (peer_is_trusted(&link->peer, site->trusted, site->trusted_count))
                return;
        link->counted = peer_counts_enter(server->peers, &link->peer, server->limits.connections_per_address);
        if (link->counted)
                return;
        counts_add(&server->service->counts.refused, 1);
        socket_cut(link->descriptor);
}

static void close_link(struct server *server, struct link *link)
{
        counts_take(&server->service->counts.connections, 1);
        if (!link)
                return;
        monitor_enter(server->links_monitor);
        *link->back = link->next;
        if (link->next)
                link->next->back = link->back;
        monitor_leave(server->links_monitor);
        if (link->counted)
                peer_counts_leave(server->peers, &link->peer);
        free(link);
}

static void connection_changed(void *context, struct MHD_Connection *connection, void **socket_context,
                               enum MHD_ConnectionNotificationCode code)
{
        if (code == MHD_CONNECTION_NOTIFY_STARTED)
                open_link(context, connection, socket_context);
        else
                close_link(context, *socket_context);
}

/* ---- workers ----------------------------------------------------------------------------------------------------- */

/* The connection sleeps until a worker has done its part. */
static void hand_over(struct exchange *exchange)
{
        struct server *server = exchange->server;
        set_deadline(exchange->link, 0);
        MHD_suspend_connection(exchange->connection);
        counts_add(&server->service->counts.waiting, 1);
        struct waiting_line *line = exchange->request->at_once ? &server->at_once : &server->ordinary;
        monitor_enter(server->queue_monitor);
        exchange->next = NULL;
        if (line->last)
                line->last->next = exchange;
        else
                line->first = exchange;
        line->last = exchange;
        monitor_wake_all(server->queue_monitor);
        monitor_leave(server->queue_monitor);
}

static struct exchange *take_over(struct server *server, struct waiting_line *line)
{
        monitor_enter(server->queue_monitor);
        while (!line->first && !server->closed)
                monitor_wait(server->queue_monitor);
        struct exchange *exchange = line->first;
        if (exchange) {
                line->first = exchange->next;
                line->last = line->first ? line->last : NULL;
        }
        monitor_leave(server->queue_monitor);
        return exchange;
}

static void work_off(struct server *server, struct waiting_line *line)
{
        struct server_counts *counts = &server->service->counts;
        for (struct exchange *exchange; (exchange = take_over(server, line)) != NULL;) {
                counts_take(&counts->waiting, 1);
                counts_add(&counts->running, 1);
                if (exchange->phase == PHASE_HEAD)
                        request_run_head(exchange->request);
                else
                        request_run_body(exchange->request);
                counts_take(&counts->running, 1);
                MHD_resume_connection(exchange->connection);
        }
}

static void run_worker(void *context)
{
        struct server *server = context;
        work_off(server, &server->ordinary);
}

/* When the database hangs, so do all workers; this one does not. */
static void run_at_once_worker(void *context)
{
        struct server *server = context;
        work_off(server, &server->at_once);
}

/* ---- heads ------------------------------------------------------------------------------------------------------- */

struct layout {
        struct head *head;
        uintptr_t at;     /* behind what has been seen */
        bool contiguous, too_many;
};

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                   const char *value, size_t value_length)
{
        struct layout *layout = context;
        (void)kind;
        if (layout->head->header_count == HEAD_HEADERS_MAX) {
                layout->too_many = true;
                return MHD_NO;
        }
        uintptr_t begin = (uintptr_t)name, end = begin + name_length, value_begin = (uintptr_t)value;
        bool colon = value && value_begin > end && value_begin - end <= 64;
        layout->contiguous = layout->contiguous && begin == layout->at + 2 && colon;
        layout->at = value_begin + value_length;
        layout->head->headers[layout->head->header_count++] =
                (struct header){{name, name_length}, {value ? value : "", value ? value_length : 0}};
        return MHD_YES;
}

static enum method method_of(const char *name, bool *ret_only_head)
{
        *ret_only_head = strcmp(name, "HEAD") == 0;
        if (*ret_only_head)
                return METHOD_GET;
        for (int method = 0; method < METHOD_COUNT; method++)
                if (strcmp(name, method_names[method]) == 0)
                        return (enum method)method;
        return METHOD_COUNT;
}

/* Did the library see line ends only where there were some? */
static bool head_is_contiguous(const struct exchange *exchange, struct layout *layout, const char *method,
                               const char *version)
{
        const struct request *request = exchange->request;
        const union MHD_ConnectionInfo *size =
                MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
        uintptr_t begin = (uintptr_t)method;
        return layout->contiguous && size && (uintptr_t)exchange->target == begin + strlen(method) + 1 &&
               (uintptr_t)version == (uintptr_t)exchange->target + request->head.target.length + 1 &&
               layout->at + 4 == begin + size->header_size;
}

static bool has_body(const struct head *head)
{
        struct text length = head_value(head, "content-length");
        return (length.data && !text_is(length, "0")) || head_value(head, "transfer-encoding").data;
}

static void read_head(struct exchange *exchange, const char *method, const char *version)
{
        struct request *request = exchange->request;
        struct head *head = &request->head;
        struct layout layout = {.head = head, .at = (uintptr_t)version + strlen(version), .contiguous = true};
        const union MHD_ConnectionInfo *size =
                MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
        head->method = method_of(method, &head->only_head);
        head->is_old = strcmp(version, "HTTP/1.0") == 0;
        MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, take_header, &layout);
        if (head->target.length > HEAD_TARGET_BYTES_MAX)
                request->too_much = 414;
        else if (layout.too_many || (size && size->header_size > HEAD_BYTES_MAX))
                request->too_much = 431;
        else
                request->malformed = (strcmp(version, "HTTP/1.1") != 0 && !head->is_old) ||
                                     (exchange->server->exact &&
                                      !head_is_contiguous(exchange, &layout, method, version));
        request->peer = exchange->link ? exchange->link->peer : (struct peer_address){{0}};
        request->tls = exchange->server->site->tls_certificate != NULL;
        request->at_once = !has_body(head) && service_answers_at_once(request->service, head->method, head->target);
}

/* The library knows the target: the request begins. */
static void *begin_exchange(void *context, const char *target, struct MHD_Connection *connection)
{
        struct server *server = context;
        const union MHD_ConnectionInfo *socket =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        struct exchange *exchange = calloc(1, sizeof(*exchange));
        struct request *request = exchange ? request_new(server->service) : NULL;
        if (!request || !arena_keep_text(request->arena, text_of(target), &request->head.target)) {
                request_free(request);
                free(exchange);
                return NULL;
        }
        exchange->server = server;
        exchange->connection = connection;
        exchange->link = socket ? socket->socket_context : NULL;
        exchange->request = request;
        exchange->target = target;
        monitor_enter(server->queue_monitor);
        server->exchanges++;
        monitor_leave(server->queue_monitor);
        return exchange;
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void sleep_stream(void *context)
{
        struct exchange *exchange = context;
        set_deadline(exchange->link, 0);
        MHD_suspend_connection(exchange->connection);
}

static void wake_stream(void *context)
{
        struct exchange *exchange = context;
        set_deadline(exchange->link, STREAM_SECONDS);
        MHD_resume_connection(exchange->connection);
}

static ssize_t read_stream(void *context, uint64_t position, char *out, size_t capacity)
{
        struct exchange *exchange = context;
        size_t length;
        (void)position;
        switch (stream_read(exchange->stream, out, capacity, sleep_stream, &length)) {
        case STREAM_DATA:
                return (ssize_t)length;
        case STREAM_SLEEP:
                return 0;
        default:
                return MHD_CONTENT_READER_END_OF_STREAM;
        }
}

/* The library lets go of the answer, after it told the end of the request. */
static void free_stream(void *context)
{
        struct exchange *exchange = context;
        stream_close(exchange->stream);
        counts_take(&exchange->server->service->counts.streams, 1);
        free(exchange);
}

static void leave_exchange(struct server *server)
{
        monitor_enter(server->queue_monitor);
        server->exchanges--;
        monitor_wake_all(server->queue_monitor);
        monitor_leave(server->queue_monitor);
}

static void note(struct exchange *exchange, bool cut)
{
        struct request *request = exchange->request;
        const struct route *route = request->match.route;
        uint64_t us = (uint64_t)(clock_monotonic_ns() - request->begun_ns) / 1000;
        struct log_request line = {
                .id = request->id,
                .method = request->head.only_head                ? "HEAD"
                          : request->head.method < METHOD_COUNT ? method_names[request->head.method]
                                                                 : "-",
                .route = route ? route->path : request->answer.kind == ANSWER_FIXED ? "/assets" : "-",
                .status = request->answer.status,
                .us = us,
                .bytes = request->answer.length,
                .account_id = request->subject.account_id,
                .cut = cut,
        };
        counts_answer(&exchange->server->service->counts, line.status, us, line.bytes);
        log_request(exchange->server->site->log, clock_now_ms(), &line);
}

/* A stream lives long: the request itself ends here. */
static struct MHD_Response *open_stream(struct exchange *exchange)
{
        struct request *request = exchange->request;
        struct stream_owner owner = {request->subject.account_id, request->subject.session_id, wake_stream, exchange};
        struct error error;
        if (!exchange->server->site->events ||
            stream_open(exchange->server->site->events, &owner, request->topics, request->topic_count,
                        &exchange->stream, &error) != STATUS_OK)
                return NULL;
        struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES,
                                                                          read_stream, exchange, free_stream);
        if (!response) {
                stream_close(exchange->stream);
                exchange->stream = NULL;
                return NULL;
        }
        counts_add(&exchange->server->service->counts.streams, 1);
        return response;
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
        struct answer *answer = &exchange->request->answer;
        struct error error;
        int descriptor;
        uint64_t bytes;
        switch (answer->kind) {
        case ANSWER_BYTES: {
                char *body = answer->bytes;
                answer->bytes = NULL;
                return MHD_create_response_from_buffer(answer->length, body, MHD_RESPMEM_MUST_FREE);
        }
        case ANSWER_FIXED:
                return MHD_create_response_from_buffer(answer->length, (void *)(uintptr_t)answer->fixed.data,
                                                       MHD_RESPMEM_PERSISTENT);
        case ANSWER_FILE:
                if (file_open(answer->path, &descriptor, &bytes, &error) != STATUS_OK)
                        return NULL;
                answer->length = (size_t)bytes;
                return MHD_create_response_from_fd64(bytes, descriptor);
        default:
                return open_stream(exchange);
        }
}

static enum MHD_Result send_answer(struct exchange *exchange)
{
        struct server *server = exchange->server;
        struct answer *answer = &exchange->request->answer;
        struct MHD_Response *response = make_response(exchange);
        if (!response)
                return MHD_NO;
        bool is_stream = answer->kind == ANSWER_STREAM;
        for (size_t i = 0; i < answer->header_count; i++)
                MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
        monitor_enter(server->queue_monitor);
        bool stopping = server->stopping;
        monitor_leave(server->queue_monitor);
        if (stopping && !answer->closes)
                MHD_add_response_header(response, "Connection", "close");
        exchange->phase = PHASE_SENT;
        set_deadline(exchange->link,
                     is_stream ? STREAM_SECONDS
                               : server->limits.answer_seconds +
                                         (int64_t)(answer->length / server->limits.slowest_bytes));
        unsigned status = answer->status;
        if (is_stream) {
                note(exchange, false);
                request_free(exchange->request);
                exchange->request = NULL;
                leave_exchange(server);
        }
        enum MHD_Result result = MHD_queue_response(exchange->connection, status, response);
        MHD_destroy_response(response);
        return result;
}

/* ---- the library's calls ----------------------------------------------------------------------------------------- */

/* The head is there, and then the body, piece by piece. */
static enum MHD_Result answer_connection(void *context, struct MHD_Connection *connection, const char *url,
                                         const char *method, const char *version, const char *data,
                                         size_t *data_length, void **request_context)
{
        struct exchange *exchange = *request_context;
        (void)context, (void)connection, (void)url;
        if (!exchange)
                return MHD_NO;
        switch (exchange->phase) {
        case PHASE_NEW:
                read_head(exchange, method, version);
                /* Answered in the first call, the library closes the connection: right only where a body is coming. */
                if (!has_body(&exchange->request->head)) {
                        exchange->phase = PHASE_BARE;
                        return MHD_YES;
                }
                /* fall through */
        case PHASE_BARE:
                exchange->phase = PHASE_HEAD;
                hand_over(exchange);
                return MHD_YES;
        case PHASE_HEAD:
                if (!request_wants_body(exchange->request))
                        return send_answer(exchange);
                exchange->phase = PHASE_BODY;
                set_deadline(exchange->link, exchange->server->limits.body_seconds +
                                                     (int64_t)(exchange->request->head.body_bytes /
                                                               exchange->server->limits.slowest_bytes));
                return MHD_YES;
        case PHASE_BODY:
                if (*data_length) {
                        request_feed(exchange->request, data, *data_length);
                        counts_add(&exchange->server->service->counts.received_bytes, *data_length);
                        *data_length = 0;
                        return MHD_YES;
                }
                exchange->phase = PHASE_RUN;
                hand_over(exchange);
                return MHD_YES;
        case PHASE_RUN:
                return send_answer(exchange);
        default:
                return MHD_NO;
        }
}

static void end_exchange(void *context, struct MHD_Connection *connection, void **request_context,
                         enum MHD_RequestTerminationCode code)
{
        struct exchange *exchange = *request_context;
        struct server *server = context;
        (void)connection;
        *request_context = NULL;
        if (!exchange)
                return;
        set_deadline(exchange->link, server->limits.head_seconds);
        if (exchange->stream) {
                stream_close(exchange->stream); /* nothing wakes it any more; free_stream follows */
                exchange->stream = NULL;
                return;
        }
        note(exchange, code != MHD_REQUEST_TERMINATED_COMPLETED_OK);
        request_free(exchange->request);
        leave_exchange(server);
        free(exchange);
}

/* ---- start and end ----------------------------------------------------------------------------------------------- */

static void fill_limits(struct server *server)
{
        struct site_limits *limits = &server->limits;
        const struct site_limits defaults = {
                .connections = 12000, .connections_per_address = 200, .head_seconds = 30, .body_seconds = 30,
                .answer_seconds = 30, .slowest_bytes = 8 << 10, .stop_seconds = 20, .heartbeat_seconds = 20,
                .workers = 2 * processor_count()};
        *limits = server->site->limits;
        limits->connections = limits->connections ? limits->connections : defaults.connections;
        if (!limits->connections_per_address)
                limits->connections_per_address = defaults.connections_per_address;
        limits->head_seconds = limits->head_seconds ? limits->head_seconds : defaults.head_seconds;
        limits->body_seconds = limits->body_seconds ? limits->body_seconds : defaults.body_seconds;
        limits->answer_seconds = limits->answer_seconds ? limits->answer_seconds : defaults.answer_seconds;
        limits->slowest_bytes = limits->slowest_bytes ? limits->slowest_bytes : defaults.slowest_bytes;
        limits->stop_seconds = limits->stop_seconds ? limits->stop_seconds : defaults.stop_seconds;
        if (!limits->heartbeat_seconds)
                limits->heartbeat_seconds = defaults.heartbeat_seconds;
        limits->workers = limits->workers ? limits->workers : defaults.workers;
        if (limits->workers < WORKERS_MIN)
                limits->workers = WORKERS_MIN;
        if (limits->workers > WORKERS_MAX)
                limits->workers = WORKERS_MAX;
        size_t files = files_raise_limit();
        /* Files of the database, uploads and the index besides. */
        if (files > 200 && limits->connections > files - 200)
                limits->connections = (unsigned)(files - 200);
}

static enum status start_daemon(struct server *server, struct error *error)
{
        const struct site *site = server->site;
        unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
        struct MHD_OptionItem tls[] = {
                {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)site->tls_certificate},
                {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)site->tls_key},
                {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)CIPHERS},
                {MHD_OPTION_END, 0, NULL},
        };
        server->exact = strncmp(MHD_get_version(), "0.9.75", 6) == 0;
        if (site->tls_certificate)
                flags |= MHD_USE_TLS;
        else
                tls[0] = tls[3];
        server->daemon = MHD_start_daemon(
                flags, 0, NULL, NULL, answer_connection, server, MHD_OPTION_LISTEN_SOCKET, server->listener,
                MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server, MHD_OPTION_NOTIFY_COMPLETED, end_exchange,
                server, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server, MHD_OPTION_CONNECTION_LIMIT,
                server->limits.connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
                MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)MEMORY_INCREMENT, MHD_OPTION_ARRAY, tls,
                MHD_OPTION_END);
        if (!server->daemon)
                return error_set(error, STATUS_SYSTEM, "serve.not_started", "address", server->address, NULL);
        return STATUS_OK;
}

static enum status start_threads(struct server *server, struct error *error)
{
        enum status status = thread_start(watch, server, &server->watch, error);
        if (status == STATUS_OK)
                status = thread_start(run_at_once_worker, server, &server->at_once_worker, error);
        while (status == STATUS_OK && server->worker_count < server->limits.workers) {
                status = thread_start(run_worker, server, &server->workers[server->worker_count], error);
                server->worker_count += status == STATUS_OK;
        }
        return status;
}

enum status server_start(const struct site *site, const char *address, struct server **ret, struct error *error)
{
        enum status status = server_library_load(error);
        struct server *server = status == STATUS_OK ? calloc(1, sizeof(*server)) : NULL;
        if (!server)
                return status != STATUS_OK ? status : error_memory(error);
        server->site = site;
        server->listener = -1;
        fill_limits(server);
        status = service_new(site, &server->service, error);
        if (status == STATUS_OK)
                status = peer_counts_new(&server->peers, error);
        if (status == STATUS_OK)
                status = monitor_new(&server->links_monitor, error);
        if (status == STATUS_OK)
                status = monitor_new(&server->queue_monitor, error);
        if (status == STATUS_OK)
                status = listener_open(address, &server->listener, server->address, error);
        if (status == STATUS_OK)
                status = start_threads(server, error);
        if (status == STATUS_OK)
                status = start_daemon(server, error);
        if (status != STATUS_OK) {
                server_stop(server);
                return status;
        }
        *ret = server;
        return STATUS_OK;
}

const char *server_address(const struct server *server)
{
        return server->address;
}

const struct server_counts *server_counts(const struct server *server)
{
        return &server->service->counts;
}

/* Waits until no request is left, or the time is over. */
static void let_requests_end(struct server *server)
{
        int64_t until_ns = clock_monotonic_ns() + server->limits.stop_seconds * SECOND_NS;
        size_t left;
        do {
                monitor_enter(server->queue_monitor);
                left = server->exchanges;
                monitor_leave(server->queue_monitor);
                if (left)
                        thread_sleep_ms(10);
        } while (left && clock_monotonic_ns() < until_ns);
        until_ns = clock_monotonic_ns() + STREAMS_END_MS * SECOND_NS / 1000;
        while (server->site->events && events_count(server->site->events) && clock_monotonic_ns() < until_ns)
                thread_sleep_ms(5);
}

void server_stop(struct server *server)
{
        if (!server)
                return;
        if (server->daemon) {
                monitor_enter(server->queue_monitor);
                server->stopping = true;
                monitor_leave(server->queue_monitor);
                MHD_quiesce_daemon(server->daemon);
                if (server->site->events)
                        events_end_all(server->site->events);
                let_requests_end(server);
        }
        if (server->queue_monitor) {
                monitor_enter(server->queue_monitor);
                server->closed = true;
                monitor_wake_all(server->queue_monitor);
                monitor_leave(server->queue_monitor);
        }
        for (size_t i = 0; i < server->worker_count; i++)
                thread_join(server->workers[i]);
        thread_join(server->at_once_worker);
        thread_join(server->watch);
        if (server->daemon)
                MHD_stop_daemon(server->daemon);
        listener_close(server->listener);
        monitor_free(server->links_monitor);
        monitor_free(server->queue_monitor);
        peer_counts_free(server->peers);
        service_free(server->service);
        free(server);
}
