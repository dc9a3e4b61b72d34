/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * disk.h: a disk that can fail, as an SQLite VFS for tests.
 *
 * It lies over SQLite's own VFS. The process sees every write at once; what a power loss would leave is kept apart: per
 * file the content that was synced, and the writes, truncations, creations and deletions since. At a chosen operation
 * power is lost: each unsynced change is kept, dropped, torn at sectors or applied in another order, as a seed says,
 * the files are replaced by the result, and the process ends with DISK_LOST. Or the operation fails with an I/O error.
 *
 * Only what changes a file counts as an operation (write, truncate, sync, delete). Creating and deleting a file are
 * durable with the next sync of the file or a delete that asks for a synced directory, as SQLite's own VFS does it.
 */
#ifndef TREUE_TESTS_FAULT_DISK_H
#define TREUE_TESTS_FAULT_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum { DISK_LOST = 99 };

enum disk_fault {
        DISK_SOUND,
        DISK_POWER_LOSS,
        DISK_ERROR,      /* this operation and all later ones fail with an I/O error */
        DISK_ERROR_ONCE, /* only this one */
        DISK_FULL,       /* writes fail with SQLITE_FULL from here on */
};

/* What an operation was, for choosing where to fail. */
enum disk_operation { DISK_WRITE, DISK_TRUNCATE, DISK_SYNC, DISK_DELETE };

/* Registers the VFS as the default one and begins to count. `at`: the operation that fails, from 1; `seed`: what
 * becomes of unsynced changes. */
void disk_begin(enum disk_fault fault, uint64_t at, uint64_t seed);

/* Operations so far, and their kinds (the first DISK_LOGGED_MAX). */
enum { DISK_LOGGED_MAX = 1 << 16 };
uint64_t disk_operations(void);
enum disk_operation disk_logged(uint64_t number); /* from 1 */
/* Did the chosen operation come? */
bool disk_failed(void);

/* A sequence of numbers from a seed; the same everywhere. */
uint64_t disk_random(uint64_t *state);

#endif
