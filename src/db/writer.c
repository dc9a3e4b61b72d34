/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * writer.c: the group-commit writer. Requests that wait while another is being committed are executed and committed
 * together, so that one sync serves them all.
 */
#include <assert.h>

#include "db/engine.h"
#include "db/write.h"
#include "platform/monitor.h"
#include "platform/thread.h"

/* How many requests share a commit, and how large the log may grow before it is moved into the database. */
enum { BATCH_MAX = 256 };
#define LOG_BYTES_MAX ((uint64_t)64 << 20)
#define BULK_LOG_BYTES_MAX ((uint64_t)512 << 20)

enum request_kind { REQUEST_WRITE, REQUEST_BULK, REQUEST_CHECKPOINT };

/* Lies on the stack of the thread that waits for it. */
struct request {
        enum request_kind kind;
        write_function work;
        void *context;
        struct error *error;
        enum status status;
        bool done;
        struct request *next;
};

struct write_thread {
        struct database *database;
        struct connection *connection; /* only the thread uses it */
        struct thread *thread;
        struct monitor *monitor; /* guards all below, and `done` of the requests */
        struct request *first, *last;
        bool stopping;
        uint64_t checkpoint_at_bytes; /* only the thread uses it */
};

static _Thread_local bool is_writer;

static enum status change(struct write_thread *writer, enum transaction_step step, struct error *error)
{
        return writer->database->engine->transaction(writer->connection, step, error);
}

/* After something was undone the database may hold an older maximum of the ids than we think. */
static void undo(struct write_thread *writer, enum transaction_step step)
{
        enum status ignored = STATUS_OK;
        writer->database->identity.persisted_ms = 0;
        if (writer->database->engine->in_transaction(writer->connection))
                ignored = change(writer, step, NULL);
        (void)ignored;
}

static void close_rows(struct write_thread *writer)
{
        for (size_t i = 0; i < QUERY_COUNT; i++)
                rows_close(&writer->connection->rows[i]);
}

/* Requests of the open transaction that are done so far. */
struct group {
        struct request *members[BATCH_MAX];
        size_t count;
};

/* The transaction is lost, and with it what its requests had done. */
static void lose(struct group *group, const struct error *reason, enum status status)
{
        for (size_t i = 0; i < group->count; i++) {
                group->members[i]->status = status;
                if (group->members[i]->error)
                        *group->members[i]->error = *reason;
        }
        group->count = 0;
}

static enum status work(struct write_thread *writer, struct request *request, struct error *error)
{
        enum status status = request->work(writer->connection, request->context, error);
        close_rows(writer);
        if (!status && !writer->database->engine->in_transaction(writer->connection))
                status = error_set(error, STATUS_DATABASE, "database.transaction_lost", NULL);
        return status;
}

/* Executes a request in the group's transaction. The first one needs no savepoint: failing, it ends the transaction.
 * That spares bulk staging the second journal that SQLite keeps for savepoints. */
static void execute(struct write_thread *writer, struct group *group, struct request *request)
{
        bool first = group->count == 0;
        struct error error = {.status = STATUS_OK};
        enum status status = change(writer, first ? TRANSACTION_BEGIN_WRITE : TRANSACTION_SAVEPOINT, &error);
        if (!status) {
                status = work(writer, request, &error);
                if (!status && !first)
                        status = change(writer, TRANSACTION_RELEASE, &error);
                if (status)
                        undo(writer, first ? TRANSACTION_ROLLBACK : TRANSACTION_ROLLBACK_TO);
        }
        request->status = status;
        if (!status) {
                group->members[group->count++] = request;
                return;
        }
        if (request->error)
                *request->error = error;
        if (!first && !writer->database->engine->in_transaction(writer->connection))
                lose(group, &error, status);
}

static void commit(struct write_thread *writer, struct group *group)
{
        if (group->count == 0)
                return;
        struct error error = {.status = STATUS_OK};
        enum status status = change(writer, TRANSACTION_COMMIT, &error);
        if (status) {
                undo(writer, TRANSACTION_ROLLBACK);
                lose(group, &error, status);
        }
}

/* What was acknowledged is durable without it: a checkpoint that fails or is kept back by a reader comes later. */
static void limit_log(struct write_thread *writer, enum request_kind kind)
{
        const struct engine *engine = writer->database->engine;
        uint64_t limit = kind == REQUEST_BULK ? BULK_LOG_BYTES_MAX : LOG_BYTES_MAX;
        uint64_t bytes = engine->log_bytes(writer->connection);
        if (bytes < limit || bytes < writer->checkpoint_at_bytes)
                return;
        enum status status = engine->checkpoint(writer->connection, false, NULL);
        bytes = engine->log_bytes(writer->connection);
        writer->checkpoint_at_bytes = status || bytes > 0 ? bytes + LOG_BYTES_MAX : 0;
}

static void run_batch(struct write_thread *writer, struct request *batch)
{
        enum request_kind kind = batch->kind;
        if (kind == REQUEST_CHECKPOINT) {
                batch->status = writer->database->engine->checkpoint(writer->connection, true, batch->error);
                writer->checkpoint_at_bytes = 0;
                return;
        }
        struct group group = {.count = 0};
        for (struct request *request = batch; request; request = request->next)
                execute(writer, &group, request);
        commit(writer, &group);
        limit_log(writer, kind);
}

/* Cuts what can be committed together from the queue; called inside the monitor. */
static struct request *take_batch(struct write_thread *writer)
{
        struct request *batch = writer->first, *last = batch;
        for (size_t count = 1; batch->kind == REQUEST_WRITE && count < BATCH_MAX && last->next &&
                               last->next->kind == REQUEST_WRITE; count++)
                last = last->next;
        writer->first = last->next;
        if (!writer->first)
                writer->last = NULL;
        last->next = NULL;
        return batch;
}

static void run_thread(void *context)
{
        struct write_thread *writer = context;
        is_writer = true;
        monitor_enter(writer->monitor);
        for (;;) {
                while (!writer->first && !writer->stopping)
                        monitor_wait(writer->monitor);
                if (!writer->first)
                        break;
                struct request *batch = take_batch(writer);
                monitor_leave(writer->monitor);
                run_batch(writer, batch);
                monitor_enter(writer->monitor);
                for (struct request *request = batch, *next; request; request = next) {
                        next = request->next; /* once done, its thread may take it away */
                        request->done = true;
                }
                monitor_wake_all(writer->monitor);
        }
        monitor_leave(writer->monitor);
        enum status ignored = writer->database->engine->checkpoint(writer->connection, true, NULL);
        (void)ignored;
}

static void free_writer(struct write_thread *writer)
{
        db_disconnect(writer->connection);
        monitor_free(writer->monitor);
        free(writer);
}

enum status write_thread_start(struct database *database, struct connection *connection, struct error *error)
{
        struct write_thread *writer = calloc(1, sizeof(*writer));
        if (!writer) {
                db_disconnect(connection);
                return error_memory(error);
        }
        writer->database = database;
        writer->connection = connection;
        enum status status = connection_check_queries(connection, error);
        /* A crash leaves a log behind: moved now, so that it does not grow from there. */
        if (!status)
                status = database->engine->checkpoint(connection, true, error);
        if (!status)
                status = monitor_new(&writer->monitor, error);
        if (!status)
                status = thread_start(run_thread, writer, &writer->thread, error);
        if (status) {
                free_writer(writer);
                return status;
        }
        database->writer = writer;
        __atomic_store_n(&database->checked, true, __ATOMIC_RELEASE);
        return STATUS_OK;
}

void write_thread_stop(struct database *database)
{
        struct write_thread *writer = database->writer;
        if (!writer)
                return;
        monitor_enter(writer->monitor);
        writer->stopping = true;
        monitor_wake_all(writer->monitor);
        monitor_leave(writer->monitor);
        thread_join(writer->thread);
        free_writer(writer);
        database->writer = NULL;
}

static enum status submit(struct database *database, struct request *request)
{
        struct write_thread *writer = database->writer;
        assert(!is_writer); /* a write function that waits for the writer would wait for ever */
        if (!writer)
                return error_set(request->error, STATUS_CONFLICT, "database.read_only", NULL);
        monitor_enter(writer->monitor);
        if (writer->last)
                writer->last->next = request;
        else
                writer->first = request;
        writer->last = request;
        monitor_wake_all(writer->monitor);
        while (!request->done)
                monitor_wait(writer->monitor);
        monitor_leave(writer->monitor);
        return request->status;
}

enum status db_write(struct database *database, write_function function, void *context, struct error *error)
{
        struct request request = {.kind = REQUEST_WRITE, .work = function, .context = context, .error = error};
        return submit(database, &request);
}

enum status db_write_bulk(struct database *database, write_function function, void *context, struct error *error)
{
        struct request request = {.kind = REQUEST_BULK, .work = function, .context = context, .error = error};
        return submit(database, &request);
}

enum status db_checkpoint(struct database *database, struct error *error)
{
        struct request request = {.kind = REQUEST_CHECKPOINT, .error = error};
        return submit(database, &request);
}
