/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * entries.c: see entries.h; and taking an entry back.
 */
#include "web/entries.h"

#include <inttypes.h>

#include "access/visibility.h"
#include "base/calendar.h"
#include "base/decimal.h"
#include "platform/random.h"
#include "web/resources.h"

enum { PATH_BYTES_MAX = 64, CELL_BYTES_MAX = 64 };

/* ---- pages ------------------------------------------------------------------------------------------------------ */

enum status entry_page_begin(struct request *request, struct entry_page *ret, struct error *error)
{
        int64_t customer_id;
        if (!request_segment_id(request, "customer", &customer_id))
                return error_set(error, STATUS_NOT_FOUND, "customer.unknown", NULL);
        enum status status = reading_begin(request, &ret->reading, error);
        if (status != STATUS_OK)
                return status;
        const struct reader *reader = &ret->reading.reader;
        int64_t row = directory_find(ret->reading.view, reader->scope, customer_id);
        if (row < 0)
                return error_set(error, STATUS_NOT_FOUND, "customer.unknown", NULL);
        directory_row(ret->reading.view, reader->program, (size_t)row, &ret->about);
        ret->source = ret->about.source;
        ret->number = ret->about.number;
        return STATUS_OK;
}

void entry_key_put(struct request *request, struct model *model)
{
        struct value *form = request_form(request, model, "entry_key");
        char key[33];
        if (!form)
                return;
        snprintf(key, sizeof(key), "%016" PRIx64 "%016" PRIx64, random_u64(), random_u64());
        put_string(model, form, "entry_key", key);
}

void entry_page_put(struct request *request, struct model *model, const struct entry_page *page, const char *title)
{
        put_word(model, NULL, "title", title);
        put_customer(model, put_map(model, NULL, "customer"), &page->about);
        entry_key_put(request, model);
}

static struct text typed_or(const struct model *model, const char *field, struct text now)
{
        const struct value *form = value_get(model->root, "form");
        const struct value *typed = form ? value_get(form, field) : NULL;
        return typed && value_kind(typed) == VALUE_TEXT ? value_text(typed) : now;
}

static const char *last_part(const char *key)
{
        const char *dot = strrchr(key, '.');
        return dot ? dot + 1 : key;
}

void entry_choices_put(struct request *request, struct model *model, const char *name, const char *field,
                       const char *const *keys, size_t count, struct text now)
{
        struct value *list = put_page_list(model, NULL, name);
        struct text chosen = typed_or(model, field, now);
        (void)request;
        for (size_t i = 0; i < count; i++) {
                struct value *map = add_map(model, list);
                put_string(model, map, "value", last_part(keys[i]));
                put_word(model, map, "label", keys[i]);
                put_yes_no(model, map, "chosen", text_is(chosen, last_part(keys[i])));
        }
}

void entry_words_put(struct request *request, struct model *model, const char *name, const char *field,
                     const char *const *keys, size_t count, struct text now)
{
        struct value *list = put_page_list(model, NULL, name);
        struct text chosen = typed_or(model, field, now);
        bool among = chosen.length == 0;
        for (size_t i = 0; i < count; i++) {
                struct text label = text_of(message_raw(request_language(request), keys[i]));
                struct value *map = add_map(model, list);
                bool same = text_equal(label, chosen);
                among |= same;
                put_text(model, map, "value", label);
                put_text(model, map, "label", label);
                put_yes_no(model, map, "chosen", same);
        }
        if (among)
                return;
        struct value *map = add_map(model, list);
        put_text(model, map, "value", chosen);
        put_text(model, map, "label", chosen);
        put_yes_no(model, map, "chosen", true);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

void entry_add(struct entry_cells *cells, const char *column, struct text cell)
{
        if (cells->column_count == ENTRY_COLUMNS_MAX || !column) {
                cells->failed = true;
                return;
        }
        cells->columns[cells->column_count++] = text_of(column);
        entry_next(cells, cell);
}

void entry_next(struct entry_cells *cells, struct text cell)
{
        if (cells->cell_count == ENTRY_ROWS_MAX * ENTRY_COLUMNS_MAX)
                cells->failed = true;
        else
                cells->cells[cells->cell_count++] = cell.data ? cell : (struct text){"", 0};
}

static struct text keep(struct entry_cells *cells, const struct buffer *buffer)
{
        struct arena *arena = request_arena(cells->request);
        const char *copy = buffer->failed ? NULL : arena_copy(arena, buffer->data, buffer->length);
        cells->failed |= !copy;
        return (struct text){copy, copy ? buffer->length : 0};
}

struct text entry_day(struct entry_cells *cells, int32_t day)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, CELL_BYTES_MAX);
        day_add_iso(&text, day);
        return keep(cells, &text);
}

struct text entry_number(struct entry_cells *cells, int64_t units, unsigned scale)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, CELL_BYTES_MAX);
        decimal_add_plain(&text, units, scale);
        return keep(cells, &text);
}

struct entry_order entry_order_of(const struct entry_page *page, enum import_kind kind, const char *notice,
                                  const char *at)
{
        return (struct entry_order){.kind = kind, .notice = notice, .at = at, .source = page->source,
                                    .number = page->number, .customer_id = page->about.customer_id};
}

/* The key as it is stored: nobody can answer with somebody else's. */
static enum status take_key(struct request *request, struct text *ret, struct error *error)
{
        struct text typed = request_text(request, "entry_key");
        char random[40];
        struct buffer key buffer_cleanup;
        buffer_init(&key, 256);
        snprintf(random, sizeof(random), "%016" PRIx64 "%016" PRIx64, random_u64(), random_u64());
        buffer_addf(&key, "%s:%.*s", request_subject(request)->actor, typed.length ? (int)typed.length : 32,
                    typed.length ? typed.data : random);
        const char *copy = key.failed ? NULL : arena_copy(request_arena(request), key.data, key.length);
        *ret = (struct text){copy, key.length};
        return copy ? STATUS_OK : error_memory(error);
}

static bool has_field(const struct entry_cells *cells, const char *column)
{
        for (size_t c = 0; column && c < cells->column_count; c++)
                if (text_is(cells->columns[c], column) && strcmp(column, "customer") != 0 &&
                    request_has(cells->request, column))
                        return true;
        return false;
}

/* What the import refused, at the field it came from. */
static enum status refuse(struct request *request, const struct entry_cells *cells, const char *at,
                          struct error *error)
{
        const char *column = error_argument(error, "column");
        const char *number = error_argument(error, "number");
        char field[CELL_BYTES_MAX], value[PATH_BYTES_MAX * 4];
        const char *key = error->key;
        snprintf(field, sizeof(field), "%s", has_field(cells, column) ? column : at);
        if (number) {
                snprintf(value, sizeof(value), "%s", number);
                return request_refuse_field(request, error, at, key, "number", value, NULL);
        }
        const char *said = error_argument(error, "value");
        snprintf(value, sizeof(value), "%s", said ? said : "");
        const char *kept = arena_copy(request_arena(request), field, strlen(field));
        return kept ? request_refuse_field(request, error, kept, key, "value", value, NULL) : error_memory(error);
}

enum status entry_save(struct request *request, struct model *model, struct entry_cells *cells,
                       const struct entry_order *order, struct error *error)
{
        struct connection *connection;
        struct entry_result result;
        char path[PATH_BYTES_MAX], undo[PATH_BYTES_MAX];
        struct entry entry = {
                .kind = order->kind, .source = order->source, .number = order->number,
                .customer_id = order->customer_id, .columns = cells->columns, .cells = cells->cells,
                .column_count = cells->column_count,
                .row_count = cells->column_count ? cells->cell_count / cells->column_count : 0,
                .account_id = request_subject(request)->account_id, .actor = request_subject(request)->actor,
                .language = request_language(request), .new_source = order->new_source,
                .new_number = order->new_number};
        if (cells->failed || entry.row_count * cells->column_count != cells->cell_count)
                return error_memory(error);
        enum status status = take_key(request, &entry.key, error);
        if (status == STATUS_OK)
                status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = entry_store(application_of(request)->database, connection, &entry, &result, error);
        if (status == STATUS_INVALID || (status == STATUS_CONFLICT && error_argument(error, "number")))
                return refuse(request, cells, order->at, error);
        if (status != STATUS_OK)
                return status;
        put_ordinal(model, NULL, "import", result.import_id);
        put_id(model, NULL, "customer_id", result.customer_id);
        put_yes_no(model, NULL, "repeated", result.repeated);
        snprintf(path, sizeof(path), "/customers/%" PRId64, result.customer_id);
        snprintf(undo, sizeof(undo), "/entries/%" PRId32 "/undo", result.import_id);
        request_notice(request, undo, order->notice, NULL);
        request_go_to(request, text_of(order->back ? order->back : path), !result.repeated);
        return STATUS_OK;
}

/* ---- taking back ------------------------------------------------------------------------------------------------ */

static enum permission permission_for(enum import_kind kind)
{
        switch (kind) {
        case IMPORT_VISITS:
                return PERMISSION_VISIT_WRITE;
        case IMPORT_POTENTIALS:
                return PERMISSION_POTENTIAL_WRITE;
        default:
                return PERMISSION_CUSTOMER_WRITE;
        }
}

/* Whoever made an entry may take it back, as long as the customer is theirs to see. */
static enum status undo(struct request *request, struct model *model, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        struct connection *connection;
        struct entry_origin origin;
        struct import_undone undone;
        int64_t import_id;
        char path[PATH_BYTES_MAX];
        const struct subject *subject = request_subject(request);
        if (!request_segment_id(request, "import", &import_id) || import_id < 1 || import_id > INT32_MAX)
                return error_set(error, STATUS_NOT_FOUND, "entry.unknown", NULL);
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = entry_find(connection, (int32_t)import_id, subject->account_id, &origin, error);
        if (status == STATUS_OK)
                status = reading_begin(request, &reading, error);
        if (status != STATUS_OK)
                return status;
        if (!subject_may(subject, permission_for(origin.kind)) ||
            directory_find(reading.view, reading.reader.scope, origin.customer_id) < 0)
                return error_set(error, STATUS_NOT_FOUND, "entry.unknown", NULL);
        bool may_stay = true;
        status = import_undo(application_of(request)->database, connection, (int32_t)import_id, subject->actor, &undone,
                             error);
        if (status != STATUS_OK)
                return status;
        /* Somebody who came with this entry is gone with it. */
        struct directory_view *view directory_view_cleanup = NULL;
        status = directory_view_of(application_of(request)->directory, connection, request_today(request), &view,
                                   error);
        if (status != STATUS_OK)
                return status;
        struct reader now;
        status = reader_init(view, connection, subject, (struct text){NULL, 0}, request_today(request),
                             request_arena(request), &now, error);
        if (status != STATUS_OK)
                return status;
        may_stay = directory_find(view, now.scope, origin.customer_id) >= 0;
        put_ordinal(model, NULL, "import", (int32_t)import_id);
        snprintf(path, sizeof(path), "/customers/%" PRId64, origin.customer_id);
        request_notice(request, NULL, "entry.undone_notice", NULL);
        request_go_to(request, text_of(may_stay ? path : "/customers"), false);
        return STATUS_OK;
}

static const struct route routes[] = {
        {METHOD_POST, "/entries/{import}/undo", PERMISSION_CUSTOMER_READ, NULL, NULL, undo,
         ROUTE_HIDES, "route.entry_undo"},
};
const struct resource resource_entries = {"entries", routes, sizeof(routes) / sizeof(routes[0])};
