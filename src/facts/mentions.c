/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mentions.c: the earliest mentions by article, as short chains. Numbers of mentions that lost stay in the heap: an
 * article's earliest mention changes only some times in a segment.
 */
#include "facts/mentions.h"

#include <stdlib.h>

void mentions_init(struct mentions *mentions)
{
        *mentions = (struct mentions){0};
        buffer_init(&mentions->numbers, UINT32_MAX);
}

void mentions_release(struct mentions *mentions)
{
        free(mentions->first_day);
        free(mentions->head);
        free(mentions->entries);
        buffer_release(&mentions->numbers);
        *mentions = (struct mentions){0};
}

bool mentions_reserve(struct mentions *mentions, uint32_t article)
{
        if (article < mentions->article_capacity)
                return true;
        size_t capacity = mentions->article_capacity ? mentions->article_capacity : 1024;
        while (capacity <= article)
                capacity *= 2;
        int32_t *days = realloc(mentions->first_day, capacity * sizeof(*days));
        if (!days)
                return false;
        mentions->first_day = days;
        uint32_t *heads = realloc(mentions->head, capacity * sizeof(*heads));
        if (!heads)
                return false;
        mentions->head = heads;
        for (size_t i = mentions->article_capacity; i < capacity; i++) {
                days[i] = INT32_MAX;
                heads[i] = 0;
        }
        mentions->article_capacity = capacity;
        return true;
}

int mention_compare(const struct mention *a, struct text a_number, const struct mention *b, struct text b_number)
{
        if (a->day != b->day)
                return a->day < b->day ? -1 : 1;
        int by_number = text_compare(a_number, b_number);
        if (by_number)
                return by_number;
        if (a->amount_minor != b->amount_minor)
                return a->amount_minor < b->amount_minor ? -1 : 1;
        return (a->quantity_milli > b->quantity_milli) - (a->quantity_milli < b->quantity_milli);
}

/* A new entry at the end of the entries; *ret_index its index + 1. */
static bool append(struct mentions *mentions, const struct mention *mention, uint32_t *ret_index)
{
        if (mentions->entry_count == mentions->entry_capacity) {
                size_t capacity = mentions->entry_capacity ? mentions->entry_capacity * 2 : 1024;
                struct mention_entry *entries = realloc(mentions->entries, capacity * sizeof(*entries));
                if (!entries)
                        return false;
                mentions->entries = entries;
                mentions->entry_capacity = capacity;
        }
        mentions->entries[mentions->entry_count++] = (struct mention_entry){*mention, 0};
        *ret_index = (uint32_t)mentions->entry_count;
        return true;
}

static bool keep_number(struct mentions *mentions, struct mention *mention, struct text number)
{
        mention->number_offset = (uint32_t)mentions->numbers.length;
        mention->number_length = (uint32_t)number.length;
        return buffer_add(&mentions->numbers, number.data, number.length);
}

bool mentions_weigh(struct mentions *mentions, const struct line *line, int32_t day, struct text number)
{
        struct mention mention = {
                .article = line->product,
                .day = day,
                .amount_minor = line->amount_minor,
                .quantity_milli = line->quantity_milli,
                .group = line->marks & LINE_GROUP_NAMED ? line->group : 0,
        };
        uint32_t *head = &mentions->head[line->product];
        if (*head == 0) {
                mentions->first_day[line->product] = day;
                return keep_number(mentions, &mention, number) && append(mentions, &mention, head);
        }
        struct mention_entry *entry = &mentions->entries[*head - 1];
        struct text known = {mentions->numbers.data + entry->mention.number_offset, entry->mention.number_length};
        int order = mention_compare(&mention, number, &entry->mention, known);
        if (order > 0)
                return true;
        if (order < 0) {
                if (!keep_number(mentions, &mention, number))
                        return false;
                *entry = (struct mention_entry){mention, 0};
                mentions->first_day[line->product] = day;
                return true;
        }
        mention.number_offset = entry->mention.number_offset;
        mention.number_length = entry->mention.number_length;
        for (uint32_t at = *head; at; at = mentions->entries[at - 1].next)
                if (mentions->entries[at - 1].mention.group == mention.group)
                        return true;
        uint32_t added, rest = entry->next, first = *head;
        if (!append(mentions, &mention, &added))
                return false;
        mentions->entries[added - 1].next = rest;
        mentions->entries[first - 1].next = added;
        return true;
}
