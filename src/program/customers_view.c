/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customers_view.c: the columns of lists of customers, and from a list's address to a question to the directory.
 */
#include "program/customers_view.h"

#include "base/checked.h"
#include "customers/audience.h"
#include "program/amounts.h"
#include "program/directory_parts.h"

enum { ORDINARY = COLUMN_SORTS | COLUMN_FILTERS, SHOWN = ORDINARY | COLUMN_SHOWN, SUMMED = ORDINARY | COLUMN_SUMS,
       BRIEF = SHOWN | COLUMN_BRIEF, KEY_BYTES_MAX = 32, MILLION = 1000000 };

static const char *const kinds[] = {"customer", "prospect", NULL};
static const char *const movements[] = {"up", "down", "new", "left", "first_order", NULL};

/* Names are those of directory_columns. */
static const struct list_column columns[] = {
        {"number", "list.customers.number", SHEET_TEXT, .flags = SHOWN, .path = "path"},
        {"name", "list.customers.name", SHEET_TEXT, .flags = BRIEF & ~COLUMN_FILTERS, .path = "path"},
        {"segment", "list.customers.segment", SHEET_CODE, .flags = BRIEF, .part = "badge"},
        {"city", "list.customers.city", SHEET_TEXT, .flags = BRIEF},
        {"responsible", "list.customers.responsible", SHEET_TEXT, .flags = SHOWN},
        {"revenue", "list.customers.revenue", SHEET_MONEY, .flags = BRIEF | COLUMN_SUMS,
         .brief = "list.customers.brief.revenue"},
        {"change", "list.customers.change", SHEET_MONEY, .flags = SHOWN | COLUMN_SUMS},
        {"next", "list.customers.next", SHEET_CODE, .flags = SHOWN, .part = "badge"},
        {"missing", "list.customers.missing", SHEET_COUNT, .flags = BRIEF,
         .brief = "list.customers.brief.missing"},
        {"last_order", "list.customers.last_order", SHEET_DAY, .flags = BRIEF},
        {"last_visit", "list.customers.last_visit", SHEET_DAY, .flags = ORDINARY | COLUMN_BRIEF},
        {"overdue", "list.customers.overdue", SHEET_COUNT, .flags = ORDINARY},
        {"since", "list.customers.since", SHEET_DAY, .flags = ORDINARY},
        {"grace", "list.customers.grace", SHEET_DAY, .flags = ORDINARY},
        {"announced", "list.customers.announced", SHEET_CODE, .flags = ORDINARY, .part = "badge"},
        {"segment_before", "list.customers.segment_before", SHEET_CODE, .flags = ORDINARY, .part = "badge"},
        {"movement", "list.customers.movement", SHEET_CODE, .flags = ORDINARY, .words = "movement.",
         .codes = movements},
        {"previous", "list.customers.previous", SHEET_MONEY, .flags = SUMMED},
        {"months_change", "list.customers.months_change", SHEET_MONEY, .flags = SUMMED},
        {"potential", "list.customers.potential", SHEET_MONEY, .flags = SUMMED | COLUMN_BRIEF,
         .brief = "list.customers.brief.potential"},
        {"open_potential", "list.customers.open_potential", SHEET_MONEY, .flags = SUMMED},
        {"share_of_wallet", "list.customers.share_of_wallet", SHEET_SHARE, .flags = ORDINARY},
        {"kind", "list.customers.kind", SHEET_CODE, .flags = ORDINARY, .words = "customer_kind.", .codes = kinds},
        {"country", "list.customers.country", SHEET_TEXT, .flags = ORDINARY},
        {"trade", "list.customers.trade", SHEET_TEXT, .flags = ORDINARY},
        {"size_class", "list.customers.size_class", SHEET_TEXT, .flags = ORDINARY},
        {"stage", "list.customers.stage", SHEET_TEXT, .flags = ORDINARY | COLUMN_BRIEF},
        {"territory", "list.customers.territory", SHEET_TEXT, .flags = ORDINARY},
        {"contacts", "list.customers.contacts", SHEET_COUNT, .flags = ORDINARY},
        {"levels", "list.customers.levels", SHEET_COUNT, .flags = ORDINARY},
        {"certified", "list.customers.certified", SHEET_COUNT, .flags = ORDINARY},
        {"areas", "list.customers.areas", SHEET_COUNT, .flags = ORDINARY},
        {"only_price", "list.customers.only_price", SHEET_YES_NO, .flags = ORDINARY},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };
static const char *const kept_fields[] = {"day", "program", NULL};

const struct list_spec customers_spec = {"list.customers", "/customers", columns, COLUMNS, kept_fields, NULL};
/* Who has not bought yet has no revenue, no order and no next segment: what counts is how far one got. */
static const char *const prospects_shown[] = {"number", "name", "segment", "city", "responsible", "stage", "potential",
                                              "contacts", "last_visit", NULL};
const struct list_spec prospects_spec = {"list.prospects", "/prospects", columns, COLUMNS, kept_fields,
                                         prospects_shown};

/* ---- from the address to the question ---------------------------------------------------------------------------- */

static enum directory_column column_of(size_t place)
{
        return (enum directory_column)directory_column_find(text_of(columns[place].name));
}

struct asking {
        const struct list_address *address;
        const struct staff_names *staff;
        struct directory_filter *filters;
        struct text *words;
        size_t count;
};

/* Several words of one column are one filter: any of them, or none. */
static bool is_first(const struct list_address *address, size_t filter)
{
        for (size_t f = 0; f < filter; f++)
                if (address->filters[f].column == address->filters[filter].column &&
                    address->filters[f].compare == address->filters[filter].compare)
                        return false;
        return true;
}

/* Who asks for somebody by the name the list shows means all codes behind it. */
static size_t add_codes(const struct staff_names *staff, struct text *words, size_t count)
{
        size_t all = count;
        for (size_t i = 0; i < staff_names_count(staff); i++) {
                struct text code = staff_code_at(staff, i), name = staff_name(staff, code);
                for (size_t w = 0; w < count; w++)
                        if (text_equal(words[w], name)) {
                                words[all++] = code;
                                break;
                        }
        }
        return all;
}

static void ask_words(struct asking *asking, size_t filter, struct text *words)
{
        const struct list_filter *first = &asking->address->filters[filter];
        size_t count = 0;
        for (size_t f = filter; f < asking->address->filter_count; f++)
                if (asking->address->filters[f].column == first->column &&
                    asking->address->filters[f].compare == first->compare)
                        words[count++] = asking->address->filters[f].word;
        if (column_of(first->column) == LIST_RESPONSIBLE)
                count = add_codes(asking->staff, words, count);
        asking->filters[asking->count++] = (struct directory_filter){
                .column = column_of(first->column), .words = words, .word_count = count,
                .compare = first->compare == LIST_IS ? FILTER_ANY_OF : FILTER_NONE_OF};
}

static void ask_range(struct asking *asking, const struct list_filter *filter)
{
        if (filter->has_from)
                asking->filters[asking->count++] = (struct directory_filter){
                        .column = column_of(filter->column), .compare = FILTER_AT_LEAST, .number = filter->from};
        if (filter->has_to)
                asking->filters[asking->count++] = (struct directory_filter){
                        .column = column_of(filter->column), .compare = FILTER_AT_MOST, .number = filter->to};
}

static bool ask(struct asking *asking, bool only_prospects, struct arena *arena)
{
        static const struct text prospect = {"prospect", 8};
        const struct list_address *address = asking->address;
        size_t most = address->filter_count, words_most = most + staff_names_count(asking->staff);
        asking->filters = arena_array(arena, struct directory_filter, 2 * most + 1);
        asking->words = arena_array(arena, struct text, most * words_most + 1);
        if (!asking->filters || !asking->words)
                return false;
        if (only_prospects)
                asking->filters[asking->count++] = (struct directory_filter){
                        .column = LIST_KIND, .compare = FILTER_ANY_OF, .words = &prospect, .word_count = 1};
        for (size_t f = 0; f < most; f++) {
                const struct list_filter *filter = &address->filters[f];
                bool words = filter->compare == LIST_IS || filter->compare == LIST_IS_NOT;
                if (words && is_first(address, f))
                        ask_words(asking, f, asking->words + f * words_most);
                else if (filter->compare == LIST_BETWEEN)
                        ask_range(asking, filter);
                else if (!words)
                        asking->filters[asking->count++] = (struct directory_filter){
                                .column = column_of(filter->column),
                                .compare = filter->compare == LIST_KNOWN ? FILTER_KNOWN : FILTER_UNKNOWN};
        }
        return true;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

struct filling {
        const struct reader *reader;
        const struct concept *concept;
        struct model *model;
        struct directory_row row;
        size_t at;
};

static void put_segment_code(const struct filling *filling, struct value *map, const char *name, uint8_t segment)
{
        struct text code = segment == SEGMENT_NONE || !filling->concept ? (struct text){NULL, 0}
                                                                        : filling->concept->segments[segment].id;
        put_text(filling->model, map, name, code);
}

static void put_known_money(struct model *model, struct value *map, const char *name, bool known, int64_t minor)
{
        if (known)
                put_money(model, map, name, minor);
        else
                put_none(model, map, name);
}

static void put_segments_of(const struct filling *filling, struct value *map)
{
        const struct directory_row *row = &filling->row;
        struct model *model = filling->model;
        put_segment_code(filling, map, "segment", row->segment);
        put_segment_code(filling, map, "next", row->next);
        put_segment_code(filling, map, "announced", row->announced);
        put_segment_code(filling, map, "segment_before", row->segment_year_before);
        put_day(model, map, "since", row->since_day);
        put_day(model, map, "grace", row->grace ? row->grace_end_day : DAY_NONE);
        if (row->next == SEGMENT_NONE || row->missing_count == MISSING_UNKNOWN)
                put_none(model, map, "missing");
        else
                put_count(model, map, "missing", row->missing_count);
        put_word_of(model, map, "movement", "movement.",
                    text_of(movement_names[directory_movement(filling->reader->view, filling->reader->program,
                                                              filling->at)]));
}

static void put_figures(const struct filling *filling, struct value *map)
{
        const struct directory_row *row = &filling->row;
        struct model *model = filling->model;
        int64_t part = row->revenue_minor > row->potential_minor ? row->potential_minor : row->revenue_minor;
        int32_t overdue = directory_visit_overdue_days(filling->reader->view, row);
        put_money(model, map, "revenue", row->revenue_minor);
        put_money(model, map, "previous", row->previous_minor);
        put_money(model, map, "change", row->revenue_minor - row->previous_minor);
        put_money(model, map, "months_change", row->months_minor - row->months_before_minor);
        put_known_money(model, map, "potential", row->potential_known, row->potential_minor);
        put_known_money(model, map, "open_potential", row->potential_known, row->open_minor);
        if (row->potential_known)
                put_ratio(model, map, "share_of_wallet", part, row->potential_minor);
        else
                put_none(model, map, "share_of_wallet");
        put_day(model, map, "last_order", row->last_order_day);
        put_day(model, map, "last_visit", row->last_visit_day);
        if (overdue)
                put_count(model, map, "overdue", overdue);
        else
                put_none(model, map, "overdue");
        put_count(model, map, "contacts", row->contacts);
        put_count(model, map, "levels", row->levels);
        put_count(model, map, "certified", row->certified);
        put_count(model, map, "areas", __builtin_popcount(row->areas));
        put_yes_no(model, map, "only_price", row->areas == AREA_SUPPLY);
}

static void put_row(struct filling *filling, struct value *map, size_t at)
{
        struct directory_row *row = &filling->row;
        filling->at = at;
        directory_row(filling->reader->view, filling->reader->program, at, row);
        put_customer(filling->model, map, row);
        put_text(filling->model, map, "source", row->source);
        put_text(filling->model, map, "city", row->city);
        put_text(filling->model, map, "country", row->country);
        put_text(filling->model, map, "trade", row->trade);
        put_text(filling->model, map, "size_class", row->size_class);
        put_text(filling->model, map, "territory", row->territory);
        put_staff(filling->reader, filling->model, map, "responsible", row->responsible);
        put_code(filling->model, map, "stage", filling->reader->language, "prospect_stage.", row->stage);
        put_word(filling->model, map, "kind", row->kind == KIND_PROSPECT ? "customer_kind.prospect"
                                                                         : "customer_kind.customer");
        put_segments_of(filling, map);
        put_figures(filling, map);
}

static void put_sums(struct model *model, const struct directory_page *page)
{
        struct value *sums = put_map(model, NULL, "sums");
        for (int c = 0; c < DIRECTORY_COLUMNS; c++)
                if (directory_columns[c].sum)
                        put_money(model, sums, directory_columns[c].name, page->sums[c]);
}

static void put_segments(const struct filling *filling, struct value *list)
{
        for (size_t s = 0; filling->concept && s < filling->concept->segment_count; s++) {
                struct value *map = add_map(filling->model, list);
                put_text(filling->model, map, "code", filling->concept->segments[s].id);
                put_text(filling->model, map, "name",
                         bilingual_text(&filling->concept->segments[s].name, filling->reader->language));
        }
}

/* Prospects by stage, and who bought for the first time within a year: an import of purchases makes a customer of a
 * prospect, and everything known stays where it is. */
static enum status put_pipeline(const struct filling *filling, struct error *error)
{
        const struct directory_facts *facts = filling->reader->view->facts;
        struct model *model = filling->model;
        size_t words = facts->words.count;
        struct stage { int64_t prospects, potential; } *stages = arena_array(model->arena, struct stage, words + 1);
        int64_t converted = 0;
        bool fits = true;
        if (!stages)
                return error_memory(error);
        for (size_t row = 0; row < facts->count; row++) {
                if (!bits_get(filling->reader->scope, row))
                        continue;
                converted += directory_movement(filling->reader->view, filling->reader->program, row) == MOVED_KIND &&
                             facts->kind[row] == KIND_CUSTOMER;
                if (facts->kind[row] != KIND_PROSPECT)
                        continue;
                struct stage *stage = &stages[facts->word[WORD_STAGE][row]];
                stage->prospects++;
                if (bits_get(facts->potential_known, row))
                        fits &= add_i64(stage->potential, facts->potential[row], &stage->potential);
        }
        struct value *list = put_list(model, NULL, "stages");
        for (size_t word = 0; word < words; word++) {
                if (!stages[word].prospects)
                        continue;
                struct value *map = add_map(model, list);
                put_code(model, map, "stage", filling->reader->language, "prospect_stage.",
                         word_book_text(&facts->words, (uint32_t)word));
                put_count(model, map, "prospects", stages[word].prospects);
                put_money(model, map, "potential", stages[word].potential);
        }
        put_count(model, NULL, "converted", converted);
        return fits ? STATUS_OK : error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
}

static void put_end(const struct list_spec *spec, const struct list_address *address,
                    const struct directory_page *page, struct model *model)
{
        char key[KEY_BYTES_MAX];
        struct list_view view = {.spec = spec, .address = address, .total = (int64_t)page->total};
        if (page->next_after) {
                snprintf(key, sizeof(key), "%lld", (long long)page->next_after);
                view.next_after = (struct text){arena_copy(model->arena, key, strlen(key)), strlen(key)};
                model->failed |= !view.next_after.data;
        }
        list_put(model, &view);
}

enum status customers_model(const struct reader *reader, const struct list_spec *spec,
                            const struct list_address *address, bool whole, struct model *model, struct error *error)
{
        struct asking asking = {.address = address, .staff = reader->staff};
        struct filling filling = {.reader = reader, .concept = reader_concept(reader), .model = model};
        struct directory_page page;
        int64_t after = 0;
        if (!ask(&asking, spec == &prospects_spec, model->arena))
                return error_memory(error);
        if (address->after.length &&
            decimal_parse_scaled(address->after, DECIMAL_POINT, 0, false, &after) != DECIMAL_OK)
                after = 0;
        struct directory_query query = {
                .program = reader->program, .scope = reader->scope, .search = address->search,
                .staff = reader->staff,
                .filters = asking.filters, .filter_count = asking.count,
                .sort = address->sort == LIST_NO_COLUMN ? LIST_NAME : column_of((size_t)address->sort),
                .descending = address->descending, .after = whole ? 0 : after,
                .limit = whole ? SIZE_MAX : CUSTOMERS_PAGE};
        enum status status = directory_select(reader->view, &query, model->arena, &page, error);
        if (status)
                return status;
        put_state(model, reader);
        struct value *rows = put_list(model, NULL, "rows");
        for (size_t i = 0; i < page.count; i++)
                put_row(&filling, list_row(model, rows, spec, address), page.rows[i]);
        put_sums(model, &page);
        put_segments(&filling, put_list(model, NULL, "segments"));
        put_segments(&filling, put_list(model, put_page_map(model, NULL, "choices"), "segment"));
        if (spec == &prospects_spec)
                status = put_pipeline(&filling, error);
        if (status)
                return status;
        put_end(spec, address, &page, model);
        return model_check(model, error);
}

/* ---- search ------------------------------------------------------------------------------------------------------ */

/* Every typed word occurs in the text. */
static bool finds(struct text typed, struct text text)
{
        struct buffer folded buffer_cleanup, word buffer_cleanup;
        buffer_init(&folded, 1 << 20);
        buffer_init(&word, 1 << 16);
        bool all = text_add_search(&folded, text) && folded.length;
        for (size_t at = 0, end; at < typed.length && all; at = end + 1) {
                for (end = at; end < typed.length && typed.data[end] != ' ';)
                        end++;
                buffer_clear(&word);
                all = text_add_search(&word, (struct text){typed.data + at, end - at});
                const char *blank = word.length ? memchr(word.data, ' ', word.length) : NULL;
                size_t length = blank ? (size_t)(blank - word.data) : word.length;
                all = all && (!length || memmem(folded.data, folded.length, word.data, length));
        }
        return all;
}

/* "contact": who was found, where it is a contact; none otherwise. */
static enum status put_found_contact(const struct reader *reader, struct text typed, int64_t customer_id,
                                     struct value *map, struct model *model, struct error *error)
{
        struct audience_person *people;
        size_t count = 0, at = 0;
        enum status status = audience_of_customer(reader->connection, directory_generation(reader->view), customer_id,
                                                  directory_day(reader->view), model->arena, &people, &count, error);
        while (at < count && !status && !finds(typed, people[at].name) && !finds(typed, people[at].email))
                at++;
        if (!status && at < count && people[at].name.length)
                put_text(model, map, "contact", people[at].name);
        else
                put_none(model, map, "contact");
        return status;
}

enum status search_model(const struct reader *reader, struct text typed, struct model *model, struct error *error)
{
        const uint32_t *found;
        size_t count;
        enum status status = directory_search(reader->view, reader->scope, typed, SEARCH_MAX, model->arena, &found,
                                              &count, error);
        if (status)
                return status;
        put_text(model, NULL, "q", typed);
        put_count(model, NULL, "total", (int64_t)count);
        struct value *rows = put_list(model, NULL, "rows");
        for (size_t i = 0; i < count && !status; i++) {
                struct directory_row row;
                struct value *map = add_map(model, rows);
                directory_row(reader->view, reader->program, found[i], &row);
                put_customer(model, map, &row);
                put_text(model, map, "city", row.city);
                status = put_found_contact(reader, typed, row.customer_id, map, model, error);
                put_segment(model, map, "segment", reader_concept(reader), row.segment, reader->language);
                put_word(model, map, "kind", row.kind == KIND_PROSPECT ? "customer_kind.prospect"
                                                                       : "customer_kind.customer");
        }
        return status ? status : model_check(model, error);
}
