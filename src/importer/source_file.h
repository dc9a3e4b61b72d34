/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * source_file.h: a delimited text file as the importer sees it: UTF-8 without byte order mark, in writable blocks of
 * whole records, readable twice. Encoding, delimiter and decimal mark are taken from the profile or found out by
 * evidence (detect.h). Packed files are unpacked while they are read, what a pipe brings is kept meanwhile
 * (byte_origin.h). Files are never held in memory as a whole. A workbook (XLSX, told by its content) is read as such
 * text as well (workbook.h).
 */
#ifndef TREUE_IMPORTER_SOURCE_FILE_H
#define TREUE_IMPORTER_SOURCE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/status.h"
#include "base/text.h"
#include "importer/profile.h"
#include "importer/unpack.h"

struct source_file;
struct sheet_note;
struct csv_parser;
struct buffer;

/* Records that carry no data. */
struct left_out {
        uint64_t above_header; /* titles, "sep=;": once the file is open */
        uint64_t headers;      /* the header again: of what was read since the beginning */
        uint64_t totals;       /* at the very end (totals.h): once that was read */
};

/* A run of whole records; the caller owns it (malloc) and may change the bytes. data[length] is a NUL byte. */
struct block {
        char *data;
        size_t length;
        uint64_t first_line; /* 1-based number, in the file, of the line data begins with; in a workbook with the sheet
                              * (source_file_place) */
        bool rows;           /* of a sheet: for the parser */
        uint64_t bytes_done; /* of the raw file, up to the end of this block */
};
void block_release(struct block *block); /* accepts a zeroed one */

/* Opens `path` ("-": standard input) and finds out what the profile leaves open. `staging_directory` takes what
 * a pipe brings; it is made when needed. Errors of the input carry {file} and a line where
 * known: import.unknown_encoding, import.unknown_delimiter, import.ambiguous_decimal, import.empty_file,
 * import.compressed (packed twice, or in a way that is not known). */
must_check enum status source_file_open(const char *path, const struct profile *profile, const char *staging_directory,
                                        struct source_file **ret, struct error *error);
void source_file_close(struct source_file *file); /* accepts NULL */
static inline void source_file_closep(struct source_file **file) { source_file_close(*file); }
#define source_file_cleanup __attribute__((cleanup(source_file_closep)))

/* A parser for a block of the file; `scratch` as in csv.h. */
struct csv_parser block_parser(const struct block *block, char delimiter, struct buffer *scratch);

/* The names in the header, which need not be the first record (detect_head), or (header: false) as many empty texts as
 * the first record has fields. */
must_check enum status source_file_header(const struct source_file *file, struct arena *arena, struct text **ret_fields,
                                          size_t *ret_count, struct error *error);
/* The header record as it stands in the file, without line end; none with header: false. Lives as long as the file. */
struct text source_file_header_record(const struct source_file *file);

/* The next block, after the header, without what struct left_out names; *ret_more is false at the end (and nothing is
 * handed out). Problems of the text name their line: import.nul_byte, import.invalid_text, import.unclosed_quote (with
 * its column), import.record_too_long. */
must_check enum status source_file_next(struct source_file *file, struct block *ret, bool *ret_more,
                                        struct error *error);
must_check enum status source_file_rewind(struct source_file *file, struct error *error); /* to the first record */

/* What a line number of this file means: of a workbook, {sheet} and row; of a text file no sheet ("") and the line. */
const char *source_file_place(const struct source_file *file, uint64_t line, uint64_t *ret_line);
bool source_file_is_workbook(const struct source_file *file);
/* Of a workbook: the names of the sheets that are read, and what was noticed about others (workbook.h). */
const char *source_file_sheets(const struct source_file *file);
size_t source_file_notes(struct source_file *file, const struct sheet_note **ret_notes);
/* Takes the mark of an error off a field of a workbook and returns the reason the cell is refused for; else NULL. */
const char *source_file_cell_error(const struct source_file *file, struct text *field);
/* The sheet of a line number; 0 in a text file. */
static inline uint32_t line_sheet(uint64_t line) { return (uint32_t)(line >> 32); }

uint64_t source_file_bytes_total(const struct source_file *file); /* as they lie there, maybe packed; 0: a pipe */
uint64_t source_file_bytes_done(const struct source_file *file);
char source_file_delimiter(const struct source_file *file);
enum decimal_mark source_file_decimal(const struct source_file *file);
enum encoding source_file_encoding(const struct source_file *file); /* never ENCODING_AUTO */
enum packing source_file_packing(const struct source_file *file);
bool source_file_has_mark(const struct source_file *file);          /* began with a byte order mark */
const char *source_file_line_end(const struct source_file *file);   /* "\n", "\r\n" or "\r": that of the first line */
const char *source_file_name(const struct source_file *file);       /* without folders; "-" for standard input */
struct left_out source_file_left_out(const struct source_file *file);
uint64_t source_file_hash(const struct source_file *file);          /* XXH3 of the raw bytes; known once all was read */

#endif
