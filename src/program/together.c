/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * together.c: gathers a unit as the metrics do and names its members.
 */
#include "program/together.h"

#include "engine/evaluate.h"
#include "engine/unite.h"
#include "queries.h"

enum { ALONE = SIZE_MAX };

enum status together_possible(struct connection *connection, const struct concept *concept, int64_t customer_id,
                              bool *ret, struct error *error)
{
        struct q_explain_merges_into_args args = {customer_id};
        struct q_explain_merges_into_row row = {0};
        bool found = false;
        enum status status = q_explain_merges_into(connection, &args, &row, &found, error);
        if (status == STATUS_OK)
                *ret = concept->evaluates != EVALUATES_CUSTOMER || (found && row.merges > 0);
        return status;
}

static size_t unit_of(const struct engine_units *units, uint32_t customer)
{
        for (size_t unit = 0; units && unit < units->unit_count; unit++)
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++)
                        if (units->members[at] == customer)
                                return unit;
        return ALONE;
}

static enum status name_member(struct connection *connection, struct arena *arena, struct together_member *member,
                               struct error *error)
{
        struct q_customer_name_visible_args args = {member->customer_id};
        struct q_customer_name_visible_row row;
        bool found;
        enum status status = q_customer_name_visible(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        member->name = member->number;
        return !found || arena_keep_text(arena, row.name, &member->name) ? STATUS_OK : error_memory(error);
}

static enum status list_members(struct snapshot *snapshot, struct connection *connection,
                                const struct united *united, size_t unit, struct arena *arena, struct together *ret,
                                struct error *error)
{
        struct customer_number *numbers;
        const struct engine_input *input = united->from;
        const struct engine_units *units = input->units;
        struct together_member *list = arena_array(arena, struct together_member, united->count[unit] + 1);
        size_t count = 0;
        enum status status = list ? snapshot_numbers(snapshot, connection, arena, &numbers, error)
                                  : error_memory(error);
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1] && status == STATUS_OK; at++) {
                uint32_t customer = units->members[at];
                bool merged = units->merged_into && units->merged_into[customer] != UNIT_HEAD_NONE;
                struct together_member *member = &list[count];
                if (!united->exists[at])
                        continue;
                *member = (struct together_member){
                        .customer_id = snapshot_customer_ids(snapshot)[customer],
                        .number = numbers[customer].number,
                        .since_day = merged ? units->merged_day[customer] : DAY_NONE,
                        .size_class_counts = united->size_from[unit] == customer &&
                                             input->size_class[customer] != UINT8_MAX,
                };
                if (merged)
                        member->into = numbers[units->merged_into[customer]].number;
                status = name_member(connection, arena, member, error);
                count++;
        }
        if (status == STATUS_OK)
                *ret = (struct together){count, list};
        return status;
}

enum status together_load(struct snapshot *snapshot, struct connection *connection, const struct concept *concept,
                          int32_t cutoff_day, int64_t customer_id, struct arena *arena, struct together *ret,
                          struct error *error)
{
        struct engine_plan *plan;
        struct engine_input input;
        struct united united;
        int64_t customer = snapshot_find_customer(snapshot, customer_id);
        bool overflow = false;
        *ret = (struct together){0};
        if (customer < 0)
                return STATUS_OK;
        enum status status = engine_plan_new(arena, concept, cutoff_day, &plan, error);
        if (status == STATUS_OK)
                status = snapshot_input(snapshot, connection, concept, cutoff_day, arena, &input, error);
        if (status != STATUS_OK)
                return status;
        size_t unit = unit_of(input.units, (uint32_t)customer);
        if (unit == ALONE)
                return STATUS_OK;
        if (!united_new(&input, plan, arena, &united))
                return error_memory(error);
        united_fill(&united, unit, unit + 1, &overflow);
        /* Alone, unless the only one who exists counts as somebody else. */
        bool merged = false;
        for (uint32_t at = input.units->first[unit]; at < input.units->first[unit + 1]; at++)
                merged |= united.exists[at] && input.units->counts_as[at] != input.units->members[at];
        if (united.count[unit] < 2 && !merged)
                return STATUS_OK;
        return list_members(snapshot, connection, &united, unit, arena, ret, error);
}
