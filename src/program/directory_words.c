/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_words.c: words that many rows share: each once, found by hash.
 */
#include <stdlib.h>

#include "program/directory_parts.h"

#define WORDS_BYTES_MAX ((size_t)1 << 30)
enum { FIRST_SLOTS = 64 };

void word_book_init(struct word_book *book)
{
        *book = (struct word_book){.count = 1};
        buffer_init(&book->text, WORDS_BYTES_MAX);
}

void word_book_release(struct word_book *book)
{
        buffer_release(&book->text);
        free(book->places);
        free(book->slots);
        *book = (struct word_book){0};
}

/* The slot where a word is or belongs. */
static size_t slot_of(const struct word_book *book, struct text word)
{
        size_t slot = text_hash(word.data, word.length) & (book->slot_count - 1);
        while (book->slots[slot] && !text_equal(word_book_text(book, book->slots[slot]), word))
                slot = (slot + 1) & (book->slot_count - 1);
        return slot;
}

static bool grow_slots(struct word_book *book)
{
        struct word_book larger = *book;
        larger.slot_count = book->slot_count ? book->slot_count * 2 : FIRST_SLOTS;
        larger.slots = calloc(larger.slot_count, sizeof(*larger.slots));
        if (!larger.slots)
                return false;
        for (uint32_t number = 1; number < book->count; number++)
                larger.slots[slot_of(&larger, word_book_text(book, number))] = number;
        free(book->slots);
        *book = larger;
        return true;
}

static bool grow_places(struct word_book *book)
{
        size_t capacity = book->capacity ? book->capacity * 2 : FIRST_SLOTS;
        struct word_place *places = realloc(book->places, capacity * sizeof(*places));
        if (!places)
                return false;
        book->places = places;
        book->capacity = capacity;
        return true;
}

uint32_t word_book_find(const struct word_book *book, struct text word)
{
        return word.length && book->slot_count ? book->slots[slot_of(book, word)] : 0;
}

uint32_t word_book_add(struct word_book *book, struct text word)
{
        if (word.length == 0)
                return 0;
        uint32_t found = word_book_find(book, word);
        if (found)
                return found;
        if ((book->count * 2 >= book->slot_count && !grow_slots(book)) ||
            (book->count >= book->capacity && !grow_places(book)))
                return UINT32_MAX;
        uint32_t offset = (uint32_t)book->text.length, number = (uint32_t)book->count;
        if (!buffer_add(&book->text, word.data, word.length))
                return UINT32_MAX;
        book->places[number] = (struct word_place){offset, (uint32_t)word.length};
        book->count++;
        book->slots[slot_of(book, word)] = number;
        return number;
}
