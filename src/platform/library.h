/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * library.h: shared libraries that are loaded when they are needed, not with the program.
 */
#ifndef TREUE_PLATFORM_LIBRARY_H
#define TREUE_PLATFORM_LIBRARY_H

#include <stddef.h>

#include "base/status.h"

/* Loads a library ("libpq.so.5"), which stays to the end of the process, and looks `count` functions up by their names;
 * ret_functions has as many places. STATUS_SYSTEM "library.missing" {name} {reason} when it or one of them is not
 * there. */
must_check enum status library_load(const char *name, const char *const *symbols, size_t count, void **ret_functions,
                                    struct error *error);

#endif
