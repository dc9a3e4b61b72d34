/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * program_jobs.h: jobs about programs. What they answer is JSON; days are ISO, amounts minor units.
 */
#ifndef TREUE_PROGRAM_PROGRAM_JOBS_H
#define TREUE_PROGRAM_PROGRAM_JOBS_H

#include "jobs/jobs.h"

/* An evaluation, stored as a proposal. Arguments: "program" (code; none: the only one), "version" ("2"; none: the
 * latest released one), "cutoff" (ISO; none: the latest scheduled day the data is complete for), "evaluation" (id;
 * none: by the cut-off). Answers {"run": id as text, "evaluated": count}. Comes by itself the day after a cut-off of a
 * program's schedule, once for all servers, unless that was evaluated already; what it proposes waits for approval. */
extern const struct job_kind evaluation_kind;

/* A what-if. Arguments: "program", "version" (the change), "against" (none: the latest released one), "cutoff",
 * "evaluation". Answers {"cutoff", "evaluation", "version", "against", "evaluated", "other_decisions",
 * "segments_against": [{"segment", "customers", "revenue", "margin"}], "segments": the same,
 * "matrix": [{"from", "to", "customers"}] with segments or null, "moves_total", "moves": [{"customer": id as text,
 * "from", "to", "direction": "up" | "down" | "aside", "revenue"}] of at most SIMULATION_MOVES_MAX, by revenue}. */
extern const struct job_kind simulation_kind;
enum { SIMULATION_MOVES_MAX = 5000 };

/* A first program made from the data. Arguments: "name" (none: the standard one), "currency" (where the company has
 * none), "a_percent", "b_percent" (0: 10 and 30), "year_month" (0: 1). Loads the document as a draft and answers
 * {"program", "version", "cutoff", "evaluated", "segments": [{"segment", "customers", "revenue"}]}. */
extern const struct job_kind first_concept_kind;

/* Puts a version into force and everybody on the ladder: releases it unless it is, evaluates, approves. Arguments
 * "program", "version". Answers {"run": id as text, "effective": day}. */
extern const struct job_kind first_ladder_kind;

/* Builds the column index afresh. */
extern const struct job_kind index_kind;

#endif
