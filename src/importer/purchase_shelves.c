/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_shelves.c: parses blocks of a purchases file on several threads. The hot loop of an import: per line it
 * looks up an article and, when the document changes, a customer; everything else is arithmetic.
 */
#include "importer/purchase_shelves.h"

#include <stdlib.h>

#include "importer/csv.h"
#include "importer/workbook.h"
#include "platform/thread.h"

enum { QUEUE_BLOCKS = 4 };

void purchase_worker_init(struct purchase_worker *worker, const struct purchase_layout *layout, uint32_t number)
{
        *worker = (struct purchase_worker){.layout = layout};
        dictionary_init(&worker->customers);
        dictionary_init(&worker->articles);
        dictionary_init(&worker->groups);
        dictionary_init(&worker->descriptions);
        fragment_shelf_init(&worker->shelf, number);
}

void purchase_worker_release(struct purchase_worker *worker)
{
        dictionary_release(&worker->customers);
        dictionary_release(&worker->articles);
        dictionary_release(&worker->groups);
        dictionary_release(&worker->descriptions);
        fragment_shelf_clear(&worker->shelf);
        hash_set_release(&worker->orphans);
        free(worker->article_group);
        free(worker->article_description);
        free(worker->article_line);
        free(worker->article_conflict);
}

void purchase_worker_weigh(struct purchase_worker *worker)
{
        size_t bytes = fragment_shelf_bytes(&worker->shelf) + dictionary_bytes(&worker->customers);
        __atomic_store_n(&worker->held_bytes, bytes, __ATOMIC_RELAXED);
}

static bool grow_articles(struct purchase_worker *worker)
{
        size_t capacity = worker->article_capacity ? worker->article_capacity * 2 : 1024;
        uint32_t *groups = realloc(worker->article_group, capacity * sizeof(*groups));
        if (groups)
                worker->article_group = groups;
        uint32_t *descriptions = realloc(worker->article_description, capacity * sizeof(*descriptions));
        if (descriptions)
                worker->article_description = descriptions;
        uint64_t *lines = realloc(worker->article_line, capacity * sizeof(*lines));
        if (lines)
                worker->article_line = lines;
        uint8_t *conflicts = realloc(worker->article_conflict, capacity);
        if (conflicts)
                worker->article_conflict = conflicts;
        if (!groups || !descriptions || !lines || !conflicts)
                return false;
        worker->article_capacity = capacity;
        return true;
}

/* Number + 1 of a text in a dictionary; 0 for the empty text or without memory (then the worker has failed). */
static uint32_t optional_number(struct purchase_worker *worker, struct dictionary *dictionary, struct text text)
{
        if (text.length == 0)
                return 0;
        uint32_t number = dictionary_number(dictionary, text, NULL);
        worker->failed |= number == DICTIONARY_FULL;
        return number + 1;
}

/* The article's number; remembers the first group and the first description it came with. */
static bool number_article(struct purchase_worker *worker, struct purchase_line *line, uint64_t number)
{
        bool added;
        uint32_t article = dictionary_number(&worker->articles, line->article, &added);
        if (article == DICTIONARY_FULL || (article >= worker->article_capacity && !grow_articles(worker))) {
                worker->failed = true;
                return false;
        }
        line->line.product = article;
        if (added) {
                worker->article_conflict[article] = 0;
                worker->article_group[article] = optional_number(worker, &worker->groups, line->group);
                worker->article_description[article] = 0;
        }
        if (line->description.length && !worker->article_description[article]) {
                worker->article_description[article] =
                        optional_number(worker, &worker->descriptions, line->description);
                worker->article_line[article] = number;
        }
        if (worker->layout->group_of_article || line->group.length == 0)
                return true;
        uint32_t group = optional_number(worker, &worker->groups, line->group);
        if (!worker->article_group[article])
                worker->article_group[article] = group;
        line->line.marks |= FRAGMENT_GROUP;
        line->line.group = group - 1;
        worker->article_conflict[article] |= group != worker->article_group[article];
        return true;
}

/* Whose document it is was not looked up when it began: the slot of its number was fetched meanwhile. */
static void close_fragment(struct purchase_worker *worker)
{
        if (!worker->open)
                return;
        uint32_t customer = dictionary_number(&worker->customers, worker->last_customer, NULL);
        worker->failed |= customer == DICTIONARY_FULL;
        fragment_name(&worker->shelf, customer);
        fragment_end(&worker->shelf);
        worker->open = false;
}

static void open_fragment(struct purchase_worker *worker, const struct purchase_line *line)
{
        dictionary_prefetch(&worker->customers, line->customer);
        fragment_begin(&worker->shelf, 0, line->document, line->day,
                       worker->layout->carries_marks ? FRAGMENT_MARKED : 0);
        worker->open = true;
        worker->last_customer = line->customer;
        worker->last_document = line->document;
}

static void take_line(struct purchase_worker *worker, struct purchase_line *line, uint64_t number)
{
        if (!number_article(worker, line, number))
                return;
        if (!worker->open || !text_equal(line->document, worker->last_document)
            || !text_equal(line->customer, worker->last_customer)) {
                close_fragment(worker);
                open_fragment(worker, line);
        }
        if (!fragment_add(&worker->shelf, line->day, &line->line)) {
                close_fragment(worker);
                open_fragment(worker, line);
                fragment_add(&worker->shelf, line->day, &line->line);
        }
        worker->lines_rounded += line->rounded;
}

static void take_fault(struct purchase_worker *worker, const struct purchase_line *line)
{
        uint64_t hash = purchase_key_hash(line->customer, line->document, worker->shelf.sheet);
        worker->lines_faulty++;
        close_fragment(worker);
        if (line->customer.length == 0 || line->document.length == 0
            || (worker->layout->cell_errors
                && (text_is_cell_error(line->customer) || text_is_cell_error(line->document)))
            || line->document.length > FRAGMENT_NUMBER_BYTES_MAX) {
                worker->failed |= !hash_set_add(&worker->orphans, hash, 0);
                return;
        }
        uint32_t customer = dictionary_number(&worker->customers, line->customer, NULL);
        worker->failed |= customer == DICTIONARY_FULL;
        if (!worker->failed)
                fragment_reject(&worker->shelf, customer, line->document, hash);
}

void purchase_worker_parse(struct purchase_worker *worker, struct block *block, char delimiter)
{
        struct csv_parser parser = block_parser(block, delimiter, NULL);
        struct text fields[CSV_COLUMNS_MAX];
        size_t count;
        uint64_t number;
        worker->shelf.sheet = (uint16_t)line_sheet(block->first_line);
        while (!worker->failed && csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &number, NULL)) {
                struct purchase_line line;
                struct purchase_fault wrong;
                worker->lines++;
                if (purchase_line_parse(worker->layout, fields, count, &worker->cache, &line, &wrong))
                        take_line(worker, &line, number);
                else
                        take_fault(worker, &line);
        }
        close_fragment(worker); /* its key lies in the block */
        worker->failed |= worker->shelf.failed;
        purchase_worker_weigh(worker);
}

struct parse_thread {
        struct purchase_worker *worker;
        struct queue *queue;
        struct thread *thread;
        char delimiter;
};

static void parse_blocks(void *context)
{
        struct parse_thread *self = context;
        void *item;
        while (queue_get(self->queue, &item)) {
                purchase_worker_parse(self->worker, item, self->delimiter);
                block_release(item);
                free(item);
        }
}

static size_t held_bytes(struct purchase_worker *workers, size_t count)
{
        size_t bytes = 0;
        for (size_t i = 0; i < count; i++)
                bytes += __atomic_load_n(&workers[i].held_bytes, __ATOMIC_RELAXED);
        return bytes;
}

/* Hands blocks to the threads until the end or until they hold enough, one block in any case. */
static enum status feed(struct queue *queue, struct purchase_worker *workers, size_t worker_count,
                        struct source_file *file, size_t bytes_max, void (*progress)(void *context),
                        void *progress_context, bool *ret_ended, struct error *error)
{
        bool more = true;
        for (bool any = false; more && (!any || held_bytes(workers, worker_count) < bytes_max); any = true) {
                struct block *block = calloc(1, sizeof(*block));
                if (!block)
                        return error_memory(error);
                enum status status = source_file_next(file, block, &more, error);
                if (status != STATUS_OK || !more) {
                        free(block);
                        if (status != STATUS_OK)
                                return status;
                        break;
                }
                queue_put(queue, block);
                if (progress)
                        progress(progress_context);
        }
        *ret_ended = !more;
        return STATUS_OK;
}

enum status purchase_shelves_fill(struct purchase_worker *workers, size_t worker_count, struct source_file *file,
                                  size_t bytes_max, void (*progress)(void *context), void *progress_context,
                                  bool *ret_ended, struct error *error)
{
        struct queue *queue;
        struct parse_thread threads[64] = {0};
        enum status status = queue_new(QUEUE_BLOCKS, &queue, error);
        if (status != STATUS_OK)
                return status;
        size_t started = 0;
        for (; started < worker_count && started < 64 && status == STATUS_OK; started++) {
                threads[started] = (struct parse_thread){&workers[started], queue, NULL, source_file_delimiter(file)};
                status = thread_start(parse_blocks, &threads[started], &threads[started].thread, error);
        }
        if (status == STATUS_OK)
                status = feed(queue, workers, worker_count, file, bytes_max, progress, progress_context, ret_ended,
                              error);
        queue_close(queue);
        for (size_t i = 0; i < started; i++)
                thread_join(threads[i].thread);
        queue_free(queue);
        for (size_t i = 0; i < worker_count && status == STATUS_OK; i++)
                if (workers[i].failed)
                        status = error_memory(error);
        return status;
}
