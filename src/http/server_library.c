/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server_library.c: loads libmicrohttpd.
 */
#include "http/server_library.h"

#include <string.h>

#include "platform/library.h"

#define LIBRARY "libmicrohttpd.so.12"

struct server_library server_library;

enum status server_library_load(struct error *error)
{
#define SERVER_NAME(name) #name,
        static const char *const symbols[] = {SERVER_FUNCTIONS(SERVER_NAME)};
#undef SERVER_NAME
        static bool loaded;
        void *functions[sizeof(symbols) / sizeof(symbols[0])];
        _Static_assert(sizeof(functions) == sizeof(server_library), "one pointer for each function");
        if (__atomic_load_n(&loaded, __ATOMIC_ACQUIRE))
                return STATUS_OK;
        enum status status = library_load(LIBRARY, symbols, sizeof(symbols) / sizeof(symbols[0]), functions, error);
        if (status != STATUS_OK)
                return status;
        memcpy(&server_library, functions, sizeof(functions));
        __atomic_store_n(&loaded, true, __ATOMIC_RELEASE);
        return STATUS_OK;
}
