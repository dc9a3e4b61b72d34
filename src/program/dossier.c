/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier.c: see dossier.h. One query per section.
 */
#include "program/dossier_parts.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "facts/dated.h"
#include "queries.h"

static const struct dossier_section sections[DOSSIER_PARTS] = {
        [DOSSIER_FACTS] = {"dossier.facts", {"dossier.column.fact", "dossier.column.value",
                                             "dossier.column.valid_from", "dossier.column.source",
                                             "dossier.column.imported"}, .column_count = 5},
        [DOSSIER_RESPONSIBLE] = {"dossier.responsible", {"dossier.column.person", "dossier.column.function",
                                                         "dossier.column.territory", "dossier.column.valid_from",
                                                         "dossier.column.valid_to",
                                                         "dossier.column.source"}, .column_count = 6},
        [DOSSIER_MEMBERSHIPS] = {"dossier.memberships", {"dossier.column.program", "dossier.column.valid_from",
                                                         "dossier.column.segment"}, .column_count = 3},
        [DOSSIER_OVERRIDES] = {"dossier.overrides", {"dossier.column.program", "dossier.column.segment",
                                                     "dossier.column.valid_from", "dossier.column.valid_to",
                                                     "dossier.column.state",
                                                     "dossier.column.reason"}, .column_count = 6},
        [DOSSIER_APPEALS] = {"dossier.appeals", {"dossier.column.program", "dossier.column.filed",
                                                 "dossier.column.due", "dossier.column.owner",
                                                 "dossier.column.state", "dossier.column.reason",
                                                 "dossier.column.result"}, .column_count = 7},
        [DOSSIER_CONTACTS] = {"dossier.contacts", {"dossier.column.name", "dossier.column.role",
                                                   "dossier.column.level", "dossier.column.email",
                                                   "dossier.column.phone", "dossier.column.post",
                                                   "dossier.column.portal"}, .column_count = 7},
        [DOSSIER_CERTIFICATES] = {"dossier.certificates", {"dossier.column.person", "dossier.column.qualification",
                                                           "dossier.column.valid_from", "dossier.column.valid_to",
                                                           "dossier.column.state",
                                                           "dossier.column.source"}, .column_count = 6},
        [DOSSIER_POTENTIALS] = {"dossier.potentials", {"dossier.column.product_group", "dossier.column.valid_from",
                                                       "dossier.column.amount", "dossier.column.supplier",
                                                       "dossier.column.share",
                                                       "dossier.column.source"}, .column_count = 6},
        [DOSSIER_WALLET] = {"dossier.share_of_wallet", {"dossier.column.product_group", "dossier.column.revenue",
                                                        "dossier.column.amount", "dossier.column.share",
                                                        "dossier.column.method", "dossier.column.valid_from",
                                                        "dossier.column.note"}, .column_count = 7},
        [DOSSIER_PURCHASES] = {"dossier.purchases", {"dossier.column.year", "dossier.column.documents",
                                                     "dossier.column.revenue"}, .column_count = 3},
        [DOSSIER_ACTIVITIES] = {"dossier.activities", {"dossier.column.day", "dossier.column.kind",
                                                       "dossier.column.value", "dossier.column.status",
                                                       "dossier.column.note",
                                                       "dossier.column.source"}, .column_count = 6},
        [DOSSIER_VISITS] = {"dossier.visits", {"dossier.column.day", "dossier.column.rep", "dossier.column.kind",
                                               "dossier.column.met", "dossier.column.topics",
                                               "dossier.column.next_step",
                                               "dossier.column.source"}, .column_count = 7},
        [DOSSIER_PLANNED] = {"dossier.planned", {"dossier.column.day", "dossier.column.rep", "dossier.column.kind",
                                                 "dossier.column.topics",
                                                 "dossier.column.source"}, .column_count = 5},
        [DOSSIER_MERGES] = {"dossier.merges", {"dossier.column.valid_from", "dossier.column.direction",
                                               "dossier.column.customer",
                                               "dossier.column.reason"}, .column_count = 4},
};

/* ---- cells ------------------------------------------------------------------------------------------------------- */

struct dossier_cell *dossier_row(struct dossier_loading *loading, enum dossier_part part)
{
        struct dossier_section *section = &loading->dossier.sections[part];
        if (section->row_count == section->capacity) {
                size_t capacity = section->capacity ? section->capacity * 2 : 16;
                struct dossier_cell *grown = arena_array(loading->arena, struct dossier_cell,
                                                         capacity * section->column_count);
                if (!grown) {
                        loading->failed = true;
                        return NULL;
                }
                if (section->row_count)
                        memcpy(grown, section->cells, section->row_count * section->column_count * sizeof(*grown));
                section->cells = grown;
                section->capacity = capacity;
        }
        return &section->cells[section->row_count++ * section->column_count];
}

struct dossier_cell dossier_text(struct dossier_loading *loading, struct text text)
{
        const char *copy = arena_copy(loading->arena, text.data ? text.data : "", text.length);
        loading->failed |= !copy;
        return (struct dossier_cell){text.length ? DOSSIER_TEXT : DOSSIER_BLANK, {copy, text.length}, 0};
}

struct dossier_cell dossier_figure(enum dossier_type type, int64_t number)
{
        return (struct dossier_cell){.type = type, .number = number};
}

struct dossier_cell dossier_day(int32_t day)
{
        bool blank = day == DAY_NONE || day == DAY_OPEN_START || day == DAY_OPEN_END;
        return dossier_figure(blank ? DOSSIER_BLANK : DOSSIER_DAY, day);
}

struct dossier_cell dossier_word(const char *key)
{
        return (struct dossier_cell){DOSSIER_WORD, text_of(key), 0};
}

struct dossier_cell dossier_word_of(struct dossier_loading *loading, const char *family, struct text code)
{
        struct buffer key buffer_cleanup;
        buffer_init(&key, 1 << 16);
        buffer_add_text(&key, family);
        buffer_add(&key, code.data, code.length);
        loading->failed |= key.failed;
        struct dossier_cell cell = dossier_text(loading, (struct text){key.data, key.length});
        cell.type = DOSSIER_WORD;
        return cell;
}

enum status dossier_done(const struct dossier_loading *loading, enum status status, struct error *error)
{
        return status == STATUS_OK && loading->failed ? error_memory(error) : status;
}

/* ---- facts ------------------------------------------------------------------------------------------------------- */

/* Where a value came from goes through the rule of dated facts behind the value. */
#define PART_SEPARATOR '\x1F'

static struct text cut(struct text *rest)
{
        const char *end = rest->length ? memchr(rest->data, PART_SEPARATOR, rest->length) : NULL;
        size_t length = end ? (size_t)(end - rest->data) : rest->length;
        struct text part = {rest->data, length};
        *rest = end ? (struct text){end + 1, rest->length - length - 1} : (struct text){rest->data + length, 0};
        return part;
}

/* Days and kinds are stored as the words programs get; people read them in their own. */
static struct dossier_cell fact_value(struct dossier_loading *loading, struct text code, struct text value)
{
        static const char *const days[] = {"since", "joined", "suspended_from", "suspended_to"};
        int32_t day;
        for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
                if (text_is(code, days[i]) && day_parse_iso(value, &day))
                        return dossier_figure(DOSSIER_DAY, day);
        if (text_is(code, "kind") && (text_is(value, "customer") || text_is(value, "prospect")))
                return dossier_word_of(loading, "dossier.kind.", value);
        return dossier_text(loading, value);
}

static void put_fact(struct dossier_loading *loading, struct text code, struct dated *facts)
{
        struct text found;
        bool dated = fact_is_dated(code);
        if (dated)
                dated_open(facts);
        if (!(dated ? dated_on(facts, loading->day, &found) : dated_latest(facts, &found)))
                return;
        struct dossier_cell *row = dossier_row(loading, DOSSIER_FACTS);
        if (!row)
                return;
        int32_t valid_from = DAY_NONE, imported = DAY_NONE;
        struct text source = cut(&found), from = cut(&found), day = cut(&found);
        row[0] = dossier_text(loading, code);
        row[0].type = DOSSIER_FACT;
        row[1] = fact_value(loading, code, found);
        if (text_is(code, "territory"))
                loading->territory = row[1].text;
        if (day_parse_iso(from, &valid_from))
                row[2] = dossier_figure(DOSSIER_DAY, valid_from);
        row[3] = dossier_text(loading, source);
        if (day_parse_iso(day, &imported))
                row[4] = dossier_figure(DOSSIER_DAY, imported);
}

static bool add_fact(struct dated *facts, const struct q_dossier_facts_row *row)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, (size_t)64 << 20);
        buffer_add(&text, row->source.data, row->source.length);
        buffer_add_byte(&text, PART_SEPARATOR);
        day_add_iso(&text, row->valid_from);
        buffer_add_byte(&text, PART_SEPARATOR);
        day_add_iso(&text, row->import_day);
        buffer_add_byte(&text, PART_SEPARATOR);
        if (row->value.length)
                buffer_add(&text, row->value.data, row->value.length);
        return !text.failed &&
               dated_add(facts, row->valid_from, row->generation, (struct text){text.data, text.length});
}

static enum status load_facts(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_facts_args args = {loading->customer_id, loading->generation};
        rows_cleanup struct rows *rows = NULL;
        struct dated facts;
        struct text code = {NULL, 0};
        dated_init(&facts);
        enum status status = q_dossier_facts_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status && more && !loading->failed;) {
                struct q_dossier_facts_row row;
                status = q_dossier_facts_next(rows, &row, &more, error);
                if (status)
                        break;
                if (facts.count && (!more || !text_equal(row.code, code))) {
                        put_fact(loading, code, &facts);
                        dated_clear(&facts);
                }
                if (!more)
                        break;
                if (!facts.count)
                        code = dossier_text(loading, row.code).text;
                loading->failed |= !add_fact(&facts, &row);
        }
        dated_release(&facts);
        return dossier_done(loading, status, error);
}

/* ---- the other sections ------------------------------------------------------------------------------------------ */

static enum status load_memberships(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_memberships_args args = {loading->customer_id, loading->day};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_dossier_memberships_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_memberships_row row;
                status = q_dossier_memberships_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct dossier_cell *cells = dossier_row(loading, DOSSIER_MEMBERSHIPS);
                if (!cells)
                        break;
                cells[0] = dossier_text(loading, row.program);
                cells[1] = dossier_figure(DOSSIER_DAY, row.effective_day);
                cells[2] = dossier_text(loading, row.segment);
        }
        return dossier_done(loading, status, error);
}

/* What competitors leave. */
static void put_own_share(struct dossier_loading *loading, size_t first)
{
        struct dossier_section *section = &loading->dossier.sections[DOSSIER_POTENTIALS];
        int64_t left = 1000000;
        for (size_t r = first + 1; r < section->row_count; r++)
                left -= section->cells[r * section->column_count + 4].number;
        if (section->row_count <= first + 1)
                return;
        struct dossier_cell *cells = &section->cells[first * section->column_count];
        cells[3] = dossier_word("dossier.own");
        cells[4] = dossier_figure(DOSSIER_SHARE, left);
}

static enum status load_potentials(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_potentials_args args = {loading->customer_id, loading->generation};
        struct dossier_section *section = &loading->dossier.sections[DOSSIER_POTENTIALS];
        rows_cleanup struct rows *rows = NULL;
        struct text group = {NULL, 0};
        int32_t from = DAY_NONE;
        size_t first = 0;
        enum status status = q_dossier_potentials_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_potentials_row row;
                status = q_dossier_potentials_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (row.valid_from > loading->day || row.valid_to < loading->day)
                        continue;
                bool same_group = group.data && text_equal(row.product_group, group);
                if (same_group && row.valid_from != from)
                        continue; /* an earlier one */
                struct dossier_cell *cells;
                if (!same_group) {
                        put_own_share(loading, first);
                        first = section->row_count;
                        cells = dossier_row(loading, DOSSIER_POTENTIALS);
                        if (!cells)
                                break;
                        cells[0] = dossier_text(loading, row.product_group);
                        cells[1] = dossier_figure(DOSSIER_DAY, row.valid_from);
                        cells[2] = dossier_figure(DOSSIER_MONEY, row.amount_minor);
                        cells[5] = dossier_text(loading, row.source);
                        group = cells[0].text;
                        from = row.valid_from;
                }
                cells = row.has_competitor ? dossier_row(loading, DOSSIER_POTENTIALS) : NULL;
                if (cells) {
                        cells[0] = dossier_text(loading, row.product_group);
                        cells[3] = dossier_text(loading, row.competitor);
                        cells[4] = dossier_figure(DOSSIER_SHARE, row.share_millionths);
                }
        }
        put_own_share(loading, first);
        return dossier_done(loading, status, error);
}

static enum status load_purchases(struct dossier_loading *loading, struct error *error)
{
        struct q_metrics_state_args asked = {loading->generation};
        struct q_metrics_state_row state;
        rows_cleanup struct rows *rows = NULL;
        struct dossier_cell *cells = NULL;
        bool found;
        enum status status = q_metrics_state(loading->connection, &asked, &state, &found, error);
        if (status)
                return status;
        struct q_dossier_documents_args args = {loading->customer_id, loading->generation, loading->day,
                                                found && state.all_visible, found && state.none_replaced};
        status = q_dossier_documents_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_documents_row row;
                status = q_dossier_documents_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                int year = date_from_day(row.day).year;
                if (!cells || cells[0].number != year) {
                        cells = dossier_row(loading, DOSSIER_PURCHASES);
                        if (!cells)
                                break;
                        cells[0] = dossier_figure(DOSSIER_NUMBER, year);
                        cells[1] = dossier_figure(DOSSIER_NUMBER, 0);
                        cells[2] = dossier_figure(DOSSIER_MONEY, 0);
                }
                cells[1].number++;
                cells[2].number += row.total_minor;
        }
        return dossier_done(loading, status, error);
}

enum status dossier_load(const struct dossier_request *request, struct arena *arena, struct dossier *ret,
                         struct error *error)
{
        enum status (*const loaders[])(struct dossier_loading *, struct error *) = {
                load_facts, dossier_load_responsible, load_memberships, dossier_load_overrides, dossier_load_appeals,
                dossier_load_contacts, dossier_load_certificates, load_potentials, dossier_load_wallet, load_purchases,
                dossier_load_activities, dossier_load_visits, dossier_load_planned, dossier_load_merges};
        struct dossier_loading loading = {
                .request = request,
                .connection = request->connection,
                .arena = arena,
                .customer_id = request->customer_id,
                .generation = snapshot_generation(request->snapshot),
                .day = request->day,
        };
        enum status status = STATUS_OK;
        memcpy(loading.dossier.sections, sections, sizeof(sections));
        for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]) && !status; i++)
                status = loaders[i](&loading, error);
        if (!status)
                *ret = loading.dossier;
        return status;
}
