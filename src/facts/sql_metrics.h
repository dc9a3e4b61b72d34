/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sql_metrics.h: the metrics counted by the database (sql/queries/metrics.sql) instead of the column index. The engine
 * then makes the same columns of them, bit for bit: what remains to it is arithmetic on one customer's figures
 * (growth, shares, ages in days and months) and who exists, which comes from snapshot_input either way.
 *
 * For whoever has PostgreSQL and wants one number without an index, and to hold the two against each other.
 */
#ifndef TREUE_FACTS_SQL_METRICS_H
#define TREUE_FACTS_SQL_METRICS_H

#include "engine/evaluate.h"
#include "facts/snapshot.h"

/* Counts what the columns of `plan` need and puts it into `input`, which snapshot_input filled for the same snapshot,
 * concept and cut-off: figures instead of segments, potentials, values and attributes afresh. All queries see one state
 * of the database. Lives in `arena`. A sum beyond 63 bits is an error of the database. Several customers evaluated as
 * one are counted alone, which says who of them exists, and then together (facts/sql_united.h). */
must_check enum status sql_metrics_count(struct snapshot *snapshot, struct connection *connection,
                                         const struct engine_plan *plan, struct arena *arena,
                                         struct engine_input *input, struct error *error);

#endif
