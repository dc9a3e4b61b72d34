/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export_parts.h: what the files of the export share: where a row is put together, and one function per kind.
 */
#ifndef TREUE_PROGRAM_EXPORT_PARTS_H
#define TREUE_PROGRAM_EXPORT_PARTS_H

#include "program/export.h"

struct export_kind {
        const char *name;
        const char *const *columns;
        size_t column_count;
        const char *family;          /* "attribute:" or "competitor:": further columns by name; NULL */
        bool of_products, of_customers; /* rows of customers: what source and customer_source mean */
        enum status (*run)(struct export *export, struct error *error);
};

struct export {
        struct connection *connection;
        struct arena *arena;
        const struct export_kind *kind;
        int64_t generation;
        int32_t on_day;
        unsigned minor_digits;
        int32_t source_id, customer_source_id, product_source_id; /* 0: there is none yet */
        struct text source, customer_source, product_source;
        size_t column_count;
        struct text *columns;
        struct buffer *cells;        /* of the row being put together, by column */
        struct text *row;
        export_row sink;
        void *sink_context;
};

void export_put(struct export *export, size_t column, struct text text);
void export_put_day(struct export *export, size_t column, int32_t day);
void export_put_number(struct export *export, size_t column, int64_t number);
void export_put_money(struct export *export, size_t column, int64_t minor);
/* Hands the row on and begins the next. */
must_check enum status export_emit(struct export *export, struct error *error);
/* The column with a name, `column_count` when there is none. */
size_t export_column(const struct export *export, struct text name);

/* Is an entry valid on the day of the export? Without one all are. */
bool export_wants(const struct export *export, int32_t valid_from, int32_t valid_to);
/* The last day of the export: what happened later is not part of it. */
int32_t export_last_day(const struct export *export);

enum status export_customers(struct export *export, struct error *error);
enum status export_contacts(struct export *export, struct error *error);
enum status export_products(struct export *export, struct error *error);
enum status export_purchases(struct export *export, struct error *error);
enum status export_potentials(struct export *export, struct error *error);
enum status export_values(struct export *export, struct error *error);
enum status export_certificates(struct export *export, struct error *error);
enum status export_activities(struct export *export, struct error *error);
enum status export_visits(struct export *export, struct error *error);
enum status export_responsibilities(struct export *export, struct error *error);
enum status export_consents(struct export *export, struct error *error);

/* The keys people have at the source of the export, by person. */
struct person_code {
        int64_t person_id;
        struct text code;
};
must_check enum status export_person_codes(struct export *export, struct person_code **ret, size_t *ret_count,
                                           struct error *error);
/* None: known by name only. */
struct text export_person_code(const struct person_code *codes, size_t count, int64_t person_id);

#endif
