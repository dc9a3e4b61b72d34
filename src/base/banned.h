/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * banned.h: functions that must not be used; using one fails the build. Included by the build into every file.
 */
#ifndef TREUE_BASE_BANNED_H
#define TREUE_BASE_BANNED_H

/* The headers that declare them come first: even a declaration would trip. (random is a member of libsodium's; the tidy
 * test finds its calls.) */
#include <alloca.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
/* So do those of a library whose macros name one; the build says which, folder by folder. */
#ifdef TREUE_BANNED_AFTER
#include TREUE_BANNED_AFTER
#endif

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef gets
#undef alloca
#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets atoi atol atoll atof strtok strtok_r \
        strtod strtof strtold asctime ctime gmtime localtime setlocale rand srand alloca

#endif
