/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * random.h: the only source of randomness. From the kernel; from a seed when TREUE_RANDOM_SEED is set or injected.
 */
#ifndef TREUE_PLATFORM_RANDOM_H
#define TREUE_PLATFORM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *out, size_t length);
uint64_t random_u64(void);
void random_inject_seed(uint64_t seed); /* deterministic from here on (tests, demo) */

#endif
