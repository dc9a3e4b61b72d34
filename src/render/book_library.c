/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * book_library.c: loads libxlsxwriter.
 */
#include "render/book_library.h"

#include <stdbool.h>
#include <string.h>

#include "platform/library.h"

#define LIBRARY "libxlsxwriter.so.4"

struct book_library book_library;

/* Two threads that load at the same time find the same. */
enum status book_library_load(struct error *error)
{
#define BOOK_NAME(name) #name,
        static const char *const symbols[] = {BOOK_FUNCTIONS(BOOK_NAME)};
#undef BOOK_NAME
        static bool loaded;
        void *functions[sizeof(symbols) / sizeof(symbols[0])];
        _Static_assert(sizeof(functions) == sizeof(book_library), "one pointer for each function");
        if (__atomic_load_n(&loaded, __ATOMIC_ACQUIRE))
                return STATUS_OK;
        enum status status = library_load(LIBRARY, symbols, sizeof(symbols) / sizeof(symbols[0]), functions, error);
        if (status)
                return status;
        memcpy(&book_library, functions, sizeof(functions));
        __atomic_store_n(&loaded, true, __ATOMIC_RELEASE);
        return STATUS_OK;
}
