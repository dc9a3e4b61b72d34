/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * error_file.h: where rejected records go, so that they can be repaired and imported again.
 *
 * Two files, made at the first rejection: <data>/errors/<import id>-<file name>.csv holds the rejected records as they
 * stood in the file (header, columns, delimiter, encoding and line ends too); beside it <...>.reasons.csv lists line,
 * column, value and reason in the reader's language. Of a workbook the former is a delimited text file that the same
 * profile reads, the latter names the sheet as well. One thread at a time.
 */
#ifndef TREUE_IMPORTER_ERROR_FILE_H
#define TREUE_IMPORTER_ERROR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "i18n/message.h"
#include "importer/source_file.h"

struct error_file;

/* A reason why a record is refused. */
struct rejection {
        uint64_t line;            /* of the original file */
        struct text key;          /* what the row is about: document, customer number, article; may be none */
        struct text column;       /* name of the column; none when it is not one column's fault */
        struct text value;        /* the offending value */
        const char *reason;       /* catalogue key */
        const char *argument_name; /* one argument of the message, or NULL: a name other than value and column */
        struct text argument;
};

/* Refuses a record of `count` fields where there have to be `wanted`; `place` takes the number as long as needed. */
enum { REJECTION_COUNT_BYTES = 24 };
void rejection_count(struct rejection *rejection, char *place, size_t count, size_t wanted);

/* The path of the reasons beside a file of rejected records; false: it is none, or the path is too long. */
bool error_file_reasons_beside(struct text records_path, char *out, size_t bytes_max);

/* Nothing is written before the first record. `write` false (dry run): counts only. */
must_check enum status error_file_new(const char *data_directory, int32_t import_id, const struct source_file *file,
                                      enum language language, bool write, struct error_file **ret,
                                      struct error *error);
/* Appends a record verbatim (without line end) to the file to repair. Records come in the order of the file. */
must_check enum status error_file_record(struct error_file *errors, struct text record, struct error *error);
/* Appends one line to the reasons, for the record written last. */
must_check enum status error_file_reason(struct error_file *errors, const struct rejection *rejection,
                                         struct error *error);
uint64_t error_file_records(const struct error_file *errors);
/* The first ten reasons in words, one per line; lives as long as the error file, until the next reason. */
struct text error_file_sample(const struct error_file *errors);
/* Completes both files durably. Paths are "" when nothing was rejected; they live as long as the error file. */
must_check enum status error_file_finish(struct error_file *errors, struct error *error);
const char *error_file_path(const struct error_file *errors);
const char *error_file_reasons_path(const struct error_file *errors);
/* Takes finished files back: the import was not published after all. */
void error_file_remove(struct error_file *errors);
void error_file_free(struct error_file *errors); /* unfinished files are removed; accepts NULL */

#endif
