/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * generation.c: publishing, and which imports a generation shows.
 */
#include "db/generation.h"

#include "queries.h"

enum status generation_latest(struct connection *connection, int64_t *ret_generation, struct error *error)
{
        struct q_head_generation_row row;
        bool found = false;
        enum status status = q_head_generation(connection, NULL, &row, &found, error);
        if (status)
                return status;
        if (!found)
                return error_set(error, STATUS_CORRUPT, "database.no_head", NULL);
        *ret_generation = row.generation;
        return STATUS_OK;
}

enum status generation_take(struct connection *connection, int64_t *ret_generation, struct error *error)
{
        struct q_head_take_generation_row row;
        bool found = false;
        enum status status = q_head_take_generation(connection, NULL, &row, &found, error);
        if (status)
                return status;
        if (!found)
                return error_set(error, STATUS_CORRUPT, "database.no_head", NULL);
        *ret_generation = row.generation;
        return STATUS_OK;
}

/* Room for import ids below `count`. */
static enum status grow(struct visibility *visibility, size_t count, struct error *error)
{
        int64_t *grown = reallocarray(visibility->import_generation, count, sizeof(*grown));
        if (!grown)
                return error_memory(error);
        memset(grown + visibility->import_count, 0, (count - visibility->import_count) * sizeof(*grown));
        visibility->import_generation = grown;
        visibility->import_count = count;
        return STATUS_OK;
}

enum status visibility_load(struct connection *connection, int64_t generation, struct visibility *ret,
                            struct error *error)
{
        struct visibility visibility = {.generation = generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_import_visibility_open(
                connection, &(struct q_import_visibility_args){.generation = generation}, &rows, error);
        while (!status) {
                struct q_import_visibility_row row;
                bool more = false;
                status = q_import_visibility_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                /* Ordered by id, so each row makes the table longer. */
                if (row.id < 0 || (size_t)row.id < visibility.import_count) {
                        status = error_set(error, STATUS_CORRUPT, "database.import_order", NULL);
                        break;
                }
                status = grow(&visibility, (size_t)row.id + 1, error);
                if (!status)
                        visibility.import_generation[row.id] = row.published_generation;
        }
        if (status) {
                visibility_release(&visibility);
                return status;
        }
        *ret = visibility;
        return STATUS_OK;
}

void visibility_release(struct visibility *visibility)
{
        free(visibility->import_generation);
        *visibility = (struct visibility){.generation = 0};
}
