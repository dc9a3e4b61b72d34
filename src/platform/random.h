/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * random.h: the only source of randomness: the kernel. Secrets are made of random_bytes, which nothing can make repeat
 * itself; random_u64 is for what must differ only (ids, names of files), and tests can seed it.
 */
#ifndef TREUE_PLATFORM_RANDOM_H
#define TREUE_PLATFORM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *out, size_t length);
uint64_t random_u64(void);
void random_inject_seed(uint64_t seed); /* for tests: random_u64 repeats itself from here on */

#endif
