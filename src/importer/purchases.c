/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchases.c: conducts the import of purchases; the steps are named in purchases.h.
 */
#include "importer/purchases.h"

#include <stdlib.h>

#include "db/write.h"
#include "facts/index_format.h"
#include "facts/rebuild.h"
#include "importer/purchase_documents.h"
#include "importer/purchase_names.h"
#include "importer/purchase_rejects.h"
#include "importer/purchase_shelves.h"
#include "importer/registry.h"
#include "importer/staged.h"
#include "platform/thread.h"
#include "queries.h"

enum { WORKERS_MAX = 16, BATCHES_AHEAD = 2 };
/* Shelves and names share the memory of parsing: who has many customers gets smaller shelves, and more runs. */
#define PARSE_BYTES_MAX ((size_t)208 << 20)
#define SHELVES_BYTES_MAX ((size_t)176 << 20)
#define SHELVES_BYTES_MIN ((size_t)80 << 20)

/* Full shelves on their way to disk, in a thread beside the workers that fill the next ones. */
struct spill {
        struct purchases *purchases;
        struct fragment_shelf shelves[WORKERS_MAX];
        struct thread *thread;          /* NULL: none under way */
        bool begun;                     /* at least one there was */
        enum status status;
        struct error error;
};

/* Everything of one purchases import; hangs on run->state until the frame releases it. */
struct purchases {
        struct purchase_layout layout;
        struct purchase_worker workers[WORKERS_MAX];
        size_t worker_count;
        struct purchase_names names;
        struct fragment_merge *merge;
        struct spill spill;
        size_t shelves_bytes_max;       /* both those being filled and those being spilled */
        struct purchase_documents documents;
        uint64_t segment;       /* finished segment of the column index; 0: none */
        bool index_stale;
};

static void release(struct import_run *run)
{
        struct purchases *purchases = run->state;
        if (!purchases)
                return;
        thread_join(purchases->spill.thread);
        for (size_t i = 0; i < purchases->worker_count; i++)
                fragment_shelf_clear(&purchases->spill.shelves[i]);
        for (size_t i = 0; i < purchases->worker_count; i++)
                purchase_worker_release(&purchases->workers[i]);
        purchase_documents_release(&purchases->documents);
        fragment_merge_free(purchases->merge);
        purchase_names_release(&purchases->names);
        free(purchases);
        run->state = NULL;
}

static void layout_init(struct purchase_layout *layout, const struct import_run *run)
{
        *layout = (struct purchase_layout){
                .file_columns = run->mapping.file_columns,
                .mark = source_file_decimal(run->file),
                .minor_digits = run->minor_digits,
                .cell_errors = source_file_is_workbook(run->file),
                .currency = run->currency,
        };
        for (int i = 0; i < PURCHASE_COLUMN_COUNT; i++) {
                const struct mapped_column *column = column_mapping_find(&run->mapping, purchase_column_names[i]);
                layout->columns[i] = (struct purchase_source){.position = -1};
                if (!column)
                        continue;
                layout->columns[i].position = column->position;
                layout->columns[i].prefix = column->column->prefix;
                layout->columns[i].constant = column->column->constant;
                layout->columns[i].format = column->format;
                layout->columns[i].neutralised = column->neutralised;
        }
        const struct purchase_source *group = &layout->columns[PURCHASE_GROUP];
        layout->group_of_article = group->position >= 0
                                   && group->position == layout->columns[PURCHASE_ARTICLE].position
                                   && layout->columns[PURCHASE_ARTICLE].prefix == 0;
        layout->digital = column_mapping_find(&run->mapping, "digital");
        layout->has_marks = layout->digital || column_mapping_find(&run->mapping, "cost");
        layout->carries_marks = layout->has_marks || column_mapping_find(&run->mapping, "amount")
                                || (column_mapping_find(&run->mapping, "product_group") && !layout->group_of_article);
}

static void report(void *context)
{
        import_report_progress(context);
}

/* ---- parsing: full shelves are spilled while the next ones are filled ------------------------------------------- */

/* What the shelves may hold, those being spilled included; the names customers have already count as well. */
static size_t shelves_bytes_max(const struct purchases *purchases, const struct import_run *run)
{
        if (run->options->shelves_bytes)
                return run->options->shelves_bytes;
        size_t others = purchase_names_bytes(&purchases->names);
        for (size_t i = 0; i < purchases->worker_count; i++)
                others += dictionary_bytes(&purchases->workers[i].customers);
        size_t most = others < PARSE_BYTES_MAX ? PARSE_BYTES_MAX - others : 0;
        return most > SHELVES_BYTES_MAX ? SHELVES_BYTES_MAX : most < SHELVES_BYTES_MIN ? SHELVES_BYTES_MIN : most;
}

static size_t shelves_bytes(const struct purchases *purchases)
{
        size_t bytes = 0;
        for (size_t i = 0; i < purchases->worker_count; i++)
                bytes += fragment_shelf_bytes(&purchases->workers[i].shelf);
        return bytes;
}

/* Lets the workers fill their shelves up to `bytes`. */
static enum status fill(struct purchases *purchases, struct import_run *run, size_t bytes, bool *ret_ended,
                        struct error *error)
{
        size_t names = 0;
        for (size_t i = 0; i < purchases->worker_count; i++)
                names += dictionary_bytes(&purchases->workers[i].customers);
        enum status status = purchase_shelves_fill(purchases->workers, purchases->worker_count, run->file,
                                                   names + bytes, report, run, ret_ended, error);
        return status == STATUS_OK ? import_check(run, error) : status;
}

/* Whether the rest of the file is likely to fit on the shelves, going by what lies there. */
static bool rest_fits(const struct purchases *purchases, const struct import_run *run)
{
        uint64_t done = source_file_bytes_done(run->file), total = source_file_bytes_total(run->file);
        uint64_t bytes = shelves_bytes(purchases), most = purchases->shelves_bytes_max;
        return total >= done && done > 0 && bytes <= most && total - done <= (most - bytes) * done / (bytes + 1);
}

static void spill_shelves(void *context)
{
        struct spill *spill = context;
        struct purchases *purchases = spill->purchases;
        struct purchase_names *names = &purchases->names;
        size_t threads = purchases->worker_count / 2;
        spill->status = purchase_names_resolve_customers(names, &spill->error);
        if (spill->status == STATUS_OK)
                spill->status = fragment_merge_spill(purchases->merge, spill->shelves, names->fragment_names,
                                                     purchases->worker_count, threads ? threads : 1, &spill->error);
}

/* Waits for the spill under way. */
static enum status spill_end(struct purchases *purchases, struct error *error)
{
        struct spill *spill = &purchases->spill;
        if (!spill->thread)
                return STATUS_OK;
        thread_join(spill->thread);
        spill->thread = NULL;
        if (spill->status != STATUS_OK)
                *error = spill->error;
        return spill->status;
}

/* Takes the workers' shelves away; the workers get empty ones. */
static void take_shelves(struct purchases *purchases)
{
        for (size_t i = 0; i < purchases->worker_count; i++) {
                struct purchase_worker *worker = &purchases->workers[i];
                purchases->spill.shelves[i] = worker->shelf;
                fragment_shelf_init(&worker->shelf, (uint32_t)i);
                purchase_worker_weigh(worker);
        }
}

static enum status spill_begin(struct purchases *purchases, const struct import_run *run, struct error *error)
{
        struct spill *spill = &purchases->spill;
        spill->purchases = purchases;
        spill->begun = true;
        purchases->shelves_bytes_max = shelves_bytes_max(purchases, run);
        take_shelves(purchases);
        return thread_start(spill_shelves, spill, &spill->thread, error);
}

/* Sorts what is still on the shelves; it passes through the place of what is spilled, where nothing is any more. */
static enum status start_merging(struct purchases *purchases, struct error *error)
{
        take_shelves(purchases);
        enum status status = purchase_names_resolve_customers(&purchases->names, error);
        return status ? status
                      : fragment_merge_start(purchases->merge, purchases->spill.shelves,
                                             purchases->names.fragment_names, purchases->worker_count, error);
}

/* Fills the shelves: half of the memory at a time, so that the other half can be spilled meanwhile, but all of it when
 * that does without spilling. */
static enum status fill_shelves(struct purchases *purchases, struct import_run *run, bool *ret_ended,
                                struct error *error)
{
        size_t most = purchases->shelves_bytes_max;
        enum status status = fill(purchases, run, most / 2, ret_ended, error);
        bool spilled = purchases->spill.begun;
        if (status == STATUS_OK && !*ret_ended && !spilled && rest_fits(purchases, run))
                status = fill(purchases, run, most, ret_ended, error);
        enum status spilling = spill_end(purchases, status == STATUS_OK ? error : &(struct error){0});
        return status == STATUS_OK ? spilling : status;
}

/* Parses the whole file: full shelves are spilled as sorted runs, the rest stays in memory. */
static enum status parse(struct purchases *purchases, struct import_run *run, struct error *error)
{
        bool ended = false;
        enum status status = STATUS_OK;
        while (status == STATUS_OK && !ended) {
                status = fill_shelves(purchases, run, &ended, error);
                if (status == STATUS_OK)
                        status = purchase_names_resolve(&purchases->names, error);
                if (status == STATUS_OK)
                        status = ended ? start_merging(purchases, error) : spill_begin(purchases, run, error);
        }
        for (size_t i = 0; i < purchases->worker_count; i++)
                run->counters.lines_read += purchases->workers[i].lines;
        run->counters.articles_several_groups = purchase_names_conflicts(&purchases->names);
        if (status != STATUS_OK)
                return status;
        /* Nobody is looked up any more, and the most memory is needed now: a million customers, several times. */
        registry_customers_forget(run);
        for (size_t i = 0; i < purchases->worker_count; i++)
                dictionary_seal(&purchases->workers[i].customers);
        return purchase_names_seal(&purchases->names, error);
}

/* ---- staging: one thread joins documents, the writer stores them ------------------------------------------------ */

struct joiner {
        struct purchase_documents *documents;
        struct queue *queue;
        bool stopped;                   /* atomic: nobody wants more */
        enum status status;
        struct error error;
};

static void join_documents(void *context)
{
        struct joiner *joiner = context;
        bool more = joiner->documents->has_next;
        while (joiner->status == STATUS_OK && more && !__atomic_load_n(&joiner->stopped, __ATOMIC_RELAXED)) {
                struct document_batch *batch = document_batch_new();
                joiner->status = batch ? purchase_documents_next(joiner->documents, batch, &more, &joiner->error)
                                       : error_memory(&joiner->error);
                if (joiner->status != STATUS_OK || batch->count == 0 || !queue_put(joiner->queue, batch)) {
                        bool stopped = joiner->status == STATUS_OK && batch->count;
                        document_batch_free(batch);
                        if (stopped)
                                break;
                }
        }
        queue_close(joiner->queue);
}

struct staging {
        struct import_run *run;
        const struct document_batch *batch;
};

static enum status write_batch(struct connection *connection, void *context, struct error *error)
{
        const struct staging *staging = context;
        const struct document_batch *batch = staging->batch;
        const struct q_purchases_insert_args *last = &batch->documents[batch->count - 1];
        enum status status = staged_hold(connection, staging->run->import_id, error);
        if (!status)
                status = q_purchases_insert(connection, batch->documents, batch->count, NULL, error);
        return status ? status
                      : staged_move(connection, staging->run, batch->count, last->customer_id, last->number, error);
}

static enum status store_batches(struct import_run *run, struct joiner *joiner, struct error *error)
{
        enum status status = STATUS_OK;
        void *item;
        while (queue_get(joiner->queue, &item)) {
                struct staging staging = {run, item};
                document_batch_seal(item);
                if (status == STATUS_OK)
                        status = db_write_bulk(run->database, write_batch, &staging, error);
                if (status == STATUS_OK)
                        run->rows_staged += staging.batch->count;
                document_batch_free(item);
                if (status == STATUS_OK)
                        status = import_check(run, error);
                __atomic_store_n(&joiner->stopped, status != STATUS_OK, __ATOMIC_RELAXED);
        }
        return status;
}

static enum status stage_documents(struct purchases *purchases, struct import_run *run, struct error *error)
{
        struct purchase_documents *documents = &purchases->documents;
        struct joiner joiner = {.documents = documents};
        struct thread *thread;
        enum status status = purchase_documents_init(documents, run, &purchases->names, purchases->merge,
                                                     purchases->layout.group_of_article, error);
        if (status == STATUS_OK)
                status = fragment_merge_next(purchases->merge, &documents->next, &documents->has_next, error);
        if (status == STATUS_OK)
                status = queue_new(BATCHES_AHEAD, &joiner.queue, error);
        if (status != STATUS_OK)
                return status;
        status = thread_start(join_documents, &joiner, &thread, error);
        if (status == STATUS_OK) {
                status = store_batches(run, &joiner, error);
                thread_join(thread);
        }
        queue_free(joiner.queue);
        if (status == STATUS_OK && joiner.status != STATUS_OK) {
                *error = joiner.error;
                status = joiner.status;
        }
        return status;
}

/* ---- what is left over ------------------------------------------------------------------------------------------ */

static enum status unrecord(struct connection *connection, void *context, struct error *error)
{
        struct import_run *run = context;
        struct purchases *purchases = run->state;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < purchases->names.customer_count && status == STATUS_OK; i++) {
                const struct purchase_customer *customer = &purchases->names.customers[i];
                if (!customer->created || customer->accepted)
                        continue;
                struct q_purchase_unrecord_customer_args args = {customer->id, run->import_id};
                int64_t changes;
                status = q_purchase_unrecord_customer(connection, &args, &changes, error);
        }
        return status;
}

/* Customers whose documents were all rejected do not come into being. */
static enum status drop_ghosts(struct purchases *purchases, struct import_run *run, struct error *error)
{
        uint64_t ghosts = 0;
        for (size_t i = 0; i < purchases->names.customer_count; i++) {
                const struct purchase_customer *customer = &purchases->names.customers[i];
                ghosts += customer->created && !customer->accepted;
        }
        run->counters.customers_created -= ghosts;
        if (ghosts == 0 || run->dry_run)
                return STATUS_OK;
        return db_write_bulk(run->database, unrecord, run, error);
}

static enum status write_rejects(struct purchases *purchases, struct import_run *run, struct error *error)
{
        struct hash_set *rejected = &purchases->documents.rejected;
        for (size_t w = 0; w < purchases->worker_count; w++) {
                const struct hash_set *orphans = &purchases->workers[w].orphans;
                for (size_t i = 0; i < orphans->slots; i++)
                        if (orphans->hashes[i] && !hash_set_add(rejected, orphans->hashes[i], REJECTED_BY_LINE))
                                return error_memory(error);
        }
        run->counters.rows_rejected = rejected->count;
        if (rejected->count == 0)
                return STATUS_OK;
        return purchase_rejects_write(run, &purchases->layout, rejected, error);
}

/* After the publish: the new segment joins the index, or the index is built afresh. */
static enum status publish_index(struct import_run *run, struct error *error)
{
        struct purchases *purchases = run->state;
        char directory[IMPORT_FILE_NAME_MAX];
        snprintf(directory, sizeof(directory), "%s/index", database_directory(run->database));
        struct index_manifest manifest = {0};
        uint64_t checksum;
        if (manifest_read(directory, &manifest, &checksum, NULL) != STATUS_OK)
                manifest = (struct index_manifest){0}; /* missing or damaged: as if it covered nothing */
        struct q_purchase_imports_since_args args = {.covered = manifest.generation, .generation = run->generation};
        struct q_purchase_imports_since_row row;
        bool found;
        struct audit_point point = manifest.point;
        size_t segments = manifest.segment_count;
        manifest_release(&manifest);
        bool ours = false;
        enum status status = audit_point_holds(run->connection, &point, &ours, error);
        if (status == STATUS_OK)
                status = q_purchase_imports_since(run->connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (!ours || purchases->index_stale || row.imports > 0 || segments >= INDEX_SEGMENTS_MAX)
                return index_rebuild(run->database, run->connection, error);
        status = audit_point_latest(run->connection, &point, error);
        return status ? status
                      : index_publish(directory, run->generation, &point, &purchases->segment,
                                      purchases->segment ? 1 : 0, false, error);
}

static enum status finish_segment(struct purchases *purchases, struct error *error)
{
        struct purchase_documents *documents = &purchases->documents;
        purchases->index_stale = documents->index_stale;
        struct index_builder *builder = documents->builder;
        documents->builder = NULL;
        return builder ? index_builder_finish(builder, &purchases->segment, error) : STATUS_OK;
}

enum status import_purchases(struct import_run *run, struct error *error)
{
        struct purchases *purchases = calloc(1, sizeof(*purchases));
        if (!purchases)
                return error_memory(error);
        run->state = purchases;
        run->release = release;
        run->published = publish_index;
        layout_init(&purchases->layout, run);
        purchases->shelves_bytes_max = shelves_bytes_max(purchases, run);
        unsigned threads = run->options->threads ? run->options->threads : processor_count();
        purchases->worker_count = threads < WORKERS_MAX ? threads : WORKERS_MAX;
        for (size_t i = 0; i < purchases->worker_count; i++)
                purchase_worker_init(&purchases->workers[i], &purchases->layout, (uint32_t)i);
        char staging[IMPORT_FILE_NAME_MAX];
        snprintf(staging, sizeof(staging), "%s/staging", database_directory(run->database));
        enum status status = purchase_names_init(&purchases->names, run, purchases->workers,
                                                 purchases->worker_count, error);
        if (status == STATUS_OK)
                status = fragment_merge_new(staging, &purchases->merge, error);
        if (status == STATUS_OK)
                status = parse(purchases, run, error);
        if (status == STATUS_OK)
                status = staged_begin(run, error);
        if (status == STATUS_OK)
                status = stage_documents(purchases, run, error);
        if (status == STATUS_OK)
                status = drop_ghosts(purchases, run, error);
        if (status == STATUS_OK)
                status = write_rejects(purchases, run, error);
        if (status == STATUS_OK)
                status = finish_segment(purchases, error);
        return status;
}
