/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consent.c: walks the entries of one person and channel in the order of their times.
 */
#include "customers/consent.h"

#include <stdlib.h>

const char *const consent_channel_names[CONSENT_CHANNELS] = {"email", "phone", "post", "portal"};
const char *const consent_kind_names[CONSENT_KINDS] = {"consent", "withdrawal", "objection", "objection_lifted"};
const char *const consent_basis_names[CONSENT_BASES] = {"", "consent", "existing_customer"};
const char *const consent_confirmation_names[CONSENT_CONFIRMATIONS] = {"", "pending", "confirmed"};
const char *const consent_state_names[CONSENT_STATES] = {"no_consent", "consent", "existing_customer", "pending",
                                                         "incomplete", "withdrawn", "objection"};

int consent_word(const char *const *names, int count, struct text word)
{
        for (int i = 0; i < count; i++)
                if (text_is(word, names[i]))
                        return i;
        return -1;
}

/* A confirmed double opt-in counts from its confirmation on. */
static int64_t effect_ms(const struct consent_entry *entry)
{
        bool later = entry->confirmation == CONSENT_CONFIRMED && entry->confirmed_ms > entry->at_ms;
        return later ? entry->confirmed_ms : entry->at_ms;
}

static int order(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* Entries about one event stand together, the one that corrects the others last. */
static int compare_events(const void *a, const void *b)
{
        const struct consent_entry *x = a, *y = b;
        if (x->kind != y->kind)
                return order(x->kind, y->kind);
        return x->at_ms != y->at_ms ? order(x->at_ms, y->at_ms) : order(x->id, y->id);
}

/* Of one moment a withdrawal comes last: often only the day is known of both, and in doubt nobody is addressed. */
static int compare_effects(const void *a, const void *b)
{
        const struct consent_entry *x = a, *y = b;
        int64_t x_ms = effect_ms(x), y_ms = effect_ms(y);
        bool x_ends = x->kind == CONSENT_WITHDRAWAL, y_ends = y->kind == CONSENT_WITHDRAWAL;
        if (x_ms != y_ms)
                return order(x_ms, y_ms);
        return x_ends != y_ends ? x_ends - y_ends : order(x->id, y->id);
}

static size_t drop_corrected(struct consent_entry *entries, size_t count)
{
        size_t kept = 0;
        qsort(entries, count, sizeof(*entries), compare_events);
        for (size_t i = 0; i < count; i++)
                if (i + 1 == count || entries[i + 1].kind != entries[i].kind ||
                    entries[i + 1].at_ms != entries[i].at_ms)
                        entries[kept++] = entries[i];
        return kept;
}

/* What the walk has seen so far. */
struct walk {
        const struct consent_entry *permission, *refusal, *pending, *incomplete;
};

static bool declared_after(const struct consent_entry *entry, const struct consent_entry *other)
{
        return entry->at_ms != other->at_ms ? entry->at_ms > other->at_ms : entry->id > other->id;
}

static void take_exception(struct walk *walk, enum consent_channel channel, const struct consent_entry *entry)
{
        bool complete = entry->basis == CONSENT_BASIS_EXISTING && entry->conditions == CONSENT_ALL_CONDITIONS &&
                        (channel == CONSENT_EMAIL || channel == CONSENT_PORTAL);
        bool consented = walk->permission && walk->permission->basis == CONSENT_BASIS_CONSENT;
        walk->incomplete = complete ? NULL : entry;
        if (!consented)
                walk->permission = complete && !walk->refusal ? entry : NULL;
}

static void take_consent(struct walk *walk, const struct consent_entry *entry)
{
        bool objected = walk->refusal && walk->refusal->kind == CONSENT_OBJECTION;
        if (objected && !(entry->kind == CONSENT_LIFTED && declared_after(entry, walk->refusal)))
                return;
        walk->refusal = NULL;
        walk->permission = entry;
}

static void take(struct walk *walk, enum consent_channel channel, const struct consent_entry *entry)
{
        switch (entry->kind) {
        case CONSENT_OBJECTION:
                walk->refusal = entry;
                walk->permission = NULL;
                break;
        case CONSENT_WITHDRAWAL:
                if (!walk->refusal || walk->refusal->kind != CONSENT_OBJECTION)
                        walk->refusal = entry;
                walk->permission = NULL;
                break;
        case CONSENT_GIVEN:
        case CONSENT_LIFTED:
                /* Without a basis it cannot be a consent: what lacks one permits nothing. */
                if (entry->basis == CONSENT_BASIS_CONSENT)
                        take_consent(walk, entry);
                else
                        take_exception(walk, channel, entry);
                break;
        case CONSENT_KINDS:
                break;
        }
}

static struct consent_standing conclude(const struct walk *walk)
{
        const struct consent_entry *entry = walk->permission;
        enum consent_state state = CONSENT_STATE_NONE;
        if (entry) {
                state = entry->basis == CONSENT_BASIS_EXISTING ? CONSENT_STATE_EXISTING : CONSENT_STATE_CONSENT;
        } else if (walk->refusal) {
                entry = walk->refusal;
                state = entry->kind == CONSENT_OBJECTION ? CONSENT_STATE_OBJECTED : CONSENT_STATE_WITHDRAWN;
        } else if (walk->pending) {
                entry = walk->pending;
                state = CONSENT_STATE_PENDING;
        } else if (walk->incomplete) {
                entry = walk->incomplete;
                state = CONSENT_STATE_INCOMPLETE;
        }
        if (!entry)
                return (struct consent_standing){CONSENT_STATE_NONE, 0, 0};
        return (struct consent_standing){state, entry->id,
                                         state == CONSENT_STATE_PENDING ? entry->at_ms : effect_ms(entry)};
}

struct consent_standing consent_standing_at(enum consent_channel channel, struct consent_entry *entries, size_t count,
                                            int64_t at_ms)
{
        struct walk walk = {NULL, NULL, NULL, NULL};
        if (count == 0)
                return conclude(&walk);
        count = drop_corrected(entries, count);
        qsort(entries, count, sizeof(*entries), compare_effects);
        for (size_t i = 0; i < count; i++) {
                const struct consent_entry *entry = &entries[i];
                if (entry->at_ms > at_ms)
                        continue;
                if (entry->confirmation == CONSENT_PENDING || effect_ms(entry) > at_ms)
                        walk.pending = entry;
                else
                        take(&walk, channel, entry);
        }
        return conclude(&walk);
}

const char *consent_problem(enum consent_channel channel, const struct consent_entry *entry, bool has_text,
                            int64_t now_ms)
{
        bool permits = entry->kind == CONSENT_GIVEN || entry->kind == CONSENT_LIFTED;
        bool exception = entry->basis == CONSENT_BASIS_EXISTING;
        if (permits ? entry->basis == CONSENT_BASIS_NONE || (exception && entry->kind == CONSENT_LIFTED)
                    : entry->basis != CONSENT_BASIS_NONE)
                return "consent.problem.basis";
        if (entry->conditions && !exception)
                return "consent.problem.conditions";
        if (exception && channel != CONSENT_EMAIL && channel != CONSENT_PORTAL)
                return "consent.problem.exception_channel";
        if (entry->confirmation != CONSENT_UNCONFIRMED && (!permits || exception))
                return "consent.problem.confirmation";
        if (permits && !exception && !has_text)
                return "consent.problem.text";
        if (entry->confirmation == CONSENT_CONFIRMED && entry->confirmed_ms < entry->at_ms)
                return "consent.problem.confirmed_early";
        if (entry->at_ms > now_ms || (entry->confirmation == CONSENT_CONFIRMED && entry->confirmed_ms > now_ms))
                return "consent.problem.future";
        return NULL;
}
