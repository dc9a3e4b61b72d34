/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * disk.c: the failing disk. One lock guards everything: the writer's thread alone changes files, others only read.
 */
#include "disk.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 16, SLOW_US = 3000 };

/* An unsynced change: a write, or a truncation (data NULL). */
struct change {
        int64_t offset;
        int64_t length; /* of a truncation: the new length of the file */
        uint8_t *data;
        struct change *next;
};

/* A path as the disk knows it. */
struct stored {
        char *path;
        bool exists;          /* as the process sees it */
        bool durable;         /* its name is in the synced directory */
        uint8_t *content;     /* what is synced */
        int64_t length, capacity;
        struct change *first, **last;
};

struct disk {
        sqlite3_vfs *under;
        enum disk_fault fault;
        uint64_t at, seed, count;
        bool failed;
        struct stored files[FILES_MAX];
        size_t file_count;
        uint8_t log[DISK_LOGGED_MAX];
};

struct handle {
        sqlite3_file base;
        struct stored *stored; /* NULL: a temporary file */
        sqlite3_file *under;
};

static struct disk disk;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

uint64_t disk_random(uint64_t *state)
{
        uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        return z ^ (z >> 31);
}

static void *must(void *memory)
{
        if (!memory)
                abort();
        return memory;
}

/* ---- what is durable --------------------------------------------------------------------------------------------- */

static void reserve(struct stored *file, int64_t length)
{
        if (length <= file->capacity)
                return;
        int64_t capacity = length * 2;
        file->content = must(realloc(file->content, (size_t)capacity));
        memset(file->content + file->capacity, 0, (size_t)(capacity - file->capacity));
        file->capacity = capacity;
}

static void set_length(struct stored *file, int64_t length)
{
        reserve(file, length);
        if (length < file->length)
                memset(file->content + length, 0, (size_t)(file->length - length));
        file->length = length;
}

static void apply(struct stored *file, int64_t offset, const uint8_t *data, int64_t length)
{
        reserve(file, offset + length);
        memcpy(file->content + offset, data, (size_t)length);
        if (offset + length > file->length)
                file->length = offset + length;
}

static void apply_change(struct stored *file, const struct change *change)
{
        if (change->data)
                apply(file, change->offset, change->data, change->length);
        else
                set_length(file, change->length);
}

static void forget_changes(struct stored *file)
{
        while (file->first) {
                struct change *change = file->first;
                file->first = change->next;
                free(change->data);
                free(change);
        }
        file->last = &file->first;
}

static void sync_stored(struct stored *file)
{
        for (const struct change *change = file->first; change; change = change->next)
                apply_change(file, change);
        forget_changes(file);
        file->durable = true;
}

static void add_change(struct stored *file, int64_t offset, const void *data, int64_t length)
{
        struct change *change = must(calloc(1, sizeof(*change)));
        *change = (struct change){.offset = offset, .length = length};
        if (data)
                change->data = memcpy(must(malloc((size_t)length + 1)), data, (size_t)length);
        *file->last = change;
        file->last = &change->next;
}

/* The file of a path, with what lies on the real disk as its synced content. */
static struct stored *find(const char *path)
{
        for (size_t i = 0; i < disk.file_count; i++)
                if (strcmp(disk.files[i].path, path) == 0)
                        return &disk.files[i];
        if (disk.file_count == FILES_MAX)
                abort();
        struct stored *file = &disk.files[disk.file_count++];
        *file = (struct stored){.path = must(strdup(path))};
        file->last = &file->first;
        int descriptor = open(path, O_RDONLY | O_CLOEXEC);
        struct stat about;
        if (descriptor < 0)
                return file;
        file->exists = file->durable = true;
        if (fstat(descriptor, &about) != 0)
                abort();
        set_length(file, about.st_size);
        if (read(descriptor, file->content, (size_t)about.st_size) != about.st_size)
                abort();
        close(descriptor);
        return file;
}

/* ---- the power loss ---------------------------------------------------------------------------------------------- */

/* How unsynced changes fare; one way per loss, as a real disk has its habits. */
enum habit { HABIT_DROP, HABIT_KEEP, HABIT_PREFIX, HABIT_SOME, HABIT_REORDER, HABIT_TEAR, HABIT_COUNT };

static void tear(struct stored *file, const struct change *change, uint64_t *random)
{
        int64_t sector = disk_random(random) % 2 ? 512 : 4096;
        for (int64_t at = change->offset; at < change->offset + change->length;) {
                int64_t end = (at / sector + 1) * sector;
                if (end > change->offset + change->length)
                        end = change->offset + change->length;
                if (disk_random(random) % 2)
                        apply(file, at, change->data + (at - change->offset), end - at);
                at = end;
        }
}

static void lose_file(struct stored *file, enum habit habit, uint64_t *random)
{
        size_t count = 0, kept = 0;
        for (const struct change *change = file->first; change; change = change->next)
                count++;
        const struct change **order = must(calloc(count + 1, sizeof(*order)));
        count = 0;
        for (const struct change *change = file->first; change; change = change->next)
                order[count++] = change;
        kept = habit == HABIT_DROP ? 0 : habit == HABIT_PREFIX ? (size_t)(disk_random(random) % (count + 1)) : count;
        for (size_t i = 0; habit == HABIT_REORDER && i + 1 < count; i++) {
                size_t other = i + (size_t)(disk_random(random) % (count - i));
                const struct change *swapped = order[i];
                order[i] = order[other];
                order[other] = swapped;
        }
        for (size_t i = 0; i < kept; i++) {
                bool some = habit == HABIT_SOME || habit == HABIT_REORDER;
                if (some && disk_random(random) % 2)
                        continue;
                bool torn = order[i]->data && (habit == HABIT_TEAR || (habit == HABIT_PREFIX && i + 1 == kept));
                if (torn)
                        tear(file, order[i], random);
                else
                        apply_change(file, order[i]);
        }
        free(order);
        /* A name that was not synced may be there or not, and so may one whose removal was not. */
        bool there = file->exists && file->durable;
        if (file->exists != file->durable)
                there = habit == HABIT_KEEP ? file->exists
                        : habit == HABIT_DROP ? file->durable : disk_random(random) % 2;
        if (!there) {
                unlink(file->path);
                return;
        }
        int descriptor = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (descriptor < 0 || write(descriptor, file->content, (size_t)file->length) != file->length)
                abort();
        close(descriptor);
}

static void lose_power(void)
{
        uint64_t random = disk.seed;
        enum habit habit = (enum habit)(disk_random(&random) % HABIT_COUNT);
        /* A slow disk before the loss: whoever is told too early that a change is safe has the time to believe it. */
        usleep(SLOW_US);
        for (size_t i = 0; i < disk.file_count; i++)
                lose_file(&disk.files[i], habit, &random);
        _exit(DISK_LOST);
}

/* Counts an operation; SQLITE_OK, or how it fails. */
static int happen(enum disk_operation operation)
{
        disk.count++;
        if (disk.count < DISK_LOGGED_MAX)
                disk.log[disk.count] = (uint8_t)operation;
        if (disk.fault == DISK_SOUND || disk.count < disk.at)
                return SQLITE_OK;
        if (disk.count > disk.at && disk.fault == DISK_ERROR_ONCE)
                return SQLITE_OK;
        disk.failed = true;
        if (disk.fault == DISK_POWER_LOSS)
                lose_power();
        if (disk.fault == DISK_FULL)
                return operation == DISK_WRITE ? SQLITE_FULL : SQLITE_OK;
        static const int errors[] = {[DISK_WRITE] = SQLITE_IOERR_WRITE, [DISK_TRUNCATE] = SQLITE_IOERR_TRUNCATE,
                                     [DISK_SYNC] = SQLITE_IOERR_FSYNC, [DISK_DELETE] = SQLITE_IOERR_DELETE};
        return errors[operation];
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static sqlite3_file *under(sqlite3_file *file) { return ((struct handle *)file)->under; }
static struct stored *stored(sqlite3_file *file) { return ((struct handle *)file)->stored; }

static int file_close(sqlite3_file *file)
{
        int code = under(file)->pMethods ? under(file)->pMethods->xClose(under(file)) : SQLITE_OK;
        free(under(file));
        return code;
}

static int file_read_at(sqlite3_file *file, void *out, int amount, sqlite3_int64 offset)
{
        return under(file)->pMethods->xRead(under(file), out, amount, offset);
}

static int file_write_at(sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
        pthread_mutex_lock(&lock);
        int code = stored(file) ? happen(DISK_WRITE) : SQLITE_OK;
        if (code == SQLITE_OK)
                code = under(file)->pMethods->xWrite(under(file), data, amount, offset);
        if (code == SQLITE_OK && stored(file))
                add_change(stored(file), offset, data, amount);
        pthread_mutex_unlock(&lock);
        return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 length)
{
        pthread_mutex_lock(&lock);
        int code = stored(file) ? happen(DISK_TRUNCATE) : SQLITE_OK;
        if (code == SQLITE_OK)
                code = under(file)->pMethods->xTruncate(under(file), length);
        if (code == SQLITE_OK && stored(file))
                add_change(stored(file), 0, NULL, length);
        pthread_mutex_unlock(&lock);
        return code;
}

/* Nothing is really synced: what lies below is thrown away anyway. */
static int file_sync(sqlite3_file *file, int flags)
{
        (void)flags;
        pthread_mutex_lock(&lock);
        int code = stored(file) ? happen(DISK_SYNC) : SQLITE_OK;
        if (code == SQLITE_OK && stored(file))
                sync_stored(stored(file));
        pthread_mutex_unlock(&lock);
        return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
        return under(file)->pMethods->xFileSize(under(file), ret);
}

static int file_lock(sqlite3_file *file, int level) { return under(file)->pMethods->xLock(under(file), level); }
static int file_unlock(sqlite3_file *file, int level) { return under(file)->pMethods->xUnlock(under(file), level); }

static int file_check_lock(sqlite3_file *file, int *ret)
{
        return under(file)->pMethods->xCheckReservedLock(under(file), ret);
}

/* SQLite may ask to have the file made larger beforehand: it is not, so that every change is a write. */
static int file_control(sqlite3_file *file, int operation, void *argument)
{
        if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE)
                return SQLITE_OK;
        return under(file)->pMethods->xFileControl(under(file), operation, argument);
}

static int file_sector(sqlite3_file *file)
{
        (void)file;
        return 512;
}

/* Promises nothing: no atomic writes, no order, no safe appending. */
static int file_characteristics(sqlite3_file *file)
{
        (void)file;
        return 0;
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
        return under(file)->pMethods->xShmMap(under(file), region, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
        return under(file)->pMethods->xShmLock(under(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) { under(file)->pMethods->xShmBarrier(under(file)); }

static int file_shm_unmap(sqlite3_file *file, int remove)
{
        return under(file)->pMethods->xShmUnmap(under(file), remove);
}

static const sqlite3_io_methods methods = {
        .iVersion = 2,
        .xClose = file_close,
        .xRead = file_read_at,
        .xWrite = file_write_at,
        .xTruncate = file_truncate,
        .xSync = file_sync,
        .xFileSize = file_size,
        .xLock = file_lock,
        .xUnlock = file_unlock,
        .xCheckReservedLock = file_check_lock,
        .xFileControl = file_control,
        .xSectorSize = file_sector,
        .xDeviceCharacteristics = file_characteristics,
        .xShmMap = file_shm_map,
        .xShmLock = file_shm_lock,
        .xShmBarrier = file_shm_barrier,
        .xShmUnmap = file_shm_unmap,
};

/* ---- the VFS ----------------------------------------------------------------------------------------------------- */

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags, int *ret_flags)
{
        (void)vfs;
        struct handle *handle = (struct handle *)file;
        *handle = (struct handle){.under = must(calloc(1, (size_t)disk.under->szOsFile))};
        int code = disk.under->xOpen(disk.under, path, handle->under, flags, ret_flags);
        if (code != SQLITE_OK) {
                free(handle->under);
                return code;
        }
        handle->base.pMethods = &methods;
        if (path && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))) {
                pthread_mutex_lock(&lock);
                handle->stored = find(path);
                handle->stored->exists = true;
                pthread_mutex_unlock(&lock);
        }
        return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory)
{
        (void)vfs;
        pthread_mutex_lock(&lock);
        struct stored *file = find(path);
        int code = happen(DISK_DELETE);
        if (code == SQLITE_OK)
                code = disk.under->xDelete(disk.under, path, 0);
        if (code == SQLITE_OK) {
                file->exists = false;
                if (sync_directory) {
                        file->durable = false;
                        forget_changes(file);
                        set_length(file, 0);
                }
        }
        pthread_mutex_unlock(&lock);
        return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
        (void)vfs;
        return disk.under->xAccess(disk.under, path, flags, ret);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int capacity, char *out)
{
        (void)vfs;
        return disk.under->xFullPathname(disk.under, path, capacity, out);
}

static int vfs_random(sqlite3_vfs *vfs, int amount, char *out)
{
        (void)vfs;
        return disk.under->xRandomness(disk.under, amount, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
        (void)vfs;
        return disk.under->xSleep(disk.under, microseconds);
}

static int vfs_last_error(sqlite3_vfs *vfs, int capacity, char *out)
{
        (void)vfs;
        return disk.under->xGetLastError(disk.under, capacity, out);
}

void disk_begin(enum disk_fault fault, uint64_t at, uint64_t seed)
{
        static sqlite3_vfs vfs;
        disk = (struct disk){.under = sqlite3_vfs_find(NULL), .fault = fault, .at = at, .seed = seed};
        vfs = (sqlite3_vfs){
                .iVersion = 1,
                .szOsFile = sizeof(struct handle),
                .mxPathname = disk.under->mxPathname,
                .zName = "failing-disk",
                .xOpen = vfs_open,
                .xDelete = vfs_delete,
                .xAccess = vfs_access,
                .xFullPathname = vfs_full_path,
                .xRandomness = vfs_random,
                .xSleep = vfs_sleep,
                .xCurrentTime = disk.under->xCurrentTime,
                .xGetLastError = vfs_last_error,
        };
        if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
                abort();
}

uint64_t disk_operations(void) { return disk.count; }
enum disk_operation disk_logged(uint64_t number) { return (enum disk_operation)disk.log[number]; }
bool disk_failed(void) { return disk.failed; }
