/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * library.c: the dynamic linker.
 */
#include "platform/library.h"

#include <dlfcn.h>

enum status library_load(const char *name, const char *const *symbols, size_t count, void **ret_functions,
                         struct error *error)
{
        void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (!library)
                return error_set(error, STATUS_SYSTEM, "library.missing", "name", name, "reason", dlerror(), NULL);
        for (size_t i = 0; i < count; i++) {
                ret_functions[i] = dlsym(library, symbols[i]);
                if (ret_functions[i])
                        continue;
                enum status status = error_set(error, STATUS_SYSTEM, "library.missing", "name", name, "reason",
                                               dlerror(), NULL);
                dlclose(library);
                return status;
        }
        return STATUS_OK;
}
