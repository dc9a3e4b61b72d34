/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * status.h: how a function says that it failed.
 *
 * A function that can fail returns `enum status` and takes `struct error *error` as its last parameter. STATUS_OK is
 * zero. On failure the outputs (`ret_...`) are untouched and `error` says what happened: a message key of the
 * catalogues (ui/i18n/de.json, en.json), named arguments for it and, for text input, line and column. The detail lives
 * inside the struct: nothing to free. Library layers never print; the command line or a page translates the error.
 */
#ifndef TREUE_BASE_STATUS_H
#define TREUE_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum status {
        STATUS_OK = 0,
        STATUS_MEMORY,      /* the operating system gave no memory */
        STATUS_LIMIT,       /* a limit of the program was reached; the message names it */
        STATUS_SYSTEM,      /* a file or system call failed */
        STATUS_USAGE,       /* wrong use of the command line: exit 2 */
        STATUS_INVALID,     /* invalid input file, concept, profile: exit 2 */
        STATUS_NOT_FOUND,   /* a named thing does not exist: exit 2 */
        STATUS_CONFLICT,    /* the state forbids it (already released, later run approved ...): exit 2 */
        STATUS_CORRUPT,     /* stored data failed its check */
        STATUS_DATABASE,    /* the database engine failed */
        STATUS_BUSY,        /* another process owns the data directory */
        STATUS_CANCELLED,
        STATUS_COUNT
};

enum { ERROR_ARGUMENTS_MAX = 8, ERROR_TEXT_MAX = 1024 };

struct error_argument {
        const char *name;  /* a literal; the {name} in the message */
        uint16_t offset;   /* of the NUL-terminated value in error.text */
};

struct error {
        enum status status;
        const char *key;   /* catalogue key, a literal, e.g. "import.no_delimiter" */
        unsigned line, column; /* 1-based position in the input; 0: none */
        size_t argument_count;
        struct error_argument arguments[ERROR_ARGUMENTS_MAX];
        size_t text_length;
        char text[ERROR_TEXT_MAX];
};

/* Describe a failure and return `status`, so that `return error_set(error, STATUS_INVALID, "key", ...)` works.
 * The variadic part is (const char *name, const char *value) pairs ended by a NULL name. Values that do not fit are cut
 * at a UTF-8 boundary with an ellipsis. `error` may be NULL. An earlier description is replaced. */
enum status error_set(struct error *error, enum status status, const char *key, ...) __attribute__((sentinel));

/* As error_set, with the position in an input text. */
enum status error_at(struct error *error, enum status status, unsigned line, unsigned column, const char *key, ...)
        __attribute__((sentinel));

/* A failed system call: key "system.failed", where rights are missing "system.no_permission", on a full disk
 * "system.full", with {action}, {path} and {reason} = strerror(errno_value). */
enum status error_system(struct error *error, const char *action, const char *path, int errno_value);

/* STATUS_MEMORY with key "system.memory". */
enum status error_memory(struct error *error);

/* One more argument of what error_set described; `name` must live as long as the error. */
void error_add(struct error *error, const char *name, const char *value);

/* The value of an argument, or NULL. */
const char *error_argument(const struct error *error, const char *name);

/* Is it about the machine: files, the database, stored data? Its message names places and is for whoever runs the
 * server; others are only told where it was noted. */
bool error_is_internal(const struct error *error);

#define must_check __attribute__((warn_unused_result))

#endif
