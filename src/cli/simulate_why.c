/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulate_why.c: explains a customer by both versions and compares the two explanations criterion by criterion. The
 * same criterion is the one of the same segment and path with the same metric, `of`, window and comparator.
 */
#include "cli/explain_output.h"
#include "cli/simulate_output.h"

struct difference_list {
        enum language language;
        enum why_layout layout;
        struct buffer *out;
        struct judged_criterion empty_before, empty_after; /* only the concepts */
};

static bool same_criterion(const struct criterion *a, const struct criterion *b)
{
        return a->metric == b->metric && a->window.kind == b->window.kind && a->window.count == b->window.count &&
               a->comparator == b->comparator && text_equal(a->of, b->of);
}

static const struct explained_criterion *find_criterion(const struct explained_path *path,
                                                        const struct criterion *wanted)
{
        for (size_t i = 0; path && i < path->path->all_count; i++)
                if (same_criterion(path->all[i].criterion, wanted))
                        return &path->all[i];
        for (size_t i = 0; path && i < path->path->some_count; i++)
                if (same_criterion(path->some[i].criterion, wanted))
                        return &path->some[i];
        return NULL;
}

static const struct explained_path *find_path(const struct explanation *explanation, const struct concept *concept,
                                              struct text segment, struct text path)
{
        for (size_t s = 0; s < explanation->segment_count; s++) {
                const struct explained_segment *explained = &explanation->segments[s];
                const struct segment *about = &concept->segments[explained->segment];
                for (size_t p = 0; text_equal(about->id, segment) && p < about->path_count; p++)
                        if (text_equal(about->paths[p].id, path))
                                return &explained->paths[p];
        }
        return NULL;
}

/* The same words are said once, however many paths hold the criterion. */
static void say_once(struct difference_list *list, const struct explained_criterion *before,
                     const struct explained_criterion *after)
{
        struct buffer words buffer_cleanup;
        buffer_init(&words, 4096);
        explain_add_change(list->language, (struct judged_criterion){list->empty_before.concept, before},
                           (struct judged_criterion){list->empty_after.concept, after},
                           list->layout == SIMULATE_WHY_LINES ? "\n      " : NULL, &words);
        if (words.failed || (list->out->length && strstr(list->out->data, words.data)))
                return;
        if (list->out->length)
                buffer_add_text(list->out, list->layout == SIMULATE_WHY_LINES ? "\n    " : " | ");
        buffer_add(list->out, words.data, words.length);
}

/* Criteria of a path of one version against its counterpart in the other. `forward`: the path is the change's. */
static void compare(struct difference_list *list, const struct explained_criterion *criteria, size_t count,
                    const struct explained_path *other, bool forward)
{
        for (size_t i = 0; i < count; i++) {
                const struct explained_criterion *here = &criteria[i];
                const struct explained_criterion *there = find_criterion(other, here->criterion);
                if (there && (!forward || (here->state == there->state && here->keep_state == there->keep_state)))
                        continue;
                if (!there && here->state == MET)
                        continue;
                say_once(list, forward ? there : here, forward ? here : there);
        }
}

static void compare_all(struct difference_list *list, const struct explanation *mine, const struct concept *concept,
                        const struct explanation *theirs, const struct concept *their_concept, bool forward)
{
        for (size_t s = 0; s < mine->segment_count; s++) {
                const struct segment *about = &concept->segments[mine->segments[s].segment];
                for (size_t p = 0; p < about->path_count; p++) {
                        const struct explained_path *path = &mine->segments[s].paths[p];
                        const struct explained_path *other =
                                find_path(theirs, their_concept, about->id, about->paths[p].id);
                        compare(list, path->all, path->path->all_count, other, forward);
                        compare(list, path->some, path->path->some_count, other, forward);
                }
        }
}

static enum status explain_side(const struct evaluation *side, size_t customer, struct arena *arena,
                                struct explanation *ret, struct error *error)
{
        return engine_explain(side->plan, &side->measures, customer, side->decisions.segment[customer], arena, ret,
                              error);
}

enum status simulate_add_why(const struct simulation_page *page, size_t customer, enum why_layout layout,
                             struct buffer *out, struct error *error)
{
        const struct evaluation *against = &page->simulation->sides[SIDE_AGAINST];
        const struct evaluation *changed = &page->simulation->sides[SIDE_CHANGED];
        const struct concept *before = against->version->concept, *after = changed->version->concept;
        struct explanation old, new;
        struct buffer words buffer_cleanup;
        struct difference_list list = {page->session->context->language, layout, &words, {before, NULL}, {after, NULL}};
        buffer_init(&words, (size_t)1 << 20);
        arena_reset(page->scratch);
        enum status status = explain_side(against, customer, page->scratch, &old, error);
        if (status == STATUS_OK)
                status = explain_side(changed, customer, page->scratch, &new, error);
        if (status != STATUS_OK)
                return status;
        compare_all(&list, &new, after, &old, before, true);
        compare_all(&list, &old, before, &new, after, false);
        if (words.length == 0)
                buffer_add_text(&words, message_raw(list.language, "simulate.why_mechanics"));
        buffer_add(out, words.data, words.length);
        return words.failed || out->failed ? error_memory(error) : STATUS_OK;
}

const char *simulate_direction_name(const struct simulation *simulation, size_t customer)
{
        int direction = simulation_direction(simulation, customer);
        return direction > 0 ? "up" : direction < 0 ? "down" : "other";
}
