/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * snapshot_load.c: who is there, where their documents lie in each segment, and which group each article was named
 * with.
 */
#include <stdlib.h>

#include "facts/mentions.h"
#include "facts/snapshot_parts.h"
#include "queries.h"

/* ---- customers --------------------------------------------------------------------------------------------------- */

/* All customers the database ever recorded, ascending. */
struct records {
        size_t count, capacity;
        int64_t *ids;
        int32_t *recorded_day; /* DAY_NONE: no record is visible */
};

static bool records_add(struct records *records, int64_t customer_id)
{
        if (records->count == records->capacity) {
                size_t capacity = records->capacity ? records->capacity * 2 : 4096;
                int64_t *ids = realloc(records->ids, capacity * sizeof(*ids));
                if (!ids)
                        return false;
                records->ids = ids;
                int32_t *days = realloc(records->recorded_day, capacity * sizeof(*days));
                if (!days)
                        return false;
                records->recorded_day = days;
                records->capacity = capacity;
        }
        records->ids[records->count] = customer_id;
        records->recorded_day[records->count++] = DAY_NONE;
        return true;
}

static enum status records_load(struct connection *connection, const struct visibility *visibility,
                                struct records *records, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_customers_open(connection, NULL, &rows, error);
        int64_t best = 0;
        while (status == STATUS_OK) {
                struct q_facts_customers_row row;
                bool more = false;
                status = q_facts_customers_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (records->count == 0 || records->ids[records->count - 1] != row.customer_id) {
                        if (!records_add(records, row.customer_id))
                                return error_memory(error);
                        best = 0;
                }
                int64_t generation = visibility_of(visibility, row.import_id);
                int32_t *day = &records->recorded_day[records->count - 1];
                if (generation && (best == 0 || generation < best)) {
                        best = generation;
                        *day = row.recorded_day;
                } else if (generation && generation == best && row.recorded_day < *day) {
                        *day = row.recorded_day;
                }
        }
        return status;
}

static enum status foreign(const struct segment_data *data, struct error *error)
{
        char number[24];
        snprintf(number, sizeof(number), "%llu", (unsigned long long)data->number);
        return error_set(error, STATUS_CORRUPT, "index.foreign", "segment", number, NULL);
}

/* Customers without a visible record who have documents exist since the first of them. */
static enum status records_join(struct records *records, const struct segment_data *data, struct error *error)
{
        const int64_t *customers = data->column[COLUMN_CUSTOMER];
        const uint32_t *offsets = data->column[COLUMN_CUSTOMER_DOCUMENT];
        const int32_t *days = data->column[COLUMN_DOCUMENT_DAY];
        struct customer_cursor cursor = {records->ids, records->count, 0};
        for (size_t i = 0; i < data->customer_count; i++) {
                int64_t at = customer_cursor_find(&cursor, customers[i]);
                if (at < 0)
                        return foreign(data, error);
                int32_t *recorded = &records->recorded_day[at];
                if (*recorded == DAY_NONE)
                        *recorded = days[offsets[i]];
        }
        return STATUS_OK;
}

/* Offsets over all customers of the snapshot. */
static enum status place_segment(struct snapshot *snapshot, size_t s, struct error *error)
{
        const struct segment_data *data = snapshot->data[s];
        const int64_t *customers = data->column[COLUMN_CUSTOMER];
        const uint32_t *own = data->column[COLUMN_CUSTOMER_DOCUMENT];
        size_t count = snapshot->customer_count;
        if (data->customer_count != count) {
                uint32_t *offsets = malloc((count + 1) * sizeof(*offsets));
                if (!offsets)
                        return error_memory(error);
                snapshot->offsets[s] = offsets;
                size_t at = 0;
                for (size_t i = 0; i < count; i++) {
                        offsets[i] = own[at];
                        at += at < data->customer_count && customers[at] == snapshot->ids[i];
                }
                offsets[count] = own[at];
                own = offsets;
        }
        snapshot->segments[s] = (struct purchase_segment){
                .document_count = data->document_count,
                .line_count = data->line_count,
                .customer_document = own,
                .document_day = data->column[COLUMN_DOCUMENT_DAY],
                .document_total = data->column[COLUMN_DOCUMENT_TOTAL],
                .document_line = data->column[COLUMN_DOCUMENT_LINE],
                .document_flags = data->column[COLUMN_DOCUMENT_FLAGS],
                .line_article = data->column[COLUMN_LINE_ARTICLE],
                .line_amount = data->column[COLUMN_LINE_AMOUNT],
                .line_cost = data->column[COLUMN_LINE_COST],
                .line_cost_known = data->column[COLUMN_LINE_COST_KNOWN],
        };
        snapshot->document_count += data->document_count;
        snapshot->line_count += data->line_count;
        return STATUS_OK;
}

static enum status gather_segments(struct snapshot *snapshot, struct error *error)
{
        size_t mapped = snapshot->index ? snapshot->index->manifest.segment_count : 0;
        snapshot->data = calloc(mapped + 1, sizeof(*snapshot->data));
        snapshot->segments = calloc(mapped + 1, sizeof(*snapshot->segments));
        snapshot->offsets = calloc(mapped + 1, sizeof(*snapshot->offsets));
        if (!snapshot->data || !snapshot->segments || !snapshot->offsets)
                return error_memory(error);
        for (size_t s = 0; s < mapped; s++)
                if (snapshot->index->segments[s].document_count)
                        snapshot->data[snapshot->segment_count++] = &snapshot->index->segments[s];
        if (snapshot->memory.document_count)
                snapshot->data[snapshot->segment_count++] = &snapshot->memory;
        return STATUS_OK;
}

enum status snapshot_load_customers(struct snapshot *snapshot, struct connection *connection, struct error *error)
{
        struct records records = {0};
        enum status status = gather_segments(snapshot, error);
        if (status == STATUS_OK)
                status = records_load(connection, &snapshot->visibility, &records, error);
        for (size_t s = 0; s < snapshot->segment_count && status == STATUS_OK; s++)
                status = records_join(&records, snapshot->data[s], error);
        size_t count = 0;
        for (size_t i = 0; i < records.count; i++) {
                if (records.recorded_day[i] == DAY_NONE)
                        continue;
                records.ids[count] = records.ids[i];
                records.recorded_day[count++] = records.recorded_day[i];
        }
        snapshot->ids = records.ids;
        snapshot->recorded_day = records.recorded_day;
        snapshot->customer_count = count;
        for (size_t s = 0; s < snapshot->segment_count && status == STATUS_OK; s++)
                status = place_segment(snapshot, s, error);
        return status;
}

/* ---- articles and groups ----------------------------------------------------------------------------------------- */

static enum status load_groups(struct snapshot *snapshot, struct connection *connection, struct error *error)
{
        size_t capacity = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_groups_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_groups_row row;
                bool more = false;
                status = q_facts_groups_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (row.id < (int64_t)snapshot->group_count)
                        continue;
                size_t count = (size_t)row.id + 1;
                if (count > capacity) {
                        capacity = count * 2;
                        struct text *codes = realloc(snapshot->group_codes, capacity * sizeof(*codes));
                        if (!codes)
                                return error_memory(error);
                        snapshot->group_codes = codes;
                }
                while (snapshot->group_count < count)
                        snapshot->group_codes[snapshot->group_count++] = (struct text){NULL, 0};
                char *code = arena_copy(snapshot->arena, row.code.data, row.code.length);
                if (!code)
                        return error_memory(error);
                snapshot->group_codes[row.id] = (struct text){code, row.code.length};
        }
        return status;
}

/* By article: the group its first line named, for mentions that name "the usual one". */
static enum status load_usual_groups(struct snapshot *snapshot, struct connection *connection, uint32_t *usual,
                                     struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_product_groups_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_product_groups_row row;
                bool more = false;
                status = q_facts_product_groups_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (row.id >= 0 && (uint64_t)row.id < snapshot->article_count && row.first_group_id > 0)
                        usual[row.id] = (uint32_t)row.first_group_id;
        }
        return status;
}

struct best_mention {
        const struct mention *mention;
        struct text number;
};

static struct text code_of(const struct snapshot *snapshot, uint32_t group)
{
        return group < snapshot->group_count ? snapshot->group_codes[group] : (struct text){NULL, 0};
}

static void weigh(struct snapshot *snapshot, const struct segment_data *data, const uint32_t *usual,
                  struct best_mention *best)
{
        const struct mention *mentions = data->column[COLUMN_MENTION];
        const char *numbers = data->column[COLUMN_MENTION_NUMBER];
        size_t count = data->bytes[COLUMN_MENTION] / sizeof(*mentions);
        for (size_t i = 0; i < count; i++) {
                const struct mention *mention = &mentions[i];
                struct best_mention *known = &best[mention->article];
                struct article_mention *decided = &snapshot->mentions[mention->article];
                struct text number = {numbers + mention->number_offset, mention->number_length};
                uint32_t group = mention->group ? mention->group : usual[mention->article];
                if (code_of(snapshot, group).length == 0)
                        continue;
                int order = known->mention ? mention_compare(mention, number, known->mention, known->number) : -1;
                if (order == 0)
                        order = text_compare(code_of(snapshot, group), code_of(snapshot, decided->group));
                if (order >= 0)
                        continue;
                *known = (struct best_mention){mention, number};
                *decided = (struct article_mention){mention->day, group};
        }
}

enum status snapshot_load_articles(struct snapshot *snapshot, struct connection *connection, struct error *error)
{
        struct q_facts_head_row head;
        bool found = false, mentioned = false;
        enum status status = q_facts_head(connection, NULL, &head, &found, error);
        if (status != STATUS_OK)
                return status;
        snapshot->article_count = found && head.next_product > 0 ? (size_t)head.next_product : 1;
        for (size_t s = 0; s < snapshot->segment_count; s++) {
                mentioned |= snapshot->data[s]->bytes[COLUMN_MENTION] != 0;
                if (snapshot->data[s]->article_end > snapshot->article_count)
                        return foreign(snapshot->data[s], error);
        }
        snapshot->mentions = malloc(snapshot->article_count * sizeof(*snapshot->mentions));
        if (!snapshot->mentions)
                return error_memory(error);
        for (size_t a = 0; a < snapshot->article_count; a++)
                snapshot->mentions[a] = (struct article_mention){INT32_MAX, GROUP_NONE};
        status = load_groups(snapshot, connection, error);
        if (status != STATUS_OK || !mentioned)
                return status;
        uint32_t *usual = calloc(snapshot->article_count, sizeof(*usual));
        struct best_mention *best = calloc(snapshot->article_count, sizeof(*best));
        status = usual && best ? load_usual_groups(snapshot, connection, usual, error) : error_memory(error);
        for (size_t s = 0; s < snapshot->segment_count && status == STATUS_OK; s++)
                weigh(snapshot, snapshot->data[s], usual, best);
        free(usual);
        free(best);
        return status;
}

void snapshot_forget(struct snapshot *snapshot)
{
        for (size_t s = 0; snapshot->offsets && s < snapshot->segment_count; s++)
                free(snapshot->offsets[s]);
        free(snapshot->offsets);
        free(snapshot->segments);
        free(snapshot->data);
        free(snapshot->ids);
        free(snapshot->recorded_day);
        free(snapshot->mentions);
        free(snapshot->group_codes);
        snapshot->offsets = NULL;
        snapshot->segments = NULL;
        snapshot->data = NULL;
        snapshot->ids = NULL;
        snapshot->recorded_day = NULL;
        snapshot->mentions = NULL;
        snapshot->group_codes = NULL;
        snapshot->segment_count = snapshot->customer_count = snapshot->group_count = snapshot->article_count = 0;
        snapshot->document_count = snapshot->line_count = 0;
}
