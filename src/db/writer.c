/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * writer.c: the group-commit writer. Requests that wait while another is being committed are executed and committed
 * together, so that one sync serves them all.
 *
 * With a server, connections get lost and transactions meet others. Then the whole group is carried out again, on a
 * fresh connection where needed. Whether a commit whose answer was lost happened is told by a key it carries: a random
 * one per group, written by its transaction. Carried out again, the group begins by claiming the same key; when it is
 * there, the commit happened and the group is done. A late commit of the lost connection cannot slip in behind that, as
 * it inserts the same key.
 */
#include <assert.h>

#include "db/engine.h"
#include "db/identity.h"
#include "db/write.h"
#include "platform/clock.h"
#include "platform/monitor.h"
#include "platform/random.h"
#include "platform/thread.h"

/* How many requests share a commit, and how large the log may grow before it is moved into the database. */
enum { BATCH_MAX = 256 };
/* How often a group that met others is tried, how long a lost connection is waited for, and for the next group after
 * that was in vain; how long keys are kept. */
enum { TRIES_MAX = 20, RECONNECT_MS = 60000, RECONNECT_AGAIN_MS = 2000, PAUSE_FIRST_MS = 20, PAUSE_LONGEST_MS = 2000,
       KEY_BYTES = 32 };
#define KEY_KEPT_MS ((int64_t)24 * 3600 * 1000)
#define LOG_BYTES_MAX ((uint64_t)64 << 20)

enum request_kind { REQUEST_WRITE, REQUEST_BULK, REQUEST_CHECKPOINT };

/* Lies on the stack of the thread that waits for it. */
struct request {
        enum request_kind kind;
        write_function work;
        void *context;
        struct error *error;
        enum status status;
        bool done;
        bool committing; /* belongs to a commit whose answer was lost */
        struct request *next;
};

struct write_thread {
        struct database *database;
        struct connection *connection; /* only the thread uses it */
        struct thread *thread;
        struct monitor *monitor; /* guards all below, and `done` of the requests */
        struct request *first, *last;
        bool stopping;
        uint64_t checkpoint_at_bytes; /* only the thread uses it, as all below */
        bool cut_off;                    /* the last attempts to connect were in vain */
        char key[KEY_BYTES + 1];         /* of the group at hand */
        bool key_stored;                 /* the group at hand was committed */
        char settled_key[KEY_BYTES + 1]; /* of the group committed before, to be forgotten; "" when there is none */
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
        writer->database->identity.leased = false;
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
        if (!status)
                status = writer->database->engine->settle(writer->connection, error);
        if (!status && !writer->database->engine->in_transaction(writer->connection))
                status = error_set(error, STATUS_DATABASE, "database.transaction_lost", NULL);
        return status;
}

/* Writes the key of the group. `again`: *ret_done true when a commit before happened. */
static enum status mark(struct write_thread *writer, bool again, bool *ret_done, struct error *error)
{
        int64_t now_ms = clock_now_ms(), changes = 1;
        struct text key = text_of(writer->key);
        enum status status;
        if (again)
                status = q_idempotency_claim(writer->connection, &(struct q_idempotency_claim_args){key, now_ms},
                                             &changes, error);
        else
                status = q_idempotency_mark(writer->connection, &(struct q_idempotency_mark_args){key, now_ms}, NULL,
                                            error);
        if (!status && changes)
                status = q_idempotency_forget(
                        writer->connection,
                        &(struct q_idempotency_forget_args){text_of(writer->settled_key), now_ms - KEY_KEPT_MS}, NULL,
                        error);
        if (!status)
                *ret_done = changes == 0;
        return status;
}

/* Begins the group's transaction; *ret_done true when it was committed before. */
static enum status begin(struct write_thread *writer, enum request_kind kind, bool again, bool *ret_done,
                         struct error *error)
{
        *ret_done = false;
        enum status status = change(writer, kind == REQUEST_BULK ? TRANSACTION_BEGIN_BULK : TRANSACTION_BEGIN_WRITE,
                                    error);
        if (!status && writer->database->engine->shared)
                status = mark(writer, again, ret_done, error);
        return status;
}

/* Executes a request in the group's transaction. The first one needs no savepoint: failing, it ends the transaction.
 * That spares bulk staging the second journal that SQLite keeps for savepoints. What is returned is to be done about
 * the whole group; then the request has no outcome yet and `error` says why. */
static enum recovery execute(struct write_thread *writer, struct group *group, struct request *request, bool again,
                             bool *ret_done, struct error *error)
{
        const struct engine *engine = writer->database->engine;
        bool first = group->count == 0;
        enum status status = first ? begin(writer, request->kind, again, ret_done, error)
                                   : change(writer, TRANSACTION_SAVEPOINT, error);
        if (!status && *ret_done)
                return RECOVERY_NONE;
        bool begun = !status;
        if (begun) {
                request->committing = false;
                status = work(writer, request, error);
                if (!status && !first)
                        status = change(writer, TRANSACTION_RELEASE, error);
        }
        if (!status) {
                request->status = STATUS_OK;
                group->members[group->count++] = request;
                return RECOVERY_NONE;
        }
        enum recovery recovery = engine->recovery(writer->connection);
        if (first || recovery)
                undo(writer, TRANSACTION_ROLLBACK);
        else if (begun)
                undo(writer, TRANSACTION_ROLLBACK_TO);
        if (recovery)
                return recovery;
        request->status = status;
        if (request->error)
                *request->error = *error;
        if (!first && !engine->in_transaction(writer->connection))
                lose(group, error, status);
        return RECOVERY_NONE;
}

static enum recovery commit(struct write_thread *writer, struct group *group, struct error *error)
{
        if (group->count == 0)
                return RECOVERY_NONE;
        enum status status = change(writer, TRANSACTION_COMMIT, error);
        writer->key_stored = !status;
        if (!status)
                return RECOVERY_NONE;
        enum recovery recovery = writer->database->engine->recovery(writer->connection);
        undo(writer, TRANSACTION_ROLLBACK);
        for (size_t i = 0; recovery == RECOVERY_RECONNECT && i < group->count; i++)
                group->members[i]->committing = true;
        if (!recovery)
                lose(group, error, status);
        return recovery;
}

/* Carries the group out once; *ret_done true when it turned out to be committed before. */
static enum recovery attempt(struct write_thread *writer, struct request *batch, bool again, bool *ret_done,
                             struct error *error)
{
        struct group group = {.count = 0};
        for (struct request *request = batch; request; request = request->next) {
                enum recovery recovery = execute(writer, &group, request, again, ret_done, error);
                if (recovery)
                        return recovery;
                if (*ret_done) {
                        writer->key_stored = true;
                        undo(writer, TRANSACTION_ROLLBACK);
                        return RECOVERY_NONE;
                }
        }
        return commit(writer, &group, error);
}

static bool reconnect(struct write_thread *writer, struct error *error)
{
        unsigned pause_ms = PAUSE_FIRST_MS;
        int64_t wait_ms = writer->cut_off ? RECONNECT_AGAIN_MS : RECONNECT_MS;
        int64_t until_ns = clock_monotonic_ns() + wait_ms * 1000000;
        enum status status;
        while ((status = writer->database->engine->reconnect(writer->connection, error)) &&
               clock_monotonic_ns() < until_ns) {
                thread_sleep_ms(pause_ms);
                pause_ms = pause_ms * 2 < PAUSE_LONGEST_MS ? pause_ms * 2 : PAUSE_LONGEST_MS;
        }
        writer->cut_off = status != STATUS_OK;
        return status == STATUS_OK;
}

/* Transactions that met each other should not meet again. */
static bool pause_before(unsigned tries)
{
        if (tries > TRIES_MAX)
                return false;
        thread_sleep_ms(1 + (unsigned)(random_u64() % (PAUSE_FIRST_MS * (uint64_t)tries)));
        return true;
}

/* No further attempt. Of a commit whose answer was lost nobody knows. */
static void give_up(struct write_thread *writer, struct request *batch, const struct error *error)
{
        for (struct request *request = batch; request; request = request->next) {
                request->status = error->status;
                if (request->error)
                        *request->error = *error;
                if (request->committing)
                        request->status = error_set(request->error, STATUS_DATABASE, "database.outcome_unknown", "path",
                                                    writer->database->place, NULL);
        }
}

static void new_key(struct write_thread *writer)
{
        if (writer->key_stored)
                memcpy(writer->settled_key, writer->key, sizeof(writer->key));
        writer->key_stored = false;
        snprintf(writer->key, sizeof(writer->key), "%016llx%016llx", (unsigned long long)random_u64(),
                 (unsigned long long)random_u64());
}

/* Until it has an outcome. */
static void run_group(struct write_thread *writer, struct request *batch)
{
        if (writer->database->engine->shared)
                new_key(writer);
        struct error error = {.status = STATUS_OK};
        bool done = false;
        unsigned tries = 0;
        enum recovery recovery;
        while ((recovery = attempt(writer, batch, tries > 0, &done, &error))) {
                tries++;
                if (recovery == RECOVERY_RECONNECT ? reconnect(writer, &error) : pause_before(tries))
                        continue;
                give_up(writer, batch, &error);
                /* Should a commit have happened, its key tells for a while. */
                writer->key[0] = '\0';
                return;
        }
        for (struct request *request = batch; request && done; request = request->next)
                if (request->committing)
                        request->status = STATUS_OK;
}

/* What was acknowledged is durable without it: a checkpoint that fails or is kept back by a reader comes later. */
static void limit_log(struct write_thread *writer)
{
        const struct engine *engine = writer->database->engine;
        uint64_t bytes = engine->log_bytes(writer->connection);
        if (bytes < LOG_BYTES_MAX || bytes < writer->checkpoint_at_bytes)
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
        run_group(writer, batch);
        limit_log(writer);
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

/* The node number and the last key, before the end of the process. Left behind they run out by themselves. */
static void give_back(struct write_thread *writer)
{
        if (!writer->database->engine->shared || writer->cut_off || writer->key[0] == '\0')
                return;
        struct q_idempotency_forget_args forget = {
                text_of(writer->key_stored ? writer->key : writer->settled_key), INT64_MIN};
        enum status status = change(writer, TRANSACTION_BEGIN_BULK, NULL);
        if (!status)
                status = identity_give_back(writer->connection, NULL);
        if (!status)
                status = q_idempotency_forget(writer->connection, &forget, NULL, NULL);
        if (!status)
                status = change(writer, TRANSACTION_COMMIT, NULL);
        if (status)
                undo(writer, TRANSACTION_ROLLBACK);
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
        give_back(writer);
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
        /* A crash leaves a log behind: moved now, so that it does not grow from there. */
        enum status status = database->engine->checkpoint(connection, true, error);
        if (!status)
                status = monitor_new(&writer->monitor, error);
        if (!status)
                status = thread_start(run_thread, writer, &writer->thread, error);
        if (status) {
                free_writer(writer);
                return status;
        }
        database->writer = writer;
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
