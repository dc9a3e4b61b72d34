/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_diff.c: compares the statements of two concepts and says what differs.
 */
#include "program/concept_diff.h"

#include <stdlib.h>

#include "engine/rational.h"
#include "program/concept_facts.h"

enum { SENTENCE_BYTES_MAX = 1 << 20 };
#define LIST_BYTES_MAX ((size_t)1 << 30)

struct side {
        const struct concept_fact *facts;
        const struct concept_fact **by_id;
        size_t count;
};

struct diff {
        struct side old_side, new_side;
        enum language language;
        enum medium medium;
        struct arena *arena;
        struct buffer list;
        bool failed;
};

static int compare_ids(const void *a, const void *b)
{
        const struct concept_fact *const *x = a, *const *y = b;
        return strcmp((*x)->id, (*y)->id);
}

static const struct concept_fact *find(const struct side *side, const char *id)
{
        size_t low = 0, high = side->count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = strcmp(side->by_id[middle]->id, id);
                if (order == 0)
                        return side->by_id[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static bool side_open(struct side *side, struct arena *arena)
{
        side->by_id = arena_array(arena, const struct concept_fact *, side->count + 1);
        for (size_t i = 0; side->by_id && i < side->count; i++)
                side->by_id[i] = &side->facts[i];
        if (side->by_id)
                qsort(side->by_id, side->count, sizeof(*side->by_id), compare_ids);
        return side->by_id != NULL;
}

/* The change in percent, with its sign. */
static void add_percent(struct buffer *out, enum language language, struct decimal old, struct decimal new)
{
        struct rational difference;
        if (old.units == 0 ||
            !rational_subtract(rational_from_decimal(new), rational_from_decimal(old), &difference))
                return;
        struct rational base = rational_from_decimal(old);
        if (base.numerator < 0)
                base.numerator = -base.numerator;
        __int128 numerator = difference.numerator * base.denominator;
        __int128 denominator = difference.denominator * base.numerator;
        if (numerator == 0 || numerator > INT64_MAX || numerator < INT64_MIN || denominator > INT64_MAX)
                return;
        buffer_add_text(out, numerator > 0 ? " (+" : " (");
        format_add_percent(out, language, (int64_t)numerator, (int64_t)denominator);
        buffer_add_text(out, ")");
}

/* The criteria whose thresholds name a parameter. */
static void add_touched(const struct diff *diff, struct buffer *out, const char *parameter_id)
{
        char mark[192];
        bool any = false;
        const char *name = parameter_id + strlen("parameter:");
        snprintf(mark, sizeof(mark), ";%.*s;", (int)strcspn(name, "/"), name);
        for (size_t i = 0; i < diff->new_side.count; i++) {
                const struct concept_fact *fact = &diff->new_side.facts[i];
                if (!fact->label || !strstr(fact->parameters, mark))
                        continue;
                if (!any)
                        buffer_addf(out, "; %s", message_raw(diff->language, "diff.touches"));
                buffer_addf(out, "%s %s (%s)", any ? ";" : "", fact->subject, fact->label);
                any = true;
        }
}

static void add_change(struct diff *diff, enum concept_change_kind kind, const struct concept_fact *old,
                       const struct concept_fact *new)
{
        struct buffer sentence buffer_cleanup;
        const struct concept_fact *fact = old ? old : new;
        buffer_init(&sentence, SENTENCE_BYTES_MAX);
        buffer_addf(&sentence, "%s%s", fact->subject, *fact->subject ? ": " : "");
        if (kind == CONCEPT_CHANGED) {
                buffer_addf(&sentence, "%s: %s %s %s", fact->label, old->shown,
                            diff->medium == MEDIUM_PAGE ? "→" : "->", new->shown);
                if (old->has_number && new->has_number)
                        add_percent(&sentence, diff->language, old->number, new->number);
                if (strncmp(fact->id, "parameter:", strlen("parameter:")) == 0)
                        add_touched(diff, &sentence, fact->id);
        } else {
                buffer_add_text(&sentence, message_raw(diff->language, kind == CONCEPT_ADDED ? "diff.added"
                                                                                             : "diff.removed"));
                if (*fact->shown)
                        buffer_addf(&sentence, " (%s)", fact->shown);
        }
        struct concept_change change = {
                .kind = kind,
                .id = fact->id,
                .old_value = old && *old->raw ? old->raw : NULL,
                .new_value = new && *new->raw ? new->raw : NULL,
                .sentence = arena_copy(diff->arena, sentence.data, sentence.length),
        };
        diff->failed |= !change.sentence || sentence.failed || !buffer_add(&diff->list, &change, sizeof(change));
}

/* Is the statement about a thing that was told as a whole already? */
static bool is_inside(const char *id, const char *outer)
{
        size_t length = outer ? strlen(outer) : 0;
        return length && strncmp(id, outer, length) == 0 && id[length] == '/';
}

static void compare(struct diff *diff)
{
        const char *told = NULL;
        for (size_t i = 0; i < diff->old_side.count; i++) {
                const struct concept_fact *old = &diff->old_side.facts[i];
                if (is_inside(old->id, told))
                        continue;
                const struct concept_fact *new = find(&diff->new_side, old->id);
                if (!new) {
                        add_change(diff, CONCEPT_REMOVED, old, NULL);
                        told = old->id;
                } else if (old->label && strcmp(old->raw, new->raw) != 0) {
                        add_change(diff, CONCEPT_CHANGED, old, new);
                }
        }
        told = NULL;
        for (size_t i = 0; i < diff->new_side.count; i++) {
                const struct concept_fact *new = &diff->new_side.facts[i];
                if (is_inside(new->id, told) || find(&diff->old_side, new->id))
                        continue;
                add_change(diff, CONCEPT_ADDED, NULL, new);
                told = new->id;
        }
}

enum status concept_diff(const struct concept *old_concept, const struct concept *new_concept, enum language language,
                         enum medium medium, struct arena *arena, struct concept_change **ret, size_t *ret_count,
                         struct error *error)
{
        struct diff diff = {.language = language, .medium = medium, .arena = arena};
        struct concept_fact *old_facts, *new_facts;
        if (!concept_facts(old_concept, new_concept, language, medium, arena, &old_facts, &diff.old_side.count) ||
            !concept_facts(new_concept, old_concept, language, medium, arena, &new_facts, &diff.new_side.count))
                return error_memory(error);
        diff.old_side.facts = old_facts;
        diff.new_side.facts = new_facts;
        if (!side_open(&diff.old_side, arena) || !side_open(&diff.new_side, arena))
                return error_memory(error);
        buffer_init(&diff.list, LIST_BYTES_MAX);
        compare(&diff);
        size_t count = diff.list.length / sizeof(struct concept_change);
        struct concept_change *changes = arena_keep_list(arena, &diff.list);
        diff.failed |= !changes;
        buffer_release(&diff.list);
        if (diff.failed)
                return error_memory(error);
        *ret = changes;
        *ret_count = count;
        return STATUS_OK;
}
