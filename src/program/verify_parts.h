/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_parts.h: what the files of verify share.
 */
#ifndef TREUE_PROGRAM_VERIFY_PARTS_H
#define TREUE_PROGRAM_VERIFY_PARTS_H

#include "program/verify.h"

struct verifying {
        struct database *database;
        struct connection *connection;
        const struct verify_options *options;
        struct verify_result result;
        enum verify_part part;
};

/* Reports a finding of the current part: verify_found(verifying, "key", "name", value, ..., NULL). */
#define verify_found(verifying, ...)                                                    \
        do {                                                                            \
                struct error verify_finding;                                            \
                (void)error_set(&verify_finding, STATUS_CORRUPT, __VA_ARGS__);          \
                verify_report(verifying, &verify_finding);                              \
        } while (0)
void verify_report(struct verifying *verifying, const struct error *finding);

/* Damage becomes a finding, another failure is handed back. */
must_check enum status verify_damage(struct verifying *verifying, enum status status, const struct error *error);

/* A number as text for a finding; lives as long as `text`. */
enum { VERIFY_NUMBER_BYTES = 24 };
const char *verify_number(char text[VERIFY_NUMBER_BYTES], int64_t number);
/* A text of a row, cut where it is too long, ended by NUL. */
enum { VERIFY_WORD_BYTES = 128 };
const char *verify_word(char word[VERIFY_WORD_BYTES], struct text text);

must_check enum status verify_documents(struct verifying *verifying, struct error *error);
must_check enum status verify_consents(struct verifying *verifying, struct error *error); /* against the audit chain */
must_check enum status verify_runs(struct verifying *verifying, struct error *error);
must_check enum status verify_index(struct verifying *verifying, struct error *error);

#endif
