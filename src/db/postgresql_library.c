/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql_library.c: loads libpq.
 */
#include "db/postgresql_library.h"

#include <stdbool.h>
#include <string.h>

#include "platform/library.h"

#define LIBRARY "libpq.so.5"

struct pq_library pq_library;

/* Two threads that load at the same time find the same. */
enum status pq_library_load(struct error *error)
{
#define PQ_NAME(name) #name,
        static const char *const symbols[] = {PQ_FUNCTIONS(PQ_NAME)};
#undef PQ_NAME
        static bool loaded;
        void *functions[sizeof(symbols) / sizeof(symbols[0])];
        _Static_assert(sizeof(functions) == sizeof(pq_library), "one pointer for each function");
        if (__atomic_load_n(&loaded, __ATOMIC_ACQUIRE))
                return STATUS_OK;
        enum status status = library_load(LIBRARY, symbols, sizeof(symbols) / sizeof(symbols[0]), functions, error);
        if (status)
                return status;
        memcpy(&pq_library, functions, sizeof(functions));
        __atomic_store_n(&loaded, true, __ATOMIC_RELEASE);
        return STATUS_OK;
}
