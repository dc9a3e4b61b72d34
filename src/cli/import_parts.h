/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_parts.h: the parts of treue import: importing files, listing, undoing, and what is said about each.
 */
#ifndef TREUE_CLI_IMPORT_PARTS_H
#define TREUE_CLI_IMPORT_PARTS_H

#include "cli/cli.h"
#include "importer/import.h"
#include "importer/preview.h"

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
