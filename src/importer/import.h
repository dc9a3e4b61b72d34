/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import.h: the frame of an import, the same for all kinds.
 *
 * A file is registered as an import in state "staging", its kind stages rows nobody sees yet in bounded
 * transactions, and one small transaction publishes all of it as the next generation, with the audit entry. What
 * fails because of the file is given up: its rows are removed. What was interrupted (crash, full disk) keeps its staged
 * rows: importing the same file with the same profile goes on behind the last one and ends exactly as if nothing had
 * happened (staged.h). What cannot be gone on with is removed at the next start (import_clean_up).
 *
 * Several programs may import into one database at the same time. Each compares with what was published when it began;
 * should another have published the same kind meanwhile, it begins anew at its end: the result is that of one after
 * the other.
 */
#ifndef TREUE_IMPORTER_IMPORT_H
#define TREUE_IMPORTER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "db/db.h"
#include "i18n/message.h"
#include "importer/error_file.h"
#include "importer/mapping.h"
#include "importer/profile.h"
#include "importer/registry.h"
#include "importer/source_file.h"

enum { IMPORT_FILE_NAME_MAX = 1024 };

struct import_counters {
        uint64_t lines_read, lines_rejected; /* records of the file, the header not counted */
        /* Rows are documents for purchases, else records of the file. */
        uint64_t rows_new, rows_changed, rows_same, rows_rejected;
        uint64_t customers_created, products_created;
        uint64_t people_created;          /* for certificates of people nobody named as contacts before */
        uint64_t documents_several_dates; /* accepted, with the earliest date */
        uint64_t articles_several_groups; /* the earliest document decides */
};

struct import_progress {
        uint64_t bytes_done, bytes_total, lines_read;
        bool publishing; /* everything is staged */
};

struct import_options {
        const char *file;              /* path, "-" for standard input */
        const struct profile *profile;
        bool dry_run;                  /* look, count, write nothing */
        enum language language;        /* of the error report */
        unsigned threads;              /* 0: processor_count() */
        size_t batch_rows;             /* staged by one transaction; 0: as many as is quick; tests want few */
        size_t shelves_bytes;          /* purchases parsed before they are spilled; 0: what fits; tests want little */
        void (*progress)(void *context, const struct import_progress *progress); /* may be NULL */
        void *progress_context;
        bool whole;                    /* a row that is refused ends the import: STATUS_INVALID with the reason's key,
                                        * {column} (the field), {value} */
        /* All rows are about the customer with this number: no others are looked up, however many there are, and
         * "person" of contacts is an id of one of the customer's. {NULL, 0}: about anybody. */
        struct text number;
        const char *actor;             /* for the audit chain; NULL: "cli" */
        /* May it go on? Asked now and then; its failure ends the import: STATUS_CANCELLED removes what was staged,
         * STATUS_BUSY keeps it, to be gone on with. May be NULL. */
        enum status (*check)(void *context, struct error *error);
        void *check_context;
        /* Called inside the write function that publishes: stands or falls together with it. May be NULL. */
        enum status (*publishing)(struct connection *connection, void *context, int32_t import_id,
                                  struct error *error);
        void *publishing_context;
};

/* What the kinds work with. */
struct import_run {
        struct database *database;
        struct connection *connection; /* for reading; the caller's thread */
        const struct import_options *options;
        const struct profile *profile;
        struct source_file *file;
        struct column_mapping mapping;
        struct registry *registry;
        struct error_file *errors;     /* rejected records; writes nothing in a dry run */
        struct arena *arena;           /* life time of the import */
        bool dry_run;
        int32_t import_id;             /* 0 in a dry run */
        int32_t source_id;             /* 0 in a dry run when the source is new; so are the next two */
        int32_t customer_source_id, product_source_id;
        int32_t import_day;
        unsigned minor_digits;         /* of the ledger currency */
        char currency[4];              /* the ledger's, "" while it has none */
        struct import_counters counters;
        int64_t compared_generation;   /* what is staged was compared with the state there, or later */
        int64_t generation;            /* set once published */
        bool overtaken;                /* the publish was refused: the same kind was published meanwhile */
        int64_t first_product;         /* articles from this number on did not exist when the import began */
        /* How far staging got: documents, of the other kinds records of the file, also refused ones; as well before an
         * interruption, with the key of the last document staged then. */
        bool resumed;
        uint64_t rows_staged, rows_resumed;
        int64_t resumed_customer_id;
        struct text resumed_number;
        size_t superseded;             /* unfinished imports removed, as file or profile have changed */
        const char *content_digest;    /* of all that is staged, for the audit entry; NULL: the kind makes none */
        /* A kind may hang its state here: `published` is called after the publish (its failure does not undo it: only
         * what can be rebuilt belongs there), `release` at the end in every case. */
        void *state;
        enum status (*published)(struct import_run *run, struct error *error);
        void (*release)(struct import_run *run);
};

/* Tells the caller's progress function how far reading got, and asks whether to go on. */
void import_report_progress(struct import_run *run);
must_check enum status import_check(struct import_run *run, struct error *error);
const char *import_actor(const struct import_run *run);

/* A kind of import: reads run->file, stages, counts. On a failure the frame removes what was staged. */
struct import_job {
        enum status (*stage)(struct import_run *run, struct error *error);
};
extern const struct import_job import_jobs[IMPORT_KIND_COUNT];

struct import_preview; /* preview.h */

struct import_result {
        int32_t import_id;
        int64_t generation;
        struct import_counters counters;
        enum encoding encoding;
        char delimiter;
        enum decimal_mark decimal;
        enum packing packing;
        struct left_out left_out;
        char error_path[IMPORT_FILE_NAME_MAX];   /* "": nothing was rejected */
        char reasons_path[IMPORT_FILE_NAME_MAX];
        const char *sheets;                      /* of a workbook: those read; else "". In the arena handed in, */
        const struct sheet_note *notes;          /* as well as this: what was noticed about its sheets */
        size_t note_count;
        struct import_preview *preview;          /* of a dry run, else NULL; lives in the arena handed in */
        bool index_stale;                        /* published, but the column index has to be rebuilt at next use */
        struct error index_error;                /* then: why */
        uint64_t rows_resumed;                   /* as import_run: what an interrupted import of this file had done */
        size_t superseded;                       /* unfinished imports removed, as file or profile have changed */
};

/* Imports one file. `connection` is the caller's, for reading; `arena` takes the preview. */
must_check enum status import_file(struct database *database, struct connection *connection,
                                   const struct import_options *options, struct arena *arena,
                                   struct import_result *ret, struct error *error);

/* How long an interrupted import may be gone on with. */
enum { IMPORT_KEPT_DAYS = 7 };

/* Removes what imports left in staging by a crash and what cannot be gone on with: nothing staged yet, older than
 * IMPORT_KEPT_DAYS, or compared with what has changed since. What another process is importing is left alone; in this
 * one nothing may import meanwhile. *ret_removed counts them. */
must_check enum status import_clean_up(struct database *database, struct connection *connection, size_t *ret_removed,
                                       struct error *error);

/* Removes unfinished imports, also those that could be gone on with: the one of a number, or all (0) but those another
 * process is at. *ret_removed counts them. STATUS_NOT_FOUND "import.not_unfinished" when the numbered one is none,
 * STATUS_BUSY "import.held_elsewhere". */
must_check enum status import_discard(struct database *database, struct connection *connection, int32_t import_id,
                                      size_t *ret_removed, struct error *error);

/* Rows (import_run) of unfinished imports that can be gone on with. */
must_check enum status import_staged_rows(struct connection *connection, uint64_t *ret_rows, struct error *error);

struct import_undone {
        int32_t import_id;
        int64_t generation;
        int64_t refusals_kept; /* withdrawals and objections: they stay in force (customers/consents.h) */
        int64_t runs_flagged; /* approved runs that were made on it: they stay, and say so */
        bool index_stale;     /* the column index has to be rebuilt at its next use */
        struct error index_error; /* then: why */
};
/* Takes a published import back as one generation. import_id 0: the latest published one. STATUS_NOT_FOUND
 * "import.unknown" or "import.none", STATUS_CONFLICT "import.already_undone". */
must_check enum status import_undo(struct database *database, struct connection *connection, int32_t import_id,
                                   const char *actor, struct import_undone *ret, struct error *error);

#endif
