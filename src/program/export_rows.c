/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export_rows.c: potentials, values, certificates, activities, visits and responsibilities.
 */
#include <stdlib.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "program/export_parts.h"
#include "queries.h"

/* Of several that had begun and not ended by the day of an export the first, the latest, counts. */
struct taken_keys {
        struct buffer last;
};

static bool taken_already(struct taken_keys *taken, struct text number, struct text rest)
{
        size_t length = number.length + 1 + rest.length;
        const struct buffer *last = &taken->last;
        if (last->length == length && (number.length == 0 || memcmp(last->data, number.data, number.length) == 0) &&
            last->data[number.length] == '\0' &&
            (rest.length == 0 || memcmp(last->data + number.length + 1, rest.data, rest.length) == 0))
                return true;
        buffer_clear(&taken->last);
        if (number.length)
                buffer_add(&taken->last, number.data, number.length);
        buffer_add_byte(&taken->last, '\0');
        if (rest.length)
                buffer_add(&taken->last, rest.data, rest.length);
        return false;
}

/* ---- potentials -------------------------------------------------------------------------------------------------- */

static void put_potential(struct export *export, const struct q_export_potentials_row *row)
{
        export_put(export, 0, row->number);
        export_put(export, 1, row->product_group);
        export_put_money(export, 2, row->amount_minor);
        export_put_day(export, 3, row->valid_from);
        export_put_day(export, 4, row->valid_to);
        export_put(export, 5, text_of(row->estimated ? "estimated" : "measured"));
        export_put(export, 6, row->note);
        if (row->has_own_millionths)
                decimal_add_plain(&export->cells[7], row->own_millionths, 6);
}

static void put_share(struct export *export, const struct q_export_potentials_row *row)
{
        for (size_t c = export->kind->column_count; row->has_competitor && c < export->column_count; c++) {
                struct text name = export->columns[c];
                size_t stem = strlen(export->kind->family);
                if (text_equal((struct text){name.data + stem, name.length - stem}, row->competitor))
                        decimal_add_plain(&export->cells[c], row->share_millionths, 6);
        }
}

/* Rows of one potential differ in the competitor only. */
static enum status read_potentials(struct export *export, struct taken_keys *taken, struct error *error)
{
        struct q_export_potentials_args args = {export->source_id, export->customer_source_id, export->generation};
        rows_cleanup struct rows *rows = NULL;
        int64_t customer_id = 0;
        int32_t group_id = -1, valid_from = DAY_NONE;
        bool open = false;
        enum status status = q_export_potentials_open(export->connection, &args, &rows, error);
        for (bool more = true; !status && more;) {
                struct q_export_potentials_row row;
                status = q_export_potentials_next(rows, &row, &more, error);
                if (status)
                        break;
                bool same = more && row.customer_id == customer_id && row.group_id == group_id &&
                            row.valid_from == valid_from;
                if (open && !same)
                        status = export_emit(export, error);
                open = open && same;
                if (status || !more)
                        break;
                if (!same && export_wants(export, row.valid_from, row.valid_to))
                        open = export->on_day == DAY_NONE || !taken_already(taken, row.number, row.product_group);
                if (open && !same)
                        put_potential(export, &row);
                if (open)
                        put_share(export, &row);
                customer_id = row.customer_id;
                group_id = row.group_id;
                valid_from = row.valid_from;
        }
        return status;
}

enum status export_potentials(struct export *export, struct error *error)
{
        struct taken_keys taken;
        buffer_init(&taken.last, (size_t)64 << 20);
        enum status status = read_potentials(export, &taken, error);
        buffer_release(&taken.last);
        return status;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static enum status read_values(struct export *export, struct taken_keys *taken, struct error *error)
{
        struct q_export_values_args args = {export->source_id, export->customer_source_id, export->generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_values_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_values_row row;
                status = q_export_values_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!export_wants(export, row.valid_from, row.valid_to) ||
                    (export->on_day != DAY_NONE && taken_already(taken, row.number, row.name)))
                        continue;
                export_put(export, 0, row.number);
                export_put(export, 1, row.name);
                decimal_add_plain(&export->cells[2], row.units, (unsigned)row.scale);
                export_put_day(export, 3, row.valid_from);
                export_put_day(export, 4, row.valid_to);
                status = export_emit(export, error);
        }
        return status;
}

enum status export_values(struct export *export, struct error *error)
{
        struct taken_keys taken;
        buffer_init(&taken.last, (size_t)64 << 20);
        enum status status = read_values(export, &taken, error);
        buffer_release(&taken.last);
        return status;
}

/* ---- certificates ------------------------------------------------------------------------------------------------ */

/* Between customer and name in the key of somebody without one (importer/person_registry.c). */
#define KEY_SEPARATOR '\x1F'

static int compare_codes(const void *a, const void *b)
{
        const struct person_code *x = a, *y = b;
        return x->person_id != y->person_id ? (x->person_id > y->person_id) - (x->person_id < y->person_id)
                                            : text_compare(x->code, y->code);
}

enum status export_person_codes(struct export *export, struct person_code **ret, size_t *ret_count,
                                struct error *error)
{
        struct q_person_keys_of_source_args args = {export->source_id};
        rows_cleanup struct rows *rows = NULL;
        struct person_code *codes = NULL;
        size_t count = 0, capacity = 0;
        enum status status = q_person_keys_of_source_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_person_keys_of_source_row row;
                status = q_person_keys_of_source_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (row.code.length == 0 || memchr(row.code.data, KEY_SEPARATOR, row.code.length))
                        continue;
                if (count == capacity) {
                        capacity = capacity ? capacity * 2 : 256;
                        struct person_code *grown = arena_array(export->arena, struct person_code, capacity);
                        if (!grown)
                                return error_memory(error);
                        if (count)
                                memcpy(grown, codes, count * sizeof(*codes));
                        codes = grown;
                }
                const char *copy = arena_copy(export->arena, row.code.data, row.code.length);
                if (!copy)
                        return error_memory(error);
                codes[count++] = (struct person_code){row.person_id, {copy, row.code.length}};
        }
        if (status)
                return status;
        if (count)
                qsort(codes, count, sizeof(*codes), compare_codes);
        *ret = codes;
        *ret_count = count;
        return STATUS_OK;
}

struct text export_person_code(const struct person_code *codes, size_t count, int64_t person_id)
{
        size_t low = 0, high = count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (codes[middle].person_id < person_id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < count && codes[low].person_id == person_id ? codes[low].code : (struct text){NULL, 0};
}

enum status export_certificates(struct export *export, struct error *error)
{
        struct q_export_certificates_args args = {export->source_id, export->customer_source_id, export->generation};
        rows_cleanup struct rows *rows = NULL;
        struct person_code *codes = NULL;
        size_t count = 0;
        enum status status = export_person_codes(export, &codes, &count, error);
        if (!status)
                status = q_export_certificates_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_certificates_row row;
                status = q_export_certificates_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!export_wants(export, row.valid_from, row.valid_to))
                        continue;
                struct text code = export_person_code(codes, count, row.person_id);
                export_put(export, 0, row.number);
                export_put(export, 1, code.length ? code : row.person_name);
                export_put(export, 2, row.qualification);
                export_put_day(export, 3, row.valid_from);
                export_put_day(export, 4, row.valid_to);
                export_put(export, 5, row.evidence);
                status = export_emit(export, error);
        }
        return status;
}

/* ---- activities, visits, responsibilities ------------------------------------------------------------------------ */

enum status export_activities(struct export *export, struct error *error)
{
        struct q_export_activities_args args = {export->source_id, export->customer_source_id, export->generation,
                                                export_last_day(export)};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_activities_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_activities_row row;
                status = q_export_activities_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                export_put(export, 0, row.number);
                export_put(export, 1, row.kind);
                export_put_day(export, 2, row.day);
                export_put(export, 3, row.amount);
                export_put(export, 4, row.note);
                export_put(export, 5, row.status);
                status = export_emit(export, error);
        }
        return status;
}

enum status export_visits(struct export *export, struct error *error)
{
        struct q_export_visits_args args = {export->source_id, export->customer_source_id, export->generation,
                                            export_last_day(export)};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_visits_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_visits_row row;
                status = q_export_visits_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                export_put(export, 0, row.number);
                export_put_day(export, 1, row.day);
                export_put(export, 2, row.rep);
                export_put(export, 3, row.kind);
                export_put(export, 4, row.note);
                export_put_number(export, 5, row.visit_number);
                export_put(export, 6, row.status);
                export_put(export, 7, row.met);
                export_put(export, 8, row.topics);
                export_put(export, 9, row.next_step);
                status = export_emit(export, error);
        }
        return status;
}

enum status export_responsibilities(struct export *export, struct error *error)
{
        struct q_export_responsibilities_args args = {export->source_id, export->customer_source_id,
                                                      export->generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_responsibilities_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_responsibilities_row row;
                status = q_export_responsibilities_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!export_wants(export, row.valid_from, row.valid_to))
                        continue;
                export_put(export, 0, row.territory);
                export_put(export, 1, row.number);
                export_put(export, 2, row.responsible);
                export_put(export, 3, row.role);
                export_put_day(export, 4, row.valid_from);
                export_put_day(export, 5, row.valid_to);
                status = export_emit(export, error);
        }
        return status;
}
