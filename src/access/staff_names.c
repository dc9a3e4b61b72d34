/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * staff_names.c: see staff_names.h.
 */
#include "access/staff_names.h"

#include "base/buffer.h"
#include "queries.h"

enum { LIST_BYTES_MAX = 1 << 24, CODE_BYTES_MAX = 1 << 16 };

struct staff_name {
        struct text code, folded, name;
};

struct staff_names {
        const struct staff_name *list;
        size_t count;
};

static bool keep(const struct q_staff_names_row *row, struct arena *arena, struct buffer *list)
{
        struct staff_name one;
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, CODE_BYTES_MAX);
        return text_add_search(&folded, row->code) &&
               arena_keep_text(arena, (struct text){folded.data, folded.length}, &one.folded) &&
               arena_keep_text(arena, row->code, &one.code) && arena_keep_text(arena, row->name, &one.name) &&
               buffer_add(list, &one, sizeof(one));
}

enum status staff_names_load(struct connection *connection, struct arena *arena, const struct staff_names **ret,
                             struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        enum status status = q_staff_names_open(connection, NULL, &rows, error);
        for (bool more = true; !status && more;) {
                struct q_staff_names_row row;
                status = q_staff_names_next(rows, &row, &more, error);
                if (!status && more && !keep(&row, arena, &list))
                        status = error_memory(error);
        }
        struct staff_names *names = status ? NULL : arena_array(arena, struct staff_names, 1);
        if (!status && names) {
                names->count = list.length / sizeof(struct staff_name);
                names->list = arena_keep_list(arena, &list);
        }
        if (!status && (!names || !names->list))
                status = error_memory(error);
        if (!status)
                *ret = names;
        return status;
}

struct text staff_name(const struct staff_names *names, struct text code)
{
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, CODE_BYTES_MAX);
        if (names->count && code.length && text_add_search(&folded, code))
                for (size_t i = 0; i < names->count; i++)
                        if (text_equal(names->list[i].folded, (struct text){folded.data, folded.length}))
                                return names->list[i].name;
        return (struct text){NULL, 0};
}

size_t staff_names_count(const struct staff_names *names) { return names->count; }

struct text staff_code_at(const struct staff_names *names, size_t place) { return names->list[place].code; }
