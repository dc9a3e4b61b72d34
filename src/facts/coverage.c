/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * coverage.c: see coverage.h. Decided from the import table alone, so that it is quick and also right when a process
 * ended between publishing an import and publishing its segments.
 */
#include "facts/coverage.h"

#include <stdlib.h>

#include "facts/product_facts.h"
#include "queries.h"

struct known_import {
        int32_t id;
        bool purchases, products;
        bool at_base, at_target; /* visible there */
        int64_t generation, rows_new, rows_changed;
};

static bool visible(const struct q_facts_imports_row *row, int64_t generation)
{
        return row->generation <= generation && (!row->has_undone_generation || row->undone_generation > generation);
}

static enum status load(struct connection *connection, int64_t base, int64_t target, struct known_import **ret,
                        size_t *ret_count, struct error *error)
{
        struct known_import *imports = NULL;
        size_t count = 0, capacity = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_imports_open(connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_facts_imports_row row;
                status = q_facts_imports_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (count == capacity) {
                        capacity = capacity ? capacity * 2 : 64;
                        struct known_import *grown = realloc(imports, capacity * sizeof(*imports));
                        if (!grown) {
                                status = error_memory(error);
                                break;
                        }
                        imports = grown;
                }
                imports[count++] = (struct known_import){
                        .id = row.id,
                        .purchases = text_is(row.kind, "purchases"),
                        .products = text_is(row.kind, "products"),
                        .at_base = visible(&row, base),
                        .at_target = visible(&row, target),
                        .generation = row.generation,
                        .rows_new = row.rows_new,
                        .rows_changed = row.rows_changed,
                };
        }
        if (status != STATUS_OK) {
                free(imports);
                return status;
        }
        *ret = imports;
        *ret_count = count;
        return STATUS_OK;
}

/* A segment added later holds this import's documents. */
static bool added_later(const struct index_manifest *manifest, const struct known_import *import)
{
        for (size_t s = 0; s < manifest->segment_count; s++)
                if (manifest->segments[s].generation == import->generation &&
                    import->generation > manifest->base_generation)
                        return true;
        return false;
}

/* Did a products import that came or went between the two states bring costs? */
static enum status costs_differ(struct connection *connection, const struct known_import *imports, size_t count,
                                bool *ret, struct error *error)
{
        int32_t cost_id = -1;
        bool differ = false;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < count && status == STATUS_OK && !differ; i++) {
                if (!imports[i].products || imports[i].at_base == imports[i].at_target)
                        continue;
                if (cost_id < 0)
                        status = fact_find(connection, "cost", &cost_id, error);
                if (status != STATUS_OK || cost_id < 0)
                        break;
                struct q_facts_import_costs_row row;
                status = q_facts_import_costs(connection, &(struct q_facts_import_costs_args){imports[i].id, cost_id},
                                              &row, &differ, error);
        }
        if (status == STATUS_OK)
                *ret = differ;
        return status;
}

enum status coverage_of(struct connection *connection, const struct index_manifest *manifest, int64_t generation,
                        enum coverage *ret, bool **ret_missing, size_t *ret_missing_count, struct error *error)
{
        struct known_import *imports = NULL;
        size_t count = 0;
        bool ours = false;
        enum status status = audit_point_holds(connection, &manifest->point, &ours, error);
        if (status == STATUS_OK && !ours) {
                *ret = COVERAGE_FOREIGN;
                *ret_missing = NULL;
                *ret_missing_count = 0;
                return STATUS_OK;
        }
        if (status == STATUS_OK)
                status = load(connection, manifest->base_generation, generation, &imports, &count, error);
        if (status != STATUS_OK)
                return status;
        bool afresh = false, add = false;
        status = costs_differ(connection, imports, count, &afresh, error);
        size_t flags = count ? (size_t)imports[count - 1].id + 1 : 1;
        bool *missing = status == STATUS_OK ? calloc(flags, sizeof(*missing)) : NULL;
        if (status == STATUS_OK && !missing)
                status = error_memory(error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
                const struct known_import *import = &imports[i];
                bool later = added_later(manifest, import);
                bool covered = import->at_base || later;
                if (!import->purchases || (import->rows_new == 0 && import->rows_changed == 0))
                        continue;
                afresh |= covered && !import->at_target;
                afresh |= import->rows_changed > 0 && !import->at_base && (later || import->at_target);
                missing[import->id] = import->at_target && !covered;
                add |= missing[import->id];
        }
        free(imports);
        if (status != STATUS_OK || afresh || !add) {
                free(missing);
                missing = NULL;
        }
        if (status != STATUS_OK)
                return status;
        *ret = afresh ? COVERAGE_AFRESH : add ? COVERAGE_ADD : COVERAGE_FITS;
        *ret_missing = missing;
        *ret_missing_count = flags;
        return STATUS_OK;
}
