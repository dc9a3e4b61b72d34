/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * random.c: getrandom, or splitmix64 from a seed for repeatable runs.
 */
#include "platform/random.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static pthread_mutex_t random_lock = PTHREAD_MUTEX_INITIALIZER;
static bool environment_read, seeded;
static uint64_t state;

static void read_environment(void)
{
        const char *seed = environment_read ? NULL : getenv("TREUE_RANDOM_SEED");
        environment_read = true;
        if (!seed || seeded)
                return;
        seeded = true;
        for (; *seed; seed++)
                state = state * 31 + (unsigned char)*seed;
}

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
        pthread_mutex_lock(&random_lock);
        read_environment();
        while (seeded && length) {
                uint64_t word = next();
                size_t step = length < sizeof(word) ? length : sizeof(word);
                memcpy(p, &word, step);
                p += step;
                length -= step;
        }
        pthread_mutex_unlock(&random_lock);
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
        random_bytes(&value, sizeof(value));
        return value;
}

void random_inject_seed(uint64_t seed)
{
        pthread_mutex_lock(&random_lock);
        environment_read = seeded = true;
        state = seed;
        pthread_mutex_unlock(&random_lock);
}
