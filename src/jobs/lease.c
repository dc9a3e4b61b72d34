/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * lease.c: the rows of jobs.
 */
#include "jobs/lease.h"

#include "db/identity.h"
#include "db/write.h"
#include "jobs/failure.h"
#include "platform/clock.h"
#include "queries.h"
#include "render/json.h"

enum { DETAIL_BYTES_MAX = 16384, NUMBER_BYTES = 24 };

const char *const job_state_names[JOB_STATE_COUNT] = {"waiting", "running", "done", "failed", "cancelled"};

static enum status unknown(int64_t id, struct error *error)
{
        char number[NUMBER_BYTES];
        snprintf(number, sizeof(number), "%lld", (long long)id);
        return error_set(error, STATUS_NOT_FOUND, "job.unknown", "job", number, NULL);
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

enum status job_add(struct connection *connection, const struct job_order *order, int64_t *ret_id, struct error *error)
{
        int64_t id, changes = 0, now_ms = clock_now_ms();
        enum status status = identity_next(connection, &id, error);
        if (status)
                return status;
        struct q_job_insert_args args = {
                .id = id,
                .kind = text_of(order->kind),
                .arguments = order->arguments.length ? order->arguments : text_of("{}"),
                .lock_name = text_of(order->lock ? order->lock : ""),
                .home = text_of(order->home ? order->home : ""),
                .has_once_key = order->once_key != NULL,
                .once_key = text_of(order->once_key ? order->once_key : ""),
                .priority = order->priority,
                .run_after_ms = order->run_after_ms ? order->run_after_ms : now_ms,
                .account_id = order->account_id,
                .actor = text_of(order->actor ? order->actor : "jobs"),
                .language = text_of(language_code(order->language)),
                .created_ms = now_ms,
        };
        status = q_job_insert(connection, &args, &changes, error);
        if (status)
                return status;
        if (changes == 0) {
                struct q_job_once_find_row row;
                bool found;
                status = q_job_once_find(connection, &(struct q_job_once_find_args){args.once_key}, &row, &found,
                                         error);
                if (status)
                        return status;
                id = found ? row.id : 0;
        }
        *ret_id = id;
        return STATUS_OK;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static enum job_state state_of(struct text name)
{
        for (int i = 0; i < JOB_STATE_COUNT; i++)
                if (text_is(name, job_state_names[i]))
                        return (enum job_state)i;
        return JOB_FAILED; /* the schema allows no other */
}

static enum status load(struct connection *connection, const struct q_job_get_args *args, struct arena *arena,
                        struct job_record *ret, struct error *error)
{
        struct q_job_get_row row;
        int64_t id = args->id;
        bool found;
        enum status status = q_job_get(connection, args, &row, &found, error);
        if (status)
                return status;
        if (!found)
                return unknown(id, error);
        struct job_record record = {
                .id = id,
                .state = state_of(row.state),
                .priority = row.priority,
                .tries = row.tries,
                .run_after_ms = row.run_after_ms,
                .cancelling = row.cancelled_by.length > 0,
                .done = row.done,
                .total = row.total,
                .account_id = row.account_id,
                .created_ms = row.created_ms,
                .started_ms = row.has_started_ms ? row.started_ms : 0,
                .ended_ms = row.has_ended_ms ? row.ended_ms : 0,
        };
        char code[8];
        snprintf(code, sizeof(code), "%.*s", (int)row.language.length, row.language.data);
        if (!language_parse(code, &record.language))
                record.language = LANGUAGE_ENGLISH;
        const struct { struct text from, *to; } texts[] = {
                {row.kind, &record.kind}, {row.arguments, &record.arguments}, {row.words, &record.words},
                {row.result, &record.result}, {row.actor, &record.actor}, {row.cancelled_by, &record.cancelled_by},
        };
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                if (!arena_keep_text(arena, texts[i].from, texts[i].to))
                        return error_memory(error);
        status = failure_read(row.error_key, row.error_detail, arena, &record.error, error);
        if (!status)
                *ret = record;
        return status;
}

enum status job_load(struct connection *connection, int64_t id, struct arena *arena, struct job_record *ret,
                     struct error *error)
{
        return load(connection, &(struct q_job_get_args){.id = id}, arena, ret, error);
}

enum status job_load_own(struct connection *connection, int64_t account_id, int64_t id, struct arena *arena,
                         struct job_record *ret, struct error *error)
{
        if (account_id == 0) /* which stands for anybody in the query */
                return unknown(id, error);
        return load(connection, &(struct q_job_get_args){id, account_id}, arena, ret, error);
}

enum status job_list(struct connection *connection, const struct job_filter *filter, struct arena *arena,
                     struct job_record **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_job_list_args args = {.before = filter->before_id ? filter->before_id : INT64_MAX,
                                       .state = text_of(filter->state ? filter->state : ""),
                                       .kind = text_of(filter->kind ? filter->kind : ""),
                                       .account_id = filter->account_id,
                                       .count = filter->count};
        size_t count = 0, most = filter->count > 0 ? (size_t)filter->count : 0;
        struct job_record *records = arena_array(arena, struct job_record, most + 1);
        bool more = true;
        enum status status = records ? q_job_list_open(connection, &args, &rows, error) : error_memory(error);
        while (!status && more && count < most) {
                struct q_job_list_row row;
                status = q_job_list_next(rows, &row, &more, error);
                if (!status && more)
                        status = job_load(connection, row.id, arena, &records[count], error);
                if (!status && more)
                        count++;
        }
        if (status)
                return status;
        *ret = records;
        *ret_count = count;
        return STATUS_OK;
}

static enum status forget(struct connection *connection, void *context, struct error *error)
{
        return q_job_forget(connection, &(struct q_job_forget_args){*(const int64_t *)context}, NULL, error);
}

enum status job_forget(struct database *database, int64_t before_ms, struct error *error)
{
        return db_write(database, forget, &before_ms, error);
}

/* ---- leases ---------------------------------------------------------------------------------------------------- */

struct taking {
        const struct lease_holder *holder;
        int64_t id;
};

static enum status find_next(struct connection *connection, const struct lease_holder *holder, int64_t *ret_id,
                             struct error *error)
{
        int64_t now_ms = clock_now_ms();
        struct q_job_next_args args = {.now_ms = now_ms, .far_ms = now_ms + holder->far_ms,
                                       .home = text_of(holder->home)};
        struct q_job_next_row row;
        bool found;
        enum status status = q_job_next(connection, &args, &row, &found, error);
        if (!status)
                *ret_id = found ? row.id : 0;
        return status;
}

/* Alone among all writers of the database: what is found here is still there. */
static enum status take(struct connection *connection, void *context, struct error *error)
{
        struct taking *taking = context;
        int64_t changes = 0;
        enum status status = find_next(connection, taking->holder, &taking->id, error);
        if (status || taking->id == 0)
                return status;
        struct q_job_claim_args args = {.id = taking->id,
                                        .holder = text_of(taking->holder->holder),
                                        .holder_home = text_of(taking->holder->home),
                                        .now_ms = clock_now_ms()};
        status = q_job_claim(connection, &args, &changes, error);
        if (changes == 0)
                taking->id = 0;
        return status;
}

enum status lease_take(struct database *database, struct connection *connection, const struct lease_holder *holder,
                       int64_t *ret_id, struct error *error)
{
        struct taking taking = {.holder = holder};
        enum status status = find_next(connection, holder, &taking.id, error);
        if (!status && taking.id)
                status = db_write(database, take, &taking, error);
        if (!status)
                *ret_id = taking.id;
        return status;
}

struct beating {
        const char *holder;
        struct lease_beat *beats;
        size_t count;
};

static enum status beat(struct connection *connection, void *context, struct error *error)
{
        struct beating *beating = context;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < beating->count && !status; i++) {
                struct lease_beat *one = &beating->beats[i];
                struct q_job_beat_args args = {.id = one->id, .holder = text_of(beating->holder), .done = one->done,
                                               .total = one->total, .words = text_of(one->words)};
                int64_t changes = 1;
                status = q_job_beat(connection, &args, &changes, error);
                one->lost = changes == 0;
        }
        return status;
}

enum status lease_beat(struct database *database, const char *holder, struct lease_beat *beats, size_t count,
                       struct error *error)
{
        struct beating beating = {holder, beats, count};
        return count ? db_write(database, beat, &beating, error) : STATUS_OK;
}

static bool write_failure(struct buffer *out, const struct error *error)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        json_key(&json, "status");
        json_int(&json, error->status);
        json_key(&json, "line");
        json_int(&json, error->line);
        json_key(&json, "column");
        json_int(&json, error->column);
        json_key(&json, "arguments");
        json_begin_object(&json);
        for (size_t i = 0; i < error->argument_count; i++) {
                json_key(&json, error->arguments[i].name);
                json_string(&json, error->text + error->arguments[i].offset);
        }
        json_end_object(&json);
        json_end_object(&json);
        return !out->failed;
}

static enum status end(struct connection *connection, void *context, struct error *error)
{
        const struct lease_end *end = context;
        struct buffer detail buffer_cleanup;
        buffer_init(&detail, DETAIL_BYTES_MAX);
        if (end->why && !write_failure(&detail, end->why))
                return error_memory(error);
        struct text key = text_of(end->why ? end->why->key : ""), words = {detail.data, detail.length};
        if (end->state == JOB_WAITING) {
                struct q_job_put_back_args args = {.id = end->id, .holder = text_of(end->holder), .tries = end->tries,
                                                   .run_after_ms = end->run_after_ms, .error_key = key,
                                                   .error_detail = words};
                return q_job_put_back(connection, &args, NULL, error);
        }
        struct q_job_end_args args = {
                .id = end->id,
                .holder = text_of(end->holder),
                .state = text_of(job_state_names[end->state]),
                .done = end->done,
                .total = end->total,
                .result = end->result,
                .error_key = key,
                .error_detail = words,
                .now_ms = clock_now_ms(),
        };
        return q_job_end(connection, &args, NULL, error);
}

enum status lease_end(struct database *database, const struct lease_end *request, struct error *error)
{
        struct lease_end copy = *request;
        return db_write(database, end, &copy, error);
}

static enum status abandon(struct connection *connection, void *context, struct error *error)
{
        const struct lease_lost *lost = context;
        int64_t now_ms = clock_now_ms();
        struct q_job_abandon_args args = {
                .id = lost->id,
                .holder = text_of(lost->holder),
                .beat = lost->beat,
                .state = text_of(job_state_names[lost->again ? JOB_WAITING : JOB_FAILED]),
                .error_key = text_of("job.interrupted"),
                .now_ms = now_ms,
                .has_ended_ms = !lost->again,
                .ended_ms = now_ms,
        };
        return q_job_abandon(connection, &args, NULL, error);
}

enum status lease_abandon(struct database *database, const struct lease_lost *lost, struct error *error)
{
        struct lease_lost copy = *lost;
        return db_write(database, abandon, &copy, error);
}

/* ---- cancelling ------------------------------------------------------------------------------------------------ */

struct cancelling {
        int64_t id;
        const char *actor;
};

static enum status cancel(struct connection *connection, void *context, struct error *error)
{
        const struct cancelling *cancelling = context;
        struct q_job_cancel_waiting_args waiting = {.id = cancelling->id, .actor = text_of(cancelling->actor),
                                                    .now_ms = clock_now_ms()};
        struct q_job_cancel_running_args running = {.id = cancelling->id, .actor = text_of(cancelling->actor)};
        struct q_job_get_row row;
        bool found;
        char number[NUMBER_BYTES];
        enum status status = q_job_get(connection, &(struct q_job_get_args){.id = cancelling->id}, &row, &found, error);
        if (status)
                return status;
        if (!found)
                return unknown(cancelling->id, error);
        snprintf(number, sizeof(number), "%lld", (long long)cancelling->id);
        if (job_state_ended(state_of(row.state)))
                return error_set(error, STATUS_CONFLICT, "job.ended_already", "job", number, NULL);
        if (text_is(row.state, job_state_names[JOB_WAITING]))
                return q_job_cancel_waiting(connection, &waiting, NULL, error);
        return q_job_cancel_running(connection, &running, NULL, error);
}

enum status lease_cancel(struct database *database, int64_t id, const char *actor, struct error *error)
{
        struct cancelling cancelling = {id, actor};
        return db_write(database, cancel, &cancelling, error);
}
