/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * potentials.c: a potential is known by customer, product group and valid_from. A changed one is written whole, as a
 * new version with its competitors' shares; what a file does not mention is taken over from the version before.
 */
#include "importer/figures.h"

#include "base/calendar.h"
#include "importer/customer_rows.h"
#include "queries.h"

enum { SHARE_WHOLE = 1000000 };

struct share {
        struct text competitor;
        int64_t millionths;
};

struct version {
        struct customer_row base;
        uint32_t group_id;
        int32_t valid_from, valid_to;
        int64_t amount_minor;
        bool estimated, known; /* known: the database has a version */
        bool has_own;
        int64_t own_millionths; /* our own share, as estimated */
        struct text note;
        struct share *shares;
        size_t share_count;
};

struct potentials {
        const struct mapped_column *valid_to, *own;
        size_t competitor_columns;
        struct seen_keys *seen;
};

static enum status load_shares(struct import_run *run, struct version *version, int32_t import_id, struct arena *arena,
                               struct error *error)
{
        struct q_competitor_shares_of_args args = {version->base.customer_id, (int32_t)version->group_id,
                                                   version->valid_from, import_id};
        size_t capacity = version->share_count;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_competitor_shares_of_open(run->connection, &args, &rows, error);
        while (!status) {
                struct q_competitor_shares_of_row row;
                bool more;
                status = q_competitor_shares_of_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (version->share_count == capacity) {
                        struct share *shares = arena_array(arena, struct share, capacity = capacity * 2 + 16);
                        if (!shares)
                                return error_memory(error);
                        if (version->share_count)
                                memcpy(shares, version->shares, version->share_count * sizeof(*shares));
                        version->shares = shares;
                }
                char *copy = arena_copy(arena, row.competitor.data, row.competitor.length);
                if (!copy)
                        return error_memory(error);
                version->shares[version->share_count++] = (struct share){{copy, row.competitor.length},
                                                                         row.share_millionths};
        }
        return status;
}

/* The version before this import. */
static enum status load_version(struct import_run *run, struct version *version, struct arena *arena,
                                struct error *error)
{
        struct q_potential_visible_args args = {version->base.customer_id, (int32_t)version->group_id,
                                                version->valid_from};
        struct q_potential_visible_row row;
        enum status status = q_potential_visible(run->connection, &args, &row, &version->known, error);
        if (status || !version->known)
                return status;
        version->valid_to = row.valid_to;
        version->amount_minor = row.amount_minor;
        version->estimated = row.estimated;
        version->has_own = row.has_own_millionths;
        version->own_millionths = row.own_millionths;
        version->note.data = arena_copy(arena, row.note.data ? row.note.data : "", row.note.length);
        version->note.length = row.note.length;
        int32_t import_id = row.import_id;
        return version->note.data ? load_shares(run, version, import_id, arena, error) : error_memory(error);
}

static bool set_share(struct version *version, struct text competitor, int64_t millionths)
{
        for (size_t i = 0; i < version->share_count; i++) {
                if (!text_equal(version->shares[i].competitor, competitor))
                        continue;
                bool changed = version->shares[i].millionths != millionths;
                version->shares[i].millionths = millionths;
                return changed;
        }
        version->shares[version->share_count++] = (struct share){competitor, millionths};
        return true;
}

static bool is_competitor(const struct mapped_column *column)
{
        return column->field->type == FIELD_SHARE && column->column->suffix.data;
}

static enum status apply_shares(struct import_run *run, const struct potentials *potentials, struct version *version,
                                struct arena *arena, bool *ret_changed, bool changed, struct error *error)
{
        const struct import_row *row = version->base.row;
        size_t room = version->share_count + potentials->competitor_columns + 1;
        struct share *shares = arena_array(arena, struct share, room);
        if (!shares)
                return error_memory(error);
        if (version->share_count)
                memcpy(shares, version->shares, version->share_count * sizeof(*shares));
        version->shares = shares;
        for (size_t i = 0; i < run->mapping.count; i++)
                if (is_competitor(&run->mapping.columns[i]) && row->values[i].known &&
                    set_share(version, run->mapping.columns[i].column->suffix, row->values[i].number))
                        changed = true;
        *ret_changed = changed;
        return STATUS_OK;
}

/* Puts the cells that say something over what was known; *ret_changed: it is no longer the same. */
static enum status apply(struct import_run *run, const struct potentials *potentials, struct version *version,
                         struct arena *arena, bool *ret_changed, struct error *error)
{
        const struct import_row *row = version->base.row;
        struct field_value amount = row_value(run, row, "amount"), valid_to = row_value(run, row, "valid_to");
        struct field_value method = row_value(run, row, "method"), note = row_value(run, row, "note");
        struct text trimmed = text_trim(note.text);
        bool changed = amount.number != version->amount_minor;
        version->amount_minor = amount.number;
        if (valid_to.known) {
                changed = changed || valid_to.day != version->valid_to;
                version->valid_to = valid_to.day;
        }
        if (method.known) {
                changed = changed || method.yes != version->estimated;
                version->estimated = method.yes;
        }
        if (note.known) {
                changed = changed || !text_equal(trimmed, version->note);
                version->note = trimmed;
        }
        const struct field_value *own = row_cell(run, row, potentials->own);
        if (own->known) {
                changed = changed || !version->has_own || own->number != version->own_millionths;
                version->has_own = true;
                version->own_millionths = own->number;
        }
        return apply_shares(run, potentials, version, arena, ret_changed, changed, error);
}

static enum status check(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                         struct error *error)
{
        const struct potentials *potentials = context;
        struct version *version = (struct version *)item;
        version->valid_from = row_value(run, item->row, "valid_from").day;
        version->valid_to = DAY_OPEN_END;
        version->note = (struct text){"", 0};
        struct text parts[3] = {text_trim(row_value(run, item->row, "customer").text),
                                text_trim(row_value(run, item->row, "product_group").text),
                                key_of_day(arena, version->valid_from)};
        struct field_value valid_to = row_value(run, item->row, "valid_to");
        if (row_value(run, item->row, "amount").number < 0)
                row_reject(run, item->row, column_mapping_find(&run->mapping, "amount"), "import.reason.negative");
        else if (valid_to.known && valid_to.day < version->valid_from)
                row_reject(run, item->row, potentials->valid_to, "import.reason.period");
        else
                return seen_keys_check(potentials->seen, run, item->row, arena, parts, 3, error);
        return STATUS_OK;
}

/* What must make sense together with what was known. */
static void check_version(struct import_run *run, const struct potentials *potentials, struct version *version)
{
        int64_t sum = version->has_own ? version->own_millionths : 0;
        for (size_t i = 0; i < version->share_count; i++)
                sum += version->shares[i].millionths;
        if (version->valid_to < version->valid_from)
                row_reject(run, version->base.row, potentials->valid_to, "import.reason.period");
        else if (sum > SHARE_WHOLE)
                row_reject(run, version->base.row, NULL, "import.reason.shares");
}

static enum status compare(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                           struct error *error)
{
        const struct potentials *potentials = context;
        struct version *version = (struct version *)item;
        struct text code = text_trim(row_value(run, item->row, "product_group").text);
        bool changed = false;
        enum status status = registry_groups_resolve(run, &code, 1, &version->group_id, NULL, error);
        if (!status)
                status = load_version(run, version, arena, error);
        if (!status)
                status = apply(run, potentials, version, arena, &changed, error);
        if (status)
                return status;
        check_version(run, potentials, version);
        if (item->row->rejection.reason)
                return STATUS_OK;
        item->write = changed || !version->known;
        run->counters.rows_new += !version->known;
        run->counters.rows_changed += version->known && changed;
        run->counters.rows_same += version->known && !changed;
        return STATUS_OK;
}

static enum status write_version(struct connection *connection, const struct import_run *run, void *context,
                                 const struct customer_row *item, struct error *error)
{
        const struct version *version = (const struct version *)item;
        (void)context;
        struct q_potential_insert_args args = {
                .customer_id = item->customer_id,
                .group_id = (int32_t)version->group_id,
                .valid_from = version->valid_from,
                .import_id = run->import_id,
                .valid_to = version->valid_to,
                .amount_minor = version->amount_minor,
                .estimated = version->estimated,
                .note = version->note,
                .has_own_millionths = version->has_own,
                .own_millionths = version->own_millionths,
        };
        enum status status = q_potential_insert(connection, &args, NULL, error);
        for (size_t i = 0; i < version->share_count && !status; i++) {
                struct q_competitor_share_insert_args share = {
                        args.customer_id, args.group_id, args.valid_from, args.import_id,
                        version->shares[i].competitor, version->shares[i].millionths};
                status = q_competitor_share_insert(connection, &share, NULL, error);
        }
        return status;
}

enum status import_potentials(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct version), .key_field = "customer",
                                                  .check = check, .compare = compare, .write = write_version};
        struct potentials potentials = {.valid_to = column_mapping_find(&run->mapping, "valid_to"),
                                        .own = column_mapping_find(&run->mapping, "own")};
        for (size_t i = 0; i < run->mapping.count; i++)
                potentials.competitor_columns += is_competitor(&run->mapping.columns[i]);
        enum status status = seen_keys_new(&potentials.seen, error);
        if (!status)
                status = customer_rows_import(run, &kind, &potentials, error);
        seen_keys_free(potentials.seen);
        return status;
}
