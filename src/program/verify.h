/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify.h: is what the database and the column index hold whole? Looks, changes nothing.
 *
 * Checked are, in this order: the engine's own structures; imports and generations (each published or undone import
 * has a generation of its own up to the head, none is missing, no rows of unknown imports); references to customers,
 * people and articles; purchase documents (line count, total and content hash fit the packed lines); the audit chain,
 * and that it and the database tell the same, consents entry by entry; runs (complete, values readable); the column
 * index.
 *
 * All is read in one view, so that it works beside a running writer.
 */
#ifndef TREUE_PROGRAM_VERIFY_H
#define TREUE_PROGRAM_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/parallel.h"
#include "base/status.h"
#include "db/db.h"

enum verify_part {
        VERIFY_ENGINE,
        VERIFY_IMPORTS,
        VERIFY_REFERENCES,
        VERIFY_DOCUMENTS,
        VERIFY_AUDIT,
        VERIFY_RUNS,
        VERIFY_INDEX,
        VERIFY_PART_COUNT
};
extern const char *const verify_part_names[VERIFY_PART_COUNT]; /* "engine", "imports", ... */

/* Findings of one part beyond these are only counted. */
enum { VERIFY_FINDINGS_PER_PART = 20 };

struct verify_options {
        bool deep;                       /* also build the column index in memory and compare it with the files */
        const struct parallel *parallel; /* may be NULL */
        void *context;
        /* A part begins. May be NULL. */
        void (*begin)(void *context, enum verify_part part);
        /* Something is wrong: what and how to mend it, as an error's key and arguments. */
        void (*found)(void *context, enum verify_part part, const struct error *finding);
        /* Nothing is wrong, but worth a word (an index that will be rebuilt). */
        void (*note)(void *context, enum verify_part part, const struct error *note);
};

struct verify_result {
        uint64_t findings;
        uint64_t findings_of[VERIFY_PART_COUNT];
        int64_t generation;
        uint64_t imports, documents, lines, audit_entries, runs, decisions;
        bool index_compared; /* deep, and there was an index that fits the database */
};

/* A failure is only what keeps the check from going on (memory, disk); damage is a finding. */
must_check enum status verify_database(struct database *database, struct connection *connection,
                                       const struct verify_options *options, struct verify_result *ret,
                                       struct error *error);

#endif
