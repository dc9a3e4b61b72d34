/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rows.h: the road of the kinds whose rows stand for themselves (all but purchases): records are read by type, gathered
 * to batches, handed to the kind, and what was refused goes to the error file in the order of the file.
 */
#ifndef TREUE_IMPORTER_ROWS_H
#define TREUE_IMPORTER_ROWS_H

#include "db/write.h"
#include "importer/import.h"

enum { ROWS_BATCH = 20000 };

struct import_row {
        uint64_t line;
        struct text record;               /* as it stood in the file */
        const struct field_value *values; /* by column of the mapping; texts live as long as the batch */
        struct rejection rejection;       /* reason NULL: accepted so far */
};

/* What a kind does with a batch: find, compare, write, count rows_new, rows_changed and rows_same, refuse by
 * row_reject. Memory from `arena` lives as long as the batch. Rows already refused are among them. */
typedef enum status (*rows_store)(struct import_run *run, struct import_row *rows, size_t count, struct arena *arena,
                                  void *context, struct error *error);

/* For a kind's store function, not in a dry run: `work` writes what the batch changes, in one transaction with how far
 * staging got. Ask rows_are_staged first. */
must_check enum status rows_write(struct import_run *run, write_function work, void *context, struct error *error);
/* Did an interrupted import stage the batch at hand already? Then it is compared and counted, but not written. */
bool rows_are_staged(const struct import_run *run);

/* Reads the whole file. `key_field` names the column a reader knows a row by. */
must_check enum status rows_import(struct import_run *run, const char *key_field, rows_store store, void *context,
                                   struct error *error);

/* Refuses a row because of the value in a column (NULL: the row as a whole). */
void row_reject(const struct import_run *run, struct import_row *row, const struct mapped_column *column,
                const char *reason);

/* The value of a field in a row; an unknown one when the profile does not map it. */
struct field_value row_value(const struct import_run *run, const struct import_row *row, const char *field);

/* The value in a column of the mapping; an unknown one for NULL. */
const struct field_value *row_cell(const struct import_run *run, const struct import_row *row,
                                   const struct mapped_column *column);

/* The day a row holds from: its own (column valid_from; *ret_stated true), else the profile's, else the import day. */
int32_t row_valid_from(const struct import_run *run, const struct import_row *row, bool *ret_stated);

/* Keys seen in this file, with the line they were first seen on. */
struct seen_keys;
must_check enum status seen_keys_new(struct seen_keys **ret, struct error *error);
void seen_keys_free(struct seen_keys *seen); /* accepts NULL */
/* Refuses the row when its key came before ("import.reason.doubled" names the first line). The key is made of parts. */
must_check enum status seen_keys_check(struct seen_keys *seen, const struct import_run *run, struct import_row *row,
                                       struct arena *arena, const struct text *parts, size_t part_count,
                                       struct error *error);

/* A day as a part of a key. */
struct text key_of_day(struct arena *arena, int32_t day);

/* A row that was accepted, with the day it holds from. */
struct taken_row {
        struct import_row *row;
        int32_t valid_from;
        bool stated;     /* the row carries the day itself */
};
/* The rows to take: not refused, key (a text and the day) not doubled. `ret` has room for all of them. */
must_check enum status rows_accept_dated(struct import_run *run, struct seen_keys *seen,
                                         const struct mapped_column *key, struct import_row *rows, size_t count,
                                         struct arena *arena, struct taken_row *ret, size_t *ret_count,
                                         struct error *error);

#endif
