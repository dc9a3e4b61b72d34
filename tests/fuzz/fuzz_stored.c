/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_stored.c: any bytes as what a stored run keeps of a customer. Byte 0 chooses: the standing before, or the packed
 * metric values, which a run is repeated and explained from. What unpacks packs again to a form that stays the same,
 * and can be decided and explained.
 */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/evaluate.h"
#include "program/concept_parse.h"
#include "program/standing.h"

enum { CUTOFF_DAY = 20453 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static const char document[] =
        "format: 1\nprogram: {id: p, name: {de: P}, currency: EUR}\nsegments:\n"
        "  - id: A\n    name: {de: A}\n    paths:\n      - id: v\n        all:\n"
        "          - {metric: revenue, window: 12m, at_least: 1000, keep: 900.5, scale: [size, newcomer]}\n"
        "          - {metric: share_of_wallet, between: [0.1, 0.9], measured: true, unknown: met}\n"
        "        some:\n          at_least: 1\n          of:\n"
        "            - {metric: revenue_growth, window: last_year, more_than: 0.03}\n"
        "            - {metric: attribute, of: trade, in: [Dach, 7, true]}\n"
        "            - {metric: attribute, of: trade, contains: \"ho\"}\n"
        "            - {metric: value, of: score, less_than: -3.25}\n"
        "  - {id: C, name: {de: C}, rest: true, expects: [{metric: recency, at_most: 90}]}\n"
        "  - {id: P, name: {de: P}, for: prospects, rest: true}\n"
        "mechanics:\n  evaluations:\n    - {id: year, cutoff: 12-31, effective: 02-01, moves: [up, down]}\n"
        "  grace: {months: 6}\n  demotion: {max_steps: 1}\n  size_factors: {S: 0.6, M: 1.0, L: 1.5}\n"
        "  newcomer: {months: 24, factors: [0.5, 0.75], pro_rata: true}\n"
        "  classify_after: {orders: 3, revenue: 2500}\n";

static void check_standing(const struct concept *concept, struct bytes packed)
{
        struct standing standing, again;
        if (!standing_unpack(packed, concept, &standing))
                return;
        struct buffer out, second;
        buffer_init(&out, 100);
        buffer_init(&second, 100);
        assert(standing_pack(&standing, &out));
        assert(standing_unpack((struct bytes){(const uint8_t *)out.data, out.length}, concept, &again));
        assert(again.segment == standing.segment && again.grace == standing.grace &&
               again.grace_ends_next == standing.grace_ends_next && again.grace_end_day == standing.grace_end_day &&
               again.overridden == standing.overridden && again.override_segment == standing.override_segment);
        assert(standing_pack(&again, &second) && second.length == out.length &&
               memcmp(second.data, out.data, out.length) == 0);
        buffer_release(&out);
        buffer_release(&second);
}

static void check_values(const struct engine_plan *plan, struct arena *arena, struct bytes packed)
{
        struct measures measures, again;
        struct decisions decisions;
        struct tally tally;
        struct explanation why;
        struct error error;
        enum status status = engine_values_unpack(plan, &packed, 1, arena, &measures, &error);
        assert(status == STATUS_OK || status == STATUS_CORRUPT || status == STATUS_MEMORY);
        if (status)
                return;
        struct buffer out, second;
        buffer_init(&out, 1 << 20);
        buffer_init(&second, 1 << 20);
        assert(engine_values_pack(plan, &measures, 0, &out));
        struct bytes canonical = {(const uint8_t *)out.data, out.length};
        assert(engine_values_unpack(plan, &canonical, 1, arena, &again, &error) == STATUS_OK);
        assert(engine_values_pack(plan, &again, 0, &second));
        assert(second.length == out.length && memcmp(second.data, out.data, out.length) == 0);
        status = engine_decide(plan, &measures, NULL, 0, NULL, arena, &decisions, &tally, &error);
        assert(status == STATUS_OK || status == STATUS_MEMORY);
        if (!status && decisions.segment[0] != SEGMENT_NONE) {
                status = engine_explain(plan, &measures, 0, decisions.segment[0], arena, &why, &error);
                assert(status == STATUS_OK || status == STATUS_MEMORY);
        }
        buffer_release(&out);
        buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        static struct arena *kept;
        static const struct concept *concept;
        static struct engine_plan *plan;
        struct error error;
        if (!kept) {
                struct problem_list problems;
                kept = arena_new(64 << 20);
                assert(kept && concept_parse(kept, (struct text){document, sizeof(document) - 1}, &concept, &problems,
                                             &error) == STATUS_OK);
                assert(engine_plan_new(kept, concept, CUTOFF_DAY, &plan, &error) == STATUS_OK);
        }
        if (length == 0)
                return 0;
        struct bytes packed = {data + 1, length - 1};
        struct arena *arena = arena_new(64 << 20);
        if (!arena)
                return 0;
        if (data[0] & 1)
                check_standing(concept, packed);
        else
                check_values(plan, arena, packed);
        arena_free(arena);
        return 0;
}
