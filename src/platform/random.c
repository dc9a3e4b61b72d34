/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * random.c: getrandom; numbers alone can come from splitmix64 for tests that must be repeatable.
 */
#include "platform/random.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/random.h>

static pthread_mutex_t random_lock = PTHREAD_MUTEX_INITIALIZER;
static bool seeded;
static uint64_t state;

static uint64_t next(void)
{
        uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
}

void random_bytes(void *out, size_t length)
{
        unsigned char *p = out;
        while (length) {
                ssize_t got = getrandom(p, length, 0);
                if (got < 0)
                        continue; /* interrupted */
                p += got;
                length -= (size_t)got;
        }
}

uint64_t random_u64(void)
{
        uint64_t value;
        pthread_mutex_lock(&random_lock);
        if (seeded)
                value = next();
        else
                random_bytes(&value, sizeof(value));
        pthread_mutex_unlock(&random_lock);
        return value;
}

void random_inject_seed(uint64_t seed)
{
        pthread_mutex_lock(&random_lock);
        seeded = true;
        state = seed;
        pthread_mutex_unlock(&random_lock);
}
