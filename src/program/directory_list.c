/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_list.c: which rows fit, in which order, a page at a time; and search. Every value a row is filtered or
 * ordered by is an integer: words by their number, days, amounts, shares in millionths; so 50,000 rows take about a
 * millisecond, whatever is asked for.
 */
#include <stdlib.h>

#include "base/checked.h"
#include "program/directory_parts.h"

const struct directory_column_info directory_columns[DIRECTORY_COLUMNS] = {
        [LIST_NAME] = {"name", SHOWS_WORDS, false},
        [LIST_NUMBER] = {"number", SHOWS_WORDS, false},
        [LIST_CITY] = {"city", SHOWS_WORDS, false},
        [LIST_COUNTRY] = {"country", SHOWS_WORDS, false},
        [LIST_TRADE] = {"trade", SHOWS_WORDS, false},
        [LIST_SIZE_CLASS] = {"size_class", SHOWS_WORDS, false},
        [LIST_TERRITORY] = {"territory", SHOWS_WORDS, false},
        [LIST_STAGE] = {"stage", SHOWS_WORDS, false},
        [LIST_RESPONSIBLE] = {"responsible", SHOWS_WORDS, false},
        [LIST_KIND] = {"kind", SHOWS_KIND, false},
        [LIST_SEGMENT] = {"segment", SHOWS_SEGMENT, false},
        [LIST_SEGMENT_BEFORE] = {"segment_before", SHOWS_SEGMENT, false},
        [LIST_SINCE] = {"since", SHOWS_DAY, false},
        [LIST_GRACE] = {"grace", SHOWS_DAY, false},
        [LIST_ANNOUNCED] = {"announced", SHOWS_SEGMENT, false},
        [LIST_NEXT] = {"next", SHOWS_SEGMENT, false},
        [LIST_MISSING] = {"missing", SHOWS_COUNTED, false},
        [LIST_REVENUE] = {"revenue", SHOWS_AMOUNT, true},
        [LIST_PREVIOUS] = {"previous", SHOWS_AMOUNT, true},
        [LIST_CHANGE] = {"change", SHOWS_AMOUNT, true},
        [LIST_MONTHS_CHANGE] = {"months_change", SHOWS_AMOUNT, true},
        [LIST_POTENTIAL] = {"potential", SHOWS_AMOUNT, true},
        [LIST_OPEN_POTENTIAL] = {"open_potential", SHOWS_AMOUNT, true},
        [LIST_WALLET] = {"share_of_wallet", SHOWS_SHARE, false},
        [LIST_LAST_ORDER] = {"last_order", SHOWS_DAY, false},
        [LIST_LAST_VISIT] = {"last_visit", SHOWS_DAY, false},
        [LIST_OVERDUE] = {"overdue", SHOWS_COUNTED, false},
        [LIST_CONTACTS] = {"contacts", SHOWS_COUNTED, false},
        [LIST_LEVELS] = {"levels", SHOWS_COUNTED, false},
        [LIST_AREAS] = {"areas", SHOWS_COUNTED, false},
        [LIST_CERTIFIED] = {"certified", SHOWS_COUNTED, false},
        [LIST_ONLY_SUPPLY] = {"only_price", SHOWS_YES, false},
        [LIST_MOVEMENT] = {"movement", SHOWS_MOVEMENT, false},
};

enum { MILLION = 1000000, SEARCH_WORDS_MAX = 8 };

/* A column ready to be read for a row: what a filter or an order needs of it. */
struct reading {
        const struct directory_view *view;
        const struct directory_facts *facts;
        const struct directory_program *program; /* NULL: without segments */
        int number;                              /* of the program; -1 */
};

int directory_column_find(struct text name)
{
        for (int c = 0; c < DIRECTORY_COLUMNS; c++)
                if (text_is(name, directory_columns[c].name))
                        return c;
        return -1;
}

static bool known_day(int32_t day, int64_t *ret)
{
        *ret = day;
        return day != DAY_NONE;
}

static bool known_segment(uint8_t segment, int64_t *ret)
{
        *ret = segment;
        return segment != SEGMENT_NONE;
}

static bool wallet_of(const struct directory_facts *facts, size_t row, int64_t *ret)
{
        if (!bits_get(facts->potential_known, row) || facts->potential[row] <= 0)
                return false;
        int64_t part = facts->revenue[row] > facts->potential[row] ? facts->potential[row] : facts->revenue[row];
        return narrow_i64(divide_half_away((int128)part * MILLION, facts->potential[row]), ret);
}

static bool overdue_of(const struct reading *reading, size_t row, int64_t *ret)
{
        struct directory_row shown;
        directory_row(reading->view, reading->number, row, &shown);
        *ret = directory_visit_overdue_days(reading->view, &shown);
        return *ret > 0;
}

static uint32_t word_of(const struct reading *reading, enum directory_column column, size_t row)
{
        const struct directory_facts *facts = reading->facts;
        uint32_t rep = facts->word[WORD_RESPONSIBLE][row];
        if (column == LIST_RESPONSIBLE)
                return rep ? rep : facts->word[WORD_TERRITORY][row];
        return facts->word[WORD_CITY + column - LIST_CITY][row];
}

static bool program_value(const struct reading *reading, enum directory_column column, size_t row, int64_t *ret)
{
        const struct directory_program *program = reading->program;
        if (!program)
                return false;
        switch (column) {
        case LIST_SEGMENT: return known_segment(program->segment[row], ret);
        case LIST_SEGMENT_BEFORE: return known_segment(program->year_before[row], ret);
        case LIST_ANNOUNCED: return known_segment(program->announced[row], ret);
        case LIST_NEXT: return known_segment(program->next[row], ret);
        case LIST_SINCE: return known_day(program->since[row], ret);
        case LIST_GRACE: return known_day(program->grace_end[row], ret);
        case LIST_MISSING: *ret = program->missing[row]; return program->missing[row] != MISSING_UNKNOWN;
        case LIST_OVERDUE: return overdue_of(reading, row, ret);
        case LIST_MOVEMENT: *ret = directory_movement(reading->view, reading->number, row); return true;
        default: return false;
        }
}

/* The value of a row; false: it is not known. */
static bool value_of(const struct reading *reading, enum directory_column column, size_t row, int64_t *ret)
{
        const struct directory_facts *facts = reading->facts;
        switch (column) {
        case LIST_NAME: case LIST_NUMBER: *ret = facts->rank[row]; return true;
        case LIST_CITY: case LIST_COUNTRY: case LIST_TRADE: case LIST_SIZE_CLASS: case LIST_TERRITORY:
        case LIST_STAGE: case LIST_RESPONSIBLE: *ret = word_of(reading, column, row); return *ret != 0;
        case LIST_KIND: *ret = facts->kind[row]; return true;
        case LIST_REVENUE: *ret = facts->revenue[row]; return true;
        case LIST_PREVIOUS: *ret = facts->previous[row]; return true;
        case LIST_CHANGE: return sub_i64(facts->revenue[row], facts->previous[row], ret);
        case LIST_MONTHS_CHANGE: return sub_i64(facts->months[row], facts->months_before[row], ret);
        case LIST_POTENTIAL: *ret = facts->potential[row]; return bits_get(facts->potential_known, row);
        case LIST_OPEN_POTENTIAL: *ret = facts->open[row]; return bits_get(facts->potential_known, row);
        case LIST_WALLET: return wallet_of(facts, row, ret);
        case LIST_LAST_ORDER: return known_day(facts->last_order[row], ret);
        case LIST_LAST_VISIT: return known_day(facts->last_visit[row], ret);
        case LIST_CONTACTS: *ret = facts->contacts[row]; return true;
        case LIST_LEVELS: *ret = facts->levels[row]; return true;
        case LIST_AREAS: *ret = __builtin_popcount(facts->areas[row]); return true;
        case LIST_ONLY_SUPPLY: *ret = facts->areas[row] == AREA_SUPPLY; return true;
        case LIST_CERTIFIED: *ret = facts->certified[row]; return true;
        default: return program_value(reading, column, row, ret);
        }
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

/* The integers that the words of a filter stand for; a word nobody has is left out. */
static size_t resolve(const struct reading *reading, const struct directory_filter *filter, int64_t *ret)
{
        size_t count = 0;
        const struct concept *concept = reading->program ? reading->program->version.concept : NULL;
        for (size_t w = 0; w < filter->word_count; w++) {
                struct text word = filter->words[w];
                uint32_t number;
                switch (directory_columns[filter->column].type) {
                case SHOWS_SEGMENT:
                        for (size_t s = 0; concept && s < concept->segment_count; s++)
                                if (text_equal(concept->segments[s].id, word))
                                        ret[count++] = (int64_t)s;
                        break;
                case SHOWS_KIND:
                        if (text_is(word, "customer") || text_is(word, "prospect"))
                                ret[count++] = text_is(word, "prospect") ? KIND_PROSPECT : KIND_CUSTOMER;
                        break;
                case SHOWS_YES:
                        if (text_is(word, "yes") || text_is(word, "no"))
                                ret[count++] = text_is(word, "yes");
                        break;
                case SHOWS_MOVEMENT:
                        for (int m = 0; m < MOVEMENTS; m++)
                                if (text_is(word, movement_names[m]))
                                        ret[count++] = m;
                        break;
                default:
                        number = word_book_find(&reading->facts->words, word);
                        if (number)
                                ret[count++] = number;
                }
        }
        return count;
}

/* Numbers are told apart by their text. */
static bool has_text(const struct directory_facts *facts, const struct directory_filter *filter, size_t row)
{
        struct text text = filter->column == LIST_NUMBER ? directory_number(facts, row) : directory_name(facts, row);
        for (size_t w = 0; w < filter->word_count; w++)
                if (text_equal(filter->words[w], text))
                        return true;
        return false;
}

static bool among(int64_t value, const int64_t *values, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (values[i] == value)
                        return true;
        return false;
}

static bool row_fits(const struct reading *reading, const struct directory_filter *filter, const int64_t *values,
                     size_t count, size_t row)
{
        int64_t value = 0;
        bool known = value_of(reading, filter->column, row, &value);
        bool text = filter->column == LIST_NAME || filter->column == LIST_NUMBER;
        switch (filter->compare) {
        case FILTER_ANY_OF: return text ? has_text(reading->facts, filter, row) : known && among(value, values, count);
        case FILTER_NONE_OF:
                return text ? !has_text(reading->facts, filter, row) : !known || !among(value, values, count);
        case FILTER_AT_LEAST: return known && value >= filter->number;
        case FILTER_AT_MOST: return known && value <= filter->number;
        case FILTER_UNKNOWN: return !known;
        case FILTER_KNOWN: return known;
        }
        return false;
}

static bool apply(const struct reading *reading, const struct directory_filter *filter, struct arena *arena,
                  uint64_t *bits)
{
        int64_t *values = arena_array(arena, int64_t, filter->word_count + 1);
        if (!values)
                return false;
        size_t count = resolve(reading, filter, values);
        for (size_t row = 0; row < reading->facts->count; row++)
                if (bits_get(bits, row) && !row_fits(reading, filter, values, count, row))
                        bits_clear(bits, row);
        return true;
}

/* ---- search ------------------------------------------------------------------------------------------------------ */

struct needles {
        struct text words[SEARCH_WORDS_MAX];
        size_t count;
        struct buffer folded[SEARCH_WORDS_MAX];
};

static void needles_release(struct needles *needles)
{
        for (size_t i = 0; i < needles->count; i++)
                buffer_release(&needles->folded[i]);
}

/* Each typed word in its first folded form: what is searched has both. Past the eighth nobody types. */
static bool needles_read(struct needles *needles, struct text typed)
{
        *needles = (struct needles){.count = 0};
        for (size_t at = 0; at < typed.length && needles->count < SEARCH_WORDS_MAX;) {
                size_t end = at;
                while (end < typed.length && typed.data[end] != ' ')
                        end++;
                struct buffer *folded = &needles->folded[needles->count];
                buffer_init(folded, 1 << 16);
                bool fine = text_add_search(folded, (struct text){typed.data + at, end - at});
                const char *blank = folded->length ? memchr(folded->data, ' ', folded->length) : NULL;
                size_t length = blank ? (size_t)(blank - folded->data) : folded->length;
                at = end + 1;
                if (!fine || length == 0) {
                        buffer_release(folded);
                        if (!fine)
                                return false;
                        continue;
                }
                needles->words[needles->count++] = (struct text){folded->data, length};
        }
        return true;
}

static bool holds(struct text text, struct text word)
{
        return memmem(text.data, text.length, word.data, word.length) != NULL;
}

static size_t longest(const struct needles *needles)
{
        size_t best = 0;
        for (size_t i = 1; i < needles->count; i++)
                if (needles->words[i].length > needles->words[best].length)
                        best = i;
        return best;
}

static size_t row_at(const struct directory_facts *facts, size_t offset)
{
        size_t low = 0, high = facts->count;
        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;
                if (facts->folded_at[middle] <= offset)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

/* Calls visit for each row in which all words occur: the longest is looked for in everything at once. */
static void find_rows(const struct directory_facts *facts, const struct needles *needles,
                      void (*visit)(void *context, size_t row), void *context)
{
        struct text first = needles->words[longest(needles)];
        const char *data = facts->folded.data, *end = data + facts->folded.length, *at = data;
        while ((at = memmem(at, (size_t)(end - at), first.data, first.length))) {
                size_t row = row_at(facts, (size_t)(at - data));
                bool all = true;
                for (size_t i = 0; i < needles->count && all; i++)
                        all = holds(directory_folded(facts, row), needles->words[i]);
                if (all)
                        visit(context, row);
                at = data + facts->folded_at[row + 1];
        }
}

static void note_row(void *context, size_t row)
{
        bits_set(context, row);
}

static enum status keep_found(const struct reading *reading, struct text typed, struct arena *arena, uint64_t *bits,
                              struct error *error)
{
        struct needles needles;
        uint64_t *found = arena_array(arena, uint64_t, bits_words(reading->facts->count) + 1);
        bool fine = needles_read(&needles, typed) && found;
        if (fine && needles.count) {
                find_rows(reading->facts, &needles, note_row, found);
                for (size_t w = 0; w < bits_words(reading->facts->count); w++)
                        bits[w] &= found[w];
        }
        needles_release(&needles);
        return fine ? STATUS_OK : error_memory(error);
}

/* ---- order and pages --------------------------------------------------------------------------------------------- */

struct keyed {
        bool unknown;
        int64_t value;
        uint32_t rank, row;
};

static int compare_keyed(const struct keyed *a, const struct keyed *b)
{
        if (a->unknown != b->unknown)
                return a->unknown ? 1 : -1;
        if (a->value != b->value)
                return a->value < b->value ? -1 : 1;
        return (a->rank > b->rank) - (a->rank < b->rank);
}

static int order_keyed(const void *a, const void *b) { return compare_keyed(a, b); }

struct ordering {
        const struct reading *reading;
        const struct directory_query *query;
        const uint32_t *places;      /* of words and numbers: their place in the order of texts */
};

static struct keyed key_of(const struct ordering *ordering, size_t row)
{
        const struct directory_facts *facts = ordering->reading->facts;
        struct keyed key = {.rank = facts->rank[row], .row = (uint32_t)row};
        key.unknown = !value_of(ordering->reading, ordering->query->sort, row, &key.value);
        if (key.unknown)
                key.value = 0;
        else if (ordering->query->sort == LIST_NUMBER)
                key.value = ordering->places[row];
        else if (ordering->places)
                key.value = ordering->places[key.value];
        if (ordering->query->descending && !key.unknown)
                key.value = key.value == INT64_MIN ? INT64_MAX : -key.value;
        return key;
}

struct texts {
        const struct directory_facts *facts;
        bool numbers;                /* of rows, else words of the book */
        const struct text *words;    /* of the book, as shown */
};

static int by_text(const void *a, const void *b, void *context)
{
        const struct texts *texts = context;
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
        int order = texts->numbers ? text_compare(directory_number(texts->facts, x), directory_number(texts->facts, y))
                                   : text_compare(texts->words[x], texts->words[y]);
        return order ? order : (x > y) - (x < y);
}

/* The words as the column shows them: of somebody on the staff the name. */
static const struct text *shown_words(const struct directory_facts *facts, const struct staff_names *staff,
                                      struct arena *arena)
{
        struct text *words = arena_array(arena, struct text, facts->words.count + 1);
        for (size_t i = 0; words && i < facts->words.count; i++) {
                struct text word = word_book_text(&facts->words, (uint32_t)i);
                struct text name = staff ? staff_name(staff, word) : word;
                words[i] = name.data ? name : word;
        }
        return words;
}

/* Places in the order of texts, for columns whose integers say nothing about it. */
static enum status place_texts(const struct reading *reading, enum directory_column column,
                               const struct staff_names *staff, struct arena *arena, const uint32_t **ret,
                               struct error *error)
{
        struct texts texts = {reading->facts, column == LIST_NUMBER, NULL};
        *ret = NULL;
        if (directory_columns[column].type != SHOWS_WORDS || column == LIST_NAME)
                return STATUS_OK;
        size_t count = texts.numbers ? reading->facts->count : reading->facts->words.count;
        uint32_t *order = arena_array(arena, uint32_t, count + 1), *places = arena_array(arena, uint32_t, count + 1);
        if (!texts.numbers)
                texts.words = shown_words(reading->facts, column == LIST_RESPONSIBLE ? staff : NULL, arena);
        if (!order || !places || (!texts.numbers && !texts.words))
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                order[i] = (uint32_t)i;
        if (count > 1)
                qsort_r(order, count, sizeof(*order), by_text, &texts);
        for (size_t i = 0; i < count; i++)
                places[order[i]] = (uint32_t)i;
        *ret = places;
        return STATUS_OK;
}

/* Keeps the `limit` smallest in a heap whose root is the greatest. */
static void heap_add(struct keyed *heap, size_t *count, size_t limit, struct keyed key)
{
        size_t at;
        if (*count < limit) {
                at = (*count)++;
                for (; at && compare_keyed(&heap[(at - 1) / 2], &key) < 0; at = (at - 1) / 2)
                        heap[at] = heap[(at - 1) / 2];
                heap[at] = key;
                return;
        }
        if (limit == 0 || compare_keyed(&key, &heap[0]) >= 0)
                return;
        for (at = 0; at * 2 + 1 < limit;) {
                size_t child = at * 2 + 1;
                if (child + 1 < limit && compare_keyed(&heap[child], &heap[child + 1]) < 0)
                        child++;
                if (compare_keyed(&heap[child], &key) <= 0)
                        break;
                heap[at] = heap[child];
                at = child;
        }
        heap[at] = key;
}

static enum status take_page(const struct ordering *ordering, const uint64_t *bits, struct arena *arena,
                             struct directory_page *ret, struct error *error)
{
        const struct directory_facts *facts = ordering->reading->facts;
        const struct directory_query *query = ordering->query;
        size_t limit = query->limit < ret->total ? query->limit : ret->total, count = 0, behind = 0;
        struct keyed *heap = arena_array(arena, struct keyed, limit + 1);
        uint32_t *rows = arena_array(arena, uint32_t, limit + 1);
        int64_t after = query->after ? snapshot_find_customer(facts->snapshot, query->after) : -1;
        struct keyed last = after >= 0 ? key_of(ordering, (size_t)after) : (struct keyed){0};
        if (!heap || !rows)
                return error_memory(error);
        for (size_t row = 0; row < facts->count; row++) {
                if (!bits_get(bits, row))
                        continue;
                struct keyed key = key_of(ordering, row);
                if (after >= 0 && compare_keyed(&key, &last) <= 0)
                        continue;
                behind++;
                heap_add(heap, &count, limit, key);
        }
        if (count > 1)
                qsort(heap, count, sizeof(*heap), order_keyed);
        for (size_t i = 0; i < count; i++)
                rows[i] = heap[i].row;
        ret->rows = rows;
        ret->count = count;
        ret->next_after = behind > count && count ? facts->ids[rows[count - 1]] : 0;
        return STATUS_OK;
}

static enum status add_up(const struct reading *reading, const uint64_t *bits, struct directory_page *ret,
                          struct error *error)
{
        bool fits = true;
        for (size_t row = 0; row < reading->facts->count; row++)
                ret->total += bits_get(bits, row);
        for (int c = 0; c < DIRECTORY_COLUMNS; c++)
                for (size_t row = 0; directory_columns[c].sum && row < reading->facts->count; row++) {
                        int64_t value = 0;
                        if (bits_get(bits, row) && value_of(reading, (enum directory_column)c, row, &value))
                                fits &= add_i64(ret->sums[c], value, &ret->sums[c]);
                }
        return fits ? STATUS_OK : error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
}

enum status directory_select(const struct directory_view *view, const struct directory_query *query,
                           struct arena *arena, struct directory_page *ret, struct error *error)
{
        const struct directory_facts *facts = view->facts;
        struct reading reading = {view, facts, query->program < 0 ? NULL : &view->programs[query->program],
                                  query->program};
        struct ordering ordering = {.reading = &reading, .query = query};
        struct directory_page list = {0};
        uint64_t *bits = arena_array(arena, uint64_t, bits_words(facts->count) + 1);
        if (!bits)
                return error_memory(error);
        memcpy(bits, query->scope, bits_words(facts->count) * sizeof(*bits));
        enum status status = query->search.length ? keep_found(&reading, query->search, arena, bits, error) : STATUS_OK;
        for (size_t f = 0; f < query->filter_count && !status; f++)
                if (!apply(&reading, &query->filters[f], arena, bits))
                        status = error_memory(error);
        if (!status)
                status = add_up(&reading, bits, &list, error);
        if (!status)
                status = place_texts(&reading, query->sort, query->staff, arena, &ordering.places, error);
        if (!status)
                status = take_page(&ordering, bits, arena, &list, error);
        if (!status)
                *ret = list;
        return status;
}

/* ---- as somebody types ------------------------------------------------------------------------------------------- */

struct suggesting {
        const struct directory_facts *facts;
        const struct needles *needles;
        const uint64_t *scope;
        struct keyed *heap;
        size_t count, limit;
};

/* 0: the number or the name begins so; 1: a word does; 2: somewhere inside. */
static int64_t how_near(struct text folded, struct text number, struct text word)
{
        const char *found = memmem(folded.data, folded.length, word.data, word.length);
        size_t name_at = number.length < folded.length ? number.length + 1 : 0;
        if (folded.length >= word.length && memcmp(folded.data, word.data, word.length) == 0)
                return 0;
        if (folded.length - name_at >= word.length && memcmp(folded.data + name_at, word.data, word.length) == 0)
                return 0;
        return found && found > folded.data && found[-1] == ' ' ? 1 : 2;
}

static void suggest(void *context, size_t row)
{
        struct suggesting *suggesting = context;
        const struct directory_facts *facts = suggesting->facts;
        if (!bits_get(suggesting->scope, row))
                return;
        struct keyed key = {.value = how_near(directory_folded(facts, row), directory_number(facts, row),
                                              suggesting->needles->words[0]),
                            .rank = facts->rank[row], .row = (uint32_t)row};
        heap_add(suggesting->heap, &suggesting->count, suggesting->limit, key);
}

enum status directory_search(const struct directory_view *view, const uint64_t *scope, struct text typed,
                             size_t limit, struct arena *arena, const uint32_t **ret, size_t *ret_count,
                             struct error *error)
{
        struct needles needles;
        uint32_t *rows = arena_array(arena, uint32_t, limit + 1);
        struct suggesting suggesting = {.facts = view->facts, .needles = &needles, .scope = scope, .limit = limit,
                                        .heap = arena_array(arena, struct keyed, limit + 1)};
        bool fine = needles_read(&needles, typed) && rows && suggesting.heap;
        if (fine && needles.count && view->facts->count)
                find_rows(view->facts, &needles, suggest, &suggesting);
        needles_release(&needles);
        if (!fine)
                return error_memory(error);
        if (suggesting.count > 1)
                qsort(suggesting.heap, suggesting.count, sizeof(*suggesting.heap), order_keyed);
        for (size_t i = 0; i < suggesting.count; i++)
                rows[i] = suggesting.heap[i].row;
        *ret = rows;
        *ret_count = suggesting.count;
        return STATUS_OK;
}
