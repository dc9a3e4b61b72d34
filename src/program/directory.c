/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory.c: keeps the views of the last few days asked for, notices when something happened, and lets one thread
 * build what changed while the others wait for it.
 */
#include "program/directory_parts.h"

#include <stdlib.h>

#include "db/audit.h"
#include "platform/monitor.h"
#include "platform/thread.h"
#include "queries.h"

enum { KEPT_DAYS = 4, VISIT_LATE_PERCENT = 115 };

struct kept {
        int32_t day;
        int64_t generation, audit_number;
        struct audit_point point;    /* at audit_number; a number of 0: not known */
        uint64_t used;               /* when last, by a counter */
        struct directory_view *view; /* NULL: free */
};

struct directory {
        struct database *database;
        struct pool *pool;
        struct parallel parallel;
        struct monitor *monitor;
        bool building;
        uint64_t counter;
        struct kept kept[KEPT_DAYS];
};

const char *const area_names[AREA_COUNT] = {"supply", "knowledge", "marketing", "technology", "people"};
const char *const movement_names[MOVEMENTS] = {"none", "up", "down", "new", "left", "first_order"};

enum status directory_new(struct database *database, struct directory **ret, struct error *error)
{
        struct directory *directory = calloc(1, sizeof(*directory));
        if (!directory)
                return error_memory(error);
        directory->database = database;
        enum status status = pool_new(processor_count(), &directory->pool, error);
        if (!status)
                status = monitor_new(&directory->monitor, error);
        if (status) {
                directory_free(directory);
                return status;
        }
        directory->parallel = pool_parallel(directory->pool);
        *ret = directory;
        return STATUS_OK;
}

void directory_free(struct directory *directory)
{
        if (!directory)
                return;
        for (size_t k = 0; k < KEPT_DAYS; k++)
                directory_view_unref(directory->kept[k].view);
        monitor_free(directory->monitor);
        pool_free(directory->pool);
        free(directory);
}

void directory_view_unref(struct directory_view *view)
{
        if (!view || __atomic_sub_fetch(&view->references, 1, __ATOMIC_ACQ_REL))
                return;
        directory_facts_unref(view->facts);
        directory_decisions_unref(view->decisions);
        free(view);
}

static struct directory_view *ref(struct directory_view *view)
{
        __atomic_add_fetch(&view->references, 1, __ATOMIC_RELAXED);
        return view;
}

/* ---- what happened since ----------------------------------------------------------------------------------------- */

static bool begins(struct text text, const char *prefix)
{
        size_t length = strlen(prefix);
        return text.length >= length && memcmp(text.data, prefix, length) == 0;
}

/* Did anything happen that segments or what is missing depend on? */
static enum status look_at_changes(struct connection *connection, int64_t after, bool *ret_matters,
                                   struct error *error)
{
        static const char *const kinds[] = {"run.", "override.", "concept.", "setting."};
        struct q_directory_changes_args args = {after};
        rows_cleanup struct rows *rows = NULL;
        bool matters = false;
        enum status status = q_directory_changes_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_changes_row row;
                status = q_directory_changes_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
                        matters |= begins(row.kind, kinds[k]);
        }
        *ret_matters = matters;
        return status;
}

/* What of a view of the day can be kept. */
struct kept_parts {
        bool facts;      /* all of them */
        bool who;        /* names, numbers, contacts, responsibilities */
        bool amounts;    /* what purchases and potentials say; only with `who` */
        bool decisions;
};

static bool is_among(struct text kind, const char *const *kinds)
{
        while (*kinds && !text_is(kind, *kinds))
                kinds++;
        return *kinds != NULL;
}

/* The customers are who they were, and have bought what they had, where every generation since is an import of a kind
 * that changes nothing of it. */
static enum status look_at_imports(struct connection *connection, int64_t after, int64_t up_to,
                                   struct kept_parts *ret, struct error *error)
{
        static const char *const events[] = {"certificates", "activities", "visits", NULL};
        static const char *const amounts[] = {"purchases", "potentials", NULL};
        struct q_directory_published_args args = {after, up_to};
        rows_cleanup struct rows *rows = NULL;
        int64_t of_events = 0, of_amounts = 0;
        enum status status = q_directory_published_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_published_row row;
                status = q_directory_published_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                of_events += is_among(row.kind, events) ? row.imports : 0;
                of_amounts += is_among(row.kind, amounts) ? row.imports : 0;
        }
        ret->amounts = of_events == up_to - after;
        ret->who = of_events + of_amounts == up_to - after;
        return status;
}

static enum status look_at(struct connection *connection, const struct kept *had,
                           const struct q_directory_head_row *head, struct kept_parts *ret, struct error *error)
{
        bool holds = false, matters = true;
        *ret = (struct kept_parts){0};
        if (!had || !had->point.number || had->generation > head->generation)
                return STATUS_OK;
        enum status status = audit_point_holds(connection, &had->point, &holds, error);
        if (!status && holds)
                status = look_at_changes(connection, had->audit_number, &matters, error);
        if (status || !holds)
                return status;
        ret->facts = had->generation == head->generation;
        ret->decisions = !matters;
        return look_at_imports(connection, had->generation, head->generation, ret, error);
}

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

static struct kept *kept_of(struct directory *directory, int32_t day)
{
        for (size_t k = 0; k < KEPT_DAYS; k++)
                if (directory->kept[k].view && directory->kept[k].day == day)
                        return &directory->kept[k];
        return NULL;
}

static struct kept *oldest(struct directory *directory)
{
        struct kept *found = &directory->kept[0];
        for (size_t k = 0; k < KEPT_DAYS; k++) {
                struct kept *kept = &directory->kept[k];
                if (!kept->view)
                        return kept;
                if (kept->used < found->used)
                        found = kept;
        }
        return found;
}

/* A database restored to an older state counts anew: what it shows now may be anything. */
static bool fits(const struct kept *kept, const struct q_directory_head_row *head)
{
        return kept && kept->generation == head->generation && kept->audit_number == head->audit_number;
}

/* Builds what changed; `had` is what there was for the day, or NULL. Outside the monitor. */
static enum status build(struct directory *directory, struct connection *connection, int32_t day,
                         const struct q_directory_head_row *head, const struct kept *had, struct directory_view **ret,
                         struct error *error)
{
        struct directory_facts *facts = NULL;
        struct kept_parts same;
        enum status status = look_at(connection, had, head, &same, error);
        if (status)
                return status;
        if (same.facts && same.decisions) {
                *ret = ref(had->view);
                return STATUS_OK;
        }
        if (same.facts)
                facts = directory_facts_ref(had->view->facts);
        else
                status = directory_facts_build(directory->database, connection, &directory->parallel,
                                               head->generation, day,
                                               &(struct directory_same){same.who ? had->view->facts : NULL,
                                                                        same.amounts}, &facts, error);
        if (!status)
                status = directory_decisions_build(facts, connection, &directory->parallel,
                                                   same.decisions ? had->view : NULL, ret, error);
        directory_facts_unref(facts);
        return status;
}

/* From inside; keeps the view that was built. */
static void keep(struct directory *directory, int32_t day, const struct q_directory_head_row *head,
                 const struct audit_point *point, struct directory_view *view)
{
        struct kept *kept = kept_of(directory, day);
        if (!kept)
                kept = oldest(directory);
        directory_view_unref(kept->view);
        *kept = (struct kept){.day = day, .generation = head->generation, .audit_number = head->audit_number,
                              .used = ++directory->counter, .view = ref(view)};
        if (point->number == head->audit_number)
                kept->point = *point;
}

static enum status build_and_keep(struct directory *directory, struct connection *connection, int32_t day,
                                  const struct q_directory_head_row *head, struct directory_view **ret,
                                  struct error *error)
{
        struct kept had = {0};
        struct audit_point point;
        struct kept *kept = kept_of(directory, day);
        if (kept)
                had = (struct kept){.generation = kept->generation, .audit_number = kept->audit_number,
                                    .point = kept->point, .view = ref(kept->view)};
        directory->building = true;
        monitor_leave(directory->monitor);
        enum status status = audit_point_latest(connection, &point, error);
        if (!status)
                status = build(directory, connection, day, head, kept ? &had : NULL, ret, error);
        directory_view_unref(had.view);
        monitor_enter(directory->monitor);
        if (!status)
                keep(directory, day, head, &point, *ret);
        directory->building = false;
        monitor_wake_all(directory->monitor);
        return status;
}

/* Somebody who looked a moment later built a newer one. A database restored to an older state looks the same, until it
 * is looked at again. */
static bool newer(const struct kept *kept, const struct q_directory_head_row *head)
{
        return kept && kept->generation >= head->generation && kept->audit_number >= head->audit_number;
}

enum status directory_view_of(struct directory *directory, struct connection *connection, int32_t day,
                              struct directory_view **ret, struct error *error)
{
        struct q_directory_head_row head;
        bool found, again = false;
        enum status status = q_directory_head(connection, NULL, &head, &found, error);
        if (status)
                return status;
        monitor_enter(directory->monitor);
        for (;;) {
                struct kept *kept = kept_of(directory, day);
                if (fits(kept, &head)) {
                        kept->used = ++directory->counter;
                        *ret = ref(kept->view);
                        break;
                }
                if (directory->building) {
                        monitor_wait(directory->monitor);
                        continue;
                }
                if (!newer(kept, &head) || again) {
                        status = build_and_keep(directory, connection, day, &head, ret, error);
                        break;
                }
                again = true;
                monitor_leave(directory->monitor);
                status = q_directory_head(connection, NULL, &head, &found, error);
                monitor_enter(directory->monitor);
                if (status)
                        break;
        }
        monitor_leave(directory->monitor);
        return status;
}

/* ---- what it is -------------------------------------------------------------------------------------------------- */

size_t directory_count(const struct directory_view *view) { return view->facts->count; }
int32_t directory_day(const struct directory_view *view) { return view->facts->day; }
int64_t directory_generation(const struct directory_view *view) { return view->facts->generation; }
unsigned directory_minor_digits(const struct directory_view *view) { return view->facts->currency.minor_digits; }
const char *directory_currency(const struct directory_view *view) { return view->facts->currency.code; }

size_t directory_bytes(const struct directory_view *view)
{
        const struct directory_facts *facts = view->facts;
        return arena_used(facts->arena) + arena_used(facts->who->arena) + arena_used(view->decisions->arena) +
               facts->names.capacity + facts->folded.capacity + facts->words.text.capacity +
               facts->people.text.capacity;
}

size_t directory_program_count(const struct directory_view *view) { return view->program_count; }

int directory_program(const struct directory_view *view, struct text code)
{
        for (size_t p = 0; p < view->program_count; p++)
                if (!code.data || text_is(code, view->programs[p].code))
                        return (int)p;
        return -1;
}

const struct concept *directory_concept(const struct directory_view *view, size_t program)
{
        return view->programs[program].version.concept;
}

/* ---- scope ------------------------------------------------------------------------------------------------------- */

/* Flags by number in `people` for those named. */
static bool *named_people(const struct directory_facts *facts, const struct scope *scope, struct arena *arena)
{
        bool *named = arena_array(arena, bool, facts->people.count + 1);
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, 1 << 24);
        for (size_t i = 0; named && i < scope->responsible_count; i++) {
                buffer_clear(&folded);
                if (!text_add_search(&folded, scope->responsibles[i]))
                        return NULL;
                named[word_book_find(&facts->people, (struct text){folded.data, folded.length})] = true;
        }
        if (named)
                named[0] = false; /* a name nobody is responsible by */
        return named;
}

static void take_responsible(const struct directory_facts *facts, const bool *named, uint64_t *bits)
{
        for (size_t row = 0; row < facts->count; row++) {
                bool own = named[facts->territory_folded[row]];
                for (uint32_t at = facts->responsible_at[row]; at < facts->responsible_at[row + 1]; at++)
                        own |= named[facts->responsibles[at]];
                if (own && bits_get(facts->exists, row))
                        bits_set(bits, row);
        }
}

uint64_t *scope_of(const struct directory_view *view, const struct subject *subject, struct arena *arena)
{
        const struct directory_facts *facts = view->facts;
        const struct scope *scope = &subject->scope;
        size_t words = bits_words(facts->count);
        uint64_t *bits = arena_array(arena, uint64_t, words + 1);
        if (!bits)
                return NULL;
        if (scope->kind == SCOPE_ALL) {
                memcpy(bits, facts->exists, words * sizeof(*bits));
        } else if (scope->kind == SCOPE_COMPANY) {
                int64_t row = snapshot_find_customer(facts->snapshot, scope->customer_id);
                if (row >= 0 && bits_get(facts->exists, (size_t)row))
                        bits_set(bits, (size_t)row);
        } else if (scope->kind == SCOPE_OWN || scope->kind == SCOPE_TEAM) {
                bool *named = named_people(facts, scope, arena);
                if (!named)
                        return NULL;
                take_responsible(facts, named, bits);
        }
        return bits;
}

int64_t directory_find(const struct directory_view *view, const uint64_t *scope, int64_t customer_id)
{
        int64_t row = snapshot_find_customer(view->facts->snapshot, customer_id);
        return row >= 0 && bits_get(scope, (size_t)row) ? row : -1;
}

/* ---- one row ----------------------------------------------------------------------------------------------------- */

static void take_segments(const struct directory_program *program, size_t row, struct directory_row *ret)
{
        ret->segment = program->segment[row];
        ret->segment_year_before = program->year_before[row];
        ret->announced = program->announced[row];
        ret->announced_day = program->announced_day[row];
        ret->since_day = program->since[row];
        ret->grace = bits_get(program->grace, row);
        ret->grace_end_day = program->grace_end[row];
        ret->next = program->next[row];
        ret->missing_count = program->missing[row];
}

/* After a year divided by the number of visits, and a bit: R-019 reads twelve a year as late after 35 days. */
static int32_t visit_due(const struct directory_program *program, const struct directory_row *row)
{
        int32_t last = row->last_visit_day != DAY_NONE ? row->last_visit_day : row->customer_since_day;
        unsigned visits = row->segment == SEGMENT_NONE ? 0 : program->visits_per_year[row->segment];
        if (!visits || last == DAY_NONE)
                return DAY_NONE;
        return last + (int32_t)((365 * VISIT_LATE_PERCENT + 100 * visits - 1) / (100 * visits));
}

void directory_row(const struct directory_view *view, int program, size_t row, struct directory_row *ret)
{
        const struct directory_facts *facts = view->facts;
        struct text word[DIRECTORY_WORDS];
        for (int w = 0; w < DIRECTORY_WORDS; w++)
                word[w] = word_book_text(&facts->words, facts->word[w][row]);
        *ret = (struct directory_row){
                .customer_id = facts->ids[row], .source = word[WORD_SOURCE],
                .number = directory_number(facts, row), .name = directory_name(facts, row),
                .city = word[WORD_CITY], .country = word[WORD_COUNTRY], .trade = word[WORD_TRADE],
                .size_class = word[WORD_SIZE_CLASS], .territory = word[WORD_TERRITORY],
                .stage = word[WORD_STAGE],
                .responsible = word[WORD_RESPONSIBLE].data ? word[WORD_RESPONSIBLE] : word[WORD_TERRITORY],
                .kind = (enum customer_kind)facts->kind[row],
                .segment = SEGMENT_NONE, .segment_year_before = SEGMENT_NONE, .announced = SEGMENT_NONE,
                .next = SEGMENT_NONE, .missing_count = MISSING_UNKNOWN, .since_day = DAY_NONE,
                .announced_day = DAY_NONE, .grace_end_day = DAY_NONE, .visit_due_day = DAY_NONE,
                .revenue_minor = facts->revenue[row], .previous_minor = facts->previous[row],
                .months_minor = facts->months[row], .months_before_minor = facts->months_before[row],
                .potential_minor = facts->potential[row], .open_minor = facts->open[row],
                .potential_known = bits_get(facts->potential_known, row),
                .potential_estimated = bits_get(facts->potential_estimated, row),
                .customer_since_day = facts->since[row],
                .last_order_day = facts->last_order[row], .last_visit_day = facts->last_visit[row],
                .contacts = facts->contacts[row], .certified = facts->certified[row],
                .levels = facts->levels[row], .areas = facts->areas[row],
        };
        if (program < 0)
                return;
        take_segments(&view->programs[program], row, ret);
        ret->visit_due_day = visit_due(&view->programs[program], ret);
}

int32_t directory_visit_overdue_days(const struct directory_view *view, const struct directory_row *row)
{
        int32_t late = row->visit_due_day == DAY_NONE ? 0 : view->facts->day - row->visit_due_day;
        return late > 0 ? late : 0;
}

enum movement directory_movement(const struct directory_view *view, int program, size_t row)
{
        if (program < 0)
                return MOVED_NOT;
        const struct concept *concept = view->programs[program].version.concept;
        uint8_t now = view->programs[program].segment[row], before = view->programs[program].year_before[row];
        if (now == before)
                return MOVED_NOT;
        if (now == SEGMENT_NONE || before == SEGMENT_NONE)
                return now == SEGMENT_NONE ? MOVED_OUT : MOVED_IN;
        if (concept->segments[now].kind != concept->segments[before].kind)
                return MOVED_KIND;
        return now < before ? MOVED_UP : MOVED_DOWN;
}

struct text directory_product_group(const struct directory_view *view, struct text code)
{
        const struct directory_facts *facts = view->facts;
        for (size_t g = 0; g < facts->input.group_count && code.length; g++)
                if (text_equal(facts->input.group_codes[g], code))
                        return directory_group_name(facts, g);
        return code;
}
