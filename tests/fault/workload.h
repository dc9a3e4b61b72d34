/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * workload.h: what the fault harnesses let happen to a small company: imports, approvals and undos by the program's own
 * libraries, and what the database must hold after each of them.
 */
#ifndef TREUE_TESTS_FAULT_WORKLOAD_H
#define TREUE_TESTS_FAULT_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { STEPS_MAX = 8, VARIANTS = 4, STATE_BYTES = 256, DIRECTORY_BYTES = 512 };

/* 'i' import of the next file, 'a' evaluation and approval at the next cut-off, 'u' undo of the latest import. */
const char *workload_steps(unsigned variant);

/* What is visible: states of the imports, approvals, and a digest of documents and decisions. */
struct state {
        char text[STATE_BYTES];
};

/* A new company in `directory`: settings, files to import, a released concept, one import and one approval. */
must_check enum status workload_found(const char *directory, struct error *error);

/* Opens the database, does the steps from `first` on, calls `acknowledge` after each, closes. A step that fails ends
 * it. */
must_check enum status workload_run(const char *directory, unsigned variant, size_t first,
                                    void (*acknowledge)(void *context, size_t step), void *context,
                                    struct error *error);

/* Reads the state from the file. */
struct state workload_state(const char *directory);

/* Opens, checks all but the column index, which is derived, or with `deep` brings the index up to date and checks it
 * too. Findings go to standard output; *ret_findings counts them. */
must_check enum status workload_verify(const char *directory, bool deep, uint64_t *ret_findings, struct error *error);

#endif
