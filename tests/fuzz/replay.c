/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * replay.c: runs a fuzz target over the files of its seed directory, as an ordinary test without the fuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *directory, const char *name)
{
        char path[4096];
        struct stat information;
        snprintf(path, sizeof(path), "%s/%s", directory, name);
        if (stat(path, &information) != 0 || !S_ISREG(information.st_mode))
                return 0;
        FILE *file = fopen(path, "rb");
        size_t size = (size_t)information.st_size;
        uint8_t *data = malloc(size ? size : 1);
        if (!file || !data || fread(data, 1, size, file) != size) {
                fprintf(stderr, "%s cannot be read\n", path);
                exit(1);
        }
        fclose(file);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
        return 1;
}

int main(int argc, char **argv)
{
        int count = 0;
        DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
        if (!directory) {
                fprintf(stderr, "usage: replay SEED_DIRECTORY (which must exist)\n");
                return 1;
        }
        for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
                count += replay(argv[1], entry->d_name);
        closedir(directory);
        printf("%d seeds\n", count);
        return count > 0 ? 0 : 1;
}
