/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_parts.h: the parts of treue import: importing files, listing, undoing, and what is said about each.
 */
#ifndef TREUE_CLI_IMPORT_PARTS_H
#define TREUE_CLI_IMPORT_PARTS_H

#include "cli/cli.h"
#include "cli/options.h"
#include "importer/import.h"
#include "importer/preview.h"
#include "importer/proposal.h"

/* What treue import was asked for, besides kind and files. */
struct import_words {
        const char *profile, *format;
        const char *source, *save_profile;
        struct option_values columns, values, answers;
        bool dry_run, yes;
};

/* Imports files and whole folders of one kind, with the profile named or with proposed ones. *ret_worst: the worst exit
 * status of a file; each was told when it happened. Fails only where going on makes no sense. */
must_check enum status import_all_files(struct cli_context *context, enum import_kind kind, char **words, size_t count,
                                        const struct import_words *options, int *ret_worst, struct error *error);

/* Proposes a profile for files of one layout (proposal.h), shows it, asks on a terminal what is open and whether to go
 * on. STATUS_USAGE import.proposal.open_questions when there is nobody to ask; STATUS_CANCELLED when the answer is no.
 * Result and its texts live in the arena. */
must_check enum status import_propose(struct cli_context *context, const struct proposal_request *request,
                                      const struct import_words *options, struct arena *arena, struct profile *ret,
                                      struct error *error);

/* Removes unfinished imports a crash left, and says so. */
must_check enum status import_say_cleaned(struct cli_context *context, struct database *database,
                                          struct connection *connection, struct error *error);

/* treue import list. */
must_check enum status import_print_list(struct cli_context *context, enum form form, struct error *error);

/* After an import: what was read, what became of it, where the rejected lines are. */
void import_print_summary(struct cli_context *context, const struct import_options *options,
                          const struct import_result *result);
/* Published or undone, but the column index could not be brought up to date; `reason` says why. */
void import_print_stale(struct cli_context *context, const struct error *reason);
/* Before the summary of a dry run: mapping and first rows. */
must_check enum status import_print_preview(struct cli_context *context, const struct import_result *result,
                                            struct error *error);

/* The bar on standard error; silent unless a person looks at it. */
struct import_bar {
        struct cli_context *context;
        bool visible;
        int64_t shown_ns;
        unsigned shown_percent;
};
void import_bar_show(void *bar, const struct import_progress *progress);
void import_bar_clear(struct import_bar *bar);

#endif
