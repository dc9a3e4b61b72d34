/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_documents.c: joins the fragments of each document, decides whether it is new, changed, unchanged or
 * rejected, packs it and adds it to the column index's new segment.
 */
#include "importer/purchase_documents.h"

#include <stdlib.h>

#include "base/checked.h"
#include "importer/staged.h"
#include "queries.h"

#define TOTAL_MAX INT64_C(1000000000000000)
enum { BATCH_BYTES_MAX = 1 << 30, BATCH_BYTES_ENOUGH = 8 << 20, REJECTED_MAX = 4000000 };

struct document_batch *document_batch_new(void)
{
        struct document_batch *batch = calloc(1, sizeof(*batch));
        if (!batch)
                return NULL;
        batch->documents = malloc(DOCUMENT_BATCH_MAX * sizeof(*batch->documents));
        buffer_init(&batch->bytes, BATCH_BYTES_MAX);
        if (batch->documents)
                return batch;
        document_batch_free(batch);
        return NULL;
}

void document_batch_free(struct document_batch *batch)
{
        if (!batch)
                return;
        free(batch->documents);
        buffer_release(&batch->bytes);
        free(batch);
}

void document_batch_seal(struct document_batch *batch)
{
        const char *at = batch->bytes.data;
        for (size_t i = 0; i < batch->count; i++) {
                struct q_purchases_insert_args *document = &batch->documents[i];
                document->number.data = at;
                at += document->number.length;
                document->lines.data = (const uint8_t *)at;
                at += document->lines.length;
        }
}

enum status purchase_documents_init(struct purchase_documents *documents, struct import_run *run,
                                    struct purchase_names *names, struct fragment_merge *merge, bool group_of_article,
                                    struct error *error)
{
        *documents = (struct purchase_documents){
                .run = run, .names = names, .merge = merge, .group_of_article = group_of_article};
        buffer_init(&documents->known_numbers, BATCH_BYTES_MAX);
        int64_t generation;
        enum status status = db_connect(run->database, &documents->connection, error);
        if (status == STATUS_OK)
                status = generation_latest(documents->connection, &generation, error);
        if (status == STATUS_OK)
                status = visibility_load(documents->connection, generation, &documents->visibility, error);
        if (status == STATUS_OK && !run->dry_run)
                status = product_costs_load(documents->connection, &documents->visibility, &documents->costs, error);
        if (status != STATUS_OK || run->dry_run)
                return status;
        char directory[IMPORT_FILE_NAME_MAX];
        snprintf(directory, sizeof(directory), "%s/index", database_directory(run->database));
        return index_builder_new(directory, &documents->builder, error);
}

void purchase_documents_release(struct purchase_documents *documents)
{
        index_builder_discard(documents->builder);
        product_costs_free(documents->costs);
        visibility_release(&documents->visibility);
        db_disconnect(documents->connection);
        hash_set_release(&documents->rejected);
        free(documents->lines);
        free(documents->kept_lines);
        free(documents->known);
        buffer_release(&documents->known_numbers);
        *documents = (struct purchase_documents){0};
}

/* ---- what the database has --------------------------------------------------------------------------------------- */

/* Keeps a visible version; of several of one number the latest generation is the valid one. */
static bool keep_known(struct purchase_documents *documents, const struct q_purchases_of_customer_row *row)
{
        int64_t generation = visibility_of(&documents->visibility, row->import_id);
        if (generation == 0)
                return true;
        if (documents->known_count) {
                struct known_version *last = &documents->known[documents->known_count - 1];
                struct text number = {documents->known_numbers.data + last->offset, last->length};
                if (text_equal(number, row->number)) {
                        if (generation > last->generation) {
                                last->generation = generation;
                                last->hash = row->content_hash;
                        }
                        return true;
                }
        }
        if (documents->known_count == documents->known_capacity) {
                size_t capacity = documents->known_capacity ? documents->known_capacity * 2 : 256;
                struct known_version *known = realloc(documents->known, capacity * sizeof(*known));
                if (!known)
                        return false;
                documents->known = known;
                documents->known_capacity = capacity;
        }
        documents->known[documents->known_count++] = (struct known_version){
                documents->known_numbers.length, row->number.length, row->content_hash, generation};
        return buffer_add(&documents->known_numbers, row->number.data, row->number.length);
}

static enum status load_known(struct purchase_documents *documents, const struct purchase_customer *customer,
                              struct error *error)
{
        documents->known_customer = customer->id;
        documents->known_count = documents->known_next = 0;
        buffer_clear(&documents->known_numbers);
        if (customer->id < 0 || documents->run->source_id == 0)
                return STATUS_OK;
        struct q_purchases_of_customer_args args = {customer->id, documents->run->source_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_purchases_of_customer_open(documents->connection, &args, &rows, error);
        bool more = true;
        while (status == STATUS_OK) {
                struct q_purchases_of_customer_row row;
                status = q_purchases_of_customer_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!keep_known(documents, &row))
                        status = error_memory(error);
        }
        return status;
}

/* The valid version of a number of the current customer; NULL: none. Numbers are asked for in ascending order. */
static const struct known_version *find_known(struct purchase_documents *documents, struct text number)
{
        while (documents->known_next < documents->known_count) {
                const struct known_version *version = &documents->known[documents->known_next];
                struct text known = {documents->known_numbers.data + version->offset, version->length};
                int order = text_compare(known, number);
                if (order == 0)
                        return version;
                if (order > 0)
                        return NULL;
                documents->known_next++;
        }
        return NULL;
}

/* ---- one document ----------------------------------------------------------------------------------------------- */

struct joined {
        int64_t customer_id;
        char number[FRAGMENT_NUMBER_BYTES_MAX];
        size_t number_length;
        int32_t day;
        bool dates_differ;
        bool rejected;
        uint64_t key_hash;
        uint16_t sheet;
};

/* What becomes of a number: of several versions in one workbook the last good one counts. */
struct outcome {
        struct joined joined;
        int64_t total_minor, hash;
        size_t start, lines_offset, lines_length; /* in the batch */
        bool there;
        bool known, same;         /* against the database */
        bool first_same;          /* the first version is what the database has */
        uint64_t later_same, later_changed; /* each against the one before it */
};

static enum status append_lines(struct purchase_documents *documents, const struct fragment *fragment,
                                struct error *error)
{
        size_t needed = documents->line_count + fragment->line_count;
        if (needed > documents->line_capacity) {
                size_t capacity = needed * 2;
                struct line *lines = realloc(documents->lines, capacity * sizeof(*lines));
                if (!lines)
                        return error_memory(error);
                documents->lines = lines;
                documents->line_capacity = capacity;
        }
        if (!fragment_lines(fragment, documents->lines + documents->line_count))
                return error_set(error, STATUS_CORRUPT, "import.staging_damaged", "path",
                                 database_directory(documents->run->database), NULL);
        documents->line_count = needed;
        return STATUS_OK;
}

static enum status take_fragment(struct purchase_documents *documents, struct joined *joined, struct error *error)
{
        const struct fragment *fragment = &documents->next;
        if (fragment->flags & FRAGMENT_REJECTED) {
                joined->rejected = true;
                joined->key_hash = fragment->key_hash;
        } else {
                joined->dates_differ |= (fragment->flags & FRAGMENT_DATES_DIFFER)
                                        || (documents->line_count > 0 && fragment->day != joined->day);
                if (documents->line_count == 0 || fragment->day < joined->day)
                        joined->day = fragment->day;
                enum status status = append_lines(documents, fragment, error);
                if (status != STATUS_OK)
                        return status;
        }
        return fragment_merge_next(documents->merge, &documents->next, &documents->has_next, error);
}

/* Joins all fragments of the next document; documents->has_next must be true. */
static enum status join(struct purchase_documents *documents, struct joined *ret, struct error *error)
{
        struct fragment *next = &documents->next;
        *ret = (struct joined){.customer_id = next->customer_id, .number_length = next->number.length,
                               .sheet = next->sheet};
        memcpy(ret->number, next->number.data, next->number.length);
        documents->line_count = 0;
        struct text number = {ret->number, ret->number_length};
        enum status status = STATUS_OK;
        while (status == STATUS_OK && documents->has_next && next->customer_id == ret->customer_id
               && next->sheet == ret->sheet && text_equal(next->number, number))
                status = take_fragment(documents, ret, error);
        return status;
}

/* Which groups the lines name, in the form documents store. */
static void mark_groups(struct purchase_documents *documents)
{
        const struct purchase_names *names = documents->names;
        for (size_t i = 0; i < documents->line_count; i++) {
                struct line *line = &documents->lines[i];
                uint32_t group = documents->group_of_article ? names->article_group[line->product]
                                 : line->marks & FRAGMENT_GROUP ? line->group : 0;
                line->marks &= (uint8_t)~FRAGMENT_GROUP;
                line->group = 0;
                if (group == 0)
                        continue;
                if (group == names->first_group[line->product]) {
                        line->marks |= LINE_GROUP_USUAL;
                } else {
                        line->marks |= LINE_GROUP_NAMED;
                        line->group = group;
                }
        }
}

/* Rejection of the joined document as a whole, or 0; *ret_total_minor otherwise. */
static uint8_t judge(const struct purchase_documents *documents, const struct joined *joined, int64_t *ret_total_minor)
{
        if (joined->rejected)
                return REJECTED_BY_LINE;
        if (joined->customer_id < 0 && !(documents->run->dry_run && documents->run->profile->create_customers))
                return REJECTED_CUSTOMER_UNKNOWN;
        int128 total = 0;
        for (size_t i = 0; i < documents->line_count; i++) {
                if (documents->lines[i].product == 0)
                        return REJECTED_ARTICLE_UNKNOWN;
                total += documents->lines[i].amount_minor;
        }
        if (total > TOTAL_MAX || total < -TOTAL_MAX)
                return REJECTED_TOTAL_TOO_LARGE;
        *ret_total_minor = (int64_t)total;
        return 0;
}

static enum status reject(struct purchase_documents *documents, const struct joined *joined,
                          const struct purchase_customer *customer, uint8_t why, struct error *error)
{
        struct text number = {joined->number, joined->number_length};
        uint64_t hash = joined->rejected ? joined->key_hash
                                         : purchase_key_hash(purchase_names_number(documents->names, customer), number,
                                                             joined->sheet);
        if (!hash_set_add(&documents->rejected, hash, why))
                return error_memory(error);
        if (documents->rejected.count > REJECTED_MAX)
                return error_set(error, STATUS_INVALID, "import.too_many_rejected", NULL);
        return STATUS_OK;
}

/* Adds the packed document to the new index segment; its lines take the costs of their articles where they have none.
 * */
static enum status index_document(struct purchase_documents *documents, const struct joined *joined,
                                  int64_t total_minor, struct error *error)
{
        if (!documents->builder)
                return STATUS_OK;
        for (size_t i = 0; i < documents->kept_count && !product_costs_empty(documents->costs); i++)
                product_costs_resolve(documents->costs, &documents->kept_lines[i], joined->day);
        struct index_document document = {
                .customer_id = joined->customer_id,
                .source_id = documents->run->source_id,
                .number = {joined->number, joined->number_length},
                .day = joined->day,
                .total_minor = total_minor,
                .line_count = documents->kept_count,
                .lines = documents->kept_lines,
        };
        return index_builder_add(documents->builder, &document, error);
}

/* The lines just joined become those that count; the others' memory is used for the next. */
static void keep_lines(struct purchase_documents *documents)
{
        struct line *lines = documents->kept_lines;
        size_t capacity = documents->kept_capacity;
        documents->kept_lines = documents->lines;
        documents->kept_count = documents->line_count;
        documents->kept_capacity = documents->line_capacity;
        documents->lines = lines;
        documents->line_capacity = capacity;
}

/* A good version: the first is compared with what the database has, a later one with the one before it. */
static enum status take_version(struct purchase_documents *documents, const struct joined *joined, int64_t total_minor,
                                struct document_batch *batch, struct outcome *outcome, struct error *error)
{
        struct text number = {joined->number, joined->number_length};
        size_t start = batch->bytes.length;
        lines_sort(documents->lines, documents->line_count);
        buffer_add(&batch->bytes, number.data, number.length);
        lines_pack(documents->lines, documents->line_count, &batch->bytes);
        if (batch->bytes.failed)
                return error_memory(error);
        size_t lines_offset = start + number.length, lines_length = batch->bytes.length - lines_offset;
        struct bytes packed = {(const uint8_t *)batch->bytes.data + lines_offset, lines_length};
        int64_t hash = lines_hash(joined->day, packed);
        const struct known_version *known = find_known(documents, number);
        bool equals_known = known && known->hash == hash;
        documents->run->counters.documents_several_dates += joined->dates_differ;
        if (!outcome->there) {
                outcome->start = start;
                outcome->there = true;
                outcome->known = known != NULL;
                outcome->first_same = equals_known;
        } else if (outcome->hash == hash) {
                outcome->later_same++;
                batch->bytes.length = start;
                batch->bytes.data[start] = '\0';
                return STATUS_OK;
        } else {
                outcome->later_changed++;
        }
        outcome->joined = *joined;
        outcome->total_minor = total_minor;
        outcome->hash = hash;
        outcome->lines_offset = lines_offset;
        outcome->lines_length = lines_length;
        outcome->same = equals_known;
        keep_lines(documents);
        return STATUS_OK;
}

/* What ends as the database has it has not changed, whatever stood on an earlier sheet. */
static void count_versions(struct import_counters *counters, const struct outcome *outcome)
{
        if (outcome->same) {
                counters->rows_same += 1 + outcome->later_same + outcome->later_changed;
                return;
        }
        counters->rows_new += !outcome->known;
        counters->rows_same += outcome->first_same + outcome->later_same;
        counters->rows_changed += (outcome->known && !outcome->first_same) + outcome->later_changed;
}

/* Puts what counts of a number into the batch and the index. */
static enum status stage(struct purchase_documents *documents, const struct outcome *outcome,
                         struct document_batch *batch, struct error *error)
{
        const struct joined *joined = &outcome->joined;
        struct text number = {joined->number, joined->number_length};
        struct buffer *bytes = &batch->bytes;
        count_versions(&documents->run->counters, outcome);
        if (outcome->known && !outcome->same) {
                index_builder_discard(documents->builder);
                documents->builder = NULL;
                documents->index_stale = true;
        }
        bool staged = staged_before(documents->run, joined->customer_id, number);
        bool stores = !outcome->same && !staged && !documents->run->dry_run;
        size_t place = outcome->lines_offset - number.length; /* behind what an earlier sheet said, if it did */
        size_t length = stores ? number.length + outcome->lines_length : 0;
        memmove(bytes->data + outcome->start, bytes->data + place, length);
        bytes->length = outcome->start + length;
        bytes->data[bytes->length] = '\0';
        if (!stores)
                return staged && !outcome->same ? index_document(documents, joined, outcome->total_minor, error)
                                                : STATUS_OK;
        batch->documents[batch->count++] = (struct q_purchases_insert_args){
                .customer_id = joined->customer_id,
                .source_id = documents->run->source_id,
                .number = {.length = number.length},
                .import_id = documents->run->import_id,
                .day = joined->day,
                .total_minor = outcome->total_minor,
                .line_count = (int64_t)documents->kept_count,
                .content_hash = outcome->hash,
                .lines = {.length = outcome->lines_length},
        };
        return index_document(documents, joined, outcome->total_minor, error);
}

/* What the database has of the customer's documents, unless it is at hand already. */
static enum status know_customer(struct purchase_documents *documents, const struct purchase_customer *customer,
                                 struct error *error)
{
        if (customer->created) {
                documents->known_customer = customer->id;
                documents->known_count = documents->known_next = 0;
                return STATUS_OK;
        }
        return documents->known_customer == customer->id ? STATUS_OK : load_known(documents, customer, error);
}

/* All versions of the next number: one, or one of each sheet that has it. */
static enum status take_document(struct purchase_documents *documents, struct document_batch *batch,
                                 struct error *error)
{
        struct outcome outcome = {0};
        struct joined joined;
        int64_t total_minor;
        enum status status;
        do {
                status = join(documents, &joined, error);
                if (status != STATUS_OK)
                        return status;
                struct purchase_customer *customer = purchase_names_customer(documents->names, joined.customer_id);
                uint8_t why = judge(documents, &joined, &total_minor);
                if (why) {
                        status = reject(documents, &joined, customer, why, error);
                        continue;
                }
                customer->accepted = true;
                status = know_customer(documents, customer, error);
                if (status != STATUS_OK)
                        return status;
                mark_groups(documents);
                status = take_version(documents, &joined, total_minor, batch, &outcome, error);
        } while (status == STATUS_OK && joined.sheet && documents->has_next
                 && documents->next.customer_id == joined.customer_id
                 && text_equal(documents->next.number, (struct text){joined.number, joined.number_length}));
        return status == STATUS_OK && outcome.there ? stage(documents, &outcome, batch, error) : status;
}

enum status purchase_documents_next(struct purchase_documents *documents, struct document_batch *batch, bool *ret_more,
                                    struct error *error)
{
        enum status status = STATUS_OK;
        size_t wanted = documents->run->options->batch_rows;
        size_t most = wanted && wanted < DOCUMENT_BATCH_MAX ? wanted : DOCUMENT_BATCH_MAX;
        while (status == STATUS_OK && documents->has_next && batch->count < most
               && batch->bytes.length < BATCH_BYTES_ENOUGH)
                status = take_document(documents, batch, error);
        *ret_more = documents->has_next;
        return status;
}
