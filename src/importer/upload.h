/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * upload.h: files handed in by the pages. A file is kept in the data directory; a job looks at it (proposal.h, and a
 * dry run once nothing is open), somebody answers and looks again, and another job imports it. Asked for twice it is
 * imported once: the import is noted by the transaction that publishes it.
 */
#ifndef TREUE_IMPORTER_UPLOAD_H
#define TREUE_IMPORTER_UPLOAD_H

#include "importer/proposal.h"
#include "jobs/jobs.h"

enum { UPLOAD_NAME_BYTES_MAX = 200, UPLOAD_KEPT_DAYS = 7, ERROR_FILES_KEPT_DAYS = 90 };

/* Files are kept for so long, unless the settings of these names say how many days. What was imported stays. */
#define UPLOAD_KEPT_SETTING "uploads_kept_days"
#define ERROR_FILES_KEPT_SETTING "error_files_kept_days"

struct upload {
        int64_t id;
        enum import_kind kind;
        const char *path;             /* of the file, "" when it lies in another data directory */
        struct text file_name, home, answers;
        int64_t bytes;
        int64_t look_job_id;          /* the latest look */
        int64_t import_job_id;        /* 0: not asked for yet */
        int32_t import_id;            /* 0: not imported */
        int64_t account_id;
        struct text actor;
        int64_t created_ms;
};

struct upload_order {
        enum import_kind kind;
        const char *path;             /* moved away from there */
        struct text name;             /* as it was called; folders and control characters are dropped */
        int64_t account_id;
        const char *actor;
        enum language language;
};

/* Takes the file over and has it looked at. */
must_check enum status upload_add(struct jobs *jobs, struct database *database, const struct upload_order *order,
                                  int64_t *ret_id, struct error *error);

/* STATUS_NOT_FOUND "upload.unknown" {upload}. Lives in the arena. */
must_check enum status upload_load(struct database *database, struct connection *connection, const char *home,
                                   int64_t id, struct arena *arena, struct upload *ret, struct error *error);
/* Those that are not imported yet, newest first, at most `most`. */
must_check enum status upload_list(struct database *database, struct connection *connection, const char *home,
                                   size_t most, struct arena *arena, struct upload **ret, size_t *ret_count,
                                   struct error *error);

struct upload_answer {
        enum proposal_option option;
        struct text name, value;
};
/* Replaces what was settled, also the kind, and has it looked at again. STATUS_CONFLICT "upload.begun" when its import
 * was asked for. */
must_check enum status upload_settle(struct jobs *jobs, struct database *database, const struct upload *upload,
                                     enum import_kind kind, const struct upload_answer *answers, size_t count,
                                     enum language language, struct error *error);

/* Has it imported with this profile, as the latest look proposed it. When an import of it failed or was cancelled,
 * anew. STATUS_CONFLICT "upload.begun" when one is under way or done. */
must_check enum status upload_begin(struct jobs *jobs, struct database *database, const struct upload *upload,
                                    struct text profile, int64_t account_id, const char *actor,
                                    enum language language, int64_t *ret_job_id, struct error *error);

/* Removes file and row; an import that was made of it stays. */
must_check enum status upload_remove(struct database *database, const struct upload *upload, struct error *error);

/* The jobs. import_look answers {"records", "columns": [{"field", "place", "constant", "format", "example", "why"}],
 * "header": [text], "notes": [text], "questions": [{"option", "name", "words", "candidates": [{"value", "words"}]}],
 * "profile": text, "preview": ...}; the last two once nothing is open. "preview": {"columns": [text], "rows":
 * [{"sheet", "line", "cells": [{"text", "refused"}]}], "rejected": text, "counts": {...}}. The import job answers
 * {"import", "error_file", "counts"}. */
extern const struct job_kind import_look_kind, import_kind_of_job, upload_clean_kind;

#endif
