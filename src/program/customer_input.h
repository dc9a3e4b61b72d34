/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_input.h: the purchases of one customer, with those of customers merged into it, as an input of the engine
 * in which there is only this one: a page measures it within microseconds, by the same code as everybody.
 */
#ifndef TREUE_PROGRAM_CUSTOMER_INPUT_H
#define TREUE_PROGRAM_CUSTOMER_INPUT_H

#include "base/arena.h"
#include "engine/input.h"

/* Dense numbers of those who count with a customer; 0: it counts as another one. `self` must live as long as the
 * answer, which is borrowed from the units otherwise. */
size_t customer_members(const struct engine_units *units, const uint32_t *self, const uint32_t **ret);

/* Borrows the purchases of `all`. False without memory. */
bool customer_input(const struct engine_input *all, const uint32_t *members, size_t count, struct arena *arena,
                    struct engine_input *ret);

#endif
