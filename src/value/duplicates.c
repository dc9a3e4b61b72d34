/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * duplicates.c: blocks of customers that share something are sorted together by its hash; within a block neighbours are
 * compared, and those alike are joined to groups.
 */
#include "value/duplicates.h"

#include <stdlib.h>

enum {
        SAME_NAME_POINTS = 60, NEAR_NAME_POINTS = 40, SAME_VAT_POINTS = 60, SAME_EMAIL_POINTS = 60,
        SAME_ADDRESS_POINTS = 40, OTHER_POSTCODE_POINTS = -40,
        NEAR_ONE_LENGTH = 8, NEAR_TWO_LENGTH = 14, WORDS_MAX = 24, PREFIX_LETTERS = 3,
        VAT_LENGTH_MIN = 5,
};

const char *const alike_names[ALIKE_COUNT] = {"name", "nearly", "vat", "email", "address"};

/* ---- folding ----------------------------------------------------------------------------------------------------- */

static bool is_word_byte(char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || (byte & 0x80);
}

/* Without case and accents; ae, oe and ue become a, o and u, as umlauts do. A dot or an apostrophe goes (G.m.b.H.), any
 * other mark becomes one blank. */
static bool fold(struct buffer *out, struct text text)
{
        struct buffer plain buffer_cleanup;
        buffer_init(&plain, SIZE_MAX / 2);
        bool fine = text_add_sort_key(&plain, text);
        size_t start = out->length;
        bool blank = false;
        for (size_t i = 0; i < plain.length && fine; i++) {
                char byte = plain.data[i];
                if (byte == '.' || byte == '\'')
                        continue;
                if (!is_word_byte(byte)) {
                        blank = out->length > start;
                        continue;
                }
                char before = out->length > start && !blank ? out->data[out->length - 1] : ' ';
                if (byte == 'e' && (before == 'a' || before == 'o' || before == 'u'))
                        continue;
                if (blank)
                        buffer_add_byte(out, ' ');
                blank = false;
                fine = buffer_add_byte(out, byte);
        }
        return fine && !out->failed;
}

/* As folding leaves them. */
static bool is_legal_form(struct text word)
{
        static const char *const forms[] = {
                "ab", "ag", "and", "aps", "as", "beschrankter", "bv", "bvba", "co", "comp", "company", "corp",
                "corporation", "eg", "ek", "ekfm", "ekfr", "et", "ev", "gbr", "gesellschaft", "gesmbh", "ggmbh", "gmbh",
                "haftung", "haftungsbeschrankt", "inc", "incorporated", "kg", "kga", "kgaa", "limited", "llc", "llp",
                "ltd", "mbb", "mbh", "mit", "nv", "og", "ohg", "oy", "oyj", "partg", "plc", "pty", "sa", "sarl",
                "sas", "sca", "se", "sl", "sp", "spa", "spzoo", "srl", "srls", "the", "ug", "und", "zoo"};
        size_t low = 0, high = sizeof(forms) / sizeof(forms[0]);
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = text_compare(text_of(forms[middle]), word);
                if (order == 0)
                        return true;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return false;
}

static int compare_words(const void *a, const void *b)
{
        return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static size_t split_words(const struct buffer *folded, bool all, struct text words[WORDS_MAX])
{
        size_t count = 0, at = 0;
        while (at < folded->length && count < WORDS_MAX) {
                size_t end = at;
                while (end < folded->length && folded->data[end] != ' ')
                        end++;
                struct text word = {folded->data + at, end - at};
                if (all || !is_legal_form(word))
                        words[count++] = word;
                at = end + 1;
        }
        return count;
}

bool duplicate_fold_name(struct buffer *out, struct text name)
{
        struct buffer folded buffer_cleanup;
        struct text words[WORDS_MAX];
        buffer_init(&folded, SIZE_MAX / 2);
        if (!fold(&folded, name))
                return false;
        size_t count = split_words(&folded, false, words);
        if (count == 0)
                count = split_words(&folded, true, words);
        if (count > 1)
                qsort(words, count, sizeof(words[0]), compare_words);
        for (size_t i = 0; i < count; i++) {
                if (i)
                        buffer_add_byte(out, ' ');
                buffer_add(out, words[i].data, words[i].length);
        }
        return !out->failed;
}

/* "hauptstrasse" and "hauptstr" end alike. */
bool duplicate_fold_street(struct buffer *out, struct text street)
{
        static const char word[] = "strasse";
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, SIZE_MAX / 2);
        if (!fold(&folded, street))
                return false;
        for (size_t i = 0; i < folded.length;) {
                if (folded.length - i >= sizeof(word) - 1 && memcmp(folded.data + i, word, sizeof(word) - 1) == 0) {
                        buffer_add_text(out, "str");
                        i += sizeof(word) - 1;
                        continue;
                }
                if (folded.data[i] != ' ')
                        buffer_add_byte(out, folded.data[i]);
                i++;
        }
        return !out->failed;
}

bool duplicate_fold_vat(struct buffer *out, struct text vat)
{
        size_t start = out->length;
        struct buffer plain buffer_cleanup;
        buffer_init(&plain, SIZE_MAX / 2);
        bool fine = text_add_sort_key(&plain, vat);
        for (size_t i = 0; i < plain.length && fine; i++)
                if (is_word_byte(plain.data[i]))
                        fine = buffer_add_byte(out, plain.data[i]);
        if (fine && out->length - start < VAT_LENGTH_MIN) /* "-", "none": no number */
                out->data[out->length = start] = '\0';
        return fine && !plain.failed;
}

bool duplicate_fold_email(struct buffer *out, struct text email)
{
        struct text trimmed = text_trim(email);
        if (!trimmed.length || !memchr(trimmed.data, '@', trimmed.length))
                return true;
        for (size_t i = 0; i < trimmed.length; i++) {
                char byte = trimmed.data[i];
                buffer_add_byte(out, byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
        }
        return !out->failed;
}

/* ---- two customers ----------------------------------------------------------------------------------------------- */

static bool same(struct text a, struct text b) { return a.length && text_equal(a, b); }

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/* "Branch 1" and "Branch 2" are no typing mistakes of each other. */
static bool same_digits(struct text a, struct text b)
{
        size_t i = 0, j = 0;
        for (;;) {
                while (i < a.length && !is_digit(a.data[i]))
                        i++;
                while (j < b.length && !is_digit(b.data[j]))
                        j++;
                if (i == a.length || j == b.length)
                        return i == a.length && j == b.length;
                if (a.data[i++] != b.data[j++])
                        return false;
        }
}

static bool nearly(struct text a, struct text b)
{
        char left[TEXT_DISTANCE_MAX + 1], right[TEXT_DISTANCE_MAX + 1];
        size_t shorter = a.length < b.length ? a.length : b.length, longer = a.length + b.length - shorter;
        if (shorter < NEAR_ONE_LENGTH || longer > TEXT_DISTANCE_MAX || longer - shorter > 2)
                return false;
        memcpy(left, a.data, a.length);
        left[a.length] = '\0';
        memcpy(right, b.data, b.length);
        right[b.length] = '\0';
        return text_distance(left, right) <= (shorter >= NEAR_TWO_LENGTH ? 2 : 1) && same_digits(a, b);
}

int duplicate_points(const struct duplicate_candidate *a, const struct duplicate_candidate *b, unsigned *ret_reasons)
{
        unsigned reasons = 0;
        int points = 0;
        *ret_reasons = 0;
        if (same(a->account_group, b->account_group) || same(a->site, b->site))
                return 0;
        bool postcodes = a->postcode.length && b->postcode.length;
        bool one_place = postcodes && text_equal(a->postcode, b->postcode);
        if (same(a->name, b->name)) {
                reasons |= ALIKE_NAME;
                points += SAME_NAME_POINTS;
        } else if (nearly(a->name, b->name)) {
                reasons |= ALIKE_NEARLY;
                points += NEAR_NAME_POINTS;
        }
        if (reasons && postcodes && !one_place)
                points += OTHER_POSTCODE_POINTS;
        if (same(a->vat, b->vat)) {
                reasons |= ALIKE_VAT;
                points += SAME_VAT_POINTS;
        }
        if (same(a->email, b->email)) {
                reasons |= ALIKE_EMAIL;
                points += SAME_EMAIL_POINTS;
        }
        if (one_place && same(a->street, b->street)) {
                reasons |= ALIKE_ADDRESS;
                points += SAME_ADDRESS_POINTS;
        }
        *ret_reasons = reasons;
        return points;
}

/* ---- everybody --------------------------------------------------------------------------------------------------- */

struct block_entry {
        uint64_t hash;
        uint32_t candidate;
};

struct search {
        const struct duplicate_candidate *candidates;
        size_t count, entry_count;
        struct block_entry *entries;
        uint32_t *group;      /* by candidate: towards the first of its group */
        bool *counted;        /* by candidate: the first of a group that was counted */
        struct duplicate_pair *pairs;
        struct duplicates found;
};

static uint32_t first_of(struct search *search, uint32_t candidate)
{
        while (search->group[candidate] != candidate) {
                search->group[candidate] = search->group[search->group[candidate]];
                candidate = search->group[candidate];
        }
        return candidate;
}

/* What block a candidate is in for one kind of likeness: a hash over the kind and the texts; nothing for unknown. */
static void add_entry(struct search *search, size_t candidate, unsigned kind, struct text one, struct text two)
{
        if (!one.length || (kind == ALIKE_ADDRESS && !two.length))
                return;
        uint64_t parts[3] = {kind, text_hash(one.data, one.length), two.length ? text_hash(two.data, two.length) : 0};
        search->entries[search->entry_count++] =
                (struct block_entry){text_hash(parts, sizeof(parts)), (uint32_t)candidate};
}

static int compare_entries(const void *a, const void *b)
{
        const struct block_entry *x = a, *y = b;
        if (x->hash != y->hash)
                return x->hash < y->hash ? -1 : 1;
        return (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

static void fill_blocks(struct search *search)
{
        for (size_t i = 0; i < search->count; i++) {
                const struct duplicate_candidate *c = &search->candidates[i];
                struct text none = {NULL, 0}, prefix = c->name;
                if (prefix.length > PREFIX_LETTERS)
                        prefix.length = PREFIX_LETTERS;
                add_entry(search, i, ALIKE_NAME, c->name, none);
                add_entry(search, i, ALIKE_VAT, c->vat, none);
                add_entry(search, i, ALIKE_EMAIL, c->email, none);
                add_entry(search, i, ALIKE_ADDRESS, c->street, c->postcode);
                if (c->postcode.length)
                        add_entry(search, i, ALIKE_NEARLY, prefix, c->postcode);
        }
        qsort(search->entries, search->entry_count, sizeof(*search->entries), compare_entries);
}

static void compare(struct search *search, uint32_t a, uint32_t b)
{
        unsigned reasons;
        uint32_t one = first_of(search, a), other = first_of(search, b);
        if (one == other)
                return;
        int points = duplicate_points(&search->candidates[a], &search->candidates[b], &reasons);
        if (points < DUPLICATE_POINTS)
                return;
        if (one < other)
                search->group[other] = one;
        else
                search->group[one] = other;
        /* One pair per join: never more than customers. */
        search->pairs[search->found.pair_count++] =
                (struct duplicate_pair){search->candidates[a].customer, search->candidates[b].customer, points,
                                        reasons};
}

static int compare_pairs(const void *a, const void *b)
{
        const struct duplicate_pair *x = a, *y = b;
        if (x->points != y->points)
                return x->points > y->points ? -1 : 1;
        if (x->first != y->first)
                return x->first < y->first ? -1 : 1;
        return (x->second > y->second) - (x->second < y->second);
}

static void count_groups(struct search *search)
{
        struct duplicates *found = &search->found;
        for (size_t i = 0; i < search->count; i++) {
                uint32_t first = first_of(search, (uint32_t)i);
                if (first == i)
                        continue;
                found->customers += search->counted[first] ? 1 : 2;
                found->groups += !search->counted[first];
                search->counted[first] = true;
        }
}

enum status duplicates_find(const struct duplicate_candidate *candidates, size_t count, struct arena *arena,
                            struct duplicates *ret, struct error *error)
{
        enum { KINDS = 5 };
        struct search search = {
                .candidates = candidates, .count = count,
                .entries = arena_array(arena, struct block_entry, count * KINDS + 1),
                .group = arena_array(arena, uint32_t, count + 1),
                .counted = arena_array(arena, bool, count + 1),
                .pairs = arena_array(arena, struct duplicate_pair, count + 1),
        };
        if (!search.entries || !search.group || !search.counted || !search.pairs)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                search.group[i] = (uint32_t)i;
        fill_blocks(&search);
        for (size_t i = 0; i < search.entry_count; i++)
                for (size_t j = i + 1; j < search.entry_count && j <= i + DUPLICATE_NEIGHBOURS &&
                                       search.entries[j].hash == search.entries[i].hash; j++)
                        compare(&search, search.entries[i].candidate, search.entries[j].candidate);
        count_groups(&search);
        if (search.found.pair_count > 1)
                qsort(search.pairs, search.found.pair_count, sizeof(*search.pairs), compare_pairs);
        search.found.pairs = search.pairs;
        *ret = search.found;
        return STATUS_OK;
}
