/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_cli.c: any bytes as command lines. Each line is one call of the program (at most CALLS_MAX), blanks part the
 * words, a tab stands for a blank within a word. The calls share a folder of their own that begins with a profile, a
 * concept and a file of purchases and no database.
 *
 * Nothing outside may be touched: '/' becomes '_', so that no word leads farther than "..", which is still ours, and
 * words that name a server are left out. Each call ends with one of the four exit statuses and leaks nothing.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"

enum { CALLS_MAX = 6, WORDS_MAX = 24, LENGTH_MAX = 4096, PATH_BYTES = 4096, DEPTH_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static char outer[64];
static int home = -1;

static const char profile[] = "kind: purchases\nsource: erp\ncolumns:\n  customer: K\n  document: B\n  date: D\n"
                              "  amount: U\n  article: A\n  quantity: M\n  product_group: G\n"
                              "create: [customers, products]\n";
static const char purchases[] = "K;B;D;U;A;M;G\n1;10;2010-01-05;100,00;X;1;g\n1;11;2010-06-05;250,00;Y;2;h\n"
                                "2;12;2010-03-01;20,00;X;1;g\n3;13;2010-04-01;-3,50;Z;1;g\n";
static const char concept[] =
        "format: 1\nprogram: {id: w, name: {de: W}, currency: EUR}\nsegments:\n"
        "  - {id: A, name: {de: A}, for: customers, paths: [{id: v, all: [{metric: revenue, window: 12m, at_least: 200,"
        " keep: 180}]}]}\n"
        "  - {id: C, name: {de: C}, for: customers, rest: true}\n"
        "  - {id: P, name: {de: P}, for: prospects, rest: true}\n"
        "mechanics:\n  evaluations:\n    - {id: year, cutoff: 11-30, effective: 02-01, moves: [up, down]}\n"
        "  grace: {ends: next_evaluation}\n  demotion: {max_steps: 1}\n";

static void must(bool fine)
{
        if (!fine)
                abort();
}

/* Removes what stands in a folder; depth ends a tree that does not end. */
static void empty(const char *path, int depth)
{
        DIR *directory = opendir(path);
        must(directory && depth < DEPTH_MAX);
        for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
                char inside[PATH_BYTES];
                struct stat information;
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                must(snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name) < (int)sizeof(inside));
                must(lstat(inside, &information) == 0);
                if (S_ISDIR(information.st_mode)) {
                        empty(inside, depth + 1);
                        must(rmdir(inside) == 0);
                } else {
                        must(unlink(inside) == 0);
                }
        }
        closedir(directory);
}

static void remove_outer(void)
{
        must(fchdir(home) == 0);
        empty(outer, 0);
        must(rmdir(outer) == 0);
}

static void put(const char *name, const char *content)
{
        FILE *file = fopen(name, "wb");
        must(file && fputs(content, file) >= 0 && fclose(file) == 0);
}

/* Once: no settings of the person at the keyboard, no input to wait for, a folder that vanishes at the end. */
static void begin(void)
{
        static const char *const settings[] = {"TREUE_DATA", "TREUE_DB", "LC_ALL", "LC_MESSAGES", "LANG"};
        for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
                must(unsetenv(settings[i]) == 0);
        int nothing = open("/dev/null", O_RDONLY);
        home = open(".", O_RDONLY | O_DIRECTORY);
        must(nothing >= 0 && dup2(nothing, 0) == 0 && close(nothing) == 0 && home >= 0);
        snprintf(outer, sizeof(outer), "%s/treue-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        must(mkdtemp(outer) && atexit(remove_outer) == 0);
}

/* Every word lies in memory of exactly its size, so that reading beyond it is noticed. */
static void call(struct text line)
{
        char *words[WORDS_MAX + 2] = {strdup("treue")}, *given[WORDS_MAX + 2];
        int count = 1;
        for (size_t at = 0; at < line.length && count <= WORDS_MAX;) {
                size_t end = at;
                while (end < line.length && line.data[end] != ' ')
                        end++;
                char *word = strndup(line.data + at, end - at);
                must(word);
                for (char *c = word; *c; c++)
                        *c = (char)(*c == '/' ? '_' : *c == '\t' ? ' ' : *c);
                at = end + 1;
                if (strncmp(word, "--db", 4) == 0)
                        free(word);
                else
                        words[count++] = word;
        }
        words[count] = NULL;
        memcpy(given, words, sizeof(given)); /* the program may reorder its own */
        int result = cli_main(count, given);
        must(result >= CLI_DONE && result <= CLI_FAILED);
        for (int i = 0; i < count; i++)
                free(words[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        struct text text = {(const char *)data, length};
        if (length > LENGTH_MAX)
                return 0;
        if (home < 0)
                begin();
        must(chdir(outer) == 0 && mkdir("inner", 0700) == 0 && chdir("inner") == 0);
        put("p.yaml", profile);
        put("c.yaml", concept);
        put("p.csv", purchases);
        for (int i = 0; i < CALLS_MAX && text.length; i++) {
                const char *line_end = memchr(text.data, '\n', text.length);
                size_t used = line_end ? (size_t)(line_end - text.data) : text.length;
                call((struct text){text.data, used});
                used += line_end != NULL;
                text = (struct text){text.data + used, text.length - used};
        }
        must(fchdir(home) == 0);
        empty(outer, 0);
        return 0;
}
