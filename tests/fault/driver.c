/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * driver.c: lets a workload be interrupted again and again, and checks each time that the database is whole, that
 * everything acknowledged is there, nothing half and nothing doubled, and that going on ends as without interruption.
 *
 *   fault_driver kill DIRECTORY CYCLES SEED [CYCLE]    the process is killed (SIGKILL) at random moments
 *   fault_driver loss DIRECTORY CYCLES SEED [CYCLE]    power losses on a simulated disk (disk.h)
 *   fault_driver errors DIRECTORY CYCLES SEED [CYCLE]  I/O errors and a full disk at rising operations
 *
 * DIRECTORY must exist and be empty. With CYCLE only that one runs again: a cycle depends on nothing but SEED and its
 * number (a kill also on the moment). Exit status 0: all cycles passed, 1: one failed.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"
#include "workload.h"
#include "platform/file.h"

enum mode { MODE_KILL, MODE_LOSS, MODE_ERRORS };
enum { BOUNDARIES_MAX = 512, CYCLES_PER_VARIANT = 50 };

/* What an undisturbed run of a variant showed. */
struct course {
        size_t step_count;
        struct state states[STEPS_MAX + 1];
        uint64_t operations;
        size_t boundary_count;
        uint64_t boundaries[BOUNDARIES_MAX]; /* operations at which something becomes durable */
        long microseconds;
};

/* Shared with the interrupted process. */
struct shared {
        size_t acknowledged; /* steps */
        struct course course;
};

struct harness {
        enum mode mode;
        char root[DIRECTORY_BYTES / 4], company[DIRECTORY_BYTES], work[DIRECTORY_BYTES];
        uint64_t seed;
        struct shared *shared;
        struct course courses[VARIANTS];
        uint64_t interrupted, acknowledged;
};

/* ---- files ------------------------------------------------------------------------------------------------------- */

static void die(const char *what)
{
        printf("%s: %s\n", what, strerror(errno));
        exit(1);
}

static void copy_file(const char *from, const char *to)
{
        struct buffer content;
        struct error error;
        if (file_read(from, SIZE_MAX / 4, &content, &error) ||
            file_write(to, content.data, content.length, false, &error))
                die(from);
        buffer_release(&content);
}

static void remove_folder(const char *path)
{
        struct dirent *entry;
        DIR *folder = opendir(path);
        while (folder && (entry = readdir(folder))) {
                char inner[DIRECTORY_BYTES * 2];
                if (entry->d_name[0] == '.')
                        continue;
                snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
                if (unlink(inner) != 0)
                        remove_folder(inner);
        }
        if (folder)
                closedir(folder);
        rmdir(path);
}

static void copy_folder(const char *from, const char *to)
{
        struct dirent *entry;
        DIR *folder = opendir(from);
        if (!folder || (mkdir(to, 0700) != 0 && errno != EEXIST))
                die(to);
        while ((entry = readdir(folder))) {
                char source[DIRECTORY_BYTES * 2], target[DIRECTORY_BYTES * 2];
                struct stat about;
                if (entry->d_name[0] == '.')
                        continue;
                snprintf(source, sizeof(source), "%s/%s", from, entry->d_name);
                snprintf(target, sizeof(target), "%s/%s", to, entry->d_name);
                if (stat(source, &about) != 0)
                        die(source);
                if (S_ISDIR(about.st_mode))
                        copy_folder(source, target);
                else
                        copy_file(source, target);
        }
        closedir(folder);
}

static void fresh_copy(const struct harness *harness)
{
        remove_folder(harness->work);
        copy_folder(harness->company, harness->work);
}

/* What a power loss may do to files nobody synced: the column index. */
static void spoil_index(const char *work, uint64_t *random)
{
        char path[DIRECTORY_BYTES * 2], name[DIRECTORY_BYTES * 3];
        struct dirent *entry;
        snprintf(path, sizeof(path), "%s/index", work);
        DIR *folder = opendir(path);
        while (folder && (entry = readdir(folder))) {
                uint64_t chance = disk_random(random) % 8;
                struct stat about;
                snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
                if (entry->d_name[0] == '.' || chance > 2 || stat(name, &about) != 0)
                        continue;
                if ((chance == 0 && unlink(name) != 0) ||
                    (chance == 1 && truncate(name, about.st_size / 2) != 0) || (chance == 2 && truncate(name, 0) != 0))
                        die(name);
        }
        if (folder)
                closedir(folder);
}

/* ---- the interrupted process ------------------------------------------------------------------------------------- */

/* What the child tells: a byte per acknowledged step, and the number in shared memory. */
struct telling {
        struct shared *shared;
        int pipe;
};

static void acknowledge(void *context, size_t step)
{
        struct telling *telling = context;
        __atomic_store_n(&telling->shared->acknowledged, step + 1, __ATOMIC_SEQ_CST);
        if (telling->pipe >= 0 && write(telling->pipe, "a", 1) != 1)
                _exit(1);
}

static void note_state(void *context, size_t step)
{
        struct harness *harness = context;
        harness->shared->course.states[step + 1] = workload_state(harness->work);
}

static long now_us(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

/* Waits for a child; its exit status, or -1 when a signal ended it. */
static int wait_for(pid_t child)
{
        int how;
        while (waitpid(child, &how, 0) < 0)
                if (errno != EINTR)
                        die("waitpid");
        return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/* Runs a variant to its end on a sound simulated disk: states after each step, operations, boundaries. */
static bool explore(struct harness *harness, unsigned variant)
{
        struct course *course = &harness->shared->course;
        fresh_copy(harness);
        *course = (struct course){.step_count = strlen(workload_steps(variant))};
        course->states[0] = workload_state(harness->work);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
                struct error error;
                disk_begin(DISK_SOUND, 0, 0);
                long began = now_us();
                enum status status = workload_run(harness->work, variant, 0, note_state, harness, &error);
                course->microseconds = now_us() - began;
                course->operations = disk_operations();
                for (uint64_t i = 1; i <= course->operations && course->boundary_count + 2 < BOUNDARIES_MAX; i++)
                        if (disk_logged(i) == DISK_SYNC) {
                                course->boundaries[course->boundary_count++] = i;
                                course->boundaries[course->boundary_count++] = i + 1;
                        }
                if (status)
                        printf("undisturbed: %s %s\n", error.key, error.text);
                fflush(stdout);
                _exit(status ? 1 : 0);
        }
        bool ran = wait_for(child) == 0;
        harness->courses[variant] = *course;
        return ran;
}

/* The operation to fail at: in turn one of those at which something becomes durable, in an order of chance, and any. */
static uint64_t choose_operation(const struct course *course, uint64_t seed, uint64_t cycle, uint64_t *random)
{
        if (cycle % 2 || course->boundary_count == 0)
                return 1 + disk_random(random) % course->operations;
        uint64_t shuffle = seed ^ (cycle / CYCLES_PER_VARIANT);
        uint64_t order[BOUNDARIES_MAX];
        memcpy(order, course->boundaries, sizeof(order));
        for (size_t i = 0; i + 1 < course->boundary_count; i++) {
                size_t other = i + (size_t)(disk_random(&shuffle) % (course->boundary_count - i));
                uint64_t swapped = order[i];
                order[i] = order[other];
                order[other] = swapped;
        }
        return order[cycle % CYCLES_PER_VARIANT / 2 % course->boundary_count];
}

/* Does the steps with the fault to come; only in the child. */
static void run_faulty(const struct harness *harness, unsigned variant, enum disk_fault fault, uint64_t at,
                       uint64_t seed, int pipe)
{
        struct telling telling = {harness->shared, pipe};
        struct error error;
        if (harness->mode != MODE_KILL)
                disk_begin(fault, at, seed);
        enum status status = workload_run(harness->work, variant, 0, acknowledge, &telling, &error);
        if (status && !disk_failed()) {
                printf("  failed without a fault: %s %s\n", error.key, error.text);
                fflush(stdout);
                _exit(1);
        }
        _exit(0);
}

/* Kills the child after some time, or just when it has acknowledged some step. */
static void kill_child(const struct course *course, pid_t child, int pipe, uint64_t *random)
{
        if (disk_random(random) % 2) {
                usleep((useconds_t)(disk_random(random) % (uint64_t)(course->microseconds * 3 / 2 + 1)));
        } else {
                size_t steps = 1 + (size_t)(disk_random(random) % course->step_count);
                char byte;
                for (size_t i = 0; i < steps && read(pipe, &byte, 1) == 1; i++)
                        ;
        }
        kill(child, SIGKILL);
}

/* True: the child ended as it should. */
static bool interrupt(struct harness *harness, unsigned variant, uint64_t cycle, uint64_t *random)
{
        static const enum disk_fault errors[] = {DISK_ERROR, DISK_ERROR_ONCE, DISK_FULL};
        const struct course *course = &harness->courses[variant];
        enum disk_fault fault = harness->mode == MODE_LOSS ? DISK_POWER_LOSS : errors[disk_random(random) % 3];
        uint64_t at = choose_operation(course, harness->seed, cycle, random), seed = disk_random(random);
        int ends[2];
        harness->shared->acknowledged = 0;
        if (pipe(ends) != 0)
                die("pipe");
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
                close(ends[0]);
                run_faulty(harness, variant, fault, at, seed, ends[1]);
        }
        close(ends[1]);
        if (harness->mode == MODE_KILL)
                kill_child(course, child, ends[0], random);
        int result = wait_for(child);
        close(ends[0]);
        harness->interrupted += result != 0 || harness->shared->acknowledged < course->step_count;
        harness->acknowledged += harness->shared->acknowledged;
        if (result != 0 && result != (harness->mode == MODE_LOSS ? DISK_LOST : -1)) {
                printf("  operation %llu: the process ended with %d\n", (unsigned long long)at, result);
                return false;
        }
        return true;
}

/* ---- what must hold afterwards ----------------------------------------------------------------------------------- */

/* How many steps are done; -1 when the state is none of those expected. */
static long steps_done(const struct harness *harness, const struct course *course)
{
        struct state state = workload_state(harness->work);
        size_t least = harness->shared->acknowledged;
        for (size_t i = least; i <= least + 1 && i <= course->step_count; i++)
                if (strcmp(state.text, course->states[i].text) == 0)
                        return (long)i;
        printf("  %zu steps were acknowledged, but the state is %s\n  expected %s\n", least, state.text,
               course->states[least].text);
        return -1;
}

static bool is_whole(const struct harness *harness, bool deep)
{
        struct error error;
        uint64_t findings = 0;
        if (workload_verify(harness->work, deep, &findings, &error)) {
                printf("  verify: %s %s\n", error.key, error.text);
                return false;
        }
        return findings == 0;
}

static bool check(struct harness *harness, unsigned variant)
{
        const struct course *course = &harness->courses[variant];
        struct error error;
        if (!is_whole(harness, false))
                return false;
        long done = steps_done(harness, course);
        if (done < 0)
                return false;
        if (workload_run(harness->work, variant, (size_t)done, NULL, NULL, &error)) {
                printf("  going on after step %ld: %s %s\n", done, error.key, error.text);
                return false;
        }
        struct state state = workload_state(harness->work);
        if (strcmp(state.text, course->states[course->step_count].text) != 0) {
                printf("  going on ends with %s\n  expected %s\n", state.text,
                       course->states[course->step_count].text);
                return false;
        }
        return is_whole(harness, true);
}

static bool run_cycle(struct harness *harness, uint64_t cycle)
{
        unsigned variant = (unsigned)(cycle / CYCLES_PER_VARIANT % VARIANTS);
        uint64_t random = harness->seed * UINT64_C(1000003) + cycle;
        if (harness->courses[variant].step_count == 0 && !explore(harness, variant)) {
                printf("variant %u does not run undisturbed\n", variant);
                return false;
        }
        fresh_copy(harness);
        bool passed = interrupt(harness, variant, cycle, &random);
        if (passed && harness->mode == MODE_LOSS && disk_random(&random) % 3 == 0)
                spoil_index(harness->work, &random);
        passed = passed && check(harness, variant);
        if (!passed)
                printf("FAILED cycle %llu of seed %llu (steps %s)\n", (unsigned long long)cycle,
                       (unsigned long long)harness->seed, workload_steps(variant));
        return passed;
}

/* ---- arguments --------------------------------------------------------------------------------------------------- */

static bool prepare(struct harness *harness, char **argv)
{
        static const char *const names[] = {"kill", "loss", "errors"};
        struct error error;
        size_t mode = 0;
        while (mode < 3 && strcmp(argv[1], names[mode]) != 0)
                mode++;
        if (mode == 3)
                return false;
        harness->mode = (enum mode)mode;
        snprintf(harness->root, sizeof(harness->root), "%s", argv[2]);
        snprintf(harness->company, sizeof(harness->company), "%s/company", harness->root);
        snprintf(harness->work, sizeof(harness->work), "%s/work", harness->root);
        harness->seed = strtoull(argv[4], NULL, 10);
        harness->shared = mmap(NULL, sizeof(*harness->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                               0);
        if (harness->shared == MAP_FAILED)
                die("mmap");
        setenv("TREUE_CLOCK", "2026-01-02T03:04:05Z", 1);
        setenv("TREUE_THREADS", "1", 1);
        if (workload_found(harness->company, &error) == STATUS_OK)
                return true;
        printf("founding the company: %s %s\n", error.key, error.text);
        return false;
}

int main(int argc, char **argv)
{
        static struct harness harness;
        if (argc < 5 || !prepare(&harness, argv)) {
                printf("usage: fault_driver kill|loss|errors DIRECTORY CYCLES SEED [CYCLE]\n");
                return 1;
        }
        uint64_t cycles = strtoull(argv[3], NULL, 10), first = 0;
        if (argc > 5) {
                first = strtoull(argv[5], NULL, 10);
                cycles = first + 1;
        }
        printf("%s, seed %llu\n", argv[1], (unsigned long long)harness.seed);
        for (uint64_t cycle = first; cycle < cycles; cycle++)
                if (!run_cycle(&harness, cycle))
                        return 1;
        printf("%llu cycles, %llu interrupted, %llu steps acknowledged: all whole\n",
               (unsigned long long)(cycles - first), (unsigned long long)harness.interrupted,
               (unsigned long long)harness.acknowledged);
        return 0;
}
