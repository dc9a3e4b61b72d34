/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_segments.c: the segments of a concept with their paths. Nobody stays undefined: each kind of customer has
 * exactly one rest segment, and it is the lowest.
 */
#include "program/concept_read.h"

static struct criterion *read_criteria(struct reading *reading, const struct node *list, enum concept_key key,
                                       size_t *ret_count)
{
        *ret_count = 0;
        if (!list || !read_list(reading, list, key, 1, CONCEPT_CRITERIA_MAX))
                return NULL;
        struct criterion *criteria = read_zero(reading, list->count, sizeof(*criteria));
        if (!criteria)
                return NULL;
        for (const struct node *item = list->first; item; item = item->next)
                read_criterion(reading, item, &criteria[(*ret_count)++]);
        return criteria;
}

static void read_some(struct reading *reading, const struct node *node, struct path *path)
{
        const struct node *values[KEY_COUNT];
        if (!read_map(reading, node, SECTION_SOME, values))
                return;
        path->some = read_criteria(reading, values[KEY_SOME_of], KEY_SOME_of, &path->some_count);
        if (values[KEY_SOME_at_least] && path->some_count)
                read_whole(reading, values[KEY_SOME_at_least], KEY_SOME_at_least, 1, (unsigned)path->some_count,
                           &path->some_at_least);
}

static void read_path(struct reading *reading, const struct node *node, struct path *path)
{
        const struct node *values[KEY_COUNT];
        if (!read_map(reading, node, SECTION_PATH, values))
                return;
        if (values[KEY_PATH_id])
                read_id(reading, values[KEY_PATH_id], "id", &path->id);
        path->all = read_criteria(reading, values[KEY_PATH_all], KEY_PATH_all, &path->all_count);
        if (values[KEY_PATH_some])
                read_some(reading, values[KEY_PATH_some], path);
        if (!values[KEY_PATH_all] && !values[KEY_PATH_some])
                READ_ERROR(reading, node, "concept.path_empty", "key", "all");
        if (path->all_count + path->some_count > CONCEPT_CRITERIA_MAX) {
                char limit[16];
                snprintf(limit, sizeof(limit), "%d", CONCEPT_CRITERIA_MAX);
                READ_ERROR(reading, node, "concept.too_many_criteria", "limit", limit);
        }
}

static void read_paths(struct reading *reading, const struct node *list, struct segment *segment)
{
        if (!read_list(reading, list, KEY_SEGMENT_paths, 1, CONCEPT_PATHS_MAX))
                return;
        segment->paths = read_zero(reading, list->count, sizeof(struct path));
        if (!segment->paths)
                return;
        for (const struct node *item = list->first; item; item = item->next) {
                struct path *path = &segment->paths[segment->path_count];
                read_path(reading, item, path);
                for (size_t i = 0; path->id.length && i < segment->path_count; i++)
                        if (text_equal(segment->paths[i].id, path->id))
                                READ_ERROR(reading, item, "concept.doubled_id", "key", "paths", "value",
                                           path->id.data);
                segment->path_count++;
        }
}

static void read_segment(struct reading *reading, const struct node *node, struct segment *segment)
{
        const struct node *values[KEY_COUNT];
        unsigned kind = 0;
        if (!read_map(reading, node, SECTION_SEGMENT, values))
                return;
        if (values[KEY_SEGMENT_id])
                read_id(reading, values[KEY_SEGMENT_id], "id", &segment->id);
        if (values[KEY_SEGMENT_name])
                read_names(reading, values[KEY_SEGMENT_name], KEY_SEGMENT_name, &segment->name);
        if (values[KEY_SEGMENT_for] && read_choice(reading, values[KEY_SEGMENT_for], KEY_SEGMENT_for, &kind))
                segment->kind = kind == 0 ? KIND_CUSTOMER : KIND_PROSPECT;
        if (values[KEY_SEGMENT_rest])
                read_bool(reading, values[KEY_SEGMENT_rest], KEY_SEGMENT_rest, &segment->rest);
        if (values[KEY_SEGMENT_paths] && segment->rest)
                READ_ERROR(reading, values[KEY_SEGMENT_paths], "concept.rest_with_paths", "key", "paths");
        else if (values[KEY_SEGMENT_paths])
                read_paths(reading, values[KEY_SEGMENT_paths], segment);
        else if (!segment->rest)
                READ_ERROR(reading, node, "concept.segment_without_paths", "value",
                           segment->id.length ? segment->id.data : "?");
        reading->criteria_decide = false;
        segment->expects =
                read_criteria(reading, values[KEY_SEGMENT_expects], KEY_SEGMENT_expects, &segment->expects_count);
        reading->criteria_decide = true;
}

/* Exactly one rest segment of each kind, below the others. */
static void check_rest(struct reading *reading, const struct node *list, enum customer_kind kind)
{
        const char *name = kind == KIND_CUSTOMER ? "customers" : "prospects";
        const struct segment *segments = reading->concept->segments;
        const struct segment *rest = NULL;
        size_t i = 0;
        for (const struct node *item = list->first; item; item = item->next, i++) {
                if (segments[i].kind != kind)
                        continue;
                if (rest && segments[i].rest)
                        READ_ERROR(reading, item, "concept.two_rests", "kind", name, "first", rest->id.data);
                else if (rest)
                        READ_ERROR(reading, item, "concept.rest_not_last", "value",
                                   segments[i].id.length ? segments[i].id.data : "?", "rest", rest->id.data);
                if (segments[i].rest && !rest)
                        rest = &segments[i];
        }
        if (!rest)
                READ_ERROR(reading, list, "concept.no_rest", "kind", name);
}

void read_segments(struct reading *reading, const struct node *list)
{
        struct concept *concept = reading->concept;
        if (!read_list(reading, list, KEY_DOCUMENT_segments, 1, CONCEPT_SEGMENTS_MAX))
                return;
        concept->segments = read_zero(reading, list->count, sizeof(struct segment));
        if (!concept->segments)
                return;
        reading->criteria_decide = true;
        for (const struct node *item = list->first; item; item = item->next) {
                struct segment *segment = &concept->segments[concept->segment_count];
                read_segment(reading, item, segment);
                for (size_t i = 0; segment->id.length && i < concept->segment_count; i++)
                        if (text_equal(concept->segments[i].id, segment->id))
                                READ_ERROR(reading, item, "concept.doubled_id", "key", "segments", "value",
                                           segment->id.data);
                concept->segment_count++;
        }
        check_rest(reading, list, KIND_CUSTOMER);
        check_rest(reading, list, KIND_PROSPECT);
}
