/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_people.c: names and numbers and the order they make, who is responsible, contacts and their levels.
 */
#include <stdlib.h>

#include "facts/dated.h"
#include "facts/responsibilities.h"
#include "facts/snapshot_parts.h"
#include "program/directory_parts.h"
#include "queries.h"

#define SCRATCH_BYTES_MAX ((size_t)4 << 30)
enum { LEVELS_MAX = 64 };

/* ---- names ------------------------------------------------------------------------------------------------------- */

struct named {
        struct text name, sort_key, folded; /* the valid ones; none: nobody gave one */
        int64_t generation;
};

/* What else a customer is found by: numbers of other sources, names and addresses of contacts. */
struct found_by {
        struct found_by *next;
        struct text text;
};

struct naming {
        struct directory_facts *facts;
        struct arena *scratch;
        struct named *named;
        struct found_by **also;      /* by row */
        struct customer_number *numbers;
};

static enum status read_names(struct naming *naming, struct connection *connection, struct error *error)
{
        const struct directory_facts *facts = naming->facts;
        struct customer_cursor cursor = {facts->ids, facts->count, 0};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_directory_names_open(connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_names_row row;
                status = q_directory_names_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                int64_t at = customer_cursor_find(&cursor, row.customer_id);
                int64_t generation = visibility_of(&facts->snapshot->visibility, row.import_id);
                if (at < 0 || generation <= naming->named[at].generation)
                        continue;
                struct named *named = &naming->named[at];
                named->generation = generation;
                if (!arena_keep_text(naming->scratch, row.name, &named->name) ||
                    !arena_keep_text(naming->scratch, row.sort_key, &named->sort_key) ||
                    !arena_keep_text(naming->scratch, row.search_text, &named->folded))
                        return error_memory(error);
        }
        return status;
}

static bool add_found_by(struct naming *naming, size_t row, struct text text)
{
        struct found_by *item = arena_array(naming->scratch, struct found_by, 1);
        if (!item || !arena_keep_text(naming->scratch, text, &item->text))
                return false;
        item->next = naming->also[row];
        naming->also[row] = item;
        return true;
}

static enum status read_other_numbers(struct naming *naming, struct connection *connection, struct error *error)
{
        struct customer_cursor cursor = {naming->facts->ids, naming->facts->count, 0};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_consent_numbers_open(connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_consent_numbers_row row;
                status = q_consent_numbers_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                int64_t at = customer_cursor_find(&cursor, row.customer_id);
                if (at >= 0 && !text_equal(row.number, naming->numbers[at].number) &&
                    !add_found_by(naming, (size_t)at, row.number))
                        return error_memory(error);
        }
        return status;
}

/* Of each fact of a contact what came last. */
static enum status read_contact_texts(struct naming *naming, struct connection *connection, struct error *error)
{
        const struct directory_facts *facts = naming->facts;
        struct customer_cursor cursor = {facts->ids, facts->count, 0};
        struct q_directory_contact_texts_row last = {0};
        int64_t latest = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_directory_contact_texts_open(connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_contact_texts_row row;
                status = q_directory_contact_texts_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                int64_t at = customer_cursor_find(&cursor, row.customer_id);
                int64_t generation = visibility_of(&facts->snapshot->visibility, row.import_id);
                bool same = row.customer_id == last.customer_id && row.person_id == last.person_id &&
                            row.fact_id == last.fact_id;
                if (at < 0 || !generation || (same && generation < latest))
                        continue;
                if (same ? !arena_keep_text(naming->scratch, row.value, &naming->also[at]->text)
                         : !add_found_by(naming, (size_t)at, row.value))
                        return error_memory(error);
                last = row;
                latest = generation;
        }
        return status;
}

/* Without a name a customer goes by the number. */
static bool fold_number(struct naming *naming, struct named *named, struct text number)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, 1 << 20);
        named->name = number;
        return text_add_sort_key(&text, number) &&
               arena_keep_text(naming->scratch, (struct text){text.data, text.length}, &named->sort_key);
}

/* A line each: number, name, city and what else there is, folded; what folds in two ways stands there in both. */
static bool add_searched(const struct naming *naming, size_t row, const struct named *named, struct text number)
{
        struct directory_facts *facts = naming->facts;
        struct buffer *out = &facts->folded;
        text_add_search(out, number);
        buffer_add_byte(out, ' ');
        if (named->folded.length)
                buffer_add(out, named->folded.data, named->folded.length);
        struct text city = word_book_text(&facts->words, facts->word[WORD_CITY][row]);
        if (city.length) {
                buffer_add_byte(out, ' ');
                text_add_search(out, city);
        }
        for (const struct found_by *item = naming->also[row]; item; item = item->next) {
                buffer_add_byte(out, ' ');
                text_add_search(out, item->text);
        }
        for (size_t i = facts->folded_at[row]; i < out->length; i++)
                if (out->data[i] == '\n')
                        out->data[i] = ' ';
        return buffer_add_byte(out, '\n');
}

static bool put_names(struct naming *naming)
{
        struct directory_facts *facts = naming->facts;
        bool fine = true;
        for (size_t i = 0; i < facts->count && fine; i++) {
                struct named *named = &naming->named[i];
                struct text number = naming->numbers[i].number;
                number.data = number.data ? number.data : "";
                if (!named->generation)
                        fine = fold_number(naming, named, number);
                facts->number_at[i] = (uint32_t)facts->names.length;
                fine = fine && buffer_add(&facts->names, number.data, number.length);
                facts->name_at[i] = (uint32_t)facts->names.length;
                fine = fine && buffer_add(&facts->names, named->name.data, named->name.length);
                facts->folded_at[i] = (uint32_t)facts->folded.length;
                fine = fine && add_searched(naming, i, named, number);
                facts->word[WORD_SOURCE][i] = word_book_add(&facts->words, naming->numbers[i].source);
                fine = fine && facts->word[WORD_SOURCE][i] != UINT32_MAX;
        }
        facts->number_at[facts->count] = (uint32_t)facts->names.length;
        facts->folded_at[facts->count] = (uint32_t)facts->folded.length;
        return fine && !facts->names.failed && !facts->folded.failed;
}

static int by_name(const void *a, const void *b, void *context)
{
        const struct naming *naming = context;
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
        int order = text_compare(naming->named[x].sort_key, naming->named[y].sort_key);
        if (!order)
                order = text_compare(naming->named[x].name, naming->named[y].name);
        return order ? order : (x > y) - (x < y);
}

static bool put_ranks(struct naming *naming)
{
        struct directory_facts *facts = naming->facts;
        uint32_t *order = arena_array(naming->scratch, uint32_t, facts->count + 1);
        if (!order)
                return false;
        for (size_t i = 0; i < facts->count; i++)
                order[i] = (uint32_t)i;
        if (facts->count > 1)
                qsort_r(order, facts->count, sizeof(*order), by_name, naming);
        for (size_t i = 0; i < facts->count; i++)
                facts->rank[order[i]] = (uint32_t)i;
        return true;
}

enum status directory_load_names(struct directory_facts *facts, struct connection *connection, struct error *error)
{
        struct arena *scratch arena_cleanup = arena_new(SCRATCH_BYTES_MAX);
        if (!scratch)
                return error_memory(error);
        struct naming naming = {.facts = facts, .scratch = scratch,
                                .named = arena_array(scratch, struct named, facts->count + 1),
                                .also = arena_zero(scratch, facts->count + 1, sizeof(struct found_by *))};
        facts->number_at = arena_array(facts->who->arena, uint32_t, facts->count + 1);
        facts->name_at = arena_array(facts->who->arena, uint32_t, facts->count + 1);
        facts->folded_at = arena_array(facts->who->arena, uint32_t, facts->count + 1);
        facts->rank = arena_array(facts->who->arena, uint32_t, facts->count + 1);
        if (!naming.named || !naming.also || !facts->number_at || !facts->name_at || !facts->folded_at || !facts->rank)
                return error_memory(error);
        enum status status = snapshot_numbers(facts->snapshot, connection, scratch, &naming.numbers, error);
        if (!status)
                status = read_names(&naming, connection, error);
        if (!status)
                status = read_other_numbers(&naming, connection, error);
        if (!status)
                status = read_contact_texts(&naming, connection, error);
        if (status)
                return status;
        return put_names(&naming) && put_ranks(&naming) ? STATUS_OK : error_memory(error);
}

/* ---- who is responsible ------------------------------------------------------------------------------------------ */

static const char *const roles[] = {"rep", "deputy", "inside", "head"};
enum { ROLES = sizeof(roles) / sizeof(roles[0]) };

/* Somebody responsible for a customer; for a territory the customers follow from it. */
struct charge {
        uint32_t row;            /* or the number of the territory among the words */
        uint32_t person;
        uint8_t role;
};

struct charges {
        struct directory_facts *facts;
        uint8_t role;
        struct buffer own, of_territories; /* struct charge */
        uint8_t *own_roles;      /* by row: bits of roles the customer has somebody of its own for */
};

static uint32_t person_number(struct directory_facts *facts, struct text name)
{
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, 1 << 24);
        if (!text_add_search(&folded, name))
                return UINT32_MAX;
        return word_book_add(&facts->people, (struct text){folded.data, folded.length});
}

static bool take_charge(void *context, int64_t customer, struct text territory, struct text responsible)
{
        struct charges *charges = context;
        struct directory_facts *facts = charges->facts;
        uint32_t person = person_number(facts, responsible);
        if (person == UINT32_MAX)
                return false;
        struct charge charge = {.person = person, .role = charges->role};
        if (customer < 0) {
                charge.row = word_book_find(&facts->words, territory);
                return !charge.row || buffer_add(&charges->of_territories, &charge, sizeof(charge));
        }
        charge.row = (uint32_t)customer;
        charges->own_roles[customer] |= (uint8_t)(1 << charges->role);
        /* The first rep by name is the one to show. */
        if (charges->role == 0 && !facts->word[WORD_RESPONSIBLE][customer])
                facts->word[WORD_RESPONSIBLE][customer] = word_book_add(&facts->words, responsible);
        return facts->word[WORD_RESPONSIBLE][customer] != UINT32_MAX &&
               buffer_add(&charges->own, &charge, sizeof(charge));
}

static int by_row(const void *a, const void *b)
{
        const struct charge *x = a, *y = b;
        if (x->row != y->row)
                return x->row < y->row ? -1 : 1;
        return x->role != y->role ? (x->role < y->role ? -1 : 1) : (x->person > y->person) - (x->person < y->person);
}

static const struct charge *sorted(struct buffer *charges, size_t *ret_count)
{
        *ret_count = charges->length / sizeof(struct charge);
        if (*ret_count > 1)
                qsort(charges->data, *ret_count, sizeof(struct charge), by_row);
        return (const struct charge *)(const void *)charges->data;
}

static size_t first_of(const struct charge *charges, size_t count, uint32_t row)
{
        size_t low = 0, high = count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (charges[middle].row < row)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Everybody responsible, customer by customer. */
static bool put_charges(struct charges *charges)
{
        struct directory_facts *facts = charges->facts;
        size_t own_count, territory_count;
        const struct charge *own = sorted(&charges->own, &own_count);
        const struct charge *of_territories = sorted(&charges->of_territories, &territory_count);
        struct buffer list buffer_cleanup;
        buffer_init(&list, UINT32_MAX);
        size_t at = 0;
        for (size_t row = 0; row < facts->count; row++) {
                facts->responsible_at[row] = (uint32_t)(list.length / sizeof(uint32_t));
                for (; at < own_count && own[at].row == row; at++)
                        buffer_add(&list, &own[at].person, sizeof(own[at].person));
                uint32_t territory = facts->word[WORD_TERRITORY][row];
                for (size_t t = first_of(of_territories, territory ? territory_count : 0, territory);
                     territory && t < territory_count && of_territories[t].row == territory; t++)
                        if (!(charges->own_roles[row] >> of_territories[t].role & 1))
                                buffer_add(&list, &of_territories[t].person, sizeof(of_territories[t].person));
        }
        facts->responsible_at[facts->count] = (uint32_t)(list.length / sizeof(uint32_t));
        facts->responsibles = arena_keep_list(facts->who->arena, &list);
        return facts->responsibles != NULL;
}

/* Reps of territories, and territories by the names people are searched by. */
static enum status put_reps(struct directory_facts *facts, struct connection *connection, struct error *error)
{
        struct arena *scratch arena_cleanup = arena_new(SCRATCH_BYTES_MAX);
        struct text *reps;
        if (!scratch)
                return error_memory(error);
        enum status status = responsibilities_load(facts->snapshot, connection, facts->day, scratch, &reps, error);
        for (size_t row = 0; row < facts->count && !status; row++) {
                struct text territory = word_book_text(&facts->words, facts->word[WORD_TERRITORY][row]);
                facts->word[WORD_RESPONSIBLE][row] = word_book_add(&facts->words, reps[row]);
                facts->territory_folded[row] = territory.length ? person_number(facts, territory) : 0;
                if (facts->word[WORD_RESPONSIBLE][row] == UINT32_MAX || facts->territory_folded[row] == UINT32_MAX)
                        status = error_memory(error);
        }
        return status;
}

static enum status load_responsible(struct directory_facts *facts, struct connection *connection,
                                    struct error *error)
{
        struct charges charges = {.facts = facts, .own_roles = calloc(facts->count + 1, 1)};
        buffer_init(&charges.own, UINT32_MAX);
        buffer_init(&charges.of_territories, UINT32_MAX);
        enum status status = charges.own_roles ? STATUS_OK : error_memory(error);
        for (size_t r = 0; r < ROLES && !status; r++) {
                charges.role = (uint8_t)r;
                status = responsibilities_visit(facts->snapshot, connection, roles[r], facts->day, take_charge,
                                                &charges, error);
        }
        if (!status && !put_charges(&charges))
                status = error_memory(error);
        free(charges.own_roles);
        buffer_release(&charges.own);
        buffer_release(&charges.of_territories);
        return status ? status : put_reps(facts, connection, error);
}

/* ---- contacts ---------------------------------------------------------------------------------------------------- */

static enum status count_contacts(struct directory_facts *facts, struct connection *connection, struct error *error)
{
        struct customer_cursor cursor = {facts->ids, facts->count, 0};
        int64_t customer_id = 0, person_id = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_directory_contacts_open(connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_contacts_row row;
                status = q_directory_contacts_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                bool counted = row.customer_id == customer_id && row.person_id == person_id;
                int64_t at = customer_cursor_find(&cursor, row.customer_id);
                if (counted || at < 0 || !visibility_of(&facts->snapshot->visibility, row.import_id))
                        continue;
                customer_id = row.customer_id;
                person_id = row.person_id;
                facts->contacts[at] += facts->contacts[at] < UINT16_MAX;
        }
        return status;
}

/* The different levels of one customer's contacts, as numbers of words. */
struct level_count {
        struct directory_facts *facts;
        struct customer_cursor cursor;
        struct dated dated;
        int64_t customer_id, person_id;
        uint32_t levels[LEVELS_MAX];
        size_t count;
};

static bool end_person(struct level_count *counting)
{
        struct text level;
        dated_open(&counting->dated);
        bool known = dated_on(&counting->dated, counting->facts->day, &level) && level.length;
        uint32_t number = known ? word_book_add(&counting->facts->words, level) : 0;
        dated_clear(&counting->dated);
        if (number == UINT32_MAX)
                return false;
        for (size_t i = 0; i < counting->count && number; i++)
                if (counting->levels[i] == number)
                        number = 0;
        if (number && counting->count < LEVELS_MAX)
                counting->levels[counting->count++] = number;
        return true;
}

static void end_customer(struct level_count *counting)
{
        int64_t at = customer_cursor_find(&counting->cursor, counting->customer_id);
        if (at >= 0)
                counting->facts->levels[at] = (uint8_t)counting->count;
        counting->count = 0;
}

static enum status count_levels(struct directory_facts *facts, struct connection *connection, struct error *error)
{
        struct level_count counting = {.facts = facts, .cursor = {facts->ids, facts->count, 0}};
        dated_init(&counting.dated);
        bool fine = true;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_directory_levels_open(connection, NULL, &rows, error);
        for (bool more = true; !status && more && fine;) {
                struct q_directory_levels_row row = {0};
                status = q_directory_levels_next(rows, &row, &more, error);
                if (status)
                        break;
                bool same_customer = more && row.customer_id == counting.customer_id;
                if (!same_customer || row.person_id != counting.person_id)
                        fine = end_person(&counting);
                if (!same_customer)
                        end_customer(&counting);
                if (!more)
                        break;
                counting.customer_id = row.customer_id;
                counting.person_id = row.person_id;
                int64_t generation = visibility_of(&facts->snapshot->visibility, row.import_id);
                if (generation)
                        fine = fine && dated_add(&counting.dated, row.valid_from, generation, row.value);
        }
        dated_release(&counting.dated);
        return status || fine ? status : error_memory(error);
}

enum status directory_load_people(struct directory_facts *facts, struct connection *connection, struct error *error)
{
        facts->responsible_at = arena_array(facts->who->arena, uint32_t, facts->count + 1);
        facts->territory_folded = arena_array(facts->who->arena, uint32_t, facts->count + 1);
        if (!facts->responsible_at || !facts->territory_folded)
                return error_memory(error);
        enum status status = load_responsible(facts, connection, error);
        if (!status)
                status = count_contacts(facts, connection, error);
        return status ? status : count_levels(facts, connection, error);
}
