/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * versions.h: concept versions in the database: loaded as drafts, frozen under the digest of their text, released,
 * found. `actor` is who the audit chain names.
 */
#ifndef TREUE_PROGRAM_VERSIONS_H
#define TREUE_PROGRAM_VERSIONS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "db/db.h"
#include "engine/concept.h"

struct version {
        int64_t id, program_id;
        const char *program;       /* code */
        int32_t number;
        bool released;
        const struct concept *concept;
        const char *content;       /* the document, verbatim */
};

/* Stores the document as a draft unless it is there already (*ret_existed). `concept` is what concept_parse made of it.
 * Fixes the company's currency when there is none; another one is refused (setting.currency_differs). */
must_check enum status version_load(struct database *database, struct connection *connection,
                                    const struct concept *concept, struct text content, const char *actor,
                                    struct arena *arena, struct version *ret, bool *ret_existed,
                                    struct error *error);

/* The version a document is or would be, without storing anything: id and number are 0 when it was never loaded. */
must_check enum status version_look_up(struct connection *connection, const struct concept *concept,
                                       struct text content, struct arena *arena, struct version *ret,
                                       struct error *error);

/* STATUS_CONFLICT "concept.already_released"; "concept.segment_dropped" {segment} when a segment of an earlier released
 * version neither stands in this one nor is replaced; "concept.segment_other_kind" {segment} when what replaces it is
 * for the other kind of customers. Writes "concept.released" to the audit chain. */
must_check enum status version_release(struct database *database, struct version *version, const char *actor,
                                       struct error *error);

/* The program to work with: by code, or the only one. STATUS_NOT_FOUND "program.none", "program.unknown" {program},
 * STATUS_USAGE "program.ambiguous" {programs}. */
must_check enum status program_choose(struct connection *connection, const char *code, struct arena *arena,
                                      int64_t *ret_id, const char **ret_code, struct error *error);

/* A version by what people type: "2", "v2" or "PROGRAM v2"; NULL: the latest released one. STATUS_NOT_FOUND
 * "concept.unknown_version" {version} or "concept.none_released" {program}. */
must_check enum status version_find(struct connection *connection, int64_t program_id, const char *program,
                                    const char *name, struct arena *arena, struct version *ret, struct error *error);
must_check enum status version_by_id(struct connection *connection, int64_t id, struct arena *arena,
                                     struct version *ret, struct error *error);

#endif
